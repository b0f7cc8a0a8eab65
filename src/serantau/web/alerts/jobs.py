"""Correlation as work in the background: every minute, and soon after an envelope came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from serantau.web.alerts.services import correlating, figures
from serantau.web.jobs.port import defer
from serantau.web.jobs.registry import Arguments, job

EVERY_SECONDS = 60
FIGURES_SECONDS = 300
NUDGE_SECONDS = 5
MOST_SECONDS = 45.0
"""Of one run. Jobs run one after the other: patterns that are slow to read must not keep deadlines waiting."""

NAME = "alerts.correlate"


@job(NAME, every=EVERY_SECONDS)
def correlate(args: Arguments, now: datetime) -> None:
    """Work in whatever is new."""
    correlating.run(now, seconds=MOST_SECONDS)


@job("alerts.figures", every=FIGURES_SECONDS)
def count(args: Arguments, now: datetime) -> None:
    """Add up what the dashboard shows."""
    figures.refresh(now)


def nudge(now: datetime) -> None:
    """Have it done within seconds: called inside the change that stores an envelope. Many calls are one job."""
    slot = int(now.timestamp()) // NUDGE_SECONDS + 1
    at = datetime.fromtimestamp(slot * NUDGE_SECONDS, UTC)
    defer(NAME, run_at=max(at, now + timedelta(milliseconds=1)), key=f"{NAME} nudged {slot}")


def nudged(sender: object, *, now: datetime, **_: object) -> None:
    """An envelope brought something new."""
    nudge(now)
