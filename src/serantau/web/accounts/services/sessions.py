"""Devices and sign-ins: what somebody sees of their own, and how they end it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.db.models import F
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.web.accounts.addresses import shown
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.models import Person, SignIn
from serantau.web.ledger.changes import change

KEPT_DAYS = 180
"""How long a sign-in is remembered."""

LONGEST_AGENT = 200


@dataclass(frozen=True)
class Device:
    """A session that is open.

    Attributes:
        pk: Its number, by which it is ended.
        began: When it was opened.
        seen: When it was last used, as far as it is followed.
        network: Network it was opened from.
        agent: What the browser calls itself.
        here: Whether it is the one that asks.
    """

    pk: int
    began: datetime
    seen: datetime
    network: str
    agent: str
    here: bool


def remember(person: Person, *, succeeded: bool, how: Iterable[str], address: str, agent: str, now: datetime) -> None:
    """Write a sign-in down, or one that failed; forget those that are too old."""
    SignIn.objects.create(
        person=person,
        at=now,
        address=shown(address),
        agent="".join(letter for letter in agent if letter.isprintable())[:LONGEST_AGENT],
        how=" ".join(how)[:80],
        succeeded=succeeded,
    )
    SignIn.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()


def devices(person: Person, session_key: str | None) -> list[Device]:
    """Open sessions, the newest first; ended ones are taken off the list."""
    found = [
        Device(one.pk, one.created_at, one.last_seen_at, shown(one.ip), one.user_agent, one.session_key == session_key)
        for one in UserSession.objects.purge_and_list(person)
    ]
    return sorted(found, key=lambda one: one.began, reverse=True)


def sign_ins(person: Person, most: int = 50) -> list[SignIn]:
    """The latest sign-ins, the newest first."""
    return list(person.sign_ins.order_by("-at")[:most])


def end_one(person: Person, pk: int, *, now: datetime) -> None:
    """Sign out one device.

    Raises:
        AccountError: if there was none.
    """
    found = UserSession.objects.filter(user=person, pk=pk).first()
    if found is None:
        raise AccountError(_("This session has ended already."))
    with change(Event.SESSION_ENDED, actor=person.reference, subject=person.reference, now=now):
        found.end()


def end_all(person: Person, *, now: datetime) -> int:
    """Sign out everywhere, here too.

    Returns:
        How many sessions were open.
    """
    found = list(UserSession.objects.filter(user=person))
    with change(Event.SIGNED_OUT_EVERYWHERE, actor=person.reference, subject=person.reference, now=now) as record:
        for one in found:
            one.end()
        # A session that stands in no list ends with this, too.
        Person.objects.filter(pk=person.pk).update(sessions_ended=F("sessions_ended") + 1)
        record.say(sessions=len(found))
    return len(found)
