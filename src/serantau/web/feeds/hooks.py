"""Webhooks: what is new in a collection, sent to an address of the member's own as it may be read, signed.

The header ``Serantau-Signature`` is ``t=SECONDS,v1=HEX``, as for notices of alerts: HEX is HMAC-SHA256 (RFC 2104) of
``SECONDS.BODY`` under the key that was shown when the hook was made. A receiver works it out anew, compares in constant
time and refuses a time that lies more than a few minutes back. While the site's secret is being changed there is a
``v1`` for each of its secrets. What is sent is sent again until it was taken, so a receiver may get it twice.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import orjson
from django.conf import settings
from django.utils.crypto import salted_hmac

from serantau.defend.model import Tlp
from serantau.sources import Client, Limits
from serantau.web.defend import store
from serantau.web.defend.accounts import Account, account_of
from serantau.web.feeds import giving
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.models import Feed, Progress
from serantau.web.feeds.running import told
from serantau.web.feeds.services import progress

SIGNATURE = "Serantau-Signature"
LIMITS = Limits(max_bytes=65_536, total_seconds=20.0, step_seconds=10.0, attempts=1)
PART = 200
"""Objects of one call."""

TOMBSTONES = "tombstones"
MOST_PARTS = 20
"""Calls of one run; the rest waits for the next."""


def new_nonce() -> str:
    """What a hook's key is worked out from."""
    return secrets.token_hex(16)


def key_of(nonce: str, secret: str | None = None) -> str:
    """The key of a hook's signatures."""
    return salted_hmac("serantau.feeds.hook", nonce, secret=secret, algorithm="sha256").hexdigest()


def signed(nonce: str, seconds: int, body: bytes) -> str:
    """The header for a body at a time."""
    keys = [key_of(nonce, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return ",".join([f"t={seconds}", *(f"v1={signature(key, seconds, body)}" for key in keys)])


def signature(key: str, seconds: int, body: bytes) -> str:
    """The signature of a body at a time.

    >>> signature("key", 0, b"{}")[:8]
    'c4a0ce75'
    """
    return hmac.new(key.encode(), b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()


def push(number: int, now: datetime, through: Client | None = None) -> int:
    """Send what is new, in parts; what was taken is remembered after each.

    Returns:
        How many objects were taken.
    """
    feed = Feed.objects.select_related("account__machine").get(pk=number)
    if feed.ended_at is not None or feed.paused:
        return 0
    owned = Client(limits=LIMITS, allow_private=frozenset(settings.SERANTAU_PRIVATE_FEEDS)) if through is None else None
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
            headers = {SIGNATURE: signed(feed.secret, int(now.timestamp()), body)}
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


__all__ = ["SIGNATURE", "key_of", "new_nonce", "push", "signature", "signed"]
