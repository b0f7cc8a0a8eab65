"""Warning lists in the plainest words: every entry is tried. Shares no code with ours but the reading of the file."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit


def stands_on(form, entries, kind, value):
    """Whether a key stands on a list."""
    value = value.lower()
    host = (
        urlsplit(value).hostname or "" if kind == "url" else value.rpartition("@")[2] if kind == "email-addr" else value
    )
    for entry in entries:
        one = entry.lower()
        if form == "string" and one == value:
            return True
        named = form == "hostname" and kind in {"domain-name", "url", "email-addr"}
        if named and (host == one or host.endswith("." + one)):
            return True
        if form == "cidr" and kind in {"ipv4-addr", "ipv6-addr", "url"}:
            try:
                address = ipaddress.ip_address(host)
            except ValueError:
                continue
            if address in ipaddress.ip_network(one, strict=False):
                return True
        if form == "substring" and one in value:
            return True
        if form == "regex" and re.search(entry, value, re.IGNORECASE):
            return True
    return False
