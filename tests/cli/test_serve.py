"""Rule: ``serantau serve`` says where the site is when it is there, and what is wrong when it cannot be."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.cli.conftest import THREELANDS
from tests.support.ports import free_port


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """The environment of a process of our own, its data in a folder of its own."""
    for name in ("SERANTAU_SECRET_KEY", "SERANTAU_DEBUG", "SERANTAU_ALLOWED_HOSTS", "DATABASE_URL", "SERANTAU_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SERANTAU_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def serve(*words, **more):
    command = [sys.executable, "-m", "serantau", "serve", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **more)


def test_a_taken_port_is_a_message_that_names_another(surroundings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        done = serve("--port", port)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert "make run PORT=" in done.stderr
    assert done.stdout == ""
    assert not surroundings.exists()


def test_an_address_that_is_not_ours_is_a_message(surroundings):
    done = serve("--host", "192.0.2.1", "--port", free_port())
    assert done.returncode == 1
    assert "Cannot listen on 192.0.2.1" in done.stderr


def test_others_are_served_only_with_a_secret(surroundings):
    done = serve("--host", "0.0.0.0", "--port", free_port())  # noqa: S104 - that it is refused is the rule
    assert done.returncode == 1
    assert "SERANTAU_SECRET_KEY is not set" in done.stderr


def test_a_region_that_does_not_load_is_not_served(surroundings, tmp_path):
    done = serve("--region", tmp_path, "--port", free_port())
    assert done.returncode == 1
    assert "region.yaml: the file is missing" in done.stderr


def test_a_database_that_does_not_answer_is_a_message(surroundings):
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    done = serve("--port", free_port(), env={**os.environ, "DATABASE_URL": url})
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_quietly(surroundings, sign):
    port = free_port()
    command = [sys.executable, "-m", "serantau", "serve", "--port", str(port), "--region", str(THREELANDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Serantau is at http://127.0.0.1:{port} (Ctrl-C ends it)\n"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
                assert "Three Lands" in page.read().decode()
            secret = surroundings / "development-secret"
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
            private = [path for path in surroundings.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
            assert private == []
        finally:
            server.send_signal(sign)
            begun = time.monotonic()
            _, errors = server.communicate(timeout=30)
    assert server.returncode == 0
    assert time.monotonic() - begun < 15
    assert "Traceback" not in errors
