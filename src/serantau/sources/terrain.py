"""Elevation tiles in a folder of this machine, each read when a path first runs over it. Nothing is ever fetched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.coordination import Tiles, read_hgt
from serantau.spectrum.errors import SpectrumError

MOST_HELD = 16
"""Tiles in memory at a time: at one arc second 25 MB each."""
MOST_FILES = 5_000
Corner = tuple[int, int]


class TileFolder(Mapping[Corner, NDArray[np.int16]]):
    """The tiles of a folder by the whole degrees of their south-west corner."""

    def __init__(self, folder: Path) -> None:
        """Look what is there; read nothing yet.

        Raises:
            SpectrumError: if there is no tile, or two of the same place.
        """
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".hgt" and path.is_file())
        if not paths:
            raise SpectrumError(f"{folder.name} holds no elevation tile. A tile is called like N01E103.hgt.")
        if len(paths) > MOST_FILES:
            raise SpectrumError(f"{folder.name} holds more than {MOST_FILES:,} tiles.")
        self._paths: dict[Corner, Path] = {}
        for path in paths:
            corner = corner_of(path)
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


def corner_of(path: Path) -> Corner:
    """The south-west corner that a tile's name says.

    >>> corner_of(Path("S09E125.hgt"))
    (-9, 125)

    Raises:
        SpectrumError: if it says none.
    """
    stem = path.stem.upper()
    if len(stem) != 7 or stem[0] not in "NS" or stem[3] not in "EW" or not (stem[1:3] + stem[4:7]).isdecimal():
        raise SpectrumError(f"{path.name}: the name of a tile is like N01E103.hgt.")
    return int(stem[1:3]) * (1 if stem[0] == "N" else -1), int(stem[4:7]) * (1 if stem[3] == "E" else -1)


def tiles_in(folder: Path) -> Tiles:
    """The ground of a folder of tiles.

    Raises:
        SpectrumError: as :class:`TileFolder` does.
    """
    return Tiles(TileFolder(folder))
