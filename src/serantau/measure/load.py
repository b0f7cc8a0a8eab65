"""Reads a region's indicators, observations and index definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import msgspec

from serantau.base import suggest
from serantau.facts import OWN, FactFolder, Grade, Records
from serantau.facts.accepted import split_place
from serantau.facts.model import RECALLED, Identifier, Text
from serantau.measure.definition import (
    Definition,
    FixedGoalposts,
    GroupSpec,
    IndicatorSpec,
    Robustness,
    StatusRule,
    Step,
    Weight,
)
from serantau.measure.indicators import FLAGS, Direction, Indicator, Observation, Role, TableLicence
from serantau.measure.validate import definition_problems

OWN_FLAG = "own"
"""The flag of a user's own rows."""


class PlanIndex(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the outcomes of one plan are scored; the indicators themselves are facts of their own.

    Attributes:
        id: Permanent identifier.
        plan: Id of the plan.
        title: What it measures.
        note: Whose choice the tree, the weights and the thresholds are.
        window_years: A figure this much older than the question is not used at all.
        old_after_years: A figure older than this is used and marked ``old``.
        min_digital: An outcome with fewer digital indicators gets figures but no score.
        outcomes: Outcome ids in order; each is also a group, child of the root.
        groups: The tree above the indicators.
        steps: What is done, in this order.
        weight_sets: Named alternatives.
        robustness: Choices that vary.
        status: Thresholds of statuses.
    """

    id: Identifier
    plan: Identifier
    title: Text
    note: Text
    window_years: Annotated[int, msgspec.Meta(ge=1, le=50)]
    old_after_years: Annotated[int, msgspec.Meta(ge=1, le=50)]
    min_digital: Annotated[int, msgspec.Meta(ge=1)]
    outcomes: tuple[Identifier, ...]
    groups: tuple[GroupSpec, ...]
    steps: tuple[Step, ...]
    weight_sets: dict[str, dict[str, Weight]] = {}
    robustness: Robustness | None = None
    status: StatusRule = StatusRule()


@dataclass(frozen=True)
class MeasureFacts:
    """Everything the room knows of a region.

    Attributes:
        indicators: The indicators; slots that a user's own rows fill are opened.
        observations: All rows; a user's own carry the flag ``own``.
        tables: Licence of each file of observations.
        indexes: How plans are scored.
        files: For each observation, the file that it stands in.
        published: The indicators as the region publishes them, no slot opened; empty if they do not differ.
    """

    indicators: tuple[Indicator, ...]
    observations: tuple[Observation, ...]
    tables: tuple[TableLicence, ...]
    indexes: tuple[PlanIndex, ...]
    files: tuple[str, ...] = ()
    published: tuple[Indicator, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Indicator]:
        """Indicators by id."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def _tables_of(self) -> dict[tuple[str, str, int, str], TableLicence]:
        by_file = {table.file: table for table in self.tables}
        rows = zip(self.observations, self.files, strict=False)
        return {_key(row): by_file[file] for row, file in rows if file in by_file}

    def table_of(self, row: Observation) -> TableLicence | None:
        """Licence of the file that a row stands in; None for a user's own rows."""
        return self._tables_of.get(_key(row))

    def rows_of(self, file: str) -> tuple[Observation, ...]:
        """The rows of one file, in its order."""
        return tuple(row for row, where in zip(self.observations, self.files, strict=False) if where == file)

    def index_of(self, plan: str) -> PlanIndex | None:
        """The index of a plan, or None where the plan has none."""
        return next((index for index in self.indexes if index.plan == plan), None)

    def definition(self, index: PlanIndex) -> Definition:
        """The index as a definition that the engine runs."""
        return build_definition(index, self.indicators)


def _key(row: Observation) -> tuple[str, str, int, str]:
    return (row.indicator, row.member, row.year, row.known.text)


def without_own(facts: MeasureFacts) -> MeasureFacts:
    """The facts as the region publishes them: no row of a user's own, and the slots that such rows fill closed again.

    What the public is shown goes through here: rows that a person may not pass on never leave their machine.
    """
    files = facts.files or ("",) * len(facts.observations)
    kept = [
        (row, file) for row, file in zip(facts.observations, files, strict=True) if OWN_FLAG not in row.flags.split()
    ]
    if len(kept) == len(facts.observations):
        return facts
    return MeasureFacts(
        indicators=facts.published or facts.indicators,
        observations=tuple(row for row, _ in kept),
        tables=facts.tables,
        indexes=facts.indexes,
        files=tuple(file for _, file in kept) if facts.files else (),
    )


def load_measure(folder: FactFolder) -> MeasureFacts | None:
    """Load ``indicators/``; problems are added to the folder, which then refuses to finish."""
    indicators = folder.records("indicators/indicators.yaml", "indicators", Indicator)
    tables = _placed(folder.records("indicators/tables.yaml", "tables", TableLicence))
    indexes = folder.records("indicators/index.yaml", "indexes", PlanIndex)
    observations: Records[Observation] = Records((), ())
    names = folder.names("indicators/observations", ".csv")
    for name in (*names, *folder.names(OWN, ".csv")):
        observations += folder.table(name, Observation)
    _check_indicators(folder, indicators)
    _check_tables(folder, tables, names)
    _check_observations(folder, observations, indicators)
    _check_indexes(folder, MeasureFacts(indicators.rows, observations.rows, tables.rows, indexes.rows))
    opened, rows = _with_own_rows(indicators, observations)
    files = tuple(where.rpartition(":")[0] for _, where in observations)
    return MeasureFacts(opened, rows, tables.rows, indexes.rows, files, indicators.rows)


def _placed(tables: Records[TableLicence]) -> Records[TableLicence]:
    """The licences with the full path of each file: in an accepted submission it is written as if that stood alone."""
    rows = []
    for table, where in tables:
        folder, _ = split_place(where.rpartition(":")[0])
        rows.append(msgspec.structs.replace(table, file=f"{folder}/{table.file}") if folder else table)
    return Records(tuple(rows), tables.lines)


def _is_own(where: str) -> bool:
    return where.startswith(f"{OWN}/")


def _with_own_rows(
    indicators: Records[Indicator], observations: Records[Observation]
) -> tuple[tuple[Indicator, ...], tuple[Observation, ...]]:
    """Mark the user's own rows, and open the slots that they fill."""
    filled = {row.indicator for row, where in observations if _is_own(where)}
    rows = tuple(
        msgspec.structs.replace(row, flags=f"{row.flags} {OWN_FLAG}".strip()) if _is_own(where) else row
        for row, where in observations
    )
    return tuple(_opened(one) if one.id in filled else one for one in indicators.rows), rows


def _opened(indicator: Indicator) -> Indicator:
    if indicator.role is not Role.SLOT:
        return indicator
    whole = indicator.goalposts is not None and indicator.group and indicator.digital
    return msgspec.structs.replace(indicator, role=Role.SCORE if whole else Role.FIGURE)


def build_definition(index: PlanIndex, indicators: tuple[Indicator, ...]) -> Definition:
    """Join an index with the scored indicators of its groups."""
    groups = {group.id for group in index.groups}
    leaves = tuple(_spec(i) for i in indicators if i.role is Role.SCORE and i.group in groups)
    filled = _groups_with_leaves(index.groups, {leaf.group for leaf in leaves})
    return Definition(
        id=index.id,
        title=index.title,
        indicators=leaves,
        groups=filled,
        steps=index.steps,
        weight_sets=index.weight_sets,
        robustness=index.robustness,
        status=index.status,
    )


def _groups_with_leaves(groups: tuple[GroupSpec, ...], used: set[str]) -> tuple[GroupSpec, ...]:
    parents = {group.id: group.parent for group in groups}
    reached: set[str] = set()
    for leaf_group in used:
        node = leaf_group
        while node and node not in reached:
            reached.add(node)
            node = parents.get(node, "")
    return tuple(group for group in groups if group.id in reached)


def _spec(indicator: Indicator) -> IndicatorSpec:
    goalposts = indicator.goalposts
    return IndicatorSpec(
        id=indicator.id,
        group=indicator.group,
        direction=indicator.direction,
        weight=indicator.weight,
        goalposts=FixedGoalposts(low=goalposts.low, high=goalposts.high, scale=goalposts.scale.value)
        if goalposts
        else None,
        reference_value=indicator.reference,
        name=indicator.name,
        unit=indicator.unit,
    )


def _check_indicators(folder: FactFolder, indicators: Records[Indicator]) -> None:
    seen: dict[str, str] = {}
    for indicator, where in indicators:
        if indicator.id in seen:
            folder.report(where, f"the indicator {indicator.id!r} stands twice (first at {seen[indicator.id]}).", "")
        seen[indicator.id] = where
    for indicator, where in indicators:
        if indicator.role is Role.SCORE and not (indicator.goalposts and indicator.group and indicator.digital):
            what = f"{indicator.id} is scored but is not digital, or has no group or no goalposts."
            folder.report(where, what, "Give it what is missing, or make its role `figure`.")
        if indicator.direction is Direction.REFERENCE and indicator.reference is None:
            folder.report(where, f"{indicator.id} is compared with a reference but states none.", "Add `reference`.")
        if indicator.role is Role.SLOT and not indicator.official:
            folder.report(where, f"the slot {indicator.id} names no official source.", "Add `official`.")
        if indicator.ratio is not None and "indicators/indicators.yaml" not in folder.incomplete:
            for part in (indicator.ratio.numerator, indicator.ratio.denominator):
                if part not in seen:
                    folder.report(where, f"{indicator.id} derives from {part!r}, unknown.", suggest(part, seen))
        if indicator.goalposts is not None:
            _check_goalposts(folder, indicator, where)
        if indicator.target is not None:
            _check_origin(folder, f"target of {indicator.id}", indicator.target.source, indicator.target.grade, where)


def _check_goalposts(folder: FactFolder, indicator: Indicator, where: str) -> None:
    posts = indicator.goalposts
    assert posts is not None
    _check_origin(folder, f"goalposts of {indicator.id}", posts.source, posts.grade, where)
    if not (math.isfinite(posts.low) and math.isfinite(posts.high)):
        folder.report(where, f"a goalpost of {indicator.id} is not a finite number.", "Write a number.")
    elif posts.low == posts.high:
        folder.report(where, f"both goalposts of {indicator.id} are {posts.low}.", "They must differ.")
    elif (posts.low < posts.high) != (indicator.direction is Direction.HIGHER):
        what = f"the goalposts of {indicator.id} ({posts.low} to {posts.high}) run against its direction"
        fix = "`low` scores 0 and `high` scores 100: with direction lower or reference, `low` is the larger number."
        folder.report(where, f"{what} ({indicator.direction.value}).", fix)
    if posts.scale.value == "log" and min(posts.low, posts.high) <= 0:
        folder.report(where, f"a goalpost of {indicator.id} on a log scale is not positive.", "Use a linear scale.")


def _check_origin(folder: FactFolder, what: str, source: str, grade: Grade, where: str) -> None:
    """The rules of a fact's source, for a goalpost or a target inside an indicator."""
    if source == RECALLED:
        if grade is not Grade.MEMORY:
            folder.report(where, f"{what}: source `recalled` with grade {grade.value}.", "Its grade is memory.")
    elif source not in folder.sources and "sources.yaml" not in folder.incomplete:
        fix = suggest(source, folder.sources) or "Add it to sources.yaml."
        folder.report(where, f"{what}: the source {source!r} is not in sources.yaml.", fix)


def _check_tables(folder: FactFolder, tables: Records[TableLicence], names: list[str]) -> None:
    listed = {table.file for table in tables.rows}
    for name in names:
        if name not in listed:
            folder.report(f"{name}:1", "has no licence in indicators/tables.yaml.", "State its licence there.")
    for table, where in tables:
        if table.file not in names:
            folder.report(where, f"{table.file} does not exist.", "Remove the entry or add the file.")


def _check_observations(folder: FactFolder, observations: Records[Observation], indicators: Records[Indicator]) -> None:
    known = {indicator.id: indicator for indicator in indicators.rows}
    all_read = "indicators/indicators.yaml" not in folder.incomplete
    first: dict[tuple[str, str, int, str], str] = {}
    for row, where in observations:
        indicator = known.get(row.indicator)
        if indicator is None and all_read:
            fix = suggest(row.indicator, known)
            folder.report(where, f"the indicator {row.indicator!r} is not in indicators.yaml.", fix)
        slot = indicator is not None and indicator.role is Role.SLOT and not _is_own(where)
        if indicator is not None and (slot or indicator.ratio is not None):
            why = "is a slot" if slot else "is derived"
            folder.report(
                where, f"{row.indicator} {why} and takes no rows.", "Remove the row, or change the indicator."
            )
        key = (row.indicator, row.member, row.year, row.known.text)
        if row.withdrawn is not None and row.withdrawn.earliest <= row.known.latest:
            key = (*key[:3], f"never known, {where}")  # withdrawn on the day it came: it stands in nobody's way
        if key in first:
            what = f"{row.indicator} of {row.member} in {row.year} stands twice (first at {first[key]})."
            folder.report(where, what, "Keep one; a revision carries a later known-date.")
        first.setdefault(key, where)
        if not math.isfinite(row.value):
            folder.report(where, "the value is not a finite number.", "Leave the row out if there is no value.")
        if row.known.known and row.year > row.known.latest.year:
            folder.report(where, f"the year {row.year} lies after the known-date {row.known}.", "Correct one of them.")
        bound = row.source in folder.sources and not folder.sources[row.source].redistributable
        if bound and not _is_own(where):
            what = f"{row.source} may not be redistributed."
            folder.report(where, what, "Keep such rows in a data folder of your own.")
        for flag in row.flags.split():
            if flag not in FLAGS:
                folder.report(where, f"the flag {flag!r} is unknown.", suggest(flag, FLAGS))


def _check_indexes(folder: FactFolder, facts: MeasureFacts) -> None:
    complete = not {"indicators/indicators.yaml", "indicators/index.yaml"} & folder.incomplete
    plans: dict[str, str] = {}
    groups: set[str] = set()
    for index in facts.indexes:
        where = folder.place(index)
        if index.plan in plans:
            folder.report(
                where, f"the plan {index.plan!r} has a second index (first at {plans[index.plan]}).", "Keep one."
            )
        plans.setdefault(index.plan, where)
        own = {group.id for group in index.groups}
        groups |= own
        for outcome in index.outcomes:
            if outcome not in own:
                what = f"index {index.id}: the outcome {outcome!r} is no group."
                folder.report(where, what, "Add a group with that id below the root.")
        if complete:
            for problem in definition_problems(facts.definition(index)):
                if problem.where not in facts.by_id:  # else it was reported where the indicator stands
                    folder.report(where, f"index {index.id}: {problem.what}", problem.fix)
    for indicator in facts.indicators:
        if complete and indicator.group and indicator.group not in groups:
            what = f"{indicator.id} is in the group {indicator.group!r}, which no index has."
            folder.report(folder.place(indicator), what, suggest(indicator.group, groups))
