"""The page of an indicator: what it is, how it is read, its figures, where it goes, and every source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serantau.bundle import period_of
from serantau.measure.assessment import AssessmentRow
from serantau.measure.errors import MeasureError
from serantau.measure.figures import Figures
from serantau.measure.indicators import Direction, Indicator, Role
from serantau.measure.paths import AHEAD, MemberPath, default_model
from serantau.measure.standing import Cell
from serantau.measure.together import Together, together
from serantau.region.model import Member
from serantau.web.measure.parts import (
    FigureView,
    SourceView,
    direction_words,
    figure_view,
    find,
    goalposts_view,
    key_of,
    latest,
    names_of,
    plan_of,
    role_words,
    source_view,
)
from serantau.web.measure.pictures import indicator_latest, indicator_years, path_of
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import local
from serantau.web.site.templatetags.serantau import said as spoken

CHANCE = 0.1
"""From this p value on, the page does not say which way the slope points."""


@dataclass(frozen=True)
class LatestRow:
    """One member's latest figure, with its place; members without a figure have none."""

    member: Member
    figure: FigureView | None
    place: int | None
    score: float | None
    base: float | None


@dataclass(frozen=True)
class AssessedRow:
    """One member before and within the plan."""

    member: Member
    row: AssessmentRow
    before: FigureView | None
    latest: FigureView | None

    @property
    def better(self) -> str:
        """Whether the change is for the better, as the name of a style."""
        return "" if self.row.better is None else "good" if self.row.better else "bad"


@dataclass(frozen=True)
class PathRow:
    """One member's path and status."""

    member: Member
    path: MemberPath

    @property
    def end(self) -> dict[str, object] | None:
        """The last year of the projection."""
        ahead = self.path.view.projection
        if ahead is None:
            return None
        return {
            "year": ahead.years[-1],
            "mean": ahead.mean[-1],
            "low": ahead.low[-1] if ahead.low else None,
            "high": ahead.high[-1] if ahead.high else None,
        }


@dataclass(frozen=True)
class ObservationRow:
    """One published figure, or one derived from two."""

    member: Member
    figure: FigureView
    first: bool


def indicator_context(question: Question, indicator: Indicator) -> dict[str, object]:
    """What the page shows.

    Raises:
        NotHereError: if ``member`` names no member.
    """
    answers, bundle = question.answers, question.answers.bundle
    members = answers.members(question.asof)
    figures, standing = answers.figures(question.asof), answers.standing(question.plan, question.asof)
    shown = {member.id: latest(question, standing, indicator, member.id) for member in members}
    cells = {member.id: standing.cells[member.id, indicator.id] for member in members} if standing else {}
    observations = _observations(question, indicator, figures, members)
    paths = () if indicator.relative else _paths(question, indicator, figures, members)
    chosen = _chosen(question, members)
    return {
        "indicator": indicator,
        "plan_of_outcome": plan_of(bundle, indicator.outcome),
        "outcome": next((one for one in bundle.plans.all_outcomes if one.id == indicator.outcome), None),
        "indicator_source": source_view(bundle, indicator.source),
        "role": role_words(indicator.role),
        "is_slot": indicator.role is Role.SLOT,
        "direction": direction_words(indicator),
        "goalposts": goalposts_view(bundle, indicator),
        "target_source": source_view(bundle, indicator.target.source) if indicator.target else None,
        "ratio": [bundle.measure.by_id[one] for one in (indicator.ratio.numerator, indicator.ratio.denominator)]
        if indicator.ratio
        else [],
        "members": members,
        "chosen": chosen,
        "latest_rows": _ranked(indicator, shown, members, cells),
        "latest_chart": indicator_latest(question, indicator),
        "chart": indicator_years(question, indicator, chosen),
        "assessed": _assessed(question, indicator, members),
        "plan_years": period_of(question.plan),
        "paths": paths,
        "model": default_model(indicator),
        "ahead": AHEAD,
        "convergence": None if indicator.relative else _convergence(question, indicator, figures, members),
        "observations": observations,
        "sources": _sources(bundle_sources=observations),
        "has_base": any(cell.base is not None for cell in cells.values()),
        "has_score": any(cell.score is not None for cell in cells.values()),
        "page_marks": key_of([*shown.values(), *(row.figure for row in observations)]),
    }


def _chosen(question: Question, members: tuple[Member, ...]) -> Member | None:
    """The member whose path is drawn, if one is asked for."""
    wanted = question.more.get("member")
    if wanted is None:
        return None
    region = question.answers.bundle.region
    member = find(lambda: region.member(wanted), wanted, names_of(members), "/members/%s/")
    return member if member in members else None


def _ranked(
    indicator: Indicator,
    shown: Mapping[str, FigureView | None],
    members: tuple[Member, ...],
    cells: Mapping[str, Cell],
) -> list[LatestRow]:
    """Members by their latest figure, the best first; equal figures share a place."""

    def distance(view: FigureView) -> float:
        if indicator.direction is Direction.REFERENCE:
            return round(abs(view.value - float(indicator.reference or 0.0)), 9)
        return round(view.value if indicator.direction is Direction.LOWER else -view.value, 9)

    keys = {code: distance(view) for code, view in shown.items() if view is not None}
    rows = [
        LatestRow(
            member,
            shown[member.id],
            1 + sum(other < keys[member.id] for other in keys.values()) if member.id in keys else None,
            cells[member.id].score if member.id in cells else None,
            cells[member.id].base if member.id in cells else None,
        )
        for member in members
    ]
    return sorted(rows, key=lambda row: (row.place is None, row.place or 0, row.member.name))


def _assessed(question: Question, indicator: Indicator, members: tuple[Member, ...]) -> list[AssessedRow]:
    found = []
    for member in members:
        row = question.answers.assessment(question.plan, question.asof, indicator.id, member.id)
        if row is not None:
            bundle = question.answers.bundle
            before, last = (figure_view(bundle, indicator, one) for one in (row.before, row.latest))
            found.append(AssessedRow(member, row, before, last))
    return found if any(row.before or row.latest for row in found) else []


def _paths(
    question: Question, indicator: Indicator, figures: Figures, members: tuple[Member, ...]
) -> tuple[PathRow, ...]:
    return tuple(
        PathRow(member, path_of(question, indicator, member))
        for member in members
        if figures.series(indicator.id, member.id)
    )


def _convergence(
    question: Question, indicator: Indicator, figures: Figures, members: tuple[Member, ...]
) -> dict[str, object] | None:
    """Whether the members draw together, in words and numbers; None where nothing can be compared."""
    index, period = question.answers.index_of(question.plan), period_of(question.plan)
    if index is None or period is None:
        return None
    start = period.start.year - 1
    codes = [member.id for member in members]
    try:
        found = together(indicator, codes, figures, (start - index.window_years + 1, start))
    except MeasureError as error:
        return {"sentence": error.message, "left_out": ()}
    names = names_of(members)
    left_out = [(names.get(one.member, one.member), spoken(one.reason)) for one in found.left_out]
    return {"sentence": _sentence(found), "left_out": left_out if found.years else ()}


def _sentence(found: Together) -> str:
    if found.years is None or found.sigma is None:
        return _("Whether the members draw together cannot be said: %s.") % spoken(found.note.rstrip("."))
    changes = {one.measure: one for one in found.sigma.changes}
    spread = changes.get("cv") or changes.get("sd")
    if spread is None or spread.relative is None:
        return _("Whether the members draw together cannot be said: %s.") % (
            spoken(found.note) or _("no spread to compare")
        )
    words = {
        "count": len(found.sigma.members),
        "first": found.years[0],
        "last": found.years[1],
        "measure": _("coefficient of variation") if spread.measure == "cv" else _("standard deviation"),
        "a": local(f"{spread.first:.3g}"),
        "b": local(f"{spread.last:.3g}"),
        "by": f"{abs(spread.relative):.0%}",
    }
    if round(spread.relative, 3) == 0:
        said = _("The spread of the %(count)s members with a figure in %(first)s and %(last)s stayed the same.") % words
    elif spread.relative < 0:
        said = (
            _(
                "The %(count)s members with a figure in %(first)s and %(last)s drew together: their %(measure)s fell by %(by)s, "
                "from %(a)s to %(b)s."
            )
            % words
        )
    else:
        said = (
            _(
                "The %(count)s members with a figure in %(first)s and %(last)s drew apart: their %(measure)s rose by %(by)s, "
                "from %(a)s to %(b)s."
            )
            % words
        )
    estimate = found.beta.estimate if found.beta else None
    if estimate is None:
        return said
    if estimate.p is None or estimate.p >= CHANCE:
        rest = _("Whether those who began lower grew faster cannot be told from chance (beta %(beta)s, p = %(p)s).")
    elif estimate.slope < 0:
        rest = _("Those who began lower grew faster (beta %(beta)s, p = %(p)s).")
    else:
        rest = _("Those who began lower did not grow faster (beta %(beta)s, p = %(p)s).")
    p = _("not known") if estimate.p is None else local(f"{estimate.p:.3f}")
    return f"{said} {rest % {'beta': local(f'{estimate.slope:+.3f}'), 'p': p}}"


def _observations(
    question: Question, indicator: Indicator, figures: Figures, members: tuple[Member, ...]
) -> list[ObservationRow]:
    rows = []
    for member in members:
        for at, figure in enumerate(reversed(figures.series(indicator.id, member.id).values())):
            view = figure_view(question.answers.bundle, indicator, figure)
            assert view is not None
            rows.append(ObservationRow(member, view, at == 0))
    return rows


def _sources(bundle_sources: list[ObservationRow]) -> list[SourceView]:
    """The sources of the figures, each once."""
    found = {source.id: source for row in bundle_sources for source in row.figure.sources}
    return list(found.values())
