"""Rule: a reporting round that is crowded or killed at any moment is consistent, and its ledger holds."""

from __future__ import annotations

import json

import pytest

from tests.review.reporting_round import PHASES
from tests.support.installations import Installation
from tests.support.killing import killed
from tests.support.regions import THREELANDS

ROUND = "tests.review.reporting_round"
MOMENTS = [(after, delay) for after in (0, 1, 2, 4, 5) for delay in (0.002, 0.02)]
"""Steps that were saved before, and seconds after: the delays fall into different parts of the next command."""


def installation(folder, database=""):
    """An installation with the invented region."""
    return Installation(
        folder, database or f"sqlite:///{folder / 'site.sqlite3'}", {"SERANTAU_REGION": str(THREELANDS)}
    )


def crowd(held, writers, steps):
    """What a crowd of writers did."""
    process = held.start(["-m", "tests.support.crowd", ROUND, str(writers), str(steps)])
    output, _ = process.communicate(timeout=580)
    assert process.returncode == 0, output
    return json.loads(output.splitlines()[-1])


def test_twenty_writers_on_sqlite(tmp_path):
    found = crowd(installation(tmp_path), 20, len(PHASES))
    assert (found["failures"], found["problems"]) == ([], [])


@pytest.mark.soak
def test_two_hundred_writers_on_postgresql(tmp_path, postgres_url):
    found = crowd(installation(tmp_path, postgres_url), 200, len(PHASES))
    assert (found["failures"], found["problems"]) == ([], [])


def test_twenty_writers_on_postgresql(tmp_path, postgres_url):
    found = crowd(installation(tmp_path, postgres_url), 20, len(PHASES))
    assert (found["failures"], found["problems"]) == ([], [])


def test_killed_at_ten_moments(tmp_path):
    """One database, killed again and again: what one death left, the next process starts from."""
    held = installation(tmp_path)
    for turn, (after, delay) in enumerate(MOMENTS):
        # Each turn begins with a life of its own; every fifth of them is accepted.
        left = killed(held, ROUND, first=turn * 5 * len(PHASES), after=after, delay=delay)
        assert left.problems == [], f"after {after} steps and {delay} s"


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_killed_at_a_hundred_moments(tmp_path, part):
    held = installation(tmp_path)
    for turn in range(part * 10, part * 10 + 10):
        after, delay = turn % len(PHASES), turn * 7919 % 100 / 1000
        left = killed(held, ROUND, first=turn * 5 * len(PHASES), after=after, delay=delay)
        assert left.problems == [], f"turn {turn}: after {after} steps and {delay} s"
