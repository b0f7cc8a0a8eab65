"""Three values, not two: not known is not no."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """A three-valued answer (Kleene's strong logic of indeterminacy, 1938).

    >>> Truth.YES & Truth.UNKNOWN
    <Truth.UNKNOWN: 'unknown'>
    >>> Truth.NO & Truth.UNKNOWN
    <Truth.NO: 'no'>
    >>> Truth.YES | Truth.UNKNOWN
    <Truth.YES: 'yes'>
    >>> ~Truth.UNKNOWN
    <Truth.UNKNOWN: 'unknown'>
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:  # noqa: FBT001 - the Boolean is what is turned, not a switch
        """Turn a Boolean, or None for unknown, into a Truth."""
        if value is None:
            return cls.UNKNOWN
        return cls.YES if value else cls.NO

    def __and__(self, other: Truth) -> Truth:
        """Conjunction: one *no* decides."""
        if Truth.NO in (self, other):
            return Truth.NO
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.YES

    def __or__(self, other: Truth) -> Truth:
        """Disjunction: one *yes* decides."""
        return ~(~self & ~other)

    def __invert__(self) -> Truth:
        """Negation; unknown stays unknown."""
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(self, Truth.UNKNOWN)

    def __bool__(self) -> bool:
        """Refuse to be read as a Boolean: that is how unknown becomes no."""
        raise TypeError("a Truth is not a bool; compare it with Truth.YES, Truth.NO or Truth.UNKNOWN")


def all_of(values: Iterable[Truth]) -> Truth:
    """Conjunction over any number of values; of none it is yes."""
    result = Truth.YES
    for value in values:
        result &= value
    return result
