"""Adding up who saw what: one bucket a key, window, member and label, never a pair of observations.

Time is cut into windows of the rule's length, numbered from 1970. A bucket keeps the first and the last sighting of its
window, which is exactly what it takes to tell who saw a key within any span of that length: such a span covers the end
of one window and the beginning of the next, a member saw the key in the end iff its *last* sighting there is late enough
and in the beginning iff its *first* there is early enough. So memory and work follow from members and windows, not from
observations.

Buckets lie apart by label, and a reader's level decides which are added up. What stands above TLP:AMBER+STRICT counts
nowhere, and neither does what the hub itself issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from serantau.defend.independence import digest_of, kept, untold_origin
from serantau.defend.model import HIGHEST_CLEARANCE, Contribution, Tlp, Word

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Spot: TypeAlias = tuple[str, str, int]
"""Type and value of a key, and the number of a window."""

Holder: TypeAlias = tuple[str, Tlp]
"""A member and the label of what it said."""


def cell_of(when: datetime, window: timedelta) -> int:
    """The number of the window that an instant falls into.

    >>> cell_of(datetime(1970, 1, 8, tzinfo=UTC), timedelta(days=7))
    1
    """
    return (when - EPOCH) // window


def start_of(cell: int, window: timedelta) -> datetime:
    """When a window begins.

    >>> start_of(1, timedelta(days=7)).date().isoformat()
    '1970-01-08'
    """
    return EPOCH + cell * window


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one member said of one key within one window.

    Attributes:
        n: Sightings whose end falls into the window.
        first, last: The earliest and the latest instant of sight within the window; None where there is none.
        confidence: The highest that was stated.
        named_from: The label from which on the member may be named; None for never.
        sources: Digests of the origins.
        doubts: How often it was called a false positive; ``doubted`` says when last.
        expired: When it was last said to be over.
    """

    n: int = 0
    first: datetime | None = None
    last: datetime | None = None
    confidence: int | None = None
    named_from: Tlp | None = None
    sources: tuple[str, ...] = ()
    doubts: int = 0
    doubted: datetime | None = None
    expired: datetime | None = None

    def plus(self, other: Bucket) -> Bucket:
        """Both together, where no contribution is in both: associative, commutative, with the empty bucket as zero."""
        return Bucket(
            self.n + other.n,
            _least(self.first, other.first),
            _most(self.last, other.last),
            _most(self.confidence, other.confidence),
            _least(self.named_from, other.named_from),
            kept(self.sources + other.sources) if other.sources else self.sources,
            self.doubts + other.doubts,
            _most(self.doubted, other.doubted),
            _most(self.expired, other.expired),
        )


NOTHING = Bucket()


class Heap:
    """A bucket that is being filled.

    Filling is idempotent: numbers are counted once, and everything else is a least, a most or a set.
    """

    __slots__ = ("confidence", "doubted", "doubting", "expired", "first", "last", "named_from", "numbers", "origins")

    def __init__(self) -> None:
        """Begin empty."""
        self.numbers: list[int] = []
        self.doubting: list[int] = []
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.confidence: int | None = None
        self.named_from: Tlp | None = None
        self.origins: set[str] = set()
        self.doubted: datetime | None = None
        self.expired: datetime | None = None

    def see(self, when: datetime) -> None:
        """Note an instant of sight."""
        if self.first is None or when < self.first:
            self.first = when
        if self.last is None or when > self.last:
            self.last = when

    def rest_on(self, contribution: Contribution, first: datetime) -> None:
        """Note what a sighting rests on, how sure it is, and from where on its member may be named."""
        source = contribution.source
        self.origins.add("source " + source if source else untold_origin(contribution.member, first))
        sure = contribution.confidence
        if sure is not None and (self.confidence is None or sure > self.confidence):
            self.confidence = sure
        named = contribution.attribution
        if named is not None:
            named = max(named, contribution.tlp)
            if self.named_from is None or named < self.named_from:
                self.named_from = named

    def bucket(self) -> Bucket:
        """What was filled in."""
        return Bucket(
            len(set(self.numbers)),
            self.first,
            self.last,
            self.confidence,
            self.named_from,
            kept(map(digest_of, self.origins)),
            len(set(self.doubting)),
            self.doubted,
            self.expired,
        )


Heaps: TypeAlias = dict[Spot, dict[Holder, Heap]]


def fold(contributions: Iterable[Contribution], window: timedelta) -> Heaps:
    """Sort contributions into buckets, in any order and however often each is given.

    >>> from serantau.defend.model import ObservableKey
    >>> when = datetime(2026, 11, 2, 8, tzinfo=UTC)
    >>> one = Contribution(1, ObservableKey("url", "u"), "a", Word.SEEN, when, when, 60, Tlp.GREEN, None)
    >>> heaps = fold([one, one], timedelta(days=7))
    >>> [(spot, heap.bucket().n) for spot, held in heaps.items() for heap in held.values()]
    [(('url', 'u', 2965), 1)]
    """
    heaps: Heaps = {}
    for one in contributions:
        if one.tlp > HIGHEST_CLEARANCE or not one.member:
            continue
        low, high = (one.first, one.last) if one.first <= one.last else (one.last, one.first)
        cell = (high - EPOCH) // window
        heap = _heap(heaps, one, cell)
        if one.word is Word.SEEN:
            heap.numbers.append(one.number)
            heap.see(high)
            heap.rest_on(one, low)
            if low is not high:
                begun = (low - EPOCH) // window
                other = heap if begun == cell else _heap(heaps, one, begun)
                other.see(low)
                if other is not heap:
                    other.rest_on(one, low)
        elif one.word is Word.FALSE_POSITIVE:
            heap.doubting.append(one.number)
            heap.doubted = _most(heap.doubted, high)
        else:
            heap.expired = _most(heap.expired, high)
    return heaps


def _heap(heaps: Heaps, one: Contribution, cell: int) -> Heap:
    spot = (one.key.type, one.key.value, cell)
    held = heaps.get(spot)
    if held is None:
        held = heaps[spot] = {}
    holder = (one.member, one.tlp)
    heap = held.get(holder)
    if heap is None:
        heap = held[holder] = Heap()
    return heap


def at_level(held: Mapping[Holder, Bucket], level: Tlp) -> dict[str, Bucket]:
    """What a reader of a level has of each member: buckets released to it, added up."""
    found: dict[str, Bucket] = {}
    for (member, tlp), bucket in held.items():
        if tlp <= level:
            found[member] = found[member].plus(bucket) if member in found else bucket
    return found


def _least(one: Any, other: Any) -> Any:  # noqa: ANN401 - of whatever is ordered
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _most(one: Any, other: Any) -> Any:  # noqa: ANN401 - of whatever is ordered
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
