"""Prints what each room's tests cost beside the seconds it was given (tests/budgets.toml)."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

BUDGETS = Path(__file__).parents[1] / "budgets.toml"


class TimeBudget:
    """Adds up set-up, call and tear-down of every test, by room."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        room = room_of(report.nodeid)
        self.spent[room] += report.duration
        self.tests[room] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.spent:
            return
        budgets = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
        terminalreporter.section("time budget, seconds")
        terminalreporter.write_line(f"{'room':<16}{'tests':>7}{'spent':>9}{'budget':>9}")
        for room, seconds in sorted(self.spent.items(), key=lambda pair: -pair[1]):
            given = budgets["rooms"].get(room, budgets["other"])
            over = "  over its budget" if seconds > given else ""
            terminalreporter.write_line(f"{room:<16}{self.tests[room]:>7}{seconds:>9.1f}{given:>9}{over}")
        total = sum(self.spent.values())
        over = "  over its budget" if total > budgets["total"] else ""
        terminalreporter.write_line(
            f"{'total':<16}{sum(self.tests.values()):>7}{total:>9.1f}{budgets['total']:>9}{over}"
        )


def room_of(nodeid: str) -> str:
    """The folder under tests/ that a test lives in; ``doctests`` for the engines' examples.

    >>> room_of("tests/measure/test_model.py::test_tree"), room_of("src/serantau/base/asof.py::serantau.base.asof.AsOf")
    ('measure', 'doctests')
    """
    parts = Path(nodeid.partition("::")[0]).parts
    if parts[0] != "tests":
        return "doctests"
    return parts[1] if len(parts) > 2 else "tests"
