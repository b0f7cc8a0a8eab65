"""Questions between members: asked, answered or refused, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.base import AsOf
from serantau.defend import questions
from serantau.defend.errors import DefendError
from serantau.defend.model import Tlp
from serantau.defend.questions import Says
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.services.limits import DAY, Limit, insist_below
from serantau.web.bundles import keeper
from serantau.web.cooperation import letters
from serantau.web.cooperation.models import KIND, Asked, Question
from serantau.web.cooperation.readers import insist_officer, reader_of
from serantau.web.cooperation.rules import find_question
from serantau.web.cooperation.services.reaching import to_write
from serantau.web.cooperation.texts import LONGEST_VALUE, line, words
from serantau.web.ledger.changes import change
from serantau.web.review.clock import day_of

MOST_HOURS = 30 * 24
ASKED = Limit("questions that one person asks other members", 60, DAY)
"""Each writes to every member that is asked."""


@dataclass(frozen=True)
class Wanted:
    """A question as a form describes it.

    Attributes:
        members: Codes of the members to ask.
        hours: After how many hours it ends.
    """

    kind: str
    value: str
    words: str
    tlp: Tlp
    members: tuple[str, ...]
    hours: int


def others(member: str, now: datetime) -> dict[str, str]:
    """The members of a day that a member can ask, by code."""
    region = keeper().answers().bundle.region
    return {one.id: one.name for one in region.members_at(AsOf(day_of(now))) if one.id != member}


def ask(actor: Actor, wanted: Wanted, now: datetime) -> Question:
    """Ask some members whether they have seen something.

    Raises:
        RuleError: if nobody is asked, or the label reaches too high.
        DefendError: if a field is wrong, or the actor is not cleared for the label.
    """
    insist_officer(actor)
    kind, value = line(wanted.kind, _("kind"), KIND), line(wanted.value, _("observable"), LONGEST_VALUE)
    text = words(wanted.words, _("text"), needed=False)
    if not 1 <= wanted.hours <= MOST_HOURS:
        raise DefendError(_("A question runs from one hour to thirty days."))
    if not set(wanted.members) <= set(others(actor.member, now)):
        raise DefendError(_("Choose among the members."))
    matter = questions.ask(actor.member, wanted.tlp, wanted.members, now, now + timedelta(hours=wanted.hours))
    if wanted.tlp > reader_of(actor).clearance:
        raise DefendError(_("You are not cleared for %(label)s yourself.") % {"label": wanted.tlp.label})
    insist_below(ASKED, actor.reference, now=now)
    with change(Event.QUESTION_ASKED, actor=actor.reference, now=now) as record:
        held = Question.objects.create(
            asker=actor.member,
            kind=kind,
            value=value,
            words=text,
            tlp=wanted.tlp,
            asked_by_id=actor.id,
            asked_at=now,
            due_at=matter.due,
        )
        Asked.objects.bulk_create(Asked(question=held, member=one.member) for one in matter.answers)
        record.about(held.reference)
        record.say(member=actor.member, label=wanted.tlp.label, words=record.digest(f"{kind}\n{value}\n{text}"))
        for one in matter.answers:
            address = reverse("cooperation:question", args=[held.ref])
            letters.something_waits(to_write(one.member, wanted.tlp, now), address, now)
    return held


def answer(actor: Actor, ref: str, says: Says, text: str, now: datetime, *, named: bool) -> None:
    """Answer for the own member, or refuse to.

    Raises:
        NotHereError: if there is no such question that the actor may read.
        RuleError: if the own member was not asked, the question has ended, or the answer cannot change so.
    """
    insist_officer(actor)
    said = words(text, _("text"), needed=False)
    held = find_question(actor, ref)
    with change(Event.QUESTION_ANSWERED, actor=actor.reference, subject=held.reference, now=now) as record:
        row = Question.objects.select_for_update().get(pk=held.pk)
        questions.answer(row.matter(), actor.member, says, now, named=named)
        # Words go to the asker with the name, or to nobody: they would tell who wrote them.
        row.asked.filter(member=actor.member).update(
            says=says.value, named=named, words=said if named else "", by=actor.id, at=now
        )
        record.say(member=actor.member, answer=record.digest(f"{says.value}\n{named}\n{said}"))


def close(actor: Actor, ref: str, now: datetime) -> None:
    """End a question that the own member asked.

    Raises:
        RuleError: if it is another member's, or has ended.
    """
    insist_officer(actor)
    held = find_question(actor, ref)
    with change(Event.QUESTION_CLOSED, actor=actor.reference, subject=held.reference, now=now) as record:
        row = Question.objects.select_for_update().get(pk=held.pk)
        row.closed_at = questions.close(row.matter(), actor.member, now).closed
        row.save()
        record.say(member=actor.member)
