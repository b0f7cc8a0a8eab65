"""What several rooms' facts say alike: a year, an amount of money, and what shows that something is so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from serantau.facts.model import Text

Year = Annotated[int, msgspec.Meta(ge=1950, le=2100)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e15)]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s<>\"]{3,}$", max_length=1000)]
Digest = Annotated[str, msgspec.Meta(pattern="^sha256:[0-9a-f]{64}$")]

Flaw = tuple[str, str, str]
"""Field, what is wrong, what to do."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows that something was done: an address, or a file handed to the secretariat.

    Attributes:
        title: What it is.
        address: Public address.
        file: Digest of a file that is attached to the submission.
    """

    title: Text
    address: Address | None = None
    file: Digest | None = None


class Funding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money for something; an amount that is not known is left out, never written as 0.

    Attributes:
        funder: Who pays.
        amount: How much, in whole units of the currency.
        currency: ISO 4217 code.
    """

    funder: Text
    amount: Amount | None = None
    currency: Currency | None = None


def evidence_flaws(evidence: Iterable[Evidence]) -> list[Flaw]:
    """What is wrong with pieces of evidence: each names an address or a file, and one of them only."""
    found: list[Flaw] = []
    for one in evidence:
        if (one.address is None) is (one.file is None):
            named = "both an address and a file" if one.address else "neither an address nor a file"
            found.append(("evidence", f"the evidence {one.title!r} names {named}.", "Name one."))
    return found


def funding_flaws(funding: Iterable[Funding]) -> list[Flaw]:
    """What is wrong with sums of money: an amount has a currency."""
    bare = [one.funder for one in funding if one.amount is not None and one.currency is None]
    return [("funding", f"the amount of {name!r} has no currency.", "Write its ISO 4217 code.") for name in bare]


__all__ = [
    "Address",
    "Amount",
    "Currency",
    "Digest",
    "Evidence",
    "Flaw",
    "Funding",
    "Year",
    "evidence_flaws",
    "funding_flaws",
]
