"""Rule: `make bench-check` notices a figure below its floor, a floor without a figure and a bench that fails."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.tree import ROOT

FIGURES = """
from _harness import Figure, run
def figures(quick):
    yield Figure("speed", 100.0, "runs/s", "peer", 5.0)
    yield Figure("memory", 40.0, "MB")
run(figures)
"""


@pytest.fixture
def bench_check(tmp_path):
    """Run the real check over one bench and the floors that a test gives."""
    for name in ("_harness.py", "check.py"):
        (tmp_path / name).write_bytes((ROOT / "bench" / name).read_bytes())

    def check(floors: str, bench: str = FIGURES, *words: str) -> tuple[int, str]:
        (tmp_path / "room.py").write_text(bench, encoding="utf-8")
        (tmp_path / "floors.toml").write_text(floors, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, tmp_path / "check.py", *words], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return check


def test_floors_that_hold(bench_check):
    code, text = bench_check("[room.speed]\nmin_value = 100\nmin_ratio = 5\n[room.memory]\nmax_value = 40\n")
    assert (code, text.splitlines()[-1]) == (0, "all 2 floors hold")


@pytest.mark.parametrize(
    "floors, message",
    [
        ("[room.speed]\nmin_value = 101", "speed: 100 runs/s, the floor is 101"),
        ("[room.speed]\nmin_ratio = 6", "speed: 5x peer, the floor is 6x"),
        ("[room.memory]\nmax_value = 39", "memory: 40 MB, the most allowed is 39"),
        ("[room.memory]\nmin_ratio = 1", "memory: no ratio, the floor is 1x"),
        ("[room.gone]\nmin_value = 1", "gone: has a floor, but the bench printed no such figure"),
        ("[room.speed]\nminimum = 1", "must have some of"),
    ],
)
def test_floors_that_do_not(bench_check, floors, message):
    code, text = bench_check(floors)
    assert code == 1
    assert message in text


def test_a_bench_that_fails(bench_check):
    code, text = bench_check("", "raise SystemExit('no such data')")
    assert code == 1
    assert "no such data" in text
    assert "room: the bench failed" in text


def test_an_unknown_room(bench_check):
    code, text = bench_check("", FIGURES, "attic")
    assert code == 1
    assert "no bench named attic; there are: room" in text
