"""Rule: every question of ``serantau measure`` gets one answer, the same in every format, with its uncertainty."""

from __future__ import annotations

import json
import math

import pytest

from tests.cli.conftest import csv_rows, rows_of

DAY = ("--as-of", "2026-06-01")

ON_INVENTED = [
    ["status"],
    ["check"],
    ["measure", "score"],
    ["measure", "score", "--member", "QAA", "--outcome", "O2"],
    ["measure", "score", "--indicator", "fast_share"],
    ["measure", "robustness"],
    ["measure", "robustness", "--sobol", "--samples", "64"],
    ["measure", "compare", "QAA", "QCC"],
    ["measure", "compare", "--known-before", "2024-12-31"],
    ["measure", "compare", "--known-before", "2024-12-31", "--figures"],
    ["measure", "assess"],
    ["measure", "assess", "--member", "QBB"],
    ["measure", "trajectory", "coverage"],
    ["measure", "trajectory", "outage_hours", "--model", "damped"],
    ["measure", "trajectory", "user_parity", "--model", "trend"],
    ["measure", "convergence"],
    ["measure", "convergence", "coverage"],
]
ON_SHIPPED = [
    ["measure", "score", "--outcome", "DO8"],
    ["measure", "score"],
    ["measure", "robustness"],
    ["measure", "assess"],
    ["measure", "trajectory", "internet_users"],
    ["measure", "convergence"],
    ["measure", "compare", "--known-before", "2020-01-01"],
]


@pytest.mark.parametrize("words", ON_INVENTED, ids=" ".join)
def test_every_answer_reads_back_in_every_format(three, words):
    _reads_back(three, words)


@pytest.mark.parametrize(
    "words",
    # A command takes seconds on the region that ships: two of them each time, all in the soak run.
    [pytest.param(words, marks=[] if number < 2 else pytest.mark.soak) for number, words in enumerate(ON_SHIPPED)],
    ids=" ".join,
)
def test_and_so_on_the_shipped_region(run, words):
    _reads_back(run, words)


def _reads_back(run, words):
    answer = json.loads(run(*words, "--format", "json").stdout)
    assert list(answer) == ["edition", "as_of", "known", "rows", "notes"]
    assert answer["edition"]
    table = csv_rows(run(*words, "--format", "csv"))
    assert len(table) == len(answer["rows"]) > 0
    for line, row in zip(table, answer["rows"], strict=True):
        for key, value in row.items():
            if value is None:
                assert line[key] == ""
            elif isinstance(value, bool):
                assert line[key] == str(value).lower()
            elif isinstance(value, int | float):
                assert float(line[key]) == value
    assert answer["edition"] in run(*words).stdout


# --- score ---------------------------------------------------------------------------------------------------------------


def test_a_score_unfolds_to_its_observations_and_sources(three):
    rows = {row["node"]: row for row in rows_of(
        three("measure", "score", *DAY, "--member", "QAA", "--outcome", "O2", "--format", "json")
    )}  # fmt: skip
    top, lines, fast = rows["tl2030-o2"], rows["lines_per100"], rows["fast_share"]
    parts = [rows["tl2030-o2-access"], rows["tl2030-o2-quality"]]
    assert math.isclose(sum(part["contribution"] for part in parts), top["score"], abs_tol=1e-6)
    assert [part["weight"] for part in parts] == [0.75, 0.25]
    assert (lines["score"], lines["value"], lines["year"], lines["goalpost_high"]) == (70.0, 28.0, 2024, 40.0)
    assert lines["goalpost_basis"] == "published"
    assert fast["value"] == pytest.approx(100 / 190 * 100)
    assert [(one["indicator"], one["value"]) for one in fast["observations"]] == [
        ("lines_fast", 100),
        ("lines_all", 190),
    ]
    source = fast["observations"][0]["source"]
    assert source["id"] == "tl-stat"
    assert source["licence"] == "invented for tests"
    assert "derived" in fast["marks"]


def test_an_outcome_without_a_score_still_shows_its_figures(three):
    answer = json.loads(three("measure", "score", *DAY, "--outcome", "O3", "--format", "json").stdout)
    assert {row["kind"] for row in answer["rows"]} == {"figure"}
    assert any("has no score" in note for note in answer["notes"])
    missing = {row["member"]: row["missing"] for row in answer["rows"]}
    assert missing == {"QAA": None, "QBB": None, "QCC": "no figure"}


def test_an_indicator_of_another_outcome_is_refused(three):
    assert "belong" in three("measure", "score", "--outcome", "O1", "--indicator", "coverage", code=1).stderr


# --- robustness -----------------------------------------------------------------------------------------------------------


def test_robustness_is_the_same_for_a_seed_and_says_who_is_above_whom(three):
    words = ("measure", "robustness", *DAY, "--replicates", "500", "--seed", "3", "--format", "json")
    first, again = rows_of(three(*words)), rows_of(three(*words))
    assert first == again
    top = {row["member"]: row for row in first}
    assert top["QCC"]["prob_first"] == 1.0
    assert top["QCC"]["prob_above"] == {"QAA": 1.0, "QBB": 1.0}
    assert top["QAA"]["rank_low"] == top["QAA"]["rank_high"] == 2


def test_an_outcome_without_a_score_has_no_ranks_to_be_sure_of(three):
    assert "has no score" in three("measure", "robustness", "--outcome", "O3", code=1).stderr


def test_sobol_takes_a_power_of_two(three):
    assert "power of two" in three("measure", "robustness", "--sobol", "--samples", "100", code=1).stderr


# --- compare --------------------------------------------------------------------------------------------------------------


def test_revisions_name_what_was_added(three):
    """The rows of 2024 carry the known-date 2025-06-01; those before 2024-06-01."""
    words = ("measure", "compare", "QAA", *DAY, "--known-before", "2024-12-31", "--indicator", "coverage")
    rows = rows_of(three(*words, "--format", "json"))
    assert [(row["year"], row["kind"], row["before"], row["after"]) for row in rows] == [(2024, "added", None, 95.0)]


def test_revisions_of_a_score_are_its_change(three):
    now = rows_of(three("status", *DAY, "--member", "QAA", "--outcome", "O2", "--format", "json"))[0]["score"]
    rows = rows_of(
        three("measure", "compare", *DAY, "--known-before", "2024-12-31", "--outcome", "O2", "--format", "json")
    )
    row = next(row for row in rows if row["member"] == "QAA")
    assert row["after"] == now
    assert row["change"] == pytest.approx(now - row["before"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["QAA", "QAA"],
        ["QAA", "QCC", "--figures"],
        ["QAA", "QCC", "--known-before", "2024-01-01"],
        ["--known-before", "2024-01-01", "--known", "2023-01-01"],
    ],
    ids=" ".join,
)
def test_a_comparison_that_makes_no_sense_is_refused(three, words):
    three("measure", "compare", *words, code=2)


# --- assess ---------------------------------------------------------------------------------------------------------------


def test_the_closing_assessment_compares_before_and_within(three):
    """Outages of Asterra fell from 60 hours (2020) to 28 (2024), and 28 are left to the goalpost 0."""
    rows = rows_of(three("measure", "assess", *DAY, "--indicator", "outage_hours", "--format", "json"))
    row = next(row for row in rows if row["member"] == "QAA")
    assert (row["before"], row["before_year"], row["latest"], row["latest_year"]) == (60, 2020, 28, 2024)
    assert (row["change"], row["better"], row["gap"], row["missing"]) == (-32, True, 28, None)


def test_what_is_missing_is_said(three):
    rows = rows_of(three("measure", "assess", *DAY, "--indicator", "user_parity", "--format", "json"))
    assert {row["member"]: row["missing"] for row in rows}["QCC"] == "no figure since 2021"


# --- trajectory -----------------------------------------------------------------------------------------------------------


def test_a_published_target_gives_a_status(three):
    """Asterra gained two lines a year, exactly: 28 in 2024 and 40, the target, in 2030."""
    rows = rows_of(three("measure", "trajectory", "lines_per100", *DAY, "--format", "json"))
    row = next(row for row in rows if row["member"] == "QAA")
    assert (row["target"], row["target_year"], row["target_source"]) == (40, 2030, "tl-plan")
    assert row["projected"] == pytest.approx(40)
    assert row["status"] == "on track"
    assert row["arrival"] == pytest.approx(2030)


def test_without_a_target_there_is_no_status(three):
    rows = rows_of(three("measure", "trajectory", "outage_hours", *DAY, "--format", "json"))
    assert {row["status"] for row in rows} == {"no published target"}
    assert all(row["arrival"] is None and row["probability"] is None for row in rows)


def test_a_given_slope_is_taken(three):
    rows = rows_of(three("measure", "trajectory", "outage_hours", *DAY, "--slope", "-1", "--until", "2030",
                         "--format", "json"))  # fmt: skip
    assert {row["member"]: row["projected"] for row in rows} == {"QAA": 22.0, "QBB": 54.0, "QCC": 5.0}


def test_a_share_never_passes_its_bound(three):
    rows = rows_of(three("measure", "trajectory", "coverage", *DAY, "--until", "2060", "--format", "json"))
    assert all(0 <= point["value"] <= 100 and point["high"] <= 100 for row in rows for point in row["path"])


def test_the_years_of_one_member_are_listed(three):
    shown = three("measure", "trajectory", "lines_per100", *DAY, "--member", "QBB").stdout
    assert "2020  observed" in shown
    assert "2030  projected" in shown
    assert "break" in shown


def test_a_relative_rating_is_never_a_trend(run):
    for words in (("trajectory", "osi"), ("convergence", "osi")):
        assert "never read as a trend" in run("measure", *words, code=1).stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--model", "damped", "--slope", "1"],
        ["--model", "linear", "--ceiling", "5"],
        ["--until", "20300"],
        ["--model", "magic"],
    ],
    ids=" ".join,
)
def test_a_model_that_makes_no_sense_is_refused(three, words):
    three("measure", "trajectory", "lines_per100", *words, code=2)


def test_convergence_takes_four_members(three):
    rows = rows_of(three("measure", "convergence", "coverage", "--from", "2015", "--to", "2024", "--format", "json"))
    assert rows[0]["note"].startswith("not enough data: 3 members")
    assert rows[0]["beta"] is None


def test_convergence_of_the_shipped_region_keeps_its_members(run):
    row = rows_of(
        run("measure", "convergence", "internet_users", "--from", "2015", "--to", "2020", "--format", "json")
    )[0]
    assert row["compared"] == len(row["members"]) >= 4
    assert len(row["members"]) + len(row["left_out"]) == 11
