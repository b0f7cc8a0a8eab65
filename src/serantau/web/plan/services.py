"""What follows from decisions: milestones are added, moved and ended, each time as one event."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.plan import PlanError
from serantau.review.kinds import plain_text
from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, may
from serantau.web.accounts.roles import Room
from serantau.web.ledger.changes import change
from serantau.web.ledger.errors import DoneError
from serantau.web.plan.models import STATES, Milestone

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Promise:
    """A commitment as a decision states it."""

    subject: str
    number: int
    basis: str
    title: str
    action: str
    owner: str
    due: date | None
    outcome: str = ""


def add_milestone(promise: Promise, now: datetime) -> None:
    """Enter a commitment into the plan; the same one a second time changes nothing."""
    once = f"milestone {promise.subject} {promise.number}"
    with suppress(DoneError), change(Event.MILESTONE_ADDED, actor="system", now=now, once=once) as record:
        held = Milestone.objects.create(
            subject=promise.subject,
            number=promise.number,
            basis=promise.basis,
            title=promise.title,
            action=promise.action,
            outcome=promise.outcome,
            owner=promise.owner,
            due=promise.due,
            first_due=promise.due,
            made_at=now,
            changed_at=now,
        )
        record.about(held.reference)
        record.say(follows=promise.subject, due=promise.due.isoformat() if promise.due else "")


def may_change(actor: Actor, milestone: Milestone) -> bool:
    """Whether somebody may move or end a milestone: its owner's people, and the secretariat."""
    about = About(member=milestone.owner, room=Room.PLAN, stage=policy.Stage.SUBMITTED)
    own = bool(milestone.owner) and bool(may(actor, policy.Act.SUBMIT, about))
    return own or bool(may(actor, policy.Act.DECIDE, about))


def move_milestone(actor: Actor, number: int, due: date, reason: str, now: datetime) -> None:
    """Let a milestone be due on another day; the day first promised stays beside it.

    Raises:
        PermissionDenied: if it is neither the actor's own nor the secretariat.
        PlanError: if it is ended, or no reason is given.
    """
    why = _reason(reason)
    with change(Event.MILESTONE_MOVED, actor=actor.reference, now=now) as record:
        held = _open(actor, number)
        before, held.due, held.reason, held.changed_at = held.due, due, why, now
        held.save()
        record.about(held.reference)
        record.say(before=before.isoformat() if before else "", after=due.isoformat(), reason=record.digest(why))


def end_milestone(actor: Actor, number: int, state: str, reason: str, now: datetime) -> None:
    """Say that a milestone is done, or was dropped, and why.

    Raises:
        PermissionDenied: if it is neither the actor's own nor the secretariat.
        PlanError: if it is ended already, or no reason is given.
    """
    why = _reason(reason)
    if state not in STATES[1:]:
        raise PlanError(_("A milestone ends as done or as dropped."))
    with change(Event.MILESTONE_ENDED, actor=actor.reference, now=now) as record:
        held = _open(actor, number)
        held.state, held.reason, held.changed_at = state, why, now
        held.save()
        record.about(held.reference)
        record.say(state=state, reason=record.digest(why))


def _open(actor: Actor, number: int) -> Milestone:
    held = Milestone.objects.select_for_update().get(pk=number)
    if not may_change(actor, held):
        raise PermissionDenied
    if held.state != "open":
        raise PlanError(_("It has ended already, as %(state)s.") % {"state": held.state})
    return held


def _reason(text: str) -> str:
    kept = plain_text(text).strip()
    if not kept or len(kept) > LONGEST_REASON:
        raise PlanError(_("Say why, in at most %(most)d characters.") % {"most": LONGEST_REASON})
    return kept
