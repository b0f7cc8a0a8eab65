"""What jobs there are: their names, their functions, how often they are tried, when they recur."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from serantau.base import SerantauError

Arguments: TypeAlias = Mapping[str, "str | int"]
Function: TypeAlias = Callable[[Arguments, datetime], None]

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)


class Failed(SerantauError):  # noqa: N818 - what the job says, in the words of the job
    """A job that cannot succeed however often it is tried; it goes to the dead letters at once."""


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes:
        name: ``room.verb``.
        function: Called with the arguments and the time. It may be called again after a crash, so it must not mind.
        attempts: How often it is tried before it is a dead letter.
        every: How often it recurs, in seconds; 0 if it does not.
    """

    name: str
    function: Function
    attempts: int
    every: int


_KINDS: dict[str, Kind] = {}


def job(name: str, *, attempts: int = 6, every: int = 0) -> Callable[[Function], Function]:
    """Enter a function as a kind of job."""

    def enter(function: Function) -> Function:
        held = _KINDS.get(name)
        if held is not None and held.function is not function:
            raise TypeError(f"two kinds of job are called {name}")
        _KINDS[name] = Kind(name, function, attempts, every)
        return function

    return enter


def kind(name: str) -> Kind:
    """The kind of a name.

    Raises:
        Failed: if there is none.
    """
    if name not in _KINDS:
        raise Failed(f"There is no job called {name}.")
    return _KINDS[name]


def recurring() -> list[Kind]:
    """The kinds that recur."""
    return [one for one in _KINDS.values() if one.every]


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: ten seconds, then four times as long each time, at most six hours.

    >>> [int(pause(number).total_seconds()) for number in (1, 2, 3, 9)]
    [10, 40, 160, 21600]
    """
    return min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE)


def slot(every: int, now: datetime) -> datetime:
    """The last moment up to now at which a job that recurs was due; the same for every process.

    >>> slot(300, datetime(2026, 1, 1, 12, 7, 30, tzinfo=UTC)).time()
    datetime.time(12, 5)
    """
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % every, UTC)
