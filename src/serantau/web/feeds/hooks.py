"""Webhooks: what is new in a collection, signed (``web.config.webhooks``), sent to an address of the member's own.

What is sent is sent again until it was taken, so a receiver may get it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
from django.conf import settings

from serantau.defend.model import Tlp
from serantau.sources import Client
from serantau.web.config import webhooks
from serantau.web.defend import store
from serantau.web.defend.accounts import Account, account_of
from serantau.web.feeds import giving
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.models import Feed, Progress
from serantau.web.feeds.running import told
from serantau.web.feeds.services import progress

ROOM = "feeds"
PART = 200
"""Objects of one call."""

TOMBSTONES = "tombstones"
MOST_PARTS = 20
"""Calls of one run; the rest waits for the next."""


def push(number: int, now: datetime, through: Client | None = None) -> int:
    """Send what is new, in parts; what was taken is remembered after each.

    Returns:
        How many objects were taken.
    """
    feed = Feed.objects.select_related("account__machine").get(pk=number)
    if feed.ended_at is not None or feed.paused:
        return 0
    owned = (
        Client(limits=webhooks.LIMITS, allow_private=frozenset(settings.SERANTAU_PRIVATE_HOOKS))
        if through is None
        else None
    )
    sending = through or owned
    assert sending is not None
    try:
        return _push(feed, sending, now)
    except Exception as error:  # noqa: BLE001 - whatever the receiver does, it is written down and the hook waits
        told(feed, error, now)
        return 0
    finally:
        if owned is not None:
            owned.close()


def _push(feed: Feed, sending: Client, now: datetime) -> int:
    account = account_of(feed.account)
    if feed.account.machine.ended_at is not None or not account.right(feed.alias).read:
        raise FeedError(f"The account of this hook may not read {feed.alias} any more.")
    after = int(Progress.objects.get(feed=feed).cursor.get("seq", 0))
    # Tombstones tell of other collections, so only of those that the account may read.
    readable = [alias for alias, right in account.rights.items() if right.read]
    origins = readable if feed.alias == TOMBSTONES else None
    sent = 0
    for _ in range(MOST_PARTS):
        page = store.page(feed.alias, account.reader, store.Wanted(after=after, limit=PART), origins=origins)
        bodies = _cleared(account, page.rows)
        if bodies:
            body = b'{"collection":%s,"objects":[%s]}' % (orjson.dumps(feed.alias), b",".join(bodies))
            headers = {webhooks.SIGNATURE: webhooks.signed(ROOM, feed.secret, int(now.timestamp()), body)}
            sending.post(feed.address, body, content_type="application/json", headers=headers)
        if page.rows:
            after = page.rows[-1].seq
            progress.advance(feed.pk, {"seq": after}, now, objects=len(bodies))
        sent += len(bodies)
        if not page.more:
            progress.rest(feed, now, done=True)
            return sent
    progress.rest(feed, now, done=False)
    return sent


def _cleared(account: Account, rows: Sequence[store.Row]) -> list[bytes]:
    """The bytes of what the account reads by rank: a machine is no named recipient, not even of its member's own."""
    lights = giving.lights_of(rows)
    return [row.body for row in rows if lights.get(row.seq, Tlp.UNKNOWN) <= account.reader.clearance]


__all__ = ["ROOM", "push"]
