"""Appends leaves to the tree in the database, under the one lock that is always taken last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serantau.ledger import Entry, commitment, leaf_hash
from serantau.web.ledger.models import Event, Tree
from serantau.web.ledger.store import frontier_of

BATCH = 500


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
    tree = locked_tree()
    first, frontier = tree.size, frontier_of(tree)
    rows = []
    for each, leaf in zip(recorded, leaves, strict=True):
        place = frontier.size
        frontier, completed = frontier.append(leaf)
        rows.append(_row(place, each, b"".join(completed)))
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(rows, batch_size=BATCH)
    Tree.objects.filter(pk=1).update(size=frontier.size, peaks=b"".join(frontier.peaks))
    return first


def locked_tree() -> Tree:
    """The row of the tree, held until the transaction ends. On SQLite the transaction itself is the lock."""
    tree = Tree.objects.select_for_update().filter(pk=1).first()
    if tree is None:
        Tree.objects.bulk_create([Tree(pk=1)], ignore_conflicts=True)
        tree = Tree.objects.select_for_update().get(pk=1)
    return tree


def _row(place: int, recorded: Recorded, hashes: bytes) -> Event:
    entry = recorded.entry
    return Event(
        position=place,
        event=entry.event.value,
        at=entry.at,
        actor=entry.actor,
        subject=entry.subject,
        details=dict(entry.details),
        salt=recorded.salt,
        hashes=hashes,
        once=recorded.once or None,
    )
