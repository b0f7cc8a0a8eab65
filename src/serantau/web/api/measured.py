"""Operations that ask the engine: standing, assessment, trajectory, convergence, explain."""

from __future__ import annotations

from typing import Any

import msgspec

from serantau.measure.assessment import AssessmentRow, Period
from serantau.measure.definition import StatusRule
from serantau.measure.indicators import Indicator, Role
from serantau.measure.load import PlanIndex
from serantau.measure.paths import Way, default_model, member_path, model_of, path_row, require_trend
from serantau.measure.standing import Standing
from serantau.measure.together import together, together_row
from serantau.plan.targets import target_of
from serantau.web.answers import period_of
from serantau.web.api.asking import Asked, UnknownNameError
from serantau.web.api.model import (
    AssessmentAnswer,
    ConvergenceAnswer,
    ConvergenceRow,
    ExplainAnswer,
    FindingsAnswer,
    PathRow,
    StandingAnswer,
    TrajectoryAnswer,
)
from serantau.web.api.router import operation
from serantau.web.api.rows import (
    assessment_row,
    cells_of,
    figure_head,
    gap_row,
    missing_row,
    move_row,
    observations_in,
    score_row,
    score_tree,
    shown_nodes,
    sources_in,
    summary_rows,
)
from serantau.web.site.problems import QuestionError

TIMES = ("as_of", "known")
GROUP = "Measured against the plan"
NOT_MEASURED = "Nobody has said yet how the outcomes of this plan are measured, so nothing is scored."
NO_MEMBERS = "As far as was known, the region had no member on that day. Ask about a later day."
SHOWN = (Role.SCORE, Role.FIGURE)


@operation("/standing", StandingAnswer, "plan", "member", "outcome", *TIMES, group=GROUP)
def standing(asked: Asked) -> StandingAnswer:
    """Where the members stand on the outcomes of a plan.

    Scores from 0 to 100 between fixed goalposts, ranks with their 90 % intervals over weights, normalisation and
    aggregation, and the change under the plan. An outcome with too few digital indicators has no score.
    """
    question = asked.question
    members = [member.id for member in asked.present()]
    outcome = asked.outcome()
    found = question.answers.standing(question.plan, question.asof)
    if found is None:
        return StandingAnswer(**_not_measured(asked), index=None, index_note="", last_year=None, outcomes=(), rows=())
    names = [one.outcome for one in found.outcomes if outcome is None or one.outcome == outcome.id]
    rows = tuple(score_row(found.scores[member, name]) for member in members for name in names)
    return StandingAnswer(
        **figure_head(question, observations_in(cell.figure for cell in cells_of(found, names, members))),
        plan=question.plan.id,
        index=found.index.id,
        index_note=found.index.note,
        last_year=found.last_year,
        outcomes=tuple(row for row in summary_rows(question, found) if row.outcome in names),
        rows=rows,
    )


@operation("/findings", FindingsAnswer, "plan", *TIMES, group=GROUP)
def findings(asked: Asked) -> FindingsAnswer:
    """What stands out: who moved most, where the gap between members changed, what is missing.

    A change is listed where it keeps its direction in at least 95 % of the draws of the choices behind the index. The
    gap is compared over the same members in two years; a change of it is sure where the corrected p is below 0.1.
    """
    question = asked.question
    found, standing = (
        ask(question.plan, question.asof) for ask in (question.answers.findings, question.answers.standing)
    )
    if found is None or standing is None:
        return FindingsAnswer(**_not_measured(asked), moves=(), unsure=0, unknown=0, gaps=(), missing=None)
    used = cells_of(standing, [one.outcome for one in standing.outcomes if one.scored], standing.members)
    return FindingsAnswer(
        **figure_head(question, observations_in(cell.figure for cell in used)),
        plan=question.plan.id,
        moves=tuple(move_row(move) for move in (*found.rises, *found.falls)),
        unsure=found.unsure,
        unknown=found.unknown,
        gaps=tuple(gap_row(asked.bundle, gap) for gap in (*found.closed, *found.opened, *found.unclear)),
        missing=missing_row(found.missing),
    )


@operation("/assessment", AssessmentAnswer, "plan", "member", "outcome", "indicator", *TIMES, group=GROUP)
def assessment(asked: Asked) -> AssessmentAnswer:
    """The closing assessment of a plan, by indicator and member.

    The last figure before the plan, the latest within it, the change, the gap to the goalpost, and what is missing.
    """
    question = asked.question
    members, outcome, one = asked.present(), asked.outcome(), asked.indicator()
    index = question.answers.index_of(question.plan)
    if index is None:
        return AssessmentAnswer(**_not_measured(asked), rows=())
    found = [
        row
        for indicator in _assessed(asked, index, one)
        if outcome is None or indicator.outcome == outcome.id
        for member in members
        if (row := question.answers.assessment(question.plan, question.asof, indicator.id, member.id)) is not None
    ]
    return AssessmentAnswer(
        **_head_of(asked, found),
        plan=question.plan.id,
        rows=tuple(assessment_row(asked.bundle, row) for row in found),
    )


def _assessed(asked: Asked, index: PlanIndex, one: Indicator | None) -> list[Indicator]:
    """The indicators of a plan that have figures; one of another plan, or of none, is refused."""
    mine = [row for row in asked.bundle.measure.indicators if row.outcome in index.outcomes and row.role in SHOWN]
    if one is None:
        return mine
    if one not in mine:
        raise UnknownNameError(
            f"The indicator {one.id} is not assessed under {asked.question.plan.id}: its outcome is {one.outcome} and "
            f"its role {one.role.value}. /api/v1/indicators lists those of a plan's outcome.",
            "indicator",
        )
    return [one]


def _head_of(asked: Asked, rows: list[AssessmentRow]) -> dict[str, Any]:
    figures = (figure for row in rows for figure in (row.before, row.latest))
    posts = sources_in(asked.bundle.measure.by_id[row.indicator] for row in rows)
    return figure_head(asked.question, observations_in(figures), sources=posts)


@operation(
    "/trajectory",
    TrajectoryAnswer,
    "indicator",
    "member",
    "model",
    "slope",
    "ceiling",
    "until",
    "plan",
    *TIMES,
    required=("indicator",),
    group=GROUP,
)
def trajectory(asked: Asked) -> TrajectoryAnswer:
    """The path of an indicator and where it goes, for one member or all.

    A status, a year of arrival and a probability are given only against a target that an office published or that was
    imported; else the status is `no published target`. Projections carry the past forward; they are no forecast of
    policy. Intervals are at 90 %.
    """
    question, values = asked.question, asked.values
    indicator = _path_of(asked)
    members = asked.present()
    spare = all(values[name] is None for name in ("model", "slope", "ceiling"))
    model = values["model"] or default_model(indicator)
    way = Way(model_of(indicator, model, values["slope"], values["ceiling"]), values["until"], spare)
    index = question.answers.index_of(question.plan)
    rule = index.status if index else StatusRule()
    figures, plans, asof = question.answers.figures(question.asof), asked.bundle.plans, question.asof
    paths = [
        member_path(figures, indicator, member.id, way, target_of(plans, indicator, member.id, asof), rule)
        for member in members
    ]
    used = observations_in(figure for member in members for figure in figures.series(indicator.id, member.id).values())
    targets = {path.target.source for path in paths if path.target}
    return TrajectoryAnswer(
        **figure_head(question, used, sources=sources_in((indicator,)) | targets),
        plan=question.plan.id,
        model=model,
        rows=tuple(msgspec.convert(path_row(path), PathRow) for path in paths),
    )


@operation("/convergence", ConvergenceAnswer, "indicator", "from", "to", "plan", *TIMES, group=GROUP)
def convergence(asked: Asked) -> ConvergenceAnswer:
    """Whether the members draw together: sigma and beta convergence of one indicator, or of every scored one.

    Always over the same members: those with a figure in both years and no break in the series between them. It takes
    four. Relative ratings are left out. Where no years are given, the pair, one before the plan and one after, that
    most members share.
    """
    question = asked.question
    first, last = asked.years()
    if first is not None and first == last:
        raise QuestionError(f"from={first} and to={last} are one year. Give two.", "to")
    one = None if asked.values["indicator"] is None else _path_of(asked)
    index, period = question.answers.index_of(question.plan), period_of(question.plan)
    if index is None or period is None:
        return ConvergenceAnswer(**_not_measured(asked), rows=())
    members = [member.id for member in question.answers.members(question.asof)]
    figures = question.answers.figures(question.asof)
    chosen = [one] if one else _scored(asked, index)
    before = _before(period, index)
    rows = [together(indicator, members, figures, before, first, last) for indicator in chosen]
    used = observations_in(
        figures.series(row.indicator.id, member).get(year)
        for row in rows
        if row.years
        for member in (row.sigma.members if row.sigma else ())
        for year in row.years
    )
    return ConvergenceAnswer(
        **figure_head(question, used),
        plan=question.plan.id,
        rows=tuple(msgspec.convert(together_row(row), ConvergenceRow) for row in rows),
    )


def _before(period: Period, index: PlanIndex) -> tuple[int, int]:
    """First and last year in which a figure counts as one from before the plan."""
    start = period.start.year - 1
    return start - index.window_years + 1, start


def _scored(asked: Asked, index: PlanIndex) -> list[Indicator]:
    facts = asked.bundle.measure
    leaves = [facts.by_id[leaf.id] for leaf in facts.definition(index).indicators]
    return [indicator for indicator in leaves if not indicator.relative]


def _path_of(asked: Asked) -> Indicator:
    indicator = asked.indicator()
    assert indicator is not None
    require_trend(indicator)
    return indicator


@operation(
    "/explain",
    ExplainAnswer,
    "member",
    "outcome",
    "plan",
    *TIMES,
    required=("member", "outcome"),
    group=GROUP,
)
def explain(asked: Asked) -> ExplainAnswer:
    """A score unfolded: groups, weights, indicators, the figure used, its marks, goalposts and sources."""
    question, bundle = asked.question, asked.bundle
    (member,), outcome = asked.present(), asked.outcome()
    found = question.answers.standing(question.plan, question.asof)
    common = {"member": member.id, "outcome": outcome.id}
    if found is None or outcome.id not in {one.outcome for one in found.outcomes}:
        return ExplainAnswer(**_not_measured(asked), **common, why=NOT_MEASURED, score=None, shown=())
    cells = cells_of(found, [outcome.id], [member.id])
    posts = sources_in(bundle.measure.by_id[cell.indicator] for cell in cells)
    tree = score_tree(bundle, found, member.id, outcome.id)
    return ExplainAnswer(
        **figure_head(question, observations_in(cell.figure for cell in cells), sources=posts),
        plan=question.plan.id,
        **common,
        why=_why(found, outcome.id) or (tree.missing if tree else ""),
        score=tree,
        shown=shown_nodes(bundle, found, member.id, outcome.id),
    )


def _why(found: Standing, outcome: str) -> str:
    return found.outcome(outcome).why


def _not_measured(asked: Asked) -> dict[str, Any]:
    question = asked.question
    found = figure_head(question, ())
    why = NOT_MEASURED if question.answers.members(question.asof) else NO_MEMBERS
    return {**found, "notes": (*found["notes"], why), "plan": question.plan.id}
