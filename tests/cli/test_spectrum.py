"""Rule: every question about spectrum is answered on both regions and in every format, and a wrong word is told."""

from __future__ import annotations

import csv
import io
import json

import pytest

from serantau.bundle import default_region
from tests.support.regions import THREELANDS

ASKED = [
    ["bands"],
    ["holdings"],
    ["common"],
    ["conflicts"],
    ["policy"],
    ["prices"],
    ["concentration"],
]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_every_question_in_every_format(run, words):
    _answers_in_every_format(run, words, THREELANDS)


@pytest.mark.parametrize("words", [["common"], ["conflicts"]], ids=" ".join)
def test_and_so_on_the_shipped_region(run, words):
    _answers_in_every_format(run, words, default_region())


def _answers_in_every_format(run, words, region):
    table, as_json, as_csv = (
        run("spectrum", *words, "--region", str(region), "--format", form) for form in ("table", "json", "csv")
    )
    assert table.exit_code == as_json.exit_code == as_csv.exit_code == 0, table.output
    answer = json.loads(as_json.stdout)
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert len(rows) == len(answer["rows"]) > 0
    assert answer["edition"] in table.stdout


def test_common_megahertz_of_the_invented_region(run):
    """By hand (tests/regions/threelands/README.md): 20 MHz exactly of two; of three 0, reported 10, at most 20."""
    words = (
        "spectrum",
        "common",
        "--band",
        "t1",
        "--region",
        str(THREELANDS),
        "--as-of",
        "2026-01-01",
        "--format",
        "json",
    )
    two = json.loads(run(*words, "--member", "QAA", "--member", "QBB").stdout)["rows"][0]
    assert (two["lower_mhz"], two["reported_mhz"], two["upper_mhz"]) == (20, 20, 20)
    three = json.loads(run(*words).stdout)["rows"][0]
    assert (three["lower_mhz"], three["reported_mhz"], three["upper_mhz"]) == (0, 10, 20)
    assert three["narrowed_by"] == ["QCC"]


def test_the_best_plan_of_the_invented_region(run):
    """Asterra leaves 710-720 unassigned: 2 x 10 MHz more in common for 20 MHz released."""
    found = run(
        "spectrum", "optimise", "--band", "t1", "--budget", "20", "--member", "QAA", "--member", "QBB",
        "--region", str(THREELANDS), "--as-of", "2026-01-01", "--format", "json",
    )  # fmt: skip
    answer = json.loads(found.stdout)
    assert "20 MHz for 20 MHz released or moved. No plan is better." in answer["notes"][0]
    assert [row["member"] for row in answer["rows"]] == ["QAA"]


def test_a_recommendation_in_words(run):
    found = run("spectrum", "recommend", "--member", "QBB", "--region", str(THREELANDS), "--format", "json")
    first = json.loads(found.stdout)["rows"][0]
    assert (first["met"], first["peers"], first["threshold"]) == ("no", ["QAA: 95"], "90 %")


@pytest.mark.parametrize(
    "words, said",
    [
        (["common", "--member", "QZZ"], "There is no member 'QZZ'"),
        (["common", "--band", "t7"], "There is no band 't7'"),
        (["common", "--band", "nosuch-band"], "Known are: t1"),
        (["policy", "--dimension", "nothing-like-it"], "There are: released, award, licence"),
        (["policy", "--dimension", "covrage"], "Did you mean coverage"),
        (["recommend", "--member", "QZZ"], "There is no member 'QZZ'"),
        (["conflicts", "--member", "QAA"], "Name two members"),
        (["optimise", "--band", "t3", "--budget", "10"], "needs two members whose holdings there are completely known"),
    ],
)
def test_a_wrong_word_is_told(run, words, said):
    result = run("spectrum", *words, "--region", str(THREELANDS), code=1)
    assert said in result.output
