"""The page of the reports, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.bundle import Bundle, period_of
from serantau.languages import SOURCE, speak
from serantau.region.model import Member
from serantau.render.charts import Chart, draw
from serantau.render.report import FORMATS, Material, compose, write
from serantau.web.config.access import Role, access
from serantau.web.measure.member import find_member
from serantau.web.measure.notes import notes
from serantau.web.reports.turns import turn
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question

REGION = "region"
KINDS = ("full", "brief")


@dataclass(frozen=True)
class Row:
    """Whose reports: the region's, or a member's."""

    name: str
    address: str


@access(Role.PUBLIC)
@answering()
def index(request: HttpRequest, question: Question) -> HttpResponse:
    """Which reports there are."""
    region = question.answers.bundle.region.profile
    rows = [Row(region.name, f"/reports/{REGION}")]
    rows += [Row(one.name, f"/reports/{quote(one.id)}") for one in question.answers.members(question.asof)]
    measured = question.answers.standing(question.plan, question.asof) is not None
    context = {"rows": rows if measured else [], "notes": notes(question)}
    return page(request, question, "reports/index.html", context)


@access(Role.PUBLIC)
@answering()
def report(request: HttpRequest, question: Question, who: str, kind: str, form: str) -> HttpResponse:
    """One report as a file."""
    if kind not in KINDS or form not in FORMATS:
        links = {f"/reports/{question.query}": _("All reports")}
        raise NotHereError(_("There is no such report."), links)
    member = None if who == REGION else find_member(question, who)
    material = material_of(question, member)
    with turn():
        body = write(compose(material, brief=kind == "brief"), form, drawing=_drawn)
    response = HttpResponse(body, content_type=FORMATS[form])
    name = f"{question.plan.id}-{member.id if member else REGION}-{kind}-{material.words.tag}.{form}"
    shown = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response


def _drawn(chart: Chart) -> bytes | None:
    return draw(chart, Path(settings.SERANTAU_DATA) / "charts")


def material_of(question: Question, member: Member | None) -> Material:
    """What a report is composed from.

    Raises:
        NotHereError: if nothing is measured against the plan, or on that day.
    """
    answers, bundle = question.answers, question.answers.bundle
    standing, period = answers.standing(question.plan, question.asof), period_of(question.plan)
    if standing is None or period is None:
        links = {f"/plans/{question.plan.id}/{question.query}": question.plan.title}
        raise NotHereError(_("Nothing is measured against this plan on that day, so there is no report."), links)
    members = answers.members(question.asof)
    chosen = next((one for one in members if member and one.id == member.id), None)
    if member is not None and chosen is None:
        links = {f"/reports/{question.query}": _("All reports")}
        raise NotHereError(_("%s was no member on that day, as far as is known here.") % member.name, links)
    tag = get_language() or SOURCE
    rows = (
        answers.assessment(question.plan, question.asof, one.id, chosen.id)
        for one in bundle.measure.indicators
        if chosen is not None
    )
    return Material(
        words=speak(tag, bundle.root),
        reviewed=_reviewed(bundle, tag),
        region=bundle.region,
        plans=bundle.plans,
        measure=bundle.measure,
        sources=bundle.sources,
        plan=question.plan,
        period=period,
        asof=question.asof,
        edition=answers.edition,
        members=members,
        standing=standing,
        member=chosen,
        assessed=tuple(row for row in rows if row is not None),
        sure=answers.sure_changes(question.plan, question.asof),
    )


def _reviewed(bundle: Bundle, tag: str) -> bool:
    return tag == SOURCE or (tag in bundle.languages and bundle.languages[tag].reviewed)
