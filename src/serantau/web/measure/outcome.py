"""The page of an outcome: ranks and how sure they are, what it is made of, and what would fill the gaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from serantau.measure.indicators import Indicator, Role
from serantau.measure.robustness import RobustnessResult
from serantau.measure.sobol import sobol_indices
from serantau.measure.standing import Standing
from serantau.plan import Outcome, PlanError, Relation
from serantau.region.model import Member
from serantau.web.measure.overview import ScoreView, outcome_views, score_view
from serantau.web.measure.parts import (
    ChartView,
    FigureView,
    GoalpostsView,
    direction_words,
    find,
    goalposts_view,
    key_of,
    latest,
    source_view,
)
from serantau.web.measure.pictures import (
    indicator_base,
    indicator_latest,
    outcome_change,
    outcome_ranks,
    outcome_scores,
)
from serantau.web.site.question import Question

SURE = 0.95
"""Share of the draws from which the order of two members is called sure."""

MOST_CHARTS = 2

SOBOL_SAMPLES = 512
"""Base samples of the variance decomposition: enough for one digit, in a few hundredths of a second."""


@dataclass(frozen=True)
class ScoreRow:
    """One member in the ranking."""

    member: Member
    cell: ScoreView


@dataclass(frozen=True)
class IndicatorRow:
    """One scored indicator: its place in the tree, its weight, its goalposts, and who has a figure."""

    indicator: Indicator
    group: str
    share: float | None
    direction: str
    goalposts: GoalpostsView | None
    have: int


@dataclass(frozen=True)
class MatrixRow:
    """The figures of one indicator, one for each member in the order of the page."""

    indicator: Indicator
    figures: tuple[FigureView | None, ...]
    bases: tuple[float | None, ...]

    @property
    def have(self) -> int:
        """How many members have a figure."""
        return sum(one is not None for one in self.figures)

    @property
    def scored(self) -> bool:
        """Whether it is wanted for a score."""
        return self.indicator.role is Role.SCORE

    @property
    def direction(self) -> str:
        """Which way is better."""
        return direction_words(self.indicator)

    @property
    def has_base(self) -> bool:
        """Whether any member's figure can be compared with the base year's."""
        return any(one is not None for one in self.bases)


@dataclass(frozen=True)
class Pairs:
    """How often the member of a row scores above that of a column, in per cent of the draws."""

    members: tuple[Member, ...]
    rows: tuple[tuple[Member, tuple[int | None, ...]], ...]


@dataclass(frozen=True)
class ChoiceRow:
    """How much of the movement of ranks a choice explains, in per cent."""

    name: str
    first: int
    total: int


def find_outcome(question: Question, name: str) -> Outcome:
    """The outcome of an address, by its id or by its code in the plan asked about.

    Raises:
        NotHereError: if there is none.
    """
    plans = question.answers.bundle.plans
    known = {one.id: f"{one.code} {one.title}" for one in plans.all_outcomes}

    def look_up() -> Outcome:
        by_fold = {one.id.casefold(): one for one in plans.all_outcomes}
        if name.casefold() in by_fold:
            return by_fold[name.casefold()]
        return plans.outcome_of(question.plan.id, name)

    return find(look_up, name, known, "/outcomes/%s/")


def outcome_context(question: Question, outcome: Outcome) -> dict[str, object]:
    """What the page shows."""
    answers, plans = question.answers, question.answers.bundle.plans
    standing = answers.standing(question.plan, question.asof)
    members = answers.members(question.asof)
    views = outcome_views(question, standing)
    view = next((one for one in views if one.outcome.id == outcome.id), None)
    scored_rows = matrix(question, standing, outcome, Role.SCORE, members)
    figure_rows = matrix(question, standing, outcome, Role.FIGURE, members)
    context: dict[str, object] = {
        "outcome": outcome,
        "label": view.label if view else outcome.code,
        "summary": view.summary if view else None,
        "standing": standing,
        "members": members,
        "outcome_source": source_view(answers.bundle, outcome.source),
        "indicator_rows": indicator_rows(question, standing, outcome, scored_rows),
        "scored_rows": scored_rows,
        "figure_rows": figure_rows,
        "base_rows": [row for row in (*scored_rows, *figure_rows) if row.has_base],
        "slots": [i for i in answers.bundle.measure.indicators if i.outcome == outcome.id and i.role is Role.SLOT],
        "actions": plans.actions(question.plan.id, question.asof, outcome.id),
        "kin": _kin(question, outcome),
        "others": views,
        "page_marks": key_of(one for row in (*scored_rows, *figure_rows) for one in row.figures),
    }
    if standing is not None and view is not None and view.scored:
        context |= _ranking(question, standing, outcome, members)
    else:
        context["figure_charts"] = _figure_charts(question, [*scored_rows, *figure_rows])
    return context


def _figure_charts(question: Question, rows: list[MatrixRow]) -> list[ChartView]:
    """For an outcome without a score: the figures against their base year, else the two that most members have."""
    recovering = [row for row in rows if row.has_base][:MOST_CHARTS]
    if recovering:
        return [chart for row in recovering if (chart := indicator_base(question, row.indicator)) is not None]
    fullest = sorted((row for row in rows if row.have), key=lambda row: (not row.scored, -row.have))[:MOST_CHARTS]
    return [chart for row in fullest if (chart := indicator_latest(question, row.indicator)) is not None]


# --- ranking and robustness ------------------------------------------------------------------------------------------


def _ranking(
    question: Question, standing: Standing, outcome: Outcome, members: tuple[Member, ...]
) -> dict[str, object]:
    scores = [standing.scores[member.id, outcome.id] for member in members]
    by_id = {member.id: member for member in members}
    ranked = sorted(scores, key=lambda one: (one.rank is None, one.rank or 0, by_id[one.member].name))
    sure = question.answers.sure_changes(question.plan, question.asof)
    rows = [ScoreRow(by_id[one.member], score_view(one, sure)) for one in ranked]
    found = standing.robustness.get(outcome.id)
    context: dict[str, object] = {
        "rows": rows,
        "chart": outcome_scores(question, outcome),
        "change_chart": outcome_change(question, outcome),
        "robustness": found,
    }
    if found is not None:
        order = [by_id[one.member] for one in ranked if one.rank is not None]
        context |= {
            "rank_chart": outcome_ranks(question, outcome),
            "sentences": _sentences(found, [row for row in rows if row.cell.score.rank is not None]),
            "pairs": _pairs(found, order),
            "choices": choice_rows(question, standing, outcome),
        }
    return context


def _sentences(found: RobustnessResult, rows: list[ScoreRow]) -> list[str]:
    """How sure the ranks are, in words."""
    sure = [
        1
        for one, other in combinations([row.member.id for row in rows], 2)
        if max(found.prob_above(one, other), found.prob_above(other, one)) >= SURE
    ]
    pairs = len(rows) * (len(rows) - 1) // 2
    said = []
    if pairs:
        text = _("The order of %(sure)s of the %(pairs)s pairs of members is the same in at least 95 %% of the draws.")
        said.append(text % {"sure": len(sure), "pairs": pairs})
    fixed = [row.member.name for row in rows if row.cell.score.rank_low == row.cell.score.rank_high]
    if fixed:
        text = ngettext("One rank in 90 %% of the draws: %s.", "Each one rank in 90 %% of the draws: %s.", len(fixed))
        said.append(text % ", ".join(fixed))
    widths = [(row.cell.score.rank_high or 0) - (row.cell.score.rank_low or 0) for row in rows]
    widest = max(widths, default=0)
    if widest:
        names = [row.member.name for row, width in zip(rows, widths, strict=True) if width == widest]
        text = _("The widest interval, %(count)s ranks: %(names)s.")
        said.append(text % {"count": widest + 1, "names": ", ".join(names)})
    return said


def _pairs(found: RobustnessResult, order: list[Member]) -> Pairs:
    rows = tuple(
        (
            one,
            tuple(None if other is one else round(100 * found.prob_above(one.id, other.id)) for other in order),
        )
        for one in order
    )
    return Pairs(tuple(order), rows)


def choice_rows(question: Question, standing: Standing, outcome: Outcome) -> list[ChoiceRow]:
    """Sobol' indices: which choice moves the ranks; empty where nothing moves them."""
    result = standing.result
    if result is None:
        return []
    data = question.answers.figures_in_use(standing)
    key = ("sobol", outcome.id, standing.last_year, standing.asof.known, standing.members)
    found = question.answers.memo.get(
        key, lambda: sobol_indices(result.definition, data, outcome.id, samples=SOBOL_SAMPLES)
    )
    if not found.variance:
        return []
    return [
        ChoiceRow(_choice(name), round(100 * max(0.0, float(found.first[at]))), round(100 * float(found.total[at])))
        for at, name in enumerate(found.factors)
    ]


def _choice(name: str) -> str:
    """An uncertain choice in words; a level of weights keeps the engine's own."""
    return {
        "treat": _("treatment of outliers"),
        "impute": _("missing figures"),
        "normalise": _("scale (normalisation)"),
        "aggregate": _("mean (aggregation)"),
        "weights of indicators": _("weights of the indicators"),
        "weights of level 1": _("weights of the groups of indicators"),
        "missing": _("missing figures"),
    }.get(name, name)


# --- what it is made of ----------------------------------------------------------------------------------------------


def matrix(
    question: Question, standing: Standing | None, outcome: Outcome, role: Role, members: tuple[Member, ...]
) -> list[MatrixRow]:
    """The figures of the indicators of one role under an outcome, member by member."""
    found = [
        one for one in question.answers.bundle.measure.indicators if one.outcome == outcome.id and one.role is role
    ]
    return [
        MatrixRow(
            one,
            tuple(latest(question, standing, one, member.id) for member in members),
            tuple(standing.cells[member.id, one.id].base if standing else None for member in members),
        )
        for one in found
    ]


def indicator_rows(
    question: Question, standing: Standing | None, outcome: Outcome, rows: list[MatrixRow]
) -> list[IndicatorRow]:
    """The scored indicators of an outcome with weight and goalposts."""
    index = question.answers.index_of(question.plan)
    groups = {group.id: group.name for group in index.groups} if index else {}
    return [
        IndicatorRow(
            indicator=row.indicator,
            group=groups.get(row.indicator.group, "") if row.indicator.group != outcome.id else "",
            share=_share(standing, row.indicator.id, outcome.id),
            direction=direction_words(row.indicator),
            goalposts=goalposts_view(question.answers.bundle, row.indicator),
            have=row.have,
        )
        for row in rows
    ]


def _share(standing: Standing | None, node: str, outcome: str) -> float | None:
    """Share of the outcome's weight, in per cent, where a member has every figure."""
    if standing is None or standing.result is None:
        return None
    definition, weights = standing.result.definition, standing.result.weights
    parents = {leaf.id: leaf.group for leaf in definition.indicators} | {g.id: g.parent for g in definition.groups}
    share = 100.0
    while node != outcome:
        parent = parents.get(node)
        if not parent or node not in weights:
            return None
        total = sum(weights[child] for child in definition.children[parent])
        if not total:
            return None
        share *= weights[node] / total
        node = parent
    return share


RELATIONS = {
    Relation.CONTINUES: _lazy("continues"),
    Relation.PARTLY: _lazy("continues in part"),
    Relation.RENAMED: _lazy("renamed"),
    Relation.NONE_KNOWN: _lazy("same number, no counterpart known"),
}


@dataclass(frozen=True)
class Kin:
    """An outcome of another plan, and how it relates."""

    id: str
    plan: str
    code: str
    title: str
    relation: str
    source: object
    grade: object


def _kin(question: Question, outcome: Outcome) -> list[Kin]:
    plans = question.answers.bundle.plans
    found = []
    for row in plans.crosswalks(outcome.id, question.asof):
        other = row.later if row.earlier == outcome.id else row.earlier
        try:
            held = plans.outcome(other)
        except PlanError:
            continue  # a crosswalk to a plan or an action
        plan = plans.plan(held.plan)
        source = source_view(question.answers.bundle, row.source)
        found.append(Kin(held.id, plan.short_name, held.code, held.title, RELATIONS[row.relation], source, row.grade))
    return found
