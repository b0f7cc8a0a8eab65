"""A status needs a target with a source; what is observed decides before what is projected."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from serantau.facts import Grade
from serantau.measure.definition import StatusRule
from serantau.measure.errors import MeasureError
from serantau.measure.indicators import Direction, Target
from serantau.measure.projection import Damped, Linear, Logistic, Trend
from serantau.measure.series import Series
from serantau.measure.status import Aim, Status, outlook
from serantau.measure.trajectory import trajectory
from tests.measure.series_strategy import any_series

# Rises of 1, 3, 2 with given slope 2: sigma2 = (1 + 1 + 0) / 3 = 2/3 on 3 degrees of freedom; 2023 is at 6.
RISING = Series((2020, 2021, 2022, 2023), (0.0, 1.0, 4.0, 6.0))
TWO_A_YEAR = Linear(slope=2.0)


def target(value, year=2027, source="plan"):
    return Target(value=value, year=year, source=source, grade=Grade.PRIMARY)


def judge(series, value, year=2027, model=TWO_A_YEAR, **aim):
    return outlook(series, model, Aim(target=target(value, year), **aim))


# --- probability and thresholds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "goal, status", [(13.0, Status.ON_TRACK), (14.0, Status.ON_TRACK), (15.0, Status.AT_RISK), (18.0, Status.OFF_TRACK)]
)
def test_probability_is_that_of_students_t(goal, status):
    # In 2027 the path is at 6 + 4 * 2 = 14 with variance 4 * 2/3.
    found = judge(RISING, goal)
    assert found.probability == pytest.approx(stats.t.sf((goal - 14) / math.sqrt(8 / 3), 3), rel=1e-12)
    assert found.status is status
    assert found.shortfall == pytest.approx(goal - 14)
    assert found.arrival == pytest.approx(2023 + (goal - 6) / 2)


def test_a_path_that_just_arrives_is_on_track_from_one_half():
    assert judge(RISING, 14.0).probability == 0.5
    assert judge(RISING, 14.0, rule=StatusRule(on_track=0.51, at_risk=0.5)).status is Status.AT_RISK
    assert judge(RISING, 14.0, rule=StatusRule(on_track=0.8, at_risk=0.51)).status is Status.OFF_TRACK


def test_thresholds_in_the_wrong_order_are_refused():
    with pytest.raises(MeasureError, match="Exchange them"):
        Aim(rule=StatusRule(on_track=0.2, at_risk=0.5))


def test_without_spread_the_path_itself_decides():
    line = Series((2020, 2021, 2022, 2023), (1.0, 2.0, 3.0, 4.0))
    assert judge(line, 8.0, model=Linear()).probability == 1.0
    assert judge(line, 8.1, model=Linear()).status is Status.OFF_TRACK


def test_under_a_ceiling_the_ceiling_itself_is_never_met():
    series = Series((2018, 2019, 2020, 2021, 2022), (30.0, 45.0, 52.0, 70.0, 80.0))
    found = judge(series, 100.0, 2030, model=Logistic())
    assert (found.status, found.probability, found.arrival) == (Status.OFF_TRACK, 0.0, None)
    assert judge(series, 90.0, 2030, model=Logistic()).status is Status.ON_TRACK


def test_lower_is_better_by_hand():
    # Down by 2 a year from -6: at -14 in 2027, 1 short of -15.
    falling = Series(RISING.years, tuple(-value for value in RISING.values))
    found = judge(falling, -15.0, model=Linear(slope=-2.0), direction=Direction.LOWER)
    assert found.shortfall == pytest.approx(1.0)
    assert found.probability == pytest.approx(stats.t.sf(1 / math.sqrt(8 / 3), 3), rel=1e-12)
    assert found.arrival == pytest.approx(2027.5)


# --- what is observed decides -----------------------------------------------------------------------------------------


def test_met_is_reached_since_the_run_began():
    series = Series((2018, 2019, 2020, 2021, 2022), (10.0, 21.0, 15.0, 20.0, 22.0))
    found = judge(series, 20.0, 2030)
    assert (found.status, found.arrival, found.probability) == (Status.REACHED, 2021.0, 1.0)
    assert found.reason == "Met since 2021."


def test_met_late_is_reached_and_says_so():
    series = Series((2018, 2020, 2022), (10.0, 15.0, 22.0))
    found = judge(series, 20.0, 2020)
    assert (found.status, found.arrival, found.probability) == (Status.REACHED, 2022.0, 0.0)
    assert found.reason == "Met since 2022, after 2020."


def test_met_in_time_and_lost_since_is_reached_and_says_so():
    series = Series((2018, 2019, 2022), (10.0, 21.0, 15.0))
    found = judge(series, 20.0, 2020)
    assert (found.status, found.arrival, found.probability) == (Status.REACHED, 2019.0, 1.0)
    assert found.reason == "Met in 2019, in time for 2020; the value of 2022 no longer meets it."


def test_the_targets_own_year_counts():
    assert judge(Series((2018, 2020, 2022), (10.0, 20.0, 15.0)), 20.0, 2020).status is Status.REACHED
    unmet = judge(Series((2018, 2019, 2020), (10.0, 12.0, 19.9)), 20.0, 2020)
    assert (unmet.status, unmet.probability) == (Status.OFF_TRACK, 0.0)


def test_before_its_year_a_target_once_met_and_lost_is_projected():
    series = Series((2018, 2019, 2020, 2022), (10.0, 21.0, 16.0, 15.0))
    assert judge(series, 20.0, 2030, model=Linear()).status is not Status.REACHED


def test_missed_is_off_track_and_still_has_a_year_of_arrival():
    found = judge(RISING, 10.0, 2022)
    assert (found.status, found.probability, found.arrival) == (Status.OFF_TRACK, 0.0, 2025.0)
    assert found.reason == "Not met by 2022."
    assert judge(RISING.within(2023, 2023), 10.0, 2022, model=Linear()).status is Status.OFF_TRACK


def test_rounding_noise_does_not_unmeet_a_target():
    assert judge(Series((2022,), (0.1 + 0.2 - 1e-16,)), 0.1 + 0.2, 2030).status is Status.REACHED
    assert judge(Series((2022,), (0.3,)), 0.1 + 0.2, 2030).status is Status.REACHED


# --- nothing to judge -------------------------------------------------------------------------------------------------


def test_no_target_no_status():
    assert outlook(RISING, TWO_A_YEAR, Aim()).status is Status.NO_TARGET
    recalled = Aim(target=target(1.0, source="recalled"))
    found = outlook(RISING, TWO_A_YEAR, recalled)
    assert (found.status, found.probability, found.arrival) == (Status.NO_TARGET, None, None)


@pytest.mark.parametrize(
    "series, model, reason",
    [
        (Series((), ()), Linear(), "There is no observation."),
        (Series((2022,), (5.0,)), Linear(), "Not projected: a fitted slope needs two observations"),
        (RISING, Damped(), "Not projected: a damped trend needs 5"),
        (RISING.within(2021, 2023), Linear(), "Not enough observations for an interval."),
        (Series((2021, 2022), (5.0, 0.0)), Logistic(), "The last observation is at zero"),
    ],
)
def test_too_little_data_is_a_status(series, model, reason):
    found = judge(series, 50.0, model=model)
    assert found.status is Status.NOT_ENOUGH_DATA
    assert found.reason.startswith(reason)
    assert found.probability is None


def test_an_impossible_model_is_an_error_not_a_status():
    with pytest.raises(MeasureError, match="ceiling 5"):
        judge(RISING, 50.0, model=Logistic(ceiling=5.0))


# --- the reference direction ------------------------------------------------------------------------------------------


def test_nearness_to_a_reference_has_two_sides():
    aim = {"direction": Direction.REFERENCE, "reference": 1.0}
    assert judge(Series((2022,), (1.02,)), 0.97, **aim).status is Status.REACHED
    assert judge(Series((2022,), (1.04,)), 0.97, **aim).status is not Status.REACHED


def test_probability_of_a_band_by_hand():
    # 2027: at 14, sd sqrt(8/3), df 3. A target of 13 about a reference of 15 is the band from 13 to 17.
    found = judge(RISING, 13.0, direction=Direction.REFERENCE, reference=15.0)
    sd = math.sqrt(8 / 3)
    assert found.probability == pytest.approx(stats.t.cdf(3 / sd, 3) - stats.t.cdf(-1 / sd, 3), rel=1e-12)
    assert found.shortfall == pytest.approx(-1.0)
    assert found.arrival == pytest.approx(2026.5)


def test_a_single_point_is_no_target():
    with pytest.raises(MeasureError, match="Give a tolerance"):
        judge(RISING, 15.0, direction=Direction.REFERENCE, reference=15.0)
    with pytest.raises(MeasureError, match="needs the reference value"):
        Aim(Direction.REFERENCE)
    assert judge(RISING, 15.0, direction=Direction.REFERENCE, reference=15.0, tolerance=9.5).status is Status.REACHED


# --- paths that do not start at the last observation ------------------------------------------------------------------


def test_a_path_already_above_arrives_next_year_if_it_stays():
    # The regression line through 0, 10, 20, 30, 33 is at 35.2 in 2022 and rises; the last observation is 33.
    rising = Series((2018, 2019, 2020, 2021, 2022), (0.0, 10.0, 20.0, 30.0, 33.0))
    assert judge(rising, 34.0, model=Trend()).arrival == 2023.0
    falling = Series((2018, 2019, 2020, 2021, 2022), (40.0, 38.0, 37.0, 36.0, 30.0))
    # At 31.8 in 2022 and falling by 2.2 a year.
    assert judge(falling, 31.0, model=Trend()).arrival is None


# --- properties -------------------------------------------------------------------------------------------------------

MODELS = st.sampled_from([Linear(), Linear(rule="ols"), Linear(rule="drift"), Linear(slope=0.0), Trend(), Damped()])


@pytest.mark.property
@given(any_series(least=1), st.floats(-1e3, 1e3), st.integers(2000, 2040), MODELS)
def test_the_mirror_image_has_the_same_status(series, goal, year, model):
    """Negating the values and the direction changes nothing."""
    mirrored = Series(series.years, tuple(-value for value in series.values))
    ours = judge(series, goal, year, model)
    theirs = judge(mirrored, -goal, year, model, direction=Direction.LOWER)
    assert ours.status is theirs.status
    assert (ours.probability, ours.arrival) == (theirs.probability, theirs.arrival)


@pytest.mark.property
@given(any_series(least=4, low=1, high=99), st.floats(1, 99), st.sampled_from([Logistic(), Logistic(rule="drift")]))
def test_the_share_that_lacks_it_has_the_same_status(series, goal, model):
    """Coverage upwards is the uncovered share downwards: the logistic curve reflects at half its ceiling."""
    lacking = Series(series.years, tuple(100 - value for value in series.values))
    ours = judge(series, goal, 2035, model)
    theirs = judge(lacking, 100 - goal, 2035, model, direction=Direction.LOWER)
    if ours.probability is None or theirs.probability is None:
        assert ours.status is theirs.status
    else:
        assert ours.probability == pytest.approx(theirs.probability, abs=1e-6)


@pytest.mark.property
@given(any_series(least=1), st.floats(0, 1e3), MODELS, st.sampled_from([Direction.HIGHER, Direction.LOWER]))
def test_a_target_that_is_met_is_reached(series, room, model, direction):
    goal = series.values[-1] - room if direction is Direction.HIGHER else series.values[-1] + room
    found = judge(series, goal, 2035, model, direction=direction)
    assert (found.status, found.probability) == (Status.REACHED, 1.0)
    assert found.arrival <= series.years[-1]


@pytest.mark.property
@given(any_series(least=4), st.floats(-1e3, 1e3), st.floats(0, 100), MODELS)
def test_a_farther_target_is_never_likelier(series, goal, more, model):
    near, far = judge(series, goal, 2035, model), judge(series, goal + more, 2035, model)
    assume(near.probability is not None and far.probability is not None)
    assert far.probability <= near.probability + 1e-12


@pytest.mark.property
@given(any_series(least=4), st.floats(-1e3, 1e3), st.integers(2025, 2060), MODELS)
def test_on_track_at_one_half_is_arriving_in_time(series, goal, year, model):
    """All our distributions are symmetric on their scale: a probability of one half is the central path itself."""
    found = judge(series, goal, year, model)
    assume(found.probability is not None and found.shortfall is not None)
    assume(abs(found.probability - 0.5) > 1e-8)
    assert (found.status is Status.ON_TRACK) == (found.shortfall < 0)


# --- the whole trajectory ---------------------------------------------------------------------------------------------


def test_a_trajectory_says_what_is_missing():
    aim = Aim(target=target(20.0), goalpost=100.0)
    nothing = trajectory(Series((), ()), Linear(), aim, 2030)
    assert (nothing.change, nothing.gap, nothing.projection) == (None, None, None)
    assert nothing.outlook.status is Status.NOT_ENOUGH_DATA
    assert len(nothing.notes) == 2

    one = trajectory(Series((2022,), (9.0,)), Linear(slope=1.0), aim, 2030)
    assert one.gap.last == 91.0
    assert one.projection.mean[-1] == 17.0
    assert one.notes[0].startswith("a change needs two observations")

    past = trajectory(RISING, Linear(), aim, 2023)
    assert past.projection is None
    assert past.notes == ("observed to 2023, so there is nothing to project to 2023",)


def test_a_trajectory_is_its_parts():
    aim = Aim(target=target(14.0), goalpost=24.0)
    found = trajectory(RISING, TWO_A_YEAR, aim, 2027, 0.8)
    assert found.change.annual == 2.0
    assert found.gap.closed == 0.25
    assert found.projection.mean == (8.0, 10.0, 12.0, 14.0)
    assert found.projection.level == 0.8
    assert found.outlook == outlook(RISING, TWO_A_YEAR, aim)
    assert found.notes == ()
