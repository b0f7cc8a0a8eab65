"""The evolution over the years. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from serantau.render.model import ENGLISH, Band, Chart, Line, Words, clean, cut, finite, shown, width_of
from serantau.render.specs import ACCENT, GAP, INK, LETTER, MAIN, SMALL, WIDTH, Spec, axis, nice_ticks, whole

HEIGHT = 330
MOST_NAMED = 14
"""Names that find room at the right edge; of more series only the one in question is named."""


@dataclass(frozen=True)
class _Plot:
    """The scales and what is drawn on them."""

    x: Spec
    y: Spec
    width: int
    many: bool


def lines(  # noqa: PLR0913 - the later ones go by name
    title: str,
    unit: str,
    series: Sequence[Line],
    projection: Sequence[Band] = (),
    target: float | None = None,
    highlight: str | None = None,
    *,
    words: Words = ENGLISH,
    target_label: str = "",
) -> Chart:
    """Figures over the years: one member alone, or one in question among the others in grey.

    A line leads from year to year. Over years without a figure it is dotted,
    and it does not cross a break in the series. Flagged figures are diamonds.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        unit: Written above the axis.
        series: One for each member; points in any order.
        projection: The years to come, as a dashed line with its interval.
        target: A value to be reached.
        highlight: Label of the member in question; None where there is one series only.
        words: The chart's own words.
        target_label: What the target is called; else the chart's own word.
    """
    chosen = highlight if highlight is not None else series[0].label if len(series) == 1 else None
    points = [row for at, line in enumerate(series) for row in _points(at, line, line.label == chosen)]
    bands = [_band(band) for band in sorted(projection, key=lambda band: band.year) if finite(band.mean) is not None]
    numbers = _numbers(points, bands, finite(target))
    years = [row["year"] for row in (*points, *bands)] or [0, 1]
    ticks = nice_ticks(*_span(numbers))
    named = _names(points, series, (ticks[0], ticks[-1]))
    left = math.ceil(max(width_of(f"{tick:,.12g}", SMALL) if abs(tick) < 1e6 else 50.0 for tick in ticks)) + GAP
    right = math.ceil(max((width_of(row["name"], LETTER) for row in named), default=0)) + 2 * GAP
    plot = _plot(ticks, years, WIDTH - left - right, many=len(series) > 1)
    layers = [
        *_projection_layers(bands, plot),
        *_target_layers(finite(target), clean(target_label) or words.target, plot),
        *_series_layers(points, plot),
        *_name_layers(named, plot),
    ]
    key = _key(points, bands, words)
    layers += [_text_layer(clean(unit), -left + 4, -22)] if clean(unit) else []
    layers += [_text_layer(cut(key, SMALL, WIDTH - 8.0), -left + 4, HEIGHT + 52)] if key else []
    padding = {"left": left, "right": right, "top": 38, "bottom": 34 + (30 if key else 0)}
    return whole(title, (plot.width, HEIGHT), padding, [{"only": 0}], layers)


def _points(at: int, line: Line, chosen: bool) -> list[Spec]:  # noqa: FBT001
    """The points of a series, with the piece of the line that each belongs to."""
    return [
        {
            "series": at,
            "label": clean(line.label),
            "chosen": chosen,
            "year": point.year,
            "value": finite(point.value),
            "flagged": bool(clean(point.mark)),
            "broken": point.broken,
        }
        for point in sorted(line.points, key=lambda point: point.year)
        if finite(point.value) is not None
    ]


def _band(band: Band) -> Spec:
    low, high = finite(band.low), finite(band.high)
    if low is None or high is None:
        low = high = None
    return {"year": band.year, "value": finite(band.mean), "low": low, "high": high}


def _numbers(points: list[Spec], bands: list[Spec], target: float | None) -> list[float]:
    found = [row["value"] for row in (*points, *bands)]
    found += [row[name] for row in bands for name in ("low", "high") if row[name] is not None]
    return found + ([] if target is None else [target])


def _span(numbers: list[float]) -> tuple[float, float]:
    """The range shown: from zero, unless all figures lie in a narrow range far from it."""
    if not numbers:
        return 0.0, 1.0
    low, high = min(numbers), max(numbers)
    if low > 0 and (high - low) > 0.4 * high:
        low = 0.0
    return low, high


def _plot(ticks: list[float], years: list[int], width: int, *, many: bool) -> _Plot:
    first, last = min(years), max(years)
    last += first == last
    step = next((n for n in (1, 2, 5, 10, 20, 50, 100) if (last - first) / n * 62 <= width), 1000)
    shown_years = [year for year in range(first, last + 1) if (last - year) % step == 0]
    along = {**axis([float(year) for year in shown_years], "", grid=False), "labelExpr": "format(datum.value, 'd')"}
    along["ticks"], along["tickColor"], along["tickOpacity"], along["tickSize"] = True, INK, 0.5, 5
    up = axis(ticks, "")
    x = {"type": "quantitative", "scale": {"domain": [first, last], "nice": False, "zero": False}, "axis": along}
    y = {
        "type": "quantitative",
        "scale": {"domain": [ticks[0], ticks[-1]], "nice": False, "zero": False},
        "axis": up,
    }
    return _Plot({**x, "field": "year"}, y, width, many)


def _series_layers(points: list[Spec], plot: _Plot) -> list[Spec]:
    """Segments between neighbours, the others below, the one in question above."""
    segments = []
    for before, after in pairwise(points):
        if before["series"] != after["series"] or after["broken"]:
            continue
        segments.append(
            {
                **{name: before[name] for name in ("year", "value", "chosen")},
                "year2": after["year"],
                "value2": after["value"],
                "gap": after["year"] - before["year"] > 1,
            }
        )
    layers = []
    for chosen in (False, True):
        colour = _colour(chosen, plot)
        for gap in (False, True):
            rows = [row for row in segments if row["chosen"] is chosen and row["gap"] is gap]
            mark = {"type": "rule", "strokeCap": "round", "size": 4 if chosen else 2, **colour}
            if gap:
                mark |= {"size": 3 if chosen else 1.5, "strokeDash": [1, 6]}
            encoding = {
                "x": plot.x,
                "y": {**plot.y, "field": "value"},
                "x2": {"field": "year2"},
                "y2": {"field": "value2"},
            }
            layers.append({"data": {"values": rows}, "mark": mark, "encoding": encoding})
        for flagged in (False, True):
            rows = [row for row in points if row["chosen"] is chosen and row["flagged"] is flagged]
            mark = {"type": "point", "filled": not flagged, "size": 110 if chosen else 45, **colour}
            if flagged:
                mark |= {"shape": "diamond", "size": 190 if chosen else 80, "strokeWidth": 2.5 if chosen else 1.5}
            encoding = {"x": plot.x, "y": {**plot.y, "field": "value"}}
            layers.append({"data": {"values": rows}, "mark": mark, "encoding": encoding})
    return [layer for layer in layers if layer["data"]["values"]]


def _colour(chosen: bool, plot: _Plot) -> Spec:  # noqa: FBT001
    if chosen:
        return {"color": ACCENT if plot.many else MAIN, "opacity": 1}
    return {"color": INK, "opacity": 0.42}


def _projection_layers(bands: list[Spec], plot: _Plot) -> list[Spec]:
    if not bands:
        return []
    colour = ACCENT if plot.many else MAIN
    data = {"values": bands}
    known = {"values": [row for row in bands if row["low"] is not None]}
    area = {
        "data": known,
        "mark": {"type": "area", "color": colour, "opacity": 0.22},
        "encoding": {"x": plot.x, "y": {**plot.y, "field": "low"}, "y2": {"field": "high"}},
    }
    line = {
        "data": data,
        "mark": {"type": "line", "color": colour, "strokeWidth": 3.5, "strokeDash": [9, 6]},
        "encoding": {"x": plot.x, "y": {**plot.y, "field": "value"}},
    }
    return [area, line] if known["values"] else [line]


def _target_layers(target: float | None, label: str, plot: _Plot) -> list[Spec]:
    if target is None:
        return []
    text = cut(f"{label} {shown(target)}", SMALL, plot.width - 12.0)
    y = {**plot.y, "field": "value"}
    data = {"values": [{"value": target, "label": text}]}
    rule = {"type": "rule", "color": INK, "size": 2, "strokeDash": [2, 5], "opacity": 0.9}
    low, high = plot.y["scale"]["domain"]
    # At the top of the plot the words stand below the line: above it stands the unit.
    below = target > low + 0.9 * (high - low)
    place = {"baseline": "top", "dy": 5} if below else {"baseline": "bottom", "dy": -3}
    words = {"type": "text", "x": 6, "align": "left", "fontSize": SMALL, "color": INK, **place}
    return [
        {"data": data, "mark": rule, "encoding": {"y": y}},
        {"data": data, "mark": words, "encoding": {"y": y, "text": {"field": "label"}}},
    ]


def _names(points: list[Spec], series: Sequence[Line], domain: tuple[float, float]) -> list[Spec]:
    """Each series' name beside its last point, pushed apart so that none covers another."""
    last = {row["series"]: row for row in points}
    rows = [row for row in last.values() if len(series) <= MOST_NAMED or row["chosen"]]
    if len(series) == 1:
        return []
    step = (domain[1] - domain[0]) / HEIGHT * (LETTER + 2)
    rows.sort(key=lambda row: (row["value"], row["label"]))
    places: list[float] = []
    for row in rows:
        places.append(max(row["value"], places[-1] + step) if places else row["value"])
    ceiling = domain[1]
    for at in range(len(places) - 1, -1, -1):
        places[at] = min(places[at], ceiling)
        ceiling = places[at] - step
    return [
        {**row, "name": cut(row["label"], LETTER, 210), "place": place} for row, place in zip(rows, places, strict=True)
    ]


def _name_layers(named: list[Spec], plot: _Plot) -> list[Spec]:
    if not named:
        return []
    data = {"values": named}
    weight = {"expr": "datum.chosen ? 'bold' : 'normal'"}
    text = {"type": "text", "x": plot.width + 14, "align": "left", "baseline": "middle", "fontSize": LETTER}
    text |= {"color": INK, "fontWeight": weight}
    # From the last point of each series to its name, since names are pushed apart.
    edge = plot.x["scale"]["domain"][1]
    ends = [
        {"series": row["series"], "year": year, "value": value}
        for row in named
        for year, value in ((row["year"], row["value"]), (edge, row["place"]))
    ]
    leader = {"type": "line", "color": INK, "opacity": 0.35, "strokeWidth": 1, "strokeDash": [1, 3]}
    return [
        {
            "data": {"values": ends},
            "mark": leader,
            "encoding": {
                "x": plot.x,
                "y": {**plot.y, "field": "value"},
                "detail": {"field": "series", "type": "nominal"},
            },
        },
        {"data": data, "mark": text, "encoding": {"y": {**plot.y, "field": "place"}, "text": {"field": "name"}}},
    ]


def _key(points: list[Spec], bands: list[Spec], words: Words) -> str:
    """What the signs mean, of those that are there."""
    by_series: dict[int, list[Spec]] = {}
    for row in points:
        by_series.setdefault(row["series"], []).append(row)
    gap = any(
        after["year"] - before["year"] > 1 and not after["broken"]
        for rows in by_series.values()
        for before, after in pairwise(rows)
    )
    parts = [
        (any(row["flagged"] for row in points), f"◇ {words.flagged}"),
        (gap, f"··· {words.gap}"),
        (bool(bands), f"- - {words.projection}"),
    ]
    return "    ".join(clean(text) for there, text in parts if there)


def _text_layer(text: str, x: float, y: float) -> Spec:
    mark = {"type": "text", "x": x, "y": y, "align": "left", "baseline": "middle", "fontSize": SMALL, "color": INK}
    return {"data": {"values": [{"text": text}]}, "mark": mark, "encoding": {"text": {"field": "text"}}}
