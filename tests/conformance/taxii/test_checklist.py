"""Rule: the running server meets every requirement of the list that can be asked over HTTP, on both databases.

The list and the recorded columns of two peers are data of the product (serantau.defend.taxii.conformance); the command
`serantau defend conformance` prints it for any server.
"""

from __future__ import annotations

import pytest

from serantau.cli.defend_conformance import row_of, world_at
from serantau.defend.taxii.conformance import Outcome, run
from serantau.defend.taxii.conformance.requirements import PEERS, REQUIREMENTS
from serantau.defend.taxii.conformance.running import CHECKS
from tests.support.taxii import taxii_server

ELSEWHERE = {82, 86, 95, 96}
"""Nothing that one can ask a server over plain HTTP: TLS, age, DNS, a text that was not read."""

ON_POSTGRESQL = {1, 17, 21, 22, 25, 27, 28, 29, 30, 34, 36, 37, 44, 46, 50, 54, 57, 60, 70, 73, 74, 80}
NAMES = ("region-green", "alerts", "sightings")


def world_of(server, patience=1):
    return world_at(server.root, "sensor", server.keys["sensor"], NAMES, patience=patience)


@pytest.fixture(scope="module")
def results(server):
    return {one.requirement.number: one for one in run(world_of(server))}


@pytest.mark.parametrize("number", [one.number for one in REQUIREMENTS])
def test_requirement(results, number):
    wanted = Outcome.UNTESTED if number in ELSEWHERE else Outcome.MET
    assert results[number].outcome is wanted, results[number].said


def test_on_postgresql(tmp_path, postgres_url):
    with taxii_server(tmp_path, database=postgres_url) as server:
        found = list(run(world_of(server), ON_POSTGRESQL))
    assert {one.requirement.number: one.said for one in found if one.outcome is not Outcome.MET} == {}


@pytest.mark.soak
def test_a_cursor_holds_for_longer(tmp_path):
    with taxii_server(tmp_path) as server:
        (one,) = run(world_of(server, patience=45), {81})
    assert one.outcome is Outcome.MET


def test_every_requirement_has_a_check_and_stands_once():
    numbers = [one.number for one in REQUIREMENTS]
    assert numbers == list(range(1, 97))
    assert set(CHECKS) == set(numbers)


def test_the_peers_columns_are_those_recorded():
    """66, 67 and 60 of 81, as when they were run."""
    told = [one.peers for one in REQUIREMENTS if one.peers]
    assert len(told) == 81
    assert [sum(column) for column in zip(*told, strict=True)] == [66, 67, 60]
    assert len(PEERS) == 3


def test_a_row_tells_ours_beside_theirs(results):
    row = row_of(results[9])
    assert (row["here"], row["peer_1"], row["peer_2"], row["peer_3"]) == ("ok", "FAIL", "FAIL", "FAIL")
