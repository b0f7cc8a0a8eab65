"""Projections of a series: linear, regression line, logistic with a ceiling, damped trend.

``docs/method/trajectory.md`` has the formulas and says when to use which.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from serantau.measure.errors import MeasureError
from serantau.measure.predictive import HORIZON, TINY, Fit, QuadraticSpread, Spread, logit
from serantau.measure.series import NotEnoughDataError, Series

SlopeRule = Literal["anchored", "ols", "drift"]
LEAST_DF = 2
"""An interval on one degree of freedom says nothing; it takes two."""

NO_INTERVAL = "not enough observations for an interval"


@dataclass(frozen=True)
class Linear:
    """A straight line through the last observation.

    Attributes:
        slope: Change per year, where it is given.
        rule: Else how it is fitted: ``anchored`` (least squares of a line forced through the last
            observation), ``ols`` (slope of the ordinary regression line) or ``drift`` (mean annual
            change from the first to the last observation).
    """

    slope: float | None = None
    rule: SlopeRule = "anchored"


@dataclass(frozen=True)
class Trend:
    """The ordinary regression line on the year; it need not pass through the last observation."""


@dataclass(frozen=True)
class Logistic:
    """A logistic curve through the last observation, towards a ceiling.

    Observations at or below 0 and at or above the ceiling have no logit and are left out of the fit.

    Attributes:
        ceiling: The value it can never pass.
        slope: Change of the logit per year, where it is given.
        rule: Else how it is fitted, as for :class:`Linear`, on the logits.
    """

    ceiling: float = 100.0
    slope: float | None = None
    rule: SlopeRule = "anchored"


@dataclass(frozen=True)
class Damped:
    """Damped trend, parameters from a fixed grid (:mod:`serantau.measure.damped`)."""


Model = Linear | Trend | Logistic | Damped


@dataclass(frozen=True)
class Projection:
    """A projected path.

    Attributes:
        model: Name of the model.
        years: The years after the last observation.
        mean: Central path (for the logistic curve, the median).
        low: Lower ends of the prediction intervals, or None where there are too few observations.
        high: Upper ends, or None.
        level: Level of the intervals.
        fit: The fitted path, which answers every further question.
    """

    model: str
    years: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    level: float
    fit: Fit

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must know about the fit."""
        return self.fit.notes


def fit(series: Series, model: Model) -> Fit:
    """Fit a model to a series.

    Raises:
        NotEnoughDataError: If there are too few observations for the model.
        MeasureError: If a parameter is impossible, or the last observation lies beyond the ceiling.

    >>> path = fit(Series((2022,), (81.2,)), Logistic(slope=1.9023))
    >>> round(path.central(1), 2), round(path.central(4), 2)
    (96.66, 99.99)
    """
    if not len(series):
        raise NotEnoughDataError("a projection needs an observation and there is none.")
    if isinstance(model, Linear):
        return _fit_linear(series, model)
    if isinstance(model, Trend):
        return _fit_trend(series)
    if isinstance(model, Logistic):
        return _fit_logistic(series, model)
    return _fit_damped(series)


def project(series: Series, model: Model, until: int, level: float = 0.9) -> Projection:
    """Project a series to a year.

    Args:
        series: The observations.
        model: How to go on.
        until: Last year of the path, at most 100 years after the last observation.
        level: Level of the prediction intervals, above 0 and below 1.

    Raises:
        NotEnoughDataError: As :func:`fit`.
        MeasureError: As :func:`fit`; also if the last year or the level is not acceptable.

    >>> ahead = project(Series((2022,), (9.3702,)), Linear(slope=0.334202), until=2030)
    >>> ahead.years[-1], round(ahead.mean[-1], 4), ahead.low, ahead.notes
    (2030, 12.0438, None, ('not enough observations for an interval',))
    """
    if not 0 < level < 1:
        raise MeasureError(f"the level {level} of an interval is not between 0 and 1. Give, for example, 0.9.")
    path = fit(series, model)
    if not path.origin < until <= path.origin + HORIZON:
        raise MeasureError(
            f"a projection from {path.origin} to {until} is not possible. "
            f"Give a year from {path.origin + 1} to {path.origin + HORIZON}."
        )
    steps = range(1, until - path.origin + 1)
    intervals = [path.interval(step, level) for step in steps]
    known = [pair for pair in intervals if pair is not None]
    return Projection(
        model=path.model,
        years=tuple(path.origin + step for step in steps),
        mean=tuple(path.central(step) for step in steps),
        low=tuple(low for low, _ in known) if known else None,
        high=tuple(high for _, high in known) if known else None,
        level=level,
        fit=path,
    )


# --- straight lines ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Slope:
    """A slope and the spread of the random walk with drift around the line through the last point."""

    slope: float
    words: str
    spread: Spread | None
    df: int


def _fit_linear(series: Series, model: Linear) -> Fit:
    found = _slope(series.years, series.values, model.slope, model.rule)
    return Fit(
        model="linear",
        rule=found.words,
        origin=series.years[-1],
        used=len(series),
        start=series.values[-1],
        slope=found.slope,
        spread=found.spread,
        df=found.df,
        notes=() if found.spread else (NO_INTERVAL,),
    )


def _slope(years: Sequence[int], values: Sequence[float], given: float | None, rule: SlopeRule) -> _Slope:
    """Slope per year, given or fitted, with the variance of a random walk with drift.

    The best forecast of a random walk with drift is the line through its last point, so this is the
    model under which our lines are right. Its increments over d years have mean ``slope d`` and
    variance ``sigma2 d``. Every slope rule is a weighted sum of increments, so the variance of the
    forecast is ``sigma2 (h + h**2 sum(weight**2 d))`` exactly; for ``drift`` that is fpp3's
    ``h (1 + h / (T - 1))``.
    """
    if given is not None and not math.isfinite(given):
        raise MeasureError(f"the slope {given} is not a number. Give a change per year, or none to fit it.")
    lengths = [after - before for before, after in itertools.pairwise(years)]
    rises = [after - before for before, after in itertools.pairwise(values)]
    if given is not None:
        return _with_spread(given, "given slope", _Increments(lengths, rises, given, len(rises), 0.0), values)
    if not rises:
        raise NotEnoughDataError(f"a fitted slope needs two observations and there is {len(values)}. Give the slope.")
    weights = _weights(years, rule)
    slope = math.fsum(weight * rise for weight, rise in zip(weights, rises, strict=True))
    drift = (values[-1] - values[0]) / (years[-1] - years[0])
    estimated = math.fsum(weight * weight * length for weight, length in zip(weights, lengths, strict=True))
    words = {"anchored": "least squares through the last observation", "ols": "ordinary least squares slope",
             "drift": "mean annual change"}[rule]  # fmt: skip
    return _with_spread(slope, words, _Increments(lengths, rises, drift, len(rises) - 1, estimated), values)


def _weights(years: Sequence[int], rule: SlopeRule) -> list[float]:
    """Weight of each increment in the slope; their sum times their lengths is 1."""
    last = years[-1]
    if rule == "drift":
        return [1 / (last - years[0])] * (len(years) - 1)
    if rule == "anchored":
        back = [last - year for year in years]
        bottom = math.fsum(span * span for span in back)
        return [math.fsum(back[:cut]) / bottom for cut in range(1, len(years))]
    mean = math.fsum(years) / len(years)
    off = [year - mean for year in years]
    bottom = math.fsum(span * span for span in off)
    return [math.fsum(off[cut:]) / bottom for cut in range(1, len(years))]


@dataclass(frozen=True)
class _Increments:
    """What the variance of the walk is estimated from."""

    lengths: list[int]
    rises: list[float]
    drift: float
    df: int
    estimated: float


def _with_spread(slope: float, words: str, increments: _Increments, values: Sequence[float]) -> _Slope:
    if increments.df < LEAST_DF:
        return _Slope(slope, words, None, 0)
    squares = math.fsum(
        (rise - increments.drift * length) ** 2 / length
        for rise, length in zip(increments.rises, increments.lengths, strict=True)
    )
    sigma2 = _unless_noise(squares / increments.df, values)
    return _Slope(slope, words, QuadraticSpread(sigma2, 0.0, 1.0, increments.estimated), increments.df)


def _unless_noise(variance: float, values: Sequence[float]) -> float:
    """Zero where a variance is only the rounding of the values."""
    size = max(abs(value) for value in values)
    return 0.0 if variance <= (TINY * size) ** 2 else variance


def _fit_trend(series: Series) -> Fit:
    """Ordinary least squares of the values on years after the last observation."""
    count = len(series)
    if count < 2:
        raise NotEnoughDataError(f"a regression line needs two observations and there is {count}.")
    times = [year - series.years[-1] for year in series.years]
    mean_time, mean_value = math.fsum(times) / count, math.fsum(series.values) / count
    around = [time - mean_time for time in times]
    bottom = math.fsum(part * part for part in around)
    slope = math.fsum(part * (value - mean_value) for part, value in zip(around, series.values, strict=True)) / bottom
    start = mean_value - slope * mean_time
    left = [value - start - slope * time for time, value in zip(times, series.values, strict=True)]
    df = count - 2
    spread = None
    if df >= LEAST_DF:
        sigma2 = _unless_noise(math.fsum(part * part for part in left) / df, series.values)
        # sigma2 (1 + 1/n + (h - mean)**2 / Sxx), written out in h
        constant = 1 + 1 / count + mean_time * mean_time / bottom
        spread = QuadraticSpread(sigma2, constant, -2 * mean_time / bottom, 1 / bottom)
    return Fit(
        model="trend",
        rule="ordinary least squares line",
        origin=series.years[-1],
        used=count,
        start=start,
        slope=slope,
        spread=spread,
        df=df if spread else 0,
        notes=() if spread else (NO_INTERVAL,),
    )


# --- curves -----------------------------------------------------------------------------------------------------------


def _fit_logistic(series: Series, model: Logistic) -> Fit:
    ceiling = model.ceiling
    if not (math.isfinite(ceiling) and ceiling > 0):
        raise MeasureError(f"the ceiling {ceiling} of a logistic curve is not a positive number.")
    last = series.values[-1]
    if not 0 <= last <= ceiling:
        raise MeasureError(
            f"the last observation, {last:g} in {series.years[-1]}, is not between 0 and the ceiling {ceiling:g}. "
            "Give another ceiling, or use another model."
        )
    if not 0 < last < ceiling:
        return _saturated(series, model)
    usable = [
        (year, logit(value, ceiling))
        for year, value in zip(series.years, series.values, strict=True)
        if 0 < value < ceiling
    ]
    found = _slope([year for year, _ in usable], [scaled for _, scaled in usable], model.slope, model.rule)
    dropped = len(series) - len(usable)
    notes = [f"{dropped} of {len(series)} observations have no logit and are left out of the fit"] if dropped else []
    return Fit(
        model="logistic",
        rule=f"{found.words}, on the logit scale",
        origin=series.years[-1],
        used=len(usable),
        start=usable[-1][1],
        slope=found.slope,
        ceiling=ceiling,
        spread=found.spread,
        df=found.df,
        notes=(*notes, *(() if found.spread else (NO_INTERVAL,))),
    )


def _saturated(series: Series, model: Logistic) -> Fit:
    """A curve that has arrived at 0 or at its ceiling stays there: the limit of every logistic curve."""
    last = series.values[-1]
    end = "the ceiling" if last else "zero"
    return Fit(
        model="logistic",
        rule=f"constant at {end}",
        origin=series.years[-1],
        used=1,
        start=logit(last, model.ceiling),
        slope=0.0,
        ceiling=model.ceiling,
        notes=(f"the last observation is at {end}, where a logistic curve has no slope and no interval",),
    )


LEAST_DAMPED = 5
"""Fewer observations than parameters do not make a damped trend."""


def _fit_damped(series: Series) -> Fit:
    from serantau.measure.damped import PARAMETERS, fit_damped
    from serantau.measure.predictive import InnovationsSpread

    if len(series) < LEAST_DAMPED:
        raise NotEnoughDataError(
            f"a damped trend needs {LEAST_DAMPED} observations and there are {len(series)}. Use a straight line."
        )
    found = fit_damped(series)
    df = len(series) - PARAMETERS
    spread = None
    if df >= LEAST_DF and found.sigma2 is not None:
        spread = InnovationsSpread(found.sigma2, found.alpha, found.beta, found.phi)
    return Fit(
        model="damped",
        rule=f"alpha {found.alpha:g}, beta {found.beta:g}, phi {found.phi:g}, least squared errors on a fixed grid",
        origin=series.years[-1],
        used=len(series),
        start=found.level,
        slope=found.trend,
        phi=found.phi,
        spread=spread,
        df=df if spread else 0,
        notes=() if spread else (NO_INTERVAL,),
    )
