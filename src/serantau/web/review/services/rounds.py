"""Rounds that ask the members to report, the reminders of them, and everybody's own calendar address."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.review import ReviewError
from serantau.review.rounds import instant
from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, may
from serantau.web.accounts.roles import Room
from serantau.web.ledger.changes import change
from serantau.web.review import letters
from serantau.web.review.models import CalendarFeed, Reminder, ReportingRound
from serantau.web.review.services.drafts import line

SECRET_BYTES = 32


@dataclass(frozen=True)
class Asked:
    """A round that somebody wants to open.

    Attributes:
        title: What it is called.
        plan: Id of the plan.
        year: Year that is reported on.
        opens: Day from whose beginning members are asked.
        due: Day on which the answer is due.
        clock: Time of that day, on the clocks of the zone.
        zone: IANA name of the time zone of the body that asks.
    """

    title: str
    plan: str
    year: int
    opens: date
    due: date
    clock: time
    zone: str


def open_round(actor: Actor, asked: Asked, now: datetime) -> ReportingRound:
    """Ask the members to report on a plan's actions for a year.

    Raises:
        PermissionDenied: if the actor may not.
        ReviewError: if the dates make no round, or there is one for that plan and year.
    """
    _require_secretariat(actor)
    opens_at, due_at = instant(asked.opens, time(0), asked.zone), instant(asked.due, asked.clock, asked.zone)
    _refuse_odd_dates(opens_at, due_at)
    with change(Event.ROUND_OPENED, actor=actor.reference, now=now) as record:
        if ReportingRound.objects.filter(plan=asked.plan, year=asked.year).exists():
            raise ReviewError(_("There is a round for this plan and year already. Move its deadline instead."))
        held = ReportingRound.objects.create(
            title=line(asked.title, _("title")),
            plan=asked.plan,
            year=asked.year,
            opens_at=opens_at,
            due_at=due_at,
            zone=asked.zone,
            made_by=actor.reference,
            made_at=now,
        )
        record.about(f"round {held.pk}")
        record.say(plan=asked.plan, year=asked.year, due=due_at.isoformat())
    return held


def move_round(actor: Actor, number: int, due: date, clock: time, now: datetime) -> None:
    """Give the members another deadline.

    Raises:
        PermissionDenied: if the actor may not.
        ReviewError: if it lies before the opening.
    """
    _require_secretariat(actor)
    with change(Event.ROUND_MOVED, actor=actor.reference, subject=f"round {number}", now=now) as record:
        held = ReportingRound.objects.select_for_update().get(pk=number)
        before, after = held.due_at, instant(due, clock, held.zone)
        _refuse_odd_dates(held.opens_at, after)
        held.due_at = after
        held.save()
        record.say(before=before.isoformat(), after=after.isoformat())


def remind(asked: ReportingRound, member: str, name: str, missing: int, now: datetime) -> None:
    """Remind the people of a member of a round, once under a name; the letters are saved with the fact that they are.

    Raises:
        DoneError: if it was done before.
    """
    once = f"reminder {asked.pk} {member} {name}"
    with change(Event.REMINDER_SENT, actor="system", subject=f"round {asked.pk}", now=now, once=once) as record:
        Reminder.objects.create(round=asked, member=member, name=name, at=now)
        record.say(member=member, reminder=name, letters=letters.remind(asked, member, missing, now))


def make_calendar(actor: Actor, now: datetime) -> str:
    """A new calendar address for a person; the one before ceases to work. Return its secret, which is shown once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with change(Event.CALENDAR_MADE, actor=actor.reference, subject=actor.reference, now=now):
        CalendarFeed.objects.filter(person_id=actor.id, revoked_at=None).update(revoked_at=now)
        CalendarFeed.objects.create(person_id=actor.id, digest=digest_of(secret), made_at=now)
    return secret


def revoke_calendar(actor: Actor, now: datetime) -> None:
    """Let a person's calendar address cease to work."""
    with change(Event.CALENDAR_REVOKED, actor=actor.reference, subject=actor.reference, now=now):
        CalendarFeed.objects.filter(person_id=actor.id, revoked_at=None).update(revoked_at=now)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _require_secretariat(actor: Actor) -> None:
    if not may(actor, policy.Act.DECIDE, About(room=Room.PLAN)):
        raise PermissionDenied


def _refuse_odd_dates(opens: datetime, due: datetime) -> None:
    if due <= opens:
        raise ReviewError(_("The round would be due before it opens. Correct one of the two days."))
