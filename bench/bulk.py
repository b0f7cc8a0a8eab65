"""Decisions for an inventory of transfers: Parquet to Parquet, on integer codes, and the memory of a hundred million rows.

One thread, as every bench; DuckDB runs the same joins beside the look-up.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np
from _harness import Figure, cpu_seconds, run

sys.path.insert(0, str(Path(__file__).parents[1]))

from serantau.bundle import default_region, load_bundle
from serantau.cli.bulk_runs import run_duckdb, run_polars
from serantau.govern.bulk import Plan, plan_bulk
from serantau.govern.table import DecisionTable, Profile, compile_rules
from tests.support.inventories import GIVEN, words_of, write_inventory

ROWS = 20_000_000
MANY = 100_000_000
DAY = date(2026, 11, 21)


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Every figure."""
    bundle = load_bundle(default_region())
    assert bundle.law is not None
    table = compile_rules(bundle.law, bundle.homes, DAY)
    words = words_of(bundle)
    yield on_codes(table, words)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "inventory.parquet"
        fixed = dict(zip((name.removeprefix("--") for name in GIVEN[::2]), GIVEN[1::2], strict=True))

        def planner(values: Mapping[str, Iterable[str | None]]) -> Plan:
            return plan_bulk(table, values, fixed)

        def nothing(_: int) -> None:
            """Nobody watches."""

        out = Path(folder) / "out.parquet"
        for compression, name in (("none", "uncompressed"), ("snappy", "from Snappy")):
            write_inventory(source, words, ROWS, compression=compression)
            ours = cpu_seconds(lambda: run_polars(source, out, "row", planner, nothing, "none"), 3)
            theirs = cpu_seconds(lambda: run_duckdb(source, out, "row", planner, nothing, "none"), 1)
            yield Figure(
                f"Parquet to Parquet, {ROWS // 10**6} M rows, {name}",
                ROWS / ours,
                "decisions per CPU-second",
                "DuckDB",
                theirs / ours,
            )
        if not quick:
            source.unlink()
            write_inventory(source, words, MANY)
            yield Figure(f"memory of {MANY // 10**6} M rows", peak_of_the_program(source, out), "MB")


def on_codes(table: DecisionTable, words: Mapping[str, list[str]]) -> Figure:
    """Look-up by integer codes alone."""
    profiles = [Profile(data, *GIVEN[1::2]) for data in words["data"]]
    holdings = [frozenset(part for part in held.split(";") if part) for held in words["holds"]]
    bulk = table.flatten(profiles, holdings)
    random = np.random.default_rng(1)
    sizes = (len(bulk.codes.origin), len(bulk.codes.destination), len(profiles), len(holdings))
    columns = [random.integers(0, size, 10_000_000).astype(np.uint8) for size in sizes]
    seconds = cpu_seconds(lambda: bulk.lookup(*columns))
    return Figure("on integer codes, 10 M rows", 10_000_000 / seconds, "decisions per CPU-second")


def peak_of_the_program(source: Path, out: Path) -> float:
    """MB that the whole program holds at most."""
    words = ["govern", "bulk", source, "--out", out, "--force", *GIVEN, "--as-of", DAY.isoformat()]
    subprocess.run([sys.executable, "-m", "serantau", *words], check=True, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    run(figures)
