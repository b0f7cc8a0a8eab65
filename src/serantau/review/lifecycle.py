r"""The life of a submission: one table says who may do what in which state, and what it needs.

::

    draft --submit--> submitted --accept--> accepted --retract--> withdrawn
                       |  ^  \--refuse--> refused
                question  answer
                       v  |
                     questioned --refuse--> refused

A member may withdraw at any time before a decision. Reported is not accepted: only ``accepted`` makes facts, only the
secretariat accepts, and what was accepted stops counting only when two people of the secretariat say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from serantau.review.errors import ReviewError


class State(Enum):
    """Where a submission stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUESTIONED = "questioned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(Enum):
    """What somebody does with a submission."""

    EDIT = "edit"
    SUBMIT = "submit"
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    RETRACT = "retract"


class Party(Enum):
    """On which side of a submission somebody stands."""

    MEMBER = "member"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True)
class Step:
    """One row of the table.

    Attributes:
        act: What is done.
        by: Who may do it.
        start: The state in which it may be done.
        end: The state after it; the same for an act that changes no state.
        content: Whether the submission must hold something, and nothing that is wrong.
        words: Whether it must be said why.
        fits: Whether its facts must load with everything else that is held.
        two: Whether a second person must approve.
    """

    act: Act
    by: Party
    start: State
    end: State
    content: bool = False
    words: bool = False
    fits: bool = False
    two: bool = False


_M, _S = Party.MEMBER, Party.SECRETARIAT

TABLE: tuple[Step, ...] = (
    Step(Act.EDIT, _M, State.DRAFT, State.DRAFT),
    Step(Act.EDIT, _M, State.QUESTIONED, State.QUESTIONED),
    Step(Act.SUBMIT, _M, State.DRAFT, State.SUBMITTED, content=True),
    Step(Act.QUESTION, _S, State.SUBMITTED, State.QUESTIONED, words=True),
    Step(Act.ANSWER, _M, State.QUESTIONED, State.SUBMITTED, content=True, words=True),
    Step(Act.COMMENT, _M, State.SUBMITTED, State.SUBMITTED, words=True),
    Step(Act.COMMENT, _S, State.SUBMITTED, State.SUBMITTED, words=True),
    Step(Act.COMMENT, _S, State.QUESTIONED, State.QUESTIONED, words=True),
    Step(Act.ACCEPT, _S, State.SUBMITTED, State.ACCEPTED, content=True, fits=True),
    Step(Act.REFUSE, _S, State.SUBMITTED, State.REFUSED, words=True),
    Step(Act.REFUSE, _S, State.QUESTIONED, State.REFUSED, words=True),
    Step(Act.WITHDRAW, _M, State.DRAFT, State.WITHDRAWN),
    Step(Act.WITHDRAW, _M, State.SUBMITTED, State.WITHDRAWN),
    Step(Act.WITHDRAW, _M, State.QUESTIONED, State.WITHDRAWN),
    Step(Act.RETRACT, _S, State.ACCEPTED, State.WITHDRAWN, words=True, fits=True, two=True),
)
"""Every step there is."""

DECIDED = frozenset({State.ACCEPTED, State.REFUSED, State.WITHDRAWN})
"""States in which nothing more is asked of anybody."""


def steps_from(state: State, party: Party | None) -> tuple[Step, ...]:
    """What a party may do in a state; nothing for somebody on neither side.

    >>> [step.act.value for step in steps_from(State.QUESTIONED, Party.MEMBER)]
    ['edit', 'answer', 'withdraw']
    """
    return tuple(step for step in TABLE if step.start is state and step.by is party)


def step_for(state: State, party: Party | None, act: Act) -> Step:
    """The step that an act is.

    Raises:
        ReviewError: if there is no such step, saying what may be done instead.
    """
    for step in steps_from(state, party):
        if step.act is act:
            return step
    names = ", ".join(step.act.value for step in steps_from(state, party)) or "nothing"
    raise ReviewError(f"{act.value!r} cannot be done to a submission that is {state.value}. What can: {names}.")
