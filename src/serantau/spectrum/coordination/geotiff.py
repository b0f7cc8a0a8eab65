"""A small reader of GeoTIFF (OGC 19-008): one band in degrees, in strips or tiles, stored plainly or deflated.

That is what elevation models and land cover are handed out as. Anything else is refused with the reason; nothing is
guessed. Sizes are looked at before anything is unpacked.
"""

from __future__ import annotations

import itertools
import math
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.errors import SpectrumError

Floats = NDArray[np.float64]
Content = bytes | memoryview

MOST_SAMPLES = 60_000_000
"""A degree at half an arc second has 52 million."""
MOST_ENTRIES = 200_000
MOST_TAGS = 500

WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES, FORMAT = 256, 257, 258, 259, 277, 339
STRIP_OFFSETS, STRIP_ROWS, STRIP_BYTES = 273, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
PREDICTOR, SCALE, TIEPOINT, TRANSFORM, GEOKEYS, NODATA = 317, 33550, 33922, 34264, 34735, 42113
MODEL_TYPE, RASTER_TYPE, GEOGRAPHIC, PIXEL_IS_POINT = 1024, 1025, 2, 2

PLAIN, DEFLATED = 1, (8, 32946)
_KINDS = {1: "B", 2: "c", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 16: "Q"}
_TYPES = {(1, 8): "u1", (1, 16): "u2", (2, 8): "i1", (2, 16): "i2", (2, 32): "i4", (3, 32): "f4", (3, 64): "f8"}


@dataclass(frozen=True)
class Raster:
    """A raster whose samples are read when they are asked for.

    Attributes:
        name: Of the file.
        shape: Rows and columns.
        west: Longitude of the middle of the first column.
        north: Latitude of the middle of the first row.
        step_x: Degrees from column to column.
        step_y: Degrees from row to row, positive to the south.
        nothing: The value that stands for no sample; None if there is none.
        load: Reads the samples, shape (rows, columns).
    """

    name: str
    shape: tuple[int, int]
    west: float
    north: float
    step_x: float
    step_y: float
    nothing: float | None
    load: Callable[[], NDArray[Any]] = field(repr=False)

    def holds(self, latitude: Floats, longitude: Floats) -> NDArray[np.bool_]:
        """Which places lie in it, to half a sample beyond the outermost."""
        row, column = self._place(latitude, longitude)
        rows, columns = self.shape
        return (row >= -0.5) & (row <= rows - 0.5) & (column >= -0.5) & (column <= columns - 0.5)

    def bilinear(self, samples: NDArray[Any], latitude: Floats, longitude: Floats) -> Floats:
        """Between the four nearest samples; NaN where the nearest of them is none, and the others as 0 m."""
        row, column = self._place(latitude, longitude)
        rows, columns = self.shape
        row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
        top, left = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
        low, right = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
        down, over = row - top, column - left
        corners = [self._clean(samples[a, b]) for a, b in ((top, left), (top, right), (low, left), (low, right))]
        filled = [np.nan_to_num(one, nan=0.0) for one in corners]
        upper, lower = filled[0] * (1 - over) + filled[1] * over, filled[2] * (1 - over) + filled[3] * over
        nearest = self._clean(samples[np.rint(row).astype(np.int64), np.rint(column).astype(np.int64)])
        return np.where(np.isnan(nearest), np.nan, upper * (1 - down) + lower * down)

    def nearest(self, samples: NDArray[Any], latitude: Floats, longitude: Floats) -> Floats:
        """The nearest sample; NaN where there is none."""
        row, column = self._place(latitude, longitude)
        rows, columns = self.shape
        row = np.clip(np.rint(row), 0, rows - 1).astype(np.int64)
        column = np.clip(np.rint(column), 0, columns - 1).astype(np.int64)
        return self._clean(samples[row, column])

    def _place(self, latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
        return (self.north - latitude) / self.step_y, (longitude - self.west) / self.step_x

    def _clean(self, values: NDArray[Any]) -> Floats:
        found = values.astype(np.float64)
        return found if self.nothing is None else np.where(found == self.nothing, np.nan, found)


def read_geotiff(name: str, content: Content) -> Raster:
    """Look at a GeoTIFF; its samples are read later, by :attr:`Raster.load`.

    Args:
        name: Of the file, for messages.
        content: The file, or a map of it into memory.

    Raises:
        SpectrumError: if it is none that can be read here, saying what of it cannot.
    """
    refuse = _refuser(name)
    try:
        return _read(name, content, refuse)
    except (IndexError, TypeError, ValueError, OverflowError) as error:
        raise refuse("its tags do not fit together") from error


Refuse = Callable[[str], SpectrumError]


def _read(name: str, content: Content, refuse: Refuse) -> Raster:
    tags = _tags(content, refuse)
    rows, columns = _one(tags, HEIGHT, refuse), _one(tags, WIDTH, refuse)
    if not (rows > 0 and columns > 0 and rows * columns <= MOST_SAMPLES):
        raise refuse(f"it has {rows:,} x {columns:,} samples; {MOST_SAMPLES:,} are the most")
    if tags.get(SAMPLES, (1,))[0] != 1:
        raise refuse("it has several bands; take the one with the heights")
    kind = (tags.get(FORMAT, (1,))[0], tags.get(BITS, (1,))[0])
    if kind not in _TYPES:
        raise refuse(f"its samples have {kind[1]} bits of kind {kind[0]}; whole or floating numbers are read")
    compression, predictor = tags.get(COMPRESSION, (PLAIN,))[0], tags.get(PREDICTOR, (1,))[0]
    if compression not in {PLAIN, *DEFLATED}:
        raise refuse(
            f"it is compressed in way {compression}; plain and deflated ones are read. Convert it: "
            "gdal_translate -co COMPRESS=DEFLATE"
        )
    if predictor not in {1, 2, 3} or (predictor == 3 and kind[0] != 3):
        raise refuse(f"its predictor {predictor} is not one for such samples")
    west, north, step_x, step_y = _place(tags, refuse)
    layout = _Layout(tags, rows, columns, np.dtype(_TYPES[kind]).newbyteorder(_order(content)), predictor)
    return Raster(
        name, (rows, columns), west, north, step_x, step_y, _nothing(tags), lambda: _samples(content, layout, refuse)
    )


def _refuser(name: str) -> Refuse:
    return lambda what: SpectrumError(f"{name} cannot be read as GeoTIFF: {what}.")


def _order(content: Content) -> Literal["<", ">"]:
    return "<" if bytes(content[:2]) == b"II" else ">"


def _tags(content: Content, refuse: Refuse) -> Mapping[int, tuple[Any, ...]]:
    """The first image's tags. A COG has further, smaller images behind it, which are let be."""
    mark = bytes(content[:4])
    if mark not in {b"II*\0", b"MM\0*"}:
        raise refuse("it begins with no mark of a TIFF" + (" (BigTIFF is not read)" if mark[2:3] == b"+" else ""))
    order = _order(content)
    try:
        (at,) = struct.unpack_from(f"{order}I", content, 4)
        (count,) = struct.unpack_from(f"{order}H", content, at)
        if count > MOST_TAGS:
            raise refuse(f"it has {count} tags")
        found = {}
        for number in range(count):
            tag, kind, size = struct.unpack_from(f"{order}HHI", content, at + 2 + 12 * number)
            if kind in _KINDS and size <= MOST_ENTRIES:
                found[tag] = _values(content, at + 10 + 12 * number, f"{order}{size}{_KINDS[kind]}")
    except struct.error as error:
        raise refuse("it ends in the middle of its tags; load it again, whole") from error
    return found


def _values(content: Content, at: int, form: str) -> tuple[Any, ...]:
    if struct.calcsize(form) > 4:
        (at,) = struct.unpack_from(f"{form[0]}I", content, at)
    return struct.unpack_from(form, content, at)


def _one(tags: Mapping[int, tuple[Any, ...]], tag: int, refuse: Refuse) -> int:
    held = tags.get(tag)
    if not held:
        raise refuse(f"the tag {tag} is missing")
    return int(held[0])


def _place(tags: Mapping[int, tuple[Any, ...]], refuse: Refuse) -> tuple[float, float, float, float]:
    """Longitude and latitude of the middle of the first sample, and the steps."""
    keys = _geokeys(tags.get(GEOKEYS, ()))
    if keys.get(MODEL_TYPE) != GEOGRAPHIC:
        raise refuse("it is not in degrees; convert it: gdalwarp -t_srs EPSG:4326")
    scale, tie = tags.get(SCALE, ()), tags.get(TIEPOINT, ())
    if TRANSFORM in tags or len(scale) < 2 or len(tie) != 6:
        raise refuse("it does not say its place by one point and a scale")
    step_x, step_y = float(scale[0]), float(scale[1])
    if not (math.isfinite(step_x) and math.isfinite(step_y) and 0 < step_x < 1 and 0 < step_y < 1):
        raise refuse("its steps are no part of a degree")
    half = 0.0 if keys.get(RASTER_TYPE) == PIXEL_IS_POINT else 0.5
    west, north = tie[3] + (half - tie[0]) * step_x, tie[4] - (half - tie[1]) * step_y
    if not (-180 <= west <= 180 and -90 <= north <= 90):
        raise refuse("it lies on no place of the Earth")
    return west, north, step_x, step_y


def _geokeys(held: tuple[int, ...]) -> dict[int, int]:
    """Keys whose value stands in the directory itself."""
    entries = [held[at : at + 4] for at in range(4, len(held) - 3, 4)]
    return {entry[0]: entry[3] for entry in entries if entry[1] == 0}


def _nothing(tags: Mapping[int, tuple[Any, ...]]) -> float | None:
    text = b"".join(one for one in tags.get(NODATA, ()) if isinstance(one, bytes)).strip(b"\0 ")
    try:
        return float(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True)
class _Layout:
    """How the samples lie in the file."""

    tags: Mapping[int, tuple[Any, ...]]
    rows: int
    columns: int
    kind: np.dtype[Any]
    predictor: int

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of one strip or tile."""
        if TILE_WIDTH in self.tags:
            return int(self.tags[TILE_HEIGHT][0]), int(self.tags[TILE_WIDTH][0])
        return min(int(self.tags.get(STRIP_ROWS, (self.rows,))[0]), self.rows), self.columns

    def places(self) -> Iterator[tuple[int, int, int, int]]:
        """Row, column, offset and size of each block."""
        high, wide = self.block
        names = (TILE_OFFSETS, TILE_BYTES) if TILE_WIDTH in self.tags else (STRIP_OFFSETS, STRIP_BYTES)
        corners = itertools.product(range(0, self.rows, high), range(0, self.columns, wide))
        offsets, sizes = (self.tags.get(name, ()) for name in names)
        for (row, column), offset, size in zip(corners, offsets, sizes, strict=True):
            yield row, column, int(offset), int(size)


def _samples(content: Content, layout: _Layout, refuse: Refuse) -> NDArray[Any]:
    try:
        high, wide = layout.block
        if not (high > 0 and wide > 0 and high * wide <= MOST_SAMPLES):
            raise refuse(f"its blocks have {high:,} x {wide:,} samples")
        found = np.zeros((layout.rows, layout.columns), dtype=layout.kind.newbyteorder("="))
        for row, column, offset, size in layout.places():
            rows = high if TILE_WIDTH in layout.tags else min(high, layout.rows - row)
            block = _block(content[offset : offset + size], layout, (rows, wide), refuse)
            part = block[: layout.rows - row, : layout.columns - column]
            found[row : row + part.shape[0], column : column + part.shape[1]] = part
    except (KeyError, IndexError, ValueError) as error:
        raise refuse("the list of its strips or tiles is not whole") from error
    return found


def _block(raw: Content, layout: _Layout, shape: tuple[int, int], refuse: Refuse) -> NDArray[Any]:
    wanted = shape[0] * shape[1] * layout.kind.itemsize
    data = bytes(raw)
    if layout.tags.get(COMPRESSION, (PLAIN,))[0] != PLAIN and data:
        try:
            data = zlib.decompressobj().decompress(data, wanted)
        except zlib.error as error:
            raise refuse("a part of it cannot be unpacked; load it again, whole") from error
    if not data:
        return np.zeros(shape, dtype=layout.kind)  # a block that was never written is empty
    if len(data) < wanted:
        raise refuse("it ends in the middle of its samples; load it again, whole")
    if layout.predictor == 3:
        return _floats(np.frombuffer(data[:wanted], dtype=np.uint8), layout.kind, shape)
    block = np.frombuffer(data[:wanted], dtype=layout.kind).reshape(shape)
    if layout.predictor == 2:
        # Differences run over whole numbers of the sample's width, and overflow as they do in the file.
        whole = block.astype(layout.kind.newbyteorder("=")).view(f"u{layout.kind.itemsize}")
        return np.cumsum(whole, axis=1, dtype=whole.dtype).view(layout.kind.newbyteorder("="))
    return block


def _floats(data: NDArray[np.uint8], kind: np.dtype[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """Undo the floating-point predictor (Adobe TIFF technical note 3): bytes by weight, each a difference."""
    rows, columns = shape
    summed = np.cumsum(data.reshape(rows, columns * kind.itemsize), axis=1, dtype=np.uint8)
    planes = summed.reshape(rows, kind.itemsize, columns)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).view(f">f{kind.itemsize}").reshape(shape)
