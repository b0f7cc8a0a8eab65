"""Rule: whatever is thrown at the running server is answered with an error of the protocol, in bounded memory and time.

And: when many members send at once, each is served or told to come again, and nobody waits in silence.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from serantau.defend.taxii.collections import collection_id
from serantau.defend.taxii.v21.errors import BusyStoreError
from serantau.web.defend.gate import Gate
from tests.defend.scene import envelope, indicator

TAXII = "application/taxii+json;version=2.1"
MEGABYTE = 1024**2
OBJECTS = f"/taxii2/region/collections/{collection_id('threelands', 'region-green')}/objects/"


def ask(server, method, path, body=None, **headers):
    """One request: status and body; what the server says before it has read all counts too."""
    connection = http.client.HTTPConnection(urlsplit(server.site.url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {server.keys['sensor']}", "Content-Type": TAXII, **headers}
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read(), dict(reply.getheaders())
    finally:
        connection.close()


def megabytes(server):
    """Memory of the server's largest process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[2]) == server.site.process.pid:
            found.append(int(words[21]) * 4096 / MEGABYTE)
    return max(found)


def chunks(count):
    for _ in range(count):
        yield b" " * MEGABYTE


@pytest.mark.parametrize(
    "method, path, body, statuses",
    [
        ("POST", OBJECTS, b" " * (50 * MEGABYTE), {413}),
        ("POST", OBJECTS, chunks(50), {413}),
        ("POST", OBJECTS, b'{"objects":[' + b"[" * 10_000 + b"]" * 10_000 + b"]}", {400}),
        ("POST", OBJECTS, b'{"objects":[' + b"[]," * 300_000 + b"1]}", {413}),
        ("GET", OBJECTS + "?match[id]=" + ",".join(["indicator--0"] * 1_000), None, {400}),
        ("GET", OBJECTS + "?match[id]=" + "indicator--0," * 20_000, None, {400, 414, 431}),
        ("GET", OBJECTS + "?" + "&".join(f"p{number}=1" for number in range(3_000)), None, {400, 414, 431}),
        ("GET", "/taxii2/" + "a/" * 4_000, None, {404, 414}),
    ],
    ids=["50 MB", "50 MB in chunks", "deep", "many empty", "ids", "a hundred thousand ids", "parameters", "path"],
)
def test_hostile_requests(server, method, path, body, statuses):
    before = megabytes(server)
    begun = time.monotonic()
    status, said, _ = ask(server, method, path, body)
    assert status in statuses, said[:300]
    if status not in {414, 431}:  # said by the HTTP server itself, before any application is asked
        assert json.loads(said)["http_status"] == str(status)
    assert time.monotonic() - begun < 30
    assert megabytes(server) - before < 80


def test_eleven_at_once_are_served_or_told_to_come_again(server):
    bodies = [envelope(indicator(5_000_000 + member * 1000 + place) for place in range(1000)) for member in range(11)]
    begin, answers = threading.Barrier(11), []

    def send(body):
        begin.wait()
        for _ in range(40):
            status, said, headers = ask(server, "POST", OBJECTS, body)
            answers.append((status, headers.get("retry-after", headers.get("Retry-After"))))
            if status == 202:
                assert json.loads(said)["failure_count"] == 0
                return
            time.sleep(0.5)

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in answers].count(202) == 11
    assert {status for status, _ in answers} <= {202, 503}
    assert all(wait for status, wait in answers if status == 503)


def test_the_gate_bounds_who_waits_and_for_how_long():
    gate = Gate(at_work=1, waiting=1, seconds=0.05, most=100)
    with gate.place(10), gate.turn():
        begun = time.monotonic()
        with gate.place(10), pytest.raises(BusyStoreError) as refused, gate.turn():
            raise AssertionError
        assert time.monotonic() - begun < 1
        assert int(refused.value.headers["Retry-After"]) > 0
        with gate.place(10), pytest.raises(BusyStoreError), gate.place(10):
            raise AssertionError
    with pytest.raises(BusyStoreError), gate.place(101):
        raise AssertionError
    with gate.place(100), gate.turn():
        pass
