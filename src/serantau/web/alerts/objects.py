"""What the hub issues for an alert: an indicator that a member's machines can act on, and a sighting that says the rest.

Both bear the OASIS marking of their level and nothing of whoever contributed but what may be named at that level. Times
of making are the hub's own. An alert that does not stand any more is issued once again as revoked.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import orjson

from serantau.defend import decay
from serantau.defend.alerts import NAMESPACE, Rule, State
from serantau.defend.model import ALERT_LEVELS, ObservableKey, Tlp
from serantau.defend.tlp import MARKINGS, marking_object
from serantau.web.alerts.models import Alert

# The same as in the other collections: one maker, told once.
HUB = f"identity--{uuid.uuid5(NAMESPACE, 'hub')}"
EXTENSION = f"extension-definition--{uuid.uuid5(NAMESPACE, 'regional alert')}"
HASHES = {"file-md5": "MD5", "file-sha1": "SHA-1", "file-sha256": "SHA-256", "file-sha512": "SHA-512"}
MADE = "2026-11-28T00:00:00.000Z"
"""When the definition of the extension and the hub's identity were made: they never change."""


def pattern_of(key: ObservableKey) -> str:
    r"""The key as a STIX pattern.

    >>> pattern_of(ObservableKey("file-sha256", "ab")), pattern_of(ObservableKey("url", "http://a.example/'\\"))
    ("[file:hashes.'SHA-256' = 'ab']", "[url:value = 'http://a.example/\\'\\\\']")
    """
    value = key.value.replace("\\", "\\\\").replace("'", "\\'")
    kind, _, name = key.type.partition("-")
    if kind in {"file", "x509"} and name:
        thing = "file" if kind == "file" else "x509-certificate"
        return f"[{thing}:hashes.'{HASHES.get('file-' + name, name.upper())}' = '{value}']"
    if key.type == "autonomous-system":
        number = key.value.removeprefix("AS")
        return (
            f"[autonomous-system:number = {number}]"
            if number.isdecimal()
            else f"[x-autonomous-system:value = '{value}']"
        )
    standard = {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "mac-addr"}
    return f"[{key.type if key.type in standard else 'x-serantau-' + key.type}:value = '{value}']"


def bodies_of(row: Alert, key: ObservableKey, rule: Rule) -> list[bytes]:
    """The objects of an alert as JSON.

    Args:
        row: The alert, saved or not.
        key: What it is about.
        rule: The rule that it follows from.
    """
    common: dict[str, Any] = {
        "spec_version": "2.1",
        "created_by_ref": HUB,
        "created": stamp(row.made_at),
        "modified": stamp(row.changed_at),
        "object_marking_refs": [MARKINGS[row.tlp]],
    }
    if row.state != State.OPEN.value:
        common["revoked"] = True
    hours = round(rule.window.total_seconds() / 3600)
    indicator = {
        "type": "indicator",
        "id": row.stix_id,
        **common,
        "name": f"Regional alert: {key.type} seen by {row.members} members",
        "description": f"Seen by {row.members} members within {hours} hours; {row.independent} of them count as independent.",
        "indicator_types": ["malicious-activity"],
        "pattern": pattern_of(key),
        "pattern_type": "stix",
        "valid_from": stamp(row.first),
        "valid_until": stamp(decay.ends_at(max(row.clock, row.first), decay.model_of(key.type))),
        "confidence": row.confidence,
        "extensions": {EXTENSION: said(row, rule)},
    }
    sighting = {
        "type": "sighting",
        # From the indicator's, which its readers have; it stays when the installation's secret changes.
        "id": f"sighting--{uuid.uuid5(NAMESPACE, row.stix_id)}",
        **common,
        "first_seen": stamp(row.first),
        "last_seen": stamp(row.last),
        "count": row.sightings,
        "sighting_of_ref": row.stix_id,
        "summary": True,
        "confidence": row.confidence,
    }
    return [orjson.dumps(one) for one in (indicator, sighting)]


def companions() -> list[bytes]:
    """What every alert refers to: the hub's identity, the definition of the extension, the markings."""
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": HUB,
        "created": MADE,
        "modified": MADE,
        "name": "Hub",
        "identity_class": "organization",
    }
    definition = {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": EXTENSION,
        "created_by_ref": HUB,
        "created": MADE,
        "modified": MADE,
        "name": "Regional alert",
        "description": "How many members of a region saw an observable, how many of them count as independent, and who of "
        "them may be named at the level of the alert.",
        "schema": "See docs/method/regional-alerts.md of Serantau.",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
        "object_marking_refs": [MARKINGS[Tlp.CLEAR]],
    }
    return [orjson.dumps(one) for one in (identity, definition, *map(marking_object, ALERT_LEVELS))]


def said(row: Alert, rule: Rule) -> dict[str, Any]:
    """What the extension says: how many, how many of them independent, and who, as far as they may be named."""
    # STIX 2.1 has no empty lists.
    named = {"named_members": row.named} if row.named else {}
    return {
        "extension_type": "property-extension",
        "members": row.members,
        "independent_members": row.independent,
        **named,
        "false_positives": row.doubts,
        "rule": rule.id,
        "window_start": stamp(row.starts),
        "reached": stamp(row.reached),
    }


def stamp(when: datetime) -> str:
    """An instant as STIX writes it, to the millisecond.

    >>> stamp(datetime(2026, 11, 28, 8, 0, 0, 123456, tzinfo=UTC))
    '2026-11-28T08:00:00.123Z'
    """
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
