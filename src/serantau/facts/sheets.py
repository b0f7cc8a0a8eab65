"""Reads the tables that an office sends (XLSX, CSV) as text, and writes the template for them.

What comes in is text in cells, and only that: formulas, macros, links to
other files and entities are refused, sizes are limited before anything is
unpacked, and dates that a spreadsheet made of text are turned back.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from serantau.base import Problem, SerantauError

MAX_PARTS = 500
MAX_COLUMNS = 60
MAX_CELL = 4_000
MAX_PROBLEMS = 500
"""Cells named in one answer; nobody reads more, and a hostile file could hold a million."""
GUIDE = "read me"
"""Name of the sheet of the template that explains the others; it is skipped when a file is read."""

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_PIECE = 64 * 1024


class SheetError(SerantauError):
    """A table that cannot be taken; carries every cell at fault."""


@dataclass(frozen=True)
class Limits:
    """How much is read of one file.

    Attributes:
        file_bytes: Size of the file as it comes.
        unpacked_bytes: Size of all parts of a workbook together, unpacked.
        rows: Number of the last row that is read.
    """

    file_bytes: int
    unpacked_bytes: int
    rows: int


OFFICE = Limits(file_bytes=10 * 1024**2, unpacked_bytes=100 * 1024**2, rows=10_000)
"""For a file that the keeper of a region's facts was handed."""


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Attributes:
        name: Name of the sheet, or of the CSV file without its ending.
        columns: Headings of the first row.
        rows: For each further row that is not empty, its number and its cells by heading; empty cells are left out.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_file(name: str, content: bytes, limits: Limits = OFFICE) -> tuple[Sheet, ...]:
    """Read an XLSX or CSV file.

    Args:
        name: Name of the file; its ending says what it is, and for CSV the rest names the sheet.
        content: The file.
        limits: How much is read.

    Raises:
        SheetError: if it is neither, too large, damaged, or holds what is not text; every such cell is named.
    """
    if not content:
        raise SheetError(f"{name} is empty. Fill in the template and send that.")
    if len(content) > limits.file_bytes:
        raise SheetError(f"{name} is larger than {limits.file_bytes // 1024**2} MB. Send the sheets in several files.")
    stem, _, ending = name.rpartition(".")
    if ending.lower() == "csv":
        return (_read_csv(stem.replace("\\", "/").rpartition("/")[2], content, limits),)
    if ending.lower() == "xlsx":
        return _read_workbook(name, content, limits)
    what = "Macros are not read. " if ending.lower() == "xlsm" else ""
    raise SheetError(f"{name} is neither .xlsx nor .csv. {what}Save it as an Excel workbook (.xlsx) or as CSV.")


# --- CSV ---------------------------------------------------------------------------------------------------------------


def _read_csv(name: str, content: bytes, limits: Limits) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"{name}.csv: byte {error.start} is not UTF-8. Save the file as CSV UTF-8.") from error
    if "\x00" in text:
        raise SheetError(f"{name}.csv holds a zero byte: it is no CSV file. Save it as CSV UTF-8.")
    reader = csv.reader(io.StringIO(text), strict=True)
    problems: list[Problem] = []
    try:
        lines = [(reader.line_num, _csv_cells(name, reader.line_num, cells, problems)) for cells in reader]
    except csv.Error as error:
        where = f"{name}.csv line {reader.line_num}"
        raise SheetError(f"{where} is not CSV: {error}. Check the quotes at this line.") from error
    return _table(name, lines, problems, limits)


def _csv_cells(name: str, line: int, cells: Sequence[str], problems: list[Problem]) -> list[str]:
    for index, cell in enumerate(cells):
        if cell.startswith("="):
            problems.append(Problem(_where(name, line, index), "is a formula.", "Write its value."))
    return [cell.strip() for cell in cells]


# --- XLSX --------------------------------------------------------------------------------------------------------------


def _read_workbook(name: str, content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    unpacked = _unpacked(name, content, limits)
    import openpyxl

    try:
        book = openpyxl.load_workbook(unpacked, read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        # openpyxl raises whatever the broken part happens to break: KeyError, ValueError, ParseError, ...
        raise SheetError(f"{name} is damaged and cannot be read as .xlsx. Save it again and send that.") from error
    problems: list[Problem] = []
    sheets: list[Sheet] = []
    try:
        for worksheet in book.worksheets:
            if worksheet.title.strip().lower() != GUIDE:
                title = worksheet.title.strip()
                sheets.append(_table(title, _worksheet_rows(title, worksheet, problems), problems, limits, stop=False))
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(f"{name} is damaged and cannot be read as .xlsx. Save it again and send that.") from error
    finally:
        book.close()
    _refuse(name, problems)
    return tuple(sheets)


def _unpacked(name: str, content: bytes, limits: Limits) -> io.BytesIO:
    """The workbook with its parts unpacked: what reads it next cannot be made to unpack more than is allowed.

    The sizes that an archive states may be lies, so they are checked first and counted while reading.
    """
    if content.startswith(_OLE):
        raise SheetError(f"{name} is an old or password-protected workbook. Save it as .xlsx without a password.")
    if not content.startswith(_ZIP):
        raise SheetError(f"{name} is no .xlsx file, whatever its name says. Save it as an Excel workbook (.xlsx).")
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as plain:
            parts = archive.infolist()
            _check_sizes(name, len(parts), sum(part.file_size for part in parts), limits)
            total = 0
            for part in parts:
                read = _read_part(archive, part, limits.unpacked_bytes - total)
                total += len(read)
                _check_sizes(name, len(parts), total, limits)
                _check_part(name, part.filename, read)
                plain.writestr(part.filename, read)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise SheetError(f"{name} is damaged: {error}. Save it again and send that.") from error
    out.seek(0)
    return out


def _check_sizes(name: str, parts: int, unpacked: int, limits: Limits) -> None:
    if parts > MAX_PARTS or unpacked > limits.unpacked_bytes:
        raise SheetError(
            f"{name} unpacks to {unpacked // 1024**2} MB in {parts} parts; at most "
            f"{limits.unpacked_bytes // 1024**2} MB in {MAX_PARTS} are read. Copy the tables into a new workbook."
        )


def _read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    """One part, a little at a time: a single read would unpack a lying part whole before it is cut."""
    out = bytearray()
    with archive.open(part) as stream:
        while len(out) <= most and (piece := stream.read(_PIECE)):
            out += piece
    return bytes(out)


def _check_part(name: str, part: str, content: bytes) -> None:
    lower = part.lower()
    if lower.endswith(".bin") and "vba" in lower:
        raise SheetError(f"{name} holds macros, which are not read. Save it as a workbook without macros (.xlsx).")
    if lower.startswith("xl/externallinks/"):
        raise SheetError(f"{name} takes values from other files. Paste the values in their place.")
    xml = lower.endswith((".xml", ".rels"))
    if xml and (b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]):
        raise SheetError(f"{name} declares XML entities, which no spreadsheet needs. It was not read.")


def _worksheet_rows(name: str, worksheet: Any, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401
    worksheet.reset_dimensions()  # a sheet may claim a million columns; only what it holds counts
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        yield number, [_cell_text(name, number, index, cell, problems) for index, cell in enumerate(cells)]


def _cell_text(name: str, row: int, index: int, cell: Any, problems: list[Problem]) -> str:  # noqa: ANN401
    value = cell.value
    if value is None:
        return ""
    where = _where(name, row, index)
    if cell.data_type == "f":
        problems.append(Problem(where, "is a formula.", "Paste its value in its place."))
        return ""
    if cell.data_type == "e":
        problems.append(Problem(where, f"holds the error {value}.", "Write the value, or leave it empty."))
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if (value.hour, value.minute, value.second) != (0, 0, 0):
            problems.append(Problem(where, f"holds a time of day ({value}).", "Write the date alone."))
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# --- both --------------------------------------------------------------------------------------------------------------


def _table(
    name: str, lines: Iterable[tuple[int, list[str]]], problems: list[Problem], limits: Limits, *, stop: bool = True
) -> Sheet:
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in lines:
        if number > limits.rows:
            raise SheetError(f"{name}: more than {limits.rows} rows. Send them in several files.")
        if len(problems) > MAX_PROBLEMS:
            break
        if not any(cells):
            continue
        if header is None:
            header = _header(name, number, cells, problems)
        else:
            rows.append((number, _by_heading(name, number, header, cells, problems)))
    if stop:
        _refuse(name, problems)
    return Sheet(name, header or (), tuple(rows))


def _header(name: str, number: int, cells: list[str], problems: list[Problem]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise SheetError(f"{name}: {len(cells)} columns; the template has fewer than {MAX_COLUMNS}.")
    for index, heading in enumerate(cells):
        if not heading:
            problems.append(Problem(_where(name, number, index), "has no heading.", "Write it, or delete the column."))
        elif heading in cells[:index]:
            problems.append(Problem(_where(name, number, index), f"repeats the heading {heading!r}.", "Keep one."))
    return tuple(cells)


def _by_heading(
    name: str, number: int, header: tuple[str, ...], cells: list[str], problems: list[Problem]
) -> dict[str, str]:
    for index, cell in enumerate(cells):
        if cell and index >= len(header):
            problems.append(Problem(_where(name, number, index), "stands outside the table.", "Delete it."))
        if len(cell) > MAX_CELL:
            problems.append(
                Problem(_where(name, number, index), f"is longer than {MAX_CELL} characters.", "Shorten it.")
            )
    return {heading: cell for heading, cell in zip(header, cells, strict=False) if cell}


def _refuse(name: str, problems: list[Problem]) -> None:
    if problems:
        raise SheetError(f"{name} was not taken; {len(problems)} of its cells cannot be read.", problems)


def place(sheet: str, row: int, column: str = "") -> str:
    """Where something stands, for a message."""
    return f"sheet {sheet!r}, row {row}" + (f", column {column!r}" if column else "")


def _where(name: str, row: int, index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return place(name, row, letters)


def write_workbook(
    guide: Sequence[str], sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, str]]]]
) -> bytes:
    """Write a workbook of text.

    Args:
        guide: Lines of the first sheet, which explains the others.
        sheets: For each further sheet, its headings and its rows.

    Returns:
        The file.
    """
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)

    def text(worksheet: Any, value: str, *, bold: bool = False) -> Any:  # noqa: ANN401
        cell = WriteOnlyCell(worksheet, value=value)
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.number_format = "@"  # so that a spreadsheet keeps 2021-01 as it is
        if bold:
            cell.font = Font(bold=True)
        return cell

    first = book.create_sheet(GUIDE)
    first.column_dimensions["A"].width = 120
    for line in guide:
        first.append([text(first, line)])
    for name, (columns, rows) in sheets.items():
        worksheet = book.create_sheet(name)
        worksheet.freeze_panes = "A2"
        worksheet.append([text(worksheet, column, bold=True) for column in columns])
        for row in rows:
            worksheet.append([text(worksheet, row[column]) if row.get(column) else None for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
