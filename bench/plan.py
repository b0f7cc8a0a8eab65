"""What ranking a plan's actions costs: draws a second, how it grows, and the memory it takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from _harness import Figure, cpu_seconds, peak_megabytes, run

from serantau.plan.priorities import CRITERIA, Inputs, rank_actions, sampler
from serantau.plan.smaa import BLOCK, Block, analyse

PEER_DRAWS = 200


def plan_of(actions: int, outcomes: int = 8) -> Inputs:
    """A plan of which nothing is known but one dependency: everything is drawn, the most expensive case."""
    names = tuple(f"a{number:04}" for number in range(actions))
    goals = tuple(f"o{number}" for number in range(outcomes))
    return Inputs(
        actions=names,
        outcomes=goals,
        listed_under={name: goals[place % outcomes] for place, name in enumerate(names)},
        depends_on={names[1]: (names[0],)},
    )


def pandas_way(block: Block, draws: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same indices as an analyst writes them: one table and one ranking a draw, then a second pass."""
    size = block.values.shape[2]
    counts, above, first = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, len(CRITERIA)))
    for draw in range(draws):
        table = pd.DataFrame(block.values[:, draw].T, columns=list(CRITERIA))
        ranks = (table * block.weights[draw]).sum(axis=1).round(9).rank(ascending=False, method="min").astype(int)
        counts[range(size), ranks - 1] += 1
        above += ranks.to_numpy()[:, None] < ranks.to_numpy()[None, :]
        first[ranks == 1] += block.weights[draw]
    central = first / counts[:, :1].clip(min=1)
    wins = np.zeros(size)
    for draw in range(draws):
        table = pd.DataFrame(block.values[:, draw].T, columns=list(CRITERIA))
        for place in np.flatnonzero(counts[:, 0]):
            scores = (table * central[place]).sum(axis=1).round(9)
            wins[place] += scores[place] == scores.max()
    return counts / draws, above, wins / draws


def check_agreement(inputs: Inputs) -> None:
    """Refuse to time two things that do not agree: one block, both ways."""
    block = sampler(inputs, 1)(0)
    ranks, _, confidence = pandas_way(block, BLOCK)
    ours = analyse(lambda _: block, 1)
    assert np.allclose(ours.ranks, ranks, atol=1e-12)
    assert np.allclose(np.nan_to_num(ours.confidence), confidence, atol=1e-12)


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Draws per CPU-second beside pandas, then how the cost grows."""
    check_agreement(plan_of(4))
    inputs = plan_of(36)
    blocks = 4
    ours = cpu_seconds(lambda: rank_actions(inputs, seed=1, blocks=blocks), 3) / (blocks * BLOCK)
    block = sampler(inputs, 1)(0)
    theirs = cpu_seconds(lambda: pandas_way(block, PEER_DRAWS), 1) / PEER_DRAWS
    yield Figure("priorities, 36 actions x 8 outcomes", 1 / ours, "draws per CPU-second", "pandas", theirs / ours)
    yield Figure("priorities, 36 actions, the default 40,960 draws", ours * 40_960 * 1e3, "ms")
    for size in (72, 144) if quick else (72, 144, 288):
        cost = cpu_seconds(lambda size=size: rank_actions(plan_of(size), seed=1, blocks=1), 1) / BLOCK
        yield Figure(f"priorities, {size} actions x 8 outcomes", 1 / cost, "draws per CPU-second")
    yield Figure("peak memory of all of these", peak_megabytes(), "MB")


if __name__ == "__main__":
    run(figures)
