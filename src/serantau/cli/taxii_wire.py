"""One request at a time to a TAXII server that the person has named, exactly as it is written."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import zlib
from collections.abc import Callable, Iterator, Mapping

from serantau.cli.groups import stop
from serantau.defend.taxii.conformance import Reply, World

SECONDS = 120
PIECE = 65_536
MOST_BYTES = 100_000_000
MOST_PAGES = 500


class Wire:
    """Asks one server, and follows no redirect."""

    def __init__(self, scheme: str, place: str) -> None:
        """Remember where."""
        self._kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        self._place = place

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, chunked: bool
    ) -> Reply:
        """Send a request and read its answer."""
        connection = self._kind(self._place, timeout=SECONDS)
        try:
            sent = _pieces(body) if chunked and body is not None else body
            # It may have answered without reading all.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body=sent, headers=dict(headers), encode_chunked=chunked)
            reply = connection.getresponse()
            found = reply.read(MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            stop(f"{self._place} does not answer {method} {path[:80]}: {type(error).__name__} {error}")
        finally:
            connection.close()
        told = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, told, _unpacked(found, told))


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    if headers.get("content-encoding") != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return body


def library(base: str) -> Callable[[World], str]:
    """What runs taxii2-client, the library that OASIS publishes, to the end of what it can read."""

    def check(world: World) -> str:
        from taxii2client.v21 import Server, as_pages

        server = Server(f"{base}{world.discovery}", user=world.login, password=world.key)
        for root in server.api_roots:
            for one in root.collections:
                if one.id != world.collections.both:
                    continue
                for name, reader in (("objects", one.get_objects), ("manifest", one.get_manifest)):
                    for number, _ in enumerate(as_pages(reader, per_request=100)):
                        if number > MOST_PAGES:
                            return f"{name}: more than {MOST_PAGES} pages of 100"
                told = one.add_objects({"objects": []})
                return "" if told.status == "complete" else f"status {told.status}"
        return "the collection is in no API root"

    return check
