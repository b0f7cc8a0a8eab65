"""Rule: many writers at once lose nothing and apply nothing twice, and a process killed at any moment leaves all or none.

Real threads, processes and databases; the round is the small one of ``tests/support/rounds.py``.
"""

from __future__ import annotations

import json

import pytest

from serantau.web.jobs.models import Job
from serantau.web.ledger.errors import DoneError
from serantau.web.ledger.models import Event as Row
from tests.support import rounds
from tests.support.installations import Installation
from tests.support.killing import killed
from tests.support.writes import unrecorded

ROUND = "tests.support.rounds"
MOMENTS = [(after, delay) for after in (0, 1, 2, 5, 9) for delay in (0.001, 0.004)]
"""Steps that were saved before, and seconds after: the delays fall into different parts of the next step."""


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path):
    """An installation on each database."""
    if request.param == "sqlite":
        return Installation.on_sqlite(tmp_path)
    return Installation(tmp_path, request.getfixturevalue("postgres_url"))


def crowd(installation, writers, steps):
    """What a crowd of writers did."""
    process = installation.start(["-m", "tests.support.crowd", ROUND, str(writers), str(steps)])
    output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    return json.loads(output.splitlines()[-1])


def test_twenty_writers_on_sqlite(tmp_path):
    found = crowd(Installation.on_sqlite(tmp_path), 20, 2)
    assert (found["failures"], found["problems"]) == ([], [])


def test_two_hundred_writers_on_postgresql(tmp_path, postgres_url):
    """The server takes 40 connections, so most of them are told to try again, and do."""
    found = crowd(Installation(tmp_path, postgres_url), 200, 1)
    assert (found["failures"], found["problems"]) == ([], [])
    assert found["tried_again"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("writers, steps", [(20, 50), (200, 20)])
def test_a_crowd_that_stays(installation, writers, steps):
    if installation.database.startswith("sqlite"):
        writers = 20
    found = crowd(installation, writers, steps)
    assert (found["failures"], found["problems"]) == ([], [])


def test_killed_at_ten_moments(tmp_path):
    """One database, killed again and again: what one death left, the next process starts from."""
    installation = Installation.on_sqlite(tmp_path)
    for turn, (after, delay) in enumerate(MOMENTS):
        left = killed(installation, ROUND, first=turn * 1000, after=after, delay=delay)
        assert len(left.saved) >= after
        assert left.problems == [], f"after {after} steps and {delay} s"


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_killed_at_a_hundred_moments(installation, part):
    """Ten databases, each killed ten times; the moments are the same in every run."""
    for turn in range(part * 10, part * 10 + 10):
        # Spread over twelve steps and twenty milliseconds.
        after, delay = turn % 12, turn * 7919 % 100 / 5000
        left = killed(installation, ROUND, first=turn * 1000, after=after, delay=delay)
        assert left.problems == [], f"turn {turn}: after {after} steps and {delay} s"


@pytest.mark.django_db
def test_the_round_notices_what_was_lost_or_half_done(settings):
    """Otherwise the tests above would hold for any program."""
    settings.SERANTAU_QUEUE = "inside"
    rounds.step(1)
    assert rounds.problems({1}) == []
    assert rounds.problems({1, 2}) == ["steps that were reported as saved are lost: [2]"]
    with pytest.raises(DoneError):
        rounds.step(1)
    with unrecorded():
        Job.objects.filter(key="step 1").delete()
    assert rounds.problems({1}) == ["a step was applied in part"]
    with unrecorded():
        Row.objects.filter(pk=0).update(details={"number": 7})
    assert "Event 0 is not what its hashes say." in rounds.all_problems(ROUND, set())
