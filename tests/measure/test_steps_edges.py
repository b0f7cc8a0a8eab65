"""Corners of the specification, by hand."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    Denominate,
    FixedGoalposts,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Normalise,
    Robustness,
    Screen,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.indicators import Direction
from serantau.measure.robustness import monte_carlo


def one_indicator(leaf: dict, *steps) -> Definition:
    return Definition(
        id="one", title="One", indicators=(IndicatorSpec(id="x", group="index", **leaf),),
        groups=(GroupSpec(id="index"),), steps=(*steps, Aggregate()),
    )  # fmt: skip


def scores(definition: Definition, values) -> list[float | None]:
    units = [f"u{place}" for place in range(len(values))]
    result = run_index(definition, Data.of_matrix(units, ("x",), np.array(values, dtype=float)[:, None]))
    return [result.score(unit, "x") for unit in units]


# --- a logarithmic scale ends at zero: what lies there? --------------------------------------------------------------


@pytest.mark.parametrize(
    "leaf, values, expected",
    [
        # Speed: more is better, nothing at all is worst. 10 is half of the way from 1 to 100 in ratios.
        ({"goalposts": FixedGoalposts(low=1, high=100, scale="log")}, [0, 1, 10, 100], [0, 0, 50, 100]),
        # Price: less is better, and what costs nothing is best.
        (
            {"goalposts": FixedGoalposts(low=100, high=1, scale="log"), "direction": Direction.LOWER},
            [0, 1, 10, 100],
            [100, 100, 50, 0],
        ),
        # Distance from the best value, 5: the unit at no distance is best.
        (
            {
                "goalposts": FixedGoalposts(low=100, high=1, scale="log"),
                "direction": Direction.REFERENCE,
                "reference_value": 5.0,
            },
            [5, 6, -5, 105],
            [100, 100, 50, 0],
        ),
    ],
    ids=["higher", "lower", "reference"],
)
def test_zero_on_a_logarithmic_scale_scores_the_end_beyond_which_it_lies(leaf, values, expected):
    step = Normalise(method="goalposts")
    assert scores(one_indicator(leaf, step), values) == pytest.approx(expected)
    uncapped = scores(one_indicator(leaf, msgspec.structs.replace(step, cap=False)), values)
    assert uncapped[0] is None


# --- the order of units, and of rounding -----------------------------------------------------------------------------


@pytest.mark.parametrize("method, expected", [("rank", [1, 2, 4, 2]), ("percentile_rank", [0, 50, 100, 50])])
def test_an_imputed_mean_ties_with_the_value_it_equals_in_every_order_of_rows(method, expected):
    """0.1 + 0.2 + 0.3 is 0.6 or 0.6000000000000001, as one adds; the mean must be the 0.2 that it is on paper."""
    definition = one_indicator({}, Impute(method="mean"), Normalise(method=method))
    for order in ([0, 1, 2, 3], [2, 1, 0, 3], [3, 2, 0, 1], [1, 2, 0, 3]):
        values = np.array([0.1, 0.2, 0.3, math.nan])[order]
        assert scores(definition, values) == [expected[place] for place in order]


# --- treatment and values in the indicator's own unit ----------------------------------------------------------------

OUTLIER = [*range(1, 11), 100]


@pytest.mark.parametrize(
    "leaf, method",
    [
        ({"goalposts": FixedGoalposts(low=0, high=100)}, "goalposts"),
        ({"target": 120.0}, "target_distance"),
        ({"direction": Direction.REFERENCE, "reference_value": 5.0}, "minmax"),
    ],
)
def test_a_transformed_indicator_is_not_compared_with_values_in_its_unit(leaf, method):
    treat = Treat(winsorise_max=0)
    with pytest.raises(MeasureError, match="x would be transformed"):
        scores(one_indicator(leaf, treat, Normalise(method=method)), OUTLIER)
    skipped = msgspec.structs.replace(treat, skip=("x",))
    assert None not in scores(one_indicator(leaf, skipped, Normalise(method=method)), OUTLIER)
    winsorised = Treat(winsorise_max=1)
    assert None not in scores(one_indicator(leaf, winsorised, Normalise(method=method)), OUTLIER)


def test_nor_in_an_alternative_of_the_robustness_analysis():
    definition = msgspec.structs.replace(
        one_indicator({"goalposts": FixedGoalposts(low=0, high=100)}, Treat(winsorise_max=0), Normalise()),
        robustness=Robustness(normalise=(Normalise(), Normalise(method="goalposts"))),
    )
    assert None not in scores(definition, OUTLIER)
    data = Data.of_matrix([f"u{place}" for place in range(11)], ("x",), np.array(OUTLIER, dtype=float)[:, None])
    with pytest.raises(MeasureError, match="x would be transformed"):
        monte_carlo(definition, data, replicates=50)


@pytest.mark.parametrize("late", [Denominate(), Screen()])
def test_values_are_not_drawn_before_a_step_that_would_change_them(late):
    definition = msgspec.structs.replace(
        one_indicator({}, Impute(method="mean"), late, Normalise()), robustness=Robustness(draw_missing=True)
    )
    data = Data.of_matrix(["a", "b", "c", "d"], ("x",), np.array([[1.0], [2], [5], [np.nan]]))
    with pytest.raises(MeasureError, match="Put .* first"):
        monte_carlo(definition, data, replicates=50)


# --- screening -------------------------------------------------------------------------------------------------------


def test_screening_says_why_and_keep_and_drop_prevail():
    """Four indicators in two groups. Shares present: p 1, q 1/2, r 1/4, s 1 (three zeros of four)."""
    leaves = tuple(IndicatorSpec(id=name, group=group) for name, group in zip("abcd", "gghh", strict=True))
    definition = Definition(
        id="s", title="S", indicators=leaves,
        groups=(GroupSpec(id="top"), GroupSpec(id="g", parent="top"), GroupSpec(id="h", parent="top")),
        steps=(Screen(min_share=0.5, by_group={"h": 0.5}, max_zero_share=0.5), Aggregate()),
    )  # fmt: skip
    nan = math.nan
    rows = {"p": [1, 2, 3, 4], "q": [1, 2, nan, nan], "r": [1, nan, nan, nan], "s": [0, 0, 0, 4], "t": [1, 1, 1, 0]}
    data = Data.of_matrix(tuple(rows), "abcd", np.array(list(rows.values()), dtype=float))
    excluded = run_index(definition, data).excluded
    assert set(excluded) == {"q", "r", "s"}
    assert excluded["q"] == "has 0% of h; 50% are needed"
    assert excluded["r"] == "has 25% of all indicators; 50% are needed"
    assert "zero" in excluded["s"]
    kept = msgspec.structs.replace(definition.steps[0], keep=("q", "p"), drop=("p",))
    result = run_index(msgspec.structs.replace(definition, steps=(kept, Aggregate())), data)
    assert set(result.excluded) == {"p", "r", "s"}
    assert result.score("p", "top") is None


def test_a_unit_is_screened_on_the_last_year_and_goes_in_all():
    definition = one_indicator({}, Screen(min_share=1.0))
    values = np.array([[[1.0], [2]], [[np.nan], [4]]])
    result = run_index(definition, Data(("a", "b"), ("x",), (2020, 2021), values))
    assert [result.score("a", "x", year) for year in (2020, 2021)] == [None, None]
    assert [result.score("b", "x", year) for year in (2020, 2021)] == [2, 4]


# --- aggregation -----------------------------------------------------------------------------------------------------


def three(level: Level, values, weights=(1.0, 1.0, 2.0)) -> list[float | None]:
    leaves = tuple(IndicatorSpec(id=n, group="index", weight=w) for n, w in zip("abc", weights, strict=True))
    definition = Definition(
        id="three", title="Three", indicators=leaves, groups=(GroupSpec(id="index"),), steps=(Aggregate(default=level),)
    )
    units = [f"u{place}" for place in range(len(values))]
    result = run_index(definition, Data.of_matrix(units, "abc", np.array(values, dtype=float)))
    return [result.score(unit, "index") for unit in units]


def test_missing_children_are_skipped_or_refused_by_weight():
    """Weights 1, 1, 2. Present: all; a and c (3/4); a (1/4); none."""
    nan = math.nan
    rows = [[1, 2, 4], [1, nan, 4], [1, nan, nan], [nan, nan, nan]]
    assert three(Level(), rows) == [11 / 4, 3, 1, None]
    assert three(Level(min_share=0.75), rows) == [11 / 4, 3, None, None]
    assert three(Level(min_share=0.76), rows) == [11 / 4, None, None, None]
    assert three(Level(missing="refuse"), rows) == [11 / 4, None, None, None]
    assert three(Level(missing="refuse"), rows, (1.0, 0.0, 2.0)) == [3, 3, None, None]


def test_a_unit_without_a_score_is_nobodys_opponent():
    """In full, a beats b and c, b beats c. With c refused for its gap, a has one win and b one loss."""
    nan = math.nan
    rows = [[3, 3, 3], [2, 2, 2], [1, nan, 1]]
    assert three(Level(method="copeland"), rows) == [2, 0, -2]
    assert three(Level(method="copeland", missing="refuse"), rows) == [1, -1, None]


def test_copeland_weighs_a_tenth_and_a_fifth_like_three_tenths():
    """0.1 + 0.2 is 0.30000000000000004 in floating point; against 0.3 it wins nothing."""
    rows = [[2, 2, 1], [1, 1, 2]]
    assert three(Level(method="copeland"), rows, (0.1, 0.2, 0.3)) == [0, 0]


def test_levels_by_height_default_and_group():
    """Groups: low (a, b: 1 and 4), top (low, c: 9). Arithmetic 2.5, geometric 2, harmonic 1.6 below."""
    leaves = (
        IndicatorSpec(id="a", group="low"), IndicatorSpec(id="b", group="low"), IndicatorSpec(id="c", group="top"),
    )  # fmt: skip
    groups = (GroupSpec(id="top"), GroupSpec(id="low", parent="top"))
    data = Data.of_matrix(("u",), "abc", np.array([[1.0, 4, 9]]))

    def top(**settings) -> float | None:
        definition = Definition(id="l", title="L", indicators=leaves, groups=groups, steps=(Aggregate(**settings),))
        return run_index(definition, data).score("u", "top")

    geometric, harmonic = Level(method="geometric"), Level(method="harmonic")
    assert top() == pytest.approx((2.5 + 9) / 2)
    assert top(levels=(geometric,)) == pytest.approx((2 + 9) / 2)
    assert top(levels=(geometric, geometric)) == pytest.approx(math.sqrt(2 * 9))
    assert top(default=geometric, levels=(harmonic,)) == pytest.approx(math.sqrt(1.6 * 9), abs=1e-9)
    assert top(default=geometric, by_group={"low": Level()}) == pytest.approx(math.sqrt(2.5 * 9), abs=1e-9)


def test_named_weight_sets_change_what_they_name_only():
    leaves = (IndicatorSpec(id="a", group="top", weight=3.0), IndicatorSpec(id="b", group="top"))
    definition = Definition(
        id="w", title="W", indicators=leaves, groups=(GroupSpec(id="top"),), steps=(Aggregate(weights="experts"),),
        weight_sets={"experts": {"b": 2.0}},
    )  # fmt: skip
    data = Data.of_matrix(("u",), "ab", np.array([[1.0, 6.0]]))
    assert run_index(definition, data).score("u", "top") == pytest.approx((3 * 1 + 2 * 6) / 5)
    equal = msgspec.structs.replace(definition, steps=(Aggregate(weights="equal"),))
    assert run_index(equal, data).score("u", "top") == pytest.approx(3.5)
