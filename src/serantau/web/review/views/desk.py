"""The desk: what waits for a person, and the list of submissions."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from serantau.review import State
from serantau.review.rounds import Phase, Round
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER
from serantau.web.ledger.errors import DoneError
from serantau.web.review.answers import RoundTable, round_table
from serantau.web.review.kinds import rooms
from serantau.web.review.models import ReportingRound, Submission
from serantau.web.review.rules import readable
from serantau.web.review.services import drafts
from serantau.web.review.views.work import (
    PAGE,
    attempt,
    done,
    new_key,
    party_names,
    readers,
    show,
    submitters,
    whole_number,
)
from serantau.web.site.question import ask, day_now

RECENT = 20


def timing(asked: ReportingRound) -> Round:
    """The dates of a round."""
    return Round(asked.opens_at, asked.due_at, asked.zone)


@readers
@require_safe
def todo(request: HttpRequest) -> HttpResponse:
    """What waits for whoever asks."""
    actor = actor_of(request)
    held = readable(actor).select_related("round")
    own = bool(actor.roles & (OF_A_MEMBER | OF_A_PARTNER))
    answer = list(held.filter(state=State.QUESTIONED.value)[:RECENT]) if own else []
    begun = list(held.filter(state=State.DRAFT.value)[:RECENT]) if own else []
    decide = [] if own else list(held.filter(state=State.SUBMITTED.value).order_by("submitted_at")[:RECENT])
    sent = list(held.filter(state=State.SUBMITTED.value)[:RECENT]) if own else []
    context = {
        "answer": answer,
        "begun": begun,
        "decide": decide,
        "sent": sent,
        "rounds": [] if actor.partner else [_round_row(request, one) for one in _open_rounds()],
        "names": party_names(request),
        "nothing": not (answer or begun or decide),
    }
    return show(request, "review/todo.html", context)


def _open_rounds() -> list[ReportingRound]:
    """Rounds that are open, or over for less than a year."""
    now = timezone.now()
    return [
        one
        for one in ReportingRound.objects.order_by("due_at")[:50]
        if timing(one).phase(now) is Phase.OPEN or -365 < timing(one).left(now).days < 0
    ]


def _round_row(request: HttpRequest, asked: ReportingRound) -> dict[str, object]:
    actor = actor_of(request)
    table = round_table(ask(request).answers.bundle, asked, actor, day_now())
    return {
        "round": asked,
        "timing": timing(asked),
        "phase": timing(asked).phase(timezone.now()),
        **_counts(table, actor.member),
    }


def _counts(table: RoundTable, member: str) -> dict[str, object]:
    if member:
        return {"missing": len(table.missing(member)), "of": len(table.table.actions)}
    late = [one for one in table.members if table.missing(one)]
    return {"members_missing": len(late), "members": len(table.members)}


@readers
@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """Submissions that whoever asks may read, the newest first."""
    actor = actor_of(request)
    held = readable(actor).select_related("round").annotate(records=Count("items")).order_by("-changed_at", "-pk")
    state, member = request.GET.get("state", ""), request.GET.get("member", "")
    names = party_names(request)
    if state in {one.value for one in State}:
        held = held.filter(state=state)
    if member in names:
        held = held.filter(Q(member=member) | Q(partner=member))
    page = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    context = {
        "rows": page.object_list,
        "listing": page,
        "states": [one.value for one in State],
        "state": state,
        "member": member if member in names else "",
        "names": names,
    }
    return show(request, "review/submissions.html", context)


@submitters
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a submission."""
    actor = actor_of(request)
    partner = bool(actor.partner)
    allowed = [room for room in rooms(partners=partner) if room in {one.value for one in actor.rooms}]
    first = allowed[0] if allowed else ""
    given = {
        "room": request.POST.get("room", request.GET.get("room", first)),
        "title": request.POST.get("title", ""),
        "licence": request.POST.get("licence", ""),
        "round": request.POST.get("round", request.GET.get("round", "")),
    }
    asked = ReportingRound.objects.filter(pk=whole_number(given["round"])).first()
    refusal = None
    if request.method == "POST" and given["room"] in allowed:
        made: list[Submission] = []
        wanted = drafts.Begun(given["room"], given["title"], given["licence"], asked, request.POST.get("once", ""))
        try:
            refusal = attempt(lambda: made.append(drafts.begin(actor, wanted, timezone.now())))
        except DoneError:
            return redirect("review:submissions")
        if made:
            return done(request, _begun_words(actor), address_of(made[0].pk))
    elif request.method == "POST":
        refusal = (400, _("Choose a room that you work in."), ())
    context = {
        "rooms": allowed,
        "given": given,
        "asked": asked,
        "refusal": refusal,
        "once": new_key(),
        "rounds": ReportingRound.objects.none() if partner else ReportingRound.objects.order_by("-due_at")[:20],
        "licence": ask(request).answers.bundle.region.profile.facts_licence,
    }
    return show(request, "review/begin.html", context, refusal[0] if refusal else 200)


def _begun_words(actor: Actor) -> str:
    if actor.partner:
        return _("The draft was begun. Nobody but your own partner's people sees it.")
    return _("The draft was begun. Nobody but your own member sees it.")


def address_of(number: int) -> str:
    """Address of a submission's page."""
    return reverse("review:submission", args=[number])
