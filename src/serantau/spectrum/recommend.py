"""Recommendations that can be traced: which criterion, which threshold, which peers meet it, what they did.

There is no single score. The order of members is shown as a range of ranks over all weights that one may give to the
criteria; a criterion on which a member is not known counts anywhere between met and not met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.base import SCORE_DECIMALS, AsOf, Truth
from serantau.facts.model import is_known, is_valid
from serantau.spectrum.model import Criterion, Policy, SpectrumFacts, Test

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DRAWS = 4096
BLOCK = 512


@dataclass(frozen=True)
class Finding:
    """One criterion and one member. What was last reported counts; its record says of when it is.

    Attributes:
        criterion: The criterion.
        member: Id of the member.
        met: Whether the member meets it; unknown where no record says.
        record: The record that decides; None where there is none.
    """

    criterion: Criterion
    member: str
    met: Truth
    record: Policy | None


@dataclass(frozen=True)
class Recommendation:
    """What a member might do, and who has done it.

    Attributes:
        finding: The criterion that is not met, or on which nothing is known.
        peers: Findings of the members that meet it, with the records that show what they did.
    """

    finding: Finding
    peers: tuple[Finding, ...]


@dataclass(frozen=True)
class RankRange:
    """Where a member may stand when weights move and the unknown is drawn: best, 5 %, 95 % and worst rank seen."""

    member: str
    best: int
    low: int
    high: int
    worst: int
    known: int


def findings(facts: SpectrumFacts, members: Sequence[str], asof: AsOf) -> tuple[Finding, ...]:
    """Every criterion for every member."""
    criteria = [one for one in facts.criteria if is_known(one, asof) and is_valid(one, asof) is not Truth.NO]
    return tuple(_finding(facts, criterion, member, asof) for criterion in criteria for member in members)


def recommendations(
    facts: SpectrumFacts, member: str, members: Sequence[str], asof: AsOf
) -> tuple[Recommendation, ...]:
    """For one member: what it does not meet, most peers first; then what is not known of it."""
    everything = findings(facts, members, asof)
    mine = [one for one in everything if one.member == member and one.met is not Truth.YES]
    made = [
        Recommendation(
            one, tuple(peer for peer in everything if peer.criterion is one.criterion and peer.met is Truth.YES)
        )
        for one in mine
    ]
    return tuple(
        sorted(made, key=lambda one: (one.finding.met is not Truth.NO, -len(one.peers), one.finding.criterion.id))
    )


def rank_ranges(found: Sequence[Finding], seed: int = 1) -> tuple[RankRange, ...]:
    """Ranks under all weights (flat Dirichlet) and all values of what is not known (uniform), by Monte Carlo.

    Args:
        found: All findings, of every member on every criterion.
        seed: Same seed, same ranges, whatever the machine.
    """
    members = tuple(dict.fromkeys(one.member for one in found))
    criteria = tuple(dict.fromkeys(one.criterion.id for one in found))
    if not members or not criteria:
        return ()
    value = {(one.member, one.criterion.id): one.met for one in found}
    grid = [[value[member, criterion] for criterion in criteria] for member in members]
    met = np.array([[cell is Truth.YES for cell in row] for row in grid], dtype=np.float64)
    unknown = np.array([[cell is Truth.UNKNOWN for cell in row] for row in grid])
    ranks = np.concatenate([_ranks(met, unknown, seed, block) for block in range(DRAWS // BLOCK)])
    known = (~unknown).sum(axis=1)
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0, method="inverted_cdf")
    return tuple(
        RankRange(member, int(ranks[:, i].min()), int(low[i]), int(high[i]), int(ranks[:, i].max()), int(known[i]))
        for i, member in enumerate(members)
    )


def _ranks(met: Floats, unknown: Bools, seed: int, block: int) -> NDArray[np.int64]:
    """Ranks of one block of draws, shape (draws, members); 1 is best, equals share the better rank."""
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, block]))
    weights = rng.dirichlet(np.ones(met.shape[1]), BLOCK)
    values = np.where(unknown, rng.random((BLOCK, *met.shape)), met)
    scores = np.round(np.einsum("dc,dmc->dm", weights, values), SCORE_DECIMALS)
    ranks: NDArray[np.int64] = 1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    return ranks


def _finding(facts: SpectrumFacts, criterion: Criterion, member: str, asof: AsOf) -> Finding:
    records = [
        one
        for one in facts.policies
        if one.member == member
        and (one.dimension, one.topic) == (criterion.dimension, criterion.topic)
        and is_known(one, asof)
        and is_valid(one, asof) is not Truth.NO
    ]
    if criterion.test is Test.EXISTS:
        # A record says that there is one; that there is none would need a record too.
        return Finding(criterion, member, Truth.YES if records else Truth.UNKNOWN, records[-1] if records else None)
    numbers = [one for one in records if one.number is not None and one.unit == criterion.unit]
    if not numbers:
        return Finding(criterion, member, Truth.UNKNOWN, None)
    newest = max(numbers, key=lambda one: one.valid_from.earliest if one.valid_from.known else asof.valid.min)
    assert newest.number is not None and criterion.threshold is not None
    high_enough = newest.number >= criterion.threshold
    low_enough = newest.number <= criterion.threshold
    met = high_enough if criterion.test is Test.AT_LEAST else low_enough
    return Finding(criterion, member, Truth.of(met), newest)
