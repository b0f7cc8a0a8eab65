"""Objects that the hub itself makes: alerts, anonymised objects, tombstones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson

from serantau.defend.errors import DefendError
from serantau.defend.model import Release
from serantau.defend.taxii.v21.taking import Failure, Taken
from serantau.defend.taxii.v21.times import microseconds
from serantau.ledger import Event
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.services.writing import Writing, Written
from serantau.web.ledger.changes import change

HUB = ""
"""The hub as a contributor."""


def issue(
    alias: str,
    bodies: Sequence[bytes],
    release: Release,
    now: datetime,
    *,
    actor: str = "system",
    once: str | None = None,
) -> int:
    """Issue objects of the hub's own, as one change.

    Args:
        alias: The collection.
        bodies: STIX objects as JSON.
        release: What they demand of readers.
        now: The time.
        actor: Who has them issued.
        once: A key under which this is done a single time.

    Returns:
        How many were new.
    """
    with change(Event.HUB_OBJECTS_ISSUED, actor=actor, subject=f"collection {alias}", now=now, once=once) as record:
        written = put(alias, bodies, release, now)
        record.say(objects=len(bodies), stored=written.stored)
    return written.stored


def put(alias: str, bodies: Sequence[bytes], release: Release, now: datetime) -> Written:
    """The same inside a change that is open already.

    Raises:
        DefendError: if there is no such collection, or one of the objects is none.
    """
    writing = Writing(now)
    written = put_in(writing, alias, bodies, release)
    writing.end()
    return written


def put_in(
    writing: Writing, alias: str, bodies: Sequence[bytes], release: Release, *, origin: int | None = None
) -> Written:
    """The same inside a writer's turn."""
    plan = collection_of(alias)
    if plan is None:
        raise DefendError(f"The region has no collection {alias!r}.")
    written = writing.add(writing.collection(plan), HUB, [_taken(body, release) for body in bodies], origin=origin)
    if written.failures:
        one: Failure = written.failures[0]
        raise DefendError(f"{one.id} cannot be issued: {one.message}")
    return written


def _taken(body: bytes, release: Release) -> Taken:
    data = orjson.loads(body)
    version = data.get("modified", data.get("created", ""))
    return Taken(
        raw=body,
        id=data["id"],
        type=data["type"],
        version=version,
        version_us=microseconds(version) if version else 0,
        spec=21,
        tlp=release.need,
        release=release,
        revoked=data.get("revoked") is True,
    )
