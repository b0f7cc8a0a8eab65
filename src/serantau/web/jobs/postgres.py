"""Procrastinate carries the jobs on PostgreSQL: who is told of a job, when, and what is done about stuck ones.

A procrastinate job holds the number of our job and nothing else. Whether that is still to be run our row says, so the
same number may be carried twice and the job is run once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import close_old_connections, connection
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params

from serantau.web.jobs.models import Job, State
from serantau.web.jobs.running import holder_name, run

log = logging.getLogger(__name__)

TASK = "serantau.run"
QUEUE = "serantau"
LOST = timedelta(seconds=60)
"""A job that is due for so long, and that procrastinate does not know of, is handed over again."""

STALLED_SECONDS = 60
AGAIN_SECONDS = 5.0


def _application(connector: Any) -> App:  # noqa: ANN401 - theirs, without a common type
    """Procrastinate with our one task.

    There are two of these, as whoever defers uses Django's connection and its transaction, and whoever works must not.
    """
    app = App(connector=connector)

    @app.task(name=TASK, queue=QUEUE)
    def carried(job: int) -> None:
        close_old_connections()
        try:
            run(job, holder_name())
        finally:
            connection.close()

    return app


@cache
def _deferring() -> App:
    return _application(DjangoConnector(alias="default"))


def hand_over(row: Job) -> None:
    """Have the job carried, in the transaction that is open."""
    _deferring().configure_task(TASK, queue=QUEUE, schedule_at=row.run_at).defer(job=row.pk)


def sweep(now: datetime) -> None:
    """End procrastinate's jobs whose worker died, and hand over again what nobody carries any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT job.id FROM procrastinate_jobs job "
            "LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id "
            "WHERE job.status = 'doing' AND job.queue_name = %s "
            "AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))",
            [QUEUE, STALLED_SECONDS],
        )
        for (pk,) in cursor.fetchall():
            log.warning("procrastinate's job %s was stuck and is ended", pk)
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', true)", [pk])
        cursor.execute(
            "SELECT (args->>'job')::bigint FROM procrastinate_jobs WHERE queue_name = %s AND status IN ('todo', 'doing')",
            [QUEUE],
        )
        carried = [pk for (pk,) in cursor.fetchall()]
    for row in Job.objects.filter(state=State.QUEUED, run_at__lt=now - LOST).exclude(pk__in=carried):
        log.warning("job %s (%s) was carried by nobody and is handed over again", row.pk, row.name)
        hand_over(row)


def start_worker() -> Callable[[], None]:
    """Start procrastinate's worker in a thread with an event loop of its own; returns what ends it."""
    loop = asyncio.new_event_loop()
    working = loop.create_task(_work())
    thread = threading.Thread(target=_live, args=(loop, working), name="procrastinate", daemon=True)
    thread.start()

    def stop() -> None:
        if thread.is_alive():
            loop.call_soon_threadsafe(working.cancel)
            thread.join(10)

    return stop


def _live(loop: asyncio.AbstractEventLoop, working: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(working)
    except asyncio.CancelledError:
        return
    finally:
        loop.close()


async def _work() -> None:
    """Work for ever; start again when the database was away."""
    while True:
        app = _application(PsycopgConnector(kwargs=connector_params("default")))
        try:
            async with app.open_async():
                await app.run_worker_async(
                    queues=[QUEUE], concurrency=1, install_signal_handlers=False, delete_jobs="always"
                )
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the worker of jobs starts again in a moment")
        await asyncio.sleep(AGAIN_SECONDS)
