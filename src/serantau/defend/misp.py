"""Feeds of MISP, in and out: ``manifest.json``, a file for each event, ``hashes.csv``.

Read is what the MISP core format says of events, attributes and objects in them (MISP standard core format, sections 2
and 3); each attribute whose value has a key becomes one STIX object with the attribute's own UUID: an indicator where it
is for detection (``to_ids``), else an observable. What has no key is left out, for it would be MISP's own words in
another grammar; whoever wants those speaks MISP.

Written are events of attributes made from keys, one event a day, with the tags of TLP, so that a reader which knows MISP
alone gets what it is cleared for.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from serantau.defend.clearance import observable_of, pattern_of, stamp
from serantau.defend.errors import DefendError
from serantau.defend.keys import account_key, hash_key, key_of
from serantau.defend.model import ObservableKey, Tlp
from serantau.defend.reading import read_json
from serantau.defend.tlp import MARKINGS, light_of

NAMESPACE = uuid.UUID("4c7a0a1c-5b7e-4b0a-9b58-6f0e6f3f9a11")
"""Of the names of events and attributes that we write."""

MOST_EVENTS = 50_000
MOST_ATTRIBUTES = 20_000
MOST_TAGS = 100
"""Tags of an event or an attribute that become labels."""

LONGEST_TEXT = 1000
_LATEST = 4_102_444_800
"""Seconds of the year 2100: later times are mistakes."""

_PLAIN = {
    "ip-src": "ipv4-addr",
    "ip-dst": "ipv4-addr",
    "domain": "domain-name",
    "hostname": "domain-name",
    "url": "url",
    "email": "email-addr",
    "email-src": "email-addr",
    "email-dst": "email-addr",
    "email-reply-to": "email-addr",
    "mac-address": "mac-addr",
    "AS": "autonomous-system",
    "phone-number": "phone-number",
    "btc": "wallet",
}
_PAIRS = {
    "ip-src|port": ("ipv4-addr", ""),
    "ip-dst|port": ("ipv4-addr", ""),
    "hostname|port": ("domain-name", ""),
    "domain|ip": ("domain-name", "ipv4-addr"),
    "malware-sample": ("", "md5"),
}
_HASHES = frozenset(("md5", "sha1", "sha224", "sha256", "sha384", "sha512"))
_CERTIFICATES = {f"x509-fingerprint-{name}": name for name in ("md5", "sha1", "sha256")}

_TYPES = {
    "domain-name": ("Network activity", "domain"),
    "ipv4-addr": ("Network activity", "ip-dst"),
    "ipv6-addr": ("Network activity", "ip-dst"),
    "url": ("Network activity", "url"),
    "email-addr": ("Payload delivery", "email-src"),
    "mac-addr": ("Network activity", "mac-address"),
    "autonomous-system": ("Network activity", "AS"),
    "phone-number": ("Person", "phone-number"),
    "iban": ("Financial fraud", "iban"),
    "bank-account": ("Financial fraud", "bank-account-nr"),
    "wallet": ("Financial fraud", "btc"),
}
"""Category and type of MISP for each type of key; digests follow by their own names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One event of a manifest.

    Attributes:
        uuid: Its UUID; its file is ``<uuid>.json``.
        timestamp: When it was last changed, in seconds since 1970.
    """

    uuid: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class Feed:
    """How a feed's objects are to be labelled.

    Attributes:
        light: The label of what bears none; None leaves it to the collection.
        name: What sources are called.
    """

    light: Tlp | None = None
    name: str = "MISP"


# --- in -----------------------------------------------------------------------------------------------------------------


def read_manifest(raw: bytes) -> tuple[Listed, ...]:
    """The events of a feed, the longest unchanged first.

    >>> read_manifest(b'{"6a6a0000-0000-4000-8000-000000000001": {"timestamp": "1700000000", "info": "a"}}')
    (Listed(uuid='6a6a0000-0000-4000-8000-000000000001', timestamp=1700000000),)

    Raises:
        ReadingError: if it is no JSON that can be trusted.
        DefendError: if it is no manifest.
    """
    data = read_json(raw)
    if not isinstance(data, dict):
        raise DefendError("This is no manifest of a MISP feed: it must be an object with an entry for each event.")
    if len(data) > MOST_EVENTS:
        raise DefendError(f"The feed has {len(data)} events; at most {MOST_EVENTS} are followed.")
    found = []
    for name, entry in data.items():
        identifier = _uuid(name)
        if identifier is None or not isinstance(entry, dict):
            raise DefendError(f"The manifest has an entry {name[:60]!r} that is no event of a UUID.")
        found.append(Listed(identifier, _seconds(entry.get("timestamp")) or 0))
    return tuple(sorted(found, key=lambda one: (one.timestamp, one.uuid)))


def read_event(raw: bytes, feed: Feed, now: datetime) -> tuple[bytes, ...]:
    """The STIX objects of an event, each as bytes; the same event gives the same bytes.

    Args:
        raw: The file of the event.
        feed: How its objects are to be labelled.
        now: The time; what was changed later is taken as changed now.

    Raises:
        ReadingError: if it is no JSON that can be trusted.
        DefendError: if it is no event.
    """
    data = read_json(raw)
    event = data.get("Event") if isinstance(data, dict) else None
    identifier = _uuid(event.get("uuid")) if isinstance(event, dict) else None
    if not isinstance(event, dict) or identifier is None:
        raise DefendError('This is no event of a MISP feed: it must be {"Event": {...}} with a UUID.')
    attributes = list(_attributes(event))
    if len(attributes) > MOST_ATTRIBUTES:
        raise DefendError(f"Event {identifier} has {len(attributes)} attributes; at most {MOST_ATTRIBUTES} are taken.")
    tags = _tags(event)
    made = (_object(event, identifier, one, tags, feed, now) for one in attributes)
    return tuple({body: None for body in made if body is not None})


def keys_of_attribute(kind: str, value: str) -> tuple[ObservableKey, ...]:
    """The keys of an attribute's value, by its type in MISP.

    >>> [key.value for key in keys_of_attribute("domain|ip", "A.example|198.51.100.1")]
    ['a.example', '198.51.100.1']
    >>> [key.type for key in keys_of_attribute("filename|sha256", "a.exe|" + "0" * 64)]
    ['file-sha256']
    """
    if len(value) > 4096:
        return ()
    found: list[ObservableKey | None] = []
    if kind in _PLAIN:
        found.append(key_of(_PLAIN[kind], value))
    elif kind in _HASHES:
        found.append(hash_key(kind, value))
    elif kind in _CERTIFICATES:
        found.append(hash_key(_CERTIFICATES[kind], value.replace(":", ""), "x509"))
    elif kind in {"iban", "bank-account-nr"}:
        found.append(account_key(value))
    else:
        found += _of_pair(kind, value)
    return tuple(dict.fromkeys(key for key in found if key is not None))


def _of_pair(kind: str, value: str) -> Iterator[ObservableKey | None]:
    first, bar, second = value.partition("|")
    if not bar:
        return
    pair = _PAIRS.get(kind)
    if pair is None and kind.startswith("filename|"):
        pair = ("", kind.partition("|")[2])
    for of, part in zip(pair or (), (first, second), strict=False):
        if of in _HASHES:
            yield hash_key(of, part)
        elif of:
            yield key_of(of, part)


def _attributes(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _dicts(event.get("Attribute"))
    for one in _dicts(event.get("Object")):
        yield from _dicts(one.get("Attribute"))


def _object(
    event: Mapping[str, Any], of: str, attribute: Mapping[str, Any], tags: Sequence[str], feed: Feed, now: datetime
) -> bytes | None:
    identifier, value = _uuid(attribute.get("uuid")), attribute.get("value")
    kind = attribute.get("type")
    if identifier is None or not isinstance(value, str) or not isinstance(kind, str):
        return None
    keys = keys_of_attribute(kind, value)
    if not keys:
        return None
    labels = [*tags, *_tags(attribute)]
    marking = _marking(labels, feed)
    common: dict[str, Any] = {
        "external_references": [{"source_name": feed.name, "external_id": of}],
        **({"labels": list(dict.fromkeys(labels))} if labels else {}),
        **({"object_marking_refs": [MARKINGS[marking]]} if marking is not None else {}),
    }
    if not attribute.get("to_ids", False) and len(keys) == 1:
        # An observable has no references and no labels: those are properties of versioned objects alone.
        written = observable_of(keys)
        marked = {name: common[name] for name in ("object_marking_refs",) if name in common}
        if marking is None and labels and light_of({"labels": labels}) is not None:
            marked["labels"] = common["labels"]
        return orjson.dumps(
            {
                "type": written["type"],
                "spec_version": "2.1",
                "id": f"{written['type']}--{identifier}",
                **written,
                **marked,
            }
        )
    modified = min(_time(attribute.get("timestamp")) or _time(event.get("timestamp")) or now, now)
    created = min(_day(event.get("date")) or modified, modified)
    seen = _moment(attribute.get("first_seen")) or created
    creator = event.get("Orgc")
    by = _uuid(creator.get("uuid")) if isinstance(creator, dict) else None
    info = event.get("info")
    return orjson.dumps(
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{identifier}",
            **({"created_by_ref": f"identity--{by}"} if by is not None else {}),
            "created": stamp(created),
            "modified": stamp(modified),
            **({"description": info[:LONGEST_TEXT]} if isinstance(info, str) and info else {}),
            "pattern": pattern_of(keys),
            "pattern_type": "stix",
            "valid_from": stamp(seen),
            **({"revoked": True} if attribute.get("deleted") is True else {}),
            **common,
        }
    )


def _marking(labels: list[str], feed: Feed) -> Tlp | None:
    """The label to write: what the tags say, else the feed's; None where they say what cannot be read, and they stay."""
    light = light_of({"labels": labels})
    if light is None:
        return feed.light
    return light if light in MARKINGS else None


def _tags(data: Mapping[str, Any]) -> list[str]:
    names = (tag.get("name") for tag in _dicts(data.get("Tag")))
    found = [name[:300] for name in names if isinstance(name, str) and name]
    if len(found) > MOST_TAGS:
        # Traffic lights first: however many tags there are, none of these is lost.
        found.sort(key=lambda name: light_of({"labels": [name]}) is None)
    return found[:MOST_TAGS]


# --- out ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues a feed.

    Attributes:
        uuid: Of the organisation.
        name: Of the organisation.
        scope: What the feed is of and for whom: events of different scopes have different UUIDs.
    """

    uuid: str
    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class Given:
    """One object that goes into a feed.

    Attributes:
        id: Its STIX identifier.
        keys: Its keys.
        light: Its label.
        at: When it was added.
        detect: Whether it is for detection.
    """

    id: str
    keys: tuple[ObservableKey, ...]
    light: Tlp
    at: datetime
    detect: bool = True


@dataclass
class Event:
    """One day of a feed.

    Attributes:
        uuid: Of the event.
        day: Of which it is.
        given: What it holds.
    """

    uuid: str
    day: date
    given: list[Given] = field(default_factory=list)


def event_uuid(issuer: Issuer, day: date) -> str:
    """The UUID of the event of a day.

    >>> event_uuid(Issuer("", "", "a"), date(2026, 1, 2)) == event_uuid(Issuer("", "", "b"), date(2026, 1, 2))
    False
    """
    return str(uuid.uuid5(NAMESPACE, f"{issuer.scope}|{day.isoformat()}"))


def write_event(issuer: Issuer, day: date, given: Iterable[Given]) -> bytes:
    """The file of the event of a day."""
    held = list(given)
    return orjson.dumps(
        {"Event": {**_head(issuer, day, held), "uuid": event_uuid(issuer, day), "Attribute": list(_written(held))}}
    )


def write_manifest(issuer: Issuer, days: Mapping[date, tuple[int, Tlp]]) -> bytes:
    """The manifest: for each day, when something was last added, in seconds since 1970, and the strictest label."""
    return orjson.dumps(
        {event_uuid(issuer, day): _entry(issuer, day, last, light) for day, (last, light) in sorted(days.items())}
    )


def write_hashes(issuer: Issuer, given: Iterable[tuple[date, Given]]) -> Iterator[bytes]:
    """The lines of ``hashes.csv``: MD5 of a value and the event that has it, which is how MISP looks values up."""
    for day, one in given:
        event = event_uuid(issuer, day)
        for key in one.keys:
            if _type(key) is not None:
                # MISP's format says MD5; nothing is protected by it.
                yield f"{hashlib.md5(_value(key).encode(), usedforsecurity=False).hexdigest()},{event}\n".encode()


def _head(issuer: Issuer, day: date, held: list[Given]) -> dict[str, Any]:
    last = max((int(one.at.timestamp()) for one in held), default=_start(day))
    light = max((one.light for one in held), default=Tlp.CLEAR)
    return _entry(issuer, day, last, light) | {"published": True, "publish_timestamp": str(last)}


def _entry(issuer: Issuer, day: date, last: int, light: Tlp) -> dict[str, Any]:
    return {
        "info": f"{issuer.name}: {issuer.scope.partition('|')[0]}, {day.isoformat()}",
        "Orgc": {"uuid": issuer.uuid, "name": issuer.name},
        "date": day.isoformat(),
        "timestamp": str(last),
        "analysis": "2",
        "threat_level_id": "4",
        "Tag": [_tag(light)],
    }


def _written(held: list[Given]) -> Iterator[dict[str, Any]]:
    for one in held:
        for key in one.keys:
            kind = _type(key)
            if kind is None:
                continue
            category, name = kind
            yield {
                "uuid": str(uuid.uuid5(NAMESPACE, f"{one.id}|{key.type}|{key.value}")),
                "type": name,
                "category": category,
                "value": _value(key),
                "to_ids": one.detect,
                "timestamp": str(int(one.at.timestamp())),
                "comment": "",
                "Tag": [_tag(one.light)],
            }


def _type(key: ObservableKey) -> tuple[str, str] | None:
    of, _, algorithm = key.type.partition("-")
    if of == "file":
        return "Payload delivery", algorithm
    if of == "x509":
        name = f"x509-fingerprint-{algorithm}"
        return ("Network activity", name) if name in _CERTIFICATES else None
    if key.type == "wallet" and not key.value.startswith("btc:"):
        return None
    return _TYPES.get(key.type)


def _value(key: ObservableKey) -> str:
    if key.type == "autonomous-system":
        return f"AS{key.value}"
    return key.value.removeprefix("btc:") if key.type == "wallet" else key.value


def _tag(light: Tlp) -> dict[str, str]:
    colours = {Tlp.CLEAR: "#ffffff", Tlp.GREEN: "#33FF00", Tlp.AMBER: "#FFC000", Tlp.AMBER_STRICT: "#FFC000"}
    return {"name": light.label.lower(), "colour": colours.get(light, "#FF2B2B")}


# --- times and names ----------------------------------------------------------------------------------------------------


def _start(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _uuid(text: object) -> str | None:
    """A UUID in lower case; STIX wants the letters small."""
    try:
        return str(uuid.UUID(text)) if isinstance(text, str) and len(text) == 36 else None
    except ValueError:
        return None


def _seconds(stated: object) -> int | None:
    text = str(stated) if isinstance(stated, int | str) and not isinstance(stated, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 11):
        return None
    return min(int(text), _LATEST)


def _time(stated: object) -> datetime | None:
    seconds = _seconds(stated)
    return None if not seconds else datetime.fromtimestamp(seconds, UTC)


def _day(stated: object) -> datetime | None:
    try:
        return datetime.fromisoformat(stated).replace(tzinfo=UTC) if isinstance(stated, str) else None
    except ValueError:
        return None


def _moment(stated: object) -> datetime | None:
    """``first_seen`` of MISP: ISO 8601 with microseconds and an offset."""
    try:
        found = datetime.fromisoformat(stated) if isinstance(stated, str) and len(stated) < 40 else None
    except ValueError:
        return None
    if found is None:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    try:
        return found.astimezone(UTC) + timedelta(0)
    except OverflowError:
        return None


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (part for part in value if isinstance(part, dict))
