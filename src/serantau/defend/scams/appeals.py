"""The owner of a number says that it is wrong: whether it is silent meanwhile, and who decides.

An appeal is taken for any number, reported or not, and answered in the same words, so that it asks nothing of the
checker. An officer of the member proposes, and a second one of the same member decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType

from serantau.defend.errors import DefendError

SILENT = timedelta(days=14)
"""For how long an appeal silences a number at most. Whoever was not decided on in time is answered for again."""

ONCE_IN = timedelta(days=365)
"""Within this time of an appeal that was dismissed a further one silences nothing."""


@unique
class Stage(Enum):
    """How far an appeal has come."""

    OPEN = "open"
    TO_UPHOLD = "to uphold"
    """One officer proposes that the number be cleared."""
    TO_DISMISS = "to dismiss"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


@unique
class Step(Enum):
    """What is done with an appeal."""

    PROPOSE_UPHOLDING = "propose upholding"
    PROPOSE_DISMISSING = "propose dismissing"
    CONFIRM = "confirm"
    SEND_BACK = "send back"


class AppealError(DefendError):
    """The appeal is not in a state for that, or the same person did both steps."""

    status = 409


TABLE: Mapping[tuple[Stage, Step], Stage] = MappingProxyType(
    {
        (Stage.OPEN, Step.PROPOSE_UPHOLDING): Stage.TO_UPHOLD,
        (Stage.OPEN, Step.PROPOSE_DISMISSING): Stage.TO_DISMISS,
        (Stage.TO_UPHOLD, Step.CONFIRM): Stage.UPHELD,
        (Stage.TO_DISMISS, Step.CONFIRM): Stage.DISMISSED,
        (Stage.TO_UPHOLD, Step.SEND_BACK): Stage.OPEN,
        (Stage.TO_DISMISS, Step.SEND_BACK): Stage.OPEN,
    }
)
"""Everything that may happen to an appeal."""

SECOND = frozenset({Step.CONFIRM})
"""Steps of a second person."""

DECIDED = frozenset({Stage.UPHELD, Stage.DISMISSED})


def follow(stage: Stage, step: Step, proposed_by: str, by: str) -> Stage:
    """What becomes of an appeal.

    Raises:
        AppealError: if the step is not possible, or whoever proposed would decide.

    >>> follow(Stage.TO_UPHOLD, Step.CONFIRM, "person 1", "person 2")
    <Stage.UPHELD: 'upheld'>
    """
    found = TABLE.get((stage, step))
    if found is None:
        raise AppealError(f"An appeal that is {stage.value} cannot be dealt with like that ({step.value}).")
    if step in SECOND and proposed_by == by:
        raise AppealError("Whoever proposed the decision does not confirm it. A second officer has to.")
    return found


def silent_until(received: datetime, *, strong: bool, dismissed: Iterable[datetime]) -> datetime | None:
    """Until when an appeal that has just come silences its number; None if it does not.

    Args:
        received: When it came.
        strong: Whether the number was reported by three times as many as it takes, or more: then the warning stays.
        dismissed: When earlier appeals for the same number were dismissed.
    """
    if strong or any(timedelta(0) <= received - moment < ONCE_IN for moment in dismissed):
        return None
    return received + SILENT
