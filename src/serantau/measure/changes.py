"""Change of the scores under a plan, and how often it keeps its direction when the choices behind the index vary.

The method is ``docs/method/findings.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.base import round_score
from serantau.measure.assessment import Period
from serantau.measure.data import Data
from serantau.measure.definition import Definition
from serantau.measure.figures import Figure, Figures
from serantau.measure.indicators import Indicator
from serantau.measure.robustness import BLOCK, Model

Floats = NDArray[np.float64]
Key = tuple[str, str]

BEFORE = " before"
"""Added to a member's code to name what it was before the plan, beside what it is now."""

INTERVAL = 0.9
"""Level of the intervals."""

SURE = 0.95
"""Share of the draws in which a change keeps its direction, from which on the direction is stated."""

DRAWS = 2048
"""Draws of the choices: the ends of an interval are good to about a tenth of a point."""


@dataclass(frozen=True)
class Pairs:
    """The figures behind a change, by member and indicator: both or neither, so that the composition is constant."""

    before: Mapping[Key, Figure | None]
    after: Mapping[Key, Figure | None]


@dataclass(frozen=True)
class ChangeSpread:
    """Change of one score over the draws.

    Attributes:
        low: Lower end of the 90 % interval.
        high: Upper end.
        up: Share of the draws in which the score rises.
        down: Share in which it falls.
    """

    low: float
    high: float
    up: float
    down: float

    @property
    def sure(self) -> bool:
        """Whether the change has the same direction in nearly every draw."""
        return max(self.up, self.down) >= SURE


def comparable(figures: Figures, indicator: Indicator, old: Figure, new: Figure) -> bool:
    """Whether a change between two figures means anything: not for a relative rating, not across a break."""
    return not indicator.relative and not figures.breaks(indicator.id, new.member, old.year, new.year)


def comparable_pairs(
    indicators: Sequence[Indicator],
    members: Sequence[str],
    figures: Figures,
    period: Period,
    window_years: int,
    now: Mapping[Key, Figure | None],
) -> Pairs:
    """The last figure before the plan beside the one used now, where the two may be compared.

    Args:
        indicators: The scored indicators.
        members: Alpha-3 codes.
        figures: The figures known and valid at the time of the question.
        period: The plan's period.
        window_years: How far before the plan a figure may lie.
        now: The figures used now, by member and indicator.
    """
    first = period.start.year
    before: dict[Key, Figure | None] = {}
    after: dict[Key, Figure | None] = {}
    for one in indicators:
        for member in members:
            old = figures.latest(one.id, member, first - window_years, first - 1)
            new = now[member, one.id]
            both = old is not None and new is not None and new.year >= first and comparable(figures, one, old, new)
            before[member, one.id] = old if both else None
            after[member, one.id] = new if both else None
    return Pairs(before, after)


def change_spreads(
    definition: Definition, pairs: Pairs, members: Sequence[str], nodes: Sequence[str], draws: int = DRAWS
) -> dict[Key, ChangeSpread]:
    """What becomes of each change when weights, normalisation and aggregation vary.

    A member before the plan and the same member now stand in one table, so that a scale that depends on the sample is
    the same for both; each draw is applied to both.

    Args:
        definition: With a section ``robustness``.
        pairs: The comparable figures.
        members: Alpha-3 codes.
        nodes: Ids of the outcomes.
        draws: How many, one block at most.

    Returns:
        By member and outcome; a member without comparable figures is left out.
    """
    leaves = [leaf.id for leaf in definition.indicators]
    units = [*members, *(member + BEFORE for member in members)]
    rows = [
        [_value(side[member, leaf]) for leaf in leaves] for side in (pairs.after, pairs.before) for member in members
    ]
    model = Model(definition, Data.of_matrix(units, leaves, np.array(rows, dtype=np.float64)))
    scores = model.scores(model.draw(model.spec.seed, 0, min(draws, BLOCK)), nodes)
    found = {}
    for node in nodes:
        moved = scores[node][: len(members)] - scores[node][len(members) :]
        for member, row in zip(members, moved, strict=True):
            kept = row[~np.isnan(row)]
            if kept.size:
                found[member, node] = _spread(kept)
    return found


def _spread(moved: Floats) -> ChangeSpread:
    tail = (1.0 - INTERVAL) / 2.0
    low, high = np.quantile(moved, [tail, 1.0 - tail])
    # A hair's breadth of rounding is no movement.
    up, down = float((moved > 1e-9).mean()), float((moved < -1e-9).mean())
    return ChangeSpread(round_score(float(low)), round_score(float(high)), up, down)


def _value(figure: Figure | None) -> float:
    return float("nan") if figure is None else figure.value
