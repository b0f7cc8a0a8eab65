"""The forum's first page, its calendar, and the bodies with their rules."""

from __future__ import annotations

from datetime import UTC, timedelta

import msgspec
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from serantau.forum import ForumError, Rules, Say, Stage, Verb
from serantau.web.accounts.actor import actor_of
from serantau.web.forum import words
from serantau.web.forum.models import Body, Consultation, Meeting, MemberPosition, Paper, Version
from serantau.web.forum.rules import readable
from serantau.web.forum.services import meetings as services
from serantau.web.forum.views.work import (
    Refusal,
    attempt,
    done,
    everybody,
    secretariat,
    show,
    there,
    whole_number,
    zones,
)
from serantau.web.registers.rules import to_answer
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask

PAGE = 50
CALLS = 5
CALENDAR = "text/calendar; charset=utf-8"
RECENT = timedelta(days=400)


@everybody
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Bodies, meetings, and the papers that whoever asks may read."""
    actor = actor_of(request)
    held = readable(actor).order_by("-changed_at", "-pk")
    stage, body = request.GET.get("stage", ""), whole_number(request.GET.get("body"))
    if stage in {one.value for one in Stage}:
        held = held.filter(stage=stage)
    if body:
        held = held.filter(body=body)
    page = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    now = timezone.now()
    context = {
        "bodies": list(Body.objects.select_related("above")),
        "meetings": list(Meeting.objects.select_related("body").filter(starts_at__gte=now - RECENT)[:PAGE]),
        "papers": [
            (one, stage_now(one, now), words.VERBS[Verb(one.verb)], there(one.body, one.due_at))
            for one in page.object_list
        ],
        "listing": page,
        "waiting": _waiting(request, now),
        "calls": [
            (one, there(one.body, one.closes_at))
            for one in Consultation.objects.filter(opens_at__lte=now, closes_at__gte=now)
            .select_related("body")
            .order_by("closes_at")[:CALLS]
        ],
        "questions": list(to_answer(actor)[:PAGE]) if actor.signed_in else [],
        "state": stage,
        "stages": [(one.value, text) for one, text in words.STAGES.items()],
        "member": "",
        "now": now,
    }
    return show(request, "forum/home.html", context)


def stage_now(paper: Paper, now: object) -> object:
    """The stage in words; a deadline that passed a moment ago is said to have passed, its outcome stands on the page."""
    if paper.at is Stage.CONSULTATION and paper.due_at is not None and now > paper.due_at:
        return _("deadline passed")
    return words.STAGES[paper.at]


def _waiting(request: HttpRequest, now: object) -> list[Paper]:
    """Papers on which the own member has a say and has said nothing yet, the most urgent first."""
    actor = actor_of(request)
    if not actor.member:
        return []
    open_ = list(
        readable(actor).filter(stage=Stage.CONSULTATION.value).exclude(due_at__lt=now).order_by("due_at", "pk")[:PAGE]
    )
    keys = [one.pk for one in open_]
    mine = {
        (one.paper_id, one.number)
        for one in Version.objects.filter(paper__in=keys).only("paper_id", "number", "eligible")
        if actor.member in one.eligible
    }
    said = {
        (row.paper_id, row.version)
        for row in MemberPosition.objects.filter(paper__in=keys, member=actor.member)
        if row.say != Say.ASKS_TIME.value
    }
    return [one for one in open_ if (one.pk, one.version) in mine - said and actor.member not in one.out]


@everybody
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings as an iCalendar file (RFC 5545): nothing in it that the public pages do not say."""
    root = request.build_absolute_uri("/").rstrip("/")
    region = ask(request).answers.bundle.region.profile
    held = Calendar()
    held.add("prodid", "-//Serantau//Meetings//EN")
    held.add("version", "2.0")
    held.add("method", "PUBLISH")
    held.add("x-wr-calname", _("%(region)s: meetings") % {"region": region.short_name})
    for one in Meeting.objects.select_related("body")[:500]:
        event = Event()
        event.add("uid", f"meeting-{one.pk}@{request.get_host().partition(':')[0]}")
        event.add("dtstamp", one.made_at.astimezone(UTC))
        event.add("dtstart", one.starts_at.astimezone(UTC))
        event.add("dtend", one.ends_at.astimezone(UTC))
        event.add("summary", f"{one.body.short_name} {one.number}: {one.title}")
        if one.place:
            event.add("location", one.place)
        event.add("url", root + reverse("forum:meeting", args=[one.pk]))
        held.add_component(event)
    response = HttpResponse(held.to_ical(), content_type=CALENDAR)
    response["Content-Disposition"] = 'attachment; filename="meetings.ics"'
    return response


# --- bodies -------------------------------------------------------------------------------------------------------------------


@everybody
@require_safe
def body(request: HttpRequest, number: int) -> HttpResponse:
    """A body and its rules of procedure."""
    return _body_page(request, find_body(number))


def _body_page(request: HttpRequest, held: Body, refusal: Refusal | None = None) -> HttpResponse:
    rules = held.procedure()
    given = request.POST if refusal else {}
    context = {
        "held": held,
        "rules": rules,
        "refusal": refusal,
        "verbs": [
            (one.value, text, one.value in given.getlist("verbs") if given else bool(rules and one in rules.verbs))
            for one, text in words.VERBS.items()
        ],
        "switches": [
            (name, text, given.get(name, "") if given else _yes_no(rules, name))
            for name, text in words.SWITCHES.items()
        ],
        "numbers": [
            (name, text, given.get(name, "") if given else ("" if rules is None else getattr(rules, name)))
            for name, text in words.NUMBERS.items()
        ],
        "meetings": list(held.meetings.all()[:PAGE]),
        "below": list(held.below.all()),
    }
    return show(request, "forum/body.html", context, refusal[0] if refusal else 200)


def _yes_no(rules: Rules | None, name: str) -> str:
    return "" if rules is None else "yes" if getattr(rules, name) else "no"


@secretariat
@require_POST
def state_rules(request: HttpRequest, number: int) -> HttpResponse:
    """Enter the rules that a body has given itself."""
    held = find_body(number)
    actor = actor_of(request)
    refusal = attempt(request, lambda: services.state_rules(actor, number, _rules(request), timezone.now()))
    if refusal:
        return _body_page(request, held, refusal)
    return done(request, _("The rules of the body were entered."), reverse("forum:body", args=[number]))


def _rules(request: HttpRequest) -> Rules:
    """The rules that a form states, every one of them.

    Raises:
        ForumError: naming the first that is missing or out of bounds.
    """
    raw: dict[str, object] = {"verbs": [Verb(one) for one in request.POST.getlist("verbs") if one in _VERBS]}
    for name, text in words.SWITCHES.items():
        given = request.POST.get(name)
        if given not in {"yes", "no"}:
            raise ForumError(_("Answer yes or no: %(rule)s.") % {"rule": text})
        raw[name] = given == "yes"
    for name, text in words.NUMBERS.items():
        given = request.POST.get(name, "")
        if not (given.isascii() and given.isdecimal() and len(given) < 4):
            raise ForumError(_("Write a whole number: %(rule)s.") % {"rule": text})
        raw[name] = int(given)
    if not raw["verbs"]:
        raise ForumError(_("Choose at least one thing that the body may do with a paper."))
    try:
        return msgspec.convert(raw, Rules)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].strip("`")
        raise ForumError(_("Out of bounds: %(rule)s.") % {"rule": words.NUMBERS.get(name, name)}) from error


_VERBS = {one.value for one in Verb}


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def new_body(request: HttpRequest) -> HttpResponse:
    """Enter a body."""
    given = {name: request.POST.get(name, "").strip()[:200] for name in ("short_name", "name", "zone", "above")}
    refusal = None
    bodies = {one.pk: one for one in Body.objects.all()}
    if request.method == "POST":
        made: list[Body] = []
        if given["zone"] not in zones(request):
            refusal = (400, _("Choose one of the time zones."), ())
        else:
            above = bodies.get(whole_number(given["above"]))
            names = given["short_name"], given["name"], given["zone"]
            refusal = attempt(
                request, lambda: made.append(services.found_body(actor_of(request), *names, above, timezone.now()))
            )
        if made:
            said = _("The body was entered. State its rules of procedure next.")
            return done(request, said, reverse("forum:body", args=[made[0].pk]))
    else:
        given["zone"] = ask(request).answers.bundle.region.profile.time_zone
    context = {"given": given, "refusal": refusal, "zones": zones(request), "bodies": list(bodies.values())}
    return show(request, "forum/new_body.html", context, refusal[0] if refusal else 200)


def find_body(number: int) -> Body:
    """A body.

    Raises:
        NotHereError: if there is none.
    """
    held = Body.objects.select_related("above").filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such body."), {"/forum/": _("Meetings and papers")})
    return held
