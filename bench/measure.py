"""The index under Monte Carlo: replicates per CPU-second, beside a pandas rebuild of the same replicates."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
from _harness import Figure, cpu_seconds, peak_megabytes, run
from peers.pandas_index import ranks_of

from serantau.base import AsOf
from serantau.bundle import default_region, load_bundle
from serantau.measure.assessment import Period
from serantau.measure.batch import rank_and_compare
from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Noise,
    Normalise,
    Robustness,
    Treat,
)
from serantau.measure.robustness import BLOCK, Model, monte_carlo
from serantau.measure.standing import standing

ARITHMETIC, GEOMETRIC = Aggregate(), Aggregate(default=Level(method="geometric"))
NORMALISE = (
    Normalise(low=1),
    Normalise(method="percentile_rank", low=1),
    Normalise(method="zscore", mean=50, sd=5),
)
NOISE = Noise(spread=(0.25, 0.25, 0.25))
STEPS = (Impute(method="mean"), Treat(), Normalise(low=1), Aggregate())
CHOICES = Robustness(normalise=NORMALISE, weights=NOISE, aggregate=(ARITHMETIC, GEOMETRIC))
UPSTREAM = Robustness(
    treat=(Treat(), Treat(winsorise_max=0, fallback="log_range"), Treat(winsorise_max=0, fallback="none")),
    impute=(Impute(method="mean"), Impute(method="median")),
    normalise=NORMALISE[:2],
    weights=NOISE,
    aggregate=(ARITHMETIC, GEOMETRIC),
)
MISSING = Robustness(draw_missing=True, normalise=NORMALISE[:2], weights=NOISE, aggregate=(ARITHMETIC, GEOMETRIC))


def index_of(
    indicators: int, spec: Robustness, steps: tuple[object, ...] = (Normalise(low=1), Aggregate())
) -> Definition:
    """Three levels: indicators in groups of about six, groups in two halves, a root."""
    groups = max(indicators // 6, 2)
    return Definition(
        id="bench",
        title="Bench",
        indicators=tuple(IndicatorSpec(id=f"i{k}", group=f"g{k % groups}") for k in range(indicators)),
        groups=(
            *(GroupSpec(id=f"g{k}", parent=f"h{k % 2}") for k in range(groups)),
            GroupSpec(id="h0", parent="root"),
            GroupSpec(id="h1", parent="root"),
            GroupSpec(id="root"),
        ),
        steps=steps,
        robustness=spec,
    )


def table_of(units: int, indicators: int, missing: float = 0.0) -> Data:
    """Skewed values, as indicators of countries are."""
    generator = np.random.default_rng(20210122)
    values = generator.lognormal(0.0, 1.0, (units, indicators))
    values[generator.random(values.shape) < missing] = np.nan
    return Data.of_matrix([f"u{k}" for k in range(units)], [f"i{k}" for k in range(indicators)], values)


def rate(definition: Definition, data: Data, replicates: int) -> float:
    """Replicates per CPU-second."""
    return replicates / cpu_seconds(lambda: monte_carlo(definition, data, replicates=replicates), repeat=3)


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Every figure of the room."""
    data = table_of(51, 49)
    ours = rate(index_of(49, CHOICES), data, 200_000)
    rebuild = pandas_rate(index_of(49, CHOICES), data, 20)
    yield Figure("choices, 51 x 49", ours, "replicates per CPU-second", "pandas rebuild", ours / rebuild)
    gaps = table_of(51, 49, missing=0.1)
    upstream = rate(index_of(49, UPSTREAM, STEPS), gaps, 100_000)
    rebuild = pandas_rate(index_of(49, UPSTREAM, STEPS), gaps, 20)
    yield Figure(
        "upstream choices, 51 x 49", upstream, "replicates per CPU-second", "pandas rebuild", upstream / rebuild
    )
    drawn = rate(index_of(49, MISSING, STEPS), gaps, BLOCK)
    yield Figure("missing values drawn, 51 x 49", drawn, "replicates per CPU-second")
    big, wide = index_of(500, CHOICES), table_of(200, 500)
    seconds = cpu_seconds(lambda: monte_carlo(big, wide, replicates=10_000), repeat=3)
    yield Figure("10,000 replicates, 200 x 500", seconds, "s")
    yield Figure("memory of 10,000 replicates, 200 x 500", peak_of_a_fresh_process(), "MB")
    yield region_standing()
    if not quick:
        yield from growth()


def peak_of_a_fresh_process() -> float:
    """MB held at most by a process that does the large run and nothing else."""
    done = subprocess.run([sys.executable, __file__, "--memory"], check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def growth() -> Iterator[Figure]:
    """How time grows with each of the three sizes."""
    count = 3 * BLOCK
    for units, indicators, replicates in (
        (51, 49, count), (102, 49, count), (204, 49, count), (51, 98, count), (51, 196, count), (51, 49, 2 * count),
    ):  # fmt: skip
        seconds = replicates / rate(index_of(indicators, CHOICES), table_of(units, indicators), replicates)
        yield Figure(f"growth: {units} units, {indicators} indicators, {replicates} replicates", seconds * 1e3, "ms")


def pandas_rate(definition: Definition, data: Data, count: int) -> float:
    """Replicates per CPU-second of the peer; its ranks must be ours."""
    model = Model(definition, data)
    draws = model.draw(seed=1, block=0)
    columns = np.linspace(0, BLOCK - 1, count, dtype=int)
    table = pd.DataFrame(data.values[0], index=list(data.units), columns=list(data.columns))
    ranks, _ = rank_and_compare(model.scores(draws[columns], ("root",))["root"])
    for place, column in enumerate(columns):
        theirs = ranks_of(model, table, draws, int(column))
        if list(theirs) != ranks[:, place].tolist():
            raise SystemExit(f"the peer's ranks differ in replicate {column}: the comparison means nothing")
    seconds = cpu_seconds(lambda: [ranks_of(model, table, draws, int(column)) for column in columns], repeat=3)
    return count / seconds


def region_standing() -> Figure:
    """The shipped region's standing with its own number of replicates."""
    bundle = load_bundle(default_region())
    plan = bundle.plans.plan(bundle.region.profile.default_plan)
    index = bundle.measure.index_of(plan.id)
    asof = AsOf(date(2026, 11, 21))
    period = Period(plan.start.earliest, plan.end.latest)
    members = [member.id for member in bundle.region.members_at(asof)]
    seconds = cpu_seconds(lambda: standing(bundle.measure, index, period, members, asof), repeat=3)
    return Figure("standing of the shipped region", seconds * 1e3, "ms")


if __name__ == "__main__":
    if "--memory" in sys.argv:
        monte_carlo(index_of(500, CHOICES), table_of(200, 500), replicates=10_000)
        print(peak_megabytes())
    else:
        run(figures)
