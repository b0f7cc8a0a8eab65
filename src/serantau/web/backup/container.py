"""The file of a backup: a ZIP with a manifest that names every part by size and digest.

Reading trusts nothing: a part must be one that the manifest names, with a name that stays in its folder, of the size
and digest that the manifest says.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from serantau.web.backup.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
UPLOADS = "uploads/"
TABLES = "tables/"
SQLITE = "database.sqlite3"
BLOCK = 1 << 20
MOST_MANIFEST = 50_000_000
PART = re.compile(r"(?:database\.sqlite3|tables/[a-z0-9_]+\.csv|uploads/[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*)")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file in the backup."""

    name: str
    size: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the backup is.

    Attributes:
        format: Of the file.
        program: Version of Serantau that made it.
        made_at: When.
        vendor: ``sqlite`` or ``postgresql``.
        migrations: Applied migrations as ``application.name``.
        events: Events in the ledger.
        root: Root of its tree, in hexadecimal.
        head: Newest signed head; empty if there is none.
        parts: Every file.
    """

    format: int
    program: str
    made_at: str
    vendor: str
    migrations: list[str]
    events: int
    root: str
    head: str
    parts: list[Part]


class Writer:
    """Adds parts to a backup that is being made."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: list[Part] = []

    @contextmanager
    def part(self, name: str) -> Iterator[_Counting]:
        """Write a part piece by piece."""
        if not PART.fullmatch(name) or ".." in PurePosixPath(name).parts:
            raise BackupError(f"A file of the name {name!r} cannot stand in a backup.")
        with self._archive.open(name, "w", force_zip64=True) as stream:
            counting = _Counting(stream)
            yield counting
        self.parts.append(Part(name, counting.size, counting.total.hexdigest()))

    def file(self, name: str, path: Path) -> None:
        """Add a file."""
        with self.part(name) as target, path.open("rb") as source:
            while block := source.read(BLOCK):
                target.write(block)


@dataclass
class _Counting:
    """A stream that counts and digests what is written to it."""

    stream: IO[bytes]
    size: int = 0

    def __post_init__(self) -> None:
        self.total = sha256()

    def write(self, block: bytes) -> None:
        """Write."""
        self.stream.write(block)
        self.size += len(block)
        self.total.update(block)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A file that appears under its name only when it is whole; readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        yield draft
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Add the manifest, as the last part."""
    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup, with every part compared with the manifest.

    Raises:
        BackupError: if it is none, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            for part in manifest.parts:
                _compare(archive, part)
            yield archive, manifest
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise BackupError(f"{path} is damaged, or no backup: {error}.") from None


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        information = archive.getinfo(MANIFEST)
        if information.file_size > MOST_MANIFEST:
            raise BackupError(f"{path} has a manifest larger than any.")
        manifest = msgspec.json.decode(archive.read(information), type=Manifest)
    except (KeyError, msgspec.DecodeError):
        raise BackupError(f"{path} is no backup of Serantau: it has no manifest.") from None
    if manifest.format != FORMAT:
        raise BackupError(f"{path} has the form {manifest.format}; this program reads {FORMAT}. Use a newer one.")
    names = [part.name for part in manifest.parts]
    if sorted([*names, MANIFEST]) != sorted(archive.namelist()) or len(set(names)) != len(names):
        raise BackupError(f"{path} does not hold the files that its manifest names.")
    for name in names:
        if not PART.fullmatch(name) or ".." in PurePosixPath(name).parts:
            raise BackupError(f"{path} names a file outside its folder: {name[:100]!r}.")
    return manifest


def _compare(archive: zipfile.ZipFile, part: Part) -> None:
    total, size = sha256(), 0
    if archive.getinfo(part.name).file_size != part.size:
        raise BackupError(f"{part.name} in the backup has another size than its manifest says. Take another backup.")
    with archive.open(part.name) as stream:
        while block := stream.read(BLOCK):
            total.update(block)
            size += len(block)
    if (size, total.hexdigest()) != (part.size, part.digest):
        raise BackupError(f"{part.name} in the backup is damaged. Take another backup.")
