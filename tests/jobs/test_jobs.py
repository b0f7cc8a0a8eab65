"""Rule: a job commits with the data that asked for it, is run once, tried again with longer pauses, and never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from serantau.web.accounts.roles import Role
from serantau.web.config.mail import MailServer, mail_server
from serantau.web.jobs import registry
from serantau.web.jobs.mail import Outbox, post
from serantau.web.jobs.models import Job, Lease, Mail, State
from serantau.web.jobs.port import defer
from serantau.web.jobs.registry import Failed, job, pause, slot
from serantau.web.jobs.runner import HELD, Runner, take_lease
from serantau.web.jobs.running import CLAIM, due, retry, run, sweep
from serantau.web.ledger.models import Head
from tests.support.people import make_person, signed_in
from tests.support.smtp import mail_sink

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class TemporaryError(Exception):
    """Something that passes."""


@pytest.fixture
def calls(monkeypatch, settings):
    """What the job ``test.note`` was called with; ``test.fail`` fails, ``test.refuse`` does so for good."""
    settings.SERANTAU_QUEUE = "inside"
    monkeypatch.setattr(registry, "_KINDS", {})
    noted = []

    @job("test.note")
    def note(args, now):
        noted.append(dict(args))

    @job("test.fail", attempts=3)
    def fail(args, now):
        noted.append("tried")
        raise TemporaryError("not now")

    @job("test.refuse")
    def refuse(args, now):
        noted.append("tried")
        raise Failed("never")

    return noted


def only():
    return Job.objects.get()


# --- deferring ---------------------------------------------------------------------------------------------------------------


def test_a_job_vanishes_with_the_transaction_that_asked_for_it(calls):
    class ChangedMindError(Exception):
        pass

    def begin():
        with transaction.atomic():
            defer("test.note", {"n": 1}, run_at=LONG_AGO)
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        begin()
    assert not Job.objects.exists()


def test_under_one_key_there_is_one_job(calls):
    assert defer("test.note", {"n": 1}, run_at=LONG_AGO, key="a")
    assert not defer("test.note", {"n": 2}, run_at=LONG_AGO, key="a")
    assert defer("test.note", {"n": 3}, run_at=LONG_AGO)
    assert Runner(itself=True).once() == 2
    assert not defer("test.note", {"n": 4}, run_at=LONG_AGO, key="a")
    assert calls == [{"n": 1}, {"n": 3}]


def test_there_is_no_job_of_an_unknown_kind(calls):
    with pytest.raises(Failed, match="no job called"):
        defer("test.unknown", run_at=LONG_AGO)


def test_a_job_waits_for_its_time(calls):
    later = datetime.now(UTC) + timedelta(hours=1)
    defer("test.note", run_at=later)
    assert Runner(itself=True).once() == 0
    assert not run(only().pk, "x")
    assert due(later, 5) == [only().pk]


# --- running -----------------------------------------------------------------------------------------------------------------


def test_a_job_is_run_by_one(calls):
    defer("test.note", {"n": 1}, run_at=LONG_AGO)
    pk = only().pk
    assert run(pk, "first")
    assert not run(pk, "second")
    assert calls == [{"n": 1}]
    assert (only().state, only().holder, only().attempts) == (State.DONE, "", 1)


def test_a_job_that_fails_is_tried_again_later_and_ends_as_a_dead_letter(calls):
    defer("test.fail", run_at=LONG_AGO)
    pk = only().pk
    for attempt in (1, 2, 3):
        before = datetime.now(UTC)
        Job.objects.filter(pk=pk).update(run_at=LONG_AGO)
        assert run(pk, "x")
        if attempt < 3:
            assert only().state == State.QUEUED
            assert only().run_at >= before + pause(attempt)
    assert (only().state, only().error, only().attempts) == (State.DEAD, "TemporaryError: not now", 3)
    assert not run(pk, "x")
    assert retry(pk, LONG_AGO)
    assert not retry(pk, LONG_AGO)
    assert run(pk, "x")
    assert only().state == State.QUEUED


def test_a_job_that_cannot_succeed_is_not_tried_again(calls):
    defer("test.refuse", run_at=LONG_AGO)
    assert run(only().pk, "x")
    assert (only().state, calls) == (State.DEAD, ["tried"])


def test_a_job_whose_kind_is_gone_is_a_dead_letter(calls):
    Job.objects.create(name="test.gone", run_at=LONG_AGO, made_at=LONG_AGO)
    assert run(only().pk, "x")
    assert only().state == State.DEAD


def test_a_job_left_by_a_dead_process_is_run_again(calls):
    defer("test.note", {"n": 1}, run_at=LONG_AGO)
    now = datetime.now(UTC)
    Job.objects.update(state=State.RUNNING, holder="dead", held_until=now + CLAIM, attempts=1)
    assert sweep(now) == 0
    assert sweep(now + CLAIM * 2) == 1
    Job.objects.update(run_at=LONG_AGO)
    assert Runner(itself=True).once() == 1
    assert (calls, only().state, only().attempts) == ([{"n": 1}], State.DONE, 2)


def test_whoever_lost_the_claim_ends_nothing(calls):
    @job("test.slow")
    def slow(args, now):
        Job.objects.update(holder="other")

    defer("test.slow", run_at=LONG_AGO)
    assert run(only().pk, "first")
    assert (only().state, only().holder) == (State.RUNNING, "other")


# --- the lease and what recurs ---------------------------------------------------------------------------------------------------


def test_one_at_a_time_holds_the_lease():
    now = datetime.now(UTC)
    assert take_lease("x", "first", now)
    assert take_lease("x", "first", now + HELD / 3)
    assert not take_lease("x", "second", now + HELD / 2)
    assert take_lease("x", "second", now + HELD * 2)
    assert not take_lease("x", "first", now + HELD * 2)
    assert Lease.objects.get().holder == "second"


def test_without_the_lease_nothing_is_run(calls):
    defer("test.note", run_at=LONG_AGO)
    assert take_lease("runner", "other", datetime.now(UTC))
    assert Runner(itself=True).once() == 0
    assert calls == []


def test_what_recurs_is_deferred_once_for_each_time(calls):
    @job("test.often", every=600)
    def often(args, now):
        calls.append("often")

    now = datetime.now(UTC)
    Runner(itself=True).once()
    Runner(itself=True).once()
    assert calls == ["often"]
    assert only().key == f"test.often at {slot(600, now).isoformat()}"


def test_the_site_signs_its_ledger_by_itself(settings):
    settings.SERANTAU_QUEUE = "inside"
    Runner(itself=True).once()
    assert Head.objects.get().size == 1


# --- mail ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sink(settings):
    settings.SERANTAU_QUEUE = "inside"
    with mail_sink() as open_sink:
        settings.SERANTAU_MAIL = mail_server(f"smtp://127.0.0.1:{open_sink.port}", "secretariat@example.org")
        settings.DEFAULT_FROM_EMAIL = settings.SERANTAU_MAIL.sender
        yield open_sink


def send_all():
    Job.objects.filter(state=State.QUEUED).update(run_at=LONG_AGO)
    return [run(pk, "x") for pk in due(datetime.now(UTC), 50)]


def test_a_mail_goes_out_once(sink):
    post(["jane@example.org"], "A question\nBcc: everybody@example.org", "Please answer.", now=LONG_AGO)
    assert sink.messages == []
    send_all()
    send_all()
    (message,) = sink.messages
    assert (message["To"], message["From"]) == ("jane@example.org", "secretariat@example.org")
    # A line break in a subject would begin another header.
    assert message["Subject"] == "A question Bcc: everybody@example.org"
    assert message["Bcc"] is None
    assert "Please answer." in message.get_payload()
    kept = Mail.objects.get()
    assert kept.sent_at is not None
    assert (kept.text, kept.html) == ("", ""), "a letter may hold a link that lets somebody in"


def test_a_mail_that_was_taken_but_not_marked_comes_again_under_the_same_name(sink):
    post(["jane@example.org"], "A question", "Please answer.", now=LONG_AGO)
    send_all()
    Mail.objects.update(sent_at=None)
    Job.objects.update(state=State.QUEUED, ended_at=None)
    send_all()
    first, second = sink.messages
    assert first["Message-ID"] == second["Message-ID"] == Mail.objects.get().message_id


def test_a_busy_server_is_asked_again_and_one_that_refuses_is_not(sink):
    sink.answers += ["451 busy", "250 not this one either"]
    post(["jane@example.org"], "A question", "Please answer.", now=LONG_AGO)
    send_all()
    assert only().state == State.QUEUED
    sink.answers[:] = ["554 jane@example.org is nobody here"]
    send_all()
    assert only().state == State.DEAD
    assert "554" in only().error
    assert "jane" not in only().error


def test_what_an_application_sends_goes_through_the_outbox_too(sink):
    from django.core.mail import EmailMultiAlternatives

    message = EmailMultiAlternatives("Confirm", "Text", None, ["jane@example.org"])
    message.attach_alternative("<p>Text</p>", "text/html")
    assert Outbox().send_messages([message]) == 1
    assert sink.messages == []
    send_all()
    (arrived,) = sink.messages
    assert [part.get_content_type() for part in arrived.walk()][1:] == ["text/plain", "text/html"]


def test_mails_are_erased_some_weeks_after_they_were_sent(sink):
    from serantau.web.jobs.jobs import KEPT, forget

    post(["jane@example.org"], "A question", "Please answer.", now=LONG_AGO)
    send_all()
    forget({}, datetime.now(UTC) + KEPT / 2)
    assert Mail.objects.count() == 1
    forget({}, datetime.now(UTC) + KEPT * 2)
    assert not Mail.objects.exists()
    assert not Job.objects.exists()


def test_without_a_server_mails_go_to_the_log(settings, capsys):
    settings.SERANTAU_QUEUE = "inside"
    settings.SERANTAU_MAIL = mail_server("", "")
    post(["jane@example.org"], "A question", "Please answer.", now=LONG_AGO)
    send_all()
    assert "Please answer." in capsys.readouterr().out


@pytest.mark.parametrize(
    "address, found",
    [
        (
            "smtp://u:p%40ss@mail.example.org",
            MailServer("mail.example.org", 587, "u", "p@ss", "start", "a@example.org"),
        ),
        ("smtps://mail.example.org:4650", MailServer("mail.example.org", 4650, "", "", "wrapped", "a@example.org")),
        ("smtp://127.0.0.1:25", MailServer("127.0.0.1", 25, "", "", "none", "a@example.org")),
        # With a password the line is encrypted even on this machine.
        ("smtp://u:p@127.0.0.1:25", MailServer("127.0.0.1", 25, "u", "p", "start", "a@example.org")),
    ],
)
def test_addresses_of_mail_servers(address, found):
    assert mail_server(address, "a@example.org") == found


@pytest.mark.parametrize(
    "address", ["mail.example.org", "http://x", "smtp://", "smtp://x:99999", "smtp://x/y", "smtp://x?z"]
)
def test_what_is_no_address_of_a_mail_server_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="Write it like"):
        mail_server(address, "a@example.org")


def test_a_server_needs_a_sender():
    with pytest.raises(ImproperlyConfigured, match="SERANTAU_MAIL_FROM"):
        mail_server("smtp://mail.example.org", "")
    assert site_settings.SERANTAU_MAIL.host == ""


# --- the page ----------------------------------------------------------------------------------------------------------------


def test_the_secretariat_sees_what_gave_up_and_has_it_tried_again(calls):
    defer("test.refuse", run_at=LONG_AGO)
    run(only().pk, "x")
    client = signed_in(make_person(Role.SECRETARIAT))
    text = client.get("/jobs/").content.decode()
    assert "Failed: never" in text
    assert "Try again" in text
    assert "Try again" not in signed_in(make_person(Role.AUDITOR)).get("/jobs/").content.decode()
    assert "It will be tried again." in client.post(f"/jobs/{only().pk}/again/", follow=True).content.decode()
    assert "no such job" in client.post(f"/jobs/{only().pk}/again/", follow=True).content.decode()
    assert "long overdue" not in client.get("/jobs/").content.decode()
    Job.objects.update(run_at=LONG_AGO)
    assert "long overdue" in client.get("/jobs/").content.decode()
