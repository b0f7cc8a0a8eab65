"""Reading what is stored: pages for readers, and everything in order for the rooms that work on it.

A page is merged from ordered ranges of an index, one for each lane that the reader may read (and for each type asked for), so
its cost depends on its length and on how many lanes there are, and not on how much is stored, nor on what is hidden
from the reader. Which lanes those are is worked out by ``may_read`` alone and is part of the statement itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from django.db import connection

from serantau.defend.model import Reader, Release, Tlp
from serantau.web.defend.lanes import Lane, Moment, moment

OBJECTS = "serantau_defend_storedobject"
MOST_STREAMS = 100
"""Ranges merged in one statement; SQLite takes 500, and slows down before."""

MOST_DEFINITIONS = 500
"""Marking definitions looked up for one envelope; what is beyond stays unknown, and fails closed."""

MOST_BYTES = 16 * 1024**2
"""Bytes of the bodies on one page; one that alone has more is given alone."""

LAST, FIRST, ALL = "last", "first", "all"


@dataclass(frozen=True)
class Wanted:
    """What a page is to hold.

    Attributes:
        after: Only what was added after this moment, in microseconds.
        limit: How many at most.
        ids, types: Only these; None for any.
        specs: Only these STIX versions, 20 or 21; None for any.
        versions: ``last``, ``first``, ``all``, or versions in microseconds; any of them is enough.
    """

    after: int = 0
    limit: int = 1000
    ids: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    specs: tuple[int, ...] | None = None
    versions: tuple[str | int, ...] = (LAST,)


class Row(NamedTuple):
    """One stored version, as a page gives it."""

    seq: int
    stix_id: str
    version: str
    version_us: int
    lane: int
    body: bytes = b""


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        rows: In the order of their addition.
        more: Whether there is more after the last of them.
    """

    rows: tuple[Row, ...]
    more: bool
    specs: dict[int, int] = field(default_factory=dict)


def page(
    alias: str,
    reader: Reader,
    wanted: Wanted,
    *,
    bodies: bool = True,
    origins: Iterable[str] | None = None,
    at: Moment | None = None,
) -> Page:
    """A page of one collection, with nothing in it that the reader may not read.

    Args:
        alias: The collection.
        reader: Who reads.
        wanted: What is asked for.
        bodies: Whether the stored bytes are wanted, or only what a manifest lists.
        origins: Collections that the reader may read: tombstones of others are left out. None where that is no matter.
        at: How far the store had come when the question was asked.
    """
    at = at or moment()
    number = at.lanes.numbers.get(alias)
    lanes = () if number is None else at.lanes.readable(reader, number)
    if wanted.specs is not None:
        lanes = tuple(lane for lane in lanes if lane.spec in wanted.specs)
    if not lanes or wanted.limit < 1:
        return Page((), more=False)
    within = _Within(at.high, None if origins is None else [at.lanes.numbers.get(one, 0) for one in origins])
    specs = {lane.id: lane.spec for lane in lanes}
    keys = _keys(lanes, wanted, within)
    rows, cut = _rows(keys[: wanted.limit], bodies=bodies)
    more = cut or len(keys) > wanted.limit
    if more and not rows:  # all of them were deleted in this very moment
        return page(alias, reader, _after(wanted, keys[: wanted.limit][-1]), bodies=bodies, origins=origins, at=at)
    return Page(rows, more, specs)


def _after(wanted: Wanted, seq: int) -> Wanted:
    return Wanted(seq, wanted.limit, wanted.ids, wanted.types, wanted.specs, wanted.versions)


@dataclass(frozen=True)
class _Within:
    """Bounds that hold for every range: nothing later than ``high``, no tombstone of what the reader may not read."""

    high: int
    origins: list[int] | None

    def sql(self) -> str:
        if self.origins is None:
            return f" AND seq <= {self.high}"
        numbers = ", ".join(map(str, self.origins)) or "0"
        return f" AND seq <= {self.high} AND (origin_id IS NULL OR origin_id IN ({numbers}))"


def _keys(lanes: Sequence[Lane], wanted: Wanted, within: _Within) -> list[int]:
    """The places of the first rows, one more than asked for if there are more."""
    most = wanted.limit + 1
    if wanted.ids is not None:
        return _keys_by_id(lanes, wanted, within, most)
    streams = list(_streams(lanes, wanted))
    found = [
        _merged(streams[start : start + MOST_STREAMS], wanted, within, most)
        for start in range(0, len(streams), MOST_STREAMS)
    ]
    return _distinct(heapq.merge(*found), most)


def _distinct(keys: Iterable[int], most: int) -> list[int]:
    found: list[int] = []
    for key in keys:
        if not found or found[-1] != key:
            found.append(key)
            if len(found) == most:
                break
    return found


def _streams(lanes: Sequence[Lane], wanted: Wanted) -> Iterator[tuple[str, list[object]]]:
    """Ordered ranges of an index that hold the page between them, each as a condition and its parameters."""
    kinds = [_condition(version, of_spec=_of_spec(wanted)) for version in _versions(wanted.versions)]
    flat = [condition for conditions in kinds for condition in conditions]
    types: Sequence[str | None] = (None,) if wanted.types is None else wanted.types
    for lane, kind, condition in product(lanes, types, flat):
        if kind is None:
            yield f"lane_id = {lane.id} AND {condition}", []
        else:
            yield f"lane_id = {lane.id} AND type = %s AND {condition}", [kind]


def _versions(versions: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return (ALL,) if ALL in versions else versions


def _condition(version: str | int, *, of_spec: bool) -> tuple[str, ...]:
    if version == LAST:
        return ("is_last = TRUE", *(("is_last_of_spec AND NOT is_last",) if of_spec else ()))
    if version == FIRST:
        return ("is_first = TRUE", *(("is_first_of_spec AND NOT is_first",) if of_spec else ()))
    if version == ALL:
        return "is_last = TRUE", "is_last = FALSE"
    return (f"version_us = {int(version)}",)


def _of_spec(wanted: Wanted) -> bool:
    """Whether first and last are meant among one STIX version alone."""
    return wanted.specs is not None and len(set(wanted.specs)) == 1


def _merged(streams: Sequence[tuple[str, list[object]]], wanted: Wanted, within: _Within, most: int) -> list[int]:
    """The first keys of several ranges: the database merges them and stops when it has enough."""
    # A version may be first and last and named at once, and is then found as often.
    enough = most * len(_versions(wanted.versions))
    selects = [
        f"SELECT seq FROM {OBJECTS} WHERE {condition} AND seq > {wanted.after}{within.sql()}"  # noqa: S608
        for condition, _ in streams
    ]
    parameters = [value for _, values in streams for value in values]
    statement = f"{' UNION ALL '.join(selects)} ORDER BY seq LIMIT {enough}"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return [row[0] for row in cursor.fetchall()]


def _keys_by_id(lanes: Sequence[Lane], wanted: Wanted, within: _Within, most: int) -> list[int]:
    """The rows of named objects: as few as they have versions."""
    conditions = [
        f"({condition})"
        for version in _versions(wanted.versions)
        if version != ALL
        for condition in _condition(version, of_spec=_of_spec(wanted))
    ]
    numbers = ", ".join(str(lane.id) for lane in lanes)
    where = [
        f"stix_id IN ({_marks(wanted.ids or ())})",
        f"lane_id IN ({numbers})",
        f"seq > {wanted.after}{within.sql()}",
    ]
    parameters: list[object] = list(wanted.ids or ())
    if ALL not in wanted.versions:
        where.append(f"({' OR '.join(conditions)})")
    if wanted.types is not None:
        where.append(f"type IN ({_marks(wanted.types)})")
        parameters += wanted.types
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq FROM {OBJECTS} WHERE {' AND '.join(where)} ORDER BY seq LIMIT {most}",  # noqa: S608 - numbers and names of our own
            parameters,
        )
        return [row[0] for row in cursor.fetchall()]


def _rows(keys: Sequence[int], *, bodies: bool) -> tuple[tuple[Row, ...], bool]:
    """The rows of some places, and whether their bodies were too much for one page, so that it ends before the last."""
    if not keys:
        return (), False
    wanted = _fitting(keys) if bodies and connection.vendor == "postgresql" else keys
    columns = f"seq, stix_id, version, version_us, lane_id, {'body' if bodies else 'NULL'}"
    found: list[Row] = []
    left = MOST_BYTES
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {OBJECTS} WHERE seq IN ({', '.join(map(str, wanted))}) ORDER BY seq"  # noqa: S608
        )
        if not bodies:
            return tuple(map(Row._make, cursor.fetchall())), False
        for row in cursor:
            left -= len(row[5])
            if left < 0 and found:
                return tuple(found), True
            found.append(Row._make(row))
    return tuple(found), len(wanted) < len(keys)


def _fitting(keys: Sequence[int]) -> Sequence[int]:
    """The first places whose bodies go onto one page: asked beforehand where all rows come at once."""
    left = MOST_BYTES
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, length(body) FROM {OBJECTS} WHERE seq IN ({', '.join(map(str, keys))}) ORDER BY seq"  # noqa: S608
        )
        for place, (_, size) in enumerate(cursor.fetchall()):
            left -= size
            if left < 0 and place:
                return keys[:place]
    return keys


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


# --- for the rooms that work on what is stored ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """One stored version, with all that is known of it.

    Attributes:
        seq: Its place, in the order of commits.
        collection: Alias of its collection.
        member: Who contributed it; empty for the hub.
        stix_id, type, version: As written.
        tlp: The label of the object itself.
        release: What it demands of readers now.
        is_last: Whether it is the contributor's last version there.
        revoked: Whether this version withdraws the object.
        body: As received.
    """

    seq: int
    collection: str
    member: str
    stix_id: str
    type: str
    version: str
    tlp: Tlp
    release: Release
    is_last: bool
    revoked: bool
    body: bytes


def contributions_after(seq: int, limit: int) -> list[Held]:
    """Everything that was stored after a place, in the order of commits: what a job works through, and goes on from.

    Deletions come as tombstones, which the hub puts into the collection of that name.
    """
    at = moment()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, lane_id, member, stix_id, type, version, tlp, is_last, revoked, body "  # noqa: S608
            f"FROM {OBJECTS} WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
            [seq, at.high, limit],
        )
        return [_held(at, row) for row in cursor.fetchall()]


def _held(at: Moment, row: Sequence[object]) -> Held:
    seq, lane, member, stix_id, kind, version, tlp, is_last, revoked, body = row
    held = at.lanes.lanes[lane]
    return Held(
        seq,
        at.lanes.aliases[held.collection],
        member,
        stix_id,
        kind,
        version,
        Tlp(tlp),
        at.lanes.releases[held.release_id],
        bool(is_last),
        bool(revoked),
        bytes(body),
    )


def definitions(member: str, names: Iterable[str]) -> list[bytes]:
    """The marking definitions of these identifiers that a contributor gave, in any collection and version."""
    wanted = sorted(names)[:MOST_DEFINITIONS]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT body FROM {OBJECTS} WHERE stix_id IN ({_marks(wanted)}) AND member = %s",  # noqa: S608
            [*wanted, member],
        )
        return [bytes(body) for (body,) in cursor.fetchall()]
