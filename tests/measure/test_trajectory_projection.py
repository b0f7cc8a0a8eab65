"""Lines and logistic curves: the shapes of published EU paths, SciPy, matrix algebra, simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats

from serantau.measure.errors import MeasureError
from serantau.measure.projection import Linear, Logistic, Trend, fit, project
from serantau.measure.series import NotEnoughDataError, Series
from tests.measure.series_strategy import any_series

YEARS = (2012, 2013, 2015, 2016, 2019, 2021, 2022)
VALUES = (14.0, 17.5, 21.0, 26.0, 41.0, 44.5, 53.0)
SERIES = Series(YEARS, VALUES)
RULES = ("anchored", "ols", "drift")


# --- published paths --------------------------------------------------------------------------------------------------
# Two baselines in the test data of the EU's digital-agenda dashboard (digital-agenda-data/digital-agenda, 2026). Slope
# and last observation are given, as there; how the slope was fitted is not published and we claim nothing about it.


def test_eu_ict_specialists_baseline():
    path = project(Series((2022,), (9.3702,)), Linear(slope=0.334202), until=2030)
    assert path.years == tuple(range(2023, 2031))
    assert round(path.mean[-1], 4) == 12.0438
    assert round(20.0 - path.mean[-1], 3) == 7.956
    assert round(path.fit.arrival(20.0, math.inf), 1) == 2053.8


def test_eu_ict_specialists_ideal_path():
    # The straight line to the target: (20 - 9.3702) / 8 years = 1.328725 a year.
    path = project(Series((2022,), (9.3702,)), Linear(slope=(20 - 9.3702) / 8), until=2030)
    assert round(path.mean[0] - 9.3702, 6) == 1.328725
    assert path.mean[-1] == pytest.approx(20.0, rel=1e-12)
    assert path.fit.arrival(20.0, math.inf) == pytest.approx(2030, abs=1e-9)


def test_eu_5g_coverage_baseline():
    # The observation of 2019 is 0: it has no logit, and with a given slope it changes nothing.
    path = project(Series((2019, 2022), (0.0, 81.2)), Logistic(ceiling=100.0, slope=1.9023), until=2026)
    by_year = dict(zip(path.years, path.mean, strict=True))
    assert round(by_year[2023], 2) == 96.66
    assert round(by_year[2026], 2) == 99.99
    assert path.notes[0] == "1 of 2 observations have no logit and are left out of the fit"


# --- slopes -----------------------------------------------------------------------------------------------------------


def test_ols_slope_is_scipys():
    assert fit(SERIES, Linear(rule="ols")).slope == pytest.approx(stats.linregress(YEARS, VALUES).slope, rel=1e-12)


def test_anchored_slope_is_least_squares_without_intercept():
    back = np.array(YEARS, float) - YEARS[-1]
    slope = np.linalg.lstsq(back[:, None], np.array(VALUES) - VALUES[-1], rcond=None)[0][0]
    assert fit(SERIES, Linear()).slope == pytest.approx(slope, rel=1e-12)


def test_drift_is_the_mean_annual_change():
    assert fit(SERIES, Linear(rule="drift")).slope == pytest.approx((53.0 - 14.0) / 10, rel=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_line_starts_at_the_last_observation(rule):
    assert fit(SERIES, Linear(rule=rule)).central(0) == VALUES[-1]


# --- intervals --------------------------------------------------------------------------------------------------------


def test_drift_interval_is_the_textbooks():
    # fpp3, section 5.5: sd(h) = sigma sqrt(h (1 + h / (T - 1))); sigma from the residuals with T - 2 degrees of freedom.
    values = [3.0, 4.0, 6.5, 6.0, 9.0, 10.0]
    residuals = np.diff(values) - (10.0 - 3.0) / 5
    sigma = math.sqrt(float(residuals @ residuals) / 4)
    path = project(Series(tuple(range(2015, 2021)), tuple(values)), Linear(rule="drift"), until=2023, level=0.8)
    for step in (1, 2, 3):
        half = stats.t.ppf(0.9, 4) * sigma * math.sqrt(step * (1 + step / 5))
        assert path.high[step - 1] == pytest.approx(10 + 1.4 * step + half, rel=1e-12)
        assert path.low[step - 1] == pytest.approx(10 + 1.4 * step - half, rel=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("ahead", [1, 4, 9])
def test_walk_variance_by_the_covariance_matrix(rule, ahead):
    """The forecast error is a linear form of a random walk, whose covariance is min(s, t)."""
    times = np.array([*YEARS, YEARS[-1] + ahead], float) - YEARS[0]
    covariance = np.minimum.outer(times, times)
    count = len(YEARS)
    if rule == "ols":
        design = np.column_stack([np.ones(count), times[:count]])
        slope_row = np.linalg.pinv(design)[1]
    elif rule == "anchored":
        back = times[:count] - times[count - 1]
        slope_row = np.linalg.pinv(back[:, None])[0]
        slope_row[-1] -= slope_row.sum()
    else:
        slope_row = np.zeros(count)
        slope_row[0], slope_row[-1] = -1 / times[count - 1], 1 / times[count - 1]
    form = np.append(-ahead * slope_row, 1.0)
    form[count - 1] -= 1.0
    spread = fit(SERIES, Linear(rule=rule)).spread
    assert spread.variance(ahead) / spread.sigma2 == pytest.approx(form @ covariance @ form, rel=1e-10)


def test_given_slope_interval_by_hand():
    # Rises 1, 3, 2 with given slope 2: errors -1, 1, 0; sigma2 = 2/3 on 3 degrees of freedom; variance h sigma2.
    path = project(Series((2020, 2021, 2022, 2023), (0.0, 1.0, 4.0, 6.0)), Linear(slope=2.0), until=2027, level=0.9)
    half = stats.t.ppf(0.95, 3) * math.sqrt(4 * 2 / 3)
    assert path.high[-1] == pytest.approx(6 + 8 + half, rel=1e-12)


def test_a_gap_of_two_years_has_twice_the_variance():
    # Rises 1 in 1 year, 6 in 2, 2 in 1 with given slope 2: errors -1, 2, 0; 1/1 + 4/2 + 0 = 3, over 3 = 1.
    assert fit(Series((2019, 2020, 2022, 2023), (0.0, 1.0, 7.0, 9.0)), Linear(slope=2.0)).spread.sigma2 == 1.0


@pytest.mark.parametrize("rule", RULES)
def test_intervals_of_a_walk_hold_what_they_promise(rule):
    """Of 2,000 simulated random walks with drift, 90 % end inside the 90 % interval (3 standard errors: 2 %)."""
    random = np.random.default_rng(20260116)
    lengths = np.array([1, 2, 1, 1, 3, 1, 1, 2])
    years = tuple(int(year) for year in 2010 + np.concatenate([[0], np.cumsum(lengths)]))
    inside = 0
    for _ in range(2000):
        walk = np.concatenate([[0.0], np.cumsum(0.7 * lengths + random.normal(size=8) * np.sqrt(lengths))])
        future = walk[-1] + 0.7 * 4 + random.normal() * 2
        low, high = fit(Series(years, tuple(walk.tolist())), Linear(rule=rule)).interval(4, 0.9)
        inside += low <= future <= high
    assert inside / 2000 == pytest.approx(0.9, abs=0.02)


def test_trend_line_and_interval_are_scipys():
    path = project(SERIES, Trend(), until=2027, level=0.95)
    for year, mean, low, high in zip(path.years, path.mean, path.low, path.high, strict=True):
        # With time counted from the year itself, the fitted value is the intercept.
        line = stats.linregress(np.array(YEARS) - year, VALUES)
        left = np.array(VALUES) - line.intercept - line.slope * (np.array(YEARS) - year)
        sd = math.sqrt(float(left @ left) / 5 + line.intercept_stderr**2)
        half = stats.t.ppf(0.975, 5) * sd
        assert mean == pytest.approx(line.intercept, rel=1e-10)
        assert (low, high) == pytest.approx((line.intercept - half, line.intercept + half), rel=1e-9)


# --- logistic ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_logistic_is_the_line_on_the_logits(rule):
    logits = Series(YEARS, tuple(special.logit(np.array(VALUES) / 80).tolist()))
    curve = project(SERIES, Logistic(ceiling=80.0, rule=rule), until=2030)
    line = project(logits, Linear(rule=rule), until=2030)
    for ours, theirs in ((curve.mean, line.mean), (curve.low, line.low), (curve.high, line.high)):
        assert ours == pytest.approx(80 * special.expit(np.array(theirs)), rel=1e-10)
    assert all(0 < low < high < 80 for low, high in zip(curve.low, curve.high, strict=True))


def test_observations_without_a_logit_do_not_enter_the_fit():
    plain = Series((2018, 2019, 2021, 2022), (20.0, 35.0, 60.0, 81.2))
    more = Series((2016, 2017, 2018, 2019, 2020, 2021, 2022), (-1.0, 0.0, 20.0, 35.0, 100.0, 60.0, 81.2))
    ours, theirs = fit(more, Logistic()), fit(plain, Logistic())
    assert (ours.slope, ours.spread, ours.used) == (theirs.slope, theirs.spread, 4)
    assert ours.notes == ("3 of 7 observations have no logit and are left out of the fit",)


@pytest.mark.parametrize("last", [0.0, 100.0])
def test_at_its_end_a_logistic_curve_stays(last):
    path = project(Series((2020, 2021, 2022), (40.0, 50.0, last)), Logistic(), until=2030)
    assert set(path.mean) == {last}
    assert path.low is None
    assert path.fit.arrival(60.0, 90.0) is None


@pytest.mark.parametrize("last", [-0.1, 100.1])
def test_a_last_observation_beyond_the_ceiling_is_refused(last):
    with pytest.raises(MeasureError, match="not between 0 and the ceiling 100"):
        fit(Series((2021, 2022), (50.0, last)), Logistic())


def test_logistic_arrival_by_hand():
    # From 50 % (logit 0) at 0.5 a year, 90 % is ln 9 / 0.5 = 4.394 years off; 100 % and beyond never.
    path = fit(Series((2022,), (50.0,)), Logistic(slope=0.5))
    assert path.arrival(90.0, math.inf) == pytest.approx(2022 + math.log(9) / 0.5, rel=1e-12)
    assert path.arrival(100.0, math.inf) is None


def test_far_ahead_there_is_no_overflow():
    assert fit(Series((2022,), (50.0,)), Logistic(slope=30.0)).central(100) == 100.0
    assert fit(Series((2022,), (50.0,)), Logistic(slope=-30.0)).central(100) == pytest.approx(0.0, abs=1e-300)


# --- too little, or impossible ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model, count", [(Linear(), 3), (Linear(slope=1.0), 2), (Linear(rule="drift"), 3), (Trend(), 3), (Logistic(), 3)]
)
def test_too_few_observations_give_no_interval(model, count):
    enough = Series((2019, 2020, 2021, 2022), (10.0, 13.0, 15.0, 19.0))
    few = enough.within(2023 - count, 2022)
    path = project(few, model, until=2025)
    assert (path.low, path.high) == (None, None)
    assert path.notes == ("not enough observations for an interval",)
    assert path.fit.probability(3, 20.0, math.inf) is None
    assert project(enough.within(2022 - count, 2022), model, until=2025).low is not None


@pytest.mark.parametrize("model", [Linear(), Linear(rule="ols"), Trend(), Logistic()])
def test_no_slope_from_one_observation(model):
    with pytest.raises(NotEnoughDataError, match="two observations and there is 1"):
        fit(Series((2022,), (9.0,)), model)


@pytest.mark.parametrize("model", [Linear(), Linear(slope=1.0), Trend(), Logistic()])
def test_nothing_from_nothing(model):
    with pytest.raises(NotEnoughDataError, match="there is none"):
        fit(Series((), ()), model)


@pytest.mark.parametrize(
    "model, until, level, says",
    [
        (Linear(slope=math.nan), 2030, 0.9, "slope nan is not a number"),
        (Logistic(ceiling=0.0), 2030, 0.9, "ceiling 0.0"),
        (Logistic(ceiling=math.inf), 2030, 0.9, "ceiling inf"),
        (Linear(), 2022, 0.9, "from 2023 to 2122"),
        (Linear(), 20225, 0.9, "from 2023 to 2122"),
        (Linear(), 2030, 1.0, "level 1.0"),
        (Linear(), 2030, 95, "level 95"),
    ],
)
def test_impossible_questions_are_refused(model, until, level, says):
    with pytest.raises(MeasureError, match=says):
        project(SERIES, model, until, level)


# --- properties -------------------------------------------------------------------------------------------------------

LINES = [*(Linear(rule=rule) for rule in RULES), Trend()]


@pytest.mark.property
@given(any_series(least=4), st.floats(-100, 100), st.floats(0.01, 100), st.booleans(), st.sampled_from(LINES))
def test_another_unit_gives_the_same_path(series, shift, scale, turned, model):
    """The path and its interval go where y -> a + b y takes them; a negative b turns the interval over."""
    factor = -scale if turned else scale
    other = Series(series.years, tuple(shift + factor * value for value in series.values))
    ours, theirs = project(series, model, until=2030), project(other, model, until=2030)
    tolerance = 1e-6 * (abs(shift) + abs(factor) * (1 + max(map(abs, series.values))))
    low, high = (theirs.high, theirs.low) if turned else (theirs.low, theirs.high)
    for mine, moved in ((ours.mean, theirs.mean), (ours.low, low), (ours.high, high)):
        assert moved == pytest.approx([shift + factor * value for value in mine], abs=tolerance)


@pytest.mark.property
@given(any_series(least=4), st.integers(-30, 30), st.sampled_from(LINES))
def test_another_calendar_gives_the_same_path(series, years, model):
    other = Series(tuple(year + years for year in series.years), series.values)
    ours, theirs = project(series, model, until=2030), project(other, model, until=2030 + years)
    assert theirs.mean == pytest.approx(ours.mean, rel=1e-9, abs=1e-9)
    assert theirs.low == pytest.approx(ours.low, rel=1e-9, abs=1e-6)


@pytest.mark.property
@given(
    any_series(least=4, low=1.0, high=99.0),
    st.floats(0.05, 0.9),
    st.floats(0.01, 0.09),
    st.sampled_from([*LINES, Logistic(), Logistic(ceiling=120.0, rule="drift")]),
)
def test_a_surer_interval_is_wider_and_holds_the_path(series, level, more, model):
    narrow, wide = project(series, model, 2030, level), project(series, model, 2030, level + more)
    for outer, inner, mean, inner_high, outer_high in zip(
        wide.low, narrow.low, narrow.mean, narrow.high, wide.high, strict=True
    ):
        slack = 1e-9 * (1 + abs(mean))
        assert outer <= inner + slack
        assert inner <= mean + slack
        assert mean <= inner_high + slack
        assert inner_high <= outer_high + slack


@pytest.mark.property
@given(
    any_series(low=1.0, high=99.0),
    st.floats(1.0, 99.0),
    st.sampled_from([*(Linear(rule=rule) for rule in RULES), Logistic()]),
)
def test_the_year_of_arrival_is_where_the_path_arrives(series, target, model):
    assume(series.values[-1] < target)
    path = fit(series, model)
    arrival = path.arrival(target, math.inf)
    if arrival is None:
        assert path.central(100) <= target * (1 + 1e-9)
        return
    assert path.central(arrival - path.origin) == pytest.approx(target, rel=1e-6)
    before, after = math.floor(arrival) - path.origin, math.floor(arrival) + 1 - path.origin
    assert path.central(before) <= target * (1 + 1e-9)
    assert path.central(after) >= target * (1 - 1e-9)


@pytest.mark.property
@given(any_series(least=4, low=1.0, high=99.0), st.floats(-20, 120), st.sampled_from([*LINES, Logistic()]))
def test_probabilities_of_all_that_can_happen_add_up(series, bound, model):
    path = fit(series, model)
    assume(path.spread.sigma2 > 1e-6)
    above = path.probability(3, bound, math.inf)
    below = path.probability(3, -math.inf, bound)
    assert above + below == pytest.approx(1.0, abs=1e-12)
    assert path.probability(3, bound, bound + 5) == pytest.approx(
        above - path.probability(3, bound + 5, math.inf), abs=1e-9
    )


@pytest.mark.property
@given(any_series(least=4, low=1.0, high=99.0), st.floats(0.05, 0.99), st.sampled_from([*LINES, Logistic()]))
def test_an_interval_has_the_probability_of_its_level(series, level, model):
    path = fit(series, model)
    assume(path.spread.sigma2 > 1e-4)
    low, high = path.interval(2, level)
    # A logit near the ceiling cannot be told from it: only intervals that the floats can hold.
    assume(model != Logistic() or (low > 1e-6 and high < 100 - 1e-6))
    assert path.probability(2, low, high) == pytest.approx(level, abs=1e-6)
