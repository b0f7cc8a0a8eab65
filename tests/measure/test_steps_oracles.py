"""Each step against an independent implementation: SciPy, pandas, scikit-criteria, NumPy's singular values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from skcriteria import mkdm
from skcriteria.agg.simple import WeightedProductModel, WeightedSumModel
from skcriteria.preprocessing.scalers import MinMaxScaler

from serantau.measure.aggregate import competition_ranks, pca_weights, round_scores
from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Normalise,
    Treat,
)
from serantau.measure.impute import impute
from serantau.measure.index import run_index
from serantau.measure.indicators import Direction
from serantau.measure.treat import skewness_kurtosis, treat_columns

SEEDS = st.integers(0, 2**32 - 1)


def index_of(values, steps, weights=None, directions=None):
    """Run a flat index on a units x indicators matrix."""
    values = np.asarray(values, dtype=float)
    units, columns = values.shape
    names = [f"i{index}" for index in range(columns)]
    leaves = tuple(
        IndicatorSpec(
            id=name,
            group="index",
            weight=1.0 if weights is None else weights[place],
            direction=Direction.HIGHER if directions is None else directions[place],
        )
        for place, name in enumerate(names)
    )
    definition = Definition(
        id="oracle", title="Oracle", indicators=leaves, groups=(GroupSpec(id="index"),), steps=tuple(steps)
    )
    return run_index(definition, Data.of_matrix([f"u{unit}" for unit in range(units)], names, values))


def scores_of(values, **options):
    """Normalised scores of a matrix, without their rounding."""
    return index_of(values, [Normalise(**options), Aggregate()]).stages[-1].values[0]


# --- moments and transformations -------------------------------------------------------------------------------------


@given(SEEDS, st.integers(4, 60))
def test_skewness_and_kurtosis_are_scipys(seed, units):
    values = np.random.default_rng(seed).lognormal(size=(3, units))
    for estimator, bias in (("sample", False), ("population", True)):
        skew, kurtosis = skewness_kurtosis(values, estimator)
        assert skew == pytest.approx(stats.skew(values, axis=1, bias=bias), rel=1e-9, abs=1e-9)
        assert kurtosis == pytest.approx(stats.kurtosis(values, axis=1, bias=bias), rel=1e-9, abs=1e-9)


def test_missing_values_do_not_count_in_moments():
    values = np.array([[1.0, np.nan, 5, 2, 9, np.nan, 4]])
    skew, kurtosis = skewness_kurtosis(values)
    assert skew[0] == pytest.approx(stats.skew([1, 5, 2, 9, 4], bias=False))
    assert kurtosis[0] == pytest.approx(stats.kurtosis([1, 5, 2, 9, 4], bias=False))


@pytest.mark.parametrize("seed", range(5))
def test_box_cox_is_scipys(seed):
    values = np.random.default_rng(seed).lognormal(sigma=1.5, size=60)
    expected, power = stats.boxcox(values)
    assert -5 < power < 5
    treated = treat_columns(values[None], Treat(skew_limit=0.1, kurtosis_limit=0.1, winsorise_max=0, fallback="boxcox"))
    assert treated.transformed.tolist() == [True]
    assert treated.values[0] == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_logarithms_of_a_reflected_indicator():
    """Negative skew: reflect, take the logarithm, reflect back: the order of the units stays."""
    values = -np.array([[*range(1, 21), 100.0, 200.0]])
    option = Treat(winsorise_max=1, fallback="log_shift")
    treated = treat_columns(values, option).values[0]
    mirrored = np.log(-values[0])  # max + min - x - min + 1 = -x + max + 1, and max = -1
    assert treated == pytest.approx(mirrored.min() + mirrored.max() - mirrored)
    assert np.array_equal(np.argsort(treated), np.argsort(values[0]))


@given(SEEDS, st.integers(0, 6))
def test_winsorisation_ends_and_keeps_the_order(seed, most):
    values = np.random.default_rng(seed).standard_cauchy(size=(1, 25))
    treated = treat_columns(values, Treat(winsorise_max=most, fallback="none"))
    assert treated.points[0] <= most
    order = np.argsort(values[0])
    assert np.all(np.diff(treated.values[0][order]) >= 0)
    assert np.sum(treated.values != values) <= most
    if treated.points[0] < most:
        assert treated.passes[0]


# --- imputation ------------------------------------------------------------------------------------------------------


def panel(seed, years=6, units=5):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(years, units, 2))
    values[generator.random(values.shape) < 0.4] = np.nan
    return values


@given(SEEDS)
def test_imputation_over_units_is_pandas(seed):
    values = panel(seed)
    groups = ("a", "b", "a", "b", "a")
    for year in range(len(values)):
        frame = pd.DataFrame(values[year])
        for method, fill in (("mean", frame.mean()), ("median", frame.median())):
            found = impute(values, range(6), Impute(method=method), groups)[year]
            np.testing.assert_allclose(found, frame.fillna(fill).to_numpy())
        for method in ("mean", "median"):
            by_group = frame.groupby(list(groups)).transform(method)
            found = impute(values, range(6), Impute(method=f"group_{method}"), groups)[year]
            np.testing.assert_allclose(found, frame.fillna(by_group).to_numpy())


@given(SEEDS, st.integers(1, 4))
def test_imputation_over_years_is_pandas(seed, reach):
    values = panel(seed)
    years = [2010, 2011, 2013, 2014, 2018, 2019]
    whole = range(years[0], years[-1] + 1)
    latest = impute(values, years, Impute(method="latest", max_years=reach), ())
    linear = impute(values, years, Impute(method="linear"), ())
    for unit in range(values.shape[1]):
        series = pd.DataFrame(values[:, unit], index=years).reindex(whole)
        np.testing.assert_allclose(latest[:, unit], series.ffill(limit=reach).loc[years])
        np.testing.assert_allclose(linear[:, unit], series.interpolate("index", limit_area="inside").loc[years])


def test_linear_reaches_no_farther_than_asked():
    """Values of 2010 and 2016; 2012 is 2 and 4 years away, 2013 is 3 and 3."""
    values = np.array([0.0, np.nan, np.nan, 6.0])[:, None, None]
    found = impute(values, [2010, 2012, 2013, 2016], Impute(method="linear", max_years=3), ())
    assert found[:, 0, 0].tolist() == [0, pytest.approx(np.nan, nan_ok=True), 3, 6]


# --- normalisation ---------------------------------------------------------------------------------------------------


@given(SEEDS, st.integers(3, 20))
def test_normalisation_is_scipys(seed, units):
    values = np.random.default_rng(seed).integers(1, 12, size=(units, 2)).astype(float)
    values[0], values[1] = 0.5, 20.0  # some spread, always
    ranks = stats.rankdata(values, method="min", axis=0)
    assert scores_of(values, method="rank") == pytest.approx(ranks)
    assert scores_of(values, method="borda") == pytest.approx(ranks - 1)
    assert scores_of(values, method="zscore") == pytest.approx(stats.zscore(values, axis=0, ddof=1))
    assert scores_of(values, method="share_of_best", high=1) == pytest.approx(values / values.max(axis=0))
    percent = scores_of(values, method="percentile_rank")
    for column in range(2):
        x = values[:, column]
        # SciPy's mean rank counts the unit itself among n; here it is one among the n - 1 others.
        scipys = np.array([stats.percentileofscore(x, value, kind="mean") for value in x])
        assert percent[:, column] == pytest.approx((scipys * units - 50) / (units - 1))


@given(SEEDS)
def test_min_max_and_weighted_sums_are_those_of_scikit_criteria(seed):
    generator = np.random.default_rng(seed)
    values = generator.uniform(1, 9, size=(6, 4))
    weights = generator.uniform(0.1, 1, size=4)
    matrix = MinMaxScaler(target="matrix").transform(mkdm(values, [max] * 4, weights=weights))
    result = index_of(values, [Normalise(high=1), Aggregate()], weights.tolist())
    assert result.stages[-1].values[0] == pytest.approx(matrix.matrix.to_numpy())
    decision = WeightedSumModel().evaluate(matrix)
    assert result.scores[0, :, -1] * weights.sum() == pytest.approx(decision.e_.score, abs=1e-7)
    assert result.ranks[0, :, -1].tolist() == decision.rank_.tolist()


@given(SEEDS)
def test_geometric_ranks_are_those_of_the_weighted_product_of_scikit_criteria(seed):
    generator = np.random.default_rng(seed)
    values = generator.uniform(1, 9, size=(6, 4))
    weights = generator.uniform(0.1, 1, size=4)
    decision = WeightedProductModel().evaluate(mkdm(values, [max] * 4, weights=weights / weights.sum()))
    result = index_of(values, [Aggregate(default=Level(method="geometric"))], weights.tolist())
    assert result.ranks[0, :, -1].tolist() == decision.rank_.tolist()


# --- aggregation -----------------------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from([-3.0, -1.0, 0.0, 0.5, 1.0, 2.0, 5.0]))
def test_means_are_scipys(seed, exponent):
    generator = np.random.default_rng(seed)
    values, weights = generator.uniform(0.5, 99, size=(5, 4)), generator.uniform(0.1, 3, size=4)
    levels = {
        Level(method="power", exponent=exponent): stats.pmean(values, exponent, axis=1, weights=weights),
        Level(method="geometric"): stats.gmean(values, axis=1, weights=weights),
        Level(method="harmonic"): stats.hmean(values, axis=1, weights=weights),
        Level(method="arithmetic"): np.average(values, axis=1, weights=weights),
    }
    for level, expected in levels.items():
        result = index_of(values, [Aggregate(default=level)], weights.tolist())
        assert result.scores[0, :, -1] == pytest.approx(expected, abs=1e-8)


@given(SEEDS, st.integers(2, 6))
def test_weights_by_principal_components_are_the_first_singular_vector(seed, columns):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(20, columns)) + generator.normal(size=(20, 1)) * 2
    standard = stats.zscore(values, axis=0, ddof=1)
    _, _, right = np.linalg.svd(standard)
    assert pca_weights(list(values.T)) == pytest.approx(right[0] ** 2, abs=1e-8)


@given(st.lists(st.one_of(st.none(), st.integers(0, 8)), min_size=1, max_size=30))
def test_ranks_are_scipys(scores):
    array = np.array([np.nan if score is None else score / 7 for score in scores])
    present = ~np.isnan(array)
    expected = np.zeros(len(array), dtype=int)
    if present.any():
        expected[present] = stats.rankdata(-array[present], method="min")
    assert competition_ranks(array).tolist() == expected.tolist()


def test_rounding_is_half_to_even_at_nine_decimals():
    """Multiples of 2^-10 have exact halves: 0.5 / 1024 is 0.00048828125, 48828.125 x 1e-8."""
    assert round_scores(np.array([1.5e-9, 2.5e-9, 0.1234567894, 0.1234567896])).tolist() == [
        2e-9, 2e-9, 0.123456789, 0.12345679,
    ]  # fmt: skip
