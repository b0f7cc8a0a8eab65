"""The runner: a thread of the server, or ``serantau jobs work``. It holds a lease while it works.

On SQLite it runs the jobs itself, one after the other. On PostgreSQL procrastinate does that, in every process; the
lease then says who sweeps and who defers what recurs. A process that dies loses the lease after half a minute.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction

from serantau.web.jobs.models import Lease
from serantau.web.jobs.port import defer
from serantau.web.jobs.registry import recurring, slot
from serantau.web.jobs.running import due, holder_name, run, sweep

log = logging.getLogger(__name__)

NAME = "runner"
HELD = timedelta(seconds=30)
POLL_SECONDS = 2.0
STOP_SECONDS = 10
MOST = 50
"""Jobs between two looks at the lease."""

_waking = threading.Event()


def wake(run_at: datetime) -> None:
    """Look at once: a job was deferred in this process. One that is due later is found by looking regularly."""
    if run_at <= datetime.now(UTC):
        _waking.set()


class Runner:
    """Works until it is told to stop.

    Args:
        itself: Whether it runs the jobs itself; otherwise procrastinate does.
    """

    def __init__(self, *, itself: bool) -> None:
        self.itself = itself
        self.holder = holder_name()
        self._over = threading.Event()

    def work(self) -> None:
        """Hold the lease, if it is free, and work; else wait for it."""
        try:
            while not self._over.is_set():
                _waking.clear()
                if not self._step():
                    _waking.wait(POLL_SECONDS)
        finally:
            self._leave()

    def stop(self) -> None:
        """End after the job that runs now."""
        self._over.set()
        _waking.set()

    def once(self) -> int:
        """Do whatever is due now, and return how many jobs were run; none if another process has the lease."""
        try:
            return sum(iter(self._turn, 0))
        finally:
            self._leave()

    def _step(self) -> bool:
        """One turn; whether there was anything to do. A database that is away for a while ends nothing."""
        try:
            close_old_connections()
            return bool(self._turn())
        except Exception:
            log.exception("the runner of jobs goes on in a moment")
            connection.close()
            return False

    def _turn(self) -> int:
        now = datetime.now(UTC)
        if not take_lease(NAME, self.holder, now):
            return 0
        sweep(now)
        for one in recurring():
            at = slot(one.every, now)
            defer(one.name, run_at=at, key=f"{one.name} at {at.isoformat()}")
        if self.itself:
            return self._run_due(now)
        from serantau.web.jobs import postgres

        postgres.sweep(now)
        return 0

    def _run_due(self, now: datetime) -> int:
        count = 0
        for pk in due(now, MOST):
            # A long job may have cost the lease; then another process works on.
            if self._over.is_set() or not take_lease(NAME, self.holder, datetime.now(UTC)):
                break
            count += run(pk, self.holder)
        return count

    def _leave(self) -> None:
        try:
            Lease.objects.filter(name=NAME, holder=self.holder).delete()
        except Exception:
            log.exception("the lease of the runner was not given back; it runs out by itself")
        finally:
            connection.close()


def take_lease(name: str, holder: str, now: datetime) -> bool:
    """Take, keep or refuse a lease.

    Returns:
        Whether the holder has it, for half a minute from now.
    """
    held = Lease.objects.filter(name=name).first()
    if held is not None and held.holder == holder and held.until - now > HELD / 2:
        return True
    if held is not None and held.holder != holder and held.until > now:
        return False
    if held is None:
        try:
            with transaction.atomic():
                Lease.objects.create(name=name, holder=holder, until=now + HELD)
            return True
        except IntegrityError:
            return False
    # Only if nobody took it in between.
    return bool(
        Lease.objects.filter(name=name, holder=held.holder, until=held.until).update(holder=holder, until=now + HELD)
    )


def start() -> Callable[[], None]:
    """Start working in a thread of this process; returns what ends it."""
    carried = settings.SERANTAU_QUEUE == "procrastinate"
    runner = Runner(itself=not carried)
    thread = threading.Thread(target=runner.work, name="jobs", daemon=True)
    thread.start()
    stop_worker = _start_procrastinate() if carried else None

    def stop() -> None:
        runner.stop()
        if stop_worker is not None:
            stop_worker()
        thread.join(STOP_SECONDS)

    return stop


def _start_procrastinate() -> Callable[[], None]:
    from serantau.web.jobs import postgres

    return postgres.start_worker()
