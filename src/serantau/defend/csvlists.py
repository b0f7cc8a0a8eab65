"""Lists of indicators as CSV: in by a mapping of columns, out as block lists that no spreadsheet runs.

A list is a snapshot: what stands on it is meant now. So an indicator made of a line is valid for some days from when it
was read and is renewed while its value stays listed; what is taken off the list is left to expire.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from serantau.base import Problem
from serantau.base.observables import HASH_LENGTHS, refanged
from serantau.defend.clearance import pattern_of, stamp
from serantau.defend.errors import DefendError
from serantau.defend.keys import TYPES, key_of
from serantau.defend.model import ObservableKey, Tlp
from serantau.defend.tlp import MARKINGS

NAMESPACE = uuid.UUID("b1a0a8d2-44a7-4d3e-8f57-2d1d4a4c6c2e")
"""Of the names ``<feed>|<type>|<value>``, from which the identifiers of indicators follow."""

MOST_LINES = 200_000
MOST_PROBLEMS = 50
LONGEST_CELL = 4096

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters with which a spreadsheet begins a formula, also in their full-width forms."""

COLUMNS = ("type", "value", "tlp", "first_added", "id")
_LENGTHS = {length: name for name, length in HASH_LENGTHS.items()}
_HEX = re.compile(r"[0-9a-fA-F]+")
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a list has what.

    Attributes:
        value: Name of the column of the value, or its number from 1.
        type: One of :data:`serantau.defend.keys.TYPES` for the whole list; empty where each value is looked at.
        when: Column of when it was first seen, or empty.
        confidence: Column of the confidence, 0 to 100, or empty.
        separator: What stands between cells.
        header: Whether the first line names the columns.
    """

    value: str = "1"
    type: str = ""
    when: str = ""
    confidence: str = ""
    separator: str = ","
    header: bool = False

    def __post_init__(self) -> None:
        """Refuse what names nothing.

        Raises:
            DefendError: saying what is wrong.
        """
        if self.type and self.type not in TYPES:
            raise DefendError(f"{self.type!r} is no type of value. Known are: {', '.join(TYPES)}.")
        if len(self.separator) != 1 or self.separator in '"\r\n':
            raise DefendError("Cells are separated by one character: a comma, a semicolon or a tab.")
        for name in (self.value, self.when, self.confidence):
            if name and not self.header and not (name.isdecimal() and 0 < int(name) <= 1000):
                raise DefendError(f"The list has no header, so {name!r} is no column: give its number from 1.")
        if not self.value:
            raise DefendError("Say which column has the value.")


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of a list says.

    Attributes:
        key: What is listed.
        when: When it was first seen, if the list says so.
        confidence: 0 to 100, if the list says so.
    """

    key: ObservableKey
    when: datetime | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A list that was read.

    Attributes:
        lines: Each key once, in the order of the list.
        problems: Lines that name no thing; at most :data:`MOST_PROBLEMS`.
        refused: How many such lines there are in all.
    """

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    refused: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list is from, and how its indicators are to be.

    Attributes:
        id: Of the feed: its indicators have identifiers of their own.
        name: What sources are called.
        light: The label; None leaves it to the collection.
        days: How long an indicator is valid.
        address: Where the list is, or empty.
    """

    id: str
    name: str
    light: Tlp | None = None
    days: int = 30
    address: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The version of an indicator that is stored already.

    Attributes:
        created, modified: As the object says.
    """

    created: datetime
    modified: datetime


# --- in -----------------------------------------------------------------------------------------------------------------


def read_list(raw: bytes, columns: Columns) -> Read:
    r"""Read a list; empty lines and those that begin with ``#`` or ``;`` are comments.

    >>> read_list(b"# bad\n198.51.100.1\nhxxp://evil[.]example/\n", Columns()).lines[1].key.value
    'http://evil.example/'

    Raises:
        DefendError: if it is no text, has too many lines, or lacks a column.
    """
    text = _text(raw)
    places: dict[str, int] | None = None if columns.header else {}
    found: dict[ObservableKey, Line] = {}
    problems: list[Problem] = []
    refused = 0
    for number, cells in _rows(text, columns.separator):
        if places is None:
            places = _places(cells, columns)
            continue
        line = _line(cells, columns, places)
        if line is not None:
            found.setdefault(line.key, line)
            continue
        refused += 1
        if len(problems) < MOST_PROBLEMS:
            shown = _cell(cells, columns.value, places)[:60]
            problems.append(Problem(f"line {number}", f"{shown!r} names no thing that is compared."))
    return Read(tuple(found.values()), tuple(problems), refused)


def indicator_id(source: Source, key: ObservableKey) -> str:
    """The identifier of the indicator of a value: the same each time the list is read."""
    return f"indicator--{uuid.uuid5(NAMESPACE, f'{source.id}|{key.type}|{key.value}')}"


def write_indicator(source: Source, line: Line, now: datetime, held: Held | None = None) -> bytes | None:
    """The indicator of a line, or None where the one that is stored is good for some time yet.

    Args:
        source: Where the list is from.
        line: What it says.
        now: The time.
        held: What is stored of it.
    """
    if held is not None and now < held.modified + timedelta(days=source.days) / 2:
        return None
    created = now if held is None else held.created
    data: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": indicator_id(source, line.key),
        "created": stamp(created),
        "modified": stamp(now),
        "pattern": pattern_of([line.key]),
        "pattern_type": "stix",
        "valid_from": stamp(min(line.when or created, now)),
        "valid_until": stamp(now + timedelta(days=source.days)),
        "external_references": [{"source_name": source.name, **({"url": source.address} if source.address else {})}],
    }
    if line.confidence is not None:
        data["confidence"] = line.confidence
    if source.light is not None:
        data["object_marking_refs"] = [MARKINGS[source.light]]
    return orjson.dumps(data)


def guess(value: str) -> ObservableKey | None:
    """The key of a value whose type nobody said: by its form, the strictest first.

    >>> [guess(text).type for text in ("http://a.example", "198.51.100.0/24", "a@b.example", "0" * 64, "a.example")]
    ['url', 'ipv4-addr', 'email-addr', 'file-sha256', 'domain-name']
    """
    if "://" in value:
        return key_of("url", value)
    if _HEX.fullmatch(value) and len(value) in _LENGTHS:
        return key_of(f"file-{_LENGTHS[len(value)]}", value)
    if value.startswith("+"):
        return key_of("phone-number", value)
    order = ("email-addr",) if "@" in value else ("ipv4-addr", "domain-name", "iban", "wallet")
    return next((key for kind in order if (key := key_of(kind, value)) is not None), None)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefendError(f"The list is not UTF-8: byte {error.start} cannot stand there. Save it as UTF-8.") from None


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that say something, with the number of their line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if reader.line_num > MOST_LINES:
                raise DefendError(f"The list has more than {MOST_LINES} lines. Give it in parts.")
            if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith(("#", ";")):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DefendError(f"Line {reader.line_num} of the list is no CSV: {error}.") from None


def _places(header: list[str], columns: Columns) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    places = {}
    for name in (columns.value, columns.when, columns.confidence):
        if not name:
            continue
        if name.strip().casefold() in names:
            places[name] = names.index(name.strip().casefold())
        elif not name.isdecimal():
            raise DefendError(f"The list has no column {name!r}. It has: {', '.join(header)[:300]}.")
    return places


def _cell(cells: list[str], name: str, places: dict[str, int]) -> str:
    at = places.get(name, int(name) - 1 if name.isdecimal() else -1) if name else -1
    if not 0 <= at < len(cells):
        return ""
    # An apostrophe is what guards against formulas put before a value, here as in our own lists.
    return cells[at].strip().removeprefix("'")


def _line(cells: list[str], columns: Columns, places: dict[str, int]) -> Line | None:
    value = refanged(_cell(cells, columns.value, places))
    if not value or len(value) > LONGEST_CELL:
        return None
    key = key_of(columns.type, value) if columns.type else guess(value)
    if key is None:
        return None
    stated = _cell(cells, columns.confidence, places)
    confidence = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) <= 3 else None
    if confidence is not None and confidence > 100:
        confidence = None
    return Line(key, _when(_cell(cells, columns.when, places)), confidence)


def _when(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text[:40])
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- out ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """One value of a block list.

    Attributes:
        key: What it is.
        light: Its label.
        at: When it was first added, as far as the reader may know.
        id: Identifier of the object that says so.
    """

    key: ObservableKey
    light: Tlp
    at: datetime
    id: str


def write_rows(listed: Iterable[Listed]) -> Iterator[bytes]:
    r"""A block list as CSV (RFC 4180), line by line, the header first.

    Text that a spreadsheet would run as a formula begins with an apostrophe; a telephone number in E.164 form is none.

    >>> one = Listed(ObservableKey("email-addr", "=a@b.example"), Tlp.GREEN, datetime(2026, 1, 2, tzinfo=UTC), "indicator--1")
    >>> list(write_rows([one]))[1]
    b"email-addr,'=a@b.example,TLP:GREEN,2026-01-02T00:00:00Z,indicator--1\r\n"
    """
    yield _csv(COLUMNS)
    for one in listed:
        when = one.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        yield _csv((one.key.type, one.key.value, one.light.label, when, one.id))


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet runs.

    >>> safe_cell("=1+1"), safe_cell("+66812345678"), safe_cell("a")
    ("'=1+1", '+66812345678', 'a')
    """
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) and not _E164.fullmatch(text) else text


def _csv(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()
