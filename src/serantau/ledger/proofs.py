"""Inclusion and consistency proofs of RFC 9162 (sections 2.1.3 and 2.1.4): made from stored nodes, and verified.

A proof is made in two steps. First which nodes it needs follows from numbers
alone; then they are read in one go. Most are hashes of complete subtrees, as
stored; at most one is the hash of the ragged right edge, folded from several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from serantau.ledger.errors import LedgerError
from serantau.ledger.tree import EMPTY_ROOT, HASH_BYTES, MOST_LEAVES, merge_right, node_hash

Proof = tuple[bytes, ...]


@dataclass(frozen=True)
class Node:
    """A complete subtree: of ``2**level`` leaves, the ``index``-th of that size from the left."""

    level: int
    index: int

    @property
    def last_leaf(self) -> int:
        """The place of the leaf that completed it."""
        return ((self.index + 1) << self.level) - 1


Read = Callable[[Sequence[Node]], Sequence[bytes]]
"""Reads the hashes of nodes, in the order asked for."""


class ProofError(LedgerError):
    """A proof does not hold, or what was given is none."""


# --- making ------------------------------------------------------------------------------------------------------------


def peaks_of(first: int, end: int) -> list[Node]:
    """The complete subtrees that make up the leaves from ``first`` up to, not including, ``end``, from left to right.

    ``first`` must be a multiple of the largest power of two that is not larger than the number of leaves.

    >>> [(node.level, node.index) for node in peaks_of(0, 6)]
    [(2, 0), (1, 2)]
    """
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append(Node(level, first >> level))
        first += 1 << level
    return found


def inclusion_nodes(index: int, size: int) -> list[list[Node]]:
    """The nodes of an inclusion proof from the leaf upwards; where there are several they are folded into one hash.

    Raises:
        ProofError: if there is no such leaf in a tree of this size.
    """
    if not 0 <= index < size <= MOST_LEAVES:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    return _path(index, 0, size)


def _path(index: int, first: int, end: int) -> list[list[Node]]:
    """PATH(m, D[n]) of the standard, of the subtree from ``first`` to ``end``."""
    steps: list[list[Node]] = []
    while end - first > 1:
        half = first + _split(end - first)
        if index < half:
            steps.append(peaks_of(half, end))
            end = half
        else:
            steps.append(peaks_of(first, half))
            first = half
    return steps[::-1]


def consistency_nodes(first: int, second: int) -> list[list[Node]]:
    """The nodes of a consistency proof between two sizes, in the order of the standard's SUBPROOF.

    Raises:
        ProofError: if the sizes are not those of an earlier and a later tree. From the empty tree everything follows,
            so it has no proof.
    """
    if not 0 < first <= second <= MOST_LEAVES:
        raise ProofError(f"There is no proof from a tree of {first} leaves to one of {second}.")
    steps: list[list[Node]] = []
    low, high, whole = 0, second, True
    while first != high:
        half = low + _split(high - low)
        if first <= half:
            steps.append(peaks_of(half, high))
            high = half
        else:
            steps.append(peaks_of(low, half))
            low, whole = half, False
    if not whole:
        steps.append(peaks_of(low, high))
    return steps[::-1]


def _split(number: int) -> int:
    """The largest power of two smaller than the number."""
    return 1 << ((number - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: Read) -> Proof:
    """That the leaf at ``index`` is in the tree of ``size`` leaves.

    Args:
        index: Place of the leaf, from 0.
        size: Leaves of the tree that is spoken of; it may have grown since.
        read: Reads stored nodes; called once.

    Raises:
        ProofError: if there is no such leaf in such a tree.
    """
    return _fetch(inclusion_nodes(index, size), read)


def consistency_proof(first: int, second: int, read: Read) -> Proof:
    """That the tree of ``second`` leaves begins with the tree of ``first``.

    Raises:
        ProofError: if the sizes are not those of an earlier and a later tree.
    """
    return _fetch(consistency_nodes(first, second), read)


def root_of(size: int, read: Read) -> bytes:
    """The root when the tree had this many leaves."""
    return merge_right(read(peaks_of(0, size))) if size else EMPTY_ROOT


def _fetch(steps: list[list[Node]], read: Read) -> Proof:
    hashes = iter(read([node for step in steps for node in step]))
    return tuple(merge_right([next(hashes) for _ in step]) for step in steps)


# --- verifying -----------------------------------------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check an inclusion proof by the algorithm of RFC 9162, section 2.1.3.2.

    Args:
        leaf: Hash of the leaf.
        index: Its place, from 0.
        size: Leaves of the tree.
        proof: The hashes of the proof.
        root: Root of the tree, from a head that was verified.

    Raises:
        ProofError: if the proof does not show that the leaf is there.
    """
    if not 0 <= index < size <= MOST_LEAVES:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    _check_hashes([leaf, root, *proof])
    place, last, found = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            raise ProofError("The proof is longer than any such proof.")
        if place & 1 or place == last:
            found = node_hash(hash_, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("The proof is too short.")
    if found != root:
        raise ProofError("The proof leads to another root: the leaf is not in that tree.")


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Check a consistency proof by the algorithm of RFC 9162, section 2.1.4.2.

    Args:
        first: Leaves of the earlier tree; at least 1, as from the empty tree everything follows.
        second: Leaves of the later one.
        first_root: Root of the earlier tree, from a head that was verified.
        second_root: Root of the later one.
        proof: The hashes of the proof; empty if both trees are the same.

    Raises:
        ProofError: if the proof does not show that the later tree begins with the earlier.
    """
    if not 0 < first <= second <= MOST_LEAVES:
        raise ProofError(f"There is no proof from a tree of {first} leaves to one of {second}.")
    _check_hashes([first_root, second_root, *proof])
    if first == second:
        if proof or first_root != second_root:
            raise ProofError("Two trees of the same size are the same tree or they contradict each other.")
        return
    if not proof:
        raise ProofError("The proof is too short.")
    _follow_consistency(first, second, first_root, second_root, proof)


def _follow_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    # A tree whose size is a power of two is itself a node of the later tree, and then not part of the proof.
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = steps[0]
    for hash_ in steps[1:]:
        if last == 0:
            raise ProofError("The proof is longer than any such proof.")
        if place & 1 or place == last:
            earlier, later = node_hash(hash_, earlier), node_hash(hash_, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node_hash(later, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("The proof is too short.")
    if earlier != first_root or later != second_root:
        raise ProofError("The proof leads to other roots: the later tree does not begin with the earlier one.")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError(f"A hash of the tree has {HASH_BYTES} bytes.")
