"""The engine and the plain interpreter of the specification give the same scores and the same ranks."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from hypothesis import given

from serantau.measure.definition import Aggregate, Definition, GroupSpec, IndicatorSpec, Normalise, Treat
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from tests.measure.index_strategy import cases, data_of
from tests.measure.reference import RefusedError, reference_index


def assert_same(definition: Definition, table, tolerance: float = 1e-9) -> None:
    """Scores to the tolerance, ranks exactly; or both refuse."""
    try:
        expected = reference_index(definition, table)
    except RefusedError:
        with pytest.raises(MeasureError):
            run_index(definition, data_of(definition, table))
        return
    result = run_index(definition, data_of(definition, table))
    for year, nodes in expected.items():
        for node, units in nodes.items():
            for unit, (score, rank) in units.items():
                found = result.score(unit, node, year)
                assert (found is None) == (score is None), (year, node, unit, found, score)
                if score is not None:
                    assert math.isclose(found, score, rel_tol=tolerance, abs_tol=tolerance), (node, unit, found, score)
                assert result.rank(unit, node, year) == rank, (year, node, unit, found, score)


@given(cases())
def test_the_engine_agrees_with_the_interpreter_of_the_specification(case):
    assert_same(*case)


def skewed_table(seed: int, units: int = 30):
    """Log-normal values, some missing: outliers that fail the test."""
    draw = random.Random(seed)  # noqa: S311
    names = ["a", "b", "c", "d"]
    return {
        0: {
            f"u{unit}": {name: None if draw.random() < 0.1 else draw.lognormvariate(0, 2) - shift for shift, name in
                         enumerate(names)}
            for unit in range(units)
        }
    }  # fmt: skip


FOUR = Definition(
    id="four", title="Four", groups=(GroupSpec(id="index"), GroupSpec(id="g", parent="index")),
    indicators=tuple(IndicatorSpec(id=name, group=group) for name, group in zip("abcd", ["g", "g", "g", "index"],
                                                                                strict=True)),
    steps=(Treat(), Normalise(), Aggregate()),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fallback", ["none", "log", "log_shift", "log_range"])
def test_outlier_treatment_agrees(seed, fallback):
    steps = (Treat(winsorise_max=2, fallback=fallback), Normalise(), Aggregate())
    assert_same(msgspec.structs.replace(FOUR, steps=steps), skewed_table(seed))


@pytest.mark.parametrize("seed", range(4))
def test_box_cox_agrees_as_far_as_its_maximum_is_found(seed):
    """The likelihood is flat at its maximum: both searches end within about 1e-6 of it."""
    steps = (Treat(winsorise_max=0, fallback="boxcox"), Normalise(), Aggregate())
    assert_same(msgspec.structs.replace(FOUR, steps=steps), skewed_table(seed), tolerance=1e-4)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("method", ["minmax", "zscore", "rank"])
def test_weights_by_principal_components_agree(seed, method):
    steps = (Normalise(method=method), Aggregate(weights="pca"))
    assert_same(msgspec.structs.replace(FOUR, steps=steps), skewed_table(seed), tolerance=1e-8)
