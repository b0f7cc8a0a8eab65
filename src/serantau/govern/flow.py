"""The question: which data, from whom, to whom, with what in hand; and the six answers it may get."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum


class Decision(Enum):
    """What the law held here says of a flow; the numbers are codes and do not change.

    ``unknown`` is an answer of its own: a text is unread, sources contradict each other, a circumstance
    that matters was not stated, or nobody has looked for other rules.
    """

    UNKNOWN = "unknown"
    NOT_A_TRANSFER = "not-a-transfer"
    NOT_RESTRICTED = "not-restricted"
    PERMITTED = "permitted"
    PERMITTED_IF = "permitted-if"
    PROHIBITED = "prohibited"

    @property
    def code(self) -> int:
        """The number that stands for it in tables.

        >>> [decision.code for decision in Decision]
        [0, 1, 2, 3, 4, 5]
        """
        return DECISIONS.index(self)

    @property
    def may_go(self) -> bool:
        """Whether the data may cross now, with what is in hand."""
        return self in {Decision.NOT_A_TRANSFER, Decision.NOT_RESTRICTED, Decision.PERMITTED}


DECISIONS = tuple(Decision)


class Finding(Enum):
    """What an assessment came to."""

    YES = "assessed-yes"
    NO = "assessed-no"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True)
class Assessment:
    """Somebody's judgement that the law asks for, such as whether a country's law is similar.

    Nothing here ships one or computes one.

    Attributes:
        about: The word of the vocabulary (kind ``assessment``).
        finding: What it came to; ``not-assessed`` never helps.
        by: Who judged.
        on: When.
    """

    about: str
    finding: Finding
    by: str = ""
    on: date | None = None

    @property
    def atoms(self) -> frozenset[str]:
        """The evidence that it is."""
        if self.finding is Finding.NOT_ASSESSED:
            return frozenset()
        return frozenset({f"{self.about}={'yes' if self.finding is Finding.YES else 'no'}"})


@dataclass(frozen=True, slots=True)
class Flow:
    """Data that are to go from one country to another.

    Attributes:
        origin: Id of the member they leave.
        destination: ISO 3166-1 alpha-2 code of where they go.
        data: Category of data.
        sector: Sector of the exporter.
        exporter: Role and kind of the exporter, as in ``controller/private``.
        recipient: What the recipient is.
        volume: Band of how many people the data are about; None if not stated.
        facts: Circumstances that were stated, with their values; the others are not known.
        holds: Evidence in hand: safeguards, grounds, assessments with their outcome.
    """

    origin: str
    destination: str
    data: str
    sector: str
    exporter: str
    recipient: str
    volume: str | None = None
    facts: tuple[tuple[str, bool], ...] = ()
    holds: frozenset[str] = field(default_factory=frozenset)
