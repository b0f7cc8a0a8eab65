"""Restores a backup, and lets the ledger go on in an epoch that says so."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from serantau.ledger import LedgerError
from serantau.ledger.heads import unverified_head
from serantau.web.backup.container import SQLITE, UPLOADS, Manifest, opened
from serantau.web.backup.databases import check_sqlite, check_tables, migrations, read_sqlite, read_tables
from serantau.web.backup.errors import BackupError
from serantau.web.jobs.models import Job, Lease, State
from serantau.web.jobs.port import hand_over
from serantau.web.ledger import store
from serantau.web.ledger.guard import writes_permitted
from serantau.web.ledger.models import Event
from serantau.web.ledger.services import begin_epoch
from serantau.web.ledger.signing import copy_of_head, sign

UNSENT = (
    "The ledger was restored from a backup; this mail may have been sent after it was made. Retry it if it was not."
)


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        manifest: Of the backup.
        epoch: The epoch that began.
        old_head: The head published last, as far as anybody knew; empty if nobody did.
        signed: Whether the new epoch could be signed with the key that is set.
        unsigned_because: Why not.
    """

    manifest: Manifest
    epoch: int
    old_head: str
    signed: bool
    unsigned_because: str = ""


def restore(path: Path, now: datetime, *, replace: bool, old_head: str = "") -> Restored:
    """Bring back what a backup holds; the site must not run.

    Args:
        path: The backup.
        now: The time.
        replace: Whether what is here may be overwritten.
        old_head: A head that was published after the backup, as a signed note; beside it the one in the data folder and
            the one in the database that is overwritten are looked at, and the latest is named.

    Raises:
        BackupError: if the backup is damaged or of another kind, or something is here that may not be overwritten.
    """
    with opened(path) as (archive, manifest):
        _examine(archive, manifest)
        known = _present(replace=replace, now=now)
        latest = _latest([old_head, copy_of_head(settings.SERANTAU_DATA), manifest.head, *known])
        _read_database(archive, manifest)
        _read_uploads(archive, manifest)
    _settle(now)
    epoch = begin_epoch(latest, now)
    try:
        sign(now)
    except LedgerError as error:
        return Restored(manifest, epoch, latest, signed=False, unsigned_because=error.message)
    return Restored(manifest, epoch, latest, signed=True)


def examine(path: Path) -> Manifest:
    """Look whether a backup is whole, fits this database, and holds a ledger that is in order. Changes nothing.

    Raises:
        BackupError: if not.
    """
    with opened(path) as (archive, manifest):
        _examine(archive, manifest)
        return manifest


def _examine(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"The backup is one of {manifest.vendor}, and this database is {connection.vendor}. Change DATABASE_URL."
        )
    newer = sorted(set(manifest.migrations) - set(migrations()))
    if newer:
        raise BackupError(f"The backup was made by a newer program (it has {newer[0]}). Restore it with that one.")
    try:
        found = _checked(archive)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise BackupError(f"The tables in the backup are not those of this program: {reason}.") from None
    if found:
        raise BackupError("The ledger in the backup does not hold: " + " ".join(found))


def _checked(archive: zipfile.ZipFile) -> list[str]:
    if connection.vendor == "postgresql":
        return check_tables(archive)
    with TemporaryDirectory(dir=settings.SERANTAU_DATA, prefix=".restore-") as folder:
        return check_sqlite(Path(archive.extract(SQLITE, folder)))


def _present(*, replace: bool, now: datetime) -> list[str]:
    """Heads of what is here; refuses to overwrite anything unless it may, or the site runs."""
    try:
        lease = Lease.objects.filter(until__gt=now).first()
        held, newest = Event.objects.exists(), store.newest_head()
    except (DatabaseError, LedgerError):
        if not replace:
            raise BackupError("What is here cannot be read. Say --replace to overwrite it.") from None
        return []
    if lease is not None:
        raise BackupError(f"The site is running ({lease.holder}). Stop it, wait half a minute, and try again.")
    if held and not replace:
        raise BackupError("There is a ledger here already. Make a backup of it, then say --replace to overwrite it.")
    return [newest.note] if newest else []


def _latest(notes: Iterable[str]) -> str:
    """The head of the latest epoch, and of most events in it."""
    ranked = []
    for note in notes:
        if note:
            head = unverified_head(note)
            ranked.append(((head.epoch, head.size, head.at), note))
    return max(ranked)[1] if ranked else ""


def _read_database(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    if connection.vendor == "postgresql":
        with writes_permitted(), transaction.atomic():
            read_tables(archive, manifest)
        return
    target = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    read_sqlite(archive, target)
    # A backup by an older program is brought to the present schema.
    call_command("migrate", interactive=False, verbosity=0)


def _read_uploads(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    folder = settings.SERANTAU_UPLOADS
    with TemporaryDirectory(dir=settings.SERANTAU_DATA, prefix=".restore-") as beside:
        fresh = Path(beside) / "uploads"
        fresh.mkdir(mode=0o700)
        for part in manifest.parts:
            if part.name.startswith(UPLOADS):
                archive.extract(part.name, beside)
        if folder.exists():
            shutil.move(folder, Path(beside) / "before")
        shutil.move(fresh, folder)


def _settle(now: datetime) -> None:
    """What must not simply go on: sign-ins that may have been ended since, and mails that may have been sent since."""
    with writes_permitted(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session")
        Lease.objects.all().delete()
        waiting = Job.objects.filter(state__in=(State.QUEUED, State.RUNNING))
        waiting.filter(name="mail.send").update(
            state=State.DEAD, holder="", held_until=None, error=UNSENT, ended_at=now
        )
        waiting.update(state=State.QUEUED, holder="", held_until=None)
        for row in Job.objects.filter(state=State.QUEUED):
            hand_over(row)
