"""An alert before the members: raised, told to one contact after the other, answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from serantau.defend import escalation
from serantau.defend.escalation import State
from serantau.defend.model import Tlp
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.cooperation import hooks, letters
from serantau.web.cooperation.models import Contact, Hook, Notice, Team, Told
from serantau.web.cooperation.readers import Officer, insist_officer, officers
from serantau.web.cooperation.rules import StateError, find_notice
from serantau.web.cooperation.texts import words
from serantau.web.jobs.port import defer
from serantau.web.ledger.changes import change
from serantau.web.ledger.errors import DoneError
from serantau.web.workflows.events import emit

MINUTES = 30
"""How long a contact has where the member described no team."""

FALSE_POSITIVE = "notice called a false positive"
"""The event by which correlation learns of it."""


@dataclass(frozen=True)
class Raised:
    """An alert that is new, or grew, as those of its level see it.

    Attributes:
        alert: Its STIX id.
        revision: Its own count of changes: one revision is told once.
        level, upto: Whoever is cleared for the one and not for the other may be told.
        kind, value: What was seen.
        members: By how many members.
        first, last: When first and last.
    """

    alert: str
    revision: int
    level: Tlp
    upto: Tlp | None
    kind: str
    value: str
    members: int
    first: datetime
    last: datetime


def raise_alert(raised: Raised, now: datetime) -> int:
    """Bring an alert before every member that has people who may read it; the first contact of each is told.

    An alert that grew while a member has not answered changes what its notice says, and nobody's minutes. After an answer,
    or where everybody was told in vain, it is news and begins anew.

    Returns:
        How many members it was brought before; 0 if all of them have this revision already.
    """
    people = {member: _cleared(held, raised) for member, held in officers(now.date()).items()}
    members = [member for member, held in people.items() if held and _is_news(raised, member)]
    if not members:
        return 0
    once = f"notice {raised.alert} {raised.revision} {' '.join(sorted(members))}"[:200]
    try:
        with change(
            Event.NOTICE_RAISED, actor="system", subject=f"alert {raised.alert.rpartition('--')[2]}", now=now, once=once
        ) as record:
            for member in members:
                _bring(raised, member, people[member], now)
            record.say(notices=len(members), level=raised.level.label)
    except DoneError:
        return 0
    return len(members)


def _is_news(raised: Raised, member: str) -> bool:
    return not Notice.objects.filter(alert=raised.alert, member=member, revision__gte=raised.revision).exists()


def _cleared(held: Sequence[Officer], raised: Raised) -> list[Officer]:
    probe = Notice(level=raised.level, upto=-1 if raised.upto is None else raised.upto)
    return [one for one in held if one.may_read(probe.release)]


def _bring(raised: Raised, member: str, people: Sequence[Officer], now: datetime) -> None:
    latest = Notice.objects.select_for_update().filter(alert=raised.alert, member=member).order_by("-revision").first()
    if latest is not None and latest.state == State.WAITING.value:
        latest.revision, latest.members, latest.last_at = raised.revision, raised.members, raised.last
        latest.first_at = raised.first
        latest.save()
        _hook(latest, "grew", now)
        return
    team = Team.objects.filter(member=member).first()
    notice = Notice.objects.create(
        alert=raised.alert,
        revision=raised.revision,
        member=member,
        level=raised.level,
        upto=-1 if raised.upto is None else raised.upto,
        kind=raised.kind,
        value=raised.value,
        members=raised.members,
        first_at=raised.first,
        last_at=raised.last,
        raised_at=now,
        minutes=team.minutes if team else MINUTES,
    )
    _hook(notice, "raised", now)
    _advance(notice, people, now)


def settle(pk: int, now: datetime) -> bool:
    """See to a deadline that has passed; whether there was one.

    Called by the jobs that look for them, and before an answer: neither needs the other to have run.
    """
    held = Notice.objects.prefetch_related("told").get(pk=pk)
    matter = held.matter()
    if matter.state is not State.WAITING or now < matter.deadline:
        return False
    people = _may_be_told(held, now)
    after = escalation.advance(matter, [one.known() for one in _contacts(held, people)], now)
    event = Event.NOTICE_UNANSWERED if after.state is State.UNANSWERED else Event.NOTICE_TOLD
    once = f"{held.reference} after {len(matter.told)}"
    try:
        with change(event, actor="system", subject=held.reference, now=now, once=once) as record:
            notice = Notice.objects.select_for_update().get(pk=pk)
            told = _advance(notice, people, now)
            record.say(member=notice.member, told=told)
    except (DoneError, StateError):
        return False  # somebody answered, or another process saw to it, in this moment
    return True


def settle_all(now: datetime, most: int = 500) -> int:
    """See to every deadline that has passed; how many those were."""
    passed = Notice.objects.filter(deadline_at__lte=now).order_by("deadline_at", "pk").values_list("pk", flat=True)
    return sum(settle(pk, now) for pk in list(passed[:most]))


def answer(actor: Actor, ref: str, state: State, text: str, now: datetime) -> None:
    """Somebody of the member answers for it.

    Raises:
        NotHereError: if there is no such notice that they may read.
        RuleError: if it was answered already, or a false positive lacks its words.
    """
    insist_officer(actor)
    said = words(text, _("reason"), needed=False)
    pk = find_notice(actor, ref).pk
    settle(pk, now)
    event = Event.NOTICE_FALSE_POSITIVE if state is State.FALSE_POSITIVE else Event.NOTICE_ACKNOWLEDGED
    with change(event, actor=actor.reference, subject=f"notice {ref}", now=now) as record:
        notice = Notice.objects.select_for_update().get(pk=pk)
        after = escalation.answer(notice.matter(), state, said, now)
        notice.state, notice.ended_at, notice.deadline_at = after.state.value, after.ended, None
        notice.answered_by_id, notice.words = actor.id, said
        notice.save()
        record.say(member=notice.member, words=record.digest(said))
        _hook(notice, "answered", now)
        if state is State.FALSE_POSITIVE:
            emit(FALSE_POSITIVE, notice.reference, now)


def withdraw(alerts: Collection[str], now: datetime) -> int:
    """The alerts no longer stand: nobody else is told of them.

    Returns:
        How many notices ended by it.
    """
    open_ = [one.value for one in escalation.OPEN]
    waiting = Notice.objects.filter(alert__in=alerts, state__in=open_)
    if not waiting.exists():
        return 0
    with change(Event.NOTICE_WITHDRAWN, actor="system", subject="notices", now=now) as record:
        held = list(waiting.select_for_update())
        for notice in held:
            after = escalation.withdraw(notice.matter(), now)
            notice.state, notice.ended_at, notice.deadline_at = after.state.value, after.ended, None
            notice.save()
            _hook(notice, "withdrawn", now)
        record.say(notices=len(held))
    return len(held)


# --- telling ------------------------------------------------------------------------------------------------------------------


def _may_be_told(notice: Notice, now: datetime) -> list[Officer]:
    held = officers(now.date(), [notice.member]).get(notice.member, [])
    return [one for one in held if one.may_read(notice.release)]


def _contacts(notice: Notice, people: Sequence[Officer]) -> list[Contact]:
    """The member's contacts in its order, those alone whose account may read the notice now."""
    held = Contact.objects.filter(team__member=notice.member, person__in=[one.person.pk for one in people])
    return list(held.select_related("team", "person").prefetch_related("shifts"))


def _advance(notice: Notice, people: Sequence[Officer], now: datetime) -> int:
    """Tell whoever is next, inside the change that is open; how many were told."""
    contacts = {one.pk: one for one in _contacts(notice, people)}
    before = notice.matter()
    after = escalation.advance(before, [one.known() for one in contacts.values()], now)
    if after is before:
        raise StateError(_("Somebody saw to it in this moment. Look again."))
    if after.state is State.UNANSWERED:
        notice.state, notice.ended_at, notice.deadline_at = after.state.value, after.ended, None
        notice.save()
        _hook(notice, "unanswered", now)
        return 0
    told = after.told[-1]
    Told.objects.create(notice=notice, contact_number=told.contact, at=told.at, deadline=told.deadline)
    notice.deadline_at = told.deadline
    notice.save()
    contact = contacts[told.contact]
    to = contact.email or (contact.person.email if contact.person else "")
    if to:
        letters.of_notice(notice, to, told.deadline, now)
    key = f"{notice.reference} after {len(after.told)}"
    defer("cooperation.settle", {"notice": notice.pk}, run_at=told.deadline, key=key)
    return 1


def _hook(notice: Notice, what: str, now: datetime) -> None:
    """Have the member's hooks told, those that are cleared for it."""
    for hook in Hook.objects.filter(member=notice.member, ended_at=None):
        if hooks.reaches(hook, notice, now.date()):
            key = f"hook {hook.pk} {notice.reference} {what} {notice.revision}"
            defer("cooperation.hook", {"hook": hook.pk, "notice": notice.pk, "what": what}, run_at=now, key=key)
