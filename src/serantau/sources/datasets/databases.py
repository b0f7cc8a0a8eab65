"""Tables of SQLite and PostgreSQL, read only, in pieces, with a limit on time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import polars as pl

from serantau.sources.datasets.model import Batch, Dataset, DatasetError, batch_rows, check_columns

WAIT_SECONDS = 10
STATEMENT_SECONDS = 120
_SQLITE_MAGIC = b"SQLite format 3\x00"

# --- SQLite --------------------------------------------------------------------------------------------------------------


def sqlite_datasets(path: Path) -> Iterator[Dataset]:
    """Every table of an SQLite file.

    Raises:
        DatasetError: if it is none, is damaged, or is locked.
    """
    with path.open("rb") as stream:
        if stream.read(16) != _SQLITE_MAGIC:
            raise DatasetError(f"{path.name} is no SQLite database. Check what the file really is.")
    with _sqlite(path) as connection:
        names = _ask(path, connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        tables = [str(name) for (name,) in names if not str(name).startswith("sqlite_")]
        found = []
        for table in tables:
            columns = tuple(str(row[1]) for row in _ask(path, connection, f"PRAGMA table_info({_quoted(table)})"))
            count = f"SELECT COUNT(*) FROM {_quoted(table)}"  # noqa: S608 - the name is quoted
            found.append((table, columns, int(next(iter(_ask(path, connection, count)))[0])))
    for table, columns, rows in found:
        name = f"{path.name}[{table}]"
        check_columns(name, columns)
        yield Dataset(name, columns, rows, _sqlite_reader(path, table, columns))


def _sqlite(path: Path) -> closing[sqlite3.Connection]:
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    except sqlite3.Error as error:
        raise _sqlite_error(path, error) from error
    return closing(connection)


def _ask(path: Path, connection: sqlite3.Connection, statement: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(statement).fetchall()
    except sqlite3.Error as error:
        raise _sqlite_error(path, error) from error


def _sqlite_reader(path: Path, table: str, columns: Sequence[str]) -> Callable[[], Iterator[Batch]]:
    # Whole numbers that were stored as floating point are written without their point, as everywhere else.
    cells = ", ".join(
        f"CASE typeof({_quoted(name)}) WHEN 'real' THEN printf('%.15g', {_quoted(name)}) WHEN 'blob' THEN NULL "
        f"ELSE CAST({_quoted(name)} AS TEXT) END"
        for name in columns
    )
    statement = f"SELECT {cells} FROM {_quoted(table)}"  # noqa: S608 - the names are quoted

    def batches() -> Iterator[Batch]:
        done = 0
        with _sqlite(path) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            try:
                cursor = connection.execute(statement)
                while rows := cursor.fetchmany(batch_rows(len(columns))):
                    done += len(rows)
                    yield _batch(rows, done)
            except sqlite3.Error as error:
                raise _sqlite_error(path, error) from error

    return batches


def _sqlite_error(path: Path, error: sqlite3.Error) -> DatasetError:
    if "locked" in str(error) or "busy" in str(error):
        return DatasetError(
            f"{path.name} is locked by another program, and still was after {WAIT_SECONDS} seconds. Close that program "
            "or copy the file."
        )
    return DatasetError(f"{path.name} cannot be read as a database: {str(error)[:120]}. It is perhaps damaged.")


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


class PostgresDatabase:
    """A PostgreSQL database, asked in transactions that cannot write."""

    def __init__(self, address: str) -> None:
        """Take the address; nothing is asked yet.

        Raises:
            DatasetError: if it is no address.
        """
        self._address = address
        try:
            parts = urlsplit(address)
            self._password = parts.password or ""
            host = f"{parts.hostname or 'localhost'}{f':{parts.port}' if parts.port else ''}"
            self.label = f"{host}/{parts.path.lstrip('/')}"
        except ValueError:
            # The message of the library would repeat the address, and with it the password.
            raise DatasetError(
                "This is no address of a database. Write postgresql://user:password@host:port/database; percent-encode "
                "marks in the password, or leave it out and set PGPASSWORD."
            ) from None

    def datasets(self) -> Iterator[Dataset]:
        """Every table that the user of the address may read.

        Raises:
            DatasetError: if the database cannot be reached or asked.
        """
        import psycopg

        try:
            with self._connect() as connection:
                found = connection.execute(_TABLES).fetchall()
        except psycopg.Error as error:
            raise self._error(error) from None
        tables: dict[tuple[str, str], list[str]] = {}
        sizes: dict[tuple[str, str], int] = {}
        for schema, table, column, rows in found:
            tables.setdefault((schema, table), []).append(column)
            sizes[schema, table] = max(int(rows), 0)
        for (schema, table), columns in tables.items():
            name = table if schema == "public" else f"{schema}.{table}"
            check_columns(name, tuple(columns))
            yield Dataset(name, tuple(columns), sizes[schema, table], self._reader(schema, table, columns))

    def _connect(self) -> Any:  # noqa: ANN401 - psycopg is loaded where it is used
        import psycopg

        options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
        return psycopg.connect(
            self._address, connect_timeout=WAIT_SECONDS, options=options, application_name="serantau govern scan"
        )

    def _reader(self, schema: str, table: str, columns: Sequence[str]) -> Callable[[], Iterator[Batch]]:
        def batches() -> Iterator[Batch]:
            import psycopg
            from psycopg import sql

            cells = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
            statement = sql.SQL("SELECT {} FROM {}").format(cells, sql.Identifier(schema, table))
            done, size = 0, batch_rows(len(columns))
            try:
                with self._connect() as connection, connection.cursor("serantau_scan") as cursor:
                    cursor.itersize = size
                    cursor.execute(statement)
                    while rows := cursor.fetchmany(size):
                        done += len(rows)
                        yield _batch(rows, done)
            except psycopg.Error as error:
                raise self._error(error) from None

        return batches

    def _error(self, error: Exception) -> DatasetError:
        text = " ".join(str(error).split())[:240]
        for secret in {self._password, unquote(self._password)}:
            if secret:
                text = text.replace(secret, "***")
        if "timeout" in text and "statement" in text:
            return DatasetError(f"{self.label}: a question took longer than {STATEMENT_SECONDS} seconds and was ended.")
        return DatasetError(
            f"{self.label} cannot be read: {text.rstrip('.')}. Check the address, the user and the net."
        )


_TABLES = """
SELECT n.nspname, c.relname, a.attname, c.reltuples::bigint
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum
"""


# --- both ----------------------------------------------------------------------------------------------------------------


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _batch(rows: Sequence[tuple[str | None, ...]], done: int) -> Batch:
    columns = zip(*rows, strict=True)
    return Batch(tuple(pl.Series(column, dtype=pl.String) for column in columns), done)
