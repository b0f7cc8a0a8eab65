"""What ``plan priorities`` computes, in plain Python: slow, and the specification.

Only the random numbers come from the engine's own streams, in the order that
``docs/method/priorities.md`` states; everything after them is computed here,
one draw and one action at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from serantau.plan.model import Horizon
from serantau.plan.priorities import Inputs, OtherOutcomes
from serantau.plan.smaa import BLOCK, stream


@dataclass
class Reference:
    """The same indices as the engine's, by action id."""

    ranks: dict[str, list[float]]
    pairwise: dict[tuple[str, str], float]
    central: dict[str, list[float] | None]
    confidence: dict[str, float | None]


def reference(inputs: Inputs, seed: int, blocks: int) -> Reference:
    actions = sorted(inputs.actions)
    draws = [draw for number in range(blocks) for draw in _draws(inputs, seed, number)]
    counts = {action: [0] * len(actions) for action in actions}
    above = dict.fromkeys(((a, b) for a in actions for b in actions), 0.0)
    firsts: dict[str, list[list[float]]] = {action: [] for action in actions}
    for weights, values in draws:
        scores = {action: _score(weights, values[action]) for action in actions}
        for action in actions:
            rank = 1 + sum(scores[other] > scores[action] for other in actions)
            counts[action][rank - 1] += 1
            if rank == 1:
                firsts[action].append(weights)
            for other in actions:
                above[action, other] += _win(scores[action], scores[other])
    central = {
        a: [sum(w) / len(firsts[a]) for w in zip(*firsts[a], strict=True)] if firsts[a] else None for a in actions
    }
    total = len(draws)
    return Reference(
        {action: [count / total for count in counts[action]] for action in actions},
        {pair: wins / total for pair, wins in above.items()},
        central,
        {action: _confidence(action, central[action], draws) for action in actions},
    )


def _score(weights: list[float], values: list[float]) -> float:
    return round(sum(w * v for w, v in zip(weights, values, strict=True)) * 1e9) / 1e9


def _win(mine: float, other: float) -> float:
    if mine == other:
        return 0.5
    return 1.0 if mine > other else 0.0


def _confidence(action: str, weights: list[float] | None, draws: list) -> float | None:
    if weights is None:
        return None
    wins = 0
    for _, values in draws:
        scores = {name: _score(weights, row) for name, row in values.items()}
        wins += scores[action] >= max(scores.values())
    return wins / len(draws)


def _draws(inputs: Inputs, seed: int, number: int) -> list[tuple[list[float], dict[str, list[float]]]]:
    actions, outcomes = sorted(inputs.actions), sorted(inputs.outcomes)
    rng = stream(seed, number)
    cuts = rng.random((BLOCK, 2)).tolist()
    gaps = rng.random((BLOCK, len(outcomes))).tolist()
    recovery = rng.random((BLOCK, len(outcomes))).tolist()
    unlocks = rng.random((BLOCK, len(actions))).tolist()
    urgency = rng.random((BLOCK, len(actions))).tolist()
    levels = rng.random((BLOCK, 3)).tolist()
    effects = [rng.random((BLOCK, len(actions))).tolist() for _ in outcomes]
    rows = []
    for d in range(BLOCK):
        low, high = sorted(cuts[d])
        weights = [low, high - low, 1 - high]
        need = [
            _gap(inputs.gaps.get(o), gaps[d][i]) * _given(inputs.recovery.get(o), recovery[d][i])
            for i, o in enumerate(outcomes)
        ]
        waits = _unlocks(inputs, actions, unlocks[d])
        values = {}
        for place, action in enumerate(actions):
            effect = [_effect(inputs, action, o, effects[i][d][place]) for i, o in enumerate(outcomes)]
            mean = sum(n * e for n, e in zip(need, effect, strict=True)) / sum(need) if sum(need) else 0.0
            values[action] = [mean, waits[action], _urgency(inputs, action, urgency[d][place], levels[d])]
        rows.append((weights, values))
    return rows


def _given(known: float | None, drawn: float) -> float:
    return drawn if known is None else known


def _gap(known: float | tuple[float, float] | None, drawn: float) -> float:
    if isinstance(known, tuple):
        return known[0] + (known[1] - known[0]) * drawn
    return _given(known, drawn)


def _effect(inputs: Inputs, action: str, outcome: str, drawn: float) -> float:
    if (action, outcome) in inputs.effects:
        return inputs.effects[action, outcome]
    if inputs.other_outcomes is OtherOutcomes.NONE and inputs.listed_under[action] != outcome:
        return 0.0
    return drawn


def _urgency(inputs: Inputs, action: str, drawn: float, levels: list[float]) -> float:
    if action in inputs.urgency:
        return inputs.urgency[action]
    if action in inputs.horizon:
        place = [Horizon.SHORT, Horizon.MEDIUM, Horizon.LONG].index(inputs.horizon[action])
        return sorted(levels, reverse=True)[place]
    return drawn


def _waiting_for(inputs: Inputs, action: str) -> set[str]:
    direct = {other for other in inputs.actions if action in inputs.depends_on.get(other, ())}
    return direct.union(*(_waiting_for(inputs, other) for other in direct))


def _unlocks(inputs: Inputs, actions: list[str], drawn: list[float]) -> dict[str, float]:
    others = max(len(actions) - 1, 1)
    later = {action: _waiting_for(inputs, action) for action in actions}
    if inputs.dependencies_complete:
        return {action: len(later[action]) / others for action in actions}
    result: dict[str, float] = {}
    while len(result) < len(actions):
        for place, action in enumerate(actions):
            if action in result or not all(other in result for other in later[action]):
                continue
            least = max([len(later[action]) / others, *(result[other] + 1 / others for other in later[action])])
            most = 1 - sum(action in group for group in later.values()) / others
            least = min(least, most)
            result[action] = least + (most - least) * drawn[place]
    return result
