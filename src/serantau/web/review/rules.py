"""Who may do what to a submission: the house's policy and the life of a submission, asked together."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from serantau.review import Act, Party, ReviewError, Step, step_for, steps_from
from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, Allowed, Refused, Stage, may
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER, Role, Room
from serantau.web.review.kinds import rooms
from serantau.web.review.models import Submission
from serantau.web.site.problems import NotHereError

POLICY = {
    Act.EDIT: policy.Act.SUBMIT,
    Act.SUBMIT: policy.Act.SUBMIT,
    Act.ANSWER: policy.Act.SUBMIT,
    Act.WITHDRAW: policy.Act.WITHDRAW,
    Act.QUESTION: policy.Act.DECIDE,
    Act.ACCEPT: policy.Act.DECIDE,
    Act.REFUSE: policy.Act.DECIDE,
    Act.RETRACT: policy.Act.RETRACT,
}
"""What each act on a submission is in the words of the house's policy; a comment is the act of whichever side says it."""


class StateError(ReviewError):
    """The submission is not in a state for that, or has changed meanwhile."""

    status = 409


def about(submission: Submission) -> About:
    """The facts of a submission that access depends on. A draft that was withdrawn unseen stays unseen."""
    stage = Stage.SUBMITTED if submission.submitted_at else Stage.DRAFT
    made_by = submission.submitted_by or submission.made_by
    return About(
        member=submission.member, room=Room(submission.room), stage=stage, made_by=made_by, partner=submission.partner
    )


def party_of(actor: Actor, submission: Submission) -> Party | None:
    """On which side somebody stands; a partner stands where a member does."""
    if is_own(actor, submission):
        return Party.MEMBER
    return Party.SECRETARIAT if Role.SECRETARIAT in actor.roles else None


def is_own(actor: Actor, submission: Submission) -> bool:
    """Whether it is of the member or partner that somebody acts for."""
    if actor.partner:
        return actor.partner == submission.partner
    return bool(actor.member) and actor.member == submission.member


def permission(actor: Actor, act: Act, submission: Submission) -> Allowed | Refused:
    """Whether the policy lets somebody do something."""
    asked = POLICY.get(act)
    if asked is None:
        asked = policy.Act.SUBMIT if party_of(actor, submission) is Party.MEMBER else policy.Act.DECIDE
    return may(actor, asked, about(submission))


def steps_for(actor: Actor, submission: Submission) -> tuple[Step, ...]:
    """What somebody may do to a submission now; what needs the second factor again is offered, and asks for it then."""
    found = []
    for step in steps_from(submission.at, party_of(actor, submission)):
        answer = permission(actor, step.act, submission)
        if answer or (isinstance(answer, Refused) and answer.reason is policy.Reason.NOT_FRESH):
            found.append(step)
    return tuple(found)


def require(actor: Actor, act: Act, submission: Submission) -> Step:
    """The step that somebody is about to take.

    Raises:
        NotHereError: if they may not even know of the submission.
        PermissionDenied: if they may not.
        StateError: if the submission is not in a state for it.
    """
    _refuse(permission(actor, act, submission))
    try:
        return step_for(submission.at, party_of(actor, submission), act)
    except ReviewError as error:
        raise StateError(error.message) from error


def require_reading(actor: Actor, submission: Submission) -> None:
    """Let somebody read a submission, or raise as :func:`require` does."""
    _refuse(may(actor, policy.Act.READ, about(submission)))


def require_new(actor: Actor, room: str) -> None:
    """Let somebody begin a submission in a room.

    Raises:
        PermissionDenied: if they may not.
    """
    own = About(member=actor.member or "nobody", room=Room(room), stage=Stage.DRAFT, partner=actor.partner)
    if not may(actor, policy.Act.SUBMIT, own) or room not in rooms(partners=bool(actor.partner)):
        raise PermissionDenied


def _refuse(answer: Allowed | Refused) -> None:
    if isinstance(answer, Refused):
        if answer.hidden:
            raise nothing_here()
        raise PermissionDenied


def nothing_here() -> NotHereError:
    """The same words whether there is none or it may not be known."""
    return NotHereError(_("There is no such submission."), {"/reporting/submissions/": _("Submissions")})


def readable(actor: Actor) -> QuerySet[Submission]:
    """Every submission that somebody may read: the one place from which lists, counts, searches and feeds begin."""
    held = Submission.objects.filter(room__in=[room.value for room in actor.rooms])
    if actor.roles & OF_A_MEMBER and actor.member and actor.second_factor:
        return held.filter(member=actor.member)
    if actor.roles & OF_A_PARTNER and actor.partner and actor.second_factor:
        return held.filter(partner=actor.partner)
    if (Role.SECRETARIAT in actor.roles and actor.second_factor) or Role.AUDITOR in actor.roles:
        return held.filter(~Q(submitted_at=None))
    return held.none()


def find(actor: Actor, number: int) -> Submission:
    """A submission that somebody may read.

    Raises:
        NotHereError: if there is none, or they may not know of it.
        PermissionDenied: if they know of it and may not read it.
    """
    submission = Submission.objects.select_related("round").filter(pk=number).first()
    if submission is None:
        raise nothing_here()
    require_reading(actor, submission)
    return submission
