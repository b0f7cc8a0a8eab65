"""Rule: ``serantau status`` shows the standing with its uncertainty, and says what has no score and what would fill it."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import csv_rows, rows_of

DAY = ("--as-of", "2026-06-01")


def test_scores_are_those_of_the_figures(three):
    """Goalposts and weights of the index by hand, figures of 2024.

    Asterra: lines 28 of 40 = 70, coverage 95, so access 82.5; outages (120 - 28) / 120 = 76.667 with weight 2 and fast
    lines 100 of 190 = 52.632 with weight 1, so quality 68.655; 3 parts of access and 1 of quality: 79.039.
    Before the plan (2020): lines 50, coverage 75; outages 50, fast lines 40: (3 x 62.5 + 46.667) / 4 = 58.542.
    """
    rows = {(row["member"], row["outcome"]): row for row in rows_of(three("status", *DAY, "--format", "json"))}
    assert len(rows) == 9
    row = rows["QAA", "tl2030-o2"]
    assert row["score"] == pytest.approx((3 * 82.5 + (2 * 100 * 92 / 120 + 100 * 100 / 190) / 3) / 4)
    assert row["change"] == pytest.approx(row["score"] - (3 * 62.5 + (2 * 50 + 40) / 3) / 4)
    assert (row["rank"], row["have"], row["of"], row["change_over"], row["state"]) == (2, 4, 4, 4, "scored")
    assert row["rank_low"] <= row["rank"] <= row["rank_high"]
    assert row["marks"] == {"old": 4, "derived": 1}


def test_an_outcome_without_a_score_says_why_and_who_would_fill_it(three):
    answer = json.loads(three("status", *DAY, "--format", "json").stdout)
    rows = {(row["member"], row["outcome"]): row for row in answer["rows"]}
    assert rows["QCC", "tl2030-o3"]["score"] is None
    assert rows["QCC", "tl2030-o3"]["state"] == "no score"
    note = next(note for note in answer["notes"] if note.startswith("O3"))
    assert "1 digital indicator with figures; 3 are needed" in note
    assert "Cable Company (https://cable.example)" in note
    shown = three("status", *DAY).stdout
    assert "No score:" in shown
    assert "https://cable.example" in shown


def test_the_recovery_is_measured_against_the_level_before(three):
    """Output per person 2024 over 2019: 1100 of 1000, 490 of 500, 2420 of 2200."""
    shown = " ".join(three("status", *DAY).stdout.split())
    assert "Asterra 110 (2024) Borealia 98 (2024) Corvania 110 (2024)" in shown


def test_members_are_those_of_the_day(three):
    rows = rows_of(three("status", "--as-of", "2024-12-31", "--format", "json"))
    assert {row["member"] for row in rows} == {"QAA", "QCC"}
    result = three("status", "--as-of", "2024-12-31", "--member", "QBB", code=1)
    assert "Borealia was not a member on 2024-12-31" in result.stderr


def test_what_was_known_then_is_all_that_is_used(three):
    new = rows_of(three("status", *DAY, "--member", "QAA", "--outcome", "O2", "--format", "json"))
    old = rows_of(
        three("status", *DAY, "--known", "2024-12-31", "--member", "QAA", "--outcome", "O2", "--format", "json")
    )
    assert old[0]["score"] != new[0]["score"]


def test_csv_says_the_same_as_json(three):
    table = csv_rows(three("status", *DAY, "--format", "csv"))
    rows = rows_of(three("status", *DAY, "--format", "json"))
    assert [(row["member"], row["outcome"]) for row in table] == [(row["member"], row["outcome"]) for row in rows]
    assert [float(row["score"]) if row["score"] else None for row in table] == [row["score"] for row in rows]


@pytest.mark.parametrize("words", [[], ["--member", "QAA"], ["--outcome", "O2"], ["--member", "XA", "--outcome", "o2"]])
def test_it_fits_80_columns(three, run, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "80")
    lines = three("status", *DAY, *words).stdout.splitlines()
    if not words:
        lines += run("status").stdout.splitlines()
    # An address is never broken: it is to be copied.
    assert [line for line in lines if len(line) > 80 and "://" not in line] == []


def test_nothing_is_said_by_colour_alone(run):
    assert "\x1b" not in run("status").stdout


def test_without_replicates_there_are_ranks_and_no_intervals(three):
    rows = rows_of(three("status", *DAY, "--replicates", "0", "--format", "json"))
    scored = [row for row in rows if row["score"] is not None]
    assert all(row["rank"] and row["rank_low"] is None for row in scored)
    assert "interval" not in three("status", *DAY, "--replicates", "0").stdout


def test_a_plan_without_an_index_is_not_measured(three):
    assert "Plans with one: tl2030" in three("status", "--plan", "tl2020", code=1).stderr


def test_the_shipped_region_is_shown_whole(run):
    answer = json.loads(run("status", "--format", "json").stdout)
    assert len(answer["edition"].partition("+")[0]) == 12
    scored = [row for row in answer["rows"] if row["score"] is not None]
    assert scored
    assert all(0 <= row["score"] <= 100 and row["rank_low"] <= row["rank_high"] for row in scored)
