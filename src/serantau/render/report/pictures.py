"""Charts on paper: the page's SVG with an ink of its own, and the same as PNG for a text processor."""

from __future__ import annotations

import re
from pathlib import Path

from serantau.render.fonts import FONTS

INK = "#16232b"
FAMILY = "Noto Sans"
PPI = 200.0
PAGE = Path(__file__).parent / "picture.typ"
_FAMILY = re.compile(r'font-family="[^"]*"')


def printable(svg: bytes) -> str:
    """The SVG with ink instead of the colour of a page's text, and the font that ships."""
    text = svg.decode().replace("currentColor", INK)
    return _FAMILY.sub(f'font-family="{FAMILY}"', text)


def png(svg: bytes) -> bytes:
    """The picture as PNG on white; equal pictures give equal bytes."""
    import typst

    made: bytes = typst.compile(
        PAGE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="png",
        ppi=PPI,
        sys_inputs={"svg": printable(svg)},
        timestamp=0,
    )
    return made
