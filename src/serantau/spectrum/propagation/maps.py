"""Refractivity from the ITU's digital maps (Recommendation ITU-R P.452/P.1812, ``DN50.TXT`` and ``N050.TXT``).

The maps may not be passed on, so none is kept here: whoever has them reads their own. Each is a grid of text, a value
every 1.5 degrees, latitudes from 90 down to -90 and longitudes from 0 to 360, both ends included; between its points it
is bilinear (P.1812, section 3.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.errors import SpectrumError

Floats = NDArray[np.float64]

STEP = 1.5
ROWS, COLUMNS = 121, 241
MOST_BYTES = 4 * 1024 * 1024
NAMES = {"delta_n": "DN50.TXT", "n0": "N050.TXT"}
"""The files as the ITU names them."""
RANGES = {"delta_n": (0.0, 157.0), "n0": (0.0, 1000.0)}


@dataclass(frozen=True)
class RefractivityMaps:
    """Both maps.

    Attributes:
        delta_n: Median lapse-rate in the lowest kilometre, N-units/km.
        n0: Median refractivity at sea level, N-units.
    """

    delta_n: Floats
    n0: Floats

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Lapse-rate and sea-level refractivity at a place.

        Raises:
            SpectrumError: if there is no such place.
        """
        if not (-90 <= latitude <= 90 and -360 <= longitude <= 360):
            raise SpectrumError(f"Latitude {latitude:g}, longitude {longitude:g} is no place.")
        row, column = (90 - latitude) / STEP, longitude % 360 / STEP
        top, left = min(int(row), ROWS - 2), min(int(column), COLUMNS - 2)
        down, over = row - top, column - left
        weights = np.outer([1 - down, down], [1 - over, over])
        here = np.s_[top : top + 2, left : left + 2]
        return float((self.delta_n[here] * weights).sum()), float((self.n0[here] * weights).sum())


def read_maps(delta_n: bytes, n0: bytes) -> RefractivityMaps:
    """Read both maps.

    Raises:
        SpectrumError: if one of them is not the map that its name says.
    """
    return RefractivityMaps(_grid("delta_n", delta_n), _grid("n0", n0))


def _grid(name: str, content: bytes) -> Floats:
    file, (low, high) = NAMES[name], RANGES[name]
    if len(content) > MOST_BYTES:
        raise SpectrumError(f"{file} is larger than {MOST_BYTES // 1024**2} MB; the map has some 300 kB.")
    try:
        lines = [line.split() for line in content.decode("ascii").splitlines() if line.strip()]
        grid = np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise SpectrumError(f"{file} is no grid of numbers. Take the file of the ITU as it is.") from error
    if grid.shape != (ROWS, COLUMNS):
        raise SpectrumError(f"{file} is no grid of {ROWS} rows with {COLUMNS} numbers each, but of {grid.shape}.")
    if not ((grid > low) & (grid < high)).all():
        raise SpectrumError(f"{file} holds values outside {low:g} to {high:g}. Are the two files exchanged?")
    return grid
