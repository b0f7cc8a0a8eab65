"""Which releases and moves add most common megahertz: an exact plan.

The band is cut at every edge of every holding. A piece becomes common when each member that does not use it yet
releases it, if nobody holds it, or moves whoever holds it. A holder moves whole or not at all. What is touched is
paid for in megahertz, both directions of a pair counted; the plan adds as many common megahertz as the budget buys,
and among equal plans touches least.

It is a mixed-integer linear programme, solved by branch and bound (HiGHS, in SciPy), so that the answer is proved
best or comes with the gap that is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from serantau.base import Truth
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.harmonise import Holdings, Radio, Use
from serantau.spectrum.model import Holding, State
from serantau.spectrum.ranges import DECIMALS, Range, Ranges, difference, intersection, union, width

TOUCHED_WEIGHT = 1e-5
"""Far below the smallest piece over the largest band: it decides between equal gains only."""
NARROWEST_RASTER_MHZ = 0.5


@dataclass(frozen=True)
class Release:
    """Frequencies that nobody holds and that a member would assign for this radio."""

    member: str
    ranges: Ranges


@dataclass(frozen=True)
class Move:
    """A holding that would have to leave its frequencies."""

    holding: Holding


@dataclass(frozen=True)
class BestPlan:
    """The best plan for one radio.

    Attributes:
        radio: The radio.
        members: The members planned for.
        left_out: Members whose holdings in the band are not completely known, with the reason.
        common: Lead ranges common already.
        added: Lead ranges that become common.
        added_mhz: What is added, both directions of a pair together.
        touched_mhz: What is released and moved, likewise.
        releases: Who assigns what.
        moves: Who must move.
        gap_mhz: How much better a plan might still be; 0 where the plan is proved best.
    """

    radio: Radio
    members: tuple[str, ...]
    left_out: Mapping[str, str]
    common: Ranges
    added: Ranges
    added_mhz: float
    touched_mhz: float
    releases: tuple[Release, ...]
    moves: tuple[Move, ...]
    gap_mhz: float


@dataclass(frozen=True)
class _Pieces:
    """The band in pieces: what each member would have to do for each.

    Attributes:
        lead: The pieces, in order.
        common: Which are common already.
        free: For each member, which pieces nobody holds.
        blockers: For each piece, the holdings in its way, by their place in ``holdings``.
        holdings: Every holding that is in the way anywhere.
    """

    lead: tuple[Range, ...]
    common: tuple[bool, ...]
    free: Mapping[str, tuple[bool, ...]]
    blockers: tuple[tuple[int, ...], ...]
    holdings: tuple[Holding, ...]


def best_plan(
    holdings: Holdings,
    radio: Radio,
    budget_mhz: float,
    *,
    channel_mhz: float = 0.0,
    raster_mhz: float = 5.0,
    seconds: float = 10.0,
) -> BestPlan:
    """The plan that adds most common megahertz.

    Args:
        holdings: The members' holdings on the day.
        radio: The radio that is to work everywhere.
        budget_mhz: How many megahertz may be released or moved, both directions of a pair counted.
        channel_mhz: Narrowest run of common frequencies worth having, one direction; runs that are common already
            and stay as they are may be narrower.
        raster_mhz: What nobody holds is released in steps of this width from the lower edge of the band.
        seconds: Time limit; a plan found by then comes with its gap.

    Raises:
        SpectrumError: if the budget or the channel is no sensible number, or fewer than two members are fully known.
    """
    if not (0 <= budget_mhz < 1e6 and 0 <= channel_mhz < 1e5):
        raise SpectrumError("Give the budget and the channel in MHz, not below zero.")
    if not NARROWEST_RASTER_MHZ <= raster_mhz <= 1000:
        raise SpectrumError(f"Give a raster of {NARROWEST_RASTER_MHZ:g} to 1,000 MHz.")
    uses = {member: holdings.use(member, radio) for member in holdings.members}
    left_out = {member: use.open_questions[0] for member, use in uses.items() if use.open_questions}
    planned = tuple(member for member in uses if member not in left_out)
    if len(planned) < 2:
        why = "; ".join(f"{member}: {reason}" for member, reason in left_out.items())
        raise SpectrumError(
            f"A plan for {radio.name} needs two members whose holdings there are completely known; there "
            f"{'is one' if planned else 'is none'}. {why}"
        )
    pieces = _cut(holdings, radio, [uses[member] for member in planned], raster_mhz)
    chosen, gap = _solve(pieces, radio, budget_mhz, channel_mhz, seconds)
    return _plan(radio, planned, left_out, pieces, chosen, gap)


def _cut(holdings: Holdings, radio: Radio, uses: Sequence[Use], raster: float) -> _Pieces:
    in_band = {
        use.member: [fact for fact, holds in holdings.ranged(use.member) if holds is Truth.YES and radio.taken_by(fact)]
        for use in uses
    }
    edges = {edge for part in radio.lead for edge in (part.low, part.high)}
    edges |= {
        round(part.low + step * raster, DECIMALS) for part in radio.lead for step in range(int(part.width / raster) + 1)
    }
    for facts in in_band.values():
        edges |= {edge for fact in facts for part in radio.taken_by(fact) for edge in (part.low, part.high)}
    cuts = sorted(edges)
    lead = tuple(
        Range(low, high) for low, high in pairwise(cuts) if any(part.contains(Range(low, high)) for part in radio.lead)
    )
    usable = {use.member: [_inside(piece, use.known) for piece in lead] for use in uses}
    blocking = [fact for facts in in_band.values() for fact in facts if fact.state is State.ASSIGNED]
    taken = [radio.taken_by(fact) for fact in blocking]
    needed = [[place for place, part in enumerate(taken) if _inside(piece, part)] for piece in lead]
    blockers = tuple(
        tuple(place for place in places if not usable[blocking[place].member][number])
        for number, places in enumerate(needed)
    )
    free = {
        member: tuple(
            not use and all(blocking[place].member != member for place in blockers[number])
            for number, use in enumerate(usable[member])
        )
        for member in usable
    }
    common = tuple(all(usable[member][number] for member in usable) for number in range(len(lead)))
    return _Pieces(lead, common, free, blockers, tuple(blocking))


def _inside(piece: Range, ranges: Ranges) -> bool:
    return any(part.contains(piece) for part in ranges)


def _solve(
    pieces: _Pieces, radio: Radio, budget: float, channel: float, seconds: float
) -> tuple[tuple[bool, ...], float]:
    """Which pieces to make common, and the gap in MHz. Variables: piece chosen, holding moved, window chosen whole."""
    windows = _windows(pieces, channel)
    n, m, w = len(pieces.lead), len(pieces.holdings), len(windows)
    widths = np.array([piece.width for piece in pieces.lead]) * radio.sides
    gain = np.where(pieces.common, 0.0, widths)
    release = widths * np.sum([pieces.free[member] for member in pieces.free], axis=0)
    move = np.array([width(radio.taken_by(holding)) * radio.sides for holding in pieces.holdings])
    cost = np.concatenate([release, move, np.zeros(w)])
    rows: list[tuple[dict[int, float], float]] = [({place: value for place, value in enumerate(cost) if value}, budget)]
    # A piece needs everyone in its way moved: chosen - moved <= 0.
    rows += [({piece: 1.0, n + place: -1.0}, 0.0) for piece, places in enumerate(pieces.blockers) for place in places]
    if channel > 0:
        rows += _in_windows(pieces, windows, n + m)
    matrix = lil_array((len(rows), n + m + w))
    for number, (row, _) in enumerate(rows):
        for place, value in row.items():
            matrix[number, place] = value
    objective = np.concatenate([-gain, np.zeros(m + w)]) + TOUCHED_WEIGHT * cost
    low = np.concatenate([np.array(pieces.common, dtype=float), np.zeros(m + w)])
    found = milp(
        objective,
        constraints=LinearConstraint(matrix.tocsr(), -np.inf, [limit for _, limit in rows]),
        bounds=Bounds(low, 1),
        integrality=np.ones(n + m + w, dtype=np.int64),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise SpectrumError(f"No plan was found within {seconds:g} s. Ask about fewer members, or allow more time.")
    bound = getattr(found, "mip_dual_bound", found.fun)
    gap = max(0.0, float(found.fun) - float(bound)) if found.status != 0 else 0.0
    return tuple(bool(value > 0.5) for value in found.x[:n]), round(gap, DECIMALS)


def _windows(pieces: _Pieces, channel: float) -> tuple[tuple[int, ...], ...]:
    """Every shortest run of neighbouring pieces that holds a channel, from its first and from its last piece."""
    if channel <= 0:
        return ()
    found = set()
    for step in (1, -1):
        for start in range(len(pieces.lead)):
            run, held, at = [start], pieces.lead[start].width, start
            while held < channel and _touch(pieces, at, at + step):
                at += step
                run.append(at)
                held += pieces.lead[at].width
            if held >= channel:
                found.add(tuple(sorted(run)))
    return tuple(sorted(found))


def _touch(pieces: _Pieces, one: int, two: int) -> bool:
    low, high = min(one, two), max(one, two)
    return low >= 0 and high < len(pieces.lead) and pieces.lead[low].high == pieces.lead[high].low


def _in_windows(
    pieces: _Pieces, windows: tuple[tuple[int, ...], ...], first: int
) -> list[tuple[dict[int, float], float]]:
    """A window is chosen only whole, and a new piece only inside a window that is."""
    rows = [({first + number: 1.0, piece: -1.0}, 0.0) for number, window in enumerate(windows) for piece in window]
    for piece, common in enumerate(pieces.common):
        if not common:
            around = {first + number: -1.0 for number, window in enumerate(windows) if piece in window}
            rows.append(({piece: 1.0} | around, 0.0))
    return rows


def _plan(
    radio: Radio,
    members: tuple[str, ...],
    left_out: Mapping[str, str],
    pieces: _Pieces,
    chosen: tuple[bool, ...],
    gap: float,
) -> BestPlan:
    common = union(piece for piece, already in zip(pieces.lead, pieces.common, strict=True) if already)
    new = [number for number, pick in enumerate(chosen) if pick and not pieces.common[number]]
    added = union(pieces.lead[number] for number in new)
    released = {member: union(pieces.lead[n] for n in new if free[n]) for member, free in pieces.free.items()}
    movers = sorted({place for number in new for place in pieces.blockers[number]})
    moves = tuple(Move(pieces.holdings[place]) for place in movers)
    touched = sum(width(ranges) for ranges in released.values())
    touched += sum(width(radio.taken_by(move.holding)) for move in moves)
    return BestPlan(
        radio,
        members,
        left_out,
        common,
        difference(added, common),
        width(intersection(added, radio.lead)) * radio.sides,
        round(touched * radio.sides, DECIMALS),
        tuple(Release(member, ranges) for member, ranges in released.items() if ranges),
        moves,
        gap,
    )
