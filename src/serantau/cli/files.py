"""Writes a file of results whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from serantau.base import SerantauError
from serantau.cli.folders import alive, ended_politely


class FileError(SerantauError):
    """A file cannot take the results."""


def refuse_existing(out: Path, *, force: bool = False) -> None:
    """Look at the place before anything is computed.

    Raises:
        FileError: if the place is a folder or a link, has no parent folder, or holds a file that is not to be lost.
    """
    if not out.name or out.is_dir() or out.is_symlink():
        raise FileError(f"{out} is a folder or a link. Name a file.")
    if not out.parent.is_dir():
        raise FileError(f"{out.parent} is no folder, so {out.name} cannot be made in it. Make it first.")
    if out.exists() and not force:
        raise FileError(f"{out} exists and is not replaced. Name another file, or move this one away.")


@contextlib.contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A hidden file beside ``out`` to write into; it takes the place of ``out`` when the block ends well.

    On an error, Ctrl-C or a request to end, it is removed. What a killed process left behind is removed by the next
    run to the same place.
    """
    _sweep(out)
    draft = out.parent / f".{out.name}.{os.getpid()}.part"
    with ended_politely():
        try:
            yield draft
            handle = os.open(draft, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)


def _sweep(out: Path) -> None:
    """Remove the drafts of runs to the same place whose process is gone."""
    for draft in out.parent.glob(f".{out.name}.*.part"):
        process = draft.name.split(".")[-2]
        if process.isdecimal() and not alive(int(process)):
            draft.unlink(missing_ok=True)
