"""What if: other weights, another scale, another mean, and the ranks that follow with their intervals.

A reader's own choices replace those of a plan's index, for one outcome or for a mix of all outcomes that have a score.
Such a mix is the reader's own: the plan has no overall score unless every outcome has one. All is bounded in steps, so that the
answers are finitely many and each costs milliseconds. The method is ``docs/method/what-if.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
import numpy as np

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    IndicatorSpec,
    Level,
    Method,
    Noise,
    Normalise,
    Robustness,
    Step,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index
from serantau.measure.robustness import monte_carlo

Scale = Literal["goalposts", "minmax", "percentile_rank"]
Mean = Literal["arithmetic", "geometric", "harmonic"]

SCALES: tuple[Scale, ...] = ("goalposts", "minmax", "percentile_rank")
MEANS: tuple[Mean, ...] = ("arithmetic", "geometric", "harmonic")

MOST = 4.0
"""Largest factor on a weight."""

STEP = 0.25
"""Factors are multiples of this."""

DRAWS = 1024
"""Draws behind the intervals."""

INTERVAL = 0.9
"""Level of the intervals."""


class WhatIfError(MeasureError):
    """A choice that cannot be made."""


@dataclass(frozen=True)
class Part:
    """Something that can be weighed.

    Attributes:
        id: Id of an indicator, a group or an outcome.
        parent: Id of the group it counts in.
        depth: 0 for what stands directly below the node asked about, 1 below that.
    """

    id: str
    parent: str
    depth: int


@dataclass(frozen=True)
class Choices:
    """What a reader chooses.

    Attributes:
        node: Id of an outcome, or of the root for a mix of outcomes.
        factors: Factor on the usual weight, for the parts that do not keep it.
        scale: Normalisation.
        mean: Aggregation.
    """

    node: str
    factors: tuple[tuple[str, float], ...] = ()
    scale: Scale = "goalposts"
    mean: Mean = "arithmetic"

    @classmethod
    def of(cls, node: str, factors: Mapping[str, float], scale: str, mean: str) -> Choices:
        """Choices in their one form, so that equal ones share an answer.

        Raises:
            WhatIfError: if a factor is out of bounds, or a scale or mean unknown.
        """
        for name, factor in factors.items():
            if not 0.0 <= factor <= MOST or (factor / STEP) % 1.0:
                raise WhatIfError(f"the factor {factor:g} of {name} is no multiple of {STEP:g} from 0 to {MOST:g}.")
        for kind, wanted, known in (("scale", scale, SCALES), ("mean", mean, MEANS)):
            if wanted not in known:
                raise WhatIfError(f"there is no {kind} {wanted!r}. Known are: {', '.join(known)}.")
        kept = tuple(sorted((name, factor) for name, factor in factors.items() if factor != 1.0))
        return cls(node, kept, scale, mean)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Row:
    """One member under the choices.

    Attributes:
        score: On the scale chosen; None where too little data is there.
        rank: None without a score.
        low: Best rank of the 90 % interval.
        high: Worst rank of the interval.
        usual: Rank by the usual choices; None where there is none.
    """

    member: str
    score: float | None
    rank: int | None
    low: int | None
    high: int | None
    usual: int | None


@dataclass(frozen=True)
class WhatIf:
    """The answer.

    Attributes:
        choices: What was chosen.
        shares: Share of each part in its group, from 0 to 1.
        rows: Members, the first ranked first, then those without a score.
        moved: How many members have another rank than usual.
        spread: How far a weight varies behind the intervals, as a share; None where nothing varies.
    """

    choices: Choices
    shares: Mapping[str, float]
    rows: tuple[Row, ...]
    moved: int
    spread: float | None


def parts(definition: Definition, node: str, scored: Collection[str]) -> tuple[Part, ...]:
    """What can be weighed below a node, each group before what it holds.

    Args:
        definition: The whole index.
        node: Id of an outcome, or of the root.
        scored: Ids of the outcomes that have a score.
    """
    if node == definition.root:
        return tuple(Part(child, node, 0) for child in definition.children[node] if child in scored)
    return tuple(_below(definition, node, 0))


def _below(definition: Definition, node: str, depth: int) -> Iterator[Part]:
    for child in definition.children[node]:
        yield Part(child, node, depth)
        if child in definition.children:
            yield from _below(definition, child, depth + 1)


def what_if(definition: Definition, data: Data, choices: Choices, scored: Collection[str]) -> WhatIf:
    """Scores, ranks and intervals under a reader's choices, beside the usual ranks.

    Args:
        definition: The whole index.
        data: The figures in use, a column for each indicator of the index.
        choices: What the reader chooses.
        scored: Ids of the outcomes that have a score.

    Raises:
        WhatIfError: if the node is unknown or without a score, a factor names no part of it, or nothing has any weight.
    """
    if choices.node not in {definition.root, *scored} or not scored:
        raise WhatIfError(f"{choices.node!r} has no score that other choices could change.")
    known = {part.id for part in parts(definition, choices.node, scored)}
    for name, _ in choices.factors:
        if name not in known:
            raise WhatIfError(f"{name!r} is no part of {choices.node}.")
    chosen, usual = (_chosen(definition, one, scored) for one in (choices, Choices(choices.node)))
    result, reference = run_index(chosen, data), run_index(usual, data)
    intervals = {}
    spread = _spread(definition)
    if spread is not None:
        found = monte_carlo(chosen, data, replicates=DRAWS, nodes=(choices.node,))[choices.node]
        intervals = {unit: found.interval(unit, INTERVAL) for unit in found.units}
    rows = []
    for unit in result.units:
        rank = result.rank(unit, choices.node)
        low, high = intervals.get(unit, (None, None)) if rank is not None else (None, None)
        rows.append(Row(unit, result.score(unit, choices.node), rank, low, high, reference.rank(unit, choices.node)))
    return WhatIf(
        choices=choices,
        shares=_shares(chosen, known),
        rows=tuple(sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.member))),
        moved=sum(row.rank != row.usual for row in rows),
        spread=spread,
    )


def usual_definition(definition: Definition, node: str, scored: Collection[str]) -> Definition:
    """The part of an index below one outcome as an index of its own, all choices as usual."""
    return _chosen(definition, Choices(node), scored)


def _chosen(definition: Definition, choices: Choices, scored: Collection[str]) -> Definition:
    """The index below the node, with the reader's weights, scale and mean. What weighs nothing is left out."""
    factors = dict(choices.factors)
    mix = choices.node == definition.root
    kept = _kept(definition, choices.node, scored if mix else None)
    leaves = [_weighed(leaf, factors) for leaf in definition.indicators if leaf.group in kept]
    leaves = [leaf for leaf in leaves if leaf.weight > 0]
    groups = [_weighed(group, factors) for group in definition.groups if group.id in kept]
    groups, leaves = _weighty(choices.node, groups, leaves)
    if not leaves:
        raise WhatIfError("nothing has any weight. Give at least one part some.")
    groups = [msgspec.structs.replace(one, parent="") if one.id == choices.node else one for one in groups]
    names = {leaf.id for leaf in leaves}
    return msgspec.structs.replace(
        definition,
        indicators=tuple(leaves),
        groups=tuple(groups),
        steps=tuple(_step(definition, step, choices, names) for step in definition.steps),
        weight_sets={},
        robustness=_noise(definition),
    )


def _kept(definition: Definition, node: str, only: Collection[str] | None) -> set[str]:
    found = {node}
    stack = [child for child in definition.children[node] if only is None or child in only]
    while stack:
        one = stack.pop()
        if one in definition.children:
            found.add(one)
            stack.extend(definition.children[one])
    return found


Weighed = TypeVar("Weighed", GroupSpec, IndicatorSpec)


def _weighed(one: Weighed, factors: Mapping[str, float]) -> Weighed:
    return msgspec.structs.replace(one, weight=one.weight * factors.get(one.id, 1.0))


def _weighty(
    node: str, groups: Sequence[GroupSpec], leaves: Sequence[IndicatorSpec]
) -> tuple[list[GroupSpec], list[IndicatorSpec]]:
    """Without groups that weigh nothing or hold nothing, and what is below them."""
    kept_groups, kept_leaves = list(groups), list(leaves)
    while True:
        ids = {group.id for group in kept_groups}
        full = {leaf.group for leaf in kept_leaves} | {group.parent for group in kept_groups}
        left = [
            group
            for group in kept_groups
            if group.id == node or (group.weight > 0 and group.id in full and group.parent in ids)
        ]
        held = {group.id for group in left}
        kept_leaves = [leaf for leaf in kept_leaves if leaf.group in held]
        if len(left) == len(kept_groups):
            return left, kept_leaves
        kept_groups = left


def _step(definition: Definition, step: Step, choices: Choices, leaves: Collection[str]) -> Step:
    if isinstance(step, Normalise):
        by_indicator: dict[str, Method] = {}
        if choices.scale != "goalposts":
            # On a logarithmic scale ratios count; the range of the sample would be measured on the wrong scale.
            by_indicator = {
                leaf.id: "goalposts"
                for leaf in definition.indicators
                if leaf.id in leaves and leaf.goalposts is not None and leaf.goalposts.scale == "log"
            }
        low = 0.0 if choices.mean == "arithmetic" else 1.0
        return Normalise(method=choices.scale, low=low, high=100.0, cap=True, by_indicator=by_indicator)
    if isinstance(step, Aggregate):
        return Aggregate(default=Level(method=choices.mean, missing="skip", min_share=step.default.min_share))
    return step


def _spread(definition: Definition) -> float | None:
    """The largest share by which the index lets a weight vary."""
    noise = definition.robustness.weights if definition.robustness is not None else None
    return max(noise.spread) if noise is not None and noise.spread else None


def _noise(definition: Definition) -> Robustness | None:
    """The reader has chosen scale and mean; the weights still vary as far as those of the index do."""
    spread = _spread(definition)
    if spread is None or definition.robustness is None:
        return None
    depth = max(definition.heights.values())
    return Robustness(weights=Noise(spread=(spread,) * depth), seed=definition.robustness.seed)


def _shares(chosen: Definition, known: Collection[str]) -> dict[str, float]:
    """Share of each part in its group; 0 for what was left out."""
    weights = {leaf.id: leaf.weight for leaf in chosen.indicators} | {one.id: one.weight for one in chosen.groups}
    found = dict.fromkeys(known, 0.0)
    for children in chosen.children.values():
        total = float(np.sum([weights[child] for child in children]))
        found |= {child: weights[child] / total for child in children if child in known and total > 0}
    return found
