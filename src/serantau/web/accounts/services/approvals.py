"""Four eyes: a dangerous act is asked for by one person and done when another approves.

A room that has such an act registers how it is carried out, and asks:

    @carries_out(Act.PUBLISH)
    def _publish(approval, record, now): ...   # writes, as part of the approver's change

    ask(actor, Wish(Act.PUBLISH, subject="submission 7", summary=..., about=About(...)), now=now)

Approving and doing are one change and one event: what was approved is done, or neither happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.web.accounts.errors import AccountError, RefusedError, insist
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import FOUR_EYES, About, Act, Actor, Reason, Refused
from serantau.web.accounts.roles import Role, Room
from serantau.web.ledger.changes import Record, change

OPEN_HOURS = 72
"""How long an approval waits for a second person."""

Deed = Callable[[Approval, Record, datetime], Any]
_DEEDS: dict[tuple[Act, str], Deed] = {}


def carries_out(act: Act, subject: str = "") -> Callable[[Deed], Deed]:
    """Register how an approved act is done: for every subject, or for one kind (``submission``)."""

    def register(deed: Deed) -> Deed:
        _DEEDS[act, subject] = deed
        return deed

    return register


@dataclass(frozen=True)
class Wish:
    """What somebody asks to be done.

    Attributes:
        act: One of ``FOUR_EYES``.
        subject: What to, as events name it: ``submission 7``.
        summary: One sentence that the second person reads.
        about: The facts that the right to do it depends on.
        details: What is needed to do it.
    """

    act: Act
    subject: str
    summary: str
    about: About = field(default_factory=About)
    details: Mapping[str, Any] = field(default_factory=dict)


def ask(actor: Actor, wish: Wish, *, now: datetime) -> Approval:
    """Ask for an act that needs a second person.

    Raises:
        RefusedError: if the actor may not do it even with one.
        AccountError: if the same was asked for and still waits.
        ValueError: if the act needs no second person, or nobody has said how it is done: a mistake of the room's.
    """
    if wish.act not in FOUR_EYES:
        raise ValueError(f"{wish.act} needs no second person")
    _deed(wish.act, wish.subject)
    insist(actor, wish.act, wish.about)
    with change(Event.APPROVAL_ASKED, actor=actor.reference, now=now) as record:
        waiting = Approval.objects.select_for_update().filter(act=wish.act.value, subject=wish.subject, outcome="")
        waiting.filter(expires_at__lte=now).update(outcome="expired")
        if waiting.exists():
            raise AccountError(_("The same was asked for already, and waits to be approved."))
        approval = Approval.objects.create(
            act=wish.act.value,
            subject=wish.subject,
            room=wish.about.room.value if wish.about.room else "",
            member=wish.about.member,
            summary=wish.summary[:300],
            details={**wish.details, "about": _written(wish.about)},
            asked_by_id=actor.id,
            asked_at=now,
            expires_at=now + timedelta(hours=OPEN_HOURS),
        )
        record.about(f"approval {approval.pk}")
        record.say(act=wish.act.value, of=wish.subject, member=wish.about.member)
    return approval


@dataclass(frozen=True)
class Done:
    """An approval that was given, and what carrying it out returned."""

    approval: Approval
    result: Any


def approve(actor: Actor, approval: Approval, *, now: datetime) -> Done:
    """Approve, and do it.

    Raises:
        RefusedError: if the actor may not do the act, or asked for it.
        AccountError: if it does not wait any more.
    """
    _insist_second(actor, approval)
    with change(Event.APPROVAL_GIVEN, actor=actor.reference, subject=f"approval {approval.pk}", now=now) as record:
        held = _settle(actor, approval, "approved", now)
        record.say(act=held.act, of=held.subject, asked_by=held.asked_by.reference)
        result = _deed(Act(held.act), held.subject)(held, record, now)
    return Done(held, result)


def refuse(actor: Actor, approval: Approval, *, now: datetime) -> None:
    """Refuse; nothing is done.

    Raises:
        RefusedError: if the actor may not do the act, or asked for it.
        AccountError: if it does not wait any more.
    """
    _insist_second(actor, approval)
    with change(Event.APPROVAL_REFUSED, actor=actor.reference, subject=f"approval {approval.pk}", now=now) as record:
        held = _settle(actor, approval, "refused", now)
        record.say(act=held.act, of=held.subject, asked_by=held.asked_by.reference)


def withdraw(actor: Actor, approval: Approval, *, now: datetime) -> None:
    """Take back what one asked for.

    Raises:
        RefusedError: if somebody else asked for it.
        AccountError: if it does not wait any more.
    """
    if approval.asked_by_id != actor.id:
        raise RefusedError(Refused(Reason.ROLE))
    with change(Event.APPROVAL_WITHDRAWN, actor=actor.reference, subject=f"approval {approval.pk}", now=now) as record:
        held = _settle(actor, approval, "withdrawn", now)
        record.say(act=held.act, of=held.subject)


def about_of(approval: Approval) -> About:
    """The facts that the right to decide depends on."""
    words = approval.details.get("about", {})
    return About(
        member=approval.member,
        room=Room(approval.room) if approval.room else None,
        role=Role(words["role"]) if words.get("role") else None,
    )


def waiting(*, now: datetime) -> list[Approval]:
    """All that wait, the oldest first."""
    return list(Approval.objects.filter(outcome="", expires_at__gt=now).select_related("asked_by").order_by("asked_at"))


def _written(about: About) -> dict[str, str]:
    return {"role": about.role.value if about.role else ""}


def _insist_second(actor: Actor, approval: Approval) -> None:
    insist(actor, Act(approval.act), about_of(approval))
    if approval.asked_by_id == actor.id:
        raise RefusedError(Refused(Reason.OWN_WORK))


def _settle(actor: Actor, approval: Approval, outcome: str, now: datetime) -> Approval:
    """Hold the approval for this change alone, and close it."""
    held = Approval.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=approval.pk)
    if held.outcome or held.expires_at <= now:
        raise AccountError(_("This does not wait any more: it was decided, or its time is over."))
    held.outcome, held.decided_by_id, held.decided_at = outcome, actor.id, now
    held.save(update_fields=["outcome", "decided_by", "decided_at"])
    return held


def _deed(act: Act, subject: str) -> Deed:
    """How an act is carried out on a subject: as its kind says, or else as the act does."""
    deed = _DEEDS.get((act, subject.partition(" ")[0])) or _DEEDS.get((act, ""))
    if deed is None:
        raise ValueError(f"nobody has said how {act} of {subject} is carried out")
    return deed
