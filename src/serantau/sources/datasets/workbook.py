"""Workbooks (XLSX), sheet by sheet, row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from serantau.sources.datasets.model import Batch, Dataset, DatasetError, batch_rows, check_columns

MAX_UNPACKED = 2 * 1024**3
MAX_STRINGS = 256 * 1024**2
"""Unpacked bytes of the table of texts, which is held whole."""

MAX_RATIO = 200
MAX_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def xlsx_datasets(path: Path) -> Iterator[Dataset]:
    """Every sheet of a workbook that has a cell.

    Raises:
        DatasetError: if it is no workbook, is protected, or unpacks to more than is read.
    """
    _look(path)
    with _opened(path) as book:
        names = [sheet.title for sheet in book.worksheets]
    for name in names:
        columns = _columns(path, name)
        if columns:
            label = f"{path.name}[{name}]"
            check_columns(label, columns)
            yield Dataset(label, columns, 0, _reader(path, name, len(columns)))


def _look(path: Path) -> None:
    """Look at the archive before anything is unpacked."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if not head:
        raise DatasetError(f"{path.name} is empty. It was perhaps not saved to its end.")
    if head == _OLE:
        raise DatasetError(
            f"{path.name} is protected by a password, or is a workbook of the old kind (.xls). Save it as an XLSX "
            "workbook without a password."
        )
    if head != _ZIP:
        raise DatasetError(f"{path.name} is no XLSX workbook. Check what the file really is.")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise DatasetError(f"{path.name} is damaged. Save it again.") from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    texts = max((part.file_size for part in parts if part.filename.endswith("sharedStrings.xml")), default=0)
    if any(part.flag_bits & 1 for part in parts):
        raise DatasetError(f"{path.name} is protected by a password. Save it without one.")
    bomb = unpacked > 50 * 1024**2 and unpacked / packed > MAX_RATIO
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or texts > MAX_STRINGS or bomb:
        raise DatasetError(
            f"{path.name} unpacks to {unpacked // 1024**2} MB, more than is read from a workbook. Save its tables as CSV."
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A workbook, read-only.

    Raises:
        DatasetError: if it is damaged; also where that shows only while it is read.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that no cell's value depends on
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, OSError, EOFError) as error:
        raise DatasetError(f"{path.name} is damaged, or is no workbook. Save it again.") from error


def _columns(path: Path, sheet: str) -> tuple[str, ...]:
    with _opened(path) as book:
        first = next(book[sheet].iter_rows(values_only=True), ())
    cells = [_text(value) for value in first]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple((cell or "").strip() or f"column {number}" for number, cell in enumerate(cells, start=1))


def _reader(path: Path, sheet: str, width: int) -> Any:  # noqa: ANN401 - a function without arguments
    def batches() -> Iterator[Batch]:
        done = 0
        with _opened(path) as book:
            rows = book[sheet].iter_rows(min_row=2, max_col=width, values_only=True)
            while chunk := list(islice(rows, batch_rows(width))):
                done += len(chunk)
                cells = ([_text(row[place]) if place < len(row) else None for row in chunk] for place in range(width))
                yield Batch(tuple(pl.Series(column, dtype=pl.String) for column in cells), done)

    return batches


def _text(value: object) -> str | None:
    """A cell as text; whole numbers without the point that a spreadsheet gives them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)
