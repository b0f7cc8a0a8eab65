"""Who may have a report set now: setting one takes a second of work, so few are set at once.

A report that was set is kept by the edition and the question (`serantau.web.site.answering`); only a new one comes here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from serantau.base import SerantauError

AT_ONCE = 2
"""Reports set at once by one server process; its other threads go on with pages."""

SECONDS = 20.0
"""Longest wait for a turn."""

_TURNS = threading.BoundedSemaphore(AT_ONCE)


class BusyError(SerantauError):
    """Too many reports are being set."""

    status = 503


@contextmanager
def turn(seconds: float = SECONDS) -> Iterator[None]:
    """Wait for a turn and hold it.

    Raises:
        BusyError: if none comes in time.
    """
    if not _TURNS.acquire(timeout=seconds):
        raise BusyError(_("Many reports are being written at the moment. Try again in a minute."))
    try:
        yield
    finally:
        _TURNS.release()
