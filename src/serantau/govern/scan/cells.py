"""A batch of cells as arrays: bytes, shapes, and numbers without what stands between their parts.

A recogniser looks at millions of cells, so nothing here runs once a cell. The
bytes of a batch lie in one array; a table of 256 entries turns them into
shapes; cells of one shape are rows of a matrix, and a rule is arithmetic on
its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from serantau.base.normalise import SEPARATORS, foreign_digits

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

LONGEST = 96
"""Cells with more bytes than this are text, and have no shape that a number has."""

FEW = 64

_DIGIT, _LETTER, _OTHER = ord("9"), ord("A"), ord("U")


def _tables() -> tuple[Bytes, Bytes, Mask]:
    upper, shape = np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8)
    upper[ord("a") : ord("z") + 1] -= 32
    shape[ord("0") : ord("9") + 1] = _DIGIT
    for first, last in (("A", "Z"), ("a", "z")):
        shape[ord(first) : ord(last) + 1] = _LETTER
    shape[128:] = _OTHER
    between = np.zeros(256, dtype=np.bool_)
    between[[ord(mark) for mark in SEPARATORS if mark.isascii()]] = True
    return upper, shape, between


UPPER, SHAPE, BETWEEN = _tables()


def texts(column: pl.Series) -> pl.Series:
    """The filled cells of a column as text: no blanks at the ends, digits of every script as 0 to 9."""
    found = column.drop_nulls().str.strip_chars()
    found = found.filter(found.str.len_bytes() > 0)
    if (found.str.len_bytes() != found.str.len_chars()).any():
        foreign = found.str.contains(r"[\p{Nd}--0-9]")
        if foreign.any():
            digits = foreign_digits()
            found = found.zip_with(~foreign, found.str.replace_many(list(digits), list(digits.values())))
    return found


def as_text(column: pl.Series) -> pl.Series:
    """A column of any type as text; nested values as JSON."""
    if column.dtype == pl.String:
        return column
    if column.dtype.is_float():
        whole = column.is_not_null() & column.is_finite() & (column == column.round(0)) & (column.abs() < 2.0**53)
        as_whole = column.set(~whole.fill_null(value=False), None).cast(pl.Int64).cast(pl.String)
        return as_whole.fill_null(column.cast(pl.String))
    if column.dtype.is_nested():
        frame = pl.DataFrame({"value": column})
        encoded: pl.Series = frame.select(pl.struct("value").struct.json_encode()).to_series()
        return encoded.set(column.is_null(), None)
    if column.dtype == pl.Binary:
        return column.cast(pl.String, strict=False)
    return column.cast(pl.String, strict=False)


@dataclass(frozen=True)
class Cells:
    """Filled cells of one column.

    Attributes:
        text: The cells, as :func:`texts` gives them.
        gate: Regular expression over shapes; cells of no such shape have none that a recogniser knows. Empty for all.
    """

    text: pl.Series
    gate: str = ""
    _masks: dict[str, Mask | None] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.text)

    @cached_property
    def _buffers(self) -> tuple[Bytes, Rows]:
        array: Any = self.text.to_arrow(compat_level=pl.CompatLevel.oldest())
        _, offsets, data = array.buffers()
        where = np.frombuffer(offsets, np.int64, len(self) + 1, array.offset * 8)
        whole = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
        return UPPER[whole[where[0] : where[-1]]], where - where[0]

    @property
    def bytes(self) -> Bytes:
        """All bytes one after the other, letters in upper case."""
        return self._buffers[0]

    @property
    def offsets(self) -> Rows:
        """Where each cell begins, and where the last one ends."""
        return self._buffers[1]

    @cached_property
    def histogram(self) -> npt.NDArray[np.int64]:
        """How often each of the 256 bytes stands in the batch; counted in pairs, which halves the work."""
        data = self.bytes
        pairs = np.bincount(data[: len(data) // 2 * 2].view(np.uint16), minlength=1 << 16).reshape(256, 256)
        counts: npt.NDArray[np.int64] = pairs.sum(axis=0) + pairs.sum(axis=1)
        if len(data) % 2:
            counts[data[-1]] += 1
        return counts

    @cached_property
    def shapes(self) -> pl.Series:
        """The shape of each cell: ``9`` a digit, ``A`` a letter, ``U`` a byte of another script, or the mark itself."""
        return series_of(SHAPE[self.bytes], self.offsets)

    @cached_property
    def _shapes_known(self) -> tuple[pl.Series, bool]:
        """The different shapes that some recogniser may know, and whether they are all there are."""
        every = self.shapes.unique()
        found = every.filter(every.str.len_bytes() <= LONGEST)
        if self.gate:
            found = _matching(found, self.gate)
        return found, len(found) == len(every)

    @cached_property
    def _shape_codes(self) -> npt.NDArray[np.uint64]:
        return self.shapes.hash(seed=0).to_numpy()

    def with_shape(self, regex: str) -> Mask | None:
        """Which cells have a shape that the pattern matches; None for none of them."""
        if regex not in self._masks:
            self._masks[regex] = self._with_shape(regex)
        return self._masks[regex]

    def _with_shape(self, regex: str) -> Mask | None:
        known, all_of_them = self._shapes_known
        wanted = _matching(known, regex)
        if wanted.is_empty():
            return None
        if all_of_them and len(wanted) == len(known):
            return np.ones(len(self), dtype=np.bool_)
        codes = wanted.hash(seed=0).to_numpy()
        if len(codes) > 16:
            return np.isin(self._shape_codes, codes)
        mask: Mask = self._shape_codes == codes[0]
        for code in codes[1:]:
            mask |= self._shape_codes == code
        return mask

    @cached_property
    def upper(self) -> pl.Series:
        """Each cell in upper case (ASCII letters)."""
        return series_of(self.bytes, self.offsets)

    @cached_property
    def _compact(self) -> tuple[Bytes, Rows]:
        drop = BETWEEN[self.bytes]
        if not drop.any():
            return self.bytes, self.offsets
        kept_before = np.concatenate([[0], np.cumsum(~drop)])
        return self.bytes[~drop], kept_before[self.offsets]

    @cached_property
    def compact(self) -> pl.Series:
        """Each cell in upper case without what stands between the parts of a number."""
        return series_of(*self._compact)

    @cached_property
    def widths(self) -> Rows:
        """Letters, digits and other marks of each cell, without what stands between the parts of a number."""
        return np.diff(self._compact[1])

    def matrix(self, mask: Mask, width: int) -> Bytes:
        """The chosen cells, without what stands between their parts, one row each.

        Args:
            mask: Cells that all have ``width`` letters and digits.
            width: Columns of the matrix.
        """
        data, offsets = self._compact
        if len(data) == width * len(self) and mask.all():
            return data.reshape(-1, width)
        rows: Bytes = np.lib.stride_tricks.sliding_window_view(data, width)[offsets[:-1][mask]]
        return rows


def _matching(shapes: pl.Series, regex: str) -> pl.Series:
    """The shapes that a pattern matches; for a few of them Python is faster than one more query."""
    if len(shapes) > FEW:
        return shapes.filter(shapes.str.contains(regex))
    matches = re.compile(regex).match
    found = [shape for shape in shapes.to_list() if matches(shape)]
    return shapes if len(found) == len(shapes) else pl.Series(found, dtype=pl.String)


def series_of(data: Bytes, offsets: Rows) -> pl.Series:
    """Text that lies in one array of bytes; ``offsets`` says where each cell begins, and where the last one ends."""
    import pyarrow as pa

    array = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found
