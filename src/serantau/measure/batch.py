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

from serantau.measure.aggregate import check_defined, enough_weight, level_of, link, round_scores
from serantau.measure.definition import Aggregate, Definition, Level

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Ranks = NDArray[np.uint8] | NDArray[np.uint16]

RANK_CHUNK = 1024
"""Replicates ranked together: their scores stay in the second-level cache."""


@dataclass(frozen=True)
class _Fold:
    """A group as one weighted sum of leaves: not computed before somebody needs its values."""

    columns: tuple[int, ...]
    weights: Floats
    leaves: Floats
    level: Level

    def node(self) -> _Node:
        return _Node(link(self.level)[0](self.leaves[:, self.columns]) @ self.weights, None, self.level)

    def scores(self) -> Floats:
        return self.node().scores()


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
        self.has_gap = np.isnan(leaves).any(axis=0) if leaves.ndim == 2 else np.zeros(0, dtype=bool)

    def weight(self, node: str) -> Floats:
        if self.factors is None:
            return np.full(self.replicates, self.base[node])
        return self.base[node] * self.factors[node]

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
            self._add_group(sums, nodes[child].node(), weights[child], level, group)
        if sums.complete:
            return _Node(sums.value / total, None, level)
        return self._with_missing(sums, total, level)

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
        columns: list[int] = []
        parts: list[Floats] = []
        for child in children:
            share = weights[child] / total
            if child in self.column:
                columns.append(self.column[child])
                parts.append(share[None])
            else:
                below = nodes[child]
                assert isinstance(below, _Fold)
                columns.extend(below.columns)
                parts.append(below.weights * share)
        return _Fold(tuple(columns), np.concatenate(parts), self.leaves, level)

    def _add_leaves(
        self, sums: _Sums, own: list[str], weights: Mapping[str, Floats], level: Level, group: str
    ) -> None:
        columns = [self.column[child] for child in own]
        if self.leaves.ndim == 3:
            for child, column in zip(own, columns, strict=True):
                check_defined(self.leaves[column], level, group)
                sums.add(link(level)[0](self.leaves[column]), weights[child])
            return
        table = self.leaves[:, columns]
        check_defined(table, level, group)
        sums.add_table(link(level)[0](table), np.stack([weights[child] for child in own]))

    def _add_group(self, sums: _Sums, node: _Node, weight: Floats, level: Level, group: str) -> None:
        if _same_link(node.level, level):
            linked = node.linked if node.present is None else np.where(node.present, node.linked, np.nan)
        else:
            scores = node.scores()
            check_defined(scores, level, group)
            linked = link(level)[0](scores)
        sums.add(linked, weight, complete=node.present is None)

    def _with_missing(self, sums: _Sums, total: Floats, level: Level) -> _Node:
        with np.errstate(invalid="ignore", divide="ignore"):
            linked = sums.value / sums.present
        if level.missing == "refuse":
            enough = sums.everywhere
        else:
            enough = enough_weight(sums.present, total, level)
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
        for score, weight in zip(scores, order, strict=True):
            sums.add(score, weight)
        present = None if sums.complete else self._with_missing(sums, _total(weights), level).present
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
            return self.leaves[column]
        return np.broadcast_to(self.leaves[:, column, None], (self.leaves.shape[0], self.replicates))


class _Sums:
    """Weighted sums over the children present, and their weight."""

    def __init__(self) -> None:
        self.value: Floats = np.zeros(())
        self.present: Floats = np.zeros(())
        self.everywhere: Bools = np.ones((), dtype=bool)
        self.complete = True

    def add_table(self, table: Floats, weights: Floats) -> None:
        """Children that are the same in every replicate: (units, children) @ (children, replicates)."""
        missing = np.isnan(table)
        if missing.any():
            self.complete = False
            self.value = self.value + np.where(missing, 0.0, table) @ weights
            self.present = self.present + (~missing).astype(np.float64) @ weights
            self.everywhere = self.everywhere & ~missing.any(axis=1, keepdims=True)
        else:
            self.value = self.value + table @ weights
            self.present = self.present + weights.sum(axis=0)

    def add(self, values: Floats, weight: Floats, *, complete: bool = False) -> None:
        """One child of shape (units, replicates)."""
        missing = None if complete else np.isnan(values)
        if missing is not None and missing.any():
            self.complete = False
            self.value = self.value + np.where(missing, 0.0, values) * weight
            self.present = self.present + ~missing * weight
            self.everywhere = self.everywhere & ~missing
        else:
            self.value = self.value + values * weight
            self.present = self.present + weight


def _total(weights: Mapping[str, Floats]) -> Floats:
    total: Floats = np.zeros(())
    for weight in weights.values():
        total = total + weight
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
    ranks = np.ones((units, replicates), dtype=kind)
    wins = np.zeros((units, units), dtype=np.int64)
    for start in range(0, replicates, RANK_CHUNK):
        part = round_scores(scores[:, start : start + RANK_CHUNK])
        place = ranks[:, start : start + RANK_CHUNK]
        for unit in range(units - 1):
            above = part[unit] > part[unit + 1 :]
            below = part[unit] < part[unit + 1 :]
            place[unit + 1 :] += above.view(np.uint8)
            place[unit] += np.add.reduce(below.view(np.uint8), axis=0, dtype=kind)
            wins[unit, unit + 1 :] += _count(above)
            wins[unit + 1 :, unit] += _count(below)
        place[np.isnan(part)] = 0
    return ranks, wins


def _count(table: Bools) -> Ints:
    """True entries of each row: eight at a time, in the bytes of a word.

    A chunk has at most 1,024 columns, so that each byte counts to 128 and never overflows into the next.
    """
    rows, columns = table.shape
    if columns % 8 or columns > RANK_CHUNK:
        return np.asarray(np.count_nonzero(table, axis=1))
    words = np.add.reduce(table.view(np.uint64), axis=1)
    return np.asarray(words.view(np.uint8).reshape(rows, 8).sum(axis=1, dtype=np.int64))
