"""What the store does by itself: forgetting old statuses."""

from __future__ import annotations

from datetime import datetime

from serantau.web.defend.services import tidying
from serantau.web.jobs import job
from serantau.web.jobs.registry import Arguments

HOUR = 3600


@job("defend.forget", every=HOUR)
def forget(args: Arguments, now: datetime) -> None:
    """Delete statuses that are older than seven days."""
    tidying.forget_statuses(now)
