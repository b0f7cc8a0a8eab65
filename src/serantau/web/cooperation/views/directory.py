"""The directory of teams and contacts, the own team with its rota and hooks, and clearances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.defend.errors import DefendError
from serantau.defend.model import Tlp
from serantau.web.cooperation import words
from serantau.web.cooperation.models import Contact, Hook, Team
from serantau.web.cooperation.readers import UNSET, is_hub, is_officer, officers, reader_of
from serantau.web.cooperation.services import clearances, directory
from serantau.web.cooperation.services.notices import MINUTES
from serantau.web.cooperation.views.work import (
    Actor,
    Refusal,
    actor_of,
    attempt,
    certs,
    clock_of_form,
    done,
    heads,
    hub,
    listed,
    members,
    moment_of_form,
    names,
    needed_label,
    officer,
    show,
    whole_number,
    zones,
)
from serantau.web.defend.models import Ceiling
from serantau.web.defend.services.accounts import DEFAULT_CEILING, ceiling_of
from serantau.web.jobs.models import Job
from serantau.web.site.problems import NotHereError

TEAM = ("name", "constituency", "email", "phone", "zone", "minutes", "pgp")
CONTACT = ("name", "duty", "email", "phone", "pgp", "person", "position", "starts", "ends")


@listed
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every member's team and contacts, for CERT readers."""
    actor = actor_of(request)
    if not (is_officer(actor) or is_hub(actor)):
        raise PermissionDenied
    now, said = timezone.now(), names(request)
    teams = list(Team.objects.prefetch_related("contacts__shifts", "contacts__team"))
    context = {
        "teams": [
            (one, said.get(one.member, one.member), [_contact(contact, now) for contact in one.contacts.all()])
            for one in teams
        ],
        "lacking": [name for code, name in members(request) if code not in {one.member for one in teams}],
    }
    return show(request, "cooperation/directory.html", context)


def _contact(contact: Contact, now: datetime) -> dict[str, Any]:
    hours = ", ".join(str(words.DAYS[int(day)]) for day in contact.days)
    return {
        "row": contact,
        "days": hours,
        "whole": contact.starts == contact.ends,
        "on_duty": contact.known().on_duty(now),
        "shifts": [one for one in contact.shifts.all() if one.ends_at >= now],
    }


# --- the own team -------------------------------------------------------------------------------------------------------------


@certs
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """The own team: what others read of it, its contacts, its hooks."""
    actor = officer(request)
    if request.method != "POST":
        return _team_page(request)
    given = {name: request.POST.get(name, "")[:25_000] for name in TEAM}

    def command() -> None:
        if given["zone"] not in zones(request, actor.member):
            raise DefendError(_("Choose one of the time zones."))
        form = directory.TeamForm(**{**given, "minutes": whole_number(given["minutes"])})
        directory.describe_team(actor, form, timezone.now())

    refusal = attempt(request, command)
    if refusal:
        return _team_page(request, refusal, given)
    return done(request, _("Your team was described."), reverse("cooperation:team"))


def _team_page(
    request: HttpRequest, refusal: Refusal | None = None, given: dict[str, str] | None = None, key: str = ""
) -> HttpResponse:
    actor, now = officer(request), timezone.now()
    held = Team.objects.filter(member=actor.member).prefetch_related("contacts__shifts", "contacts__team").first()
    if given is None:
        given = {name: str(getattr(held, name)) for name in TEAM} if held else {"minutes": str(MINUTES)}
    hooks = list(Hook.objects.filter(member=actor.member, ended_at=None))
    context = {
        "held": held,
        "given": given,
        "zones": zones(request, actor.member),
        "contacts": [_contact(one, now) for one in held.contacts.all()] if held else [],
        "hooks": [(one, Tlp(one.level).label, _last_of(one)) for one in hooks],
        "labels": [(str(one.value), one.label) for one in words.CLEARANCES if one <= reader_of(actor).clearance],
        "key": key,
        "refusal": refusal,
    }
    return show(request, "cooperation/team.html", context, refusal[0] if refusal else 200)


def _last_of(hook: Hook) -> str:
    """How the newest notice to a hook went."""
    last = Job.objects.filter(key__startswith=f"hook {hook.pk} ").order_by("-pk").first()
    if last is None:
        return _("nothing was sent yet")
    said = {
        "queued": _("waits to be sent"),
        "running": _("is being sent"),
        "done": _("was sent"),
        "dead": _("was given up"),
    }
    return said[last.state]


@certs
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter a contact of the own team (``new``), or describe one anew."""
    actor = officer(request)
    held = _own_contact(actor, ref)
    if request.method != "POST":
        return _contact_page(request, held, None, _given(held), held.days if held else "")
    given = {name: request.POST.get(name, "")[:25_000] for name in CONTACT}
    days = "".join(one for one in request.POST.getlist("days") if len(one) == 1)[:7]

    def command() -> None:
        form = directory.ContactForm(
            name=given["name"],
            duty=given["duty"],
            email=given["email"],
            phone=given["phone"],
            pgp=given["pgp"],
            person=whole_number(given["person"]),
            position=min(whole_number(given["position"]), 1000),
            days=days,
            starts=clock_of_form(given["starts"]),
            ends=clock_of_form(given["ends"]),
        )
        directory.enter_contact(actor, held.ref if held else "", form, timezone.now())

    refusal = attempt(request, command)
    if refusal:
        return _contact_page(request, held, refusal, given, days)
    return done(request, _("The contact was entered."), reverse("cooperation:team"))


def _own_contact(actor: Actor, ref: str) -> Contact | None:
    if ref == "new":
        return None
    held = Contact.objects.filter(ref=ref, team__member=actor.member).first()
    if held is None:
        raise NotHereError(_("There is no such contact of your member."))
    return held


def _given(held: Contact | None) -> dict[str, str]:
    if held is None:
        return {"starts": "00:00", "ends": "00:00"}
    found = {name: str(getattr(held, name)) for name in ("name", "duty", "email", "phone", "pgp", "position")}
    return found | {"person": str(held.person_id or ""), "starts": f"{held.starts:%H:%M}", "ends": f"{held.ends:%H:%M}"}


def _contact_page(
    request: HttpRequest, held: Contact | None, refusal: Refusal | None, given: dict[str, str], days: str
) -> HttpResponse:
    actor, now = officer(request), timezone.now()
    people = officers(now.date(), [actor.member]).get(actor.member, [])
    context = {
        "held": held,
        "given": given,
        "people": [(str(one.person.pk), str(one.person), one.clearance.label) for one in people],
        "days": [(str(number), text, str(number) in days) for number, text in enumerate(words.DAYS)],
        "shifts": [one for one in held.shifts.all() if one.ends_at >= now] if held else [],
        "zone": Team.objects.filter(member=actor.member).values_list("zone", flat=True).first() or "Etc/UTC",
        "refusal": refusal,
    }
    return show(request, "cooperation/contact.html", context, refusal[0] if refusal else 200)


@certs
@require_POST
def change_contact(request: HttpRequest, ref: str, what: str) -> HttpResponse:
    """Erase a contact, or change its turns."""
    actor, now = officer(request), timezone.now()
    held = _own_contact(actor, ref)
    if held is None or what not in {"erase", "shift", "remove-shift"}:
        raise NotHereError(_("There is no such act."))
    post = request.POST

    def command() -> None:
        if what == "erase":
            directory.erase_contact(actor, ref, now)
        elif what == "remove-shift":
            directory.remove_shift(actor, ref, whole_number(post.get("shift")), now)
        else:
            zone = held.team.zone
            starts, ends = (moment_of_form(post.get(name, ""), zone) for name in ("from", "until"))
            directory.enter_shift(actor, ref, starts, ends, now)

    refusal = attempt(request, command)
    if refusal:
        return _contact_page(request, held, refusal, _given(held), held.days)
    if what == "erase":
        return done(request, _("Erased."), reverse("cooperation:team"))
    return done(request, _("The rota was changed."), reverse("cooperation:contact", args=[ref]))


@certs
@require_POST
def hook(request: HttpRequest, ref: str) -> HttpResponse:
    """Make a hook (``new``), whose key is shown once, or end one."""
    actor, now = officer(request), timezone.now()
    if ref != "new":
        if not Hook.objects.filter(ref=ref, member=actor.member).exists():
            raise NotHereError(_("There is no such hook of your member."))
        refusal = attempt(request, lambda: directory.end_hook(actor, ref, now))
        if refusal:
            return _team_page(request, refusal)
        return done(request, _("Nothing more is sent there."), reverse("cooperation:team"))
    made: list[str] = []

    def command() -> None:
        level = needed_label(request.POST.get("label"))
        made.append(directory.make_hook(actor, request.POST.get("url", "")[:500], level, now)[1])

    refusal = attempt(request, command)
    # The key is shown on the answer itself: a page to come back to would have to keep it.
    return _team_page(request, refusal, key=made[0] if made else "")


# --- clearances ---------------------------------------------------------------------------------------------------------------


@heads
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """How far each of the own member's people reads."""
    actor, now = officer(request), timezone.now()
    refusal = None
    if request.method == "POST":

        def command() -> None:
            level = needed_label(request.POST.get("label"))
            clearances.clear(actor, whole_number(request.POST.get("person")), level, now)

        refusal = attempt(request, command)
        if not refusal:
            return done(request, _("The clearance holds from now on."), reverse("cooperation:clearances"))
    ceiling = ceiling_of(actor.member)
    context = {
        "people": officers(now.date(), [actor.member]).get(actor.member, []),
        "ceiling": ceiling.label,
        "unset": UNSET.label,
        "labels": [(str(one.value), one.label) for one in words.CLEARANCES if one <= ceiling],
        "refusal": refusal,
    }
    return show(request, "cooperation/clearances.html", context, refusal[0] if refusal else 200)


@hub
@require_http_methods(["GET", "HEAD", "POST"])
def ceilings(request: HttpRequest) -> HttpResponse:
    """How far each member's people may be cleared."""
    actor, now = actor_of(request), timezone.now()
    if not is_hub(actor):
        raise PermissionDenied
    refusal = None
    if request.method == "POST":

        def command() -> None:
            level = needed_label(request.POST.get("label"))
            clearances.set_ceiling(actor, request.POST.get("member", "")[:80], level, now)

        refusal = attempt(request, command)
        if not refusal:
            return done(request, _("The ceiling holds from now on."), reverse("cooperation:ceilings"))
    held = {one.member: Tlp(one.clearance).label for one in Ceiling.objects.all()}
    context = {
        "rows": [(code, name, held.get(code, DEFAULT_CEILING.label), code in held) for code, name in members(request)],
        "labels": [(str(one.value), one.label) for one in words.CLEARANCES],
        "refusal": refusal,
    }
    return show(request, "cooperation/ceilings.html", context, refusal[0] if refusal else 200)
