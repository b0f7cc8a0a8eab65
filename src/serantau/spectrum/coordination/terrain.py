"""The ground under a path: made up, or from elevation tiles that the user has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.propagation import Zone

Floats = NDArray[np.float64]
Zones = NDArray[np.uint8]

COAST_HIGHEST_M = 100.0
COAST_WIDEST_KM = 50.0
"""Land up to this height and this far from the sea counts as coastal (P.1812 § 3.3)."""
HGT_SIDES = (1201, 3601)
VOID = -32768


class Terrain(Protocol):
    """Heights of the ground above sea level."""

    def heights(self, latitude: Floats, longitude: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Height in metres and whether it is sea, for arrays of any shape.

        Raises:
            SpectrumError: if a point lies outside what is known.
        """
        ...


@dataclass(frozen=True)
class Flat:
    """The same height everywhere, all land or all sea.

    Attributes:
        height_m: Above sea level.
        sea: Whether it is sea.
    """

    height_m: float = 0.0
    sea: bool = False

    def heights(self, latitude: Floats, longitude: Floats) -> tuple[Floats, NDArray[np.bool_]]:  # noqa: ARG002 - flat
        """See :class:`Terrain`."""
        return np.full(latitude.shape, self.height_m), np.full(latitude.shape, self.sea)


@dataclass(frozen=True)
class Tiles:
    """One-degree elevation tiles in the form of the Shuttle Radar Topography Mission (HGT).

    Attributes:
        tiles: Rows from north to south, columns from west to east, both edges included; by the whole degrees of the
            south-west corner.
    """

    tiles: Mapping[tuple[int, int], NDArray[np.int16]]

    def heights(self, latitude: Floats, longitude: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Bilinear between the four nearest samples; a height of exactly 0 m, or none, is taken for sea."""
        south, west = np.floor(latitude).astype(np.int64), np.floor(longitude).astype(np.int64)
        height = np.full(latitude.shape, np.nan)
        sea = np.zeros(latitude.shape, dtype=np.bool_)
        for key in {(int(a), int(b)) for a, b in zip(south.ravel(), west.ravel(), strict=True)}:
            tile = self.tiles.get(key)
            if tile is None:
                raise SpectrumError(
                    f"No elevation tile covers {key[0]} degrees north, {key[1]} degrees east, where a path runs. Add "
                    f"{hgt_name(*key)}, or ask for flat terrain."
                )
            here = (south == key[0]) & (west == key[1])
            height[here], sea[here] = _sample(tile, latitude[here] - key[0], longitude[here] - key[1])
        return height, sea


def hgt_name(south: int, west: int) -> str:
    """Name of a tile by its south-west corner.

    >>> hgt_name(1, 103), hgt_name(-9, 125)
    ('N01E103.hgt', 'S09E125.hgt')
    """
    return f"{'N' if south >= 0 else 'S'}{abs(south):02}{'E' if west >= 0 else 'W'}{abs(west):03}.hgt"


def read_hgt(name: str, content: bytes) -> tuple[tuple[int, int], NDArray[np.int16]]:
    """Read one tile: big-endian 16-bit metres, 1201 or 3601 samples a side.

    Raises:
        SpectrumError: if name or size is not that of a tile.
    """
    corner = hgt_corner(name)
    side = next((side for side in HGT_SIDES if len(content) == 2 * side * side), None)
    if side is None:
        sizes = " or ".join(f"{2 * side * side:,}" for side in HGT_SIDES)
        raise SpectrumError(f"{name}: {len(content):,} bytes are no tile; a tile has {sizes}. Load it again, whole.")
    return corner, np.frombuffer(content, dtype=">i2").reshape(side, side).astype(np.int16)


def hgt_corner(name: str) -> tuple[int, int]:
    """The south-west corner that a tile's name says.

    >>> hgt_corner("S09E125.hgt")
    (-9, 125)

    Raises:
        SpectrumError: if it says none.
    """
    stem = name.upper().removesuffix(".HGT")
    digits = stem[1:3].isdecimal() and stem[4:7].isdecimal()
    if len(stem) != 7 or stem[0] not in "NS" or stem[3] not in "EW" or not digits:
        raise SpectrumError(f"{name}: the name of a tile is like {hgt_name(1, 103)}.")
    return int(stem[1:3]) * (1 if stem[0] == "N" else -1), int(stem[4:7]) * (1 if stem[3] == "E" else -1)


def _sample(tile: NDArray[np.int16], north: Floats, east: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    last = tile.shape[0] - 1
    row, column = (1 - north) * last, east * last
    top, left = np.minimum(row.astype(np.int64), last - 1), np.minimum(column.astype(np.int64), last - 1)
    down, right = row - top, column - left
    corners = [tile[top + a, left + b].astype(np.float64) for a in (0, 1) for b in (0, 1)]
    nothing = [corner == VOID for corner in corners]
    filled = [np.where(void, 0.0, corner) for corner, void in zip(corners, nothing, strict=True)]
    upper = filled[0] * (1 - right) + filled[1] * right
    lower = filled[2] * (1 - right) + filled[3] * right
    height = upper * (1 - down) + lower * down
    nearest = tile[top + (down > 0.5), left + (right > 0.5)]
    return height, (nearest == 0) | (nearest == VOID)


def zones_of(distance_km: Floats, height_m: Floats, sea: NDArray[np.bool_]) -> Zones:
    """Radio-climatic zones along paths, shape (paths, points).

    Coastal land is low land near the sea; how near is looked at along the path alone, since nothing else is known.
    """
    zone = np.full(sea.shape, int(Zone.INLAND), dtype=np.uint8)
    if sea.any():
        near = _distance_to_sea(distance_km, sea) <= COAST_WIDEST_KM
        zone[near & (height_m <= COAST_HIGHEST_M)] = int(Zone.COASTAL_LAND)
        zone[sea] = int(Zone.SEA)
    return zone


def coast_distances(distance_km: Floats, sea: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Distance over land from each end of a path to the first sea on it; 500 km where there is none (§ 3.4)."""
    total = distance_km[:, -1]
    any_sea = sea.any(axis=1)
    first, last = sea.argmax(axis=1), sea.shape[1] - 1 - sea[:, ::-1].argmax(axis=1)
    rows = np.arange(len(total))
    from_tx = np.where(any_sea, distance_km[rows, first], 500.0)
    from_rx = np.where(any_sea, total - distance_km[rows, last], 500.0)
    return from_tx, from_rx


def _distance_to_sea(distance_km: Floats, sea: NDArray[np.bool_]) -> Floats:
    """Along the path, to the nearest point at sea on either side."""
    before = np.maximum.accumulate(np.where(sea, distance_km, -np.inf), axis=1)
    after = np.minimum.accumulate(np.where(sea, distance_km, np.inf)[:, ::-1], axis=1)[:, ::-1]
    nearest: Floats = np.minimum(distance_km - before, after - distance_km)
    return nearest
