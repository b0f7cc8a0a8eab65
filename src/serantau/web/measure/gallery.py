"""Charts on their own: as files, and as a page that others may put into theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from serantau.render.charts import png
from serantau.render.standalone import standalone
from serantau.web.config.access import Role, access
from serantau.web.config.middleware import EMBEDDED
from serantau.web.measure import pictures
from serantau.web.measure.compare import LEAST, PLACES, chosen_members
from serantau.web.measure.member import find_member
from serantau.web.measure.outcome import find_outcome
from serantau.web.measure.parts import ChartView, find, find_indicator, for_plan, names_of, plan_of
from serantau.web.site.answering import PASSING, answering
from serantau.web.site.frame import frame
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question

SVG, PNG = "svg", "png"
KINDS = {SVG: "image/svg+xml; charset=utf-8", PNG: "image/png"}


@dataclass(frozen=True)
class Shown:
    """A chart with what stands around it.

    Attributes:
        chart: The picture.
        title: What it is about.
        page: The page that it stands on.
        source: Where its figures are from.
        question: The question that it answers, put to the plan it belongs to.
    """

    chart: ChartView
    title: str
    page: str
    source: str
    question: Question


def _member(question: Question, name: str, draw: Callable[..., ChartView | None]) -> Shown | None:
    member = find_member(question, name)
    chart = draw(question, member)
    return _shown(question, chart, member, member.name, f"/members/{member.id}/")


def _compare(question: Question, name: str) -> Shown | None:
    """The name holds the codes of two to four members, joined by hyphens."""
    codes = name.split("-")
    if not LEAST <= len(codes) <= len(PLACES):
        raise NotHereError(_("A comparison names two to four members, as in AAA-BBB."), {"/compare/": _("Compare")})
    asked = replace(question, more=dict(zip(PLACES, codes, strict=False)))
    members = chosen_members(asked)
    if len(members) < LEAST:
        raise NotHereError(_("A comparison names two to four members, as in AAA-BBB."), {"/compare/": _("Compare")})
    chart = pictures.members_compared(asked, members)
    found = _shown(asked, chart, members, ", ".join(one.name for one in members), "/compare/")
    if found is None:
        return None
    address = found.chart.data.replace("/compare.csv", "/compare/", 1)
    return replace(found, page=address)


def _outcome(question: Question, name: str, draw: Callable[..., ChartView | None]) -> Shown | None:
    outcome = find_outcome(question, name)
    asked = for_plan(question, question.answers.bundle.plans.plan(outcome.plan))
    return _shown(asked, draw(asked, outcome), outcome, f"{outcome.code} {outcome.title}", f"/outcomes/{outcome.id}/")


def _indicator(question: Question, name: str, draw: Callable[..., ChartView | None]) -> Shown | None:
    indicator = find_indicator(question, name)
    plan = plan_of(question.answers.bundle, indicator.outcome)
    asked = for_plan(question, plan) if plan else question
    return _shown(asked, draw(asked, indicator), indicator, indicator.name, f"/indicators/{indicator.id}/")


def _years(question: Question, indicator: Any) -> ChartView | None:  # noqa: ANN401 - as the other drawing functions
    wanted = question.more.get("member")
    members = question.answers.members(question.asof)
    region = question.answers.bundle.region
    member = find(lambda: region.member(wanted), wanted, names_of(members), "/members/%s/") if wanted else None
    return pictures.indicator_years(question, indicator, member if member in members else None)


def _shown(question: Question, chart: ChartView | None, subject: Any, title: str, page: str) -> Shown | None:  # noqa: ANN401
    if chart is None:
        return None
    source = pictures.source_line(question, pictures.observations_behind(question, subject))
    return Shown(chart, title, page + chart.query, source, question)


CHARTS: dict[str, Callable[[Question, str], Shown | None]] = {
    "member-wheel": lambda question, name: _member(question, name, pictures.member_wheel),
    "member-profile": lambda question, name: _member(question, name, pictures.member_profile),
    "compare": _compare,
    "outcome-scores": lambda question, name: _outcome(question, name, pictures.outcome_scores),
    "outcome-ranks": lambda question, name: _outcome(question, name, pictures.outcome_ranks),
    "outcome-change": lambda question, name: _outcome(question, name, pictures.outcome_change),
    "indicator-latest": lambda question, name: _indicator(question, name, pictures.indicator_latest),
    "indicator-base": lambda question, name: _indicator(question, name, pictures.indicator_base),
    "indicator-years": lambda question, name: _indicator(question, name, _years),
}
"""Every chart that has an address of its own."""


def shown(question: Question, kind: str, name: str) -> Shown:
    """The chart of an address.

    Raises:
        NotHereError: if there is none of that kind or name, or nothing to draw.
    """
    links = {"/": _("Overview")}
    if kind not in CHARTS:
        raise NotHereError(_("There is no chart of that kind. Known are: %s.") % ", ".join(CHARTS), links)
    found = CHARTS[kind](question, name)
    if found is None:
        raise NotHereError(_("There is nothing to draw: no score or no figure is known for this question."), links)
    return found


@access(Role.PUBLIC)
@answering("member", costly=True)
def chart_file(request: HttpRequest, question: Question, kind: str, name: str, form: str) -> HttpResponse:
    """A chart as a file, with its caption and source written below it."""
    found = shown(question, kind, name)
    body = None
    if found.chart.svg is not None:
        body = standalone(found.chart.svg.encode(), found.chart.caption, found.source)
        body = png(body) if form == PNG else body
    if body is None:
        response = HttpResponse(
            _("The chart could not be drawn at the moment. Try again in a few minutes."), status=503
        )
        response["Content-Type"] = "text/plain; charset=utf-8"
        response["Retry-After"] = "300"
        return response
    response = HttpResponse(body, content_type=KINDS[form])
    stem = f"{kind}-{found.chart.name}-{found.question.asof.valid}"
    response["Content-Disposition"] = f'attachment; filename="{stem}.{form}"'
    return response


@access(Role.PUBLIC)
@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
@answering("member", costly=True)
def embed(request: HttpRequest, question: Question, kind: str, name: str) -> HttpResponse:
    """A chart alone, for other sites to show in a frame: picture, caption, source, and the way to the page."""
    found = shown(question, kind, name)
    context = {**frame(request, found.question), "shown": found, "chart": found.chart}
    response = HttpResponse(render_to_string("measure/embed.html", context))
    setattr(response, PASSING, found.chart.passing)
    response[EMBEDDED] = "cross-origin"
    return response
