"""The overview: members by outcomes, the map, and what has no score."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serantau.measure.indicators import Indicator
from serantau.measure.standing import NO_SCORE, OutcomeScore, OutcomeSummary, Standing
from serantau.plan import Outcome
from serantau.region.model import Member
from serantau.render.tiles import band, tile_grid
from serantau.web.measure.marks import Mark, marks_of
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import Question


@dataclass(frozen=True)
class OutcomeView:
    """An outcome as a column or a section.

    Attributes:
        label: The short name that the index gives it, else its code.
        summary: What is scored and what is not; None for a plan without an index.
    """

    outcome: Outcome
    label: str
    summary: OutcomeSummary | None

    @property
    def scored(self) -> bool:
        """Whether it has a score."""
        return self.summary is not None and self.summary.scored


@dataclass(frozen=True)
class ScoreView:
    """One cell of the overview.

    Attributes:
        sure: Whether the direction of its change may be stated.
    """

    score: OutcomeScore
    band: int | None
    marks: tuple[Mark, ...]
    sure: bool

    @property
    def interval(self) -> str:
        """The rank interval as text."""
        low, high = self.score.rank_low, self.score.rank_high
        if low is None or high is None:
            return ""
        return str(low) if low == high else f"{low}–{high}"

    @property
    def direction(self) -> str:
        """``up`` or ``down`` where that may be stated, else ``level``."""
        if not self.sure:
            return "level"
        return "up" if (self.score.change or 0.0) > 0 else "down"


@dataclass(frozen=True)
class Column:
    """One outcome of the overview.

    Attributes:
        recovery: For an outcome without a score, its first indicator that is compared with a base year; else None.
    """

    view: OutcomeView
    recovery: Indicator | None


@dataclass(frozen=True)
class FiguresView:
    """A cell of an outcome without a score: how many figures there are, and the recovery since the base year."""

    outcome: str
    count: int
    recovery: float | None
    year: int | None


@dataclass(frozen=True)
class MemberRow:
    """One row: a member and its cells, one for each outcome."""

    member: Member
    cells: tuple[ScoreView | FiguresView, ...]


@dataclass(frozen=True)
class TileView:
    """One tile of the map."""

    member: Member
    column: int
    row: int
    cell: ScoreView | None


def outcome_views(question: Question, standing: Standing | None) -> tuple[OutcomeView, ...]:
    """The plan's outcomes in its order."""
    outcomes = question.answers.bundle.plans.outcomes(question.plan.id, question.asof)
    index = question.answers.index_of(question.plan)
    names = {group.id: group.name for group in index.groups} if index else {}
    held = {summary.outcome: summary for summary in standing.outcomes} if standing else {}
    return tuple(OutcomeView(o, names.get(o.id) or o.code, held.get(o.id)) for o in outcomes)


def score_view(score: OutcomeScore, sure: Container[tuple[str, str]] = ()) -> ScoreView:
    """A score with its shade and marks.

    Args:
        score: The score.
        sure: Member and outcome of the changes whose direction may be stated.
    """
    return ScoreView(score, band(score.score), marks_of(score.marks), (score.member, score.outcome) in sure)


def columns(question: Question, standing: Standing, outcomes: Sequence[OutcomeView]) -> tuple[Column, ...]:
    """The outcomes that the index speaks of, in the plan's order."""
    held = question.answers.bundle.measure.by_id
    return tuple(
        Column(view, None if view.scored else _recovery(held[name] for name in view.summary.figures))
        for view in outcomes
        if view.summary is not None
    )


def _recovery(indicators: Iterable[Indicator]) -> Indicator | None:
    return next((indicator for indicator in indicators if indicator.base_year is not None), None)


def member_rows(
    standing: Standing, members: Sequence[Member], shown: Sequence[Column], sure: Container[tuple[str, str]]
) -> tuple[MemberRow, ...]:
    """The rows of the overview, members by name."""
    return tuple(
        MemberRow(member, tuple(_cell(standing, member, column, sure) for column in shown)) for member in members
    )


def _cell(
    standing: Standing, member: Member, column: Column, sure: Container[tuple[str, str]]
) -> ScoreView | FiguresView:
    summary = column.view.summary
    assert summary is not None
    if summary.scored:
        return score_view(standing.scores[member.id, summary.outcome], sure)
    figures = [standing.cells[member.id, name].figure for name in (*summary.indicators, *summary.figures)]
    base = standing.cells[member.id, column.recovery.id] if column.recovery else None
    return FiguresView(
        outcome=summary.outcome,
        count=sum(figure is not None for figure in figures),
        recovery=base.base if base else None,
        year=base.figure.year if base and base.figure else None,
    )


def tiles(standing: Standing | None, members: Sequence[Member], outcome: str) -> tuple[TileView, ...]:
    """The map of one outcome, in reading order."""
    by_id = {member.id: member for member in members}
    grid = tile_grid((member.id, member.tile) for member in members)
    found = []
    for tile in grid.tiles:
        score = standing.scores.get((tile.member, outcome)) if standing else None
        cell = score_view(score) if score is not None and score.state != NO_SCORE else None
        found.append(TileView(by_id[tile.member], tile.column, tile.row, cell))
    return tuple(found)


def outcome_on_map(question: Question, outcomes: Sequence[OutcomeView]) -> OutcomeView | None:
    """The outcome that the map shows: the one asked for if it has a score, else the first that has.

    Raises:
        QuestionError: if no plan has an outcome of that id.
    """
    scored = [view for view in outcomes if view.scored]
    wanted = question.more.get("map")
    if wanted is None:
        return scored[0] if scored else None
    found = next((view for view in scored if wanted in (view.outcome.id, view.outcome.code)), None)
    if found is None and any(wanted == one.id for one in question.answers.bundle.plans.all_outcomes):
        # The form still carries the outcome of the plan before, or that of a day on which it had a score.
        return scored[0] if scored else None
    if found is None:
        known = ", ".join(view.outcome.id for view in scored)
        message = _("The map shows outcomes that have a score; %(wanted)s is none. Known are: %(known)s.")
        raise QuestionError(message % {"wanted": wanted, "known": known or _("none")}, "map")
    return found
