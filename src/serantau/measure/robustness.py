"""How sure is a rank? Monte Carlo over the choices behind an index.

The specification is ``docs/method/index.md``, section "Robustness" (OECD/JRC Handbook 2008, section 7).
Each distinct choice of treatment, imputation and normalisation is evaluated once, and
only weights and aggregation in every replicate, unless missing values are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from serantau.base import suggest
from serantau.measure.aggregate import aggregate, base_weights
from serantau.measure.batch import rank_and_compare, tree_scores
from serantau.measure.data import Data
from serantau.measure.definition import Aggregate, Definition, Denominate, Impute, Normalise, Screen, Step, Treat
from serantau.measure.errors import MeasureError
from serantau.measure.impute import impute
from serantau.measure.index import (
    check,
    columns_to_table,
    denominate,
    run_index,
    screen,
    select_indicators,
    treat,
    unit_groups,
)
from serantau.measure.normalise import normalise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[int], None]

BLOCK = 8192
"""Replicates of one random stream; part of the specification."""

MISSING_CHUNK = 256
"""Replicates evaluated together when each has a table of its own."""

CHOICES = ("treat", "impute", "normalise", "aggregate")


@dataclass(frozen=True)
class Draws:
    """The random inputs of some replicates.

    Attributes:
        choices: Which alternative of each of :data:`CHOICES`, shape (4, replicates).
        factors: Weight factor of each node, shape (nodes, replicates); None without noise.
        missing: A standard normal number for each missing cell, shape (cells, replicates); None if none is drawn.
    """

    choices: Ints
    factors: Floats | None
    missing: Floats | None

    def __getitem__(self, columns: slice | Ints) -> Draws:
        """The same for some of the replicates."""
        return Draws(
            self.choices[:, columns],
            None if self.factors is None else self.factors[:, columns],
            None if self.missing is None else self.missing[:, columns],
        )


@dataclass(frozen=True)
class RobustnessResult:
    """Distribution of the ranks of one node.

    Attributes:
        node: Id of the group.
        units: The units.
        replicates: How many replicates.
        nominal: Ranks by the definition's own steps; 0 for no score.
        rank_counts: Replicates in which a unit has a rank, shape (units, units + 1); column 0 is no score.
        wins: Replicates in which the first unit scores above the second, shape (units, units).
        mean: Mean score of each unit over the replicates in which it has one.
        sd: Standard deviation of the same.
    """

    node: str
    units: tuple[str, ...]
    replicates: int
    nominal: Ints
    rank_counts: Ints
    wins: Ints
    mean: Floats
    sd: Floats

    def interval(self, unit: str, level: float = 0.9) -> tuple[int, int] | tuple[None, None]:
        """Central rank interval: best and worst rank at a level; (None, None) for a unit never ranked."""
        tail = (1.0 - level) / 2.0
        low, high = self.quantile(unit, tail), self.quantile(unit, 1.0 - tail)
        return (None, None) if low is None or high is None else (low, high)

    def quantile(self, unit: str, share: float) -> int | None:
        """Smallest rank that the unit has, or betters, in at least this share of the replicates."""
        counts = self.rank_counts[self.units.index(unit), 1:]
        total = int(counts.sum())
        if not total:
            return None
        reached = np.cumsum(counts) >= share * total - 1e-9
        return 1 + int(np.argmax(reached & (np.cumsum(counts) > 0)))

    def median_rank(self, unit: str) -> int | None:
        """Median rank, the lower one of two."""
        return self.quantile(unit, 0.5)

    def prob_above(self, unit: str, other: str) -> float:
        """Share of replicates in which ``unit`` scores above ``other``."""
        return float(self.wins[self.units.index(unit), self.units.index(other)]) / self.replicates


class Model:
    """An index with its uncertain choices: turns drawn inputs into scores."""

    def __init__(self, definition: Definition, data: Data) -> None:
        """Prepare the steps; nothing is evaluated yet.

        Raises:
            MeasureError: if the definition has a defect or names no uncertain choice.
        """
        check(definition)
        if definition.robustness is None:
            raise MeasureError(f"{definition.id} names no uncertain choice. Add a section `robustness`.")
        self.definition = definition
        self.spec = definition.robustness
        self.data = data
        self.units = data.units
        self.nodes = tuple(leaf.id for leaf in definition.indicators) + definition.bottom_up()[:-1]
        self.steps = tuple(step for step in definition.steps if not isinstance(step, Aggregate))
        self._tables: dict[tuple[int, tuple[int, ...]], Floats] = {}
        self._weights: dict[tuple[int, ...], Mapping[str, float]] = {}
        self.evaluations = 0

    @cached_property
    def options(self) -> dict[str, tuple[Step, ...]]:
        """The alternatives of each choice; the definition's own step where none is named."""
        spec = self.spec
        named: dict[str, tuple[Step, ...]] = {
            "treat": spec.treat,
            "impute": spec.impute,
            "normalise": spec.normalise,
            "aggregate": spec.aggregate,
        }
        own: dict[str, tuple[Step, ...]] = dict.fromkeys(CHOICES, ())
        own |= {type(step).__name__.lower(): (step,) for step in self.definition.steps}
        return {name: named[name] or own[name] for name in CHOICES}

    @cached_property
    def missing_cells(self) -> tuple[Ints, Ints]:
        """Rows and columns of the cells that are drawn, in the last year."""
        table, out = self._drawn_table()
        cells = np.isnan(table) & ~out[:, None] & ~np.isnan(table).all(axis=0)
        rows, columns = np.nonzero(cells)
        return rows, columns

    def draw(self, seed: int, block: int, count: int = BLOCK) -> Draws:
        """The inputs of the first ``count`` replicates of a block, in the order of their choices.

        Replicates are alike but for their inputs, so they are put in the order of their
        choices before anything else is drawn: those that share a table lie side by side.
        """
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(block,))))
        choices = self.choices(generator.random((len(CHOICES), BLOCK))[:, :count])
        choices = choices[:, np.argsort(_code(choices), kind="stable")]
        factors = missing = None
        if self.spec.weights is not None:
            factors = self.factors(generator.random((len(self.nodes), BLOCK)))[:, :count]
        if self.spec.draw_missing:
            missing = generator.standard_normal((len(self.missing_cells[0]), BLOCK))[:, :count]
        return Draws(choices, factors, missing)

    def choices(self, uniform: Floats) -> Ints:
        """Equally probable alternatives from numbers in [0, 1), shape (4, replicates)."""
        counts = np.array([max(len(self.options[name]), 1) for name in CHOICES])
        return np.asarray(np.minimum((uniform * counts[:, None]).astype(np.int64), counts[:, None] - 1))

    def factors(self, uniform: Floats) -> Floats:
        """Weight factors from numbers in [0, 1), shape (nodes, replicates)."""
        uniform *= 2.0 * self._spread[:, None]
        uniform += 1.0 - self._spread[:, None]
        return uniform

    @cached_property
    def _spread(self) -> Floats:
        assert self.spec.weights is not None
        spread = self.spec.weights.spread
        heights = [self.definition.heights[node] for node in self.nodes]
        return np.array([spread[height] if height < len(spread) else 0.0 for height in heights])

    def scores(self, draws: Draws, targets: Sequence[str]) -> dict[str, Floats]:
        """Scores of some groups, shape (units, replicates) each, not rounded."""
        count = draws.choices.shape[1]
        result = {target: np.empty((count, len(self.units))).T for target in targets}
        for combination, columns in _partition(draws.choices):
            for part in _pieces(columns, MISSING_CHUNK if draws.missing is not None else BLOCK):
                for target, scores in self._evaluate(combination, draws[part], targets).items():
                    result[target][:, part] = scores
        return result

    def _evaluate(self, combination: tuple[int, ...], draws: Draws, targets: Sequence[str]) -> dict[str, Floats]:
        option = self.options["aggregate"][combination[3]]
        assert isinstance(option, Aggregate)
        if draws.missing is None:
            leaves = self.table(combination[:3])
        else:
            leaves = np.ascontiguousarray(np.moveaxis(self._drawn(combination[:3], draws.missing), 0, -1))
            leaves = np.ascontiguousarray(np.moveaxis(leaves, 1, 0))
        factors = None if draws.factors is None else dict(zip(self.nodes, draws.factors, strict=True))
        base = self._base(combination, option)
        count = draws.choices.shape[1]
        return tree_scores(self.definition, option, leaves, base, factors, count, targets)

    def _base(self, combination: tuple[int, ...], option: Aggregate) -> Mapping[str, float]:
        if combination not in self._weights:
            if option.weights == "pca":
                _, weights = aggregate(self.definition, option, self.table(combination[:3]))
            else:
                weights = base_weights(self.definition, option)
            self._weights[combination] = weights
        return self._weights[combination]

    def table(self, choice: tuple[int, ...]) -> Floats:
        """Normalised scores of one upstream choice in the last year, shape (units, indicators); evaluated once."""
        return np.asarray(self._after(len(self.steps), choice)[-1])

    def _after(self, count: int, choice: tuple[int, ...]) -> Floats:
        """The panel after ``count`` steps; remembered by the choices that matter up to there."""
        steps = self._steps(choice)[:count]
        key = (count, tuple(self._relevant(steps, choice)))
        if key not in self._tables:
            if count == 0:
                self._tables[key] = select_indicators(self.definition, self.data)
            else:
                self._tables[key] = self._apply(steps[-1], self._after(count - 1, choice))
                self.evaluations += 1
        return self._tables[key]

    def _relevant(self, steps: Sequence[Step], choice: tuple[int, ...]) -> Iterator[int]:
        for number, kind in zip(choice, (Treat, Impute, Normalise), strict=True):
            yield number if any(isinstance(step, kind) for step in steps) else -1

    def _steps(self, choice: tuple[int, ...]) -> tuple[Step, ...]:
        """The steps with the alternatives chosen; a step of which no alternative is named stays itself."""
        named: tuple[tuple[Step, ...], ...] = (self.spec.treat, self.spec.impute, self.spec.normalise)
        chosen: dict[type[Step], Step] = {
            type(options[number]): options[number] for number, options in zip(choice, named, strict=True) if options
        }
        return tuple(chosen.get(type(step), step) for step in self.steps)

    def _apply(self, step: Step, values: Floats) -> Floats:
        if isinstance(step, Denominate):
            return denominate(self.definition, self.data, values)
        if isinstance(step, Screen):
            out = screen(self.definition, step, values[-1], self.units)
            return np.where(np.array([unit in out for unit in self.units])[None, :, None], np.nan, values)
        if isinstance(step, Impute):
            filled = impute(values, self.data.years, step, unit_groups(self.definition, self.data))
            return np.where(self._excluded[None, :, None], np.nan, filled)
        if isinstance(step, Treat):
            treated = treat(self.definition, step, values, self.options["normalise"])
            return columns_to_table(treated.values, values.shape)
        assert isinstance(step, Normalise)
        return normalise(values, self.definition.indicators, step, self.units)

    @cached_property
    def _excluded(self) -> NDArray[np.bool_]:
        values = select_indicators(self.definition, self.data)
        out: set[str] = set()
        for step in self.steps:
            if isinstance(step, Denominate):
                values = denominate(self.definition, self.data, values)
            if isinstance(step, Screen):
                out |= screen(self.definition, step, values[-1], self.units).keys()
        return np.array([unit in out for unit in self.units])

    @cached_property
    def _draw_at(self) -> int:
        """Number of steps before missing values are drawn: up to imputation, or the first that uses all values."""
        for kinds in ((Impute,), (Treat, Normalise)):
            for index, step in enumerate(self.steps):
                if isinstance(step, kinds):
                    return index
        return len(self.steps)

    def _drawn_table(self) -> tuple[Floats, NDArray[np.bool_]]:
        return self._after(self._draw_at, (0, 0, 0))[-1], self._excluded

    @cached_property
    def _predictive(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Mean, standard deviation and range for each missing cell."""
        table, _ = self._drawn_table()
        groups = np.array(unit_groups(self.definition, self.data))
        rows, columns = self.missing_cells
        found = []
        for row, column in zip(rows, columns, strict=True):
            seen = table[:, column][~np.isnan(table[:, column])]
            near = table[groups == groups[row], column]
            near = near[~np.isnan(near)]
            basis = near if len(near) >= 3 else seen
            spread = float(basis.std(ddof=1)) if len(basis) > 1 else 0.0
            found.append((float(basis.mean()), spread, float(seen.min()), float(seen.max())))
        mean, sd, low, high = np.array(found, dtype=np.float64).reshape(-1, 4).T
        return mean, sd, low, high

    def _drawn_values(self, normal: Floats) -> Floats:
        """Tables with a value in every drawn cell, shape (replicates, units, indicators)."""
        table, _ = self._drawn_table()
        mean, sd, low, high = self._predictive
        rows, columns = self.missing_cells
        values = np.repeat(table[None], normal.shape[1], axis=0)
        values[:, rows, columns] = np.clip(mean + sd * normal.T, low, high)
        return values

    def _drawn(self, choice: tuple[int, ...], normal: Floats) -> Floats:
        """Normalised tables with drawn values, shape (replicates, units, indicators)."""
        values = self._drawn_values(normal)
        for step in self._steps(choice)[self._draw_at :]:
            if isinstance(step, Normalise) and step.over == "all_years" and len(self.data.years) > 1:
                raise MeasureError("missing values are drawn for one year; normalise over `year`, not `all_years`.")
            if isinstance(step, (Denominate, Screen)):
                name = type(step).__name__.lower()
                raise MeasureError(f"missing values are drawn before the step `{name}`. Put `{name}` first.")
            if isinstance(step, (Treat, Normalise)):
                values = self._apply(step, values)
        return values


def monte_carlo(
    definition: Definition,
    data: Data,
    replicates: int | None = None,
    seed: int | None = None,
    nodes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[str, RobustnessResult]:
    """Monte Carlo analysis of the ranks, in the last year of the data.

    Args:
        definition: With a section ``robustness``.
        data: As for :func:`serantau.measure.index.run_index`.
        replicates: Instead of the definition's own number.
        seed: Instead of the definition's own.
        nodes: Ids of groups; the root if None.
        progress: Called with the number of replicates done after each block.

    Returns:
        By node, the distribution of ranks. It depends on the seed and the number of replicates only.
    """
    model = Model(definition, data)
    targets = tuple(nodes) if nodes is not None else (definition.root,)
    for target in targets:
        if target not in definition.children:
            raise MeasureError(f"{target!r} is no group of the index. {suggest(target, definition.children)}".strip())
    total = model.spec.replicates if replicates is None else replicates
    start = model.spec.seed if seed is None else seed
    tallies = {target: _Tally(len(data.units)) for target in targets}
    for block in range((total + BLOCK - 1) // BLOCK):
        count = min(BLOCK, total - block * BLOCK)
        scores = model.scores(model.draw(start, block, count), targets)
        for target in targets:
            tallies[target].add(scores[target])
        if progress is not None:
            progress(count)
    nominal = run_index(definition, data)
    return {target: tallies[target].result(target, nominal.ranks[-1, :, nominal.columns[target]], data.units)
            for target in targets}  # fmt: skip


class _Tally:
    def __init__(self, units: int) -> None:
        self.replicates = 0
        self.counts = np.zeros((units, units + 1), dtype=np.int64)
        self.wins = np.zeros((units, units), dtype=np.int64)
        self.present = np.zeros(units, dtype=np.int64)
        self.total = np.zeros(units)
        self.squares = np.zeros(units)

    def add(self, scores: Floats) -> None:
        units, count = scores.shape
        ranks, wins = rank_and_compare(scores)
        self.replicates += count
        self.wins += wins
        for unit in range(units):
            self.counts[unit] += np.bincount(ranks[unit], minlength=units + 1)
        missing = ranks == 0
        if missing.any():
            scores = np.where(missing, 0.0, scores)
        self.present += count - missing.sum(axis=1)
        self.total += scores.sum(axis=1)
        self.squares += np.einsum("ur,ur->u", scores, scores)

    def result(self, node: str, nominal: Ints, units: tuple[str, ...]) -> RobustnessResult:
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.total / self.present
            variance = (self.squares - self.present * mean**2) / (self.present - 1)
        return RobustnessResult(
            node=node,
            units=units,
            replicates=self.replicates,
            nominal=nominal,
            rank_counts=self.counts,
            wins=self.wins,
            mean=mean,
            sd=np.sqrt(np.maximum(variance, 0.0)),
        )


def _code(choices: Ints) -> Ints:
    """One number for each combination of choices."""
    return np.asarray(np.ravel_multi_index(tuple(choices), tuple(choices.max(axis=1) + 1)))


def _partition(choices: Ints) -> Iterator[tuple[tuple[int, ...], slice | Ints]]:
    """Replicates with the same combination of choices: slices where they lie side by side."""
    code = _code(choices)
    order = None
    if np.any(code[1:] < code[:-1]):
        order = np.argsort(code, kind="stable")
        code = code[order]
    edges = [0, *(np.flatnonzero(np.diff(code)) + 1).tolist(), len(code)]
    for start, stop in pairwise(edges):
        columns = slice(start, stop) if order is None else order[start:stop]
        first = start if order is None else int(order[start])
        yield tuple(int(number) for number in choices[:, first]), columns


def _pieces(columns: slice | Ints, size: int) -> Iterator[slice | Ints]:
    if isinstance(columns, slice):
        for start in range(columns.start, columns.stop, size):
            yield slice(start, min(start + size, columns.stop))
    else:
        for start in range(0, len(columns), size):
            yield columns[start : start + size]
