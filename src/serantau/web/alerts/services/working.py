"""One batch of what was said, worked into evidence, buckets and alerts. Called inside an open change, never alone.

What a batch costs follows from the batch: it reads the buckets of its keys in the windows around its own, and nothing
older. Only a new version of an object that said something else before makes its member's buckets of that key be added
up anew, from that member's evidence of that key.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from serantau.defend.alerts import Finding, Place, Rule, State, Why, at_every_level, identifier, touched
from serantau.defend.buckets import Bucket as Sum
from serantau.defend.buckets import cell_of, fold, start_of
from serantau.defend.model import ALERT_LEVELS, Contribution, ObservableKey, Release, Tlp, Word
from serantau.defend.warninglists import Compiled
from serantau.web.alerts import seam
from serantau.web.alerts.models import Alert, Bucket, Evidence, Key
from serantau.web.alerts.objects import bodies_of, companions

AT_ONCE = 400
"""Values in one statement."""

TICK = timedelta(milliseconds=1)
NEWS = timedelta(hours=1)
"""How far the last sighting must have gone on before more of the same is issued anew: else a busy key fills every feed."""

REACH = 2
"""Windows on either side of a new sighting whose buckets decide what follows from it."""

Row = TypeVar("Row")
Spot = tuple[int, int]
"""Number of a key and of a window."""

Holder = tuple[str, Tlp]


@dataclass(frozen=True)
class Terms:
    """What a batch is worked with.

    Attributes:
        secret: What identifiers are derived with.
    """

    rule: Rule
    lists: Compiled
    secret: bytes
    now: datetime


@dataclass
class Done:
    """What came of a batch."""

    evidence: int = 0
    buckets: int = 0
    raised: int = 0
    changed: int = 0
    issued: int = 0
    fresh: list[int] = field(default_factory=list)
    """Alerts that are news to somebody: new ones and grown ones of the last windows."""


def work(said: Sequence[seam.Said], terms: Terms, *, judging: bool = True) -> Done:
    """Work a batch in, and unless told otherwise see what follows."""
    done = Done()
    newest = {(one.object, one.member): one for one in said if one.member}
    added, stale = _evidence(newest, done, terms.rule)
    spots = _add(added, stale, terms.rule, done)
    if judging:
        judged(spots, terms, done)
    return done


# --- evidence -------------------------------------------------------------------------------------------------------------


def _evidence(
    newest: Mapping[tuple[str, str], seam.Said], done: Done, rule: Rule
) -> tuple[list[tuple[int, Contribution]], set[tuple[int, str]]]:
    """Keep what was said.

    Returns:
        New words with the number of their key; and key and member of those whose older words were replaced.
    """
    keys = _keys({word.key for one in newest.values() for word in one.words})
    held: dict[tuple[str, str], dict[int, Evidence]] = defaultdict(dict)
    for part in _parts(sorted({name for name, _ in newest})):
        for row in Evidence.objects.filter(object__in=part):
            if (row.object, row.member) in newest:
                held[row.object, row.member][row.key_id] = row
    added: list[tuple[int, Contribution]] = []
    stale: set[tuple[int, str]] = set()
    gone: list[int] = []
    rows: list[Evidence] = []
    for name, one in newest.items():
        words = {keys[word.key]: word for word in one.words}
        before = held.get(name, {})
        for number, row in before.items():
            if number not in words or not _same(row, words[number]):
                gone.append(row.pk)
                stale.add((number, one.member))
        for number, word in words.items():
            if number in before and _same(before[number], word):
                continue
            rows.append(_row(number, one.object, word, rule))
            added.append((number, word))
    for part in _parts(gone):
        Evidence.objects.filter(pk__in=part).delete()
    _insert(Evidence, _WORDS, rows)
    done.evidence += len(rows)
    return added, stale


_WORDS = [
    *("number", "key_id", "object", "member", "tlp", "attribution", "word", "first", "last", "confidence", "source"),
    "cell",
]


def _keys(keys: Iterable[ObservableKey]) -> dict[ObservableKey, int]:
    """The number of every key; new ones get one."""
    by_digest = {key.digest: key for key in keys}
    found: dict[ObservableKey, int] = {}

    def look(digests: Sequence[bytes]) -> None:
        for part in _parts(digests):
            for number, digest in Key.objects.filter(digest__in=part).values_list("pk", "digest"):
                found[by_digest[bytes(digest)]] = number

    look(sorted(by_digest))
    new = [Key(digest=digest, type=key.type, value=key.value) for digest, key in by_digest.items() if key not in found]
    if new:
        Key.objects.bulk_create(new, batch_size=AT_ONCE)
        look([row.digest for row in new])
    return found


def _row(key: int, name: str, word: Contribution, rule: Rule) -> Evidence:
    return Evidence(
        number=word.number,
        key_id=key,
        object=name,
        member=word.member,
        tlp=word.tlp,
        attribution=word.attribution,
        word=word.word.value,
        first=word.first,
        last=word.last,
        confidence=word.confidence,
        source=word.source,
        cell=cell_of(word.last, rule.window),
    )


def _same(row: Evidence, word: Contribution) -> bool:
    """Whether a newer version says what the older one said; its number in the store is no matter."""
    return (row.tlp, row.attribution, row.word, row.first, row.last, row.confidence, row.source) == (
        word.tlp,
        word.attribution,
        word.word.value,
        word.first,
        word.last,
        word.confidence,
        word.source,
    )


def contribution_of(row: Evidence, key: ObservableKey) -> Contribution:
    """A row of evidence as the engine takes it; numbered by the row, since one object is one word on a key."""
    attribution = None if row.attribution is None else Tlp(row.attribution)
    return Contribution(
        row.pk,
        key,
        row.member,
        Word(row.word),
        row.first,
        row.last,
        row.confidence,
        Tlp(row.tlp),
        attribution,
        row.source,
    )


# --- buckets --------------------------------------------------------------------------------------------------------------


def _add(added: Sequence[tuple[int, Contribution]], stale: set[tuple[int, str]], rule: Rule, done: Done) -> set[Spot]:
    """Add new words to their buckets, and add up anew where older words were replaced.

    Returns:
        Keys and windows in which something changed.
    """
    changed: set[Spot] = set()
    fresh: dict[Spot, dict[Holder, Sum]] = defaultdict(dict)
    for key, word in added:
        if (key, word.member) not in stale:
            for (_, _, cell), held in fold([word], rule.window).items():
                for holder, heap in held.items():
                    one = fresh[key, cell]
                    one[holder] = one[holder].plus(heap.bucket()) if holder in one else heap.bucket()
    changed |= _merge(fresh, done)
    for key, member in sorted(stale):
        changed |= _again(key, member, rule, done)
    return changed


def _merge(fresh: Mapping[Spot, Mapping[Holder, Sum]], done: Done) -> set[Spot]:
    rows: list[Bucket] = []
    for cell, keys in _by_cell(fresh):
        held: dict[tuple[int, str, int], Bucket] = {}
        for part in _parts(keys):
            for row in Bucket.objects.filter(cell=cell, key__in=part):
                held[row.key_id, row.member, row.tlp] = row
        for key in keys:
            for (member, tlp), one in fresh[key, cell].items():
                old = held.get((key, member, tlp))
                rows.append(_bucket(key, cell, member, tlp, one if old is None else sum_of(old).plus(one)))
    _save(rows)
    done.buckets += len(rows)
    return set(fresh)


def _again(key: int, member: str, rule: Rule, done: Done) -> set[Spot]:
    """Add up a member's buckets of a key anew."""
    old = Bucket.objects.filter(key=key, member=member)
    cells = set(old.values_list("cell", flat=True))
    old.delete()
    observable = ObservableKey("", str(key))
    words = [contribution_of(row, observable) for row in Evidence.objects.filter(key=key, member=member)]
    rows = [
        _bucket(key, cell, holder[0], holder[1], heap.bucket())
        for (_, _, cell), held in fold(words, rule.window).items()
        for holder, heap in held.items()
    ]
    _save(rows)
    done.buckets += len(rows)
    return {(key, cell) for cell in cells | {row.cell for row in rows}}


def added_again(keys: Iterable[tuple[int, str]], rule: Rule, done: Done) -> set[Spot]:
    """Add up the buckets of keys and members anew; which windows of which keys that touched."""
    return {spot for key, member in sorted(keys) for spot in _again(key, member, rule, done)}


def _bucket(key: int, cell: int, member: str, tlp: int, one: Sum) -> Bucket:
    return Bucket(
        key_id=key,
        cell=cell,
        member=member,
        tlp=tlp,
        n=one.n,
        first=one.first,
        last=one.last,
        confidence=one.confidence,
        named_from=one.named_from,
        sources=list(one.sources),
        doubts=one.doubts,
        doubted=one.doubted,
        expired=one.expired,
    )


def sum_of(row: Bucket) -> Sum:
    """A row as the engine's bucket."""
    return Sum(
        row.n,
        row.first,
        row.last,
        row.confidence,
        None if row.named_from is None else Tlp(row.named_from),
        tuple(row.sources),
        row.doubts,
        row.doubted,
        row.expired,
    )


_PLACE = ["key_id", "cell", "member", "tlp"]
_SUMS = ["n", "first", "last", "confidence", "named_from", "sources", "doubts", "doubted", "expired"]


def _save(rows: Sequence[Bucket]) -> None:
    """Write buckets, new and changed ones. In SQL by hand: a batch has a thousand of them."""
    columns = [*_PLACE, *_SUMS]
    updates = ", ".join(f"{name} = excluded.{name}" for name in _SUMS)
    _insert(Bucket, columns, rows, f" ON CONFLICT (key_id, cell, member, tlp) DO UPDATE SET {updates}")


def _insert(model: type[Model], columns: Sequence[str], rows: Sequence[Model], more: str = "") -> None:
    if not rows:
        return
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks}){more}"  # noqa: S608, SLF001 - names of our own
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[_plain(getattr(row, name)) for name in columns] for row in rows])


def _plain(value: object) -> object:
    """A value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, list):
        return json.dumps(value)
    return int(value) if isinstance(value, Tlp) else value


# --- alerts ---------------------------------------------------------------------------------------------------------------


def judged(spots: Iterable[Spot], terms: Terms, done: Done) -> None:
    """See what follows for keys and windows in which something changed, and issue it."""
    wanted = {(key, other) for key, cell in spots for other in touched(cell)}
    if not wanted:
        return
    held = _buckets_around(wanted)
    alerts = _alerts(wanted)
    suspects = [spot for spot in sorted(wanted) if spot in alerts or _enough(held, spot, terms.rule.members)]
    keys = _observables({key for key, _ in suspects})
    changed: list[Alert] = []
    for key, cell in suspects:
        parts = {number: held.get((key, number), {}) for number in (cell - 1, cell, cell + 1)}
        lists: Callable[[], tuple[str, ...]] = _Once(terms.lists, keys[key])
        for level, found in at_every_level(terms.rule, keys[key].type, cell, parts, ALERT_LEVELS):
            if found is not None and found.why is None:
                found = found.on_lists(lists())  # noqa: PLW2901 - the same finding, with what is known besides
            row = alerts.get((key, cell), {}).get(level)
            place = Place(keys[key], cell, level)
            after = _raised(key, place, found, terms) if row is None else _changed(row, found, terms.now)
            if after is not None:
                done.raised += row is None
                done.changed += row is not None
                changed.append(after)
    _issue(changed, keys, terms, done)


class _Once:
    """Asks the lists about a key when it is first needed, and once."""

    def __init__(self, lists: Compiled, key: ObservableKey) -> None:
        self.lists, self.key = lists, key
        self.said: tuple[str, ...] | None = None

    def __call__(self) -> tuple[str, ...]:
        if self.said is None:
            self.said = self.lists.lists_of(self.key)
        return self.said


def _buckets_around(spots: Iterable[Spot]) -> dict[Spot, dict[Holder, Sum]]:
    """The buckets that decide: those of the windows themselves and of their neighbours."""
    cells: dict[int, set[int]] = defaultdict(set)
    for key, cell in spots:
        for number in (cell - 1, cell, cell + 1):
            cells[number].add(key)
    held: dict[Spot, dict[Holder, Sum]] = defaultdict(dict)
    for number, keys in sorted(cells.items()):
        for part in _parts(sorted(keys)):
            for row in Bucket.objects.filter(cell=number, key__in=part):
                held[row.key_id, number][row.member, Tlp(row.tlp)] = sum_of(row)
    return held


def _alerts(spots: Iterable[Spot]) -> dict[Spot, dict[Tlp, Alert]]:
    cells: dict[int, list[int]] = defaultdict(list)
    for key, cell in sorted(spots):
        cells[cell].append(key)
    held: dict[Spot, dict[Tlp, Alert]] = defaultdict(dict)
    for cell, keys in cells.items():
        for part in _parts(keys):
            for row in Alert.objects.filter(cell=cell, key__in=part):
                held[row.key_id, cell][Tlp(row.level)] = row
    return held


def _enough(held: Mapping[Spot, Mapping[Holder, Sum]], spot: Spot, members: int) -> bool:
    key, cell = spot
    here = held.get(spot, {})
    return bool(here) and len({m for m, _ in here} | {m for m, _ in held.get((key, cell - 1), {})}) >= members


def _observables(keys: Iterable[int]) -> dict[int, ObservableKey]:
    found: dict[int, ObservableKey] = {}
    for part in _parts(sorted(keys)):
        found.update((row.pk, row.observable) for row in Key.objects.filter(pk__in=part))
    return found


def _raised(key: int, place: Place, found: Finding | None, terms: Terms) -> Alert | None:
    if found is None:
        return None
    return Alert(
        key_id=key,
        rule=terms.rule.id,
        level=place.level,
        cell=place.cell,
        starts=start_of(place.cell, terms.rule.window),
        stix_id=identifier(terms.secret, terms.rule, place),
        state=State.OPEN.value if found.why is None else State.EXCLUDED.value,
        revision=1,
        made_at=terms.now,
        changed_at=terms.now,
        said_last=found.last,
        **_columns(found),
    )


def _columns(found: Finding) -> dict[str, object]:
    return {
        "why": found.why.value if found.why else "",
        "lists": list(found.lists),
        "members": found.members,
        "independent": found.independent,
        "named": list(found.named),
        "sightings": found.sightings,
        "doubts": found.doubts,
        "first": found.first,
        "last": found.last,
        "reached": found.reached,
        "clock": found.clock,
        "confidence": found.base,
    }


def _changed(row: Alert, found: Finding | None, now: datetime) -> Alert | None:
    """The alert as it is now; None if nothing in it changed."""
    if found is None:
        columns: dict[str, object] = {"why": Why.RETRACTED.value}
        state = State.WITHDRAWN
    else:
        columns = _columns(found)
        state = State.OPEN if found.why is None else State.WITHDRAWN if row.issued else State.EXCLUDED
    columns["state"] = state.value
    different = {name for name, value in columns.items() if getattr(row, name) != value}
    if not different:
        return None
    for name in different:
        setattr(row, name, columns[name])
    if different <= _FADING and row.last < row.said_last + NEWS:
        return row
    row.revision += 1
    row.said_last = row.last
    # A version of its own, also where two batches meet in one millisecond.
    row.changed_at = max(now, row.changed_at + TICK)
    return row


_FADING = frozenset({"sightings", "last", "clock", "confidence"})
"""What more sightings by the same members change."""


def _issue(changed: Sequence[Alert], keys: Mapping[int, ObservableKey], terms: Terms, done: Done) -> None:
    """Save alerts, and issue those that stand, or stood and do so no more."""
    bodies: dict[Tlp, list[bytes]] = defaultdict(list)
    for row in changed:
        if row.issued < row.revision and (row.state == State.OPEN.value or row.issued):
            bodies[row.tlp] += bodies_of(row, keys[row.key_id], terms.rule)
            row.issued = row.revision
            done.issued += 1
    recent = terms.now - REACH * terms.rule.window
    for row in changed:
        if row.last < recent:
            row.told = row.revision  # history that is shared late wakes nobody
    new = [row for row in changed if row.pk is None]
    old = [row for row in changed if row.pk is not None]
    Alert.objects.bulk_create(new, batch_size=AT_ONCE // 16)
    _save_alerts(old)
    done.fresh += [row.pk for row in changed if row.state == State.OPEN.value and row.told < row.revision]
    if bodies:
        seam.put(companions(), Release(Tlp.CLEAR), terms.now)
    for level, made in sorted(bodies.items()):
        seam.put(made, next(row.release for row in changed if row.tlp == level), terms.now)


_SAID = [
    *("state", "why", "lists", "members", "independent", "named", "sightings", "doubts", "first", "last", "reached"),
    *("clock", "confidence", "revision", "issued", "told", "said_last", "changed_at"),
]


def _save_alerts(rows: Sequence[Alert]) -> None:
    if rows:
        updates = ", ".join(f"{name} = %s" for name in _SAID)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {Alert._meta.db_table} SET {updates} WHERE id = %s",  # noqa: S608, SLF001 - names of our own
                [[*(_plain(getattr(row, name)) for name in _SAID), row.pk] for row in rows],
            )


def _by_cell(spots: Iterable[Spot]) -> Iterator[tuple[int, list[int]]]:
    cells: dict[int, list[int]] = defaultdict(list)
    for key, cell in sorted(spots):
        cells[cell].append(key)
    yield from sorted(cells.items())


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
