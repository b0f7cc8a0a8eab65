"""Facts and engine answers as rows of the API and of the downloads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from serantau.bundle import Bundle
from serantau.facts import Source, Sourced
from serantau.measure.assessment import AssessmentRow
from serantau.measure.figures import Figure
from serantau.measure.findings import Gap, Missing, Move
from serantau.measure.indicators import Observation, TableLicence
from serantau.measure.provenance import Explanation, explain_outcome
from serantau.measure.standing import Cell, OutcomeScore, Standing
from serantau.plan.model import statements_of
from serantau.web.api.model import (
    AssessmentOut,
    FigureRow,
    GapOut,
    MissingOut,
    MoveOut,
    Node,
    OutcomeSummaryRow,
    ScoreRow,
)
from serantau.web.measure.notes import notes
from serantau.web.site.question import Question

# --- the head of an answer -----------------------------------------------------------------------------------------------


def head(question: Question, *, sources: Iterable[str] = ()) -> dict[str, Any]:
    """What every answer carries."""
    bundle, asof = question.answers.bundle, question.asof
    return {
        "edition": question.answers.edition,
        "as_of": asof.valid,
        "known": None if asof.known == date.max else asof.known,
        "licence": bundle.region.profile.facts_licence,
        "sources": sources_of(bundle, sources),
        "notes": tuple(notes(question)),
    }


def figure_head(
    question: Question, observations: Iterable[Observation], *, sources: Iterable[str] = ()
) -> dict[str, Any]:
    """What an answer that rests on figures carries."""
    rows = tuple(observations)
    bundle = question.answers.bundle
    named = {row.source for row in rows} | set(sources)
    return {**head(question, sources=named), "licences": licences_of(bundle, rows)}


def sources_of(bundle: Bundle, names: Iterable[str]) -> tuple[Source, ...]:
    """The sources with these ids, in order; what is recalled has none."""
    return tuple(bundle.sources[name] for name in sorted(set(names)) if name in bundle.sources)


def licences_of(bundle: Bundle, rows: Iterable[Observation]) -> tuple[TableLicence, ...]:
    """Licence and attribution of the files that rows stand in, in the order of the bundle."""
    found = {table.file for row in rows if (table := bundle.measure.table_of(row)) is not None}
    return tuple(table for table in bundle.measure.tables if table.file in found)


def sources_in(records: Iterable[Sourced]) -> set[str]:
    """Ids of the sources that records and their parts name."""
    found: set[str] = set()
    for record in records:
        found.add(record.source)
        found.update(getattr(record, "more_sources", ()))
        found.update(part.source for part in statements_of(record))
        found.update(part.source for name in ("goalposts", "target") if (part := getattr(record, name, None)))
    return found


# --- figures -------------------------------------------------------------------------------------------------------------


def figure_row(bundle: Bundle, figure: Figure) -> FigureRow:
    """A figure with its sources, grade, licences and known-date."""
    rows = figure.observations
    tables = [table for row in rows if (table := bundle.measure.table_of(row)) is not None]
    newest = max((row.known for row in rows), key=lambda known: known.latest)
    return FigureRow(
        indicator=figure.indicator,
        member=figure.member,
        year=figure.year,
        value=float(figure.value),
        unit=bundle.measure.by_id[figure.indicator].unit,
        flags=figure.flags,
        grade=figure.grade,
        known=str(newest),
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        licences=tuple(dict.fromkeys(table.licence for table in tables)),
        derived=len(rows) > 1,
        note=" ".join(dict.fromkeys(row.note for row in rows if row.note)),
    )


def observation_row(bundle: Bundle, row: Observation) -> FigureRow:
    """A row of a file as it stands there."""
    flags = tuple(row.flags.split())
    return figure_row(bundle, Figure(row.indicator, row.member, row.year, row.value, flags, row.grade, (row,)))


def all_figures(question: Question) -> tuple[Figure, ...]:
    """Every figure known and valid at the time of the question, derived ones too; by indicator, member and year."""
    answers = question.answers
    figures = answers.figures(question.asof)
    indicators = sorted(answers.bundle.measure.by_id)
    members = sorted(member.id for member in answers.bundle.region.members)
    return tuple(
        figure
        for indicator in indicators
        for member in members
        for figure in figures.series(indicator, member).values()
    )


def cells_of(standing: Standing, outcomes: Iterable[str], members: Iterable[str]) -> tuple[Cell, ...]:
    """The cells of some outcomes and members, with a figure or without."""
    chosen = set(members)
    wanted = [summary for summary in standing.outcomes if summary.outcome in set(outcomes)]
    names = {name for summary in wanted for name in (*summary.indicators, *summary.figures)}
    return tuple(cell for (member, name), cell in standing.cells.items() if member in chosen and name in names)


def observations_in(figures: Iterable[Figure | None]) -> tuple[Observation, ...]:
    """The published figures behind some figures."""
    return tuple(row for figure in figures if figure is not None for row in figure.observations)


# --- standing ------------------------------------------------------------------------------------------------------------


def summary_rows(question: Question, standing: Standing) -> tuple[OutcomeSummaryRow, ...]:
    """The outcomes of a plan: which have a score, and why the others have none."""
    plans = question.answers.bundle.plans
    return tuple(
        OutcomeSummaryRow(
            outcome=one.outcome,
            code=plans.outcome(one.outcome).code,
            title=plans.outcome(one.outcome).title,
            scored=one.scored,
            why=one.why,
            indicators=one.indicators,
            figures=one.figures,
            slots=one.slots,
        )
        for one in standing.outcomes
    )


def move_row(move: Move) -> MoveOut:
    """A sure change of a score as a row."""
    score, spread = move.score, move.spread
    return MoveOut(
        member=score.member,
        outcome=score.outcome,
        change=score.change or 0.0,
        low=spread.low,
        high=spread.high,
        share=max(spread.up, spread.down),
        over=score.change_over,
        of=score.of,
    )


def gap_row(bundle: Bundle, gap: Gap) -> GapOut:
    """A comparison of the gap between members as a row."""
    return GapOut(
        indicator=gap.indicator,
        name=bundle.measure.by_id[gap.indicator].name,
        first_year=gap.years[0],
        last_year=gap.years[1],
        members=gap.members,
        logarithm=gap.log,
        sd_first=gap.first,
        sd_last=gap.last,
        relative=gap.relative,
        p=gap.p,
        sure=gap.sure,
    )


def missing_row(missing: Missing) -> MissingOut:
    """What is missing, as a row."""
    return MissingOut(
        unscored=missing.unscored,
        wanted=missing.cells,
        absent=missing.empty,
        old=missing.old,
        by_member=dict(missing.by_member),
        by_indicator=dict(missing.by_indicator),
    )


def score_row(score: OutcomeScore) -> ScoreRow:
    """A score as a row."""
    return ScoreRow(**{name: _plain(getattr(score, name)) for name in ScoreRow.__struct_fields__})


def _plain(value: Any) -> Any:  # noqa: ANN401 - numbers of the engine, of whatever library
    return value.item() if hasattr(value, "item") else dict(value) if hasattr(value, "items") else value


def assessment_row(bundle: Bundle, row: AssessmentRow) -> AssessmentOut:
    """One indicator and member under a plan."""
    indicator = bundle.measure.by_id[row.indicator]
    posts = indicator.goalposts
    return AssessmentOut(
        outcome=indicator.outcome,
        code=bundle.plans.outcome(indicator.outcome).code,
        indicator=row.indicator,
        name=indicator.name,
        unit=indicator.unit,
        member=row.member,
        before=figure_row(bundle, row.before) if row.before else None,
        latest=figure_row(bundle, row.latest) if row.latest else None,
        change=row.change,
        better=row.better,
        gap=row.gap,
        goalpost=posts.high if posts else None,
        goalpost_basis=posts.basis if posts else None,
        missing=row.missing,
    )


# --- provenance ----------------------------------------------------------------------------------------------------------


def score_tree(bundle: Bundle, standing: Standing, member: str, outcome: str) -> Node | None:
    """A score unfolded; None where the outcome has none."""
    if not standing.outcome(outcome).scored:
        return None
    tree = explain_outcome(standing, member, outcome)
    return None if tree is None else _node(bundle, standing, member, tree, top=True)


def shown_nodes(bundle: Bundle, standing: Standing, member: str, outcome: str) -> tuple[Node, ...]:
    """The indicators of an outcome that are no part of its score: all of them where it has none."""
    summary = standing.outcome(outcome)
    names = summary.figures if summary.scored else (*summary.indicators, *summary.figures)
    return tuple(_shown(bundle, standing.cells[member, name]) for name in names)


def _node(bundle: Bundle, standing: Standing, member: str, part: Explanation, *, top: bool = False) -> Node:
    leaf = part.node in bundle.measure.by_id
    cell = standing.cells[member, part.node] if leaf else None
    return Node(
        node=part.node,
        name=part.name,
        kind="indicator" if leaf else "outcome" if top else "group",
        score=_plain(part.score),
        rank=part.rank,
        weight=_plain(part.weight),
        contribution=_plain(part.contribution),
        method=part.method,
        values=dict(part.values),
        marks=part.marks,
        missing=part.missing,
        **_evidence(bundle, cell),
        parts=tuple(_node(bundle, standing, member, child) for child in part.children),
    )


def _shown(bundle: Bundle, cell: Cell) -> Node:
    return Node(
        node=cell.indicator,
        name=bundle.measure.by_id[cell.indicator].name,
        kind="indicator",
        score=None,
        rank=None,
        weight=None,
        contribution=None,
        method="not scored",
        values={},
        marks=cell.marks,
        missing="" if cell.figure else "no figure",
        **_evidence(bundle, cell),
        parts=(),
    )


def _evidence(bundle: Bundle, cell: Cell | None) -> dict[str, Any]:
    """What an indicator rests on; nothing for a group."""
    indicator = bundle.measure.by_id[cell.indicator] if cell else None
    posts = indicator.goalposts if indicator else None
    figure = cell.figure if cell else None
    return {
        "figure": figure_row(bundle, figure) if figure else None,
        "percent_of_base_year": cell.base if cell else None,
        "goalpost_low": posts.low if posts else None,
        "goalpost_high": posts.high if posts else None,
        "goalpost_basis": posts.basis if posts else None,
        "goalpost_why": posts.why if posts else None,
        "direction": indicator.direction if indicator else None,
        "observations": tuple(observation_row(bundle, row) for row in (figure.observations if figure else ())),
    }


# --- bytes ---------------------------------------------------------------------------------------------------------------


def _hook(value: Any) -> Any:  # noqa: ANN401
    return value.item() if hasattr(value, "item") else str(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_hook, decimal_format="number")


def encode(value: object) -> bytes:
    """JSON; partial dates are text, what is not a number is null."""
    return _ENCODER.encode(value)
