"""Rule: Spark says what Polars says, row for row, on ten million rows; and it leaves nothing half-written."""

from __future__ import annotations

import polars as pl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from serantau.bundle import default_region, load_bundle
from serantau.cli import main
from tests.support.inventories import GIVEN, words_of, write_inventory

pytestmark = pytest.mark.spark

ROWS = 10_000_000
DAY = ("--as-of", "2026-11-21")


def bulk(source, out, engine):
    words = ["govern", "bulk", str(source), "--out", str(out), "--engine", engine, *GIVEN, *DAY]
    return CliRunner().invoke(main, words)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_ten_million_rows(tmp_path):
    write_inventory(tmp_path / "in.parquet", words_of(load_bundle(default_region())), ROWS)
    for engine in ("polars", "spark"):
        result = bulk(tmp_path / "in.parquet", tmp_path / engine, engine)
        assert result.exit_code == 0, result.output
    one, other = (pl.read_parquet(tmp_path / engine).sort("row") for engine in ("polars", "spark"))
    assert one.height == ROWS
    assert one.equals(other)
    meanings = [pq.read_schema(tmp_path / engine).metadata[b"serantau.dictionaries"] for engine in ("polars", "spark")]
    assert meanings[0] == meanings[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "polars", "spark"]


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_word_that_nobody_knows(tmp_path):
    pl.DataFrame({"row": [1], "origin": ["ZZ"], "destination": ["JP"], "data": ["personal"]}).write_parquet(
        tmp_path / "in.parquet"
    )
    result = bulk(tmp_path / "in.parquet", tmp_path / "o", "spark")
    assert result.exit_code == 1
    assert "'ZZ' is no origin" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]
