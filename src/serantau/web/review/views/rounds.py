"""Rounds: what is asked, who has answered, and everybody's calendar of deadlines."""

from __future__ import annotations

from datetime import date, time

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.base import AsOf
from serantau.plan import PlanError
from serantau.review import ReviewError
from serantau.web.accounts.actor import actor_for, actor_of
from serantau.web.accounts.roles import OF_A_MEMBER, Role
from serantau.web.config.access import access
from serantau.web.review.answers import round_table
from serantau.web.review.calendar import calendar_of
from serantau.web.review.models import CalendarFeed, ReportingRound
from serantau.web.review.services import rounds as services
from serantau.web.review.views.desk import timing
from serantau.web.review.views.work import attempt, deciders, done, member_names, secretariat, show, workers
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import FIRST_YEAR, LAST_YEAR, ask, day_now

CALENDAR = "text/calendar; charset=utf-8"


@workers
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first."""
    held = list(_rounds()[:200])
    return show(request, "review/rounds.html", {"rounds": [(one, timing(one)) for one in held]})


@workers
@require_safe
def one_round(request: HttpRequest, number: int) -> HttpResponse:
    """Who has answered a round and who has not."""
    return _round_page(request, _find(number))


def _round_page(request: HttpRequest, asked: ReportingRound, refusal: object = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    bundle = ask(request).answers.bundle
    held = round_table(bundle, asked, actor, day_now())
    shown = (actor.member,) if actor.member and request.GET.get("own") else held.members
    actions = [bundle.plans.action(one) for one in held.table.actions]
    own = bool(actor.roles & OF_A_MEMBER)
    missing = {one: held.missing(one) for one in held.members}
    context = {
        "asked": asked,
        "timing": timing(asked),
        "phase": timing(asked).phase(timezone.now()),
        "plan_held": bundle.plans.plan(asked.plan),
        "members": [(one, member_names(request)[one]) for one in shown],
        "rows": [(action, [(one, *held.cell(action.id, one)) for one in shown]) for action in actions],
        "summary": [
            (one, member_names(request)[one], len(missing[one]), held.waiting(one), len(actions))
            for one in held.members
            if not own or one == actor.member
        ],
        "own_missing": [bundle.plans.action(one) for one in missing.get(actor.member, ())],
        "refusal": refusal,
    }
    return show(request, "review/round.html", context, status)


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    bundle = ask(request).answers.bundle
    names = ("title", "plan", "year", "opens", "due", "clock", "zone")
    given = {name: request.POST.get(name, "").strip()[:200] for name in names}
    refusal = None
    if request.method == "POST":
        made: list[ReportingRound] = []
        refusal = attempt(
            lambda: made.append(services.open_round(actor_of(request), _asked(request, given), timezone.now()))
        )
        if made:
            return done(request, _("The round is open."), reverse("review:round", args=[made[0].pk]))
    else:
        given |= {
            "plan": bundle.region.profile.default_plan,
            "year": str(day_now().year - 1),
            "opens": day_now().isoformat(),
            "clock": "17:00",
            "zone": bundle.region.profile.time_zone,
        }
    context = {
        "given": given,
        "refusal": refusal,
        "choices": bundle.plans.plans(AsOf(day_now())),
        "zones": sorted({bundle.region.profile.time_zone, "Etc/UTC", *_zones(request)}),
    }
    return show(request, "review/open_round.html", context, refusal[0] if refusal else 200)


@secretariat
@require_POST
def move_round(request: HttpRequest, number: int) -> HttpResponse:
    """Give another deadline."""
    asked = _find(number)
    refusal = attempt(
        lambda: services.move_round(
            actor_of(request),
            number,
            day_in(request.POST.get("due", ""), _("deadline")),
            clock_of(request.POST.get("clock", "")),
            timezone.now(),
        )
    )
    if refusal:
        return _round_page(request, asked, refusal, refusal[0])
    return done(request, _("The deadline was moved."), reverse("review:round", args=[number]))


def _asked(request: HttpRequest, given: dict[str, str]) -> services.Asked:
    """The round that a form describes.

    Raises:
        ReviewError: if a field is wrong.
    """
    try:
        plan = ask(request).answers.bundle.plans.plan(given["plan"])
    except PlanError as error:
        raise ReviewError(error.message) from error
    year = given["year"]
    if not (year.isascii() and year.isdecimal() and 1950 <= int(year) <= 2100):
        raise ReviewError(_("The year is no year from 1950 to 2100."))
    if given["zone"] not in {ask(request).answers.bundle.region.profile.time_zone, "Etc/UTC", *_zones(request)}:
        raise ReviewError(_("Choose one of the time zones."))
    return services.Asked(
        title=given["title"],
        plan=plan.id,
        year=int(year),
        opens=day_in(given["opens"], _("opening")),
        due=day_in(given["due"], _("deadline")),
        clock=clock_of(given["clock"]),
        zone=given["zone"],
    )


def _zones(request: HttpRequest) -> set[str]:
    return {zone for member in ask(request).answers.bundle.region.members for zone in member.time_zones}


def day_in(text: str, name: str) -> date:
    """The day that a field holds.

    Raises:
        ReviewError: if it holds none, naming the field.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    # On the clocks of a zone the first and the last day of the calendar may be instants that there are not.
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ReviewError(_("The %(name)s is no date: write it as 2027-03-31.") % {"name": name})
    return day


def clock_of(text: str) -> time:
    """The time of day that a field holds.

    Raises:
        ReviewError: if it holds none.
    """
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise ReviewError(_("The time of day is none: write it as 17:00.")) from error


def _rounds() -> QuerySet[ReportingRound]:
    return ReportingRound.objects.order_by("-due_at")


def _find(number: int) -> ReportingRound:
    held = ReportingRound.objects.filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such round."), {reverse("review:rounds"): _("Rounds")})
    return held


# --- the calendar ----------------------------------------------------------------------------------------------------------


@deciders
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """A person's own calendar address: made, shown once, revoked."""
    actor = actor_of(request)
    secret = ""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            services.revoke_calendar(actor, timezone.now())
            return done(request, _("The address no longer works."), reverse("review:calendar"))
        secret = services.make_calendar(actor, timezone.now())
    held = CalendarFeed.objects.filter(person_id=actor.id, revoked_at=None).first()
    address = request.build_absolute_uri(reverse("review:calendar-file", args=[secret])) if secret else ""
    return show(request, "review/calendar.html", {"held": held, "address": address})


@access(Role.PUBLIC, private=True)
@require_safe
def calendar_file(request: HttpRequest, secret: str) -> HttpResponse:
    """The deadlines of whoever has the address, as a calendar program reads them; it is its own key."""
    feed = (
        CalendarFeed.objects.filter(digest=services.digest_of(secret), revoked_at=None).select_related("person").first()
    )
    if feed is None or not feed.person.is_active:
        raise NotHereError(_("There is no calendar at this address."))
    actor = actor_for(feed.person, second_factor=True, fresh=False, today=day_now())
    if not actor.roles & {*OF_A_MEMBER, Role.SECRETARIAT}:
        raise NotHereError(_("There is no calendar at this address."))
    held = list(_rounds()[:100])
    bundle = ask(request).answers.bundle
    root = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(calendar_of(held, bundle.region.profile.short_name, root), content_type=CALENDAR)
    response["Content-Disposition"] = 'attachment; filename="deadlines.ics"'
    return response
