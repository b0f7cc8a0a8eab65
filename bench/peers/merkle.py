"""pymerkle's side of the bench: appends to, and proofs from, a tree in memory. A program of its own, as its licence (GPL) wants.

Prints ``{"appends": CPU seconds, "proof": CPU seconds of one}`` for the number of leaves given, times per what is given.
"""

from __future__ import annotations

import json
import sys
import time

from pymerkle import InmemoryTree


def main() -> None:
    """Measure."""
    leaves, proofs = int(sys.argv[1]), int(sys.argv[2])
    entries = [number.to_bytes(32, "big") for number in range(leaves)]
    tree = InmemoryTree()
    start = time.process_time()
    for entry in entries:
        tree.append_entry(entry)
    appended = time.process_time() - start
    tree.prove_inclusion(1, leaves)
    start = time.process_time()
    for number in range(proofs):
        tree.prove_inclusion(1 + number * 7919 % leaves, leaves)
    proved = (time.process_time() - start) / proofs
    json.dump({"appends": appended, "proof": proved}, sys.stdout)


if __name__ == "__main__":
    main()
