r"""Who is told of an alert, and who next while nobody answers: the contacts of one member, one after the other.

::

    waiting --acknowledge--> acknowledged        waiting --everybody was told, and the last deadline passed--> unanswered
        \----false positive--> false positive    unanswered --a late answer--> acknowledged, false positive
    waiting, unanswered --the alert no longer stands--> withdrawn

Whoever is told has the same number of minutes to answer, from the moment at which they were told. A site that was down
when a deadline passed tells the next contact as soon as it is back, and never skips or shortens anybody's minutes. A
deadline once stated does not move, however often the clock looks (:func:`advance` may be called at any time).

Contacts on duty come before those that are not, each in the member's own order; those that are not on duty are told,
too, once the others have been: an alert that reaches nobody is worse than one at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from serantau.defend.rules import RuleError

LEAST_MINUTES, MOST_MINUTES = 1, 7 * 24 * 60
"""Between a minute and a week."""


class State(Enum):
    """Where a notice stands."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    FALSE_POSITIVE = "false positive"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({State.WAITING, State.UNANSWERED})
"""States in which an answer is still taken."""


class Rule(Enum):
    """What an answer has to meet, in the words of its refusal."""

    ANSWERED = "It has ended already: {state}."
    WORDS = "A false positive is given in words: why it is one."


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of duty that come back each week, on the clocks of a zone.

    Attributes:
        days: Days of the week on which they begin, Monday is 0.
        start, end: From when until when. An end not after the start lies on the next day; equal ones are a whole day.
        zone: IANA name of the time zone.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: str

    def cover(self, now: datetime) -> bool:
        """Whether they cover an instant.

        >>> night = Hours(frozenset({4}), time(22), time(6), "Etc/UTC")  # from Friday evening
        >>> night.cover(datetime(2026, 11, 28, 5, tzinfo=UTC)), night.cover(datetime(2026, 11, 28, 6, tzinfo=UTC))
        (True, False)
        """
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        return any(self._on(day, zone, now) for day in (today - timedelta(days=1), today))

    def _on(self, day: date, zone: ZoneInfo, now: datetime) -> bool:
        if day.weekday() not in self.days:
            return False
        # Each end is put on the clocks by itself: an hour that the clocks skip or repeat is no hour of anybody's duty.
        last = day if self.end > self.start else day + timedelta(days=1)
        starts = datetime.combine(day, self.start, zone).astimezone(UTC)
        ends = datetime.combine(last, self.end, zone).astimezone(UTC)
        return starts <= now < ends


@dataclass(frozen=True, slots=True)
class Shift:
    """A turn of duty."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can be told.

    Attributes:
        id: Its number.
        hours: Hours of duty of every week.
        shifts: Turns of the rota.
    """

    id: int
    hours: tuple[Hours, ...] = ()
    shifts: tuple[Shift, ...] = ()

    def on_duty(self, now: datetime) -> bool:
        """Whether they are on duty at an instant."""
        turns = any(one.starts <= now < one.ends for one in self.shifts)
        return turns or any(one.cover(now) for one in self.hours)


@dataclass(frozen=True, slots=True)
class Told:
    """That a contact was told.

    Attributes:
        contact: Number of the contact.
        at: When they were told.
        deadline: Until when they have to answer.
    """

    contact: int
    at: datetime
    deadline: datetime


@dataclass(frozen=True)
class Notice:
    """An alert before one member.

    Attributes:
        raised: When it came.
        minutes: How long each contact has.
        state: Where it stands.
        told: Who was told, in that order.
        ended: When it was answered, or given up as of the last deadline.
    """

    raised: datetime
    minutes: int
    state: State = State.WAITING
    told: tuple[Told, ...] = ()
    ended: datetime | None = None

    @property
    def deadline(self) -> datetime:
        """When somebody must next be told: at once if nobody has been."""
        return self.told[-1].deadline if self.told else self.raised


def next_to_tell(notice: Notice, contacts: Sequence[Contact], now: datetime) -> Contact | None:
    """Whom to tell next: those on duty first, each in the member's order, nobody twice; None if all were told."""
    known = {one.contact for one in notice.told}
    left = [one for one in contacts if one.id not in known]
    return next((one for one in left if one.on_duty(now)), left[0] if left else None)


def advance(notice: Notice, contacts: Sequence[Contact], now: datetime) -> Notice:
    """The notice as it is at a time: the next contact told if a deadline passed, at most one at each look.

    Args:
        notice: As it was.
        contacts: Contacts of the member that may read the alert *now*, in the member's order. The caller asks anew at
            each look, so that somebody who lost a clearance meanwhile is not told.
        now: The time.

    >>> contacts = [Contact(1), Contact(2)]
    >>> start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> notice = advance(Notice(start, 30), contacts, start)
    >>> [one.contact for one in advance(notice, contacts, start + timedelta(minutes=30)).told]
    [1, 2]
    """
    if notice.state is not State.WAITING or now < notice.deadline:
        return notice
    found = next_to_tell(notice, contacts, now)
    if found is None:
        return replace(notice, state=State.UNANSWERED, ended=notice.deadline)
    told = Told(found.id, now, now + timedelta(minutes=notice.minutes))
    return replace(notice, told=(*notice.told, told))


def answer(notice: Notice, state: State, text: str, now: datetime) -> Notice:
    """Somebody of the member answers; a late answer counts, too.

    Args:
        notice: As it is.
        state: Acknowledged, or false positive.
        text: Why it is a false positive.
        now: The time.

    Raises:
        RuleError: if it was answered already, or a false positive lacks its words.
    """
    assert state in {State.ACKNOWLEDGED, State.FALSE_POSITIVE}, "the others are no answers"
    if notice.state not in OPEN:
        raise RuleError(Rule.ANSWERED, {"state": notice.state.value})
    if state is State.FALSE_POSITIVE and not text.strip():
        raise RuleError(Rule.WORDS, {})
    return replace(notice, state=state, ended=now)


def withdraw(notice: Notice, now: datetime) -> Notice:
    """The alert no longer stands: nobody else is told. What was answered stays as it was."""
    return replace(notice, state=State.WITHDRAWN, ended=now) if notice.state in OPEN else notice


__all__ = [
    "LEAST_MINUTES",
    "MOST_MINUTES",
    "OPEN",
    "Contact",
    "Hours",
    "Notice",
    "Rule",
    "Shift",
    "State",
    "Told",
    "advance",
    "answer",
    "next_to_tell",
    "withdraw",
]
