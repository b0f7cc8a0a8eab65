"""What must come before what: a graph of dependencies, from left to right. Pure, and written at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from serantau.render.drawings import INK, canvas, drawn, put, write
from serantau.render.model import cut
from serantau.render.specs import ACCENT, MAIN

BOX = (128.0, 38.0)
APART = (74.0, 18.0)
MARGIN = 10.0


@dataclass(frozen=True)
class Node:
    """Something that depends on others.

    Attributes:
        id: Its name in the graph.
        label: Written in its box.
        address: Where a click leads; empty for nowhere.
        doubtful: Whether it is recalled or in doubt, which is drawn with a dashed edge.
    """

    id: str
    label: str
    address: str = ""
    doubtful: bool = False


def layers(depends_on: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Names by the length of the longest way to them, those that depend on nothing first.

    Args:
        depends_on: For each name, what must come first; names that are no keys are ignored, and there is no circle.

    >>> layers({"a": (), "b": ("a",), "c": ("a", "b"), "d": ("x",)})
    [['a', 'd'], ['b'], ['c']]
    """
    depth: dict[str, int] = {}
    waiting = dict(depends_on)
    while waiting:
        ready = [name for name, before in waiting.items() if all(one in depth for one in before if one in depends_on)]
        if not ready:
            raise ValueError(f"the dependencies run in a circle: {', '.join(waiting)}")
        for name in ready:
            held = [depth[one] for one in waiting.pop(name) if one in depends_on]
            depth[name] = 1 + max(held, default=-1)
    return [[name for name in depends_on if depth[name] == at] for at in range(1 + max(depth.values(), default=-1))]


def dependency_graph(title: str, nodes: Sequence[Node], depends_on: Mapping[str, Sequence[str]]) -> bytes:
    """The graph of those that depend on something or that something depends on.

    Args:
        title: What a screen reader says.
        nodes: In the order in which they stand below each other.
        depends_on: For each node, those that must come first.

    Returns:
        The SVG; without any dependency it holds nothing.
    """
    linked = {name for name, before in depends_on.items() for name in (name, *before) if before}
    held = {node.id: node for node in nodes if node.id in linked}
    columns = layers({name: [one for one in depends_on.get(name, ()) if one in held] for name in held})
    rows = max((len(column) for column in columns), default=0)
    width = 2 * MARGIN + len(columns) * BOX[0] + max(0, len(columns) - 1) * APART[0]
    height = 2 * MARGIN + rows * BOX[1] + max(0, rows - 1) * APART[1]
    root = canvas(width, height, title)
    places = {
        name: (MARGIN + at * (BOX[0] + APART[0]), MARGIN + row * (BOX[1] + APART[1]))
        for at, column in enumerate(columns)
        for row, name in enumerate(column)
    }
    for name in held:
        for before in depends_on.get(name, ()):
            if before in held:
                _arrow(root, places[before], places[name])
    for name, node in held.items():
        _box(root, node, places[name])
    return drawn(root)


def _arrow(root: ET.Element, start: tuple[float, float], end: tuple[float, float]) -> None:
    x1, y1 = start[0] + BOX[0], start[1] + BOX[1] / 2
    x2, y2 = end[0] - 8.0, end[1] + BOX[1] / 2
    bend = (x2 - x1) / 2
    way = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    put(root, "path", d=way, fill="none", stroke=INK, stroke_opacity="0.6", stroke_width=1.8)
    head = f"M{x2:g} {y2 - 5:g}L{x2 + 8:g} {y2:g}L{x2:g} {y2 + 5:g}Z"
    put(root, "path", d=head, fill=INK, fill_opacity="0.6")


def _box(root: ET.Element, node: Node, place: tuple[float, float]) -> None:
    parent = put(root, "a", href=node.address) if node.address else root
    style = {"stroke_dasharray": "5 4", "stroke": ACCENT} if node.doubtful else {"stroke": MAIN}
    put(
        parent,
        "rect",
        x=place[0],
        y=place[1],
        width=BOX[0],
        height=BOX[1],
        rx=4,
        fill=MAIN,
        fill_opacity="0.1",
        stroke_width=2,
        **style,
    )
    text = cut(node.label, 15, BOX[0] - 12.0)
    write(parent, text, place[0] + BOX[0] / 2, place[1] + BOX[1] / 2 + 5.0, text_anchor="middle")
