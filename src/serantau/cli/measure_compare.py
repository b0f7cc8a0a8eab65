"""``serantau measure compare``: two members, or the same question with the knowledge of two days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import AsOf
from serantau.cli.options import KNOWN_DAY, common_options, format_option
from serantau.cli.output import Column, Row, emit, signed
from serantau.cli.question import Question, ask, earliest_known
from serantau.cli.status import ranks

if TYPE_CHECKING:
    from serantau.measure.revisions import Answer, Revision
    from serantau.measure.standing import Standing

FigureKey = tuple[str, str, int]
ScoreKey = tuple[str, str]


@click.command()
@click.argument("members", nargs=-1, metavar="[MEMBER MEMBER]")
@click.option("--known-before", type=KNOWN_DAY, help="Compare with what was known by this earlier day.")
@click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")
@click.option("--outcome", help="One outcome only, by its id or code.")
@click.option("--indicator", help="With --known-before: revisions of this indicator only.")
@click.option("--figures", is_flag=True, help="With --known-before: every figure that changed, not the scores.")
@common_options
@format_option
def compare(
    members: tuple[str, ...],
    known_before: date | None,
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    outcome: str | None,
    indicator: str | None,
    figures: bool,
    format: str,
) -> None:
    """Compare two members, or two states of knowledge.

    Two members are compared on every outcome. With --known-before the same question is asked with the knowledge of
    two days, and what differs is shown.
    """
    if known_before is None:
        if len(members) != 2:
            raise click.UsageError("Name two members, as in `compare AAA BBB`, or give --known-before DATE.")
        if figures or indicator:
            raise click.UsageError("--figures and --indicator speak of revisions; add --known-before DATE.")
        _members(ask(region, as_of, known, plan), members, outcome, format)
        return
    if len(members) > 1:
        raise click.UsageError("With --known-before name one member or none.")
    if known is not None and known <= known_before:
        raise click.UsageError(f"--known {known} is not after --known-before {known_before}.")
    question = ask(region, as_of, known, plan)
    member = question.member(members[0]).id if members else None
    if figures or indicator:
        _figures(question, known_before, member, indicator, outcome, format)
    else:
        _scores(question, known_before, member, outcome, format)


# --- two members ---------------------------------------------------------------------------------------------------------


def _members(question: Question, members: Sequence[str], outcome: str | None, format: str) -> None:
    one, two = (question.member(code) for code in members)
    if one == two:
        raise click.UsageError(f"{one.id} and {two.id} are one member. Name two.")
    standing = question.standing(None)
    outcomes = [question.outcome(outcome)] if outcome else question.outcomes
    rows: list[Row] = []
    for which in outcomes:
        a, b = standing.scores[one.id, which.id], standing.scores[two.id, which.id]
        found = standing.robustness.get(which.id)
        both = a.score is not None and b.score is not None
        rows.append(
            {
                "outcome": which.id,
                "code": which.code,
                "title": which.title,
                "member": one.id,
                "score": a.score,
                "rank_low": a.rank_low,
                "rank_high": a.rank_high,
                "other": two.id,
                "other_score": b.score,
                "other_rank_low": b.rank_low,
                "other_rank_high": b.rank_high,
                "prob_above": found.prob_above(one.id, two.id) if found and both else None,
                "state": standing.outcome(which.id).why or ("scored" if both else "too little data"),
            }
        )
    columns: list[Column] = [
        ("code", ""),
        ("title", "Outcome"),
        ("score", one.id, lambda value: f"{value:.1f}"),
        ("ranks", "ranks"),
        ("other_score", two.id, lambda value: f"{value:.1f}"),
        ("other_ranks", "ranks"),
        ("prob_above", f"{one.id}\nabove", lambda value: f"{value:.0%}"),
        ("state", "State"),
    ]
    title = f"{one.name} and {two.name}: {question.index.title}"
    notes = [*question.notes(), f"Last number: in how many replicates {one.name} scores above {two.name}."]
    notes.append("Replicates vary the choices of the index (weights, scale, mean), not the figures.")
    shown = [_with_ranks(row) for row in rows] if format == "table" else rows
    emit(shown, format, columns, title=title, notes=notes, edition=question.edition)


def _with_ranks(row: Row) -> Row:
    pairs = {
        "ranks": (row["rank_low"], row["rank_high"]),
        "other_ranks": (row["other_rank_low"], row["other_rank_high"]),
    }
    return {**row, **{key: _interval(low, high) for key, (low, high) in pairs.items()}}


def _interval(low: object, high: object) -> str | None:
    return ranks(low, high) if isinstance(low, int) and isinstance(high, int) else None


# --- two states of knowledge ----------------------------------------------------------------------------------------------


def _scores(question: Question, before: date, member: str | None, outcome: str | None, format: str) -> None:
    from serantau.measure.revisions import revisions
    from serantau.measure.standing import standing

    earlier = AsOf(question.asof.valid, before)
    facts = question.bundle.measure
    old = standing(facts, question.index, question.period, question.codes, earlier, 0)
    new = question.standing(0)
    wanted = question.outcome(outcome).id if outcome else None

    def chosen(table: Standing) -> dict[ScoreKey, Answer]:
        return {
            key: answer
            for key, answer in _score_answers(table).items()
            if member in (None, key[1]) and wanted in (None, key[0])
        }

    found = revisions(chosen(old), chosen(new))
    rows: list[Row] = [{"outcome": one.key[0], "member": one.key[1], **_revised(one)} for one in found.rows]
    _show(question, before, rows, found.unchanged, [("outcome", "Outcome"), ("member", "Member")], format)


def _score_answers(table: Standing) -> Mapping[ScoreKey, Answer]:
    from serantau.measure.revisions import Answer

    return {(key[1], key[0]): Answer(cell.score, tuple(cell.marks)) for key, cell in table.scores.items()}


def _figures(
    question: Question, before: date, member: str | None, indicator: str | None, outcome: str | None, format: str
) -> None:
    from serantau.measure.figures import Figures
    from serantau.measure.revisions import revisions

    facts = question.bundle.measure
    names = [question.indicator(indicator).id] if indicator else [one.id for one in facts.indicators]
    if outcome:
        wanted = question.outcome(outcome).id
        names = [name for name in names if facts.by_id[name].outcome == wanted]
    members = [member] if member else question.codes
    earlier = Figures(facts.indicators, facts.observations, AsOf(question.asof.valid, before))
    found = revisions(_answers(earlier, names, members), _answers(question.figures(), names, members))
    rows: list[Row] = [
        {"indicator": one.key[0], "member": one.key[1], "year": one.key[2], **_revised(one)} for one in found.rows
    ]
    heads: list[Column] = [("indicator", "Indicator"), ("member", "Member"), ("year", "Year", str)]
    _show(question, before, rows, found.unchanged, heads, format)


def _answers(figures: object, names: Sequence[str], members: Sequence[str]) -> Mapping[FigureKey, Answer]:
    from serantau.measure.figures import Figures
    from serantau.measure.revisions import Answer

    assert isinstance(figures, Figures)
    return {
        (name, code, year): Answer(figure.value, figure.flags)
        for name in names
        for code in members
        for year, figure in figures.series(name, code).items()
    }


def _revised(one: Revision[FigureKey] | Revision[ScoreKey]) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "before": one.before.value if one.before else None,
        "after": one.after.value if one.after else None,
        "change": one.absolute,
        "relative": one.relative,
        "flags_before": sorted(one.before.flags) if one.before else [],
        "flags_after": sorted(one.after.flags) if one.after else [],
    }


def _show(
    question: Question, before: date, rows: Sequence[Row], same: int, heads: Sequence[Column], format: str
) -> None:
    columns: list[Column] = [
        *heads,
        ("kind", "What happened"),
        ("before", "Before", lambda value: f"{value:,.5g}"),
        ("after", "After", lambda value: f"{value:,.5g}"),
        ("change", "Change", lambda value: signed(value, 2)),
    ]
    later = str(question.asof.known) if question.asof.known != date.max else "now"
    title = f"What was known by {before} against what is known by {later}"
    notes = [*question.notes(), f"{len(rows)} differ, {same} are the same."]
    notes.append("What differs is what was known, over whichever figures were known then; it is no change of a member.")
    first = earliest_known(question.bundle)
    if first is not None and before < first:
        notes.append(f"Nothing was known here by {before}: the earliest fact was entered on {first}, so all is new.")
    emit(rows, format, columns, title=title, notes=notes, edition=question.edition)
