"""Rule: the acceptability indices are those of SMAA-2, by hand, by another library and by plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skcriteria import mkdm
from skcriteria.agg.simple import WeightedSumModel

from serantau.plan import PlanError
from serantau.plan.smaa import (
    BLOCK,
    Acceptability,
    Block,
    analyse,
    centroid_weights,
    scores_of,
    stream,
    tiers,
    told_apart,
    uniform_simplex,
)

BLOCKS = 10
# Four standard errors of a share at its widest, with 40,960 draws.
TOLERANCE = 4 * 0.5 / np.sqrt(BLOCKS * BLOCK)


def fixed_values(matrix: list[list[float]], seed: int = 7) -> Acceptability:
    """Known criteria values (a row an alternative), weights uniform on the simplex."""
    table = np.array(matrix, dtype=float)

    def sampler(number: int) -> Block:
        weights = uniform_simplex(stream(seed, number), BLOCK, table.shape[1])
        return Block(np.repeat(table.T[:, None, :], BLOCK, axis=1), weights)

    return analyse(sampler, BLOCKS)


def test_two_criteria_by_hand() -> None:
    """A = (1, 0), B = (0, 1), C = (0.6, 0.6); w is the weight of the first criterion, uniform on [0, 1].

    Scores are w, 1 - w and 0.6. A is first for w > 0.6, B for w < 0.4, C between. C is second outside, never third.
    A is second for 0.5 < w < 0.6, third for w < 0.5. Where A is first, w is 0.8 on average; where C is, 0.5.
    """
    result = fixed_values([[1, 0], [0, 1], [0.6, 0.6]])
    expected = [[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0.0]]
    assert result.ranks == pytest.approx(np.array(expected), abs=TOLERANCE)
    assert result.pairwise == pytest.approx(
        np.array([[0.5, 0.5, 0.4], [0.5, 0.5, 0.4], [0.6, 0.6, 0.5]]), abs=TOLERANCE
    )
    assert result.central_weights == pytest.approx(np.array([[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]]), abs=TOLERANCE)
    assert result.confidence.tolist() == [1, 1, 1]
    # centroid meta-weights of three ranks: 1, (1/2 + 1/3) / (11/6) = 5/11, (1/3) / (11/6) = 2/11
    by_hand = [0.4 + 0.1 * 5 / 11 + 0.5 * 2 / 11] * 2 + [0.2 + 0.8 * 5 / 11]
    assert result.holistic == pytest.approx(np.array(by_hand), abs=TOLERANCE)


def test_three_criteria_by_hand() -> None:
    """Each alternative is best in one criterion: each is first in a third of the simplex.

    There its own weight is the largest of three uniform spacings, (1 + 1/2 + 1/3) / 3 = 11/18 on average.
    """
    result = fixed_values([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert result.ranks == pytest.approx(np.full((3, 3), 1 / 3), abs=TOLERANCE)
    own, other = 11 / 18, 7 / 36
    expected = np.full((3, 3), other) + np.eye(3) * (own - other)
    assert result.central_weights == pytest.approx(expected, abs=TOLERANCE)


def test_an_uncertain_value_by_hand() -> None:
    """One criterion; A is uniform on [0, 1], B is 0.75: A is first, and confident, in a quarter of the draws."""

    def sampler(number: int) -> Block:
        values = np.full((1, BLOCK, 2), 0.75)
        values[0, :, 0] = stream(3, number).random(BLOCK)
        return Block(values, np.ones((BLOCK, 1)))

    result = analyse(sampler, BLOCKS)
    assert result.ranks[0, 0] == pytest.approx(0.25, abs=TOLERANCE)
    assert result.confidence == pytest.approx(np.array([0.25, 0.75]), abs=TOLERANCE)


def test_what_is_never_first_has_no_central_weights() -> None:
    result = fixed_values([[1, 1], [0.5, 0.5]])
    assert result.ranks.tolist() == [[1, 0], [0, 1]]
    assert np.isnan(result.central_weights[1]).all()
    assert np.isnan(result.confidence[1])


def test_ties_share_the_better_rank_and_half_a_win() -> None:
    result = fixed_values([[0.5, 0.5], [0.5, 0.5 + 1e-12], [0.1, 0.1]])
    assert result.ranks.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert result.pairwise[0, 1] == 0.5


def test_one_draw_ranks_as_scikit_criteria_does() -> None:
    rng = np.random.default_rng(11)
    values = rng.random((3, 40, 12))
    weights = uniform_simplex(rng, 40, 3)
    scores = scores_of(values, weights)
    for draw in range(40):
        problem = mkdm(values[:, draw].T, [max, max, max], weights=weights[draw])
        peer = WeightedSumModel().evaluate(problem)
        ours = 1 + (scores[draw][None, :] > scores[draw][:, None]).sum(axis=1)
        assert ours.tolist() == peer.rank_.tolist()


def test_weights_are_uniform_on_the_simplex() -> None:
    """Of three uniform weights each has mean 1/3 and exceeds t with probability (1 - t)^2."""
    weights = uniform_simplex(np.random.default_rng(5), 100_000, 3)
    assert weights.sum(axis=1) == pytest.approx(np.ones(100_000))
    assert weights.mean(axis=0) == pytest.approx(np.full(3, 1 / 3), abs=0.005)
    for threshold in (0.2, 0.5, 0.8):
        assert (weights > threshold).mean(axis=0) == pytest.approx(np.full(3, (1 - threshold) ** 2), abs=0.006)


@given(st.integers(1, 8), st.integers(1, 4), st.integers(0, 2**32))
def test_indices_are_probabilities(size: int, criteria: int, seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 4, (size, criteria)) / 3

    def sampler(number: int) -> Block:
        weights = uniform_simplex(stream(seed, number), BLOCK, criteria)
        return Block(np.repeat(table.T[:, None, :], BLOCK, axis=1), weights)

    result = analyse(sampler, 1)
    assert result.ranks.sum(axis=1) == pytest.approx(np.ones(size))
    assert result.pairwise + result.pairwise.T == pytest.approx(np.ones((size, size)))
    first = result.ranks[:, 0] > 0
    assert result.central_weights[first].sum(axis=1) == pytest.approx(np.ones(first.sum()))
    assert np.isnan(result.confidence[~first]).all()
    for better in range(size):
        for worse in range(size):
            if (table[better] >= table[worse]).all():
                assert result.pairwise[better, worse] >= 0.5
                assert result.expected_rank[better] <= result.expected_rank[worse]


@given(st.integers(0, 2**32))
def test_without_ties_each_rank_is_taken_once(seed: int) -> None:
    values = np.random.default_rng(seed).random((2, BLOCK, 5))
    result = analyse(lambda number: Block(values, uniform_simplex(stream(seed, number), BLOCK, 2)), 1)
    assert result.ranks.sum(axis=0) == pytest.approx(np.ones(5))


def test_more_blocks_continue_the_same_draws() -> None:
    """Block 1 is the same whether it is the last of two or the second of five."""
    first, second = stream(9, 0).random(4), stream(9, 1).random(4)
    assert not np.array_equal(first, second)
    assert np.array_equal(second, stream(9, 1).random(4))


def test_centroid_weights_fall() -> None:
    weights = centroid_weights(36)
    assert weights[0] == 1
    assert (np.diff(weights) < 0).all()


@pytest.mark.parametrize(
    "wins, expected",
    [
        ([(0, 1), (0, 2), (1, 2)], [[0], [1], [2]]),
        ([], [[0, 1, 2]]),
        ([(2, 0), (2, 1)], [[2], [0, 1]]),
        ([(0, 1), (1, 2), (2, 0)], [[0, 1, 2]]),  # a circle ranks nothing
        ([(0, 2)], [[0, 1, 2]]),  # 1 cannot be told from either, so the three stay together
    ],
)
def test_tiers(wins: list[tuple[int, int]], expected: list[list[int]]) -> None:
    above = np.zeros((3, 3), dtype=bool)
    for better, worse in wins:
        above[better, worse] = True
    assert tiers(above) == expected


@given(st.integers(1, 7), st.integers(0, 2**32))
def test_tiers_are_the_finest_groups_in_order(size: int, seed: int) -> None:
    """Every cut between groups is clean, and no group could be cut once more."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.random((size, size)) < 0.7, 1)
    order = rng.permutation(size)
    above = upper[np.ix_(order, order)]
    groups = tiers(above)
    assert sorted(index for group in groups for index in group) == list(range(size))
    for place, group in enumerate(groups):
        later = [index for rest in groups[place + 1 :] for index in rest]
        assert above[np.ix_(group, later)].all()
        for mask in range(1, 2 ** len(group) - 1):
            inside = [g for bit, g in enumerate(group) if mask >> bit & 1]
            outside = [g for g in group if g not in inside]
            assert not above[np.ix_(inside, outside)].all()


def test_told_apart_allows_for_the_sampling() -> None:
    """0.76 of 100 draws is no proof of more than 0.75: three standard errors are 0.128. Of 100,000 draws it is."""
    pairwise = np.array([[0.5, 0.76], [0.24, 0.5]])
    assert not told_apart(pairwise, 100, 0.25, 3.0).any()
    assert told_apart(pairwise, 100_000, 0.25, 3.0).tolist() == [[False, True], [False, False]]


def test_a_margin_of_nothing_never_puts_each_above_the_other() -> None:
    assert not told_apart(np.full((2, 2), 0.5), 10**6, 0.0, 0.0).any()


@pytest.mark.parametrize("margin", [-0.1, 0.6, float("nan")])
def test_a_margin_out_of_range_is_refused(margin: float) -> None:
    with pytest.raises(PlanError, match=r"not between 0 and 0\.5"):
        told_apart(np.full((2, 2), 0.5), 100, margin, 3.0)


def test_no_draws_no_alternatives_no_seed_are_refused() -> None:
    with pytest.raises(PlanError, match="0 blocks"):
        analyse(lambda _: Block(np.zeros((1, BLOCK, 1)), np.ones((BLOCK, 1))), 0)
    with pytest.raises(PlanError, match="0 alternatives"):
        analyse(lambda _: Block(np.zeros((1, BLOCK, 0)), np.ones((BLOCK, 1))), 1)
    with pytest.raises(PlanError, match="negative"):
        stream(-1, 0)
