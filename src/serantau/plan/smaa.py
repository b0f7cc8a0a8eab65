"""Stochastic multicriteria acceptability analysis (SMAA-2), for any sampler.

When criteria values and weights are uncertain, no single ranking exists. SMAA
asks instead how often each alternative takes each rank when the uncertain
inputs are drawn. Methods: R. Lahdelma, J. Hokkanen, P. Salminen, European
Journal of Operational Research 106 (1998) 137-143 (SMAA); R. Lahdelma,
P. Salminen, Operations Research 49 (2001) 444-454 (SMAA-2: rank
acceptability, holistic acceptability); T. Tervonen, R. Lahdelma, European
Journal of Operational Research 178 (2007) 500-513 (Monte Carlo
implementation, uniform weights, error bounds). Pairwise winning indices:
P. Leskinen, J. Viitanen, A. Kangas, J. Kangas, Forest Science 52 (2006)
304-312.

Memory is bounded by one block of draws; the number of blocks changes the
precision only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.base import SCORE_DECIMALS
from serantau.plan.errors import PlanError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK = 4096
"""Draws in a block. Fixed: each block has a random stream of its own, so that draws never depend on batching."""

MAX_ALTERNATIVES = 1000
_SCALE = 10.0**SCORE_DECIMALS


@dataclass(frozen=True)
class Block:
    """One block of draws.

    Attributes:
        values: Criteria values, shape (criteria, draws, alternatives); more is better.
        weights: Criteria weights, shape (draws, criteria); each row sums to one.
    """

    values: Floats
    weights: Floats


Sampler = Callable[[int], Block]
"""Gives the block of a number, always the same for the same number."""


@dataclass(frozen=True)
class Acceptability:
    """What the draws say, for n alternatives and k criteria.

    Attributes:
        draws: Number of draws.
        ranks: Rank acceptability indices, shape (n, n): share of draws in which alternative i has rank r + 1.
            Ties share the better rank (1224), so that each row sums to one and, without ties, each column too.
        pairwise: Pairwise winning indices, shape (n, n): share of draws in which i scores above j, a tie counting
            half; the diagonal is one half.
        central_weights: Central weight vectors, shape (n, k): mean weights of the draws in which i comes first;
            NaN where it never does.
        confidence: Confidence factors, shape (n,): share of draws in which i comes first with its central weights;
            NaN where it has none.
        holistic: Holistic acceptability indices, shape (n,): rank acceptabilities weighed by centroid meta-weights,
            which give rank one the weight one.
    """

    draws: int
    ranks: Floats
    pairwise: Floats
    central_weights: Floats
    confidence: Floats
    holistic: Floats

    @property
    def expected_rank(self) -> Floats:
        """Mean rank of each alternative, shape (n,)."""
        return np.asarray(self.ranks @ np.arange(1, len(self.ranks) + 1), dtype=np.float64)


def uniform_simplex(rng: np.random.Generator, draws: int, size: int) -> Floats:
    """Weights uniform on the simplex: the gaps between sorted uniform numbers.

    Args:
        rng: Source of randomness.
        draws: Number of weight vectors.
        size: Number of weights in each.

    Returns:
        Array of shape (draws, size) with rows that sum to one.
    """
    cuts = np.sort(rng.random((draws, size - 1)), axis=1)
    edges = np.concatenate([np.zeros((draws, 1)), cuts, np.ones((draws, 1))], axis=1)
    return np.diff(edges, axis=1)


def stream(seed: int, block: int) -> np.random.Generator:
    """The random stream of a block: Philox, spawned from the seed by the number of the block.

    Raises:
        PlanError: if the seed is negative.
    """
    if seed < 0:
        raise PlanError(f"The seed {seed} is negative. Give a whole number from 0.")
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(block,))))


def analyse(sampler: Sampler, blocks: int) -> Acceptability:
    """Draw all blocks and count.

    Every block is drawn twice: first to find the central weights, then to find
    how often an alternative comes first with them.

    Args:
        sampler: Gives each block by its number, counted from 0.
        blocks: Number of blocks, at least one.

    Raises:
        PlanError: if there are no blocks, no alternatives or too many.
    """
    if blocks < 1:
        raise PlanError(f"{blocks} blocks of draws were asked for. Ask for one at least.")
    block = sampler(0)
    count = _Count.zero(block)
    count.add(block)
    for number in range(1, blocks):
        count.add(sampler(number))
    firsts = count.ranks[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        central = count.first_weights / firsts[:, None]
    wins = np.zeros(len(firsts), dtype=np.int64)
    for number in range(blocks):
        wins += _first_with_own_weights(sampler(number), central)
    draws = blocks * BLOCK
    ranks = count.ranks / draws
    return Acceptability(
        draws=draws,
        ranks=ranks,
        pairwise=_pairwise(count.above, draws),
        central_weights=central,
        confidence=np.where(firsts > 0, wins / draws, np.nan),
        holistic=ranks @ centroid_weights(len(ranks)),
    )


def centroid_weights(size: int) -> Floats:
    """Centroid meta-weights of ranks, scaled so that the first rank weighs one (Lahdelma and Salminen 2001).

    >>> [round(float(weight), 4) for weight in centroid_weights(3)]
    [1.0, 0.4545, 0.1818]
    """
    inverse = 1.0 / np.arange(1, size + 1)
    tail_sums = np.cumsum(inverse[::-1])[::-1]
    return np.asarray(tail_sums / tail_sums[0], dtype=np.float64)


def scores_of(values: Floats, weights: Floats) -> Floats:
    """Weighted sums, rounded to nine decimals before anything is ranked.

    Args:
        values: Shape (criteria, draws, alternatives).
        weights: Shape (draws, criteria), or (criteria,) for all draws alike.

    Returns:
        Shape (draws, alternatives).
    """
    total = np.zeros(values.shape[1:])
    for index, layer in enumerate(values):
        total += layer * weights[..., index, None]
    return np.asarray(np.rint(total * _SCALE) / _SCALE, dtype=np.float64)


def told_apart(pairwise: Floats, draws: int, margin: float, errors: float) -> NDArray[np.bool_]:
    """Which alternative is clearly above which.

    i is clearly above j when its pairwise winning index, less ``errors``
    standard errors of the sampling, is at least one half plus the margin.

    Args:
        pairwise: Pairwise winning indices, shape (n, n).
        draws: Number of draws behind them.
        margin: From 0 to 0.5.
        errors: Number of standard errors.

    Returns:
        Boolean array of shape (n, n).

    Raises:
        PlanError: if the margin is outside its range.
    """
    if not 0.0 <= margin <= 0.5:
        raise PlanError(f"The margin {margin} is not between 0 and 0.5. Give another.")
    deviation = np.sqrt(pairwise * (1.0 - pairwise) / draws)
    threshold = min(0.5 + margin, 1.0)
    clear = pairwise - errors * deviation >= threshold
    np.fill_diagonal(clear, val=False)
    return np.asarray(clear & ~clear.T)


def tiers(above: NDArray[np.bool_]) -> list[list[int]]:
    """Groups in order, such that everything in a group is clearly above everything in later groups.

    These are the strongly connected components of *is not clearly below*, the
    finest such grouping. Members of one group cannot be ranked against each
    other, be it because two of them cannot be told apart or because clear
    differences run in a circle.

    Args:
        above: ``above[i, j]`` when i is clearly above j; shape (n, n).

    >>> tiers(np.array([[0, 1, 1], [0, 0, 0], [0, 0, 0]], dtype=bool))
    [[0], [1, 2]]
    """
    # Whoever stands in an earlier group beats more others than whoever stands in a later one.
    order = np.argsort(-above.sum(axis=1), kind="stable")
    sorted_above = above[np.ix_(order, order)]
    size = len(order)
    last_rival = np.array([max(np.flatnonzero(~row), default=-1) for row in sorted_above])
    furthest = np.maximum.accumulate(np.maximum(last_rival, np.arange(size)))
    groups: list[list[int]] = []
    begin = 0
    for position in range(size):
        if furthest[position] == position:
            groups.append(sorted(int(index) for index in order[begin : position + 1]))
            begin = position + 1
    return groups


@dataclass(frozen=True)
class _Count:
    """Running counts over blocks; the arrays are added to in place."""

    ranks: Integers
    above: Integers
    first_weights: Floats

    @classmethod
    def zero(cls, block: Block) -> _Count:
        criteria, _, size = block.values.shape
        if not 1 <= size <= MAX_ALTERNATIVES:
            raise PlanError(f"{size} alternatives cannot be ranked. Give 1 to {MAX_ALTERNATIVES}.")
        square = (size, size)
        return cls(np.zeros(square, np.int64), np.zeros(square, np.int64), np.zeros((size, criteria)))

    def add(self, block: Block) -> None:
        ranks = _competition_ranks(scores_of(block.values, block.weights))
        size = len(ranks)
        for index in range(size):
            self.ranks[index] += np.bincount(ranks[index] - 1, minlength=size)
            self.above[index] += np.count_nonzero(ranks[index] < ranks, axis=1)
        self.first_weights[...] += (ranks == 1).astype(np.float64) @ block.weights


def _competition_ranks(scores: Floats) -> NDArray[np.int16]:
    """Competition ranks (1224), best first, shape (alternatives, draws): rows side by side make counting fast."""
    draws, size = scores.shape
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=1)
    fresh = np.ones((draws, size), dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.where(fresh, np.arange(1, size + 1, dtype=np.int16), np.int16(0))
    np.maximum.accumulate(places, axis=1, out=places)
    ranks = np.empty((draws, size), dtype=np.int16)
    np.put_along_axis(ranks, order, places, axis=1)
    return np.ascontiguousarray(ranks.T)


def _pairwise(above: Integers, draws: int) -> Floats:
    ties = draws - above - above.T
    return np.asarray((above + ties / 2) / draws, dtype=np.float64)


def _first_with_own_weights(block: Block, central: Floats) -> Integers:
    wins = np.zeros(len(central), dtype=np.int64)
    for index, weights in enumerate(central):
        if not np.isnan(weights[0]):
            scores = scores_of(block.values, weights)
            wins[index] = np.count_nonzero(scores[:, index] >= scores.max(axis=1))
    return wins
