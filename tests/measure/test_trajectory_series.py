"""A series takes only figures it can read rightly, and change and gap are plain arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.measure.errors import MeasureError
from serantau.measure.indicators import Direction
from serantau.measure.series import NotEnoughDataError, Series, change, distance, gap


@pytest.mark.parametrize(
    "years, values, says",
    [
        ((2020, 2021), (1.0,), "2 years but 1 values"),
        ((2021, 2020), (1.0, 2.0), "2020 follows 2021"),
        ((2021, 2021), (1.0, 2.0), "each year once"),
        ((20225,), (1.0,), "20225 is not a whole year"),
        ((2020.5,), (1.0,), "2020.5 is not a whole year"),
        ((2020,), (math.nan,), "value of 2020 is nan"),
        ((2020,), (math.inf,), "value of 2020 is inf"),
    ],
)
def test_refuses_what_it_cannot_read(years, values, says):
    with pytest.raises(MeasureError, match=says):
        Series(years, values)


def test_order_of_a_mapping_does_not_matter():
    assert Series.of({2022: 3, 2020: 1}) == Series.of({2020: 1, 2022: 3}) == Series((2020, 2022), (1.0, 3.0))


def test_a_year_without_a_value_is_absent_not_zero():
    series = Series((2020, 2022), (1.0, 3.0))
    assert series.at(2021) is None
    assert series.within(2021, 2021) == Series((), ())


def test_change_by_hand():
    # 80 -> 100 in 4 years: +20, +5 a year, +25 %, (100/80)^(1/4) - 1 = 5.7371...%
    found = change(Series((2018, 2020, 2022), (80.0, 70.0, 100.0)))
    assert (found.absolute, found.annual, found.relative) == (20.0, 5.0, 0.25)
    assert found.cagr == pytest.approx(1.25**0.25 - 1, rel=1e-12)


def test_change_between_years_asked_for():
    found = change(Series((2018, 2020, 2022), (80.0, 70.0, 100.0)), 2018, 2020)
    assert (found.first, found.last, found.annual) == (80.0, 70.0, -5.0)


@pytest.mark.parametrize("first, last", [(-5.0, 10.0), (0.0, 10.0), (10.0, 0.0)])
def test_growth_rate_needs_two_positive_values(first, last):
    assert change(Series((2018, 2022), (first, last))).cagr is None


def test_relative_change_from_a_negative_value_keeps_its_sign():
    assert change(Series((2020, 2021), (-4.0, -2.0))).relative == 0.5
    assert change(Series((2020, 2021), (0.0, -2.0))).relative is None


def test_change_invents_no_observation():
    with pytest.raises(NotEnoughDataError, match="two observations and there is 1"):
        change(Series((2020,), (1.0,)))
    with pytest.raises(NotEnoughDataError, match="no observation of 2021"):
        change(Series((2020, 2022), (1.0, 3.0)), 2020, 2021)
    with pytest.raises(MeasureError, match="no length"):
        change(Series((2020, 2022), (1.0, 3.0)), 2022, 2020)


def test_gap_closed_is_the_share_of_the_way():
    # 40 -> 55 of 100: 60 to go, then 45; 15/60 of the way
    assert gap(Series((2019, 2024), (40.0, 55.0)), 100.0, Direction.HIGHER).closed == 0.25
    # lower is better, 30 -> 45 with goalpost 10: 20 to go, then 35; 75 % lost
    assert gap(Series((2019, 2024), (30.0, 45.0)), 10.0, Direction.LOWER).closed == -0.75
    # nearness to 1: 0.5 off, then 0.25 off on the other side
    assert gap(Series((2019, 2024), (0.5, 1.25)), 1.0, Direction.REFERENCE).closed == 0.5


def test_no_share_of_a_way_that_was_not_there():
    assert gap(Series((2019, 2024), (100.0, 90.0)), 100.0, Direction.HIGHER).closed is None
    with pytest.raises(NotEnoughDataError):
        gap(Series((), ()), 100.0, Direction.HIGHER)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_distance_is_the_same_in_the_mirror(value, goalpost):
    assert distance(value, goalpost, Direction.HIGHER) == distance(-value, -goalpost, Direction.LOWER)
    assert distance(value, goalpost, Direction.REFERENCE) == distance(-value, -goalpost, Direction.REFERENCE)
