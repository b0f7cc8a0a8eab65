"""Small worlds of bands and holdings, built by hand."""

from __future__ import annotations

from datetime import date

from serantau.base import AsOf, PartialDate
from serantau.facts import Grade
from serantau.spectrum.model import Band, Complete, Duplex, Holding, Policy, SpectrumFacts, Split, State, Total

DAY = AsOf(date(2026, 1, 1))
KEYS = {"source": "recalled", "grade": Grade.MEMORY, "known": PartialDate("2025-01-01")}
SURE = KEYS | {"valid_from": PartialDate("2020-01-01"), "valid_to": PartialDate("2035-12-31")}
END_UNKNOWN = KEYS | {"valid_from": PartialDate("2020-01-01"), "valid_to": PartialDate("unknown")}


def band(name: str, duplex: str, low: float, high: float, spacing: float = 0.0) -> Band:
    """A band with its uplink from ``low`` to ``high``; without uplink for SDL."""
    keys = KEYS | {"valid_from": PartialDate("unknown"), "valid_to": PartialDate("open")}
    up = {} if duplex == "SDL" else {"uplink_low_mhz": low, "uplink_high_mhz": high}
    down = {} if duplex == "SUL" else {"downlink_low_mhz": low + spacing, "downlink_high_mhz": high + spacing}
    return Band(id=name, duplex=Duplex(duplex), **up, **down, **keys)


def holding(
    member: str,
    of: Band,
    low: float,
    high: float,
    *,
    holder: str = "operator",
    area: str = "national",
    when: dict | None = None,
    name: str = "",
) -> Holding:
    """A holding in a band by its uplink; an empty holder leaves it unassigned."""
    spacing = of.spacing_mhz or 0.0
    return Holding(
        id=name or f"{member}-{of.id}-{low:g}-{holder or 'none'}",
        member=member,
        band=of.id,
        state=State.ASSIGNED if holder else State.UNASSIGNED,
        holder=holder,
        area=area,
        duplex=of.duplex,
        uplink_low_mhz=low,
        uplink_high_mhz=high,
        downlink_low_mhz=low + spacing,
        downlink_high_mhz=high + spacing,
        **(when or SURE),
    )


def total(member: str, bands: str, mhz: float | None, *, holder: str = "other", when: dict | None = None) -> Total:
    """An amount without a range."""
    return Total(
        id=f"{member}-{bands}-{holder}".replace(" ", "-"),
        member=member,
        bands=bands,
        split=Split.ONE_OF,
        holder=holder,
        area="national",
        total_mhz=mhz,
        **(when or SURE),
    )


def complete(member: str, of: Band) -> Complete:
    """That nothing else is held there."""
    return Complete(id=f"{member}-{of.id}", member=member, band=of.id, **SURE)


def world(*facts: Band | Holding | Total | Complete | Policy) -> SpectrumFacts:
    """All of them together."""

    def of(kind: type) -> tuple:
        return tuple(fact for fact in facts if isinstance(fact, kind))

    return SpectrumFacts(
        bands=of(Band), holdings=of(Holding), totals=of(Total), complete=of(Complete), policies=of(Policy)
    )
