"""What happened, provably: events, the Merkle tree over them (RFC 9162), signed heads, and their verification."""

from serantau.ledger.entry import Entry, commitment, digest, new_salt
from serantau.ledger.errors import LedgerError
from serantau.ledger.events import Event
from serantau.ledger.tree import EMPTY_ROOT, HASH_BYTES, Frontier, leaf_hash, node_hash

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Entry",
    "Event",
    "Frontier",
    "LedgerError",
    "commitment",
    "digest",
    "leaf_hash",
    "new_salt",
    "node_hash",
]
