"""From a page's picture to a file of its own: with its size, its colours, its caption and its source."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from serantau.render.model import clean, width_of
from serantau.render.svg import NAMESPACE

INK, SOFT, PAPER = "#16232b", "#4c5c66", "#ffffff"
MARGIN = 12.0
CAPTION, SOURCE = 16, 13
MOST_LINES = 7
LONGEST = 2000
"""Characters of a text that are looked at."""


def standalone(picture: bytes, caption: str, source: str) -> bytes:
    """The picture on white paper, with what it shows and where it is from written below.

    Args:
        picture: As it stands in a page.
        caption: What it shows.
        source: Where its figures are from.
    """
    ET.register_namespace("", NAMESPACE)
    drawn = ET.fromstring(picture)  # noqa: S314 - a picture of our own, rebuilt from allowed elements
    left, top, width, height = (float(part) for part in drawn.attrib["viewBox"].split())
    lines = [(line, CAPTION, INK) for line in folded(caption, CAPTION, width)]
    lines += [(line, SOURCE, SOFT) for line in folded(source, SOURCE, width)]
    below = sum(size * 1.35 for _, size, _ in lines) + 8.0
    size = (width + 2 * MARGIN, height + below + 2 * MARGIN)
    view = f"{left - MARGIN:g} {top - MARGIN:g} {size[0]:g} {size[1]:g}"
    attributes = {
        "viewBox": view,
        "width": f"{size[0]:g}",
        "height": f"{size[1]:g}",
        "role": drawn.attrib.get("role", "img"),
    }
    made = ET.Element(f"{{{NAMESPACE}}}svg", attributes | {"aria-label": drawn.attrib.get("aria-label", "")})
    box = {"x": f"{left - MARGIN:g}", "y": f"{top - MARGIN:g}", "width": f"{size[0]:g}", "height": f"{size[1]:g}"}
    ET.SubElement(made, f"{{{NAMESPACE}}}rect", box | {"fill": PAPER})
    made.extend(drawn)
    y = top + height + 8.0
    for text, letters, colour in lines:
        y += letters * 1.35
        place = {"x": f"{left:g}", "y": f"{y:g}", "font-size": f"{letters}px", "font-family": "sans-serif"}
        ET.SubElement(made, f"{{{NAMESPACE}}}text", place | {"fill": colour}).text = text
    body = ET.tostring(made, encoding="unicode").replace("currentColor", INK)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def folded(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit, broken at spaces; what does not fit in a few lines is left out with an ellipsis.

    >>> folded("one two three four", 10, 60)
    ['one two', 'three four']
    """
    lines = [""]
    for word in (part for given in text[:LONGEST].split() for part in clean(given).split()):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1] + "…"]
    return [line for line in lines if line]
