"""Which megahertz the same radio can use everywhere.

Every amount is a triple, because what is not known is not no:

* ``lower``: held nationwide, known to hold on the day, with its range;
* ``reported``: the same, if what was last reported still holds;
* ``upper``: nothing that we know rules it out. It is unconstrained where holdings may be missing.

Frequencies of a band are compared by its *lead* range (the uplink; for TDD the
one range; for supplemental downlink the downlink). Two holdings are for the
same radio only if duplex and spacing agree: the same megahertz used FDD here
and TDD there are common to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate

from serantau.base import AsOf, Truth
from serantau.facts.model import is_known, is_valid
from serantau.spectrum.model import (
    NATIONAL,
    Band,
    Duplex,
    Held,
    Holding,
    SpectrumFacts,
    Split,
    State,
    Total,
    holdings_at,
)
from serantau.spectrum.ranges import DECIMALS, Range, Ranges, difference, intersection, union, width

SIDES: Mapping[Duplex, int] = {Duplex.FDD: 2, Duplex.TDD: 1, Duplex.SDL: 1, Duplex.SUL: 1}
"""How often a megahertz of the lead range counts: a pair of FDD is two."""


@dataclass(frozen=True)
class Radio:
    """What one radio tunes to: lead ranges of one duplex and spacing, from one band or several.

    Attributes:
        name: The band, or the bands joined by ``+``.
        duplex: FDD, TDD or a single direction.
        spacing_mhz: Downlink minus uplink; None for a single direction.
        lead: Where it tunes.
    """

    name: str
    duplex: Duplex
    spacing_mhz: float | None
    lead: Ranges

    @property
    def sides(self) -> int:
        """How often a megahertz of the lead range counts."""
        return SIDES.get(self.duplex, 1)

    def taken_by(self, holding: Holding) -> Ranges:
        """The lead frequencies of this radio that a holding occupies in either direction."""
        shift = self.spacing_mhz or 0.0
        below = union(part.shifted(-shift) for part in holding.occupied) if shift else ()
        return intersection(self.lead, union((*holding.occupied, *below)))

    def serves(self, holding: Holding) -> bool:
        """Whether the holding is used with the same duplex and spacing."""
        return holding.duplex is self.duplex and holding.spacing_mhz == self.spacing_mhz


@dataclass(frozen=True)
class Amount:
    """Megahertz, both directions of a pair together: at least, as last reported, at most."""

    lower: float
    reported: float
    upper: float

    @property
    def exact(self) -> bool:
        """Whether everything is known."""
        return self.lower == self.upper


@dataclass(frozen=True)
class Use:
    """What one member uses of a radio's frequencies.

    Attributes:
        member: Id of the member.
        radio: The radio.
        known: Lead ranges that surely hold, nationwide.
        reported: The same, if what was last reported still holds.
        possible: Lead ranges that nothing rules out.
        amount: Megahertz usable, with the amounts whose ranges are not known.
        open_questions: What would have to be known to make it exact.
    """

    member: str
    radio: Radio
    known: Ranges
    reported: Ranges
    possible: Ranges
    amount: Amount
    open_questions: tuple[str, ...]


@dataclass(frozen=True)
class Common:
    """What several members have in common for a radio.

    Attributes:
        radio: The radio.
        known: Lead ranges common to all, surely.
        reported: Lead ranges common to all, as last reported.
        possible: Lead ranges that may be common to all.
        amount: Megahertz common to all.
        uses: The members one by one.
        narrowing: For each member whose data are open, how far the upper bound could fall if they were known, MHz.
    """

    radio: Radio
    known: Ranges
    reported: Ranges
    possible: Ranges
    amount: Amount
    uses: tuple[Use, ...]
    narrowing: Mapping[str, float]


def radio_of(band: Band) -> Radio:
    """A radio for one band."""
    assert band.lead is not None  # the loader refuses a band without ranges
    return Radio(band.id, band.duplex, band.spacing_mhz, (band.lead,))


def radios_of(bands: Iterable[Band]) -> tuple[Radio, ...]:
    """One radio for each duplex and spacing, so that a megahertz in two bands counts once."""
    groups: dict[tuple[Duplex, float | None], list[Band]] = {}
    for band in bands:
        groups.setdefault((band.duplex, band.spacing_mhz), []).append(band)
    made = []
    for (duplex, spacing), members in groups.items():
        lead = union(band.lead for band in members if band.lead is not None)
        made.append(Radio("+".join(band.id for band in members), duplex, spacing, lead))
    return tuple(made)


class Holdings:
    """What the members hold on one day, looked up once for any number of radios."""

    def __init__(self, facts: SpectrumFacts, members: Sequence[str], asof: AsOf) -> None:
        """Sort the holdings of the day by member.

        Args:
            facts: The region's spectrum facts.
            members: Ids of the members asked about.
            asof: The two times of the question.
        """
        self.members = tuple(members)
        self.asof = asof
        self._held: dict[str, list[Held]] = {member: [] for member in members}
        for one in holdings_at(facts, asof):
            if one.fact.member in self._held:
                self._held[one.fact.member].append(one)
        lead = {band.id: band.lead for band in facts.bands}
        self._complete: dict[str, list[Range]] = {member: [] for member in members}
        for fact in facts.complete:
            said = fact.member in self._complete and is_known(fact, asof) and is_valid(fact, asof) is Truth.YES
            if said and (found := lead.get(fact.band)):
                self._complete[fact.member].append(found)

    def ranged(self, member: str) -> tuple[tuple[Holding, Truth], ...]:
        """The holdings of a member that hold or may hold on the day."""
        return tuple((one.fact, one.holds) for one in self._held[member] if isinstance(one.fact, Holding))

    def totals(self, member: str) -> tuple[tuple[Total, Truth], ...]:
        """The amounts without ranges of a member that hold or may hold on the day."""
        return tuple((one.fact, one.holds) for one in self._held[member] if isinstance(one.fact, Total))

    def use(self, member: str, radio: Radio) -> Use:
        """What a member uses of a radio's frequencies."""
        complete = not difference(radio.lead, union(self._complete[member]))
        return _use(member, radio, self._held[member], complete=complete)

    def common(self, radio: Radio) -> Common:
        """What all of the members have in common for a radio."""
        uses = tuple(self.use(member, radio) for member in self.members)
        known = _shared(use.known for use in uses)
        reported = _shared(use.reported for use in uses)
        possible = _shared(use.possible for use in uses)
        amount = Amount(*(width(part) * radio.sides for part in (known, reported, possible)))
        narrowing = _narrowing(uses, amount)
        return Common(radio, known, reported, possible, amount, uses, narrowing)


def _use(member: str, radio: Radio, held: Sequence[Held], *, complete: bool) -> Use:
    ranged = [(one.fact, one.holds) for one in held if isinstance(one.fact, Holding)]
    totals = [(one.fact, one.holds) for one in held if isinstance(one.fact, Total)]
    serving = [(fact, holds) for fact, holds in ranged if fact.state is State.ASSIGNED and radio.serves(fact)]
    national = [(fact, holds) for fact, holds in serving if fact.area == NATIONAL]
    known = _lead(radio, [fact for fact, holds in national if holds is Truth.YES])
    reported = _lead(radio, [fact for fact, _ in national])
    mine = {fact.id for fact, _ in serving}
    ruled_out = union(
        part
        for fact, holds in ranged
        if holds is Truth.YES and fact.area == NATIONAL and fact.id not in mine
        for part in radio.taken_by(fact)
    )
    possible = union((*reported, *_lead(radio, [fact for fact, _ in serving]))) if complete else radio.lead
    possible = difference(possible, difference(ruled_out, known))
    amount = _amount(radio, known, reported, possible, serving, totals)
    return Use(member, radio, known, reported, possible, amount, _open(radio, ranged, totals, complete=complete))


def _lead(radio: Radio, holdings: Iterable[Holding]) -> Ranges:
    return intersection(radio.lead, union(holding.lead for holding in holdings if holding.lead is not None))


def _shared(sets: Iterable[Ranges]) -> Ranges:
    return reduce(intersection, sets)


def _amount(
    radio: Radio,
    known: Ranges,
    reported: Ranges,
    possible: Ranges,
    serving: Sequence[tuple[Holding, Truth]],
    totals: Sequence[tuple[Total, Truth]],
) -> Amount:
    """Ranges, and on top the amounts of other holders that surely lie in this radio's band."""
    upper = width(possible) * radio.sides
    with_ranges = {fact.holder for fact, _ in serving}
    surely = reported_more = 0.0
    names = set(radio.name.split("+"))
    for total, holds in totals:
        inside = set(total.band_ids) <= names if total.split is Split.TOGETHER else total.band_ids[0] in names
        one_band = len(total.band_ids) == 1 or set(total.band_ids) <= names
        same = total.duplex in {radio.duplex, None}
        if total.total_mhz is None or total.holder in with_ranges or not (inside and one_band and same):
            continue
        if total.area == NATIONAL:
            reported_more += total.total_mhz
            surely += total.total_mhz if holds is Truth.YES else 0.0
    lower = min(width(known) * radio.sides + surely, upper)
    return Amount(lower, max(lower, min(width(reported) * radio.sides + reported_more, upper)), upper)


def _open(
    radio: Radio,
    ranged: Sequence[tuple[Holding, Truth]],
    totals: Sequence[tuple[Total, Truth]],
    *,
    complete: bool,
) -> tuple[str, ...]:
    """What is not known of a member's use."""
    found: list[str] = [] if complete else ["no source says that the list of holdings in this band is complete"]
    for fact, holds in ranged:
        inside = bool(radio.taken_by(fact))
        if inside and holds is Truth.UNKNOWN:
            edge = "begins" if not fact.valid_from.known else "ends"
            found.append(f"{fact.holder or fact.state.value}, {fact.lead} MHz: not known when it {edge}")
        if inside and fact.area != NATIONAL:
            found.append(f"{fact.holder}, {fact.lead} MHz: only in {fact.area}")
    names = set(radio.name.split("+"))
    for total, _ in totals:
        if names & set(total.band_ids):
            amount = "an unknown amount" if total.total_mhz is None else f"{total.total_mhz:g} MHz"
            found.append(f"{total.holder}: {amount} in {total.bands}, range not known")
    # Two sources of one band say the same of one holder.
    return tuple(dict.fromkeys(found))


def _narrowing(uses: Sequence[Use], amount: Amount) -> dict[str, float]:
    """How far the upper bound would fall if a member's open frequencies turned out not to be usable."""
    all_of_it = uses[0].radio.lead
    before = list(accumulate((use.possible for use in uses), intersection, initial=all_of_it))
    after = list(accumulate((use.possible for use in reversed(uses)), intersection, initial=all_of_it))[::-1]
    found = {}
    for place, use in enumerate(uses):
        if use.known != use.possible:
            others = intersection(before[place], after[place + 1])
            left = width(intersection(others, use.known)) * use.radio.sides
            found[use.member] = round(amount.upper - left, DECIMALS)
    return found
