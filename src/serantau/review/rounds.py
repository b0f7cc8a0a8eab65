"""Reporting rounds: what is asked of the members, by when, and whom to remind when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from serantau.review.errors import ReviewError

BEFORE_DAYS = (14, 7, 1)
"""Days before the deadline on which those who have not answered are reminded."""
AFTER_DAYS = (1, 7)
"""Days after it."""


class Phase(Enum):
    """Where a round stands."""

    COMING = "coming"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Round:
    """A reporting round.

    Attributes:
        opens: Instant from which members are asked, with its zone.
        due: Instant by which they are to answer, with its zone.
        zone: IANA name of the time zone of the body that asks.
    """

    opens: datetime
    due: datetime
    zone: str

    def phase(self, now: datetime) -> Phase:
        """Where the round stands; the deadline's own instant is still in time."""
        if now < self.opens:
            return Phase.COMING
        return Phase.OPEN if now <= self.due else Phase.OVER

    def left(self, now: datetime) -> timedelta:
        """Time until the deadline; negative after it."""
        return self.due - now

    @property
    def due_there(self) -> datetime:
        """The deadline on the clocks of the body that asks."""
        return self.due.astimezone(ZoneInfo(self.zone))


def instant(day: date, clock: time, zone: str) -> datetime:
    """The UTC instant of a day and a time on the clocks of a zone.

    >>> instant(date(2027, 3, 31), time(17, 0), "Asia/Tokyo").isoformat()
    '2027-03-31T08:00:00+00:00'

    Raises:
        ReviewError: if the zone has no such time, because its clocks jump over it.
    """
    local = datetime.combine(day, clock, ZoneInfo(zone))
    there = local.astimezone(UTC)
    if there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ReviewError(
            f"There is no {clock:%H:%M} on {day} in {zone}: the clocks jump over it. Choose another time."
        )
    return there


def reminders(due: datetime) -> tuple[tuple[str, datetime], ...]:
    """When to remind, each with a permanent name; the earliest first.

    >>> [name for name, _ in reminders(datetime(2027, 3, 31, 8, tzinfo=UTC))]
    ['14 days before', '7 days before', '1 day before', '1 day after', '7 days after']
    """
    before = [(f"{_days(days)} before", due - timedelta(days=days)) for days in BEFORE_DAYS]
    after = [(f"{_days(days)} after", due + timedelta(days=days)) for days in AFTER_DAYS]
    return (*before, *after)


def reminder_due(due: datetime, opens: datetime, now: datetime, sent: Iterable[str]) -> str | None:
    """The one reminder to send now, or None.

    Of several that were missed (the server was off) only the newest is sent, so that nobody gets a heap of them; those
    from before the round opened are left out.
    """
    passed = [name for name, at in reminders(due) if opens <= at <= now]
    if not passed or passed[-1] in set(sent):
        return None
    return passed[-1]


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
