"""Sobol' indices: the estimators against analytic values and SALib, the groups against their columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from SALib.analyze import sobol as salib
from scipy.stats import qmc

from serantau.measure.definition import Noise, Normalise, Robustness
from serantau.measure.errors import MeasureError
from serantau.measure.robustness import Model
from serantau.measure.sobol import estimate, rank_shift, sobol_indices, varying_factors
from tests.measure.test_robustness import VARIED, sample_data, tree_of


def designs(function, width: int, samples: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs of A, B and each A with one column of B."""
    base = qmc.Sobol(2 * width, rng=np.random.default_rng(0)).random(samples)
    first, second = base[:, :width], base[:, width:]
    mixed = []
    for column in range(width):
        exchanged = first.copy()
        exchanged[:, column] = second[:, column]
        mixed.append(function(exchanged))
    return function(first), function(second), np.array(mixed)


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990) with a = 7, b = 0.1 on [-pi, pi]^3."""
    z = math.pi * (2 * x - 1)
    return np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


def test_the_estimators_find_the_analytic_indices_of_the_ishigami_function():
    first, total = estimate(*designs(ishigami, 3, 2**14))
    # Variance parts of the function, integrated by hand (Saltelli et al. 2008, section 4.6).
    a, b = 7.0, 0.1
    only_first = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    only_second = a**2 / 8
    both = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    variance = only_first + only_second + both
    assert first == pytest.approx([only_first / variance, only_second / variance, 0.0], abs=0.01)
    assert total == pytest.approx([(only_first + both) / variance, only_second / variance, both / variance], abs=0.01)


def test_an_additive_function_has_total_indices_equal_to_first_order_ones():
    weights = np.array([1.0, 2.0, 3.0])
    first, total = estimate(*designs(lambda x: x @ weights, 3, 2**12))
    assert first == pytest.approx(weights**2 / (weights**2).sum(), abs=0.01)
    assert total == pytest.approx(first, abs=0.01)


def test_the_estimators_are_those_of_salib():
    a, b, mixed = designs(ishigami, 3, 256)
    problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[0, 1]] * 3}
    interleaved = np.concatenate([a[:, None], mixed.T, b[:, None]], axis=1).reshape(-1)
    peer = salib.analyze(problem, interleaved, calc_second_order=False, num_resamples=2, seed=1)
    first, total = estimate(a, b, mixed)
    assert first == pytest.approx(peer["S1"], abs=1e-12)
    assert total == pytest.approx(peer["ST"], abs=1e-12)


def test_each_choice_is_one_group_of_columns_and_every_column_has_one_group():
    spec = Robustness(normalise=VARIED.normalise, aggregate=VARIED.aggregate, weights=VARIED.weights, draw_missing=True)
    model = Model(tree_of(9, spec), sample_data(12, 9, 0.2))
    factors = varying_factors(model)
    names = [factor.name for factor in factors]
    assert names == ["normalise", "aggregate", "weights of indicators", "weights of level 1", "missing values"]
    columns = [column for factor in factors for column in factor.columns]
    assert len(columns) == len(set(columns))
    assert len(columns) == 2 + 9 + 3 + model.missing_cells[0].size


def test_a_choice_that_changes_nothing_has_no_index():
    same = (Normalise(low=1), Normalise(low=1, high=100))
    spec = Robustness(normalise=same, aggregate=VARIED.aggregate)
    result = sobol_indices(tree_of(9, spec), sample_data(12, 9, 0.0), samples=64)
    by_name = dict(zip(result.factors, result.total, strict=True))
    assert by_name["normalise"] == 0.0
    assert by_name["aggregate"] == pytest.approx(1.0, abs=0.2)


def test_the_output_is_the_mean_absolute_shift_in_rank():
    spec = Robustness(weights=Noise(spread=(0.5, 0.5)))
    definition, data = tree_of(9, spec), sample_data(12, 9, 0.0)
    model = Model(definition, data)
    # Half of [0, 1) is a factor of one: the nominal index itself.
    nominal = np.full((4 + len(model.nodes), 3), 0.5)
    assert (rank_shift(model, "root", nominal) == 0).all()
    moved = rank_shift(model, "root", np.random.default_rng(1).random((4 + len(model.nodes), 40)))
    assert moved.max() > 0
    # Ranks are whole numbers, so the mean over twelve units is a multiple of a twelfth.
    assert np.allclose(moved * 12, np.rint(moved * 12))


def test_intervals_hold_their_estimates_and_a_seed_repeats_them():
    spec = Robustness(normalise=VARIED.normalise, aggregate=VARIED.aggregate, weights=VARIED.weights)
    once, again = (sobol_indices(tree_of(9, spec), sample_data(12, 9, 0.0), samples=128, seed=4) for _ in range(2))
    assert (once.total == again.total).all()
    assert (once.total_interval[:, 0] <= once.total + 1e-12).all()
    assert (once.total <= once.total_interval[:, 1] + 1e-12).all()


def test_nothing_to_vary_or_a_number_that_is_no_power_of_two_is_refused():
    data = sample_data(12, 9, 0.0)
    with pytest.raises(MeasureError, match="no choice varies"):
        sobol_indices(tree_of(9, Robustness()), data)
    with pytest.raises(MeasureError, match="power of two"):
        sobol_indices(tree_of(9, VARIED), data, samples=1000)
