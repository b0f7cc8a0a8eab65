"""``serantau measure trajectory`` and ``measure convergence``: what happened over the years, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import stop
from serantau.cli.options import common_options, format_option
from serantau.cli.output import Column, Row, emit, signed
from serantau.cli.question import Question, ask
from serantau.cli.status import mark_letters
from serantau.measure.marks import LETTERS

if TYPE_CHECKING:
    from serantau.measure.convergence import BetaConvergence, LeftOut, SigmaConvergence
    from serantau.measure.figures import Figures
    from serantau.measure.indicators import Indicator, Target
    from serantau.measure.projection import Model
    from serantau.measure.series import Series
    from serantau.measure.trajectory import Trajectory

AHEAD = 5
"""Years projected beyond the day of the question where nobody says how far."""

YEAR = click.IntRange(1950, 2100)
MODELS = ("linear", "trend", "logistic", "damped")
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
    question = ask(region, as_of, known, plan)
    which = question.indicator(indicator)
    _refuse_relative(which)
    spare = model is None and slope is None and ceiling is None
    model = model or default_model(which)
    if slope is not None and model not in ("linear", "logistic"):
        raise click.UsageError(f"--slope is for the models linear and logistic, not {model}.")
    if ceiling is not None and model != "logistic":
        raise click.UsageError("--ceiling is for the model logistic.")
    path = _model(which, model, slope, ceiling)
    members = [question.member(member).id] if member else question.codes
    figures = question.figures()
    rows = [_path_row(question, figures, which, code, path, until, spare=spare) for code in members]
    if format == "table" and member:
        _show_years(question, which, rows[0])
        return
    notes = [*question.notes(), *_mark_notes(rows), *_member_notes(rows), *_method_notes(which)]
    title = f"{which.name}, {which.unit} ({which.id}): path by the model {model}"
    emit(rows, format, _paths(rows), title=title, notes=notes, edition=question.edition)


_OF_MEMBERS = ("breaks in", "leaves 0 to 100", "has no width")


def _member_notes(rows: Sequence[dict[str, object]]) -> list[str]:
    """What must be known of single members: a broken series, a path beyond its bounds."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for note in row["notes"]:  # type: ignore[attr-defined]
            if any(words in note for words in _OF_MEMBERS):
                said.setdefault(note, []).append(str(row["member"]))
    return [f"{', '.join(members)}: {note}." for note, members in said.items()]


def _refuse_relative(indicator: Indicator) -> None:
    if indicator.relative:
        stop(f"{indicator.id} rates a member against other countries in each edition, so it is never read as a trend.")


def default_model(indicator: Indicator) -> str:
    """A share cannot pass its bound, so its path bends below it; anything else goes straight on."""
    from serantau.measure.indicators import Basis, Direction, Scale

    posts = indicator.goalposts
    bounded = (
        posts is not None
        and posts.basis is Basis.NATURAL
        and posts.scale is Scale.LINEAR
        and indicator.direction is Direction.HIGHER
        and posts.low == 0.0
    )
    return "logistic" if bounded else "linear"


def _model(indicator: Indicator, name: str, slope: float | None, ceiling: float | None) -> Model:
    from serantau.measure.projection import Damped, Linear, Logistic, Trend

    if name == "linear":
        return Linear(slope=slope)
    if name == "trend":
        return Trend()
    if name == "damped":
        return Damped()
    if ceiling is not None:
        return Logistic(ceiling=ceiling, slope=slope)
    if default_model(indicator) != "logistic":
        raise click.UsageError(
            f"{indicator.id} has no natural upper bound among its goalposts, so no ceiling is known; give --ceiling."
        )
    assert indicator.goalposts is not None
    return Logistic(ceiling=indicator.goalposts.high, slope=slope)


def target_of(question: Question, indicator: Indicator, member: str) -> Target | None:
    """The published target of an indicator, else the one of an imported plan: the member's own before the region's."""
    from serantau.measure.indicators import Target
    from serantau.plan.facts import listed

    if indicator.target is not None:
        return indicator.target
    plans = question.bundle.plans
    kpis = {kpi.id for kpi in listed(plans.all_kpis, question.asof) if kpi.indicator == indicator.id}
    found = [
        row
        for row in listed(plans.all_targets, question.asof)
        if row.kpi in kpis and row.member in (None, member) and row.due.known
    ]
    if not found:
        return None
    best = max(found, key=lambda row: (row.member is not None, row.due.latest, row.known.latest))
    return Target(value=best.value, year=best.due.latest.year, source=best.source, grade=best.grade)


def _path_row(
    question: Question,
    figures: Figures,
    indicator: Indicator,
    member: str,
    model: Model,
    until: int | None,
    *,
    spare: bool,
) -> dict[str, object]:
    from serantau.measure.errors import MeasureError
    from serantau.measure.indicators import Direction
    from serantau.measure.series import Series
    from serantau.measure.status import Aim, Outlook, Status
    from serantau.measure.trajectory import Trajectory
    from serantau.measure.trajectory import trajectory as follow

    held = figures.series(indicator.id, member)
    series = Series.of({year: figure.value for year, figure in held.items()})
    target = target_of(question, indicator, member)
    goal = indicator.goalposts.high if indicator.goalposts else None
    if indicator.direction is Direction.REFERENCE:
        goal = indicator.reference
    aim = Aim(
        direction=indicator.direction,
        target=target,
        goalpost=goal,
        reference=indicator.reference,
        tolerance=question.index.status.tolerance,
        rule=question.index.status,
    )
    last = until or (target.year if target else question.asof.valid.year + AHEAD)
    try:
        view = follow(series, model, aim, last, breaks=figures.breaks(indicator.id, member))
    except MeasureError as error:
        if not spare:
            raise
        # The model chosen for all does not fit this member (a share above 100 %, say): its figures are still shown.
        status = Status.NO_TARGET if target is None else Status.NOT_ENOUGH_DATA
        view = Trajectory(series, None, None, None, Outlook(status, error.message), (error.message,))
    marks = {year: list(figure.flags) for year, figure in held.items()}
    return _row(indicator, member, view, marks, target)


def _row(
    indicator: Indicator, member: str, view: Trajectory, marks: Mapping[int, list[str]], target: Target | None
) -> dict[str, object]:
    change, gap, ahead, outlook = view.change, view.gap, view.projection, view.outlook
    return {
        "indicator": indicator.id,
        "member": member,
        "unit": indicator.unit,
        "first_year": change.first_year if change else None,
        "first": change.first if change else None,
        "last_year": view.series.years[-1] if len(view.series) else None,
        "last": view.series.values[-1] if len(view.series) else None,
        "change_a_year": change.annual if change else None,
        "gap": gap.last if gap else None,
        "gap_closed": gap.closed if gap else None,
        "projected_year": ahead.years[-1] if ahead else None,
        "projected": ahead.mean[-1] if ahead else None,
        "projected_low": ahead.low[-1] if ahead and ahead.low else None,
        "projected_high": ahead.high[-1] if ahead and ahead.high else None,
        "status": outlook.status.value,
        "reason": outlook.reason,
        "target": target.value if target else None,
        "target_year": target.year if target else None,
        "target_source": target.source if target else None,
        "arrival": outlook.arrival,
        "probability": outlook.probability,
        "observed": [
            {"year": year, "value": value, "flags": marks[year]}
            for year, value in zip(view.series.years, view.series.values, strict=True)
        ],
        "path": [
            {
                "year": year,
                "value": ahead.mean[at],
                "low": ahead.low[at] if ahead.low else None,
                "high": ahead.high[at] if ahead.high else None,
            }
            for at, year in enumerate(ahead.years)
        ]
        if ahead
        else [],
        "marks": [flag for at, flags in marks.items() if change is None or at >= change.first_year for flag in flags],
        "notes": [*view.notes, *_beyond(indicator, view)],
    }


def _beyond(indicator: Indicator, view: Trajectory) -> list[str]:
    """A warning where a path, or its interval, says more than the observations do or leaves what the unit allows."""
    ahead = view.projection
    if ahead is None:
        return []
    if ahead.low is not None and ahead.high is not None and ahead.low[-1] == ahead.high[-1]:
        return ["the observations lie on the path, so its interval has no width; that is no certainty"]
    if not indicator.unit.startswith("%"):
        return []
    lowest, highest = min(ahead.low or ahead.mean), max(ahead.high or ahead.mean)
    if ahead.model == "logistic" or (lowest >= 0 and highest <= 100):
        return []
    return [
        (
            "the path or its interval leaves 0 to 100, which a straight line does not know; if this is a share, "
            "give --model logistic --ceiling 100"
        )
    ]


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
    if first is not None and last is not None and first >= last:
        raise click.UsageError(f"--from {first} is not before --to {last}.")
    question = ask(region, as_of, known, plan)
    figures = question.figures()
    if indicator:
        which = question.indicator(indicator)
        _refuse_relative(which)
        chosen = [which]
    else:
        definition = question.definition
        chosen = [question.indicator(leaf.id) for leaf in definition.indicators]
        chosen = [one for one in chosen if not one.relative]
    rows = [_converged(question, figures, one, first, last) for one in chosen]
    notes = [
        *question.notes(),
        "CV: standard deviation across the members over their mean; it falls where they draw together (sigma).",
        "Beta: slope of annual growth on the initial level; negative where those who start lower grow faster.",
        "Half-life: years to halve a gap at that slope; where p is large the slope may be chance, and so may it be.",
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
) -> dict[str, object]:
    from serantau.measure.convergence import LeftOut, beta_convergence, sigma_convergence
    from serantau.measure.series import Series

    panel = {
        code: Series.of({year: one.value for year, one in figures.series(indicator.id, code).items()})
        for code in question.codes
    }
    breaks = {code: figures.breaks(indicator.id, code) for code in question.codes}
    start = question.period.start.year - 1
    years = _years(panel, breaks, (start - question.index.window_years + 1, start), first, last)
    if years is None:
        note = "not enough data: no year before and after"
        return _convergence_row(indicator, None, None, None, note, ())
    broken = {code: year for code in panel for year in breaks[code] if years[0] < year <= years[1]}
    whole = {code: series for code, series in panel.items() if code not in broken}
    sigma, beta = sigma_convergence(whole, years), beta_convergence(whole, *years)
    left_out = [LeftOut(code, f"the series breaks in {year}") for code, year in broken.items()]
    return _convergence_row(indicator, years, sigma, beta, sigma.note or beta.note, (*sigma.left_out, *left_out))


def _years(
    panel: Mapping[str, Series],
    breaks: Mapping[str, Sequence[int]],
    before: tuple[int, int],
    first: int | None,
    last: int | None,
) -> tuple[int, int] | None:
    """The years asked for; else the pair, one before the plan and one after, that most members share.

    Of equals the one that ends last, then the one that starts last. Members whose series breaks between do not count.
    """
    from serantau.measure.convergence import LEAST_MEMBERS

    if first is not None and last is not None:
        return first, last
    held = sorted({year for series in panel.values() for year in series.years})
    firsts = [first] if first is not None else [year for year in held if before[0] <= year <= before[1]]
    lasts = [last] if last is not None else [year for year in held if first is not None or year > before[1]]

    def shared(early: int, late: int) -> int:
        return sum(
            early in series.years and late in series.years and not any(early < year <= late for year in breaks[code])
            for code, series in panel.items()
        )

    pairs = [(shared(early, late), late, early) for early in firsts for late in lasts if late > early]
    best = max(pairs, default=None)
    return (best[2], best[1]) if best is not None and best[0] >= LEAST_MEMBERS else None


def _convergence_row(
    indicator: Indicator,
    years: Sequence[int] | None,
    sigma: SigmaConvergence | None,
    beta: BetaConvergence | None,
    note: str,
    left_out: Sequence[LeftOut],
) -> dict[str, object]:
    changes = {one.measure: one for one in sigma.changes} if sigma else {}
    cv, estimate = changes.get("cv"), beta.estimate if beta else None
    return {
        "indicator": indicator.id,
        "unit": indicator.unit,
        "first_year": years[0] if years else None,
        "last_year": years[1] if years else None,
        "members": list(sigma.members) if sigma else [],
        "compared": len(sigma.members) if sigma else 0,
        "cv_first": cv.first if cv else None,
        "cv_last": cv.last if cv else None,
        "cv_change": cv.relative if cv else None,
        "dispersion": {
            name: {"first": one.first, "last": one.last, "relative": one.relative} for name, one in changes.items()
        },
        "beta": estimate.slope if estimate else None,
        "beta_stderr": estimate.stderr if estimate else None,
        "beta_p": estimate.p if estimate else None,
        "beta_members": len(beta.points) if beta else 0,
        "half_life": estimate.half_life if estimate else None,
        "left_out": [
            {"member": one.member, "reason": one.reason} for one in sorted(left_out, key=lambda one: one.member)
        ],
        "note": note or None,
    }


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
