"""Rule: an outsider with nothing but the public key notices whatever was changed, left out, added or lost."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.ledger import Event
from serantau.ledger.archive import ArchiveError, Restore, leaf_of, read
from serantau.ledger.heads import sign_rotation
from serantau.ledger.notes import NoteError, PrivateKey
from serantau.ledger.verify import verify
from tests.ledger.books import KEY, NAME, Book

NEXT = PrivateKey(NAME, b"n" * 32)
STRANGER = PrivateKey(NAME, b"s" * 32)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def judged(lines, since=None, key=KEY):
    """The report on a file; a file that cannot be begun is a finding too."""
    try:
        return verify(read(lines), key.public, since)
    except (ArchiveError, NoteError):
        return None


def whole():
    """Two heads over seven and ten events, the last signed."""
    book = Book().grow(7)
    book.sign()
    book.grow(3)
    book.sign()
    return book


def test_a_whole_file_holds():
    book = whole()
    report = judged(book.file())
    assert (report.failures, report.notes) == ([], [])
    # Of ten events, those at the places 2, 5 and 8 are not shown.
    assert (report.size, report.signed, report.heads, report.shown) == (10, 10, 2, 7)
    assert report.root == book.frontier.root()


def test_a_head_from_before_is_found_again():
    book = whole()
    assert judged(book.file(), since=book.heads[0]).holds


def test_events_after_the_newest_head_are_named_as_unsigned():
    book = whole().grow(2)
    report = judged(book.file())
    assert report.holds
    assert report.notes == ["The last 2 events are not signed yet."]


def test_an_empty_ledger_holds_once_signed():
    book = Book()
    assert not judged(book.file()).holds
    book.sign()
    assert judged(book.file()).holds


# --- what was done to the file -----------------------------------------------------------------------------------------------

LINES = whole().file()


def leaf_line(place):
    return len(LINES) - 10 + place


@pytest.mark.parametrize("place", range(10))
def test_a_leaf_left_out_is_noticed(place):
    lines = [line for number, line in enumerate(LINES) if number != leaf_line(place)]
    assert not judged(lines).holds


@pytest.mark.parametrize("place", range(9))
def test_leaves_that_changed_places_are_noticed(place):
    lines = [*LINES]
    lines[leaf_line(place)], lines[leaf_line(place + 1)] = lines[leaf_line(place + 1)], lines[leaf_line(place)]
    assert not judged(lines).holds


def test_a_leaf_too_many_is_noticed():
    assert not judged([*LINES, LINES[-1]]).holds


def test_a_file_that_was_cut_is_noticed():
    for last in range(1, len(LINES)):
        assert not judged(LINES[:last]).holds
    assert judged([]) is None


def test_history_that_was_rewritten_is_noticed_even_when_signed_again():
    """The operator holds the key, but not the head that the outsider kept."""
    kept = whole().heads[0]
    other = Book()
    other.add(title="another beginning")
    other.grow(9)
    other.sign()
    assert judged(other.file()).holds
    report = judged(other.file(), since=kept)
    assert report.failures == [
        (
            "The head that you kept, of 7 events signed on 2026-03-01 00:07 UTC (epoch 1), "
            "was signed for other events than those in the file."
        )
    ]


def test_a_file_older_than_the_kept_head_is_noticed():
    kept = whole().heads[1]
    book = Book().grow(7)
    book.sign()
    (failure,) = judged(book.file(), since=kept).failures
    assert "the file holds 7" in failure


def test_a_kept_head_that_nobody_signed_is_noticed():
    forged = Book(STRANGER).grow(3).sign()
    report = judged(LINES, since=forged)
    assert not report.holds


def test_another_key_is_noticed():
    assert not judged(LINES, key=STRANGER).holds
    assert not judged(LINES, key=PrivateKey("serantau/ffffffffffffffff", b"k" * 32)).holds


def test_a_head_by_a_stranger_spoils_the_file():
    book = whole()
    book.heads.append(Book(STRANGER).grow(3).sign())
    assert not judged(book.file()).holds


def test_a_shown_event_with_other_words_is_noticed():
    book = whole()
    held = book.leaves[0]
    for changed in (
        {"actor": "person 18"},
        {"subject": "submission 9"},
        {"at": "2026-03-01T00:01:00.000001Z"},
        {"event": "ledger:key:rotated"},
        {"details": {"more": 1}},
    ):
        book.leaves[0] = msgspec.structs.replace(held, event=msgspec.structs.replace(held.event, **changed))
        (failure,) = judged(book.file()).failures
        assert failure == "Event 0: what is shown is not what the ledger holds at this place."


@given(st.integers(0, sum(map(len, LINES)) - 1), st.integers(0, 255))
def test_whatever_byte_is_changed_the_verdict_speaks_of_the_same_events(place, byte):
    """Another byte is noticed, unless it says the same in another spelling: then the same events are under the root."""
    file = bytearray(b"".join(LINES))
    file[place] = byte
    report = judged(bytes(file).splitlines(keepends=True))
    if report is not None and report.holds:
        assert report.root == whole().frontier.root()
        assert report.size == 10


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_rubbish_is_no_ledger(lines):
    assert judged(lines) is None


@pytest.mark.parametrize(
    "line",
    [
        b'{"line": "leaf"}\n',
        b'{"line": "leaf", "hash": "00", "more": 1}\n',
        b"[" * 100_000,
        b"x" * 500_000,
        b'{"line": "ledger", "format": 1, "name": "x", "epoch": 1, "size": 0}\n',
        b'{"line": "leaf", "hash": "' + b"A" * 64 + b'"}\n',
    ],
)
def test_a_line_that_is_none_is_a_finding(line):
    lines = [*LINES]
    lines.insert(leaf_line(4), line)
    assert not judged(lines).holds


def test_another_form_asks_for_a_newer_program():
    with pytest.raises(ArchiveError, match="newer"):
        read([LINES[0].replace(b'"format":1', b'"format":2')])


# --- keys ----------------------------------------------------------------------------------------------------------------------


def test_a_change_of_keys_is_followed_from_the_old_key_and_from_the_new():
    book = whole()
    book.rotations.append(sign_rotation(KEY, NEXT, NOW))
    book.key = NEXT
    book.add(Event.KEY_ROTATED, key=str(NEXT.public))
    book.sign()
    for key in (KEY, NEXT):
        report = judged(book.file(), since=whole().heads[0], key=key)
        assert report.holds
        assert set(report.keys) == {KEY.public, NEXT.public}


def test_a_new_key_that_the_old_one_did_not_name_is_noticed():
    book = whole()
    book.key = NEXT
    book.grow(1).sign()
    assert not judged(book.file()).holds


# --- restores --------------------------------------------------------------------------------------------------------------------


def restored():
    """Ten events, signed; restored from a backup of eight; four more, signed."""
    book = whole()
    old = book.heads[1]
    book.restore(8, old)
    book.grow(3).sign()
    return book, old


def test_a_restore_is_named_and_what_it_lost_is_counted():
    book, _ = restored()
    report = judged(book.file())
    assert report.failures == []
    assert report.notes == [
        (
            "On 2026-03-01 the ledger was restored from a backup of 8 events: epoch 2. "
            "2 events that had been signed were lost by it."
        )
    ]


def test_a_head_from_before_the_backup_is_still_found():
    book, _ = restored()
    assert judged(book.file(), since=book.heads[0]).holds


def test_a_head_that_the_restore_overtook_is_named_as_lost():
    book, old = restored()
    (failure,) = judged(book.file(), since=old).failures
    assert "lies beyond a restore" in failure


def test_a_restore_that_the_ledger_does_not_speak_of_is_noticed():
    book, _ = restored()
    book.leaves[8] = leaf_of(bytes.fromhex(book.leaves[8].hash))
    assert not judged(book.file()).holds
    book, _ = restored()
    book.restores[0] = Restore(2, 9)
    assert not judged(book.file()).holds
    book, _ = restored()
    book.restores.clear()
    assert not judged(book.file()).holds


def test_a_restore_cannot_be_claimed_to_hide_a_change():
    """Whoever rewrites history and calls it a restore has to say so in the ledger, and the kept head still tells."""
    kept = whole().heads[1]
    book = Book()
    book.add(title="another beginning")
    book.grow(3)
    book.restore(4, None)
    book.grow(8).sign()
    report = judged(book.file(), since=kept)
    assert report.notes == [
        "On 2026-03-01 the ledger was restored from a backup of 4 events: epoch 2. It names no later head."
    ]
    assert not report.holds


def test_the_old_head_that_a_restore_names_must_be_signed():
    book = whole()
    book.restore(8, Book(STRANGER).grow(10).sign())
    book.sign()
    assert not judged(book.file()).holds
