"""Cells of a CSV or XLSX file that a person downloaded, each with its place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from serantau.sources.documents import read_bytes, refuse_entities
from serantau.sources.errors import SourceError

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2000


@dataclass(frozen=True)
class Table:
    """Text cells under a header.

    Attributes:
        name: File name, for messages.
        header: Column names, stripped.
        rows: Cells of each row, as many as the header has.
        lines: Line (CSV) or row number (XLSX) of each row.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def place(self, row: int, column: int) -> str:
        """Where a cell stands, as a person finds it: ``file.csv:12, column dataValue``."""
        return f"{self.name}:{self.lines[row]}, column {self.header[column]}"


def read_table(path: Path, *, sheet: str = "", skip: int = 0) -> Table:
    """Read a CSV file (UTF-8) or one sheet of an XLSX file.

    Args:
        path: The file; its first bytes tell which of the two it is.
        sheet: Name of the sheet; empty takes the only one.
        skip: Lines above the header.

    Raises:
        SourceError: if it is too large, damaged, or neither.
    """
    content = read_bytes(path, MAX_BYTES)
    if content.startswith(b"PK\x03\x04"):
        numbered = _xlsx_rows(content, path.name, sheet)
    elif sheet:
        raise SourceError(f"{path.name} is no XLSX file, so it has no sheet {sheet!r}. Leave --sheet out.")
    else:
        numbered = _csv_rows(content, path.name)
    return _table(path.name, numbered[skip:])


def _table(name: str, numbered: Sequence[tuple[int, list[str]]]) -> Table:
    filled = [(line, cells) for line, cells in numbered if any(cells)]
    if not filled:
        raise SourceError(f"{name} has no header. It is empty, or more lines were skipped than it has.")
    header = tuple(filled[0][1])
    while header and not header[-1]:
        header = header[:-1]
    double = sorted({column for column in header if column and header.count(column) > 1})
    if double:
        raise SourceError(f"{name}:{filled[0][0]}: the column {double[0]!r} stands twice. Rename one.")
    rows: list[tuple[str, ...]] = []
    for line, cells in filled[1:]:
        if any(cells[len(header) :]):
            raise SourceError(f"{name}:{line}: more cells than the {len(header)} columns. Check commas and quotes.")
        rows.append(tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells)))
    return Table(name, header, tuple(rows), tuple(line for line, _ in filled[1:]))


def _csv_rows(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{name}: byte {error.start} is not UTF-8. Save the file as CSV UTF-8.") from error
    if "\0" in text:
        raise SourceError(f"{name} holds null bytes; it is no CSV file. Save it as CSV or XLSX.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(rows) > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise SourceError(f"{name} has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns. Cut it down first.")
    except csv.Error as error:
        raise SourceError(f"{name}:{reader.line_num}: this is not CSV ({error}). Check the quotes.") from error
    return rows


def _xlsx_rows(content: bytes, name: str, sheet: str) -> list[tuple[int, list[str]]]:
    import openpyxl

    _check_archive(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            page = _sheet(book, name, sheet)
            rows: list[tuple[int, list[str]]] = []
            for number, cells in enumerate(page.iter_rows(max_col=MAX_COLUMNS), start=1):
                rows.append((number, [_text(cell) for cell in cells]))
                if number > MAX_ROWS:
                    raise SourceError(f"{name} has more than {MAX_ROWS} rows. Cut it down first.")
            return rows
        finally:
            book.close()
    except SourceError:
        raise
    except Exception as error:
        # openpyxl has no common base of errors: a damaged book raises what the damaged place happens to raise.
        raise SourceError(f"{name} is a damaged XLSX file ({error}). Save it again, or as CSV.") from error


def _check_archive(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                limit = MAX_BYTES // 1024**2
                raise SourceError(f"{name} unpacks to more than {limit} MB and was not read. Cut it down first.")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    refuse_entities(archive.read(entry), f"{name}, {entry.filename}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise SourceError(f"{name} is a damaged XLSX file ({error}). Save it again, or as CSV.") from error


def _sheet(book: Any, name: str, sheet: str) -> Any:  # noqa: ANN401  openpyxl is published without types
    names = list(book.sheetnames)
    if not sheet and len(names) == 1:
        return book[names[0]]
    if sheet in names:
        return book[sheet]
    wrong = f"has no sheet {sheet!r}" if sheet else "has several sheets"
    raise SourceError(f"{name} {wrong}: {', '.join(names)}. Name one with --sheet.")


def _text(cell: Any) -> str:  # noqa: ANN401  openpyxl is published without types
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in cell.number_format:
            # Shown as 50 %, held as 0.5: which of the two is meant is not ours to guess, so it stays a text.
            return f"{value * 100:.12g}%"
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()
