"""What one stored object says of things seen: its keys, whether they were seen or are harmless, when, and on what ground.

An indicator says so by its pattern, a cyber-observable by being sent, observed-data and a sighting by what they point
at, an opinion by its disagreement. What an object points at is asked for by its identifier; what is not at hand, or
not the member's to read, says nothing. A word on what another object tells is as strictly labelled as both: a sighting
that may be read by everybody does not carry the address out of an indicator that may not.

Nobody has seen what is still to come: times are cut at the moment when the object was stored. Nor was anything seen
before there were networks: tools write the year 1 where they know no date, and such times are cut at 1970.

Two contributions with one source are not independent. The source is what the object itself rests on: its first
external reference, else who is named as its creator. So members that pass on one vendor's report count as one, and
members that saw for themselves as several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from serantau.defend.keys import MOST_KEYS, keys_of
from serantau.defend.model import Contribution, ObservableKey, Tlp, Word
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.stix import instant

MOST_REFERRED = 200
"""Objects that are asked for on account of one."""

LONGEST_SOURCE = 200
"""Characters of a source."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it nothing counts as seen; windows before the first year could not be reckoned with either."""

_DISAGREES = frozenset(("strongly-disagree", "disagree"))
_OBSERVABLE_RELATIONS = frozenset(("based-on", "consists-of", "communicates-with", "resolves-to", "beacons-to"))


@dataclass(frozen=True, slots=True)
class Known:
    """An object that another points at.

    Attributes:
        data: Its newest version.
        tlp: The label that counts for it.
    """

    data: Mapping[str, Any]
    tlp: Tlp


Lookup: TypeAlias = Callable[[str], Known | None]
"""Gives an object by its identifier, or None where there is none that the contributor may read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the store knows of an object and the object does not say.

    Attributes:
        number: Its place in the store.
        member: Who contributed it.
        added: When, in UTC.
        tlp: The label that counts.
        attribution: The label from which on its member may be named; None for never.
    """

    number: int
    member: str
    added: datetime
    tlp: Tlp
    attribution: Tlp | None


def _nothing(_: str) -> None:
    return None


def contributions(data: Mapping[str, Any], stored: Envelope, lookup: Lookup = _nothing) -> Iterator[Contribution]:
    """What the object says of each key that it is about.

    Args:
        data: The object.
        stored: What the store knows of it.
        lookup: Gives objects that it points at. Give only what the contributor itself may read: what is counted
            would else tell it of what it may not.

    >>> from datetime import UTC
    >>> stored = Envelope(7, "a", datetime(2026, 1, 2, tzinfo=UTC), Tlp.GREEN, Tlp.AMBER)
    >>> [found] = contributions({"type": "url", "value": "http://A.example"}, stored)
    >>> found.key.value, found.word.value, found.first == stored.added
    ('http://a.example/', 'seen', True)
    """
    seen = _Seen(stored, lookup)
    said = _said(data, seen)
    if said is None:
        return
    keys, word, first, last = said
    last = max(EARLIEST, min(last, stored.added))
    first = max(EARLIEST, min(first, last))
    source = source_of(data)
    confidence = _confidence(data)
    for key in keys[:MOST_KEYS]:
        yield Contribution(
            stored.number,
            key,
            stored.member,
            word,
            first,
            last,
            confidence,
            seen.tlp,
            stored.attribution,
            source,
        )


def source_of(data: Mapping[str, Any]) -> str:
    """What the object rests on, or the empty text where it says nothing of it.

    >>> source_of({"external_references": [{"source_name": "A vendor", "url": "https://V.example/report/7#top"}]})
    'ref:https://v.example/report/7'
    >>> source_of({"created_by_ref": "identity--1"})
    'by:identity--1'
    """
    references = data.get("external_references")
    if isinstance(references, list):
        for reference in references[:10]:
            if isinstance(reference, Mapping) and (found := _reference(reference)):
                return f"ref:{found}"[:LONGEST_SOURCE]
    creator = data.get("created_by_ref")
    return f"by:{creator}"[:LONGEST_SOURCE] if isinstance(creator, str) and creator else ""


def _reference(reference: Mapping[str, Any]) -> str:
    """One reference: its address in normal form, else its name and number. A CVE or technique is no report."""
    name = str(reference.get("source_name", "")).strip().lower()
    if name in {"cve", "capec", "mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"}:
        return ""
    address = reference.get("url")
    if isinstance(address, str) and address:
        from serantau.base.observables import url

        return url(address) or address.strip()
    number = str(reference.get("external_id", "")).strip().lower()
    return f"{name}|{number}" if number else name


class _Seen:
    """One object on its way: what it points at, and the strictest label of all that was used."""

    def __init__(self, stored: Envelope, lookup: Lookup) -> None:
        self.added = stored.added
        self.tlp = stored.tlp
        self._lookup = lookup
        self._asked = 0

    def get(self, name: str) -> Mapping[str, Any] | None:
        """An object by its identifier; what is used of it makes the word as strict as it is."""
        self._asked += 1
        found = self._lookup(name) if name and self._asked <= MOST_REFERRED else None
        if found is None:
            return None
        self.tlp = max(self.tlp, found.tlp)
        return found.data


_Said: TypeAlias = tuple[tuple[ObservableKey, ...], Word, datetime, datetime]


def _said(data: Mapping[str, Any], seen: _Seen) -> _Said | None:
    """Keys, word and times; None where the object is about no observable."""
    kind = data.get("type")
    word = Word.EXPIRED if data.get("revoked") is True else Word.SEEN
    if kind == "indicator":
        return _of_indicator(data, seen, word)
    if kind == "sighting":
        return _of_sighting(data, seen, word)
    if kind == "observed-data":
        keys = _observed(data, seen)
        first = _time(data, "first_observed", seen.added)
        return (keys, word, first, max(first, _time(data, "last_observed", first))) if keys else None
    if kind == "opinion":
        if data.get("opinion") not in _DISAGREES:
            return None
        keys = _all(_strings(data.get("object_refs")), seen)
        at = _time(data, "created", seen.added)
        return (keys, Word.FALSE_POSITIVE if word is Word.SEEN else word, at, at) if keys else None
    if kind == "relationship":
        return _of_relationship(data, seen, word)
    keys = keys_of(data)
    return (keys, word, seen.added, seen.added) if keys else None


def _of_indicator(data: Mapping[str, Any], seen: _Seen, word: Word) -> _Said | None:
    keys = _indicated(data)
    if not keys:
        return None
    types = data.get("indicator_types")
    if isinstance(types, list) and "benign" in types and word is Word.SEEN:
        word = Word.FALSE_POSITIVE
    first = _time(data, "valid_from", _time(data, "created", seen.added))
    return keys, word, first, max(first, _time(data, "modified", first))


def _of_sighting(data: Mapping[str, Any], seen: _Seen, word: Word) -> _Said | None:
    keys = _all([str(data.get("sighting_of_ref", "")), *_strings(data.get("observed_data_refs"))], seen)
    if not keys:
        return None
    if word is Word.SEEN:
        word = _word_of_sighting(data)
    first = _time(data, "first_seen", _time(data, "created", seen.added))
    return keys, word, first, max(first, _time(data, "last_seen", first))


def _word_of_sighting(data: Mapping[str, Any]) -> Word:
    """MISP's three types, by the marks that tools leave of them: OpenCTI's negative, a count of zero, MISP's type.

    >>> _word_of_sighting({"x_opencti_negative": True}).value, _word_of_sighting({"x_misp_sighting_type": "2"}).value
    ('false positive', 'expired')
    """
    stated = str(data.get("x_misp_sighting_type", data.get("x_misp_type", ""))).lower()
    labels = {label.lower() for label in _strings(data.get("labels"))}
    count = data.get("count")
    if stated in {"1", "false-positive"} or data.get("x_opencti_negative") is True or "false-positive" in labels:
        return Word.FALSE_POSITIVE
    if isinstance(count, int) and not isinstance(count, bool) and count == 0:
        return Word.FALSE_POSITIVE
    if stated in {"2", "expiration"}:
        return Word.EXPIRED
    return Word.SEEN


def _of_relationship(data: Mapping[str, Any], seen: _Seen, word: Word) -> _Said | None:
    """A relation between what a member knows and an observable says that it saw the observable.

    Only the side that is an observable itself counts; its indicator speaks for itself when it is stored.
    """
    if data.get("relationship_type") not in _OBSERVABLE_RELATIONS:
        return None
    found = seen.get(str(data.get("target_ref", "")))
    keys = () if found is None else keys_of(found)
    first = _time(data, "start_time", _time(data, "created", seen.added))
    return (keys, word, first, max(first, _time(data, "stop_time", first))) if keys else None


def _all(names: list[str], seen: _Seen) -> tuple[ObservableKey, ...]:
    """The keys of the objects of these identifiers; of observed data, of what it observed."""
    keys: dict[ObservableKey, None] = {}
    for name in names[:MOST_REFERRED]:
        found = seen.get(name)
        if found is None:
            continue
        kind = found.get("type")
        if kind == "indicator":
            keys.update(dict.fromkeys(_indicated(found)))
        elif kind == "observed-data":
            keys.update(dict.fromkeys(_observed(found, seen)))
        else:
            keys.update(dict.fromkeys(keys_of(found)))
        if len(keys) >= MOST_KEYS:
            break
    return tuple(keys)[:MOST_KEYS]


def _indicated(data: Mapping[str, Any]) -> tuple[ObservableKey, ...]:
    pattern = data.get("pattern")
    language = data.get("pattern_type", "stix")
    return keys_of_pattern(pattern, language) if isinstance(pattern, str) and isinstance(language, str) else ()


def _observed(data: Mapping[str, Any], seen: _Seen) -> tuple[ObservableKey, ...]:
    """``object_refs`` of STIX 2.1, or the objects within it of STIX 2.0."""
    keys: dict[ObservableKey, None] = {}
    within = data.get("objects")
    if isinstance(within, Mapping):
        for part in list(within.values())[:MOST_REFERRED]:
            if isinstance(part, Mapping):
                keys.update(dict.fromkeys(keys_of(part)))
    for name in _strings(data.get("object_refs"))[:MOST_REFERRED]:
        found = seen.get(name)
        if found is not None:
            keys.update(dict.fromkeys(keys_of(found)))
    return tuple(keys)[:MOST_KEYS]


def _time(data: Mapping[str, Any], name: str, otherwise: datetime) -> datetime:
    text = data.get(name)
    found = instant(text) if isinstance(text, str) else None
    return otherwise if found is None else found


def _confidence(data: Mapping[str, Any]) -> int | None:
    stated = data.get("confidence")
    if isinstance(stated, bool) or not isinstance(stated, int) or not 0 <= stated <= 100:
        return None
    return stated


def _strings(value: object) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
