"""The process that draws. Run as ``python -m serantau.render.worker``; it reads charts and writes pictures.

Each message is four bytes of length (big-endian) and that many bytes: JSON in (``spec`` of a chart, or ``svg`` that
becomes PNG), one byte of state (``+`` or ``-``) and the picture or a message out. It ends when its input does, so it does not outlive its server; when it is not asked for a
while; after so many charts; and, by the alarm, when one chart takes too long although nobody is left to kill it.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

HEAD = struct.Struct(">I")
MOST_BYTES = 4_000_000
MOST_CHARTS = 500
IDLE_SECONDS = 900
DATA_BYTES = 1_600_000_000
RESIDENT_BYTES = 700_000_000
GRACE_SECONDS = 5
VEGA_LITE = "6.4"
PNG_SCALE = 2.0


def main() -> None:
    """Draw until the input ends."""
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    # The address space cannot be bounded (the JavaScript engine reserves far more than it uses), its data can.
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_BYTES, DATA_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints must not get between the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for _ in range(MOST_CHARTS):
        ready, _write, _errors = select.select([0], [], [], IDLE_SECONDS)
        asked = read_message(0) if ready else None
        if asked is None:
            return
        signal.alarm(int(limit) + GRACE_SECONDS)
        answer = reply(asked)
        signal.alarm(0)
        write_message(out, answer)
        if resident_bytes() > RESIDENT_BYTES:
            return


def resident_bytes() -> int:
    """Memory held now. Not the peak that getrusage(2) tells: a new program inherits that of the one which started it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0  # not Linux: the number of charts bounds it
    return pages * resource.getpagesize()


def reply(asked: bytes) -> bytes:
    """The picture of one chart, or why there is none."""
    try:
        message = json.loads(asked)
        return b"+" + (picture(message["svg"]) if "svg" in message else draw(message["spec"]).encode())
    except Exception as error:  # noqa: BLE001 - whatever it is, the next chart wants drawing
        return b"-" + f"{type(error).__name__}: {error}"[:2000].encode(errors="replace")


def draw(spec: dict[str, Any]) -> str:
    """SVG of a Vega-Lite specification; data from anywhere but the specification itself are refused."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    return drawn


def picture(svg: str) -> bytes:
    """PNG of a standalone SVG of ours, twice as large."""
    import vl_convert

    made: bytes = vl_convert.svg_to_png(svg, scale=PNG_SCALE)
    return made


def read_message(descriptor: int) -> bytes | None:
    """One message; None at the end of the input."""
    head = _read(descriptor, HEAD.size)
    if head is None:
        return None
    (size,) = HEAD.unpack(head)
    return _read(descriptor, size) if size <= MOST_BYTES else None


def write_message(out: BinaryIO, body: bytes) -> None:
    """Write one message."""
    out.write(HEAD.pack(len(body)) + body)
    out.flush()


def _read(descriptor: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(descriptor, size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    main()
