"""Revisions: the same question asked with the knowledge of two days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from serantau.measure.errors import MeasureError

if TYPE_CHECKING:
    from _typeshed import SupportsRichComparison

Key = TypeVar("Key", bound="SupportsRichComparison")


class Kind(Enum):
    """What happened to an answer between the two days."""

    ADDED = "added"
    REMOVED = "removed"
    REVISED = "revised"
    REFLAGGED = "flags changed"


@dataclass(frozen=True)
class Answer:
    """A figure or a score as it was known.

    Attributes:
        value: The number, or None where it was not known.
        flags: Its flags, in any order.
    """

    value: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Revision(Generic[Key]):
    """One answer that differs.

    Attributes:
        key: What the question was about, for example (indicator, member, year).
        kind: What happened.
        before: The earlier answer, or None where there was none.
        after: The later answer, or None where there is none.
        absolute: Later minus earlier value; None unless both are known.
        relative: Absolute change over the size of the earlier value; None from zero.
    """

    key: Key
    kind: Kind
    before: Answer | None
    after: Answer | None
    absolute: float | None
    relative: float | None


@dataclass(frozen=True)
class Revisions(Generic[Key]):
    """All differences between two answers.

    Attributes:
        rows: One for each key that differs, in the order of the keys.
        unchanged: Number of keys whose answer is the same.
    """

    rows: tuple[Revision[Key], ...]
    unchanged: int


def revisions(before: Mapping[Key, Answer], after: Mapping[Key, Answer]) -> Revisions[Key]:
    """Compare the answers to one question on two known-dates.

    A value that was not known before and is now counts as added; the reverse as removed.

    Args:
        before: Answers with the earlier knowledge.
        after: Answers with the later knowledge.

    Raises:
        MeasureError: If a value is not a finite number.

    >>> old = {("speed", 2020): Answer(10.0), ("speed", 2021): Answer(12.0, ("estimated",))}
    >>> new = {("speed", 2020): Answer(10.0), ("speed", 2021): Answer(9.0), ("speed", 2022): Answer(14.0)}
    >>> found = revisions(old, new)
    >>> [(row.key[1], row.kind.value, row.absolute, row.relative) for row in found.rows], found.unchanged
    ([(2021, 'revised', -3.0, -0.25), (2022, 'added', None, None)], 1)
    """
    rows = []
    keys = sorted({*before, *after})
    for key in keys:
        row = _compare(key, before.get(key), after.get(key))
        if row is not None:
            rows.append(row)
    return Revisions(tuple(rows), len(keys) - len(rows))


def _compare(key: Key, before: Answer | None, after: Answer | None) -> Revision[Key] | None:
    old, new = _number(key, before), _number(key, after)
    if old is None and new is None:
        return None
    if old is None:
        return Revision(key, Kind.ADDED, before, after, None, None)
    if new is None:
        return Revision(key, Kind.REMOVED, before, after, None, None)
    absolute = new - old
    relative = absolute / abs(old) if old else None
    if absolute:
        return Revision(key, Kind.REVISED, before, after, absolute, relative)
    same = before is not None and after is not None and set(before.flags) == set(after.flags)
    return None if same else Revision(key, Kind.REFLAGGED, before, after, absolute, relative)


def _number(key: object, answer: Answer | None) -> float | None:
    """The value of an answer, None where it was not known."""
    if answer is None or answer.value is None:
        return None
    if not math.isfinite(answer.value):
        raise MeasureError(f"{key}: the value {answer.value} is not a number. Write an unknown value as none.")
    return answer.value
