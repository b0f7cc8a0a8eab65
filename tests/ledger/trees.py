"""Trees for tests: one grown as the ledger grows it, with its stored nodes, and the standard's definitions word by word."""

from __future__ import annotations

from hashlib import sha256

from serantau.ledger import Frontier
from serantau.ledger.proofs import Node


class Stored:
    """A tree and the nodes that were stored while it grew; counts the reads."""

    def __init__(self, leaves=()):
        self.frontier, self.nodes, self.reads = Frontier(), {}, 0
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf):
        """Add the hash of a leaf."""
        place = self.frontier.size
        self.frontier, completed = self.frontier.append(leaf)
        for level, hash_ in enumerate(completed):
            self.nodes[Node(level, place >> level)] = hash_

    def read(self, nodes):
        """Stored nodes, as a proof asks for them."""
        self.reads += 1
        return [self.nodes[node] for node in nodes]


def mth(entries):
    """MTH(D_n) of RFC 9162, section 2.1.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m, entries):
    """PATH(m, D_n) of RFC 9162, section 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m, entries):
    """PROOF(m, D_n) of RFC 9162, section 2.1.4.1."""
    return subproof(m, entries, whole=True)


def subproof(m, entries, *, whole):
    """SUBPROOF(m, D_n, b) of RFC 9162, section 2.1.4.1."""
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole=whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], whole=False), mth(entries[:k])]


def split(n):
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
