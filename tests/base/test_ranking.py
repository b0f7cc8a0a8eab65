"""Rounding and ranking agree with NumPy and SciPy, and do not depend on the order of rows."""

from __future__ import annotations

import math
import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from serantau.base import competition_ranks, round_score

SCORES = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e290, max_value=1e290)
FEW = st.one_of(
    st.none(), st.sampled_from([0.1, 0.2, 0.3, 0.1 + 0.2, 1 / 3, 50.0, 50.0 + 1e-12, -1.0, math.nan]), SCORES
)


@given(SCORES)
def test_rounding_is_numpys(score: float) -> None:
    assert round_score(score) == np.rint(score * 1e9) / 1e9


@given(st.integers(-(10**9), 10**9))
def test_half_way_cases_go_where_numpy_sends_them(units: int) -> None:
    score = (units + 0.5) / 1e9
    assert round_score(score) == np.rint(score * 1e9) / 1e9


def test_what_cannot_be_rounded_stays() -> None:
    assert math.isnan(round_score(math.nan))
    assert round_score(math.inf) == math.inf
    assert round_score(1e305) == 1e305


@given(st.lists(FEW, max_size=30))
def test_ranks_are_scipys_minimum_ranks_of_the_rounded_scores(scores: list[float | None]) -> None:
    present = [index for index, score in enumerate(scores) if score is not None and not math.isnan(score)]
    expected: list[int | None] = [None] * len(scores)
    if present:
        rounded = np.array([np.rint(scores[index] * 1e9) / 1e9 for index in present])
        for index, rank in zip(present, rankdata(-rounded, method="min"), strict=True):
            expected[index] = int(rank)
    assert competition_ranks(scores) == expected


@given(st.lists(FEW, max_size=20), st.integers(0, 2**32))
def test_shuffled_rows_have_the_same_ranks(scores: list[float | None], seed: int) -> None:
    order = list(range(len(scores)))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
    ranks = competition_ranks(scores)
    assert competition_ranks([scores[index] for index in order]) == [ranks[index] for index in order]


def test_sums_in_another_order_tie() -> None:
    assert competition_ranks([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.7]) == [2, 2, 1]
