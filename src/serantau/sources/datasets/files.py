"""Comma-separated text and Parquet, streamed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from serantau.sources.datasets.model import Batch, Dataset, DatasetError, batch_rows, check_columns

BLOCK = 8 * 1024**2
"""Bytes of a CSV file that are read at once; no row may be longer."""

HEAD = 256 * 1024
DELIMITERS = ",;\t|"
MAX_GROUP = 4 * 1024**3
"""Unpacked bytes of a Parquet row group; a larger one would have to be held whole."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


# --- CSV -----------------------------------------------------------------------------------------------------------------


def csv_dataset(path: Path) -> Dataset:
    """A CSV file: UTF-8 or UTF-16, with a comma, semicolon, tab or bar between its cells.

    Raises:
        DatasetError: if it is empty, binary, or not text.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip():
        raise DatasetError(f"{path.name} is empty. A table has a row of headings and rows of cells.")
    encoding = "utf-16" if head[:2] in _UTF16 else "utf-8"
    text = _head_text(path.name, head, encoding)
    delimiter = _delimiter(text)
    columns = _headings(path.name, text, delimiter)
    check_columns(path.name, columns)
    size = path.stat().st_size
    return Dataset(path.name, columns, size, lambda: _csv_batches(path, columns, delimiter, encoding))


def _head_text(name: str, head: bytes, encoding: str) -> str:
    if encoding == "utf-8" and b"\0" in head:
        raise DatasetError(f"{name} is no text: it holds bytes that text does not have. Check what the file really is.")
    try:
        return head.decode(encoding, "strict").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 4:  # a letter cut in two at the end of the head
            return head[: error.start].decode(encoding).removeprefix("\ufeff")
        raise DatasetError(f"{name}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from error


def _delimiter(text: str) -> str:
    """The mark that the first line has most of, outside quotes."""
    line = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(DELIMITERS, key=line.count)


def _headings(name: str, text: str, delimiter: str) -> tuple[str, ...]:
    try:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise DatasetError(f"{name}:1: the headings are no CSV ({error}). Check the quotes.") from error
    return tuple(heading.strip() or f"column {number}" for number, heading in enumerate(first, start=1))


def _csv_batches(path: Path, columns: tuple[str, ...], delimiter: str, encoding: str) -> Iterator[Batch]:
    refused: list[str] = []

    def refuse(row: Any) -> str:  # noqa: ANN401 - pyarrow publishes no type for it
        where = f"{path.name}:{row.number + 1}" if row.number is not None else path.name
        refused.append(f"{where}: the row has {row.actual_columns} cells, the headings {row.expected_columns}")
        return "error"

    names = [f"c{number}" for number in range(len(columns))]
    with path.open("rb") as stream:
        try:
            reader = pc.open_csv(
                _after_heading(stream, columns, delimiter, encoding),
                read_options=pc.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names, encoding=encoding),
                parse_options=pc.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse, ignore_empty_lines=True
                ),
                convert_options=pc.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
                ),
            )
            for record in reader:
                for part in _slices(record, batch_rows(len(columns))):
                    yield Batch(_series(part), stream.tell())
        except pa.ArrowInvalid as error:
            if not refused and "Empty CSV file" in str(error):
                return
            raise DatasetError(_csv_message(path.name, refused, str(error))) from None


def _after_heading(stream: BinaryIO, columns: tuple[str, ...], delimiter: str, encoding: str) -> Any:  # noqa: ANN401
    """The stream behind its row of headings, which may go over several lines."""
    head = _head_text("", stream.read(HEAD), encoding)
    count = _CountedLines(head)
    next(csv.reader(count, delimiter=delimiter), columns)
    start = head[: count.taken].encode(encoding)
    stream.seek(0)
    if encoding == "utf-8":
        stream.seek(len(start) + (3 if stream.read(3) == b"\xef\xbb\xbf" else 0))
        return stream
    # The mark at the beginning says how the rest is to be read, and stays there.
    rest = io.BytesIO(stream.read(2))
    stream.seek(len(start))
    return _Chained(rest, stream)


class _CountedLines:
    """Lines of a text, and how many of its characters they took."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.taken = 0

    def __iter__(self) -> _CountedLines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken += len(line)
        return line


class _Chained(io.RawIOBase):
    """One stream after another."""

    def __init__(self, *streams: BinaryIO) -> None:
        self._streams = list(streams)

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read from the first stream that still has something."""
        while self._streams:
            data = self._streams[0].read(size)
            if data:
                return data
            self._streams.pop(0)
        return b""


def _csv_message(name: str, refused: list[str], error: str) -> str:
    """What went wrong, without the cells that the library puts into its message."""
    if refused:
        return f"{refused[0]}. Check commas and quotes; nothing was reported."
    if "UTF8" in error or "utf" in error.lower():
        return f"{name} holds bytes that are not UTF-8. Save the file as UTF-8."
    if "straddl" in error:
        return (
            f"{name}: a row is longer than {BLOCK // 1024**2} MB. Check the quotes: one that is not closed joins rows."
        )
    return f"{name} is no table of comma-separated cells. Check what the file really is."


# --- Parquet --------------------------------------------------------------------------------------------------------------


def parquet_dataset(path: Path) -> Dataset:
    """A Parquet file.

    Raises:
        DatasetError: if it is none, or is damaged.
    """
    file = open_parquet(path)
    with file:
        columns = tuple(file.schema_arrow.names)
        rows = file.metadata.num_rows
    check_columns(path.name, columns)
    return Dataset(path.name, columns, rows, lambda: _parquet_batches(path, len(columns)))


def open_parquet(path: Path, dictionary: list[str] | None = None) -> pq.ParquetFile:
    """Open a Parquet file.

    Args:
        path: The file.
        dictionary: Columns to read as codes and dictionary.

    Raises:
        DatasetError: if it is none, is damaged, or a row group is too large to be held.
    """
    if not path.stat().st_size:
        raise DatasetError(f"{path.name} is empty. It was perhaps not written to its end.")
    try:
        file = pq.ParquetFile(path, read_dictionary=dictionary, pre_buffer=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise DatasetError(f"{path.name} is no Parquet file, or is damaged. Write it again.") from error
    groups = (file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups))
    if max(groups, default=0) > MAX_GROUP:
        file.close()
        raise DatasetError(
            f"{path.name} has a row group of more than {MAX_GROUP // 1024**3} GB. Write it with smaller row groups."
        )
    return file


def _parquet_batches(path: Path, columns: int) -> Iterator[Batch]:
    done = 0
    with open_parquet(path) as file:
        try:
            for record in file.iter_batches(batch_size=batch_rows(columns), use_threads=False):
                done += record.num_rows
                yield Batch(_series(record), done)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, pl.exceptions.PolarsError) as error:
            raise DatasetError(f"{path.name} is damaged after row {done}. Write it again.") from error


def _slices(record: pa.RecordBatch, rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, record.num_rows, rows):
        yield record.slice(start, rows)


def _series(record: pa.RecordBatch) -> tuple[pl.Series, ...]:
    """The columns by place: two of them may have one name."""
    renamed = record.rename_columns([str(number) for number in range(record.num_columns)])
    frame = pl.from_arrow(renamed)
    assert isinstance(frame, pl.DataFrame)
    return tuple(frame.get_columns())
