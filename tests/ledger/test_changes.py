"""Rule: a change saves its writes and exactly one event, or nothing; nobody writes past it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from serantau.ledger import Entry, Event, Frontier, LedgerError, commitment, digest, leaf_hash
from serantau.web.ledger.changes import change
from serantau.web.ledger.errors import DoneError
from serantau.web.ledger.guard import UnrecordedWriteError
from serantau.web.ledger.models import Event as Row
from serantau.web.ledger.models import Tree
from tests.support.writes import unrecorded

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def submit(**more):
    return change(Event.SUBMISSION_SUBMITTED, actor="person 17", subject="submission 42", now=NOW, **more)


def test_a_change_appends_one_leaf_that_commits_to_the_event():
    with submit() as record:
        record.say(member="QAA", title_digest=record.digest("Fibre to every island"))
    row = Row.objects.get()
    entry = Entry(Event.SUBMISSION_SUBMITTED, "person 17", "submission 42", NOW, row.details)
    assert row.position == record.position == 0
    assert bytes(row.hashes) == leaf_hash(commitment(bytes(row.salt), entry.canonical()))
    assert row.details["title_digest"] == digest(bytes(row.salt), b"Fibre to every island")


def test_the_tree_grows_by_one_leaf_a_change():
    frontier = Frontier()
    for number in range(9):
        with change(Event.SUBMISSION_SUBMITTED, actor="system", now=NOW) as record:
            record.about(f"submission {number}")
        row = Row.objects.get(position=number)
        frontier, completed = frontier.append(bytes(row.hashes)[:32])
        assert bytes(row.hashes) == b"".join(completed)
    tree = Tree.objects.get()
    assert (tree.size, bytes(tree.peaks)) == (9, b"".join(frontier.peaks))


def test_an_error_leaves_nothing():
    class GaveUpError(Exception):
        pass

    def give_up(record):
        record.say(member="QAA")
        raise GaveUpError

    with pytest.raises(GaveUpError), submit() as record:
        give_up(record)
    assert not Row.objects.exists()
    with submit():
        pass
    assert Row.objects.get().position == 0


def test_a_change_within_a_change_is_refused_and_leaves_nothing():
    with pytest.raises(LedgerError, match="inside another"), submit(), submit():
        pass
    assert not Row.objects.exists()


@pytest.mark.parametrize(
    "details, words",
    [
        ({"share": 0.5}, "Write fractions and dates as text"),
        ({"count": 2**53}, "2\\^53"),
        ({"Title": "x"}, "small letters"),
        ({"text": "a\x00b"}, "U\\+0000"),
        ({"text": "\ud800"}, "no Unicode"),
        ({"text": "x" * 70_000}, "at most 64,000 bytes"),
        ({"deep": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}, "nested"),
    ],
)
def test_what_cannot_be_recorded_is_refused_whole(details, words):
    with pytest.raises(LedgerError, match=words), submit() as record:
        record.say(**details)
    assert not Row.objects.exists()


@pytest.mark.parametrize("actor", ["", "Jane Doe", "person jane@example.org", "person 17\n"])
def test_an_actor_is_an_opaque_name(actor):
    with (
        pytest.raises(LedgerError, match="opaque"),
        change(Event.SUBMISSION_SUBMITTED, actor=actor, subject="submission 1", now=NOW),
    ):
        pass


def test_an_event_needs_its_subject_and_its_time_zone():
    with pytest.raises(LedgerError, match="subject"), change(Event.SUBMISSION_SUBMITTED, actor="system", now=NOW):
        pass
    with (
        pytest.raises(LedgerError, match="time zone"),
        change(Event.SUBMISSION_SUBMITTED, actor="system", subject="submission 1", now=NOW.replace(tzinfo=None)),
    ):
        pass


def test_what_may_happen_once_happens_once():
    with submit(once="form 9b1d"):
        pass
    with pytest.raises(DoneError) as refused, submit(once="form 9b1d"):
        pass
    assert refused.value.status == 409
    assert Row.objects.count() == 1


def test_a_write_outside_a_change_is_refused():
    with pytest.raises(UnrecordedWriteError, match="serantau_ledger_tree"), transaction.atomic():
        Tree.objects.create()
    with pytest.raises(UnrecordedWriteError), connection.cursor() as cursor:
        cursor.execute("delete from serantau_ledger_event")
    with unrecorded():
        Tree.objects.create()
    assert Tree.objects.count() == 1
