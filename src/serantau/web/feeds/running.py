"""One run of a feed: asked step by step, each stored before it is remembered; what goes wrong is written down and waits."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import orjson

from serantau.base import SerantauError
from serantau.defend.csvlists import Held
from serantau.defend.stix import instant
from serantau.defend.taxii.collections import Planned
from serantau.sources import Client
from serantau.web.defend.accounts import Account, account_of
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.models import StoredObject
from serantau.web.defend.services import intake
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.guarded import client
from serantau.web.feeds.models import Feed, Progress
from serantau.web.feeds.services import progress
from serantau.web.feeds.sources import Asker, Listing, asker
from serantau.web.ledger.errors import BusyError

log = logging.getLogger(__name__)

MOST_SECONDS = 45.0
"""Of one run; then the other feeds get their turn."""

MOST_OBJECTS = 500
"""Objects of one envelope that a feed puts in, so that members who send by themselves need not wait long."""

MARKING = re.compile(rb'"type"\s*:\s*"marking-definition"')
MOST_BYTES = 4 * 1024**2
BUSY_WAIT = timedelta(seconds=20)


def run(number: int, now: datetime, through: Client | None = None) -> int:
    """Ask a source until it has no more, or its turn is over.

    Args:
        number: The feed.
        now: The time.
        through: A client to ask through; None for one of its own.

    Returns:
        How many objects were new.
    """
    feed = Feed.objects.select_related("account__machine", "progress").get(pk=number)
    if feed.ended_at is not None or feed.paused:
        return 0
    owned = client() if through is None else None
    asking = through or owned
    assert asking is not None
    try:
        return _run(feed, lambda: asker(feed, asking, lambda names: held_of(feed, names)), now)
    except Exception as error:  # noqa: BLE001 - whatever a source does, it is written down and the feed waits
        told(feed, error, now)
        return 0
    finally:
        if owned is not None:
            owned.close()


def take(feed: Feed, raw: bytes, now: datetime) -> tuple[int, int]:
    """Take a list that a person uploads, whole.

    Returns:
        How many objects were new, and how many lines could not be used.

    Raises:
        SerantauError: if it cannot be taken; what was stored before stays.
    """
    asked = Listing(feed, lambda: raw, lambda names: held_of(feed, names))
    account, plan = place_of(feed)
    stored, refused, cursor = 0, 0, {}
    while True:
        step = asked(cursor, now)
        stored += put(account, plan, step.bodies, now)[0]
        refused += step.refused
        cursor = step.cursor
        progress.advance(feed.pk, cursor, now, objects=len(step.bodies), refused=step.refused)
        if not step.more:
            progress.rest(feed, now, done=True)
            if not feed.address:
                progress.wait(feed.pk)
            return stored, refused


def told(feed: Feed, error: Exception, now: datetime) -> None:
    """Write down why a run failed, in words for the member's people."""
    if isinstance(error, BusyError):
        progress.fail(feed.pk, error.message, now, wait=BUSY_WAIT)
    elif isinstance(error, SerantauError):
        log.warning("%s: %s", feed.reference, error.message)
        progress.fail(feed.pk, error.message, now)
    else:
        log.error("%s failed", feed.reference, exc_info=error)
        progress.fail(feed.pk, "This is our fault; it was recorded, and the feed is tried again.", now)


def _run(feed: Feed, begin: Callable[[], Asker], now: datetime) -> int:
    account, plan = place_of(feed)
    ask = begin()
    cursor: Mapping[str, object] = Progress.objects.get(feed=feed).cursor
    began, stored = time.monotonic(), 0
    while True:
        step = ask(cursor, now)
        new, failed = put(account, plan, step.bodies, now)
        stored += new
        progress.advance(feed.pk, step.cursor, now, objects=len(step.bodies), refused=step.refused + failed)
        cursor = step.cursor
        over = time.monotonic() - began > MOST_SECONDS
        if over or not step.more:
            progress.rest(feed, now, done=not step.more)
            return stored


def place_of(feed: Feed) -> tuple[Account, Planned]:
    """The account as which a feed acts, and the collection that it puts into; what it may is asked at each run.

    Raises:
        FeedError: if it may not any more.
    """
    account = account_of(feed.account)
    plan = collection_of(feed.alias)
    if feed.account.machine.ended_at is not None:
        raise FeedError("The account of this feed has ended. Set the feed up anew with another.")
    if plan is None or not account.right(feed.alias).write:
        raise FeedError(f"The account of this feed may not write to {feed.alias} any more.")
    return account, plan


def put(account: Account, plan: Planned, bodies: Sequence[bytes], now: datetime) -> tuple[int, int]:
    """Store objects, in envelopes of some hundred.

    Returns:
        How many were new, and how many could not be kept.
    """
    stored = failed = 0
    # What a marking means must be known before what bears it: what is not known then stays closed for good.
    for part in _parts(sorted(bodies, key=lambda body: MARKING.search(body) is None)):
        status = intake.add_envelope(account, plan, b'{"objects":[' + b",".join(part) + b"]}", now)
        stored += status.stored
        failed += len(status.failures)
    return stored, failed


def _parts(bodies: Sequence[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for body in bodies:
        if part and (len(part) >= MOST_OBJECTS or size + len(body) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(body)
        size += len(body)
    if part:
        yield part


def held_of(feed: Feed, names: Sequence[str]) -> dict[str, Held]:
    """The versions that the member has stored of these identifiers in the feed's collection."""
    rows = StoredObject.objects.filter(
        stix_id__in=list(names), collection__alias=feed.alias, member=feed.member, is_last=True
    )
    found = {}
    for name, body in rows.values_list("stix_id", "body"):
        data = orjson.loads(bytes(body))
        created, modified = instant(data["created"]), instant(data["modified"])
        if created is not None and modified is not None:
            found[name] = Held(created.astimezone(UTC), modified.astimezone(UTC))
    return found


__all__ = ["place_of", "put", "run", "take"]
