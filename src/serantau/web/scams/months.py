"""Published months as pages and files show them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serantau.defend.scams import Harm, Thing
from serantau.defend.scams.suppression import SMALL, TOTAL
from serantau.web.scams.models import PublishedMonth

HEADER = ("month", "breakdown", "member", "name", "value")
MOST = 60
"""Months that a page lists."""


@dataclass(frozen=True)
class Shown:
    """A published month.

    Attributes:
        month: ``2026-11``.
        members: Codes, in the order of the rows; the last row holds the sums.
        harms: Kinds of harm, in the order of the columns; the last column holds the sums.
        counts: Reports; None where a number is withheld.
        things: Reports that name a thing of a type.
        losses: Sums by currency, as text.
    """

    month: str
    members: tuple[str, ...]
    harms: tuple[Harm, ...]
    counts: tuple[tuple[int | None, ...], ...]
    things: Mapping[Thing, int | None]
    losses: Mapping[str, str]

    @property
    def total(self) -> int | None:
        """All reports of the month."""
        return self.counts[-1][-1]


def shown(row: PublishedMonth) -> Shown:
    """A month as it was published."""
    body: dict[str, Any] = row.body
    return Shown(
        row.month,
        tuple(body["members"]),
        tuple(Harm(name) for name in body["harms"]),
        tuple(tuple(line) for line in body["counts"]),
        {Thing(name): count for name, count in body["things"].items()},
        body["losses"],
    )


def published() -> list[Shown]:
    """The latest months, the latest first."""
    return [shown(row) for row in PublishedMonth.objects.all()[:MOST]]


def rows(months: Sequence[Shown]) -> list[dict[str, str | int | None]]:
    """Every figure, one a row; a value that is withheld is None."""
    found: list[tuple[str, str, str, str, str | int | None]] = []
    for one in months:
        for member, line in zip((*one.members, TOTAL), one.counts, strict=True):
            names = (*(harm.value for harm in one.harms), "all")
            found += [(one.month, "reports", member, name, count) for name, count in zip(names, line, strict=True)]
        found += [(one.month, "reports by type", "", thing.value, count) for thing, count in one.things.items()]
        found += [(one.month, "losses", "", currency, amount) for currency, amount in one.losses.items()]
    return [dict(zip(HEADER, row, strict=True)) for row in found]


def as_csv(months: Sequence[Shown]) -> str:
    """The figures as CSV (RFC 4180); an empty value is withheld."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(rows(months))
    return out.getvalue()


def as_plain(months: Sequence[Shown]) -> dict[str, object]:
    """The figures for programs."""
    return {
        "withheld": f"A value is null where it, or what would follow from it by subtraction, is from 1 to {SMALL - 1}.",
        "rows": rows(months),
    }
