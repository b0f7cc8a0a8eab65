"""The life of a report: one table, in which everything stands that may happen to one.

An officer is one of the member in which it happened. A reporter is whoever holds the receipt code.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType

from serantau.defend.errors import DefendError


@unique
class State(Enum):
    """How far a report has come."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    NEEDS_MORE = "needs more"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


@unique
class Act(Enum):
    """What is done with a report."""

    ACCEPT = "accept"
    ASK = "ask"
    REJECT = "reject"
    MERGE = "merge"
    """It is a repetition of another report, which counts in its place."""
    REOPEN = "reopen"
    ADD = "add"
    WITHDRAW = "withdraw"


@unique
class Side(Enum):
    """Who acts."""

    OFFICER = "officer"
    REPORTER = "reporter"


class TriageError(DefendError):
    """The report is not in a state for that."""

    status = 409


TABLE: Mapping[tuple[State, Act], tuple[Side, State]] = MappingProxyType(
    {
        (State.RECEIVED, Act.ACCEPT): (Side.OFFICER, State.ACCEPTED),
        (State.RECEIVED, Act.ASK): (Side.OFFICER, State.NEEDS_MORE),
        (State.RECEIVED, Act.REJECT): (Side.OFFICER, State.REJECTED),
        (State.RECEIVED, Act.MERGE): (Side.OFFICER, State.MERGED),
        (State.NEEDS_MORE, Act.ACCEPT): (Side.OFFICER, State.ACCEPTED),
        (State.NEEDS_MORE, Act.REJECT): (Side.OFFICER, State.REJECTED),
        (State.NEEDS_MORE, Act.MERGE): (Side.OFFICER, State.MERGED),
        (State.ACCEPTED, Act.REJECT): (Side.OFFICER, State.REJECTED),
        (State.REJECTED, Act.REOPEN): (Side.OFFICER, State.RECEIVED),
        (State.MERGED, Act.REOPEN): (Side.OFFICER, State.RECEIVED),
        # What was accepted and is added to has to be looked at again: nobody slips a number into an accepted report.
        (State.RECEIVED, Act.ADD): (Side.REPORTER, State.RECEIVED),
        (State.NEEDS_MORE, Act.ADD): (Side.REPORTER, State.RECEIVED),
        (State.ACCEPTED, Act.ADD): (Side.REPORTER, State.RECEIVED),
        (State.RECEIVED, Act.WITHDRAW): (Side.REPORTER, State.WITHDRAWN),
        (State.NEEDS_MORE, Act.WITHDRAW): (Side.REPORTER, State.WITHDRAWN),
        (State.ACCEPTED, Act.WITHDRAW): (Side.REPORTER, State.WITHDRAWN),
        (State.REJECTED, Act.WITHDRAW): (Side.REPORTER, State.WITHDRAWN),
        (State.MERGED, Act.WITHDRAW): (Side.REPORTER, State.WITHDRAWN),
    }
)
"""Everything that may happen, by whom, and what becomes of it. Whatever does not stand here is refused."""

DECIDED = frozenset({State.ACCEPTED, State.REJECTED, State.MERGED, State.WITHDRAWN})
"""States in which nothing is waited for; what is kept for a time after the decision counts from then."""


def follow(state: State, act: Act, side: Side) -> State:
    """What becomes of a report.

    Raises:
        TriageError: if the act does not stand in the table for that state and side.

    >>> follow(State.RECEIVED, Act.ACCEPT, Side.OFFICER)
    <State.ACCEPTED: 'accepted'>
    """
    found = TABLE.get((state, act))
    if found is None or found[0] is not side:
        able = ", ".join(one.value for one in State if (one, act) in TABLE and TABLE[one, act][0] is side)
        raise TriageError(
            f"A report that is {state.value} cannot be dealt with like that ({act.value}). "
            f"It is possible for one that is: {able or 'none'}."
        )
    return found[1]


def acts_for(state: State, side: Side) -> tuple[Act, ...]:
    """What a side may do with a report, in the order of the acts.

    >>> [act.value for act in acts_for(State.ACCEPTED, Side.OFFICER)]
    ['reject']
    """
    return tuple(act for act in Act if (state, act) in TABLE and TABLE[state, act][0] is side)
