"""Who may see and do what with a request for coordination: the house's policy, asked for each of its two sides.

To the sender the request is its own work; to the neighbour its answers are. Nobody else knows of it, the secretariat
neither: it is between two administrations.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.procedure import Party
from serantau.web.accounts import policy
from serantau.web.accounts.policy import About, Actor, may
from serantau.web.accounts.roles import OF_A_MEMBER, Room
from serantau.web.site.problems import NotHereError
from serantau.web.spectrum.models import Coordination


class StateError(SpectrumError):
    """Somebody else changed the request meanwhile, or it is not at a stage for that."""

    status = 409


def works(actor: Actor) -> bool:
    """Whether somebody works on coordination for their member."""
    about = About(member=actor.member, room=Room.SPECTRUM, stage=policy.Stage.DRAFT)
    return bool(actor.member and actor.roles & OF_A_MEMBER and may(actor, policy.Act.SUBMIT, about))


def require_work(actor: Actor) -> None:
    """Let somebody work on coordination for their member.

    Raises:
        PermissionDenied: if they do not.
    """
    if not works(actor):
        raise PermissionDenied


def party_of(actor: Actor, held: Coordination) -> Party | None:
    """On which side somebody stands; None for everybody else."""
    if not works(actor):
        return None
    if actor.member == held.member:
        return Party.SENDER
    return Party.RECEIVER if actor.member == held.neighbour and held.sent_at else None


def readable(actor: Actor) -> QuerySet[Coordination]:
    """Every request that somebody may read: the one place from which lists, counts and downloads begin."""
    held = Coordination.objects.all()
    if not works(actor):
        return held.none()
    return held.filter(Q(member=actor.member) | Q(neighbour=actor.member, sent_at__isnull=False))


def find(actor: Actor, number: int, *, whole: bool = False) -> Coordination:
    """A request that somebody may read.

    Args:
        actor: Who asks.
        number: The request.
        whole: With the findings and the border, which are large.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    held = readable(actor).filter(pk=number)
    found = held.first() if whole else held.defer("findings", "border").first()
    if found is None:
        raise NotHereError(_("There is no such request."), {"/spectrum/coordination/": _("Coordination at borders")})
    return found
