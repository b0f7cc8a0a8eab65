"""Drawn charts, kept: a few in memory, more in a folder that several processes share."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from pathlib import Path

LOG = logging.getLogger(__name__)
MOST_FILES = 4000
MOST_BYTES = 200_000_000
MEMORY_ENTRIES = 256
MEMORY_BYTES = 16_000_000
SWEEP_EVERY = 50
LEFT_OVER_SECONDS = 3600
_KEY = re.compile(r"[0-9a-f]{16,64}")


class MemoryCache:
    """Pictures in memory, bounded in number and bytes; the one not asked for longest goes first."""

    def __init__(self, most_entries: int = MEMORY_ENTRIES, most_bytes: int = MEMORY_BYTES) -> None:
        self.most_entries, self.most_bytes, self.size = most_entries, most_bytes, 0
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """The picture held, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, body: bytes) -> None:
        """Keep a picture."""
        with self._lock:
            self.size += len(body) - len(self._held.pop(key, b""))
            self._held[key] = body
            while self._held and (len(self._held) > self.most_entries or self.size > self.most_bytes):
                self.size -= len(self._held.popitem(last=False)[1])

    def __len__(self) -> int:
        return len(self._held)


class FolderCache:
    """Pictures as files, one for each key, bounded in number and bytes.

    A file appears whole or not at all: it is written under another name and
    then renamed. Whoever reads needs no lock. Processes that share the folder
    may write the same picture twice, which changes nothing, as a key has one
    picture only. A folder that cannot be used is a cache that holds nothing.

    Args:
        folder: Where the files go; made when first needed.
        most_files: Files kept after a sweep.
        most_bytes: Bytes kept after a sweep.
        sweep_every: Writes of this process between two sweeps; the bounds are exceeded by no more than these.
    """

    def __init__(
        self, folder: Path, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES, sweep_every: int = SWEEP_EVERY
    ) -> None:
        self.folder, self.most_files, self.most_bytes, self.sweep_every = folder, most_files, most_bytes, sweep_every
        self._writes = 0
        self._warned = False
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """The picture held, or None."""
        path = self._path(key)
        try:
            body = path.read_bytes()
            if not (body.startswith(b"<svg ") and body.endswith(b"</svg>")):
                # Written before a machine lost power, or not by us.
                path.unlink(missing_ok=True)
                return None
            os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(error)
            return None
        return body

    def put(self, key: str, body: bytes) -> None:
        """Keep a picture."""
        path = self._path(key)
        part = self.folder / f".{key}.{os.getpid()}.{secrets.token_hex(4)}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(body)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            with self._lock:
                due = self._writes % self.sweep_every == 0
                self._writes += 1
            if due:
                self.sweep()
        except OSError as error:
            self._warn(error)

    def sweep(self) -> None:
        """Bring the folder within its bounds; what was not asked for longest goes first."""
        now = time.time()
        found: list[tuple[float, int, str]] = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    state = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(".svg"):
                        found.append((state.st_mtime, state.st_size, entry.path))
                    elif entry.name.endswith(".part") and now - state.st_mtime > LEFT_OVER_SECONDS:
                        Path(entry.path).unlink(missing_ok=True)
        found.sort()
        files, size = len(found), sum(each[1] for each in found)
        for _, length, path in found:
            if files <= self.most_files and size <= self.most_bytes:
                return
            Path(path).unlink(missing_ok=True)
            files, size = files - 1, size - length

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"a key is a digest in hexadecimal, not {key!r}")
        return self.folder / f"{key}.svg"

    def _warn(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            LOG.warning("charts are not kept in %s: %s", self.folder, error)
