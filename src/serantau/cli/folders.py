"""Writes a folder of results whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from serantau.base import SerantauError

MARK = "report.json"
"""A folder that holds this file is one of ours, and `--force` may replace it."""


class FolderError(SerantauError):
    """A folder cannot take the results."""


def refuse_unfit(out: Path, *, force: bool) -> None:
    """Look at the place before anything is computed.

    Raises:
        FolderError: if the place is a file, has no parent folder, or holds something that is not to be lost.
    """
    if not out.name:
        raise FolderError(f"{out} is no name for a folder. Name one, for example results.")
    if not out.parent.is_dir():
        raise FolderError(f"{out.parent} is no folder, so {out.name} cannot be made in it. Make it first.")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise FolderError(f"{out} is not a folder. Name another place.")
    if not out.exists() or not any(out.iterdir()):
        return
    if not force:
        raise FolderError(f"{out} is not empty. Name another folder, or replace it with --force.")
    if not (out / MARK).is_file():
        raise FolderError(f"{out} holds no {MARK}, so it is no earlier run, and --force does not delete it.")


@contextlib.contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A hidden folder beside ``out`` to write into; it takes the place of ``out`` when the block ends well.

    On an error, Ctrl-C or a request to end, it is removed. What a killed
    process left behind is removed by the next run to the same place.
    """
    _sweep(out)
    draft = out.parent / f".{out.name}.{os.getpid()}.part"
    with ended_politely():
        draft.mkdir()
        try:
            yield draft
            _sync(draft)
            _exchange(draft, out)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _exchange(draft: Path, out: Path) -> None:
    old = draft.with_suffix(".old")
    if out.exists() and any(out.iterdir()):
        out.rename(old)
    try:
        draft.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Everything on disk before the name changes, so that a power cut leaves no empty file under the good name."""
    for file in folder.rglob("*"):
        if file.is_file():
            handle = os.open(file, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _sweep(out: Path) -> None:
    """Remove the drafts of runs to the same place whose process is gone."""
    for draft in out.parent.glob(f".{out.name}.*.part"):
        process = draft.name.split(".")[-2]
        if process.isdecimal() and not alive(int(process)):
            shutil.rmtree(draft, ignore_errors=True)


def alive(process: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True


@contextlib.contextmanager
def ended_politely() -> Iterator[None]:
    """A request to end (SIGTERM) unwinds like Ctrl-C, so that what was begun is removed."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not the main thread, where signals cannot be handled
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
