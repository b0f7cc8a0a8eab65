"""How what a member's officers accepted enters the region's exchange of threats: one indicator a member and thing.

It names the thing, the kinds of harm and the days. It says nothing of reporters: not how many, not in whose words. The
identifier is made with the site's secret, so it follows from neither the number nor the report.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from serantau.defend.clearance import pattern_of
from serantau.defend.model import ObservableKey, Release, Tlp
from serantau.defend.scams.checker import RULES
from serantau.defend.scams.model import Harm, Thing
from serantau.defend.tlp import MARKINGS

ALIAS = "scams"
"""The collection that it enters."""

LIGHT = Tlp.AMBER
"""For the members' own people: an officer's word on one report is no public warning."""

NAMESPACE = uuid.UUID("0c9d3a52-7e0b-4c44-9a53-5b8f6e1d2a71")
"""Of the names ``<region>|<member>``, from which the identities of members follow."""

LABEL = "scam"


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared of one thing by one member.

    Attributes:
        key: The thing.
        harms: Kinds of harm that accepted reports of it name.
        first, last: The first and the last day on which it happened, as instants in UTC.
    """

    key: ObservableKey
    harms: frozenset[Harm]
    first: datetime
    last: datetime


def release(member: str) -> Release:
    """What the indicator demands of its readers."""
    return Release(LIGHT, None, member)


def identity_of(region: str, member: str) -> str:
    """The identity of a member as a maker of indicators.

    >>> identity_of("threelands", "a") == identity_of("threelands", "a") != identity_of("threelands", "b")
    True
    """
    return f"identity--{uuid.uuid5(NAMESPACE, f'{region}|{member}')}"


def identifier(digest: bytes) -> str:
    """The indicator's identifier, out of a keyed digest of member and thing."""
    return f"indicator--{uuid.UUID(bytes=digest[:16], version=4)}"


def coarse(moment: datetime) -> datetime:
    """The whole hour: it does not tell which report was accepted when.

    >>> coarse(datetime(2026, 11, 28, 5, 59, 1, tzinfo=UTC)).isoformat()
    '2026-11-28T05:00:00+00:00'
    """
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def indicator(name: str, maker: str, shared: Shared, created: datetime, modified: datetime) -> bytes:
    """The indicator as STIX 2.1.

    Args:
        name: Its identifier.
        maker: Identity of the member.
        shared: What is shared.
        created: When it was first given.
        modified: When this version is given.
    """
    until = shared.last + RULES[Thing.of(shared.key)].last
    return orjson.dumps(
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": name,
            "created_by_ref": maker,
            "created": _stamp(created),
            "modified": _stamp(modified),
            "indicator_types": ["malicious-activity"],
            "pattern": pattern_of([shared.key]),
            "pattern_type": "stix",
            "valid_from": _stamp(shared.first),
            "valid_until": _stamp(until),
            "labels": [LABEL, *_labels(shared.harms)],
            "object_marking_refs": [MARKINGS[LIGHT]],
        },
        option=orjson.OPT_SORT_KEYS,
    )


def later(before: datetime, now: datetime) -> datetime:
    """The moment of a new version: the hour of now, and in any case after the version before."""
    return max(coarse(now), before + timedelta(milliseconds=1))


def _labels(harms: Iterable[Harm]) -> list[str]:
    return sorted(f"{LABEL}-{harm.value}" for harm in harms)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
