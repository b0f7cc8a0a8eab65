"""Rule: what a source has is stored whole and once, whenever we die and whatever it does; what goes wrong is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from serantau.defend.model import Tlp
from serantau.defend.tlp import MARKINGS
from serantau.web.accounts.errors import RefusedError
from serantau.web.feeds import running
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.models import Progress
from serantau.web.feeds.sealing import seal, unseal
from serantau.web.feeds.services import feeds, progress
from tests.defend.scene import indicator, make_account
from tests.feeds.scene import LATER, NOW, RIGHTS, actor, make_feed, stored

COLLECTION = "c0c0c0c0-0000-4000-8000-000000000001"


class Collection:
    """A TAXII 2.1 collection of another server: pages of two, and whatever a test wants to go wrong."""

    def __init__(self, server, settings, count=5):
        self.objects = [indicator(number) for number in range(1, count + 1)]
        self.stamps = [f"2026-01-01T00:00:{number:02}.000001Z" for number in range(1, count + 1)]
        self.server, self.more = server, {}
        self.headers = True
        server.script = self.play
        settings.SERANTAU_PRIVATE_FEEDS = [server.origin]
        self.address = f"{server.base}/hub/collections/{COLLECTION}/"

    def play(self, handler):
        from urllib.parse import parse_qs, urlsplit

        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not parts.path.endswith("/objects/"):
            answer = {"id": COLLECTION, "title": "Theirs", "can_read": True, "can_write": False, "media_types": []}
            self.reply(handler, answer)
            return
        start = int(query["next"]) if "next" in query else 0
        after = query.get("added_after", "")
        held = [(stamp, data) for stamp, data in zip(self.stamps, self.objects, strict=True) if stamp > after]
        page = held[start : start + 2]
        answer = {"objects": [data for _, data in page]} if page else {}
        if start + 2 < len(held):
            answer |= {"more": True, "next": str(start + 2)}
        answer |= self.more
        last = {"X-TAXII-Date-Added-Last": page[-1][0]} if page and self.headers else {}
        self.reply(handler, answer, **last)

    def reply(self, handler, answer, **headers):
        handler.reply(body=json.dumps(answer).encode(), kind="application/taxii+json;version=2.1", **headers)

    def written(self):
        return [json.dumps(data).encode() for data in self.objects]


@pytest.fixture
def theirs(server, settings, region):
    return Collection(server, settings)


def row(feed):
    return Progress.objects.get(feed=feed)


def test_a_collection_is_read_to_its_end_byte_for_byte(theirs):
    feed = make_feed("taxii", theirs.address, secret="a-name:a-key")
    assert running.run(feed.pk, NOW) == 5
    assert stored() == theirs.written()
    held = row(feed)
    assert (held.objects_in_all, held.refused, held.failures, held.said) == (5, 0, 0, "")
    assert (held.done_at, held.next_at) == (NOW, NOW + timedelta(minutes=60))
    assert {headers["authorization"] for _, headers in theirs.server.asked} == {"Basic YS1uYW1lOmEta2V5"}


def test_the_next_walk_begins_where_the_last_ended(theirs):
    feed = make_feed("taxii", theirs.address)
    running.run(feed.pk, NOW)
    theirs.objects.append(indicator(6))
    theirs.stamps.append("2026-02-01T00:00:00.000000Z")
    theirs.server.asked.clear()
    assert running.run(feed.pk, LATER) == 1
    assert stored() == theirs.written()
    assert theirs.server.paths[1:] == [
        f"/hub/collections/{COLLECTION}/objects/?limit=1000&added_after=2026-01-01T00%3A00%3A05.000001Z"
    ]


class Killed(BaseException):
    """As a process that is gone: nothing catches it."""


@pytest.mark.parametrize("after", ["stored", "remembered"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_whenever_we_die_nothing_is_lost_or_there_twice(theirs, monkeypatch, after, step):
    feed = make_feed("taxii", theirs.address)
    steps, kept = [], progress.advance

    def dying(*words, **more):
        steps.append(words)
        if len(steps) == step and after == "stored":
            raise Killed
        kept(*words, **more)
        if len(steps) == step:
            raise Killed

    monkeypatch.setattr(progress, "advance", dying)
    with pytest.raises(Killed):
        running.run(feed.pk, NOW)
    assert len(stored()) == min(2 * step, 5)
    monkeypatch.setattr(progress, "advance", kept)
    running.run(feed.pk, NOW + timedelta(minutes=20))
    assert stored() == theirs.written()


def test_a_cursor_that_holds_no_more_begins_the_walk_anew(theirs):
    feed = make_feed("taxii", theirs.address)
    progress.advance(feed.pk, {"from": "", "next": "no number", "last": ""}, NOW)
    kept, asked = theirs.play, []

    def play(handler):
        asked.append(handler.path)
        handler.reply(400) if "next=no" in handler.path else kept(handler)

    theirs.server.script = play
    assert running.run(feed.pk, NOW) == 5
    assert stored() == theirs.written()
    assert "next=no" in asked[1]


@pytest.mark.parametrize(
    "more, said",
    [
        ({"more": True, "next": ""}, "not how to get it"),
        ({"more": True, "next": "n" * 5000}, "not how to get it"),
        ({"objects": [{"a": 1}], "more": False, "next": 5}, ""),
        ({"objects": 7}, '"objects" must be a list'),
    ],
)
def test_a_server_that_keeps_to_no_protocol_ends(theirs, more, said):
    theirs.headers = False
    theirs.more = more
    feed = make_feed("taxii", theirs.address)
    running.run(feed.pk, NOW)
    held = row(feed)
    assert said in held.said
    assert (held.failures == 0) == (not said)
    assert len(theirs.server.asked) < 10


def test_more_without_a_cursor_is_read_by_date(theirs):
    theirs.more = {"more": True, "next": ""}
    feed = make_feed("taxii", theirs.address)
    running.run(feed.pk, NOW)
    assert stored() == theirs.written()


@pytest.mark.parametrize("status", [401, 404, 500])
def test_failures_are_told_and_wait_longer_each_time(theirs, status, monkeypatch):
    monkeypatch.setattr("serantau.web.feeds.guarded.LIMITS", running.client().limits.__class__(attempts=1))
    feed = make_feed("taxii", theirs.address)
    theirs.server.script = lambda handler: handler.reply(status)
    waits = []
    for _ in range(3):
        running.run(feed.pk, NOW)
        waits.append((row(feed).next_at - NOW) // timedelta(minutes=1))
    assert waits == [1, 2, 4]
    assert f"answered {status}" in row(feed).said
    theirs.server.script = theirs.play
    running.run(feed.pk, NOW)
    assert (row(feed).failures, row(feed).said, len(stored())) == (0, "", 5)


def test_what_is_no_object_is_counted_and_the_rest_is_kept(theirs):
    theirs.objects[1] = {"type": "indicator", "id": "indicator--bad"}
    feed = make_feed("taxii", theirs.address)
    running.run(feed.pk, NOW)
    assert (len(stored()), row(feed).refused) == (4, 1)


def test_a_marking_is_known_before_what_bears_it_wherever_it_stands(theirs, monkeypatch):
    monkeypatch.setattr(running, "MOST_OBJECTS", 1)
    mark = "marking-definition--00000000-0000-4000-8000-00000000000a"
    theirs.objects[0] = indicator(1, None, object_marking_refs=[mark])
    theirs.objects[1] = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": mark,
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "TLP:GREEN"},
    }
    feed = make_feed("taxii", theirs.address)
    running.run(feed.pk, NOW)
    from serantau.web.defend.models import StoredObject

    assert StoredObject.objects.get(stix_id=indicator(1)["id"]).tlp == Tlp.GREEN


def test_a_feed_is_taken_by_one_process_and_not_while_it_rests(theirs):
    feed = make_feed("taxii", theirs.address)
    assert [progress.claim(feed.pk, NOW), progress.claim(feed.pk, NOW)] == [True, False]
    feeds.pause(actor(), feed, NOW, paused=True)
    assert not progress.claim(feed.pk, LATER)
    assert running.run(feed.pk, LATER) == 0
    feeds.pause(actor(), feed, LATER, paused=False)
    assert progress.claim(feed.pk, LATER)
    feeds.end(actor(), feed, LATER)
    assert running.run(feed.pk, LATER) == 0
    assert stored() == []


def test_rights_are_asked_at_each_run(theirs):
    account = make_account("QBB", rights=RIGHTS)
    feed = make_feed("taxii", theirs.address, account)
    from serantau.web.defend.models import AccountRight
    from tests.support.writes import unrecorded

    with unrecorded():
        AccountRight.objects.filter(account_id=account.id, alias="qbb-out").update(can_write=False)
    running.run(feed.pk, NOW)
    assert "may not write to qbb-out" in row(feed).said
    assert stored() == []


def test_the_jobs_ask_what_is_due(theirs):
    from serantau.web.feeds import jobs
    from serantau.web.jobs.models import Job

    feed = make_feed("taxii", theirs.address)
    jobs.look({}, NOW)
    jobs.look({}, NOW)
    assert list(Job.objects.filter(name="feeds.read").values_list("args", flat=True)) == [{"feed": feed.pk}]
    jobs.read({"feed": feed.pk}, NOW)
    jobs.read({"feed": feed.pk}, NOW)
    assert stored() == theirs.written()
    jobs.look({}, NOW)
    assert Job.objects.filter(name="feeds.read").count() == 1


# --- MISP and lists -----------------------------------------------------------------------------------------------------


def an_event(number, value, at=1_700_000_000, tag="tlp:green"):
    return {
        "Event": {
            "uuid": f"6a6a6a6a-0000-4000-8000-{number:012x}",
            "info": "a",
            "date": "2023-11-01",
            "timestamp": str(at),
            "Tag": [{"name": tag}],
            "Attribute": [
                {
                    "uuid": f"7b7b7b7b-0000-4000-8000-{number:012x}",
                    "type": "domain",
                    "value": value,
                    "timestamp": str(at),
                    "to_ids": True,
                }
            ],
        }
    }


def test_a_misp_feed_is_read_event_by_event_and_again_where_one_changed(server, settings, region):
    settings.SERANTAU_PRIVATE_FEEDS = [server.origin]
    events = {
        event["Event"]["uuid"]: event for event in (an_event(n, f"a{n}.example", 1_700_000_000 + n) for n in range(3))
    }

    def play(handler):
        name = handler.path.rpartition("/")[2]
        if name == "manifest.json":
            handler.reply(
                body=json.dumps({k: {"timestamp": v["Event"]["timestamp"]} for k, v in events.items()}).encode()
            )
        elif name.removesuffix(".json") in events:
            handler.reply(body=json.dumps(events[name.removesuffix(".json")]).encode())
        else:
            handler.reply(404)

    server.script = play
    feed = make_feed("misp", f"{server.base}/feed/manifest.json")
    assert running.run(feed.pk, NOW) == 3
    assert [json.loads(body)["object_marking_refs"] for body in stored()] == [[MARKINGS[Tlp.GREEN]]] * 3
    server.asked.clear()
    assert running.run(feed.pk, LATER) == 0
    assert server.paths == ["/feed/manifest.json"]
    events["6a6a6a6a-0000-4000-8000-000000000001"] = an_event(1, "b.example", 1_700_001_000)
    assert running.run(feed.pk, LATER) == 1
    assert {json.loads(body)["pattern"] for body in stored()} == {
        f"[domain-name:value = '{name}.example']" for name in ("a0", "b", "a2")
    }


def test_a_list_is_read_once_renewed_in_time_and_read_anew_when_it_changes(server, settings, region):
    settings.SERANTAU_PRIVATE_FEEDS = [server.origin]
    lines = [b"198.51.100.1", b"evil.example", b"nothing"]
    server.script = lambda handler: handler.reply(body=b"\n".join(lines), kind="text/csv")
    feed = make_feed("csv", f"{server.base}/list.csv", light=Tlp.GREEN, options={"days": 10})
    assert running.run(feed.pk, NOW) == 2
    assert (row(feed).refused, row(feed).cursor["at"]) == (1, 2)
    assert running.run(feed.pk, LATER) == 0
    lines.append(b"b.example")
    assert running.run(feed.pk, LATER) == 1
    assert len(stored()) == 3
    assert running.run(feed.pk, NOW + timedelta(days=8)) == 3
    assert len(stored()) == 3
    assert {json.loads(body)["valid_until"][:10] for body in stored()} == {"2026-03-22"}


def test_a_list_can_be_uploaded(region):
    feed = make_feed("csv", "", options={"value": "host", "header": True, "type": "domain-name"})
    assert row(feed).next_at is None
    assert running.take(feed, b"host,note\na.example,x\nlocalhost,y\n", NOW) == (1, 1)
    assert running.take(feed, b"host,note\na.example,x\n", LATER) == (0, 0)
    assert row(feed).next_at is None


# --- who may set one up ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"kind": "rss"}, "kind"),
        ({"title": " "}, "title"),
        ({"address": "ftp://a.example/"}, "address"),
        ({"address": "https://a:b@a.example/"}, "address"),
        ({"address": ""}, "address"),
        ({"alias": "qaa-out"}, "alias"),
        ({"alias": "nothing"}, "alias"),
        ({"minutes": 1}, "minutes"),
        ({"light": Tlp.RED}, "light"),
        ({"kind": "csv", "options": {"value": "host"}}, "columns"),
        ({"kind": "csv", "options": {"days": 0}}, "days"),
        ({"secret": "env:DATABASE_URL"}, "secret"),
    ],
)
def test_what_cannot_be_set_up_says_which_field(region, wrong, field):
    good = {"kind": "taxii", "address": f"https://a.example/{COLLECTION}/"} | wrong
    with pytest.raises(FeedError) as caught:
        make_feed(**good)
    assert caught.value.field == field


def test_an_account_is_the_members_own(region):
    theirs = make_account("QAA")
    with pytest.raises(FeedError, match="your member's accounts"):
        feeds.make(actor("QBB"), feeds.Wish(theirs.id, "taxii", "a", "https://a.example/", "qbb-out"), NOW)


def test_a_feed_is_its_members_own(region):
    feed = make_feed("taxii", "https://a.example/")
    for command in (
        lambda: feeds.end(actor("QAA"), feed, NOW),
        lambda: feeds.pause(actor("QAA"), feed, NOW, paused=True),
    ):
        with pytest.raises(RefusedError):
            command()


def test_credentials_are_sealed(region, settings, monkeypatch):
    feed = make_feed("taxii", "https://a.example/", secret="name:password")
    assert "password" not in feed.secret
    assert unseal(feed.secret, feed.member) == "name:password"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another secret of thirty-two characters",
    )
    assert unseal(feed.secret, feed.member) == "name:password"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(FeedError, match="another secret"):
        unseal(feed.secret, feed.member)
    monkeypatch.setenv("SERANTAU_FEED_QBB_X", "a:b")
    assert unseal(seal("env:SERANTAU_FEED_QBB_X", "QBB"), "QBB") == "a:b"
    with pytest.raises(FeedError, match="not set"):
        unseal(seal("env:SERANTAU_FEED_QBB_Y", "QBB"), "QBB")
    feeds.end(actor(), feed, NOW)
    feed.refresh_from_db()
    assert feed.secret == ""


def test_no_member_has_anothers_credentials_sent_to_a_server_of_its_own(region, monkeypatch):
    monkeypatch.setenv("SERANTAU_FEED_QAA_KEY", "of another")
    with pytest.raises(FeedError, match="SERANTAU_FEED_QBB_"):
        make_feed("csv", "https://mine.example/", secret="env:SERANTAU_FEED_QAA_KEY")
    for name in ("env:SERANTAU_FEED_QAA_KEY", "env:SERANTAU_FEED_QBB", "env:PATH"):
        with pytest.raises(FeedError):
            unseal(name, "QBB")
