"""Rule: an alert comes before each member once, to one contact after the other, also after the site was down; an answer ends it.

What a webhook gets is signed so that its receiver can check it, and is tried again while that makes sense.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from serantau.defend.escalation import State
from serantau.defend.model import Tlp
from serantau.defend.rules import RuleError
from serantau.ledger import Event
from serantau.sources import SourceError
from serantau.web.cooperation import hooks, jobs
from serantau.web.cooperation.models import Contact, Hook, Notice
from serantau.web.cooperation.services import directory, notices
from serantau.web.jobs.models import Job, Mail
from serantau.web.jobs.registry import Failed
from serantau.web.ledger.models import Event as Row
from tests.cooperation.scene import MINUTE, NOW, a_contact, a_notice, a_team, cleared, raised


def told(notice):
    return list(notice.told.values_list("contact_number", flat=True))


@pytest.fixture
def team(people):
    """Asterra's team with three contacts, each with half an hour."""
    a_team(people)
    return [a_contact(people, who, by="focal").pk for who in ("focal", "head", "deputy")]


def test_one_after_the_other_is_told_at_the_deadlines(people, team):
    notice = a_notice(people)
    assert told(notice) == team[:1]
    assert Job.objects.get(name="cooperation.settle").run_at == NOW + 30 * MINUTE
    assert not notices.settle(notice.pk, NOW + 29 * MINUTE)
    jobs.settle({"notice": notice.pk}, NOW + 30 * MINUTE)
    assert told(notice) == team[:2]
    jobs.settle_all({}, NOW + 59 * MINUTE)
    assert told(notice) == team[:2]
    jobs.settle_all({}, NOW + 60 * MINUTE)
    jobs.settle_all({}, NOW + 90 * MINUTE)
    notice.refresh_from_db()
    assert told(notice) == team
    assert (notice.state, notice.ended_at, notice.deadline_at) == (State.UNANSWERED.value, NOW + 90 * MINUTE, None)
    assert Mail.objects.count() == 3
    assert not notices.settle_all(NOW + 500 * MINUTE)
    assert Row.objects.filter(event=Event.NOTICE_TOLD.value).count() == 2


def test_a_site_that_was_down_goes_on_where_it_was(people, team):
    notice = a_notice(people)
    late = NOW + 600 * MINUTE
    notices.settle_all(late)
    notices.settle_all(late + MINUTE)
    assert told(notice) == team[:2], "the second has half an hour from when they were told"
    notices.settle_all(late + 30 * MINUTE)
    assert told(notice) == team


def test_an_answer_ends_it_also_in_the_moment_of_a_deadline(people, team):
    notice = a_notice(people)
    notices.answer(people.actor("head"), notice.ref, State.ACKNOWLEDGED, "", NOW + 45 * MINUTE)
    notice.refresh_from_db()
    assert told(notice) == team[:2], "the deadline had passed before the answer came"
    assert (notice.state, notice.answered_by) == (State.ACKNOWLEDGED.value, people.head)
    assert not notices.settle_all(NOW + 500 * MINUTE)
    with pytest.raises(RuleError):
        notices.answer(people.actor("focal"), notice.ref, State.ACKNOWLEDGED, "", NOW + 46 * MINUTE)


def test_a_false_positive_goes_back_to_correlation(people, team):
    notice = a_notice(people)
    notices.answer(people.actor("focal"), notice.ref, State.FALSE_POSITIVE, "Our own scanner.", NOW)
    job = Job.objects.get(name="workflows.follow")
    assert job.args == {"event": notices.FALSE_POSITIVE, "subject": notice.reference}
    row = Row.objects.get(event=Event.NOTICE_FALSE_POSITIVE.value)
    assert "scanner" not in str(row.__dict__)


def test_one_revision_comes_once(people, team):
    people.borealia  # noqa: B018 - makes an account
    assert notices.raise_alert(raised(), NOW) == 2
    assert notices.raise_alert(raised(), NOW + MINUTE) == 0
    assert Notice.objects.count() == 2


def test_growth_changes_what_waits_and_is_news_after_an_answer(people, team):
    notice = a_notice(people)
    notices.raise_alert(raised(revision=2, members=5), NOW + MINUTE)
    notice.refresh_from_db()
    assert (notice.members, notice.revision, told(notice)) == (5, 2, team[:1])
    notices.answer(people.actor("focal"), notice.ref, State.ACKNOWLEDGED, "", NOW + 2 * MINUTE)
    notices.raise_alert(raised(revision=3, members=6), NOW + 3 * MINUTE)
    assert list(Notice.objects.order_by("pk").values_list("state", "members")) == [("acknowledged", 5), ("waiting", 6)]


def test_nobody_on_the_list_is_said_and_the_inbox_has_it(people):
    notice = a_notice(people)
    assert notice.state == State.UNANSWERED.value
    assert Mail.objects.count() == 0


def test_a_member_without_anybody_who_may_read_has_no_notice(people, team):
    cleared(people.borealia, "QBB", Tlp.GREEN)
    notices.raise_alert(raised(Tlp.AMBER), NOW)
    assert set(Notice.objects.values_list("member", flat=True)) == {"QAA"}


def test_somebody_who_lost_their_clearance_is_not_told_any_more(people, team):
    notice = a_notice(people, level=Tlp.AMBER)
    cleared(people.head, "QAA", Tlp.GREEN)
    notices.settle(notice.pk, NOW + 30 * MINUTE)
    assert told(notice) == [team[0], team[2]]


def test_whoever_is_erased_is_told_nothing_and_named_nowhere(people, team):
    notice = a_notice(people)
    directory.erase_contact(people.actor("head"), Contact.objects.get(pk=team[1]).ref, NOW)
    notices.settle(notice.pk, NOW + 30 * MINUTE)
    assert told(notice) == [team[0], team[2]]


def test_an_alert_that_no_longer_stands_ends_what_waits_and_nothing_else(people, team):
    people.borealia  # noqa: B018 - makes an account
    notice = a_notice(people)
    other = Notice.objects.get(member="QBB")
    notices.answer(people.actor("focal"), notice.ref, State.ACKNOWLEDGED, "", NOW)
    assert notices.withdraw([notice.alert], NOW + MINUTE) == 1
    assert notices.withdraw([notice.alert], NOW + MINUTE) == 0
    assert dict(Notice.objects.values_list("member", "state")) == {"QAA": "acknowledged", "QBB": "withdrawn"}
    assert not notices.settle(other.pk, NOW + 600 * MINUTE)


def test_the_order_is_the_members_own(people):
    a_team(people)
    last = a_contact(people, "focal", position=9)
    first = a_contact(people, "head", by="focal", position=1)
    notice = a_notice(people)
    assert told(notice) == [first.pk]
    assert last.position == 9


def test_what_is_long_over_is_erased_and_nothing_else(people, team):
    from datetime import timedelta

    from serantau.web.cooperation.models import Question
    from tests.cooperation.scene import a_question

    notice = a_notice(people)
    notices.answer(people.actor("focal"), notice.ref, State.ACKNOWLEDGED, "", NOW)
    waiting = a_notice(people, number=2)
    a_question(people)
    jobs.tidy({}, NOW + timedelta(days=365))
    assert (Notice.objects.count(), Question.objects.count()) == (2, 1)
    jobs.tidy({}, NOW + timedelta(days=367))
    assert list(Notice.objects.all()) == [waiting], "what nobody has answered is not over"
    assert not Question.objects.exists()
    assert Row.objects.filter(event=Event.COOPERATION_TIDIED.value).count() == 1


# --- webhooks -----------------------------------------------------------------------------------------------------------------


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets, and answers as its server says."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture
def receiver(settings):
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers, server.location = [], [], ""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    settings.SERANTAU_PRIVATE_HOOKS = [f"127.0.0.1:{server.server_port}"]
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def hooked(people, receiver, level=Tlp.AMBER):
    """A hook of Asterra at the receiver: its key."""
    a_team(people)
    a_contact(people)
    url = f"http://127.0.0.1:{receiver.server_port}/notices"
    return directory.make_hook(people.actor("focal"), url, level, NOW)[1]


def run(now=NOW):
    for one in Job.objects.filter(name="cooperation.hook").order_by("pk"):
        jobs.hook(one.args, now)


def test_a_hook_is_told_with_a_signature_that_its_receiver_can_check(people, receiver, settings):
    key = hooked(people, receiver)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret that the site was given meanwhile"
    notice = a_notice(people, level=Tlp.AMBER)
    run()
    ((headers, body),) = receiver.got
    parts = [one.split("=") for one in headers["Serantau-Signature"].split(",")]
    seconds = next(value for name, value in parts if name == "t")
    mine = hmac.new(key.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert mine in [value for name, value in parts if name == "v1"]
    assert int(seconds) == int(NOW.timestamp())
    said = json.loads(body)
    assert (said["tlp"], said["value"], said["members"]) == ("TLP:AMBER", "bad.example", 3)
    assert said["address"].endswith(f"/cooperation/notices/{notice.ref}/")


def test_what_a_hook_may_be_told_is_asked_again_when_it_is_sent(people, receiver):
    hooked(people, receiver)
    a_notice(people, level=Tlp.AMBER)
    cleared(people.focal, "QAA", Tlp.AMBER, ceiling=Tlp.GREEN)
    run()
    assert receiver.got == []


def test_an_ended_hook_is_told_nothing(people, receiver):
    hooked(people, receiver)
    a_notice(people)
    directory.end_hook(people.actor("focal"), Hook.objects.get().ref, NOW)
    run()
    assert receiver.got == []


@pytest.mark.parametrize("status, error", [(500, SourceError), (429, SourceError), (410, Failed), (404, Failed)])
def test_it_is_tried_again_where_that_makes_sense(people, receiver, status, error):
    hooked(people, receiver)
    a_notice(people)
    receiver.answers = [status]
    with pytest.raises(error):
        run()


def test_a_redirect_is_not_followed(people, receiver):
    hooked(people, receiver)
    a_notice(people)
    receiver.answers, receiver.location = [307], f"http://127.0.0.1:{receiver.server_port}/elsewhere"
    with pytest.raises(SourceError, match="redirects"):
        run()
    assert len(receiver.got) == 1


def test_a_private_address_is_no_hook_unless_the_operator_allowed_it(people, settings):
    a_team(people)
    notice = a_notice(people)
    hook, _key = directory.make_hook(people.actor("focal"), "https://127.0.0.1/notices", Tlp.GREEN, NOW)
    with pytest.raises(SourceError):
        hooks.send(hook, notice, "raised", NOW)
