"""Counts as bars, one row each, with the number written at its end; what is held back has a word and no bar. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serantau.render.drawings import LETTER, canvas, drawn, put, write
from serantau.render.model import cut, width_of
from serantau.render.specs import MAIN

WIDTH = 640.0
ROW = 26.0
ROOM = 110.0
"""Kept to the right of the longest bar, for its number or word."""


@dataclass(frozen=True)
class Count:
    """One row.

    Attributes:
        label: What is counted.
        value: How many; None where that is not said.
        text: What is written at the bar's end.
    """

    label: str
    value: int | None
    text: str


def bars(title: str, rows: Sequence[Count]) -> bytes:
    """Bars from one common nought.

    Args:
        title: What a screen reader says.
        rows: From the top.
    """
    left = min(220.0, max((width_of(row.label, LETTER) for row in rows), default=0.0) + 16.0)
    most = max((row.value or 0 for row in rows), default=0)
    root = canvas(WIDTH, len(rows) * ROW + 8.0, title)
    for at, row in enumerate(rows):
        top = 4.0 + at * ROW
        write(root, cut(row.label, LETTER, left - 12.0), left - 10.0, top + ROW / 2 + 5.0, text_anchor="end")
        wide = (WIDTH - left - ROOM) * (row.value or 0) / most if most else 0.0
        if row.value:
            put(root, "rect", x=left, y=top + 4.0, width=max(2.0, wide), height=ROW - 8.0, rx=2, fill=MAIN)
        write(root, row.text, left + wide + 8.0, top + ROW / 2 + 5.0)
    return drawn(root)
