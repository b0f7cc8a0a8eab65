"""``serantau measure trajectory`` and ``measure convergence``: what happened over the years, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.options import common_options, format_option
from serantau.cli.output import Column, Row, emit, signed
from serantau.cli.question import Question, ask
from serantau.cli.status import mark_letters
from serantau.measure.marks import LETTERS

if TYPE_CHECKING:
    from serantau.measure.figures import Figures
    from serantau.measure.indicators import Indicator
    from serantau.measure.together import Together

YEAR = click.IntRange(1950, 2100)
MODELS = ("linear", "trend", "logistic", "damped")
"""As in :data:`serantau.measure.paths.MODELS`, which a command may not load before it runs."""
PLAN = click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")


@click.command()
@click.argument("indicator")
@click.option("--member", help="One member only, by its ISO 3166-1 code; then every year is shown.")
@click.option(
    "--model",
    type=click.Choice(MODELS),
    help="How the path goes on.  [default: logistic below a natural upper bound, else linear]",
)
@click.option("--slope", type=float, help="Change a year (logistic: of the logit).  [default: fitted]")
@click.option("--ceiling", type=float, help="Ceiling of the logistic curve.  [default: the natural bound]")
@click.option("--until", type=YEAR, help="Last year of the projection.  [default: the target's, else five years on]")
@PLAN
@common_options
@format_option
def trajectory(
    indicator: str,
    member: str | None,
    model: str | None,
    slope: float | None,
    ceiling: float | None,
    until: int | None,
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    format: str,
) -> None:
    """Show the path of INDICATOR and where it goes.

    Change, gap to the goalpost, projection with its interval, and status against a target.

    A status, a year of arrival and a probability are given only against a target that an office published or
    that was imported; else it says `no published target`.
    """
    from serantau.measure.paths import ModelError, Way, default_model, member_path, model_of, path_row, require_trend
    from serantau.plan.targets import target_of

    question = ask(region, as_of, known, plan)
    which = question.indicator(indicator)
    require_trend(which)
    spare = model is None and slope is None and ceiling is None
    model = model or default_model(which)
    try:
        way = Way(model_of(which, model, slope, ceiling), until, spare)
    except ModelError as error:
        raise click.UsageError(f"{error.message} See --model, --slope and --ceiling.") from error
    members = [question.member(member).id] if member else question.codes
    figures, rule, asof = question.figures(), question.index.status, question.asof
    targets = {code: target_of(question.bundle.plans, which, code, asof) for code in members}
    rows = [path_row(member_path(figures, which, code, way, targets[code], rule)) for code in members]
    if format == "table" and member:
        _show_years(question, which, rows[0])
        return
    notes = [*question.notes(), *_mark_notes(rows), *_member_notes(rows), *_method_notes(which)]
    title = f"{which.name}, {which.unit} ({which.id}): path by the model {model}"
    emit(rows, format, _paths(rows), title=title, notes=notes, edition=question.edition)


_OF_MEMBERS = ("breaks in", "leaves 0 to 100", "below zero", "has no width")


def _member_notes(rows: Sequence[dict[str, object]]) -> list[str]:
    """What must be known of single members: a broken series, a path beyond its bounds."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for note in row["notes"]:  # type: ignore[attr-defined]
            if any(words in note for words in _OF_MEMBERS):
                said.setdefault(note, []).append(str(row["member"]))
    return [f"{', '.join(members)}: {note}." for note, members in said.items()]


def _figure(value: float) -> str:
    return f"{value:,.5g}"


def _paths(rows: Sequence[dict[str, object]]) -> list[Column]:
    """The columns of the table; those about a target only where there is one."""
    aimed = any(row["target"] is not None for row in rows)
    return [one for one in _PATHS if aimed or one[0] not in ("arrival", "probability")]


def _letters(marks: Sequence[str]) -> str:
    return mark_letters(dict.fromkeys(marks, 1))


def _mark_notes(rows: Sequence[dict[str, object]]) -> list[str]:
    used = {mark for row in rows for mark in row["marks"]}  # type: ignore[attr-defined]
    listed = [f"{LETTERS[mark]} {mark}" for mark in LETTERS if mark in used]
    return [f"Marks of the figures from the first year to the latest: {', '.join(listed)}."] if listed else []


_PATHS: list[Column] = [
    ("member", "Member"),
    ("first_year", "From"),
    ("last_year", "To"),
    ("last", "Latest", _figure),
    ("change_a_year", "A year", lambda value: signed(value, 2)),
    ("marks", "Marks", _letters),
    ("gap", "Gap", _figure),
    ("projected_year", "Year"),
    ("projected", "Pro-\njected", _figure),
    ("projected_low", "90 %\nfrom", _figure),
    ("projected_high", "to", _figure),
    ("arrival", "Arrives", lambda value: f"{value:.0f}"),
    ("probability", "Proba-\nbility", lambda value: f"{value:.0%}"),
    ("status", "Status"),
]


def _show_years(question: Question, indicator: Indicator, row: dict[str, object]) -> None:
    observed, path = row["observed"], row["path"]
    assert isinstance(observed, list) and isinstance(path, list)
    rows: list[Row] = [{**one, "kind": "observed", "low": None, "high": None} for one in observed]
    rows += [{**one, "kind": "projected", "flags": []} for one in path]
    columns: list[Column] = [
        ("year", "Year"),
        ("kind", ""),
        ("value", indicator.unit, _figure),
        ("low", "90 % from", _figure),
        ("high", "to", _figure),
        ("flags", "Marks"),
    ]
    notes = [f"Status: {row['status']}. {row['reason']}"]
    written = row["notes"]
    assert isinstance(written, list)
    notes += [f"{note[0].upper()}{note[1:].rstrip('.')}." for note in written]
    name = question.bundle.region.member(str(row["member"])).name
    title = f"{indicator.name} of {name}"
    emit(rows, "table", columns, title=title, notes=[*notes, *_method_notes(indicator)], edition=question.edition)


def _method_notes(indicator: Indicator) -> list[str]:
    notes = ["Projections carry the past forward; they are no forecast of policy. Intervals are at 90 %."]
    if indicator.goalposts is not None:
        posts = indicator.goalposts
        notes.append(f"Goalpost {posts.high:g} ({posts.basis.value}): {posts.why}")
    return notes


# --- convergence ---------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("indicator", required=False)
@click.option("--from", "first", type=YEAR, help="First year.  [default: the years that most members share]")
@click.option("--to", "last", type=YEAR, help="Last year.  [default: as for --from]")
@PLAN
@common_options
@format_option
def convergence(
    indicator: str | None,
    first: int | None,
    last: int | None,
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    format: str,
) -> None:
    """Say whether the members draw together.

    Sigma and beta convergence of INDICATOR, or of every scored one. Always over the same members: those with a
    figure in both years and no break in the series between them. It takes four.
    """
    from serantau.measure.paths import require_trend
    from serantau.measure.together import together_row

    if first is not None and last is not None and first >= last:
        raise click.UsageError(f"--from {first} is not before --to {last}.")
    question = ask(region, as_of, known, plan)
    figures = question.figures()
    if indicator:
        which = question.indicator(indicator)
        require_trend(which)
        chosen = [which]
    else:
        definition = question.definition
        chosen = [question.indicator(leaf.id) for leaf in definition.indicators]
        chosen = [one for one in chosen if not one.relative]
    rows = [together_row(_converged(question, figures, one, first, last)) for one in chosen]
    notes = [
        *question.notes(),
        "CV: standard deviation across the members over their mean; it falls where they draw together (sigma).",
        "Beta: slope of annual growth on the initial level; negative where those who start lower grow faster.",
        "Half-life: years to halve a gap at that slope; where p is large the slope may be chance, and so may it be.",
        "A share with a ceiling draws members together near it by itself.",
        "Years: those that most members share, one before the plan and one after; relative ratings are left out.",
    ]
    if len(rows) == 1:
        left_out = rows[0]["left_out"]
        assert isinstance(left_out, list)
        notes += [f"{one['member']} is left out: {one['reason']}." for one in left_out]
    if format == "table" and len(rows) > 1:
        silent = [str(row["indicator"]) for row in rows if row["first_year"] is None]
        rows = [row for row in rows if row["first_year"] is not None]
        if silent:
            notes.append(f"No two years with figures of four members, before and within the plan: {', '.join(silent)}.")
    emit(rows, format, _CONVERGED, title="Do the members draw together?", notes=notes, edition=question.edition)


def _converged(
    question: Question, figures: Figures, indicator: Indicator, first: int | None, last: int | None
) -> Together:
    from serantau.measure.together import together

    start = question.period.start.year - 1
    before = (start - question.index.window_years + 1, start)
    return together(indicator, question.codes, figures, before, first, last)


_CONVERGED: list[Column] = [
    ("indicator", "Indicator"),
    ("first_year", "From"),
    ("last_year", "To"),
    ("compared", "Mem-\nbers"),
    ("cv_first", "CV\nfirst", lambda value: f"{value:.3f}"),
    ("cv_last", "CV\nlast", lambda value: f"{value:.3f}"),
    ("cv_change", "Change", lambda value: f"{value:+.0%}"),
    ("beta", "Beta", lambda value: f"{value:+.3f}"),
    ("beta_p", "p", lambda value: f"{value:.3f}"),
    ("half_life", "Half-\nlife", lambda value: f"{value:.0f} y"),
    ("note", "Note"),
]
