"""Hands the ledger out: the file for an outsider, and the receipt of one event for whoever may know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from serantau.ledger import Event as Kind
from serantau.ledger import LedgerError
from serantau.ledger.archive import FORMAT, First, Leaf, Opening, Receipt, Restore, leaf_of, shown, write
from serantau.web.ledger import store
from serantau.web.ledger.models import Event

Shows: TypeAlias = Callable[[Event], bool]
"""Whether an event's content goes into the file, or its hash alone."""


def public_events(row: Event) -> bool:
    """What the ledger says about itself; everybody may know it."""
    return Kind(row.event).is_public


def every_event(row: Event) -> bool:
    """Everything that was not erased: for an auditor."""
    return True


def export(shows: Shows = public_events, size: int | None = None) -> Iterator[bytes]:
    """The lines of the file.

    Args:
        shows: Which events are shown.
        size: How many events; None for all. Later ones, and heads over them, are left out.

    Raises:
        LedgerError: if the ledger has no key yet.
    """
    # In this order, as heads never run ahead of the events: what is read later covers what was read before.
    heads, keys = store.all_heads(), store.public_keys()
    if not keys:
        raise LedgerError("Nothing was signed yet. Sign the ledger first: `serantau ledger sign`.")
    restores = [Restore(row.number, row.size) for row in store.epochs()]
    total = store.frontier().size if size is None else size
    kept = [note for note in heads if store.unverified_head(note).size <= total]
    first = First(FORMAT, keys[-1].name, restores[-1].epoch if restores else 1, total)
    opening = Opening(first, tuple(store.rotations()), tuple(restores), tuple(kept))
    return write(opening, (_leaf(row, shows) for row in store.events(total)))


def receipt(position: int) -> Receipt:
    """An event with its proof, under the newest head.

    Raises:
        LedgerError: if it was erased, or no head covers it yet.
    """
    row = Event.objects.filter(pk=position).first()
    entry = None if row is None else store.entry_of(row)
    if row is None or entry is None:
        raise LedgerError(f"The content of event {position} was erased; only its leaf is left.")
    newest = store.newest_head()
    if newest is None or newest.head.size <= position:
        raise LedgerError(f"No head covers event {position} yet. The next one is signed within minutes.")
    proof = [one.hex() for one in store.inclusion(position, newest.head.size)]
    return Receipt(position, shown(entry), bytes(row.salt).hex(), proof, newest.note, store.rotations())


def _leaf(row: Event, shows: Shows) -> Leaf:
    entry = store.entry_of(row) if shows(row) else None
    salt = bytes(row.salt) if entry is not None else None
    return leaf_of(store.leaf_of(row), entry, salt)
