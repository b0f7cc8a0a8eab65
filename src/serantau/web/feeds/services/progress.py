"""How far a feed has come, written as it goes. No events: see ``serantau.web.ledger.guard``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from serantau.web.feeds.models import LONGEST_SAID, Feed, Progress

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
CLAIM = timedelta(minutes=10)
"""For how long a feed is left to the process that began to ask it."""


def claim(feed: int, now: datetime) -> bool:
    """Take a feed that is due: of several processes one gets it.

    Returns:
        Whether this one did.
    """
    due = Progress.objects.filter(feed=feed, next_at__lte=now, feed__paused=False, feed__ended_at=None)
    return bool(due.update(next_at=now + CLAIM, tried_at=now))


def advance(feed: int, cursor: Mapping[str, Any], now: datetime, *, objects: int = 0, refused: int = 0) -> None:
    """Remember from where to go on; what came before is stored."""
    Progress.objects.filter(feed=feed).update(
        cursor=dict(cursor),
        next_at=now + CLAIM,
        objects_in_all=F("objects_in_all") + objects,
        refused=F("refused") + refused,
    )


def rest(feed: Feed, now: datetime, *, done: bool) -> None:
    """End a run: heard to the end, or to go on soon, so that others get their turn."""
    wait = timedelta(minutes=feed.minutes) if done else timedelta(0)
    kept = {"failures": 0, "said": ""}
    if done:
        kept["done_at"] = now
    Progress.objects.filter(feed=feed).update(next_at=now + wait, **kept)


def fail(feed: int, why: str, now: datetime, *, wait: timedelta | None = None) -> None:
    """Remember that it failed; the wait doubles each time, up to six hours."""
    row = Progress.objects.filter(feed=feed).first()
    if row is None:
        return
    failures = row.failures + 1
    pause = wait or min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    Progress.objects.filter(feed=feed).update(failures=failures, said=why[:LONGEST_SAID], next_at=now + pause)


def due(feed: int, now: datetime) -> None:
    """Let it be asked at the next look."""
    Progress.objects.filter(feed=feed).update(next_at=now)


def wait(feed: int) -> None:
    """Leave it until a person brings something: it has nobody to ask."""
    Progress.objects.filter(feed=feed).update(next_at=None)


__all__ = ["advance", "claim", "due", "fail", "rest", "wait"]
