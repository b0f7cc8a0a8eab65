"""Sigma and beta convergence: NumPy and SciPy, constant composition, an economy with a known speed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from serantau.measure.convergence import LeftOut, beta_convergence, sigma_convergence
from serantau.measure.errors import MeasureError
from serantau.measure.series import Series

PANEL = {
    "A": Series((2014, 2019, 2024), (5.0, 9.0, 14.0)),
    "B": Series((2014, 2019, 2024), (12.0, 15.0, 25.0)),
    "C": Series((2014, 2024), (30.0, 41.0)),
    "D": Series((2014, 2019, 2024), (48.0, 55.0, 70.0)),
    "E": Series((2014, 2019, 2024), (0.0, 8.0, 20.0)),
    "F": Series((2014, 2019, 2024), (71.0, 70.0, 93.0)),
    "G": Series((), ()),
}
TABLES = st.lists(
    st.tuples(st.floats(0.5, 500), st.floats(0.5, 500)), min_size=4, max_size=12, unique_by=lambda row: round(row[0], 3)
)


def panel_of(rows):
    return {f"M{place:02}": Series((2014, 2024), row) for place, row in enumerate(rows)}


# --- sigma ------------------------------------------------------------------------------------------------------------


def test_dispersion_is_numpys():
    found = sigma_convergence(PANEL, (2014, 2019, 2024))
    assert found.members == ("A", "B", "D", "E", "F")
    for row in found.rows:
        values = np.array([PANEL[member].at(row.year) for member in found.members])
        assert row.mean == pytest.approx(values.mean(), rel=1e-12)
        assert row.sd == pytest.approx(values.std(ddof=1), rel=1e-12)
        assert row.cv == pytest.approx(stats.variation(values, ddof=1), rel=1e-12)
        assert (row.lower_quartile, row.median, row.upper_quartile) == pytest.approx(
            np.quantile(values, (0.25, 0.5, 0.75)), rel=1e-12
        )
        assert row.interquartile == pytest.approx(stats.iqr(values), rel=1e-12)
        assert row.gap == np.ptp(values)
    assert found.rows[1].sd_log == pytest.approx(np.log([9, 15, 55, 8, 70]).std(ddof=1), rel=1e-12)


def test_a_zero_has_no_logarithm_and_takes_the_measure_with_it():
    found = sigma_convergence(PANEL, (2014, 2024))
    assert found.rows[0].sd_log is None
    assert [one.measure for one in found.changes] == ["sd", "cv", "gap", "interquartile"]


def test_negative_values_have_no_coefficient_of_variation():
    panel = panel_of([(-1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)])
    assert sigma_convergence(panel, (2014, 2024)).rows[0].cv is None


def test_change_of_dispersion_by_hand():
    # Gap 71 - 0 = 71, then 93 - 14 = 79: wider by 8/71.
    changes = {one.measure: one for one in sigma_convergence(PANEL, (2014, 2024)).changes}
    assert changes["gap"].relative == pytest.approx(8 / 71)


def test_only_members_with_every_year_are_compared():
    """An incomplete member would make dispersion fall or rise by coming and going."""
    found = sigma_convergence(PANEL, (2024, 2014, 2019))
    assert found.left_out == (LeftOut("C", "no value in 2019"), LeftOut("G", "no value in 2014, 2019, 2024"))
    assert sigma_convergence(PANEL, (2014, 2024)).left_out == (LeftOut("G", "no value in 2014, 2024"),)


def test_three_members_are_not_enough():
    few = {member: PANEL[member] for member in "ABCDG"}
    found = sigma_convergence(few, (2014, 2019))
    assert (found.members, found.rows, found.changes) == (("A", "B", "D"), (), ())
    assert found.note == "not enough data: 3 members can be compared over 2014, 2019, and it takes 4"


def test_one_year_is_no_comparison():
    with pytest.raises(MeasureError, match="two years or more"):
        sigma_convergence(PANEL, (2014, 2014))


# --- beta -------------------------------------------------------------------------------------------------------------


def test_regression_is_scipys():
    found = beta_convergence(PANEL, 2014, 2024)
    assert [point.member for point in found.points] == ["A", "B", "C", "D", "F"]
    initial = np.log([5, 12, 30, 48, 71])
    growth = (np.log([14, 25, 41, 70, 93]) - initial) / 10
    line = stats.linregress(initial, growth)
    ours = found.estimate
    assert (ours.slope, ours.intercept, ours.stderr) == pytest.approx(
        (line.slope, line.intercept, line.stderr), rel=1e-10
    )
    assert ours.r_squared == pytest.approx(line.rvalue**2, rel=1e-10)
    assert ours.p == pytest.approx(line.pvalue, rel=1e-9)
    assert ours.t == pytest.approx(line.slope / line.stderr, rel=1e-10)


def test_members_that_cannot_enter_are_named_with_the_reason():
    assert beta_convergence(PANEL, 2014, 2024).left_out == (
        LeftOut("E", "not positive in 2014, so it has no logarithm"),
        LeftOut("G", "no value in 2014, 2024"),
    )


@pytest.mark.parametrize("speed", [0.02, 0.1])
@pytest.mark.parametrize("span", [5, 10])
def test_the_speed_that_was_put_in_comes_out(speed, span):
    """The log gap to a common level of 100 shrinks as exp(-speed t): half of it is gone after ln 2 / speed."""
    starts = (5.0, 10.0, 20.0, 40.0, 80.0)
    ends = [100 * math.exp(math.log(start / 100) * math.exp(-speed * span)) for start in starts]
    years = (2024 - span, 2024)
    panel = {f"M{place}": Series(years, row) for place, row in enumerate(zip(starts, ends, strict=True))}
    found = beta_convergence(panel, *years).estimate
    assert found.slope == pytest.approx(-(1 - math.exp(-speed * span)) / span, rel=1e-9)
    assert found.speed == pytest.approx(speed, rel=1e-9)
    assert found.half_life == pytest.approx(math.log(2) / speed, rel=1e-9)
    assert found.r_squared == pytest.approx(1.0)


def test_drawing_apart_has_no_half_life():
    # Everybody's distance to 10 doubles in logarithms: slope +0.1 a year, speed -ln 2 / 10.
    panel = panel_of([(5.0, 2.5), (10.0, 10.0), (20.0, 40.0), (40.0, 160.0)])
    found = beta_convergence(panel, 2014, 2024).estimate
    assert found.speed == pytest.approx(-math.log(2) / 10)
    assert found.half_life is None


def test_overtaking_has_no_speed():
    # The order is reversed: 1 + slope T = -1, of which there is no logarithm.
    panel = panel_of([(5.0, 40.0), (10.0, 20.0), (20.0, 10.0), (40.0, 5.0)])
    found = beta_convergence(panel, 2014, 2024).estimate
    assert found.slope == pytest.approx(-0.2)
    assert (found.speed, found.half_life) == (None, None)


def test_points_on_a_line_have_no_t():
    panel = panel_of([(5.0, 10.0), (10.0, 20.0), (20.0, 40.0), (40.0, 80.0)])
    found = beta_convergence(panel, 2014, 2024).estimate
    assert (found.stderr, found.t, found.p, found.r_squared) == (0.0, None, None, None)


def test_too_little_to_regress():
    few = {member: PANEL[member] for member in "ABCE"}
    found = beta_convergence(few, 2014, 2024)
    assert (found.estimate, len(found.points)) == (None, 3)
    assert found.note.startswith("not enough data: 3 members")
    same = beta_convergence(panel_of([(10.0, 11.0), (10.0, 12.0), (10.0, 13.0), (10.0, 14.0)]), 2014, 2024)
    assert (same.estimate, same.note) == (None, "not enough data: all members start from the same value")
    with pytest.raises(MeasureError, match="no length"):
        beta_convergence(PANEL, 2024, 2014)


# --- properties -------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(TABLES, st.floats(0.001, 1000))
def test_the_unit_of_the_values_does_not_matter(rows, factor):
    ours, theirs = panel_of(rows), panel_of([(first * factor, last * factor) for first, last in rows])
    for one, other in zip(
        sigma_convergence(ours, (2014, 2024)).rows, sigma_convergence(theirs, (2014, 2024)).rows, strict=True
    ):
        assert other.sd == pytest.approx(factor * one.sd, rel=1e-6, abs=1e-9 * factor)
        assert other.cv == pytest.approx(one.cv, rel=1e-6, abs=1e-9)
        assert other.sd_log == pytest.approx(one.sd_log, rel=1e-6, abs=1e-9)
    one, other = beta_convergence(ours, 2014, 2024).estimate, beta_convergence(theirs, 2014, 2024).estimate
    assume(np.ptp(np.log([first for first, _ in rows])) > 0.01)
    assert other.slope == pytest.approx(one.slope, rel=1e-6, abs=1e-6)


@pytest.mark.property
@given(TABLES, st.randoms())
def test_the_order_of_the_members_does_not_matter(rows, random):
    panel = panel_of(rows)
    names = list(panel)
    random.shuffle(names)
    shuffled = {name: panel[name] for name in names}
    assert sigma_convergence(shuffled, (2014, 2024)) == sigma_convergence(panel, (2014, 2024))
    assert beta_convergence(shuffled, 2014, 2024) == beta_convergence(panel, 2014, 2024)


@pytest.mark.property
@given(TABLES)
def test_sigma_needs_beta(rows):
    """Var(last) = (1 + slope T)^2 Var(first) + residual: log dispersion cannot fall unless the slope is negative."""
    found = {one.measure: one for one in sigma_convergence(panel_of(rows), (2014, 2024)).changes}["sd_log"]
    beta = beta_convergence(panel_of(rows), 2014, 2024).estimate
    assume(found.first > 0.01)
    if found.relative < -1e-9:
        assert beta.slope < 0
