"""Bands, holdings and policies: the facts of this room.

Frequencies are in MHz. A range is half open: 703 to 713 and 713 to 723 touch
and do not overlap. For TDD uplink and downlink name the same range.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import AsOf, Truth
from serantau.facts import Fact
from serantau.facts.model import Identifier, Text, is_known, is_valid
from serantau.spectrum.limits import Agreement, ClutterClass, Limit, Refractivity
from serantau.spectrum.ranges import DECIMALS, Range, Ranges, union

FOLDER = "spectrum"
NATIONAL = "national"

Megahertz = Annotated[float, msgspec.Meta(gt=0.0, le=300_000.0)]
Money = Annotated[float, msgspec.Meta(gt=0.0, le=1e18)]
Year = Annotated[int, msgspec.Meta(ge=1980, le=2100)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]


class Duplex(Enum):
    """How a band tells the two directions apart."""

    FDD = "FDD"
    TDD = "TDD"
    SDL = "SDL"
    SUL = "SUL"
    MIXED = "FDD+TDD"


class State(Enum):
    """What a range is, where the source says it."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"


class Split(Enum):
    """How an amount lies over several bands: in each of them, or in one and the source does not say which."""

    TOGETHER = "together"
    ONE_OF = "one-of"


class Dimension(Enum):
    """What a policy record is about: the fifteen dimensions in which members are compared."""

    RELEASED = "released"
    AWARD = "award"
    LICENCE = "licence"
    COVERAGE = "coverage"
    NETWORK_MODEL = "network-model"
    SHARING = "sharing"
    SITE_PERMITS = "site-permits"
    EMF = "emf"
    BACKHAUL = "backhaul"
    PRIVATE = "private"
    SECURITY = "security"
    LEGACY = "legacy"
    SATELLITE = "satellite"
    BORDER = "border"
    OUTCOMES = "outcomes"


class Ranged(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact with the edges of two directions.

    Attributes:
        duplex: How the two directions are told apart: FDD by frequency, TDD by time; SDL and SUL have one direction.
        uplink_low_mhz: Lower edge of the direction from the device to the base station, MHz; for TDD that of the range.
        uplink_high_mhz: Upper edge of the direction from the device to the base station, MHz.
        downlink_low_mhz: Lower edge of the direction from the base station to the device, MHz; for TDD the same as uplink.
        downlink_high_mhz: Upper edge of the direction from the base station to the device, MHz.
    """

    duplex: Duplex
    uplink_low_mhz: Megahertz | None = None
    uplink_high_mhz: Megahertz | None = None
    downlink_low_mhz: Megahertz | None = None
    downlink_high_mhz: Megahertz | None = None

    @property
    def uplink(self) -> Range | None:
        """From the device to the base station; None where the band has none."""
        return _range(self.uplink_low_mhz, self.uplink_high_mhz)

    @property
    def downlink(self) -> Range | None:
        """From the base station to the device; None where the band has none."""
        return _range(self.downlink_low_mhz, self.downlink_high_mhz)

    @property
    def lead(self) -> Range | None:
        """The range that names the place: the uplink, or the downlink where there is no uplink."""
        return self.uplink or self.downlink

    @property
    def occupied(self) -> Ranges:
        """Every frequency taken, in either direction."""
        return union(part for part in (self.uplink, self.downlink) if part is not None)

    @property
    def spacing_mhz(self) -> float | None:
        """Downlink minus uplink; 0 for TDD, None for a single direction."""
        up, down = self.uplink, self.downlink
        return None if up is None or down is None else round(down.low - up.low, DECIMALS)


class Band(Ranged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A band as 3GPP numbers it: ``n78``, or ``B42`` where only LTE has the number."""

    id: Identifier

    def covers(self, other: Band) -> bool:
        """Whether a radio for this band works in all of the other: same duplex and spacing, and no edge outside."""
        if self.duplex is not other.duplex or self.spacing_mhz != other.spacing_mhz:
            return False
        mine, theirs = self.lead, other.lead
        return mine is not None and theirs is not None and mine.contains(theirs)


class Holding(Ranged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A range that somebody may use, or that nobody holds.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        band: Id of the band that the range lies in.
        state: Assigned, or left unassigned.
        holder: Who may use it, as the source writes it; none where unassigned.
        group: The company that the holder belongs to today, where it bears another name.
        technology: What for, as the source says.
        area: ``national``, or the name of the zone or region.
        price: What was paid, as the source says.
    """

    id: Identifier
    member: Identifier
    band: Identifier
    state: State
    area: Text
    holder: str = ""
    group: str = ""
    technology: str = ""
    price: str = ""


class Total(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of spectrum whose range is not known, or a band that is used to an amount that is not known.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        bands: Ids of bands, separated by blanks.
        split: Whether the amount lies in all of the bands or in one.
        holder: Who may use it.
        group: The company that the holder belongs to today, where it bears another name.
        total_mhz: Both directions together; None where not known.
        duplex: FDD, TDD or both; None where not known.
        technology: What for.
        area: ``national``, or the name of the zone or region.
        price: What was paid.
    """

    id: Identifier
    member: Identifier
    bands: Text
    split: Split
    holder: Text
    area: Text
    total_mhz: Megahertz | None = None
    duplex: Duplex | None = None
    group: str = ""
    technology: str = ""
    price: str = ""

    @property
    def band_ids(self) -> tuple[str, ...]:
        """The bands one by one."""
        return tuple(self.bands.split())


class Complete(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the holdings kept of a member in a band are all that there are: without it, more may exist."""

    id: Identifier
    member: Identifier
    band: Identifier


class Policy(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member does in one dimension of 5G and telecommunications policy.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        dimension: Which of the fifteen dimensions.
        topic: What exactly, in a few words; the same words for every member, so that they can be compared.
        value: The value as the source gives it.
        number: The value as a number, where it is one.
        unit: Unit of the number.
    """

    id: Identifier
    member: Identifier
    dimension: Dimension
    topic: Text
    value: Text
    number: float | None = None
    unit: str = ""


class Award(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was paid for spectrum.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        band: Id of the band.
        title: What was awarded.
        year: Year of the award; its exchange rate and population are used.
        total_mhz: Both directions together.
        upfront: Paid once, in the currency.
        annual: Paid each year of the term on top; None where there is none or none is known.
        years: Term; None where not known.
        currency: ISO 4217.
    """

    id: Identifier
    member: Identifier
    band: Identifier
    title: Text
    year: Year
    total_mhz: Megahertz
    upfront: Money
    currency: Currency
    annual: Money | None = None
    years: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class Rate(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of a currency for one US dollar in a year."""

    id: Identifier
    currency: Currency
    year: Year
    per_usd: Money


class Population(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People of a member in a year."""

    id: Identifier
    member: Identifier
    year: Year
    people: Money


class Subscribers(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many subscriptions an operator has at the end of a year.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        operator: Who has them, as the source writes it.
        year: At the end of which year.
        number: How many mobile subscriptions.
        group: The company that the operator belongs to, where it bears another name.
    """

    id: Identifier
    member: Identifier
    operator: Text
    year: Year
    number: Money
    group: str = ""


class Test(Enum):
    """How a criterion is met: the number is at least, or at most, the threshold; or a record stands at all."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXISTS = "exists"


class Criterion(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as good practice in one topic; the threshold has a source, or is ours and says so.

    Attributes:
        id: Permanent identifier.
        dimension: The dimension.
        topic: The topic of the policy records that it reads.
        title: What is recommended, as one sentence that begins with a verb.
        test: How it is met.
        threshold: The number; none where a record is enough.
        unit: Unit that the records must have.
        basis: Where the threshold comes from; begins with ``Ours:`` where no source sets it.
    """

    id: Identifier
    dimension: Dimension
    topic: Text
    title: Text
    test: Test
    basis: Text
    threshold: float | None = None
    unit: str = ""


class SpectrumFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything this room knows of a region."""

    bands: tuple[Band, ...] = ()
    holdings: tuple[Holding, ...] = ()
    totals: tuple[Total, ...] = ()
    complete: tuple[Complete, ...] = ()
    policies: tuple[Policy, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    awards: tuple[Award, ...] = ()
    rates: tuple[Rate, ...] = ()
    populations: tuple[Population, ...] = ()
    limits: tuple[Limit, ...] = ()
    refractivity: tuple[Refractivity, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    clutter: tuple[ClutterClass, ...] = ()
    subscribers: tuple[Subscribers, ...] = ()

    def band(self, band_id: str) -> Band | None:
        """The band of that id."""
        return next((band for band in self.bands if band.id == band_id), None)


def agreement_between(facts: SpectrumFacts, one: str, two: str, asof: AsOf) -> Agreement | None:
    """The agreement of two members that surely holds on the day; the newest, if there are several."""
    found = [
        held
        for held in facts.agreements
        if {one, two} <= held.members and is_known(held, asof) and is_valid(held, asof) is Truth.YES
    ]
    return max(found, key=lambda held: (held.valid_from.latest, held.id), default=None)


class Held(msgspec.Struct, frozen=True):
    """A fact, and whether it holds on the day of the question."""

    fact: Holding | Total
    holds: Truth


def holdings_at(facts: SpectrumFacts, asof: AsOf) -> tuple[Held, ...]:
    """Holdings and totals known by then that hold on the day, or may hold."""
    found: list[Held] = []
    facts_of_both: tuple[Holding | Total, ...] = (*facts.holdings, *facts.totals)
    for fact in facts_of_both:
        holds = is_valid(fact, asof) if is_known(fact, asof) else Truth.NO
        if holds is not Truth.NO:
            found.append(Held(fact, holds))
    return tuple(found)


def _range(low: float | None, high: float | None) -> Range | None:
    return None if low is None or high is None else Range(low, high)
