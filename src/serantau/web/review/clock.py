"""The day on which something that happens now is known."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings


def day_of(now: datetime) -> date:
    """The day on the server's own calendar, by which questions are asked, too."""
    return settings.SERANTAU_TODAY or now.astimezone().date()
