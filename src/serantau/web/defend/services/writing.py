"""Rows of objects, written under the one lock of the store, in SQL by hand: an envelope has a thousand of them.

On SQLite the transaction of a change is the lock. On PostgreSQL it is an advisory lock, held until the commit. Each
object is stamped inside it, later than every object before, so that whoever asks for what was added after a moment
never misses one that was saved late.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from django.db import connection

from serantau.defend.chains import Link, settle, stricter
from serantau.defend.model import Release
from serantau.defend.taxii.collections import Planned
from serantau.defend.taxii.v21.taking import Failure, Taken
from serantau.defend.taxii.v21.times import of_moment, shown
from serantau.web.defend.lanes import CLOCK, COLLECTIONS, LANES, RELEASES, Lanes, read_lanes

OBJECTS = "serantau_defend_storedobject"
TOMBSTONES = "serantau_defend_tombstone"
ADVISORY_LOCK = 0x5E2A_DEFE
AT_ONCE = 400
"""Values in one list of a statement."""

MOST_VERSIONS = 10_000
"""Versions of one object from one contributor in one collection."""

INSERT = (
    f"INSERT INTO {OBJECTS} (seq, lane_id, collection_id, stix_id, type, version, version_us, member, tlp, is_first, "  # noqa: S608
    "is_last, is_first_of_spec, is_last_of_spec, revoked, origin_id, body) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
UPDATE = (
    f"UPDATE {OBJECTS} SET lane_id = %s, is_first = %s, is_last = %s, is_first_of_spec = %s, is_last_of_spec = %s "  # noqa: S608
    "WHERE seq = %s"
)


@dataclass(frozen=True)
class Written:
    """What became of objects.

    Attributes:
        successes: Identifier and version of each that is in the store now, whether it was before or not.
        failures: The others.
        stored: How many are new.
        first, last: Moments given to the first and last of the new ones; 0 where there are none.
        newest: Those of the new ones that are the newest of their object, in all collections.
    """

    successes: list[tuple[str, str]]
    failures: list[Failure]
    stored: int
    first: int
    last: int
    newest: tuple[Taken, ...] = ()


class Writing:
    """One writer's turn. Made inside a change; on PostgreSQL it waits for its turn here."""

    def __init__(self, now: datetime, *, wait_ms: int = 0, begun: float | None = None) -> None:
        """Take the lock and look how far the store has come.

        Args:
            now: The time at which the change was asked for.
            wait_ms: How long to wait for the lock on PostgreSQL; 0 for as long as the change says.
            begun: The monotonic clock at ``now``: what passed since then is added to the stamps.
        """
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                if wait_ms:
                    cursor.execute(f"SET LOCAL lock_timeout = '{wait_ms}ms'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        self.now = now
        passed = int((time.monotonic() - begun) * 1e6) if begun is not None else 0
        self._next = max(self._last() + 1, of_moment(now) + passed)
        self._lanes: Lanes | None = None
        self._numbers: dict[tuple[int, int, Release], int] = {}

    @property
    def lanes(self) -> Lanes:
        """The lanes as they are inside this change."""
        if self._lanes is None:
            self._lanes = read_lanes()
        return self._lanes

    def collection(self, plan: Planned) -> int:
        """The number of a collection; it gets one when it is first written to."""
        number = self.lanes.numbers.get(plan.alias)
        if number is None:
            number = _inserted(
                COLLECTIONS,
                {"uuid": _uuid(plan.id), "alias": plan.alias, "made_at": _moment(self.now)},
            )
            self._lanes = None
        return number

    def lane(self, collection: int, spec: int, release: Release) -> int:
        """The number of a lane; it gets one when it is first needed."""
        key = collection, spec, release
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._find_lane(collection, spec, release)
        return found

    def _find_lane(self, collection: int, spec: int, release: Release) -> int:
        wanted = next((number for number, held in self.lanes.releases.items() if held == release), None)
        if wanted is None:
            wanted = _inserted(
                RELEASES,
                {
                    "need": int(release.need),
                    "upto": -1 if release.upto is None else int(release.upto),
                    "producer": release.producer,
                    "audience": " ".join(sorted(release.audience)),
                },
            )
            self._lanes = None
        for lane in self.lanes.lanes.values():
            if (lane.collection, lane.spec, lane.release_id) == (collection, spec, wanted):
                return lane.id
        made = _inserted(
            LANES,
            {"collection_id": collection, "spec": spec, "release_id": wanted, "mark": secrets.randbits(62)},
        )
        self._lanes = None
        return made

    def add(
        self,
        collection: int,
        member: str,
        objects: Sequence[Taken | Failure],
        *,
        repost: bool = False,
        origin: int | None = None,
    ) -> Written:
        """Add objects of one contributor to one collection.

        Args:
            collection: Its number.
            member: The contributor; empty for the hub.
            objects: What was read of them.
            repost: Whether deleted objects may come back.
            origin: For tombstones: the collection of what was deleted.
        """
        ids = list(dict.fromkeys(one.id for one in objects if isinstance(one, Taken)))
        chains = self._chains(member, ids)
        buried = self._buried(collection, member, ids)
        already = self._bodies(collection, chains, objects)
        written = Written([], [], 0, 0, 0)
        fresh: list[tuple[Link, Taken]] = []
        touched: dict[str, list[Link]] = {}
        new_bodies: dict[tuple[str, int], bytes] = {}
        for one in objects:
            if isinstance(one, Failure):
                written.failures.append(one)
                continue
            chain = chains.setdefault(one.id, [])
            if one.id in buried and not repost:
                written.failures.append(Failure(one.id, one.version, BURIED))
                continue
            outcome = _standing(one, collection, chain, already, new_bodies)
            if outcome is not None:
                if isinstance(outcome, Failure):
                    written.failures.append(outcome)
                else:
                    written.successes.append(outcome)
                continue
            seq = self._next
            self._next += 1
            link = Link(seq, collection, one.version_us or seq, one.spec, one.release)
            new_bodies[one.id, link.version] = one.raw
            chain.append(link)
            fresh.append((link, one))
            touched[one.id] = chain
            written.successes.append((one.id, one.version or shown(seq)))
        if fresh:
            self._save(member, fresh, touched, origin)
            if repost and buried:
                self._unbury(collection, member, buried & set(touched))
        first, last = (fresh[0][0].seq, fresh[-1][0].seq) if fresh else (0, 0)
        newest = tuple(
            one for link, one in fresh if link is max(touched[one.id], key=lambda other: (other.version, other.seq))
        )
        return replace(written, stored=len(fresh), first=first, last=last, newest=newest)

    def versions(self, collection: int, member: str, stix_id: str) -> list[Link]:
        """The versions of an object from one contributor in one collection."""
        chain = self._chains(member, [stix_id]).get(stix_id, [])
        return [link for link in chain if link.collection == collection]

    def remove(self, collection: int, member: str, stix_id: str, versions: set[int] | None) -> list[Link]:
        """Remove versions of an object, all where none are named; the others take their places.

        Returns:
            What was removed, oldest first.
        """
        chain = self._chains(member, [stix_id]).get(stix_id, [])
        gone = [
            link for link in chain if link.collection == collection and (versions is None or link.version in versions)
        ]
        if gone:
            for part in _parts([link.seq for link in gone]):
                with connection.cursor() as cursor:
                    cursor.execute(f"DELETE FROM {OBJECTS} WHERE seq IN ({_marks(part)})", part)  # noqa: S608
            left = [link for link in chain if link not in gone]
            before = {link.seq: self._state(link) for link in left}
            settle(left)
            self._update([link for link in left if self._state(link) != before[link.seq]])
        return sorted(gone, key=lambda link: (link.version, link.seq))

    def tighten(self, member: str, ids: Sequence[str], bound: Mapping[str, Release]) -> None:
        """Let every version of some objects demand at least what is given for each."""
        changed = []
        for name, chain in self._chains(member, ids).items():
            for link in chain:
                release = stricter(link.release, bound[name])
                if release != link.release:
                    link.release = release
                    changed.append(link)
        self._update(changed)

    def end(self) -> None:
        """Write down how far the store has come."""
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {CLOCK} SET last = %s WHERE id = 1", [self._next - 1])  # noqa: S608

    def stamp(self) -> int:
        """One moment, later than all before."""
        self._next += 1
        return self._next - 1

    def _last(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT last FROM {CLOCK} WHERE id = 1")  # noqa: S608
            row = cursor.fetchone()
            if row is None:
                cursor.execute(f"INSERT INTO {CLOCK} (id, last) VALUES (1, 0)")  # noqa: S608
                return 0
            return int(row[0])

    def _chains(self, member: str, ids: Sequence[str]) -> dict[str, list[Link]]:
        """All versions of objects that a contributor brought before, in any collection."""
        chains: dict[str, list[Link]] = {}
        lanes = self.lanes
        select = (
            "SELECT stix_id, seq, collection_id, version_us, lane_id, is_first, is_last, is_first_of_spec, "  # noqa: S608
            f"is_last_of_spec FROM {OBJECTS} WHERE stix_id IN (%s) AND member = "
        )
        for part in _parts(ids):
            with connection.cursor() as cursor:
                cursor.execute(select.replace("%s", _marks(part)) + "%s", [*part, member])
                for stix_id, seq, collection, version, lane, *flags in cursor.fetchall():
                    held = lanes.lanes[lane]
                    link = Link(seq, collection, version, held.spec, lanes.releases[held.release_id], *map(bool, flags))
                    chains.setdefault(stix_id, []).append(link)
        return chains

    def _buried(self, collection: int, member: str, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for part in _parts(ids):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT stix_id FROM {TOMBSTONES} WHERE stix_id IN ({_marks(part)}) "  # noqa: S608
                    "AND collection_id = %s AND member = %s",
                    [*part, collection, member],
                )
                found.update(row[0] for row in cursor.fetchall())
        return found

    def _unbury(self, collection: int, member: str, ids: Iterable[str]) -> None:
        for part in _parts(list(ids)):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {TOMBSTONES} WHERE stix_id IN ({_marks(part)}) "  # noqa: S608
                    "AND collection_id = %s AND member = %s",
                    [*part, collection, member],
                )

    def _bodies(
        self, collection: int, chains: dict[str, list[Link]], objects: Sequence[Taken | Failure]
    ) -> dict[int, bytes]:
        """The bytes of stored versions that may be the same as what came."""
        wanted = [
            link.seq
            for one in objects
            if isinstance(one, Taken)
            for link in chains.get(one.id, ())
            if link.collection == collection and one.version_us in (0, link.version)
        ]
        found: dict[int, bytes] = {}
        for part in _parts(wanted):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT seq, body FROM {OBJECTS} WHERE seq IN ({_marks(part)})", part)  # noqa: S608
                found.update((seq, bytes(body)) for seq, body in cursor.fetchall())
        return found

    def _save(
        self,
        member: str,
        fresh: Sequence[tuple[Link, Taken]],
        touched: dict[str, list[Link]],
        origin: int | None,
    ) -> None:
        new = {link.seq for link, _ in fresh}
        changed: list[Link] = []
        for chain in touched.values():
            if len(chain) == 1:
                link = chain[0]
                link.is_first = link.is_last = link.is_first_of_spec = link.is_last_of_spec = True
                continue
            before = {link.seq: self._state(link) for link in chain if link.seq not in new}
            settle(chain)
            changed += [link for link in chain if link.seq in before and self._state(link) != before[link.seq]]
        rows = [
            (
                link.seq,
                self.lane(link.collection, link.spec, link.release),
                link.collection,
                one.id,
                one.type,
                one.version,
                link.version,
                member,
                int(one.tlp),
                link.is_first,
                link.is_last,
                link.is_first_of_spec,
                link.is_last_of_spec,
                one.revoked,
                origin,
                one.raw,
            )
            for link, one in fresh
        ]
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, rows)
        self._update(changed)

    def _update(self, links: Sequence[Link]) -> None:
        if links:
            rows = [
                (
                    self.lane(link.collection, link.spec, link.release),
                    link.is_first,
                    link.is_last,
                    link.is_first_of_spec,
                    link.is_last_of_spec,
                    link.seq,
                )
                for link in links
            ]
            with connection.cursor() as cursor:
                cursor.executemany(UPDATE, rows)

    @staticmethod
    def _state(link: Link) -> tuple[object, ...]:
        return link.release, link.is_first, link.is_last, link.is_first_of_spec, link.is_last_of_spec


BURIED = (
    'This object was deleted here. Send it again in an envelope with "x_serantau_repost": true if it is to come back.'
)
OTHER = (
    "There is another object of this identifier and version already. Give the new one a later modified timestamp; "
    "what readers have had does not change under them."
)


def _standing(
    one: Taken,
    collection: int,
    chain: Sequence[Link],
    already: dict[int, bytes],
    new_bodies: dict[tuple[str, int], bytes],
) -> tuple[str, str] | Failure | None:
    """What an object meets in the store: itself, another of its version, too many of its versions, or nothing."""
    here = [link for link in chain if link.collection == collection]
    for link in here:
        if one.version_us in (0, link.version):
            body = already.get(link.seq) or new_bodies.get((one.id, link.version), b"")
            if _same(body, one.raw):
                return one.id, one.version or shown(link.version)
            if one.version_us:
                return Failure(one.id, one.version, OTHER)
    if len(here) >= MOST_VERSIONS:
        return Failure(one.id, one.version, f"An object has at most {MOST_VERSIONS} versions here.")
    return None


def _same(held: bytes, came: bytes) -> bool:
    """Whether two texts say the same object, however its properties are arranged."""
    return held == came or bool(orjson.loads(held) == orjson.loads(came))


def _parts(values: Sequence[object]) -> Iterable[list[object]]:
    for start in range(0, len(values), AT_ONCE):
        yield list(values[start : start + AT_ONCE])


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _inserted(table: str, values: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({_marks(list(values))}) RETURNING id",  # noqa: S608
            list(values.values()),
        )
        return int(cursor.fetchone()[0])


def _uuid(text: str) -> object:
    from django.db.models import UUIDField

    return UUIDField().get_db_prep_value(text, connection)


def _moment(at: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(at)
