"""Rule: an alert is told to one contact after the other, each with the same minutes, and nobody is passed over or told twice.

However often the clock looked, and however long the site was down between two looks.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.escalation import Contact, Hours, Notice, Rule, Shift, State, advance, answer, withdraw
from serantau.defend.rules import RuleError

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
DAYS = frozenset(range(7))
ALWAYS = Hours(DAYS, time(0), time(0), "Etc/UTC")
NIGHT = Hours(DAYS, time(22), time(6), "Etc/UTC")

contacts_of = st.lists(st.sampled_from([(), (ALWAYS,), (NIGHT,)]), max_size=5).map(
    lambda held: [Contact(number, hours) for number, hours in enumerate(held, start=1)]
)
looks = st.lists(st.integers(0, 24 * 60), max_size=30).map(sorted)


def walked(contacts, minutes, at):
    """A notice after looks at some minutes."""
    notice = Notice(START, minutes)
    for one in at:
        notice = advance(notice, contacts, START + one * MINUTE)
    return notice


@given(contacts_of, st.integers(1, 90), looks)
def test_nobody_is_told_twice_or_passed_over_and_everybody_has_their_minutes(contacts, minutes, at):
    notice = walked(contacts, minutes, at)
    numbers = [one.contact for one in notice.told]
    assert len(numbers) == len(set(numbers))
    for one in notice.told:
        assert one.deadline - one.at == minutes * MINUTE
    for before, after in zip(notice.told, notice.told[1:], strict=False):
        assert after.at >= before.deadline, "somebody was told while another still had time"
    for told in notice.told:
        earlier = {one.contact for one in notice.told if one.at < told.at}
        passed = [one for one in contacts if one.id < told.contact and one.id not in earlier]
        on_duty = next(one for one in contacts if one.id == told.contact).on_duty(told.at)
        assert all(on_duty and not one.on_duty(told.at) for one in passed), "passed over although on duty"
    if notice.state is State.UNANSWERED:
        assert set(numbers) == {one.id for one in contacts}
        assert notice.ended == (notice.told[-1].deadline if notice.told else START)


@given(contacts_of, st.integers(1, 90), looks, looks)
def test_looking_more_often_between_deadlines_changes_nothing(contacts, minutes, at, more):
    notice = walked(contacts, minutes, at)
    told_at = sorted({one.at for one in notice.told} | ({notice.ended} if notice.ended else set()))
    again = Notice(START, minutes)
    for one in sorted({START + minute * MINUTE for minute in (*at, *more)}):
        idle = again.state is not State.WAITING or one < again.deadline
        assert idle is (advance(again, contacts, one) is again)
        again = advance(again, contacts, one)
    assert len(again.told) >= len(notice.told)
    assert not told_at or told_at[0] >= START


def test_with_a_site_that_is_up_each_is_told_at_the_deadline_of_the_one_before():
    notice = walked([Contact(1, (ALWAYS,)), Contact(2, (ALWAYS,)), Contact(3)], 30, range(200))
    assert [(one.contact, (one.at - START) // MINUTE) for one in notice.told] == [(1, 0), (2, 30), (3, 60)]
    assert notice.state is State.UNANSWERED
    assert notice.ended == START + 90 * MINUTE


def test_a_site_that_was_down_tells_the_next_one_at_once_and_gives_them_their_minutes():
    notice = walked([Contact(1, (ALWAYS,)), Contact(2, (ALWAYS,)), Contact(3)], 30, [0, 500, 501, 529, 530])
    assert [(one.contact, (one.at - START) // MINUTE) for one in notice.told] == [(1, 0), (2, 500), (3, 530)]


def test_who_is_on_duty_comes_first_and_who_is_not_is_told_all_the_same():
    day = Hours(DAYS, time(8), time(18), "Etc/UTC")
    notice = walked([Contact(1, (NIGHT,)), Contact(2, (day,)), Contact(3, (NIGHT,))], 10, range(60))
    assert [one.contact for one in notice.told] == [2, 1, 3]


def test_nobody_to_tell_is_said_at_once():
    assert walked([], 10, [0]).state is State.UNANSWERED


def test_somebody_who_lost_their_clearance_meanwhile_is_not_told():
    notice = advance(Notice(START, 10), [Contact(1), Contact(2)], START)
    after = advance(notice, [Contact(1)], START + 10 * MINUTE)
    assert [one.contact for one in after.told] == [1]
    assert after.state is State.UNANSWERED


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.FALSE_POSITIVE])
def test_an_answer_ends_it_also_a_late_one_and_there_is_one(state):
    for at in ([0], [0, 10]):
        notice = answer(walked([Contact(1)], 10, at), state, "A scanner of our own.", START + 20 * MINUTE)
        assert (notice.state, notice.ended) == (state, START + 20 * MINUTE)
        assert advance(notice, [Contact(1), Contact(2)], START + 999 * MINUTE) is notice
        with pytest.raises(RuleError) as refused:
            answer(notice, State.ACKNOWLEDGED, "", START + 30 * MINUTE)
        assert refused.value.rule is Rule.ANSWERED


def test_an_alert_that_no_longer_stands_wakes_nobody_and_changes_no_answer():
    for at in ([0], [0, 10]):
        notice = withdraw(walked([Contact(1)], 10, at), START + 20 * MINUTE)
        assert (notice.state, notice.ended) == (State.WITHDRAWN, START + 20 * MINUTE)
        assert advance(notice, [Contact(1), Contact(2)], START + 999 * MINUTE) is notice
    answered = answer(Notice(START, 10), State.ACKNOWLEDGED, "", START)
    assert withdraw(answered, START + MINUTE) is answered


def test_a_false_positive_is_given_in_words():
    with pytest.raises(RuleError) as refused:
        answer(Notice(START, 10), State.FALSE_POSITIVE, "  ", START)
    assert refused.value.rule is Rule.WORDS


@pytest.mark.parametrize(
    "hours, at, covered",
    [
        (Hours(frozenset({0}), time(9), time(17), "Etc/UTC"), datetime(2026, 3, 2, 9, tzinfo=UTC), True),
        (Hours(frozenset({0}), time(9), time(17), "Etc/UTC"), datetime(2026, 3, 2, 17, tzinfo=UTC), False),
        (Hours(frozenset({1}), time(9), time(17), "Etc/UTC"), datetime(2026, 3, 2, 9, tzinfo=UTC), False),
        # Seven hours east of Greenwich it is nine when it is two there.
        (Hours(frozenset({0}), time(9), time(17), "Etc/GMT-7"), datetime(2026, 3, 2, 2, tzinfo=UTC), True),
        (Hours(frozenset({0}), time(9), time(17), "Etc/GMT-7"), datetime(2026, 3, 2, 10, tzinfo=UTC), False),
        # From Sunday evening into Monday.
        (Hours(frozenset({6}), time(22), time(6), "Etc/UTC"), datetime(2026, 3, 2, 5, 59, tzinfo=UTC), True),
        (Hours(frozenset({0}), time(0), time(0), "Etc/UTC"), datetime(2026, 3, 2, 23, 59, tzinfo=UTC), True),
        (Hours(frozenset({0}), time(0), time(0), "Etc/UTC"), datetime(2026, 3, 3, 0, 0, tzinfo=UTC), False),
    ],
)
def test_hours_of_duty_are_read_on_the_clocks_of_their_zone(hours, at, covered):
    assert hours.cover(at) is covered


def test_a_turn_of_the_rota_is_duty():
    contact = Contact(1, (), (Shift(START, START + 60 * MINUTE),))
    assert contact.on_duty(START)
    assert not contact.on_duty(START + 60 * MINUTE)
