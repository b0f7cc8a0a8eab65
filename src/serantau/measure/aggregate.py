"""Weights and aggregation. The specification is ``docs/method/index.md``.

One tree of groups, evaluated from the bottom up. Scores have the shape
(..., units): the leading axes are years or replicates. Weights are numbers,
or arrays over the same leading axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from serantau.base import SCORE_DECIMALS
from serantau.measure.definition import Aggregate, Definition, Level
from serantau.measure.errors import MeasureError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Transform = Callable[[Floats], Floats]

SCORE_SCALE = 10.0**SCORE_DECIMALS


def round_scores(scores: Floats) -> Floats:
    """Round to nine decimals, half to even."""
    return np.asarray(np.rint(scores * SCORE_SCALE) / SCORE_SCALE)


def competition_ranks(scores: Floats) -> Ints:
    """Ranks over the last axis, best first, 0 where there is no score.

    >>> competition_ranks(np.array([0.5, 0.9, 0.5 + 1e-12, np.nan]))
    array([2, 1, 2, 0])
    """
    rounded = round_scores(scores)
    ranks = np.ones(scores.shape, dtype=np.int64)
    for unit in range(scores.shape[-1]):
        ranks += rounded[..., unit : unit + 1] > rounded
    ranks[np.isnan(rounded)] = 0
    return ranks


def level_of(definition: Definition, option: Aggregate, group: str) -> Level:
    """The setting that applies to a group: its own, else its level's, else the default."""
    if group in option.by_group:
        return option.by_group[group]
    height = definition.heights[group]
    return option.levels[height - 1] if height <= len(option.levels) else option.default


def base_weights(definition: Definition, option: Aggregate) -> dict[str, float]:
    """Weight of each node relative to its siblings, before any noise; ``pca`` starts from 1."""
    given = {leaf.id: leaf.weight for leaf in definition.indicators}
    given |= {group.id: group.weight for group in definition.groups}
    if option.weights == "given":
        return given
    if option.weights in ("equal", "pca"):
        return dict.fromkeys(given, 1.0)
    return given | definition.weight_sets[option.weights]


def aggregate(
    definition: Definition, option: Aggregate, leaves: Floats, weights: Mapping[str, float] | None = None
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Aggregate normalised scores up the tree.

    Args:
        definition: The tree.
        option: Weights and levels.
        leaves: Shape (..., units, indicators).
        weights: Instead of the option's own; needed for ``pca`` over several years.

    Returns:
        Scores by node, each of shape (..., units), not rounded; and the weights used.

    Raises:
        MeasureError: if a mean meets a score for which it is not defined.
    """
    scores = {leaf.id: leaves[..., index] for index, leaf in enumerate(definition.indicators)}
    used = dict(weights) if weights is not None else base_weights(definition, option)
    for group in definition.bottom_up():
        children = definition.children[group]
        if option.weights == "pca" and weights is None:
            used |= dict(zip(children, pca_weights([scores[child] for child in children]), strict=True))
        level = level_of(definition, option, group)
        scores[group] = combine(
            [scores[child] for child in children], [used[child] for child in children], level, group
        )
    return scores, used


def combine(children: Sequence[Floats], weights: Sequence[float], level: Level, group: str) -> Floats:
    """One group from its children.

    Args:
        children: Scores of the children, each of shape (..., units).
        weights: Their weights.
        level: Kind of mean and rule for missing children.
        group: Id of the group, for messages.
    """
    kept = [(score, weight) for score, weight in zip(children, weights, strict=True) if weight > 0]
    stack = np.stack([score for score, _ in kept], axis=-1)
    w = np.array([weight for _, weight in kept])
    present = ~np.isnan(stack)
    weight_present = np.where(present, w, 0.0).sum(axis=-1)
    total = float(w.sum())
    check_defined(stack, level, group)
    enough = present.all(axis=-1) if level.missing == "refuse" else enough_weight(weight_present, total, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        if level.method == "copeland":
            # A unit without a score here is nobody's opponent.
            result = _copeland(np.where(np.asarray(enough)[..., None], stack, np.nan), w)
        else:
            forward, backward = link(level)
            summed = np.where(present, forward(stack) * w, 0.0).sum(axis=-1)
            result = backward(summed / weight_present)
    return np.asarray(np.where(enough, result, np.nan))


def enough_weight(present: Floats, total: float | Floats, level: Level) -> NDArray[np.bool_]:
    """Whether the weight present reaches the level's share; a hair's breadth of rounding is allowed."""
    return np.asarray((present > 0) & (present >= level.min_share * total * (1.0 - 1e-12)))


def link(level: Level) -> tuple[Transform, Transform]:
    """The functions around the weighted sum of a quasi-arithmetic mean: f^-1(sum(w f(s)) / sum(w))."""
    exponent = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "power": level.exponent}[level.method]
    if exponent == 1.0:
        return np.positive, np.positive
    if exponent == 0.0:
        return np.log, np.exp
    return partial(_power, exponent), partial(_power, 1.0 / exponent)


def _power(exponent: float, values: Floats) -> Floats:
    return np.asarray(values**exponent)


def check_defined(scores: Floats, level: Level, group: str) -> None:
    """Refuse a score of zero or less where the mean is not defined for it."""
    if level.method in ("arithmetic", "copeland") or (level.method == "power" and level.exponent == 1.0):
        return
    if np.any(scores <= 0):
        what = f"{group}: the {level.method} mean needs scores above zero, and a score of zero or less occurs."
        raise MeasureError(f"{what} Normalise to a range that begins above zero (for example low: 1).")


def _copeland(stack: Floats, weights: Floats) -> Floats:
    rounded = round_scores(stack)
    units = stack.shape[-2]
    result = np.zeros(stack.shape[:-1])
    for other in range(units):
        margin = np.sign(np.nan_to_num(rounded - rounded[..., other : other + 1, :])) @ weights
        result += np.sign(np.where(np.abs(margin) < 1e-12, 0.0, margin))
    return result


def pca_weights(children: Sequence[Floats]) -> list[float]:
    """Squared entries of the first eigenvector of the correlation matrix; equal weights where there is none."""
    stack = np.stack([np.asarray(child).reshape(-1) for child in children], axis=-1)
    complete = stack[~np.isnan(stack).any(axis=-1)]
    equal = [1.0 / len(children)] * len(children)
    if len(complete) < 3 or len(children) == 1 or np.any(complete.std(axis=0) <= 1e-14 * np.abs(complete).max(axis=0)):
        return equal
    _, vectors = np.linalg.eigh(np.corrcoef(complete, rowvar=False))
    return [float(entry) for entry in vectors[:, -1] ** 2]
