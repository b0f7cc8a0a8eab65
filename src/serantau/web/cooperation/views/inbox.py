"""The inbox: what waits for whoever is signed in. And the page of a notice."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.defend import escalation
from serantau.defend.escalation import State
from serantau.defend.incidents import Stage, Standing, TaskState
from serantau.defend.questions import Says
from serantau.web.cooperation import rules, words
from serantau.web.cooperation.models import Case, CaseMember, Contact, Notice
from serantau.web.cooperation.readers import is_hub, is_observer, reader_of
from serantau.web.cooperation.services import notices as services
from serantau.web.cooperation.views.work import (
    Actor,
    Refusal,
    actor_of,
    attempt,
    certs,
    done,
    everybody_here,
    names,
    officer,
    show,
    whole_number,
)

PAGE = 50
OPEN = [one.value for one in escalation.OPEN]


@everybody_here
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the own member, as far as whoever asks is cleared."""
    actor = actor_of(request)
    if is_observer(actor):
        return HttpResponseRedirect(reverse("cooperation:cases"))
    if is_hub(actor):
        return HttpResponseRedirect(reverse("cooperation:directory"))
    actor = officer(request)
    reader, now = reader_of(actor), timezone.now()
    held = rules.notices(actor, reader)
    page = Paginator(held.exclude(state__in=OPEN), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    asked = rules.questions(actor, reader).filter(
        asked__member=actor.member, asked__says=Says.NOT_YET.value, closed_at=None, due_at__gte=now
    )
    context = {
        "waiting": [_row(one) for one in held.filter(state__in=OPEN)[:PAGE]],
        "answered": [_row(one) for one in page.object_list],
        "listing": page,
        "asked": list(asked[:PAGE]),
        "todo": _of_cases(actor, request),
        "names": names(request),
        "state": "",
    }
    return show(request, "cooperation/inbox.html", context)


def _row(notice: Notice) -> tuple[Notice, Any]:
    return notice, words.STATES[State(notice.state)]


def _of_cases(actor: Actor, request: HttpRequest) -> list[tuple[Case, str, str]]:
    """Cases in which something waits for the own member: the case, its title where it is shown, and what waits."""
    open_ = rules.cases(actor).filter(stage=Stage.OPEN.value).prefetch_related("standings", "tasks")[:PAGE]
    found = []
    for case in open_:
        standing = next((one for one in case.standings.all() if one.member == actor.member), None)
        if standing is None:
            continue
        said = []
        if standing.standing == Standing.INVITED.value:
            said.append(_("an invitation"))
        if case.offered_lead == actor.member:
            said.append(_("the lead is offered"))
        if case.proposed >= 0 and standing.contributed and not standing.consents:
            said.append(_("a looser label is proposed"))
        tasks = [one for one in case.tasks.all() if one.state == TaskState.OPEN.value]
        said += [
            _("task offered: %s") % one.title for one in tasks if one.offered == actor.member and _joined(standing)
        ]
        said += [_("your task: %s") % one.title for one in tasks if one.owner == actor.member]
        if said:
            invited = standing.standing == Standing.INVITED.value
            hidden = invited and case.tlp > rules.HIGHEST_CLEARANCE
            found.append((case, "" if hidden else case.title, "; ".join(map(str, said))))
    return found


def _joined(standing: CaseMember) -> bool:
    return standing.standing == Standing.JOINED.value


@certs
@require_safe
def notice(request: HttpRequest, ref: str) -> HttpResponse:
    """One notice."""
    return _page(request, rules.find_notice(officer(request), ref))


def _page(request: HttpRequest, held: Notice, refusal: Refusal | None = None) -> HttpResponse:
    told = list(held.told.all())
    contacts = {
        one.pk: one.name
        for one in Contact.objects.filter(team__member=held.member, pk__in=[t.contact_number for t in told])
    }
    context = {
        "held": held,
        "state": words.STATES[State(held.state)],
        "told": [(contacts.get(one.contact_number, _("erased")), one) for one in told],
        "open": held.state in OPEN,
        "given": request.POST if refusal else {},
        "refusal": refusal,
    }
    return show(request, "cooperation/notice.html", context, refusal[0] if refusal else 200)


@certs
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Acknowledge a notice, or call it a false positive."""
    actor = officer(request)
    rules.find_notice(actor, ref)
    false = request.POST.get("wish") == "false positive"
    state = State.FALSE_POSITIVE if false else State.ACKNOWLEDGED
    refusal = attempt(request, lambda: services.answer(actor, ref, state, request.POST.get("text", ""), timezone.now()))
    if refusal:
        return _page(request, rules.find_notice(actor, ref), refusal)
    said = _("Called a false positive; correlation is told.") if false else _("Acknowledged. Nobody else is told.")
    return done(request, said, reverse("cooperation:notice", args=[ref]))
