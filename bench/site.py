"""What a page costs: uncached, after a change of the data, and a thousand a second from the cache over loopback."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _harness import Figure, cpu_seconds, run

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "overview": "/",
    "member": "/members/{member}/",
    "outcome": "/outcomes/{outcome}/",
    "compare": "/compare/?a={member}&b={other}",
    "method": "/method/",
    "data": "/data/",
    "indicators": "/indicators/",
}
SECONDS = 6.0
RATE = 1000
CONNECTIONS = 16


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """CPU time of pages inside this process; then rate and delay of a server of its own."""
    with tempfile.TemporaryDirectory(prefix="serantau-bench-") as folder:
        yield from _pages(Path(folder))
        if not quick:
            yield from _served(Path(folder))


# --- inside this process -----------------------------------------------------------------------------------------------


def _pages(folder: Path) -> Iterator[Figure]:
    """Warm: libraries loaded, answers of the engines kept, charts drawn; only the page itself is made anew."""
    os.environ["SERANTAU_DATA"] = str(folder)
    os.environ["SERANTAU_DEBUG"] = "1"
    from serantau.web.config.start import prepare

    prepare()
    from django.test import Client

    from serantau.web.bundles import keeper
    from serantau.web.config.repeat import REPEATS
    from serantau.web.site.answering import CACHE

    def forget() -> None:
        CACHE._held.clear()  # noqa: SLF001 - no page of the site ever forgets on purpose
        REPEATS.clear()

    client, answers = Client(HTTP_HOST="127.0.0.1"), keeper().answers()
    names = _names(answers)
    for page, address in PAGES.items():
        where = address.format(**names)
        client.get(where)

        def anew(where: str = where) -> None:
            forget()  # what a visitor of a new address meets
            assert client.get(where).status_code == 200

        yield Figure(f"{page}, not cached", cpu_seconds(anew, 9) * 1e3, "ms CPU")
    state = f"/what-if/ranks/?of={names['outcome']}&mean=geometric"

    def choose() -> None:
        forget()
        answers.what_ifs._held.clear()  # noqa: SLF001 - a state that nobody asked for yet
        assert client.get(state).status_code == 200

    yield Figure("what if, a new state", cpu_seconds(choose, 9) * 1e3, "ms CPU")

    def changed() -> None:
        forget()
        answers.memo._held.clear()  # noqa: SLF001 - what the engines said of the edition before
        assert client.get("/").status_code == 200

    yield Figure("overview after a change of the data", cpu_seconds(changed, 5) * 1e3, "ms CPU")
    client.get("/")
    yield Figure("overview, given again", cpu_seconds(lambda: [client.get("/") for _ in range(100)], 5) * 10, "ms CPU")
    yield Figure("overview, bytes over the wire without fonts", _bytes(client) / 1e3, "kB")


def _names(answers: object) -> dict[str, str]:
    """A member, another and a scored outcome of the region that ships."""
    from serantau.base import AsOf
    from serantau.bundle import today

    bundle = answers.bundle  # type: ignore[attr-defined]
    asof = AsOf(today())
    plan = bundle.plans.plan(bundle.region.profile.default_plan)
    found = answers.standing(plan, asof)  # type: ignore[attr-defined]
    members = [one.id for one in bundle.region.members_at(asof)]
    outcome = next(one.outcome for one in found.outcomes if one.scored)
    return {"member": members[0], "other": members[1], "outcome": outcome}


def _bytes(client: object) -> int:
    """The page and its style sheet as sent: nothing is packed by the server itself."""
    page = client.get("/")  # type: ignore[attr-defined]
    style = ROOT / "src/serantau/web/site/static/site/site.css"
    return len(page.content) + style.stat().st_size


# --- a server of its own -------------------------------------------------------------------------------------------------


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "serantau", "serve", "--port", str(port), "--workers", "2"]
    environment = {**os.environ, "SERANTAU_DATA": str(folder), "DATABASE_URL": ""}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _await(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _served(folder: Path) -> Iterator[Figure]:
    with _server(folder) as port:
        if shutil.which("wrk"):
            yield from _by_wrk(port)
            return
        sent, delays, errors = _ask(port)
    delays.sort()
    name = f"cached overview at {RATE:,} requests a second asked for"
    yield Figure(f"{name}: answered", sent / SECONDS, "requests a second")
    yield Figure(f"{name}: p50", delays[len(delays) // 2] * 1e3, "ms")
    yield Figure(f"{name}: p99", delays[int(len(delays) * 0.99)] * 1e3, "ms")
    yield Figure(f"{name}: errors", float(errors), "requests")


def _by_wrk(port: int) -> Iterator[Figure]:
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS:.0f}s", "--latency", f"http://127.0.0.1:{port}/"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    words = said.split()
    rate = float(words[words.index("Requests/sec:") + 1])
    late = words[words.index("99%") + 1]
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}[late.lstrip("0123456789.")]
    yield Figure("cached overview, wrk with 16 connections: answered", rate, "requests a second")
    yield Figure("cached overview, wrk with 16 connections: p99", float(late.rstrip("mus")) * scale, "ms")


REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def _ask(port: int) -> tuple[int, list[float], int]:
    """Ask at a fixed rate on a few connections; a delay counts from when the request was due, so waiting counts too."""
    lanes = [_Lane(port) for _ in range(CONNECTIONS)]
    end = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=lane.work, args=(at / RATE, CONNECTIONS / RATE, end)) for at, lane in enumerate(lanes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    delays = [delay for lane in lanes for delay in lane.delays]
    return len(delays), delays, sum(lane.errors for lane in lanes)


class _Lane:
    """One connection that asks in turn."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.delays: list[float] = []
        self.errors = 0

    def work(self, offset: float, apart: float, end: float) -> None:
        due = time.monotonic() + offset
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            if self._once():
                self.delays.append(time.monotonic() - due)
            else:
                self.errors += 1
            due += apart
        self.socket.close()

    def _once(self) -> bool:
        self.socket.sendall(REQUEST)
        head = b""
        while b"\r\n\r\n" not in head:
            part = self.socket.recv(65536)
            if not part:
                return False
            head += part
        top, _, body = head.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        left = length - len(body)
        while left > 0:
            part = self.socket.recv(min(left, 262144))
            if not part:
                return False
            left -= len(part)
        return top.startswith(b"HTTP/1.1 200")


if __name__ == "__main__":
    run(figures)
