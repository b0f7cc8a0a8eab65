"""Analysis of an index: against the tables of the OECD/JRC Handbook, SciPy, NumPy and hand arithmetic."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from serantau.measure.analyse import (
    Thresholds,
    ancestors,
    components,
    consistency,
    correlation,
    correlations,
    cronbach_alpha,
    effective_weights,
    influence,
    level_correlations,
    strengths,
    unit_profile,
)
from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Normalise,
    Screen,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.leave_out import leave_one_out, without
from tests.measure.tai import TAI, TAI_INDICATORS

TABLE = np.array(list(TAI.values()), dtype=float)

# Handbook, Table 6, page 64: correlations of the TAI indicators (upper triangle), n = 23.
TABLE_6 = [
    (0.13, -0.09, 0.45, 0.28, 0.03, 0.22, 0.08),
    (0.46, 0.25, 0.56, 0.32, 0.30, 0.06),
    (-0.45, 0.56, 0.84, 0.63, 0.27),
    (0.00, -0.36, -0.35, -0.03),
    (0.64, 0.30, 0.33),
    (0.65, 0.26),
    (0.08,),
]


def test_correlations_are_table_6():
    """Our telephones have two decimals where the Handbook's had three, which moves a coefficient by up to 0.02."""
    found = [pair.value for pair in correlations(TABLE, TAI_INDICATORS)]
    assert found == pytest.approx([value for row in TABLE_6 for value in row], abs=0.02)


def test_internet_and_electricity_have_the_highest_correlation():
    """Handbook, page 64: "the highest correlation is found between electricity and Internet", 0.84."""
    highest = max(correlations(TABLE, TAI_INDICATORS), key=lambda pair: pair.value)
    assert {highest.first, highest.second} == {"internet", "electricity"}
    assert highest.value == pytest.approx(0.84, abs=0.005)
    assert highest.units == 23


def test_eigenvalues_are_table_7():
    """Handbook, Table 7, page 65: shares of variance in percent."""
    found = components(TABLE, TAI_INDICATORS)
    assert found.explained * 100 == pytest.approx([41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9], abs=0.15)
    assert found.eigenvalues[:4] == pytest.approx([3.3, 1.7, 1.0, 0.9], abs=0.06)
    assert found.eigenvalues.sum() == pytest.approx(8)
    assert found.units == 23


def test_loadings_are_table_8_up_to_sign():
    """Handbook, Table 8, page 69: the first two components."""
    first = [-0.11, -0.56, -0.92, 0.35, -0.76, -0.91, -0.74, -0.36]
    second = [-0.75, -0.48, 0.21, -0.85, -0.39, 0.13, 0.11, -0.12]
    found = components(TABLE, TAI_INDICATORS).loadings
    # In the table the largest loadings, of Internet and of exports, are negative; ours are positive by convention.
    assert found[:, 0] == pytest.approx(-np.array(first), abs=0.02)
    assert found[:, 1] == pytest.approx(-np.array(second), abs=0.02)


def test_cronbach_alpha_is_table_11():
    """Handbook, page 72 (0.70 for the 23 countries) and Table 11, page 73: without one indicator, correlation with total."""
    found = consistency(TABLE, TAI_INDICATORS)
    assert found.alpha == pytest.approx(0.70, abs=0.005)
    without_one = [0.704, 0.645, 0.636, 0.774, 0.603, 0.624, 0.662, 0.706]
    with_total = [0.261, 0.527, 0.566, -0.108, 0.701, 0.614, 0.451, 0.249]
    assert list(found.without.values()) == pytest.approx(without_one, abs=0.002)
    assert list(found.item_total.values()) == pytest.approx(with_total, abs=0.007)


def test_kendall_of_box_7():
    """Handbook, Box 7, page 82: ranks by height and by weight of eight persons; P = 22, W = 4 P / (n (n - 1)) - 1 = 0.57."""
    height = np.arange(1.0, 9.0)
    weight = np.array([3.0, 4, 1, 2, 5, 7, 8, 6])
    assert correlation(height, weight, "kendall")[0] == pytest.approx(4 * 22 / (8 * 7) - 1)


@pytest.mark.parametrize("kind, test", [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_correlation_over_the_units_with_both(kind, test):
    x = np.array([1.0, 2, np.nan, 4, 7, 3])
    y = np.array([2.0, 1, 5, np.nan, 9, 4])
    expected = test([1, 2, 7, 3], [2, 1, 9, 4])
    assert correlation(x, y, kind) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue), 4)


def test_a_correlation_that_is_not_defined_is_missing_and_has_no_flag():
    flat = correlations(np.array([[1.0, 0.1], [2, 0.1], [3, 0.1]]), ["a", "b"])[0]
    few = correlations(np.array([[1.0, 2], [2, 1]]), ["a", "b"])[0]
    for pair in (flat, few):
        assert math.isnan(pair.value)
        assert math.isnan(pair.p_value)
        assert pair.flag == ""


def test_flags_and_their_thresholds():
    assert [Thresholds().flag(value) for value in (-0.41, -0.4, -0.39, 0.3, 0.31, 0.91, 0.92)] == [
        "negative", "negative", "weak", "weak", "", "", "collinear",
    ]  # fmt: skip
    assert Thresholds(collinear=0.9).flag(0.91) == "collinear"


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_components_reproduce_the_correlation_matrix(seed, columns):
    table = np.random.default_rng(seed).normal(size=(12, columns))
    found = components(table, [f"c{index}" for index in range(columns)])
    assert found.loadings @ found.loadings.T == pytest.approx(np.corrcoef(table, rowvar=False), abs=1e-9)
    assert np.all(np.diff(found.eigenvalues) <= 1e-9)
    # The sign convention: flipping a column flips its loadings only, never the convention.
    assert np.all(found.loadings.max(axis=0) >= -found.loadings.min(axis=0) - 1e-9)


def test_components_need_data_and_spread():
    with pytest.raises(MeasureError, match="need three"):
        components(np.array([[1.0, np.nan], [2, 1], [3, 2]]), ["a", "b"])
    with pytest.raises(MeasureError, match="b has one value"):
        components(np.array([[1.0, 5], [2, 5], [3, 5]]), ["a", "b"])


def test_alpha_of_identical_columns_is_one_and_needs_two():
    column = np.array([1.0, 4, 2, 8])
    assert cronbach_alpha(np.stack([column, column, column], axis=1)) == pytest.approx(1.0)
    assert math.isnan(cronbach_alpha(column[:, None]))


# --- an index --------------------------------------------------------------------------------------------------------


def tai_index(**changes) -> Definition:
    pillars = ("creation", "creation", "recent", "recent", "old", "old", "skills", "skills")
    definition = Definition(
        id="tai",
        title="Technology Achievement Index",
        indicators=tuple(
            IndicatorSpec(id=name, group=group, weight=weight)
            for name, group, weight in zip(TAI_INDICATORS, pillars, (1, 3, 1, 1, 1, 1, 2, 2), strict=True)
        ),
        groups=(
            GroupSpec(id="tai"),
            *(GroupSpec(id=name, parent="tai", weight=weight) for name, weight in
              (("creation", 1.0), ("recent", 2.0), ("old", 1.0), ("skills", 1.0))),
        ),
        steps=(Normalise(low=1), Aggregate()),
    )  # fmt: skip
    return msgspec.structs.replace(definition, **changes)


DATA = Data.of_matrix(tuple(TAI), TAI_INDICATORS, TABLE)
RESULT = run_index(tai_index(), DATA)


def test_effective_weights_by_hand():
    """Creation has 1/5 of the whole; patents 1/4 of that. The weights of the indicators sum to one."""
    found = effective_weights(tai_index())
    assert found["tai"] == 1
    assert found["creation"] == pytest.approx(1 / 5)
    assert found["recent"] == pytest.approx(2 / 5)
    assert found["patents"] == pytest.approx(1 / 20)
    assert found["royalties"] == pytest.approx(3 / 20)
    assert found["university"] == pytest.approx(1 / 10)
    assert sum(found[name] for name in TAI_INDICATORS) == pytest.approx(1)


def test_the_arithmetic_index_is_the_sum_of_effective_weights_times_scores():
    weights = effective_weights(tai_index())
    columns = [RESULT.columns[name] for name in TAI_INDICATORS]
    found = RESULT.scores[0][:, columns] @ np.array([weights[name] for name in TAI_INDICATORS])
    assert found == pytest.approx(RESULT.scores[0, :, RESULT.columns["tai"]], abs=1e-8)


def test_correlations_within_and_across_levels():
    found = {(pair.first, pair.second): pair for pair in level_correlations(RESULT)}
    assert found["patents", "royalties"].relation == "siblings"
    assert found["creation", "skills"].relation == "siblings"
    assert found["patents", "creation"].relation == "parent"
    assert found["patents", "tai"].relation == "ancestor"
    assert ("patents", "internet") not in found
    # Four pairs of indicators, six of pillars, eight and four parents, eight ancestors.
    assert len(found) == 4 + 6 + 12 + 8
    assert found["internet", "exports"].flag == "negative"
    pair = found["skills", "tai"]
    columns = RESULT.columns["skills"], RESULT.columns["tai"]
    assert pair.value == pytest.approx(np.corrcoef(RESULT.scores[0][:, columns], rowvar=False)[0, 1])
    assert ancestors(RESULT.definition, "patents") == ("creation", "tai")


def test_influence_is_the_share_of_squared_correlations():
    found = influence(RESULT)
    assert sum(one.share for one in found) == pytest.approx(1)
    root = RESULT.scores[0, :, RESULT.columns["tai"]]
    squares = [np.corrcoef(RESULT.scores[0, :, RESULT.columns[name]], root)[0, 1] ** 2 for name in TAI_INDICATORS]
    assert [one.share for one in found] == pytest.approx(np.array(squares) / sum(squares))
    assert [one.weight for one in found] == pytest.approx([0.05, 0.15, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1])


def test_strengths_and_weaknesses_of_a_country():
    """Table A.2: Finland is first of 23 in Internet and university; 14 countries export more, its worst place."""
    best, worst = strengths(RESULT, "Finland", count=2)
    assert {one.node for one in best} == {"internet", "university"}
    assert [one.rank for one in best] == [1, 1]
    assert (worst[0].node, worst[0].rank) == ("exports", 15)
    assert not {one.node for one in best} & {one.node for one in worst}


def test_ties_and_imputed_values_are_no_strength():
    table = {"a": (1.0, np.nan, 3.0, 3), "b": (1.0, 5.0, 2.0, 4), "c": (1.0, 6.0, 1.0, 1), "d": (0.0, 7.0, 0.0, 2)}
    names = ("tied", "filled", "sole", "other")
    definition = Definition(
        id="x", title="X", groups=(GroupSpec(id="g"),),
        indicators=tuple(IndicatorSpec(id=name, group="g") for name in names),
        steps=(Impute(method="mean"), Normalise(), Aggregate()),
    )  # fmt: skip
    result = run_index(definition, Data.of_matrix(tuple(table), names, np.array(list(table.values()))))
    best, worst = strengths(result, "a")
    assert [one.node for one in (*best, *worst)] == ["sole", "other"]


def test_profile_of_a_unit():
    profile = {one.node: one for one in unit_profile(RESULT, "Sweden")}
    assert next(iter(profile)) == "tai"
    assert len(profile) == 8 + 5
    internet = profile["internet"]
    scores = RESULT.scores[0, :, RESULT.columns["internet"]]
    assert (internet.score, internet.units) == (RESULT.score("Sweden", "internet"), 23)
    assert (internet.median, internet.best) == (pytest.approx(np.median(scores)), 100)
    assert not internet.imputed


@pytest.mark.parametrize(
    "ask, message",
    [
        (lambda: unit_profile(RESULT, "Sweeden"), "Sweden"),
        (lambda: unit_profile(RESULT, "Sweden", year=1999), "no year 1999"),
        (lambda: influence(RESULT, ["patent"]), "patents"),
        (lambda: without(tai_index(), "patent"), "patents"),
        (lambda: without(tai_index(), "tai"), "nothing of the index is left"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(ask, message):
    with pytest.raises(MeasureError, match=message):
        ask()


# --- leave one out ---------------------------------------------------------------------------------------------------


def test_leaving_out_is_the_index_computed_without_the_column():
    left = {one.node: one for one in leave_one_out(tai_index(), DATA)}
    assert set(left) == {*TAI_INDICATORS, "creation", "recent", "old", "skills"}
    weights = effective_weights(tai_index())
    kept = [name for name in TAI_INDICATORS if name not in ("patents", "royalties")]
    scores = RESULT.scores[0][:, [RESULT.columns[name] for name in kept]]
    without_creation = scores @ np.array([weights[name] for name in kept])
    after = stats.rankdata(-np.round(without_creation, 9), method="min")
    before = RESULT.ranks[0, :, RESULT.columns["tai"]]
    assert list(left["creation"].shifts.values()) == (after - before).astype(int).tolist()
    assert left["creation"].mean_shift == pytest.approx(np.abs(after - before).mean())
    largest = left["creation"].largest
    assert abs(left["creation"].shifts[largest]) == np.abs(after - before).max()


def test_a_group_that_loses_its_last_child_goes_and_the_means_stay():
    definition = Definition(
        id="x", title="X",
        indicators=(
            IndicatorSpec(id="a", group="low"), IndicatorSpec(id="b", group="low"), IndicatorSpec(id="c", group="only"),
        ),
        groups=(GroupSpec(id="top"), GroupSpec(id="low", parent="top"), GroupSpec(id="only", parent="mid"),
                GroupSpec(id="mid", parent="top")),
        steps=(
            Screen(by_group={"only": 0.0, "low": 0.0}), Treat(skip=("c", "a")),
            Normalise(low=1, by_indicator={"c": "rank", "a": "rank"}),
            Aggregate(
                weights="other",
                levels=(Level(method="arithmetic"), Level(method="harmonic"), Level(method="geometric")),
            ),
        ),
        weight_sets={"other": {"c": 2.0, "a": 3.0}},
    )  # fmt: skip
    left = without(definition, "c")
    assert set(left.children) == {"top", "low"}
    assert left.heights["top"] == 2
    last = left.steps[-1]
    assert last.by_group["top"].method == "geometric"
    assert last.levels == ()
    assert left.weight_sets == {"other": {"a": 3.0}}
    assert left.steps[2].by_indicator == {"a": "rank"}
    data = Data.of_matrix(("u", "v", "w"), ("a", "b", "c"), np.array([[1.0, 2, 3], [2, 1, 5], [3, 6, 4]]))
    run_index(left, data)
    assert {one.node for one in leave_one_out(definition, data)} == {"a", "b", "c", "low", "mid", "only"}


def test_an_indicator_of_weight_zero_changes_nothing():
    definition = tai_index()
    first = msgspec.structs.replace(definition.indicators[0], weight=0.0)
    definition = msgspec.structs.replace(definition, indicators=(first, *definition.indicators[1:]))
    (left,) = leave_one_out(definition, DATA, ["patents"])
    assert left.mean_shift == 0
    assert set(left.shifts.values()) == {0}
