"""Deleting: a contributor takes back what it gave, and a tombstone tells those who had it.

TAXII has no way to tell pollers of a deletion, so the hub puts an object into the collection of tombstones that names
what was deleted. It is released to exactly those who could read that, and only to accounts that may read the collection
it was in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
from django.db import connection

from serantau.defend.chains import Link
from serantau.defend.model import Release
from serantau.defend.taxii.collections import Planned
from serantau.defend.taxii.v21.errors import DeniedError, UnknownError
from serantau.defend.taxii.v21.times import of_moment, shown
from serantau.ledger import Event
from serantau.web.defend import store
from serantau.web.defend.accounts import Account
from serantau.web.defend.services import twins
from serantau.web.defend.services.hub import put_in
from serantau.web.defend.services.writing import Writing
from serantau.web.ledger.changes import change

TOMBSTONES = "tombstones"
TYPE = "x-serantau-tombstone"
BURY = (
    "INSERT INTO serantau_defend_tombstone (collection_id, member, stix_id, version_us, at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (stix_id, collection_id, member) DO UPDATE SET version_us = excluded.version_us, at = excluded.at"
)


def remove(
    account: Account,
    collection: Planned,
    stix_id: str,
    versions: Sequence[str | int],
    specs: Sequence[int] | None,
    now: datetime,
) -> int:
    """Delete versions of an object that the account's own member contributed. The right is the caller's to ask.

    Returns:
        How many versions were deleted.

    Raises:
        UnknownError: if there is none, as far as the account may know.
        DeniedError: if there is, and it is another's.
    """
    member = account.reader.member
    with change(
        Event.OBJECT_DELETED, actor=account.reference, subject=f"collection {collection.alias}", now=now
    ) as record:
        writing = Writing(now)
        place = writing.lanes.numbers.get(collection.alias, 0)
        chosen = _chosen(writing.versions(place, member, stix_id), versions, specs)
        if not chosen:
            _refuse(account, collection, stix_id, versions, specs)
        gone = writing.remove(place, member, stix_id, chosen)
        _entomb(writing, collection, place, stix_id, gone, now)
        for twin, links in twins.remove(writing, place, member, stix_id, gone).items():
            _entomb(writing, collection, place, twin, links, now)
        if not writing.versions(place, member, stix_id):
            with connection.cursor() as cursor:
                at = connection.ops.adapt_datetimefield_value(now)
                cursor.execute(BURY, [place, member, stix_id, gone[-1].version, at])
        writing.end()
        record.say(object=record.digest(stix_id), versions=len(gone))
    return len(gone)


def _refuse(
    account: Account, collection: Planned, stix_id: str, versions: Sequence[str | int], specs: Sequence[int] | None
) -> None:
    wanted = store.Wanted(
        limit=1, ids=(stix_id,), versions=tuple(versions), specs=None if specs is None else tuple(specs)
    )
    if store.page(collection.alias, account.reader, wanted, bodies=False).rows:
        raise DeniedError("This was contributed by another. Only its contributor deletes it.")
    raise UnknownError("There is no such object in this collection.")


def _chosen(links: Iterable[Link], versions: Sequence[str | int], specs: Sequence[int] | None) -> set[int]:
    """Versions that are meant: first and last among what the STIX versions leave."""
    found = sorted(link.version for link in links if specs is None or link.spec in specs)
    if not found or "all" in versions:
        return set(found)
    named = {version for version in versions if isinstance(version, int)}
    ends = {"first": found[0], "last": found[-1]}
    return {version for version in found if version in named} | {ends[one] for one in versions if isinstance(one, str)}


def _entomb(
    writing: Writing, collection: Planned, place: int, stix_id: str, gone: Sequence[Link], now: datetime
) -> None:
    """One tombstone for each release among what was deleted, so that none names a version to whom it was not released."""
    by_release: dict[Release, list[Link]] = {}
    for link in gone:
        by_release.setdefault(link.release, []).append(link)
    at = shown(of_moment(now))
    for release, links in by_release.items():
        body = {
            "type": TYPE,
            "spec_version": "2.1",
            "id": f"{TYPE}--{uuid.uuid4()}",
            "created": at,
            "modified": at,
            "deleted_ref": stix_id,
            "deleted_versions": [shown(link.version) for link in links],
            "collection": collection.id,
        }
        # The producer reads its own by name; the tombstone is the hub's, and is released to the same readers.
        audience = release.audience | ({release.producer} if release.producer else frozenset())
        put_in(
            writing, TOMBSTONES, [orjson.dumps(body)], Release(release.need, release.upto, "", audience), origin=place
        )
