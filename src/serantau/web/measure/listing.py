"""The list of indicators, and the page of data: sources, licences, and what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from serantau.facts import Source, is_known
from serantau.facts.model import RECALLED
from serantau.measure.indicators import Indicator, Role, TableLicence
from serantau.measure.marks import OLD
from serantau.measure.standing import Cell
from serantau.region.model import Member
from serantau.web.measure.downloads import citation, table_name
from serantau.web.measure.overview import outcome_views
from serantau.web.measure.parts import SourceView, role_words, source_view
from serantau.web.site.question import Question

ORDER = (Role.SCORE, Role.FIGURE, Role.INPUT, Role.SLOT)


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator in the list."""

    indicator: Indicator
    role: str
    have: int
    first: int | None
    last: int | None
    source: SourceView


@dataclass(frozen=True)
class IndicatorGroup:
    """The indicators of one outcome."""

    id: str
    code: str
    title: str
    rows: tuple[IndicatorLine, ...]
    linked: bool


@dataclass(frozen=True)
class MissingRow:
    """A scored indicator, and the members without a figure of it that the question may use."""

    indicator: Indicator
    code: str
    members: tuple[Member, ...]
    have: int


@dataclass(frozen=True)
class CoverageRow:
    """A scored indicator with the cell of each member, and whether its figure is old."""

    indicator: Indicator
    cells: tuple[tuple[Cell, bool], ...]


@dataclass(frozen=True)
class SourceRow:
    """A source and how much rests on it."""

    source: Source
    rows: int


@dataclass(frozen=True)
class TableRow:
    """A file of observations: its licence, its size, its name for the download."""

    table: TableLicence
    name: str
    rows: int
    citation: str


def indicators_context(question: Question) -> dict[str, object]:
    """What the list shows."""
    answers = question.answers
    figures, members = answers.figures(question.asof), answers.members(question.asof)
    lines: dict[str, list[IndicatorLine]] = {}
    for role in ORDER:
        for one in answers.bundle.measure.indicators:
            if one.role is role:
                years = [year for member in members for year in figures.series(one.id, member.id)]
                have = sum(bool(figures.series(one.id, member.id)) for member in members)
                source = source_view(answers.bundle, one.source)
                line = IndicatorLine(
                    one, role_words(role), have, min(years, default=None), max(years, default=None), source
                )
                lines.setdefault(one.outcome, []).append(line)
    views = outcome_views(question, answers.standing(question.plan, question.asof))
    groups = [
        IndicatorGroup(
            view.outcome.id, view.outcome.code, view.outcome.title, tuple(lines.pop(view.outcome.id, ())), linked=True
        )
        for view in views
    ]
    if "context" in lines:
        groups.append(
            IndicatorGroup("context", "", _("Context: no outcome of a plan"), tuple(lines["context"]), linked=False)
        )
    return {
        "groups": groups,
        "members": members,
        "total": sum(len(group.rows) for group in groups),
        "scored_total": sum(row.indicator.role is Role.SCORE for group in groups for row in group.rows),
    }


def data_context(question: Question) -> dict[str, object]:
    """What the page of data shows."""
    answers, bundle = question.answers, question.answers.bundle
    everything, newest = bundle.measure.observations, question.asof.known == date.max
    observations = everything if newest else [row for row in everything if is_known(row, question.asof)]
    used, in_file = Counter(row.source for row in observations), Counter(bundle.measure.files)
    standing, members = answers.standing(question.plan, question.asof), answers.members(question.asof)
    views = {view.outcome.id: view for view in outcome_views(question, standing)}
    missing = (
        [] if standing is None else _missing(question, members, {name: v.outcome.code for name, v in views.items()})
    )
    return {
        "tables": [
            TableRow(table, table_name(table), in_file[table.file], citation(question, table))
            for table in bundle.measure.tables
        ],
        "sources": sorted(
            (SourceRow(source, used[source.id]) for source in bundle.sources.values()),
            key=lambda row: (not row.rows, row.source.title.casefold()),
        ),
        "recalled": used[RECALLED],
        "observation_count": len(observations),
        "standing": standing,
        "members": members,
        "outcomes": list(views.values()),
        "coverage": [(member, [standing.scores[member.id, name] for name in views]) for member in members]
        if standing
        else [],
        "missing": missing,
        "bulk": [("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"), ("xlsx", "XLSX")],
        "matrix": _matrix(question, members, list(views)),
        "slots": [
            (i, views[i.outcome].outcome.code)
            for i in bundle.measure.indicators
            if i.role is Role.SLOT and i.outcome in views
        ],
    }


def _matrix(question: Question, members: tuple[Member, ...], outcomes: list[str]) -> list[CoverageRow]:
    """For every scored indicator the year of each member's figure, or that there is none."""
    standing = question.answers.standing(question.plan, question.asof)
    if standing is None:
        return []
    rows = []
    for outcome in outcomes:
        for one in question.answers.bundle.measure.indicators:
            if one.role is Role.SCORE and one.outcome == outcome:
                cells = tuple(standing.cells[member.id, one.id] for member in members)
                rows.append(CoverageRow(one, tuple((cell, OLD in cell.marks) for cell in cells)))
    return rows


def _missing(question: Question, members: tuple[Member, ...], codes: dict[str, str]) -> list[MissingRow]:
    standing = question.answers.standing(question.plan, question.asof)
    assert standing is not None
    rows = []
    for one in question.answers.bundle.measure.indicators:
        if one.role is Role.SCORE and one.outcome in codes:
            absent = tuple(member for member in members if standing.cells[member.id, one.id].figure is None)
            if absent:
                rows.append(MissingRow(one, codes[one.outcome], absent, len(members) - len(absent)))
    return rows
