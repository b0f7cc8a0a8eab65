"""A whole table: its columns side by side, every row or a seeded share of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from serantau.govern.scan.column import ColumnScan
from serantau.govern.scan.model import Finding
from serantau.govern.scan.recognisers import Recognisers

BLOCK = 65_536


class Sampler:
    """Keeps a share of rows. Row ``k`` is kept or not whatever the batches, since each block has its own draws."""

    def __init__(self, share: float, seed: int) -> None:
        """Keep about ``share`` of all rows (0 to 1)."""
        self._share, self._seed, self._next = share, seed, 0

    def keep(self, rows: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of the next rows are kept."""
        first, last = self._next, self._next + rows
        self._next = last
        blocks = range(first // BLOCK, -(-last // BLOCK))
        draws = [np.random.Generator(np.random.Philox(key=[self._seed, block])).random(BLOCK) for block in blocks]
        start = blocks.start * BLOCK
        drawn = np.concatenate(draws)[first - start : last - start] if draws else np.zeros(0)
        kept: np.ndarray[tuple[int], np.dtype[np.bool_]] = drawn < self._share
        return kept


class TableScan:
    """Counts a table batch by batch; memory does not grow with its rows."""

    def __init__(
        self, recognisers: Recognisers, table: str, columns: Sequence[str], sampler: Sampler | None = None
    ) -> None:
        """Start with nothing counted.

        Args:
            recognisers: What is looked for.
            table: Its name.
            columns: Its headings.
            sampler: Which rows to look at; None for every row.
        """
        self._columns = [ColumnScan(recognisers, table, name) for name in columns]
        self._sampler = sampler
        self.rows = 0

    def add(self, columns: Sequence[pl.Series]) -> None:
        """Count some rows.

        Args:
            columns: One series for each heading, all of one length.
        """
        if not columns:
            return
        if self._sampler is not None:
            kept = pl.Series(self._sampler.keep(len(columns[0])))
            columns = [column.filter(kept) for column in columns]
        self.rows += len(columns[0])
        for scan, column in zip(self._columns, columns, strict=True):
            scan.add(column)

    def findings(self) -> tuple[Finding, ...]:
        """What each column holds."""
        return tuple(scan.finding() for scan in self._columns)
