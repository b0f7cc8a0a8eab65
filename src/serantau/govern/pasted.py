"""A small inventory as text: read, decided in memory, and forgotten."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from serantau.base import Problem, suggest
from serantau.govern.bulk import COLUMNS, BulkError, Gather, plan_bulk
from serantau.govern.flow import DECISIONS, Decision
from serantau.govern.table import DecisionTable, Reason

MOST_BYTES = 300_000
MOST_ROWS = 1_000
MOST_CELL = 200
ID = "id"


@dataclass(frozen=True)
class Decided:
    """One row and its answer.

    Attributes:
        line: Line of the text.
        id: What the row calls itself; empty if it does not.
        cells: Its other cells by column.
        decision: The decision.
        reason: Why.
    """

    line: int
    id: str
    cells: Mapping[str, str]
    decision: Decision
    reason: Reason


def decide_text(table: DecisionTable, text: str, fixed: Mapping[str, str]) -> tuple[Decided, ...]:
    """Decide every row of a small table.

    Args:
        table: The law of a day.
        text: CSV with a row of headings: columns of an inventory of transfers, and ``id`` if wanted.
        fixed: One value for each column that the text lacks.

    Raises:
        BulkError: with every problem of every line.
    """
    rows = _rows(text)
    held = tuple(name for name in rows[0][1] if name != ID)
    columns = {name: [cells[name] for _, cells in rows] for name in held}
    plan = plan_bulk(table, columns, fixed)
    problems = [
        Problem(f"line {line}", plan.wrong[name, cells[name]].what, plan.wrong[name, cells[name]].fix)
        for line, cells in rows
        for name in held
        if (name, cells[name]) in plan.wrong
    ]
    if problems:
        raise BulkError(f"{len(problems)} cells hold what nobody knows; nothing was decided.", problems)
    if not plan.columns:
        raise BulkError("The table has no column of an inventory. Name its columns in the first line.")
    decision, reason = Gather(plan).decide({name: _coded(columns[name]) for name in plan.columns})
    return tuple(
        Decided(line, cells.get(ID, ""), cells, DECISIONS[decision[place]], plan.reasons[reason[place]])
        for place, (line, cells) in enumerate(rows)
    )


def _coded(values: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], tuple[str, ...]]:
    words = sorted(set(values))
    places = {word: place for place, word in enumerate(words)}
    return np.array([places[value] for value in values], dtype=np.int32), tuple(words)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """Line and cells of each row.

    Raises:
        BulkError: if the text is empty, too large or no table.
    """
    if not text.strip():
        raise BulkError("The table is empty. Its first line names the columns: origin, destination, data, ...")
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise BulkError(f"The table is larger than {MOST_BYTES // 1000} kB. `serantau govern bulk` takes any size.")
    if "\0" in text:
        raise BulkError("The table is no text. Save it as CSV.")
    try:
        rows = list(_read(text))
    except csv.Error as error:
        raise BulkError(f"The table is no CSV ({error}). Check the quotes.") from error
    if not rows:
        raise BulkError("The table has headings and no row.")
    return rows


def _read(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.lstrip("\ufeff \r\n").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    heading = [cell.strip().lower() for cell in next(reader)]
    wrong = [name for name in heading if name not in (*COLUMNS, ID)]
    if wrong or len(set(heading)) < len(heading):
        name = wrong[0] if wrong else next(name for name in heading if heading.count(name) > 1)
        why = "is no column of an inventory" if wrong else "stands twice"
        raise BulkError(f"The heading {name[:40]!r} {why}. {suggest(name, (*COLUMNS, ID)) if wrong else ''}".strip())
    for number, cells in enumerate(reader):
        if not any(cell.strip() for cell in cells):
            continue
        if number >= MOST_ROWS:
            raise BulkError(f"The table has more than {MOST_ROWS:,} rows. `serantau govern bulk` takes any number.")
        if len(cells) != len(heading):
            raise BulkError(
                f"Line {reader.line_num} has {len(cells)} cells, the headings {len(heading)}. Check the commas."
            )
        if any(len(cell) > MOST_CELL for cell in cells):
            raise BulkError(f"Line {reader.line_num} has a cell of more than {MOST_CELL} letters. Check the quotes.")
        yield reader.line_num, {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
