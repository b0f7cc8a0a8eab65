"""Where each member stands on each outcome of a plan, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from serantau.base import AsOf
from serantau.measure.assessment import Period
from serantau.measure.changes import comparable_pairs
from serantau.measure.data import Data
from serantau.measure.definition import Definition
from serantau.measure.figures import Figure, Figures
from serantau.measure.index import IndexResult, run_index
from serantau.measure.indicators import Direction, Indicator, Role
from serantau.measure.load import MeasureFacts, PlanIndex
from serantau.measure.marks import BEFORE_THE_PLAN, OLD
from serantau.measure.robustness import RobustnessResult, monte_carlo

SCORED = "scored"
TOO_LITTLE = "too little data"
NO_SCORE = "no score"

INTERVAL = 0.9
"""Level of the rank intervals."""


@dataclass(frozen=True)
class Cell:
    """One member on one indicator: the figure used, its score and its marks.

    Attributes:
        figure: The figure used, or None where there is none in the window.
        score: 0 to 100, or None for an indicator that is not scored.
        marks: Flags of the figure, ``old``, ``before the plan``.
        base: The figure, of a later year, as % of the base year's, for recovery indicators; else None.
    """

    member: str
    indicator: str
    figure: Figure | None
    score: float | None
    marks: tuple[str, ...]
    base: float | None = None


@dataclass(frozen=True)
class OutcomeScore:
    """One member on one outcome.

    Attributes:
        state: ``scored``, ``too little data`` (of this member) or ``no score`` (for anybody).
        score: 0 to 100, or None.
        rank: Among the ``ranked`` members with a score, or None.
        rank_low: Best rank of the 90 % interval.
        rank_high: Worst rank of the 90 % interval.
        have: Scored indicators with a figure.
        of: Scored indicators of the outcome.
        change: Change of the score under the plan, over the indicators with comparable figures before and within it
            (no relative ratings, no break between the two); or None.
        change_over: How many indicators that is.
        before: The score before the plan over those indicators; with the change added, the score now over the same.
        change_capped: How many of them lie beyond a goalpost before or within the plan, so that the score, cut at 0 and
            100, does not show the whole of their change.
        ranked: How many members have a score on this outcome.
        marks: How many of the figures used carry each mark.
    """

    member: str
    outcome: str
    state: str
    score: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    have: int
    of: int
    change: float | None
    change_over: int
    marks: Mapping[str, int] = field(default_factory=dict)
    change_capped: int = 0
    ranked: int = 0
    before: float | None = None


@dataclass(frozen=True)
class OutcomeSummary:
    """One outcome over all members.

    Attributes:
        scored: Whether it has a score at all.
        why: Why it has none; empty if it has one.
        indicators: Ids of the scored indicators.
        figures: Ids of the indicators shown and not scored.
        slots: Ids of the indicators wanted, of which no rows are kept.
    """

    outcome: str
    scored: bool
    why: str
    indicators: tuple[str, ...]
    figures: tuple[str, ...]
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """The answer, with everything it rests on.

    Attributes:
        asof: The two times of the question.
        index: How outcomes are scored.
        last_year: No figure of a later year is used: the question's year, or the plan's last.
        members: Alpha-3 codes of the members then.
        outcomes: In the plan's order.
        scores: By member and outcome.
        cells: By member and indicator.
        result: The index run behind the scores, or None where nothing is scored.
        robustness: By outcome, the Monte Carlo analysis behind the rank intervals.
    """

    asof: AsOf
    index: PlanIndex
    period: Period
    last_year: int
    members: tuple[str, ...]
    outcomes: tuple[OutcomeSummary, ...]
    scores: Mapping[tuple[str, str], OutcomeScore]
    cells: Mapping[tuple[str, str], Cell]
    result: IndexResult | None
    robustness: Mapping[str, RobustnessResult]

    def outcome(self, outcome: str) -> OutcomeSummary:
        """The summary of one outcome."""
        return next(summary for summary in self.outcomes if summary.outcome == outcome)


def standing(
    facts: MeasureFacts,
    index: PlanIndex,
    period: Period,
    members: Sequence[str],
    asof: AsOf,
    replicates: int | None = None,
) -> Standing:
    """Measure the members against a plan.

    Args:
        facts: Indicators and observations.
        index: How the plan's outcomes are scored.
        period: The plan's period.
        members: Alpha-3 codes of the members at the time of the question.
        asof: The two times of the question.
        replicates: Of the Monte Carlo analysis; 0 for none, None for the index's own number.
    """
    figures = Figures(facts.indicators, facts.observations, asof)
    work = _Work(facts, index, period, tuple(members), asof, figures)
    return work.standing(replicates)


@dataclass(frozen=True)
class _Changed:
    """Change of one score, over how many indicators, and how many of them are cut by the scale."""

    change: float | None
    over: int
    capped: int
    before: float | None


_NO_CHANGE = _Changed(None, 0, 0, None)


class _Work:
    def __init__(
        self,
        facts: MeasureFacts,
        index: PlanIndex,
        period: Period,
        members: tuple[str, ...],
        asof: AsOf,
        figures: Figures,
    ) -> None:
        self.facts, self.index, self.period = facts, index, period
        self.members, self.asof, self.figures = members, asof, figures
        self.last_year = min(asof.valid.year, period.end.year)
        self.definition = facts.definition(index)
        self.leaves = [facts.by_id[leaf.id] for leaf in self.definition.indicators]

    def standing(self, replicates: int | None) -> Standing:
        chosen = {
            (member, indicator.id): self._latest(indicator, member)
            for member in self.members
            for indicator in self.facts.indicators
        }
        summaries = tuple(self._summary(outcome, chosen) for outcome in self.index.outcomes)
        result = self._run(self.definition, chosen) if self.definition.indicators and self.members else None
        result = self._without_silent(result, summaries) if result else None
        robustness = self._robustness(summaries, chosen, replicates)
        changes = self._changes(chosen) if result else {}
        scores = {
            (member, summary.outcome): self._score(member, summary, chosen, result, robustness, changes)
            for summary in summaries
            for member in self.members
        }
        cells = {key: self._cell(key[0], key[1], figure, result) for key, figure in chosen.items()}
        return Standing(
            asof=self.asof,
            index=self.index,
            period=self.period,
            last_year=self.last_year,
            members=self.members,
            outcomes=summaries,
            scores=scores,
            cells=cells,
            result=result,
            robustness=robustness,
        )

    def _latest(self, indicator: Indicator, member: str) -> Figure | None:
        first = self.last_year - self.index.window_years + 1
        if indicator.relative:
            edition = self._edition(indicator.id, first)
            return None if edition is None else self.figures.latest(indicator.id, member, edition, edition)
        return self.figures.latest(indicator.id, member, first, self.last_year)

    def _edition(self, indicator: str, first: int) -> int | None:
        """The edition in which most members are rated, the latest of equals: ratings of two editions do not compare."""
        rated = Counter(
            year
            for member in self.members
            for year in self.figures.series(indicator, member)
            if first <= year <= self.last_year
        )
        return max(rated, key=lambda year: (rated[year], year)) if rated else None

    def _summary(self, outcome: str, chosen: Mapping[tuple[str, str], Figure | None]) -> OutcomeSummary:
        mine = [indicator for indicator in self.facts.indicators if indicator.outcome == outcome]
        scored = tuple(i.id for i in mine if i.role is Role.SCORE)
        with_data = [name for name in scored if any(chosen[member, name] for member in self.members)]
        enough = len(with_data) >= self.index.min_digital
        why = ""
        if not enough:
            noun = "indicator" if len(with_data) == 1 else "indicators"
            why = f"{len(with_data)} digital {noun} with figures; {self.index.min_digital} are needed for a score"
        return OutcomeSummary(
            outcome=outcome,
            scored=enough,
            why=why,
            indicators=scored,
            figures=tuple(i.id for i in mine if i.role is Role.FIGURE),
            slots=tuple(i.id for i in mine if i.role is Role.SLOT),
        )

    def _matrix(self, chosen: Mapping[tuple[str, str], Figure | None]) -> Data:
        rows = [[_value(chosen[member, leaf.id]) for leaf in self.leaves] for member in self.members]
        return Data.of_matrix(self.members, [leaf.id for leaf in self.leaves], np.array(rows, dtype=np.float64))

    def _run(self, definition: Definition, chosen: Mapping[tuple[str, str], Figure | None]) -> IndexResult:
        return run_index(definition, self._matrix(chosen))

    def _without_silent(self, result: IndexResult, summaries: Sequence[OutcomeSummary]) -> IndexResult:
        """No score for an outcome with too few indicators, for a group below it, or above it for the whole plan.

        An outcome without any indicator is not even in the tree, so the tree alone would score the plan without it.
        """
        silent = {summary.outcome for summary in summaries if not summary.scored}
        if not silent:
            return result
        below = {group.id: group.parent for group in self.definition.groups}
        nodes = [node for node in below if silent & set(_way_up(node, below)) or not below[node]]
        scores, ranks = result.scores.copy(), result.ranks.copy()
        places = [result.columns[node] for node in nodes]
        scores[..., places], ranks[..., places] = np.nan, 0
        return replace(result, scores=scores, ranks=ranks)

    def _robustness(
        self,
        summaries: Sequence[OutcomeSummary],
        chosen: Mapping[tuple[str, str], Figure | None],
        replicates: int | None,
    ) -> dict[str, RobustnessResult]:
        nodes = tuple(summary.outcome for summary in summaries if summary.scored)
        if self.index.robustness is None or replicates == 0 or not nodes or not self.members:
            return {}
        return monte_carlo(self.definition, self._matrix(chosen), replicates=replicates, nodes=nodes)

    def _changes(self, chosen: Mapping[tuple[str, str], Figure | None]) -> dict[tuple[str, str], _Changed]:
        """Change of each score over the indicators that have comparable figures before and within the plan."""
        chosen_pairs = comparable_pairs(
            self.leaves, self.members, self.figures, self.period, self.index.window_years, chosen
        )
        before, after = chosen_pairs.before, chosen_pairs.after
        start, end = self._run(self.definition, before), self._run(self.definition, after)
        changes = {}
        for outcome in self.index.outcomes:
            if outcome not in end.columns:
                continue
            for member in self.members:
                a, b = start.score(member, outcome), end.score(member, outcome)
                if a is not None and b is not None:
                    pairs = [
                        (leaf, old, new)
                        for leaf in self.leaves
                        if leaf.outcome == outcome
                        and (old := before[member, leaf.id]) is not None
                        and (new := after[member, leaf.id]) is not None
                    ]
                    capped = sum(_beyond(leaf, old.value) or _beyond(leaf, new.value) for leaf, old, new in pairs)
                    changes[member, outcome] = _Changed(b - a, len(pairs), capped, a)
        return changes

    def _score(
        self,
        member: str,
        summary: OutcomeSummary,
        chosen: Mapping[tuple[str, str], Figure | None],
        result: IndexResult | None,
        robustness: Mapping[str, RobustnessResult],
        changes: Mapping[tuple[str, str], _Changed],
    ) -> OutcomeScore:
        used = [figure for name in summary.indicators if (figure := chosen[member, name])]
        marks = Counter(mark for figure in used for mark in self._marks(figure))
        score = rank = low = high = None
        if summary.scored and result is not None:
            score, rank = result.score(member, summary.outcome), result.rank(member, summary.outcome)
        state = NO_SCORE if not summary.scored else (TOO_LITTLE if score is None else SCORED)
        if score is not None and summary.outcome in robustness:
            low, high = robustness[summary.outcome].interval(member, INTERVAL)
        changed = changes.get((member, summary.outcome), _NO_CHANGE) if score is not None else _NO_CHANGE
        return OutcomeScore(
            member=member,
            outcome=summary.outcome,
            state=state,
            score=score,
            rank=rank,
            rank_low=low,
            rank_high=high,
            have=len(used),
            of=len(summary.indicators),
            change=changed.change,
            change_over=changed.over,
            marks=dict(marks),
            change_capped=changed.capped,
            ranked=self._ranked(summary.outcome, result),
            before=changed.before,
        )

    @staticmethod
    def _ranked(outcome: str, result: IndexResult | None) -> int:
        """How many members have a score on an outcome."""
        if result is None or outcome not in result.columns:
            return 0
        return int((result.ranks[-1, :, result.columns[outcome]] > 0).sum())

    def _cell(self, member: str, indicator: str, figure: Figure | None, result: IndexResult | None) -> Cell:
        score = None
        if figure is not None and result is not None and indicator in result.columns:
            score = result.score(member, indicator)
        marks = self._marks(figure) if figure is not None else ()
        return Cell(member, indicator, figure, score, marks, self._base(indicator, figure))

    def _base(self, indicator: str, figure: Figure | None) -> float | None:
        year = self.facts.by_id[indicator].base_year
        if figure is None or year is None or figure.year <= year:
            return None
        base = self.figures.series(indicator, figure.member).get(year)
        return figure.value / base.value * 100.0 if base is not None and base.value > 0 else None

    def _marks(self, figure: Figure) -> tuple[str, ...]:
        marks = list(figure.flags)
        if figure.year < self.last_year - self.index.old_after_years + 1:
            marks.append(OLD)
        if figure.year < self.period.start.year:
            marks.append(BEFORE_THE_PLAN)
        return tuple(marks)


def _beyond(indicator: Indicator, value: float) -> bool:
    """Whether a value lies beyond a goalpost, where the score is cut."""
    posts = indicator.goalposts
    if posts is None:
        return False
    if indicator.direction is Direction.REFERENCE:
        value = abs(value - float(indicator.reference or 0.0))
    return not min(posts.low, posts.high) <= value <= max(posts.low, posts.high)


def _way_up(node: str, parents: Mapping[str, str]) -> list[str]:
    """A group and the groups above it."""
    way = []
    while node:
        way.append(node)
        node = parents[node]
    return way


def _value(figure: Figure | None) -> float:
    return float("nan") if figure is None else figure.value


def question_date(valid: date, period: Period) -> date:
    """The day a plan is judged on: the day asked about, but not after the plan's end."""
    return min(valid, period.end)
