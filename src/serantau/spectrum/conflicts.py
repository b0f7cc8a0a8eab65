"""Where neighbours' uses of the same frequencies disturb each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product

from serantau.base import AsOf, Truth
from serantau.spectrum.model import Duplex, Held, Holding, SpectrumFacts, State, holdings_at
from serantau.spectrum.ranges import Ranges, intersection

Side = Ranges


class Kind(Enum):
    """What meets what, the worst first: base stations hear each other at any distance in sight."""

    UPLINK_IN_DOWNLINK = "uplink in downlink"
    FDD_AGAINST_TDD = "FDD against TDD"
    TDD_UNSYNCHRONISED = "TDD, synchronisation not known"


@dataclass(frozen=True)
class Conflict:
    """Two holdings of two members whose frequencies meet.

    Attributes:
        kind: What meets what.
        ours: Holding of the member asked about first.
        theirs: Holding of the other member.
        shared: Frequencies that both use, MHz.
        certain: Whether both surely hold on the day.
    """

    kind: Kind
    ours: Holding
    theirs: Holding
    shared: Ranges
    certain: bool


def conflicts_between(facts: SpectrumFacts, ours: str, theirs: str, asof: AsOf) -> tuple[Conflict, ...]:
    """All conflicts between two members on a day, the worst kind first.

    Whether the two are neighbours at the place in question is for the caller to say; frequencies alone do not tell.
    """
    held = holdings_at(facts, asof)
    pairs = product(_of(held, ours), _of(held, theirs))
    found = [conflict for mine, other in pairs for conflict in _conflicts(mine, other)]
    order = list(Kind)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.shared[0].low, one.ours.id, one.theirs.id)))


def _of(held: tuple[Held, ...], member: str) -> list[tuple[Holding, bool]]:
    return [
        (one.fact, one.holds is Truth.YES)
        for one in held
        if isinstance(one.fact, Holding) and one.fact.member == member and one.fact.state is State.ASSIGNED
    ]


def _conflicts(mine: tuple[Holding, bool], other: tuple[Holding, bool]) -> Iterator[Conflict]:
    (a, sure_a), (b, sure_b) = mine, other
    kinds = {a.duplex, b.duplex}
    if kinds == {Duplex.TDD}:
        meetings = [(Kind.TDD_UNSYNCHRONISED, intersection(a.occupied, b.occupied))]
    elif Duplex.TDD in kinds:
        meetings = [(Kind.FDD_AGAINST_TDD, intersection(a.occupied, b.occupied))]
    else:
        meetings = [
            (Kind.UPLINK_IN_DOWNLINK, intersection(_side(up), _side(down)))
            for up, down in ((a.uplink, b.downlink), (a.downlink, b.uplink))
        ]
    for kind, shared in meetings:
        if shared:
            yield Conflict(kind, a, b, shared, sure_a and sure_b)


def _side(part: object) -> Side:
    return () if part is None else (part,)  # type: ignore[return-value]
