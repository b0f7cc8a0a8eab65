"""Feeds that are due, asked or told one after another; each in a job of its own."""

from __future__ import annotations

from datetime import datetime

from serantau.web.feeds import hooks, running
from serantau.web.feeds.models import Kind, Progress
from serantau.web.feeds.services import progress
from serantau.web.jobs import job
from serantau.web.jobs.port import defer
from serantau.web.jobs.registry import Arguments

MOST = 50
"""Feeds that are begun in one look."""


@job("feeds.look", every=60)
def look(args: Arguments, now: datetime) -> None:
    """Begin each feed that is due."""
    due = Progress.objects.filter(next_at__lte=now, feed__paused=False, feed__ended_at=None)
    for number, kind, at in due.order_by("next_at").values_list("feed_id", "feed__kind", "next_at")[:MOST]:
        name = "feeds.push" if kind == Kind.HOOK else "feeds.read"
        defer(name, {"feed": number}, run_at=now, key=f"feed {number} due {at.isoformat()}")


@job("feeds.read", attempts=1)
def read(args: Arguments, now: datetime) -> None:
    """Ask one feed, unless another process does."""
    number = int(args["feed"])
    if progress.claim(number, now):
        running.run(number, now)


@job("feeds.push", attempts=1)
def push(args: Arguments, now: datetime) -> None:
    """Tell one hook what is new, unless another process does."""
    number = int(args["feed"])
    if progress.claim(number, now):
        hooks.push(number, now)
