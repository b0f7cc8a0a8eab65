"""Normalisation. The specification is ``docs/method/index.md``, section "Normalise".

Arrays have the shape (..., units, indicators): any number of leading axes
(years, replicates), statistics over the units.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from serantau.measure.definition import IndicatorSpec, Normalise
from serantau.measure.errors import MeasureError
from serantau.measure.indicators import Direction

Floats = NDArray[np.float64]

FIXED_ENDS = ("goalposts", "target_distance")
"""Methods that use values in the indicator's own unit."""


def normalise(values: Floats, indicators: Sequence[IndicatorSpec], option: Normalise, units: Sequence[str]) -> Floats:
    """Scores on one scale, higher better.

    Args:
        values: Shape (..., units, indicators), NaN missing.
        indicators: Their specifications, in the order of the last axis.
        option: Methods and scale.
        units: Names of the units, for ``reference_unit``.

    Raises:
        MeasureError: where a method is not defined for the values.
    """
    result = np.full_like(values, np.nan)
    methods = [option.by_indicator.get(leaf.id, option.method) for leaf in indicators]
    for method in dict.fromkeys(methods):
        chosen = np.array([index for index, name in enumerate(methods) if name == method])
        leaves = [indicators[index] for index in chosen]
        whole = chosen.size == len(indicators)
        part = values if whole else values[..., chosen]
        scores = _columns(method, part, leaves, option, units)
        if whole:
            return scores
        result[..., chosen] = scores
    return result


def _columns(
    method: str, x: Floats, leaves: Sequence[IndicatorSpec], option: Normalise, units: Sequence[str]
) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if method == "goalposts":
            return _scale(_goalposts(x, leaves, option), option)
        if method == "share_of_best":
            return _scale(_share_of_best(x, leaves, option), option)
        y = turn(x, leaves)
        if method in ("rank", "borda", "percentile_rank"):
            return _ranks(method, y, option)
        low, high = _extreme(y, option, np.fmin), _extreme(y, option, np.fmax)
        if method == "zscore":
            return _zscore(y, option)
        if method in ("minmax", "best_distance"):
            return _scale((y - low) / _or_nan(high - low), option)
        if method == "target_distance":
            return _scale(_target_distance(y, low, leaves), option)
        if option.reference_unit not in units:
            raise MeasureError(f"reference_distance: there is no unit {option.reference_unit!r} in the data.")
        row = list(units).index(option.reference_unit)
        return _scale((y - low) / _or_nan(y[..., row : row + 1, :] - low), option)


def turn(x: Floats, leaves: Sequence[IndicatorSpec]) -> Floats:
    """Turn values so that higher is better: x, -x, or minus the distance from the reference."""
    if all(leaf.direction is Direction.HIGHER for leaf in leaves):
        return x
    y = x.copy()
    for index, leaf in enumerate(leaves):
        if leaf.direction is Direction.LOWER:
            y[..., index] = -x[..., index]
        elif leaf.direction is Direction.REFERENCE:
            y[..., index] = -np.abs(x[..., index] - float(leaf.reference_value or 0.0))
    return y


def _axes(y: Floats, option: Normalise) -> tuple[int, ...] | int:
    return tuple(range(y.ndim - 1)) if option.over == "all_years" else -2


def _extreme(y: Floats, option: Normalise, kind: np.ufunc) -> Floats:
    return np.asarray(kind.reduce(y, axis=_axes(y, option), keepdims=True))


def _or_nan(spread: Floats) -> Floats:
    return np.asarray(np.where(spread == 0, np.nan, spread))


def _scale(z: Floats, option: Normalise) -> Floats:
    if option.cap:
        z = np.clip(z, 0.0, 1.0)
    return np.asarray(option.low + (option.high - option.low) * z)


def _goalposts(x: Floats, leaves: Sequence[IndicatorSpec], option: Normalise) -> Floats:
    z = np.empty_like(x)
    for index, leaf in enumerate(leaves):
        posts = leaf.goalposts
        assert posts is not None
        v = x[..., index]
        if leaf.direction is Direction.REFERENCE:
            v = np.abs(v - float(leaf.reference_value or 0.0))
        if posts.scale == "log":
            score = (np.log(v) - np.log(posts.low)) / (np.log(posts.high) - np.log(posts.low))
            # Beyond every ratio: below the lower of the two ends, whichever of them is the better one.
            beyond = float(posts.low > posts.high) if option.cap else np.nan
            z[..., index] = np.where(v <= 0, beyond, score)
        else:
            z[..., index] = (v - posts.low) / (posts.high - posts.low)
    return z


def _share_of_best(x: Floats, leaves: Sequence[IndicatorSpec], option: Normalise) -> Floats:
    if np.any(x <= 0):
        worst = [leaf.id for index, leaf in enumerate(leaves) if np.any(x[..., index] <= 0)]
        raise MeasureError(f"share_of_best needs positive values; {worst[0]} has others. Use minmax for it.")
    if any(leaf.direction is Direction.REFERENCE for leaf in leaves):
        raise MeasureError("share_of_best is not defined for direction `reference`. Use minmax for it.")
    lower = np.array([leaf.direction is Direction.LOWER for leaf in leaves])
    best = np.where(lower, _extreme(x, option, np.fmin), _extreme(x, option, np.fmax))
    return np.asarray(np.where(lower, best / x, x / best))


def _target_distance(y: Floats, low: Floats, leaves: Sequence[IndicatorSpec]) -> Floats:
    targets = turn(np.array([[float(leaf.target or 0.0) for leaf in leaves]]), leaves)[0]
    wrong = np.any(low >= targets, axis=tuple(range(low.ndim - 1)))
    if wrong.any():
        leaf = leaves[int(np.flatnonzero(wrong)[0])]
        raise MeasureError(f"the target of {leaf.id} ({leaf.target}) is no better than the worst value. Correct it.")
    return np.asarray((y - low) / (targets - low))


def _zscore(y: Floats, option: Normalise) -> Floats:
    axes = _axes(y, option)
    present = ~np.isnan(y)
    n = present.sum(axis=axes, keepdims=True)
    mean = np.where(present, y, 0.0).sum(axis=axes, keepdims=True) / n
    square = np.where(present, y - mean, 0.0) ** 2
    variance = square.sum(axis=axes, keepdims=True) / np.where(n > 1, n - 1, np.nan)
    # Equal values leave a variance of rounding size, which is no spread.
    sd = np.sqrt(np.where(variance <= (1e-14 * np.abs(mean)) ** 2, np.nan, variance))
    return np.asarray(option.mean + option.sd * (y - mean) / sd)


def _ranks(method: str, y: Floats, option: Normalise) -> Floats:
    if option.over == "all_years" and y.ndim > 2:
        return _ranks(method, y.reshape(-1, y.shape[-1]), option).reshape(y.shape)
    columns = significant(np.ascontiguousarray(np.moveaxis(y, -2, -1)))
    below, equal = _below_and_equal(columns)
    n = (~np.isnan(columns)).sum(axis=-1, keepdims=True)
    if method == "rank":
        result = 1.0 + below
    elif method == "borda":
        result = below
    else:
        result = _scale((below + 0.5 * (equal - 1.0)) / np.where(n > 1, n - 1, np.nan), option)
    return np.moveaxis(np.where(np.isnan(columns), np.nan, result), -1, -2)


def significant(values: Floats) -> Floats:
    """Values cut to forty significant bits (twelve digits), so that only true differences separate units.

    A mean filled in by imputation differs in its last bits with the order of the rows; compared as it is, it would
    tie with an equal value in one order and not in another.
    """
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.rint(mantissa * 2.0**40) / 2.0**40, exponent))


def _below_and_equal(columns: Floats) -> tuple[Floats, Floats]:
    """For each entry of the last axis: how many are smaller, and how many equal (itself among them)."""
    order = np.argsort(columns, axis=-1)  # NaN last
    ordered = np.take_along_axis(columns, order, axis=-1)
    size = columns.shape[-1]
    place = np.arange(size)
    new = np.ones(columns.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
    last = np.ones(columns.shape, dtype=bool)
    last[..., :-1] = new[..., 1:]
    after = np.minimum.accumulate(np.where(last, place, size)[..., ::-1], axis=-1)[..., ::-1]
    below, equal = np.empty_like(columns), np.empty_like(columns)
    np.put_along_axis(below, order, first.astype(np.float64), axis=-1)
    np.put_along_axis(equal, order, (after - first + 1).astype(np.float64), axis=-1)
    return below, equal
