"""A table that can be read in batches, whatever it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serantau.base import SerantauError

if TYPE_CHECKING:
    import polars as pl


class DatasetError(SerantauError):
    """A file or database cannot be read. The message never holds a cell, nor the password of a database."""


@dataclass(frozen=True)
class Batch:
    """Some rows.

    Attributes:
        columns: One series for each column, in the order of the table.
        done: How much of the table has been read with it, in the table's own ``size``.
    """

    columns: tuple[pl.Series, ...]
    done: int


@dataclass(frozen=True)
class Dataset:
    """One table.

    Attributes:
        name: File, sheet or table.
        columns: Headings.
        size: How much there is to read, for a progress bar: bytes or rows; 0 if not known.
        batches: Reads it from the start, a batch at a time.
    """

    name: str
    columns: tuple[str, ...]
    size: int
    batches: Callable[[], Iterator[Batch]]


MAX_COLUMNS = 5_000
BATCH_CELLS = 1_000_000
"""About so many cells are in memory at once."""

MOST_ROWS = 65_536


def batch_rows(columns: int) -> int:
    """Rows of a batch of a table with so many columns."""
    return max(256, min(MOST_ROWS, BATCH_CELLS // max(columns, 1)))


def check_columns(name: str, columns: tuple[str, ...]) -> None:
    """Refuse a table without a heading, or with more columns than a table has.

    Raises:
        DatasetError: if so.
    """
    if not columns:
        raise DatasetError(f"{name} has no column. The first row holds the headings.")
    if len(columns) > MAX_COLUMNS:
        raise DatasetError(f"{name} has {len(columns)} columns; at most {MAX_COLUMNS} are read.")
