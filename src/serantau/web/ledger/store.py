"""Reads the ledger from the database: its size, its nodes, its proofs. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from serantau.ledger import HASH_BYTES, Entry, Frontier
from serantau.ledger import Event as Kind
from serantau.ledger.heads import Head as TreeHead
from serantau.ledger.heads import unverified_head
from serantau.ledger.notes import PublicKey
from serantau.ledger.proofs import Node, Proof, ProofError, consistency_proof, inclusion_proof, root_of
from serantau.web.ledger.append import EVENTS, frontier_of
from serantau.web.ledger.models import Epoch, Event, Head, Key, Tree

STEP = 2000
"""Rows read at once from a long list."""


@dataclass(frozen=True)
class Signed:
    """A head that was published."""

    head: TreeHead
    note: str


def frontier() -> Frontier:
    """How far the ledger has grown."""
    tree = Tree.objects.filter(pk=1).first()
    return Frontier() if tree is None else frontier_of(tree.size, tree.peaks)


def epoch() -> int:
    """The epoch that runs."""
    last = Epoch.objects.order_by("number").values_list("number", flat=True).last()
    return 1 if last is None else last


def read(nodes: Sequence[Node]) -> list[bytes]:
    """Hashes of complete subtrees, in one query.

    Raises:
        ProofError: if the tree has not grown so far.
    """
    if not nodes:
        return []
    places = sorted({node.last_leaf for node in nodes})
    marks = ", ".join(["%s"] * len(places))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT position, hashes FROM {EVENTS} WHERE position IN ({marks})", places)  # noqa: S608 - marks
        held = dict(cursor.fetchall())
    if len(held) != len(places):
        raise ProofError("The ledger has not so many events.")
    return [bytes(held[node.last_leaf][node.level * HASH_BYTES :][:HASH_BYTES]) for node in nodes]


def root(size: int) -> bytes:
    """The root when the ledger had so many events."""
    return root_of(size, read)


def inclusion(position: int, size: int) -> Proof:
    """That an event is among the first ``size``."""
    return inclusion_proof(position, size, read)


def consistency(first: int, second: int) -> Proof:
    """That the ledger of ``second`` events begins with that of ``first``."""
    return consistency_proof(first, second, read)


def newest_head() -> Signed | None:
    """The head signed last."""
    row = Head.objects.order_by("id").last()
    return None if row is None else _signed(row)


def heads(most: int) -> list[Signed]:
    """Heads, newest first."""
    return [_signed(row) for row in Head.objects.order_by("-id")[:most]]


def all_heads() -> list[str]:
    """Every head as it was signed, oldest first."""
    return list(Head.objects.order_by("id").values_list("note", flat=True))


def public_keys() -> list[PublicKey]:
    """The keys in the order in which they were used; the last one signs."""
    return [PublicKey.parse(text) for text in Key.objects.order_by("id").values_list("text", flat=True)]


def rotations() -> list[str]:
    """The statements by which one key followed another."""
    return list(Key.objects.exclude(rotation="").order_by("id").values_list("rotation", flat=True))


def epochs() -> list[Epoch]:
    """The restores, oldest first."""
    return list(Epoch.objects.order_by("number"))


def events(size: int, first: int = 0) -> Iterator[Event]:
    """The events from ``first`` up to ``size``, a few thousand at a time."""
    while first < size:
        rows = list(
            Event.objects.filter(position__gte=first, position__lt=min(size, first + STEP)).order_by("position")
        )
        yield from rows
        first += STEP


def entry_of(row: Event) -> Entry | None:
    """The event as the engine knows it; None if it was erased."""
    if row.salt is None:
        return None
    return Entry(Kind(row.event), row.actor, row.subject, row.at, row.details)


def leaf_of(row: Event) -> bytes:
    """The hash of an event's leaf."""
    return bytes(row.hashes[:HASH_BYTES])


def _signed(row: Head) -> Signed:
    return Signed(unverified_head(row.note), row.note)
