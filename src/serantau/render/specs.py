"""What all specifications share, as plain Vega-Lite: sizes, colours, ticks, axes, the frame of a chart of rows.

Sizes are chosen for a picture that a page scales to its column: 640 units wide, so letters of 20 are still 11 pixels
high on a telephone. Every margin is stated, so the fonts of a machine move nothing. The ink is a stand-in that
`serantau.render.svg` turns into the colour of the page's own text; the other colours keep a contrast of 3 to 1 on white
and on near-black. Colour never stands alone: the member in question is also written bold, flags and projections have
shapes and dashes, and every series is named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from serantau.render.model import Chart, clean, cut, width_of, wrapped

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 640
LETTER = 20
SMALL = 18
ROW = 40
GAP = 12
INK = "#010203"
MAIN = "#2a7ab0"
ACCENT = "#c8590f"

POWERS = {0: "", 3: "× 10³", 6: "× 10⁶", 9: "× 10⁹"}

Spec = dict[str, Any]


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that span the two, about so many.

    >>> nice_ticks(0, 97)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    >>> nice_ticks(0, 0)
    [0.0, 1.0]
    """
    if high <= low:
        high = low + max(1.0, abs(low))
        count = 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10, 20) if power * factor >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def axis(ticks: Sequence[float], title: str, *, grid: bool = True) -> Spec:
    """An axis with these ticks and no line of its own.

    Large numbers are written short, with the power said once in the title, so that their labels do not meet.
    """
    largest = max((abs(tick) for tick in ticks), default=0.0)
    power = next((power for power, least in ((9, 1e9), (6, 1e6), (3, 2e4)) if largest >= least), 0)
    unit = " ".join(part for part in (clean(title), POWERS[power]) if part)
    made: Spec = {
        "values": list(ticks),
        "title": cut(unit, SMALL, WIDTH - 120.0) if unit else None,
        "titleColor": INK,
        "titleFontSize": SMALL,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "labelFontSize": SMALL,
        "labelPadding": 6,
        "labelOverlap": False,
        "domain": False,
        "ticks": False,
        "grid": grid,
        "gridColor": INK,
        "gridOpacity": 0.16,
    }
    made["labelExpr"] = f"replace(format(datum.value / 1e{power}, ',~g'), '-', '−')"
    return made


def whole(title: str, size: tuple[float, float], padding: Spec, values: list[Spec], layers: list[Spec]) -> Chart:
    """A chart of layers over one table."""
    return Chart.of(
        {
            "$schema": SCHEMA,
            "description": clean(title),
            "width": size[0],
            "height": size[1],
            "padding": padding,
            "autosize": {"type": "none"},
            "background": "transparent",
            "config": {"font": "sans-serif", "view": {"stroke": None}, "text": {"font": "sans-serif"}},
            "data": {"values": values},
            "layer": layers,
        }
    )


@dataclass(frozen=True)
class Frame:
    """Where the columns of a chart of rows lie: labels, plot, figures.

    Attributes:
        values: The rows, with their labels on one line or two.
        left: Room for the labels.
        right: Room for the figures.
    """

    values: list[Spec]
    left: int
    right: int

    @classmethod
    def around(cls, rows: Sequence[Spec]) -> Frame:
        """The frame that leaves room for the longest label and figure, within reason."""
        left = min(200.0, max((width_of(row["label"], LETTER) for row in rows), default=0.0)) + GAP
        right = min(230.0, max((width_of(row["text"], LETTER) for row in rows), default=0.0)) + GAP
        values = [
            {**row, "label": wrapped(row["label"], LETTER, left - GAP), "text": cut(row["text"], LETTER, right - GAP)}
            for row in rows
        ]
        return cls(values, math.ceil(left), math.ceil(right))

    @property
    def width(self) -> int:
        """Width of the plot."""
        return WIDTH - self.left - self.right

    @property
    def height(self) -> int:
        """Height of the plot."""
        return max(1, len(self.values)) * ROW

    @property
    def y(self) -> Spec:
        """The scale down the rows."""
        rows = list(range(max(1, len(self.values))))
        return {
            "field": "at",
            "type": "ordinal",
            "axis": None,
            "scale": {"domain": rows, "paddingInner": 0.36, "paddingOuter": 0.18},
        }

    def chart(self, title: str, along: Spec, layers: Sequence[Spec]) -> Chart:
        """The layers between labels and figures.

        Args:
            title: What the chart shows.
            along: The axis along the plot.
            layers: What is drawn in the plot.
        """
        bold = {"expr": "datum.chosen ? 'bold' : 'normal'"}
        base = {"type": "text", "baseline": "middle", "align": "right", "color": INK, "fontWeight": bold}
        label = {
            **base,
            "x": -GAP,
            "fontSize": {"expr": f"length(datum.label) > 1 ? {SMALL} : {LETTER}"},
            "lineHeight": SMALL,
            "dy": {"expr": f"length(datum.label) > 1 ? -{SMALL // 2} : 0"},
        }
        opacity = {"expr": "datum.value === null ? 0.75 : 1"}
        figure = {**base, "x": self.width + self.right - 2, "fontSize": LETTER, "opacity": opacity}
        texts = [
            {"mark": mark, "encoding": {"y": self.y, "text": {"field": name}}}
            for mark, name in ((label, "label"), (figure, "text"))
        ]
        bottom = 34 + (28 if along["title"] else 0)
        padding = {"left": self.left, "right": self.right, "top": 6, "bottom": bottom}
        return whole(title, (self.width, self.height), padding, self.values, [*layers, *texts])
