"""The guarded client: what it refuses, how long it waits, what it keeps."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme

from serantau import __version__
from serantau.sources import Client, Limits, SourceError, StatusError
from serantau.sources.body import TruncatedError, read_body
from serantau.sources.cache import Cache, Kept

FAST = Limits(total_seconds=5, step_seconds=2, backoff_seconds=0.01, backoff_cap_seconds=0.5)


def client_for(server, cache=None, limits=FAST):
    return Client(allow_private=frozenset({server.origin}), cache=cache, limits=limits, seed=1)


def test_an_answer_comes_with_our_name_in_the_request(server):
    server.script = lambda handler: handler.reply(body=b"{}")
    with client_for(server) as client:
        answer = client.get(f"{server.base}/a?b=c", kinds=("json",))
    assert (answer.content, answer.media_type, answer.from_cache) == (b"{}", "application/json", False)
    path, headers = server.asked[0]
    assert path == "/a?b=c"
    assert headers["user-agent"] == f"serantau/{__version__}"
    assert headers["host"] == server.origin


def test_a_private_server_is_refused_unless_it_was_allowed(server):
    with Client(limits=FAST) as client, pytest.raises(SourceError, match="asked in the clear"):
        client.get(f"{server.base}/")
    with Client(limits=FAST) as client, pytest.raises(SourceError, match="not an address of the public internet"):
        client.get(f"https://{server.origin}/")
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "https://",
        "https://user:secret@127.0.0.1/",
        "https://[::1",
        "nonsense",
    ],
)
def test_other_schemes_and_broken_addresses_are_refused(url):
    with Client(limits=FAST) as client, pytest.raises(SourceError) as caught:
        client.get(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "https://169.254.169.254/latest", "file:///etc/passwd"])
def test_a_redirect_is_checked_like_a_first_request(server, target):
    server.script = lambda handler: handler.reply(302, Location=target)
    with client_for(server) as client, pytest.raises(SourceError, match=r"clear|public internet|not an http"):
        client.get(f"{server.base}/")
    assert len(server.asked) == 1


def test_a_redirect_to_another_port_of_an_allowed_machine_is_refused(server):
    server.script = lambda handler: handler.reply(301, Location="http://127.0.0.1:1/")
    with client_for(server) as client, pytest.raises(SourceError, match="asked in the clear"):
        client.get(f"{server.base}/")


def test_redirects_are_followed_five_times_and_no_further(server):
    def script(handler):
        step = int(handler.path[1:])
        if step == 5:
            handler.reply(body=b"5")
        else:
            handler.reply(302, Location=f"/{step + 1}")

    server.script = script
    with client_for(server) as client:
        assert client.get(f"{server.base}/0").content == b"5"
    server.script = lambda handler: handler.reply(302, Location=f"/{int(handler.path[1:]) + 1}")
    with client_for(server) as client, pytest.raises(SourceError, match="more than 5 times"):
        client.get(f"{server.base}/0")


def test_429_is_waited_out_for_as_long_as_the_server_says(server):
    def script(handler):
        if len(server.asked) == 1:
            handler.reply(429, Retry_After="0")
        else:
            handler.reply(body=b"[]")

    server.script = script
    with client_for(server) as client:
        assert client.get(f"{server.base}/").content == b"[]"
    assert len(server.asked) == 2


def test_a_server_that_wants_an_hour_is_given_up_at_once(server):
    server.script = lambda handler: handler.reply(503, Retry_After="3600")
    start = time.monotonic()
    with client_for(server) as client, pytest.raises(StatusError) as caught:
        client.get(f"{server.base}/")
    assert caught.value.status == 503
    assert len(server.asked) == 1
    assert time.monotonic() - start < 8


def test_500_for_ever_ends_after_five_tries(server):
    server.script = lambda handler: handler.reply(500, b"broken")
    with client_for(server) as client, pytest.raises(StatusError, match="500") as caught:
        client.get(f"{server.base}/")
    assert (caught.value.status, caught.value.body, len(server.asked)) == (500, b"broken", 5)


def test_404_is_not_tried_again(server):
    with client_for(server) as client, pytest.raises(StatusError, match="404"):
        client.get(f"{server.base}/")
    assert len(server.asked) == 1


def test_a_body_shorter_than_announced_is_tried_again_and_then_refused(server):
    def script(handler):
        handler.reply(body=b'{"a": 1', length=100)
        handler.close_connection = True

    server.script = script
    with (
        client_for(server, limits=Limits(attempts=2, backoff_seconds=0.01)) as client,
        pytest.raises(SourceError, match="no whole answer in 2 tries"),
    ):
        client.get(f"{server.base}/")
    assert len(server.asked) == 2


def test_a_gzip_body_that_stops_in_the_middle_is_refused(server):
    packed = gzip.compress(b"x" * 1000)
    server.script = lambda handler: handler.reply(body=packed[: len(packed) // 2], Content_Encoding="gzip")
    with client_for(server, limits=Limits(attempts=1)) as client, pytest.raises(SourceError, match="cut off"):
        client.get(f"{server.base}/")


def test_a_gzip_body_is_decoded(server):
    server.script = lambda handler: handler.reply(body=gzip.compress(b"[1]"), Content_Encoding="gzip")
    with client_for(server) as client:
        assert client.get(f"{server.base}/").content == b"[1]"


def test_the_wrong_content_type_is_refused_with_its_first_words(server):
    server.script = lambda handler: handler.reply(body=b"<html>Maintenance", kind="text/html; charset=utf-8")
    with client_for(server) as client, pytest.raises(SourceError, match=r"text/html, not json.*Maintenance"):
        client.get(f"{server.base}/", kinds=("json",))


def test_a_body_over_the_limit_is_cut_off(server):
    server.script = lambda handler: handler.reply(body=b"x" * 300_000)
    with client_for(server, limits=Limits(max_bytes=100_000)) as client, pytest.raises(SourceError, match="more than"):
        client.get(f"{server.base}/")
    assert len(server.asked) == 1


def test_a_gzip_bomb_is_cut_off_by_its_unpacked_size(server):
    bomb = gzip.compress(b"\0" * 200_000_000)
    assert len(bomb) < 300_000
    server.script = lambda handler: handler.reply(body=bomb, Content_Encoding="gzip")
    with (
        client_for(server, limits=Limits(max_bytes=1_000_000)) as client,
        pytest.raises(SourceError, match="more than"),
    ):
        client.get(f"{server.base}/")


def test_the_decoder_never_hands_out_more_than_a_quarter_of_a_megabyte_at_once():
    bomb = gzip.compress(b"\0" * 5_000_000)
    sizes = [len(piece) for piece in read_body([bomb], "gzip", 10_000_000, "here")]
    assert sum(sizes) == 5_000_000
    assert max(sizes) <= 256 * 1024


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_chunks_of_any_size_and_several_gzip_members_decode_alike(step):
    packed = gzip.compress(b"first ") + gzip.compress(b"second")
    chunks = [packed[i : i + step] for i in range(0, len(packed), step)]
    assert b"".join(read_body(chunks, "gzip", 100, "here")) == b"first second"
    with pytest.raises(TruncatedError):
        list(read_body([packed[:-3]], "gzip", 100, "here"))


def test_an_encoding_that_was_not_asked_for_is_refused(server):
    server.script = lambda handler: handler.reply(body=b"x", Content_Encoding="br")
    with client_for(server) as client, pytest.raises(SourceError, match="'br'"):
        client.get(f"{server.base}/")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_given_up_at_the_time_limit(server, part):
    def script(handler):
        if part == "head":
            handler.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200, 0.05)
        else:
            handler.send_response(200)
            handler.send_header("Content-Length", "200")
            handler.end_headers()
            handler.drip(b"x" * 200, 0.05)

    server.script = script
    start = time.monotonic()
    with (
        client_for(server, limits=Limits(total_seconds=0.6)) as client,
        pytest.raises(SourceError, match=r"within 0\.6 s"),
    ):
        client.get(f"{server.base}/")
    assert time.monotonic() - start < 8


def test_a_server_that_says_nothing_is_given_up(server):
    server.script = lambda _handler: time.sleep(10)
    start = time.monotonic()
    with (
        client_for(server, limits=Limits(total_seconds=0.5, step_seconds=0.2, attempts=2)) as client,
        pytest.raises(SourceError, match=r"Nothing was taken|nothing was"),
    ):
        client.get(f"{server.base}/")
    assert time.monotonic() - start < 8, "it did not wait for the ten seconds"


def test_a_name_that_does_not_exist_is_a_message():
    with Client(limits=FAST) as client, pytest.raises(SourceError, match=r"nowhere\.invalid cannot be found"):
        client.get("https://nowhere.invalid/")


def test_a_closed_port_is_a_message(server):
    with (
        Client(allow_private=frozenset({"127.0.0.1:9"}), limits=FAST) as client,
        pytest.raises(SourceError, match="in 5 tries"),
    ):
        client.get("http://127.0.0.1:9/")


def test_a_name_is_resolved_once_and_the_checked_address_is_asked(server):
    # "localhost" goes through the resolver; the Host header keeps the name although the address is dialled.
    port = server.origin.partition(":")[2]
    looked_up = []
    sys.addaudithook(lambda event, about: event == "socket.getaddrinfo" and looked_up.append(about[0]))
    server.script = lambda handler: handler.reply(body=b"1")
    with Client(allow_private=frozenset({f"localhost:{port}"}), limits=FAST) as client:
        assert client.get(f"http://localhost:{port}/").content == b"1"
    assert server.asked[0][1]["host"] == f"localhost:{port}"
    # whatever is looked up after the check is an address already: no second answer of a name server can slip in
    assert looked_up.count("localhost") == 1
    assert set(looked_up) <= {"localhost", "127.0.0.1", "::1"}


@pytest.fixture(scope="module")
def authority():
    """A certificate authority that lives as long as these tests."""
    return trustme.CA()


@pytest.fixture
def certificates(authority, tmp_path):
    """The authority's own certificate, as a file."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def secure(server, authority):
    """The same server behind TLS, certified for the name localhost and for no address.

    Asks for the name it was called by are remembered.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    names = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server.running.socket = context.wrap_socket(server.running.socket, server_side=True)
    server.script = lambda handler: handler.reply(body=b"1")
    return names


def test_the_certificate_is_checked_for_the_name_although_the_address_is_dialled(server, secure, certificates):
    port = server.origin.partition(":")[2]
    allowed = frozenset({f"localhost:{port}", server.origin})
    with Client(allow_private=allowed, limits=FAST, certificates=certificates) as client:
        assert client.get(f"https://localhost:{port}/").content == b"1"
        assert secure == ["localhost"]
        with pytest.raises(SourceError, match="certificate that is not trusted"):
            client.get(f"https://{server.origin}/")
    with Client(allow_private=allowed, limits=FAST) as client, pytest.raises(SourceError, match="not trusted"):
        client.get(f"https://localhost:{port}/")
    assert len(server.asked) == 1


def test_a_file_without_certificates_is_a_message(server, tmp_path):
    (tmp_path / "none.pem").write_text("nothing")
    client = Client(allow_private=frozenset({server.origin}), certificates=tmp_path / "none.pem")
    with client, pytest.raises(SourceError, match="PEM"):
        client.get(f"{server.base}/")


def test_the_environments_proxies_are_not_used(server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.script = lambda handler: handler.reply(body=b"1")
    with client_for(server) as client:
        assert client.get(f"{server.base}/").content == b"1"


def test_the_jitter_of_a_seed_repeats():
    waits = []
    for _ in range(2):
        client = Client(seed=7)
        waits.append([client._wait_before(n, ConnectionLike()) for n in range(1, 8)])
    assert waits[0] == waits[1]
    # full jitter: between 0 and 0.5, 1, 2, 4, 8, 16, 30 (32 is over the cap)
    assert all(0 <= wait <= top for wait, top in zip(waits[0], (0.5, 1, 2, 4, 8, 16, 30), strict=True))


class ConnectionLike:
    wait = None


def test_progress_counts_bytes_up_to_the_announced_size(server):
    server.script = lambda handler: handler.reply(body=b"x" * 200_000)
    seen = []
    with client_for(server) as client:
        client.get(f"{server.base}/", progress=lambda what, done, total: seen.append((what, done, total)))
    assert seen[-1] == ("bytes", 200_000, 200_000)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


# --- what is kept ------------------------------------------------------------------------------------------------------


def test_a_kept_answer_is_asked_for_conditionally_and_used_on_304(server, tmp_path):
    def script(handler):
        if handler.headers.get("If-None-Match") == '"v1"':
            handler.reply(304, length=0)
        else:
            handler.reply(body=b"[1]", ETag='"v1"', Last_Modified="Sun, 01 Mar 2026 00:00:00 GMT")

    server.script = script
    for expected in (False, True, True):
        with client_for(server, tmp_path) as client:
            answer = client.get(f"{server.base}/", kinds=("json",))
        assert (answer.content, answer.from_cache) == (b"[1]", expected)
    assert server.asked[1][1]["if-modified-since"] == "Sun, 01 Mar 2026 00:00:00 GMT"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_new_answer_replaces_the_kept_one(server, tmp_path):
    for body in (b"[1]", b"[2]"):
        server.script = lambda handler, body=body: handler.reply(body=body, ETag=json.dumps(body.decode()))
        with client_for(server, tmp_path) as client:
            assert client.get(f"{server.base}/").content == body


def test_an_answer_without_validator_is_not_kept(server, tmp_path):
    server.script = lambda handler: handler.reply(body=b"[1]")
    with client_for(server, tmp_path / "cache") as client:
        client.get(f"{server.base}/")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", [b"", b"no json\nbody", b'{"format": 1}\nbody', b"[]\n"])
def test_a_damaged_file_counts_as_absent(tmp_path, damage):
    cache = Cache(tmp_path)
    cache.put("k", Kept("u", "u", "text/plain", "e", "", b"body"))
    assert cache.get("k") is not None
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    assert cache.get("k") is None


def test_a_changed_byte_counts_as_absent(tmp_path):
    cache = Cache(tmp_path)
    cache.put("k", Kept("u", "u", "text/plain", "e", "", b"body"))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"Y")
    assert cache.get("k") is None


def test_a_cache_that_cannot_be_written_is_a_message(tmp_path):
    (tmp_path / "cache").write_text("a file where a folder is wanted")
    with pytest.raises(SourceError, match="cannot be written"):
        Cache(tmp_path / "cache").put("k", Kept("u", "u", "", "e", "", b""))


KILLED = """
import os, pathlib, sys
from serantau.sources import cache
# Die where the disk would be slowest: the new content is complete, its name is not.
os.fsync = lambda _handle: os._exit(9)
cache.write_whole(pathlib.Path(sys.argv[1]), b"new")
"""


def test_a_process_killed_while_writing_leaves_the_old_content(tmp_path):
    path = tmp_path / "observations.csv"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.glob("*.csv")] == ["observations.csv"]


def test_importing_the_room_is_light():
    code = (
        "import sys, serantau.sources; bad = {'httpx', 'sdmx', 'pandas', 'openpyxl', 'numpy'} & set(sys.modules); "
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


# --- what is for one server alone -----------------------------------------------------------------------------------------


def test_headers_go_along_and_those_of_the_answer_come_back(server, tmp_path):
    server.script = lambda handler: handler.reply(body=b"{}", ETag='"1"', **{"X-Last": "now"})
    with client_for(server, cache=tmp_path) as client:
        answer = client.get(f"{server.base}/", headers={"Authorization": "Bearer a"})
        client.get(f"{server.base}/", headers={"Authorization": "Bearer b"})
    assert answer.headers["x-last"] == "now"
    assert [headers["authorization"] for _, headers in server.asked] == ["Bearer a", "Bearer b"]
    assert all("if-none-match" not in headers for _, headers in server.asked)


def test_what_is_for_one_server_is_taken_to_no_other(server):
    server.script = lambda handler: handler.reply(302, Location="https://a.example/")
    with client_for(server) as client, pytest.raises(SourceError, match="redirects to another server"):
        client.get(f"{server.base}/", headers={"Authorization": "Bearer a"})
    assert len(server.asked) == 1


def test_it_is_taken_to_another_place_of_the_same_server(server):
    def script(handler):
        handler.reply(body=b"{}") if handler.path == "/b/" else handler.reply(302, Location="/b/")

    server.script = script
    with client_for(server) as client:
        client.get(f"{server.base}/a", headers={"Authorization": "Bearer a"})
    assert [headers["authorization"] for _, headers in server.asked] == ["Bearer a", "Bearer a"]
