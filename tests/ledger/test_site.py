"""Rule: what the site publishes of the ledger is enough for an outsider to check it, and tells them nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as site_settings

from serantau.ledger import Event, LedgerError
from serantau.ledger.archive import read, read_receipt, write_receipt
from serantau.ledger.heads import Head, read_head, sign_head
from serantau.ledger.notes import PrivateKey
from serantau.ledger.proofs import verify_consistency, verify_inclusion
from serantau.ledger.verify import verify, verify_receipt
from serantau.web.accounts.roles import Role
from serantau.web.ledger import handing, store
from serantau.web.ledger.changes import change
from serantau.web.ledger.errors import DoneError
from serantau.web.ledger.models import Event as Row
from serantau.web.ledger.services import begin_epoch, erase_event, rotate_key
from serantau.web.ledger.signing import sign
from tests.support.people import make_person, signed_in
from tests.support.writes import unrecorded
from tests.web.api_support import THREELANDS, at

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three(settings):
    at(settings, THREELANDS)


def key():
    return site_settings.SERANTAU_LEDGER_KEY


def happen(number, first=0):
    for place in range(first, first + number):
        with change(
            Event.SUBMISSION_SUBMITTED, actor=f"person {place}", subject=f"submission {place}", now=NOW
        ) as record:
            record.say(member="QAA")


def checked(since=None, shows=handing.public_events, with_key=None):
    return verify(read(handing.export(shows)), (with_key or key()).public, since)


def test_the_first_signature_takes_the_key_and_says_so():
    sign(NOW)
    row = Row.objects.get()
    assert (row.event, row.details) == ("ledger:key:accepted", {"key": str(key().public)})
    assert store.public_keys() == [key().public]


def test_an_export_holds_and_hides_what_is_nobodys_business():
    happen(6)
    signed = sign(NOW)
    text = b"".join(handing.export()).decode()
    assert "submission" not in text
    assert "person" not in text
    report = checked(since=signed.note)
    assert (report.failures, report.size, report.signed, report.shown) == ([], 7, 7, 1)
    everything = checked(shows=handing.every_event)
    assert (everything.failures, everything.shown) == ([], 7)


def test_signing_the_same_tree_again_changes_nothing():
    first = sign(NOW)
    assert sign(NOW + timedelta(hours=1)) == first
    happen(1)
    assert sign(NOW).head.size == 2


def test_another_key_does_not_sign():
    sign(NOW)
    with pytest.raises(LedgerError, match="ledger rotate"):
        sign(NOW, PrivateKey(key().name, b"x" * 32))


def test_a_new_key_follows_the_old_one(settings):
    happen(2)
    before = sign(NOW)
    new = PrivateKey(key().name, b"x" * 32)
    rotate_key(key(), new, NOW)
    with pytest.raises(LedgerError):
        sign(NOW)
    after = sign(NOW, new)
    assert after.head.size == 4
    for trusted in (key(), new):
        assert checked(since=before.note, with_key=trusted).failures == []
    with pytest.raises(LedgerError, match="used by this ledger before"):
        rotate_key(new, key(), NOW)


def test_erased_content_is_gone_and_every_proof_stands():
    happen(5)
    signed = sign(NOW)
    proof, leaf = store.inclusion(2, 6), store.leaf_of(Row.objects.get(pk=2))
    erase_event(2, NOW, actor="person 1")
    row = Row.objects.get(pk=2)
    assert (row.actor, row.subject, row.details, row.salt, row.once) == ("", "", None, None, None)
    verify_inclusion(leaf, 2, 6, proof, signed.head.root)
    assert store.inclusion(2, 6) == proof
    sign(NOW)
    report = checked(since=signed.note, shows=handing.every_event)
    assert (report.failures, report.size, report.shown) == ([], 7, 6)
    assert Row.objects.get(pk=6).subject == "event 2"
    with pytest.raises(DoneError):
        erase_event(2, NOW, actor="person 1")
    with pytest.raises(LedgerError, match="nothing personal"):
        erase_event(5, NOW, actor="person 1")
    with pytest.raises(LedgerError, match="no event 99"):
        erase_event(99, NOW, actor="person 1")


def test_a_restore_begins_an_epoch_that_names_the_old_head():
    happen(3)
    old = sign(NOW)
    assert begin_epoch(old.note, NOW) == 2
    head = sign(NOW).head
    assert (head.epoch, head.size) == (2, 5)
    report = checked(since=old.note)
    assert report.failures == []
    assert report.notes == ["On 2026-03-01 the ledger was restored from a backup of 4 events: epoch 2."]


def test_an_epoch_is_never_used_twice():
    """A backup from epoch 1 is restored although epoch 2 had begun and was published: the next is 3."""
    happen(3)
    sign(NOW)
    begin_epoch("", NOW)
    old = sign(NOW)
    with_row = store.epochs()[-1]
    assert with_row.number == 2
    assert begin_epoch(old.note, NOW) == 3
    sign(NOW)
    assert checked(since=old.note).failures == []


def test_an_old_head_of_another_ledger_is_refused():
    sign(NOW)
    other = PrivateKey("serantau.test/other", b"x" * 32)
    with pytest.raises(LedgerError, match="this ledger is"):
        begin_epoch(sign_head(Head(other.name, 1, 0, b"r" * 32, NOW), other), NOW)


def test_a_change_in_the_table_is_noticed():
    happen(4)
    signed = sign(NOW)
    with unrecorded():
        Row.objects.filter(pk=1).update(hashes=b"x" * 64)
    assert not checked(since=signed.note).holds
    with unrecorded():
        Row.objects.filter(pk=2).update(subject="submission 99")
    assert not checked(shows=handing.every_event).holds


# --- pages and addresses -----------------------------------------------------------------------------------------------------


def test_before_the_first_head_there_is_nothing_to_see(client):
    assert "Nothing was signed yet" in client.get("/ledger/").content.decode()
    for address in ("checkpoint", "inclusion.json?event=0", "consistency.json?first=1", "export.jsonl"):
        response = client.get(f"/ledger/{address}")
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"


def test_the_page_shows_the_newest_head_and_the_keys(client, django_assert_max_num_queries):
    happen(3)
    sign(NOW)
    rotate_key(key(), PrivateKey(key().name, b"x" * 32), NOW)
    begin_epoch("", NOW)
    with django_assert_max_num_queries(4):
        text = client.get("/ledger/").content.decode()
    for shown in (
        "4 events, signed on 2026-03-01 12:00 UTC, epoch 1",
        str(key().public),
        "not known",
    ):
        assert shown in text


def test_an_outsider_checks_proofs_against_the_published_heads(client):
    happen(3)
    first = sign(NOW)
    happen(5, first=3)
    sign(NOW)
    head = read_head(client.get("/ledger/checkpoint").content.decode(), [key().public])
    published = client.get("/ledger/heads.json").json()
    assert [one["size"] for one in published["heads"]] == [9, 4]
    assert published["keys"] == [str(key().public)]
    found = client.get("/ledger/inclusion.json?event=2").json()
    proof = [bytes.fromhex(one) for one in found["proof"]]
    verify_inclusion(bytes.fromhex(found["leaf"]), 2, head.size, proof, head.root)
    found = client.get("/ledger/consistency.json?first=4").json()
    proof = [bytes.fromhex(one) for one in found["proof"]]
    verify_consistency(4, head.size, first.head.root, head.root, proof)


def test_the_file_of_the_site_is_whole_up_to_the_newest_head(client):
    happen(3)
    signed = sign(NOW)
    happen(2, first=3)
    body = client.get("/ledger/export.jsonl").getvalue()
    report = verify(read(body.splitlines(keepends=True)), key().public, signed.note)
    assert (report.failures, report.notes, report.size) == ([], [], 4)


def test_the_file_is_made_so_often_and_no_more(client):
    happen(1)
    sign(NOW)
    answers = [client.get("/ledger/export.jsonl") for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[20].status_code == 429
    assert int(answers[20].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "address",
    [
        "inclusion.json",
        "inclusion.json?event=9",
        "inclusion.json?event=-1",
        "inclusion.json?event=1&size=99",
        "inclusion.json?event=0&size=0",
        "inclusion.json?event=%00",
        "inclusion.json?event=1&event=2",
        "inclusion.json?event=1&more=1",
        "consistency.json",
        "consistency.json?first=0",
        "consistency.json?first=5&second=3",
        "consistency.json?first=99999999999999999999",
        "heads.json?x=1",
    ],
)
def test_a_question_that_cannot_be_asked_is_a_problem(client, address):
    happen(3)
    sign(NOW)
    response = client.get(f"/ledger/{address}")
    assert response.status_code == 400
    assert response.json()["detail"]


def test_a_receipt_opens_the_event_for_whoever_may_know_it(client):
    happen(3)
    sign(NOW)
    receipt = read_receipt(client.get("/ledger/events/3.json").content)
    entry, head = verify_receipt(receipt, key().public)
    assert (entry.event, head.size) == (Event.KEY_ACCEPTED, 4)


def test_another_event_is_not_there_for_the_public(client):
    """Word for word the answer for a place that does not exist."""
    happen(3)
    sign(NOW)
    there, nowhere = client.get("/ledger/events/1.json"), client.get("/ledger/events/77.json")
    assert there.status_code == nowhere.status_code == 404
    # The page names the address that was asked for.
    assert there.content.replace(b"1.json", b"77.json") == nowhere.content
    assert client.get(f"/ledger/events/{'9' * 40}.json").status_code == 404


def test_whoever_did_it_has_the_receipt_and_no_cache_keeps_it():
    person = make_person(Role.FOCAL_POINT, "QAA")
    with change(Event.SUBMISSION_SUBMITTED, actor=f"person {person.pk}", subject="submission 1", now=NOW):
        pass
    sign(NOW)
    response = signed_in(person).get("/ledger/events/0.json")
    entry, _ = verify_receipt(read_receipt(response.content), key().public)
    assert entry.subject == "submission 1"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert signed_in(make_person(Role.FOCAL_POINT, "QAA")).get("/ledger/events/0.json").status_code == 404


@pytest.mark.parametrize(
    "name, value",
    [
        ("position", 0),
        ("salt", "00" * 32),
        ("proof", []),
        ("head", "x"),
        (
            "event",
            {
                "actor": "system",
                "at": "2026-03-01T12:00:00Z",
                "details": {},
                "event": "ledger:key:accepted",
                "subject": "x",
            },
        ),
    ],
)
def test_a_forged_receipt_is_refused(name, value):
    happen(3)
    sign(NOW)
    held = json.loads(write_receipt(handing.receipt(1)))
    verify_receipt(read_receipt(json.dumps(held).encode()), key().public)
    held[name] = value
    with pytest.raises(LedgerError):
        verify_receipt(read_receipt(json.dumps(held).encode()), key().public)


def test_an_event_has_no_receipt_before_it_is_signed_or_after_it_is_erased():
    happen(1)
    with pytest.raises(LedgerError, match="No head covers"):
        handing.receipt(0)
    sign(NOW)
    erase_event(0, NOW, actor="system")
    with pytest.raises(LedgerError, match="erased"):
        handing.receipt(0)


def test_auditors_read_who_did_what(django_assert_max_num_queries):
    happen(3)
    sign(NOW)
    erase_event(1, NOW, actor="system")
    client = signed_in(make_person(Role.AUDITOR))
    client.get("/ledger/events/")
    with django_assert_max_num_queries(8):
        text = client.get("/ledger/events/").content.decode()
    assert "submission 2" in text
    assert "person 1<" not in text, "its event was erased"
    assert "member: QAA" in text
    filtered = client.get("/ledger/events/?subject=submission+0").content.decode()
    assert "person 0" in filtered
    assert "person 2" not in filtered
    assert "no such event" in client.get("/ledger/events/?before=0").content.decode()
    assert client.get("/ledger/events/?before=x").status_code == 400


def test_older_events_are_a_page_away(monkeypatch):
    monkeypatch.setattr("serantau.web.ledger.views.PAGE", 2)
    happen(5)
    client = signed_in(make_person(Role.AUDITOR))
    text = client.get("/ledger/events/?actor=").content.decode()
    assert "submission 4" in text
    assert "submission 2" not in text
    assert 'href="?before=3"' in text
    assert "submission 2" in client.get("/ledger/events/?before=3").content.decode()
