"""Finds the tables of a file, a folder or a database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from serantau.sources.datasets.databases import PostgresDatabase, sqlite_datasets
from serantau.sources.datasets.files import csv_dataset, parquet_dataset
from serantau.sources.datasets.model import Dataset, DatasetError
from serantau.sources.datasets.workbook import xlsx_datasets

READERS: dict[str, Callable[[Path], Iterator[Dataset]]] = {
    ".csv": lambda path: iter([csv_dataset(path)]),
    ".tsv": lambda path: iter([csv_dataset(path)]),
    ".txt": lambda path: iter([csv_dataset(path)]),
    ".parquet": lambda path: iter([parquet_dataset(path)]),
    ".xlsx": xlsx_datasets,
    ".sqlite": sqlite_datasets,
    ".sqlite3": sqlite_datasets,
    ".db": sqlite_datasets,
}
MAX_FILES = 10_000


def datasets_of(target: str) -> Iterator[Dataset | DatasetError]:
    """Every table of a file, a folder or a database.

    A file that cannot be read is an error; in a folder it is named and the others are read.

    Args:
        target: A path, ``sqlite:///path`` or ``postgresql://...``.

    Raises:
        DatasetError: if there is nothing to read.
    """
    scheme, _, rest = target.partition("://")
    if rest:
        yield from _database(scheme, target)
        return
    path = Path(target)
    if path.is_dir():
        yield from _folder(path)
        return
    if not path.is_file():
        raise DatasetError(f"{target} is neither a file nor a folder. Check the path.")
    yield from _file(path)


def _database(scheme: str, target: str) -> Iterator[Dataset]:
    if scheme in {"postgresql", "postgres"}:
        yield from PostgresDatabase(target).datasets()
    elif scheme == "sqlite":
        path = Path(target.removeprefix("sqlite://").removeprefix("/") if target.startswith("sqlite:///") else "")
        if not path.is_file():
            raise DatasetError("There is no such SQLite file. Write sqlite:///folder/file.sqlite3, or the path alone.")
        yield from sqlite_datasets(path)
    else:
        raise DatasetError(
            f"Databases of the kind {scheme[:20]!r} are not read; postgresql and sqlite are. Export the tables as CSV."
        )


def _file(path: Path) -> Iterator[Dataset]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise DatasetError(f"{path.name}: files that end in {path.suffix or 'nothing'} are not read; {known} are.")
    yield from reader(path)


def _folder(folder: Path) -> Iterator[Dataset | DatasetError]:
    paths = sorted(_readable(folder))
    if not paths:
        raise DatasetError(f"{folder} holds no file that is read. Files that end in {', '.join(READERS)} are.")
    if len(paths) > MAX_FILES:
        raise DatasetError(f"{folder} holds more than {MAX_FILES} files. Scan its parts one by one.")
    for path in paths:
        try:
            for dataset in _file(path):
                name = str(path.relative_to(folder).parent / dataset.name)
                yield Dataset(name, dataset.columns, dataset.size, dataset.batches)
        except DatasetError as error:
            yield error


def _readable(folder: Path) -> Iterator[Path]:
    """Files below a folder, without hidden ones and links."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if not name.startswith(".") and path.suffix.lower() in READERS and not path.is_symlink():
                yield path
