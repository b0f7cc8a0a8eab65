"""What starting costs: the import of the package, of the command line, and the answers asked for most."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from _harness import Figure, program_seconds, run


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """CPU time over a bare interpreter, which is not ours to shorten."""
    repeat = 3 if quick else 9
    bare = program_seconds([sys.executable, "-c", "pass"], repeat)
    pandas = program_seconds([sys.executable, "-c", "import pandas"], repeat) - bare
    for module in ("serantau", "serantau.cli"):
        ours = max(program_seconds([sys.executable, "-c", f"import {module}"], repeat) - bare, 1e-4)
        yield Figure(f"import {module}", ours * 1e3, "ms over bare Python", "import pandas", pandas / ours)
    if not quick:
        for command in ("check", "status"):
            seconds = program_seconds([sys.executable, "-m", "serantau", command], 3)
            yield Figure(f"serantau {command}, the region that ships", seconds, "CPU-seconds")


if __name__ == "__main__":
    run(figures)
