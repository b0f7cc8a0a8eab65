"""The pages: overview, member, outcome, indicator, the list of indicators, data and sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from serantau.web.config.access import Role, access
from serantau.web.measure.findings import findings_view
from serantau.web.measure.indicator import indicator_context
from serantau.web.measure.listing import data_context, indicators_context
from serantau.web.measure.marks import MARKS
from serantau.web.measure.member import find_member, member_context
from serantau.web.measure.notes import notes
from serantau.web.measure.outcome import find_outcome, outcome_context
from serantau.web.measure.overview import columns, member_rows, outcome_on_map, outcome_views, tiles
from serantau.web.measure.parts import find_indicator, for_plan, moved, plan_of
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.question import Question


@access(Role.PUBLIC)
@answering("map")
def overview(request: HttpRequest, question: Question) -> HttpResponse:
    """Members by outcomes, the map, and what has no score and why."""
    members = question.answers.members(question.asof)
    standing = question.answers.standing(question.plan, question.asof)
    outcomes = outcome_views(question, standing)
    shown = outcome_on_map(question, outcomes)
    table = columns(question, standing, outcomes) if standing else ()
    sure = question.answers.sure_changes(question.plan, question.asof)
    context = {
        "standing": standing,
        "members": members,
        "outcomes": outcomes,
        "scored_count": sum(view.scored for view in outcomes),
        "notes": notes(question),
        "columns": table,
        "rows": member_rows(standing, members, table, sure) if standing else (),
        "map_outcome": shown,
        "tiles": tiles(standing, members, shown.outcome.id) if shown else (),
        "marks": MARKS.values(),
        "findings": findings_view(question, outcomes),
    }
    return page(request, question, "measure/overview.html", context)


@access(Role.PUBLIC)
@answering()
def member(request: HttpRequest, question: Question, member: str) -> HttpResponse:
    """One member: scores, figures against the plan, recovery, what is missing."""
    found = find_member(question, member)
    if found.id != member:
        return moved(request, f"/members/{found.id}/")
    context = {"notes": notes(question), "marks": MARKS.values(), **member_context(question, found)}
    return page(request, question, "measure/member.html", context)


@access(Role.PUBLIC)
@answering()
def outcome(request: HttpRequest, question: Question, outcome: str) -> HttpResponse:
    """One outcome: ranks and how sure they are, what it is made of, what would fill the gaps."""
    found = find_outcome(question, outcome)
    if found.id != outcome:
        return moved(request, f"/outcomes/{found.id}/")
    question = for_plan(question, question.answers.bundle.plans.plan(found.plan))
    context = {"notes": notes(question), "marks": MARKS.values(), **outcome_context(question, found)}
    return page(request, question, "measure/outcome.html", context)


@access(Role.PUBLIC)
@answering()
def indicators(request: HttpRequest, question: Question) -> HttpResponse:
    """Every indicator by outcome, with its role and coverage."""
    context = {"notes": notes(question), **indicators_context(question)}
    return page(request, question, "measure/indicators.html", context)


@access(Role.PUBLIC)
@answering("member")
def indicator(request: HttpRequest, question: Question, indicator: str) -> HttpResponse:
    """One indicator: definition, goalposts, figures, path, sources."""
    found = find_indicator(question, indicator)
    plan = plan_of(question.answers.bundle, found.outcome)
    question = for_plan(question, plan) if plan else question
    context = {"notes": notes(question), "marks": MARKS.values(), **indicator_context(question, found)}
    return page(request, question, "measure/indicator.html", context)


@access(Role.PUBLIC)
@answering()
def data(request: HttpRequest, question: Question) -> HttpResponse:
    """Sources, licences, tables, and what is missing."""
    return page(request, question, "measure/data.html", {"notes": notes(question), **data_context(question)})
