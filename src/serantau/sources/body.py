"""Reads a streamed body under a size limit that counts decompressed bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from serantau.sources.errors import SourceError

_STEP = 256 * 1024


class TruncatedError(Exception):
    """The body ended before it was complete; asking again may help."""


def read_body(chunks: Iterable[bytes], encoding: str, max_bytes: int, where: str) -> Iterator[bytes]:
    """Decode a body chunk by chunk; stop as soon as it grows past the limit.

    A chunk is never decompressed in one go: 64 kB of compressed zeros are
    64 MB, so the decoder is asked for at most a quarter of a megabyte at a time.

    Args:
        chunks: The body as it came over the wire.
        encoding: The Content-Encoding header; gzip, deflate or identity.
        max_bytes: Limit of the decoded size.
        where: Server and path, for messages.

    Yields:
        Decoded pieces.

    Raises:
        SourceError: if it is too large or is encoded otherwise.
        TruncatedError: if a compressed body ends early.
    """
    name = encoding.strip().lower() or "identity"
    if name not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise SourceError(f"{where} answered with the encoding {name!r}, which was not asked for. Nothing was taken.")
    pieces = _plain(chunks) if name == "identity" else _inflate(chunks, name)
    total = 0
    try:
        for piece in pieces:
            total += len(piece)
            if total > max_bytes:
                limit = f"{max_bytes / 1024**2:.3g} MB"
                raise SourceError(
                    f"{where} sent more than {limit} and was cut off; nothing was taken. Ask for fewer years or members."
                )
            yield piece
    except zlib.error as error:
        raise TruncatedError(f"its {name} coding is damaged ({error})") from error


def _plain(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from chunks


def _inflate(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    # 32: gzip or zlib wrapper, recognised by the header.
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    empty = True
    for chunk in chunks:
        data = chunk
        while data:
            empty = False
            piece = decoder.decompress(data, _STEP)
            if piece:
                yield piece
            data = decoder.unconsumed_tail
            if decoder.eof and decoder.unused_data:
                # RFC 1952 allows several members one after the other.
                data, decoder = decoder.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 32)
            elif not data and not decoder.eof and len(piece) == _STEP:
                # The decoder may hold output back although it has no input left.
                yield from _drain(decoder)
    if not decoder.eof and not empty:
        raise TruncatedError(f"its {name} coding stops in the middle")


def _drain(decoder: zlib._Decompress) -> Iterator[bytes]:
    while True:
        piece = decoder.decompress(b"", _STEP)
        if not piece:
            return
        yield piece
