"""Pages for the officers of a member: reports and appeals that wait, and what is done with each."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.defend.scams import Act, Harm, Part, Side, Stage, State, Step, Thing, acts_for
from serantau.defend.scams.appeals import DECIDED, SECOND, TABLE
from serantau.web.accounts.actor import actor_of
from serantau.web.scams import words
from serantau.web.scams.masking import masked
from serantau.web.scams.models import Appeal, Report
from serantau.web.scams.rules import appeals_of, find_appeal, find_report, reports_of
from serantau.web.scams.services import appeals, triage
from serantau.web.scams.views.work import attempt, done, officers, show, whole_number
from serantau.web.site.problems import NotHereError

PAGE = 50
WAITING = (State.RECEIVED, State.NEEDS_MORE)
Wrong = tuple[int, dict[str, str]]


@officers
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The reports of the own member in a state, and the appeals that wait."""
    actor = actor_of(request)
    state = next((one for one in State if one.value == request.GET.get("state")), State.RECEIVED)
    held = reports_of(actor).filter(state=state.value).annotate(named=Count("things")).order_by("received_at", "pk")
    page = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    counts = {row["state"]: row["n"] for row in reports_of(actor).order_by().values("state").annotate(n=Count("pk"))}
    waiting = appeals_of(actor).exclude(stage__in=[one.value for one in DECIDED])[:PAGE]
    context = {
        "reports": [(one, words.SHORT_HARMS[Harm(one.harm)]) for one in page.object_list],
        "listing": page,
        "state": state,
        "states": [(one.value, text, counts.get(one.value, 0)) for one, text in words.STATES.items()],
        "appeals": [(one, words.THINGS[Thing(one.key.thing)], words.INNER_STAGES[one.at]) for one in waiting],
    }
    return show(request, "scams/desk.html", context)


@officers
@require_safe
def report(request: HttpRequest, number: int) -> HttpResponse:
    """One report, masked."""
    return _report(request, find_report(actor_of(request), number))


@officers
@require_POST
def uncover(request: HttpRequest, number: int) -> HttpResponse:
    """One report with everything; that it was shown is noted."""
    return _report(request, triage.uncover(actor_of(request), number, timezone.now()), covered=False)


def _report(
    request: HttpRequest,
    held: Report,
    refusal: Wrong | None = None,
    given: Mapping[str, str] | None = None,
    *,
    covered: bool = True,
) -> HttpResponse:
    able = acts_for(held.at, Side.OFFICER)
    context = {
        "held": held,
        "state": words.STATES[held.at],
        "harm": words.HARMS[Harm(held.harm)],
        "things": [(words.THINGS[Thing(row.thing)], row.value) for row in held.things.all()],
        "text": masked(held.text) if covered else held.text,
        "contact": masked(held.contact) if covered else held.contact,
        "covered": covered,
        "kept": {part.value: part.value in held.parts for part in Part},
        "buttons": [(act.value, words.ACTS[act]) for act in able if act in {Act.ACCEPT, Act.REOPEN}],
        "may": {act.name.lower(): True for act in able},
        "wrong": refusal[1] if refusal else {},
        "given": given or {},
    }
    return show(request, "scams/desk_report.html", context, refusal[0] if refusal else 200)


@officers
@require_POST
def act(request: HttpRequest, number: int, wish: str) -> HttpResponse:
    """Do something with a report."""
    actor, post = actor_of(request), request.POST
    held = find_report(actor, number)
    chosen = next((one for one in words.ACTS if one.value == wish), None)
    if chosen is None:
        raise NotHereError(_("There is no such act."))
    said, other, revision = post.get("words", ""), whole_number(post.get("other")), whole_number(post.get("revision"))
    refusal = attempt(lambda: triage.act(actor, number, chosen, said, other, revision, timezone.now()))
    if refusal:
        held.refresh_from_db()
        return _report(request, held, refusal, post)
    return done(request, str(words.DONE[chosen]), reverse("scams:desk"))


@officers
@require_safe
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """One appeal."""
    return _appeal(request, find_appeal(actor_of(request), number))


def _appeal(request: HttpRequest, held: Appeal, refusal: Wrong | None = None) -> HttpResponse:
    own = held.proposed_by == actor_of(request).reference
    able = [step for stage, step in TABLE if stage is held.at and not (own and step in SECOND)]
    context = {
        "held": held,
        "thing": words.THINGS[Thing(held.key.thing)],
        "stage": words.INNER_STAGES[held.at],
        "proposals": [(step.value, words.STEPS[step]) for step in able if held.at is Stage.OPEN],
        "answers": [(step.value, words.STEPS[step]) for step in able if held.at is not Stage.OPEN],
        "own": own and held.at not in DECIDED,
        "wrong": refusal[1] if refusal else {},
        "given": request.POST,
    }
    return show(request, "scams/desk_appeal.html", context, refusal[0] if refusal else 200)


@officers
@require_POST
def step(request: HttpRequest, number: int) -> HttpResponse:
    """Do something with an appeal."""
    actor, post = actor_of(request), request.POST
    held = find_appeal(actor, number)
    chosen = next((one for one in Step if one.value == post.get("wish")), None)
    if chosen is None:
        return _appeal(request, held, (400, {"words": _("Choose what to do.")}))
    revision = whole_number(post.get("revision"))
    refusal = attempt(lambda: appeals.step(actor, number, chosen, post.get("words", ""), revision, timezone.now()))
    if refusal:
        held.refresh_from_db()
        return _appeal(request, held, refusal)
    return done(request, _("Noted."), reverse("scams:desk"))
