"""Rule: `govern scan` says which columns hold data about people, shows no cell, and drafts an inventory that can be checked."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.cli.conftest import THREELANDS, csv_rows, rows_of
from tests.govern.scan.test_evidence import citizens
from tests.support.seeded import seeded


@pytest.fixture
def people(tmp_path):
    source = seeded(9)
    numbers = citizens(source, 200)
    pl.DataFrame(
        {
            "ref": numbers,
            "name": [f"Ann{number} Lee" for number in range(200)],
            "amount": [f"{source.random() * 100:.2f}" for _ in range(200)],
            "mail": [f"ann{number}@mail.example" for number in range(200)],
        }
    ).write_csv(tmp_path / "people.csv")
    return tmp_path / "people.csv"


def test_a_file_of_the_invented_region(three, people):
    rows = {row["column"]: row for row in rows_of(three("govern", "scan", people, "--format", "json"))}
    assert rows["ref"]["verdict"] == "found"
    assert rows["ref"]["kind"] == "national-id"
    assert "citizen number (QAA)" in rows["ref"]["explanations"][0]
    assert rows["name"]["verdict"] == "by name"
    assert rows["mail"]["kind"] == "email"
    assert rows["amount"]["kind"] == "number"
    assert rows["ref"]["cells"] == rows["ref"]["filled"] == 200


def test_no_form_of_the_answer_shows_a_cell(three, people):
    cells = pl.read_csv(people, infer_schema=False)
    for form in ("table", "json", "csv"):
        text = three("govern", "scan", people, "--all", "--format", form).output
        for column in ("ref", "mail", "name"):
            assert not [cell for cell in cells[column].to_list() if cell in text]


def test_a_table_lists_people_first_and_the_rest_on_request(three, people):
    text = three("govern", "scan", people).output
    assert "amount" not in text
    assert "1 columns hold nothing that was recognised" in text
    assert "may still hold personal data" in text
    assert "amount" in three("govern", "scan", people, "--all").output


def test_members_whose_law_calls_it_sensitive(run, tmp_path):
    pl.DataFrame({"agama": ["Islam", "Kristen", "Hindu"] * 30}).write_csv(tmp_path / "a.csv")
    (row,) = csv_rows(run("govern", "scan", tmp_path / "a.csv", "--as-of", "2026-11-21", "--format", "csv"))
    assert row["category"] == "personal.religion"
    assert "THA (" in row["sensitive_under"]


def test_a_sample_is_said(three, people):
    text = three("govern", "scan", people, "--sample", "0.5", "--seed", "3").output
    assert "A sample: 50.00% of the rows, seed 3." in text


def test_a_folder_with_a_bad_file_ends_with_one(three, people):
    (people.parent / "junk.csv").write_bytes(b"\x00\x01\x02")
    result = three("govern", "scan", people.parent, code=1)
    assert "Not read: junk.csv is no text" in result.output
    assert "citizen number" in " ".join(result.output.split())


@pytest.mark.parametrize("target", ["gone.csv", "postgresql://u:hunter2@127.0.0.1:1/x", "mongodb://u:hunter2@h/x"])
def test_what_cannot_be_read(three, target, tmp_path):
    result = three("govern", "scan", target, "--draft", tmp_path / "inventory.yaml", code=1)
    assert "Error: " in result.output
    assert "hunter2" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_draft_is_an_inventory_in_which_nothing_is_guessed(three, people, tmp_path):
    draft = tmp_path / "inventory.yaml"
    three("govern", "scan", people, "--draft", draft)
    result = three("govern", "inventory", "check", draft, "--as-of", "2026-11-21", "--format", "json")
    (row,) = json.loads(result.stdout)["rows"]
    assert (row["id"], row["state"], row["owner"]) == ("people-csv", "not known", "unknown")
    assert "ref: national identification numbers (found)" in draft.read_text(encoding="utf-8")
    again = three("govern", "scan", people, "--draft", draft, code=1)
    assert "exists and is not replaced" in again.output


def test_the_shipped_region_says_for_whom_it_has_no_recogniser(run, people):
    assert "No recogniser exists for identity numbers of" in run("govern", "scan", people).output


def test_the_invented_region_is_asked_through_the_environment(monkeypatch, people):
    from click.testing import CliRunner

    from serantau.cli import main

    monkeypatch.setenv("SERANTAU_REGION", str(THREELANDS))
    assert CliRunner().invoke(main, ["govern", "scan", str(people)]).exit_code == 0
