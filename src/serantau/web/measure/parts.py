"""What several pages show: a figure with its sources, a source, a chart, and the lookups with a friendly refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from serantau.base import SerantauError, suggest
from serantau.bundle import Bundle
from serantau.facts import Grade
from serantau.facts.model import RECALLED
from serantau.measure.figures import GRADE_ORDER, Figure
from serantau.measure.indicators import Basis, Direction, Indicator, Role, Scale
from serantau.measure.standing import Standing
from serantau.plan import Outcome, Plan
from serantau.region.model import Member
from serantau.web.measure.marks import MARKS, Mark, marks_of
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import local

Found = TypeVar("Found")

NEAREST = 5
"""Names that an error page offers."""


# --- sources ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceView:
    """A source as a link. ``id`` is empty for what is recalled and rests on no document."""

    id: str
    title: str
    organisation: str
    address: str
    licence: str


def source_view(bundle: Bundle, name: str) -> SourceView:
    """The source with an id; one that is recalled says so."""
    found = bundle.sources.get(name)
    if name == RECALLED or found is None:
        return SourceView("", _("recalled, no document"), "", "", "")
    return SourceView(found.id, found.title, found.organisation, found.address, found.licence)


def weakest(grades: Iterable[Grade]) -> Grade | None:
    """The weakest of some grades; None of none."""
    return max(grades, key=GRADE_ORDER.index, default=None)


# --- figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FigureView:
    """One figure as shown: value, year, marks, and what it rests on."""

    value: float
    year: int
    decimals: int
    marks: tuple[Mark, ...]
    sources: tuple[SourceView, ...]
    grade: Grade
    notes: tuple[str, ...]
    member: str
    known: str


def figure_view(
    bundle: Bundle, indicator: Indicator, figure: Figure | None, marks: Iterable[str] | None = None
) -> FigureView | None:
    """A figure with its sources; None stays None.

    Args:
        bundle: The facts.
        indicator: Whose figure it is.
        figure: The figure.
        marks: Its marks where the question adds some; else its own flags.
    """
    if figure is None:
        return None
    return FigureView(
        value=figure.value,
        year=figure.year,
        decimals=indicator.decimals,
        marks=marks_of(figure.flags if marks is None else marks),
        sources=tuple(source_view(bundle, name) for name in dict.fromkeys(row.source for row in figure.observations)),
        grade=figure.grade,
        notes=tuple(dict.fromkeys(row.note for row in figure.observations if row.note)),
        member=figure.member,
        known=max((row.known.text for row in figure.observations), default=""),
    )


def latest(question: Question, standing: Standing | None, indicator: Indicator, member: str) -> FigureView | None:
    """The figure that the standing uses; without a standing, the newest there is."""
    bundle = question.answers.bundle
    if standing is not None:
        cell = standing.cells[member, indicator.id]
        return figure_view(bundle, indicator, cell.figure, cell.marks)
    figure = question.answers.figures(question.asof).latest(indicator.id, member, 0, question.asof.valid.year)
    return figure_view(bundle, indicator, figure)


# --- charts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChartView:
    """A picture with its caption; without a picture the page says that the table holds the same.

    Attributes:
        kind: Kind of the chart, with which it has an address of its own; empty for one that has none.
        name: Id of what it shows.
        query: The question of that address.
        data: Address of its table.
    """

    svg: SafeString | None
    caption: str
    wide: bool = False
    kind: str = ""
    name: str = ""
    query: str = ""
    data: str = ""

    @property
    def passing(self) -> bool:
        """Whether the page is to be drawn again at the next request, perhaps with its picture."""
        return self.svg is None


def chart_view(svg: bytes | None, caption: str, *, wide: bool = False) -> ChartView:
    """A drawn chart; its markup was let through element by element when it was drawn."""
    return ChartView(None if svg is None else mark_safe(svg.decode()), caption, wide)  # noqa: S308 - see above


# --- words -----------------------------------------------------------------------------------------------------------


def role_words(role: Role) -> str:
    """What an indicator is for."""
    return {
        Role.SCORE: _("scored"),
        Role.FIGURE: _("shown, not scored"),
        Role.INPUT: _("input of a derived series"),
        Role.SLOT: _("no rows kept: see the official source"),
    }[role]


def direction_words(indicator: Indicator) -> str:
    """Which way is better."""
    if indicator.direction is Direction.REFERENCE:
        return _("best nearest to %s") % local(f"{indicator.reference:g}")
    return _("more is better") if indicator.direction is Direction.HIGHER else _("less is better")


def basis_words(basis: Basis) -> str:
    """What a goalpost rests on."""
    return {
        Basis.NATURAL: _("natural bound"),
        Basis.PUBLISHED: _("published target"),
        Basis.FRONTIER: _("best member at the plan's start"),
    }[basis]


@dataclass(frozen=True)
class GoalpostsView:
    """Goalposts in words, with their source."""

    low: str
    high: str
    scale: str
    basis: str
    why: str
    source: SourceView
    grade: Grade


def goalposts_view(bundle: Bundle, indicator: Indicator) -> GoalpostsView | None:
    """The goalposts of an indicator; for direction ``reference`` they are distances from the best value."""
    posts = indicator.goalposts
    if posts is None:
        return None
    away = indicator.direction is Direction.REFERENCE
    best = local(f"{indicator.reference:g}") if away else ""
    return GoalpostsView(
        low=_("%(distance)s away from %(best)s") % {"distance": local(f"{posts.low:g}"), "best": best}
        if away
        else local(f"{posts.low:,.10g}"),
        high=best if away and posts.high == 0 else local(f"{posts.high:,.10g}"),
        scale=pgettext("scale", "logarithmic") if posts.scale is Scale.LOG else pgettext("scale", "linear"),
        basis=basis_words(posts.basis),
        why=posts.why,
        source=source_view(bundle, posts.source),
        grade=posts.grade,
    )


# --- lookups ---------------------------------------------------------------------------------------------------------


def find(look_up: Callable[[], Found], wanted: str, known: Mapping[str, str], address: str) -> Found:
    """What an address names.

    Args:
        look_up: Finds it, or raises.
        wanted: What was asked for.
        known: Names by id, for the suggestions.
        address: Address of one, with ``%s`` for the id.

    Raises:
        NotHereError: with links to what was perhaps meant.
    """
    try:
        return look_up()
    except SerantauError as error:
        links = {address % quote(name): known[name] for name in near(wanted, known)}
        raise NotHereError(error.message, {**links, "/": _("Overview")}) from error


def near(wanted: str, known: Mapping[str, str]) -> list[str]:
    """The ids nearest to a word: by spelling of the id, or because the id or the name holds the word."""
    from difflib import get_close_matches

    word = wanted[:80].casefold()
    folded = {name.casefold(): name for name in known}
    found = [folded[one] for one in get_close_matches(word, folded, n=NEAREST, cutoff=0.5)]
    found += [name for name, text in known.items() if len(word) > 1 and word in f"{name} {text}".casefold()]
    return list(dict.fromkeys(found))[:NEAREST]


def find_indicator(question: Question, name: str) -> Indicator:
    """The indicator of an address.

    Raises:
        NotHereError: if there is none.
    """
    held = question.answers.bundle.measure.by_id
    if name in held:
        return held[name]
    links = {f"/indicators/{quote(one)}/": held[one].name for one in near(name, {i: x.name for i, x in held.items()})}
    message = _("There is no indicator %s.") % repr(name[:80])
    raise NotHereError(
        f"{message} {suggest(name[:80], held)}".strip(),
        {**links, "/indicators/": _("All indicators"), "/": _("Overview")},
    )


def for_plan(question: Question, plan: Plan) -> Question:
    """The same question, put to the plan that the page belongs to; the links of the page carry it."""
    if plan.id == question.plan.id:
        return question
    given = {**question.given, "plan": plan.id}
    if plan.id == question.answers.bundle.region.profile.default_plan:
        given.pop("plan")
    return replace(question, plan=plan, given=given)


def plan_of(bundle: Bundle, outcome: str) -> Plan | None:
    """The plan of an outcome; None for ``context``."""
    found: Outcome | None = next((one for one in bundle.plans.all_outcomes if one.id == outcome), None)
    return bundle.plans.plan(found.plan) if found else None


def moved(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect to the one address of a page; the question goes along."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(address + (f"?{query}" if query else ""))


def names_of(members: Iterable[Member]) -> dict[str, str]:
    """Names of members by code."""
    return {member.id: member.name for member in members}


def key_of(shown: Iterable[FigureView | None]) -> tuple[Mark, ...]:
    """The marks that stand on a page, in the order of the key."""
    used = {mark.name for view in shown if view is not None for mark in view.marks}
    return tuple(mark for name, mark in MARKS.items() if name in used)
