"""The figures that a question may use: as known then, derived where an indicator is derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date

from serantau.base import AsOf
from serantau.facts import Grade, is_known
from serantau.measure.indicators import Indicator, Observation

BREAK = "break"
"""The flag of the first figure of a new series."""

GRADE_ORDER = (Grade.PRIMARY, Grade.SECONDARY, Grade.WEAK, Grade.MEMORY)


@dataclass(frozen=True)
class Figure:
    """A value of one indicator, member and year, with what it rests on.

    Attributes:
        indicator: Id of the indicator.
        member: Alpha-3 code.
        year: Reference year.
        value: The value in the indicator's unit.
        flags: Words of :data:`serantau.measure.indicators.FLAGS`.
        grade: The weakest grade among its observations.
        observations: The published figures it was computed from (one, or two for a ratio).
    """

    indicator: str
    member: str
    year: int
    value: float
    flags: tuple[str, ...]
    grade: Grade
    observations: tuple[Observation, ...]


class Figures:
    """All figures at one pair of times: ``valid`` bounds the years, ``known`` picks the revision."""

    def __init__(self, indicators: Iterable[Indicator], observations: Iterable[Observation], asof: AsOf) -> None:
        """Select and derive; the newest revision known wins."""
        self.asof = asof
        self._series: dict[tuple[str, str], dict[int, Figure]] = {}
        for row in _newest(observations, asof):
            figure = Figure(row.indicator, row.member, row.year, row.value, tuple(row.flags.split()), row.grade, (row,))
            self._series.setdefault((row.indicator, row.member), {})[row.year] = figure
        for indicator in indicators:
            if indicator.ratio is not None:
                self._derive(indicator)

    def asked_at(self, asof: AsOf) -> Figures:
        """The same figures for another day, which the caller knows to select the same."""
        view = copy(self)
        view.asof = asof
        return view

    def series(self, indicator: str, member: str) -> Mapping[int, Figure]:
        """Figures by year, oldest first; empty where there is none."""
        found = self._series.get((indicator, member), {})
        return {year: found[year] for year in sorted(found)}

    def latest(self, indicator: str, member: str, first: int, last: int) -> Figure | None:
        """The newest figure with ``first <= year <= last``, or None."""
        found = self._series.get((indicator, member), {})
        years = [year for year in found if first <= year <= last]
        return found[max(years)] if years else None

    def breaks(self, indicator: str, member: str, after: int = 0, until: int = 9999) -> tuple[int, ...]:
        """Years in which a new series begins, ``after < year <= until``: a figure before and one from it on differ."""
        found = self._series.get((indicator, member), {})
        return tuple(year for year in sorted(found) if after < year <= until and BREAK in found[year].flags)

    def members(self, indicator: str) -> tuple[str, ...]:
        """Members with at least one figure."""
        return tuple(sorted(member for name, member in self._series if name == indicator))

    def _derive(self, indicator: Indicator) -> None:
        ratio = indicator.ratio
        assert ratio is not None
        for member in self.members(ratio.numerator):
            lower = self._series.get((ratio.denominator, member), {})
            for year, upper in self._series[(ratio.numerator, member)].items():
                below = lower.get(year)
                if below is not None and below.value != 0:
                    figure = _ratio_figure(indicator, upper, below)
                    self._series.setdefault((indicator.id, member), {})[year] = figure


def _ratio_figure(indicator: Indicator, upper: Figure, below: Figure) -> Figure:
    assert indicator.ratio is not None
    return Figure(
        indicator=indicator.id,
        member=upper.member,
        year=upper.year,
        value=upper.value / below.value * indicator.ratio.factor,
        flags=tuple(dict.fromkeys((*upper.flags, *below.flags, "derived"))),
        grade=max(upper.grade, below.grade, key=GRADE_ORDER.index),
        observations=upper.observations + below.observations,
    )


def _newest(observations: Iterable[Observation], asof: AsOf) -> Iterable[Observation]:
    if asof.known == date.max:
        wanted = (row for row in observations if row.withdrawn is None)
    else:
        wanted = (row for row in observations if is_known(row, asof))
    newest: dict[tuple[str, str, int], Observation] = {}
    for row in wanted:
        if row.year > asof.valid.year:
            continue
        key = (row.indicator, row.member, row.year)
        held = newest.get(key)
        if held is None or row.known.latest > held.known.latest:
            newest[key] = row
    return newest.values()
