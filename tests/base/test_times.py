"""Dates as precise as their source, intervals, and three values instead of two."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import OPEN, UNKNOWN, AsOf, Interval, PartialDate, Truth
from serantau.base.truth import all_of

TRUTHS = st.sampled_from(list(Truth))
DAYS = st.dates(date(1801, 1, 1), date(2199, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(DAYS)
    return PartialDate.parse(draw(st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])))


# --- truth: Kleene's tables, written out (Introduction to Metamathematics, 1952, section 64) ---------------------------

Y, N, U = Truth.YES, Truth.NO, Truth.UNKNOWN
AND = {(Y, Y): Y, (Y, N): N, (Y, U): U, (N, Y): N, (N, N): N, (N, U): N, (U, Y): U, (U, N): N, (U, U): U}
OR = {(Y, Y): Y, (Y, N): Y, (Y, U): Y, (N, Y): Y, (N, N): N, (N, U): U, (U, Y): Y, (U, N): U, (U, U): U}


@pytest.mark.parametrize("pair", AND)
def test_conjunction_and_disjunction_are_kleenes_tables(pair: tuple[Truth, Truth]) -> None:
    assert pair[0] & pair[1] is AND[pair]
    assert pair[0] | pair[1] is OR[pair]


@given(TRUTHS, TRUTHS, TRUTHS)
def test_the_laws_of_kleenes_logic(a: Truth, b: Truth, c: Truth) -> None:
    assert ~~a is a
    assert a & b is b & a
    assert a | b is b | a
    assert (a & b) & c is a & (b & c)
    assert (a | b) | c is a | (b | c)
    assert a & (b | c) is (a & b) | (a & c)
    assert ~(a & b) is ~a | ~b
    assert a & (a | b) is a
    assert all_of([a, b, c]) is a & b & c


def test_excluded_middle_does_not_hold_for_unknown() -> None:
    assert (U | ~U) is U


@given(st.sampled_from([True, False]), st.sampled_from([True, False]))
def test_without_unknown_it_is_two_valued_logic(a, b) -> None:
    assert Truth.of(a) & Truth.of(b) is Truth.of(a and b)
    assert Truth.of(a) | Truth.of(b) is Truth.of(a or b)
    assert ~Truth.of(a) is Truth.of(not a)


@pytest.mark.parametrize("truth", list(Truth))
def test_no_truth_can_be_read_as_a_boolean(truth: Truth) -> None:
    with pytest.raises(TypeError, match=r"compare it with Truth\.YES"):
        bool(truth)


def test_of_none_is_unknown_and_all_of_nothing_is_yes() -> None:
    assert Truth.of(None) is U
    assert all_of([]) is Y


# --- dates -------------------------------------------------------------------------------------------------------------


@given(DAYS)
def test_a_date_keeps_its_precision_and_spans_what_it_may_mean(day: date) -> None:
    year, month, exact = (PartialDate.parse(f"{day:{form}}") for form in ("%Y", "%Y-%m", "%Y-%m-%d"))
    assert (str(year), str(month), str(exact)) == (f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}")
    assert (year.earliest, year.latest) == (date(day.year, 1, 1), date(day.year, 12, 31))
    assert month.earliest == day.replace(day=1)
    assert month.latest == day.replace(day=calendar.monthrange(day.year, day.month)[1])
    assert exact.earliest == exact.latest == day


@given(partial_dates(), DAYS)
def test_whether_a_date_has_come_is_unknown_only_where_the_precision_cannot_tell(start: PartialDate, day: date) -> None:
    possible = {first <= day for first in (start.earliest, start.latest)}
    expected = {frozenset({True}): Y, frozenset({False}): N}.get(frozenset(possible), U)
    assert start.on_or_before(day) is expected


@pytest.mark.parametrize(
    "text",
    ["2021-13", "2021-02-29", "2021-00", "2021-1", "20225", "1799", "2201", "21", "", "2021-01-01T00:00", "next year",
     " 2021", "2021-01-32", "٢٠٢١"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|no day of the calendar|outside 1800 to 2200"):
        PartialDate.parse(text)


def test_29_february_exists_in_leap_years_only() -> None:
    assert PartialDate.parse("2024-02").latest == date(2024, 2, 29)
    assert PartialDate.parse("1900-02").latest == date(1900, 2, 28)


def test_unknown_and_open() -> None:
    today = date(2026, 11, 21)
    assert UNKNOWN.on_or_before(today) is U
    assert OPEN.on_or_before(today) is N
    assert not UNKNOWN.known
    assert not OPEN.known
    assert PartialDate.parse("unknown") == UNKNOWN
    assert hash(PartialDate.parse("2021")) == hash(PartialDate.parse("2021"))


# --- intervals ---------------------------------------------------------------------------------------------------------


@given(partial_dates(), partial_dates(), DAYS)
def test_an_interval_says_yes_or_no_only_where_every_reading_agrees(
    start: PartialDate, end: PartialDate, day: date
) -> None:
    readings = {
        first <= day <= last
        for first in (start.earliest, start.latest)
        for last in (end.earliest, end.latest)
    }  # fmt: skip
    expected = {frozenset({True}): Y, frozenset({False}): N}.get(frozenset(readings), U)
    assert Interval(start, end).holds(day) is expected


@given(DAYS)
def test_the_first_and_the_last_day_belong_to_the_interval(day: date) -> None:
    exact = PartialDate.parse(f"{day:%Y-%m-%d}")
    one_day = Interval(exact, exact)
    assert one_day.holds(day) is Y
    assert one_day.holds(day - timedelta(days=1)) is N
    assert one_day.holds(day + timedelta(days=1)) is N


@given(DAYS)
def test_an_unknown_date_yields_unknown_never_always(day: date) -> None:
    before = PartialDate.parse(f"{day - timedelta(days=1):%Y-%m-%d}")
    after = PartialDate.parse(f"{day + timedelta(days=1):%Y-%m-%d}")
    assert Interval(UNKNOWN, OPEN).holds(day) is U
    assert Interval(before, UNKNOWN).holds(day) is U
    assert Interval(UNKNOWN, UNKNOWN).holds(day) is U
    assert Interval(UNKNOWN, before).holds(day) is N
    assert Interval(after, UNKNOWN).holds(day) is N
    assert Interval(before, OPEN).holds(day) is Y


def test_the_two_times_are_dates_and_nothing_else() -> None:
    assert AsOf(date(2021, 1, 22)).known == date.max
    with pytest.raises(TypeError, match="two dates"):
        AsOf(datetime(2021, 1, 22))  # noqa: DTZ001 - a datetime, of whatever zone, is what must be refused
    with pytest.raises(TypeError, match="two dates"):
        AsOf("2021-01-22")  # type: ignore[arg-type]
