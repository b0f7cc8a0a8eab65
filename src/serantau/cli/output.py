"""Prints an answer as a table for people, or as JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

import click

FORMATS = ("table", "json", "csv")
NOTHING = "-"
PIPE_WIDTH = 100
"""Columns of a table that goes to a file or a pipe, where no terminal says how wide it is."""

NARROWEST = 8
"""No text column is squeezed below this many characters."""

Row = Mapping[str, object]
Column = tuple[str, str] | tuple[str, str, Callable[[Any], str]]
"""Key of the rows, heading of the table and, if wanted, how the table shows a value."""

_META = "serantau.question."
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_GAP = 2


def emit(
    rows: Sequence[Row],
    format: str,
    columns: Sequence[Column] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    edition: str = "",
) -> None:
    """Print an answer.

    Args:
        rows: One mapping a row. A value is text, a number, a Boolean, a date, an Enum, None (not known), or a
            list of such.
        format: ``table``, ``json`` or ``csv``.
        columns: What the table shows, in order; all keys if not given. JSON and CSV hold all keys, under the keys.
        title: Over the table.
        notes: Sentences under the table, and in JSON.
        edition: Label of the edition of the facts.
    """
    if format == "json":
        click.echo(json_text(rows, notes=notes, edition=edition))
    elif format == "csv":
        click.echo(csv_text(rows, columns), nl=False)
    else:
        click.echo(table_text(rows, columns, title=title, notes=notes, edition=edition))


def ask_with(name: str, day: date | None) -> None:
    """Remember a time of the question (``as_of`` or ``known``) for the head of the answer."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta[_META + name] = day


def asked_with(name: str) -> date | None:
    """The time remembered, or None."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_META + name)


# --- JSON --------------------------------------------------------------------------------------------------------------


def json_text(rows: Sequence[Row], *, notes: Sequence[str] = (), edition: str = "") -> str:
    """One object with ``edition``, ``as_of``, ``known``, ``rows`` and ``notes``; None and NaN are null."""
    answer = {
        "edition": edition or None,
        "as_of": plain(asked_with("as_of")),
        "known": plain(asked_with("known")),
        "rows": [{key: plain(value) for key, value in row.items()} for row in rows],
        "notes": list(notes),
    }
    everything = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    return json.dumps(answer, ensure_ascii=not everything, indent=2, allow_nan=False)


def plain(value: object) -> object:
    """The value in JSON's own types."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return plain(value.item()) if hasattr(value, "item") else str(value)


# --- CSV ---------------------------------------------------------------------------------------------------------------


def csv_text(rows: Sequence[Row], columns: Sequence[Column] | None = None) -> str:
    """Comma-separated, header first, lines ended by CRLF (RFC 4180).

    Text that a spreadsheet would run as a formula gets a leading apostrophe;
    numbers stay numbers; what is not known is empty.
    """
    keys = _keys(rows, columns, every=True)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_csv_cell(key) for key in keys])
    writer.writerows([_csv_cell(plain(row.get(key))) for key in keys] for row in rows)
    return out.getvalue()


def _csv_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = _in_words(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _in_words(value: object) -> str:
    """Lists and mappings, as JSON has them, in one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_in_words(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(_in_words(item) for item in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)


# --- tables ------------------------------------------------------------------------------------------------------------


def table_text(
    rows: Sequence[Row],
    columns: Sequence[Column] | None = None,
    *,
    title: str = "",
    notes: Sequence[str] = (),
    edition: str = "",
    width: int | None = None,
) -> str:
    """The answer for people: title, table, notes, and the edition and times it holds for."""
    limit = width or output_width()
    blocks = [_wrapped(title, limit)] if title else []
    blocks.append(grid(rows, columns, limit) if rows else "Nothing to show.")
    if notes:
        blocks.append("\n".join(_wrapped(note, limit) for note in notes))
    if last := footer(edition):
        blocks.append(_wrapped(last, limit))
    return "\n\n".join(blocks)


def grid(rows: Sequence[Row], columns: Sequence[Column] | None = None, width: int | None = None) -> str:
    """The table alone, folded to the width: headings, a rule, one or more lines a row."""
    limit = width or output_width()
    shown = columns or tuple((key, key) for key in _keys(rows, None, every=True))
    heads = [column[1] for column in shown]
    cells = [[_table_cell(row.get(column[0]), column) for column in shown] for row in rows]
    right = [all(_is_number(row.get(column[0])) for row in rows) for column in shown]
    widths = _fit([heads, *cells], right, limit)
    rule = ["-" * width for width in widths]
    lines = [heads, rule, *cells]
    return "\n".join(_table_line(line, widths, right) for line in lines)


def _table_line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """One row: each cell folded to its width, as many lines as the longest needs."""
    folded = [_fold(cell, width).split("\n") for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, folded))
    padded = [
        [part.rjust(width) if flush else part.ljust(width) for part in (cell + [""] * height)[:height]]
        for cell, width, flush in zip(folded, widths, right, strict=True)
    ]
    return "\n".join((" " * _GAP).join(parts).rstrip() for parts in zip(*padded, strict=True))


def clean(text: str) -> str:
    """Text without the control characters that could drive a terminal or turn the line around."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\t", " "))


def output_width() -> int:
    """Columns to print in: what COLUMNS or the terminal says, else 100."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return max(40, int(said))
    if not sys.stdout.isatty():
        return PIPE_WIDTH
    return max(40, shutil.get_terminal_size().columns)


def signed(value: float, decimals: int = 1) -> str:
    """A change with its sign; nil has none.

    >>> signed(4.04), signed(-0.04), signed(-2.0)
    ('+4.0', '0.0', '-2.0')
    """
    text = f"{value:+,.{decimals}f}"
    return text[1:] if float(text.replace(",", "")) == 0 else text


def paragraph(text: str, indent: str = "") -> str:
    """The text folded to the width, later lines indented."""
    return _wrapped(text, output_width(), indent)


def _table_cell(value: object, column: Column) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if len(column) == 3:
        return clean(column[2](value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return clean(_in_words(plain(value))) or NOTHING


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _fit(lines: Sequence[Sequence[str]], fixed: Sequence[bool], limit: int) -> list[int]:
    """Widths of the columns: as wide as their text, the widest text columns squeezed until the table fits.

    First between words; a word, an id among them, is cut only where that does not do.
    """
    columns = list(zip(*lines, strict=True))
    widths = [max(max(map(len, cell.split("\n"))) for cell in column) for column in columns]
    words = [max((len(word) for cell in column for word in cell.split()), default=1) for column in columns]
    for least in (words, [NARROWEST] * len(columns)):
        floors = [
            width if number else min(width, max(word, NARROWEST))
            for width, word, number in zip(widths, least, fixed, strict=True)
        ]
        _squeeze(widths, floors, limit)
    return [max(1, width) for width in widths]


def _squeeze(widths: list[int], floors: Sequence[int], limit: int) -> None:
    """Make the widest column one narrower, in place, until the table fits or every column is at its floor."""
    excess = sum(widths) + _GAP * (len(widths) - 1) - limit
    while excess > 0:
        loose = [place for place, width in enumerate(widths) if width > floors[place]]
        if not loose:
            return
        widths[max(loose, key=widths.__getitem__)] -= 1
        excess -= 1


class _Folder(textwrap.TextWrapper):
    """Folds between words and, within an id, after an underscore rather than anywhere."""

    wordsep_re = re.compile(r"(\s+|(?<=\w_)(?=\w)|(?<=[^\W\d]-)(?=[^\W\d]))")


def _fold(text: str, width: int) -> str:
    parts = text.split("\n")
    if all(len(part) <= width for part in parts):
        return text
    return "\n".join("\n".join(_Folder(width).wrap(part) or [""]) for part in parts)


def _wrapped(text: str, limit: int, indent: str = "") -> str:
    lines = clean(text).split("\n")
    return "\n".join(
        textwrap.fill(line, limit, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def footer(edition: str) -> str:
    """The edition and the times that an answer holds for."""
    parts = [f"edition {edition}"] if edition else []
    as_of, known = asked_with("as_of"), asked_with("known")
    if as_of is not None:
        parts += [f"as of {as_of}", f"known {known}" if known else "newest knowledge"]
    return ", ".join(parts)


def _keys(rows: Sequence[Row], columns: Sequence[Column] | None, *, every: bool) -> list[str]:
    keys = dict.fromkeys(column[0] for column in columns or ())
    if every:
        for row in rows:
            keys.update(dict.fromkeys(row))
    return list(keys)
