"""Rule: correlation that is killed in the middle goes on with nothing lost and nothing doubled, on both databases."""

from __future__ import annotations

import pytest

from tests.support.installations import Installation
from tests.support.killing import killed
from tests.support.regions import THREELANDS

ROUND = "tests.defend.alerts_round"


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path):
    more = {"SERANTAU_REGION": str(THREELANDS), "SERANTAU_JOBS": "0"}
    if request.param == "sqlite":
        return Installation.on_sqlite(tmp_path, **more)
    return Installation(tmp_path, request.getfixturevalue("postgres_url"), more)


def test_nothing_is_lost_or_doubled_by_a_kill(installation):
    left = killed(installation, ROUND, first=0, after=12, delay=0.01)
    assert len(left.saved) >= 12
    assert left.problems == []


@pytest.mark.soak
def test_nothing_is_lost_or_doubled_by_many_kills(installation):
    for number in range(30):
        assert killed(installation, ROUND, first=number * 100, after=3, delay=0.002 * number).problems == []
