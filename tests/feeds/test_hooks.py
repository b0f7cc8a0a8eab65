"""Rule: a hook is told what its account may read, once, signed, and again until it was taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from serantau.defend.model import Tlp
from serantau.web.accounts.roles import Role
from serantau.web.config import webhooks
from serantau.web.defend.lanes import collection_of, forget
from serantau.web.defend.services import intake
from serantau.web.feeds import hooks
from serantau.web.feeds.models import Progress
from serantau.web.feeds.services import feeds
from tests.defend.scene import envelope, indicator, make_account
from tests.feeds.scene import NOW, actor


@pytest.fixture
def receiver(settings):
    """A server that takes what is posted, or answers with the status that a test says."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            running.got.append((self.headers["Serantau-Signature"], body))
            self.send_response(running.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words):
            """Keep quiet."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.got, running.status = [], 204
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    settings.SERANTAU_PRIVATE_HOOKS = [f"127.0.0.1:{running.server_port}"]
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def hook(region, receiver):
    forget()
    account = make_account("QBB", Tlp.GREEN, rights={"region-green": "r"})
    address = f"http://127.0.0.1:{receiver.server_port}/"
    wish = feeds.Wish(account.id, "hook", "Ours", address, "region-green", 5, secret="a nonce")
    return feeds.make(actor("QBB", Role.HEAD_OF_DELEGATION), wish, NOW)


def put(*objects, member="QAA"):
    intake.add_envelope(make_account(member), collection_of("region-green"), envelope(objects), NOW)


def test_what_is_new_and_may_be_read_is_told_once(hook, receiver):
    put(indicator(1), indicator(2, Tlp.AMBER), indicator(3))
    put(indicator(4, Tlp.RED), member="QBB")
    assert hooks.push(hook.pk, NOW) == 2
    assert hooks.push(hook.pk, NOW) == 0
    [(header, body)] = receiver.got
    told = json.loads(body)
    assert told == {"collection": "region-green", "objects": [indicator(1), indicator(3)]}
    seconds, digest = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", header).groups()
    key = webhooks.key_of(hooks.ROOM, "a nonce").encode()
    assert int(seconds) == int(NOW.timestamp())
    assert hmac.new(key, seconds.encode() + b"." + body, hashlib.sha256).hexdigest() == digest


def test_what_was_there_before_the_hook_is_not_told(region, receiver):
    forget()
    put(indicator(1))
    account = make_account("QBB", Tlp.GREEN, rights={"region-green": "r"})
    address = f"http://127.0.0.1:{receiver.server_port}/"
    wish = feeds.Wish(account.id, "hook", "Ours", address, "region-green", 5, secret="a nonce")
    made = feeds.make(actor("QBB", Role.HEAD_OF_DELEGATION), wish, NOW)
    assert hooks.push(made.pk, NOW) == 0
    assert receiver.got == []


def test_what_was_not_taken_is_told_again(hook, receiver):
    put(indicator(1))
    receiver.status = 500
    assert hooks.push(hook.pk, NOW) == 0
    held = Progress.objects.get(feed=hook)
    assert (held.failures, held.next_at) == (1, NOW + timedelta(minutes=1))
    assert "answered 500" in held.said
    receiver.status = 200
    assert hooks.push(hook.pk, NOW) == 1
    assert len(receiver.got) == 2
    assert receiver.got[0][1] == receiver.got[1][1]


def test_much_is_told_in_parts(hook, receiver, monkeypatch):
    monkeypatch.setattr(hooks, "PART", 2)
    monkeypatch.setattr(hooks, "MOST_PARTS", 2)
    put(*[indicator(number) for number in range(1, 6)])
    assert hooks.push(hook.pk, NOW) == 4
    assert Progress.objects.get(feed=hook).next_at == NOW
    assert hooks.push(hook.pk, NOW) == 1
    assert [len(json.loads(body)["objects"]) for _, body in receiver.got] == [2, 2, 1]


def test_a_right_that_was_taken_ends_it(hook, receiver):
    from serantau.web.defend.models import AccountRight
    from tests.support.writes import unrecorded

    put(indicator(1))
    with unrecorded():
        AccountRight.objects.filter(account_id=hook.account_id).delete()
    assert hooks.push(hook.pk, NOW) == 0
    assert receiver.got == []
    assert "may not read" in Progress.objects.get(feed=hook).said


def test_tombstones_of_collections_that_the_account_may_not_read_are_not_told(region, receiver):
    from serantau.web.defend.services.removing import remove

    forget()
    account = make_account("QBB", Tlp.GREEN, rights={"region-green": "r", "tombstones": "r"})
    address = f"http://127.0.0.1:{receiver.server_port}/"
    wish = feeds.Wish(account.id, "hook", "Ours", address, "tombstones", 5, secret="a nonce")
    made = feeds.make(actor("QBB", Role.HEAD_OF_DELEGATION), wish, NOW)
    sender = make_account("QAA")
    for number, alias in ((1, "qaa-out"), (2, "region-green")):
        intake.add_envelope(sender, collection_of(alias), envelope([indicator(number)]), NOW)
        remove(sender, collection_of(alias), indicator(number)["id"], ("all",), None, NOW)
    assert hooks.push(made.pk, NOW) == 1
    [(_, body)] = receiver.got
    assert [one["deleted_ref"] for one in json.loads(body)["objects"]] == [indicator(2)["id"]]
