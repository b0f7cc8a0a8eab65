"""Collections, releases and lanes as they stand: small tables, held in memory, read again when one was added.

Rows are added under the write lock of the store only, so their numbers rise in the order of commits, and the newest
one with its random mark says whether what is held is all there is, also after a restore.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.db import connection

from serantau.bundle import Bundle
from serantau.defend.model import Reader, Release, Tlp, may_read
from serantau.defend.taxii.collections import Planned, planned
from serantau.web.bundles import keeper

LANES = "serantau_defend_lane"
RELEASES = "serantau_defend_releaseclass"
COLLECTIONS = "serantau_defend_collection"
CLOCK = "serantau_defend_clock"


@dataclass(frozen=True)
class Lane:
    """Rows of one collection, one STIX version and one release."""

    id: int
    collection: int
    spec: int
    release_id: int


@dataclass(frozen=True)
class Lanes:
    """All lanes at one time.

    Attributes:
        newest: Number and mark of the newest lane among them; None where there is none.
        lanes: By number.
        releases: By number.
        numbers: Numbers of collections by alias.
    """

    newest: tuple[int, int] | None
    lanes: Mapping[int, Lane]
    releases: Mapping[int, Release]
    numbers: Mapping[str, int]
    _readable: dict[tuple[Reader, int], tuple[Lane, ...]] = field(default_factory=dict)

    @cached_property
    def aliases(self) -> Mapping[int, str]:
        """Aliases of collections by number."""
        return {number: alias for alias, number in self.numbers.items()}

    def readable(self, reader: Reader, collection: int) -> tuple[Lane, ...]:
        """The lanes of a collection that a reader may read: where ``may_read`` becomes part of every query."""
        key = reader, collection
        found = self._readable.get(key)
        if found is None:
            found = tuple(
                lane
                for lane in self.lanes.values()
                if lane.collection == collection and may_read(reader, self.releases[lane.release_id])
            )
            self._readable[key] = found
        return found

    def release_of(self, lane: int) -> Release:
        """What a lane demands."""
        return self.releases[self.lanes[lane].release_id]


def read_lanes() -> Lanes:
    """All lanes, read now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, collection_id, spec, release_id, mark FROM {LANES} ORDER BY id")  # noqa: S608
        rows = cursor.fetchall()
        lanes = {row[0]: Lane(*row[:4]) for row in rows}
        cursor.execute(f"SELECT id, need, upto, producer, audience FROM {RELEASES}")  # noqa: S608
        releases = {
            number: Release(Tlp(need), None if upto < 0 else Tlp(upto), producer, frozenset(audience.split()))
            for number, need, upto, producer, audience in cursor.fetchall()
        }
        cursor.execute(f"SELECT alias, id FROM {COLLECTIONS}")  # noqa: S608
        numbers = dict(cursor.fetchall())
    return Lanes((rows[-1][0], rows[-1][4]) if rows else None, lanes, releases, numbers)


@dataclass(frozen=True)
class Moment:
    """How far the store had come at one moment: everything up to ``high`` is there for good, and ``lanes`` knows it."""

    high: int
    lanes: Lanes


_held: dict[str, Lanes] = {}
_lock = threading.Lock()


def moment() -> Moment:
    """How far the store has come. Pages are cut from what was there at one moment, so that none is lost between."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT last, lane.id, lane.mark FROM {CLOCK} LEFT JOIN {LANES} lane "  # noqa: S608 - names of our own
            f"ON lane.id = (SELECT max(id) FROM {LANES}) WHERE {CLOCK}.id = 1"
        )
        row = cursor.fetchone()
    if row is None:
        return Moment(0, Lanes(None, {}, {}, {}))
    high, *newest = row
    name = str(connection.settings_dict["NAME"])
    held = _held.get(name)
    if held is None or held.newest != (tuple(newest) if newest[0] else None):
        held = read_lanes()
        with _lock:
            _held[name] = held
    return Moment(high, held)


def forget() -> None:
    """Read anew at the next question: another database, or one that was restored."""
    with _lock:
        _held.clear()


LOOK_SECONDS = 5.0
"""For how long the facts are not looked at again: who the members are changes less often than sensors ask."""

_plans: list[tuple[str | None, float, Bundle, tuple[Planned, ...]]] = []


def planned_collections() -> tuple[Planned, ...]:
    """The collections of the region, by their ids."""
    now = time.monotonic()
    held = next(iter(_plans), None)
    if held is not None and held[0] == settings.SERANTAU_REGION and now < held[1]:
        return held[3]
    bundle = keeper().answers().bundle
    if held is not None and held[2] is bundle:
        plan = held[3]
    else:
        plan = planned(bundle.region.profile.id, [one.id for one in bundle.region.members])
    _plans[:] = [(settings.SERANTAU_REGION, now + LOOK_SECONDS, bundle, plan)]
    return plan


def collection_of(name: str) -> Planned | None:
    """The collection of an id or alias."""
    return next((one for one in planned_collections() if name in (one.id, one.alias)), None)
