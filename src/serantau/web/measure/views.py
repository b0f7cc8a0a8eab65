"""The pages: overview, member, outcome, indicator, the list of indicators, data and sources."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from serantau.web.config.access import Role, access
from serantau.web.measure import whatif
from serantau.web.measure.compare import PLACES, chosen_members, compare_context
from serantau.web.measure.findings import findings_view
from serantau.web.measure.indicator import indicator_context
from serantau.web.measure.listing import data_context, indicators_context
from serantau.web.measure.marks import MARKS
from serantau.web.measure.member import find_member, member_context
from serantau.web.measure.method import method_context
from serantau.web.measure.notes import notes
from serantau.web.measure.outcome import find_outcome, outcome_context
from serantau.web.measure.overview import columns, member_rows, outcome_on_map, outcome_views, tiles
from serantau.web.measure.parts import find_indicator, for_plan, moved, plan_of
from serantau.web.registers.shown import entries_of_party
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError
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
    context["entries"] = entries_of_party(question, found.id)
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
@answering(*PLACES)
def compare(request: HttpRequest, question: Question) -> HttpResponse:
    """Two to four members side by side."""
    chosen = chosen_members(question)
    context = {"notes": notes(question), **compare_context(question, chosen)}
    context["carried"] = {place: one.id for place, one in zip(PLACES, chosen, strict=False)}
    return page(request, question, "measure/compare.html", context)


@access(Role.PUBLIC)
@answering()
def method(request: HttpRequest, question: Question) -> HttpResponse:
    """How the plan's outcomes are scored: definition, goalposts, formulas, robustness and sensitivity."""
    return page(request, question, "measure/method.html", {"notes": notes(question), **method_context(question)})


LIVE = {"script-src": [SELF], "connect-src": [SELF]}
"""What a page needs whose script asks for parts of it."""


@access(Role.PUBLIC)
@csp_update(LIVE)
@answering(named=whatif.names, costly=True)
def what_if(request: HttpRequest, question: Question) -> HttpResponse:
    """Other weights, another scale, another mean: the ranks that follow."""
    standing = question.answers.standing(question.plan, question.asof)
    context: dict[str, object] = {"notes": notes(question), "standing": standing}
    if whatif.askable(standing):
        choices = whatif.choices_of(question, standing)
        short = whatif.query_of(question, choices)
        if len(request.META.get("QUERY_STRING", "")) > len(short):
            return HttpResponseRedirect(request.path + short)
        context |= whatif.ranks_context(question, standing, choices)
        context |= whatif.form_context(question, standing, choices)
    return page(request, question, "measure/what_if.html", context)


@access(Role.PUBLIC)
@answering(named=whatif.names, costly=True)
def what_if_ranks(request: HttpRequest, question: Question) -> HttpResponse:
    """The ranks alone, for the page's script."""
    standing = question.answers.standing(question.plan, question.asof)
    if not whatif.askable(standing):
        raise NotHereError(_("Nothing is scored here, so there is nothing to choose."), {"/": _("Overview")})
    choices = whatif.choices_of(question, standing)
    return page(request, question, "measure/what_if_ranks.html", whatif.ranks_context(question, standing, choices))


@access(Role.PUBLIC)
@answering()
def data(request: HttpRequest, question: Question) -> HttpResponse:
    """Sources, licences, tables, and what is missing."""
    return page(request, question, "measure/data.html", {"notes": notes(question), **data_context(question)})
