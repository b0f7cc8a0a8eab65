"""What each kind of source is asked, step by step: the objects of a step, and from where to go on once they are stored.

A step may be repeated: whoever dies between storing and remembering asks for the same again, and what is stored already
is stored once. So nothing is lost and nothing is there twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from serantau.defend import csvlists, misp
from serantau.defend.errors import DefendError
from serantau.defend.model import Tlp
from serantau.defend.reading import read_envelope
from serantau.defend.stix import instant, microseconds
from serantau.sources import Client, StatusError
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.guarded import Connection, credentials
from serantau.web.feeds.models import Feed, Kind
from serantau.web.feeds.sealing import unseal
from serantau.web.feeds.services.feeds import DAYS, columns_of

PAGE = 1000
LONGEST_NEXT = 4000
"""Characters of a server's cursor: it is kept, and sent back in an address."""

MOST_RESTARTS = 3
Cursor = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """What a source said.

    Attributes:
        bodies: STIX objects, as bytes.
        cursor: From where to go on once they are stored.
        more: Whether there is more to ask for now.
        refused: What could not be used.
    """

    bodies: Sequence[bytes]
    cursor: Cursor
    more: bool
    refused: int = 0


Held = Callable[[Sequence[str]], Mapping[str, csvlists.Held]]
"""Finds the versions that are stored of identifiers."""

Asker = Callable[[Cursor, datetime], Step]


def asker(feed: Feed, through: Client, held: Held) -> Asker:
    """What asks a feed's source for its next step.

    Args:
        feed: The feed.
        through: The guarded client.
        held: Finds what is stored already.

    Raises:
        FeedError: if it cannot be asked.
    """
    if feed.kind == Kind.TAXII:
        return Taxii(feed, through)
    if feed.kind == Kind.MISP:
        return Misp(feed, through)
    if feed.kind == Kind.CSV:
        return Listing(
            feed, lambda: through.get(feed.address, headers=credentials(unseal(feed.secret, feed.member))).content, held
        )
    raise FeedError(_("This feed brings nothing in."))


class Taxii:
    """A collection of a TAXII 2.1 server, page by page, by what was added after the last walk.

    The parameters of a walk stay the same while its cursor is followed, for servers bind the one to the other. A
    cursor that does not hold any more begins the walk anew.
    """

    def __init__(self, feed: Feed, through: Client) -> None:
        """Begin; nothing is asked yet."""
        from taxii2client.v21 import Collection

        self._connection = Connection(through, unseal(feed.secret, feed.member))
        self._collection = Collection(feed.address, conn=self._connection)

    def __call__(self, cursor: Cursor, now: datetime) -> Step:
        """One page.

        Raises:
            FeedError: if the server does not keep to the protocol.
        """
        begun, at = cursor.get("from") or None, cursor.get("next") or None
        try:
            envelope = self._page(begun, at)
        except StatusError as error:
            restarts = int(cursor.get("restarts", 0)) + 1
            if at is None or not 400 <= error.status < 500 or restarts > MOST_RESTARTS:
                raise
            return Step((), {"from": begun or "", "restarts": restarts}, more=True)
        answer = self._connection.answer
        assert answer is not None
        bodies = [piece.raw for piece in read_envelope(answer.content)] if envelope.get("objects") else []
        last = _later(str(cursor.get("last", "")), answer.headers.get("x-taxii-date-added-last", ""))
        following = envelope.get("next")
        if envelope.get("more") is not True:
            return Step(bodies, {"from": last or begun or ""}, more=False)
        if isinstance(following, str) and 0 < len(following) <= LONGEST_NEXT and following != at:
            return Step(bodies, {"from": begun or "", "next": following, "last": last}, more=True)
        if last and last != begun:
            return Step(bodies, {"from": last}, more=True)
        raise FeedError(_("The server says that there is more and not how to get it."))

    def _page(self, begun: str | None, at: str | None) -> Mapping[str, Any]:
        from taxii2client.exceptions import TAXIIServiceException

        asked = {"limit": PAGE} | ({"added_after": begun} if begun else {}) | ({"next": at} if at else {})
        try:
            envelope = self._collection.get_objects(**asked)
        except TAXIIServiceException as error:
            raise FeedError(_("The server does not keep to TAXII 2.1: %(why)s") % {"why": str(error)[:300]}) from error
        if not isinstance(envelope, dict):
            raise FeedError(_("The server answered with something else than an envelope."))
        return envelope


class Misp:
    """A feed of MISP: the manifest once a run, then each event that changed, one a step."""

    def __init__(self, feed: Feed, through: Client) -> None:
        """Begin; nothing is asked yet."""
        self._base = feed.address.removesuffix("manifest.json").rstrip("/")
        self._client = through
        self._headers = credentials(unseal(feed.secret, feed.member))
        self._feed = misp.Feed(None if feed.light is None else Tlp(feed.light))
        self._manifest: tuple[misp.Listed, ...] | None = None

    def __call__(self, cursor: Cursor, now: datetime) -> Step:
        """The next event that changed since it was last taken."""
        if self._manifest is None:
            self._manifest = misp.read_manifest(self._get("manifest.json"))
        seen: dict[str, int] = dict(cursor.get("seen", {}))
        waiting = [one for one in self._manifest if seen.get(one.uuid) != one.timestamp]
        listed = {one.uuid for one in self._manifest}
        if not waiting:
            return Step((), {"seen": {name: at for name, at in seen.items() if name in listed}}, more=False)
        one = waiting[0]
        bodies: Sequence[bytes] = ()
        refused = 0
        try:
            bodies = misp.read_event(self._get(f"{one.uuid}.json"), self._feed, now)
        except StatusError as error:
            if error.status != 404:
                raise
            refused = 1
        except DefendError:
            refused = 1
        return Step(bodies, {"seen": seen | {one.uuid: one.timestamp}}, len(waiting) > 1, refused)

    def _get(self, name: str) -> bytes:
        return self._client.get(f"{self._base}/{name}", headers=self._headers).content


class Listing:
    """A list as CSV, in parts; whole again once half of its values' time is over."""

    def __init__(self, feed: Feed, get: Callable[[], bytes], held: Held) -> None:
        """Begin; nothing is asked yet."""
        self._get, self._held = get, held
        self._columns = columns_of(feed.options)
        self._days = int(feed.options.get("days", DAYS))
        light = None if feed.light is None else Tlp(feed.light)
        self._source = csvlists.Source(feed.reference, feed.title, light, self._days, feed.address)
        self._read: tuple[str, csvlists.Read] | None = None

    def __call__(self, cursor: Cursor, now: datetime) -> Step:
        """The next part of the list."""
        if self._read is None:
            raw = self._get()
            self._read = hashlib.sha256(raw).hexdigest(), csvlists.read_list(raw, self._columns)
        digest, read = self._read
        same = cursor.get("digest") == digest
        begun = instant(str(cursor.get("begun", ""))) if same else None
        start = int(cursor.get("at", 0)) if begun is not None else 0
        if start >= len(read.lines):
            if begun is not None and now < begun + timedelta(days=self._days) / 2:
                return Step((), cursor, more=False)
            start, begun = 0, None
        lines = read.lines[start : start + PAGE]
        held = self._held([csvlists.indicator_id(self._source, line.key) for line in lines])
        made = (
            csvlists.write_indicator(self._source, line, now, held.get(csvlists.indicator_id(self._source, line.key)))
            for line in lines
        )
        reached = start + len(lines)
        since = (begun or now).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Step(
            [body for body in made if body is not None],
            {"digest": digest, "at": reached, "begun": since},
            reached < len(read.lines),
            read.refused if not start else 0,
        )


def _later(one: str, other: str) -> str:
    """The later of two moments as they are written; what cannot be read is the earliest."""
    return max((one, other), key=lambda text: microseconds(text) or -1)


__all__ = ["Asker", "Listing", "Misp", "Step", "Taxii", "asker"]
