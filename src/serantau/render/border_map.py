"""A plain map of a border: where field strength is over the limit, and which transmitters it comes from.

Shapes tell what colours tell: a triangle is over the limit, a dot is not, a square is a transmitter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, MARGIN = 900.0, 40.0
MOST_HEIGHT = 900.0
INK, PAPER, OVER, SENDER = "#16232b", "#ffffff", "#b3261e", "#14507a"


@dataclass(frozen=True)
class Spot:
    """A point of the map.

    Attributes:
        latitude: Degrees.
        longitude: Degrees.
        label: What a screen reader and a pointer are told.
        over: Whether it is over the limit.
    """

    latitude: float
    longitude: float
    label: str
    over: bool = False


def border_map(points: Sequence[Spot], transmitters: Sequence[Spot], title: str) -> str:
    """The map as SVG, the same bytes for the same input; degrees are scaled by the cosine of the middle latitude."""
    everything = [*points, *transmitters]
    lats, lons = [one.latitude for one in everything], [one.longitude for one in everything]
    shrink = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide = max((max(lons) - min(lons)) * shrink, 1e-6)
    high = max(max(lats) - min(lats), 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = high * scale + 2 * MARGIN + 30

    def at(spot: Spot) -> tuple[float, float]:
        return MARGIN + (spot.longitude - min(lons)) * shrink * scale, MARGIN + (max(lats) - spot.latitude) * scale

    drawn = [_point(*at(one), one) for one in points] + [_transmitter(*at(one), one) for one in transmitters]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-label="{_text(title)}"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(drawn)}{_scale_bar(scale, height)}</svg>\n'
    )


def _point(x: float, y: float, spot: Spot) -> str:
    title = f"<title>{escape(spot.label)}</title>"
    if spot.over:
        corners = f"{x:.1f},{y - 5:.1f} {x - 5:.1f},{y + 4:.1f} {x + 5:.1f},{y + 4:.1f}"
        return f'<polygon points="{corners}" fill="{OVER}">{title}</polygon>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{INK}">{title}</circle>'


def _transmitter(x: float, y: float, spot: Spot) -> str:
    square = (
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="none" stroke="{SENDER}" stroke-width="2">'
    )
    return f"{square}<title>{escape(spot.label)}</title></rect>"


def _scale_bar(scale: float, height: float) -> str:
    """A bar of a round number of kilometres, and the legend."""
    per_km = scale / 111.195
    length = next((km for km in (500, 200, 100, 50, 20, 10, 5, 2, 1) if km * per_km <= WIDTH / 4), 1)
    y = height - 14
    legend = "triangle: over the limit; dot: not; square: transmitter"
    return (
        f'<line x1="{MARGIN}" y1="{y:.1f}" x2="{MARGIN + length * per_km:.1f}" y2="{y:.1f}" stroke="{INK}" '
        f'stroke-width="2"/><text x="{MARGIN + length * per_km + 8:.1f}" y="{y + 4:.1f}" font-size="12" '
        f'font-family="sans-serif" fill="{INK}">{length} km. {legend}</text>'
    )


def _text(text: str) -> str:
    return escape(text, {'"': "&quot;"})
