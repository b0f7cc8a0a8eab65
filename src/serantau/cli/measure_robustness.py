"""``serantau measure robustness``: how sure the ranks are, and which choice moves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import stop
from serantau.cli.measure_run import LEVEL, interval_rows
from serantau.cli.options import common_options, format_option
from serantau.cli.output import Column, Row, emit
from serantau.cli.progress import progress
from serantau.cli.question import Question, ask

if TYPE_CHECKING:
    from serantau.measure.data import Data
    from serantau.measure.definition import Definition
    from serantau.measure.robustness import RobustnessResult


@click.command()
@click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")
@click.option("--outcome", help="One outcome only, by its id or code.")
@click.option("--replicates", type=click.IntRange(1, 100_000_000), help="Replicates.  [default: the index's own]")
@click.option("--seed", type=click.IntRange(0), help="Seed of the random draws.  [default: the index's own]")
@click.option("--sobol", is_flag=True, help="Sobol' indices instead: which choice moves the ranks, and how much.")
@click.option(
    "--samples",
    type=click.IntRange(2, 65536),
    default=1024,
    show_default=True,
    help="Base samples of --sobol, a power of two.",
)
@common_options
@format_option
def robustness(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    outcome: str | None,
    replicates: int | None,
    seed: int | None,
    sobol: bool,
    samples: int,
    format: str,
) -> None:
    """Say how sure the ranks are (Monte Carlo).

    Varies the choices that the index names and shows rank intervals, the chance of the first rank and the mean score.

    JSON and CSV also hold, for each pair of members, the probability that one scores above the other.
    """
    question = ask(region, as_of, known, plan)
    definition = question.definition
    if definition.robustness is None:
        stop(f"The index of {question.plan.id} names no uncertain choice (no section `robustness`).")
    nodes, data = _scored(question, outcome)
    if sobol:
        _show_sobol(question, definition, data, nodes, seed, samples, format)
        return
    from serantau.measure.robustness import monte_carlo

    with progress(replicates or definition.robustness.replicates, "replicates") as done:
        found = monte_carlo(definition, data, replicates, seed, nodes, done)
    _show_intervals(question, [found[node] for node in nodes], format)


def _scored(question: Question, outcome: str | None) -> tuple[tuple[str, ...], Data]:
    """The outcomes with a score, and the table of figures they are computed from."""
    from serantau.measure.data import Data

    standing = question.standing(0)
    wanted = (question.outcome(outcome).id,) if outcome else question.index.outcomes
    summaries = [standing.outcome(name) for name in wanted]
    nodes = tuple(summary.outcome for summary in summaries if summary.scored)
    result = standing.result
    if result is None or not nodes:
        stop(" ".join(f"{one.outcome} has no score: {one.why}." for one in summaries))
    leaves = [leaf.id for leaf in result.definition.indicators]
    return nodes, Data.of_matrix(result.units, leaves, result.stages[0].values[-1])


def _show_intervals(question: Question, found: Sequence[RobustnessResult], format: str) -> None:
    rows: list[Row] = []
    for one in found:
        outcome = question.bundle.plans.outcome(one.node)
        for row in interval_rows(one):
            unit = str(row["unit"])
            others = {other: one.prob_above(unit, other) for other in one.units if other != unit}
            head = {"outcome": one.node, "code": outcome.code, "member": unit}
            rest = {key: value for key, value in row.items() if key not in ("node", "unit")}
            rows.append({**head, **rest, "prob_above": others})
    columns: list[Column] = [
        ("code", ""),
        ("member", "Member"),
        ("rank", "Rank"),
        ("rank_low", "90 % from"),
        ("rank_median", "median"),
        ("rank_high", "to"),
        ("prob_first", "First", lambda value: f"{value:.0%}"),
        ("score_mean", "Mean score", lambda value: f"{value:.1f}"),
        ("score_sd", "SD", lambda value: f"{value:.1f}"),
    ]
    notes = [*question.notes(), f"{found[0].replicates:,} replicates; rank intervals at {LEVEL:.0%}."]
    notes += [
        (
            "The intervals hold the ranks under other choices of weights, scale and mean. They say nothing of errors in the "
            "figures: those of a survey or of a publisher are not known here."
        ),
        "First: share of replicates with the first rank.",
        (
            "Mean score and SD are over replicates on different scales, so they show how the choices move a score and are no "
            "error of it; the score of the status is the nominal one."
        ),
    ]
    title = f"How sure are the ranks? {question.index.title}"
    emit(rows, format, columns, title=title, notes=notes, edition=question.edition)


def _show_sobol(
    question: Question,
    definition: Definition,
    data: Data,
    nodes: Sequence[str],
    seed: int | None,
    samples: int,
    format: str,
) -> None:
    from serantau.measure.sobol import sobol_indices

    rows: list[Row] = []
    with progress(len(nodes), "outcomes") as done:
        for node in nodes:
            found = sobol_indices(definition, data, node, samples=samples, seed=seed)
            for at, factor in enumerate(found.factors):
                rows.append(
                    {
                        "outcome": node,
                        "code": question.bundle.plans.outcome(node).code,
                        "choice": factor,
                        "first": float(found.first[at]),
                        "first_low": float(found.first_interval[at, 0]),
                        "first_high": float(found.first_interval[at, 1]),
                        "total": float(found.total[at]),
                        "total_low": float(found.total_interval[at, 0]),
                        "total_high": float(found.total_interval[at, 1]),
                        "mean_shift": found.mean,
                        "variance": found.variance,
                    }
                )
            done(1)
    columns: list[Column] = [("code", ""), ("choice", "Choice")]
    heads = {"first": "First", "first_low": "from", "first_high": "to", "total": "Total", "total_low": "from",
             "total_high": "to", "mean_shift": "Mean shift"}  # fmt: skip
    columns += [(key, head, lambda value: f"{value:.2f}") for key, head in heads.items()]
    notes = [
        *question.notes(),
        f"{samples} base samples; intervals at 90 % by bootstrap.",
        "First: share of the variance of the mean shift in rank that the choice explains alone.",
        "Total: with its interactions. With no variance no choice moves a rank, and all indices are 0.",
    ]
    title = f"Which choice moves the ranks? {question.index.title}"
    emit(rows, format, columns, title=title, notes=notes, edition=question.edition)
