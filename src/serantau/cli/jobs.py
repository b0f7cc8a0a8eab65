"""``serantau jobs``: work on what was deferred, and see what gave up."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT, stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

STATES = ("queued", "running", "done", "dead")
MOST = 500
COLUMNS: list[Column] = [
    ("id", "Number"),
    ("name", "Job"),
    ("state", "State"),
    ("attempts", "Attempts"),
    ("run_at", "Due"),
    ("error", "What went wrong"),
]


@click.group(context_settings=CONTEXT)
def jobs() -> None:
    """Work on what was deferred (mails, signing, reminders), and see what gave up."""


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def work(once: bool) -> None:
    """Run jobs until Ctrl-C, in a process of their own; with SERANTAU_JOBS=0 the site itself runs none.

    Any number of these may run beside the site: each job is run by one of them.
    """
    open_database()
    from serantau.web.jobs.runner import Runner, start

    if once:
        click.echo(f"Ran {Runner(itself=True).once()} jobs.")
        return
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    end = start()
    click.echo("Working on jobs (Ctrl-C ends it)")
    over.wait()
    end()


@jobs.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these; `dead` are those that gave up.")
@format_option
def list_jobs(state: str | None, format: str) -> None:
    """List jobs, newest first."""
    open_database()
    from serantau.web.jobs.models import Job

    found = Job.objects.filter(state=state) if state else Job.objects.all()
    rows: list[Row] = [
        {
            "id": row.pk,
            "name": row.name,
            "key": row.key,
            "state": row.state,
            "attempts": row.attempts,
            "run_at": row.run_at.isoformat(timespec="seconds"),
            "error": row.error or None,
        }
        for row in found.order_by("-pk")[:MOST]
    ]
    emit(rows, format, COLUMNS)


@jobs.command()
@click.argument("number", type=click.IntRange(1))
def retry(number: int) -> None:
    """Give the job with this NUMBER, which gave up, another series of attempts."""
    open_database()
    from serantau.web.jobs.running import retry as try_again

    if not try_again(number, datetime.now(UTC)):
        stop(f"There is no job {number} that gave up. `serantau jobs list --state dead` shows those there are.")
    click.echo(f"Job {number} will be run again.")
