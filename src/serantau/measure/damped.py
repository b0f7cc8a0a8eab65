"""Damped trend: the additive damped exponential smoothing of Gardner and McKenzie (1985).

In its state-space form ETS(A,Ad,N) (Hyndman and Athanasopoulos, *Forecasting: Principles and
Practice*, 3rd edition, sections 8.2 and 8.5)::

    y(t) = l(t-1) + phi b(t-1) + e(t)
    l(t) = l(t-1) + phi b(t-1) + alpha e(t)
    b(t) = phi b(t-1) + beta e(t)

A year without an observation moves the states on without a correction.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.measure.predictive import TINY, spread_factor
from serantau.measure.series import Series

Floats = NDArray[np.float64]

ALPHAS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)
BETA_SHARES = (0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PHIS = (0.80, 0.85, 0.90, 0.95, 0.98)
"""The grid: beta is a share of alpha, as the model's admissible region asks; phi in fpp3's range."""

PARAMETERS = 5
"""alpha, beta, phi and the two initial states: what an interval's degrees of freedom lose."""


@dataclass(frozen=True)
class Smoothed:
    """A smoothed series.

    Attributes:
        alpha: Smoothing of the level.
        beta: Smoothing of the trend (that of the error form, ``alpha`` times the beta* of the component form).
        phi: Damping.
        level: Last level.
        trend: Last trend.
        errors: One-step errors, one for each observation (after a gap, the error over the gap).
        sigma2: Error variance of one step, or None where no degree of freedom is left.
    """

    alpha: float
    beta: float
    phi: float
    level: float
    trend: float
    errors: tuple[float, ...]
    sigma2: float | None


def smooth(series: Series, *, alpha: float, beta: float, phi: float, level: float, trend: float) -> Smoothed:
    """Smooth with given parameters and given states one year before the first observation.

    >>> done = smooth(Series((2020, 2021), (10.0, 13.0)), alpha=0.5, beta=0.1, phi=0.9, level=8.0, trend=1.0)
    >>> [round(error, 4) for error in done.errors]  # 10 - 8.9; then 13 - (9.45 + 0.9 * 1.01)
    [1.1, 2.641]
    """
    grid = np.array([[alpha], [beta], [phi]])
    values = np.array(series.values)
    errors, levels, trends = _run(series.years, values, grid, (np.array([level]), np.array([trend])))
    factors = _gap_factors(series.years, alpha, beta, phi)
    free = len(series) - PARAMETERS
    sigma2 = float(np.sum(errors[:, 0] ** 2 / factors)) / free if free > 0 else None
    if sigma2 is not None and sigma2 <= (TINY * float(np.max(np.abs(values)))) ** 2:
        sigma2 = 0.0
    found = tuple(float(error) for error in errors[:, 0])
    return Smoothed(alpha, beta, phi, float(levels[0]), float(trends[0]), found, sigma2)


def fit_damped(series: Series) -> Smoothed:
    """Choose the parameters that make the sum of squared one-step errors least.

    alpha, beta and phi come from a fixed grid, so that the same figures always give the same
    answer; for each of its points the errors are linear in the two initial states, which are
    their least-squares solution. Of equally good points the first counts.
    """
    grid = np.array([[a, a * share, phi] for phi in PHIS for a in ALPHAS for share in BETA_SHARES]).T
    size = grid.shape[1]
    values = np.array(series.values)
    # Centred, so that a large level costs no digits.
    shift = float(values.mean())
    zeros, ones = np.zeros(size), np.ones(size)
    plain, _, _ = _run(series.years, values - shift, grid, (zeros, zeros))
    by_level, _, _ = _run(series.years, np.zeros_like(values), grid, (ones, zeros))
    by_trend, _, _ = _run(series.years, np.zeros_like(values), grid, (zeros, ones))
    level, trend = _least_squares(plain, by_level, by_trend)
    squares = np.sum((plain + level * by_level + trend * by_trend) ** 2, axis=0)
    noise = TINY * float(np.sum((values - shift) ** 2))
    best = int(np.argmax(squares <= squares.min() * (1 + 1e-9) + noise))
    alpha, beta, phi = (float(grid[row, best]) for row in range(3))
    return smooth(series, alpha=alpha, beta=beta, phi=phi, level=float(level[best]) + shift, trend=float(trend[best]))


def _run(
    years: tuple[int, ...], values: Floats, grid: Floats, states: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Errors (observations x grid points) and the last states, for every grid point at once."""
    alpha, beta, phi = grid
    level, trend = states
    errors = np.empty((len(values), grid.shape[1]))
    for row, steps in enumerate(_steps(years)):
        for _ in range(steps):
            trend = phi * trend
            level = level + trend
        errors[row] = values[row] - level
        level = level + alpha * errors[row]
        trend = trend + beta * errors[row]
    return errors, level, trend


def _steps(years: tuple[int, ...]) -> tuple[int, ...]:
    """Years from each observation back to the one before; 1 for the first."""
    return (1, *(after - before for before, after in itertools.pairwise(years)))


def _gap_factors(years: tuple[int, ...], alpha: float, beta: float, phi: float) -> Floats:
    """Forecast variance over each gap, over that of one step: the error after a long gap is larger."""
    return np.array([spread_factor(steps, alpha, beta, phi) for steps in _steps(years)])


def _least_squares(target: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Coefficients making ``target + a first + b second`` least in squares, column by column."""
    ff, ss, fs = (first * first).sum(0), (second * second).sum(0), (first * second).sum(0)
    ft, st = (first * target).sum(0), (second * target).sum(0)
    determinant = ff * ss - fs * fs
    safe = determinant > TINY * ff * ss
    bottom = np.where(safe, determinant, 1.0)
    # Where the data cannot tell the two states apart, the trend starts at nothing.
    return (
        np.where(safe, (fs * st - ss * ft) / bottom, -ft / ff),
        np.where(safe, (fs * ft - ff * st) / bottom, 0.0),
    )
