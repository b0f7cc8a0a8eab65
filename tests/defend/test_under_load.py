"""Rule: whoever polls by the moment of addition gets every object, and what was acknowledged outlives any death.

Real threads, processes and databases.
"""

from __future__ import annotations

import json

import pytest

from tests.support.installations import Installation
from tests.support.killing import killed, look
from tests.support.regions import THREELANDS

ROUND = "tests.support.taxii_round"
REGION = {"SERANTAU_REGION": str(THREELANDS)}
MOMENTS = [(after, delay) for after in (0, 1, 2, 3, 4) for delay in (0.002, 0.011)]
"""Envelopes acknowledged before, and seconds after: the delays fall into different parts of the next one."""


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path):
    """An installation on each database."""
    if request.param == "sqlite":
        return Installation.on_sqlite(tmp_path, **REGION)
    return Installation(tmp_path, request.getfixturevalue("postgres_url"), REGION)


def race(installation, writers, envelopes, objects):
    process = installation.start(["-m", "tests.support.taxii_race", str(writers), str(envelopes), str(objects)])
    output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    found = json.loads(output.splitlines()[-1])
    assert found == {
        "acknowledged": writers * envelopes * objects,
        "lost": [],
        "twice": 0,
        "in_order": True,
        "failures": [],
        "problems": [],
    }


def test_nobody_who_polls_loses_an_object(installation):
    race(installation, 12, 4, 9)


@pytest.mark.soak
def test_nobody_who_polls_for_long_loses_an_object(installation):
    race(installation, 20, 60, 25)


def test_killed_at_ten_moments(tmp_path):
    """One database, killed again and again, and looked at in the end: nothing that a death breaks mends itself."""
    installation = Installation.on_sqlite(tmp_path, **REGION)
    saved = []
    for turn, (after, delay) in enumerate(MOMENTS):
        saved += killed(installation, ROUND, first=turn * 1000, after=after, delay=delay, looking=False).saved
    assert len(saved) >= sum(after for after, _ in MOMENTS)
    assert look(installation, ROUND, saved) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_killed_at_a_hundred_moments(installation, part):
    for turn in range(part * 10, part * 10 + 10):
        after, delay = turn % 7, turn * 7919 % 100 / 2500
        left = killed(installation, ROUND, first=turn * 1000, after=after, delay=delay)
        assert left.problems == [], f"turn {turn}: after {after} envelopes and {delay} s"
