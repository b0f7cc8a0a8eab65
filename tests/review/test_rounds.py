"""Rule: a deadline is one instant, said on the clocks of the body that asks; nobody is reminded twice or in a heap."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.review import ReviewError
from serantau.review.rounds import Phase, Round, instant, reminder_due, reminders

DUE = datetime(2027, 3, 31, 10, tzinfo=UTC)
OPENS = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, utc",
    # Offsets from the IANA database: +7 and +8 without summer time, Kiritimati +14, Pago Pago -11.
    [("Etc/UTC", 17), ("Asia/Tokyo", 8), ("Pacific/Kiritimati", 3)],
)
def test_five_in_the_afternoon_there_is_an_instant(zone, utc):
    assert instant(date(2027, 3, 31), time(17), zone) == datetime(2027, 3, 31, utc, tzinfo=UTC)


def test_summer_time():
    # Paris changes its clocks on 28 March 2027: 02:30 does not exist, and noon is an hour earlier in UTC from then on.
    assert instant(date(2027, 3, 27), time(12), "Europe/Paris").hour == 11
    assert instant(date(2027, 3, 29), time(12), "Europe/Paris").hour == 10
    with pytest.raises(ReviewError, match="jump over it"):
        instant(date(2027, 3, 28), time(2, 30), "Europe/Paris")


def test_the_deadlines_own_instant_is_in_time():
    asked = Round(OPENS, DUE, "Etc/UTC")
    assert asked.phase(OPENS - timedelta(seconds=1)) is Phase.COMING
    assert asked.phase(OPENS) is Phase.OPEN
    assert asked.phase(DUE) is Phase.OPEN
    assert asked.phase(DUE + timedelta(microseconds=1)) is Phase.OVER


def test_reminders_come_in_order():
    assert [at for _, at in reminders(DUE)] == sorted(at for _, at in reminders(DUE))
    assert reminder_due(DUE, OPENS, DUE - timedelta(days=15), ()) is None
    assert reminder_due(DUE, OPENS, DUE - timedelta(days=14), ()) == "14 days before"
    assert reminder_due(DUE, OPENS, DUE - timedelta(days=13), ["14 days before"]) is None


def test_after_a_silence_only_the_newest_is_sent():
    assert reminder_due(DUE, OPENS, DUE + timedelta(hours=1), ()) == "1 day before"
    assert reminder_due(DUE, OPENS, DUE + timedelta(days=30), ["14 days before"]) == "7 days after"


def test_a_round_that_opened_late_reminds_of_nothing_before_it():
    assert reminder_due(DUE, DUE - timedelta(days=3), DUE - timedelta(days=2), ()) is None


@given(st.lists(st.integers(0, 60 * 24), max_size=60))
def test_whenever_one_looks_each_is_sent_at_most_once(hours):
    sent = []
    for hour in sorted(hours):
        name = reminder_due(DUE, OPENS, DUE - timedelta(days=30) + timedelta(hours=hour), sent)
        if name:
            assert name not in sent
            sent.append(name)
    order = [name for name, _ in reminders(DUE)]
    assert sent == sorted(sent, key=order.index)
