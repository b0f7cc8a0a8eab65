"""The figures of the room, and what of them everybody may see.

Of few, little is said: everybody is given counts rounded down to a multiple of a base, and none below it, so that a
small count cannot be worked out as the difference of others. The base: ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

LEAST = 5
"""The smallest count that everybody is given, and what all are multiples of."""


@dataclass(frozen=True)
class Figures:
    """What there is at one level. A count of None is one that is held back.

    Attributes:
        seen_by: In the last two windows: by how many members, and how many keys so.
        types: In the last two windows: type of key, how many keys, how many of them in an alert that stands.
        weeks: Beginning of a window (ISO date), and how many alerts began in it and stand; the oldest first.
        excluded: Reason, and how many were not raised for it or were withdrawn.
        hours_seen: Median hours from the first sighting to the hub's raising the alert; None without alerts.
        minutes_raised: Median minutes to there from the sighting that made it an alert, with the time its member took
            to share it.
        alerts: How many alerts stand, of those in ``weeks``.
    """

    seen_by: tuple[tuple[int, int | None], ...] = ()
    types: tuple[tuple[str, int | None, int | None], ...] = ()
    weeks: tuple[tuple[str, int | None], ...] = ()
    excluded: tuple[tuple[str, int | None], ...] = ()
    hours_seen: float | None = None
    minutes_raised: float | None = None
    alerts: int | None = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.seen_by or self.types or any(count for _, count in self.weeks) or self.excluded)


def public(figures: Figures, least: int = LEAST) -> Figures:
    """What everybody may see of figures that were computed from TLP:CLEAR alone.

    >>> public(Figures(seen_by=((1, 43), (2, 4), (3, 0)), alerts=7)).seen_by
    ((1, 40), (2, None), (3, 0))
    """

    def given(count: int | None) -> int | None:
        return None if count is None or 0 < count < least else count - count % least

    few = not figures.alerts or figures.alerts < least
    return replace(
        figures,
        seen_by=tuple((members, given(count)) for members, count in figures.seen_by),
        types=tuple((kind, given(keys), given(many)) for kind, keys, many in figures.types),
        weeks=tuple((week, given(count)) for week, count in figures.weeks),
        excluded=tuple((why, given(count)) for why, count in figures.excluded),
        alerts=given(figures.alerts),
        # A median of one or two alerts is those alerts.
        hours_seen=None if few else figures.hours_seen,
        minutes_raised=None if few else figures.minutes_raised,
    )


def median_of(values: Iterable[float]) -> float | None:
    """The median, to one decimal; None of nothing.

    >>> median_of([3, 1, 2]), median_of([])
    (2.0, None)
    """
    held = sorted(values)
    return round(float(median(held)), 1) if held else None


def filled(counts: Mapping[int, int], names: Sequence[tuple[int, str]]) -> tuple[tuple[str, int], ...]:
    """Counts by name, with a nought where there is none.

    >>> filled({7: 2}, [(6, "a"), (7, "b")])
    (('a', 0), ('b', 2))
    """
    return tuple((name, counts.get(number, 0)) for number, name in names)
