"""Rule: our own TAXII server, asked by our own poller over HTTP, loses nothing, whenever the poller dies."""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connections
from django.test import Client

from serantau.defend.model import Tlp
from serantau.web.defend.auth import MEMORY
from serantau.web.defend.lanes import collection_of, forget
from serantau.web.defend.services import intake
from serantau.web.feeds import running, sources
from serantau.web.feeds.models import Progress
from serantau.web.feeds.services import progress
from tests.defend.asking import key_for
from tests.defend.scene import envelope, indicator, make_account
from tests.feeds.scene import NOW, RIGHTS, make_feed, stored
from tests.support.installations import Installation
from tests.support.regions import THREELANDS

COUNT = 11


@pytest.fixture
def hub(region, settings):
    """The site itself behind a socket, on the test's own database."""
    forget()
    MEMORY.clear()
    shared = connections["default"]
    shared.inc_thread_sharing()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            connections["default"] = shared
            hub_server.asked.append(self.path)
            answer = Client().get(hub_server.rewrite(self.path), headers=dict(self.headers))
            hub_server.before_answer()
            self.send_response(answer.status_code)
            for name, value in answer.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_words):
            """Keep quiet."""

    hub_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub_server.asked, hub_server.rewrite, hub_server.before_answer = [], lambda path: path, lambda: None
    hub_server.address = f"http://127.0.0.1:{hub_server.server_port}/taxii2/region/collections/"
    threading.Thread(target=hub_server.serve_forever, daemon=True).start()
    settings.SERANTAU_PRIVATE_FEEDS = [f"127.0.0.1:{hub_server.server_port}"]
    yield hub_server
    hub_server.shutdown()
    hub_server.server_close()
    shared.dec_thread_sharing()


@pytest.fixture
def given(hub):
    """What QAA gave out: in part not for whoever asks."""
    account = make_account("QAA")
    objects = [indicator(number, Tlp.AMBER if number % 4 == 0 else Tlp.GREEN) for number in range(1, COUNT + 1)]
    for start in range(0, COUNT, 4):
        intake.add_envelope(account, collection_of("qaa-out"), envelope(objects[start : start + 4]), datetime.now(UTC))
    return [data for data in objects if data["object_marking_refs"] != indicator(1, Tlp.AMBER)["object_marking_refs"]]


@pytest.fixture
def feed(hub, given):
    reader = make_account("QBB", Tlp.GREEN, rights={"qaa-out": "r"}, login="qbb-reader")
    address = f"{hub.address}{collection_of('qaa-out').id}/"
    return make_feed(
        "taxii", address, make_account("QBB", rights=RIGHTS), secret=f"qbb-reader:{key_for(reader)}", alias="qbb-out"
    )


def written(given):
    return [envelope([data])[len(b'{"objects": [') : -2] for data in given]


def test_all_that_may_be_read_arrives_byte_for_byte(feed, given, monkeypatch):
    monkeypatch.setattr(sources, "PAGE", 2)
    assert running.run(feed.pk, NOW) == len(given)
    assert stored() == written(given)
    assert Progress.objects.get(feed=feed).said == ""
    assert running.run(feed.pk, NOW + timedelta(days=1)) == 0


class Killed(BaseException):
    """As a process that is gone: nothing catches it."""


@pytest.mark.parametrize("remembered", [True, False])
def test_a_poller_that_dies_at_every_page_loses_nothing(feed, given, monkeypatch, remembered):
    monkeypatch.setattr(sources, "PAGE", 2)
    kept, lives = progress.advance, 0

    def dying(*words, **more):
        if remembered or lives % 2:
            kept(*words, **more)
        raise Killed

    monkeypatch.setattr(progress, "advance", dying)
    while lives < 30:
        lives += 1
        try:
            running.run(feed.pk, NOW)
        except Killed:
            # What came after the last page was remembered: then it walks anew and finds nothing.
            if len(stored()) == len(given) and Progress.objects.get(feed=feed).cursor.get("next") is None:
                break
    assert lives > 3
    assert stored() == written(given)


def test_a_key_that_was_revoked_is_told(feed, given):
    from serantau.web.accounts.models import Token
    from tests.support.writes import unrecorded

    with unrecorded():
        Token.objects.update(revoked_at=NOW)
    MEMORY.clear()
    assert running.run(feed.pk, NOW) == 0
    assert "answered 401" in Progress.objects.get(feed=feed).said


SET_UP = """
from serantau.web.config.start import prepare
prepare()
from tests.defend.scene import make_account
from tests.feeds.scene import RIGHTS, make_feed
make_feed("taxii", {address!r}, make_account("QBB", rights=RIGHTS, login="qbb-sensor"), secret={secret!r}, alias="qbb-out")
"""


@pytest.mark.soak
def test_a_process_that_is_killed_at_each_page_loses_nothing(hub, given, tmp_path):
    """Another installation, killed with SIGKILL while it waits for each page in turn; then it is let to the end."""
    reader = make_account("QBB", Tlp.GREEN, rights={"qaa-out": "r"}, login="qbb-reader")
    place = f"127.0.0.1:{hub.server_port}"
    other = Installation.on_sqlite(tmp_path / "data", SERANTAU_PRIVATE_FEEDS=place, SERANTAU_REGION=str(THREELANDS))
    address = f"{hub.address}{collection_of('qaa-out').id}/"
    words = SET_UP.format(address=address, secret=f"qbb-reader:{key_for(reader)}")
    process = other.start(["-c", words])
    assert process.communicate(timeout=120)[0] is not None
    assert process.returncode == 0
    hub.rewrite = lambda path: path.replace("limit=1000", "limit=2")
    for page in range(1, 4):
        pages, killed, doomed = [], threading.Event(), []

        def at_this_page(pages=pages, page=page, killed=killed, doomed=doomed):
            pages.append(1)
            if len(pages) == page + 1:  # the collection itself is asked first
                os.killpg(doomed[0].pid, signal.SIGKILL)
                killed.set()

        hub.before_answer = at_this_page
        process = other.start(["-m", "serantau", "defend", "poll", "1"])
        doomed.append(process)
        process.communicate(timeout=120)
        assert killed.is_set()
        assert process.returncode == -signal.SIGKILL
    hub.before_answer = lambda: None
    process = other.start(["-m", "serantau", "defend", "poll", "1"])
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    out = tmp_path / "out.json"
    words = ["export", "--account", "qbb-sensor", "--collection", "qbb-out", "--as", "stix", "--out", str(out)]
    process = other.start(["-m", "serantau", "defend", *words])
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    assert json.loads(out.read_bytes())["objects"] == given
