"""The directory: each member enters its own team, contacts, rota and hooks; what it erases is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.defend.escalation import LEAST_MINUTES, MOST_MINUTES
from serantau.defend.model import Tlp
from serantau.ledger import Event
from serantau.sources.addresses import parse_target
from serantau.sources.errors import SourceError
from serantau.web.accounts.policy import Actor
from serantau.web.config import webhooks
from serantau.web.cooperation.hooks import ROOM
from serantau.web.cooperation.models import LONGEST_KEY, Contact, Hook, Shift, Team
from serantau.web.cooperation.readers import insist_officer, officers, reader_of
from serantau.web.cooperation.texts import address, key_text, line, words
from serantau.web.ledger.changes import change

MOST_CONTACTS = 50
MOST_SHIFTS = 400
MOST_HOOKS = 5
LONGEST_SHIFT = timedelta(days=31)


@dataclass(frozen=True)
class TeamForm:
    """A team as a form describes it."""

    name: str
    constituency: str
    email: str
    phone: str
    zone: str
    minutes: int
    pgp: str


@dataclass(frozen=True)
class ContactForm:
    """A contact as a form describes it."""

    name: str
    duty: str
    email: str
    phone: str
    pgp: str
    person: int
    position: int
    days: str
    starts: time
    ends: time


def describe_team(actor: Actor, form: TeamForm, now: datetime) -> Team:
    """Enter the own member's team, or describe it anew.

    Raises:
        DefendError: naming what is wrong.
    """
    insist_officer(actor)
    if not LEAST_MINUTES <= form.minutes <= MOST_MINUTES:
        raise DefendError(_("Each contact has between a minute and a week to answer."))
    described = {
        "name": line(form.name, _("name")),
        "constituency": words(form.constituency, _("constituency"), needed=False),
        "email": address(form.email),
        "phone": line(form.phone, _("phone number"), 40) if form.phone.strip() else "",
        "zone": form.zone,
        "minutes": form.minutes,
        "pgp": key_text(form.pgp, LONGEST_KEY),
        "changed_by": actor.reference,
        "changed_at": now,
    }
    with change(Event.TEAM_DESCRIBED, actor=actor.reference, now=now) as record:
        team, _made = Team.objects.update_or_create(member=actor.member, defaults=described)
        record.about(f"team {team.ref}")
        record.say(member=actor.member, minutes=form.minutes)
    return team


def enter_contact(actor: Actor, ref: str, form: ContactForm, now: datetime) -> Contact:
    """Enter a contact of the own team, or describe one anew.

    Args:
        actor: Who acts.
        ref: Reference of the contact; empty for a new one.
        form: What the form says.
        now: The time.

    Raises:
        DefendError: naming what is wrong.
    """
    insist_officer(actor)
    people = {one.person.pk for one in officers(now.date(), [actor.member]).get(actor.member, [])}
    if form.person and form.person not in people:
        raise DefendError(_("Choose an account of your own member whose rooms reach here, or none."))
    if not set(form.days) <= set("0123456"):
        raise DefendError(_("Choose days of the week."))
    described = {
        "name": line(form.name, _("name")),
        "duty": line(form.duty, _("duty")) if form.duty.strip() else "",
        "email": address(form.email),
        "phone": line(form.phone, _("phone number"), 40) if form.phone.strip() else "",
        "pgp": key_text(form.pgp, LONGEST_KEY),
        "person_id": form.person or None,
        "days": "".join(sorted(set(form.days))),
        "starts": form.starts,
        "ends": form.ends,
    }
    with change(Event.CONTACT_ENTERED, actor=actor.reference, now=now) as record:
        team = _own_team(actor)
        others = team.contacts.exclude(ref=ref)
        if form.person and others.filter(person=form.person).exists():
            raise DefendError(_("This account is a contact already."))
        if ref:
            held = team.contacts.filter(ref=ref).first()
            if held is None:
                raise DefendError(_("This contact was erased meanwhile."))
        elif others.count() >= MOST_CONTACTS:
            raise DefendError(_("A team has at most %(most)d contacts.") % {"most": MOST_CONTACTS})
        else:
            held = Contact(team=team)
        last = others.aggregate(last=Max("position"))["last"] or 0
        held.position = form.position or (held.position or last + 1)
        for name, value in described.items():
            setattr(held, name, value)
        held.save()
        record.about(f"contact {held.ref}")
        record.say(member=actor.member, contact=record.digest(f"{held.name}\n{held.email}\n{held.phone}"))
    return held


def erase_contact(actor: Actor, ref: str, now: datetime) -> None:
    """Erase a contact and all that was entered of them. What they were told of stays, and names nobody."""
    insist_officer(actor)
    with change(Event.CONTACT_ERASED, actor=actor.reference, subject=f"contact {ref}", now=now) as record:
        held = _own_team(actor).contacts.filter(ref=ref).first()
        if held is None:
            raise DefendError(_("This contact was erased already."))
        held.delete()
        record.say(member=actor.member)


def enter_shift(actor: Actor, ref: str, starts: datetime, ends: datetime, now: datetime) -> None:
    """Enter a turn of the rota for a contact.

    Raises:
        DefendError: if it ends before it begins, lasts over a month, or lies in the past.
    """
    insist_officer(actor)
    if not starts < ends <= starts + LONGEST_SHIFT or ends <= now:
        raise DefendError(_("A turn begins before it ends, lasts at most a month, and does not lie in the past."))
    with change(Event.SHIFT_ENTERED, actor=actor.reference, subject=f"contact {ref}", now=now) as record:
        held = _own_team(actor).contacts.filter(ref=ref).first()
        if held is None:
            raise DefendError(_("This contact was erased meanwhile."))
        # Turns that are over say nothing to anybody any more.
        held.shifts.filter(ends_at__lt=now).delete()
        if held.shifts.count() >= MOST_SHIFTS:
            raise DefendError(_("A contact has at most %(most)d turns to come.") % {"most": MOST_SHIFTS})
        Shift.objects.create(contact=held, starts_at=starts, ends_at=ends)
        record.say(member=actor.member, starts=starts.isoformat(), ends=ends.isoformat())


def remove_shift(actor: Actor, ref: str, number: int, now: datetime) -> None:
    """Take a turn out of the rota."""
    insist_officer(actor)
    with change(Event.SHIFT_REMOVED, actor=actor.reference, subject=f"contact {ref}", now=now) as record:
        found = Shift.objects.filter(pk=number, contact__ref=ref, contact__team=_own_team(actor))
        if not found.exists():
            raise DefendError(_("This turn was removed already."))
        found.delete()
        record.say(member=actor.member)


def make_hook(actor: Actor, url: str, level: Tlp, now: datetime) -> tuple[Hook, str]:
    """Have notices sent to an address of the own member.

    Returns:
        The hook, and the key of its signatures, which is shown once.

    Raises:
        DefendError: if the address is none that may be asked, or the level lies above the actor's own clearance.
    """
    insist_officer(actor)
    try:
        target = parse_target(url.strip())
    except SourceError as error:
        raise DefendError(error.message) from error
    if target.scheme != "https" and target.origin not in settings.SERANTAU_PRIVATE_HOOKS:
        raise DefendError(_("A hook is an https address: what is sent there is read by nobody on the way."))
    if level > reader_of(actor).clearance:
        raise DefendError(_("You are not cleared so far yourself. Choose a lower label."))
    with change(Event.HOOK_MADE, actor=actor.reference, now=now) as record:
        if Hook.objects.filter(member=actor.member, ended_at=None).count() >= MOST_HOOKS:
            raise DefendError(_("A member has at most %(most)d hooks. End one first.") % {"most": MOST_HOOKS})
        held = Hook.objects.create(
            member=actor.member,
            url=url.strip()[:500],
            nonce=webhooks.new_nonce(),
            level=level,
            made_by=actor.reference,
            made_at=now,
        )
        record.about(f"hook {held.ref}")
        record.say(member=actor.member, level=level.label)
    return held, webhooks.key_of(ROOM, held.nonce)


def end_hook(actor: Actor, ref: str, now: datetime) -> None:
    """Send nothing more to an address."""
    insist_officer(actor)
    with change(Event.HOOK_ENDED, actor=actor.reference, subject=f"hook {ref}", now=now) as record:
        if not Hook.objects.filter(ref=ref, member=actor.member, ended_at=None).update(ended_at=now):
            raise DefendError(_("This hook has ended already."))
        record.say(member=actor.member)


def _own_team(actor: Actor) -> Team:
    held = Team.objects.select_for_update().filter(member=actor.member).first()
    if held is None:
        raise DefendError(_("Describe your member's team first."))
    return held
