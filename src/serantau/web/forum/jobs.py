"""Deadlines of papers: told before they come, and seen to soon after they pass.

A site that was down sees to them when it is back, as of then.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from serantau.forum import Stage
from serantau.web.forum import letters
from serantau.web.forum.models import Paper, matters
from serantau.web.forum.services import consultations, papers
from serantau.web.jobs.registry import Arguments, job
from serantau.web.ledger.errors import DoneError

EVERY_SECONDS = 60
REMIND_SECONDS = 900
FORGET_SECONDS = 86_400
MOST = 500


@job("forum.close", every=EVERY_SECONDS)
def close(args: Arguments, now: datetime) -> None:
    """Close every procedure whose deadline has passed."""
    passed = Paper.objects.filter(stage=Stage.CONSULTATION.value, due_at__lt=now).order_by("due_at")
    for number in list(passed.values_list("pk", flat=True)[:MOST]):
        papers.close_due(number, now)


@job("forum.remind", every=REMIND_SECONDS)
def remind(args: Arguments, now: datetime) -> None:
    """Remind members of a deadline that comes near and that they have not answered; each once for each date."""
    ahead = now + timedelta(days=max(letters.BEFORE_DAYS))
    near = Paper.objects.filter(stage=Stage.CONSULTATION.value, due_at__gte=now, due_at__lte=ahead)
    papers_near = list(near.select_related("body", "formula").order_by("due_at")[:MOST])
    known = matters(papers_near)
    for paper in papers_near:
        name = letters.reminders_due(paper.due_at, paper.opened_at or paper.changed_at, now)
        for member in letters.silent(known[paper.pk]) if name else ():
            with suppress(DoneError):
                papers.remind(paper.pk, member, name, now)


@job("forum.forget", every=FORGET_SECONDS)
def forget(args: Arguments, now: datetime) -> None:
    """Forget those who answered consultations, after the days that each call stated."""
    for number in consultations.to_forget(now):
        consultations.forget(number, now)
