"""The two times of every question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class AsOf:
    """When the answer is to hold, and with which knowledge.

    Attributes:
        valid: The day in the world that the question is about.
        known: The last day whose knowledge may be used; ``date.max`` is the newest edition.

    >>> AsOf(date(2021, 1, 22)).known
    datetime.date(9999, 12, 31)
    """

    valid: date
    known: date = date.max

    def __post_init__(self) -> None:
        """Refuse anything but plain dates: a datetime compares wrongly."""
        if type(self.valid) is not date or type(self.known) is not date:
            raise TypeError("AsOf takes two dates (not datetimes, not text)")
