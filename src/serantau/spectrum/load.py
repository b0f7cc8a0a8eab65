"""Reads the ``spectrum`` folder of a region and checks what its files say of each other."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TypeVar

from serantau.base import suggest
from serantau.facts import Fact, FactFolder
from serantau.spectrum.limits import Agreement, ClutterClass, Limit, Refractivity
from serantau.spectrum.model import (
    FOLDER,
    NATIONAL,
    Award,
    Band,
    Complete,
    Criterion,
    Duplex,
    Holding,
    Policy,
    Population,
    Ranged,
    Rate,
    SpectrumFacts,
    State,
    Subscribers,
    Test,
    Total,
)
from serantau.spectrum.ranges import intersection

F = TypeVar("F", bound=Fact)


def load_spectrum(folder: FactFolder) -> SpectrumFacts:
    """Load what a region says of spectrum; problems are added to the folder, which then refuses to finish.

    Every file may be missing: ``bands.csv``, ``holdings.csv``, ``totals.csv``, ``complete.csv``, ``policy.csv``,
    ``criteria.csv``, ``awards.csv``, ``rates.csv``, ``populations.csv``, ``limits.csv``, ``refractivity.csv``,
    ``agreements.csv``, ``clutter.csv``,
    ``subscribers.csv``. What members submitted stands beside, in a folder of the table's name.
    """
    facts = SpectrumFacts(
        bands=_table(folder, "bands", Band),
        holdings=_table(folder, "holdings", Holding),
        totals=_table(folder, "totals", Total),
        complete=_table(folder, "complete", Complete),
        policies=_table(folder, "policy", Policy),
        criteria=_table(folder, "criteria", Criterion),
        awards=_table(folder, "awards", Award),
        rates=_table(folder, "rates", Rate),
        populations=_table(folder, "populations", Population),
        limits=_table(folder, "limits", Limit),
        refractivity=_table(folder, "refractivity", Refractivity),
        agreements=_table(folder, "agreements", Agreement),
        clutter=_table(folder, "clutter", ClutterClass),
        subscribers=_table(folder, "subscribers", Subscribers),
    )
    _check_ids(facts, folder)
    for ranged in (*facts.bands, *facts.holdings):
        _check_edges(ranged, folder)
    _check_bands_named(facts, folder)
    for holding in facts.holdings:
        _check_holding(holding, facts, folder)
    for criterion in facts.criteria:
        if (criterion.test is Test.EXISTS) != (criterion.threshold is None):
            folder.report(
                folder.place(criterion), "a threshold goes with `at least` and `at most`, and only there.", ""
            )
    _check_overlaps(facts.holdings, folder)
    return facts


def _table(folder: FactFolder, name: str, kind: type[F]) -> tuple[F, ...]:
    own = f"{FOLDER}/{name}.csv"
    files = [*([own] if folder.content(own) is not None else []), *folder.names(f"{FOLDER}/{name}", ".csv")]
    return tuple(row for file in files for row in folder.table(file, kind).rows)


def _check_ids(facts: SpectrumFacts, folder: FactFolder) -> None:
    for rows in (getattr(facts, name) for name in facts.__struct_fields__):
        seen: dict[str, Fact] = {}
        for row in rows:
            if row.id in seen:
                what = f"the id {row.id!r} stands twice, first at {folder.place(seen[row.id])}."
                folder.report(folder.place(row), what, "Give every row its own.")
            seen.setdefault(row.id, row)


def _check_edges(row: Ranged, folder: FactFolder) -> None:
    """Edges in pairs, in order, and as the duplex wants them."""
    where = folder.place(row)
    pairs = (
        ("uplink", row.uplink_low_mhz, row.uplink_high_mhz),
        ("downlink", row.downlink_low_mhz, row.downlink_high_mhz),
    )
    for name, low, high in pairs:
        if (low is None) != (high is None):
            folder.report(where, f"the {name} has one edge only.", "Give both, in MHz, or none.")
        elif low is not None and high is not None and low >= high:
            folder.report(where, f"the {name} ends ({high:g}) where or before it begins ({low:g}).", "Swap the edges.")
    up, down = row.uplink, row.downlink
    wanted = {Duplex.FDD: (True, True), Duplex.TDD: (True, True), Duplex.SDL: (False, True), Duplex.SUL: (True, False)}
    if row.duplex not in wanted:
        folder.report(where, f"a range is not {row.duplex.value}.", "Write one row for FDD and one for TDD.")
        return
    if (up is not None, down is not None) != wanted[row.duplex]:
        needs = {Duplex.SDL: "a downlink and no uplink", Duplex.SUL: "an uplink and no downlink"}
        folder.report(where, f"{row.duplex.value} has {needs.get(row.duplex, 'an uplink and a downlink')}.", "")
        return
    if up is None or down is None:
        return
    if row.duplex is Duplex.TDD and up != down:
        folder.report(where, "TDD uses one range for both directions, and these differ.", "Write it twice.")
    if row.duplex is Duplex.FDD and up.overlaps(down):
        folder.report(where, f"uplink {up} and downlink {down} overlap.", "Check the edges.")


def _check_bands_named(facts: SpectrumFacts, folder: FactFolder) -> None:
    known = {band.id for band in facts.bands}
    named: list[tuple[Fact, tuple[str, ...]]] = [(row, row.band_ids) for row in facts.totals]
    single: tuple[Holding | Complete | Award, ...] = (*facts.holdings, *facts.complete, *facts.awards)
    named += [(row, (row.band,)) for row in single]
    for row, names in named:
        for name in names:
            if name not in known:
                what = f"the band {name!r} is not in bands.csv."
                folder.report(folder.place(row), what, suggest(name, known))


def _check_holding(holding: Holding, facts: SpectrumFacts, folder: FactFolder) -> None:
    where, up, down = folder.place(holding), holding.uplink, holding.downlink
    if (holding.state is State.UNASSIGNED) != (holding.holder == ""):
        folder.report(where, "a range has a holder if it is assigned, and none if it is not.", "")
    band = facts.band(holding.band)
    if band is None:
        return
    for name, mine, theirs in (("uplink", up, band.uplink), ("downlink", down, band.downlink)):
        if mine is not None and theirs is not None and not theirs.contains(mine):
            what = f"the {name} {mine} MHz is outside {band.id}, {theirs} MHz."
            folder.report(where, what, "Check the edges, or name the band that it lies in.")
    if holding.duplex is not band.duplex:
        what = f"{band.id} is {band.duplex.value}, the holding {holding.duplex.value}."
        folder.report(where, what, "Name the band of the same frequencies with the other duplex.")
    elif up is not None and down is not None and up.width != down.width:
        what = f"the uplink is {up.width:g} MHz wide, the downlink {down.width:g}."
        folder.report(where, what, "A pair is as wide in both directions; write what is left over as a row of its own.")
    elif holding.spacing_mhz is not None and band.spacing_mhz not in {None, holding.spacing_mhz}:
        what = f"the spacing is {holding.spacing_mhz:g} MHz, in {band.id} it is {band.spacing_mhz:g}."
        folder.report(where, what, "Check the edges.")


def _check_overlaps(holdings: tuple[Holding, ...], folder: FactFolder) -> None:
    """No two holdings of a member share frequencies, area and time; where a date is not known nothing is claimed."""
    by_member: dict[str, list[Holding]] = defaultdict(list)
    for holding in holdings:
        by_member[holding.member].append(holding)
    for rows in by_member.values():
        for one, two in combinations(rows, 2):
            shared = intersection(one.occupied, two.occupied)
            if shared and _same_place(one, two) and _same_time(one, two):
                what = f"{', '.join(map(str, shared))} MHz are also held at {folder.place(one)}."
                folder.report(folder.place(two), what, "Two cannot hold the same; end one, or name its area.")


def _same_place(one: Holding, two: Holding) -> bool:
    return NATIONAL in {one.area, two.area} or one.area == two.area


def _same_time(one: Holding, two: Holding) -> bool:
    """Whether there is surely a day on which both hold."""
    dates = (one.valid_from, one.valid_to, two.valid_from, two.valid_to)
    if any(date.text == "unknown" for date in dates):
        return False
    return one.valid_from.latest <= two.valid_to.earliest and two.valid_from.latest <= one.valid_to.earliest
