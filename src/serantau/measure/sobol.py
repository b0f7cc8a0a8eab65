"""Which choice moves the ranks? Variance-based sensitivity analysis.

Sobol' first-order and total indices of each group of inputs (Sobol' 2001),
by the estimators of Saltelli et al. (2010) for first-order and Jansen (1999) for total
indices, as in the OECD/JRC Handbook (2008), section 7.2. A choice with several numbers behind it (the noise on all weights of one
level) is one group: all its columns are exchanged together.

The output is the mean absolute shift in rank against the nominal index, over
the units ranked in both (Handbook, equation 36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from serantau.measure.batch import rank_and_compare
from serantau.measure.data import Data
from serantau.measure.definition import Definition
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.robustness import BLOCK, CHOICES, Draws, Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Factor:
    """One uncertain choice and the columns of the sample behind it."""

    name: str
    columns: tuple[int, ...]


@dataclass(frozen=True)
class SobolResult:
    """Sensitivity of the ranks of one node.

    Attributes:
        node: Id of the group.
        factors: Names of the choices that vary.
        first: First-order index of each.
        total: Total index of each.
        first_interval: Bootstrap interval of each first-order index, shape (factors, 2).
        total_interval: The same for the total indices.
        mean: Mean of the output: the expected shift in rank.
        variance: Its variance; with none, no choice moves any rank and the indices are zero.
        samples: Base samples; the index was evaluated ``samples * (factors + 2)`` times.
        level: Level of the intervals.
    """

    node: str
    factors: tuple[str, ...]
    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats
    mean: float
    variance: float
    samples: int
    level: float


def sobol_indices(
    definition: Definition,
    data: Data,
    node: str | None = None,
    samples: int = 1024,
    seed: int | None = None,
    bootstrap: int = 200,
    level: float = 0.9,
) -> SobolResult:
    """Sobol' indices of every choice in the section ``robustness``.

    Args:
        definition: With a section ``robustness`` that varies at least one choice.
        data: As for :func:`serantau.measure.index.run_index`.
        node: Id of the group whose ranks are looked at; the root if None.
        samples: Base samples, a power of two (scrambled Sobol' sequence).
        seed: Of the scrambling and the bootstrap; the definition's own if None.
        bootstrap: Resamples for the intervals.
        level: Level of the intervals.

    Raises:
        MeasureError: if nothing varies or the number of samples is no power of two.
    """
    model = Model(definition, data)
    if samples < 2 or samples & (samples - 1):
        raise MeasureError(f"samples is {samples}; it must be a power of two, for example 1024.")
    factors = varying_factors(model)
    if not factors:
        raise MeasureError(f"{definition.id}: no choice varies, so nothing can be sensitive to it.")
    target = node or definition.root
    number = model.spec.seed if seed is None else seed
    base = _sample(model, samples, number)
    output = rank_shift(model, target, _designs(base, factors))
    parts = output.reshape(len(factors) + 2, samples)
    return _result(target, factors, parts, np.random.default_rng((number, 1)), bootstrap, level)


def varying_factors(model: Model) -> tuple[Factor, ...]:
    """The choices that vary, with the columns of the sample behind each."""
    factors = [Factor(name, (column,)) for column, name in enumerate(CHOICES) if len(model.options[name]) > 1]
    column = len(CHOICES)
    if model.spec.weights is not None:
        heights = [model.definition.heights[node] for node in model.nodes]
        for height, spread in enumerate(model.spec.weights.spread):
            columns = tuple(column + index for index, own in enumerate(heights) if own == height)
            if columns and spread > 0:
                factors.append(Factor(f"weights of level {height}" if height else "weights of indicators", columns))
        column += len(model.nodes)
    if model.spec.draw_missing and model.missing_cells[0].size:
        columns = tuple(range(column, column + len(model.missing_cells[0])))
        factors.append(Factor("missing values", columns))
    return tuple(factors)


def _width(model: Model) -> int:
    nodes = len(model.nodes) if model.spec.weights is not None else 0
    return len(CHOICES) + nodes + (len(model.missing_cells[0]) if model.spec.draw_missing else 0)


def _sample(model: Model, samples: int, seed: int) -> Floats:
    """Two independent designs, shape (2, columns, samples)."""
    width = _width(model)
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(0, 0))))
    sequence = qmc.Sobol(2 * width, scramble=True, rng=generator).random(samples)
    return np.asarray(sequence.T.reshape(2, width, samples))


def _designs(base: Floats, factors: Sequence[Factor]) -> Floats:
    """A, B, and for each factor A with that factor's columns of B; shape (columns, runs)."""
    first, second = base
    designs = [first, second]
    for factor in factors:
        mixed = first.copy()
        mixed[list(factor.columns)] = second[list(factor.columns)]
        designs.append(mixed)
    return np.concatenate(designs, axis=1)


def rank_shift(model: Model, target: str, uniform: Floats) -> Floats:
    """Mean absolute shift in rank of each column of a design, shape (runs,).

    Args:
        model: The index with its choices.
        target: Id of the group whose ranks are looked at.
        uniform: Numbers in [0, 1), shape (columns, runs): four choices, weight factors, missing cells.
    """
    nominal = run_index(model.definition, model.data)
    held = nominal.ranks[-1, :, nominal.columns[target]]
    shifts = []
    for start in range(0, uniform.shape[1], BLOCK):
        scores = model.scores(_inputs(model, uniform[:, start : start + BLOCK]), (target,))[target]
        ranks, _ = rank_and_compare(scores)
        both = (ranks > 0) & (held > 0)[:, None]
        moved = np.where(both, np.abs(ranks.astype(np.int64) - held[:, None]), 0).sum(axis=0)
        shifts.append(moved / np.maximum(both.sum(axis=0), 1))
    return np.concatenate(shifts)


def _inputs(model: Model, uniform: Floats) -> Draws:
    count = len(CHOICES)
    nodes = len(model.nodes) if model.spec.weights is not None else 0
    factors = model.factors(uniform[count : count + nodes].copy()) if nodes else None
    missing = None
    if model.spec.draw_missing:
        missing = ndtri(np.clip(uniform[count + nodes :], 1e-12, 1.0 - 1e-12))
    return Draws(model.choices(uniform[:count]), factors, missing)


def _result(
    node: str,
    factors: Sequence[Factor],
    parts: Floats,
    generator: np.random.Generator,
    bootstrap: int,
    level: float,
) -> SobolResult:
    first, total = estimate(parts[0], parts[1], parts[2:])
    draws = generator.integers(0, parts.shape[1], (bootstrap, parts.shape[1]))
    again = [estimate(parts[0][pick], parts[1][pick], parts[2:][:, pick]) for pick in draws]
    tail = (1.0 - level) / 2.0
    firsts, totals = (np.array([pair[kind] for pair in again]) for kind in (0, 1))
    both = parts[:2].reshape(-1)
    return SobolResult(
        node=node,
        factors=tuple(factor.name for factor in factors),
        first=first,
        total=total,
        first_interval=np.quantile(firsts, [tail, 1.0 - tail], axis=0).T,
        total_interval=np.quantile(totals, [tail, 1.0 - tail], axis=0).T,
        mean=float(both.mean()),
        variance=float(both.var()),
        samples=parts.shape[1],
        level=level,
    )


def estimate(a: Floats, b: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    """First-order and total indices from the outputs of the designs.

    ``S = mean(f(B) (f(A_B) - f(A))) / V`` (Saltelli et al. 2010, table 2, row b) and
    ``T = mean((f(A) - f(A_B))^2) / 2 V`` (row f; Jansen 1999), with V the variance of f(A) and f(B) together.

    Args:
        a: Output of design A, shape (samples,).
        b: Output of design B, shape (samples,).
        mixed: Outputs of A with one factor of B, shape (factors, samples).
    """
    variance = float(np.concatenate([a, b]).var())
    if variance == 0.0:
        return np.zeros(len(mixed)), np.zeros(len(mixed))
    # The first-order estimator is unbiased for any centre, and least noisy about the mean.
    centre = float(np.concatenate([a, b, mixed.reshape(-1)]).mean())
    a, b, mixed = a - centre, b - centre, mixed - centre
    first = (b * (mixed - a)).mean(axis=1) / variance
    total = 0.5 * ((a - mixed) ** 2).mean(axis=1) / variance
    return np.asarray(first), np.asarray(total)
