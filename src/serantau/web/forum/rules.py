"""Who may see and do what in the forum: the house's policy and the life of a paper, asked together."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from serantau.forum import Act, ForumError, Party, Rules, Stage, acts_for
from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, Refused, may
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room
from serantau.web.forum.models import Body, Paper
from serantau.web.site.problems import NotHereError

SPEAKS = frozenset({Act.SAY, Act.OPT_OUT})
"""What a delegation's head alone does; its focal points prepare it as a draft."""


class StateError(ForumError):
    """Somebody else changed the paper meanwhile, or the clock did."""

    status = 409


def about(member: str = "") -> About:
    """The facts of the forum's unpublished work that access depends on."""
    return About(member=member, room=Room.FORUM, stage=policy.Stage.SUBMITTED)


def party_of(actor: Actor) -> Party | None:
    """On which side somebody works in the forum; None for those who only read."""
    if actor.member and actor.roles & OF_A_MEMBER and may(actor, policy.Act.SUBMIT, about(actor.member)):
        return Party.MEMBER
    return Party.SECRETARIAT if may(actor, policy.Act.DECIDE, about()) else None


def is_inside(actor: Actor) -> bool:
    """Whether somebody sees positions and comments: the members' own people, the secretariat, the auditor."""
    auditing = Role.AUDITOR in actor.roles and Room.FORUM in actor.rooms
    return party_of(actor) is not None or auditing


def readable(actor: Actor) -> QuerySet[Paper]:
    """Every paper that somebody may read: the one place from which lists, counts and feeds begin."""
    held = Paper.objects.select_related("body", "meeting", "formula")
    if party_of(actor) is Party.SECRETARIAT:
        return held
    if is_inside(actor):
        return held.exclude(circulated_at=None)
    public = Q(stage=Stage.PUBLISHED.value)
    if Role.OBSERVER in actor.roles and actor.partner and Room.FORUM in actor.rooms:
        shared = Q(pk__in=Paper.objects.filter(shares__partner=actor.partner).values("pk"))
        return held.filter(public | (shared & Q(circulated_at__isnull=False)))
    return held.filter(public)


def find(actor: Actor, number: int) -> Paper:
    """A paper that somebody may read.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    held = readable(actor).filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such paper."), {"/forum/": _("Meetings and papers")})
    return held


def acts_of(actor: Actor, stage: Stage) -> tuple[Act, ...]:
    """What somebody may try with a paper at a stage; the rules are asked when they do."""
    party = party_of(actor)
    if party is None:
        return ()
    found = acts_for_party(stage, party)
    return tuple(act for act in found if act not in SPEAKS or Role.HEAD_OF_DELEGATION in actor.roles)


def acts_for_party(stage: Stage, party: Party) -> tuple[Act, ...]:
    """What a party may try at a stage."""
    from serantau.forum import Matter, Verb

    return acts_for(Matter(Verb.NOTED, stage), party)


def require(actor: Actor, act: Act) -> Party:
    """Let somebody do something in the forum, as far as their role goes; the rest is for the rules of procedure.

    Raises:
        PermissionDenied: if they may not.
    """
    party = party_of(actor)
    if party is None or (act in SPEAKS and Role.HEAD_OF_DELEGATION not in actor.roles):
        raise PermissionDenied
    return party


def require_secretariat(actor: Actor) -> None:
    """Let the secretariat do something.

    Raises:
        PermissionDenied: if it is somebody else.
    """
    if isinstance(may(actor, policy.Act.DECIDE, about()), Refused):
        raise PermissionDenied


def procedure_of(body: Body) -> Rules:
    """The rules of procedure of a body.

    Raises:
        ForumError: if it has stated none.
    """
    rules = body.procedure()
    if rules is None:
        raise ForumError(
            _(
                "%(body)s has stated no rules of procedure, so nothing can be decided in it. "
                "The secretariat enters them on the page of the body."
            )
            % {"body": body.short_name}
        )
    return rules
