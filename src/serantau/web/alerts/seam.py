"""Where contributions come from and issued objects go to: the store of the room, if it is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.apps import apps

from serantau.defend.model import Contribution, Release

ALIAS = "alerts"
"""The collection that alerts are issued into."""

STORE = "serantau.web.defend"
LONGEST_SOURCE = 32
LONGEST_VALUE = 4_096


@dataclass(frozen=True, slots=True)
class Said:
    """What one stored object says, once it is the newest of its kind.

    Attributes:
        number: Its place in the store.
        object: Its identifier.
        member: Who contributed it.
        words: What it says of keys; empty if it was withdrawn or deleted, or says nothing.
    """

    number: int
    object: str
    member: str
    words: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of the store, in the order of commits.

    Attributes:
        said: What is the newest of its object.
        read: How many stored objects were read for it.
        last: The place of the last of them.
    """

    said: tuple[Said, ...] = ()
    read: int = 0
    last: int = 0


NOTHING_NEW = Batch()


def said_after(number: int, limit: int) -> Batch:
    """What was stored after a place."""
    if not installed():
        return NOTHING_NEW
    from serantau.web.alerts import reading

    return reading.said_after(number, limit)


def installed() -> bool:
    """Whether there is a store to read."""
    return apps.is_installed(STORE)


def last_number() -> int:
    """How far the store has come; 0 where there is none."""
    if not installed():
        return 0
    from serantau.web.defend.models import StoredObject

    return StoredObject.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def tidy(word: Contribution, received: datetime) -> Contribution | None:
    """A contribution as it is kept: nothing seen after it was received, its source as a digest; None if it cannot be kept."""
    if "\0" in word.key.value or len(word.key.value) > LONGEST_VALUE or "\0" in word.member:
        return None
    received = received.astimezone(UTC)
    source = hashlib.sha256(word.source.encode()).hexdigest()[:LONGEST_SOURCE] if word.source else ""
    first, last = sorted((min(word.first, received), min(word.last, received)))
    return replace(word, first=first, last=last, source=source)


def put(bodies: Sequence[bytes], release: Release, now: datetime) -> None:
    """Issue objects of the hub's own, inside the change that is open; nothing where there is no store."""
    if installed() and bodies:
        from serantau.web.defend.services.hub import put as put_in_store

        put_in_store(ALIAS, bodies, release, now)
