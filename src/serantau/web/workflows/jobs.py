"""The job that tells the other rooms, and their handlers."""

from __future__ import annotations

from datetime import datetime

from serantau.web.jobs.registry import Arguments, job
from serantau.web.workflows import alerts, decisions, scams, withdrawn
from serantau.web.workflows.events import follow

__all__ = ["alerts", "decisions", "scams", "tell", "withdrawn"]


@job("workflows.follow")
def tell(args: Arguments, now: datetime) -> None:
    """Call the handlers of an event."""
    follow(str(args["event"]), str(args["subject"]), now)
