"""The public figures of a month: how many reports were accepted, by member and kind of harm, by type of thing; losses.

A report counts in the month in which it was accepted, so that a month is complete when it is over and is published
once: figures that changed afterwards could be told apart by subtraction over time. No figure needs anything that
:mod:`~serantau.defend.scams.retention` deletes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from serantau.defend.scams.model import Harm, Thing
from serantau.defend.scams.suppression import SMALL, TOTAL, Table, full_table, is_small, publishable

DOMINANCE = Decimal("0.2")
"""A sum of losses is published only if what all but the two largest lost is at least this share of the largest loss
(the p per cent rule): then not even the second can work out the largest closely."""

DIGITS = 2
"""Significant digits of a published sum."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What of an accepted report is counted.

    Attributes:
        harm: The kind of harm.
        member: Where it happened.
        things: Types of what was reported.
        amount: What was lost, above 0; None where nothing was said.
        currency: ISO 4217 code of the amount; empty without one.
    """

    harm: Harm
    member: str
    things: frozenset[Thing]
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Month:
    """The figures of one month; a number that is withheld is None.

    Attributes:
        month: ``2026-11``.
        table: Reports by member (rows) and kind of harm (columns), with all sums.
        things: Reports that name a thing of each type.
        losses: What was lost, by currency, rounded; currencies whose sum is withheld are left out.
    """

    month: str
    table: Table
    things: Mapping[Thing, int | None]
    losses: Mapping[str, Decimal]

    @property
    def total(self) -> int | None:
        """All reports of the month."""
        return self.table.cells[TOTAL, TOTAL]


def figures(month: str, reports: Iterable[Counted], members: Sequence[str]) -> Month:
    """The figures of a month, ready to be published.

    Args:
        month: ``2026-11``.
        reports: What was accepted in it.
        members: Every member, also those without a report.
    """
    held = list(reports)
    rows = sorted({*members, *(one.member for one in held)})
    counts = Counter((one.member, one.harm.value) for one in held)
    table = publishable(full_table(rows, [harm.value for harm in Harm], counts))
    whole = None if table.cells[TOTAL, TOTAL] is None else len(held)
    return Month(month, table, {thing: _of_type(thing, held, whole) for thing in Thing}, _losses(held, whole))


def _of_type(thing: Thing, held: Sequence[Counted], whole: int | None) -> int | None:
    """Reports that name such a thing; withheld if these, or all others, are few."""
    count = sum(thing in one.things for one in held)
    rest = len(held) - count
    return None if whole is None or is_small(count) or is_small(rest) else count


def _losses(held: Sequence[Counted], whole: int | None) -> dict[str, Decimal]:
    if whole is None:
        return {}
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for one in held:
        if one.amount is not None and one.currency:
            amounts[one.currency].append(one.amount)
    return {currency: rounded(sum(found)) for currency, found in sorted(amounts.items()) if _is_mixed(found)}


def _is_mixed(amounts: Sequence[Decimal]) -> bool:
    """Whether a sum says nothing about one of its parts."""
    first, second, *others = (*sorted(amounts, reverse=True), Decimal(0), Decimal(0))
    return len(amounts) >= SMALL and first > 0 and sum(others) >= DOMINANCE * first and second > 0


def rounded(amount: Decimal | int) -> Decimal:
    """An amount to two significant digits, written without an exponent.

    >>> rounded(Decimal("123456.70")), rounded(Decimal("0"))
    (Decimal('120000'), Decimal('0'))
    """
    value = Decimal(amount)
    if not value:
        return Decimal(0)
    step = Decimal(1).scaleb(value.adjusted() - DIGITS + 1)
    return Decimal(f"{value.quantize(step):f}")
