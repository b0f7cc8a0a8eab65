"""Rule: `govern bulk` writes a whole file or none, and says the same on every engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serantau.bundle import default_region, load_bundle
from tests.cli.conftest import THREELANDS
from tests.support.inventories import GIVEN, words_of, write_inventory

DAY = ("--as-of", "2026-11-21")


@pytest.fixture(scope="module")
def inventory(tmp_path_factory):
    path = tmp_path_factory.mktemp("bulk") / "inventory.parquet"
    write_inventory(path, words_of(load_bundle(default_region())), 50_000)
    return path


def answers(path):
    """Rows in order, with the meaning of their codes."""
    meaning = json.loads(pq.read_schema(path).metadata[b"serantau.dictionaries"])
    frame = pl.read_parquet(path).sort("row")
    assert frame.schema == {"row": pl.UInt64, "decision": pl.UInt16, "reason": pl.UInt16}
    decisions = [meaning["decisions"][code] for code in frame["decision"]]
    reasons = [json.dumps(meaning["reasons"][code]) for code in frame["reason"]]
    return frame["row"].to_list(), decisions, reasons


def test_duckdb_says_what_polars_says_row_for_row(run, inventory, tmp_path):
    for engine in ("polars", "duckdb"):
        run("govern", "bulk", inventory, "--out", tmp_path / engine, "--engine", engine, *GIVEN, *DAY)
    assert answers(tmp_path / "polars") == answers(tmp_path / "duckdb")
    rows, decisions, reasons = answers(tmp_path / "polars")
    assert rows == list(range(50_000))
    assert {"permitted", "permitted-if", "unknown", "not-a-transfer"} <= set(decisions)
    assert all(json.loads(reason)["decision"] == decision for reason, decision in zip(reasons, decisions, strict=True))


def test_the_answer_of_a_row_is_that_of_the_question_asked_alone(run, inventory, tmp_path):
    from datetime import date

    from serantau.govern.flow import Flow
    from serantau.govern.table import compile_rules

    run("govern", "bulk", inventory, "--out", tmp_path / "o", *GIVEN, *DAY)
    bundle = load_bundle(default_region())
    table = compile_rules(bundle.law, bundle.homes, date(2026, 11, 21))
    members = {home: member for member, home in bundle.homes.items()}
    rows = pl.read_parquet(inventory)[::997]
    _, decisions, _ = answers(tmp_path / "o")
    for row in rows.iter_rows(named=True):
        holds = frozenset(part for part in row["holds"].split(";") if part)
        flow = Flow(members[row["origin"]], row["destination"], row["data"], *GIVEN[1::2], holds=holds)
        assert decisions[row["row"]] == table.explain(flow).decision.value


def test_the_invented_region_and_words_without_dictionaries(three, tmp_path):
    frame = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "origin": ["QAA", "QBB", "XC"],
            "destination": ["XB", "JP", "XA"],
            "data": ["personal.health", "personal", "non-personal"],
            "volume": [None, "few", "many"],
        }
    )
    frame.write_parquet(tmp_path / "in.parquet")
    for engine in ("polars", "duckdb"):
        three(
            *("govern", "bulk", tmp_path / "in.parquet", "--id", "id", "--out", tmp_path / engine, "--engine", engine),
            *GIVEN,
            *("--as-of", "2025-06-01"),
        )
    one, other = (pl.read_parquet(tmp_path / engine).sort("id") for engine in ("polars", "duckdb"))
    assert one.equals(other)
    assert one["id"].to_list() == ["a", "b", "c"]


def test_a_writer_that_gave_up_its_dictionaries_halfway(run, tmp_path):
    words = words_of(load_bundle(default_region()))
    rows = [words["data"][0]] * 1000 + words["data"] * 2000
    table = pa.table({"row": list(range(len(rows))), "data": rows})
    # A dictionary page this small is full at once; the writer goes on with plain pages.
    pq.write_table(table, tmp_path / "in.parquet", dictionary_pagesize_limit=16, data_page_size=1024)
    given = ("--origin", words["origin"][0], "--destination", "JP", *GIVEN)
    run("govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o", *given, *DAY)
    assert pl.read_parquet(tmp_path / "o").height == len(rows)


# --- what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    "change, says",
    [
        ({"origin": "ZZ"}, "'ZZ' is no origin that is known"),
        ({"destination": "Atlantis"}, "'Atlantis' is no destination"),
        ({"data": "personal.helth"}, "Did you mean personal.health"),
        ({"data": None}, "a row has no value here"),
        ({"holds": "magic"}, "there is no safeguard 'magic'"),
    ],
)
def test_unknown_words_are_named_and_nothing_is_written(run, tmp_path, engine, change, says):
    good = {"row": 1, "origin": "MY", "destination": "SG", "data": "personal", "holds": ""}
    pl.DataFrame([good, good | {"row": 2} | change]).write_parquet(tmp_path / "in.parquet")
    result = run(
        "govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o", "--engine", engine, *GIVEN, *DAY, code=1
    )
    assert says in " ".join(result.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "is empty"),
        (b"origin,destination\nMY,SG\n", "is no Parquet file"),
        (b"PAR1" + b"\x00" * 400 + b"PAR1", "is no Parquet file"),
    ],
)
def test_files_that_are_no_inventory(run, tmp_path, content, says):
    (tmp_path / "in.parquet").write_bytes(content)
    result = run("govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o", *GIVEN, code=1)
    assert says in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_a_file_damaged_in_the_middle(run, inventory, tmp_path):
    content = bytearray(inventory.read_bytes())
    content[200_000:201_000] = b"\xff" * 1000
    (tmp_path / "in.parquet").write_bytes(bytes(content))
    result = run("govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o", *GIVEN, code=1)
    assert "in.parquet is damaged" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    "columns, words, says",
    [
        ({"row": [1], "origin": ["MY"]}, (), "has no column 'destination'"),
        ({"origin": ["MY"], "destination": ["SG"]}, ("--data", "personal"), "has no column 'row' that names its rows"),
        ({"row": [1], "origin": [1], "destination": ["SG"]}, ("--data", "personal"), "'origin' of in.parquet is int64"),
    ],
)
def test_columns_that_do_not_fit(run, tmp_path, columns, words, says):
    pl.DataFrame(columns).write_parquet(tmp_path / "in.parquet")
    result = run("govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o", *GIVEN, *words, code=1)
    assert says in " ".join(result.output.split())


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_a_row_without_an_id(run, tmp_path, engine):
    frame = pl.DataFrame({"row": [1, None], "origin": ["MY", "MY"], "destination": ["SG", "SG"]})
    frame.write_parquet(tmp_path / "in.parquet")
    words = ("--out", tmp_path / "o", "--engine", engine, "--data", "personal", *GIVEN)
    result = run("govern", "bulk", tmp_path / "in.parquet", *words, code=1)
    assert "A row of in.parquet has no id" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_a_file_is_not_replaced_unasked(run, inventory, tmp_path):
    (tmp_path / "o").write_text("mine")
    result = run("govern", "bulk", inventory, "--out", tmp_path / "o", *GIVEN, code=1)
    assert "exists and is not replaced" in result.output
    assert (tmp_path / "o").read_text() == "mine"


def test_a_killed_run_leaves_the_old_file_and_the_next_one_cleans_up(tmp_path):
    write_inventory(tmp_path / "in.parquet", words_of(load_bundle(default_region())), 3_000_000)
    (tmp_path / "o").write_text("old")
    command = [
        *(sys.executable, "-m", "serantau", "govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o"),
        *("--force", *GIVEN, *DAY),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".o.*.part")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert (tmp_path / "o").read_text() == "old"
    assert len(list(tmp_path.glob(".o.*.part"))) == 1
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob(".o.*.part")) == []
    assert pl.scan_parquet(tmp_path / "o").select(pl.len()).collect().item() == 3_000_000


def test_a_region_without_law_says_so(run, region_copy, tmp_path, inventory):
    import shutil

    shutil.rmtree(region_copy / "law")
    (region_copy / "registers" / "legislation.yaml").unlink()  # it names instruments of the law
    published = (region_copy / "published.txt").read_text().splitlines()
    kept = [
        line
        for line in published
        if line.split()[0]
        in {"member", "partner", "plan", "outcome", "action", "meeting", "indicator", "recogniser", "kind"}
    ]
    (region_copy / "published.txt").write_text("\n".join(kept) + "\n")
    result = run("govern", "bulk", inventory, "--out", tmp_path / "o", "--region", region_copy, *GIVEN, code=1)
    assert "holds no law" in result.output
    assert THREELANDS.is_dir()
