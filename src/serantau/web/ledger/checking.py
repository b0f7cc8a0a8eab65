"""Checks a ledger against itself: every leaf, every stored node, every event that was not erased, every head.

This is what the operator can do, with the whole database before them; an outsider does the same with less
(:mod:`serantau.ledger.verify`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from serantau.ledger import HASH_BYTES, Frontier, LedgerError, commitment, leaf_hash
from serantau.ledger.heads import Head as TreeHead
from serantau.ledger.heads import read_head, trusted_keys
from serantau.ledger.notes import PublicKey
from serantau.web.ledger.append import frontier_of
from serantau.web.ledger.models import Epoch, Event, Head, Key, Tree
from serantau.web.ledger.store import STEP, entry_of

MOST = 20
"""Problems told; whoever has so many needs no more."""


@dataclass(frozen=True)
class _Promised:
    """What was signed, and which restores there were."""

    heads: dict[int, list[TreeHead]]
    epochs: list[tuple[int, int]]

    def contradicted(self, frontier: Frontier) -> bool:
        """Whether a head of this size was signed for other events, and no restore explains it."""
        return any(
            head.root != frontier.root() and not self._overtaken(head) for head in self.heads.get(frontier.size, [])
        )

    def too_large(self, size: int) -> list[int]:
        """Sizes of heads that speak of more events than there are."""
        large = [head for group in self.heads.values() for head in group if head.size > size]
        return sorted({head.size for head in large if not self._overtaken(head)})

    def _overtaken(self, head: TreeHead) -> bool:
        return any(number > head.epoch and size < head.size for number, size in self.epochs)


def check(using: str = "default") -> list[str]:
    """Check the ledger of a database.

    Args:
        using: Django's name for it.

    Returns:
        One sentence for each thing that is wrong, at most some twenty; empty if all is well.
    """
    tree = Tree.objects.using(using).filter(pk=1).first()
    try:
        frontier = Frontier() if tree is None else frontier_of(tree.size, tree.peaks)
        promised = _Promised(_heads(using), list(Epoch.objects.using(using).values_list("number", "size")))
    except LedgerError as error:
        return [error.message]
    found = list(islice(_rows(frontier, promised, using), MOST))
    beyond = Event.objects.using(using).filter(position__gte=frontier.size).count()
    if beyond:
        found.append(f"There are {beyond} events beyond the {frontier.size} that the tree knows.")
    large = promised.too_large(frontier.size)
    return [*found, *(f"A head speaks of {size} events, and there are {frontier.size}." for size in large)]


def _heads(using: str) -> dict[int, list[TreeHead]]:
    """The signed heads by size.

    Raises:
        LedgerError: if a key or a head is not in order.
    """
    rows = Key.objects.using(using).order_by("id")
    keys = [PublicKey.parse(row.text) for row in rows]
    trusted = trusted_keys(keys[-1], [row.rotation for row in rows if row.rotation]) if keys else ()
    if set(trusted) != set(keys):
        raise LedgerError("The keys of the ledger do not follow each other.")
    heads: dict[int, list[TreeHead]] = defaultdict(list)
    for note in Head.objects.using(using).values_list("note", flat=True):
        head = read_head(note, trusted)
        heads[head.size].append(head)
    return heads


def _rows(held: Frontier, promised: _Promised, using: str) -> Iterator[str]:
    """Grow the tree again from the rows."""
    frontier = Frontier()
    for row in _events(held.size, using):
        if row.position != frontier.size:
            yield f"Event {frontier.size} is missing."
            return
        frontier, completed = frontier.append(_leaf(row))
        if b"".join(completed) != bytes(row.hashes):
            yield f"Event {row.position} is not what its hashes say."
        if promised.contradicted(frontier):
            yield f"The head of {frontier.size} events was signed for other events."
    if frontier != held:
        yield f"The tree speaks of {held.size} events, and those there are make another tree."


def _events(size: int, using: str) -> Iterator[Event]:
    for first in range(0, size, STEP):
        yield from Event.objects.using(using).filter(position__gte=first, position__lt=min(size, first + STEP))


def _leaf(row: Event) -> bytes:
    """The hash that the leaf must have; of an erased event, the one it has."""
    entry = entry_of(row)
    if entry is None:
        return bytes(row.hashes[:HASH_BYTES])
    return leaf_hash(commitment(bytes(row.salt), entry.canonical()))
