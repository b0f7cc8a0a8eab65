"""From the renderer's SVG to one that a page may hold: known elements and attributes only, no size, the page's ink."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from serantau.render.specs import INK

NAMESPACE = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset({"svg", "g", "path", "text", "tspan", "line", "rect", "circle"})
ATTRIBUTES = frozenset(
    [
        "viewBox",
        "role",
        "aria-label",
        "transform",
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "dx",
        "dy",
        "r",
        "cx",
        "cy",
        "width",
        "height",
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-opacity",
        "stroke-width",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "opacity",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
    ]
)
MOST_BYTES = 2_000_000
_ELSEWHERE = re.compile(r"url\s*\(|javascript:|data:|&", re.IGNORECASE)


class UnsafeSvgError(ValueError):
    """The renderer wrote something that is not drawn into a page."""


def page_svg(drawn: str, label: str) -> bytes:
    """The picture as it stands in a page.

    Args:
        drawn: What the renderer wrote.
        label: What a screen reader says about the picture.

    Raises:
        UnsafeSvgError: if it is no SVG, is too large, or holds an element that no chart of ours has.
    """
    if len(drawn) > MOST_BYTES or "<!" in drawn or "<?" in drawn:
        raise UnsafeSvgError("the drawing is too large, or declares something")
    try:
        root = ET.fromstring(drawn)  # noqa: S314 - no declaration, so no entity, as looked at above
    except ET.ParseError as error:
        raise UnsafeSvgError(f"the drawing is not XML: {error}") from error
    if _name(root) != "svg" or "viewBox" not in root.attrib:
        raise UnsafeSvgError("the drawing is no SVG with a viewBox")
    view = root.attrib["viewBox"]
    made = ET.Element("svg", {"xmlns": NAMESPACE, "viewBox": view, "role": "img", "aria-label": label})
    for child in root:
        _copy(child, made)
    return ET.tostring(made, encoding="unicode").encode()


def _copy(source: ET.Element, parent: ET.Element) -> None:
    name = _name(source)
    if name not in ELEMENTS:
        raise UnsafeSvgError(f"the drawing holds a <{name}>")
    kept = {
        key: _value(value)
        for key, value in source.attrib.items()
        if key in ATTRIBUTES and key not in {"role", "aria-label"}
    }
    if name == "path" and not kept.get("d"):
        return
    if any(_ELSEWHERE.search(value) for value in kept.values()):
        raise UnsafeSvgError(f"a <{name}> points elsewhere")
    made = ET.SubElement(parent, name, kept)
    made.text = source.text if name in {"text", "tspan"} else None
    for child in source:
        _copy(child, made)
    made.tail = source.tail if name == "tspan" else None
    if name == "g" and len(made) == 0:
        parent.remove(made)


def _name(element: ET.Element) -> str:
    space, _, name = element.tag.rpartition("}")
    return name if space == "{" + NAMESPACE else f"{element.tag}"


def _value(value: str) -> str:
    return "currentColor" if value.lower() == INK or value.replace(" ", "") == "rgb(1,2,3)" else value
