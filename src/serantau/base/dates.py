"""Dates as precise as the source gave them, and the interval in which a fact holds."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from serantau.base.truth import Truth

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
FIRST_YEAR = 1800
LAST_YEAR = 2200


class PartialDate:
    """A date known to the year, the month or the day; or not known; or open.

    The precision of the source is kept and never padded: ``2022-01`` stays
    a month. ``unknown`` means that a date exists and we do not have it;
    ``open`` (ends only) means that there is none yet.

    >>> PartialDate.parse("2022-01").earliest
    datetime.date(2022, 1, 1)
    >>> PartialDate.parse("2022-01").latest
    datetime.date(2022, 1, 31)
    >>> str(PartialDate.parse("2022-01"))
    '2022-01'

    It is no dataclass, because msgspec reads a dataclass as a mapping of its
    fields and would never ask how to read this one from text.
    """

    __slots__ = ("text",)
    text: str

    def __init__(self, text: str) -> None:
        """Keep the text as it is; :meth:`parse` checks it."""
        object.__setattr__(self, "text", text)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse any change."""
        raise AttributeError(f"a PartialDate does not change: {name} cannot be set to {value!r}")

    def __reduce__(self) -> tuple[type[PartialDate], tuple[str]]:
        """Copy and pickle by the text."""
        return (PartialDate, (self.text,))

    def __eq__(self, other: object) -> bool:
        """Same text: 2022 and 2022-01-01 are not the same statement."""
        return self.text == other.text if isinstance(other, PartialDate) else NotImplemented

    def __hash__(self) -> int:
        """Hash of the text."""
        return hash(self.text)

    def __repr__(self) -> str:
        """As Python would build it."""
        return f"PartialDate(text={self.text!r})"

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, ``unknown`` or ``open``.

        Raises:
            ValueError: if the text is none of these or names no day of the calendar.
        """
        if text in ("unknown", "open"):
            return cls(text)
        match = _PARTIAL.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no date: write YYYY, YYYY-MM, YYYY-MM-DD, unknown or open")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
        try:
            date(year, 1 if month is None else month, 1 if day is None else day)
        except ValueError as error:
            raise ValueError(f"{text!r} is no day of the calendar") from error
        return cls(text)

    @property
    def known(self) -> bool:
        """Whether it names a year at least."""
        return self.text not in ("unknown", "open")

    @property
    def earliest(self) -> date:
        """First day it may mean; for unknown and open, the end of the calendar on that side."""
        if not self.known:
            return date.max if self.text == "open" else date.min
        parts = [int(part) for part in self.text.split("-")]
        return date(*[*parts, 1, 1][:3])

    @property
    def latest(self) -> date:
        """Last day it may mean."""
        if not self.known:
            return date.max
        parts = [int(part) for part in self.text.split("-")]
        if len(parts) == 1:
            return date(parts[0], 12, 31)
        if len(parts) == 2:
            return date(parts[0], parts[1], calendar.monthrange(parts[0], parts[1])[1])
        return date(*parts)

    def on_or_before(self, day: date) -> Truth:
        """Whether this date has come by ``day``; unknown where the precision cannot tell."""
        if self.text == "open":
            return Truth.NO
        if self.latest <= day and self.known:
            return Truth.YES
        return Truth.NO if self.earliest > day else Truth.UNKNOWN

    def __str__(self) -> str:
        """The text as the source gave it."""
        return self.text


UNKNOWN = PartialDate("unknown")
OPEN = PartialDate("open")


@dataclass(frozen=True)
class Interval:
    """When a fact holds: from a first day up to and including a last day.

    >>> term = Interval(PartialDate.parse("2025-10-26"), OPEN)
    >>> term.holds(date(2021, 1, 22))
    <Truth.NO: 'no'>
    >>> Interval(UNKNOWN, OPEN).holds(date(2021, 1, 22))
    <Truth.UNKNOWN: 'unknown'>
    """

    start: PartialDate
    end: PartialDate

    def holds(self, day: date) -> Truth:
        """Whether the fact holds on ``day``."""
        ended = self._ended_before(day)
        return self.start.on_or_before(day) & ~ended

    def _ended_before(self, day: date) -> Truth:
        if self.end.text == "open":
            return Truth.NO
        if not self.end.known:
            return Truth.UNKNOWN
        if self.end.latest < day:
            return Truth.YES
        return Truth.NO if self.end.earliest >= day else Truth.UNKNOWN
