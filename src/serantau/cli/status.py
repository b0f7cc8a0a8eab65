"""``serantau status``: where the region stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.options import common_options, format_option
from serantau.cli.output import NOTHING, Column, Row, emit, footer, grid, output_width, paragraph, signed
from serantau.cli.question import Question, ask, joined
from serantau.measure.marks import LETTERS

if TYPE_CHECKING:
    from serantau.measure.standing import OutcomeScore, Standing
    from serantau.plan.model import Outcome

CELL = 10
NAME = 18


@click.command()
@click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")
@click.option("--outcome", help="One outcome only, by its id or code.")
@click.option("--member", help="One member only, by its ISO 3166-1 code.")
@click.option(
    "--replicates",
    type=click.IntRange(0, 10_000_000),
    help="Replicates of the Monte Carlo analysis behind the rank intervals; 0 for none.  [default: the index's own]",
)
@common_options
@format_option
def status(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    outcome: str | None,
    member: str | None,
    replicates: int | None,
    format: str,
) -> None:
    """Show where each member stands, and how sure that is.

    For each outcome of the plan: score, rank interval, change under the plan, and how many figures there are. Below it
    what has no score, why, and which official sources would fill it.
    """
    question = ask(region, as_of, known, plan)
    outcomes = [question.outcome(outcome)] if outcome else list(question.outcomes)
    members = [question.member(member).id] if member else question.codes
    standing = question.standing(replicates)
    rows = score_rows(question, standing, outcomes, members)
    if format != "table":
        notes = [*question.notes(), *(text for one in outcomes for text in unscored(question, standing, one))]
        emit(rows, format, notes=notes, edition=question.edition)
        return
    click.echo(paragraph(_title(question)) + "\n")
    if outcome or member:
        shown = [_shown(row) for row in rows]
        emit(shown, format, _columns(outcome, member), notes=_list_notes(question, rows), edition=question.edition)
    else:
        _print_whole(question, standing, outcomes)


def score_rows(
    question: Question, standing: Standing, outcomes: Sequence[Outcome], members: Sequence[str]
) -> list[Row]:
    """One row for each member and outcome."""
    return [_row(question, standing.scores[member, outcome.id], outcome) for outcome in outcomes for member in members]


def _row(question: Question, score: OutcomeScore, outcome: Outcome) -> Row:
    return {
        "member": score.member,
        "name": question.bundle.region.member(score.member).name,
        "outcome": outcome.id,
        "code": outcome.code,
        "title": outcome.title,
        "state": score.state,
        "score": score.score,
        "rank": score.rank,
        "ranked": score.ranked,
        "rank_low": score.rank_low,
        "rank_high": score.rank_high,
        "change": score.change,
        "change_over": score.change_over,
        "change_capped": score.change_capped,
        "have": score.have,
        "of": score.of,
        "marks": dict(score.marks),
    }


def _shown(row: Row) -> Row:
    """A row with what only the table has: pairs of numbers in one column."""
    low, high = row["rank_low"], row["rank_high"]
    interval = ranks(low, high) if isinstance(low, int) and isinstance(high, int) else None
    place = None if row["rank"] is None else f"{row['rank']} of {row['ranked']}"
    return {**row, "place": place, "ranks": interval, "coverage": f"{row['have']}/{row['of']}"}


def ranks(low: int | None, high: int | None) -> str:
    """A rank interval in words: ``2`` or ``2-4``."""
    if low is None or high is None:
        return NOTHING
    return str(low) if low == high else f"{low}-{high}"


def _columns(outcome: str | None, member: str | None) -> list[Column]:
    columns: list[Column] = []
    if not member or outcome:
        columns.append(("name", "Member"))
    if not outcome or member:
        columns += [("code", ""), ("title", "Outcome")]
    return [
        *columns,
        ("score", "Score", lambda value: f"{value:.1f}"),
        ("place", "Rank"),
        ("ranks", "90 %"),
        ("change", "Change", signed),
        ("change_over", "over"),
        ("coverage", "Figures"),
        ("marks", "Marks", mark_letters),
        ("state", "State"),
    ]


def mark_letters(marks: Mapping[str, int]) -> str:
    """One letter for each mark, in the order of the legend."""
    return "".join(LETTERS.get(mark, mark[0]) for mark in LETTERS if mark in marks) or NOTHING


def _title(question: Question) -> str:
    plan, period = question.plan, question.period
    years = f"{period.start.year}-{period.end.year}"
    short = question.bundle.region.profile.short_name
    if question.ended:
        state = f"It ended on {period.end}: figures up to {period.end.year}, the closing assessment."
    elif question.asof.valid < period.start:
        state = f"It begins on {period.start}."
    else:
        state = f"It is under way: figures up to {question.asof.valid.year}."
    return f"{short}: standing on the outcomes of {plan.title} ({years}). {state}"


# --- the whole region ----------------------------------------------------------------------------------------------------


def _print_whole(question: Question, standing: Standing, outcomes: Sequence[Outcome]) -> None:
    scored = [outcome for outcome in outcomes if standing.outcome(outcome.id).scored]
    blocks = []
    if scored:
        blocks.append(_matrix(question, standing, scored))
        blocks.append(_legend(question, standing, scored))
    recovery = [outcome for outcome in outcomes if outcome.recovery]
    blocks += [text for one in recovery if (text := _recovery(question, standing, one))]
    silent = [outcome for outcome in outcomes if outcome not in scored]
    if silent:
        blocks.append(_without_score(question, standing, silent))
    blocks += [paragraph(note) for note in question.notes()]
    blocks.append(_where_next(question))
    click.echo("\n\n".join(blocks))


def _matrix(question: Question, standing: Standing, outcomes: Sequence[Outcome]) -> str:
    """Members x outcomes, two lines a cell, in as many blocks as the width needs."""
    fitting = max(1, (output_width() - NAME) // (CELL + 2))
    blocks = []
    for start in range(0, len(outcomes), fitting):
        part = outcomes[start : start + fitting]
        columns: list[Column] = [("name", "Member"), *((one.id, _head(question, one)) for one in part)]
        rows: list[Row] = [
            {"name": _short(member.name)} | {one.id: _cell(standing.scores[member.id, one.id]) for one in part}
            for member in question.members
        ]
        blocks.append(grid(rows, columns))
    return "\n\n".join(blocks)


def _head(question: Question, outcome: Outcome) -> str:
    names = {group.id: group.name for group in question.index.groups}
    name = names.get(outcome.id) or outcome.title
    short = name if len(name) <= CELL + 2 else name[: CELL + 1].rstrip() + "."
    return f"{outcome.code}\n{short}"


def _short(name: str) -> str:
    return name if len(name) <= NAME else name[: NAME - 1] + "."


def _cell(score: OutcomeScore) -> str:
    coverage = f"{score.have}/{score.of} {mark_letters(score.marks).strip(NOTHING)}".rstrip()
    if score.score is None:
        return f"{NOTHING}\n{coverage}"
    change = NOTHING if score.change is None else signed(score.change)
    low = ranks(score.rank_low, score.rank_high) if score.rank_low else str(score.rank)
    return f"{score.score:.1f} #{low}\n{change} {coverage}"


def _legend(question: Question, standing: Standing, outcomes: Sequence[Outcome]) -> str:
    used = {mark for one in outcomes for code in question.codes for mark in standing.scores[code, one.id].marks}
    marks = [f"{LETTERS.get(mark, mark[0])} {mark}" for mark in LETTERS if mark in used]
    if standing.robustness:
        replicates = max(result.replicates for result in standing.robustness.values())
        choices = "of the index's choices (weights, scale, mean), not of errors in the figures"
        rank = f"# the 90 % interval of the rank over {replicates:,} replicates {choices}"
    else:
        rank = "#rank"
    lines = [
        f"Upper line: score 0 to 100, {rank}.",
        (
            "Lower line: change under the plan (over the indicators with comparable figures before and within it; scores end at 0 and 100), "
            "indicators with a figure/indicators of the outcome, marks."
        ),
        f"{NOTHING} not known: too few figures (upper line), or none on both sides of the plan's start (lower line).",
    ]
    if marks:
        lines.append(f"Marks of figures used: {', '.join(marks)}.")
    return "\n".join(paragraph(line, "  ") for line in lines)


def _recovery(question: Question, standing: Standing, outcome: Outcome) -> str:
    by_id = question.bundle.measure.by_id
    names = [
        name
        for name in (*standing.outcome(outcome.id).indicators, *standing.outcome(outcome.id).figures)
        if by_id[name].base_year is not None
    ]
    if not names:
        return ""
    rows: list[Row] = []
    for member in question.members:
        row: dict[str, object] = {"name": _short(member.name)}
        for name in names:
            cell = standing.cells[member.id, name]
            row[name] = None if cell.base is None or cell.figure is None else f"{cell.base:.0f} ({cell.figure.year})"
        rows.append(row)
    columns: list[Column] = [("name", "Member")]
    columns += [(name, f"{by_id[name].name}, {by_id[name].base_year} = 100") for name in names]
    head = f"{outcome.code} {outcome.title}: latest figure (its year) as % of the level before the crisis."
    return f"{paragraph(head)}\n\n{grid(rows, columns)}"


def _without_score(question: Question, standing: Standing, outcomes: Sequence[Outcome]) -> str:
    lines = ["No score:"]
    for outcome in outcomes:
        lines += [paragraph(f"  {text}", "    ") for text in unscored(question, standing, outcome)]
    return "\n".join(lines)


def unscored(question: Question, standing: Standing, outcome: Outcome) -> list[str]:
    """Why an outcome has no score and what would fill it, one sentence; nothing for one that has a score."""
    summary = standing.outcome(outcome.id)
    if summary.scored:
        return []
    count = len(summary.indicators) + len(summary.figures)
    shown = f"{count} indicator is" if count == 1 else f"{count} indicators are"
    fill = official_sources(question, summary.slots)
    wanted = f" Official sources that would fill it: {'; '.join(fill)}." if fill else ""
    return [f"{outcome.code} {outcome.title}: {summary.why}. {shown} shown without a score.{wanted}"]


def official_sources(question: Question, indicators: Sequence[str]) -> list[str]:
    """Title and address of the official sources of some indicators, each once."""
    found = {
        f"{official.title} ({official.address})": None
        for name in indicators
        for official in question.bundle.measure.by_id[name].official
    }
    return list(found)


def _list_notes(question: Question, rows: Sequence[Row]) -> list[str]:
    used = [mark for mark in LETTERS if any(mark in row["marks"] for row in rows)]  # type: ignore[operator]
    notes = question.notes()
    if used:
        notes.append("Marks of figures used: " + ", ".join(f"{LETTERS[mark]} {mark}" for mark in used) + ".")
    return [*notes, "`serantau measure score` unfolds a score to its figures and their sources."]


def _where_next(question: Question) -> str:
    words = ["`serantau status --member CODE`", "`serantau measure score`", "`serantau measure assess`"]
    return f"{paragraph(f'More: {joined(words)}.')}\n\n{paragraph(footer(question.edition))}"
