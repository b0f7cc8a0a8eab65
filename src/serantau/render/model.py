"""What a chart is made from: rows, points and words, all data and nothing else."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

LONGEST = 400
"""Characters of one text that are looked at; what comes after is cut before anything else happens."""

# Control characters are not XML, and those that turn the direction of writing could make a label read as another.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True)
class Bar:
    """One row of a chart of bars.

    Attributes:
        label: Whose row it is.
        value: Its figure; None where there is none, which is drawn as missing and never as zero.
        low: Lower end of its interval, if it has one.
        high: Upper end of its interval.
        note: A few letters behind the figure, such as its year or its marks.
        text: The figure as text; None writes it in the house's way.
        others: Figures of the others for the same row, drawn as small ticks (`profile` only).
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    text: str | None = None
    others: tuple[float, ...] = ()


@dataclass(frozen=True)
class Span:
    """A rank and the interval it lies in; rank 1 is the first."""

    label: str
    rank: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Point:
    """One figure of a series.

    Attributes:
        year: The year it is about.
        value: The figure; None where there is none.
        mark: Letters of its flags; a figure with any is drawn in another shape.
        broken: Whether the series was broken at this year: no line leads here from the years before.
    """

    year: int
    value: float | None
    mark: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Line:
    """The figures of one member over the years."""

    label: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Band:
    """One year of a projection: what is expected, and the interval around it."""

    year: int
    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Words:
    """The few words that the charts write themselves, so that a page can hand them over in its language."""

    missing: str = "no figure"
    target: str = "target"
    projection: str = "projection"
    flagged: str = "flagged figure"
    gap: str = "years without a figure"
    others: str = "the other members"
    interval: str = "interval"
    rank: str = "rank"
    average: str = "average"


ENGLISH = Words()


@dataclass(frozen=True)
class Chart:
    """A chart that can be drawn.

    Attributes:
        spec: The Vega-Lite specification, with its data inside.
        digest: SHA-256 of the specification; equal charts have equal digests.
    """

    spec: dict[str, Any] = field(hash=False)
    digest: str

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Chart:
        """The chart of a specification."""
        text = json.dumps(spec, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        return cls(spec, hashlib.sha256(text.encode()).hexdigest())


def in_signs(chart: Chart, decimal: str, group: str) -> Chart:
    """The chart with the numbers on its axes in the signs of a language.

    Args:
        chart: As described, with a point and commas.
        decimal: What stands before the decimals.
        group: What stands between thousands.
    """
    if (decimal, group) == (".", ","):
        return chart
    signs = {"number": {"decimal": decimal, "thousands": group, "grouping": [3], "currency": ["", ""]}}
    return Chart.of({**chart.spec, "config": {**chart.spec.get("config", {}), "locale": signs}})


def clean(text: str) -> str:
    r"""Text from anywhere as one line that XML can hold and that reads in the order in which it is written.

    >>> clean("two\nlines\x00 ")
    'two lines'
    """
    return " ".join(_UNSAFE.sub(" ", text[:LONGEST]).split())


def finite(value: float | None) -> float | None:
    """The value, or None for what is no number at all."""
    return None if value is None or not math.isfinite(value) else float(value)


def shown(value: float) -> str:
    """A figure as text: about three digits, and a real minus sign.

    >>> [shown(value) for value in (0, 0.0312, 4.25, 63.14, 1234.5, -2.0, 3.1e9)]
    ['0', '0.031', '4.2', '63.1', '1,234', '−2.0', '3,100,000,000']
    """
    size = abs(value)
    decimals = 0 if size == 0 or size >= 100 else 1 if size >= 1 else min(6, 1 - math.floor(math.log10(size)))
    text = f"{size:,.{decimals}f}"
    return ("\N{MINUS SIGN}" if value < 0 and text.strip("0.,") else "") + text


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the units of the size of its letters. Marks above and below take no room.

    >>> width_of("abcd", 10) < width_of("WWWW", 10)
    True
    """
    return size * sum(map(_letter, text))


def _letter(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in " .,:;|!'iljtfrI1()[]":
        return 0.38
    if letter in "mwMW@%":
        return 0.9
    return 0.66 if letter.isupper() or ord(letter) > 0x2AF else 0.56


def cut(text: str, size: float, room: float) -> str:
    """The text, shortened with an ellipsis to about so much room; no letter loses its marks.

    >>> cut("Member of a long name", 10, 60)
    'Member o…'
    """
    if width_of(text, size) <= room:
        return text
    kept = len(text)
    while kept > 1 and width_of(text[:kept], size) + size > room:
        kept -= 1
    while kept > 1 and unicodedata.category(text[kept]) in {"Mn", "Mc", "Me", "Cf"}:
        kept -= 1
    return text[:kept].rstrip() + "…"


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text on one line or two, broken at a space if there is one.

    >>> wrapped("Member of a long name", 10, 70)
    ['Member of a', 'long name']
    """
    if width_of(text, size) <= room:
        return [text]
    spaces = [at for at, letter in enumerate(text) if letter == " " and width_of(text[:at], size) <= room]
    if not spaces:
        return [cut(text, size, room)]
    return [text[: spaces[-1]], cut(text[spaces[-1] + 1 :], size, room)]
