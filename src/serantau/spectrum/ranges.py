"""Sets of frequencies as sorted, disjoint, half-open ranges in MHz."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DECIMALS = 6
"""Hertz: 820.1 - 0.1 must meet 820."""


@dataclass(frozen=True, order=True)
class Range:
    """From ``low`` up to, not including, ``high``, in MHz."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """In MHz."""
        return round(self.high - self.low, DECIMALS)

    def contains(self, other: Range) -> bool:
        """Whether all of the other lies in this one."""
        return self.low <= other.low and other.high <= self.high

    def overlaps(self, other: Range) -> bool:
        """Whether they share more than an edge."""
        return max(self.low, other.low) < min(self.high, other.high)

    def shifted(self, by: float) -> Range:
        """The same range elsewhere."""
        return Range(round(self.low + by, DECIMALS), round(self.high + by, DECIMALS))

    def __str__(self) -> str:
        """As a table of frequencies writes it."""
        return f"{self.low:g}-{self.high:g}"


Ranges = tuple[Range, ...]


def union(ranges: Iterable[Range]) -> Ranges:
    """All frequencies of any, as few ranges as possible.

    >>> [str(part) for part in union([Range(1, 3), Range(5, 6), Range(2, 5)])]
    ['1-6']
    """
    found: list[Range] = []
    for part in sorted(part for part in ranges if part.low < part.high):
        if found and part.low <= found[-1].high:
            found[-1] = Range(found[-1].low, max(found[-1].high, part.high))
        else:
            found.append(part)
    return tuple(found)


def intersection(left: Ranges, right: Ranges) -> Ranges:
    """The frequencies in both.

    >>> [str(part) for part in intersection((Range(1, 4), Range(6, 9)), (Range(3, 7),))]
    ['3-4', '6-7']
    """
    shared = (Range(max(a.low, b.low), min(a.high, b.high)) for a in left for b in right)
    return union(shared)


def difference(left: Ranges, right: Ranges) -> Ranges:
    """The frequencies of the first that are not in the second.

    >>> [str(part) for part in difference((Range(1, 9),), (Range(2, 3), Range(8, 10)))]
    ['1-2', '3-8']
    """
    rest = list(left)
    for cut in right:
        rest = [
            piece
            for part in rest
            for piece in (Range(part.low, min(part.high, cut.low)), Range(max(part.low, cut.high), part.high))
            if piece.low < piece.high
        ]
    return union(rest)


def width(ranges: Ranges) -> float:
    """Sum of the widths of disjoint ranges, in MHz."""
    return round(sum(part.width for part in ranges), DECIMALS)
