"""Rule: common megahertz are counted as a pair, by duplex and spacing, and what is not known widens the answer."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.spectrum.conflicts import Kind, conflicts_between
from serantau.spectrum.harmonise import Holdings, radio_of, radios_of
from serantau.spectrum.ranges import Range, difference, intersection, union, width
from tests.spectrum.world import DAY, END_UNKNOWN, band, complete, holding, total, world

N28 = band("n28", "FDD", 703, 748, 55)
N7 = band("n7", "FDD", 2500, 2570, 120)
N41 = band("n41", "TDD", 2496, 2690)
N38 = band("n38", "TDD", 2570, 2620)
N77 = band("n77", "TDD", 3300, 4200)
N78 = band("n78", "TDD", 3300, 3800)


def amount(facts, members, of):
    return astuple(Holdings(facts, members, DAY).common(radio_of(of)).amount)


def test_a_pair_counts_in_both_directions():
    """703-713 and 708-718 with their downlinks: 5 MHz in common each way, 10 together."""
    facts = world(N28, holding("A", N28, 703, 713), holding("B", N28, 708, 718), complete("A", N28), complete("B", N28))
    assert amount(facts, ["A", "B"], N28) == (10, 10, 10)


def test_the_same_megahertz_fdd_here_and_tdd_there_are_common_to_nobody():
    facts = world(
        N7, N41, holding("A", N7, 2500, 2570), holding("B", N41, 2500, 2690),
        complete("A", N7), complete("A", N41), complete("B", N7), complete("B", N41),
    )  # fmt: skip
    assert amount(facts, ["A", "B"], N7) == (0, 0, 0)
    assert amount(facts, ["A", "B"], N41) == (0, 0, 0)


def test_what_a_member_surely_uses_otherwise_is_ruled_out_even_without_a_complete_list():
    """A holds 2500-2570 / 2620-2690 FDD, so of 2496-2690 only 4 + 50 MHz may be TDD there."""
    facts = world(N7, N41, holding("A", N7, 2500, 2570))
    assert astuple(Holdings(facts, ["A"], DAY).use("A", radio_of(N41)).amount) == (0, 0, 54)


def test_missing_knowledge_counts_nothing_below_and_everything_above():
    facts = world(N78, holding("A", N78, 3400, 3500), complete("A", N78))
    assert amount(facts, ["A", "B"], N78) == (0, 0, 100)
    found = Holdings(facts, ["A", "B"], DAY).common(radio_of(N78))
    assert found.narrowing == {"B": 100}, "B's data could take away all that may be common; A is known"


def test_a_right_whose_end_is_not_known_is_reported_and_not_sure():
    facts = world(
        N78, holding("A", N78, 3400, 3500, when=END_UNKNOWN), holding("B", N78, 3400, 3500),
        complete("A", N78), complete("B", N78),
    )  # fmt: skip
    assert amount(facts, ["A", "B"], N78) == (0, 100, 100)


def test_a_zone_is_not_the_nation():
    facts = world(N78, holding("A", N78, 3400, 3500, area="zone 1"), complete("A", N78))
    assert astuple(Holdings(facts, ["A"], DAY).use("A", radio_of(N78)).amount) == (0, 0, 100)


def test_an_amount_without_a_range_counts_for_the_member_and_not_in_common():
    facts = world(N78, total("A", "n78", 100), holding("B", N78, 3400, 3500), complete("B", N78))
    found = Holdings(facts, ["A", "B"], DAY).common(radio_of(N78))
    assert astuple(found.uses[0].amount) == (100, 100, 500)
    assert astuple(found.amount) == (0, 0, 100)


def test_an_amount_in_one_of_two_bands_counts_in_neither():
    facts = world(N78, N41, total("A", "n78 n41", 100))
    assert astuple(Holdings(facts, ["A"], DAY).use("A", radio_of(N78)).amount) == (0, 0, 500)


def test_device_band_and_common_frequencies_are_two_things():
    """3700-3900 and 3400-3600: a radio for 3300-4200 tunes to both, and they share nothing."""
    facts = world(
        N77, N78, holding("A", N77, 3700, 3900), holding("B", N78, 3400, 3600), complete("A", N77), complete("B", N77)
    )
    assert N77.covers(N78)
    assert not N78.covers(N77)
    found = Holdings(facts, ["A", "B"], DAY).common(radio_of(N77))
    assert [use.amount.lower for use in found.uses] == [200, 200]
    assert found.amount.upper == 0


def test_a_megahertz_in_two_bands_counts_once():
    one, = radios_of([N77, N78])  # fmt: skip
    assert width(one.lead) == 900
    assert len(radios_of([N7, N41, N38])) == 2


def test_an_unassigned_block_is_not_in_use():
    facts = world(N28, holding("A", N28, 703, 713), holding("A", N28, 713, 723, holder=""))
    found = Holdings(facts, ["A"], DAY).use("A", radio_of(N28))
    assert astuple(found.amount) == (20, 20, 70), "of 2 x 45 MHz, 2 x 10 are known not to be used"


def test_uplink_in_downlink_is_a_conflict():
    """n5 downlink 869-894 over n8 uplink 880-915: the live case of two neighbours (850 against 900 MHz)."""
    n5, n8 = band("n5", "FDD", 824, 849, 45), band("n8", "FDD", 880, 915, 45)
    facts = world(n5, n8, holding("A", n5, 839, 849), holding("B", n8, 880, 890))
    (found,) = conflicts_between(facts, "A", "B", DAY)
    assert (found.kind, found.shared, found.certain) == (Kind.UPLINK_IN_DOWNLINK, (Range(884, 890),), True)


def test_fdd_against_tdd_and_tdd_against_tdd():
    facts = world(N7, N41, holding("A", N7, 2500, 2520), holding("B", N41, 2500, 2600), holding("A", N41, 2590, 2610))
    kinds = [found.kind for found in conflicts_between(facts, "A", "B", DAY)]
    assert kinds == [Kind.FDD_AGAINST_TDD, Kind.TDD_UNSYNCHRONISED]


def test_the_same_fdd_plan_on_both_sides_is_no_such_conflict():
    facts = world(N28, holding("A", N28, 703, 713), holding("B", N28, 703, 713))
    assert conflicts_between(facts, "A", "B", DAY) == ()


# --- sets of frequencies ---------------------------------------------------------------------------------------------


sets = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=6).map(
    lambda pairs: union(Range(low, low + wide) for low, wide in pairs)
)


def megahertz(ranges):
    """The plain way: each whole megahertz one by one."""
    return {mhz for part in ranges for mhz in range(int(part.low), int(part.high))}


@given(sets, sets)
def test_sets_agree_with_counting_megahertz(one, two):
    assert megahertz(intersection(one, two)) == megahertz(one) & megahertz(two)
    assert megahertz(difference(one, two)) == megahertz(one) - megahertz(two)
    assert megahertz(union((*one, *two))) == megahertz(one) | megahertz(two)
    assert width(one) == len(megahertz(one))


choices = st.sampled_from(["none", "sure", "unknown", "zone"])


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 8), choices), max_size=8),
    st.sets(st.sampled_from("AB")),
)
def test_bounds_are_in_order_and_more_knowledge_never_widens_them(rows, known_whole):
    facts = [N28]
    seen = set()
    for member, block, kind in rows:
        if kind == "none" or (member, block) in seen:
            continue
        seen.add((member, block))
        when = END_UNKNOWN if kind == "unknown" else None
        area = "zone" if kind == "zone" else "national"
        facts.append(holding(member, N28, 703 + 5 * block, 708 + 5 * block, area=area, when=when))
    loose = amount(world(*facts), ["A", "B"], N28)
    tight = amount(world(*facts, *(complete(member, N28) for member in known_whole)), ["A", "B"], N28)
    assert loose[0] <= loose[1] <= loose[2]
    assert tight[:2] == loose[:2]
    assert tight[2] <= loose[2]


@pytest.mark.parametrize("mhz", [2.5, 0.2])
def test_a_fine_grid_is_no_trouble(mhz):
    facts = world(N28, holding("A", N28, 703, 703 + mhz), holding("B", N28, 703, 748))
    assert amount(facts, ["A", "B"], N28)[0] == pytest.approx(2 * mhz)


def test_what_two_sources_say_of_one_holder_is_asked_once():
    facts = world(N78, total("A", "n78", None), total("A", "n78", None))
    asked = Holdings(facts, ["A"], DAY).use("A", radio_of(N78)).open_questions
    assert [one.partition(":")[0] for one in asked] == [
        "no source says that the list of holdings in this band is complete",
        "other",
    ]
