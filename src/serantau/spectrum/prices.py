"""What was paid for spectrum, side by side: per head, and per head and year of the licence.

Two columns, because their orders differ: a short licence is cheap per megahertz and dear per year. Both show the
exchange rate and the population they rest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serantau.base import AsOf
from serantau.facts.model import is_known
from serantau.spectrum.model import Award, Population, Rate, SpectrumFacts

DOLLAR = "USD"


@dataclass(frozen=True)
class Price:
    """One award in comparable units; what cannot be computed is None.

    Attributes:
        award: The award.
        rate: The exchange rate used; None for US dollars, or where none is held.
        population: The population used; None where none is held.
        paid: Everything paid over the term, in the currency.
        usd_per_mhz_pop: US dollars for a megahertz and a head.
        usd_per_mhz_pop_year: The same for each year of the term.
        missing: What would have to be known.
    """

    award: Award
    rate: Rate | None
    population: Population | None
    paid: float
    usd_per_mhz_pop: float | None
    usd_per_mhz_pop_year: float | None
    missing: tuple[str, ...]


def prices(facts: SpectrumFacts, asof: AsOf, members: Sequence[str] | None = None) -> tuple[Price, ...]:
    """Every award known by then, the cheapest per megahertz and head first; those that cannot be compared last."""
    found = [
        _price(facts, award)
        for award in facts.awards
        if is_known(award, asof) and award.year <= asof.valid.year and (members is None or award.member in members)
    ]
    return tuple(sorted(found, key=lambda price: (price.usd_per_mhz_pop is None, price.usd_per_mhz_pop or 0.0)))


def _price(facts: SpectrumFacts, award: Award) -> Price:
    rate = next((one for one in facts.rates if (one.currency, one.year) == (award.currency, award.year)), None)
    people = next((one for one in facts.populations if (one.member, one.year) == (award.member, award.year)), None)
    missing = []
    if rate is None and award.currency != DOLLAR:
        missing.append(f"the exchange rate of {award.currency} in {award.year}")
    if people is None:
        missing.append(f"the population in {award.year}")
    if award.years is None:
        missing.append("the term of the licence")
    # Annual fees of an unknown term cannot be added up.
    paid = award.upfront + (award.annual or 0.0) * (award.years or 0)
    per_head = None
    if people is not None and (rate is not None or award.currency == DOLLAR):
        per_head = paid / (rate.per_usd if rate else 1.0) / award.total_mhz / people.people
    per_year = None if per_head is None or award.years is None else per_head / award.years
    return Price(award, rate, people, paid, per_head, per_year, tuple(missing))
