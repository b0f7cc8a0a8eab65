"""Another Merkle tree, in a process of its own, as its licence (GPL) wants: roots and inclusion paths of a list of leaves.

Reads ``{"leaves": [hex, ...]}`` from standard input; writes ``{"roots": {size: hex}, "paths": {size: {index: [hex]}}}``.
"""

from __future__ import annotations

import json
import sys

from pymerkle import InmemoryTree


def main() -> None:
    """Answer one question."""
    tree = InmemoryTree()
    leaves = [bytes.fromhex(text) for text in json.load(sys.stdin)["leaves"]]
    for leaf in leaves:
        tree.append_entry(leaf)
    sizes = range(1, len(leaves) + 1)
    roots = {size: tree.get_root(size).hex() for size in sizes}
    # Its paths begin with the leaf itself, and its places count from 1.
    paths = {
        size: {index: [one.hex() for one in tree.prove_inclusion(index + 1, size).path[1:]] for index in range(size)}
        for size in sizes
    }
    json.dump({"roots": roots, "paths": paths}, sys.stdout)


if __name__ == "__main__":
    main()
