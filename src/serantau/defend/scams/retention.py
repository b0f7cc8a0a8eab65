"""What is kept of a report, and for how long: one table, which the privacy notice prints and the job carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType

from serantau.defend.scams.triage import DECIDED, State


@unique
class Part(Enum):
    """A part of a report (or of an appeal) that is deleted by itself."""

    TEXT = "text"
    """What the reporter wrote and was asked: the message, what was added, questions."""
    CONTACT = "contact"
    MARKS = "marks"
    """Digests by which reports of one person are recognised."""
    VALUES = "values"
    """The reported numbers and addresses in the clear."""
    DIGESTS = "digests"
    """Keyed digests of them, by which a number is found that is asked about."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a part is kept.

    Attributes:
        received: Days after the report came, whatever became of it.
        decided: Days after the decision; None where the decision does not matter.
        uncounted: Days after the decision for a report that does not count: rejected, merged.
    """

    received: int
    decided: int | None = None
    uncounted: int | None = None


LIMITS: Mapping[Part, Limit] = MappingProxyType(
    {
        Part.TEXT: Limit(180, decided=90, uncounted=30),
        Part.CONTACT: Limit(180, decided=30, uncounted=30),
        Part.MARKS: Limit(550, uncounted=30),
        Part.VALUES: Limit(550, uncounted=30),
        Part.DIGESTS: Limit(1095, uncounted=365),
    }
)
"""Days, by part. Marks and values outlive the longest time for which a report counts (``checker.RULES``).
Of what was withdrawn everything is deleted at once. What then remains names nobody: kind, types, member, month,
amount."""

APPEAL_DAYS = 180
"""For how many days after its decision an appeal keeps its words, its contact and its number in the clear."""

_UNCOUNTED = frozenset({State.REJECTED, State.MERGED})


def over(state: State, received: datetime, decided: datetime | None, now: datetime) -> frozenset[Part]:
    """The parts whose time is over.

    >>> day = datetime(2026, 1, 1)
    >>> sorted(part.value for part in over(State.ACCEPTED, day, day, day + timedelta(days=91)))
    ['contact', 'text']
    """
    if state is State.WITHDRAWN:
        return frozenset(Part)
    return frozenset(part for part in Part if now >= ends(part, state, received, decided))


def ends(part: Part, state: State, received: datetime, decided: datetime | None) -> datetime:
    """When the time of a part of a report is over."""
    limit = LIMITS[part]
    found = received + timedelta(days=limit.received)
    after = limit.uncounted if state in _UNCOUNTED else limit.decided
    if decided is None or state not in DECIDED or after is None:
        return found
    return min(found, decided + timedelta(days=after))
