"""Roles and rooms: the words in which access is written. Pure: no Django here."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, StrEnum


class Role(Enum):
    """Whom a visitor acts for."""

    PUBLIC = "public"
    FOCAL_POINT = "focal point"
    HEAD_OF_DELEGATION = "head of delegation"
    SECRETARIAT = "secretariat"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    MACHINE = "machine account"


class Room(StrEnum):
    """A part of the house that people work in."""

    MEASURE = "measure"
    PLAN = "plan"
    GOVERN = "govern"
    SPECTRUM = "spectrum"
    DEFEND = "defend"
    FORUM = "forum"


EVERY_ROOM = frozenset(Room)
EVERY = "every"
"""How every room, also one that is still to come, is written down."""

OF_A_MEMBER = frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION})
"""Roles that act for one member."""

OF_A_PARTNER = frozenset({Role.OBSERVER})
"""Roles that act for one partner."""

OF_THE_REGION = frozenset({Role.SECRETARIAT, Role.AUDITOR})
"""Roles that act for the region as a whole."""

STRONG = frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT})
"""Roles that submit or decide, and therefore sign in with a second factor."""

PROVING = STRONG | OF_A_PARTNER
"""Roles that prove a second factor before a route that is stated for them: observers need it only for what they submit."""


def rooms_of(text: str) -> frozenset[Room]:
    """Read the rooms of a membership.

    >>> rooms_of("every") == EVERY_ROOM, sorted(rooms_of("plan govern"))
    (True, [<Room.GOVERN: 'govern'>, <Room.PLAN: 'plan'>])
    """
    return EVERY_ROOM if text == EVERY else frozenset(Room(name) for name in text.split())


def rooms_text(rooms: Iterable[Room]) -> str:
    """Write them down, in one fixed order.

    >>> rooms_text([Room.GOVERN, Room.PLAN]), rooms_text(Room)
    ('plan govern', 'every')
    """
    chosen = frozenset(rooms)
    return EVERY if chosen == EVERY_ROOM else " ".join(room.value for room in Room if room in chosen)
