"""A throw-away PostgreSQL server for one test session.

``initdb`` refuses to run as root, so as root everything runs as an unprivileged
user (Debian's ``postgres``, else ``nobody``) that owns the data folder.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.ports import free_port
from tests.support.system import NEEDS, find_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPERUSER = "serantau"
# Durability is worth nothing here, and costs most of the time.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40", "shared_buffers=32MB")
START_SECONDS = 30


@dataclass(frozen=True)
class PostgresServer:
    """A running server. It listens on 127.0.0.1 only, and wants its password."""

    port: int
    password: str
    _names: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def url(self, database: str = "postgres") -> str:
        """The address as ``DATABASE_URL`` wants it."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{next(self._names)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server in a new folder; stop it and remove the folder at the end."""
    programs = find_postgres()
    if programs is None:
        pytest.fail(NEEDS["postgresql"], pytrace=False)
    owner = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="serantau-pg-"))
    server = PostgresServer(port=free_port(), password=secrets.token_hex(16))
    try:
        _initialise(programs, folder, server.password, owner)
        process = _start(programs, folder, server.port, owner)
        try:
            _wait(process, server, folder / "log")
            yield server
        finally:
            process.terminate()
            # A client that forgot to close its connection would make a polite stop wait for ever.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to become; None where we are unprivileged already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return pytest.fail(
        "root must not run PostgreSQL, and there is neither a user 'postgres' nor 'nobody'", pytrace=False
    )


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": "/"}


def _initialise(programs: Path, folder: Path, password: str, owner: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    if owner is not None:
        for path in (folder, secret):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    command = [
        *(programs / "initdb", "--pgdata", folder / "data", "--username", SUPERUSER, "--pwfile", secret),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(owner))
    if done.returncode:
        pytest.fail(f"initdb failed:\n{done.stdout}{done.stderr}", pytrace=False)


def _start(programs: Path, folder: Path, port: int, owner: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    settings = (*FAST, f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")
    options = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **_as(owner),
        )


def _wait(process: subprocess.Popen[bytes], server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(server.url(), connect_timeout=2).close()
            return
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}", pytrace=False)
