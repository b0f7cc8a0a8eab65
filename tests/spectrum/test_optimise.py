"""Rule: the best plan is the best of all plans, found by trying every one on small bands."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.harmonise import Holdings, radio_of
from serantau.spectrum.optimise import best_plan
from tests.spectrum.world import DAY, band, complete, holding, world

N78 = band("n78", "TDD", 3300, 3350)
WIFI = band("nX", "FDD", 3300, 3320, 25)
BLOCK = 10


def test_a_release_and_a_move():
    """A holds 3300-3320, B leaves 3300-3310 free and moves nobody: 10 MHz for a budget of 10, 20 for 20."""
    facts = world(
        N78, holding("A", N78, 3300, 3320), holding("B", N78, 3310, 3350), complete("A", N78), complete("B", N78)
    )
    held = Holdings(facts, ["A", "B"], DAY)
    plan = best_plan(held, radio_of(N78), 10)
    assert (plan.added_mhz, plan.touched_mhz, plan.gap_mhz) == (10, 10, 0)
    plan = best_plan(held, radio_of(N78), 20)
    assert plan.added_mhz == 20
    assert best_plan(held, radio_of(N78), 9).added_mhz == 5, "on a raster of 5 MHz"
    assert best_plan(held, radio_of(N78), 4).added_mhz == 0


def test_who_must_move_is_named():
    facts = world(
        N78, WIFI, holding("A", N78, 3300, 3350), holding("B", WIFI, 3300, 3310, holder="Old Network"),
        complete("A", N78), complete("B", N78),
    )  # fmt: skip
    plan = best_plan(Holdings(facts, ["A", "B"], DAY), radio_of(N78), 1000)
    assert [move.holding.holder for move in plan.moves] == ["Old Network"]
    assert plan.added_mhz == 50
    assert plan.touched_mhz == 20 + 30, "20 MHz moved, uplink and downlink, and 30 MHz that nobody holds released"


def test_runs_narrower_than_a_channel_are_not_made():
    facts = world(
        N78, holding("A", N78, 3300, 3310), holding("A", N78, 3320, 3350, name="a2"), holding("B", N78, 3300, 3350),
        complete("A", N78), complete("B", N78),
    )  # fmt: skip
    held = Holdings(facts, ["A", "B"], DAY)
    assert best_plan(held, radio_of(N78), 10, channel_mhz=50).added_mhz == 10
    lone = world(N78, holding("B", N78, 3300, 3310), complete("A", N78), complete("B", N78))
    assert best_plan(Holdings(lone, ["A", "B"], DAY), radio_of(N78), 10, channel_mhz=20).added_mhz == 0


def test_members_who_are_not_completely_known_are_left_out_and_named():
    facts = world(N78, holding("A", N78, 3300, 3320), complete("A", N78), complete("B", N78))
    plan = best_plan(Holdings(facts, ["A", "B", "C"], DAY), radio_of(N78), 100)
    assert set(plan.left_out) == {"C"}
    with pytest.raises(SpectrumError, match="needs two members"):
        best_plan(Holdings(facts, ["A", "C"], DAY), radio_of(N78), 100)


blocks = st.lists(st.sampled_from("fxo"), min_size=5, max_size=5)
"""A member's five blocks: used for the radio, free, or held with another duplex."""


@settings(deadline=None, max_examples=40)
@given(blocks, blocks, st.sampled_from([0, 10, 20, 40, 100]), st.sampled_from([0, 20]))
def test_no_plan_is_better(one, two, budget, channel):
    other = band("nO", "FDD", 3300, 3350, 1000)  # its downlink is far away
    facts = [N78, other, complete("A", N78), complete("B", N78)]
    for member, row in (("A", one), ("B", two)):
        for number, kind in enumerate(row):
            low = 3300 + BLOCK * number
            if kind != "f":
                facts.append(holding(member, N78 if kind == "x" else other, low, low + BLOCK))
    held = Holdings(world(*facts), ["A", "B"], DAY)
    plan = best_plan(held, radio_of(N78), budget, channel_mhz=channel, raster_mhz=BLOCK)
    assert plan.gap_mhz == 0
    assert plan.added_mhz == best_by_trying(one, two, budget, channel)


def best_by_trying(one, two, budget, channel):
    """Every set of blocks: a free block costs its width, one held otherwise too, for each member."""
    common = {number for number in range(5) if one[number] == two[number] == "x"}
    best = 0
    for size in range(6):
        for chosen in combinations(sorted(set(range(5)) - common), size):
            cost = sum(BLOCK * (row[number] != "x") for number in chosen for row in (one, two))
            if cost <= budget and all(run_around(number, common | set(chosen)) * BLOCK >= channel for number in chosen):
                best = max(best, BLOCK * len(chosen))
    return best


def run_around(number, chosen):
    low = high = number
    while low - 1 in chosen:
        low -= 1
    while high + 1 in chosen:
        high += 1
    return high - low + 1
