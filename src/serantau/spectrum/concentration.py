"""How concentrated the holding of spectrum is (outcome: a competitive market)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from serantau.base import AsOf, Truth
from serantau.facts.model import is_known, is_valid
from serantau.spectrum.harmonise import SIDES, Holdings
from serantau.spectrum.model import NATIONAL, SpectrumFacts, State, Subscribers
from serantau.spectrum.ranges import width


@dataclass(frozen=True)
class Concentration:
    """Shares of what is known to be held nationwide, or was last reported.

    Attributes:
        member: Id of the member.
        shares: Megahertz of each company, both directions together, the largest first.
        hhi: Herfindahl-Hirschman index, 0 to 10,000: the sum of the squared percentage shares; None of nothing.
        without_amount: Holders of spectrum whose amount is not known: with them the index would be another.
    """

    member: str
    shares: tuple[tuple[str, float], ...]
    hhi: float | None
    without_amount: tuple[str, ...]


def concentration(holdings: Holdings, member: str) -> Concentration:
    """The concentration of a member's spectrum on the day of the question.

    >>> herfindahl([50.0, 50.0])
    5000.0
    """
    amounts: dict[str, float] = defaultdict(float)
    for fact, _ in holdings.ranged(member):
        if fact.state is State.ASSIGNED and fact.area == NATIONAL and fact.lead is not None:
            amounts[fact.group or fact.holder] += width((fact.lead,)) * SIDES.get(fact.duplex, 1)
    unknown = []
    for total, _ in holdings.totals(member):
        if total.total_mhz is None:
            unknown.append(total.group or total.holder)
        elif total.area == NATIONAL:
            amounts[total.group or total.holder] += total.total_mhz
    shares = tuple(sorted(amounts.items(), key=lambda item: (-item[1], item[0])))
    hhi = herfindahl([mhz for _, mhz in shares]) if shares else None
    return Concentration(member, shares, hhi, tuple(sorted(set(unknown))))


@dataclass(frozen=True)
class MarketYear:
    """Subscriptions of a member's operators at the end of a year, as far as they are held.

    Attributes:
        year: The year.
        shares: Subscriptions of each company, the largest first.
        hhi: Herfindahl-Hirschman index of these; of an operator that is not held nothing is in it.
        facts: What it rests on.
    """

    year: int
    shares: tuple[tuple[str, float], ...]
    hhi: float
    facts: tuple[Subscribers, ...]


def market(facts: SpectrumFacts, member: str, asof: AsOf) -> tuple[MarketYear, ...]:
    """Concentration of subscriptions year by year, the oldest first; nothing where no figures are held."""
    years: dict[int, list[Subscribers]] = defaultdict(list)
    for row in facts.subscribers:
        if row.member == member and is_known(row, asof) and is_valid(row, asof) is not Truth.NO:
            years[row.year].append(row)
    found = []
    for year, rows in sorted(years.items()):
        amounts: dict[str, float] = defaultdict(float)
        for row in rows:
            amounts[row.group or row.operator] += row.number
        shares = tuple(sorted(amounts.items(), key=lambda item: (-item[1], item[0])))
        found.append(MarketYear(year, shares, herfindahl([number for _, number in shares]), tuple(rows)))
    return tuple(found)


def herfindahl(amounts: list[float]) -> float:
    """Sum of the squared shares in per cent (US DOJ and FTC Merger Guidelines)."""
    whole = sum(amounts)
    return round(sum((100 * amount / whole) ** 2 for amount in amounts), 6)
