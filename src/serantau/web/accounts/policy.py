"""Who may do what: one table, asked by every door. Pure: no request, no database, no clock.

``may(actor, act, about)`` answers with :class:`Allowed` or with :class:`Refused` and its reason. The reason tells a
door what to say; :attr:`Refused.hidden` tells it to say that there is nothing at all, because even the existence of
another member's unpublished work is nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from serantau.web.accounts.roles import EVERY_ROOM, OF_A_PARTNER, Role, Room


class Kind(Enum):
    """What is asking."""

    PUBLIC = "public"
    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True)
class Actor:
    """Who asks, as far as access is concerned.

    Attributes:
        kind: A person, a machine, or nobody in particular.
        id: Number of the person or the machine account; 0 for the public.
        label: The name shown to others.
        member: Code of the member acted for; empty for the region's own people, partners and the public.
        roles: What the actor may act as; always with ``Role.PUBLIC``.
        rooms: Rooms in which the roles hold.
        second_factor: Whether this session was opened with a second factor.
        fresh: Whether the person has proved that within the stated time (see ``SERANTAU_FRESH_MINUTES``).
        partner: Id of the partner acted for; empty for all others.
        scopes: What a machine account's token allows, as ``room:act``.
    """

    kind: Kind
    id: int = 0
    label: str = ""
    member: str = ""
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    rooms: frozenset[Room] = EVERY_ROOM
    second_factor: bool = False
    fresh: bool = False
    partner: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def reference(self) -> str:
        """The actor as events and rows name it: ``person 17``, ``machine 3``, ``public``."""
        return f"{self.kind.value} {self.id}" if self.id else self.kind.value

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody in particular."""
        return self.kind is not Kind.PUBLIC


PUBLIC = Actor(Kind.PUBLIC)
"""Everybody who has not said who they are."""


class Stage(Enum):
    """How far a piece of work has come, as far as others may see it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"


class Act(Enum):
    """What somebody wants to do to something."""

    READ = "read"
    SUBMIT = "submit"
    """Make, change, send in and answer questions about one's own member's work, or one's own partner's."""
    WITHDRAW = "withdraw"
    """Take back what was sent in and is not yet decided."""
    DECIDE = "decide"
    """Question, accept or refuse what was sent in."""
    PUBLISH = "publish"
    RETRACT = "retract"
    """Take back what was published."""
    INVITE = "invite"
    END_MEMBERSHIP = "end membership"
    GIVE_POWER = "give power"
    """Make somebody head of a delegation, secretariat or auditor."""
    MANAGE_MACHINES = "manage machines"
    AUDIT = "audit"
    """Read who did what."""


FOUR_EYES = frozenset({Act.PUBLISH, Act.RETRACT, Act.GIVE_POWER})
"""Acts that a second person must approve."""

POWERFUL = frozenset({Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR})
"""Roles given only through ``Act.GIVE_POWER``: who could name a second secretariat alone could approve alone, too."""


@dataclass(frozen=True)
class About:
    """The facts of an object that access depends on.

    Attributes:
        member: Code of the member it belongs to; empty if it is the region's or a partner's.
        room: The room it belongs to; None if to none in particular.
        stage: How far it has come.
        made_by: Reference of the actor who made it, or asked for it.
        role: The role that is given or ended.
        partner: Id of the partner it belongs to; empty for all others.
    """

    member: str = ""
    room: Room | None = None
    stage: Stage = Stage.PUBLISHED
    made_by: str = ""
    role: Role | None = None
    partner: str = ""


NOTHING = About()
"""No object in particular."""


class Reason(Enum):
    """Why not."""

    NOT_SIGNED_IN = "not signed in"
    ROLE = "the role does not allow it"
    OTHER_MEMBER = "it belongs to another member"
    OTHER_ROOM = "it belongs to a room that the role does not reach"
    SCOPE = "the token does not allow it"
    SECOND_FACTOR = "it needs a second factor"
    NOT_FRESH = "it needs the second factor again"
    OWN_WORK = "nobody decides on work of their own"
    STAGE = "it has not come far enough for that"

    @property
    def curable(self) -> bool:
        """Whether the actor may do it after proving a second factor."""
        return self in {Reason.SECOND_FACTOR, Reason.NOT_FRESH}


@dataclass(frozen=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Refused:
    """No, and why.

    Attributes:
        reason: Why not.
        hidden: Whether to answer as if the object were not there.
    """

    reason: Reason
    hidden: bool = False

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Clause:
    """One way to be allowed.

    Attributes:
        role: The role that has it.
        own: Only for the actor's own member; for an observer, its own partner.
        strong: Only with a second factor.
        fresh: Only with one proved a short while ago.
        gives: Roles that may be given or ended; empty where the act gives none.
    """

    role: Role
    own: bool = False
    strong: bool = True
    fresh: bool = False
    gives: frozenset[Role] = frozenset()


_SECRETARIAT = Clause(Role.SECRETARIAT)
_FRESH_SECRETARIAT = Clause(Role.SECRETARIAT, fresh=True)
_OWN_FOCAL = Clause(Role.FOCAL_POINT, own=True)
_OWN_HEAD = Clause(Role.HEAD_OF_DELEGATION, own=True)
_OWN_OBSERVER = Clause(Role.OBSERVER, own=True)
_MACHINE = Clause(Role.MACHINE, own=True, strong=False)
_BELOW = frozenset({Role.FOCAL_POINT, Role.OBSERVER})

TABLE: Mapping[Act, tuple[Clause, ...]] = MappingProxyType(
    {
        Act.READ: (
            _OWN_FOCAL,
            _OWN_HEAD,
            _OWN_OBSERVER,
            _MACHINE,
            _SECRETARIAT,
            Clause(Role.AUDITOR, strong=False),
        ),
        Act.SUBMIT: (_OWN_FOCAL, _OWN_HEAD, _OWN_OBSERVER, _MACHINE),
        Act.WITHDRAW: (_OWN_FOCAL, _OWN_HEAD, _OWN_OBSERVER),
        Act.DECIDE: (_SECRETARIAT,),
        Act.PUBLISH: (_FRESH_SECRETARIAT,),
        Act.RETRACT: (_FRESH_SECRETARIAT,),
        Act.INVITE: (
            Clause(Role.HEAD_OF_DELEGATION, own=True, gives=frozenset({Role.FOCAL_POINT})),
            Clause(Role.SECRETARIAT, gives=_BELOW),
        ),
        Act.END_MEMBERSHIP: (
            Clause(Role.HEAD_OF_DELEGATION, own=True, gives=frozenset({Role.FOCAL_POINT})),
            Clause(Role.SECRETARIAT, fresh=True, gives=_BELOW | POWERFUL),
        ),
        Act.GIVE_POWER: (Clause(Role.SECRETARIAT, fresh=True, gives=POWERFUL),),
        Act.MANAGE_MACHINES: (
            Clause(Role.HEAD_OF_DELEGATION, own=True, fresh=True),
            _FRESH_SECRETARIAT,
        ),
        Act.AUDIT: (_SECRETARIAT, Clause(Role.AUDITOR, strong=False)),
    }
)
"""Every act and who may do it. Reading what is published is open to all and stands in :func:`may`."""


def may(actor: Actor, act: Act, about: About = NOTHING) -> Allowed | Refused:
    """Decide.

    Args:
        actor: Who asks.
        act: What they want to do.
        about: What to.

    Returns:
        ``Allowed()``, or ``Refused`` with the reason nearest to being allowed.
    """
    if act is Act.READ and about.stage is Stage.PUBLISHED:
        return Allowed()
    hidden = about.stage is not Stage.PUBLISHED
    if not actor.signed_in:
        return Refused(Reason.NOT_SIGNED_IN, hidden=hidden)
    refusals = [_refusal(clause, actor, act, about) for clause in TABLE[act]]
    if None in refusals:
        return Allowed()
    reason = min((one for one in refusals if one), key=_DISTANCE.index)
    return Refused(reason, hidden=hidden and _is_blind(actor, about))


_DISTANCE = (
    Reason.NOT_FRESH,
    Reason.SECOND_FACTOR,
    Reason.OWN_WORK,
    Reason.STAGE,
    Reason.SCOPE,
    Reason.OTHER_ROOM,
    Reason.OTHER_MEMBER,
    Reason.ROLE,
    Reason.NOT_SIGNED_IN,
)
"""Reasons, the one nearest to being allowed first."""

_AFTER_SUBMISSION = frozenset({Role.SECRETARIAT, Role.AUDITOR})


def _refusal(clause: Clause, actor: Actor, act: Act, about: About) -> Reason | None:
    """Why the clause does not allow it; None if it does."""
    if clause.role not in actor.roles or (about.role is not None and about.role not in clause.gives):
        return Reason.ROLE
    return (
        _out_of_reach(clause, actor, about)
        or _too_early(clause, actor, act, about)
        or _unproved(clause, actor, act, about)
    )


def _out_of_reach(clause: Clause, actor: Actor, about: About) -> Reason | None:
    if clause.own and not _is_own(clause, actor, about):
        return Reason.OTHER_MEMBER
    return Reason.OTHER_ROOM if about.room is not None and about.room not in actor.rooms else None


def _is_own(clause: Clause, actor: Actor, about: About) -> bool:
    """Whether it belongs to the member, or for a role that acts for a partner to the partner, that somebody acts for."""
    if clause.role in OF_A_PARTNER:
        return bool(actor.partner) and actor.partner == about.partner
    return bool(actor.member) and actor.member == about.member


def _too_early(clause: Clause, actor: Actor, act: Act, about: About) -> Reason | None:
    if about.stage is Stage.DRAFT and (act is Act.DECIDE or (act is Act.READ and clause.role in _AFTER_SUBMISSION)):
        return Reason.STAGE
    return Reason.OWN_WORK if act is Act.DECIDE and about.made_by == actor.reference else None


def _unproved(clause: Clause, actor: Actor, act: Act, about: About) -> Reason | None:
    if actor.kind is Kind.MACHINE and f"{about.room}:{act.value}" not in actor.scopes:
        return Reason.SCOPE
    if clause.strong and not actor.second_factor:
        return Reason.SECOND_FACTOR
    return Reason.NOT_FRESH if clause.fresh and not actor.fresh else None


def _is_blind(actor: Actor, about: About) -> bool:
    """Whether the actor may not even know that the object exists."""
    if (about.member and actor.member == about.member) or (about.partner and actor.partner == about.partner):
        return about.room is not None and about.room not in actor.rooms
    return not (about.stage is Stage.SUBMITTED and actor.roles & _AFTER_SUBMISSION)
