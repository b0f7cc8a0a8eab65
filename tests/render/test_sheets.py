"""Rule: a table as a file for a spreadsheet or a program holds the same values, never runs them, and is the same bytes each time."""

from __future__ import annotations

import io
import math

import openpyxl
import polars as pl
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from serantau.render.sheets import parquet, xlsx

COLUMNS = ("name", "year", "value", "sure")
ROWS = [
    {"name": "=1+1", "year": 2024, "value": -1.5, "sure": True},
    {"name": " <b>&\n", "year": None, "value": 1e-9, "sure": False},
    {"name": None, "year": 1950, "value": None, "sure": None},
]


def read(body, sheet="figures"):
    book = openpyxl.load_workbook(io.BytesIO(body))
    return [[(cell.value, cell.data_type) for cell in row] for row in book[sheet].iter_rows()]


def test_another_program_reads_what_was_written():
    head, *rows = read(xlsx([("figures", COLUMNS, ROWS), ("about", ("key",), [{"key": "x"}])]))
    assert [value for value, _ in head] == list(COLUMNS)
    assert [[value for value, _ in row] for row in rows] == [[row[name] for name in COLUMNS] for row in ROWS]
    assert read(xlsx([("figures", COLUMNS, ROWS), ("about", ("key",), [{"key": "x"}])]), "about")[1] == [("x", "s")]


@given(st.text(max_size=60))
def test_text_is_never_a_formula(text):
    (_, ((value, kind),)) = read(
        xlsx([("figures", ("a",), [{"a": text}])]) if text.strip("\x00") else xlsx([("figures", ("a",), [{"a": "x"}])])
    )
    assert kind in {"s", "inlineStr", "n"}
    assert kind != "f"
    assert value is None or isinstance(value, str)


def test_equal_tables_are_equal_bytes():
    about = {"licence": "CC BY 4.0"}
    assert xlsx([("figures", COLUMNS, ROWS)]) == xlsx([("figures", COLUMNS, iter(ROWS))])
    assert parquet(COLUMNS, ROWS, about) == parquet(COLUMNS, iter(ROWS), about)


def test_parquet_has_kinds_and_says_what_it_is():
    body = parquet(COLUMNS, ROWS, {"licence": "CC BY 4.0"})
    frame = pl.read_parquet(io.BytesIO(body))
    assert frame.schema == {"name": pl.String, "year": pl.Int64, "value": pl.Float64, "sure": pl.Boolean}
    assert frame.to_dicts() == ROWS
    assert pq.read_schema(io.BytesIO(body)).metadata[b"licence"] == b"CC BY 4.0"


def test_what_is_no_number_is_an_empty_cell():
    assert read(xlsx([("figures", ("a", "b"), [{"a": math.nan, "b": 1}])]))[1] == [(None, "n"), (1, "n")]
