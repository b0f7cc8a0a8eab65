"""Whether a promise was kept, and whether a call is open: pure functions of dates and a day.

A date counts as it is written: what is promised for 2021 is in time until 31 December 2021. Where the precision of a
date, or the absence of a fact, does not tell, the answer is *not known* and never *no*.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from serantau.base import PartialDate, Truth
from serantau.forum.registers.model import Cooperation, Entry, Policy, State, Venture


class Promise(Enum):
    """What became of a promise by a day."""

    KEPT = "kept"
    LATE = "late"
    """Met, after the day first promised."""
    DUE = "due"
    OVERDUE = "overdue"
    """Not met, and the date is past."""
    UNKNOWN = "not known"


class Phase(Enum):
    """Whether a call can be answered on a day."""

    TO_COME = "to come"
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "not known"


def promise(first_due: PartialDate | None, due: PartialDate | None, met: PartialDate | None, day: date) -> Promise:
    """What became of a promise by a day.

    Args:
        first_due: The date first promised; None where none was.
        due: The date to which it was moved; None where it was not.
        met: When it was met; ``open`` if it is known not to be; None if we do not know.
        day: The day of the question.

    Being late is measured by the date first promised, whatever it was moved to. While a promise is not met, the date
    that holds now says whether it is overdue.

    >>> at = PartialDate.parse
    >>> promise(at("2021"), None, at("2022-01"), date(2022, 2, 1)).value
    'late'
    >>> promise(at("2021"), None, at("2022-01"), date(2021, 7, 1)).value
    'due'
    >>> promise(at("2021"), None, None, date(2022, 2, 1)).value
    'not known'
    >>> promise(at("2021"), None, at("open"), date(2022, 2, 1)).value
    'overdue'
    """
    done = None if met is None else met.on_or_before(day)
    if done is Truth.YES:
        assert met is not None
        return _of_met(first_due, met)
    awaited = due if due is not None else first_due
    if awaited is None:  # known not to be met, and there is no date to hold it to
        return Promise.DUE if done is Truth.NO else Promise.UNKNOWN
    if not awaited.known:
        return Promise.UNKNOWN
    past = awaited.latest < day
    if done is Truth.NO:
        return Promise.OVERDUE if past else Promise.DUE
    return Promise.UNKNOWN if past or done is Truth.UNKNOWN else Promise.DUE


def _of_met(first_due: PartialDate | None, met: PartialDate) -> Promise:
    if first_due is None:
        return Promise.KEPT
    if not first_due.known:
        return Promise.UNKNOWN
    if met.latest <= first_due.latest:
        return Promise.KEPT
    return Promise.LATE if met.earliest > first_due.latest else Promise.UNKNOWN


def phase(opens: PartialDate | None, closes: PartialDate | None, day: date) -> Phase:
    """Whether a call can be answered on a day; the day on which it closes is the last.

    >>> at = PartialDate.parse
    >>> [phase(at("2026-05-01"), at("2026-05-31"), date(2026, month, 31)).value for month in (3, 5, 7)]
    ['to come', 'open', 'closed']
    """
    if opens is None or closes is None:
        return Phase.UNKNOWN
    begun = opens.on_or_before(day)
    over = Truth.NO if not closes.known and closes.text == "open" else _past(closes, day)
    if over is Truth.YES:
        return Phase.CLOSED
    if begun is Truth.NO:
        return Phase.TO_COME
    return Phase.OPEN if begun is Truth.YES and over is Truth.NO else Phase.UNKNOWN


def _past(end: PartialDate, day: date) -> Truth:
    if not end.known:
        return Truth.UNKNOWN
    if end.latest < day:
        return Truth.YES
    return Truth.NO if end.earliest >= day else Truth.UNKNOWN


def is_late(entry: Entry, day: date) -> bool:
    """Whether the date that an entry states is past while it says itself that it is not done."""
    if entry.due is None or not entry.due.known or isinstance(entry, Policy):
        return False
    if isinstance(entry, Cooperation | Venture) and entry.state not in {State.PLANNED, State.RUNNING}:
        return False
    return entry.due.latest < day
