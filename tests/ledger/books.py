"""A ledger in memory, as an outsider may be handed it: grown, signed, restored and written out by the engine alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from serantau.ledger import Entry, Event, Frontier, commitment, leaf_hash
from serantau.ledger.archive import First, Opening, Restore, leaf_of, write
from serantau.ledger.heads import Head, sign_head
from serantau.ledger.notes import PrivateKey

NAME = "serantau/0123456789abcdef"
KEY = PrivateKey(NAME, b"k" * 32)
START = datetime(2026, 3, 1, tzinfo=UTC)


class Book:
    """Events, heads and restores of one ledger."""

    def __init__(self, key=KEY):
        self.key, self.epoch, self.now = key, 1, START
        self.frontier, self.entries, self.leaves = Frontier(), [], []
        self.heads, self.restores, self.rotations = [], [], []

    def add(self, event=Event.SUBMISSION_SUBMITTED, **details):
        """One event; its salt is its number, so that every run gives the same file."""
        place = self.frontier.size
        self.now += timedelta(minutes=1)
        entry, salt = Entry(event, "person 17", f"submission {place}", self.now, details), place.to_bytes(32, "big")
        self.entries.append(entry)
        hash_ = leaf_hash(commitment(salt, entry.canonical()))
        # Every third event is not shown, as if the reader may not know it.
        self.leaves.append(leaf_of(hash_) if place % 3 == 2 and not details else leaf_of(hash_, entry, salt))
        self.frontier, _ = self.frontier.append(hash_)

    def grow(self, number):
        """Several events."""
        for _ in range(number):
            self.add()
        return self

    def sign(self):
        """A head over everything so far."""
        head = Head(self.key.name, self.epoch, self.frontier.size, self.frontier.root(), self.now)
        self.heads.append(sign_head(head, self.key))
        return self.heads[-1]

    def restore(self, size, old_head):
        """Go back to a backup of so many events, and begin the next epoch."""
        kept = self.leaves[:size]
        del self.entries[size:]
        self.leaves, self.frontier = [], Frontier()
        for leaf in kept:
            self.leaves.append(leaf)
            self.frontier, _ = self.frontier.append(bytes.fromhex(leaf.hash))
        self.epoch += 1
        self.restores.append(Restore(self.epoch, size))
        root = self.frontier.root().hex()
        self.add(Event.EPOCH_BEGUN, epoch=self.epoch, size=size, root=root, old_head=old_head)

    def opening(self):
        """What stands before the leaves."""
        first = First(1, self.key.name, self.epoch, len(self.leaves))
        return Opening(first, tuple(self.rotations), tuple(self.restores), tuple(self.heads))

    def file(self):
        """The lines of the export."""
        return list(write(self.opening(), self.leaves))
