"""Reads the records of a file that somebody uploads, and names every cell that is wrong.

A file is taken whole or not at all: the preview shows what it would add, and nothing is saved while a cell is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from serantau.base import suggest
from serantau.facts import Sourced
from serantau.facts.sheets import Limits, Sheet, SheetError, read_file, write_workbook
from serantau.facts.yaml_lines import parse_yaml
from serantau.review.errors import ReviewError
from serantau.review.fields import Field, Widget, fields_of
from serantau.review.kinds import NEVER_GIVEN, Context, FactKind, Raw

UPLOAD = Limits(file_bytes=2 * 1024**2, unpacked_bytes=40 * 1024**2, rows=5_001)
"""Of a file that anybody with an account may send: 5,000 rows and the headings."""
MOST_NAMED = 200
"""Cells that a preview names; the rest are counted."""
_PART = re.compile(r"(\w+)\.(?:(\d{1,2})\.)?(\w+)")


@dataclass(frozen=True)
class BadCell:
    """One cell that cannot be taken.

    Attributes:
        row: Number of the row in the file; the line in a YAML file.
        column: Heading; empty for the row as a whole.
        what: What is wrong.
        fix: What to do.
    """

    row: int
    column: str
    what: str
    fix: str


@dataclass(frozen=True)
class Preview:
    """What a file would add.

    Attributes:
        kind: The kind of fact that it holds.
        rows: The records as text, with the number of the row of each.
        bad: Cells at fault, at most :data:`MOST_NAMED`.
        more: How many further cells are at fault.
    """

    kind: FactKind
    rows: tuple[tuple[int, Raw], ...]
    bad: tuple[BadCell, ...]
    more: int = 0

    @property
    def good(self) -> bool:
        """Whether it can be taken."""
        return bool(self.rows) and not self.bad


def preview(kind: FactKind, name: str, content: bytes, context: Context) -> Preview:
    """Read a file and check each record by itself.

    Args:
        kind: What the file is to hold.
        name: Its name, for messages; the content says what it is.
        content: The file.
        context: The submission.

    Raises:
        ReviewError: if it is no table at all, or too large.
    """
    rows, bad = _yaml(kind, content) if _is_yaml(name, content) else _table(kind, name, content)
    for number, raw in rows:
        _, problems = kind.read(raw, context)
        bad += [BadCell(number, column, what, fix) for column, what, fix in problems]
    order = {name: place for place, name in enumerate(("", *columns_of(kind)))}
    bad.sort(key=lambda one: (one.row, order.get(one.column, len(order))))
    return Preview(kind, tuple(rows), tuple(bad[:MOST_NAMED]), max(0, len(bad) - MOST_NAMED))


def records_of(kind: FactKind, raws: Iterable[Raw], context: Context) -> tuple[Sourced, ...]:
    """Records that were checked before.

    Raises:
        ReviewError: if one of them is wrong after all.
    """
    found = []
    for raw in raws:
        record, problems = kind.read(raw, context)
        if record is None:
            raise ReviewError(f"{kind.title}: {problems[0][1]} {problems[0][2]}".strip())
        found.append(record)
    return tuple(found)


# --- what kind of file -----------------------------------------------------------------------------------------------------


def _is_yaml(name: str, content: bytes) -> bool:
    return name.lower().endswith((".yaml", ".yml")) and not content.startswith(b"PK")


def _yaml(kind: FactKind, content: bytes) -> tuple[list[tuple[int, Raw]], list[BadCell]]:
    if len(content) > UPLOAD.file_bytes:
        raise ReviewError(f"The file is larger than {UPLOAD.file_bytes // 1024**2} MB. Send it in parts.")
    document = parse_yaml("file", content)
    bad = [BadCell(_line(one.where), "", one.what, one.fix) for one in document.problems]
    value = document.value
    if bad:
        return [], bad
    key = kind.key or kind.name.rpartition(".")[2]
    held = value.get(key) if isinstance(value, dict) and list(value) == [key] else None
    if not isinstance(held, list):
        return [], [BadCell(1, "", f"expected one key, {key}:, with a list.", "Put every record under it.")]
    rows: list[tuple[int, Raw]] = []
    for index, raw in enumerate(held[: UPLOAD.rows]):
        number = _line(document.where((key, index)))
        if isinstance(raw, dict):
            rows.append((number, dict(raw)))
        else:
            bad.append(BadCell(number, "", "is no record.", "Write key: value pairs."))
    return rows, bad


def _line(where: str) -> int:
    return int(where.rpartition(":")[2])


def _table(kind: FactKind, name: str, content: bytes) -> tuple[list[tuple[int, Raw]], list[BadCell]]:
    workbook = content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    try:
        sheets = read_file("the file.xlsx" if workbook else "the file.csv", content, UPLOAD)
    except SheetError as error:
        if not error.problems:
            # The name that a browser sends is not believed, so the message speaks of the file.
            raise ReviewError(_OUR_NAME.sub("The file", error.message)) from error
        return [], [_bad_cell(one.where, one.what, one.fix) for one in error.problems]
    filled = [sheet for sheet in sheets if sheet.rows]
    if len(filled) != 1:
        what = f"{name[:80]} has {len(filled)} sheets with rows; one is read."
        raise ReviewError(f"{what} Fill in one sheet, below the headings of the template.")
    sheet = filled[0]
    try:
        sheet = kind.translate(sheet) if kind.translate is not None else sheet
    except SheetError as error:
        return [], [_bad_cell(one.where, one.what, one.fix) for one in error.problems]
    bad = _headings(kind, sheet)
    return [(number, _nested(cells)) for number, cells in sheet.rows], bad


_OUR_NAME = re.compile(r"^the file\.(csv|xlsx)")
_WHERE = re.compile(r"row (\d+)(?:, column '(.*)')?")


def _bad_cell(where: str, what: str, fix: str) -> BadCell:
    match = _WHERE.search(where)
    return BadCell(int(match[1]), match[2] or "", what, fix) if match else BadCell(1, "", what, fix)


def _headings(kind: FactKind, sheet: Sheet) -> list[BadCell]:
    allowed = {*columns_of(kind), *(kind.supplied - NEVER_GIVEN)}
    stems = {_stem(name) for name in allowed}
    wrong = [heading for heading in sheet.columns if heading not in allowed and _stem(heading) not in stems]
    return [BadCell(1, name, "is no heading of this table.", suggest(name, columns_of(kind))) for name in wrong]


def _stem(heading: str) -> tuple[str, str]:
    match = _PART.fullmatch(heading)
    return (match[1], match[3]) if match else (heading, "")


def _nested(cells: dict[str, str]) -> Raw:
    """Cells with headings such as ``evidence.1.title`` as records in lists."""
    raw: Raw = {}
    lists: dict[str, dict[int, Raw]] = {}
    for heading, cell in cells.items():
        match = _PART.fullmatch(heading)
        if match is None:
            raw[heading] = cell
        elif match[2] is None:
            raw.setdefault(match[1], {})[match[3]] = cell
        else:
            lists.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = cell
    return raw | {name: [records[number] for number in sorted(records)] for name, records in lists.items()}


# --- the template --------------------------------------------------------------------------------------------------------------


def columns_of(kind: FactKind) -> tuple[str, ...]:
    """Headings of a kind's table."""
    return tuple(heading for one in fields_of(kind) for heading in _columns(one))


def _columns(one: Field) -> list[str]:
    if one.widget is not Widget.RECORDS:
        return [one.name]
    between = "" if one.single else "1."
    return [f"{one.name}.{between}{part.name}" for part in one.parts if part.widget is not Widget.RECORDS]


def template(kind: FactKind) -> bytes:
    """A workbook to fill in: what each column means, and the empty table."""
    lines = [kind.title, "", "One row a record. Leave a cell empty where nothing is known. No formulas, no macros."]
    for one in fields_of(kind):
        words = f" Words: {', '.join(one.choices)}." if one.choices else ""
        must = "must be filled in" if one.required else "may stay empty"
        lines.append(f"{', '.join(_columns(one))}: {one.help}{words} ({must})".replace(":  ", ": "))
        if one.widget is Widget.RECORDS and not one.single:
            lines.append(f"    For a second one, add the columns {one.name}.2.{one.parts[0].name} and so on.")
        if one.widget is Widget.DATE:
            lines.append("    As precise as it is known: 2026, 2026-01 or 2026-01-31, written as text.")
    return write_workbook(lines, {kind.name.rpartition(".")[2]: (columns_of(kind), [])})
