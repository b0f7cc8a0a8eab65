"""The keys that every fact has, and the sources that facts name."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import AsOf, Interval, PartialDate, SerantauError, Truth

RECALLED = "recalled"
"""The one source that is no document; allowed with grade ``memory`` only."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9])?$")]


class FactError(SerantauError):
    """A bundle of facts does not load; carries every problem found."""


class Grade(Enum):
    """How well a fact is supported.

    ``primary``: the text, or the publisher's own table, was read.
    ``secondary``: a serious summary or a republication was read.
    ``weak``: a press report, or a source that contradicts itself.
    ``memory``: recalled and not verified.
    """

    PRIMARY = "primary"
    SECONDARY = "secondary"
    WEAK = "weak"
    MEMORY = "memory"


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document or table that facts name as their source.

    Attributes:
        id: Permanent identifier.
        title: What it is called.
        organisation: Who publishes it; ``unknown`` is honest.
        address: Public address, or ``none``.
        licence: Terms of the figures or the text, or ``unknown``.
        redistributable: Whether rows from it may be kept in this bundle.
        published: The edition of the source that was read, or ``unknown``.
    """

    id: Identifier
    title: Text
    organisation: Text
    address: Text
    licence: Text
    redistributable: bool
    published: PartialDate
    note: str = ""


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every record that claims something must carry.

    Attributes:
        source: Id of a source of the bundle, or ``recalled``.
        grade: How well the source supports it.
        known: Day on which the bundle had it.
        withdrawn: Day from which the bundle no longer claims it; None while it does. What was known before stays so.
    """

    source: Identifier
    grade: Grade
    known: PartialDate
    note: str = ""
    withdrawn: PartialDate | None = None


class Fact(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every fact: its source, grade, validity and known-date are mandatory keys.

    Attributes:
        valid_from: First day on which it holds; ``unknown`` is honest.
        valid_to: Last day on which it holds; ``open`` while there is none.
    """

    valid_from: PartialDate
    valid_to: PartialDate


def is_known(fact: Sourced, asof: AsOf) -> bool:
    """Whether the bundle had the fact by the known-date of the question, and had not withdrawn it."""
    if fact.withdrawn is not None and fact.withdrawn.on_or_before(asof.known) is not Truth.NO:
        return False
    return fact.known.on_or_before(asof.known) is Truth.YES


def is_valid(fact: Fact, asof: AsOf) -> Truth:
    """Whether the fact holds on the day of the question; unknown dates yield unknown."""
    return Interval(fact.valid_from, fact.valid_to).holds(asof.valid)
