"""What the secretariat does with a submission, and the register of what counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from serantau.facts import Decision
from serantau.ledger import Event
from serantau.review import Act, Party, ReviewError, step_for
from serantau.web.accounts import policy
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import About, Actor
from serantau.web.accounts.roles import Room
from serantau.web.accounts.services import approvals
from serantau.web.ledger.changes import Record, change
from serantau.web.review import letters
from serantau.web.review.clock import day_of
from serantau.web.review.fitting import entry_of, files_of, refuse_unfit
from serantau.web.review.models import Message, Register, RegisterEntry, Submission
from serantau.web.review.register import standing
from serantau.web.review.rules import StateError, find, require
from serantau.web.review.services.drafts import check_all, locked, refuse_stale, say, spoken, touch


def question(actor: Actor, number: int, text: str, version: int, now: datetime) -> None:
    """Send a submission back with a question."""
    _speak(actor, number, (Act.QUESTION, Event.SUBMISSION_QUESTIONED), text, version, now)


def comment(actor: Actor, number: int, text: str, version: int, now: datetime) -> None:
    """Say something without asking for an answer; either side may."""
    _speak(actor, number, (Act.COMMENT, Event.SUBMISSION_COMMENTED), text, version, now)


def refuse(actor: Actor, number: int, text: str, version: int, now: datetime) -> None:
    """Refuse a submission, and say why."""
    _speak(actor, number, (Act.REFUSE, Event.SUBMISSION_REFUSED), text, version, now)


def _speak(actor: Actor, number: int, what: tuple[Act, Event], text: str, version: int, now: datetime) -> None:
    act, event = what
    with change(event, actor=actor.reference, now=now) as record:
        submission = locked(number)
        step = require(actor, act, submission)
        refuse_stale(submission, version)
        record.about(submission.reference)
        say(actor, submission, act, text, now)
        submission.state = step.end.value
        if act is Act.REFUSE:
            submission.decided_at, submission.decided_by = now, actor.reference
        touch(submission, now)
        record.say(member=submission.party, words=record.digest(text.strip()))
        letters.tell_other_side(submission, actor, act.value, now)


@dataclass(frozen=True)
class _Checked:
    """That a decision was tried out when the register stood at some point."""

    number: int
    files: Mapping[str, bytes]


def accept(actor: Actor, number: int, version: int, now: datetime) -> int:
    """Accept a submission: its facts count from this day on. Return the number of the decision.

    The facts are tried out before anybody is made to wait; only if another decision came in between are they tried out
    again while the register is held.

    Raises:
        StateError: if the submission changed since it was looked at.
        ReviewError: if its facts do not fit to what is held, with every contradiction.
    """
    submission = find(actor, number)
    require(actor, Act.ACCEPT, submission)
    tried = _try(submission, Decision.ACCEPTED, files_of(submission, day_of(now)), day_of(now), standing().size + 1)
    with change(Event.SUBMISSION_ACCEPTED, actor=actor.reference, now=now) as record:
        submission = locked(number)
        step = require(actor, Act.ACCEPT, submission)
        refuse_stale(submission, version)
        record.about(submission.reference)
        check_all(submission, now)
        entry = _enter(submission, Decision.ACCEPTED, tried, now)
        submission.state = step.end.value
        submission.decided_at, submission.decided_by = now, actor.reference
        touch(submission, now)
        record.say(
            member=submission.party,
            room=submission.room,
            records=submission.items.count(),
            decision=entry.number,
            facts=digest_of(entry.contents()),
        )
        letters.tell_member(submission, Act.ACCEPT.value, now)
    return entry.number


def ask_retract(actor: Actor, number: int, text: str, now: datetime) -> None:
    """Ask that what was accepted stop counting; it does when a second person of the secretariat approves.

    Raises:
        StateError: if the submission was not accepted.
        ReviewError: without words, or if the same was asked for and waits.
    """
    submission = find(actor, number)
    require(actor, Act.RETRACT, submission)
    words = spoken(text)
    wish = approvals.Wish(
        policy.Act.RETRACT,
        submission.reference,
        _("Take back what was accepted: %(title)s (%(member)s). Reason: %(words)s")
        % {"title": submission.title, "member": submission.party, "words": words},
        About(member=submission.member, room=Room(submission.room), partner=submission.partner),
        {"words": words},
    )
    try:
        approvals.ask(actor, wish, now=now)
    except AccountError as error:
        raise StateError(error.message) from error


@approvals.carries_out(policy.Act.RETRACT, "submission")
def _retract(approval: Approval, record: Record, now: datetime) -> int:
    """Let the facts of a submission count no more, as part of the change in which the second person approves."""
    submission = locked(int(approval.subject.partition(" ")[2]))
    try:
        step = step_for(submission.at, Party.SECRETARIAT, Act.RETRACT)
    except ReviewError as error:
        raise StateError(error.message) from error
    Message.objects.create(
        submission=submission,
        at=now,
        by=approval.asked_by,
        party=Party.SECRETARIAT.value,
        act=Act.RETRACT.value,
        text=approval.details["words"],
    )
    entry = _enter(submission, Decision.WITHDRAWN, _Checked(0, {}), now)
    submission.state = step.end.value
    submission.decided_at, submission.decided_by = now, approval.asked_by.reference
    touch(submission, now)
    record.say(member=submission.party, decision=entry.number)
    letters.tell_member(submission, "retracted", now)
    return entry.number


def _try(submission: Submission, decision: Decision, files: Mapping[str, bytes], day: date, number: int) -> _Checked:
    return _Checked(number, refuse_unfit(entry_of(number, decision, submission, day), files))


def _enter(submission: Submission, decision: Decision, tried: _Checked, now: datetime) -> RegisterEntry:
    """Write the decision into the register, whose one row is held from here to the end of the change."""
    register, _made = Register.objects.select_for_update().get_or_create(pk=1)
    day = day_of(now)
    if register.size + 1 != tried.number:
        files = files_of(submission, day) if decision is Decision.ACCEPTED else {}
        tried = _try(submission, decision, files, day, register.size + 1)
    entry = RegisterEntry.objects.create(
        number=tried.number,
        decision=decision.value,
        submission=submission,
        day=day,
        at=now,
        files={name: content.decode() for name, content in tried.files.items()},
    )
    register.size = tried.number
    register.digest = hashlib.sha256(register.digest.encode() + digest_of(tried.files).encode()).hexdigest()
    register.save()
    return entry


def digest_of(files: Mapping[str, bytes]) -> str:
    """Digest of fact files by name and content: public, since the facts are."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return total.hexdigest()
