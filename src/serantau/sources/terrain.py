"""Elevation tiles and land cover in folders of this machine, read when a path first runs over them. Nothing is fetched."""

from __future__ import annotations

import mmap
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.coordination import Terrain, Tiles, hgt_corner, read_hgt
from serantau.spectrum.coordination.geotiff import Raster, read_geotiff
from serantau.spectrum.coordination.mosaic import Clutter, Elevation, LandCover, Sheets
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import ClutterClass

MOST_HELD = 16
"""HGT tiles in memory at a time: at one arc second 25 MB each."""
MOST_FILES = 5_000
HGT, TIFF = (".hgt",), (".tif", ".tiff")
Corner = tuple[int, int]


class TileFolder(Mapping[Corner, NDArray[np.int16]]):
    """HGT tiles by the whole degrees of their south-west corner."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Look what is there; read nothing yet.

        Raises:
            SpectrumError: if two are of the same place, or a name is that of no tile.
        """
        self._paths: dict[Corner, Path] = {}
        for path in paths:
            corner = hgt_corner(path.name)
            if corner in self._paths:
                raise SpectrumError(f"{path.name} and {self._paths[corner].name} are of the same place. Keep one.")
            self._paths[corner] = path
        self._held: OrderedDict[Corner, NDArray[np.int16]] = OrderedDict()

    def __getitem__(self, corner: Corner) -> NDArray[np.int16]:
        """Read a tile, or take it from those that were read last.

        Raises:
            KeyError: if there is none of that place.
            SpectrumError: if the file is no tile.
        """
        if corner not in self._held:
            path = self._paths[corner]
            self._held[corner] = read_hgt(path.name, path.read_bytes())[1]
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(corner)
        return self._held[corner]

    def __iter__(self) -> Iterator[Corner]:
        """The corners, in the order of the names of their files."""
        return iter(self._paths)

    def __len__(self) -> int:
        """How many tiles."""
        return len(self._paths)


def tile_paths(folder: Path) -> list[Path]:
    """Files of a folder that may be tiles, by name; none if there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in (*HGT, *TIFF) and path.is_file())


def ground_in(folder: Path) -> Terrain:
    """The ground of a folder of tiles, all HGT or all GeoTIFF.

    Raises:
        SpectrumError: if there is none, or they are of both kinds, or one cannot be read.
    """
    paths = _paths(folder, "elevation tile. A tile is called like N01E103.hgt, or is a GeoTIFF")
    kinds = {path.suffix.lower() in HGT for path in paths}
    if len(kinds) == 2:
        raise SpectrumError(f"{folder.name} holds both HGT and GeoTIFF. Keep one kind in a folder.")
    return Tiles(TileFolder(paths)) if kinds == {True} else Elevation(_sheets(paths))


def clutter_in(folder: Path, classes: Iterable[ClutterClass]) -> Clutter:
    """Clutter of a folder with rasters of land cover.

    Args:
        folder: GeoTIFF rasters of classes.
        classes: What height each class has.

    Raises:
        SpectrumError: if there is no raster, or one cannot be read.
    """
    paths = [path for path in _paths(folder, "raster of land cover") if path.suffix.lower() in TIFF]
    if not paths:
        raise SpectrumError(f"{folder.name} holds no GeoTIFF of land cover.")
    return LandCover(_sheets(paths), {one.code: one.height_m for one in classes})


def _paths(folder: Path, what: str) -> list[Path]:
    paths = tile_paths(folder)
    if not paths:
        raise SpectrumError(f"{folder.name} holds no {what}.")
    if len(paths) > MOST_FILES:
        raise SpectrumError(f"{folder.name} holds more than {MOST_FILES:,} tiles.")
    return paths


def _sheets(paths: Iterable[Path]) -> Sheets:
    return Sheets([_raster(path) for path in paths])


def _raster(path: Path) -> Raster:
    """A raster whose file is mapped into memory, so that only what a path needs is read."""
    with path.open("rb") as file:
        try:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError:
            content = memoryview(b"")  # an empty file cannot be mapped
    return read_geotiff(path.name, content)
