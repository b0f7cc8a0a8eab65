"""A mail server that takes everything and forgets nothing (RFC 5321, as little of it as a sender needs)."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Sink:
    """What has arrived.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        answers: What to say to the next messages instead of taking them; used up from the front.
    """

    port: int
    messages: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


@contextlib.contextmanager
def mail_sink() -> Iterator[Sink]:
    """Serve until the block ends."""
    lock = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 sink")
            for line in iter(self.rfile.readline, b""):
                word = line[:4].upper()
                if word == b"DATA":
                    self.take()
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def take(self) -> None:
            self.say("354 go on")
            lines = list(iter(self.rfile.readline, b".\r\n"))
            with lock:
                answer = sink.answers.pop(0) if sink.answers else ""
                if not answer:
                    sink.messages.append(message_from_bytes(b"".join(lines)))
            self.say(answer or "250 taken")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        sink = Sink(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
