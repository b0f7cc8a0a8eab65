"""Provenance: every score unfolds to the values, steps, figures and sources behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from serantau.measure.aggregate import level_of
from serantau.measure.definition import Aggregate, IndicatorSpec, Normalise
from serantau.measure.figures import Figure
from serantau.measure.index import IndexResult
from serantau.measure.standing import Standing


@dataclass(frozen=True)
class Explanation:
    """One node of one unit, unfolded.

    Attributes:
        node: Id of the indicator or group.
        name: Its name.
        score: Its score, or None.
        rank: Its rank, or None.
        weight: Share of the weight of its parent's children that have a score; None for the node asked about.
        contribution: For an arithmetic parent that has a score, ``weight x score``; else None.
        method: How a group is aggregated; for an indicator, how it is normalised.
        values: For an indicator, its value after each step, by the name of the step.
        marks: For an indicator: ``imputed``, ``winsorised``, and the figure's own marks.
        figure: For an indicator of a region, the figure used with its sources.
        missing: Why there is no score; empty if there is one.
        children: For a group.
    """

    node: str
    name: str
    score: float | None
    rank: int | None
    weight: float | None
    contribution: float | None
    method: str
    values: Mapping[str, float | None]
    marks: tuple[str, ...]
    figure: Figure | None
    missing: str
    children: tuple[Explanation, ...] = ()


def explain(result: IndexResult, unit: str, node: str, year: int | None = None) -> Explanation:
    """Unfold a score of an index run.

    Args:
        result: The run.
        unit: Name of the unit.
        node: Id of an indicator or group.
        year: A year of the data; the last if None.
    """
    return _Unfold(result, unit, year, {}).node(node, None, additive=False)


def explain_outcome(standing: Standing, member: str, outcome: str) -> Explanation | None:
    """Unfold a member's score on an outcome down to figures and sources; None where nothing is scored."""
    if standing.result is None or outcome not in standing.result.columns:
        return None
    figures = {name: (cell.figure, cell.marks) for (owner, name), cell in standing.cells.items() if owner == member}
    return _Unfold(standing.result, member, None, figures).node(outcome, None, additive=False)


class _Unfold:
    def __init__(
        self,
        result: IndexResult,
        unit: str,
        year: int | None,
        figures: Mapping[str, tuple[Figure | None, tuple[str, ...]]],
    ) -> None:
        self.result, self.unit, self.figures = result, unit, figures
        self.definition = result.definition
        self.row = result.units.index(unit)
        self.at = len(result.years) - 1 if year is None else result.years.index(year)
        self.leaves = {leaf.id: (index, leaf) for index, leaf in enumerate(self.definition.indicators)}
        self.names = {group.id: group.name or group.id for group in self.definition.groups}

    def node(self, node: str, weight: float | None, *, additive: bool) -> Explanation:
        score = self._score(node)
        contribution = weight * score if additive and weight is not None and score is not None else None
        if node in self.leaves:
            return self._leaf(node, score, weight, contribution)
        option = self.definition.step(Aggregate)
        assert isinstance(option, Aggregate)
        level = level_of(self.definition, option, node)
        children = self.definition.children[node]
        weights = {c: self.result.weights[c] for c in children if self._score(c) is not None}
        total = sum(weights.values())
        parts = tuple(
            self.node(
                child,
                weights[child] / total if child in weights and total > 0 else None,
                additive=level.method == "arithmetic" and score is not None,
            )
            for child in children
        )
        return Explanation(
            node=node,
            name=self.names[node],
            score=score,
            rank=self._rank(node),
            weight=weight,
            contribution=contribution,
            method=level.method,
            values={},
            marks=(),
            figure=None,
            missing="" if score is not None else self._why(node, len(weights), len(children)),
            children=parts,
        )

    def _leaf(self, node: str, score: float | None, weight: float | None, contribution: float | None) -> Explanation:
        index, leaf = self.leaves[node]
        figure, marks = self.figures.get(node, (None, ()))
        own = [name for name, table in (("imputed", self.result.imputed), ("winsorised", self.result.winsorised))
               if table[self.at, self.row, index]]  # fmt: skip
        return Explanation(
            node=node,
            name=leaf.name or leaf.id,
            score=score,
            rank=self._rank(node),
            weight=weight,
            contribution=contribution,
            method=self._method(leaf),
            values={stage.step: _number(stage.values[self.at, self.row, index]) for stage in self.result.stages},
            marks=(*own, *marks),
            figure=figure,
            missing="" if score is not None else "no figure",
        )

    def _method(self, leaf: IndicatorSpec) -> str:
        option = self.definition.step(Normalise)
        return option.by_indicator.get(leaf.id, option.method) if isinstance(option, Normalise) else "as it is"

    def _score(self, node: str) -> float | None:
        return _number(self.result.scores[self.at, self.row, self.result.columns[node]])

    def _rank(self, node: str) -> int | None:
        return int(self.result.ranks[self.at, self.row, self.result.columns[node]]) or None

    def _why(self, node: str, have: int, of: int) -> str:
        if self.unit in self.result.excluded:
            return self.result.excluded[self.unit]
        return f"{have} of {of} parts of {self.names[node]} have a score, too few by the definition"


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
