"""Rule: whoever holds a file, a public key and perhaps a head can check them without database, site or Django.

The exit code tells: 0 everything holds, 1 something does not, 2 the question was wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from serantau.ledger.archive import Receipt, shown, write_receipt
from serantau.ledger.heads import unverified_head
from serantau.ledger.notes import PrivateKey
from serantau.ledger.proofs import inclusion_proof
from tests.ledger.books import KEY, Book
from tests.ledger.trees import Stored

WITHOUT_DJANGO = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg", "sqlite3"}:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Refuse())
from serantau.cli import main
main()
"""


@pytest.fixture
def files(tmp_path):
    """A ledger of seven events under two heads, as an outsider has it."""
    book, tree = Book(), Stored()
    book.grow(4)
    (tmp_path / "kept").write_text(book.sign(), encoding="utf-8")
    book.grow(3)
    head = book.sign()
    (tmp_path / "ledger").write_bytes(b"".join(book.file()))
    (tmp_path / "key").write_text(f"{KEY.public}\n", encoding="utf-8")
    for leaf in book.leaves:
        tree.append(bytes.fromhex(leaf.hash))
    proof = [one.hex() for one in inclusion_proof(2, unverified_head(head).size, tree.read)]
    salt = (2).to_bytes(32, "big").hex()
    receipt = Receipt(2, shown(book.entries[2]), salt, proof, head)
    (tmp_path / "receipt").write_bytes(write_receipt(receipt))
    return tmp_path


def verify(files, *words, code=0):
    command = [sys.executable, "-c", WITHOUT_DJANGO, "ledger", "verify", *words]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_ledger_is_checked_without_django(files):
    printed = verify(files, "ledger", "--key", "key", "--since", "kept", "--format", "json")
    rows = {row["what"]: row["found"] for row in json.loads(printed)["rows"]}
    assert rows["everything holds"] is True
    assert (rows["events"], rows["signed heads that hold"]) == (7, 2)
    assert "continues the head that you kept" in verify(files, "ledger", "--key", str(KEY.public), "--since", "kept")


def test_a_changed_ledger_is_told_apart_by_the_exit_code(files):
    lines = (files / "ledger").read_bytes().splitlines(keepends=True)
    (files / "ledger").write_bytes(b"".join(lines[:-2] + lines[-1:]))
    assert "DOES NOT HOLD" in verify(files, "ledger", "--key", "key", code=1)
    (files / "ledger").write_bytes(b"rubbish\n" * 3)
    assert "no line of a ledger" in verify(files, "ledger", "--key", "key", code=1)
    (files / "ledger").write_bytes(b"x" * 3_000_000)
    assert "longer than any line" in verify(files, "ledger", "--key", "key", code=1)


def test_a_receipt_is_checked_too(files):
    printed = verify(files, "receipt", "--key", "key")
    assert "The event is in the ledger." in printed
    assert "submission 2" in printed
    forged = (files / "receipt").read_bytes().replace(b"submission 2", b"submission 3")
    (files / "receipt").write_bytes(forged)
    assert "DOES NOT HOLD" in verify(files, "receipt", "--key", "key", code=1)
    assert "--since" in verify(files, "receipt", "--key", "key", "--since", "kept", code=2)


def test_a_wrong_question_is_told_apart_by_the_exit_code(files):
    assert "private key" in verify(files, "ledger", "--key", KEY.text(), code=2)
    assert "no public key" in verify(files, "ledger", "--key", "rubbish", code=2)
    (files / "big").write_bytes(b"x" * 30_000)
    assert "too large" in verify(files, "ledger", "--key", "big", code=2)
    verify(files, "nowhere", "--key", "key", code=2)
    verify(files, "ledger", code=2)
    other = PrivateKey("somebody.else/ledger", b"k" * 32)
    assert "DOES NOT HOLD" in verify(files, "ledger", "--key", str(other.public), code=1)


def test_a_new_key_is_a_secret_file_and_never_overwritten(files):
    command = [sys.executable, "-m", "serantau", "ledger", "key", "digital.example.org/ledger", "-o", "new"]
    done = subprocess.run(command, cwd=files, capture_output=True, text=True, check=True)
    held = PrivateKey.parse((files / "new").read_text(encoding="ascii"))
    assert done.stdout.strip() == str(held.public)
    assert oct((files / "new").stat().st_mode & 0o777) == "0o600"
    again = subprocess.run(command, cwd=files, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "never overwritten" in again.stderr
    wrong = subprocess.run(
        [*command[:-3], "two words", "-o", "x"], cwd=files, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
