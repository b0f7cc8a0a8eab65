"""A batch of transmitters from a CSV table."""

from __future__ import annotations

import csv
import io

import msgspec

from serantau.base import Problem, suggest
from serantau.spectrum.coordination.model import Transmitter
from serantau.spectrum.errors import SpectrumError

MOST = 20_000
MOST_BYTES = 32 * 1024 * 1024


def read_transmitters(content: bytes) -> tuple[Transmitter, ...]:
    """Read the table: a header with the names of the fields, one transmitter a row, empty for what is left out.

    Raises:
        SpectrumError: with every wrong row and field; nothing is taken.
    """
    if len(content) > MOST_BYTES:
        raise SpectrumError(f"The table of transmitters is larger than {MOST_BYTES // 1024**2} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpectrumError(
            f"The table of transmitters is not UTF-8 (byte {error.start}). Save it as UTF-8."
        ) from error
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise SpectrumError(f"The table of transmitters, line {reader.line_num}, is no CSV: {error}.") from error
    if len(rows) < 2:
        raise SpectrumError("The table of transmitters is empty. Write a header line and one row for each.")
    if len(rows) - 1 > MOST:
        raise SpectrumError(f"The table has {len(rows) - 1:,} transmitters; {MOST:,} are the most in one run.")
    header = [cell.strip() for cell in rows[0][1]]
    _check_header(header)
    problems: list[Problem] = []
    found = [_row(header, cells, line, problems) for line, cells in rows[1:]]
    _check_ids([(one, line) for one, (line, _) in zip(found, rows[1:], strict=True) if one is not None], problems)
    if problems:
        raise SpectrumError("The table of transmitters cannot be used; nothing was taken.", problems)
    return tuple(one for one in found if one is not None)


def _check_header(header: list[str]) -> None:
    fields = {field.name: field.required for field in msgspec.structs.fields(Transmitter)}
    problems = [
        Problem("header", f"{name!r} is no field of a transmitter.", suggest(name, fields))
        for name in header
        if name not in fields
    ]
    problems += [Problem("header", f"{name!r} stands twice.") for name in sorted(set(header)) if header.count(name) > 1]
    problems += [
        Problem("header", f"the field {name!r} is missing.")
        for name, required in fields.items()
        if required and name not in header
    ]
    if problems:
        raise SpectrumError("The header of the table of transmitters is not right.", problems)


def _row(header: list[str], cells: list[str], line: int, problems: list[Problem]) -> Transmitter | None:
    if len(cells) != len(header):
        problems.append(Problem(f"line {line}", f"{len(cells)} cells, the header has {len(header)}."))
        return None
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    try:
        return msgspec.convert(given, Transmitter, strict=False)
    except msgspec.ValidationError:
        before = len(problems)
        for field in msgspec.structs.fields(Transmitter):
            _check_field(field, given, line, problems)
        assert len(problems) > before  # a row that is refused has a field that is
        return None


def _check_field(field: msgspec.structs.FieldInfo, given: dict[str, str], line: int, problems: list[Problem]) -> None:
    where = f"line {line}, {field.name}"
    if field.name not in given:
        if field.required:
            problems.append(Problem(where, "the cell is empty.", "Write a value."))
        return
    try:
        msgspec.convert(given[field.name], field.type, strict=False)
    except msgspec.ValidationError as error:
        swapped = ""
        if field.name == "latitude" and _is_angle(given[field.name]) and _is_angle(given.get("longitude", "")):
            swapped = "Latitude and longitude look swapped."
        what = str(error).replace("`float`", "a number").replace("`str`", "text")
        problems.append(Problem(where, f"{given[field.name][:40]!r}: {what}.", swapped))


def _is_angle(text: str) -> bool:
    try:
        return abs(float(text)) <= 180
    except ValueError:
        return False


def _check_ids(rows: list[tuple[Transmitter, int]], problems: list[Problem]) -> None:
    seen: dict[str, int] = {}
    for one, line in rows:
        if not one.id.isprintable():
            problems.append(Problem(f"line {line}, id", f"{one.id[:40]!r} holds a character that cannot be seen."))
        if one.id in seen:
            problems.append(Problem(f"line {line}, id", f"{one.id!r} stands at line {seen[one.id]} too."))
        seen.setdefault(one.id, line)
