"""Rule: alerts follow from what was released to their level and from nothing else, in whatever order it arrives.

The fast way agrees with the plain one, more sightings never silence, and identifiers give no key away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.defend.alerts import Place, Rule, Why, correlate, identifier
from serantau.defend.buckets import at_level, fold
from serantau.defend.model import ALERT_LEVELS, Contribution, ObservableKey, Tlp, Word
from tests.defend import plain_alerts

RULE = Rule(3, timedelta(days=7))
START = datetime(2026, 11, 5, tzinfo=UTC)  # 1970-01-01 was a Thursday, and so is this: a window begins
KEY = ObservableKey("domain-name", "bad.example")

keys = st.sampled_from([KEY, ObservableKey("ipv4-addr", "192.0.2.7")])
hours = st.integers(-24 * 15, 24 * 15)
# Few whole minutes and some seconds, so that instants coincide now and then.
moments = st.builds(
    lambda hour, second: START + timedelta(hours=hour, seconds=second), hours, st.sampled_from([0, 0, 7])
)
labels = st.sampled_from([*Tlp])
words = st.builds(
    Contribution,
    number=st.just(0),
    key=keys,
    member=st.sampled_from(["aa", "bb", "cc", "dd", ""]),
    word=st.sampled_from([Word.SEEN, Word.SEEN, Word.SEEN, Word.SEEN, Word.FALSE_POSITIVE, Word.EXPIRED]),
    first=moments,
    last=moments,
    confidence=st.none() | st.integers(0, 100),
    tlp=labels,
    attribution=st.none() | st.sampled_from([*Tlp][:4]),
    source=st.sampled_from(["", "", "feed-1", "feed-2"]),
)


def numbered(found):
    return [replace(one, number=number) for number, one in enumerate(found, start=1)]


piles = st.lists(words, max_size=14).map(numbered)


def seen(number, member, when=START, **more):
    given_ = {"confidence": None, "tlp": Tlp.GREEN, "attribution": None, **more}
    return Contribution(
        number,
        KEY,
        member,
        more.pop("word", Word.SEEN),
        when,
        when,
        **{name: value for name, value in given_.items() if name != "word"},
    )


def found(pile, rule=RULE):
    return dict(correlate(pile, rule))


@pytest.mark.property
@settings(max_examples=120, deadline=None)
@given(piles)
def test_the_fast_way_agrees_with_the_plain_one(pile):
    ours = found(pile)
    for level in ALERT_LEVELS:
        theirs = plain_alerts.alerts(pile, RULE.members, RULE.window, level)
        mine = {(place.key, place.cell): one for place, one in ours.items() if place.level is level}
        assert mine.keys() == theirs.keys()
        for where, expected in theirs.items():
            assert {name: getattr(mine[where], name) for name in expected} == expected


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(piles, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(pile, random):
    again = pile + [one for one in pile if random.random() < 0.5]
    random.shuffle(again)
    assert found(again) == found(pile)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(piles, st.sampled_from(ALERT_LEVELS))
def test_what_stands_above_a_level_changes_nothing_at_it(pile, level):
    """Counts, names, instants, reasons and identifiers alike."""
    released = [one for one in pile if one.tlp <= level]
    with_all, with_released = (
        {place: one for place, one in found(part).items() if place.level is level} for part in (pile, released)
    )
    assert with_all == with_released
    assert [identifier(b"s", RULE, place) for place in with_all] == [
        identifier(b"s", RULE, place) for place in with_released
    ]


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(piles, words)
def test_another_sighting_never_silences(pile, more):
    more = replace(more, number=99, word=Word.SEEN)
    before, after = found(pile), found([*pile, more])
    assert before.keys() <= after.keys()
    assert all(one.members <= after[place].members for place, one in before.items())
    assert all(one.independent <= after[place].independent for place, one in before.items())


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(piles, st.integers(0, 14))
def test_buckets_add_up_however_the_pile_is_cut(pile, cut):
    """What the database does: fold a part, fold the rest, add."""
    whole, parts = fold(pile, RULE.window), [fold(pile[:cut], RULE.window), fold(pile[cut:], RULE.window)]
    added = {}
    for part in parts:
        for spot, held in part.items():
            for holder, heap in held.items():
                place = (spot, holder)
                added[place] = added[place].plus(heap.bucket()) if place in added else heap.bucket()
    assert added == {(spot, holder): heap.bucket() for spot, held in whole.items() for holder, heap in held.items()}


def test_three_members_make_an_alert_and_two_do_not():
    assert not found([seen(1, "aa"), seen(2, "bb"), seen(3, "bb", START + timedelta(hours=1))])
    places = found([seen(1, "aa"), seen(2, "bb"), seen(3, "cc", START + timedelta(hours=5))])
    assert {place.level for place in places} == {Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT}
    assert {one.reached for one in places.values()} == {START + timedelta(hours=5)}


def test_a_span_over_the_edge_of_two_windows_counts():
    early = START - timedelta(days=2)
    near = found([seen(1, "aa", early), seen(2, "bb", early), seen(3, "cc", START + timedelta(days=4))])
    far = found([seen(1, "aa", early), seen(2, "bb", early), seen(3, "cc", START + timedelta(days=5, hours=1))])
    assert near
    assert not far


def test_one_feed_reposted_by_three_counts_once():
    assert not found([seen(number, member, source="feed-1") for number, member in enumerate(["aa", "bb", "cc"])])


def test_one_instant_to_the_second_reposted_by_three_counts_once():
    odd, round_ = START + timedelta(seconds=7), START + timedelta(minutes=7)
    assert not found([seen(number, member, odd) for number, member in enumerate(["aa", "bb", "cc"])])
    assert found([seen(number, member, round_) for number, member in enumerate(["aa", "bb", "cc"])])


def test_red_and_unreadable_markings_count_nowhere():
    pile = [seen(1, "aa"), seen(2, "bb"), seen(3, "cc", tlp=Tlp.RED), seen(4, "dd", tlp=Tlp.UNKNOWN)]
    assert not found(pile)


def test_the_hub_is_no_witness():
    assert not found([seen(1, "aa"), seen(2, "bb"), seen(3, "")])


def test_members_are_named_from_the_label_they_state():
    pile = [seen(1, "aa", attribution=Tlp.CLEAR), seen(2, "bb", attribution=Tlp.AMBER), seen(3, "cc")]
    named = {place.level: one.named for place, one in found(pile).items()}
    assert named == {Tlp.GREEN: ("aa",), Tlp.AMBER: ("aa", "bb"), Tlp.AMBER_STRICT: ("aa", "bb")}


def test_a_witness_that_takes_it_back_is_none():
    pile = [seen(1, "aa"), seen(2, "bb"), seen(3, "cc")]
    later = START + timedelta(days=8)
    assert not found([*pile, seen(4, "cc", later, word=Word.FALSE_POSITIVE)])
    assert found([*pile, seen(4, "dd", later, word=Word.FALSE_POSITIVE)])


def test_a_flood_by_fewer_members_than_it_takes_does_not_hide():
    rule = Rule(3, RULE.window, {"domain-name": 5})
    flood = [seen(number, "aa" if number % 2 else "bb") for number in range(100)]
    (one, *_) = found([*flood, seen(200, "cc")], rule).values()
    assert one.why is None
    everybody = [seen(1000 + number, "cc") for number in range(6)]
    assert {one.why for one in found([*flood, *everybody], rule).values()} == {Why.POPULAR}


def test_an_identifier_cannot_be_guessed_and_levels_cannot_be_joined():
    place = Place(KEY, 2965, Tlp.GREEN)
    assert identifier(b"s", RULE, place) == identifier(b"s", RULE, place)
    others = [
        identifier(b"t", RULE, place),
        identifier(b"s", Rule(4, RULE.window), place),
        identifier(b"s", RULE, replace(place, cell=2966)),
        identifier(b"s", RULE, replace(place, level=Tlp.AMBER)),
        identifier(b"s", RULE, place, "sighting"),
    ]
    assert len({identifier(b"s", RULE, place), *others}) == 6


def test_at_level_adds_up_what_is_released():
    heaps = fold([seen(1, "aa"), seen(2, "aa", tlp=Tlp.AMBER)], RULE.window)
    ((_, held),) = heaps.items()
    full = {holder: heap.bucket() for holder, heap in held.items()}
    assert [at_level(full, level).get("aa") and at_level(full, level)["aa"].n for level in ALERT_LEVELS] == [
        None,
        1,
        2,
        2,
    ]
