"""The warning lists that are loaded, compiled once a process and anew when one was loaded or removed.

Whoever is asking keeps the compiled lists that it has; the next batch takes the new ones. Nothing waits.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator

from serantau.defend.warninglists import LARGEST_FILE, NO_LISTS, Compiled, WarningListError, read
from serantau.defend.warninglists import WarningList as List
from serantau.web.alerts.models import WarningList

Standing = tuple[tuple[str, str], ...]

_lock = threading.Lock()
_held: tuple[Standing, Compiled] = ((), NO_LISTS)


def standing() -> Standing:
    """Names and digests of what is loaded."""
    return tuple(WarningList.objects.order_by("name").values_list("name", "digest"))


def compiled() -> Compiled:
    """The lists, ready to be asked."""
    global _held  # noqa: PLW0603 - one exchange of one reference
    now = standing()
    if _held[0] != now:
        with _lock:
            if _held[0] != now:
                _held = now, Compiled(_read(now))
    return _held[1]


def _read(loaded: Standing) -> Iterator[List]:
    """One after the other, so that no more than one is in memory as text."""
    for name, _ in loaded:
        content = WarningList.objects.filter(name=name).values_list("content", flat=True).first()
        if content is not None:
            yield read(unpacked(bytes(content)), name)


def unpacked(content: bytes) -> bytes:
    """A stored file.

    Raises:
        WarningListError: if it is larger than any that is loaded.
    """
    held = zlib.decompressobj()
    raw = held.decompress(content, LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise WarningListError("A stored warning list is larger than any that can be loaded.")
    return raw
