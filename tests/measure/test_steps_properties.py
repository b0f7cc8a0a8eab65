"""What must not change an index, and what must change it in one direction only."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    Denominate,
    GroupSpec,
    IndicatorSpec,
    Level,
    Normalise,
    Screen,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.indicators import Direction
from serantau.measure.validate import definition_problems
from tests.measure.index_strategy import cases, data_of

MEANS = ["arithmetic", "geometric", "harmonic", "power", "copeland"]


def computed(definition: Definition, data: Data):
    """The result; a case that the specification refuses is no example here."""
    try:
        return run_index(definition, data)
    except MeasureError:
        assume(False)  # noqa: FBT003
        raise


def root(result, years=slice(None)):
    column = result.columns[result.definition.root]
    return result.scores[years, :, column], result.ranks[years, :, column]


def same(one, other, tolerance=1e-8):
    np.testing.assert_allclose(one[0], other[0], rtol=tolerance, atol=tolerance)
    np.testing.assert_array_equal(one[1], other[1])


@given(cases())
def test_every_random_definition_is_valid(case):
    assert definition_problems(case[0]) == []


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(case, shuffler):
    definition, data = case[0], data_of(*case)
    order = list(range(len(data.units)))
    shuffler.shuffle(order)
    moved = Data(tuple(data.units[i] for i in order), data.columns, data.years, data.values[:, order])
    scores, ranks = root(computed(definition, data))
    same((scores[:, order], ranks[:, order]), root(computed(definition, moved)))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_indicators_and_groups_changes_nothing(case, shuffler):
    definition, data = case[0], data_of(*case)
    indicators, groups = list(definition.indicators), list(definition.groups)
    shuffler.shuffle(indicators)
    shuffler.shuffle(groups)
    moved = msgspec.structs.replace(definition, indicators=tuple(indicators), groups=tuple(groups))
    same(root(computed(definition, data)), root(computed(moved, data)))


@given(cases(), st.sampled_from([0.5, 4.0, 64.0]))
def test_only_ratios_of_weights_matter(case, factor):
    definition, data = case[0], data_of(*case)
    scaled = msgspec.structs.replace(
        definition,
        indicators=tuple(msgspec.structs.replace(one, weight=one.weight * factor) for one in definition.indicators),
        groups=tuple(msgspec.structs.replace(one, weight=one.weight * factor) for one in definition.groups),
        weight_sets={name: {key: w * factor for key, w in ws.items()} for name, ws in definition.weight_sets.items()},
    )
    same(root(computed(definition, data)), root(computed(scaled, data)))


@given(cases())
def test_an_indicator_without_data_changes_nothing_where_missing_ones_are_skipped(case):
    definition, data = case[0], data_of(*case)
    levels = {group: Level(method="arithmetic") for group in definition.children}
    steps = [step for step in definition.steps if not isinstance(step, Screen)]
    steps[-1] = msgspec.structs.replace(steps[-1], by_group=levels)
    definition = msgspec.structs.replace(definition, steps=tuple(steps))
    home = definition.indicators[0].group
    empty = IndicatorSpec(
        id="empty", group=home, goalposts=definition.indicators[0].goalposts, target=1.0, reference_value=1.0
    )
    wider = msgspec.structs.replace(definition, indicators=(*definition.indicators, empty))
    nothing = np.full((*data.values.shape[:2], 1), np.nan)
    more = Data(data.units, (*data.columns, "empty"), data.years, np.concatenate([data.values, nothing], axis=2))
    same(root(computed(definition, data)), root(computed(wider, more)))


@given(cases())
def test_a_unit_left_out_counts_for_nobody(case):
    definition, data = case[0], data_of(*case)
    others = list(range(1, len(data.units)))
    assume(not any(getattr(step, "reference_unit", "") == data.units[0] for step in definition.steps))
    steps = tuple(step for step in definition.steps if not isinstance(step, Screen))
    dropped = msgspec.structs.replace(definition, steps=(Screen(drop=(data.units[0],)), *steps))
    kept = msgspec.structs.replace(definition, steps=steps)
    fewer = Data(tuple(data.units[i] for i in others), data.columns, data.years, data.values[:, others])
    result = computed(dropped, data)
    scores, ranks = root(result)
    same((scores[:, others], ranks[:, others]), root(computed(kept, fewer)))
    assert np.isnan(scores[:, 0]).all()
    assert (ranks[:, 0] == 0).all()
    assert result.excluded[data.units[0]] == "left out by the definition"


@given(cases())
def test_data_are_not_changed_and_every_imputed_cell_is_flagged(case):
    definition, data = case[0], data_of(*case)
    before = data.values.copy()
    result = computed(definition, data)
    np.testing.assert_array_equal(data.values, before)
    names = [stage.step for stage in result.stages]
    if "impute" in names:
        place = names.index("impute")
        filled = np.isnan(result.stages[place - 1].values) & ~np.isnan(result.stages[place].values)
        np.testing.assert_array_equal(result.imputed, filled)
    else:
        assert not result.imputed.any()


# --- one flat index of numbers in the middle of the road -------------------------------------------------------------

NUMBERS = st.lists(st.lists(st.integers(1, 40), min_size=3, max_size=3), min_size=4, max_size=9)


def flat(steps, directions=(Direction.HIGHER, Direction.LOWER, Direction.HIGHER)) -> Definition:
    leaves = tuple(
        IndicatorSpec(id=name, group="index", direction=direction, weight=weight)
        for name, direction, weight in zip("abc", directions, (1.0, 2.0, 3.0), strict=True)
    )
    return Definition(id="flat", title="Flat", indicators=leaves, groups=(GroupSpec(id="index"),), steps=tuple(steps))


def matrix(rows) -> Data:
    return Data.of_matrix([f"u{i}" for i in range(len(rows))], "abc", np.array(rows, dtype=float))


@given(NUMBERS, st.sampled_from([0.5, 2.0, 8.0]), st.sampled_from([-3.0, 0.0, 16.0]))
@pytest.mark.parametrize("method", ["minmax", "best_distance", "zscore", "rank", "percentile_rank", "borda"])
def test_the_unit_of_an_indicator_does_not_matter(method, rows, scale, shift):
    """Celsius or Fahrenheit: a positive affine change of one column leaves all scores."""
    definition = flat([Normalise(method=method), Aggregate()])
    changed = [[a * scale + shift, b, c] for a, b, c in rows]
    same(root(run_index(definition, matrix(rows))), root(run_index(definition, matrix(changed))))


@given(NUMBERS, st.sampled_from([0.5, 2.0, 8.0]))
@pytest.mark.parametrize("fallback", ["none", "log", "log_range"])
def test_treatment_does_not_depend_on_the_scale_of_an_indicator(fallback, rows, scale):
    steps = [Treat(skew_limit=0.5, kurtosis_limit=0.5, winsorise_max=1, fallback=fallback), Normalise(), Aggregate()]
    changed = [[a * scale, b, c] for a, b, c in rows]
    same(root(run_index(flat(steps), matrix(rows))), root(run_index(flat(steps), matrix(changed))))


@given(NUMBERS, st.integers(0, 3), st.integers(1, 10))
@pytest.mark.parametrize("mean", MEANS)
def test_doing_better_never_lowers_the_score(mean, rows, unit, more):
    """Fixed ends: with the sample's own ends a better value can move the ends for everybody."""
    definition = flat(
        [Aggregate(default=Level(method=mean, exponent=2.0))], (Direction.HIGHER, Direction.HIGHER, Direction.HIGHER)
    )
    before = run_index(definition, matrix(rows))
    better = [[a + more * (i == unit), b, c] for i, (a, b, c) in enumerate(rows)]
    after = run_index(definition, matrix(better))
    name = f"u{unit}"
    assert after.score(name, "index") >= before.score(name, "index")
    assert after.rank(name, "index") <= before.rank(name, "index")


@given(NUMBERS)
def test_means_are_ordered_and_lie_between_the_scores(rows):
    """Harmonic, geometric, arithmetic, quadratic: the power means grow with their exponent."""
    found = []
    for level in (Level(method="harmonic"), Level(method="geometric"), Level(), Level(method="power", exponent=2)):
        result = run_index(flat([Aggregate(default=level)]), matrix(rows))
        found.append(root(result)[0][0])
    values = np.array(rows, dtype=float)
    for lower, higher in zip([values.min(axis=1), *found], [*found, values.max(axis=1)], strict=True):
        assert np.all(lower <= higher + 1e-8)


@given(NUMBERS)
def test_a_direction_turned_is_the_column_turned(rows):
    lower = flat([Normalise(), Aggregate()])
    higher = flat([Normalise(), Aggregate()], (Direction.HIGHER,) * 3)
    turned = [[a, -b, c] for a, b, c in rows]
    same(root(run_index(lower, matrix(rows))), root(run_index(higher, matrix(turned))))


@given(NUMBERS)
def test_copeland_balances_to_zero(rows):
    result = run_index(flat([Aggregate(default=Level(method="copeland"))]), matrix(rows))
    assert root(result)[0].sum() == 0


@given(NUMBERS, st.sampled_from([2.0, 5.0]))
def test_a_denominator_shared_by_all_only_rescales(rows, people):
    leaves = tuple(msgspec.structs.replace(leaf, denominator="people") for leaf in flat([Aggregate()]).indicators)
    per_head = msgspec.structs.replace(flat([Denominate(), Normalise(), Aggregate()]), indicators=leaves)
    values = np.array([[*row, people] for row in rows], dtype=float)
    data = Data.of_matrix([f"u{i}" for i in range(len(rows))], ("a", "b", "c", "people"), values)
    same(root(run_index(per_head, data)), root(run_index(flat([Normalise(), Aggregate()]), matrix(rows))))


@given(NUMBERS)
def test_one_year_alone_is_a_year_of_the_panel_normalised_by_year(rows):
    definition = flat([Normalise(over="year"), Aggregate()])
    one = matrix(rows)
    both = Data(one.units, one.columns, (2020, 2021), np.concatenate([one.values, one.values[:, ::-1] * 2]))
    scores, ranks = root(run_index(definition, both))
    same((scores[:1], ranks[:1]), root(run_index(definition, one)))


@given(NUMBERS)
def test_panel_ends_are_those_of_all_years(rows):
    """Over all years, a unit's score in the panel is its score in one long table of unit-years."""
    definition = flat([Normalise(over="all_years"), Aggregate()])
    one = matrix(rows)
    both = Data(one.units, one.columns, (2020, 2021), np.concatenate([one.values, one.values + 3]))
    long = matrix([*rows, *[[a + 3, b + 3, c + 3] for a, b, c in rows]])
    panel = root(run_index(definition, both))[0].ravel()
    flat_table = root(run_index(flat([Normalise(), Aggregate()]), long))[0][0]
    np.testing.assert_allclose(panel, flat_table, atol=1e-8)
