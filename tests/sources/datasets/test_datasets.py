"""Rule: every kind of file and database gives the same cells, in bounded pieces.

What cannot be read is refused with a sentence that says what to do and shows neither a cell nor a password.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import psycopg
import pytest

from serantau.sources.datasets import Dataset, DatasetError, datasets_of
from serantau.sources.datasets.databases import WAIT_SECONDS, PostgresDatabase

ROWS = [("S1234567D", "812345678", "ann@mail.example"), ("T7654321A", "0", ""), ("", "7", "ü@mail.example")]
NAMES = ("Nric", "tel no", "e-mail")


def cells_of(target: object) -> dict[str, list[tuple[str | None, ...]]]:
    """Every table of a target, row by row; nothing and empty text are the same here."""
    tables = {}
    for dataset in datasets_of(str(target)):
        assert isinstance(dataset, Dataset), dataset
        columns: list[list[str | None]] = [[] for _ in dataset.columns]
        for batch in dataset.batches():
            for held, series in zip(columns, batch.columns, strict=True):
                held.extend(series.cast(pl.String).to_list())
        tables[dataset.name] = [tuple(cell or "" for cell in row) for row in zip(*columns, strict=True)]
    return tables


def refusal(target: object) -> str:
    """Why a target is not read."""
    with pytest.raises(DatasetError) as caught:
        cells_of(target)
    return str(caught.value)


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame([list(row) for row in ROWS], schema=list(NAMES), orient="row")


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "people"
    sheet.append(NAMES)
    for row in ROWS:
        sheet.append([row[0] or None, int(row[1]), row[2] or None])
    book.create_sheet("nothing")
    book.save(path)


def database(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE people ("Nric" TEXT, "tel no" REAL, "e-mail" TEXT)')
        connection.executemany("INSERT INTO people VALUES (?, ?, ?)", ROWS)
        connection.execute("CREATE VIEW twice AS SELECT * FROM people")
        connection.commit()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_any_usual_form(tmp_path, mark, encoding):
    lines = [mark.join(NAMES), *(mark.join(f'"{cell}"' for cell in row) for row in ROWS)]
    (tmp_path / "a.csv").write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    assert cells_of(tmp_path / "a.csv") == {"a.csv": ROWS}


def test_every_kind_of_file_holds_the_same(tmp_path, frame):
    frame.write_parquet(tmp_path / "b.parquet")
    workbook(tmp_path / "c.xlsx")
    database(tmp_path / "d.db")
    assert cells_of(tmp_path / "b.parquet") == {"b.parquet": ROWS}
    assert cells_of(tmp_path / "c.xlsx") == {"c.xlsx[people]": ROWS}
    assert cells_of(tmp_path / "d.db") == {"d.db[people]": ROWS}
    assert cells_of(f"sqlite:///{tmp_path / 'd.db'}") == {"d.db[people]": ROWS}


def test_a_heading_over_two_lines_and_a_cell_with_a_line_end(tmp_path):
    (tmp_path / "a.csv").write_text('"first\nname",b\n"x\ny",2\n', encoding="utf-8")
    (dataset,) = datasets_of(str(tmp_path / "a.csv"))
    assert dataset.columns == ("first\nname", "b")
    assert cells_of(tmp_path / "a.csv") == {"a.csv": [("x\ny", "2")]}


def test_two_columns_of_one_name(tmp_path):
    (tmp_path / "a.csv").write_text("a,a\n1,2\n", encoding="utf-8")
    assert cells_of(tmp_path / "a.csv") == {"a.csv": [("1", "2")]}


def test_a_heading_alone_is_a_table_without_rows(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n", encoding="utf-8")
    assert cells_of(tmp_path / "a.csv") == {"a.csv": []}


def test_a_table_is_read_in_pieces(tmp_path):
    pl.DataFrame({"a": range(300_000)}).write_csv(tmp_path / "a.csv")
    (dataset,) = datasets_of(str(tmp_path / "a.csv"))
    sizes = [len(batch.columns[0]) for batch in dataset.batches()]
    assert sum(sizes) == 300_000
    assert max(sizes) <= 65_536


# --- what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \n\n", "is empty"),
        ("a.csv", b"\x7fELF\x00\x01\x02" * 100, "is no text"),
        ("a.csv", b"a,b\n1,\xff\xfe2\n", "not UTF-8"),
        ("a.csv", b"a,b\nsecret1,secret2,secret3\n", "a.csv:2: the row has 3 cells, the headings 2"),
        ("a.csv", b'a,b\n"secret1,2\n', "a.csv"),
        ("a.parquet", b"", "is empty"),
        ("a.parquet", b"PAR1 secret junk", "no Parquet file"),
        ("a.xlsx", b"", "is empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
        ("a.xlsx", b"plain text", "no XLSX workbook"),
        ("a.xlsx", b"PK\x03\x04 and no more", "damaged"),
        ("a.db", b"", "no SQLite database"),
        ("a.db", b"SQLite format 3\x00" + b"\x07" * 500, "perhaps damaged"),
        ("a.docx", b"x", "are not read"),
    ],
)
def test_files_that_are_not_what_they_say(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    message = refusal(tmp_path / name)
    assert says in message
    assert "secret" not in message


def test_a_parquet_file_cut_short(tmp_path, frame):
    frame.write_parquet(tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    assert "damaged" in refusal(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(whole[:20] + b"\xff" * 60 + whole[80:])
    assert "b.parquet" in refusal(tmp_path / "b.parquet")


def test_a_row_that_never_ends(tmp_path):
    (tmp_path / "a.csv").write_bytes(b'a,b\n"' + b"x" * 20_000_000)
    assert "longer than 8 MB" in refusal(tmp_path / "a.csv")


def test_a_workbook_that_unpacks_to_too_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    start = time.process_time()
    assert "more than is read" in refusal(tmp_path / "bomb.xlsx")
    assert time.process_time() - start < 1


def test_a_workbook_whose_parts_are_locked(tmp_path):
    workbook(tmp_path / "a.xlsx")
    content = bytearray((tmp_path / "a.xlsx").read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1  # the flag "encrypted" of the last entry of the directory
    (tmp_path / "a.xlsx").write_bytes(bytes(content))
    assert "protected by a password" in refusal(tmp_path / "a.xlsx")


def test_a_database_that_is_locked(tmp_path, monkeypatch):
    monkeypatch.setattr("serantau.sources.datasets.databases.WAIT_SECONDS", 0.2)
    assert WAIT_SECONDS
    database(tmp_path / "a.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is locked by another program" in refusal(tmp_path / "a.db")
    assert cells_of(tmp_path / "a.db")


def test_a_folder_names_what_it_cannot_read_and_reads_the_rest(tmp_path, frame):
    (tmp_path / "in").mkdir()
    frame.write_csv(tmp_path / "in" / "good.csv")
    (tmp_path / "bad.csv").write_bytes(b"\x00\x01")
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "in" / "good.csv")
    found = list(datasets_of(str(tmp_path)))
    assert [one.name for one in found if isinstance(one, Dataset)] == ["in/good.csv"]
    assert ["bad.csv is no text" in str(one) for one in found if isinstance(one, DatasetError)] == [True]


def test_nothing_to_read(tmp_path):
    assert "holds no file that is read" in refusal(tmp_path)
    assert "neither a file nor a folder" in refusal(tmp_path / "gone.csv")
    assert "are not read; postgresql and sqlite are" in refusal("mysql://user:secret@host/db")


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


def test_tables_of_postgresql_are_read_and_cannot_be_written(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        connection.execute('CREATE TABLE people ("Nric" text, "tel no" bigint, "e-mail" text)')
        for row in ROWS:
            connection.execute("INSERT INTO people VALUES (%s, %s, %s)", (row[0], int(row[1]), row[2]))
        connection.execute('CREATE SCHEMA other; CREATE TABLE other."odd ""name" (a date)')
    assert cells_of(postgres_url) == {"people": ROWS, 'other.odd "name': []}
    with PostgresDatabase(postgres_url)._connect() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("2min",)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM people")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://someone:hunter2secret@127.0.0.1:1/db",
        "postgresql://someone:hunter2secret@127.0.0.1:port/db",
        "postgresql://someone:hunter2secret@127.0.0.1:1/db?hunter2secret=1",
        "postgresql://someone:hunter2%73ecret@127.0.0.1:1/db",
    ],
)
def test_no_message_holds_the_password(address):
    message = refusal(address)
    assert "hunter2" not in message
    assert "127.0.0.1" in message or "no address of a database" in message


def test_a_wrong_password_is_not_repeated(postgres_server):
    address = postgres_server.url().replace(postgres_server.password, "hunter2secret")
    assert "hunter2" not in refusal(address)
