"""The page of a member: its scores, its figures against the plan, its recovery, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from serantau.measure.assessment import AssessmentRow
from serantau.measure.indicators import Indicator, Role
from serantau.measure.standing import Standing
from serantau.region.model import Member
from serantau.web.measure.findings import member_moves
from serantau.web.measure.overview import OutcomeView, ScoreView, outcome_views, score_view
from serantau.web.measure.parts import FigureView, figure_view, find, latest, names_of, source_view
from serantau.web.measure.pictures import member_profile, member_wheel
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import day, day_or_word


@dataclass(frozen=True)
class FigureRow:
    """One indicator of the member.

    Attributes:
        score: From 0 to 100; None where it is not scored or has no figure.
        base: The figure as % of the base year's, for recovery.
        assessed: Before and within the plan.
        better: ``good``, ``bad`` or empty.
    """

    indicator: Indicator
    scored: bool
    figure: FigureView | None
    score: float | None
    base: float | None
    before: FigureView | None
    assessed: AssessmentRow | None

    @property
    def better(self) -> str:
        """Whether the change is for the better, as the name of a style."""
        found = self.assessed.better if self.assessed else None
        return "" if found is None else "good" if found else "bad"

    @property
    def missing(self) -> str:
        """What is missing, in words."""
        return self.assessed.missing if self.assessed else "" if self.figure else _("no figure")


@dataclass(frozen=True)
class OutcomeSection:
    """One outcome: its score, its figures, and what is missing."""

    view: OutcomeView
    cell: ScoreView | None
    rows: tuple[FigureRow, ...]
    absent: tuple[Indicator, ...]
    recovery: bool

    @property
    def has_score(self) -> bool:
        """Whether any of its figures has a score."""
        return any(row.score is not None for row in self.rows)

    @property
    def has_gap(self) -> bool:
        """Whether any of its figures has a gap to a goalpost."""
        return any(row.assessed is not None and row.assessed.gap is not None for row in self.rows)

    @property
    def has_missing(self) -> bool:
        """Whether anything is missing."""
        return any(row.missing for row in self.rows)


def find_member(question: Question, code: str) -> Member:
    """The member of an address.

    Raises:
        NotHereError: if the region never had it, or not on the day of the question.
    """
    region = question.answers.bundle.region
    member = find(lambda: region.member(code), code, names_of(region.members), "/members/%s/")
    if member in question.answers.members(question.asof) or member in region.uncertain_members_at(question.asof):
        return member
    message = _("As far as was known, %(name)s was not a member on %(day)s: its membership runs from %(start)s.")
    words = {"name": member.name, "day": day(question.asof.valid), "start": day_or_word(member.valid_from)}
    raise NotHereError(message % words, {f"/members/{member.id}/": _("%s today") % member.name, "/": _("Overview")})


def member_context(question: Question, member: Member) -> dict[str, object]:
    """What the page shows."""
    bundle, standing = question.answers.bundle, question.answers.standing(question.plan, question.asof)
    if standing is not None and member.id not in standing.members:
        standing = None
    outcomes = outcome_views(question, standing)
    sections = tuple(_section(question, standing, view, member) for view in outcomes)
    members = question.answers.members(question.asof)
    return {
        "member": member,
        "membership": source_view(bundle, member.source),
        "standing": standing,
        "sections": sections,
        "scored": [one for one in sections if one.view.scored],
        "chart": member_wheel(question, member) if standing else None,
        "profile": member_profile(question, member) if standing else None,
        "moves": member_moves(question, member, outcomes) if standing else (),
        "members": members,
        "context_rows": _rows(question, standing, "context", member),
        "absent_count": sum(len(one.absent) for one in sections),
        "shown_count": sum(len(one.rows) for one in sections),
    }


def _section(question: Question, standing: Standing | None, view: OutcomeView, member: Member) -> OutcomeSection:
    rows = _rows(question, standing, view.outcome.id, member)
    cell = (
        score_view(standing.scores[member.id, view.outcome.id], _sure(question)) if standing and view.summary else None
    )
    return OutcomeSection(
        view=view,
        cell=cell,
        rows=tuple(row for row in rows if row.figure is not None),
        absent=tuple(row.indicator for row in rows if row.figure is None),
        recovery=any(row.base is not None for row in rows),
    )


def _sure(question: Question) -> frozenset[tuple[str, str]]:
    return question.answers.sure_changes(question.plan, question.asof)


def _rows(question: Question, standing: Standing | None, outcome: str, member: Member) -> list[FigureRow]:
    """The indicators of an outcome, the scored ones first."""
    found = [
        indicator
        for role in (Role.SCORE, Role.FIGURE)
        for indicator in question.answers.bundle.measure.indicators
        if indicator.outcome == outcome and indicator.role is role
    ]
    return [_row(question, standing, indicator, member) for indicator in found]


def _row(question: Question, standing: Standing | None, indicator: Indicator, member: Member) -> FigureRow:
    cell = standing.cells[member.id, indicator.id] if standing else None
    assessed = question.answers.assessment(question.plan, question.asof, indicator.id, member.id)
    return FigureRow(
        indicator=indicator,
        scored=indicator.role is Role.SCORE,
        figure=latest(question, standing, indicator, member.id),
        score=cell.score if cell else None,
        base=cell.base if cell else None,
        before=figure_view(question.answers.bundle, indicator, assessed.before if assessed else None),
        assessed=assessed,
    )
