"""Band ladder: who uses which part of a band, one row a member. Pure, and written at once.

What surely holds is solid; what was reported and may have ended is pale with a dashed edge; what nobody holds is an
empty frame; what is used with another duplex is outlined. A row without a block says nothing about the member but that no range is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree as ET

from serantau.render.drawings import INK, LETTER, canvas, drawn, put, write
from serantau.render.model import cut, width_of
from serantau.render.specs import MAIN

WIDTH = 900.0
ROW = 34.0
HEAD = 34.0
SMALL = 11


class Look(Enum):
    """How sure a block is."""

    SURE = "sure"
    REPORTED = "reported"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True)
class Block:
    """Part of a row: from ``low`` to ``high`` MHz."""

    low: float
    high: float
    label: str
    look: Look


@dataclass(frozen=True)
class Rung:
    """One member's row."""

    label: str
    blocks: tuple[Block, ...]
    address: str = ""


def band_ladder(title: str, rungs: Sequence[Rung], edges: tuple[float, float]) -> bytes:
    """Draw the rows over one range of frequencies.

    Args:
        title: What a screen reader says.
        rungs: From the top.
        edges: First and last megahertz shown.
    """
    left = min(240.0, max((width_of(rung.label, LETTER) for rung in rungs), default=0.0) + 16.0)
    height = HEAD + len(rungs) * ROW + 10.0
    root = canvas(WIDTH, height, title)
    low, high = edges
    per_mhz = (WIDTH - left - 30.0) / (high - low)
    for mark in _marks(low, high):
        x = left + (mark - low) * per_mhz
        put(root, "line", x1=x, x2=x, y1=HEAD - 8.0, y2=height - 6.0, stroke=INK, stroke_opacity="0.18")
        write(root, f"{mark:g}", x, HEAD - 14.0, font_size=13, text_anchor="middle", fill_opacity="0.8")
    for number, rung in enumerate(rungs):
        top = HEAD + number * ROW
        parent = put(root, "a", href=rung.address) if rung.address else root
        write(parent, cut(rung.label, LETTER, left - 12.0), left - 10.0, top + ROW / 2 + 5.0, text_anchor="end")
        for block in rung.blocks:
            _block(root, block, left + (block.low - low) * per_mhz, (block.high - block.low) * per_mhz, top)
    return drawn(root)


def _block(root: ET.Element, block: Block, x: float, wide: float, top: float) -> None:
    style: dict[str, float | str] = {"stroke": INK, "fill": MAIN, "fill_opacity": "0.85"}
    if block.look is Look.REPORTED:
        style |= {"fill_opacity": "0.3", "stroke_dasharray": "4 3"}
    elif block.look is Look.OTHER:
        style |= {"fill_opacity": "0.06", "stroke_width": 2}
    elif block.look is Look.EMPTY:
        style |= {"fill": "none", "stroke_dasharray": "1 3"}
    put(root, "rect", x=x, y=top + 5.0, width=max(wide, 2.0), height=ROW - 10.0, **style)
    # White on the solid blocks, ink on the pale: both pass 4.5 to 1.
    if wide > width_of(block.label, SMALL) + 8.0:
        ink = "#ffffff" if block.look is Look.SURE else INK
        write(root, block.label, x + wide / 2, top + ROW / 2 + 4.0, font_size=SMALL, text_anchor="middle", fill=ink)


def _marks(low: float, high: float) -> list[float]:
    """Round megahertz, eight to sixteen of them."""
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
    step = next((one for one in steps if (high - low) / one <= 12), steps[-1])
    first = -(-low // step) * step
    return [first + number * step for number in range(int((high - first) // step) + 1)]
