"""Tables as files: CSV that no spreadsheet runs, and JSON that says where every figure is from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters with which a spreadsheet begins a formula, also in their full-width forms."""

BETWEEN = "; "
Row = Mapping[str, object]


def csv_bytes(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    r"""Comma-separated values (RFC 4180) in UTF-8: header first, lines ended by CRLF, nothing for what is not known.

    Text that a spreadsheet would run as a formula begins with an apostrophe; numbers stay numbers.

    >>> csv_bytes(["a", "b"], [{"a": "=1+1", "b": -1.5}, {"a": None, "b": ("x", "y")}])
    b"a,b\r\n'=1+1,-1.5\r\n,x; y\r\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue().encode()


def cell(value: object) -> object:
    """A value as a cell: numbers as they are, everything else as text that is not run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value if value == value else ""  # noqa: PLR0124 - only NaN differs from itself
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def plain_value(value: object) -> object:
    """A value for a file that knows kinds of values: numbers and truth values stay, nothing stays nothing."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(value) or None


def _text(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return BETWEEN.join(f"{_text(name)}: {_text(item)}" for name, item in value.items())
    if isinstance(value, Iterable):
        return BETWEEN.join(_text(item) for item in value)
    return str(value)
