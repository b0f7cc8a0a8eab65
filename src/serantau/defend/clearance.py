"""Who may read what a member sent, and what the hub gives to those who may know the thing but not who saw it.

An object is read from its own label on. Its stored bytes say who wrote them, so they are read only from the label on
from which their contributor may be named too. Between the two, the hub issues an object of its own making: nothing in
it comes from the member's text but the normal forms of what was observed (see :mod:`serantau.defend.keys`), and its
identifier and times say nothing of the original's.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import orjson

from serantau.base.observables import host_name
from serantau.defend.keys import keys_of
from serantau.defend.model import HIGHEST_CLEARANCE, ObservableKey, Release, Tlp
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.tlp import MARKINGS

COARSE = timedelta(hours=1)
"""Times of the hub's own objects are whole hours of their release: they do not tell when the member sent its own."""

INDICATOR_TYPES = frozenset(
    (*("anomalous-activity", "anonymization", "benign", "compromised", "malicious-activity", "attribution", "unknown"),)
)
"""The vocabulary of STIX 2.1 (10.6): a word of the producer's own could name it."""

_PATHS = {
    "domain-name": "domain-name:value",
    "ipv4-addr": "ipv4-addr:value",
    "ipv6-addr": "ipv6-addr:value",
    "url": "url:value",
    "email-addr": "email-addr:value",
    "mac-addr": "mac-addr:value",
    "phone-number": "phone-number:value",
    "iban": "bank-account:iban",
    "bank-account": "bank-account:value",
    "wallet": "cryptocurrency-wallet:value",
}
_ALGORITHMS = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
}
_OBJECTS = {"iban": ("bank-account", "iban"), "wallet": ("cryptocurrency-wallet", "value")}


@dataclass(frozen=True, slots=True)
class Releases:
    """What a stored object demands of its readers, and what the hub's own object in its place would.

    Attributes:
        original: For the bytes as they came.
        anonymised: For the hub's own object; None where everyone who may know the thing may know who sent it.
    """

    original: Release
    anonymised: Release | None


@dataclass(frozen=True, slots=True)
class Hub:
    """Who issues anonymised objects.

    Attributes:
        identity: Identifier of the hub's own identity object.
        secret: What identifiers are made with, so that nobody makes them again from the original's.
    """

    identity: str
    secret: bytes


def label_of(light: Tlp | None, floor: Tlp) -> Tlp:
    """The label that counts: the object's own, or its collection's floor where it bears none.

    >>> label_of(None, Tlp.AMBER).label, label_of(Tlp.CLEAR, Tlp.AMBER).label
    ('TLP:AMBER', 'TLP:CLEAR')
    """
    return floor if light is None else light


def releases(tlp: Tlp, attribution: Tlp | None, producer: str = "", audience: frozenset[str] = frozenset()) -> Releases:
    """What an object's label and its contributor's terms demand.

    Args:
        tlp: The label that counts.
        attribution: The label from which on the contributor may be named; None for never.
        producer: The member that contributed it.
        audience: Members that it names as recipients.

    >>> both = releases(Tlp.GREEN, Tlp.AMBER, "a")
    >>> both.original.need.label, both.anonymised.need.label, both.anonymised.upto.label
    ('TLP:AMBER', 'TLP:GREEN', 'TLP:AMBER')
    >>> releases(Tlp.RED, Tlp.CLEAR).anonymised is None
    True
    """
    if tlp > HIGHEST_CLEARANCE or (attribution is not None and attribution <= tlp):
        return Releases(Release(tlp, None, producer, audience), None)
    if attribution is None or attribution > HIGHEST_CLEARANCE:
        return Releases(Release(Tlp.UNKNOWN, None, producer, audience), Release(tlp))
    return Releases(Release(attribution, None, producer, audience), Release(tlp, attribution))


def hub_id(hub: Hub, original: str, kind: str) -> str:
    """The identifier of the hub's object in place of another: the same each time, and nobody else can make it.

    >>> hub_id(Hub("identity--x", b"secret"), "indicator--1", "indicator")
    'indicator--...'
    """
    digest = hmac.new(hub.secret, f"anonymised|{original}".encode(), hashlib.sha256).digest()
    return f"{kind}--{uuid.UUID(bytes=digest[:16], version=4)}"


def anonymised(
    data: Mapping[str, Any],
    tlp: Tlp,
    hub: Hub,
    now: datetime,
    *,
    withheld: Iterable[str] = (),
    created: datetime | None = None,
    after: datetime | None = None,
) -> bytes | None:
    """The hub's own object in place of a member's, or None where nothing can be said without its words.

    Indicators and cyber-observables that have keys are given; sightings, reports and everything else are not (a
    sighting counts in alerts all the same).

    Args:
        data: The member's object.
        tlp: The label that counts, and that the hub's object bears.
        hub: Who issues it.
        now: When, in UTC; written as the whole hour.
        withheld: Names, domains and codes that would tell who the member is: what holds one of them is not given.
        created: When the hub's object was first issued, if it was.
        after: The ``modified`` of its last version, if it has one: the new one is later.
    """
    keys = keys_of_pattern(data["pattern"], data.get("pattern_type", "stix")) if _is_indicator(data) else keys_of(data)
    if not keys or _tells(keys, withheld) or tlp not in MARKINGS:
        return None
    base = {"spec_version": "2.1", "object_marking_refs": [MARKINGS[tlp]]}
    if not _is_indicator(data):
        written = observable_of(keys)
        kind = written["type"]
        return orjson.dumps({"type": kind, "id": hub_id(hub, str(data["id"]), kind), **base, **written})
    coarse = datetime.fromtimestamp(now.timestamp() // COARSE.total_seconds() * COARSE.total_seconds(), UTC)
    first = coarse if created is None else created
    modified = coarse if after is None else max(coarse, after + timedelta(milliseconds=1))
    modified = max(modified, first)
    written = {
        "type": "indicator",
        "id": hub_id(hub, str(data["id"]), "indicator"),
        "created_by_ref": hub.identity,
        "created": stamp(first),
        "modified": stamp(modified),
        "pattern": pattern_of(keys),
        "pattern_type": "stix",
        "valid_from": stamp(first),
        **base,
    }
    kinds = data.get("indicator_types")
    known = [word for word in INDICATOR_TYPES if word in kinds] if isinstance(kinds, list) else []
    if known:
        written["indicator_types"] = sorted(known)
    if data.get("revoked") is True:
        written["revoked"] = True
    return orjson.dumps(written)


def pattern_of(keys: Iterable[ObservableKey]) -> str:
    """A pattern that has these keys.

    >>> pattern_of([ObservableKey("domain-name", "a.example"), ObservableKey("file-sha1", "00")])
    "[domain-name:value = 'a.example' OR file:hashes.'SHA-1' = '00']"
    """
    return "[" + " OR ".join(_comparison(key) for key in keys) + "]"


def _comparison(key: ObservableKey) -> str:
    if key.type == "autonomous-system":
        return f"autonomous-system:number = {key.value}"
    of, _, algorithm = key.type.partition("-")
    if of in {"file", "x509"}:
        kind = "file" if of == "file" else "x509-certificate"
        return f"{kind}:hashes.'{_ALGORITHMS[algorithm]}' = '{key.value}'"
    value = key.value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{_PATHS[key.type]} = '{value}'"


def observable_of(keys: tuple[ObservableKey, ...]) -> dict[str, Any]:
    """A cyber-observable made of keys alone: of its digests, or of its one value."""
    first = keys[0]
    of, _, _ = first.type.partition("-")
    if of in {"file", "x509"}:
        kind = "file" if of == "file" else "x509-certificate"
        return {"type": kind, "hashes": {_ALGORITHMS[key.type.partition("-")[2]]: key.value for key in keys}}
    if first.type == "autonomous-system":
        return {"type": first.type, "number": int(first.value)}
    kind, name = _OBJECTS.get(first.type, (first.type, "value"))
    return {"type": kind, name: first.value}


def _is_indicator(data: Mapping[str, Any]) -> bool:
    return data.get("type") == "indicator" and isinstance(data.get("pattern"), str)


def _tells(keys: Iterable[ObservableKey], withheld: Iterable[str]) -> bool:
    """Whether a value holds a word that would tell who the member is."""
    words = {word.strip().casefold() for word in withheld} - {""}
    words |= {name for word in words if (name := host_name(word)) is not None}
    for key in keys:
        value = key.value.casefold()
        plain = unquote(value).casefold()
        if any(word in value or word in plain for word in words):
            return True
    return False


def stamp(at: datetime) -> str:
    """A moment as STIX writes it, in milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
