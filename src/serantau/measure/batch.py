"""Many replicates of one tree at once.

The same arithmetic as :mod:`serantau.measure.aggregate`, laid out for speed:
scores have the shape (units, replicates), so that every operation runs along
contiguous replicates. A group keeps its *linked* value, f(score), so that geometric
means of geometric means take no logarithm of an exponential; and groups of one kind of
mean, with nothing missing, fold into one matrix product with the effective weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.measure.aggregate import SCORE_SCALE, check_defined, enough_weight, level_of, link, round_scores
from serantau.measure.definition import Aggregate, Definition, Level

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Ranks = NDArray[np.uint8] | NDArray[np.uint16]

RANK_CHUNK = 512
"""Replicates ranked together: their scores stay in the second-level cache."""


@dataclass(frozen=True)
class _Fold:
    """A group as one weighted sum of leaves: not computed before somebody needs its values.

    Attributes:
        own: Column and weight of each leaf among the children.
        below: Weight and fold of each group among the children.
        total: Sum of the children's weights.
    """

    own: tuple[tuple[int, Floats], ...]
    below: tuple[tuple[Floats, _Fold], ...]
    total: Floats
    leaves: Floats
    level: Level

    def node(self) -> _Node:
        columns = self.columns()
        weights = np.empty((len(columns), len(self.total)))
        self.write(weights, 1.0 / self.total)
        # Transposed, so that the scores of one replicate lie side by side in memory: that is how they are ranked.
        linked = (weights.T @ link(self.level)[0](self.leaves[:, columns]).T).T
        return _Node(linked, None, self.level)

    def scores(self) -> Floats:
        return self.node().scores()

    def columns(self) -> list[int]:
        return [column for column, _ in self.own] + [c for _, fold in self.below for c in fold.columns()]

    def write(self, weights: Floats, scale: Floats) -> None:
        """Effective weights into the rows of ``weights``, in the order of the columns."""
        for row, (_, weight) in enumerate(self.own):
            np.multiply(weight, scale, out=weights[row])
        row = len(self.own)
        for weight, fold in self.below:
            size = len(fold.columns())
            fold.write(weights[row : row + size], scale * weight / fold.total)
            row += size


@dataclass(frozen=True)
class _Node:
    """A group's linked values, and where it has a score; ``present`` None means everywhere."""

    linked: Floats
    present: Bools | None
    level: Level

    def node(self) -> _Node:
        return self

    def scores(self) -> Floats:
        values = self.linked if self.level.method == "copeland" else link(self.level)[1](self.linked)
        return values if self.present is None else np.where(self.present, values, np.nan)


def tree_scores(
    definition: Definition,
    option: Aggregate,
    leaves: Floats,
    base: Mapping[str, float],
    factors: Mapping[str, Floats] | None,
    replicates: int,
    targets: Iterable[str],
) -> dict[str, Floats]:
    """Scores of some nodes in many replicates.

    Args:
        definition: The tree.
        option: Weights and levels.
        leaves: Normalised scores, shape (units, indicators) if the same in every
            replicate, else (indicators, units, replicates).
        base: Weight of each node before noise.
        factors: Weight factor of each node by replicate, or None for no noise.
        replicates: How many.
        targets: Ids of groups.

    Returns:
        By group, scores of shape (units, replicates), not rounded; NaN where there is none.
    """
    wanted = set(targets)
    needed = _subtree(definition, wanted)
    tree = _Tree(definition, option, leaves, base, factors, replicates)
    nodes: dict[str, _Node | _Fold] = {}
    for group in definition.bottom_up():
        if group in needed:
            nodes[group] = tree.combine(group, nodes)
    return {group: nodes[group].scores() for group in wanted}


def _subtree(definition: Definition, groups: Iterable[str]) -> set[str]:
    found: set[str] = set()
    stack = list(groups)
    while stack:
        group = stack.pop()
        found.add(group)
        stack.extend(child for child in definition.children[group] if child in definition.children)
    return found


class _Tree:
    def __init__(
        self,
        definition: Definition,
        option: Aggregate,
        leaves: Floats,
        base: Mapping[str, float],
        factors: Mapping[str, Floats] | None,
        replicates: int,
    ) -> None:
        self.definition, self.option, self.leaves = definition, option, leaves
        self.base, self.factors, self.replicates = base, factors, replicates
        self.column = {leaf.id: index for index, leaf in enumerate(definition.indicators)}
        self.has_gap: Bools = np.asarray(np.isnan(leaves).any(axis=0)) if leaves.ndim == 2 else np.zeros(0, dtype=bool)

    def weight(self, node: str) -> Floats:
        if self.factors is None:
            return np.full(self.replicates, self.base[node])
        factors = self.factors[node]
        return factors if self.base[node] == 1.0 else self.base[node] * factors

    def combine(self, group: str, nodes: Mapping[str, _Node | _Fold]) -> _Node | _Fold:
        level = level_of(self.definition, self.option, group)
        children = [child for child in self.definition.children[group] if self.base[child] > 0]
        own = [child for child in children if child in self.column]
        below = [child for child in children if child not in self.column]
        weights = {child: self.weight(child) for child in children}
        if level.method == "copeland":
            return self._copeland(own, below, nodes, weights, level)
        total = _total(weights)
        if self._folds(own, below, nodes, level):
            check_defined(self.leaves[:, [self.column[child] for child in own]], level, group)
            return self._fold(children, nodes, weights, total, level)
        sums = _Sums()
        if own:
            self._add_leaves(sums, own, weights, level, group)
        for child in below:
            self._add_group(sums, child, nodes[child].node(), weights[child], level, group)
        if sums.complete:
            return _Node(sums.value / total, None, level)
        return self._with_missing(sums, children, level)

    def _folds(self, own: list[str], below: list[str], nodes: Mapping[str, _Node | _Fold], level: Level) -> bool:
        return (
            self.leaves.ndim == 2
            and not any(self.has_gap[self.column[child]] for child in own)
            and all(isinstance(nodes[child], _Fold) and _same_link(nodes[child].level, level) for child in below)
        )

    def _fold(
        self,
        children: list[str],
        nodes: Mapping[str, _Node | _Fold],
        weights: Mapping[str, Floats],
        total: Floats,
        level: Level,
    ) -> _Fold:
        own = tuple((self.column[child], weights[child]) for child in children if child in self.column)
        below = tuple((weights[child], nodes[child]) for child in children if child not in self.column)
        return _Fold(own, below, total, self.leaves, level)  # type: ignore[arg-type]

    def _add_leaves(self, sums: _Sums, own: list[str], weights: Mapping[str, Floats], level: Level, group: str) -> None:
        columns = [self.column[child] for child in own]
        if self.leaves.ndim == 3:
            for child, column in zip(own, columns, strict=True):
                check_defined(self.leaves[column], level, group)
                sums.add(link(level)[0](self.leaves[column]), weights[child], self.base[child])
            return
        table = self.leaves[:, columns]
        check_defined(table, level, group)
        base = np.array([self.base[child] for child in own])
        sums.add_table(link(level)[0](table), np.stack([weights[child] for child in own]), base)

    def _add_group(self, sums: _Sums, child: str, node: _Node, weight: Floats, level: Level, group: str) -> None:
        if _same_link(node.level, level):
            linked = node.linked if node.present is None else np.where(node.present, node.linked, np.nan)
        else:
            scores = node.scores()
            check_defined(scores, level, group)
            linked = link(level)[0](scores)
        sums.add(linked, weight, self.base[child], complete=node.present is None)

    def _with_missing(self, sums: _Sums, children: Iterable[str], level: Level) -> _Node:
        """Whether enough is present is asked of the weights before noise: it is a matter of data, not of luck."""
        with np.errstate(invalid="ignore", divide="ignore"):
            linked = sums.value / sums.present
        if level.missing == "refuse":
            enough = sums.everywhere
        else:
            enough = enough_weight(sums.held, sum(self.base[child] for child in children), level)
        return _Node(linked, np.broadcast_to(enough, linked.shape), level)

    def _copeland(
        self,
        own: list[str],
        below: list[str],
        nodes: Mapping[str, _Node | _Fold],
        weights: Mapping[str, Floats],
        level: Level,
    ) -> _Node:
        scores = [self._leaf(child) for child in own] + [nodes[child].scores() for child in below]
        order = [weights[child] for child in (*own, *below)]
        sums = _Sums()
        for child, score, weight in zip((*own, *below), scores, order, strict=True):
            sums.add(score, weight, self.base[child])
        present = None if sums.complete else self._with_missing(sums, weights, level).present
        if present is not None:
            # A unit without a score here is nobody's opponent.
            scores = [np.where(present, score, np.nan) for score in scores]
        return _Node(self._wins_minus_losses(scores, order), present, level)

    def _wins_minus_losses(self, scores: list[Floats], weights: list[Floats]) -> Floats:
        rounded = [round_scores(score) for score in scores]
        result = np.zeros((rounded[0].shape[0], self.replicates))
        for other in range(len(result)):
            margin = np.zeros(result.shape)
            for score, weight in zip(rounded, weights, strict=True):
                margin += np.sign(np.nan_to_num(score - score[other])) * weight
            result += np.sign(np.where(np.abs(margin) < 1e-12, 0.0, margin))
        return result

    def _leaf(self, child: str) -> Floats:
        column = self.column[child]
        if self.leaves.ndim == 3:
            return np.asarray(self.leaves[column])
        return np.broadcast_to(self.leaves[:, column, None], (self.leaves.shape[0], self.replicates))


class _Sums:
    """Weighted sums over the children present, and their weight: as drawn, and before noise (``held``)."""

    def __init__(self) -> None:
        self.value: Floats = np.zeros(())
        self.present: Floats = np.zeros(())
        self.held: Floats = np.zeros(())
        self.everywhere: Bools = np.ones((), dtype=bool)
        self.complete = True

    def add_table(self, table: Floats, weights: Floats, base: Floats) -> None:
        """Children that are the same in every replicate: (units, children) @ (children, replicates)."""
        missing = np.isnan(table)
        if missing.any():
            self.complete = False
            self.value = self.value + np.where(missing, 0.0, table) @ weights
            self.present = self.present + (~missing).astype(np.float64) @ weights
            self.held = self.held + ((~missing).astype(np.float64) @ base)[:, None]
            self.everywhere = self.everywhere & ~missing.any(axis=1, keepdims=True)
        else:
            self.value = self.value + table @ weights
            self.present = self.present + weights.sum(axis=0)
            self.held = self.held + base.sum()

    def add(self, values: Floats, weight: Floats, base: float, *, complete: bool = False) -> None:
        """One child of shape (units, replicates)."""
        missing = None if complete else np.isnan(values)
        if missing is not None and missing.any():
            self.complete = False
            self.value = self.value + np.where(missing, 0.0, values) * weight
            self.present = self.present + ~missing * weight
            self.held = self.held + ~missing * base
            self.everywhere = self.everywhere & ~missing
        else:
            self.value = self.value + values * weight
            self.present = self.present + weight
            self.held = self.held + base


def _total(weights: Mapping[str, Floats]) -> Floats:
    parts = list(weights.values())
    if len(parts) == 1:
        return parts[0]
    total = parts[0] + parts[1]
    for weight in parts[2:]:
        total += weight
    return total


def _same_link(child: Level, parent: Level) -> bool:
    if "copeland" in (child.method, parent.method):
        return False
    exponents = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
    return exponents.get(child.method, child.exponent) == exponents.get(parent.method, parent.exponent)


def rank_and_compare(scores: Floats) -> tuple[Ranks, Ints]:
    """Competition ranks, and how often each unit scores above each other.

    Args:
        scores: Shape (units, replicates), NaN for no score; rounded here.

    Returns:
        Ranks of the same shape, 0 for no score; and wins, shape (units, units): replicates in which
        the first scores above the second.
    """
    units, replicates = scores.shape
    kind = np.uint8 if units < np.iinfo(np.uint8).max else np.uint16
    ranks = np.empty((units, replicates), dtype=kind)
    ties = False
    for start in range(0, replicates, RANK_CHUNK):
        part = slice(start, start + RANK_CHUNK)
        found, tied = _ranks(scores[:, part], kind)
        ranks[:, part] = found.T
        ties = ties or tied
    missing = np.isnan(scores)
    if missing.any():
        ranks[missing] = np.iinfo(kind).max
        wins = _wins(ranks) - _wins(missing.astype(np.uint8))
        ranks[missing] = 0
        return ranks, wins
    return ranks, _wins(ranks) if ties else _wins_without_ties(ranks)


def _ranks(scores: Floats, kind: type[np.unsignedinteger]) -> tuple[Ranks, bool]:
    """Ranks of shape (replicates, units), and whether there are ties; the ranks of missing scores mean nothing."""
    # Whole numbers of 1e-9, which order as the rounded scores do; negative, so that the best comes first.
    turned = np.array(scores.T, order="C")
    turned *= -SCORE_SCALE
    np.rint(turned, out=turned)
    replicates, units = turned.shape
    order = np.argsort(turned, axis=1)  # best first, NaN last
    order += (np.arange(replicates) * units)[:, None]
    ordered = turned.reshape(-1)[order]
    place = np.broadcast_to(np.arange(1, units + 1, dtype=kind), turned.shape)
    tied = ordered[:, 1:] == ordered[:, :-1]
    ties = bool(tied.any())
    if ties:
        first = place.copy()
        first[:, 1:][tied] = 1
        place = np.maximum.accumulate(first, axis=1)
    ranks = np.empty(turned.shape, dtype=kind)
    ranks.reshape(-1)[order] = place
    return ranks, ties


def _wins(ranks: Ranks) -> Ints:
    """Replicates in which the first unit has the smaller number."""
    wins = np.zeros((len(ranks), len(ranks)), dtype=np.int64)
    for unit in range(len(ranks) - 1):
        wins[unit, unit + 1 :] = _count(ranks[unit] < ranks[unit + 1 :])
        wins[unit + 1 :, unit] = _count(ranks[unit] > ranks[unit + 1 :])
    return wins


def _wins_without_ties(ranks: Ranks) -> Ints:
    """The same at half the cost: of two units that never tie, one wins."""
    wins = np.zeros((len(ranks), len(ranks)), dtype=np.int64)
    for unit in range(len(ranks) - 1):
        above = _count(ranks[unit] < ranks[unit + 1 :])
        wins[unit, unit + 1 :] = above
        wins[unit + 1 :, unit] = ranks.shape[1] - above
    return wins


def _count(table: Bools) -> Ints:
    """True entries of each row: eight at a time, in the bytes of a word.

    At most 128 words are added at once, so that no byte overflows into the next.
    """
    rows, columns = table.shape
    if columns % (8 * 128):
        return np.asarray(np.count_nonzero(table, axis=1))
    words = np.add.reduce(np.ascontiguousarray(table).view(np.uint64).reshape(rows, -1, 128), axis=2)
    return np.asarray(words.view(np.uint8).sum(axis=1, dtype=np.int64))
