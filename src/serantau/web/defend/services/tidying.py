"""Statuses: forgotten after seven days, and given what full validation found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from serantau.ledger import Event
from serantau.web.defend.models import Status
from serantau.web.ledger.changes import change

KEPT = timedelta(days=7)
"""How long a status is kept. The protocol asks for a day at least (TAXII 2.1, 4.3)."""


def forget_statuses(now: datetime) -> int:
    """Delete statuses that are older than seven days.

    Returns:
        How many there were.
    """
    old = Status.objects.filter(at__lt=now - KEPT)
    if not old.exists():
        return 0
    with change(Event.STATUS_FORGOTTEN, actor="system", subject="statuses", now=now) as record:
        count, _rows = old.delete()
        record.say(statuses=count)
    return count


def note_findings(status: Status, findings: list[dict[str, Any]], now: datetime) -> None:
    """Append to a status what full validation said of its objects."""
    with change(Event.STATUS_VALIDATED, actor="system", subject=f"envelope {status.pk}", now=now) as record:
        Status.objects.filter(pk=status.pk, findings__isnull=True).update(findings=findings)
        record.say(findings=len(findings))
