"""What `measure run --analyse` adds: what the index is made of, as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from serantau.cli.output import Column, Row, csv_text

if TYPE_CHECKING:
    from serantau.measure.data import Data
    from serantau.measure.index import IndexResult


def analysis_files(result: IndexResult, data: Data) -> Iterator[tuple[str, str]]:
    """Name and content of each table; the last year of the data."""
    yield "analysis/correlations.csv", _csv(_correlations(result), "first second relation value p_value units flag")
    yield "analysis/consistency.csv", _csv(_consistency(result), "group units alpha node alpha_without item_total")
    yield "analysis/components.csv", _csv(_components(result), "group component eigenvalue explained node loading note")
    yield "analysis/influence.csv", _csv(_influence(result), "node weight correlation share")
    yield "analysis/leave-one-out.csv", _csv(_leave_one_out(result, data), "left_out mean_shift unit shift")
    yield "analysis/profiles.csv", _csv(_profiles(result), "unit node score rank units median best imputed")
    yield "analysis/strengths.csv", _csv(_strengths(result), "unit kind order node score rank units median")


def _csv(rows: Iterator[Row], heads: str) -> str:
    columns: list[Column] = [(name, name) for name in heads.split()]
    return csv_text(list(rows), columns)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _correlations(result: IndexResult) -> Iterator[Row]:
    from serantau.measure.analyse import level_correlations

    for one in level_correlations(result):
        yield {
            "first": one.first,
            "second": one.second,
            "relation": one.relation,
            "value": _number(one.value),
            "p_value": _number(one.p_value),
            "units": one.units,
            "flag": one.flag or None,
        }


def _consistency(result: IndexResult) -> Iterator[Row]:
    """Cronbach's alpha of the children of each group that has two or more."""
    from serantau.measure.analyse import consistency, scores_of

    table = scores_of(result)
    for group, children in _families(result):
        found = consistency(table[:, [result.columns[child] for child in children]], children)
        for child in children:
            yield {
                "group": group,
                "units": found.units,
                "alpha": _number(found.alpha),
                "node": child,
                "alpha_without": _number(found.without[child]),
                "item_total": _number(found.item_total[child]),
            }


def _components(result: IndexResult) -> Iterator[Row]:
    """Principal components of the children of each group that has two or more."""
    from serantau.measure.analyse import components, scores_of
    from serantau.measure.errors import MeasureError

    table = scores_of(result)
    for group, children in _families(result):
        try:
            found = components(table[:, [result.columns[child] for child in children]], children)
        except MeasureError as error:
            yield {"group": group, "note": error.message}
            continue
        for at, eigenvalue in enumerate(found.eigenvalues):
            for row, child in enumerate(found.names):
                yield {
                    "group": group,
                    "component": at + 1,
                    "eigenvalue": float(eigenvalue),
                    "explained": float(found.explained[at]),
                    "node": child,
                    "loading": float(found.loadings[row, at]),
                }


def _families(result: IndexResult) -> Iterator[tuple[str, tuple[str, ...]]]:
    for group in result.definition.bottom_up():
        children = result.definition.children[group]
        if len(children) > 1:
            yield group, children


def _influence(result: IndexResult) -> Iterator[Row]:
    from serantau.measure.analyse import influence

    for one in influence(result):
        share, value = _number(one.share), _number(one.correlation)
        yield {"node": one.node, "weight": one.weight, "correlation": value, "share": share}


def _leave_one_out(result: IndexResult, data: Data) -> Iterator[Row]:
    from serantau.measure.leave_out import leave_one_out

    for one in leave_one_out(result.definition, data):
        for unit, shift in one.shifts.items():
            yield {"left_out": one.node, "mean_shift": _number(one.mean_shift), "unit": unit, "shift": shift}


def _profiles(result: IndexResult) -> Iterator[Row]:
    from serantau.measure.analyse import unit_profile

    for unit in result.units:
        for one in unit_profile(result, unit):
            yield {
                "unit": unit,
                "node": one.node,
                "score": one.score,
                "rank": one.rank,
                "units": one.units,
                "median": one.median,
                "best": one.best,
                "imputed": one.imputed,
            }


def _strengths(result: IndexResult) -> Iterator[Row]:
    from serantau.measure.analyse import strengths

    for unit in result.units:
        for kind, found in zip(("strength", "weakness"), strengths(result, unit), strict=True):
            for order, one in enumerate(found, start=1):
                yield {
                    "unit": unit,
                    "kind": kind,
                    "order": order,
                    "node": one.node,
                    "score": one.score,
                    "rank": one.rank,
                    "units": one.units,
                    "median": one.median,
                }
