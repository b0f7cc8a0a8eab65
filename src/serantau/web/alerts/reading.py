"""What stored objects say of keys. Sits between the store and the engine, and knows neither's inside.

An indicator, an observation and a sighting say that their contributor saw something; an opinion that disagrees says
that it is none. A bare observable says nothing by itself: it is context for the others, which refer to it. What only
refers to something is as restricted as what it refers to: the value is known from there alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from serantau.defend.keys import keys_of
from serantau.defend.model import HIGHEST_CLEARANCE, Contribution, ObservableKey, Tlp, Word
from serantau.defend.patterns import keys_of_pattern
from serantau.web.alerts.seam import Batch, Said, tidy
from serantau.web.defend import store
from serantau.web.defend.models import StoredObject

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOMBSTONES = "tombstones"
MOST_REFERENCES = 1_000
"""Objects that one object may refer to and be read by."""

AT_ONCE = 400
DISAGREES = {"disagree", "strongly-disagree"}
REFERRING = {"sighting": ("sighting_of_ref",), "observed-data": ("object_refs",), "opinion": ("object_refs",)}


@dataclass(frozen=True)
class Referred:
    """What an identifier stands for: its keys, and the least label under which somebody gave them."""

    keys: tuple[ObservableKey, ...]
    tlp: Tlp


@dataclass(frozen=True, slots=True)
class Heard:
    """A stored version with what its bytes say."""

    held: store.Held
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def received(self) -> datetime:
        """When it was stored: its place in the store is that moment."""
        return EPOCH + timedelta(microseconds=self.held.seq)


def said_after(number: int, limit: int) -> Batch:
    """What was stored after a place: of each object the version that is its contributor's last, or that it is gone."""
    held = store.contributions_after(number, limit)
    if not held:
        return Batch()
    heard = [Heard(one, _data(one.body)) for one in held if one.is_last and one.member]
    referred = _referred({name for one in heard for name in _references(one.data)})
    return Batch(tuple(said_by(one, referred) for one in heard), len(held), held[-1].seq)


def said_by(heard: Heard, referred: Mapping[str, Referred]) -> Said:
    """What one stored version says."""
    held = heard.held
    found = () if held.revoked else tuple(_words(heard, referred))
    words = {word.key: word for word in (tidy(one, heard.received) for one in found) if word is not None}
    return Said(held.seq, held.stix_id, held.member, tuple(words.values()))


def _words(heard: Heard, referred: Mapping[str, Referred]) -> Iterator[Contribution]:
    held, data = heard.held, heard.data
    word, keys, light = Word.SEEN, (), held.tlp
    if held.type == "indicator":
        keys = _of_indicator(data)
        until = instant(data.get("valid_until"))
        word = Word.EXPIRED if until is not None and until <= heard.received else word
    elif held.type in REFERRING:
        if not _speaks(held.type, data):
            return
        word = Word.FALSE_POSITIVE if held.type == "opinion" else word
        named = [referred[name] for name in _references(data) if name in referred]
        for one in named:
            yield from _each(heard, word, one.keys, max(light, one.tlp))
        inside = data.get("objects")
        if held.type == "observed-data" and isinstance(inside, Mapping):
            keys = tuple(
                key
                for one in list(inside.values())[:MOST_REFERENCES]
                if isinstance(one, Mapping)
                for key in keys_of(one)
            )
    yield from _each(heard, word, keys, light)


def _each(heard: Heard, word: Word, keys: Iterable[ObservableKey], light: Tlp) -> Iterator[Contribution]:
    held = heard.held
    first, last = _span(heard)
    named_from = held.release.need
    sure = heard.data.get("confidence")
    for key in keys:
        yield Contribution(
            held.seq,
            key,
            held.member,
            word,
            first,
            last,
            sure if isinstance(sure, int) and not isinstance(sure, bool) and 0 <= sure <= 100 else None,
            light,
            named_from if named_from <= HIGHEST_CLEARANCE else None,
            source_of(heard.data),
        )


def _span(heard: Heard) -> tuple[datetime, datetime]:
    """When it was seen: as the object says, else when it was made, else when it came."""
    data = heard.data
    first, last = {
        "indicator": (data.get("valid_from"), data.get("valid_until")),
        "sighting": (data.get("first_seen"), data.get("last_seen")),
        "observed-data": (data.get("first_observed"), data.get("last_observed")),
    }.get(heard.held.type, (None, None))
    made = instant(data.get("created")) or heard.received
    if heard.held.type == "indicator":
        until = instant(last)
        begun = instant(first) or made
        # Somebody who makes an indicator today of what began last year has seen it today.
        return begun, until if until is not None and until <= heard.received else max(begun, made)
    begun = instant(first) or instant(last) or made
    return begun, instant(last) or begun


def source_of(data: Mapping[str, Any]) -> str:
    """What an object rests on: the first thing it refers to outside, else whoever made it; empty if it says neither."""
    for one in data.get("external_references") or ():
        if isinstance(one, Mapping):
            for name in ("url", "external_id", "source_name"):
                if isinstance(one.get(name), str) and one[name]:
                    return f"{name} {one[name]}"[:2_000]
    maker = data.get("created_by_ref")
    return f"made by {maker}"[:2_000] if isinstance(maker, str) and maker else ""


def instant(text: object) -> datetime | None:
    """An instant as STIX writes it; None where it is none."""
    if not isinstance(text, str) or not text.endswith("Z") or len(text) > 40:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _speaks(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether it says anything of what it refers to: a sighting of 0 says that nothing was seen."""
    if kind == "opinion":
        return data.get("opinion") in DISAGREES
    return kind != "sighting" or data.get("count") != 0


# --- keys -----------------------------------------------------------------------------------------------------------------


def _of_indicator(data: Mapping[str, Any]) -> tuple[ObservableKey, ...]:
    pattern, language = data.get("pattern"), data.get("pattern_type", "stix")
    if not isinstance(pattern, str) or not isinstance(language, str) or "benign" in (data.get("indicator_types") or ()):
        return ()
    return keys_of_pattern(pattern, language)


def _references(data: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for name in REFERRING.get(str(data.get("type")), ()):
        said = data.get(name)
        found += [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return [one for one in found[:MOST_REFERENCES] if isinstance(one, str) and len(one) <= 300 and "\0" not in one]


def _referred(names: set[str]) -> dict[str, Referred]:
    """What identifiers stand for, by whatever the store holds of them."""
    found: dict[str, Referred] = {}
    ordered = sorted(names)
    for start in range(0, len(ordered), AT_ONCE):
        rows = StoredObject.objects.filter(stix_id__in=ordered[start : start + AT_ONCE], is_last=True, revoked=False)
        for name, light, body in rows.values_list("stix_id", "tlp", "body"):
            data = _data(bytes(body))
            keys = _of_indicator(data) if data.get("type") == "indicator" else keys_of(data)
            before = found.get(name)
            if keys and (before is None or light < before.tlp):
                found[name] = Referred(keys, Tlp(light))
    return found


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}
