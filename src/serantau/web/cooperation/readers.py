"""How far each person is cleared, and who of a member may be told what. Everything in this room begins here.

A person reads by rank what their head of delegation cleared them for, never above the ceiling that the secretariat set
for the member. Where nothing was set, that is TLP:GREEN, which FIRST describes as for the community. The ceiling is the
same as for the member's accounts for TAXII.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from serantau.defend.model import PUBLIC_READER, Reader, Release, Tlp, may_read
from serantau.web.accounts.models import Membership, Person
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room, rooms_of
from serantau.web.cooperation.models import Clearance
from serantau.web.defend.models import Ceiling
from serantau.web.defend.services.accounts import DEFAULT_CEILING, ceiling_of

UNSET = Tlp.GREEN
"""How far somebody reads whom nobody cleared."""


@dataclass(frozen=True)
class Officer:
    """Somebody of a member's CERT.

    Attributes:
        person: Who.
        member: Code of the member.
        role: What they act as.
        clearance: How far they read.
    """

    person: Person
    member: str
    role: Role
    clearance: Tlp

    def may_read(self, release: Release) -> bool:
        """Whether they may be told."""
        return may_read(Reader(self.member, self.clearance), release)


def is_officer(actor: Actor) -> bool:
    """Whether somebody is of a member's CERT: a focal point or head of delegation whose rooms reach here."""
    return bool(actor.member and actor.roles & OF_A_MEMBER and Room.DEFEND in actor.rooms and actor.second_factor)


def is_observer(actor: Actor) -> bool:
    """Whether somebody looks on for a partner."""
    return bool(actor.partner and Role.OBSERVER in actor.roles and Room.DEFEND in actor.rooms)


def is_hub(actor: Actor) -> bool:
    """Whether somebody is the secretariat, which sets ceilings and reads the directory, and is party to nothing else."""
    return Role.SECRETARIAT in actor.roles and Room.DEFEND in actor.rooms and actor.second_factor


def insist_officer(actor: Actor) -> None:
    """Let members' CERT people on.

    Raises:
        PermissionDenied: if it is somebody else.
    """
    if not is_officer(actor):
        raise PermissionDenied


def reader_of(actor: Actor) -> Reader:
    """As whom somebody reads."""
    if not is_officer(actor):
        return PUBLIC_READER
    held = Clearance.objects.filter(person=actor.id).first()
    return Reader(actor.member, min(Tlp(held.level) if held else UNSET, ceiling_of(actor.member)))


def officers(today: date, members: Iterable[str] | None = None) -> dict[str, list[Officer]]:
    """The CERT people of each member on a day, in the order of their accounts; in a number of queries that is fixed.

    Args:
        today: The day.
        members: Codes of the members; None for all.
    """
    valid = Q(valid_to=None) | Q(valid_to__gte=today)
    roles = [one.value for one in OF_A_MEMBER]
    rows = Membership.objects.filter(
        valid, ended_at=None, valid_from__lte=today, role__in=roles, person__is_active=True
    )
    if members is not None:
        rows = rows.filter(body__in=list(members))
    ceilings = {one.member: Tlp(one.clearance) for one in Ceiling.objects.all()}
    levels = {one.person_id: Tlp(one.level) for one in Clearance.objects.all()}
    found: dict[str, list[Officer]] = {}
    for row in rows.select_related("person").order_by("person_id"):
        if Room.DEFEND in rooms_of(row.rooms):
            level = min(levels.get(row.person_id, UNSET), ceilings.get(row.body, DEFAULT_CEILING))
            found.setdefault(row.body, []).append(Officer(row.person, row.body, Role(row.role), level))
    return found
