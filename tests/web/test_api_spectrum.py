"""Rule: what the API says of spectrum is what the pages and the command line say."""

from __future__ import annotations

import math

import pytest

from tests.web.api_support import THREELANDS, V1, at, get_json, problem_of


@pytest.fixture(autouse=True)
def three(settings, db):
    at(settings, THREELANDS)


def ask(client, name, status=200, **query):
    return get_json(client, f"{V1}/spectrum/{name}", status, **query)


def test_bands_cover_each_other(client):
    found = ask(client, "bands")
    assert [row["id"] for row in found["rows"]] == ["t1", "t2", "t3"]
    assert found["covers"] == {"t1": [], "t2": [], "t3": ["t2"]}


def test_holdings_are_those_of_the_file(client):
    page = client.get("/spectrum-holdings.json").json()["rows"]
    rows = ask(client, "holdings")["rows"]
    assert [row["id"] for row in rows] == [row["id"] for row in page]
    assert {row["member"] for row in ask(client, "holdings", member="QAA", band="t1")["rows"]} == {"QAA"}


def test_what_is_common_is_what_the_file_says(client):
    page = {row["band"]: row for row in client.get("/spectrum-common.json").json()["rows"]}
    for row in ask(client, "common")["rows"]:
        held = page[row["band"]]
        assert row["common"] == {
            "lower": held["lower_mhz"],
            "reported": held["reported_mhz"],
            "upper": held["upper_mhz"],
        }


def test_conflicts_are_the_same_from_both_sides(client):
    one = ask(client, "conflicts", member="QAA", neighbour="QBB")["rows"]
    two = ask(client, "conflicts", member="QBB", neighbour="QAA")["rows"]
    assert sorted((row["ours"], row["theirs"]) for row in one) == sorted((row["theirs"], row["ours"]) for row in two)


def test_a_recommendation_is_traced(client):
    first = ask(client, "recommendations", member="QBB")["rows"][0]
    held = {row["id"] for row in ask(client, "policy")["rows"]}
    assert (first["met"], first["threshold"]) == ("no", 90)
    assert set(first["peers"]) <= held
    assert first["basis"]


PATH = {
    "tx_latitude": 0,
    "tx_longitude": 0,
    "rx_latitude": 0,
    "rx_longitude": 0.5,
    "frequency_mhz": 763,
    "delta_n": 60,
    "n0": 380,
}


def test_one_path_stands_beside_free_space(client):
    """By the equations of free space, E = 106.96 - 20 log d for 1 kW e.r.p.; the antennas stand 27 m apart in height."""
    found = ask(client, "field", **PATH, ground="sea")
    distance = math.hypot(6371 * math.radians(0.5), 0.027)
    assert found["free_space_dbuv_m"] == pytest.approx(106.96 - 20 * math.log10(distance), abs=1e-3)
    steps = {row["key"]: row for row in found["rows"]}
    assert found["loss_db"] == steps["Lb"]["value"]
    assert steps["Lbfs"]["equation"] == "Eq (8)"


@pytest.mark.parametrize(
    "name, query, status",
    [
        ("common", {"band": "t9"}, 404),
        ("holdings", {"member": "QZZ"}, 404),
        ("conflicts", {"member": "QAA"}, 400),
        ("conflicts", {"member": "QAA", "neighbour": "QAA"}, 400),
        ("conflicts", {"member": "QAA", "neighbour": "QZZ"}, 404),
        ("field", {**PATH, "rx_longitude": 0.001}, 400),
        ("field", {**PATH, "frequency_mhz": 26000}, 400),
        ("field", {key: value for key, value in PATH.items() if key != "n0"}, 400),
        ("field", {**PATH, "rx_longitude": 170}, 400),
    ],
)
def test_what_cannot_be_answered_says_why(client, name, query, status):
    response = client.get(f"{V1}/spectrum/{name}", query)
    assert response.status_code == status, response.content[:300]
    problem_of(response)
