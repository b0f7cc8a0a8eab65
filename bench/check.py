"""Runs every bench and compares it with the committed floors: ``python bench/check.py [--no-floors] [--quick] [ROOM...]``.

Exit code 1 means that a figure is worse than its floor, that a floor has no
figure, or that a bench failed. A figure without a floor is shown and passes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from _harness import Figure, heading, line, load, number

HERE = Path(__file__).parent
NOT_BENCHES = {"_harness", "check"}
BOUNDS = {"min_value", "max_value", "min_ratio"}

Floors = Mapping[str, Mapping[str, float]]


class FloorsError(Exception):
    """floors.toml says something that cannot be checked."""


def benches(rooms: list[str]) -> list[Path]:
    """The benches asked for, or all."""
    found = {path.stem: path for path in sorted(HERE.glob("*.py")) if path.stem not in NOT_BENCHES}
    unknown = sorted(set(rooms) - set(found))
    if unknown:
        raise FloorsError(f"no bench named {', '.join(unknown)}; there are: {', '.join(found)}")
    return [found[room] for room in rooms or found]


def read_floors(path: Path) -> Mapping[str, Floors]:
    """Read the floors, by room and by figure's name.

    Raises:
        FloorsError: If a floor has a bound we do not know: it would never be checked.
    """
    floors: Mapping[str, Floors] = tomllib.loads(path.read_text(encoding="utf-8"))
    for room, figures in floors.items():
        for name, bounds in figures.items():
            if not bounds or set(bounds) - BOUNDS:
                wanted = ", ".join(sorted(BOUNDS))
                raise FloorsError(f"{path.name}: [{room}] {name!r} must have some of {wanted}, and nothing else")
    return floors


def failures(figures: list[Figure], floors: Floors, *, quick: bool) -> Iterator[str]:
    """What is worse than its floor, as sentences."""
    measured = {figure.name: figure for figure in figures}
    for name, bounds in floors.items():
        figure = measured.get(name)
        if figure is None:
            if not quick:
                yield f"{name}: has a floor, but the bench printed no such figure"
            continue
        yield from _worse(figure, bounds)


def _worse(figure: Figure, bounds: Mapping[str, float]) -> Iterator[str]:
    value = f"{figure.name}: {number(figure.value)} {figure.unit}"
    if figure.value < bounds.get("min_value", figure.value):
        yield f"{value}, the floor is {number(bounds['min_value'])}"
    if figure.value > bounds.get("max_value", figure.value):
        yield f"{value}, the most allowed is {number(bounds['max_value'])}"
    if "min_ratio" in bounds and (figure.ratio is None or figure.ratio < bounds["min_ratio"]):
        ratio = "no ratio" if figure.ratio is None else f"{number(figure.ratio)}x {figure.peer}"
        yield f"{figure.name}: {ratio}, the floor is {number(bounds['min_ratio'])}x"


def main(argv: list[str] | None = None) -> int:
    """Run, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="only these benches")
    parser.add_argument("--no-floors", action="store_true", help="print the figures and compare nothing")
    parser.add_argument("--quick", action="store_true", help="only the figures that take seconds")
    options = parser.parse_args(argv)
    try:
        chosen = benches(options.rooms)
        floors = {} if options.no_floors else read_floors(HERE / "floors.toml")
    except FloorsError as error:
        print(error, file=sys.stderr)
        return 1
    wrong: list[str] = []
    for bench in chosen:
        print(f"\n{bench.stem}\n{heading()}", flush=True)
        try:
            figures = load(bench, quick=options.quick)
        except subprocess.CalledProcessError:
            wrong.append(f"{bench.stem}: the bench failed; its own message is above")
            continue
        print("\n".join(line(figure) for figure in figures), flush=True)
        wrong += [
            f"{bench.stem}: {text}" for text in failures(figures, floors.get(bench.stem, {}), quick=options.quick)
        ]
    print("\n" + ("\n".join(["WORSE THAN ITS FLOOR", *wrong]) if wrong else _passed(floors)))
    return 1 if wrong else 0


def _passed(floors: Mapping[str, Floors]) -> str:
    count = sum(len(figures) for figures in floors.values())
    return f"all {count} floors hold" if count else "no floors compared"


if __name__ == "__main__":
    sys.exit(main())
