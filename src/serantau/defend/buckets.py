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

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import Any, TypeAlias

from serantau.defend.independence import KEPT, digest_of, is_telling, kept, untold_origin
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

    Attributes:
        numbers, doubting: Numbers of contributions, each perhaps more than once.
        told: Sources that were named.
        untold: First sightings of words that named none.
    """

    __slots__ = (
        *("confidence", "doubted", "doubting", "expired", "first", "last", "member", "named_from", "numbers"),
        *("told", "untold"),
    )

    def __init__(self, member: str) -> None:
        """Begin empty."""
        self.member = member
        self.numbers: list[int] = []
        self.doubting: tuple[int, ...] = ()
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.confidence: int | None = None
        self.named_from: Tlp | None = None
        self.told: tuple[str, ...] = ()
        self.untold: list[datetime] = []
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
        if not source:
            self.untold.append(first)
        elif source not in self.told:
            self.told += (source,)
        sure = contribution.confidence
        if sure is not None and (self.confidence is None or sure > self.confidence):
            self.confidence = sure
        named = contribution.attribution
        if named is not None:
            named = max(named, contribution.tlp)
            if self.named_from is None or named < self.named_from:
                self.named_from = named

    def origins(self) -> set[str]:
        """What it rests on, as text."""
        found = {untold_origin(self.member, first) for first in self.untold}
        return found.union("source " + one for one in self.told) if self.told else found

    def few_origins(self) -> set[str]:
        """Those of them that a bucket keeps which keeps the first by the alphabet."""
        if len(self.untold) > KEPT:
            # Instants stand in the order of their texts; all that prove nothing are one.
            vague = next((one for one in self.untold if not is_telling(one)), None)
            self.untold = nsmallest(KEPT, {one for one in self.untold if is_telling(one)})
            self.untold += [] if vague is None else [vague]
        return self.origins()

    def bucket(self, *, stored: bool = True) -> Bucket:
        """What was filled in.

        Args:
            stored: Whether origins are kept as digests, and the first of them by digest; else as text, which is
                quicker. The two are never mixed.
        """
        return Bucket(
            len(set(self.numbers)) if len(self.numbers) > 1 else len(self.numbers),
            self.first,
            self.last,
            self.confidence,
            self.named_from,
            kept(map(digest_of, self.origins()) if stored else self.few_origins()),
            len(set(self.doubting)),
            self.doubted,
            self.expired,
        )


Heaps: TypeAlias = dict[Spot, dict[Holder, Heap]]


def fold(contributions: Iterable[Contribution], window: timedelta, wanted: Container[Spot] | None = None) -> Heaps:
    """Sort contributions into buckets, in any order and however often each is given.

    Args:
        contributions: What was said.
        window: The length of a window.
        wanted: Only these keys and windows; None for all.

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
        key = one.key
        spot = (key.type, key.value, (high - EPOCH) // window)
        if one.word is not Word.SEEN:
            if wanted is None or spot in wanted:
                _note(_heap(heaps, one, spot), one, high)
            continue
        if wanted is None or spot in wanted:
            heap = _heap(heaps, one, spot)
            heap.numbers.append(one.number)
            heap.see(high)
            heap.rest_on(one, low)
        if low != high:
            begun = (key.type, key.value, (low - EPOCH) // window)
            if wanted is None or begun in wanted:
                heap = _heap(heaps, one, begun)
                heap.see(low)
                if begun != spot:
                    heap.rest_on(one, low)
    return heaps


def _note(heap: Heap, one: Contribution, when: datetime) -> None:
    """A word that is no sighting."""
    if one.word is Word.FALSE_POSITIVE:
        heap.doubting += (one.number,)
        heap.doubted = _most(heap.doubted, when)
    else:
        heap.expired = _most(heap.expired, when)


def _heap(heaps: Heaps, one: Contribution, spot: Spot) -> Heap:
    held = heaps.get(spot)
    if held is None:
        held = heaps[spot] = {}
    holder = (one.member, one.tlp)
    heap = held.get(holder)
    if heap is None:
        heap = held[holder] = Heap(one.member)
    return heap


def suspects(contributions: Iterable[Contribution], window: timedelta, members: int) -> set[Spot]:
    """Keys and windows in which so many members may have seen the key within one span, whatever the labels.

    A look over everything that keeps one number for each key and window, since most keys are seen by one member alone.
    """
    bits: dict[str, int] = {}
    masks: dict[Spot, int] = {}
    for one in contributions:
        if one.word is not Word.SEEN or one.tlp > HIGHEST_CLEARANCE or not one.member:
            continue
        bit = bits.get(one.member)
        if bit is None:
            bit = bits[one.member] = 1 << len(bits)
        key = one.key
        spot = (key.type, key.value, (one.last - EPOCH) // window)
        masks[spot] = masks.get(spot, 0) | bit
        if one.first is not one.last:
            spot = (key.type, key.value, (one.first - EPOCH) // window)
            masks[spot] = masks.get(spot, 0) | bit
    return {
        spot
        for spot, mask in masks.items()
        if (mask | masks.get((spot[0], spot[1], spot[2] - 1), 0)).bit_count() >= members
    }


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
