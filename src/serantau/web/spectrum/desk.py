"""The pages of coordination: requests that a member sent and got, one request with its records, and what was registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.base import AsOf, Problem
from serantau.review import ReviewError
from serantau.spectrum.coordination.answers import read_answers
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import Act, Case, Command, Entry, Party, Stage, Standing, acts_for, advance, is_overdue
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.ledger.errors import DoneError
from serantau.web.review.clock import day_of
from serantau.web.review.views import work
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask
from serantau.web.spectrum import runs, wishes, words
from serantau.web.spectrum.models import Coordination, Station
from serantau.web.spectrum.rules import find, party_of, readable, require_work
from serantau.web.spectrum.services import requests as services

PAGE = 100
"""Records, or requests, of one page."""
members = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
"""Rule of the routes; which request it is, the room's own rules decide."""
done, whole_number = work.done, work.whole_number
Refusal = tuple[int, str, Sequence[Problem]]


def attempt(command: Callable[[], object]) -> Refusal | None:
    """Carry a command out; if it is refused, the status, the words and the problems to show, else None."""
    try:
        command()
    except (SpectrumError, ReviewError) as error:
        return getattr(error, "status", 400), error.message, error.problems
    return None


def names_of(request: HttpRequest) -> dict[str, str]:
    """Names of the region's members by code."""
    return {one.id: one.name for one in ask(request).answers.bundle.region.members}


# --- lists --------------------------------------------------------------------------------------------------------------------


@members
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Requests that the own member sent and got."""
    actor = actor_of(request)
    require_work(actor)
    held = readable(actor).defer("findings", "border")
    listing = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    now, names = timezone.now(), names_of(request)
    rows = [
        (
            one,
            _("to %(name)s") % {"name": names.get(one.neighbour, one.neighbour)}
            if one.member == actor.member
            else _("from %(name)s") % {"name": names.get(one.member, one.member)},
            words.stage(advance(one.outline(), one.terms(), now).stage),
            is_overdue(one.outline(), now) and one.silence != Silence.APPROVES.value,
        )
        for one in listing.object_list
    ]
    return work.show(request, "spectrum/coordinations.html", {"rows": rows, "listing": listing})


@members
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """Records that were registered, of both sides."""
    actor = actor_of(request)
    require_work(actor)
    listing = Paginator(registered_of(request), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    return work.show(request, "spectrum/registered.html", {"listing": listing, "names": names_of(request)})


def registered_of(request: HttpRequest) -> Any:  # noqa: ANN401 - a query
    """Registered records that whoever asks may read, the newest first."""
    held = readable(actor_of(request)).values("pk")
    stations = Station.objects.filter(coordination__in=held, standing=Standing.REGISTERED.value)
    wanted = ("coordination__member", "coordination__neighbour", "coordination__title")
    return (
        stations.select_related("coordination")
        .only("name", "raw", "registered_at", "silent", "coordination_id", *wanted)
        .order_by("-registered_at", "coordination_id", "position")
    )


# --- a new request ------------------------------------------------------------------------------------------------------------


@members
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a request by a table of records and a border."""
    require_work(actor_of(request))
    return _new(request, None)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a request to another neighbour with the same records."""
    actor = actor_of(request)
    held = find(actor, number)
    if party_of(actor, held) is not Party.SENDER:
        raise NotHereError(_("There is no such request."))
    return _new(request, held)


def _new(request: HttpRequest, source: Coordination | None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    if request.method != "POST":
        return _new_page(request, source, request.GET.dict())
    made: list[Coordination] = []
    bundle = ask(request).answers.bundle
    key = request.POST.get("key", "")[:40]
    once = f"{actor.reference} begins coordination {key}" if key else None

    def make() -> None:
        wish = wishes.wish_of(request.POST, request.FILES, bundle, actor.member, AsOf(day_of(now)))  # type: ignore[arg-type] # Django's, without types
        if source is not None:
            made.append(services.copy(actor, source.pk, wish, now, once))
        else:
            made.append(services.begin(actor, wish, wishes.batch_of(request.FILES), now, once))  # type: ignore[arg-type] # as above

    try:
        refusal = attempt(make)
    except DoneError:  # the button was pressed twice
        return done(request, _("The request was taken already."), reverse("spectrum:coordinations"))
    if refusal:
        return _new_page(request, source, request.POST.dict(), refusal)
    said = _(
        "The request is a draft: nobody but your own member sees it. Look at the records, then have them computed."
    )
    return done(request, said, address_of(made[0].pk))


def _new_page(
    request: HttpRequest, source: Coordination | None, given: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    actor = actor_of(request)
    bundle, day = ask(request).answers.bundle, AsOf(day_of(timezone.now()))
    others = [one for one in bundle.region.members_at(day) if one.id != actor.member]
    neighbour = given.get("neighbour", "")
    chosen = next((one for one in others if one.id == neighbour), None)
    context = {
        "source": source,
        "key": work.new_key(),
        "given": given,
        "refusal": refusal,
        "more": max(0, len(refusal[2]) - 50) if refusal else 0,
        "others": others,
        "chosen": chosen,
        "offer": wishes.offer(bundle, actor.member, chosen.id, day) if chosen else None,
        "ticked": request.POST.getlist("limit") if request.method == "POST" else None,
        "weeks": wishes.WEEKS,
        "grounds": [(one, words.ground(one)) for one in wishes.grounds()],
        "most": services.MOST_RECORDS,
    }
    return work.show(request, "spectrum/new_coordination.html", context, refusal[0] if refusal else 200)


# --- one request --------------------------------------------------------------------------------------------------------------


@members
@require_safe
def coordination(request: HttpRequest, number: int) -> HttpResponse:
    """One request."""
    return _page(request, number)


def _page(request: HttpRequest, number: int, refusal: Refusal | None = None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    held = find(actor, number, whole=True)
    party = party_of(actor, held)
    assert party is not None, "whoever may read it is on one side"
    case = advance(held.case(), held.terms(), now)
    names = names_of(request)
    acts = acts_for(case, party)
    findings = held.found()
    over = held.stations.filter(margin_db__lt=0).count() if held.computed_at else 0
    context = {
        "held": held,
        "case": case,
        "party": party.value,
        "sender": names.get(held.member, held.member),
        "receiver": names.get(held.neighbour, held.neighbour),
        "stage": words.stage(case.stage),
        "overdue": is_overdue(case, now),
        "counts": [(words.standing(one), one.value, case.count(one)) for one in Standing if case.count(one)],
        "may": {act.name.lower(): True for act in acts},
        "findings": [(one, _strongest(one)) for one in findings],
        "over": over,
        "running": held.asked_at is not None,
        "progress": runs.progress(held) if held.asked_at is not None else 0,
        "ground": words.ground(held.ground),
        "silence": held.silence == Silence.APPROVES.value,
        "refusal": refusal,
        "more": max(0, len(refusal[2]) - 50) if refusal else 0,
        **_records(request, held, case),
    }
    return work.show(request, "spectrum/coordination.html", context, refusal[0] if refusal else 200)


def _strongest(finding: Any) -> tuple[float | None, str | None]:  # noqa: ANN401 - a finding
    place = finding.worst_point
    return (None, None) if place is None else (finding.strongest_dbuv_m[place], finding.strongest[place])


def _records(request: HttpRequest, held: Coordination, case: Case) -> dict[str, Any]:
    """One page of the records, each as it stands at this moment."""
    wanted = request.GET.get("standing", "")
    entries = {one.id: one for one in case.entries if not wanted or one.standing.value == wanted}
    listing = Paginator(list(entries), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    rows = held.stations.filter(name__in=list(listing.object_list)).order_by("position")
    return {
        "listing": listing,
        "standing": wanted if wanted in {one.value for one in Standing} else "",
        "rows": [(one, entries[one.name], _standing(entries[one.name], case)) for one in rows],
    }


def _standing(entry: Entry, case: Case) -> str:
    if case.stage is Stage.DRAFT:
        return ""
    return _("approved by silence") if entry.silent else words.standing(entry.standing)


@members
@require_POST
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """Put another table of records into a draft."""
    actor, revision = actor_of(request), whole_number(request.POST.get("revision"))
    find(actor, number)
    refusal = attempt(
        lambda: services.replace_batch(actor, number, wishes.batch_of(request.FILES), revision, timezone.now())  # type: ignore[arg-type] # Django's, without types
    )
    return _after(request, number, refusal, _("The records were replaced. What was computed before is void."))


@members
@require_POST
def run(request: HttpRequest, number: int) -> HttpResponse:
    """Have the field strengths computed."""
    actor, revision = actor_of(request), whole_number(request.POST.get("revision"))
    find(actor, number)
    refusal = attempt(lambda: services.ask_run(actor, number, revision, timezone.now()))
    return _after(request, number, refusal, _("It is computed in the background. Load this page again in a while."))


ACTS = {one.value: one for one in (Act.SUBMIT, Act.ACKNOWLEDGE, Act.APPROVE, Act.REJECT, Act.REGISTER, Act.WITHDRAW)}


@members
@require_POST
def act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do something with a request, or with records that were chosen."""
    actor, post = actor_of(request), request.POST
    find(actor, number)
    if act not in ACTS:
        raise NotHereError(_("There is no such act."))
    ids = None if post.get("which") == "all" else frozenset(post.getlist("record"))
    if ids is not None and not ids and ACTS[act] not in {Act.SUBMIT, Act.ACKNOWLEDGE}:
        return _page(request, number, (400, _("Choose records first, or say that all are meant."), ()))
    command = Command(ACTS[act], Party.CLOCK, ids, post.get("reason", ""))
    revision = whole_number(post.get("revision"))
    refusal = attempt(lambda: services.act(actor, number, command, revision, timezone.now()))
    return _after(request, number, refusal, words.done(ACTS[act]))


@members
@require_POST
def answers(request: HttpRequest, number: int) -> HttpResponse:
    """Answer many records by a table."""
    actor, revision = actor_of(request), whole_number(request.POST.get("revision"))
    find(actor, number)
    count: list[int] = []

    def take() -> None:
        replies = read_answers(wishes.content_of(request.FILES, "answers", _("Answers")))  # type: ignore[arg-type] # Django's, without types
        services.answer_many(actor, number, replies, revision, timezone.now())
        count.append(len(replies))

    refusal = attempt(take)
    said = ngettext("%(count)d record was answered.", "%(count)d records were answered.", sum(count))
    return _after(request, number, refusal, said % {"count": sum(count)})


def _after(request: HttpRequest, number: int, refusal: Refusal | None, said: str) -> HttpResponse:
    if refusal:
        return _page(request, number, refusal)
    actor = actor_of(request)
    gone = not readable(actor).filter(pk=number).exists()
    return done(request, said, reverse("spectrum:coordinations") if gone else address_of(number))


def address_of(number: int) -> str:
    """Address of a request's page."""
    return reverse("spectrum:coordination", args=[number])


def moment(at: datetime | None) -> str:
    """An instant, in the one zone that both sides read."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
