"""Charts as SVG: describe one with `ranked_bar`, `lines`, `profile` or `rank_intervals`, then `draw` it.

Describing is pure. Drawing asks the memory, then the folder, then the drawing process; it never raises. A page without
a picture still has its table.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from serantau.render.cache import FolderCache, MemoryCache
from serantau.render.dots import DotRow, dots
from serantau.render.drawing import Drawer, DrawingError
from serantau.render.lines import lines
from serantau.render.model import ENGLISH, Band, Bar, Chart, Line, Point, Span, Words, in_signs
from serantau.render.rows import profile, rank_intervals, ranked_bar
from serantau.render.svg import UnsafeSvgError, page_svg
from serantau.render.wheel import wheel
from serantau.render.worker import VEGA_LITE

__all__ = [
    "ENGLISH",
    "Band",
    "Bar",
    "Chart",
    "DotRow",
    "Line",
    "Point",
    "Span",
    "Studio",
    "Words",
    "dots",
    "draw",
    "in_signs",
    "lines",
    "png",
    "profile",
    "rank_intervals",
    "ranked_bar",
    "wheel",
]

LOG = logging.getLogger(__name__)
DRAWING = "2"
"""Raised when `serantau.render.svg` writes the same chart otherwise, so that kept pictures are drawn anew."""
FAILED_SECONDS = 300.0
MOST_FAILED = 200


class Studio:
    """What draws and keeps the charts of one server process.

    Args:
        drawer: The drawing process.
        memory: Pictures in memory.
        failed_seconds: How long a chart that failed is not tried again, so that it does not hold up all others.
    """

    def __init__(
        self, drawer: Drawer | None = None, memory: MemoryCache | None = None, failed_seconds: float = FAILED_SECONDS
    ) -> None:
        self.drawer = drawer or Drawer()
        self.memory = memory or MemoryCache()
        self.failed_seconds = failed_seconds
        self._failed: OrderedDict[str, float] = OrderedDict()
        self._folders: dict[Path, FolderCache] = {}
        self._lock = threading.Lock()

    def draw(self, chart: Chart, folder: Path | None = None) -> bytes | None:
        """The picture, or None and a line in the log."""
        try:
            return self._draw(chart, folder)
        except Exception:
            LOG.exception("chart %s was not drawn", chart.digest[:12])
            return None

    def _draw(self, chart: Chart, folder: Path | None) -> bytes | None:
        key = _key(chart.digest)
        kept = self.memory.get(key)
        if kept is not None:
            return kept
        store = self._store(folder)
        found = store.get(key) if store else None
        if found is None:
            found = self._drawn(chart, key)
            if found is None:
                return None
            if store:
                store.put(key, found)
        self.memory.put(key, found)
        return found

    def _drawn(self, chart: Chart, key: str) -> bytes | None:
        with self._lock:
            if time.monotonic() - self._failed.get(key, -self.failed_seconds) < self.failed_seconds:
                return None
        try:
            return page_svg(self.drawer.svg(chart.spec), str(chart.spec.get("description", "")))
        except (DrawingError, UnsafeSvgError) as error:
            LOG.warning("chart %s (%s) was not drawn: %s", chart.digest[:12], chart.spec.get("description", ""), error)
        with self._lock:
            self._failed[key] = time.monotonic()
            while len(self._failed) > MOST_FAILED:
                self._failed.popitem(last=False)
        return None

    def _store(self, folder: Path | None) -> FolderCache | None:
        if folder is None:
            return None
        with self._lock:
            return self._folders.setdefault(folder, FolderCache(folder))


STUDIO = Studio()


def draw(chart: Chart, folder: Path | None = None) -> bytes | None:
    """The chart as SVG to stand within a page.

    Args:
        chart: What to draw.
        folder: Where pictures are kept, shared by the processes of one server; None keeps them in memory only.

    Returns:
        The SVG in UTF-8, without a size of its own: it fills the width it is given. None if it could not be drawn.
    """
    return STUDIO.draw(chart, folder)


def png(picture: bytes) -> bytes | None:
    """A standalone SVG of ours as PNG, twice as large; None if it could not be made."""
    try:
        return STUDIO.drawer.png(picture.decode())
    except DrawingError as error:
        LOG.warning("a picture was not made PNG: %s", error)
        return None


def _key(digest: str) -> str:
    return hashlib.sha256(f"{digest} {_renderer()}".encode()).hexdigest()


@cache
def _renderer() -> str:
    try:
        library = version("vl-convert-python")
    except PackageNotFoundError:
        library = "unknown"
    return f"{DRAWING} {library} {VEGA_LITE}"
