"""From the store to the engine: stored versions as what they say of keys, with what they point at.

Only the version that is its contributor's last speaks; one that withdraws the object says nothing any more, and so does
one whose object was deleted. What an object points at is looked up for the whole batch at once, two steps far: a
sighting, the observation it names, the observables of that. Where several members gave an object of one identifier, it
means what the speaker's own version says, else what that of whoever gave it first says: nobody gives another's words a
new meaning by sending something else under the same name. It counts under the least label under which anybody gave just
that; the word takes the stricter of it and of its own, so it never reaches readers whom the value could not reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db.models import Min

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


@dataclass(frozen=True, slots=True)
class Told:
    """An object that is pointed at, as one member gave it last.

    Attributes:
        member: Who gave it; empty for the hub.
        first: The place of the first version that this member gave; 0 where nobody else gave one.
        known: What it says, under its label.
    """

    member: str
    first: int
    known: Known


Pointed = Mapping[str, Sequence[Told]]
"""By identifier: each member's newest version."""


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


def said_by(heard: Heard, known: Pointed) -> Said:
    """What one stored version says."""
    held, envelope = heard.held, heard.envelope
    found = (
        ()
        if held.revoked
        else contributions(heard.data, envelope, lambda name: meant(known.get(name, ()), held.member))
    )
    words = {word.key: word for word in (tidy(one, envelope.added) for one in found) if word is not None}
    return Said(held.seq, held.stix_id, held.member, tuple(words.values()))


def meant(told: Sequence[Told], member: str) -> Known | None:
    """What an identifier means in the words of a member: its own version, else that of whoever gave one first."""
    if not told:
        return None
    chosen = next((one for one in told if one.member == member), None) or min(told, key=lambda one: one.first)
    same = _content(chosen.known.data)
    return Known(chosen.known.data, min(one.known.tlp for one in told if _content(one.known.data) == same))


def _content(data: Mapping[str, Any]) -> dict[str, Any]:
    """An object without who gave it when, and under which label."""
    return {name: value for name, value in data.items() if name not in _AROUND}


_AROUND = frozenset(("created", "modified", "created_by_ref", "object_marking_refs", "granular_markings", "labels"))


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


def _known(heard: Iterable[Heard]) -> Pointed:
    """What a batch points at, and what that points at."""
    wanted = _pointed_at(one.data for one in heard)
    found: dict[str, Sequence[Told]] = {}
    for _ in range(2):
        new = _looked_up(sorted(wanted - found.keys())[: MOST_LOOKED_UP - len(found)])
        found |= new
        seen = (one.known.data for told in new.values() for one in told)
        wanted = _pointed_at(data for data in seen if data.get("type") == "observed-data")
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


def _looked_up(names: list[str]) -> dict[str, Sequence[Told]]:
    found: dict[str, Sequence[Told]] = {}
    for part in _parts(names):
        newest: dict[str, dict[str, Known | None]] = {}
        rows = StoredObject.objects.filter(stix_id__in=part, is_last=True).order_by("version_us", "seq")
        for name, member, light, revoked, body in rows.values_list("stix_id", "member", "tlp", "revoked", "body"):
            known = None if revoked else Known(_data(bytes(body)), Tlp(light))
            newest.setdefault(name, {})[member] = known
        firsts = _firsts([name for name, held in newest.items() if len(held) > 1])
        for name, held in newest.items():
            told = [Told(by, firsts.get((name, by), 0), one) for by, one in held.items() if one is not None]
            if told:
                found[name] = told
    return found


def _firsts(names: list[str]) -> dict[tuple[str, str], int]:
    """The place of the first version of each of these objects from each member."""
    rows = StoredObject.objects.filter(stix_id__in=names).values_list("stix_id", "member").annotate(Min("seq"))
    return {(name, member): first for name, member, first in rows.order_by("stix_id", "member")} if names else {}


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
