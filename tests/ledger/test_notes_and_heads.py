"""Rule: only what a trusted key signed is believed, and a chain of keys is followed statement by statement.

Expected values: the key, text and signature of the tests of Go's ``golang.org/x/mod/sumdb/note`` (BSD-3-Clause), and
the examples of the C2SP specifications *signed-note* and *tlog-checkpoint* (CC BY 4.0).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from serantau.ledger.heads import Head, read_head, sign_head, sign_rotation, trusted_keys, unverified_head
from serantau.ledger.notes import NoteError, PrivateKey, PublicKey, open_note, sign_note

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = f"{TEXT}\n{PETER_LINE}"
# The example of signed-note.md: its text holds an empty line, and a name with a slash.
QUASIMODO = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
OLD, NEW, OTHER = (PrivateKey("serantau/0123456789abcdef", bytes([number]) * 32) for number in (1, 2, 3))
STRANGER = PrivateKey("serantau/fedcba9876543210", bytes(32))


def peter():
    return PublicKey.parse(PETER)


# --- notes -----------------------------------------------------------------------------------------------------------------


def test_the_published_note_is_opened():
    assert open_note(NOTE, [peter()]) == (TEXT, (peter(),))


def test_signing_gives_the_published_note():
    assert sign_note(TEXT, [PrivateKey.parse(PETER_SECRET)]) == NOTE
    assert PrivateKey.parse(PETER_SECRET).public == peter()
    assert (str(peter()), PrivateKey.parse(PETER_SECRET).text()) == (PETER, PETER_SECRET)


def test_a_signature_by_a_stranger_is_passed_over():
    assert open_note(NOTE + ENOCH_LINE, [peter()]) == (TEXT, (peter(),))
    both = [peter(), PublicKey.parse(ENOCH)]
    assert open_note(NOTE + ENOCH_LINE, both) == (TEXT, tuple(both))
    assert open_note(NOTE + PETER_LINE, [peter()]) == (TEXT, (peter(),))
    with pytest.raises(NoteError, match="No key"):
        open_note(NOTE, [PublicKey.parse(ENOCH)])
    with pytest.raises(NoteError, match="No key"):
        open_note(NOTE, [])


def test_a_text_may_hold_empty_lines():
    with pytest.raises(NoteError, match="No key that you trust"):
        open_note(QUASIMODO, [peter()])


# From the same Go tests, but the last three.
MALFORMED = [
    TEXT,
    TEXT + "\n",
    TEXT + "\n" + PETER_LINE[:-1],
    "\x01" + TEXT + "\n" + PETER_LINE,
    "\udcff" + TEXT + "\n" + PETER_LINE,
    TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name"),
    TEXT + "\n" + PETER_LINE + "Unexpected line.\n",
    TEXT + "\n" + PETER_LINE * 101,
    TEXT + "\n" + PETER_LINE.replace("AM=", "AN="),  # the same bytes in another spelling of base64
    TEXT + "\n" + PETER_LINE.replace("— ", "- "),
    "x" * 30_000 + "\n\n" + PETER_LINE,
]


@pytest.mark.parametrize("note", MALFORMED)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(NoteError):
        open_note(note, [peter()])


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_no_changed_character_passes(place, character):
    """Only the name and the dash of the line that signs could be changed to say the same; nothing else."""
    spoilt = NOTE[:place] + character + NOTE[place + 1 :]
    assume(spoilt != NOTE)
    with pytest.raises(NoteError):
        open_note(spoilt, [peter()])


def test_pieces_of_a_key_are_no_key():
    for text, kind in ((PETER, PublicKey), (PETER_SECRET, PrivateKey)):
        for first in range(len(text) + 1):
            for last in range(first + 1, len(text) + 1):
                if (first, last) != (0, len(text)):
                    with pytest.raises(NoteError):
                        kind.parse(text[first:last])
        for place in range(len(text)):
            with pytest.raises(NoteError):
                kind.parse(text[:place] + chr(ord(text[place]) + 1) + text[place + 1 :])


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long, with an id that fits
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # another kind of key, with an id that fits
    ],
)
def test_another_kind_of_key_is_refused(key):
    with pytest.raises(NoteError):
        PublicKey.parse(key)


def test_a_secret_is_not_shown():
    assert PETER_SECRET[-20:] not in repr(PrivateKey.parse(PETER_SECRET))


# --- heads -----------------------------------------------------------------------------------------------------------------


def head(size=5, epoch=1, root=b"r" * 32):
    return Head(OLD.name, epoch, size, root, NOW)


def test_a_head_has_the_lines_of_a_checkpoint():
    assert head().text().split("\n") == [
        "serantau/0123456789abcdef/1",
        "5",
        "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=",  # 32 times the letter r
        "time 2026-03-01T12:30:00.000000Z",
        "",
    ]


def test_a_signed_head_is_read():
    note = sign_head(head(), OLD)
    assert read_head(note, [OLD.public]) == unverified_head(note) == head()


def test_a_head_signed_by_another_key_is_refused():
    with pytest.raises(NoteError):
        read_head(sign_head(head(), OLD), [NEW.public])
    with pytest.raises(NoteError, match="does not sign"):
        sign_head(head(), STRANGER)
    forged = sign_note(head().text(), [STRANGER])
    with pytest.raises(NoteError, match="signature one of"):
        read_head(forged, [STRANGER.public])


@pytest.mark.parametrize(
    "old, new",
    [
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n-5\n"),
        ("\n5\n", "\n٥\n"),
        ("\n5\n", "\n9999999999999999\n"),
        ("/1\n", "/0\n"),
        ("/1\n", "\n"),
        ("cnJy", "cnJ"),
        ("12:30", "25:30"),
        ("Z\n", "\n"),
        ("Z\n", "Z\nmore\n"),
        ("\n5\n", "\n\n5\n"),
    ],
)
def test_a_head_has_one_spelling(old, new):
    text = head().text()
    assert old in text
    with pytest.raises(NoteError):
        Head.parse(text.replace(old, new, 1))


@given(st.text(max_size=80))
def test_rubbish_is_no_head(text):
    with pytest.raises(NoteError):
        Head.parse(text)


# --- change of keys ----------------------------------------------------------------------------------------------------------


def test_a_chain_of_keys_is_followed_from_any_of_them():
    chain = [sign_rotation(NEW, OTHER, NOW), sign_rotation(OLD, NEW, NOW)]
    everyone = {OLD.public, NEW.public, OTHER.public}
    for known in everyone:
        assert set(trusted_keys(known, chain)) == everyone
    assert trusted_keys(STRANGER.public, chain) == (STRANGER.public,)


def test_a_thief_of_nothing_cannot_name_the_next_key():
    real = sign_rotation(OLD, NEW, NOW)
    text, _, signatures = real.rpartition("\n\n")
    first, second = signatures.splitlines(keepends=True)
    forged = text.replace(str(NEW.public), str(OTHER.public)) + "\n"
    half_signed = sign_note(forged, [OTHER])
    for statement in (text + "\n\n" + first, text + "\n\n" + second, half_signed, sign_note(forged, [OTHER]) + first):
        with pytest.raises(NoteError):
            trusted_keys(OLD.public, [statement])


def test_keys_of_two_ledgers_do_not_follow_each_other():
    with pytest.raises(NoteError):
        sign_rotation(OLD, STRANGER, NOW)


@pytest.mark.parametrize("statement", ["", "x", sign_head(head(), OLD), NOTE])
def test_what_is_no_change_of_keys_is_refused(statement):
    with pytest.raises(NoteError):
        trusted_keys(OLD.public, [statement])


def test_a_change_of_keys_is_no_head():
    with pytest.raises(NoteError):
        read_head(sign_rotation(OLD, NEW, NOW), [OLD.public])
