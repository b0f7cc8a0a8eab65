"""Rule: a number is called reported only by enough independent, accepted, recent reports; of less nothing follows.

And: what becomes of a report stands in one table; what is deleted in time leaves every figure as it was.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.scams import (
    LIMITS,
    RULES,
    Act,
    AppealError,
    Part,
    Rule,
    Side,
    Stage,
    State,
    Step,
    Thing,
    ThingError,
    Tip,
    TriageError,
    acts_for,
    appeals,
    follow,
    normal,
    over,
    silent_until,
    standing,
    triage,
)
from serantau.defend.scams.checker import BURST, WHOLE, independent, strength, weight
from serantau.defend.scams.retention import ends
from tests.support.tree import ROOT, read

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = Rule(3, 90 * DAY, 360 * DAY)


def tip(number, days=0.0, marks=None, minutes=0):
    at = NOW - days * DAY - timedelta(minutes=minutes)
    return Tip(number, at, at, frozenset(marks or {f"network {number}"}))


def apart(count, days=0.0):
    """Independent tips, each an hour after the other."""
    return [tip(number, days, minutes=60 * number) for number in range(1, count + 1)]


@st.composite
def crowds(draw):
    """Tips of a few people, whose marks overlap as they may."""
    marks = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=3)
    rows = draw(st.lists(st.tuples(st.integers(0, 500 * 24 * 60), marks), max_size=12))
    return [tip(number, marks=marks, minutes=minutes) for number, (minutes, marks) in enumerate(rows)]


# --- the threshold -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", Thing)
def test_the_threshold_is_crossed_by_as_many_as_it_says_and_not_by_one_less(thing):
    rule = RULES[thing]
    assert standing(apart(rule.threshold - 1), rule, NOW) is None
    assert standing(apart(rule.threshold), rule, NOW) is not None


@given(st.lists(st.tuples(st.integers(0, 10**6), st.frozensets(st.sampled_from("uvwxyz"), max_size=2)), max_size=40))
def test_one_reporter_alone_never_crosses_it_however_often(rows):
    tips = [tip(number, marks={"me", *marks}, minutes=minutes) for number, (minutes, marks) in enumerate(rows)]
    assert all(standing(tips, rule, NOW) is None for rule in RULES.values())


@given(crowds(), st.integers(0, 400), st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=3))
def test_a_later_report_by_somebody_known_never_adds_to_the_number_of_independent_ones(tips, days, marks):
    known = {mark for one in tips for mark in one.marks}
    if marks & known:
        assert len(independent([*tips, tip(99, -days, marks)])) <= len(independent(tips))


@given(crowds(), st.integers(0, 500), st.sampled_from(Thing))
def test_below_the_threshold_there_is_nothing_whatever_stands_there(tips, days, thing):
    rule, moment = RULES[thing], NOW + days * DAY
    if len(independent(tips)) < rule.threshold:
        assert standing(tips, rule, moment) == standing([], rule, moment) is None


@given(crowds())
def test_independence_does_not_depend_on_the_order(tips):
    assert independent(tips) == independent(tips[::-1])


@given(crowds())
def test_those_counted_share_no_mark_and_follow_no_closer_than_a_burst(tips):
    """An independent computation: components by closure instead of by union."""
    reached = []
    for one in tips:
        group, marks = {one.number}, set(one.marks)
        while more := {other.number for other in tips if other.marks & marks} - group:
            group |= more
            marks |= {mark for other in tips if other.number in group for mark in other.marks}
        reached.append(frozenset(group))
    received = {one.number: one.received for one in tips}
    firsts = sorted(min(received[number] for number in group) for group in set(reached))
    counted = []
    for first in firsts:
        if not counted or first - counted[-1] >= BURST:
            counted.append(first)
    assert len(independent(tips)) == len(counted)


def test_many_senders_within_a_burst_are_one():
    crowd = [tip(number, minutes=number * 2) for number in range(14)]
    assert len(independent(crowd)) == 1
    assert standing(crowd, RULE, NOW) is None


def test_a_third_report_can_show_that_two_are_one():
    one, other = tip(1, 5, {"a"}), tip(2, 3, {"b"})
    assert len(independent([one, other])) == 2
    assert len(independent([one, other, tip(3, 1, {"a", "b"})])) == 1


@pytest.mark.parametrize("threshold", [0, 1])
def test_no_rule_can_be_made_that_one_alone_crosses(threshold):
    with pytest.raises(ValueError, match="at least 2"):
        Rule(threshold, DAY, 2 * DAY)


# --- age -----------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_report_never_gains_weight_with_age(young, more):
    assert WHOLE >= weight(young * DAY, RULE) >= weight((young + more) * DAY, RULE) >= 0


@given(crowds(), st.integers(0, 400))
def test_a_key_is_answered_for_until_the_day_that_is_stated_and_not_longer(tips, days):
    found = standing(tips, RULE, NOW)
    if found is None:
        return
    assert found.until > NOW
    moment = NOW + days * DAY
    assert (strength(tips, RULE, moment) >= RULE.threshold * WHOLE) is (moment < found.until)


def test_more_reports_are_remembered_longer():
    few, many = standing(apart(3), RULE, NOW), standing(apart(12), RULE, NOW)
    assert few.until < many.until
    assert not few.strong
    assert many.strong


# --- appeals -------------------------------------------------------------------------------------------------------------


def test_what_was_received_before_an_upheld_appeal_counts_no_more():
    tips = apart(5, days=2)
    assert standing(tips, RULE, NOW, cleared=NOW - DAY) is None
    assert standing([*tips, *apart(3)], RULE, NOW, cleared=NOW - DAY) is not None


def test_an_appeal_silences_for_two_weeks_unless_many_reported_or_one_was_dismissed_lately():
    assert silent_until(NOW, strong=False, dismissed=[]) == NOW + 14 * DAY
    assert silent_until(NOW, strong=True, dismissed=[]) is None
    assert silent_until(NOW, strong=False, dismissed=[NOW - 364 * DAY]) is None
    assert silent_until(NOW, strong=False, dismissed=[NOW - 366 * DAY]) is not None


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("step", Step)
def test_nobody_decides_an_appeal_alone(stage, step):
    try:
        after = appeals.follow(stage, step, "person 1", "person 1")
    except AppealError:
        return
    assert after not in appeals.DECIDED


def test_a_second_officer_decides():
    proposed = appeals.follow(Stage.OPEN, Step.PROPOSE_UPHOLDING, "", "person 1")
    assert appeals.follow(proposed, Step.CONFIRM, "person 1", "person 2") is Stage.UPHELD
    assert appeals.follow(proposed, Step.SEND_BACK, "person 1", "person 2") is Stage.OPEN


# --- triage --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("side", Side)
def test_what_is_not_in_the_table_is_refused(state, act, side):
    held = triage.TABLE.get((state, act))
    if held is not None and held[0] is side:
        assert follow(state, act, side) is held[1]
        assert act in acts_for(state, side)
    else:
        with pytest.raises(TriageError, match="cannot be dealt with"):
            follow(state, act, side)


def test_nothing_is_accepted_but_by_an_officer_and_nothing_withdrawn_comes_back():
    assert {side for side, after in triage.TABLE.values() if after is State.ACCEPTED} == {Side.OFFICER}
    assert not [key for key in triage.TABLE if key[0] is State.WITHDRAWN]
    assert all((state, Act.WITHDRAW) in triage.TABLE for state in set(State) - {State.WITHDRAWN})


# --- retention -----------------------------------------------------------------------------------------------------------


@given(st.sampled_from(State), st.integers(0, 2000), st.integers(0, 2000))
def test_what_is_deleted_stays_deleted(state, days, more):
    decided = NOW + 3 * DAY
    assert over(state, NOW, decided, NOW + days * DAY) <= over(state, NOW, decided, NOW + (days + more) * DAY)


def test_what_counts_outlives_the_time_for_which_it_counts():
    longest = max(rule.last for rule in RULES.values())
    for part in (Part.MARKS, Part.VALUES, Part.DIGESTS):
        assert ends(part, State.ACCEPTED, NOW, NOW) >= NOW + longest


def test_of_what_was_withdrawn_nothing_is_kept_and_of_the_rest_the_text_first():
    assert over(State.WITHDRAWN, NOW, NOW, NOW) == frozenset(Part)
    for state in set(State) - {State.WITHDRAWN}:
        assert over(state, NOW, NOW, NOW) == frozenset()
        assert ends(Part.TEXT, state, NOW, NOW) <= NOW + 180 * DAY
        assert ends(Part.TEXT, state, NOW, NOW) <= ends(Part.DIGESTS, state, NOW, NOW)
    assert set(LIMITS) == set(Part)


# --- keys ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "thing, written, country, value",
    [
        (Thing.PHONE, "+44 20 7946 0958", "XA", "+442079460958"),
        (Thing.PHONE, "(020) 7946 0958", "GB", "+442079460958"),
        (Thing.PHONE, "๐๒๐ ๗๙๔๖ ๐๙๕๘", "GB", "+442079460958"),
        (Thing.ACCOUNT, "GB82 WEST 1234 5698 7654 32", "XA", "GB82WEST12345698765432"),
        (Thing.ACCOUNT, "123-456-7890", "XA", "XA:1234567890"),
        (Thing.DOMAIN, "SHOP.Example.", "XA", "shop.example"),
        (Thing.DOMAIN, "bücher[.]example", "XA", "xn--bcher-kva.example"),
        (Thing.URL, "hxxps://Shop.Example:443/a%7Eb?q=%c3%a9#part", "XA", "https://shop.example/a~b?q=%C3%A9"),
        (Thing.URL, "shop.example", "XA", "http://shop.example/"),
        (Thing.URL, "http://192.0.2.7:8080/x", "XA", "http://192.0.2.7:8080/x"),
        (Thing.EMAIL, "Win(at)Shop.Example", "XA", "win@shop.example"),
    ],
)
def test_people_who_mean_the_same_get_the_same_key(thing, written, country, value):
    assert normal(thing, written, country).value == value
    assert normal(thing, f" {written} ", country).value == value


@pytest.mark.parametrize(
    "thing, written",
    [
        *[(thing, "") for thing in Thing],
        *[(thing, "x" * 3000) for thing in Thing],
        *[(thing, "a\x00b.example") for thing in Thing],
        (Thing.PHONE, "12"),
        (Thing.PHONE, "my number"),
        (Thing.ACCOUNT, "12345"),
        (Thing.ACCOUNT, "none"),
        (Thing.DOMAIN, "localhost"),
        (Thing.DOMAIN, "a b.example"),
        (Thing.DOMAIN, "192.0.2.7"),
        (Thing.URL, "javascript:alert(1)"),
        (Thing.URL, "http://[::1"),
        (Thing.URL, "http://a.example:99999/"),
        (Thing.EMAIL, "nobody"),
        (Thing.EMAIL, "a b@shop.example"),
    ],
)
def test_what_is_no_such_thing_is_refused_with_the_way_to_write_it(thing, written):
    with pytest.raises(ThingError) as refused:
        normal(thing, written, "XA")
    assert refused.value.thing is thing


@given(st.sampled_from(Thing), st.text(max_size=60), st.sampled_from(["XA", "GB", ""]))
def test_whatever_is_written_is_read_or_refused_and_a_key_is_its_own_normal_form(thing, written, country):
    try:
        key = normal(thing, written, country)
    except ThingError:
        return
    if thing is not Thing.ACCOUNT:
        assert normal(thing, key.value, country) == key


def test_the_page_of_the_method_says_what_the_rules_say():
    text = read(ROOT / "docs" / "method" / "scam-reports.md")
    rows = re.findall(r"^\| ([a-z, -]+) \| (\d+) \| (\d+) days \| (\d+) days \|$", text, re.MULTILINE)
    told = {name: tuple(map(int, numbers)) for names, *numbers in rows for name in names.split(", ")}
    names = {"telephone number": Thing.PHONE, "bank account": Thing.ACCOUNT, "web address": Thing.URL}
    names |= {"domain": Thing.DOMAIN, "e-mail address": Thing.EMAIL}
    assert told == {
        name: (RULES[thing].threshold, RULES[thing].full.days, RULES[thing].last.days) for name, thing in names.items()
    }
