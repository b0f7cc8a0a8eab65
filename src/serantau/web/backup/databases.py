"""Copies a whole database out of, and into, SQLite and PostgreSQL.

SQLite: its own backup interface, which gives a consistent file while others write. PostgreSQL: ``COPY`` of every table
within one read-only snapshot. Procrastinate's tables are left out: they say who is told of which job, which is worked
out again.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from serantau.web.backup.container import BLOCK, SQLITE, TABLES, Manifest, Writer
from serantau.web.backup.errors import BackupError
from serantau.web.ledger.checking import check
from serantau.web.ledger.models import Epoch, Event, Head, Key, Tree

NOT_OURS = "procrastinate_"
LEDGER = tuple(model._meta.db_table for model in (Event, Tree, Head, Key, Epoch))  # noqa: SLF001 - Django's way to it
ALIAS = "backup"


# --- SQLite ----------------------------------------------------------------------------------------------------------------


def write_sqlite(writer: Writer, folder: Path) -> Path:
    """Copy the database to a file of its own, and that into the backup; the file."""
    target = folder / SQLITE
    connection.ensure_connection()
    copy = sqlite3.connect(target)
    try:
        connection.connection.backup(copy)
        # The copy is one file, without a journal beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
    writer.file(SQLITE, target)
    return target


def check_sqlite(path: Path) -> list[str]:
    """Open a file as the site would, and check it and its ledger."""
    held = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        (state,) = held.execute("PRAGMA integrity_check").fetchone()
        foreign = held.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return [f"The database in the backup cannot be read: {error}."]
    finally:
        held.close()
    if state != "ok" or foreign is not None:
        return [f"The database in the backup is damaged: {state if state != 'ok' else 'a row points nowhere'}."]
    with _as_database(path) as alias:
        return check(alias)


@contextmanager
def _as_database(path: Path) -> Iterator[str]:
    """Name a file so that the models can be asked of it."""
    connections.databases[ALIAS] = {**connections.databases["default"], "NAME": str(path), "OPTIONS": {}}
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]


# --- PostgreSQL --------------------------------------------------------------------------------------------------------------


@contextmanager
def snapshot() -> Iterator[None]:
    """On PostgreSQL, one state of all tables for as long as the block takes; writers are not kept waiting."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def tables() -> list[str]:
    """The tables of the site."""
    with connection.cursor() as cursor:
        found = connection.introspection.table_names(cursor)
    return [name for name in found if not name.startswith(NOT_OURS)]


def write_tables(writer: Writer) -> None:
    """Copy every table into the backup; called within :func:`snapshot`."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in tables():
            with (
                writer.part(f"{TABLES}{table}.csv") as target,
                cursor.copy(f"COPY {quote(table)} TO STDOUT (FORMAT csv, HEADER)") as rows,
            ):
                for block in rows:
                    target.write(bytes(block))


def check_tables(archive: zipfile.ZipFile) -> list[str]:
    """Load the ledger's tables from the backup into temporary ones of the same names, and check those."""
    quote = connection.ops.quote_name
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in LEDGER:
                # A temporary table is found before one of the same name that is not.
                cursor.execute(f"CREATE TEMPORARY TABLE {quote(table)} (LIKE public.{quote(table)}) ON COMMIT DROP")
                _copy_in(archive, table, f"pg_temp.{quote(table)}")
        found = check()
        transaction.set_rollback(True)
    return found


def read_tables(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Replace the content of every table by that of the backup, in the transaction that is open.

    Raises:
        BackupError: if the backup has other tables than this database.
    """
    held = {name.removeprefix(TABLES).removesuffix(".csv") for name in _names(manifest) if name.startswith(TABLES)}
    ours = set(tables())
    if held != ours:
        differ = ", ".join(sorted(held ^ ours)[:5])
        raise BackupError(
            f"The backup has other tables than this program ({differ}). Restore it with the program that made it."
        )
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        every = [*ours, *(name for name in connection.introspection.table_names(cursor) if name.startswith(NOT_OURS))]
        cursor.execute(f"TRUNCATE {', '.join(map(quote, every))}")
        for table in sorted(ours):
            _copy_in(archive, table, quote(table))
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)


def _copy_in(archive: zipfile.ZipFile, table: str, target: str) -> None:
    """Fill a table; the names of its columns stand in the first line, so their order does not matter."""
    name = f"{TABLES}{table}.csv"
    with archive.open(name) as stream:
        columns = stream.readline().decode("utf-8").strip().split(",")
    quoted = ", ".join(connection.ops.quote_name(column.strip('"')) for column in columns)
    with (
        archive.open(name) as stream,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {target} ({quoted}) FROM STDIN (FORMAT csv, HEADER)") as rows,
    ):
        while block := stream.read(BLOCK):
            rows.write(block)


def _names(manifest: Manifest) -> list[str]:
    return [part.name for part in manifest.parts]


# --- both --------------------------------------------------------------------------------------------------------------------


def migrations(of: BaseDatabaseWrapper = connection) -> list[str]:
    """The migrations that were applied, as ``application.name``."""
    with of.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall() if app != "procrastinate"]


def read_sqlite(archive: zipfile.ZipFile, target: Path) -> None:
    """Put the backup's file in the place of the database. Nobody may have it open."""
    with TemporaryDirectory(dir=target.parent, prefix=".restore-") as folder:
        draft = Path(archive.extract(SQLITE, folder))
        draft.chmod(0o600)
        for journal in (f"{target}-wal", f"{target}-shm", f"{target}-journal"):
            Path(journal).unlink(missing_ok=True)
        draft.replace(target)
