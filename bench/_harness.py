"""The convention every bench follows: ``python bench/ROOM.py [--json] [--quick]``.

A figure has a name, a value, a unit, a peer and a ratio. The cost is CPU time,
because the machines we run on are shared; the peer runs beside ours in the same
run, because only the ratio of the two travels from one machine to another.

A bench looks like this::

    from _harness import Figure, cpu_seconds, run

    def figures(quick: bool) -> Iterator[Figure]:
        ours, theirs = cpu_seconds(our_way), cpu_seconds(pandas_way)
        yield Figure("ranks of 1,000 units", ours * 1e3, "ms", "pandas", theirs / ours)

    if __name__ == "__main__":
        run(figures)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# One core: a figure per CPU-second must not depend on how many cores were idle.
ONE_THREAD = dict.fromkeys(
    (
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
        *("POLARS_MAX_THREADS", "RAYON_NUM_THREADS"),
    ),
    "1",
)


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        name: What was measured, with its size: it is the key in ``floors.toml``.
        value: Ours.
        unit: Of ``value``: ``ms``, ``MB``, ``replicates per CPU-second``.
        peer: What ran beside it; empty where nothing comparable exists.
        ratio: How many times better ours is than the peer (2 is twice as good); None without a peer.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    ratio: float | None = None


def cpu_now() -> float:
    """CPU seconds of this process so far, and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def cpu_seconds(function: Callable[[], object], repeat: int = 5) -> float:
    """The median CPU seconds of one call; called once more beforehand, unless ``repeat`` is 1, to warm caches."""
    if repeat > 1:
        function()
    return statistics.median(_once(function) for _ in range(repeat))


def program_seconds(command: Sequence[str], repeat: int = 5) -> float:
    """The median CPU seconds of a whole program, start to end.

    Raises:
        subprocess.CalledProcessError: If the program fails: a failure is not a fast run.
    """
    return cpu_seconds(lambda: subprocess.run(command, check=True, capture_output=True), repeat)


def peak_megabytes() -> float:
    """The most memory this process has held at once, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(figures: Callable[[bool], Iterable[Figure]], argv: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON.

    Args:
        figures: Yields the figures; told whether ``--quick`` was asked for (smaller sizes under the same names would
            lie, so a quick run leaves figures out instead).
        argv: The words of the command line; None for those of this process.
    """
    parser = argparse.ArgumentParser(description="Measure one room.", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="only the figures that take seconds")
    options = parser.parse_args(argv)
    _restart_on_one_thread()
    if options.json:
        measured = [asdict(figure) for figure in figures(options.quick)]
        print(json.dumps({"python": platform.python_version(), "machine": platform.machine(), "figures": measured}))
        return
    print(heading())
    for figure in figures(options.quick):
        print(line(figure), flush=True)


def heading() -> str:
    """The table's first line."""
    return f"{'figure':<64}{'value':>14} {'unit':<28}{'ratio':>10}  peer"


def line(figure: Figure) -> str:
    """One line of the table."""
    ratio = "-" if figure.ratio is None else f"{number(figure.ratio)}x"
    return f"{figure.name:<64}{number(figure.value):>14} {figure.unit:<28}{ratio:>10}  {figure.peer or '-'}"


def number(value: float) -> str:
    """Three significant digits, thousands apart: a bench is not more precise than that.

    >>> number(123456.7), number(0.012345), number(2)
    ('123,000', '0.0123', '2')
    """
    return f"{float(f'{value:.3g}'):,.10g}"


def load(bench: Path, *, quick: bool) -> list[Figure]:
    """Run a bench in a process of its own and read its figures."""
    words: list[Any] = [sys.executable, bench, "--json", *(["--quick"] if quick else [])]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return [Figure(**figure) for figure in json.loads(done.stdout)["figures"]]


def _restart_on_one_thread() -> None:
    """Start this program again where libraries may have been loaded with more threads: they read it once, on loading."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, sys.orig_argv, os.environ | ONE_THREAD)  # noqa: S606 - ourselves


def _once(function: Callable[[], object]) -> float:
    start = cpu_now()
    function()
    return cpu_now() - start
