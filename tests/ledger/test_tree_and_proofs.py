"""Rule: the tree, its proofs and their verification are those of RFC 9162, and no forged proof passes.

Expected values: the vectors of transparency-dev/merkle (Apache-2.0, ``vectors/merkle_proofs.json``) and the roots of the
Certificate Transparency project's test data that it shares; the definitions of the standard, written down word by word
in ``trees.py``; and pymerkle, run beside ours in a process of its own.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serantau.ledger import EMPTY_ROOT, Frontier, LedgerError, leaf_hash, node_hash
from serantau.ledger.proofs import (
    ProofError,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.ledger import trees
from tests.ledger.trees import Stored

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors" / "merkle_proofs.json").read_text(encoding="utf-8"))

# The eight entries of the Certificate Transparency test data, and the roots over the first 0 to 8 of them.
CT_ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

entries = st.lists(st.binary(max_size=40), min_size=1, max_size=70)
distinct = st.lists(st.binary(max_size=40), min_size=1, max_size=70, unique=True)
"""Of the same entry twice, a proof for one place may well hold for the other."""
hashes = st.binary(min_size=32, max_size=32)


def grown(content):
    return Stored([leaf_hash(entry) for entry in content])


def decoded(texts):
    return [base64.b64decode(text) for text in texts or []]


# --- published vectors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_certificate_transparency_data(size):
    assert grown(CT_ENTRIES[:size]).frontier.root().hex() == CT_ROOTS[size]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda case: case["file"])
def test_published_inclusion_vector(case):
    leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
    asked = (leaf, case["leafIdx"], case["treeSize"], decoded(case["proof"]), root)
    if case["wantErr"]:
        with pytest.raises(ProofError):
            verify_inclusion(*asked)
    else:
        verify_inclusion(*asked)


# The roots of these are three words, not 32 bytes, so that a library shows it compares nothing. Ours refuses them for
# their length; that two empty trees are consistent is nothing that we prove either.
NOT_HASHES = {
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json",
    "consistency/additional/sizes-are-equal-zero-and-proof-is-empty.json",
}


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: case["file"])
def test_published_consistency_vector(case):
    roots = [base64.b64decode(case[name]) for name in ("root1", "root2")]
    asked = (case["size1"], case["size2"], *roots, decoded(case["proof"]))
    if case["wantErr"] or case["file"] in NOT_HASHES:
        with pytest.raises(ProofError):
            verify_consistency(*asked)
    else:
        verify_consistency(*asked)


def test_the_vectors_hold_both_kinds():
    good = [case for kind in ("inclusion", "consistency") for case in VECTORS[kind] if not case["wantErr"]]
    assert len(good) == 12
    assert len(VECTORS["inclusion"]) + len(VECTORS["consistency"]) == 196


# --- the standard's definitions --------------------------------------------------------------------------------------------


@given(entries)
def test_the_root_is_the_standards(content):
    stored = grown(content)
    assert stored.frontier.root() == trees.mth(content)
    for size in range(len(content) + 1):
        assert root_of(size, stored.read) == trees.mth(content[:size])


@given(entries, st.data())
def test_an_inclusion_proof_is_the_standards_and_holds(content, data):
    stored = grown(content)
    size = data.draw(st.integers(1, len(content)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, stored.read)
    assert list(proof) == trees.path(index, content[:size])
    assert stored.reads == 1
    verify_inclusion(leaf_hash(content[index]), index, size, proof, trees.mth(content[:size]))


@given(entries, st.data())
def test_a_consistency_proof_is_the_standards_and_holds(content, data):
    stored = grown(content)
    second = data.draw(st.integers(1, len(content)))
    first = data.draw(st.integers(1, second))
    proof = consistency_proof(first, second, stored.read)
    assert list(proof) == trees.proof(first, content[:second])
    verify_consistency(first, second, trees.mth(content[:first]), trees.mth(content[:second]), proof)


# --- an independent implementation -----------------------------------------------------------------------------------------


def test_roots_and_paths_are_those_of_pymerkle():
    content = [sha256(str(number).encode()).digest()[: number % 33] for number in range(67)]
    question = json.dumps({"leaves": [entry.hex() for entry in content]})
    done = subprocess.run(
        [sys.executable, HERE / "pymerkle_oracle.py"], input=question, capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    stored = grown(content)
    for size in range(1, len(content) + 1):
        assert root_of(size, stored.read).hex() == theirs["roots"][str(size)]
        for index in range(size):
            ours = [one.hex() for one in inclusion_proof(index, size, stored.read)]
            assert ours == theirs["paths"][str(size)][str(index)]


# --- forgeries -------------------------------------------------------------------------------------------------------------


def spoil(data, proof):
    """Another list of hashes: one changed, added, dropped, doubled, or two swapped."""
    spoilt = list(proof)
    how = data.draw(st.sampled_from(["change", "add", "drop", "double", "swap", "cut"]))
    place = data.draw(st.integers(0, max(0, len(spoilt) - 1)))
    if how == "add" or not spoilt:
        spoilt.insert(place, data.draw(hashes))
    elif how == "change":
        bit = data.draw(st.integers(0, 255))
        number = int.from_bytes(spoilt[place], "big") ^ (1 << bit)
        spoilt[place] = number.to_bytes(32, "big")
    elif how == "drop":
        del spoilt[place]
    elif how == "double":
        spoilt.insert(place, spoilt[place])
    elif how == "swap":
        spoilt[place], spoilt[0] = spoilt[0], spoilt[place]
    else:
        spoilt[place] = spoilt[place][:31]
    assume(spoilt != list(proof))
    return spoilt


@given(distinct, st.data())
def test_a_forged_inclusion_proof_is_refused(content, data):
    stored = grown(content)
    size = data.draw(st.integers(1, len(content)))
    index = data.draw(st.integers(0, size - 1))
    leaf, root = leaf_hash(content[index]), root_of(size, stored.read)
    proof = inclusion_proof(index, size, stored.read)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, index, size, spoil(data, proof), root)
    other = data.draw(hashes)
    assume(other not in {leaf, root})
    with pytest.raises(ProofError):
        verify_inclusion(other, index, size, proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, index, size, proof, other)
    elsewhere = data.draw(st.integers(0, size))
    assume(elsewhere != index)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, elsewhere, size, proof, root)


@given(entries, st.data())
def test_a_forged_consistency_proof_is_refused(content, data):
    stored = grown(content)
    second = data.draw(st.integers(1, len(content)))
    first = data.draw(st.integers(1, second))
    roots = root_of(first, stored.read), root_of(second, stored.read)
    proof = consistency_proof(first, second, stored.read)
    with pytest.raises(ProofError):
        verify_consistency(first, second, *roots, spoil(data, proof))
    other = data.draw(hashes)
    assume(other not in roots)
    with pytest.raises(ProofError):
        verify_consistency(first, second, other, roots[1], proof)
    with pytest.raises(ProofError):
        verify_consistency(first, second, roots[0], other, proof)


@given(entries, st.data())
def test_a_rewritten_history_has_no_proof(content, data):
    """Whoever changes a leaf that a head covers finds no proof from that head, not even their own tree's."""
    first = data.draw(st.integers(1, len(content)))
    place = data.draw(st.integers(0, first - 1))
    rewritten = [*content]
    rewritten[place] = content[place] + b"!"
    old, new = grown(content), grown(rewritten)
    proof = consistency_proof(first, len(content), new.read)
    with pytest.raises(ProofError):
        verify_consistency(first, len(content), root_of(first, old.read), new.frontier.root(), proof)


def test_a_node_does_not_pass_for_a_leaf():
    """The prefixes: without them the pair of two leaves' hashes would be an entry with the same root."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert grown([left + right]).frontier.root() != grown([b"a", b"b"]).frontier.root()


@pytest.mark.parametrize("index, size", [(0, 0), (1, 1), (-1, 3), (7, 7), (0, 1 << 60)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(ProofError):
        inclusion_proof(index, size, Stored().read)
    with pytest.raises(ProofError):
        verify_inclusion(EMPTY_ROOT, index, size, [], EMPTY_ROOT)


@pytest.mark.parametrize("first, second", [(0, 5), (3, 2), (-1, 4), (1, 1 << 60)])
def test_sizes_that_are_no_history_have_no_proof(first, second):
    with pytest.raises(ProofError):
        consistency_proof(first, second, Stored().read)
    with pytest.raises(ProofError):
        verify_consistency(first, second, EMPTY_ROOT, EMPTY_ROOT, [])


# --- growing ---------------------------------------------------------------------------------------------------------------


def test_an_append_hashes_as_often_as_its_place_has_trailing_ones():
    """O(log n) at worst, and on average less than one node a leaf: 1,023 in all for 1,024 leaves."""
    frontier, nodes = Frontier(), 0
    for number in range(1024):
        frontier, completed = frontier.append(leaf_hash(b""))
        assert len(completed) == 1 + (bin(number + 1)[::-1].index("1"))
        nodes += len(completed) - 1
        assert len(frontier.peaks) == (number + 1).bit_count()
    assert nodes == 1023


@pytest.mark.parametrize("size, peaks", [(1, ()), (0, (EMPTY_ROOT,)), (3, (EMPTY_ROOT,)), (1, (b"short",)), (-1, ())])
def test_peaks_that_fit_no_tree_are_refused(size, peaks):
    with pytest.raises(LedgerError):
        Frontier(size, peaks)
