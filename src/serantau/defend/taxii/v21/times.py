"""Timestamps of STIX and TAXII: RFC 3339 in UTC, compared as whole microseconds, shown as they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from serantau.defend import stix
from serantau.defend.errors import DefendError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


class TimeError(DefendError):
    """A text that is no timestamp of the standard."""

    status = 400


def microseconds(text: str) -> int:
    """A timestamp as microseconds since 1970; digits beyond the sixth are cut.

    >>> microseconds("1970-01-01T00:00:01Z"), microseconds("1970-01-01T00:00:00.5Z")
    (1000000, 500000)

    Raises:
        TimeError: if it is none.
    """
    found = stix.microseconds(text)
    if found is None:
        raise TimeError(f"{text[:60]!r} is no timestamp. Write it in UTC, as 2026-01-31T12:00:00.123456Z.")
    return found


def of_moment(moment: datetime) -> int:
    """A moment as microseconds since 1970."""
    return (moment - EPOCH) // _MICRO


def moment_of(micro: int) -> datetime:
    """Microseconds since 1970 as a moment."""
    return EPOCH + timedelta(microseconds=micro)


def shown(micro: int) -> str:
    """Microseconds since 1970 as TAXII writes them, with six digits (TAXII 2.1, 2).

    >>> shown(1000001)
    '1970-01-01T00:00:01.000001Z'
    """
    return moment_of(micro).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
