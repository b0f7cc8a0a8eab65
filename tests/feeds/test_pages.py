"""Rule: the pages of feeds are whole, bounded in their queries, do what their forms say, and show no credentials."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serantau.defend.model import Tlp
from serantau.web.accounts.roles import Role
from serantau.web.feeds.models import Feed
from tests.defend.scene import make_account
from tests.feeds.scene import RIGHTS, make_feed, stored
from tests.support.people import make_person, signed_in
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 30


@pytest.fixture
def account(region):
    return make_account("QBB", Tlp.AMBER, rights=RIGHTS, login="qbb-sensor")


@pytest.fixture
def focal(account):
    return signed_in(make_person(Role.FOCAL_POINT, "QBB"))


@pytest.fixture
def head(account):
    return signed_in(make_person(Role.HEAD_OF_DELEGATION, "QBB"))


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def whole(response, status=200):
    assert response.status_code == status, text_of(response)[:900]
    assert response["Cache-Control"] == "private, no-store"
    assert accessibility_defects(Document(response.content.decode())) == []
    return text_of(response)


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_has_every_feed_in_a_bounded_number_of_queries(focal, account, number, django_assert_max_num_queries):
    for one in range(number):
        make_feed("taxii", "https://a.example/c/", account, title=f"Source {one}", secret="a:secret-word")
    with django_assert_max_num_queries(MOST_QUERIES):
        said = whole(focal.get("/feeds/"))
    assert f"Source {number - 1}" in said
    assert "reads up to TLP:AMBER" in said
    assert "/feeds/region-green/blocklist.csv" in said
    assert "secret-word" not in said


@pytest.mark.parametrize("kind", ["taxii", "misp", "csv"])
def test_a_form_of_each_kind_sets_a_feed_up(focal, account, kind):
    whole(focal.get(f"/feeds/new/?kind={kind}"))
    form = {
        "kind": kind,
        "title": "Theirs",
        "address": "https://a.example/feed/",
        "account": account.id,
        "alias": "qbb-out",
        "minutes": "30",
        "light": "",
        "secret": "name:secret-word",
        "value": "host",
        "header": "1",
        "separator": "tab",
        "days": "10",
    }
    answer = focal.post("/feeds/new/", form)
    assert answer.status_code == 303, text_of(answer)
    feed = Feed.objects.get()
    assert (feed.light, feed.minutes, feed.member) == (None, 30, "QBB")
    assert (feed.options.get("separator"), feed.options.get("days")) == (("\t", 10) if kind == "csv" else (None, None))
    said = whole(focal.get(answer["Location"]))
    assert "not asked yet" in said
    assert "secret-word" not in said
    refused = focal.post("/feeds/new/", form | {"minutes": "0"})
    assert "Ask every 5 to" in whole(refused, 400)


def test_a_hook_is_the_heads_and_shows_its_key_once(focal, head, account):
    form = {
        "kind": "hook",
        "title": "Ours",
        "address": "https://a.example/",
        "account": account.id,
        "alias": "qaa-out",
        "minutes": "5",
    }
    assert "head of delegation" in whole(focal.post("/feeds/new/", form), 400)
    assert "Webhook" not in text_of(focal.get("/feeds/"))
    said = whole(head.post("/feeds/new/", form))
    key = re.search(r"kept nowhere: ([0-9a-f]{64})", said)[1]
    feed = Feed.objects.get()
    assert key not in text_of(head.get(f"/feeds/{feed.pk}/"))
    assert key not in feed.secret


def test_a_feed_rests_goes_on_and_ends(focal, account):
    feed = make_feed("taxii", "https://a.example/c/", account)
    for act, said in [("pause", "paused"), ("resume", "not asked yet"), ("now", "not asked yet")]:
        assert focal.post(f"/feeds/{feed.pk}/act/{act}/").status_code == 303
        assert said in whole(focal.get(f"/feeds/{feed.pk}/"))
    assert focal.post(f"/feeds/{feed.pk}/act/end/")["Location"] == "/feeds/"
    assert "ended" in whole(focal.get(f"/feeds/{feed.pk}/"))
    assert "A source" not in text_of(focal.get("/feeds/"))
    assert focal.post(f"/feeds/{feed.pk}/act/nothing/").status_code == 404


def test_a_list_is_uploaded(focal, account):
    feed = make_feed("csv", "", account)
    file = SimpleUploadedFile("list.csv", b"198.51.100.1\nlocalhost\n")
    answer = focal.post(f"/feeds/{feed.pk}/upload/", {"file": file})
    assert answer.status_code == 303
    assert "1 new or renewed, 1 lines not usable" in whole(focal.get(answer["Location"]))
    assert len(stored()) == 1
    wrong = SimpleUploadedFile("list.csv", b"\xff\xfe")
    assert "not UTF-8" in whole(focal.post(f"/feeds/{feed.pk}/upload/", {"file": wrong}), 400)


def test_what_went_wrong_is_shown_as_text(focal, account):
    from serantau.web.feeds.services import progress

    feed = make_feed("taxii", "https://a.example/c/", account, title="<b>A source</b>")
    progress.fail(feed.pk, "<script>alert(1)</script>", datetime.now(UTC))
    answer = focal.get(f"/feeds/{feed.pk}/")
    assert "failing" in whole(answer)
    assert b"<script>alert" not in answer.content
    assert b"<b>A source" not in answer.content
