"""How many envelopes are worked on at once, and how many wait: whoever finds the queue full is told to come again.

Reading and storing an envelope is work for one processor, so more at once would be slower for each. Waiting is bounded
in number and in time, so that nobody waits in silence.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from serantau.defend.taxii.v21.errors import BusyStoreError

AT_WORK = 1
"""Envelopes worked on at once by one process."""

WAITING = 6
"""Envelopes that may wait for that."""

WAIT_SECONDS = 1.2
RETRY_SECONDS = 2
MOST_BYTES = 64 * 1024**2
"""Bytes of bodies held at once."""


class Gate:
    """Lets a few through and a few wait."""

    def __init__(
        self, at_work: int = AT_WORK, waiting: int = WAITING, seconds: float = WAIT_SECONDS, most: int = MOST_BYTES
    ) -> None:
        """Begin empty."""
        self._work = threading.BoundedSemaphore(at_work)
        self._room = threading.BoundedSemaphore(at_work + waiting)
        self._seconds, self._most, self._bytes = seconds, most, 0
        self._lock = threading.Lock()

    @contextmanager
    def place(self, size: int) -> Iterator[None]:
        """A place in the queue, before the body is read.

        Args:
            size: Bytes that the body may have.

        Raises:
            BusyStoreError: if there is none.
        """
        if not self._room.acquire(blocking=False):
            raise _busy()
        try:
            with self._lock:
                fits = self._bytes + size <= self._most
                self._bytes += size if fits else 0
            if not fits:
                raise _busy()
            try:
                yield
            finally:
                with self._lock:
                    self._bytes -= size
        finally:
            self._room.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn at the work itself.

        Raises:
            BusyStoreError: if it did not come in time.
        """
        if not self._work.acquire(timeout=self._seconds):
            raise _busy()
        try:
            yield
        finally:
            self._work.release()


def _busy() -> BusyStoreError:
    return BusyStoreError(
        "Too many are sending at the moment. Nothing of this was stored; send it again in a moment.",
        Retry_After=str(RETRY_SECONDS),
    )


GATE = Gate()
