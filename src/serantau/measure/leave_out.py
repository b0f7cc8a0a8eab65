"""What would change if an indicator or a group were not in an index.

Method: ``docs/method/analyse.md``, section "Leave one out".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from serantau.base import suggest
from serantau.measure.aggregate import level_of
from serantau.measure.data import Data
from serantau.measure.definition import Aggregate, Definition, GroupSpec, IndicatorSpec, Normalise, Screen, Step, Treat
from serantau.measure.errors import MeasureError
from serantau.measure.index import IndexResult, run_index


@dataclass(frozen=True)
class LeftOut:
    """The index without one node.

    Attributes:
        node: The indicator or group left out.
        shifts: By unit, rank without it minus rank with it (positive: it falls); None where either has no rank.
        mean_shift: Mean absolute shift in rank over the units with both (Handbook, equation 38).
        largest: Unit that shifts most; empty where none has both ranks.
    """

    node: str
    shifts: dict[str, int | None]
    mean_shift: float
    largest: str


def leave_one_out(
    definition: Definition, data: Data, nodes: Sequence[str] | None = None, year: int | None = None
) -> tuple[LeftOut, ...]:
    """Compute the index again without each node.

    Args:
        definition: Tree and steps.
        data: As for :func:`serantau.measure.index.run_index`.
        nodes: Indicators and groups to leave out, one at a time; every one but the root if None.
        year: Year of the ranks compared; the last if None.

    Raises:
        MeasureError: if a node does not exist, or nothing is left without one that was named.
    """
    nominal = run_index(definition, data)
    chosen = tuple(nodes) if nodes is not None else _removable(definition)
    return tuple(_compare(node, nominal, run_index(without(definition, node), data), year) for node in chosen)


def without(definition: Definition, node: str) -> Definition:
    """The definition without an indicator, or without a group and all below it.

    A group that loses its last child goes too. The groups that stay keep the mean they had, also
    where their height in the tree is another now.

    Raises:
        MeasureError: if there is no such node, or no indicator with a positive weight is left.
    """
    names = {leaf.id for leaf in definition.indicators} | set(definition.children)
    if node not in names:
        raise MeasureError(f"{node!r} is no indicator or group of the index. {suggest(node, names)}".strip())
    gone = _gone(definition, node)
    if definition.root in gone:
        raise MeasureError(f"without {node} nothing of the index is left. Leave out something smaller.")
    leaves = tuple(leaf for leaf in definition.indicators if leaf.id not in gone)
    groups = tuple(group for group in definition.groups if group.id not in gone)
    return msgspec.structs.replace(
        definition,
        indicators=leaves,
        groups=groups,
        steps=tuple(_step_without(definition, step, gone) for step in definition.steps),
        weight_sets={
            name: {key: weight for key, weight in weights.items() if key not in gone}
            for name, weights in definition.weight_sets.items()
        },
        robustness=None,
    )


def _gone(definition: Definition, node: str) -> set[str]:
    """The node, all below it, and every group without a child of positive weight then."""
    gone = {node}
    for group in reversed(definition.bottom_up()):
        if group in gone:
            gone.update(definition.children[group])
    option = definition.step(Aggregate)
    given: list[IndicatorSpec | GroupSpec] = [*definition.indicators, *definition.groups]
    weights = {one.id: one.weight for one in given}
    if isinstance(option, Aggregate) and option.weights in definition.weight_sets:
        weights |= definition.weight_sets[option.weights]
    for group in definition.bottom_up():
        if all(child in gone or weights[child] <= 0 for child in definition.children[group]):
            gone.update((group, *definition.children[group]))
    return gone


def _step_without(definition: Definition, step: Step, gone: set[str]) -> Step:
    if isinstance(step, Screen):
        kept = {group: share for group, share in step.by_group.items() if group not in gone}
        return msgspec.structs.replace(step, by_group=kept)
    if isinstance(step, Treat):
        return msgspec.structs.replace(step, skip=tuple(name for name in step.skip if name not in gone))
    if isinstance(step, Normalise):
        methods = {name: method for name, method in step.by_indicator.items() if name not in gone}
        return msgspec.structs.replace(step, by_indicator=methods)
    if isinstance(step, Aggregate):
        own = {group: level_of(definition, step, group) for group in definition.children if group not in gone}
        return msgspec.structs.replace(step, levels=(), by_group=own)
    return step


def _removable(definition: Definition) -> tuple[str, ...]:
    """Every node whose absence leaves something of the index."""
    nodes = (*(leaf.id for leaf in definition.indicators), *definition.bottom_up())
    return tuple(node for node in nodes if definition.root not in _gone(definition, node))


def _compare(node: str, nominal: IndexResult, changed: IndexResult, year: int | None) -> LeftOut:
    root = nominal.definition.root
    shifts: dict[str, int | None] = {}
    for unit in nominal.units:
        before, after = nominal.rank(unit, root, year), changed.rank(unit, root, year)
        shifts[unit] = None if before is None or after is None else after - before
    moved = {unit: abs(shift) for unit, shift in shifts.items() if shift is not None}
    return LeftOut(
        node=node,
        shifts=shifts,
        mean_shift=float(np.mean(list(moved.values()))) if moved else float("nan"),
        largest=max(moved, key=lambda unit: moved[unit]) if moved else "",
    )
