"""A member's scores as a wheel: one sector for each outcome, as long as its score. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from serantau.render.model import ENGLISH, Bar, Chart, Words, clean, cut, finite, shown, width_of, wrapped
from serantau.render.specs import ACCENT, INK, LETTER, MAIN, SMALL, WIDTH, Spec, whole

HEIGHT = 530
RADIUS = 190.0
RINGS = (25, 50, 75, 100)
HALF_GAP = 0.02
"""Half the gap between two sectors, in radians."""

PIXEL: Spec = {"type": "quantitative", "scale": None, "stack": None}
PLACE: Spec = {"type": "quantitative", "scale": None, "axis": None}


def wheel(title: str, rows: Sequence[Bar], *, words: Words = ENGLISH) -> Chart:
    """Scores from 0 to 100 around a circle, in the order given, beginning at the top and going with the clock.

    A row without a score is an empty sector with a dashed edge; it is neither zero nor short. `Bar.others` are thin marks
    across their sector, and their mean with the row's own score is a longer one in another colour.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        rows: One for each outcome; `Bar.note` stands beside the score, for example the interval of the rank.
        words: The chart's own words.
    """
    sectors = [_sector(at, len(rows), row, words) for at, row in enumerate(rows)]
    ticks = [tick for sector, row in zip(sectors, rows, strict=True) for tick in _ticks(sector, row)]
    scored = [sector for sector in sectors if sector["outer"] is not None]
    layers = [
        _arcs(_edges(sectors, missing=False), {"color": INK, "opacity": 0.07}),
        _arcs(_edges(sectors, missing=True), {"fillOpacity": 0, "stroke": INK, "strokeDash": [4, 4], "opacity": 0.6}),
        _arcs(scored, {"color": MAIN}),
        *_rings(),
        _arcs([tick for tick in ticks if not tick["mean"]], {"color": INK, "opacity": 0.55}),
        _arcs([tick for tick in ticks if tick["mean"]], {"color": ACCENT}),
        *_labels(sectors),
    ]
    if ticks:
        layers += _key(words)
    padding = {"left": 0, "right": 0, "top": 0, "bottom": 0}
    return whole(title, (WIDTH, HEIGHT), padding, [{"only": 0}], [one for one in layers if one["data"]["values"]])


def _key(words: Words) -> list[Spec]:
    """What the two marks across the sectors mean."""
    layers, x, y = [], 4.0, HEIGHT - 10.0
    for text, colour, size in ((words.others, INK, 2), (words.average, ACCENT, 4)):
        line = {
            "data": {"values": [{"x": x, "x2": x + 26.0, "y": y}]},
            "mark": {"type": "rule", "color": colour, "size": size},
        }
        line["encoding"] = {"x": {**PLACE, "field": "x"}, "x2": {"field": "x2"}, "y": {**PLACE, "field": "y"}}
        layers += [line, _text([{"x": x + 34.0, "y": y, "text": cut(clean(text), SMALL, 230.0)}], "left", SMALL)]
        x += 34.0 + min(width_of(clean(text), SMALL), 230.0) + 30.0
    return layers


def _sector(at: int, count: int, row: Bar, words: Words) -> Spec:
    width = 2.0 * math.pi / count
    value = finite(row.value)
    text = words.missing if value is None else (shown(value) if row.text is None else row.text)
    return {
        "start": at * width + HALF_GAP,
        "end": (at + 1) * width - HALF_GAP,
        "inner": 0.0,
        "outer": None if value is None else RADIUS * value / 100.0,
        "label": clean(row.label),
        "text": clean(f"{text} {row.note}"),
    }


def _ticks(sector: Spec, row: Bar) -> list[Spec]:
    """A thin arc for each of the others, and a longer one for the mean of all."""
    others = [value for value in map(finite, row.others) if value is not None]
    own = finite(row.value)
    inset = (sector["end"] - sector["start"]) * 0.18
    found = [_tick(value, sector["start"] + inset, sector["end"] - inset, 2.0, mean=False) for value in others]
    if own is not None and others:
        mean = math.fsum([own, *others]) / (len(others) + 1)
        found.append(_tick(mean, sector["start"], sector["end"], 4.0, mean=True))
    return found


def _tick(value: float, start: float, end: float, width: float, *, mean: bool) -> Spec:
    middle = RADIUS * value / 100.0
    inner = max(0.0, middle - width / 2)
    return {"start": start, "end": end, "inner": inner, "outer": inner + width, "mean": mean}


def _edges(sectors: list[Spec], *, missing: bool) -> list[Spec]:
    """The whole sector, up to a score of 100."""
    return [{**one, "outer": RADIUS} for one in sectors if (one["outer"] is None) is missing]


def _arcs(rows: list[Spec], style: Spec) -> Spec:
    encoding = {
        "theta": {**PIXEL, "field": "start"},
        "theta2": {"field": "end"},
        "radius": {**PIXEL, "field": "outer"},
        "radius2": {"field": "inner"},
    }
    return {"data": {"values": rows}, "mark": {"type": "arc", **style}, "encoding": encoding}


def _rings() -> list[Spec]:
    """Circles at a few scores, with their numbers along the upper radius."""
    circles = [
        {"start": 0.0, "end": 2.0 * math.pi, "inner": RADIUS * ring / 100.0 - 0.5, "outer": RADIUS * ring / 100.0 + 0.5}
        for ring in RINGS
    ]
    numbers = [{"x": WIDTH / 2, "y": HEIGHT / 2 - RADIUS * ring / 100.0 - 7.0, "text": str(ring)} for ring in (50, 100)]
    return [_arcs(circles, {"color": INK, "opacity": 0.3}), _text(numbers, "center", 15, opacity=0.75)]


def _labels(sectors: list[Spec]) -> list[Spec]:
    """Name and score outside of each sector, on the side where there is room."""
    sides: dict[str, list[Spec]] = {"left": [], "right": [], "center": []}
    for sector in sectors:
        angle = (sector["start"] + sector["end"]) / 2
        x = WIDTH / 2 + (RADIUS + 16.0) * math.sin(angle)
        y = HEIGHT / 2 - (RADIUS + 26.0) * math.cos(angle)
        side = "center" if abs(math.sin(angle)) < 0.25 else "left" if math.sin(angle) > 0 else "right"
        room = WIDTH if side == "center" else WIDTH - x if side == "left" else x
        name = wrapped(sector["label"], LETTER - 1, room - 2.0)
        for line, text in enumerate([*name, cut(sector["text"], SMALL, room - 2.0)]):
            place = {"x": x, "y": y + (line - len(name) / 2) * 21.0}
            sides[side].append({**place, "text": text, "bold": line < len(name)})
    return [_text(rows, side, LETTER - 2) for side, rows in sides.items()]


def _text(rows: list[Spec], align: str, size: int, opacity: float = 1.0) -> Spec:
    mark: Spec = {"type": "text", "align": align, "baseline": "middle", "fontSize": size, "color": INK}
    mark |= {"opacity": opacity, "fontWeight": {"expr": "datum.bold ? 'bold' : 'normal'"}}
    encoding = {"x": {**PLACE, "field": "x"}, "y": {**PLACE, "field": "y"}, "text": {"field": "text"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}
