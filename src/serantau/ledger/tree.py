"""The Merkle tree of RFC 9162, section 2.1, grown one leaf at a time.

A subtree is *complete* when its leaves are all there: 2^level of them,
beginning at a multiple of that number. Its hash never changes again, so it is
stored once. The complete subtrees from left to right that make up a tree are
its *peaks*; they are all that is needed to append and to compute the root
(RFC 9162, section 2.1.2, computes the same with a stack).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from serantau.ledger.errors import LedgerError

HASH_BYTES = 32
LEAF, NODE = b"\x00", b"\x01"
"""What is hashed before a leaf and before a pair, so that neither can pass for the other."""

EMPTY_ROOT = sha256(b"").digest()
MOST_LEAVES = 1 << 48
"""Far more than will ever be; bounds the numbers that a stranger may claim."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf: SHA-256 of 0x00 and the entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees side by side: SHA-256 of 0x01 and both hashes."""
    return sha256(NODE + left + right).digest()


def merge_right(hashes: Iterable[bytes]) -> bytes:
    """The hash over peaks given from left to right: the two rightmost first."""
    *rest, top = hashes
    for left in reversed(rest):
        top = node_hash(left, top)
    return top


@dataclass(frozen=True)
class Frontier:
    """A tree as far as it matters for growing: its size and its peaks, largest first.

    >>> one, completed = Frontier().append(leaf_hash(b""))
    >>> one.size, one.root() == completed[0]
    (1, True)
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse peaks that cannot be those of a tree of this size.

        Raises:
            LedgerError: if the number or length of the peaks does not fit.
        """
        if not 0 <= self.size <= MOST_LEAVES or len(self.peaks) != self.size.bit_count():
            raise LedgerError(f"{len(self.peaks)} peaks cannot be those of a tree of {self.size} leaves.")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise LedgerError(f"A hash of the tree has {HASH_BYTES} bytes.")

    def append(self, leaf: bytes) -> tuple[Frontier, tuple[bytes, ...]]:
        """Add a leaf.

        Args:
            leaf: The hash of the leaf.

        Returns:
            The tree with the leaf, and the hashes of the subtrees that it completed, of 1, 2, 4, ... leaves: the leaf
            itself first. The leaf at place ``i`` completes as many as ``i + 1`` has zeros at its end, and itself.
        """
        peaks, completed = list(self.peaks), [leaf]
        for _ in range(trailing_zeros(self.size + 1)):
            completed.append(node_hash(peaks.pop(), completed[-1]))
        return Frontier(self.size + 1, (*peaks, completed[-1])), tuple(completed)

    def root(self) -> bytes:
        """The hash of the whole tree."""
        return merge_right(self.peaks) if self.peaks else EMPTY_ROOT


def trailing_zeros(number: int) -> int:
    """How often a positive number can be halved.

    >>> [trailing_zeros(number) for number in (1, 2, 3, 4, 12)]
    [0, 1, 0, 2, 2]
    """
    return (number & -number).bit_length() - 1
