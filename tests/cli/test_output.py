"""Rule: an answer says the same as a table, as JSON and as CSV, and none of them can be turned against its reader."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import PartialDate, Truth
from serantau.cli.output import clean, csv_text, emit, grid, json_text, signed, table_text
from serantau.facts import Grade

ROWS = [
    {"name": "Asterra", "score": 79.5, "rank": 1, "change": None, "marks": ["old", "break"]},
    {"name": "Borealia", "score": math.nan, "rank": None, "change": -3.25, "marks": []},
]


def test_json_is_one_stable_object_and_null_is_null():
    answer = json.loads(json_text(ROWS, notes=["n"], edition="abc+0"))
    assert list(answer) == ["edition", "as_of", "known", "rows", "notes"]
    assert answer["rows"][0] == {"name": "Asterra", "score": 79.5, "rank": 1, "change": None, "marks": ["old", "break"]}
    assert answer["rows"][1]["score"] is None
    assert (answer["edition"], answer["as_of"], answer["known"], answer["notes"]) == ("abc+0", None, None, ["n"])


def test_json_takes_the_types_of_the_engines():
    import numpy as np

    row = {"grade": Grade.PRIMARY, "truth": Truth.UNKNOWN, "date": PartialDate("2022-01"), "n": np.float64(1.5),
           "i": np.int64(3), "inside": {"x": math.inf}}  # fmt: skip
    expected = {"grade": "primary", "truth": "unknown", "date": "2022-01", "n": 1.5, "i": 3, "inside": {"x": None}}
    assert json.loads(json_text([row]))["rows"] == [expected]


def test_csv_leaves_empty_what_is_not_known_and_numbers_as_numbers():
    read = list(csv.DictReader(io.StringIO(csv_text(ROWS))))
    assert read[0] == {"name": "Asterra", "score": "79.5", "rank": "1", "change": "", "marks": "old; break"}
    assert read[1] == {"name": "Borealia", "score": "", "rank": "", "change": "-3.25", "marks": ""}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0"])
def test_csv_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    cell = next(csv.DictReader(io.StringIO(csv_text([{"a": text, "b": -1.5}]), newline="")))
    assert cell == {"a": f"'{text}", "b": "-1.5"}


def test_csv_header_is_guarded_too():
    assert csv_text([{"=a": 1}]).splitlines()[0] == "'=a"


@given(st.lists(st.text(), min_size=1, max_size=4), st.floats(allow_nan=False, allow_infinity=False))
def test_csv_reads_back_and_starts_no_formula(texts, number):
    rows = [{"text": text, "number": number} for text in texts]
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))[1:]
    for text, (cell, figure) in zip(texts, read, strict=True):
        assert cell in (text, f"'{text}")
        assert cell[:1] not in tuple("=+-@\t\r\n")
        assert float(figure) == number


def test_csv_without_rows_still_has_its_header():
    assert csv_text([], [("unit", "Unit"), ("flag", "Flag")]) == "unit,flag\r\n"


def test_table_shows_what_is_not_known_as_a_dash():
    lines = grid(ROWS, [("name", "Member"), ("score", "Score", lambda value: f"{value:.1f}"), ("change", "Change")])
    assert lines.splitlines()[2].split() == ["Asterra", "79.5", "-"]
    assert lines.splitlines()[3].split() == ["Borealia", "-", "-3.25"]


@given(
    st.lists(
        st.fixed_dictionaries({"name": st.text(max_size=60), "why": st.text(max_size=200), "n": st.integers()}),
        min_size=1,
        max_size=3,
    )
)
def test_table_fits_the_width_and_holds_no_control_character(rows):
    text = table_text(rows, [("name", "Name"), ("why", "Why"), ("n", "Number")], width=80)
    for line in text.split("\n"):
        assert len(line) <= 80
    assert not any(ord(sign) < 32 and sign != "\n" for sign in text)


def test_an_id_is_cut_last_and_then_after_an_underscore():
    rows = [{"id": "mobile_owner_gender_parity", "words": "some words that may go on another line, as many as needed"}]
    wide = grid(rows, [("id", "Id"), ("words", "Words")], width=50)
    assert "mobile_owner_gender_parity" in wide
    narrow = grid(rows, [("id", "Id"), ("words", "Words")], width=24)
    assert [line.split("  ")[0] for line in narrow.splitlines()[2:4]] == ["mobile_owner_", "gender_parity"]


def test_clean_takes_out_what_drives_a_terminal():
    assert "\x1b" not in clean("\x1b[2Jhello\u202eolleh")
    assert clean("two\nlines") == "two\nlines"


def test_signed():
    assert [signed(value) for value in (4.04, -0.04, 0.0, -2.0, 1234.5)] == ["+4.0", "0.0", "0.0", "-2.0", "+1,234.5"]


def test_emit_prints_nothing_to_show_where_there_is_nothing(capsys):
    emit([], "table", title="Head", notes=["A note."], edition="e")
    assert capsys.readouterr().out.split("\n\n") == ["Head", "Nothing to show.", "A note.", "edition e\n"]
