"""Who may ask, answer and read questions on policies."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, may
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room
from serantau.web.registers.models import PolicyQuestion
from serantau.web.site.problems import NotHereError


def about(member: str = "") -> About:
    """The facts of a question that access depends on."""
    return About(member=member, room=Room.FORUM, stage=policy.Stage.SUBMITTED)


def speaks(actor: Actor) -> bool:
    """Whether somebody speaks for a member in the forum."""
    return bool(actor.member and actor.roles & OF_A_MEMBER and may(actor, policy.Act.SUBMIT, about(actor.member)))


def may_ask(actor: Actor, owner: str) -> bool:
    """Whether somebody may ask the owner of a policy: whoever speaks for another member."""
    return speaks(actor) and actor.member != owner


def may_answer(actor: Actor, owner: str) -> bool:
    """Whether somebody answers for the owner: its own people, for the region the secretariat."""
    if owner:
        return speaks(actor) and actor.member == owner
    return bool(may(actor, policy.Act.DECIDE, about()))


def is_inside(actor: Actor) -> bool:
    """Whether somebody sees questions that wait for an answer: the members' own people, the secretariat, the auditor."""
    auditing = Role.AUDITOR in actor.roles and Room.FORUM in actor.rooms
    return speaks(actor) or bool(may(actor, policy.Act.DECIDE, about())) or auditing


def readable(actor: Actor) -> QuerySet[PolicyQuestion]:
    """Every question that somebody may read: the one place from which lists and counts begin."""
    held = PolicyQuestion.objects.all()
    return held if is_inside(actor) else held.exclude(answered_at=None)


def to_answer(actor: Actor) -> QuerySet[PolicyQuestion]:
    """Questions that wait for whoever asks to answer them, the oldest first."""
    waiting = readable(actor).filter(answered_at=None)
    if speaks(actor):
        return waiting.filter(owner=actor.member)
    return waiting.filter(owner="") if may_answer(actor, "") else waiting.none()


def find(actor: Actor, number: int) -> PolicyQuestion:
    """A question that somebody may read.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    held = readable(actor).filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such question."), {"/forum/registers/policies/": _("Policies")})
    return held
