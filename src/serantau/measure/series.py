"""A series of yearly values, how much it changed, and how far it is from a goalpost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from serantau.measure.errors import MeasureError
from serantau.measure.indicators import FIRST_YEAR, LAST_YEAR, Direction


class NotEnoughDataError(MeasureError):
    """The observations there are do not answer the question; nothing is invented in their place."""


@dataclass(frozen=True)
class Series:
    """Values of one indicator for one member, oldest first; years without a value are simply absent.

    Attributes:
        years: Whole years, increasing, none twice.
        values: One finite number for each year.

    Raises:
        MeasureError: If the two differ in length, or a year or a value is not acceptable.

    >>> Series((2020, 2022), (81.0, 93.5)).at(2022)
    93.5
    """

    years: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what no later step could read rightly."""
        if len(self.years) != len(self.values):
            raise MeasureError(f"a series has {len(self.years)} years but {len(self.values)} values. Give one each.")
        for year, value in zip(self.years, self.values, strict=True):
            if year != int(year) or not FIRST_YEAR <= year <= LAST_YEAR:
                raise MeasureError(f"{year} is not a whole year from {FIRST_YEAR} to {LAST_YEAR}. Correct the year.")
            if not math.isfinite(value):
                raise MeasureError(f"the value of {year} is {value}. Leave out a year whose value is not known.")
        for before, after in zip(self.years, self.years[1:], strict=False):
            if after <= before:
                raise MeasureError(f"the year {after} follows {before}. Give each year once, oldest first.")

    @classmethod
    def of(cls, values: Mapping[int, float]) -> Series:
        """Build from values by year, in any order.

        >>> Series.of({2021: 3.0, 2019: 1.0}).years
        (2019, 2021)
        """
        years = tuple(sorted(values))
        return cls(years, tuple(float(values[year]) for year in years))

    def __len__(self) -> int:
        """Number of observations."""
        return len(self.years)

    def at(self, year: int) -> float | None:
        """The value of a year, or None where there is none."""
        return self.values[self.years.index(year)] if year in self.years else None

    def within(self, first: int, last: int) -> Series:
        """The part with ``first <= year <= last``; it may be empty.

        >>> Series((2018, 2019, 2020), (1.0, 2.0, 3.0)).within(2019, 2030).values
        (2.0, 3.0)
        """
        kept = [(year, value) for year, value in zip(self.years, self.values, strict=True) if first <= year <= last]
        return Series(tuple(year for year, _ in kept), tuple(value for _, value in kept))


def after_break(series: Series, breaks: Iterable[int]) -> Series:
    """The part that can be compared with its last observation: from the last break on.

    Args:
        series: The observations.
        breaks: Years in which a new series begins.

    >>> after_break(Series((2015, 2016, 2017), (6.4, 32.4, 33.0)), (2012, 2016)).years
    (2016, 2017)
    """
    inside = [year for year in breaks if year in series.years]
    return series.within(max(inside), LAST_YEAR) if inside else series


@dataclass(frozen=True)
class Change:
    """What happened between two observations.

    Attributes:
        first_year: Year of the earlier observation.
        first: Its value.
        last_year: Year of the later observation.
        last: Its value.
    """

    first_year: int
    first: float
    last_year: int
    last: float

    @property
    def absolute(self) -> float:
        """Later minus earlier, in the indicator's unit."""
        return self.last - self.first

    @property
    def annual(self) -> float:
        """Mean change per year, in the indicator's unit."""
        return self.absolute / (self.last_year - self.first_year)

    @property
    def relative(self) -> float | None:
        """Change as a share of the size of the earlier value; None where that is zero."""
        return self.absolute / abs(self.first) if self.first else None

    @property
    def cagr(self) -> float | None:
        """Compound annual growth rate; None unless both values are positive.

        >>> round(change(Series((2020, 2022), (100.0, 121.0))).cagr, 9)
        0.1
        """
        if self.first <= 0 or self.last <= 0:
            return None
        return math.expm1((math.log(self.last) - math.log(self.first)) / (self.last_year - self.first_year))


def change(series: Series, first_year: int | None = None, last_year: int | None = None) -> Change:
    """Change between two years of a series.

    Args:
        series: The observations.
        first_year: Year of the earlier one; its first by default.
        last_year: Year of the later one; its last by default.

    Raises:
        NotEnoughDataError: If there are not two observations, or none in a year asked for. No value
            is interpolated.
        MeasureError: If the years are in the wrong order.

    >>> change(Series((2019, 2024), (40.0, 55.0))).annual
    3.0
    """
    if len(series) < 2:
        raise NotEnoughDataError(f"a change needs two observations and there is {len(series)}.")
    start = series.years[0] if first_year is None else first_year
    end = series.years[-1] if last_year is None else last_year
    if start >= end:
        raise MeasureError(f"a change from {start} to {end} has no length. Give an earlier and a later year.")
    first, last = series.at(start), series.at(end)
    if first is None or last is None:
        absent = start if first is None else end
        raise NotEnoughDataError(f"there is no observation of {absent}. Choose among {series.years[0]} and later.")
    return Change(start, first, end, last)


@dataclass(frozen=True)
class Gap:
    """How far from the goalpost, before and after.

    Attributes:
        first: Distance still to go at the first observation; negative beyond the goalpost.
        last: Distance still to go at the last observation.
        closed: Share of the first distance that was covered; None where there was none to cover.
    """

    first: float
    last: float
    closed: float | None


def distance(value: float, goalpost: float, direction: Direction) -> float:
    """Distance still to go to a goalpost, in the indicator's unit; negative beyond it.

    For direction ``reference`` the goalpost is the best value and the distance is never negative.

    >>> distance(62.0, 100.0, Direction.HIGHER), distance(12.0, 10.0, Direction.LOWER)
    (38.0, 2.0)
    >>> distance(1.25, 1.0, Direction.REFERENCE)
    0.25
    """
    if direction is Direction.HIGHER:
        return goalpost - value
    if direction is Direction.LOWER:
        return value - goalpost
    return abs(value - goalpost)


def gap(series: Series, goalpost: float, direction: Direction) -> Gap:
    """Gap of the first and the last observation to a goalpost.

    Raises:
        NotEnoughDataError: If there is no observation.

    >>> gap(Series((2019, 2024), (40.0, 55.0)), 100.0, Direction.HIGHER)
    Gap(first=60.0, last=45.0, closed=0.25)
    """
    if not len(series):
        raise NotEnoughDataError("a gap needs an observation and there is none.")
    first = distance(series.values[0], goalpost, direction)
    last = distance(series.values[-1], goalpost, direction)
    return Gap(first, last, (first - last) / first if first > 0 else None)
