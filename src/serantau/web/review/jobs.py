"""What the review does by itself: reminding those who have not answered, and clearing files that nobody owns."""

from __future__ import annotations

import time
from datetime import datetime

from serantau.review.rounds import reminder_due
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.bundles import keeper
from serantau.web.jobs import job
from serantau.web.jobs.registry import Arguments
from serantau.web.ledger.errors import DoneError
from serantau.web.review import attachments
from serantau.web.review.answers import round_table
from serantau.web.review.clock import day_of
from serantau.web.review.models import Attachment, ReportingRound
from serantau.web.review.services import rounds

EVERY_SECONDS = 900
DAY_SECONDS = 86_400

ALL_SEEING = Actor(Kind.PERSON, roles=frozenset({Role.SECRETARIAT}), second_factor=True)
"""Sees what the secretariat sees: everything but drafts."""


@job("review.remind", every=EVERY_SECONDS)
def remind(args: Arguments, now: datetime) -> None:
    """Remind the members that have not answered an open round, each once for each date."""
    for asked in ReportingRound.objects.filter(opens_at__lte=now).prefetch_related("reminders"):
        sent: dict[str, list[str]] = {}
        for one in asked.reminders.all():
            sent.setdefault(one.member, []).append(one.name)
        if reminder_due(asked.due_at, asked.opens_at, now, ()) is None:
            continue
        table = round_table(keeper().answers().bundle, asked, ALL_SEEING, day_of(now))
        for member in table.members:
            missing = len(table.missing(member))
            name = reminder_due(asked.due_at, asked.opens_at, now, sent.get(member, ()))
            if missing and name:
                _remind(asked, member, name, missing, now)


def _remind(asked: ReportingRound, member: str, name: str, missing: int, now: datetime) -> None:
    try:
        rounds.remind(asked, member, name, missing, now)
    except DoneError:
        return  # another process was quicker


@job("review.clear", every=DAY_SECONDS)
def clear(args: Arguments, now: datetime) -> None:
    """Delete files in the folder of attachments that no row names: what a broken-off request left there a day ago."""
    owned = set(Attachment.objects.values_list("place", flat=True))
    old = time.time() - DAY_SECONDS
    for path in attachments.folder().glob("??/*"):
        if attachments.PLACE.fullmatch(path.name) and path.name not in owned and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
