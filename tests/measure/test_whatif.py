"""Rule: a reader's own choices give the ranks that arithmetic gives, within bounds, and the usual choices give the usual ranks."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import AsOf
from serantau.bundle import default_region, load_bundle, period_of
from serantau.measure.data import Data
from serantau.measure.standing import standing
from serantau.measure.whatif import MEANS, MOST, SCALES, STEP, Choices, WhatIfError, parts, what_if
from tests.support.regions import THREELANDS

OUTCOME = "tl2030-o2"


class Asked:
    """A region's index, its figures, and what is scored."""

    def __init__(self, root):
        bundle, asof = load_bundle(root), AsOf(date(2026, 11, 21))
        plan = bundle.plans.plan(bundle.region.profile.default_plan)
        members = tuple(one.id for one in bundle.region.members_at(asof))
        self.standing = standing(bundle.measure, bundle.measure.index_of(plan.id), period_of(plan), members, asof)
        result = self.standing.result
        self.definition = result.definition
        self.leaves = [leaf.id for leaf in result.definition.indicators]
        self.data = Data.of_matrix(result.units, self.leaves, result.stages[0].values[-1])
        self.scored = tuple(one.outcome for one in self.standing.outcomes if one.scored)

    def __call__(self, node=OUTCOME, scale="goalposts", mean="arithmetic", **factors):
        return what_if(self.definition, self.data, Choices.of(node, factors, scale, mean), self.scored)

    def leaf_score(self, member, indicator):
        return self.standing.cells[member, indicator].score


SHIPPED, THREE = Asked(default_region()), Asked(THREELANDS)


@pytest.mark.parametrize("asked", [SHIPPED, THREE], ids=["shipped", "threelands"])
def test_the_usual_choices_give_the_published_scores_and_ranks(asked):
    for node in asked.scored:
        found = asked(node)
        assert found.moved == 0
        for row in found.rows:
            held = asked.standing.scores[row.member, node]
            assert (row.rank, row.usual) == (held.rank, held.rank)
            assert row.score == (None if held.score is None else pytest.approx(held.score, abs=1e-9))


def test_weights_and_mean_are_those_of_the_arithmetic():
    # Access holds two indicators of equal weight and weighs three times quality; quality holds one of weight 2 beside one
    # of weight 1 (README of the invented region). Coverage three times as heavy; quality left out.
    (row,) = [row for row in THREE(coverage=3.0, **{"tl2030-o2-quality": 0.0}).rows if row.member == "QAA"]
    # Lines 28 of 40: 70; coverage 95.
    assert row.score == pytest.approx((70 + 3 * 95) / 4)
    (row,) = [row for row in THREE(mean="geometric", **{"tl2030-o2-quality": 0.0}).rows if row.member == "QAA"]
    # On a scale from 1 to 100: 1 + 99 * 0.70 and 1 + 99 * 0.95.
    assert row.score == pytest.approx(math.sqrt((1 + 99 * 0.70) * (1 + 99 * 0.95)))
    (row,) = [row for row in THREE(mean="harmonic", **{"tl2030-o2-quality": 0.0}).rows if row.member == "QAA"]
    assert row.score == pytest.approx(2 / (1 / (1 + 99 * 0.70) + 1 / (1 + 99 * 0.95)))


def test_places_among_the_members_are_their_share_of_the_worse():
    left = {"tl2030-o2-quality": 0.0, "coverage": 0.0}
    found = THREE(scale="percentile_rank", **left)
    # One indicator, three members, no ties: the best scores 100, the middle 50, the last 0.
    assert [row.score for row in found.rows] == pytest.approx([100, 50, 0])


def test_a_mix_of_outcomes_is_the_mean_of_their_scores():
    found = SHIPPED(SHIPPED.definition.root)
    for row in found.rows:
        scores = [SHIPPED.standing.scores[row.member, node].score for node in SHIPPED.scored]
        present = [score for score in scores if score is not None]
        if len(present) >= 0.6 * len(scores):  # the least share of the shipped index
            assert row.score == pytest.approx(math.fsum(present) / len(present))
        else:
            assert row.rank is None


FACTORS = st.integers(0, int(MOST / STEP)).map(lambda steps: steps * STEP)


@given(
    node=st.sampled_from([*SHIPPED.scored, SHIPPED.definition.root]),
    scale=st.sampled_from(SCALES),
    mean=st.sampled_from(MEANS),
    draws=st.lists(FACTORS, min_size=40, max_size=40),
)
def test_any_choice_gives_ranks_within_their_intervals_or_says_why_not(node, scale, mean, draws):
    names = [part.id for part in parts(SHIPPED.definition, node, SHIPPED.scored)]
    top = [part.id for part in parts(SHIPPED.definition, node, SHIPPED.scored) if part.depth == 0]
    factors = dict(zip(names, draws, strict=False))
    try:
        found = SHIPPED(node, scale, mean, **factors)
    except WhatIfError:
        assert not any(draws[at] for at, part in enumerate(names) if part in top) or 0.0 in draws
        return
    ranked = [row for row in found.rows if row.rank is not None]
    assert [row.rank for row in ranked] == sorted(row.rank for row in ranked)
    for row in found.rows:
        assert (row.rank is None) == (row.score is None) == (row.low is None)
        if row.rank is not None:
            # A member at the edge of the least share has a score in some draws only, and then others rank behind it.
            assert 1 <= row.low <= row.high <= len(found.rows)
            assert -1e-9 <= row.score <= 100 + 1e-9
    for group in {part.parent for part in parts(SHIPPED.definition, node, SHIPPED.scored)}:
        shares = [found.shares[p.id] for p in parts(SHIPPED.definition, node, SHIPPED.scored) if p.parent == group]
        assert math.fsum(shares) == pytest.approx(1) or math.fsum(shares) == 0


@given(st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_the_same_factor_on_all_parts_of_a_group_changes_nothing(factor):
    factors = {leaf: factor for leaf in THREE.leaves if leaf in {"lines_per100", "coverage"}}
    usual, found = THREE(), THREE(**factors)
    assert [(row.member, row.score) for row in found.rows] == [
        (row.member, pytest.approx(row.score, abs=1e-9)) for row in usual.rows
    ]


@pytest.mark.parametrize(
    "node, factors, scale, mean, said",
    [
        (OUTCOME, {"coverage": 0.1}, "goalposts", "arithmetic", "multiple of 0.25"),
        (OUTCOME, {"coverage": 4.25}, "goalposts", "arithmetic", "from 0 to 4"),
        (OUTCOME, {"coverage": -1.0}, "goalposts", "arithmetic", "from 0 to 4"),
        (OUTCOME, {"coverage": math.nan}, "goalposts", "arithmetic", "from 0 to 4"),
        (OUTCOME, {"nothing": 2.0}, "goalposts", "arithmetic", "no part"),
        (OUTCOME, {}, "log", "arithmetic", "no scale"),
        (OUTCOME, {}, "goalposts", "median", "no mean"),
        ("tl2030-o1", {}, "goalposts", "arithmetic", "no score"),
        (OUTCOME, {"tl2030-o2-access": 0.0, "tl2030-o2-quality": 0.0}, "goalposts", "arithmetic", "any weight"),
    ],
)
def test_what_cannot_be_chosen_is_refused(node, factors, scale, mean, said):
    with pytest.raises(WhatIfError, match=said):
        THREE(node, scale, mean, **factors)


def test_equal_choices_have_one_form():
    assert Choices.of(OUTCOME, {"b": 2.0, "a": 1.0}, "minmax", "arithmetic") == Choices.of(
        OUTCOME, {"b": 2.0}, "minmax", "arithmetic"
    )
