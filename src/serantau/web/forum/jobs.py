"""Deadlines of papers: seen to soon after they pass. A site that was down sees to them when it is back, as of then."""

from __future__ import annotations

from datetime import datetime

from serantau.forum import Stage
from serantau.web.forum.models import Paper
from serantau.web.forum.services import papers
from serantau.web.jobs.registry import Arguments, job

EVERY_SECONDS = 60
MOST = 500


@job("forum.close", every=EVERY_SECONDS)
def close(args: Arguments, now: datetime) -> None:
    """Close every procedure whose deadline has passed."""
    passed = Paper.objects.filter(stage=Stage.CONSULTATION.value, due_at__lt=now).order_by("due_at")
    for number in list(passed.values_list("pk", flat=True)[:MOST]):
        papers.close_due(number, now)
