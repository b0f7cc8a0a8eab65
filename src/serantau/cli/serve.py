"""``serantau serve``: the site."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import threading
import time
from pathlib import Path

import click

from serantau.cli.database import prepare_site, settle_development
from serantau.cli.groups import stop
from serantau.cli.options import region_option

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what the person may ask for, not what we bind to
"""Addresses that mean every interface, and where to reach such a server from here."""

THREADS = 8
"""Requests worked on at once by each process; others wait their turn."""

START_SECONDS = 60
STOP_SECONDS = 5


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Server processes.")
@region_option
def serve(port: int, host: str, workers: int, region: Path) -> None:
    """Serve the region's site until Ctrl-C.

    On this machine alone (the default) it runs for development: a secret is made in the data folder. To serve
    others, set SERANTAU_SECRET_KEY, SERANTAU_LEDGER_KEY and SERANTAU_ALLOWED_HOSTS; DATABASE_URL names a database other
    than SQLite.
    """
    from serantau.bundle import load_bundle

    os.umask(0o077)  # the database and what lies beside it are for this user alone
    refuse_taken(host, port)
    load_bundle(region)
    _settle_environment(host, region)
    prepare_site()
    threading.Thread(target=announce, args=(host, port), daemon=True).start()
    listen("serantau.web.config.wsgi:application", host, port, workers)


def refuse_taken(host: str, port: int) -> None:
    """Bind once and let go, because the server itself would share a taken port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        stop(f"{host!r} is no address of this machine. Give one, for example --host 127.0.0.1.")
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            stop(_no_port(host, port, error))


def _no_port(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = port + 1 if port < 65535 else port - 1
        return (
            f"Port {port} on {host} is taken by another program. "
            f"Stop that one, or choose another port: --port {free} (with make: make run PORT={free})."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator's rights. Choose one from 1024 on, for example --port 8000."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def _settle_environment(host: str, region: Path) -> None:
    """Hand the options to the site, whose processes read the environment."""
    os.environ["SERANTAU_REGION"] = str(region.resolve())
    if host in LOOPBACK:
        settle_development()
    if host not in LOOPBACK and host not in ANYWHERE:
        named = f"[{host}]" if ":" in host else host
        os.environ.setdefault("SERANTAU_ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{named}")


def announce(host: str, port: int, what: str = "Serantau", path: str = "/") -> None:
    """Ask for the first page until it comes, so that the address is printed when there is something to see."""
    reach = ANYWHERE.get(host, host)
    shown = f"[{reach}]" if ":" in reach else reach
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _answers(reach, port, path):
            click.echo(f"{what} is at http://{shown}:{port} (Ctrl-C ends it)")
            return
        time.sleep(0.1)


def _answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=START_SECONDS)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def listen(application: str, host: str, port: int, workers: int) -> None:
    """Serve a WSGI application, given as ``module:name``, until Ctrl-C."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
    )
    server.serve()
