"""Our end of the drawing process: started when first needed, killed when it hangs, replaced when it is gone."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import serantau
from serantau.render.worker import HEAD, MOST_BYTES

SECONDS = 10.0
START_SECONDS = 20.0
# What a fresh interpreter needs. Secrets of the server are none of it.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE")


class DrawingError(Exception):
    """A chart was not drawn."""


class DrawingTimeoutError(DrawingError):
    """A chart took too long; the process is gone."""


class DrawingGoneError(DrawingError):
    """The process ended without an answer."""


class Drawer:
    """One drawing process for this server process, shared by its threads, one chart at a time.

    Args:
        seconds: Longest time for one chart.
        start_seconds: What the first chart of a process may take in addition.
        command: How the process is started; for tests.
    """

    def __init__(
        self, seconds: float = SECONDS, start_seconds: float = START_SECONDS, command: tuple[str, ...] | None = None
    ) -> None:
        self.seconds, self.start_seconds = seconds, start_seconds
        self.command = command or (sys.executable, "-P", "-m", "serantau.render.worker", str(seconds))
        self.starts = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._fresh = True
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """Number of the process, while there is one."""
        return self._process.pid if self._process is not None and self._owner == os.getpid() else None

    def svg(self, spec: dict[str, Any]) -> str:
        """Draw one chart.

        Raises:
            DrawingTimeoutError: after the time for a chart, or for the turn to come.
            DrawingGoneError: if the process ended twice.
            DrawingError: if the chart cannot be drawn.
        """
        return self._answer({"spec": spec}).decode()

    def png(self, picture: str) -> bytes:
        """A standalone SVG of our own as PNG.

        Raises:
            DrawingError: as for :meth:`svg`.
        """
        return self._answer({"svg": picture})

    def _answer(self, message: dict[str, Any]) -> bytes:
        asked = json.dumps(message, allow_nan=False).encode()
        if len(asked) > MOST_BYTES:
            raise DrawingError(f"the chart has {len(asked)} bytes; {MOST_BYTES} are the most")
        if not self._lock.acquire(timeout=self.seconds + self.start_seconds):
            raise DrawingTimeoutError("other charts took too long")
        try:
            try:
                answer = self._ask(asked)
            except DrawingGoneError:
                # It may have ended of itself, after its last chart or an idle while.
                answer = self._ask(asked)
        finally:
            self._lock.release()
        if answer[:1] != b"+":
            raise DrawingError(answer[1:].decode(errors="replace"))
        return answer[1:]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()

    def _ask(self, asked: bytes) -> bytes:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        deadline = time.monotonic() + self.seconds + (self.start_seconds if self._fresh else 0.0)
        try:
            _write(process.stdin.fileno(), HEAD.pack(len(asked)) + asked, deadline)
            (size,) = HEAD.unpack(_read(process.stdout.fileno(), HEAD.size, deadline))
            answer = _read(process.stdout.fileno(), size, deadline)
        except BaseException:
            self.close()
            raise
        self._fresh = False
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the pipes belong to the parent: two writers would mix their messages.
        if self._owner != os.getpid():
            self._process = None
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            here = str(Path(serantau.__file__).resolve().parent.parent)
            environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**environment, "PYTHONPATH": here, "TZ": "UTC"},
                    cwd="/",
                    bufsize=0,
                )
            except OSError as error:
                raise DrawingError(f"the drawing process does not start: {error}") from error
            os.set_blocking(self._process.stdin.fileno(), False)  # type: ignore[union-attr]
            self._owner, self._fresh = os.getpid(), True
            self.starts += 1
        return self._process


def _wait(descriptor: int, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if left <= 0 or not selector.select(left):
            raise DrawingTimeoutError("the chart took too long")


def _write(descriptor: int, body: bytes, deadline: float) -> None:
    rest = memoryview(body)
    while rest:
        _wait(descriptor, selectors.EVENT_WRITE, deadline)
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise DrawingGoneError("the drawing process is gone") from error


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        _wait(descriptor, selectors.EVENT_READ, deadline)
        part = os.read(descriptor, size - len(found))
        if not part:
            raise DrawingGoneError("the drawing process is gone")
        found += part
    return bytes(found)
