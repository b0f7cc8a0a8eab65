"""Where a visitor comes from, as precisely as it is needed and no more. Pure, but for the request's headers."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """The visitor's address; the last one of ``X-Forwarded-For`` where a proxy of ours is trusted to have written it."""
    direct = request.META.get("REMOTE_ADDR") or UNKNOWN
    if settings.SERANTAU_TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return forwarded if is_address(forwarded) else direct
    return direct


def network(address: str, *, v4: int, v6: int) -> str:
    """The network of an address.

    Args:
        address: IPv4 or IPv6, or anything else.
        v4: Bits kept of IPv4.
        v6: Bits kept of IPv6.

    >>> network("192.0.2.77", v4=24, v6=48), network("2001:db8:1:2::9", v4=24, v6=48), network("?", v4=24, v6=48)
    ('192.0.2.0/24', '2001:db8:1::/48', 'unknown')
    """
    if not is_address(address):
        return UNKNOWN
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    return str(ipaddress.ip_network((parsed, v4 if parsed.version == 4 else v6), strict=False))


def shown(address: str) -> str:
    """The address as a list of sign-ins keeps it: enough to recognise one's own, not enough to find a house."""
    return network(address, v4=24, v6=48)


def counted(address: str) -> str:
    """The address as tries are counted by it: all of IPv4, and the /64 that one customer has of IPv6."""
    return network(address, v4=32, v6=64)


def is_address(text: str) -> bool:
    """Whether the text is an IP address."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
