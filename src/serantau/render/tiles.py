"""The tile-grid map: one equal tile for each member, placed by the region's own facts. It draws no border."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BANDS = 5
"""Steps of the shade; the number itself always stands beside it."""


@dataclass(frozen=True)
class Tile:
    """Where one member stands on the map, counted from 1 at the top left."""

    member: str
    column: int
    row: int


@dataclass(frozen=True)
class TileGrid:
    """All tiles in reading order, and the size of the grid."""

    tiles: tuple[Tile, ...]
    columns: int
    rows: int


def tile_grid(places: Iterable[tuple[str, tuple[int, int]]]) -> TileGrid:
    """Lay out members by column and row, without empty margins.

    Args:
        places: Code of the member, and its column and row counted from any corner.

    >>> grid = tile_grid([("B", (3, 2)), ("A", (2, 5))])
    >>> grid.columns, grid.rows, [(t.member, t.column, t.row) for t in grid.tiles]
    (2, 4, [('B', 2, 1), ('A', 1, 4)])
    """
    found = tuple(places)
    if not found:
        return TileGrid((), 0, 0)
    left = min(column for _, (column, _row) in found)
    top = min(row for _, (_column, row) in found)
    tiles = [Tile(member, column - left + 1, row - top + 1) for member, (column, row) in found]
    ordered = tuple(sorted(tiles, key=lambda tile: (tile.row, tile.column, tile.member)))
    return TileGrid(ordered, max(tile.column for tile in tiles), max(tile.row for tile in tiles))


def band(score: float | None) -> int | None:
    """Shade of a score from 0 to 100: 1 (lowest fifth) to 5; None without a score.

    >>> [band(score) for score in (0.0, 19.9, 20.0, 100.0, None)]
    [1, 1, 2, 5, None]
    """
    if score is None:
        return None
    return min(BANDS, max(1, 1 + int(score // (100 / BANDS))))
