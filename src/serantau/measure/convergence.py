"""Whether members draw together: sigma and beta convergence over constant composition.

Sigma convergence: the dispersion across members falls. Beta convergence: those who start lower
grow faster. Beta is necessary for sigma and not sufficient (Barro and Sala-i-Martin 1992, *Journal
of Political Economy* 100(2), 223-251; Sala-i-Martin 1996, *European Economic Review* 40(6), 1325-1352).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from serantau.measure.errors import MeasureError
from serantau.measure.predictive import TINY
from serantau.measure.series import Series

LEAST_MEMBERS = 4
"""With fewer members no dispersion and no regression is reported."""


@dataclass(frozen=True)
class LeftOut:
    """A member that is not compared, and why."""

    member: str
    reason: str


@dataclass(frozen=True)
class Dispersion:
    """Spread across the members in one year.

    Attributes:
        year: The year.
        mean: Arithmetic mean.
        sd: Standard deviation (n - 1).
        cv: Coefficient of variation, sd over mean; None where a value is negative or the mean is zero.
        sd_log: Standard deviation of the natural logarithms (n - 1); None unless all values are positive.
        minimum: Least value.
        lower_quartile: First quartile (linear interpolation between order statistics: Hyndman and
            Fan 1996, type 7).
        median: Second quartile.
        upper_quartile: Third quartile.
        maximum: Greatest value.
    """

    year: int
    mean: float
    sd: float
    cv: float | None
    sd_log: float | None
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float

    @property
    def gap(self) -> float:
        """Distance between the best and the worst member."""
        return self.maximum - self.minimum

    @property
    def interquartile(self) -> float:
        """Distance between the quartiles."""
        return self.upper_quartile - self.lower_quartile


MEASURES = ("sd", "cv", "sd_log", "gap", "interquartile")


@dataclass(frozen=True)
class DispersionChange:
    """One measure of dispersion in the first and the last year.

    Attributes:
        measure: A name of :data:`MEASURES`.
        first: In the first year.
        last: In the last year.
        relative: Change over the first; negative where members drew together; None from zero.
    """

    measure: str
    first: float
    last: float
    relative: float | None


@dataclass(frozen=True)
class SigmaConvergence:
    """Dispersion over the years, always across the same members.

    Attributes:
        members: Those compared.
        left_out: Those who are not, and why.
        rows: Dispersion by year; empty where fewer than four members can be compared.
        note: ``not enough data`` and why, or empty.
    """

    members: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    rows: tuple[Dispersion, ...]
    note: str = ""

    @property
    def changes(self) -> tuple[DispersionChange, ...]:
        """First against last year, for every measure that both years have."""
        if not self.rows:
            return ()
        found = []
        for measure in MEASURES:
            first, last = getattr(self.rows[0], measure), getattr(self.rows[-1], measure)
            if first is not None and last is not None:
                found.append(DispersionChange(measure, first, last, (last - first) / first if first else None))
        return tuple(found)


def sigma_convergence(panel: Mapping[str, Series], years: Sequence[int]) -> SigmaConvergence:
    """Dispersion across the members that have a value in every one of the years.

    Args:
        panel: Series by member.
        years: The years to compare, at least two.

    Raises:
        MeasureError: If fewer than two different years are given.

    >>> values = {"A": (1, 2), "B": (2, 3), "C": (3, 4), "D": (6, 5), "E": (9,)}
    >>> panel = {name: Series(tuple(range(2020, 2020 + len(row))), row) for name, row in values.items()}
    >>> found = sigma_convergence(panel, (2020, 2021))
    >>> found.members, found.left_out[0].reason
    (('A', 'B', 'C', 'D'), 'no value in 2021')
    >>> [(row.gap, round(row.sd, 4)) for row in found.rows]
    [(5, 2.1602), (3, 1.291)]
    """
    compared = sorted(set(years))
    if len(compared) < 2:
        raise MeasureError("sigma convergence compares dispersion between years. Give two years or more.")
    members, left_out = _constant(panel, compared)
    if len(members) < LEAST_MEMBERS:
        return SigmaConvergence(members, left_out, (), _too_few(members, compared))
    rows = tuple(_dispersion(year, [_value(panel[member], year) for member in members]) for year in compared)
    return SigmaConvergence(members, left_out, rows)


def _dispersion(year: int, values: Sequence[float]) -> Dispersion:
    mean = math.fsum(values) / len(values)
    sd = _sd(values)
    ordered = sorted(values)
    return Dispersion(
        year=year,
        mean=mean,
        sd=sd,
        cv=sd / mean if ordered[0] >= 0 and mean > 0 else None,
        sd_log=_sd([math.log(value) for value in values]) if ordered[0] > 0 else None,
        minimum=ordered[0],
        lower_quartile=_quantile(ordered, 0.25),
        median=_quantile(ordered, 0.5),
        upper_quartile=_quantile(ordered, 0.75),
        maximum=ordered[-1],
    )


def _sd(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@dataclass(frozen=True)
class BetaEstimate:
    """Least squares of annual log growth on the initial log level.

    Attributes:
        slope: Negative where those who start lower grow faster.
        intercept: Growth at log level 0.
        stderr: Standard error of the slope; 0 where the points lie on the line.
        t: Slope over standard error; None where that is 0.
        p: Two-sided probability of such a t where there is no relation (Student, n - 2); None likewise.
        r_squared: Share of the variance of growth; None where all grow alike.
        speed: Implied speed of convergence per year, -ln(1 + slope T) / T; None where there is none.
        half_life: Years to halve a gap at that speed, ln 2 / speed; None unless the speed is positive.
    """

    slope: float
    intercept: float
    stderr: float
    t: float | None
    p: float | None
    r_squared: float | None
    speed: float | None
    half_life: float | None


@dataclass(frozen=True)
class GrowthPoint:
    """One member of the regression.

    Attributes:
        member: Its code.
        initial: Natural logarithm of its value in the first year.
        growth: Mean annual log growth to the last year.
    """

    member: str
    initial: float
    growth: float


@dataclass(frozen=True)
class BetaConvergence:
    """Whether those who started lower grew faster.

    Attributes:
        first_year: Start.
        last_year: End.
        points: One for each member compared.
        left_out: Members that are not, and why.
        estimate: The regression, or None where fewer than four members can be compared or all start equal.
        note: ``not enough data`` and why, or empty.
    """

    first_year: int
    last_year: int
    points: tuple[GrowthPoint, ...]
    left_out: tuple[LeftOut, ...]
    estimate: BetaEstimate | None
    note: str = ""


def beta_convergence(panel: Mapping[str, Series], first_year: int, last_year: int) -> BetaConvergence:
    """Regress growth on the initial level, across the members with a positive value in both years.

    Args:
        panel: Series by member.
        first_year: Start.
        last_year: End, later.

    Raises:
        MeasureError: If the end is not later than the start.

    >>> halves = {"A": (1, 4), "B": (4, 8), "C": (16, 16), "D": (64, 32), "E": (0, 5)}
    >>> panel = {name: Series((2014, 2024), row) for name, row in halves.items()}
    >>> found = beta_convergence(panel, 2014, 2024)
    >>> found.left_out
    (LeftOut(member='E', reason='not positive in 2014, so it has no logarithm'),)
    >>> round(found.estimate.slope, 6), round(found.estimate.half_life, 6)  # gaps halve in ten years
    (-0.05, 10.0)
    """
    if last_year <= first_year:
        raise MeasureError(f"beta convergence from {first_year} to {last_year} has no length. Give a later end.")
    ends = (first_year, last_year)
    present, left_out = _constant(panel, ends)
    members = tuple(member for member in present if all(_value(panel[member], year) > 0 for year in ends))
    unlogged = [_no_logarithm(member, panel[member], ends) for member in present if member not in members]
    points = tuple(_growth(member, panel[member], first_year, last_year) for member in members)
    excluded = tuple(sorted((*left_out, *unlogged), key=lambda one: one.member))
    if len(points) < LEAST_MEMBERS:
        return BetaConvergence(first_year, last_year, points, excluded, None, _too_few(members, ends))
    estimate = _regress(points, last_year - first_year)
    note = "" if estimate else "not enough data: all members start from the same value"
    return BetaConvergence(first_year, last_year, points, excluded, estimate, note)


def _growth(member: str, series: Series, first_year: int, last_year: int) -> GrowthPoint:
    initial, final = math.log(_value(series, first_year)), math.log(_value(series, last_year))
    return GrowthPoint(member, initial, (final - initial) / (last_year - first_year))


def _no_logarithm(member: str, series: Series, ends: Sequence[int]) -> LeftOut:
    years = " and ".join(str(year) for year in ends if _value(series, year) <= 0)
    return LeftOut(member, f"not positive in {years}, so it has no logarithm")


def _regress(points: Sequence[GrowthPoint], span: int) -> BetaEstimate | None:
    count = len(points)
    mean_x = math.fsum(point.initial for point in points) / count
    mean_y = math.fsum(point.growth for point in points) / count
    sxx = math.fsum((point.initial - mean_x) ** 2 for point in points)
    if sxx <= count * (TINY * max(abs(point.initial) for point in points)) ** 2:
        return None
    slope = math.fsum((point.initial - mean_x) * (point.growth - mean_y) for point in points) / sxx
    syy = math.fsum((point.growth - mean_y) ** 2 for point in points)
    residual = math.fsum((point.growth - mean_y - slope * (point.initial - mean_x)) ** 2 for point in points)
    noise = count * (TINY * max(abs(point.growth) for point in points)) ** 2
    residual = 0.0 if residual <= noise else residual
    stderr = math.sqrt(residual / (count - 2) / sxx)
    t, p = _test(slope, stderr, count - 2)
    speed = -math.log1p(slope * span) / span if slope * span > -1 else None
    return BetaEstimate(
        slope=slope,
        intercept=mean_y - slope * mean_x,
        stderr=stderr,
        t=t,
        p=p,
        r_squared=1 - residual / syy if syy > noise else None,
        speed=speed,
        half_life=math.log(2) / speed if speed is not None and speed > 0 else None,
    )


def _test(slope: float, stderr: float, df: int) -> tuple[float | None, float | None]:
    if stderr == 0:
        return None, None
    from scipy.special import stdtr

    t = slope / stderr
    return t, 2 * float(stdtr(df, -abs(t)))


# --- constant composition ---------------------------------------------------------------------------------------------


def _constant(panel: Mapping[str, Series], years: Sequence[int]) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Members with a value in every year, and the others with the years they lack."""
    members, left_out = [], []
    for member in sorted(panel):
        absent = [year for year in years if panel[member].at(year) is None]
        if absent:
            left_out.append(LeftOut(member, f"no value in {_listed(absent)}"))
        else:
            members.append(member)
    return tuple(members), tuple(left_out)


def _value(series: Series, year: int) -> float:
    """The value of a year that composition has already established."""
    return series.values[series.years.index(year)]


def _listed(years: Iterable[int]) -> str:
    return ", ".join(str(year) for year in years)


def _too_few(members: Sequence[str], years: Sequence[int]) -> str:
    return (
        f"not enough data: {len(members)} members can be compared over {_listed(years)}, and it takes {LEAST_MEMBERS}"
    )
