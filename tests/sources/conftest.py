"""A real HTTP server on loopback that plays a script, and records what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

Play = Callable[["Handler"], None]


@dataclass
class Server:
    """Address, script and memory of the server."""

    running: ThreadingHTTPServer
    base: str = ""
    origin: str = ""
    script: Play = lambda handler: handler.reply(404)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    """Hands every GET to the script."""

    server_state: ClassVar[Server]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state = self.server_state
        state.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        try:
            state.script(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def reply(
        self, status: int = 200, body: bytes = b"", kind: str = "application/json", length: int | None = None, **headers
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, body: bytes, seconds: float) -> None:
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(seconds)

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


class Quiet(ThreadingHTTPServer):
    """A client that hangs up is what some tests are about; it needs no traceback on the screen."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    handler = type("Scripted", (Handler,), {})
    running = Quiet(("127.0.0.1", 0), handler)
    state = handler.server_state = Server(running)
    running.daemon_threads = True
    # Threads that sleep between two bytes are not waited for.
    running.block_on_close = False
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.origin = f"127.0.0.1:{running.server_port}"
    state.base = f"http://{state.origin}"
    yield state
    running.shutdown()
    running.server_close()
    thread.join()
