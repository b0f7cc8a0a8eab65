"""When things are: one row each on one line of years, with what the dates do not tell drawn as not known. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

from serantau.render.drawings import INK, LETTER, canvas, drawn, put, write
from serantau.render.model import cut, width_of
from serantau.render.specs import ACCENT, MAIN

WIDTH = 720.0
ROW = 30.0
HEAD = 30.0
LEAST = 7.0
"""A day is drawn this wide, or nobody would see it."""


@dataclass(frozen=True)
class Stretch:
    """One row.

    Attributes:
        label: Whose row it is.
        start: First day it may begin on, and last; the same where the day is known; None where nothing is.
        end: First day it may end on, and last.
        address: Where a click on the label leads; empty for nowhere.
    """

    label: str
    start: tuple[date, date] | None
    end: tuple[date, date] | None
    address: str = ""


@dataclass(frozen=True)
class _Scale:
    """From days to places."""

    first: int
    last: int
    left: float

    def x(self, day: date) -> float:
        """Place of the beginning of a day."""
        years = day.year + (day.timetuple().tm_yday - 1) / 366.0 - self.first
        return self.left + years / (self.last + 1 - self.first) * (WIDTH - self.left - 8.0)


def timeline(title: str, rows: Sequence[Stretch], first: int, last: int, today: date | None = None) -> bytes:
    """Rows on years. What lies for certain in a stretch is solid; what its dates leave open is pale with a dashed edge.

    Args:
        title: What a screen reader says.
        rows: From the top.
        first: First year shown.
        last: Last year shown.
        today: A day to mark; None for none.
    """
    left = min(260.0, max((width_of(row.label, LETTER) for row in rows), default=0.0) + 16.0)
    scale = _Scale(first, last, left)
    height = HEAD + len(rows) * ROW + 8.0
    root = canvas(WIDTH, height, title)
    step = max(1, math.ceil((last + 1 - first) / 12))
    for year in range(first, last + 2, step):
        x = scale.x(date(min(year, last + 1), 1, 1))
        put(root, "line", x1=x, x2=x, y1=HEAD - 6.0, y2=height, stroke=INK, stroke_opacity="0.18")
        if year <= last:
            write(root, str(year), x + 3.0, HEAD - 12.0, font_size=13, fill_opacity="0.8")
    if today is not None and first <= today.year <= last:
        x = scale.x(today)
        put(root, "line", x1=x, x2=x, y1=HEAD - 6.0, y2=height, stroke=ACCENT, stroke_width=2, stroke_dasharray="3 3")
    for at, row in enumerate(rows):
        _row(root, row, HEAD + at * ROW, scale)
    return drawn(root)


def _row(root: ET.Element, row: Stretch, top: float, scale: _Scale) -> None:
    parent = put(root, "a", href=row.address) if row.address else root
    text = cut(row.label, LETTER, scale.left - 12.0)
    write(parent, text, scale.left - 10.0, top + ROW / 2 + 5.0, text_anchor="end")
    start, end = row.start, row.end
    possible = (
        start[0] if start else date(scale.first, 1, 1),
        end[1] if end else date(scale.last, 12, 31),
    )
    if start is None or end is None or start[0] != start[1] or end[0] != end[1]:
        pale = {"fill_opacity": "0.22", "stroke": MAIN, "stroke_dasharray": "4 3"}
        _bar(root, possible, top, scale, pale)
    if start is not None and end is not None and start[1] <= end[0]:
        _bar(root, (start[1], end[0]), top, scale, {})


def _bar(root: ET.Element, days: tuple[date, date], top: float, scale: _Scale, style: dict[str, str]) -> None:
    x1, x2 = scale.x(days[0]), scale.x(days[1])
    width = max(LEAST, x2 - x1)
    put(root, "rect", x=x1, y=top + 7.0, width=width, height=ROW - 14.0, rx=2, fill=MAIN, **style)
