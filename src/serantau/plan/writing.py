"""Writes a checked import into a region's folder: all of its files, or none.

The one module of this room that touches the disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from serantau.plan.errors import PlanError
from serantau.plan.importing import Import


@contextlib.contextmanager
def staged(root: Path, change: Import) -> Iterator[Path]:
    """A copy of a region's folder with the import in it, for a last check of the whole; gone afterwards.

    Raises:
        PlanError: if there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(prefix="serantau-import-") as parent:
        copy = Path(parent) / root.resolve().name
        try:
            shutil.copytree(root, copy)
            for name, content in change.files.items():
                (copy / name).write_bytes(content)
        except OSError as error:
            raise PlanError(f"The import cannot be tried out: {error}. Nothing was changed.") from error
        yield copy


def write_import(root: Path, change: Import) -> None:
    """Put the new files in the place of the old ones.

    All new content is on the disk before the first file is replaced. If a
    replacement fails, those already made are undone. Should the machine stop
    between two replacements, running the same import again completes it.

    Args:
        root: The region's folder.
        change: The import, as checked against that folder.

    Raises:
        PlanError: if a file has changed since it was read, or cannot be written; then nothing has changed.
    """
    for name, before in change.before.items():
        _check_unchanged(root / name, before)
    written: dict[Path, Path] = {}
    try:
        for name, content in change.files.items():
            written[root / name] = _write_beside(root / name, content)
        _replace_all(written, {root / name: content for name, content in change.before.items()})
    except OSError as error:
        raise PlanError(
            f"{error.filename or root} cannot be written: {error.strerror}. Nothing was changed."
        ) from error
    finally:
        for temporary in written.values():
            with contextlib.suppress(OSError):
                temporary.unlink()


def _check_unchanged(path: Path, before: bytes | None) -> None:
    if path.is_symlink():
        raise PlanError(f"{path} is a symbolic link. Put the file itself into the folder; nothing was changed.")
    now = path.read_bytes() if path.exists() else None
    if now != before:
        raise PlanError(f"{path} has changed since it was read. Run the import again; nothing was changed.")


def _write_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _replace_all(written: Mapping[Path, Path], before: Mapping[Path, bytes | None]) -> None:
    done: list[Path] = []
    try:
        for path, temporary in written.items():
            temporary.replace(path)
            done.append(path)
    except OSError:
        for path in done:
            _restore(path, before[path])
        raise


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        _write_beside(path, content).replace(path)
