"""What regulators may submit of spectrum. Pure: the site registers these kinds, the command line checks files by them."""

from __future__ import annotations

from serantau.review import FactKind
from serantau.review.kinds import Problem
from serantau.spectrum.model import (
    Complete,
    Duplex,
    Holding,
    Policy,
    Ranged,
    State,
    Subscribers,
    Total,
)

ONE_WAY = {Duplex.SDL: "downlink", Duplex.SUL: "uplink"}


def range_problems(row: Ranged) -> list[Problem]:
    """What is wrong with the edges of one row by itself."""
    edges = {
        "uplink": (row.uplink_low_mhz, row.uplink_high_mhz),
        "downlink": (row.downlink_low_mhz, row.downlink_high_mhz),
    }
    found: list[Problem] = []
    for name, (low, high) in edges.items():
        if (low is None) != (high is None):
            found.append((f"{name}_{'low' if low is None else 'high'}_mhz", "is missing.", "Give both edges, in MHz."))
        elif low is not None and high is not None and low >= high:
            found.append((f"{name}_high_mhz", "is not above the lower edge.", "Swap the edges."))
    wanted = {ONE_WAY[row.duplex]} if row.duplex in ONE_WAY else set(edges)
    given = {name for name, pair in edges.items() if pair != (None, None)}
    if row.duplex is Duplex.MIXED:
        found.append(("duplex", "a range is either FDD or TDD.", "Write one row for each."))
    found += [(f"{name}_low_mhz", f"{row.duplex.value} has a {name}.", "") for name in sorted(wanted - given)]
    found += [(f"{name}_low_mhz", f"{row.duplex.value} has no {name}.", "") for name in sorted(given - wanted)]
    if row.duplex is Duplex.TDD and not found and row.uplink != row.downlink:
        found.append(("downlink_low_mhz", "TDD uses one range for both directions.", "Write it twice."))
    return found


def holding_problems(row: Holding) -> list[Problem]:
    """The edges, and that a range has a holder if it is assigned and none if it is not."""
    found = range_problems(row)
    if (row.state is State.UNASSIGNED) != (row.holder == ""):
        found.append(("holder", "an assigned range has a holder, an unassigned one none.", ""))
    return found


KINDS = (
    FactKind(
        "spectrum.holdings",
        "Ranges that somebody holds, or that nobody holds",
        Holding,
        "spectrum/holdings/submission-{submission}.csv",
        choices={"band": "bands"},
        problems=holding_problems,
    ),
    FactKind(
        "spectrum.totals",
        "Amounts of spectrum whose range is not stated",
        Total,
        "spectrum/totals/submission-{submission}.csv",
    ),
    FactKind(
        "spectrum.complete",
        "Bands in which everything that is held is stated",
        Complete,
        "spectrum/complete/submission-{submission}.csv",
        choices={"band": "bands"},
    ),
    FactKind(
        "spectrum.policy",
        "5G and telecommunications policy",
        Policy,
        "spectrum/policy/submission-{submission}.csv",
    ),
    FactKind(
        "spectrum.subscribers",
        "Mobile subscriptions by operator",
        Subscribers,
        "spectrum/subscribers/submission-{submission}.csv",
    ),
)


def kind_of(name: str) -> FactKind | None:
    """A kind by the last part of its name: ``holdings``."""
    return next((one for one in KINDS if one.name == f"spectrum.{name}"), None)
