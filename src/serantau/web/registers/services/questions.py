"""Questions on policies, and the answers of their owners: each one event."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.forum import ForumError
from serantau.forum.registers import Policy, owner_of
from serantau.ledger import Event
from serantau.review.kinds import plain_text
from serantau.web.accounts.policy import Actor
from serantau.web.ledger.changes import change
from serantau.web.registers.models import PolicyQuestion
from serantau.web.registers.rules import find, may_answer, may_ask

LONGEST = 4000
MOST_WAITING = 20
"""Questions of one member on one policy that may wait for an answer at a time."""


def ask_owner(actor: Actor, policy: Policy, key: str, text: str, now: datetime) -> PolicyQuestion:
    """Ask the owner of a policy something.

    Raises:
        PermissionDenied: if the actor speaks for no member, or for the owner itself.
        ForumError: without words, or if too many questions wait.
    """
    owner = owner_of(policy)
    if not may_ask(actor, owner):
        raise PermissionDenied
    words = _words(text)
    with change(Event.POLICY_QUESTION_ASKED, actor=actor.reference, now=now) as record:
        waiting = PolicyQuestion.objects.filter(policy=key, member=actor.member, answered_at=None).count()
        if waiting >= MOST_WAITING:
            raise ForumError(
                _("Your member has %(most)d questions waiting here. Let them be answered first.")
                % {"most": MOST_WAITING}
            )
        held = PolicyQuestion.objects.create(
            policy=key, owner=owner, member=actor.member, text=words, asked_by_id=actor.id, asked_at=now
        )
        record.about(held.reference)
        record.say(policy=key, member=actor.member, words=record.digest(words))
    return held


def answer(actor: Actor, number: int, text: str, now: datetime) -> PolicyQuestion:
    """Answer a question for the owner of the policy; question and answer are public from then on.

    Raises:
        NotHereError: if there is no such question, or the actor may not know of it.
        PermissionDenied: if the actor does not speak for the owner.
        ForumError: without words, or if it was answered already.
    """
    if not may_answer(actor, find(actor, number).owner):
        raise PermissionDenied
    words = _words(text)
    with change(Event.POLICY_QUESTION_ANSWERED, actor=actor.reference, now=now) as record:
        held = PolicyQuestion.objects.select_for_update(of=("self",)).get(pk=number)
        if held.answered_at is not None:
            raise ForumError(_("It was answered already. Somebody was quicker."))
        held.answer, held.answered_by_id, held.answered_at = words, actor.id, now
        held.save()
        record.about(held.reference)
        record.say(policy=held.policy, member=held.member, words=record.digest(words))
    return held


def _words(text: str) -> str:
    words = plain_text(text).strip()
    if not words:
        raise ForumError(_("Say it in words."))
    if len(words) > LONGEST:
        raise ForumError(_("At most %(most)d characters.") % {"most": LONGEST})
    return words
