"""The page of the method: the definition of the plan's index, its formulas, and how sure and how consistent it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.measure.analyse import DEFAULT_THRESHOLDS as THRESHOLDS
from serantau.measure.analyse import Correlation, consistency, correlation, scores_of
from serantau.measure.definition import Aggregate, Definition, Level, Normalise, Step
from serantau.measure.errors import MeasureError
from serantau.measure.indicators import Role
from serantau.measure.leave_out import leave_one_out
from serantau.measure.standing import Standing
from serantau.measure.whatif import usual_definition
from serantau.plan import Outcome
from serantau.region.model import Member
from serantau.web.measure.outcome import SURE, ChoiceRow, IndicatorRow, choice_rows, indicator_rows, matrix
from serantau.web.measure.overview import OutcomeView, outcome_views
from serantau.web.site.question import Question

MOST_LEFT_OUT = 3
"""Indicators named whose absence would move the ranks most."""


@dataclass(frozen=True)
class StepRow:
    """A step of the index: what is done, and its formula."""

    name: str
    text: str
    formula: str


@dataclass(frozen=True)
class LeaveRow:
    """An indicator, and how far the ranks would move without it."""

    name: str
    id: str
    shift: float


@dataclass(frozen=True)
class OutcomeMethod:
    """One outcome: what it is made of, how sure its ranks are, how its parts hang together.

    Attributes:
        sure: Pairs of members whose order is the same in at least 95 % of the draws; None without an analysis.
        pairs: All pairs of members with a score.
        width: Mean number of ranks in the 90 % intervals.
        choices: Sobol' indices.
        alpha: Cronbach's alpha of its indicators, over the members with all of them; None where it is not defined.
        alpha_members: How many members that is.
        flagged: Pairs of its indicators that pull apart or say the same.
        left_out: The indicators that matter most to the ranks.
    """

    view: OutcomeView
    rows: tuple[IndicatorRow, ...]
    sure: int | None
    pairs: int
    width: float | None
    choices: tuple[ChoiceRow, ...]
    alpha: float | None
    alpha_members: int
    flagged: tuple[tuple[str, str, Correlation], ...]
    left_out: tuple[LeaveRow, ...]


def method_context(question: Question) -> dict[str, object]:
    """What the page shows."""
    standing = question.answers.standing(question.plan, question.asof)
    index = question.answers.index_of(question.plan)
    members = question.answers.members(question.asof)
    context: dict[str, object] = {"standing": standing, "index": index, "members": members, "steps": (), "parts": ()}
    if standing is None or index is None:
        return context
    definition = question.answers.bundle.measure.definition(index)
    views = outcome_views(question, standing)
    # It holds words, so each language has its own.
    key = ("method", get_language(), question.plan.id, standing.last_year, question.asof.known, standing.members)
    parts = question.answers.memo.get(
        key, lambda: tuple(_part(question, standing, view, members) for view in views if view.summary)
    )
    return context | {
        "steps": [row for step in index.steps for row in _steps(step, definition)],
        "alternatives": _alternatives(definition),
        "parts": parts,
        "replicates": definition.robustness.replicates if definition.robustness else None,
        "seed": definition.robustness.seed if definition.robustness else None,
        "spread": [round(100 * one) for one in definition.robustness.weights.spread]
        if definition.robustness and definition.robustness.weights
        else [],
    }


# --- the definition in words -----------------------------------------------------------------------------------------


def _steps(step: Step, definition: Definition) -> list[StepRow]:
    if isinstance(step, Normalise):
        return _normalise(step)
    if isinstance(step, Aggregate):
        return _aggregate(step, definition)
    kind = type(step).__name__.lower()
    return [StepRow(kind, _("As the definition says; the method's page has the formula."), "")]


def _normalise(step: Normalise) -> list[StepRow]:
    ends = {"low": f"{step.low:g}", "high": f"{step.high:g}"}
    span = f"{step.low:g} + {step.high - step.low:g}" if step.low else f"{step.high:g}"
    cut = _("What lies beyond an end is cut to it.") if step.cap else _("What lies beyond an end is not cut.")
    if step.method != "goalposts":
        text = _("Each indicator is brought to a scale from %(low)s to %(high)s by the method %(method)s.")
        return [StepRow(_("Normalise"), f"{text % {**ends, 'method': step.method}} {cut}", "")]
    text = (
        _("Each indicator is brought to a scale from %(low)s to %(high)s between its fixed goalposts a and b.") % ends
    )
    return [
        StepRow(_("Normalise"), f"{text} {cut}", f"s = {span} · (x − a) / (b − a)"),
        StepRow(
            _("On a logarithmic scale"),
            _("Where equal ratios count as equal steps."),
            f"s = {span} · (ln x − ln a) / (ln b − ln a)",
        ),
        StepRow(
            _("Nearest to a reference is best"),
            _("Where the best value is r, the distance from it takes the place of the value."),
            "x → |x − r|",
        ),
    ]


def _aggregate(step: Aggregate, definition: Definition) -> list[StepRow]:
    level = step.default
    weights = {"given": _("the weights of the tree"), "equal": _("equal weights")}.get(step.weights, step.weights)
    text = _("Each group is the %(mean)s mean of its parts, with %(weights)s.") % {
        "mean": _mean(level),
        "weights": weights,
    }
    if level.missing == "skip":
        rule = _("The weight of a missing part goes to the others; below %(share)s %% of the weight there is no score.")
        text += " " + rule % {"share": f"{100 * level.min_share:g}"}
    else:
        text += " " + _("A group with a missing part has no score.")
    root = step.by_group.get(definition.root)
    if root is not None and root.missing == "refuse":
        text += " " + _("The whole plan has a score only if every outcome has one.")
    return [StepRow(_("Aggregate"), text, _formula(level))]


def _mean(level: Level) -> str:
    return {
        "arithmetic": _("arithmetic"),
        "geometric": _("geometric"),
        "harmonic": _("harmonic"),
        "power": _("generalised"),
    }.get(level.method, level.method)


def _formula(level: Level) -> str:
    return {
        "arithmetic": "S = Σ w s / Σ w",
        "geometric": "S = exp(Σ w ln s / Σ w)",
        "harmonic": "S = Σ w / Σ (w / s)",
        "power": "S = (Σ w s^p / Σ w)^(1/p)",
    }.get(level.method, "")


def _alternatives(definition: Definition) -> list[str]:
    """The choices that the robustness analysis draws, in words."""
    spec = definition.robustness
    if spec is None:
        return []
    said = []
    if len(spec.normalise) > 1:
        text = _("Scale: %s, each as likely.")
        said.append(text % ", ".join(f"{one.method} ({one.low:g}–{one.high:g})" for one in spec.normalise))
    if len(spec.aggregate) > 1:
        said.append(_("Mean: %s, each as likely.") % ", ".join(_mean(one.default) for one in spec.aggregate))
    if spec.weights is not None:
        spread = ", ".join(f"{100 * one:g} %" for one in spec.weights.spread)
        said.append(_("Weights: each up or down by up to %s (indicators first, then groups).") % spread)
    return said


# --- outcome by outcome ----------------------------------------------------------------------------------------------


def _part(question: Question, standing: Standing, view: OutcomeView, members: tuple[Member, ...]) -> OutcomeMethod:
    outcome = view.outcome
    rows = indicator_rows(question, standing, outcome, matrix(question, standing, outcome, Role.SCORE, members))
    if not view.scored or standing.result is None:
        return OutcomeMethod(view, tuple(rows), None, 0, None, (), None, 0, (), ())
    sure, pairs, width = _sureness(standing, outcome)
    alpha, count = _alpha(standing, outcome)
    return OutcomeMethod(
        view=view,
        rows=tuple(rows),
        sure=sure,
        pairs=pairs,
        width=width,
        choices=tuple(choice_rows(question, standing, outcome)) if outcome.id in standing.robustness else (),
        alpha=alpha,
        alpha_members=count,
        flagged=_flagged(question, standing, outcome),
        left_out=_left_out(question, standing, outcome),
    )


def _sureness(standing: Standing, outcome: Outcome) -> tuple[int | None, int, float | None]:
    found = standing.robustness.get(outcome.id)
    scores = [standing.scores[member, outcome.id] for member in standing.members]
    ranked = [one for one in scores if one.rank is not None]
    pairs = list(combinations([one.member for one in ranked], 2))
    if found is None:
        return None, len(pairs), None
    sure = sum(max(found.prob_above(a, b), found.prob_above(b, a)) >= SURE for a, b in pairs)
    widths = [(one.rank_high or 0) - (one.rank_low or 0) + 1 for one in ranked]
    return sure, len(pairs), sum(widths) / len(widths) if widths else None


def _leaves(standing: Standing, outcome: Outcome) -> list[str]:
    assert standing.result is not None
    held = standing.outcome(outcome.id).indicators
    return [leaf.id for leaf in standing.result.definition.indicators if leaf.id in held]


def _alpha(standing: Standing, outcome: Outcome) -> tuple[float | None, int]:
    assert standing.result is not None
    names = _leaves(standing, outcome)
    table = scores_of(standing.result)[:, [standing.result.columns[name] for name in names]]
    found = consistency(table, names)
    return (None if np.isnan(found.alpha) else found.alpha), found.units


def _flagged(question: Question, standing: Standing, outcome: Outcome) -> tuple[tuple[str, str, Correlation], ...]:
    """Pairs that pull against each other, or of which one adds nothing."""
    assert standing.result is not None
    held, scores = question.answers.bundle.measure.by_id, scores_of(standing.result)
    found = []
    for one, other in combinations(_leaves(standing, outcome), 2):
        x, y = (scores[:, standing.result.columns[name]] for name in (one, other))
        value, p, units = correlation(x, y)
        flag = "" if np.isnan(value) else THRESHOLDS.flag(value)
        if flag in ("negative", "collinear"):
            found.append((held[one].name, held[other].name, Correlation(one, other, value, p, units, flag)))
    return tuple(sorted(found, key=lambda row: row[2].value))


def _left_out(question: Question, standing: Standing, outcome: Outcome) -> tuple[LeaveRow, ...]:
    assert standing.result is not None
    scored = [one.outcome for one in standing.outcomes if one.scored]
    definition = usual_definition(standing.result.definition, outcome.id, scored)
    names = _leaves(standing, outcome)
    try:
        found = leave_one_out(definition, question.answers.figures_in_use(standing), names)
    except MeasureError:
        return ()
    held = question.answers.bundle.measure.by_id
    rows = [LeaveRow(held[one.node].name, one.node, one.mean_shift) for one in found]
    return tuple(sorted(rows, key=lambda row: (-row.shift, row.name))[:MOST_LEFT_OUT])
