"""From the store to the engine: stored versions as what they say of keys, with what they point at.

Only the version that is its contributor's last speaks; one that withdraws the object says nothing any more, and so does
one whose object was deleted. What an object points at is looked up for the whole batch at once, two steps far: a
sighting, the observation it names, the observables of that. It counts under the least label under which anybody gave
it; the word takes the stricter of that and of its own, so it never reaches readers whom the value could not reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from serantau.defend.contributions import MOST_REFERRED, Envelope, Known, contributions
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.web.alerts.models import Evidence
from serantau.web.alerts.seam import Batch, Said, tidy
from serantau.web.defend import store
from serantau.web.defend.models import StoredObject

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOMBSTONES = "tombstones"
AT_ONCE = 400
MOST_LOOKED_UP = 20_000
"""Identifiers looked up for one batch; what is beyond says nothing."""

LONGEST_ID = 300
POINTING = ("sighting_of_ref", "target_ref", "observed_data_refs", "object_refs")
"""Properties by which an object points at what it speaks of."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stored version with what its bytes say."""

    held: store.Held
    data: Mapping[str, Any]

    @property
    def envelope(self) -> Envelope:
        """What the store knows of it: its place is the moment of its addition."""
        need = self.held.release.need
        return Envelope(
            self.held.seq,
            self.held.member,
            EPOCH + timedelta(microseconds=self.held.seq),
            self.held.tlp,
            need if need <= HIGHEST_CLEARANCE else None,
        )


def said_after(number: int, limit: int) -> Batch:
    """What was stored after a place: of each object the version that is its contributor's last, or that it is gone."""
    held = store.contributions_after(number, limit)
    if not held:
        return Batch()
    heard = [Heard(one, _data(one.body)) for one in held if one.is_last and one.member]
    left = _after_deletion([one for one in held if one.collection == TOMBSTONES])
    # What is left goes first: whatever was stored anew since then is newer.
    heard = [*(one for one in left if isinstance(one, Heard)), *heard]
    known = _known(heard)
    gone = [one for one in left if isinstance(one, Said)]
    return Batch((*gone, *(said_by(one, known) for one in heard)), len(held), held[-1].seq)


def said_by(heard: Heard, known: Mapping[str, Known]) -> Said:
    """What one stored version says."""
    held, envelope = heard.held, heard.envelope
    found = () if held.revoked else contributions(heard.data, envelope, known.get)
    words = {word.key: word for word in (tidy(one, envelope.added) for one in found) if word is not None}
    return Said(held.seq, held.stix_id, held.member, tuple(words.values()))


def _after_deletion(tombs: Iterable[store.Held]) -> list[Heard | Said]:
    """What is left of objects of which something was deleted: an older version, which speaks again, or nothing."""
    places = {str(_data(one.body).get("deleted_ref", "")): one.seq for one in tombs}
    found: list[Heard | Said] = []
    for part in _parts(sorted(places)):
        left: dict[tuple[str, str], int] = {}
        rows = StoredObject.objects.filter(stix_id__in=part, is_last=True).order_by("version_us", "seq")
        for name, member, seq in rows.values_list("stix_id", "member", "seq"):
            left[name, member] = seq
        for name, member in set(Evidence.objects.filter(object__in=part).values_list("object", "member")):
            if (name, member) in left:
                place = left[name, member]
                found += [Heard(one, _data(one.body)) for one in store.contributions_after(place - 1, 1)]
            else:
                found.append(Said(places[name], name, member))
    return found


# --- what is pointed at ---------------------------------------------------------------------------------------------------


def _known(heard: Iterable[Heard]) -> dict[str, Known]:
    """What a batch points at, and what that points at."""
    wanted = _pointed_at(one.data for one in heard)
    found: dict[str, Known] = {}
    for _ in range(2):
        new = _looked_up(sorted(wanted - found.keys())[: MOST_LOOKED_UP - len(found)])
        found |= new
        wanted = _pointed_at(one.data for one in new.values() if one.data.get("type") == "observed-data")
    return found


def _pointed_at(objects: Iterable[Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    for data in objects:
        for name in POINTING:
            said = data.get(name)
            named = [said] if isinstance(said, str) else said if isinstance(said, list) else []
            found |= {one for one in named[:MOST_REFERRED] if _is_name(one)}
    return found


def _is_name(one: object) -> bool:
    return isinstance(one, str) and len(one) <= LONGEST_ID and "\0" not in one


def _looked_up(names: list[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for part in _parts(names):
        rows = StoredObject.objects.filter(stix_id__in=part, is_last=True, revoked=False)
        for name, light, body in rows.order_by("seq").values_list("stix_id", "tlp", "body"):
            before = found.get(name)
            if before is None or light < before.tlp:
                found[name] = Known(_data(bytes(body)), Tlp(light))
    return found


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
