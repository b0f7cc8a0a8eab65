"""Runs a definition on data: from values to scores, every intermediate table kept.

The specification is ``docs/method/index.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from serantau.base import count_of_problems, suggest
from serantau.measure.aggregate import aggregate, competition_ranks, round_scores
from serantau.measure.data import Data
from serantau.measure.definition import Aggregate, Definition, Denominate, Impute, Normalise, Screen, Step, Treat
from serantau.measure.errors import MeasureError
from serantau.measure.impute import impute
from serantau.measure.indicators import Direction
from serantau.measure.normalise import FIXED_ENDS, normalise
from serantau.measure.treat import Treated, treat_columns
from serantau.measure.validate import definition_problems

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stage:
    """The table after one step, shape (years, units, indicators)."""

    step: str
    values: Floats


@dataclass(frozen=True)
class TreatReport:
    """What outlier treatment did to one indicator in one year."""

    indicator: str
    year: int
    skewness: tuple[float, float]
    kurtosis: tuple[float, float]
    points: int
    transformed: str
    note: str
    passes: bool


@dataclass(frozen=True)
class IndexResult:
    """Scores, ranks and the way to them.

    Attributes:
        definition: What was computed.
        units: The units of the data.
        years: The years of the data.
        nodes: Indicators, then groups from the bottom up.
        scores: Rounded to nine decimals, shape (years, units, nodes); NaN where there is none.
        ranks: Same shape; 0 where there is none.
        stages: The table after each step before aggregation.
        imputed: Cells that imputation filled, shape (years, units, indicators).
        winsorised: Cells that winsorisation changed, same shape.
        excluded: Units that screening left out, and why.
        treatment: One report for each indicator and year.
        weights: Weight of each node relative to its siblings.
        notes: What a reader should know (for example an indicator without spread).
    """

    definition: Definition
    units: tuple[str, ...]
    years: tuple[int, ...]
    nodes: tuple[str, ...]
    scores: Floats
    ranks: Ints
    stages: tuple[Stage, ...]
    imputed: Bools
    winsorised: Bools
    excluded: Mapping[str, str]
    treatment: tuple[TreatReport, ...]
    weights: Mapping[str, float]
    notes: tuple[str, ...]

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Position of each node on the last axis of scores and ranks."""
        return {node: index for index, node in enumerate(self.nodes)}

    def score(self, unit: str, node: str, year: int | None = None) -> float | None:
        """Score of a unit on a node, in the last year unless another is named; None where there is none."""
        value = float(self.scores[self._year(year), self.units.index(unit), self.columns[node]])
        return None if np.isnan(value) else value

    def rank(self, unit: str, node: str, year: int | None = None) -> int | None:
        """Rank of a unit on a node; None where there is none."""
        return int(self.ranks[self._year(year), self.units.index(unit), self.columns[node]]) or None

    def _year(self, year: int | None) -> int:
        return len(self.years) - 1 if year is None else self.years.index(year)


def check(definition: Definition) -> None:
    """Refuse a definition with a defect.

    Raises:
        MeasureError: with every defect.
    """
    problems = definition_problems(definition)
    if problems:
        raise MeasureError(f"the definition {definition.id} has {count_of_problems(len(problems))}.", problems)


def run_index(definition: Definition, data: Data) -> IndexResult:
    """Compute an index.

    Args:
        definition: Tree and steps.
        data: Values of every indicator and denominator that the definition names.

    Raises:
        MeasureError: if the definition has a defect, a column is missing, or a step is not defined for the values.
    """
    check(definition)
    run = _Run(definition, data)
    for step in definition.steps:
        run.apply(step)
    return run.result()


class _Run:
    """The state of one computation; each step replaces the table."""

    def __init__(self, definition: Definition, data: Data) -> None:
        self.definition = definition
        self.data = data
        self.values = select_indicators(definition, data)
        self.stages = [Stage("data", self.values)]
        self.imputed = np.zeros(self.values.shape, dtype=bool)
        self.winsorised = np.zeros(self.values.shape, dtype=bool)
        self.excluded: dict[str, str] = {}
        self.treatment: list[TreatReport] = []
        self.notes: list[str] = []
        self.final: tuple[dict[str, Floats], dict[str, float]] = ({}, {})

    def apply(self, step: Step) -> None:
        if isinstance(step, Aggregate):
            self.final = aggregate(self.definition, step, self.values)
            return
        before = self.values
        if isinstance(step, Denominate):
            self.values = denominate(self.definition, self.data, before)
        elif isinstance(step, Screen):
            self.values = self._screen(step)
        elif isinstance(step, Impute):
            self.values = impute(before, self.data.years, step, unit_groups(self.definition, self.data))
            self.values = self._keep_excluded_out(self.values)
            self.imputed |= np.isnan(before) & ~np.isnan(self.values)
        elif isinstance(step, Treat):
            self._treat(step)
        else:
            self.values = normalise(before, self.definition.indicators, step, self.data.units)
            self._note_lost(before)
        self.stages.append(Stage(type(step).__name__.lower(), self.values))

    def result(self) -> IndexResult:
        scores, weights = self.final
        nodes = tuple(leaf.id for leaf in self.definition.indicators) + self.definition.bottom_up()
        table = round_scores(np.stack([scores[node] for node in nodes], axis=-1))
        ranks = np.moveaxis(competition_ranks(np.moveaxis(table, -1, -2)), -1, -2)
        return IndexResult(
            definition=self.definition,
            units=self.data.units,
            years=self.data.years,
            nodes=nodes,
            scores=table,
            ranks=ranks,
            stages=tuple(self.stages),
            imputed=self.imputed,
            winsorised=self.winsorised,
            excluded=self.excluded,
            treatment=tuple(self.treatment),
            weights=weights,
            notes=tuple(self.notes),
        )

    def _screen(self, step: Screen) -> Floats:
        reasons = screen(self.definition, step, self.values[-1], self.data.units)
        self.excluded |= reasons
        if len(self.excluded) == len(self.data.units):
            raise MeasureError("screening leaves no unit. Lower `min_share`, or find more data.")
        return self._keep_excluded_out(self.values)

    def _keep_excluded_out(self, values: Floats) -> Floats:
        if not self.excluded:
            return values
        out = np.array([unit in self.excluded for unit in self.data.units])
        return np.asarray(np.where(out[None, :, None], np.nan, values))

    def _treat(self, step: Treat) -> None:
        before = self.values
        treated = treat(self.definition, step, before)
        self.values = columns_to_table(treated.values, before.shape)
        transformed = treated.transformed.reshape(len(self.data.years), -1)
        changed = (self.values != before) & ~np.isnan(before)
        self.winsorised |= changed & ~transformed[:, None, :]
        reports = _treat_reports(self.definition, self.data.years, step, treated)
        self.treatment.extend(reports)
        self.notes.extend(f"{report.indicator}: {report.note}" for report in reports if report.note)

    def _note_lost(self, before: Floats) -> None:
        lost = ~np.isnan(before).all(axis=1) & np.isnan(self.values).all(axis=1)
        for year, column in zip(*np.nonzero(lost), strict=True):
            leaf = self.definition.indicators[column]
            at = f" in {self.data.years[year]}" if self.data.years[year] else ""
            column_before = before[year, :, column]
            equal = np.nanmin(column_before) == np.nanmax(column_before)
            why = "all values are equal" if equal else "its method gives none of its values a score"
            self.notes.append(f"{leaf.id}: {why}{at}; it tells nobody apart and has no score.")


def select_indicators(definition: Definition, data: Data) -> Floats:
    """The columns of the indicators, in their order, shape (years, units, indicators).

    Raises:
        MeasureError: if a column that the definition names, or the groups of the units that it needs, are not there.
    """
    at = {name: index for index, name in enumerate(data.columns)}
    for leaf in definition.indicators:
        for name in (leaf.id, leaf.denominator):
            if name and name not in at:
                raise MeasureError(f"the data has no column {name!r}. {suggest(name, at)}".strip())
    alternatives = definition.robustness.impute if definition.robustness is not None else ()
    for step in (*definition.steps, *alternatives):
        by_group = isinstance(step, Impute) and step.method.startswith("group")
        if by_group and not (definition.unit_groups or any(data.unit_groups)):
            what = "imputation by group needs the group of each unit, and neither definition nor data have it."
            raise MeasureError(f"{what} Add `unit_groups` to the definition, or a column `group` to the data.")
    return data.values[:, :, [at[leaf.id] for leaf in definition.indicators]]


def unit_groups(definition: Definition, data: Data) -> tuple[str, ...]:
    """Group of each unit: of the definition, else of the data, else the unit alone."""
    given = dict(zip(data.units, data.unit_groups, strict=False)) | definition.unit_groups
    return tuple(given.get(unit) or f"only {unit}" for unit in data.units)


def denominate(definition: Definition, data: Data, values: Floats) -> Floats:
    """Divide by denominators and multiply by factors; no denominator, no value."""
    at = {name: index for index, name in enumerate(data.columns)}
    result = values.copy()
    for index, leaf in enumerate(definition.indicators):
        if leaf.factor != 1.0:
            result[..., index] = values[..., index] * leaf.factor
        if leaf.denominator:
            below = data.values[..., at[leaf.denominator]]
            below = np.where(below == 0, np.nan, below)
            result[..., index] = result[..., index] / below
    return result


def screen(definition: Definition, step: Screen, table: Floats, units: tuple[str, ...]) -> dict[str, str]:
    """Units to leave out, with the reason; judged on one table (units, indicators)."""
    present = ~np.isnan(table)
    reasons: dict[str, str] = {}
    leaves = [leaf.id for leaf in definition.indicators]
    parts = {"all indicators": (range(len(leaves)), step.min_share)}
    for group, share in step.by_group.items():
        below = leaves_below(definition, group)
        parts[group] = ([index for index, leaf in enumerate(leaves) if leaf in below], share)  # type: ignore[assignment]
    for row, unit in enumerate(units):
        for name, (columns, least) in parts.items():
            share = float(present[row, list(columns)].mean())
            if share < least:
                reasons.setdefault(unit, f"has {share:.0%} of {name}; {least:.0%} are needed")
        values = table[row][present[row]]
        if values.size and float((values == 0).mean()) > step.max_zero_share:
            reasons.setdefault(unit, f"more than {step.max_zero_share:.0%} of its values are zero")
        if unit in step.keep:
            reasons.pop(unit, None)
        if unit in step.drop:
            reasons[unit] = "left out by the definition"
    return reasons


def leaves_below(definition: Definition, group: str) -> set[str]:
    """Ids of all indicators below a group."""
    found: set[str] = set()
    for child in definition.children[group]:
        found |= leaves_below(definition, child) if child in definition.children else {child}
    return found


def treat(definition: Definition, step: Treat, values: Floats, followed_by: Sequence[Step] | None = None) -> Treated:
    """Treat every indicator of every leading axis.

    Args:
        definition: The tree.
        step: What to do.
        values: Shape (..., units, indicators).
        followed_by: The steps ``normalise`` that may follow; the definition's own if None.

    Raises:
        MeasureError: if an indicator would be transformed that is then compared with values in its own unit.
    """
    columns = np.moveaxis(values, -1, -2).reshape(-1, values.shape[-2])
    skip = np.array([leaf.id in step.skip for leaf in definition.indicators])
    treated = treat_columns(columns, step, np.tile(skip, len(columns) // len(skip)))
    _refuse_fixed_ends(definition, treated, definition.steps if followed_by is None else followed_by)
    return treated


def columns_to_table(columns: Floats, shape: tuple[int, ...]) -> Floats:
    """Back from (columns, units) to (..., units, indicators)."""
    return np.moveaxis(columns.reshape(*shape[:-2], shape[-1], shape[-2]), -1, -2)


def _refuse_fixed_ends(definition: Definition, treated: Treated, steps: Sequence[Step]) -> None:
    options = [step for step in steps if isinstance(step, Normalise)]
    for column in np.flatnonzero(treated.transformed) % len(definition.indicators):
        leaf = definition.indicators[column]
        methods = {option.by_indicator.get(leaf.id, option.method) for option in options}
        if methods & set(FIXED_ENDS) or (options and leaf.direction is Direction.REFERENCE):
            what = f"{leaf.id} would be transformed, and its goalposts, target or reference_value are in its own unit."
            raise MeasureError(f"{what} Add it to `skip` of the step `treat`, or normalise it in another way.")


def _treat_reports(definition: Definition, years: tuple[int, ...], step: Treat, treated: Treated) -> list[TreatReport]:
    reports = []
    for column in range(len(treated.points)):
        year, leaf = divmod(column, len(definition.indicators))
        note = "its values are not all positive, so no logarithm was taken" if treated.refused[column] else ""
        reports.append(
            TreatReport(
                indicator=definition.indicators[leaf].id,
                year=years[year],
                skewness=(float(treated.before[0, column]), float(treated.after[0, column])),
                kurtosis=(float(treated.before[1, column]), float(treated.after[1, column])),
                points=int(treated.points[column]),
                transformed=step.fallback if treated.transformed[column] else "",
                note=note,
                passes=bool(treated.passes[column]),
            )
        )
    return reports


__all__ = [
    "IndexResult",
    "Stage",
    "TreatReport",
    "check",
    "run_index",
]
