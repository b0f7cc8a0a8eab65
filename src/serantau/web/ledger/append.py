"""Appends leaves to the tree in the database, under the one lock that is always taken last.

In SQL by hand, since every change of the site passes here and a million events may be brought in at once: Django's
models cost four times as much for the same three statements. The statements are the same on both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from serantau.ledger import HASH_BYTES, Entry, Frontier, commitment, leaf_hash
from serantau.web.ledger.models import Event, Tree

EVENTS, TREE = Event._meta.db_table, Tree._meta.db_table  # noqa: SLF001 - Django's way to a table's name
COLUMNS = ("position", "event", "at", "actor", "subject", "details", "salt", "hashes", "once")


@dataclass(frozen=True)
class Recorded:
    """An event to append: what happened, its salt, and the key under which it may happen once."""

    entry: Entry
    salt: bytes
    once: str | None = None


def append(recorded: Sequence[Recorded]) -> int:
    """Append events, in a transaction that the caller has opened and commits at once.

    Returns:
        The place of the first.
    """
    # Hashed before the lock is taken, so that others wait for as little as possible.
    leaves = [leaf_hash(commitment(each.salt, each.entry.canonical())) for each in recorded]
    with connection.cursor() as cursor:
        frontier = _locked(cursor)
        first, rows = frontier.size, []
        for each, leaf in zip(recorded, leaves, strict=True):
            place = frontier.size
            frontier, completed = frontier.append(leaf)
            rows.append(_row(place, each, b"".join(completed)))
        insert, update = _statements(connection.vendor)
        if len(rows) == 1:
            cursor.execute(insert, rows[0])
        else:
            cursor.executemany(insert, rows)
        cursor.execute(update, [frontier.size, b"".join(frontier.peaks)])
    return first


def _locked(cursor: Any) -> Frontier:  # noqa: ANN401 - Django's, without types
    """The tree, its row held until the transaction ends. On SQLite the transaction itself is the lock."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    select = f"SELECT size, peaks FROM {TREE} WHERE id = 1{lock}"  # noqa: S608 - names of our own
    cursor.execute(select)
    row = cursor.fetchone()
    if row is None:
        cursor.execute(f"INSERT INTO {TREE} (id, size, peaks) VALUES (1, 0, %s) ON CONFLICT DO NOTHING", [b""])  # noqa: S608
        cursor.execute(select)
        row = cursor.fetchone()
    return frontier_of(*row)


def frontier_of(size: int, peaks: bytes) -> Frontier:
    """The tree from the columns of its row."""
    held = bytes(peaks)
    return Frontier(size, tuple(held[at : at + HASH_BYTES] for at in range(0, len(held), HASH_BYTES)))


@cache
def _statements(vendor: str) -> tuple[str, str]:
    """How a row is inserted and the tree updated."""
    cast = "%s::jsonb" if vendor == "postgresql" else "%s"
    values = ", ".join(cast if column == "details" else "%s" for column in COLUMNS)
    insert = f"INSERT INTO {EVENTS} ({', '.join(COLUMNS)}) VALUES ({values})"  # noqa: S608 - names of our own
    return insert, f"UPDATE {TREE} SET size = %s, peaks = %s WHERE id = 1"  # noqa: S608


def _row(place: int, recorded: Recorded, hashes: bytes) -> tuple[object, ...]:
    entry = recorded.entry
    return (
        place,
        entry.event.value,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.actor,
        entry.subject,
        entry.details_text(),
        recorded.salt,
        hashes,
        recorded.once or None,
    )
