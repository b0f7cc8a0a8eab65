"""Charts with one row for each member or outcome. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from serantau.render.model import ENGLISH, Bar, Chart, Span, Words, clean, finite, shown
from serantau.render.specs import ACCENT, INK, MAIN, ROW, Frame, Spec, axis, nice_ticks


def ranked_bar(
    title: str,
    unit: str,
    rows: Sequence[Bar],
    highlight: str | None = None,
    *,
    lowest_first: bool = False,
    average: bool = False,
    words: Words = ENGLISH,
) -> Chart:
    """Members ordered by their figure; those without one come last and have no bar.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        unit: Written under the axis.
        rows: One for each member, in any order.
        highlight: Label of the member in question.
        lowest_first: For figures of which less is better.
        average: Draw the unweighted mean of the figures as a line.
        words: The chart's own words.
    """
    sign = 1.0 if lowest_first else -1.0

    def order(row: Bar) -> tuple[bool, float, str]:
        value = finite(row.value)
        return value is None, sign * (value or 0.0), row.label

    found = [value for value in (finite(row.value) for row in rows) if value is not None]
    mean = math.fsum(found) / len(found) if average and len(found) > 1 else None
    return _bars(title, unit, sorted(rows, key=order), highlight, words, average=mean)


def profile(title: str, rows: Sequence[Bar], *, unit: str = "", words: Words = ENGLISH) -> Chart:
    """A member's scores from 0 to 100, in the order given, with the others as small ticks.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        rows: One for each outcome; `Bar.others` are the scores of the other members.
        unit: Written under the axis; None of its own.
        words: The chart's own words.
    """
    return _bars(title, unit, list(rows), None, words, (0.0, 100.0))


def rank_intervals(title: str, rows: Sequence[Span], highlight: str | None = None, *, words: Words = ENGLISH) -> Chart:
    """Ranks as points and their intervals as lines, the first at the top; members without a rank come last.

    Args:
        title: What the chart shows; read out by a screen reader, not drawn.
        rows: One for each member, in any order.
        highlight: Label of the member in question.
        words: The chart's own words.
    """
    ordered = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.low or 0, row.high or 0, row.label))
    values = []
    for at, row in enumerate(ordered):
        low, high = (row.low or row.rank, row.high or row.rank) if row.rank is not None else (None, None)
        text = words.missing if row.rank is None else f"{row.rank}" + (f" ({low}–{high})" if low != high else "")
        values.append(_row(at, row.label, text, row.label == highlight, (row.rank, low, high)))
    most = max((row["high"] or 1 for row in values), default=1)
    step = 1 if most <= 12 else 5 if most <= 60 else 25
    ticks = [float(n) for n in range(1, most + 1) if n == 1 or n % step == 0]
    frame = Frame.around(values)
    along = axis(ticks, words.rank)
    x = {"type": "quantitative", "scale": {"domain": [0.5, most + 0.5], "nice": False, "zero": False}, "axis": along}
    return frame.chart(title, along, [*_interval(x, frame), _dot(x, frame)])


def _bars(
    title: str,
    unit: str,
    rows: list[Bar],
    highlight: str | None,
    words: Words,
    domain: tuple[float, float] | None = None,
    average: float | None = None,
) -> Chart:
    values = [_bar_row(at, row, highlight, words) for at, row in enumerate(rows)]
    others = [
        {"at": at, "other": other}
        for at, row in enumerate(rows)
        for other in map(finite, row.others)
        if other is not None
    ]
    numbers = [row[name] for row in values for name in ("value", "low", "high") if row[name] is not None]
    low, high = domain or (min([0.0, *numbers]), max([0.0, *numbers]))
    ticks = nice_ticks(low, high)
    note = "" if average is None else f"¦ {words.average} {shown(average)}"
    along = axis(ticks, "   ".join(part for part in (unit, note) if part))
    x = {
        "type": "quantitative",
        "scale": {"domain": [ticks[0], ticks[-1]], "nice": False, "zero": False},
        "axis": along,
    }
    frame = Frame.around(values)
    layers = [_bar(x, frame), *_interval(x, frame)]
    if average is not None:
        rule = {"type": "rule", "color": INK, "size": 2.5, "strokeDash": [3, 4]}
        layers.append(
            {"data": {"values": [{"mean": average}]}, "mark": rule, "encoding": {"x": {**x, "field": "mean"}}}
        )
    if others:
        layers.insert(1, _ticks(x, frame, others))
    return frame.chart(title, along, layers)


def _bar_row(at: int, row: Bar, highlight: str | None, words: Words) -> Spec:
    value = finite(row.value)
    if value is None:
        return _row(at, row.label, words.missing, row.label == highlight, (None, None, None))
    text = (shown(value) if row.text is None else row.text) + (f" {row.note}" if row.note else "")
    low, high = finite(row.low), finite(row.high)
    if low is None or high is None:
        low = high = None
    return _row(at, row.label, text, row.label == highlight, (value, low, high))


def _row(at: int, label: str, text: str, chosen: bool, numbers: tuple[float | None, ...]) -> Spec:  # noqa: FBT001
    value, low, high = numbers
    return {
        "at": at,
        "label": clean(label),
        "text": clean(text),
        "chosen": chosen,
        "value": value,
        "low": low,
        "high": high,
    }


def _known(name: str) -> list[Spec]:
    """Nothing is drawn for what is not known: null would be taken for zero."""
    return [{"filter": f"isValid(datum.{name})"}]


def _bar(x: Spec, frame: Frame) -> Spec:
    colour = {"condition": {"test": "datum.chosen", "value": ACCENT}, "value": MAIN}
    return {
        "transform": _known("value"),
        "mark": {"type": "bar"},
        "encoding": {"y": frame.y, "x": {**x, "field": "value"}, "x2": {"datum": 0}, "color": colour},
    }


def _interval(x: Spec, frame: Frame) -> list[Spec]:
    """A line from the lower to the upper end, with a short tick at each."""
    ends = [
        {
            "transform": _known(name),
            "mark": {"type": "tick", "orient": "vertical", "size": ROW * 0.3, "thickness": 3, "color": INK},
            "encoding": {"y": frame.y, "x": {**x, "field": name}},
        }
        for name in ("low", "high")
    ]
    line = {
        "transform": _known("low"),
        "mark": {"type": "rule", "size": 3, "color": INK},
        "encoding": {"y": frame.y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
    }
    return [line, *ends]


def _dot(x: Spec, frame: Frame) -> Spec:
    colour = {"condition": {"test": "datum.chosen", "value": ACCENT}, "value": MAIN}
    return {
        "transform": _known("value"),
        "mark": {"type": "point", "filled": True, "size": 260, "opacity": 1, "stroke": None},
        "encoding": {"y": frame.y, "x": {**x, "field": "value"}, "color": colour},
    }


def _ticks(x: Spec, frame: Frame, others: list[Spec]) -> Spec:
    return {
        "data": {"values": others},
        "mark": {
            "type": "tick",
            "orient": "vertical",
            "size": ROW * 0.64,
            "thickness": 2.5,
            "color": INK,
            "opacity": 0.6,
        },
        "encoding": {"y": frame.y, "x": {**x, "field": "other"}},
    }
