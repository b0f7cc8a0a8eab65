"""What a member gives through another room of this site, without an account of the exchange."""

from __future__ import annotations

from datetime import datetime

import orjson

from serantau.defend.errors import DefendError
from serantau.defend.model import HIGHEST_CLEARANCE, Reader, Release
from serantau.defend.taxii.v21.errors import UnknownError
from serantau.defend.taxii.v21.taking import Taken
from serantau.defend.taxii.v21.times import microseconds
from serantau.ledger import Event
from serantau.web.defend.accounts import Account
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.services.removing import remove
from serantau.web.defend.services.writing import Writing
from serantau.web.defend.signals import envelope_stored
from serantau.web.ledger.changes import change


def give(alias: str, member: str, body: bytes, release: Release, now: datetime) -> bool:
    """Give an object in a member's name, as one change; one that was deleted may come back.

    Args:
        alias: The collection.
        member: The contributor.
        body: A STIX object of ours, as JSON.
        release: What it demands of readers.
        now: The time.

    Returns:
        Whether it was new.

    Raises:
        DefendError: if there is no such collection, or it cannot be kept.
    """
    plan = collection_of(alias)
    if plan is None:
        raise DefendError(f"The region has no collection {alias!r}.")
    with change(Event.ENVELOPE_ADDED, actor="system", subject=f"collection {alias}", now=now) as record:
        writing = Writing(now)
        written = writing.add(writing.collection(plan), member, [_taken(body, release)], repost=True)
        if written.failures:
            raise DefendError(f"{written.failures[0].id} cannot be given: {written.failures[0].message}")
        writing.end()
        if written.stored:
            envelope_stored.send(sender=None, now=now)
        record.say(collection=alias, member=member, objects=1, stored=written.stored, content=record.digest(body))
    return bool(written.stored)


def take_back(alias: str, member: str, name: str, now: datetime) -> int:
    """Take an object back that a member gave through this site, every version of it; a tombstone tells those who had it.

    Returns:
        How many versions there were.
    """
    plan = collection_of(alias)
    if plan is None:
        return 0
    try:
        return remove(_Site(0, 0, "", Reader(member, HIGHEST_CLEARANCE), None), plan, name, ("all",), None, now)
    except UnknownError:
        return 0


class _Site(Account):
    """The site itself, acting for a member."""

    @property
    def reference(self) -> str:
        """How events name it."""
        return "system"


def _taken(body: bytes, release: Release) -> Taken:
    data = orjson.loads(body)
    version = data["modified"]
    return Taken(body, data["id"], data["type"], version, microseconds(version), 21, release.need, release)
