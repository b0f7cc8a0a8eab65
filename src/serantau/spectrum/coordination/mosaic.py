"""Ground and clutter from rasters laid side by side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.coordination.geotiff import Raster
from serantau.spectrum.errors import SpectrumError

Floats = NDArray[np.float64]
MOST_HELD = 4
"""Rasters unpacked at a time: a degree at one arc second holds 13 million samples."""


class Clutter(Protocol):
    """What stands on the ground."""

    def heights(self, latitude: Floats, longitude: Floats) -> Floats:
        """Representative clutter height in metres, for arrays of any shape.

        Raises:
            SpectrumError: if a point lies outside what is known.
        """
        ...


@dataclass(frozen=True)
class Even:
    """The same clutter everywhere."""

    height_m: float = 0.0

    def heights(self, latitude: Floats, longitude: Floats) -> Floats:  # noqa: ARG002 - even
        """See :class:`Clutter`."""
        return np.full(latitude.shape, self.height_m)


@dataclass(frozen=True)
class Sheets:
    """Rasters side by side; where two overlap, the one named first is taken."""

    rasters: Sequence[Raster]
    _held: OrderedDict[int, NDArray[Any]] = field(default_factory=OrderedDict, repr=False, compare=False)

    def look(self, latitude: Floats, longitude: Floats, *, between: bool, what: str) -> Floats:
        """Values at places: between samples, or those of the nearest; NaN where a raster has none.

        Raises:
            SpectrumError: if a place lies in no raster.
        """
        found, open_ = np.full(latitude.shape, np.nan), np.ones(latitude.shape, dtype=np.bool_)
        for number, raster in enumerate(self.rasters):
            here = open_ & raster.holds(latitude, longitude)
            if here.any():
                reading = raster.bilinear if between else raster.nearest
                found[here] = reading(self._samples(number), latitude[here], longitude[here])
                open_ &= ~here
            if not open_.any():
                return found
        where = np.flatnonzero(open_.ravel())[0]
        raise SpectrumError(
            f"No {what} covers latitude {latitude.ravel()[where]:.3f}, longitude {longitude.ravel()[where]:.3f}, where "
            "a path runs. Add the tile of that place, or leave the option away."
        )

    def _samples(self, number: int) -> NDArray[Any]:
        if number not in self._held:
            self._held[number] = self.rasters[number].load()
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(number)
        return self._held[number]


@dataclass(frozen=True)
class Elevation:
    """Ground from rasters of heights; exactly 0 m, or no sample, is taken for sea, as with tiles."""

    sheets: Sheets

    def heights(self, latitude: Floats, longitude: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """See :class:`serantau.spectrum.coordination.terrain.Terrain`."""
        found = self.sheets.look(latitude, longitude, between=True, what="elevation raster")
        sea = np.isnan(found) | (found == 0.0)
        return np.where(sea, 0.0, found), sea


@dataclass(frozen=True)
class LandCover:
    """Clutter from rasters of classes, each with its representative height.

    Attributes:
        sheets: The rasters.
        height_of: Height in metres by the number of the class.
    """

    sheets: Sheets
    height_of: Mapping[int, float]

    def heights(self, latitude: Floats, longitude: Floats) -> Floats:
        """See :class:`Clutter`; where a raster has no sample there is no clutter.

        Raises:
            SpectrumError: if a class has no height.
        """
        found = self.sheets.look(latitude, longitude, between=False, what="raster of land cover")
        classes = np.where(np.isnan(found), -1, found).astype(np.int64)
        height = np.zeros(latitude.shape)
        for code in np.unique(classes).tolist():
            if code == -1:
                continue
            if code not in self.height_of:
                known = ", ".join(map(str, sorted(self.height_of)))
                raise SpectrumError(f"The land cover has the class {code}, and no height is held of it (only {known}).")
            height[classes == code] = self.height_of[code]
        return height
