"""A few members side by side: one row for each outcome, one sign for each member. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serantau.render.model import ENGLISH, Chart, Words, clean, cut, finite, width_of
from serantau.render.specs import ACCENT, INK, MAIN, SMALL, WIDTH, Frame, Spec, axis

SIGNS = ("circle", "square", "triangle-up", "diamond")
COLOURS = (MAIN, ACCENT, "#8a63b8", "#4f8a46")
"""Each keeps 3 to 1 on white and near-black; the shape says the same without colour."""

MOST = len(SIGNS)
TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
LINE = 28
APART = 20
"""Between two signs of members without a figure."""


@dataclass(frozen=True)
class DotRow:
    """One row: a figure from 0 to 100 for each member, None where there is none."""

    label: str
    values: tuple[float | None, ...]


def dots(title: str, unit: str, members: Sequence[str], rows: Sequence[DotRow], *, words: Words = ENGLISH) -> Chart:
    """Figures of two to four members.

    Where a member has none, its sign stands hollow to the right of the axis, and the key says what that means.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        unit: Written under the axis.
        members: Names, in the order of the figures of each row.
        rows: From the top.
        words: The chart's own words.

    Raises:
        ValueError: for more members than there are signs.
    """
    if len(members) > MOST:
        raise ValueError(f"{len(members)} members; {MOST} are the most")
    absent = any(finite(value) is None for row in rows for value in row.values)
    values: list[Spec] = [
        {"at": at, "label": clean(row.label), "text": "", "chosen": False, "value": None} for at, row in enumerate(rows)
    ]
    around = Frame.around(values)
    frame = Frame(around.values, around.left, (len(members) * APART + 24) if absent else 16)
    along = axis(TICKS, unit)
    x = {"type": "quantitative", "scale": {"domain": [0, 100], "nice": False, "zero": False}, "axis": along}
    signs = _signs(rows, members, x, frame)
    key = _key(members, frame, words.missing if absent else "")
    drawn = frame.chart(title, along, [*_spans(rows, x, frame), *signs, *key]).spec
    padding = {**drawn["padding"], "bottom": drawn["padding"]["bottom"] + LINE * (2 if absent else 1)}
    return Chart.of({**drawn, "padding": padding})


def _spans(rows: Sequence[DotRow], x: Spec, frame: Frame) -> list[Spec]:
    """A line from the least to the greatest of each row."""
    found = []
    for at, row in enumerate(rows):
        known = [value for value in map(finite, row.values) if value is not None]
        if len(known) > 1:
            found.append({"at": at, "least": min(known), "most": max(known)})
    mark = {"type": "rule", "size": 2, "color": INK, "opacity": 0.4}
    encoding = {"y": frame.y, "x": {**x, "field": "least"}, "x2": {"field": "most"}}
    return [{"data": {"values": found}, "mark": mark, "encoding": encoding}] if found else []


def _signs(rows: Sequence[DotRow], members: Sequence[str], x: Spec, frame: Frame) -> list[Spec]:
    layers = []
    for place, _ in enumerate(members):
        known = [
            {"at": at, "value": value}
            for at, row in enumerate(rows)
            if (value := finite(row.values[place])) is not None
        ]
        absent = [{"at": at} for at, row in enumerate(rows) if finite(row.values[place]) is None]
        if known:
            encoding = {"y": frame.y, "x": {**x, "field": "value"}}
            layers.append({"data": {"values": known}, "mark": _sign(place), "encoding": encoding})
        if absent:
            mark = {**_hollow(place), "x": frame.width + 22 + place * APART}
            layers.append({"data": {"values": absent}, "mark": mark, "encoding": {"y": frame.y}})
    return layers


def _sign(place: int) -> Spec:
    colour = COLOURS[place]
    style = {"color": colour, "size": 240, "opacity": 1, "stroke": INK, "strokeWidth": 0.8}
    return {"type": "point", "filled": True, "shape": SIGNS[place], **style}


def _hollow(place: int) -> Spec:
    return {
        "type": "point",
        "filled": False,
        "shape": SIGNS[place],
        "size": 150,
        "color": COLOURS[place],
        "strokeWidth": 2,
    }


def _key(members: Sequence[str], frame: Frame, missing: str) -> list[Spec]:
    """Sign and name of each member, below the axis; below them what a hollow one means."""
    layers: list[Spec] = []
    left = start = -float(frame.left) + 12.0
    y = frame.height + 46.0 + LINE
    for place, name in enumerate(members):
        text = cut(clean(name), SMALL, (WIDTH - 24.0) / len(members) - 40.0)
        sign = {**_sign(place), "x": left, "y": y}
        words = {"type": "text", "x": left + 14.0, "y": y, "align": "left", "baseline": "middle", "color": INK}
        layers.append({"data": {"values": [{"only": 0}]}, "mark": sign, "encoding": {}})
        layers.append(
            {
                "data": {"values": [{"text": text}]},
                "mark": {**words, "fontSize": SMALL},
                "encoding": {"text": {"field": "text"}},
            }
        )
        left += width_of(text, SMALL) + 52.0
    if missing:
        for place, _ in enumerate(members):
            sign = {**_hollow(place), "x": start + place * APART, "y": y + LINE}
            layers.append({"data": {"values": [{"only": 0}]}, "mark": sign, "encoding": {}})
        where = {"x": start - 6.0 + len(members) * APART, "y": y + LINE, "align": "left", "baseline": "middle"}
        mark = {"type": "text", "fontSize": SMALL, "color": INK, **where}
        values = [{"text": clean(missing)}]
        layers.append({"data": {"values": values}, "mark": mark, "encoding": {"text": {"field": "text"}}})
    return layers
