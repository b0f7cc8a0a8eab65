"""Rule: what a member has not sent in, and what was not accepted, is seen by nobody else: by no page, count, feed, file or error."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from serantau.web.ledger.models import Event as Row
from serantau.web.ledger.signing import sign
from tests.review.scene import NOW, REPORT, a_round, draft, questioned, submitted
from tests.support.people import signed_in
from tests.support.roles import open_routes, sample
from tests.web.html_support import Document

SECRET = "Zqxjkv"
"""A word that stands in the draft and nowhere else."""

OTHERS = ("neighbour", "observer", "secretary", "auditor")
ADDRESSES = ("", "submissions/", "submissions/?state=draft", "submissions/?member=QAA", "rounds/", "rounds/{round}/")


@pytest.fixture
def hidden(people):
    """A draft with a secret word in every part of it, in a round."""
    asked = a_round(people)
    held = draft(people, raws=[{**REPORT, "obstacles": SECRET, "note": SECRET}], title=f"{SECRET} title", asked=asked)
    from serantau.web.review.services import drafts

    drafts.attach(people.actor("focal"), held.pk, f"{SECRET}.pdf", b"%PDF-1.7 " + SECRET.encode(), NOW)
    return held, asked


def pages(client, asked):
    for address in ADDRESSES:
        yield client.get("/reporting/" + address.format(round=asked.pk))


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_of_the_work_shows_or_counts_it(people, hidden, who):
    held, asked = hidden
    client = signed_in(getattr(people, who))
    with_it = [response.content for response in pages(client, asked)]
    assert all(SECRET.encode() not in content for content in with_it)
    from tests.support.writes import unrecorded

    with unrecorded():
        held.delete()
    without = [response.content for response in pages(client, asked)]
    assert [plain(one) for one in with_it] == [plain(one) for one in without], "something differs by the draft"


def plain(content):
    """A page without what differs from request to request."""
    return re.sub(rb'name="(?:csrfmiddlewaretoken|once)" value="[^"]*"', b"", content)


def test_no_open_address_shows_it(people, hidden):
    client = Client()
    sign(NOW)
    for address in open_routes().values():
        where = sample(address)
        response = client.get(where, {"q": SECRET} if "search" in where else {})
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if "search" not in where:
            assert SECRET.encode() not in content, where
    found = Document(client.get("/search/", {"q": SECRET}).content.decode())
    assert not any("/reporting/" in link for link in found.links)


@pytest.mark.parametrize("who", OTHERS)
def test_what_is_hidden_and_what_is_not_there_are_told_apart_by_nothing(people, hidden, who):
    held, _ = hidden
    client = signed_in(getattr(people, who))
    client.get("/reporting/")
    for more in ("", "records/plan.action_reports.csv", "files/1/", "act/submit/", "act/accept/", "take/"):
        method = client.post if more.startswith(("act", "take")) else client.get
        there, not_there = (method(f"/reporting/submissions/{number}/{more}") for number in (held.pk, 999_999))
        assert there.status_code == not_there.status_code in {403, 404}, more
        texts = [re.sub(rb"submissions(/|%2F)\d+", b"submissions", plain(one.content)) for one in (there, not_there)]
        assert texts[0] == texts[1], more


def test_the_ledger_says_that_something_happened_and_not_what(people, hidden):
    details = " ".join(str(row.details) + row.subject + row.actor for row in Row.objects.all())
    assert SECRET not in details
    sign(NOW)
    export = Client().get("/ledger/export.jsonl")
    content = b"".join(export.streaming_content) if export.streaming else export.content
    assert SECRET.encode() not in content
    assert b"submission" not in content.replace(b'"submissions"', b""), "what the events are about is not public"


def test_letters_do_not_say_it(people, hidden):
    from serantau.web.jobs.models import Mail

    submitted(people, raws=[{**REPORT, "obstacles": SECRET}])
    questioned(people, raws=[{**REPORT, "obstacles": SECRET, "action": "tl2030-a2-1"}])
    mails = list(Mail.objects.all())
    assert mails
    assert not any(SECRET in mail.text + mail.subject for mail in mails)
    assert not any("neighbour" in str(mail.recipients) for mail in mails)


def test_what_was_sent_in_is_still_no_fact(people):
    submitted(people, raws=[{**REPORT, "obstacles": SECRET}], title=SECRET)
    client = Client()
    for where in ("/plans/tl2030/progress/?year=2025&member=QAA", "/api/v1/actions", "/"):
        assert SECRET.encode() not in client.get(where).content


def test_an_upload_that_is_refused_repeats_nothing_of_others(people, hidden):
    held, _ = hidden
    client = signed_in(people.neighbour)
    file = io.BytesIO(b"indicator,year\n")
    file.name = "x.csv"
    response = client.post(f"/reporting/submissions/{held.pk}/upload/plan.action_reports/", {"file": file})
    assert response.status_code == 404
    assert SECRET.encode() not in response.content


def test_there_are_routes():
    assert get_resolver().url_patterns
