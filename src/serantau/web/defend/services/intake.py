"""Envelopes that members send: read, stored, told of in a status, as one change."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

from serantau.defend.taxii.collections import Planned
from serantau.defend.taxii.v21.taking import Envelope, Failure, Terms, read_envelope
from serantau.ledger import Event
from serantau.web.defend import store
from serantau.web.defend.accounts import Account
from serantau.web.defend.services import twins
from serantau.web.defend.services.writing import Writing, _moment, _uuid
from serantau.web.defend.signals import envelope_stored
from serantau.web.ledger.changes import change

STATUSES = "serantau_defend_status"
INSERT = (
    f"INSERT INTO {STATUSES} (id, account_id, collection_id, at, first_seq, last_seq, size, successes, failures, said) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
WAIT_MS = 1500
"""How long an envelope waits for its turn; then its sender is told to come again."""


@dataclass(frozen=True)
class Status:
    """What became of an envelope.

    Attributes:
        id: Its identifier.
        at: When it was asked for.
        successes: Identifier and version of each object that is in the store now.
        failures: The others, with reasons.
        stored: How many were new.
    """

    id: str
    at: datetime
    successes: list[tuple[str, str]]
    failures: list[Failure]
    stored: int


def add_envelope(account: Account, collection: Planned, raw: bytes, now: datetime) -> Status:
    """Take an envelope: the good objects are stored, the bad ones named. The right to write is the caller's to ask.

    Args:
        account: Who sends it.
        collection: Where to.
        raw: The body.
        now: The time.

    Raises:
        EnvelopeError: if it is no envelope; nothing is stored.
        BusyError: if others were writing for too long; nothing is stored.
    """
    begun = time.monotonic()
    return store_envelope(account, collection, read(account, collection, raw), raw, now, begun)


def read(account: Account, collection: Planned, raw: bytes) -> Envelope:
    """Read an envelope on the terms of its sender and of the collection; nothing is stored.

    Raises:
        EnvelopeError: if it is none.
    """
    member = account.reader.member
    terms = Terms(member, collection.floor, account.attribution, alone=bool(collection.member))
    return read_envelope(raw, terms, lambda names: map(orjson.loads, store.definitions(member, names)))


def store_envelope(
    account: Account, collection: Planned, envelope: Envelope, raw: bytes, now: datetime, begun: float
) -> Status:
    """Store an envelope that was read: one change, one leaf of the ledger."""
    number = uuid.uuid4()
    subject = f"envelope {number}"
    with change(Event.ENVELOPE_ADDED, actor=account.reference, subject=subject, now=now) as record:
        writing = Writing(now, wait_ms=WAIT_MS, begun=begun)
        place = writing.collection(collection)
        written = writing.add(place, account.reader.member, envelope.objects, repost=envelope.repost)
        twins.follow(writing, place, account.reader.member, written.newest, now)
        writing.end()
        status = Status(str(number), now, written.successes, written.failures, written.stored)
        with connection.cursor() as cursor:
            cursor.execute(
                INSERT,
                [
                    _uuid(status.id),
                    account.id,
                    place,
                    _moment(now),
                    written.first,
                    written.last,
                    len(envelope.objects),
                    len(status.successes),
                    len(status.failures),
                    said(status),
                ],
            )
        if written.stored:
            envelope_stored.send(sender=None, now=now)
        record.say(
            collection=collection.alias,
            objects=len(envelope.objects),
            stored=written.stored,
            failed=len(status.failures),
            content=record.digest(raw),
        )
    return status


def said(status: Status) -> bytes:
    """Successes and failures as a status tells them."""
    return orjson.dumps(
        {
            "successes": [{"id": name, "version": version} for name, version in status.successes],
            "failures": [{"id": one.id, "version": one.version, "message": one.message} for one in status.failures],
        }
    )
