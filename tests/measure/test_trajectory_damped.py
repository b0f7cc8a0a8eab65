"""Damped trend: R's ets, the textbook's closed variance, and a second search over the same grid."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serantau.measure.damped import ALPHAS, BETA_SHARES, PHIS, fit_damped, smooth
from serantau.measure.predictive import spread_factor
from serantau.measure.projection import Damped, fit, project
from serantau.measure.series import NotEnoughDataError, Series
from tests.measure.series_strategy import any_series

# Sheep in Asia in millions, 1970-2000 (data set `livestock` of Hyndman and Athanasopoulos's textbook), with what R prints
# for forecast::ets(livestock, model = "AAN", damped = TRUE, phi = 0.98), as kept in the test suite of statsmodels.
LIVESTOCK = Series(
    tuple(range(1970, 2001)),
    (
        263.917747, 268.307222, 260.662556, 266.639419, 277.515778, 283.834045, 290.309028, 292.474198,
        300.830694, 309.286657, 318.331081, 329.37239, 338.883998, 339.244126, 328.600632, 314.255385,
        314.459695, 321.413779, 329.789292, 346.385165, 352.297882, 348.370515, 417.562922, 417.12357,
        417.749459, 412.233904, 411.946817, 394.697075, 401.49927, 408.270468, 414.2428,
    ),
)  # fmt: skip
R_PARAMETERS = {"alpha": 0.97402626, "beta": 0.00010006, "phi": 0.98, "level": 252.59039965, "trend": 6.90265918}
R_MSE = 195.4397924865488
R_FITTED = {1970: 259.3550056432622, 1980: 314.7385626924191, 1992: 352.9214155841161, 2000: 411.8810877289437}
R_LAST_LEVEL, R_LAST_TREND = 414.1814574903921, 3.690553892582855
R_FORECAST = (417.7982003051233, 421.3426082635598, 424.8161280628277, 428.2201774661102, 431.5561458813270)

WIGGLE = Series(tuple(range(2008, 2024)), (9, 11, 10, 14, 19, 21, 20, 26, 33, 35, 41, 40, 44, 49, 48, 51))


def component_errors(series, alpha, beta, phi, level, trend):
    """The component form of the method, one year after the other: another route to the same errors."""
    share = beta / alpha
    by_year, errors = dict(zip(series.years, series.values, strict=True)), []
    for year in range(series.years[0], series.years[-1] + 1):
        expected = level + phi * trend
        if year not in by_year:
            level, trend = expected, phi * trend
            continue
        errors.append(by_year[year] - expected)
        fresh = alpha * by_year[year] + (1 - alpha) * expected
        trend = share * (fresh - level) + (1 - share) * phi * trend
        level = fresh
    return np.array(errors), level, trend


def test_recursion_is_that_of_r():
    done = smooth(LIVESTOCK, **R_PARAMETERS)
    assert np.mean(np.square(done.errors)) == pytest.approx(R_MSE, abs=1e-5)
    for year, fitted in R_FITTED.items():
        index = year - 1970
        assert LIVESTOCK.values[index] - done.errors[index] == pytest.approx(fitted, abs=1e-4)
    assert done.level == pytest.approx(R_LAST_LEVEL, abs=1e-4)
    assert done.trend == pytest.approx(R_LAST_TREND, abs=1e-4)
    reach = itertools.accumulate(0.98**step for step in range(1, 6))
    assert [done.level + done.trend * part for part in reach] == pytest.approx(R_FORECAST, abs=1e-3)


def test_on_rs_data_the_grid_comes_close_to_rs_optimum():
    # R optimises freely, we on a grid but with exact initial states: within 2 % in squared error, 1 % in the forecast.
    path = project(LIVESTOCK, Damped(), until=2005)
    found = fit_damped(LIVESTOCK)
    assert np.mean(np.square(found.errors)) < 1.02 * R_MSE
    assert path.mean == pytest.approx(R_FORECAST, rel=0.01)


@pytest.mark.parametrize(
    "series", [WIGGLE, Series((2008, 2009, *WIGGLE.years[4:]), WIGGLE.values[:2] + WIGGLE.values[4:])]
)
def test_no_other_point_of_the_grid_is_better(series):
    """The least-squares initial states by lstsq, for each point of the grid in turn."""
    best = math.inf
    for alpha, share, phi in itertools.product(ALPHAS, BETA_SHARES, PHIS):
        beta = alpha * share
        plain = component_errors(series, alpha, beta, phi, 0.0, 0.0)[0]
        by_level = component_errors(series, alpha, beta, phi, 1.0, 0.0)[0] - plain
        by_trend = component_errors(series, alpha, beta, phi, 0.0, 1.0)[0] - plain
        states = np.linalg.lstsq(np.column_stack([by_level, by_trend]), -plain, rcond=None)[0]
        errors, _, _ = component_errors(series, alpha, beta, phi, *states)
        best = min(best, float(errors @ errors))
    found = fit_damped(series)
    assert float(np.square(found.errors).sum()) == pytest.approx(best, rel=1e-8)


@pytest.mark.parametrize("ahead", [1, 2, 5, 20])
@pytest.mark.parametrize("alpha, beta, phi", [(0.5, 0.1, 0.9), (0.95, 0.8, 0.98), (0.1, 0.001, 0.8)])
def test_variance_is_the_closed_formula_of_the_textbook(ahead, alpha, beta, phi):
    # fpp3, section 8.7, table of forecast variances, row (A,Ad,N).
    one = 1 - phi
    closed = (
        1
        + alpha**2 * (ahead - 1)
        + beta * phi * ahead / one**2 * (2 * alpha * one + beta * phi)
        - beta * phi * (1 - phi**ahead) / (one**2 * (1 - phi**2))
        * (2 * alpha * (1 - phi**2) + beta * phi * (1 + 2 * phi - phi**ahead))
    )  # fmt: skip
    assert spread_factor(ahead, alpha, beta, phi) == pytest.approx(closed, rel=1e-9)


def test_a_year_without_a_value_is_forecast_over():
    # 2020: 10 against 8 + 0.5 * 2 = 9, error 1; level 9.5, trend 1.1. 2021 is absent: level 10.05, trend 0.55.
    # 2022: 11 against 10.05 + 0.275 = 10.325, error 0.675; level 10.6625, trend 0.275 + 0.0675.
    done = smooth(Series((2020, 2022), (10.0, 11.0)), alpha=0.5, beta=0.1, phi=0.5, level=8.0, trend=2.0)
    assert done.errors == pytest.approx((1.0, 0.675))
    assert (done.level, done.trend) == pytest.approx((10.6625, 0.3425))


def test_an_error_over_a_gap_counts_by_its_variance():
    # Six years, one gap of two: that error has the variance 1 + (0.5 + 0.1 * 0.5)^2 = 1.3025 of a one-step error.
    # Six observations less five parameters leave one degree of freedom.
    series = Series((2015, 2016, 2018, 2019, 2020, 2021), (10.0, 12.0, 11.0, 15.0, 14.0, 18.0))
    done = smooth(series, alpha=0.5, beta=0.1, phi=0.5, level=8.0, trend=2.0)
    squares = [error**2 for error in done.errors]
    assert done.sigma2 == pytest.approx(sum(squares) - squares[2] + squares[2] / 1.3025, rel=1e-12)


def test_the_trend_levels_off_at_its_limit():
    path = fit(WIGGLE, Damped())
    limit = path.start + path.slope * path.phi / (1 - path.phi)
    assert path.central(2000) == pytest.approx(limit, rel=1e-9)
    assert path.arrival(limit + 1, math.inf) is None
    halfway = (path.start + limit) / 2
    assert path.central(path.arrival(halfway, math.inf) - path.origin) == pytest.approx(halfway, rel=1e-9)


def test_interval_needs_two_degrees_of_freedom_beyond_five_parameters():
    six, seven = WIGGLE.within(2008, 2013), WIGGLE.within(2008, 2014)
    assert project(six, Damped(), until=2020).low is None
    assert project(six, Damped(), until=2020).notes == ("not enough observations for an interval",)
    assert fit(seven, Damped()).df == 2
    with pytest.raises(NotEnoughDataError, match="needs 5 observations and there are 4"):
        fit(WIGGLE.within(2008, 2011), Damped())


def test_a_constant_series_stays_without_spread():
    path = project(Series(tuple(range(2010, 2020)), (100.0,) * 10), Damped(), until=2025)
    assert path.mean == pytest.approx([100.0] * 6, rel=1e-12)
    assert path.low == pytest.approx([100.0] * 6, rel=1e-9)


@pytest.mark.property
@given(any_series(least=7), st.floats(-100, 100), st.floats(0.1, 10), st.booleans())
def test_another_unit_gives_the_same_path(series, shift, scale, turned):
    chosen = fit_damped(series)
    assume(np.ptp(series.values) > 1 and np.square(chosen.errors).sum() > 1e-3)
    factor = -scale if turned else scale
    other = Series(series.years, tuple(shift + factor * value for value in series.values))
    moved = fit_damped(other)
    # Two points of the grid may fit equally well to the last digits; then either is right.
    assert np.square(moved.errors).sum() == pytest.approx(factor**2 * np.square(chosen.errors).sum(), rel=1e-6)
    if (moved.alpha, moved.beta, moved.phi) == (chosen.alpha, chosen.beta, chosen.phi):
        size = 1e-6 * (abs(shift) + abs(factor) * (1 + max(map(abs, series.values))))
        assert moved.level == pytest.approx(shift + factor * chosen.level, abs=size)
        assert moved.trend == pytest.approx(factor * chosen.trend, abs=size)
        assert moved.sigma2 == pytest.approx(factor**2 * chosen.sigma2, rel=1e-6)
