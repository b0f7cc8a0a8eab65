"""Bodies of requests: read within bounds, whether their length is stated or they come in chunks, packed or not."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from serantau.defend.taxii.v21.errors import LengthError, MediaError, TaxiiError
from serantau.defend.taxii.v21.resources import MOST_BODY

MOST_MEMBERS = 16
"""Parts that a gzip body may consist of; each costs a copy of what follows."""

PIECE = 256 * 1024
GZIP = 31
"""zlib's word for a gzip member (RFC 1952), with its check."""

IDENTITY = {"", "identity"}
CODINGS = {"gzip", "x-gzip"}


def stated_length(meta: Mapping[str, Any]) -> int | None:
    """The length that a request states; None where it comes in chunks.

    Raises:
        LengthError: if it is more than is taken.
        TaxiiError: if it is no length.
    """
    text = meta.get("CONTENT_LENGTH") or ""
    if not text:
        return None if "chunked" in meta.get("HTTP_TRANSFER_ENCODING", "").lower() else 0
    if not text.isdecimal() or len(text) > 18:
        raise TaxiiError("Content-Length is no number.")
    if int(text) > MOST_BODY:
        raise _too_long()
    return int(text)


def read_body(meta: Mapping[str, Any]) -> bytes:
    """The body, unpacked.

    Raises:
        LengthError: if it is longer than is taken, packed or unpacked.
        MediaError: if it is packed in a way that is not taken.
        TaxiiError: if it is not what its coding says, or ends before its length.
    """
    coding = meta.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in IDENTITY | CODINGS:
        raise MediaError("This coding is not taken. Send the body as it is, or packed with gzip.")
    length = stated_length(meta)
    body = _read(meta["wsgi.input"], length)
    if length is not None and len(body) < length:
        raise TaxiiError("The body ended before its Content-Length.")
    return unpacked(body) if coding in CODINGS else body


def _read(stream: Any, length: int | None) -> bytes:  # noqa: ANN401 - whatever the server gives
    """At most what is taken, and one byte more where the length is not known."""
    left = MOST_BODY + 1 if length is None else length
    pieces = []
    while left > 0:
        piece = stream.read(min(PIECE, left))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    if length is None and left <= 0:
        raise _too_long()
    return b"".join(pieces)


def unpacked(body: bytes, most: int = MOST_BODY) -> bytes:
    """What a gzip body holds; never more than ``most`` bytes of it are made.

    Raises:
        LengthError: if it holds more.
        TaxiiError: if it is no gzip, or ends too early.
    """
    found: list[bytes] = []
    size = 0
    while body:
        if len(found) == MOST_MEMBERS:
            raise TaxiiError(f"The gzip body has more than {MOST_MEMBERS} members. Pack it in one.")
        unpacking = zlib.decompressobj(GZIP)
        try:
            piece = unpacking.decompress(body, most + 1 - size)
        except zlib.error:
            raise TaxiiError("The body is said to be gzip and is not.") from None
        size += len(piece)
        if size > most:
            raise _too_long()
        if not unpacking.eof:
            raise TaxiiError("The gzip body ends too early.")
        found.append(piece)
        body = unpacking.unused_data
    return b"".join(found)


def packed(body: bytes) -> bytes:
    """A body as gzip, quickly rather than tightly: an envelope shrinks to a fifth either way."""
    packing = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    return packing.compress(body) + packing.flush()


def _too_long() -> LengthError:
    return LengthError(f"At most {MOST_BODY} bytes are taken at once, unpacked. Send the objects in parts.")
