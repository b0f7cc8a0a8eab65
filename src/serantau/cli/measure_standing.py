"""``serantau measure score`` and ``measure assess``: a score unfolded, and the closing assessment of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from serantau.cli.groups import stop
from serantau.cli.options import common_options, format_option
from serantau.cli.output import NOTHING, Column, Row, emit, signed
from serantau.cli.question import Question, ask, source_of
from serantau.cli.status import mark_letters
from serantau.measure.marks import LETTERS

if TYPE_CHECKING:
    from serantau.measure.assessment import AssessmentRow
    from serantau.measure.figures import Figure
    from serantau.measure.indicators import Indicator
    from serantau.measure.provenance import Explanation
    from serantau.measure.standing import Standing

PLAN = click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")
MEMBER = click.option("--member", help="One member only, by its ISO 3166-1 code.")
OUTCOME = click.option("--outcome", help="One outcome only, by its id or code.")
INDICATOR = click.option("--indicator", help="One indicator only, by its id.")


@click.command()
@PLAN
@MEMBER
@OUTCOME
@INDICATOR
@common_options
@format_option
def score(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    member: str | None,
    outcome: str | None,
    indicator: str | None,
    format: str,
) -> None:
    """Unfold scores to figures, weights, marks and sources."""
    question = ask(region, as_of, known, plan)
    members = [question.member(member).id] if member else question.codes
    one = question.indicator(indicator) if indicator else None
    outcomes = _outcomes_asked(question, outcome, one)
    standing = question.standing(0)
    rows = [
        row
        for name in outcomes
        for code in members
        for row in _unfold(question, standing, code, name)
        if one is None or row["node"] == one.id
    ]
    if not rows:
        why = [text for name in outcomes for text in _why_unscored(standing, name)]
        stop(" ".join(why) or "Nothing here is scored.")
    notes = [*question.notes(), *(text for name in outcomes for text in _why_unscored(standing, name))]
    if format != "table":
        emit(rows, format, notes=notes, edition=question.edition)
        return
    title = question.bundle.region.member(members[0]).name if member else "All members"
    columns = [column for column in _SCORE if not member or column[0] != "member"]
    shown = [_shown(row) for row in rows]
    notes += _source_notes(rows)
    emit(shown, format, columns, f"{title}: each score and what it is made of", notes, question.edition)


def _outcomes_asked(question: Question, outcome: str | None, indicator: Indicator | None) -> list[str]:
    if outcome:
        chosen = question.outcome(outcome).id
        if indicator and indicator.outcome != chosen:
            stop(f"{indicator.id} does not belong to {chosen} but to {indicator.outcome}.")
        return [chosen]
    if indicator is None:
        return list(question.index.outcomes)
    if indicator.outcome not in question.index.outcomes:
        stop(f"{indicator.id} belongs to {indicator.outcome}, which is no outcome of {question.plan.id}.")
    return [indicator.outcome]


def _why_unscored(standing: Standing, outcome: str) -> list[str]:
    summary = standing.outcome(outcome)
    return [] if summary.scored else [f"{outcome} has no score: {summary.why}."]


def _unfold(question: Question, standing: Standing, member: str, outcome: str) -> Iterator[Row]:
    """The tree below an outcome, top down; the figures of an outcome without a score as well."""
    from serantau.measure.provenance import explain_outcome

    tree = explain_outcome(standing, member, outcome) if standing.outcome(outcome).scored else None
    if tree is not None:
        yield from _tree_rows(question, standing, member, outcome, tree, 0)
    named = standing.outcome(outcome)
    rest = named.figures if tree is not None else (*named.indicators, *named.figures)
    for name in rest:
        yield _figure_row(question, standing, member, outcome, name)


def _tree_rows(
    question: Question, standing: Standing, member: str, outcome: str, part: Explanation, depth: int
) -> Iterator[Row]:
    leaf = part.node in question.bundle.measure.by_id
    row = _head(member, outcome, part.node, part.name, depth)
    row |= {
        "kind": "indicator" if leaf else ("group" if depth else "outcome"),
        "score": part.score,
        "rank": part.rank,
        "weight": part.weight,
        "contribution": part.contribution,
        "method": part.method,
        "marks": list(part.marks),
        "missing": part.missing or None,
    }
    yield row | (_evidence(question, part.node, part.figure, standing.cells[member, part.node].base) if leaf else {})
    for child in part.children:
        yield from _tree_rows(question, standing, member, outcome, child, depth + 1)


def _figure_row(question: Question, standing: Standing, member: str, outcome: str, name: str) -> Row:
    cell = standing.cells[member, name]
    row = _head(member, outcome, name, question.bundle.measure.by_id[name].name, 1)
    row |= {
        "kind": "figure",
        "score": None,
        "rank": None,
        "weight": None,
        "contribution": None,
        "method": "not scored",
        "marks": list(cell.marks),
        "missing": None if cell.figure else "no figure",
    }
    return row | _evidence(question, name, cell.figure, cell.base)


def _head(member: str, outcome: str, node: str, name: str, depth: int) -> dict[str, Any]:
    return {"member": member, "outcome": outcome, "node": node, "name": name, "depth": depth}


def _evidence(question: Question, name: str, figure: Figure | None, base: float | None) -> dict[str, object]:
    """What an indicator rests on: figure, goalposts, observations, sources."""
    indicator = question.bundle.measure.by_id[name]
    posts = indicator.goalposts
    return {
        "value": figure.value if figure else None,
        "unit": indicator.unit,
        "relative": indicator.relative,
        "year": figure.year if figure else None,
        "grade": figure.grade.value if figure else None,
        "percent_of_base_year": base,
        "goalpost_low": posts.low if posts else None,
        "goalpost_high": posts.high if posts else None,
        "goalpost_basis": posts.basis.value if posts else None,
        "goalpost_why": posts.why if posts else None,
        "observations": [
            {
                "indicator": one.indicator,
                "year": one.year,
                "value": one.value,
                "flags": one.flags.split(),
                "grade": one.grade.value,
                "known": str(one.known),
                "source": source_of(question.bundle, one.source),
            }
            for one in (figure.observations if figure else ())
        ],
    }


_SCORE: list[Column] = [
    ("member", "Member"),
    ("name", "Outcome, group, indicator"),
    ("score", "Score", lambda value: f"{value:.1f}"),
    ("weight", "Weight", lambda value: f"{value:.2f}"),
    ("contribution", "Points", lambda value: f"{value:.1f}"),
    ("figure", "Figure"),
    ("marks", "Marks"),
    ("sources", "Source"),
]


def _shown(row: Row) -> Row:
    """A row with what only the table has: indented name, figure with unit and year, ids of the sources."""
    value, unit, year = row.get("value"), row.get("unit"), row.get("year")
    figure = f"{value:,.6g} {unit} ({year})" if isinstance(value, float) else row["missing"]
    depth = row["depth"]
    assert isinstance(depth, int)
    name = f"{'. ' * depth}{row['name']}"
    marks = [*row["marks"], *(["relative rating"] if row.get("relative") else [])]  # type: ignore[misc]
    return {
        **row,
        "name": name,
        "marks": marks,
        "figure": figure,
        "sources": [str(one["id"]) for one in _sources([row])],
    }


def _sources(rows: Sequence[Row]) -> list[dict[str, object]]:
    found: dict[object, dict[str, object]] = {}
    for row in rows:
        for one in row.get("observations", ()):  # type: ignore[attr-defined]
            found.setdefault(one["source"]["id"], one["source"])
    return list(found.values())


def _source_notes(rows: Sequence[Row]) -> list[str]:
    return [
        f"{one['id']}: {one['title']}. {one['organisation'] or 'no document'}. "
        f"{one['address'] or 'no address'}. Licence: {one['licence'] or NOTHING}."
        for one in _sources(rows)
    ]


# --- closing assessment --------------------------------------------------------------------------------------------------


@click.command()
@PLAN
@OUTCOME
@MEMBER
@INDICATOR
@click.option("--details", is_flag=True, help="In the table, one row for each member, also when nothing is chosen.")
@common_options
@format_option
def assess(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    outcome: str | None,
    member: str | None,
    indicator: str | None,
    details: bool,
    format: str,
) -> None:
    """Assess a plan at its close: before, within, change, gap.

    For each indicator and member the last figure before the plan, the latest within it, the change, the gap to the
    goalpost, and what is missing.

    JSON and CSV have one row for each indicator and member. The table sums them up by indicator, unless an
    indicator or a member is named.
    """
    from serantau.measure.assessment import assess as assess_all
    from serantau.measure.indicators import Role

    question = ask(region, as_of, known, plan)
    if indicator:
        _outcomes_asked(question, outcome, question.indicator(indicator))
    chosen = [question.indicator(indicator)] if indicator else [
        one
        for one in question.bundle.measure.indicators
        if one.outcome in question.index.outcomes and one.role in (Role.SCORE, Role.FIGURE)
    ]  # fmt: skip
    if outcome:
        wanted = question.outcome(outcome).id
        chosen = [one for one in chosen if one.outcome == wanted]
    members = [question.member(member).id] if member else question.codes
    found = assess_all(chosen, members, question.figures(), question.period, question.index.window_years)
    rows = [_assessed(question, row) for row in found]
    whole = format == "table" and not (details or member or indicator)
    title = f"{question.plan.title}: before {question.period.start.year} against {_years(question)}"
    shown, columns = (_by_indicator(rows), _SUMMED) if whole else (rows, _ASSESSED)
    emit(shown, format, columns, title=title, notes=[*question.notes(), *_notes(rows, whole)], edition=question.edition)


def _notes(rows: Sequence[dict[str, Any]], whole: bool) -> list[str]:
    notes = []
    if whole:
        notes = [
            (
                "Median change: over the members compared, those with a figure before and within the plan. Median gap: over "
                "all that have a figure within it. Years: of the last figures before the plan, and of the latest within it."
            ),
            "Not compared: relative ratings, and figures on two sides of a break in the series.",
        ]
    used = [mark for mark in LETTERS if any(mark in row["flags"] for row in rows)]
    if used and not whole:
        notes.append("Marks of the two figures: " + ", ".join(f"{LETTERS[mark]} {mark}" for mark in used) + ".")
    return notes


def _years(question: Question) -> str:
    return f"{question.period.start.year}-{min(question.period.end.year, question.asof.valid.year)}"


def _assessed(question: Question, row: AssessmentRow) -> dict[str, Any]:
    indicator = question.bundle.measure.by_id[row.indicator]
    posts = indicator.goalposts
    return {
        "outcome": indicator.outcome,
        "code": question.bundle.plans.outcome(indicator.outcome).code,
        "indicator": row.indicator,
        "name": indicator.name,
        "unit": indicator.unit,
        "member": row.member,
        "before": row.before.value if row.before else None,
        "before_year": row.before.year if row.before else None,
        "latest": row.latest.value if row.latest else None,
        "latest_year": row.latest.year if row.latest else None,
        "change": row.change,
        "better": row.better,
        "gap": row.gap,
        "goalpost": posts.high if posts else None,
        "goalpost_basis": posts.basis.value if posts else None,
        "flags": list(dict.fromkeys(flag for one in (row.before, row.latest) if one for flag in one.flags)),
        "missing": row.missing or None,
    }


def _by_indicator(rows: Sequence[dict[str, Any]]) -> list[Row]:
    summed: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        summed.setdefault(row["indicator"], []).append(row)
    return [_summed(name, group) for name, group in summed.items()]


def _summed(name: str, rows: Sequence[dict[str, Any]]) -> Row:
    changes = [row["change"] for row in rows if row["change"] is not None]
    gaps = [row["gap"] for row in rows if row["gap"] is not None]
    return {
        "code": rows[0]["code"],
        "indicator": name,
        "unit": rows[0]["unit"],
        "latest": sum(row["latest"] is not None for row in rows),
        "years": f"{_span(rows, 'before_year')} > {_span(rows, 'latest_year')}",
        "compared": len(changes),
        "better": sum(row["better"] is True for row in rows),
        "worse": sum(row["better"] is False for row in rows),
        "change": median(changes) if changes else None,
        "gap": median(gaps) if gaps else None,
    }


def _span(rows: Sequence[dict[str, Any]], key: str) -> str:
    """First and last year of some figures."""
    years = sorted({row[key] for row in rows if row[key] is not None})
    if not years:
        return NOTHING
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}-{years[-1] % 100:02d}"


_SUMMED: list[Column] = [
    ("code", ""),
    ("indicator", "Indicator"),
    ("unit", "Unit"),
    ("years", "Years of\nthe figures"),
    ("latest", "Have\none"),
    ("compared", "Com-\npared"),
    ("better", "Better"),
    ("worse", "Worse"),
    ("change", "Median\nchange", lambda value: signed(value, 2)),
    ("gap", "Median\ngap", lambda value: f"{value:,.2f}"),
]

_ASSESSED: list[Column] = [
    ("indicator", "Indicator"),
    ("unit", "Unit"),
    ("member", "Member"),
    ("before", "Before", lambda value: f"{value:,.5g}"),
    ("before_year", "Year"),
    ("latest", "Latest", lambda value: f"{value:,.5g}"),
    ("latest_year", "Year"),
    ("change", "Change", lambda value: f"{value:+,.4g}" if value else "0"),
    ("better", "Better"),
    ("gap", "Gap", lambda value: f"{value:,.4g}"),
    ("flags", "Marks", lambda flags: mark_letters(dict.fromkeys(flags, 1))),
    ("missing", "Missing"),
]
