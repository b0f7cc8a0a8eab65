"""The Monte Carlo analysis: each replicate is the index computed again, and nothing but seed and number matters."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from serantau.measure.batch import rank_and_compare
from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Noise,
    Normalise,
    Robustness,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.robustness import BLOCK, CHOICES, Model, monte_carlo
from tests.measure.reference import RefusedError, reference_replicate
from tests.measure.test_reference_index import cases, data_of

GEOMETRIC = Aggregate(default=Level(method="geometric"))
STEPS = (Impute(method="mean"), Treat(), Normalise(low=1), Aggregate())
VARIED = Robustness(
    treat=(Treat(), Treat(winsorise_max=0, fallback="log_range")),
    impute=(Impute(method="mean"), Impute(method="median")),
    normalise=(Normalise(low=1), Normalise(method="percentile_rank", low=1)),
    aggregate=(Aggregate(), GEOMETRIC),
    weights=Noise(spread=(0.25, 0.25)),
)


def tree_of(indicators: int, robustness: Robustness, steps=STEPS) -> Definition:
    """Two levels: indicators dealt out to three groups below a root."""
    return Definition(
        id="varied",
        title="Varied",
        indicators=tuple(IndicatorSpec(id=f"i{k}", group=f"g{k % 3}") for k in range(indicators)),
        groups=(*(GroupSpec(id=f"g{k}", parent="root") for k in range(3)), GroupSpec(id="root")),
        steps=steps,
        robustness=robustness,
    )


def sample_data(units: int, indicators: int, missing: float, seed: int = 7) -> Data:
    generator = np.random.default_rng(seed)
    values = generator.lognormal(0, 1, (units, indicators))
    values[generator.random(values.shape) < missing] = np.nan
    return Data.of_matrix([f"u{k}" for k in range(units)], [f"i{k}" for k in range(indicators)], values)


def replayed(definition: Definition, model: Model, data: Data, draws, column: int):
    """The draws of one replicate in the words of the plain interpreter."""
    choices = {
        name: model.options[name][draws.choices[row, column]]
        for row, name in enumerate(CHOICES)
        if getattr(definition.robustness, name)
    }
    factors = {} if draws.factors is None else dict(zip(model.nodes, draws.factors[:, column].tolist(), strict=True))
    table = {
        year: {
            unit: {
                name: None if math.isnan(value := data.values[y, u, c]) else float(value)
                for c, name in enumerate(data.columns)
            }
            for u, unit in enumerate(data.units)
        }
        for y, year in enumerate(data.years)
    }
    drawn = None
    if draws.missing is not None:
        mean, sd, low, high = model._predictive
        values = np.clip(mean + sd * draws.missing[:, column], low, high)
        rows, columns = model.missing_cells
        drawn = {
            (data.years[-1], data.units[row], definition.indicators[place].id): float(value)
            for row, place, value in zip(rows, columns, values, strict=True)
        }
    return reference_replicate(definition, table, choices, factors, drawn)


def assert_replicates_agree(definition: Definition, data: Data, columns: int) -> None:
    model = Model(definition, data)
    draws = model.draw(seed=3, block=0)
    for column in np.linspace(0, BLOCK - 1, columns, dtype=int):
        part = draws[np.array([column])]
        try:
            expected = replayed(definition, model, data, draws, column)
        except RefusedError:
            with pytest.raises(MeasureError):
                model.scores(part, (definition.root,))
            continue
        ranks, _ = rank_and_compare(model.scores(part, (definition.root,))[definition.root])
        found = dict(zip(data.units, (int(rank) or None for rank in ranks[:, 0]), strict=True))
        last = expected[max(expected)]
        assert {unit: last.get(unit) for unit in data.units} == found


@pytest.mark.parametrize("draw_missing", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_each_replicate_is_the_index_computed_again_from_its_draws(missing, draw_missing):
    spec = Robustness(
        treat=VARIED.treat,
        impute=VARIED.impute,
        normalise=VARIED.normalise,
        aggregate=VARIED.aggregate,
        weights=VARIED.weights,
        draw_missing=draw_missing,
    )
    assert_replicates_agree(tree_of(11, spec), sample_data(14, 11, missing), columns=40)


@given(cases(), st.sampled_from([(0.3,), (0.2, 0.5), (0.0, 0.1, 0.9)]))
def test_noisy_weights_on_any_definition_agree_with_the_interpreter(case, spread):
    definition, table = case
    noisy = Definition(
        id=definition.id,
        title=definition.title,
        indicators=definition.indicators,
        groups=definition.groups,
        steps=definition.steps,
        weight_sets=definition.weight_sets,
        unit_groups=definition.unit_groups,
        robustness=Robustness(weights=Noise(spread=spread), aggregate=(definition.steps[-1], Aggregate())),
    )
    try:
        run_index(noisy, data_of(noisy, table))
    except MeasureError:
        return
    assert_replicates_agree(noisy, data_of(noisy, table), columns=4)


def test_the_result_does_not_depend_on_how_many_blocks_are_computed_in_one_call():
    definition, data = tree_of(9, VARIED), sample_data(12, 9, 0.1)
    whole = monte_carlo(definition, data, replicates=2 * BLOCK + 100, seed=5)["root"]
    model = Model(definition, data)
    wins = np.zeros_like(whole.wins)
    for block, count in ((2, 100), (0, BLOCK), (1, BLOCK)):
        _, part = rank_and_compare(model.scores(model.draw(5, block, count), ("root",))["root"])
        wins += part
    assert (wins == whole.wins).all()


def test_the_same_seed_gives_the_same_result_and_another_seed_another():
    definition, data = tree_of(9, VARIED), sample_data(12, 9, 0.1)
    first, again, other = (monte_carlo(definition, data, replicates=500, seed=seed)["root"] for seed in (1, 1, 2))
    assert (first.rank_counts == again.rank_counts).all()
    assert (first.rank_counts != other.rank_counts).any()


def test_each_distinct_upstream_choice_is_evaluated_once():
    definition, data = tree_of(9, VARIED), sample_data(12, 9, 0.1)
    model = Model(definition, data)
    for block in range(3):
        model.scores(model.draw(1, block), ("root",))
    # 2 imputations, then 2 treatments of each, then 2 normalisations of each of those.
    assert model.evaluations == 2 + 4 + 8


def test_without_noise_and_alternatives_every_replicate_is_the_nominal_index():
    definition = tree_of(9, Robustness(weights=Noise(spread=(0.0,))))
    data = sample_data(12, 9, 0.1)
    result = monte_carlo(definition, data, replicates=300)["root"]
    nominal = run_index(definition, data)
    for unit in data.units:
        rank = nominal.rank(unit, "root")
        assert result.interval(unit, 0.99) == (rank, rank)
        assert result.mean[data.units.index(unit)] == pytest.approx(nominal.score(unit, "root"), abs=1e-9)


def test_rank_intervals_are_quantiles_of_the_rank_distribution():
    definition, data = tree_of(9, VARIED), sample_data(12, 9, 0.1)
    result = monte_carlo(definition, data, replicates=1000)["root"]
    for row, unit in enumerate(data.units):
        ranks = np.repeat(np.arange(1, 13), result.rank_counts[row, 1:])
        expected = np.quantile(ranks, [0.05, 0.95], method="inverted_cdf")
        assert result.interval(unit, 0.9) == tuple(expected)
        assert result.median_rank(unit) == np.quantile(ranks, 0.5, method="inverted_cdf")


def test_rank_shares_wins_and_the_mean_rank_fit_together():
    definition, data = tree_of(9, VARIED), sample_data(12, 9, 0.1)
    result = monte_carlo(definition, data, replicates=1000)["root"]
    assert (result.rank_counts.sum(axis=1) == 1000).all()
    # A unit's rank is one plus the number of units above it.
    mean_rank = result.rank_counts @ np.arange(13) / 1000
    assert mean_rank == pytest.approx(1 + result.wins.sum(axis=0) / 1000)


SCORE = st.one_of(st.just(math.nan), st.integers(-3, 3).map(float), st.floats(-1e6, 1e6))


@given(st.integers(1, 9), st.integers(1, 40), st.data())
def test_batch_ranks_are_competition_ranks_and_wins_are_counts(units, replicates, data):
    scores = np.array(data.draw(st.lists(st.lists(SCORE, min_size=replicates, max_size=replicates),
                                         min_size=units, max_size=units)))  # fmt: skip
    ranks, wins = rank_and_compare(scores)
    rounded = np.rint(scores * 1e9) / 1e9
    for column in range(replicates):
        present = ~np.isnan(rounded[:, column])
        assert (ranks[~present, column] == 0).all()
        if present.any():
            expected = stats.rankdata(-rounded[present, column], method="min")
            assert (ranks[present, column] == expected).all()
    with np.errstate(invalid="ignore"):
        expected_wins = (rounded[:, None, :] > rounded[None, :, :]).sum(axis=2)
    assert (wins == expected_wins).all()


def test_more_units_than_a_byte_can_count_are_ranked_right():
    scores = np.random.default_rng(1).normal(size=(400, 24))
    ranks, wins = rank_and_compare(scores)
    assert (ranks == stats.rankdata(-scores, method="min", axis=0)).all()
    assert (wins + wins.T == 24 - 24 * np.eye(400)).all()


def test_a_drawn_value_never_leaves_the_range_of_the_values_seen():
    definition = tree_of(6, Robustness(draw_missing=True))
    data = sample_data(10, 6, 0.3)
    model = Model(definition, data)
    seen = data.values[0]
    drawn = model._drawn_values(np.random.default_rng(0).normal(0, 5, (model.missing_cells[0].size, 50)))
    assert not np.isnan(drawn).any()
    assert (drawn >= np.nanmin(seen, axis=0)).all()
    assert (drawn <= np.nanmax(seen, axis=0)).all()


def test_every_choice_is_about_equally_probable():
    model = Model(tree_of(9, VARIED), sample_data(12, 9, 0.1))
    choices = np.concatenate([model.draw(1, block).choices for block in range(4)], axis=1)
    for row in choices:
        assert stats.chisquare(np.bincount(row)).pvalue > 1e-4


def test_weight_factors_are_uniform_around_one_with_the_spread_of_their_level():
    spec = Robustness(weights=Noise(spread=(0.25, 0.5)))
    model = Model(tree_of(9, spec), sample_data(12, 9, 0.0))
    factors = model.draw(1, 0).factors
    for node, row in zip(model.nodes, factors, strict=True):
        spread = 0.25 if node.startswith("i") else 0.5
        assert stats.kstest(row, stats.uniform(1 - spread, 2 * spread).cdf).pvalue > 1e-5


def test_an_unknown_node_and_a_definition_without_choices_are_refused():
    data = sample_data(12, 9, 0.0)
    with pytest.raises(MeasureError, match="no group"):
        monte_carlo(tree_of(9, VARIED), data, nodes=["roof"])
    with pytest.raises(MeasureError, match="robustness"):
        monte_carlo(tree_of(9, None), data)


def test_a_wider_interval_contains_a_narrower_one():
    result = monte_carlo(tree_of(9, VARIED), sample_data(12, 9, 0.1), replicates=500)["root"]
    for unit in result.units:
        spans = [result.interval(unit, level) for level in (0.5, 0.8, 0.9, 0.99)]
        assert all(outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in pairwise(spans))


def test_noise_on_the_weights_gives_no_unit_a_score_and_takes_none_away():
    # `short` has 2 of 4 indicators. With factors up to 1.25 the weight present may reach 2.5 of 4.0, above the 0.6 asked
    # for; `close` has 3 of 4, and its weight present may fall to 2.25 of 3.5, below the 0.7 asked for.
    for min_share, name, values, ranked in (
        (0.6, "short", (1.0, 2.0, np.nan, np.nan), False),
        (0.7, "close", (1.0, 2.0, 3.0, np.nan), True),
    ):
        definition = Definition(
            id="noise",
            title="Noise",
            indicators=tuple(IndicatorSpec(id=column, group="root") for column in "abcd"),
            groups=(GroupSpec(id="root"),),
            steps=(
                Normalise(method="minmax"),
                Aggregate(default=Level(method="arithmetic", missing="skip", min_share=min_share)),
            ),
            robustness=Robustness(weights=Noise(spread=(0.25,))),
        )
        table = np.array([values, (0.0, 0.0, 0.0, 0.0), (4.0, 4.0, 4.0, 4.0)])
        data = Data.of_matrix((name, "low", "high"), tuple("abcd"), table)
        result = monte_carlo(definition, data, replicates=2000)["root"]
        assert result.rank_counts[0, 0] == (0 if ranked else 2000), name
