"""Imputation. The specification is ``docs/method/index.md``, section "Impute"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from serantau.measure.definition import Impute

Floats = NDArray[np.float64]


def impute(values: Floats, years: Sequence[int], option: Impute, groups: Sequence[str]) -> Floats:
    """Fill missing cells.

    Args:
        values: Shape (years, units, columns), NaN missing.
        years: The years, ascending.
        option: Method and reach.
        groups: Group of each unit, for the group methods.

    Returns:
        A new array of the same shape; cells that the method cannot fill stay NaN.
    """
    if option.method == "none":
        return values
    if option.method in ("mean", "median"):
        return _fill(values, _centre(values, option.method))
    if option.method in ("group_mean", "group_median"):
        return _by_group(values, option.method.removeprefix("group_"), groups)
    if option.method == "latest":
        return _latest(values, years, option.max_years)
    return _linear(values, years, option.max_years)


def _centre(values: Floats, method: str) -> Floats:
    """Mean or median over units, NaN where none is present; shape (..., 1, columns)."""
    present = ~np.isnan(values)
    count = present.sum(axis=-2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        if method == "mean":
            total = np.where(present, values, 0.0).sum(axis=-2, keepdims=True)
            return np.asarray(np.where(count > 0, total / count, np.nan))
        ordered = np.sort(values, axis=-2)
        upper = np.take_along_axis(ordered, np.maximum(count // 2, 0), axis=-2)
        lower = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=-2)
        return np.asarray(np.where(count > 0, (lower + upper) / 2.0, np.nan))


def _fill(values: Floats, centre: Floats) -> Floats:
    return np.asarray(np.where(np.isnan(values), centre, values))


def _by_group(values: Floats, method: str, groups: Sequence[str]) -> Floats:
    result = values.copy()
    labels = np.array(groups)
    for label in set(groups):
        rows = np.flatnonzero(labels == label)
        part = values[..., rows, :]
        result[..., rows, :] = _fill(part, _centre(part, method))
    return result


def _latest(values: Floats, years: Sequence[int], reach: int) -> Floats:
    result = values.copy()
    held = np.full(values.shape[1:], np.nan)
    when = np.full(values.shape[1:], -np.inf)
    for index, year in enumerate(years):
        present = ~np.isnan(values[index])
        fill = ~present & (year - when <= reach)
        result[index][fill] = held[fill]
        held[present] = values[index][present]
        when[present] = year
    return result


def _linear(values: Floats, years: Sequence[int], reach: int) -> Floats:
    result = values.copy()
    at = np.array(years, dtype=np.float64)
    for unit in range(values.shape[1]):
        for column in range(values.shape[2]):
            series = values[:, unit, column]
            present = np.flatnonzero(~np.isnan(series))
            for left, right in pairwise(present):
                for index in range(left + 1, right):
                    if max(at[index] - at[left], at[right] - at[index]) <= reach:
                        share = (at[index] - at[left]) / (at[right] - at[left])
                        result[index, unit, column] = series[left] + share * (series[right] - series[left])
    return result
