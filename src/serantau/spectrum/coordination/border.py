"""A border from GeoJSON (RFC 7946): lines, points along them, and which side is the neighbour's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
import numpy as np

from serantau.spectrum.coordination.model import Border
from serantau.spectrum.coordination.sphere import bearing_deg, destination, distance_km
from serantau.spectrum.errors import SpectrumError

MOST_POINTS = 20_000
MOST_VERTICES = 500_000
Side = Literal["left", "right"]


def read_border(content: bytes, spacing_km: float, neighbour: Side) -> Border:
    """Points along a border.

    Args:
        content: A GeoJSON geometry, feature or collection of lines; other geometries are refused.
        spacing_km: Distance from point to point along the line.
        neighbour: On which side of the line, in its direction, the neighbour lies.

    Raises:
        SpectrumError: saying which line and position is wrong.
    """
    if not 0.01 <= spacing_km <= 100:
        raise SpectrumError("Give a spacing of 0.01 to 100 km between the points of the border.")
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SpectrumError(f"The border is no JSON: {error}. Export it as GeoJSON.") from error
    lines = [_positions(line, number) for number, line in enumerate(_lines(document), start=1)]
    if not lines:
        raise SpectrumError("The border holds no line. Give a LineString or a MultiLineString.")
    if sum(map(len, lines)) > MOST_VERTICES:
        raise SpectrumError(f"The border has more than {MOST_VERTICES:,} positions. Simplify it first.")
    pieces = [_walk(line, spacing_km, 90.0 if neighbour == "right" else -90.0) for line in lines]
    counts = sum(len(piece.latitude) for piece in pieces)
    if counts > MOST_POINTS:
        raise SpectrumError(
            f"At {spacing_km:g} km the border has {counts:,} points; {MOST_POINTS:,} are the most. Use a wider spacing."
        )
    starts = np.cumsum([0.0, *(piece.along_km[-1] for piece in pieces)])
    return Border(
        np.concatenate([piece.latitude for piece in pieces]),
        np.concatenate([piece.longitude for piece in pieces]),
        np.concatenate([piece.inward_deg for piece in pieces]),
        np.concatenate([piece.along_km + start for piece, start in zip(pieces, starts, strict=False)]),
    )


def _lines(document: object, depth: int = 0) -> Iterator[object]:
    if not isinstance(document, dict) or depth > 4:
        raise SpectrumError("The border is no GeoJSON: an object with a `type` is expected.")
    kind = document.get("type")
    if kind == "FeatureCollection":
        for feature in _list(document.get("features"), "features"):
            yield from _lines(feature, depth + 1)
    elif kind == "GeometryCollection":
        for geometry in _list(document.get("geometries"), "geometries"):
            yield from _lines(geometry, depth + 1)
    elif kind == "Feature":
        yield from _lines(document.get("geometry"), depth + 1)
    elif kind == "LineString":
        yield document.get("coordinates")
    elif kind == "MultiLineString":
        yield from _list(document.get("coordinates"), "coordinates")
    else:
        raise SpectrumError(
            f"The border holds a {str(kind)[:30]!r}; a line is needed. Give the border as LineString or MultiLineString."
        )


def _list(value: object, name: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise SpectrumError(f"The border is no GeoJSON: `{name}` is no list.")
    return value


def _positions(line: object, number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Longitude and latitude of each position, checked."""
    found: list[tuple[float, float]] = []
    for place, position in enumerate(_list(line, "coordinates"), start=1):
        where = f"line {number}, position {place}"
        right = isinstance(position, list) and len(position) >= 2
        if not right or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in position[:2]):
            raise SpectrumError(f"The border, {where}: a position is [longitude, latitude].")
        lon, lat = float(position[0]), float(position[1])
        if not (-180 <= lon <= 180 and -80 <= lat <= 80):
            swapped = " They look swapped: GeoJSON has the longitude first." if abs(lat) > 80 >= abs(lon) else ""
            raise SpectrumError(f"The border, {where}: longitude {lon:g}, latitude {lat:g} is no place here.{swapped}")
        if not found or found[-1] != (lon, lat):
            found.append((lon, lat))
    if len(found) < 2:
        raise SpectrumError(f"The border, line {number}: a line has two different positions at least.")
    return np.array(found)


def _walk(line: np.ndarray[Any, np.dtype[np.float64]], spacing: float, turn: float) -> Border:
    lon, lat = line[:, 0], line[:, 1]
    steps = distance_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    along = np.arange(0.0, ends[-1] + 1e-9, spacing)
    segment = np.clip(np.searchsorted(ends, along, side="right") - 1, 0, len(steps) - 1)
    heading = bearing_deg(lat[:-1], lon[:-1], lat[1:], lon[1:])[segment]
    point_lat, point_lon = destination(lat[segment], lon[segment], heading, along - ends[segment])
    return Border(point_lat, point_lon, (heading + turn) % 360, along)
