"""The same scores and ranks from NumPy, from Polars and from plain Python, also on shuffled rows."""

from __future__ import annotations

import random
from typing import get_args

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from serantau.base import round_score
from serantau.measure.aggregate import round_scores
from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Method,
    Normalise,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.frames import data_of_frame, index_frame, rank_column, result_frame
from serantau.measure.index import run_index
from tests.measure.index_strategy import METHODS, cases, data_of
from tests.measure.reference import RefusedError, reference_index


def frame_of(table) -> pl.DataFrame:
    rows = [{"unit": unit, "year": year, **row} for year, units in table.items() for unit, row in units.items()]
    return pl.DataFrame(rows, infer_schema_length=None)


def without_copeland(definition: Definition) -> Definition:
    def change(level: Level) -> Level:
        return msgspec.structs.replace(level, method="arithmetic") if level.method == "copeland" else level

    last = definition.steps[-1]
    changed = msgspec.structs.replace(
        last,
        default=change(last.default),
        levels=tuple(change(level) for level in last.levels),
        by_group={group: change(level) for group, level in last.by_group.items()},
    )
    return msgspec.structs.replace(definition, steps=(*definition.steps[:-1], changed))


@given(cases(), st.randoms(use_true_random=False))
def test_polars_numpy_and_plain_python_agree_on_shuffled_rows(case, shuffler):
    definition, table = without_copeland(case[0]), case[1]
    frame = frame_of(table)
    order = list(range(frame.height))
    shuffler.shuffle(order)
    shuffled = frame[order]
    try:
        expected = reference_index(definition, table)
    except RefusedError:
        with pytest.raises(MeasureError):
            index_frame(definition, shuffled)
        return
    found = index_frame(definition, shuffled)
    assert found["unit"].to_list() == shuffled["unit"].to_list()
    for row in found.iter_rows(named=True):
        for node, units in expected[row["year"]].items():
            score, rank = units[row["unit"]]
            assert row[node] == (None if score is None else pytest.approx(score, rel=1e-9, abs=1e-9))
            assert row[rank_column(node)] == rank
    computed = result_frame(run_index(definition, data_of(definition, table)))
    assert_frame_equal(found.sort("year", "unit"), computed.sort("year", "unit"), check_dtypes=False, abs_tol=1e-8)


def ties_of_rounding(method: str, units: int = 400) -> tuple[Definition, pl.DataFrame]:
    """Decimal fractions in equal weights: many scores that are equal on paper and differ in their last bits."""
    draw = random.Random(20)  # noqa: S311
    names = [f"i{index}" for index in range(7)]
    rows = {name: [draw.choice([0.1, 0.2, 0.3, 0.6, 0.7, None]) for _ in range(units)] for name in names}
    definition = Definition(
        id="ties", title="Ties", groups=(GroupSpec(id="index"),),
        indicators=tuple(IndicatorSpec(id=name, group="index", weight=weight) for name, weight in zip(
            names, [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.6], strict=True)),
        steps=(Impute(method="mean"), Normalise(method=method, low=1, high=10), Aggregate()),
    )  # fmt: skip
    return definition, pl.DataFrame({"unit": [f"u{index}" for index in range(units)], **rows})


@pytest.mark.parametrize("method", ["minmax", "zscore", "share_of_best", "rank", "percentile_rank", "borda"])
def test_ties_on_paper_are_ties_in_every_engine_and_row_order(method):
    definition, frame = ties_of_rounding(method)
    rank = rank_column("index")
    nominal = result_frame(run_index(definition, data_of_frame(definition, frame)))
    # A z-score is measured in an irrational unit: no two sums of them are equal on paper.
    assert (nominal[rank].n_unique() < nominal.height) == (method != "zscore")
    by_unit = dict(zip(nominal["unit"], nominal[rank], strict=True))
    table = {0: {row.pop("unit"): row for row in frame.to_dicts()}}
    plain = reference_index(definition, table)[0]["index"]
    assert {unit: place for unit, (_, place) in plain.items()} == by_unit
    for seed in range(3):
        shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed)
        for found in (
            index_frame(definition, shuffled),
            result_frame(run_index(definition, data_of_frame(definition, shuffled))),
        ):
            assert dict(zip(found["unit"], found[rank], strict=True)) == by_unit


def test_polars_rounds_to_the_same_bits():
    scores = np.random.default_rng(1).uniform(-100, 100, size=20_000)
    definition = msgspec.structs.replace(SIMPLE, steps=(Aggregate(),))
    frame = pl.DataFrame({"unit": [f"u{index}" for index in range(20_000)], "a": scores, "b": scores})
    assert index_frame(definition, frame)["a"].to_numpy().tolist() == round_scores(scores).tolist()
    assert round_scores(scores).tolist() == [round_score(score) for score in scores]


def test_raw_floats_would_rank_otherwise():
    """The rule matters: without rounding, the same scores rank differently in another order of children."""
    definition, frame = ties_of_rounding("minmax")
    result = run_index(definition, data_of_frame(definition, frame))
    leaves = result.scores[0, :, :7]
    weights = np.array([leaf.weight for leaf in definition.indicators])
    one, other = leaves @ weights, leaves[:, ::-1] @ weights[::-1]
    assert np.any(np.argsort(np.argsort(one)) != np.argsort(np.argsort(other)))


SIMPLE = Definition(
    id="simple", title="Simple", groups=(GroupSpec(id="index"),),
    indicators=(IndicatorSpec(id="a", group="index"), IndicatorSpec(id="b", group="index")),
    steps=(Normalise(), Aggregate()),
)  # fmt: skip


def test_a_frame_and_its_data_hold_the_same():
    frame = pl.DataFrame({"unit": ["x", "y", "x"], "year": [2021, 2020, 2020], "a": [1, 2, None], "b": [4.0, 5.0, 6.0]})
    data = data_of_frame(SIMPLE, frame)
    assert (data.units, data.years, data.columns) == (("x", "y"), (2020, 2021), ("a", "b"))
    expected = [[[np.nan, 6], [2, 5]], [[1, 4], [np.nan, np.nan]]]
    assert np.array_equal(data.values, np.array(expected), equal_nan=True)


@pytest.mark.parametrize(
    "frame, message",
    [
        ({"unit": ["x"], "a": [1]}, "no column 'b'"),
        ({"name": ["x"], "a": [1], "b": [1]}, "no column 'unit'"),
        ({"unit": ["x"], "a": ["many"], "b": [1]}, "column 'a' is String"),
        ({"unit": ["x", "x"], "a": [1, 2], "b": [1, 2]}, "'x' stands twice"),
    ],
)
def test_a_bad_frame_is_refused(frame, message):
    with pytest.raises(MeasureError, match=message):
        data_of_frame(SIMPLE, pl.DataFrame(frame))


def test_groups_of_units_come_with_the_frame():
    frame = pl.DataFrame(
        {"unit": ["x", "y", "z"], "group": ["n", "n", "s"], "a": [1.0, None, 9.0], "b": [4.0, 5.0, 6.0]}
    )
    definition = msgspec.structs.replace(SIMPLE, steps=(Impute(method="group_mean"), Aggregate()))
    assert data_of_frame(definition, frame).unit_groups == ("n", "n", "s")
    assert index_frame(definition, frame)["index"].to_list() == [2.5, 3.0, 7.5]
    two = pl.DataFrame({"unit": ["x", "x"], "year": [1, 2], "group": ["n", "s"], "a": [1, 2], "b": [1, 2]})
    with pytest.raises(MeasureError, match="one group in all years"):
        data_of_frame(SIMPLE, two)


@pytest.mark.parametrize("option", [Aggregate(weights="pca"), Aggregate(default=Level(method="copeland"))])
def test_what_polars_does_not_compute_is_said(option):
    definition = msgspec.structs.replace(SIMPLE, steps=(Normalise(), option))
    with pytest.raises(MeasureError, match="run_index"):
        index_frame(definition, pl.DataFrame({"unit": ["x"], "a": [1], "b": [1]}))


def test_an_index_without_normalisation_or_with_a_step_after_it():
    frame = pl.DataFrame({"unit": ["x", "y", "z"], "a": [1.0, 2.0, None], "b": [4.0, 5.0, 9.0]})
    for steps in (
        (Aggregate(),),
        (Normalise(method="rank"), Impute(method="mean"), Aggregate()),
        (Treat(), Aggregate()),
    ):
        definition = msgspec.structs.replace(SIMPLE, steps=steps)
        expected = result_frame(run_index(definition, data_of_frame(definition, frame)))
        assert_frame_equal(index_frame(definition, frame), expected, check_dtypes=False)


def test_every_method_of_normalisation_is_compared():
    """The strategy draws from this list; it must not fall behind the definition."""
    assert set(METHODS) == set(get_args(Method))


def test_data_keeps_its_order():
    data = Data.of_matrix(("b", "a"), ("a", "b"), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert result_frame(run_index(SIMPLE, data))["unit"].to_list() == ["b", "a"]
