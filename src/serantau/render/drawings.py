"""What our own SVG is built from, where no axis and no layout of a library is wanted. Pure, and written at once."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from serantau.render.model import clean
from serantau.render.svg import NAMESPACE

INK = "currentColor"
LETTER = 15

Attributes = dict[str, str]


def canvas(width: float, height: float, label: str) -> ET.Element:
    """An empty picture that fills the width it is given."""
    view = f"0 0 {width:g} {height:g}"
    return ET.Element("svg", {"xmlns": NAMESPACE, "viewBox": view, "role": "img", "aria-label": clean(label)})


def put(parent: ET.Element, name: str, **attributes: float | str) -> ET.Element:
    """A new element; underscores in names of attributes stand for hyphens."""
    given = {key.rstrip("_").replace("_", "-"): _text(value) for key, value in attributes.items()}
    return ET.SubElement(parent, name, given)


def write(parent: ET.Element, text: str, x: float, y: float, **attributes: float | str) -> ET.Element:
    """Some text, in the ink of the page unless told otherwise."""
    style: dict[str, float | str] = {"fill": INK, "font_size": LETTER, "font_family": "sans-serif"}
    element = put(parent, "text", x=x, y=y, **{**style, **attributes})
    element.text = clean(text)
    return element


def drawn(root: ET.Element) -> bytes:
    """The picture as it stands in a page; one with links is a group, since what is within an image is not reached."""
    if root.find(".//a") is not None:
        root.set("role", "group")
    return ET.tostring(root, encoding="unicode").encode()


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
