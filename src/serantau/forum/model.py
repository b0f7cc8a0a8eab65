"""What a body deals with: its rules of procedure, its papers, and where each member stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated

import msgspec

Days = Annotated[int, msgspec.Meta(ge=1, le=365)]
Few = Annotated[int, msgspec.Meta(ge=0, le=20)]


class Verb(Enum):
    """What a body does with a paper; the verb carries the status."""

    NOTED = "noted"
    WELCOMED = "welcomed"
    ACKNOWLEDGED = "acknowledged"
    SUPPORTED = "supported"
    ENDORSED = "endorsed"
    APPROVED = "approved"
    ADOPTED = "adopted"


class Stage(Enum):
    """Where a paper stands."""

    DRAFT = "draft"
    CIRCULATED = "circulated"
    CONSULTATION = "under consultation"
    NO_CONSENSUS = "no consensus"
    REFERRED = "referred"
    CONSENSUS = "consensus"
    DECIDED = "decided"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Mode(Enum):
    """How a body finds out whether there is consensus."""

    PLENARY = "plenary"
    """In a meeting: everybody who is there says where they stand."""
    AD_REFERENDUM = "ad referendum"
    """In writing, by a deadline; whether silence is assent, the body's rules say."""


class Say(Enum):
    """Where a member stands on a version of a paper."""

    NOTHING = "no answer"
    AGREES = "agrees"
    RESERVES = "agrees with a reservation"
    NO_OBJECTION = "no objection by the deadline"
    OBJECTS = "objects"
    ASKS_TIME = "asks for time"
    ABSENT = "absent"


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of procedure of one body. The body states every one of them: none has a value of its own.

    Attributes:
        verbs: What the body may do with a paper.
        plenary: Whether it decides in meetings.
        ad_referendum: Whether it decides in writing.
        silence_is_assent: Whether a member that says nothing by the deadline has no objection.
        silence_days: Days from the opening to the deadline of a decision in writing.
        objection_ends_silence: Whether an objection ends the procedure at once; otherwise it may be lifted until the
            deadline.
        most_extensions: How often the secretariat may move the deadline of one version.
        extension_days: By how many days each time.
        most_time_requests: How often members together may ask for more time on one version.
        time_request_days: By how many days each request moves the deadline.
        absence_blocks: Whether a member's absence from a meeting stands in the way of consensus.
        most_opted_out: How many members at most may stay outside a decision ("minus X"); 0 where none may.
        refers: Whether a paper without consensus may be referred to the body above.
    """

    verbs: Annotated[tuple[Verb, ...], msgspec.Meta(min_length=1)]
    plenary: bool
    ad_referendum: bool
    silence_is_assent: bool
    silence_days: Days
    objection_ends_silence: bool
    most_extensions: Few
    extension_days: Days
    most_time_requests: Few
    time_request_days: Days
    absence_blocks: bool
    most_opted_out: Few
    refers: bool


@dataclass(frozen=True)
class Position:
    """Where one member stands.

    Attributes:
        member: Code of the member.
        say: Where it stands.
        text: The objection or reservation in words.
    """

    member: str
    say: Say = Say.NOTHING
    text: str = ""


@dataclass(frozen=True)
class Matter:
    """A paper as far as its procedure is concerned.

    Attributes:
        verb: What the body is asked to do with it.
        stage: Where it stands.
        version: Number of the version that is dealt with, from 1.
        mode: How consensus is sought; None while it is not.
        due: Deadline of a decision in writing, a UTC instant that is itself in time.
        positions: One for each eligible member, in the order of their codes; fixed when the version was circulated.
        out: Members that stay outside ("minus X").
        extensions: How often the secretariat moved the deadline of this version.
        time_requests: How often members did.
        allows_out: Whether the facts of the instrument let members stay outside.
        formula: Whether a decision by consensus to use that stands.
    """

    verb: Verb
    stage: Stage = Stage.DRAFT
    version: int = 1
    mode: Mode | None = None
    due: datetime | None = None
    positions: tuple[Position, ...] = ()
    out: frozenset[str] = frozenset()
    extensions: int = 0
    time_requests: int = 0
    allows_out: bool = False
    formula: bool = False

    @property
    def eligible(self) -> tuple[str, ...]:
        """Members whose position counts: those of the day of circulation without those that stay outside."""
        return tuple(one.member for one in self.positions if one.member not in self.out)

    def of(self, member: str) -> Position | None:
        """Where a member stands; None if it was no member when the version was circulated."""
        return next((one for one in self.positions if one.member == member), None)
