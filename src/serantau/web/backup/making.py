"""Makes a backup while the site runs, and opens it again before it is called one."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from serantau import __version__
from serantau.ledger import Frontier
from serantau.web.backup.container import FORMAT, UPLOADS, Manifest, Writer, new_file, opened, write_manifest
from serantau.web.backup.databases import (
    check_sqlite,
    check_tables,
    migrations,
    snapshot,
    write_sqlite,
    write_tables,
)
from serantau.web.backup.errors import BackupError
from serantau.web.ledger import store
from serantau.web.ledger.append import frontier_of


def make_backup(path: Path, now: datetime) -> Manifest:
    """Write everything people did here to a file: the database and what they uploaded; no keys and no secrets.

    The file appears under its name only after it was read again: every part compared with its digest, and the ledger in
    it checked leaf by leaf.

    Args:
        path: The new file.
        now: The time.

    Returns:
        What the backup holds.

    Raises:
        BackupError: if there is such a file, or what was written does not hold.
    """
    if path.exists():
        raise BackupError(f"{path} is there already, and a backup is never overwritten. Choose another name.")
    with new_file(path) as draft, TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            writer = Writer(archive)
            described = _write_database(writer, Path(folder))
            _write_uploads(writer)
            manifest = Manifest(
                FORMAT, __version__, now.isoformat(), connection.vendor, **described, parts=writer.parts
            )
            write_manifest(archive, manifest)
        found = _checked(draft, Path(folder))
        if found:
            raise BackupError("What was written does not hold, so no backup was made: " + " ".join(found))
    return manifest


def _write_database(writer: Writer, folder: Path) -> dict[str, object]:
    if connection.vendor == "sqlite":
        # Described from the copy, as the database goes on changing.
        file = write_sqlite(writer, folder)
        return _of_copy(file)
    with snapshot():
        write_tables(writer)
        return _described()


def _described() -> dict[str, object]:
    frontier, newest = store.frontier(), store.newest_head()
    return {
        "migrations": migrations(),
        "events": frontier.size,
        "root": frontier.root().hex(),
        "head": newest.note if newest else "",
    }


def _of_copy(file: Path) -> dict[str, object]:
    import sqlite3

    held = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        applied = held.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        tree = held.execute("SELECT size, peaks FROM serantau_ledger_tree").fetchone()
        head = held.execute("SELECT note FROM serantau_ledger_head ORDER BY id DESC LIMIT 1").fetchone()
    finally:
        held.close()
    frontier = frontier_of(*tree) if tree else Frontier()
    return {
        "migrations": [f"{app}.{name}" for app, name in applied],
        "events": frontier.size,
        "root": frontier.root().hex(),
        "head": head[0] if head else "",
    }


def _write_uploads(writer: Writer) -> None:
    """After the database: whatever it names was there before, and is not changed once it is."""
    folder = settings.SERANTAU_UPLOADS
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            writer.file(UPLOADS + path.relative_to(folder).as_posix(), path)


def _checked(path: Path, folder: Path) -> list[str]:
    with opened(path) as (archive, _):
        if connection.vendor == "postgresql":
            return check_tables(archive)
        copy = Path(archive.extract("database.sqlite3", folder / "again"))
        return check_sqlite(copy)
