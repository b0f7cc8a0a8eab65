"""Runs one job: claims it, keeps the claim while it runs, ends it, or puts it back for another attempt."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from os import getpid

from django.db import close_old_connections, connection
from django.db.models import F

from serantau.base import SerantauError
from serantau.web.jobs.models import Job, State
from serantau.web.jobs.port import hand_over
from serantau.web.jobs.registry import Failed, kind, pause

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=120)
RENEW_SECONDS = 30
"""A claim is renewed four times before it would run out, so it outlives a busy database but not a dead process."""

MOST_ERROR = 2000


def holder_name() -> str:
    """A name for this process or thread that no other has."""
    return f"{socket.gethostname()[:40]}:{getpid()}:{secrets.token_hex(4)}"


def run(pk: int, holder: str) -> bool:
    """Run a job, unless another does or did.

    Returns:
        Whether this call ran it.
    """
    now = datetime.now(UTC)
    claimed = Job.objects.filter(pk=pk, state=State.QUEUED, run_at__lte=now).update(
        state=State.RUNNING, attempts=F("attempts") + 1, holder=holder, held_until=now + CLAIM
    )
    if not claimed:
        return False
    row = Job.objects.get(pk=pk)
    try:
        with _kept(pk, holder):
            kind(row.name).function(row.args, now)
    except Exception as error:  # noqa: BLE001 - whatever a job does, the others go on
        _failed(row, holder, error)
    else:
        _ours(pk, holder).update(state=State.DONE, holder="", held_until=None, error="", ended_at=datetime.now(UTC))
    return True


def due(now: datetime, most: int) -> list[int]:
    """Jobs whose time has come, the longest waiting first."""
    rows = Job.objects.filter(state=State.QUEUED, run_at__lte=now).order_by("run_at", "id")
    return list(rows.values_list("pk", flat=True)[:most])


def sweep(now: datetime) -> int:
    """Put jobs back whose process died while they ran.

    Returns:
        How many.
    """
    stuck = list(Job.objects.filter(state=State.RUNNING, held_until__lt=now))
    for row in stuck:
        log.warning("job %s (%s) was left unfinished by %s and is run again", row.pk, row.name, row.holder)
        _again_or_dead(row, row.holder, "The process that ran it ended before it was done.", now)
    return len(stuck)


def retry(pk: int, now: datetime) -> bool:
    """Give a dead letter another series of attempts.

    Returns:
        Whether there was such a dead letter.
    """
    found = Job.objects.filter(pk=pk, state=State.DEAD).update(
        state=State.QUEUED, attempts=0, run_at=now, ended_at=None
    )
    if found:
        hand_over(Job.objects.get(pk=pk))
    return bool(found)


def _failed(row: Job, holder: str, error: Exception) -> None:
    close_old_connections()
    if isinstance(error, SerantauError):
        log.warning("job %s (%s), attempt %s: %s", row.pk, row.name, row.attempts, error.message)
    else:
        log.error("job %s (%s), attempt %s", row.pk, row.name, row.attempts, exc_info=error)
    text = f"{type(error).__name__}: {error}"[:MOST_ERROR]
    if isinstance(error, Failed):
        _bury(row, holder, text)
    else:
        _again_or_dead(row, holder, text, datetime.now(UTC) + pause(row.attempts))


def _again_or_dead(row: Job, holder: str, text: str, run_at: datetime) -> None:
    try:
        most = kind(row.name).attempts
    except Failed:
        most = 0
    if row.attempts >= most:
        _bury(row, holder, text)
        return
    again = _ours(row.pk, holder).update(state=State.QUEUED, holder="", held_until=None, error=text, run_at=run_at)
    if again:
        row.run_at = run_at
        hand_over(row)


def _bury(row: Job, holder: str, text: str) -> None:
    log.error("job %s (%s) gave up after %s attempts; see `serantau jobs list`", row.pk, row.name, row.attempts)
    _ours(row.pk, holder).update(state=State.DEAD, holder="", held_until=None, error=text, ended_at=datetime.now(UTC))


def _ours(pk: int, holder: str):  # noqa: ANN202 - a query
    """The job while this holder has it: whoever lost the claim ends nothing."""
    return Job.objects.filter(pk=pk, state=State.RUNNING, holder=holder)


@contextmanager
def _kept(pk: int, holder: str) -> Iterator[None]:
    """Renew the claim from another thread for as long as the block takes."""
    over = threading.Event()

    def renew() -> None:
        try:
            while not over.wait(RENEW_SECONDS):
                try:
                    _ours(pk, holder).update(held_until=datetime.now(UTC) + CLAIM)
                except Exception:
                    log.exception("the claim of job %s was not renewed", pk)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"claim of job {pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
