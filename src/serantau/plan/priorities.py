"""Which actions may matter most, when most of what would decide it is not known.

Three criteria: what an action does for the outcomes that are furthest behind
and weigh most in recovery; what it unlocks; how urgent it is. An input that
nobody has stated is drawn over its full range, independently of the others
and uniformly. The answer says how large a share of the inputs that was, and
does not rank what it cannot tell apart. See ``docs/method/priorities.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

import numpy as np

from serantau.base import AsOf, round_score
from serantau.plan.errors import PlanError
from serantau.plan.facts import PlanFacts, descendants, listed
from serantau.plan.model import Effect, Horizon, RecoveryWeight
from serantau.plan.smaa import (
    BLOCK,
    Acceptability,
    Block,
    Floats,
    Sampler,
    analyse,
    stream,
    tiers,
    told_apart,
    uniform_simplex,
)

CRITERIA = ("effect", "unlocks", "urgency")
DEFAULT_BLOCKS = 10
DEFAULT_MARGIN = 0.25
STANDARD_ERRORS = 3.0
HORIZONS = tuple(Horizon)

R = TypeVar("R", Effect, RecoveryWeight)
Gap = float | tuple[float, float] | None


class Verdict(Enum):
    """What can be said of an action's place."""

    RANKED = "ranked"
    NOT_ENOUGH = "not enough known to rank"


class OtherOutcomes(Enum):
    """What is taken of an action's effect on outcomes under which the plan does not list it.

    ``drawn``: not stated is not known, so it is drawn. ``none``: the user
    assumes that an action serves only the outcome under which it is listed.
    """

    DRAWN = "drawn"
    NONE = "none"


@dataclass(frozen=True)
class Inputs:
    """All that the ranking rests on; whatever is missing from a mapping is drawn.

    Attributes:
        actions: Ids of the actions.
        outcomes: Ids of the outcomes.
        listed_under: For each action, the outcome under which the plan lists it.
        effects: Effect of an action on an outcome, from 0 to 1.
        gaps: How far each outcome is behind, from 0 (there) to 1 (at the start); as two numbers where it is only
            known to lie between them; None or missing is not known.
        recovery: Weight of each outcome in recovery, from 0 to 1.
        depends_on: For each action, the actions that must come first.
        dependencies_complete: Whether ``depends_on`` is all there is.
        urgency: Urgency of an action, from 0 to 1.
        horizon: Class of urgency of an action, used where its urgency is not stated.
        other_outcomes: What is taken of effects on other outcomes.
    """

    actions: tuple[str, ...]
    outcomes: tuple[str, ...]
    listed_under: Mapping[str, str]
    effects: Mapping[tuple[str, str], float] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    recovery: Mapping[str, float] = field(default_factory=dict)
    depends_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dependencies_complete: bool = False
    urgency: Mapping[str, float] = field(default_factory=dict)
    horizon: Mapping[str, Horizon] = field(default_factory=dict)
    other_outcomes: OtherOutcomes = OtherOutcomes.DRAWN

    def __post_init__(self) -> None:
        """Refuse what would yield a wrong answer in silence."""
        _check_inputs(self)


@dataclass(frozen=True)
class InputShare:
    """How many inputs of a kind are not stated and were drawn."""

    kind: str
    drawn: int
    total: int


@dataclass(frozen=True)
class ActionRank:
    """What the draws say of one action.

    Attributes:
        action: Its id.
        verdict: Whether it can be ranked.
        first_place: Best place of the group of actions it cannot be told apart from.
        last_place: Worst place of that group; equal to the first where the action is ranked.
        expected_rank: Mean rank over the draws.
        acceptability: Share of draws for each rank, the first rank first.
        holistic: Holistic acceptability index.
        central_weights: Mean criteria weights of the draws in which it comes first; None if it never does.
        confidence: Share of draws in which it comes first with those weights; None if it never does.
        unlocks: How many actions are known to wait for it.
    """

    action: str
    verdict: Verdict
    first_place: int
    last_place: int
    expected_rank: float
    acceptability: tuple[float, ...]
    holistic: float
    central_weights: tuple[float, ...] | None
    confidence: float | None
    unlocks: int


@dataclass(frozen=True)
class Priorities:
    """The answer: actions in order of their groups, and how much of it is known.

    Attributes:
        rows: Actions by group, within a group by id: an order inside a group would be invented.
        shares: Inputs drawn, by kind.
        draws: Number of draws.
        seed: Seed of the draws.
        margin: Margin of the rule by which two actions are told apart.
    """

    rows: tuple[ActionRank, ...]
    shares: tuple[InputShare, ...]
    draws: int
    seed: int
    margin: float

    @property
    def share_unknown(self) -> float:
        """Share of all inputs that was drawn, from 0 to 1."""
        return sum(share.drawn for share in self.shares) / sum(share.total for share in self.shares)

    @property
    def ranked(self) -> int:
        """How many actions have a place of their own."""
        return sum(row.verdict is Verdict.RANKED for row in self.rows)

    @property
    def rule(self) -> str:
        """The rule of the verdict, in a sentence."""
        return (
            f"An action is placed above another when it scores higher in at least {0.5 + self.margin:.0%} of "
            f"{self.draws} draws, by more than {STANDARD_ERRORS:g} standard errors of the sampling."
        )


def gather(
    facts: PlanFacts,
    plan_id: str,
    asof: AsOf,
    gaps: Mapping[str, Gap],
    other_outcomes: OtherOutcomes = OtherOutcomes.DRAWN,
) -> Inputs:
    """Collect what the facts say of a plan's actions.

    Args:
        facts: The region's plans.
        plan_id: Id of the plan.
        asof: Day and knowledge of the question.
        gaps: How far each outcome is behind, by outcome id; see :class:`Inputs` and :func:`regional_gaps`.
        other_outcomes: What is taken of effects on outcomes under which an action is not listed.

    Raises:
        PlanError: if there is no such plan, or a gap names an outcome that the plan does not have.
    """
    actions = facts.actions(plan_id, asof)
    outcomes = tuple(outcome.id for outcome in facts.outcomes(plan_id, asof))
    ids = {action.id for action in actions}
    effects = _latest((row for row in listed(facts.all_effects, asof) if row.action in ids), "action", "outcome")
    weights = _latest((row for row in listed(facts.all_recovery_weights, asof) if row.outcome in outcomes), "outcome")
    stated = {action: row for action in ids if (row := facts.priority(action, asof)) is not None}
    return Inputs(
        actions=tuple(action.id for action in actions),
        outcomes=outcomes,
        listed_under={action.id: action.outcome for action in actions},
        effects={(row.action, row.outcome): row.effect for row in effects},
        gaps=gaps,
        recovery={row.outcome: row.weight for row in weights},
        depends_on={action.id: action.depends_on for action in actions},
        dependencies_complete=facts.plan(plan_id).dependencies_complete,
        urgency={action: row.urgency for action, row in stated.items() if row.urgency is not None},
        horizon={action: row.horizon for action, row in stated.items() if row.horizon is not None},
        other_outcomes=other_outcomes,
    )


def regional_gaps(scores: Mapping[str, Sequence[float | None]]) -> dict[str, Gap]:
    """How far a region is behind on each outcome, from the scores of its members.

    The region's gap is the mean of its members' distances to the full score.
    A member without a score may be anywhere, so with such members the gap is
    only known to lie between two numbers; without any score it is not known.

    Args:
        scores: For each outcome, the score of every member, 0 to 100, or None.

    >>> regional_gaps({"a": [80.0, 60.0], "b": [80.0, None], "c": [None, None]})
    {'a': (0.3, 0.3), 'b': (0.1, 0.6), 'c': None}
    """
    return {outcome: _gap_between(row) for outcome, row in scores.items()}


def rank_actions(
    inputs: Inputs, *, seed: int, blocks: int = DEFAULT_BLOCKS, margin: float = DEFAULT_MARGIN
) -> Priorities:
    """Rank actions as far as they can be told apart.

    Args:
        inputs: What is known.
        seed: Seed of the draws, a whole number from 0.
        blocks: Number of blocks of 4096 draws; more of them only sharpen the same answer.
        margin: How far from one half a pairwise winning index must be, from 0 to 0.5.

    Raises:
        PlanError: if the inputs, the seed, the blocks or the margin are out of range.
    """
    actions = sorted(inputs.actions)
    result = analyse(sampler(inputs, seed), blocks)
    above = told_apart(result.pairwise, result.draws, margin, STANDARD_ERRORS)
    unlocks = descendants({action: inputs.depends_on.get(action, ()) for action in actions})
    rows: list[ActionRank] = []
    for group in tiers(above):
        places = (len(rows) + 1, len(rows) + len(group))
        rows.extend(_row(result, index, actions[index], places, unlocks) for index in group)
    return Priorities(tuple(rows), input_shares(inputs), result.draws, seed, margin)


def sampler(inputs: Inputs, seed: int) -> Sampler:
    """The draws behind a ranking: for each block number, criteria values and weights of the actions by id.

    Args:
        inputs: What is known.
        seed: Seed of the draws.
    """
    model = _Model(inputs)
    return lambda number: model.sample(stream(seed, number))


def input_shares(inputs: Inputs) -> tuple[InputShare, ...]:
    """How many inputs of each kind are drawn.

    A class of urgency counts as drawn, because only its order is known; so
    does *unlocks* while the list of dependencies is not complete, because the
    known ones are only a lower bound.
    """
    pairs = [
        (action, outcome)
        for action in inputs.actions
        for outcome in inputs.outcomes
        if inputs.other_outcomes is OtherOutcomes.DRAWN or inputs.listed_under[action] == outcome
    ]
    size = len(inputs.actions)
    return (
        InputShare("effect of an action on an outcome", sum(p not in inputs.effects for p in pairs), len(pairs)),
        InputShare("gap of an outcome", sum(low < high for low, high in _gap_ranges(inputs)), len(inputs.outcomes)),
        InputShare(
            "weight of an outcome in recovery",
            sum(outcome not in inputs.recovery for outcome in inputs.outcomes),
            len(inputs.outcomes),
        ),
        InputShare("what an action unlocks", 0 if inputs.dependencies_complete else size, size),
        InputShare("urgency of an action", sum(action not in inputs.urgency for action in inputs.actions), size),
        InputShare("weight of a criterion", len(CRITERIA), len(CRITERIA)),
    )


class _Model:
    """Turns a random stream into criteria values.

    Actions are handled in the order of their ids, outcomes too, so that the
    order in which they are given changes nothing. All inputs are drawn, then
    the known ones are put over them: stating one input leaves the draws of
    the others as they were.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.actions = tuple(sorted(inputs.actions))
        self.outcomes = tuple(sorted(inputs.outcomes))
        graph = {action: inputs.depends_on.get(action, ()) for action in self.actions}
        self._closure = descendants(graph)
        self._order = _waiting_first(graph, self._closure)
        self._stated = np.array([[self._stated_effect(a, outcome) for a in self.actions] for outcome in self.outcomes])

    def sample(self, rng: np.random.Generator) -> Block:
        """Draw one block, in a fixed order of draws."""
        weights = uniform_simplex(rng, BLOCK, len(CRITERIA))
        gaps = self._gaps(rng.random((BLOCK, len(self.outcomes))))
        recovery = self._recovery(rng.random((BLOCK, len(self.outcomes))))
        unlocks = self._unlocks(rng.random((BLOCK, len(self.actions))))
        urgency = self._urgency(rng.random((BLOCK, len(self.actions))), rng.random((BLOCK, len(HORIZONS))))
        effect = self._effect(rng, gaps * recovery)
        return Block(np.stack([effect, unlocks, urgency]), weights)

    def _gaps(self, drawn: Floats) -> Floats:
        low, high = np.array([_gap_range(self.inputs.gaps.get(outcome)) for outcome in self.outcomes]).T
        return np.asarray(low + (high - low) * drawn, dtype=np.float64)

    def _recovery(self, drawn: Floats) -> Floats:
        for index, outcome in enumerate(self.outcomes):
            if outcome in self.inputs.recovery:
                drawn[:, index] = self.inputs.recovery[outcome]
        return drawn

    def _effect(self, rng: np.random.Generator, need: Floats) -> Floats:
        """Mean effect over outcomes, weighed by gap times weight in recovery; zero where nothing is needed."""
        total = np.zeros((BLOCK, len(self.actions)))
        for index, stated in enumerate(self._stated):
            effects = rng.random((BLOCK, len(self.actions)))
            np.copyto(effects, stated, where=~np.isnan(stated))
            total += effects * need[:, index, None]
        whole = need.sum(axis=1, keepdims=True)
        shares = np.zeros_like(total)
        np.divide(total, whole, out=shares, where=whole > 0)
        return shares

    def _stated_effect(self, action: str, outcome: str) -> float:
        """The effect that is stated or assumed, NaN where it is to be drawn."""
        elsewhere = self.inputs.listed_under[action] != outcome
        default = 0.0 if elsewhere and self.inputs.other_outcomes is OtherOutcomes.NONE else math.nan
        return self.inputs.effects.get((action, outcome), default)

    def _unlocks(self, drawn: Floats) -> Floats:
        """Share of the other actions that wait for an action.

        With a complete list it is known. Otherwise an action unlocks at least
        one more than any action that waits for it, and at most all but those
        that come before it; between the two it is drawn.
        """
        others = max(len(self.actions) - 1, 1)
        place = {action: index for index, action in enumerate(self.actions)}
        if self.inputs.dependencies_complete:
            known = [len(self._closure[action]) / others for action in self.actions]
            drawn[:] = np.array(known)
            return drawn
        for action in self._order:
            column = drawn[:, place[action]]
            low = np.full(BLOCK, len(self._closure[action]) / others)
            for child in self._closure[action]:
                np.maximum(low, drawn[:, place[child]] + 1 / others, out=low)
            before = sum(action in later for later in self._closure.values())
            high = 1.0 - before / others
            np.minimum(low, high, out=low)  # equal but for rounding
            column[:] = low + (high - low) * column
        return drawn

    def _urgency(self, drawn: Floats, cuts: Floats) -> Floats:
        """Urgency as stated; by class as sorted draws that keep the order (SMAA-O); else drawn.

        Ordinal criteria: R. Lahdelma, K. Miettinen, P. Salminen, European Journal of Operational Research 147 (2003)
        117-127.
        """
        levels = -np.sort(-cuts, axis=1)
        for index, action in enumerate(self.actions):
            if action in self.inputs.urgency:
                drawn[:, index] = self.inputs.urgency[action]
            elif action in self.inputs.horizon:
                drawn[:, index] = levels[:, HORIZONS.index(self.inputs.horizon[action])]
        return drawn


def _waiting_first(graph: Mapping[str, tuple[str, ...]], closure: Mapping[str, frozenset[str]]) -> list[str]:
    """Actions so that each comes after all that wait for it: the fewer wait, the earlier."""
    return sorted(graph, key=lambda action: (len(closure[action]), action))


def _row(
    result: Acceptability,
    index: int,
    action: str,
    places: tuple[int, int],
    unlocks: Mapping[str, frozenset[str]],
) -> ActionRank:
    first = not math.isnan(result.confidence[index])
    return ActionRank(
        action=action,
        verdict=Verdict.RANKED if places[0] == places[1] else Verdict.NOT_ENOUGH,
        first_place=places[0],
        last_place=places[1],
        expected_rank=float(result.expected_rank[index]),
        acceptability=tuple(float(share) for share in result.ranks[index]),
        holistic=float(result.holistic[index]),
        central_weights=tuple(float(w) for w in result.central_weights[index]) if first else None,
        confidence=float(result.confidence[index]) if first else None,
        unlocks=len(unlocks[action]),
    )


def _gap_range(gap: Gap) -> tuple[float, float]:
    if gap is None:
        return (0.0, 1.0)
    return gap if isinstance(gap, tuple) else (gap, gap)


def _gap_ranges(inputs: Inputs) -> list[tuple[float, float]]:
    return [_gap_range(inputs.gaps.get(outcome)) for outcome in inputs.outcomes]


def _gap_between(scores: Sequence[float | None]) -> Gap:
    distances = [(100.0 - score) / 100.0 for score in scores if score is not None]
    if not distances:
        return None
    unknown = len(scores) - len(distances)
    total = math.fsum(distances)
    return (round_score(total / len(scores)), round_score((total + unknown) / len(scores)))


def _latest(rows: Iterable[R], *keys: str) -> list[R]:
    best: dict[tuple[str, ...], R] = {}
    for row in sorted(rows, key=lambda row: (row.known.latest, row.id)):
        best[tuple(getattr(row, key) for key in keys)] = row
    return list(best.values())


def _check_inputs(inputs: Inputs) -> None:
    if not inputs.actions:
        raise PlanError("There are no actions to rank. Choose a plan whose actions are known, or import them.")
    for noun, names in (("action", inputs.actions), ("outcome", inputs.outcomes)):
        if len(set(names)) != len(names):
            raise PlanError(f"An {noun} stands twice in the question. Give each once.")
    for action in inputs.actions:
        if inputs.listed_under.get(action) not in inputs.outcomes:
            raise PlanError(f"The action {action} is not listed under an outcome of the question. Add the outcome.")
    _check_names("gap", "outcome", inputs.gaps, inputs.outcomes)
    _check_names("recovery weight", "outcome", inputs.recovery, inputs.outcomes)
    for name, (low, high) in zip(inputs.outcomes, _gap_ranges(inputs), strict=True):
        if not 0.0 <= low <= high <= 1.0:
            raise PlanError(f"The gap of {name} is {inputs.gaps[name]}. Give 0 to 1, or two such numbers in order.")
    numbers: dict[str, float] = {}
    numbers |= {f"recovery weight of {key}": value for key, value in inputs.recovery.items()}
    numbers |= {f"urgency of {key}": value for key, value in inputs.urgency.items()}
    numbers |= {f"effect of {key[0]} on {key[1]}": value for key, value in inputs.effects.items()}
    for name, value in numbers.items():
        if not 0.0 <= value <= 1.0:
            raise PlanError(f"The {name} is {value}. Give a number from 0 to 1, or leave it out if it is not known.")


def _check_names(what: str, noun: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise PlanError(f"A {what} is given for {name!r}, which is no {noun} of the plan. Remove or correct it.")
