"""Outlier treatment: skewness and kurtosis test, winsorisation, transformations.

The specification is ``docs/method/index.md``, section "Treat outliers".
Everything works on columns in a batch, shape (columns, units), so that one
index and ten thousand replicates of it run the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.measure.definition import Treat

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Treated:
    """Columns after treatment, and what was done to each.

    Attributes:
        values: Shape (columns, units).
        points: Points winsorised, by column.
        transformed: Whether a transformation was applied, by column.
        refused: Whether the transformation could not be applied, by column.
        before: Skewness and kurtosis before, shape (2, columns).
        after: Skewness and kurtosis after, shape (2, columns).
        passes: Whether the column passes now.
    """

    values: Floats
    points: Ints
    transformed: Bools
    refused: Bools
    before: Floats
    after: Floats
    passes: Bools


def skewness_kurtosis(columns: Floats, estimator: str = "sample") -> tuple[Floats, Floats]:
    """Skewness and excess kurtosis of each column, missing values left out.

    Args:
        columns: Shape (columns, units), NaN missing.
        estimator: ``sample`` (G1, G2; Joanes and Gill 1998) or ``population`` (g1, g2).

    Returns:
        Two arrays of shape (columns,); NaN with fewer than four values or no spread.
    """
    missing = np.isnan(columns)
    gaps = bool(missing.any())
    n = (columns.shape[1] - missing.sum(axis=1)).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.where(missing, 0.0, columns) if gaps else columns).sum(axis=1) / n
        deviation = columns - mean[:, None]
        if gaps:
            deviation[missing] = 0.0
        square = deviation * deviation
        m2 = square.sum(axis=1) / n
        # A spread in the last bits only is rounding, not a spread.
        spread = m2 > (1e-14 * np.abs(mean)) ** 2
        m2 = np.where(spread & (n >= 4), m2, np.nan)
        g1 = np.einsum("cu,cu->c", square, deviation) / n / m2**1.5
        g2 = np.einsum("cu,cu->c", square, square) / n / m2**2 - 3.0
        if estimator == "population":
            return g1, g2
        skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6.0)
    return skew, kurtosis


def treat_columns(columns: Floats, option: Treat, skip: Bools | None = None) -> Treated:
    """Treat every column that fails the test.

    Args:
        columns: Shape (columns, units), NaN missing.
        option: Limits, estimator, winsorisation and fallback.
        skip: Columns left as they are, shape (columns,).
    """
    count = len(columns)
    before = np.array(skewness_kurtosis(columns, option.estimator))
    failing = _fails(before, option)
    if skip is not None:
        failing &= ~skip
    values = columns.copy()
    points = np.zeros(count, dtype=np.int64)
    transformed = np.zeros(count, dtype=bool)
    refused = np.zeros(count, dtype=bool)
    todo = np.flatnonzero(failing)
    if todo.size:
        treated, taken, still = _winsorise(columns[todo], before[0, todo], option)
        values[todo], points[todo] = treated, taken
        if option.fallback != "none":
            for row in np.flatnonzero(still):
                column = todo[row]
                result = _transform(columns[column], option.fallback, reflect=bool(before[0, column] < 0))
                points[column] = 0
                values[column] = columns[column] if result is None else result
                transformed[column], refused[column] = result is not None, result is None
    after = before.copy()
    after[:, todo] = skewness_kurtosis(values[todo], option.estimator)
    return Treated(values, points, transformed, refused, before, after, ~_fails(after, option))


def _fails(moments: Floats, option: Treat) -> Bools:
    with np.errstate(invalid="ignore"):
        failing: Bools = (np.abs(moments[0]) > option.skew_limit) & (moments[1] > option.kurtosis_limit)
    return failing


def _winsorise(columns: Floats, skew: Floats, option: Treat) -> tuple[Floats, Ints, Bools]:
    ordered = np.sort(columns, axis=1)  # NaN last
    n = (~np.isnan(columns)).sum(axis=1)
    values = columns.copy()
    skew = skew.copy()
    top = np.zeros(len(columns), dtype=np.int64)
    bottom = np.zeros(len(columns), dtype=np.int64)
    active = np.ones(len(columns), dtype=bool)
    for _ in range(option.winsorise_max):
        rows = np.flatnonzero(active & (top + bottom < n - 2))
        if not rows.size:
            break
        upward = skew[rows] > 0
        top[rows] += upward
        bottom[rows] += ~upward
        high = ordered[rows, n[rows] - 1 - top[rows]]
        low = ordered[rows, bottom[rows]]
        values[rows] = np.clip(columns[rows], low[:, None], high[:, None])
        moments = np.array(skewness_kurtosis(values[rows], option.estimator))
        skew[rows] = moments[0]
        active[rows] = _fails(moments, option)
    return values, top + bottom, active


def _transform(column: Floats, kind: str, *, reflect: bool) -> Floats | None:
    low, high = np.nanmin(column), np.nanmax(column)
    x = low + high - column if reflect else column
    if kind == "log":
        if low <= 0:
            return None
        result = np.log(x)
    elif kind == "log_shift":
        result = np.log(x - low + 1.0)
    elif kind == "log_range":
        result = np.log(x - low + 0.01 * (high - low))
    else:
        result = _box_cox(x if low > 0 else x - low + 0.01 * (high - low))
    if reflect:
        result = np.nanmin(result) + np.nanmax(result) - result
    return np.asarray(result, dtype=np.float64)


def _box_cox(x: Floats) -> Floats:
    present = x[~np.isnan(x)]
    logs = np.log(present)

    def loss(power: float) -> float:
        # Dividing by the geometric mean's power keeps x ** power in range and leaves the maximum where it is.
        scaled = np.exp(power * (logs - logs.mean()))
        spread = np.log(scaled.var()) - 2.0 * np.log(abs(power)) if abs(power) > 1e-8 else np.log(logs.var())
        return float(spread)

    power = _minimise(loss, -5.0, 5.0)
    if abs(power) <= 1e-8:
        return np.asarray(np.log(x))
    return np.asarray((x**power - 1.0) / power)


def _minimise(loss: object, low: float, high: float) -> float:
    assert callable(loss)
    grid = np.linspace(low, high, 101)
    values = [loss(float(point)) for point in grid]
    best = int(np.argmin(values))
    left, right = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 100)])
    golden = (5.0**0.5 - 1.0) / 2.0
    a, b = right - golden * (right - left), left + golden * (right - left)
    at_a, at_b = loss(a), loss(b)
    while right - left > 1e-10:
        if at_a < at_b:
            right, b, at_b = b, a, at_a
            a = right - golden * (right - left)
            at_a = loss(a)
        else:
            left, a, at_a = a, b, at_b
            b = left + golden * (right - left)
            at_b = loss(b)
    return (left + right) / 2.0
