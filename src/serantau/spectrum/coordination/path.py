"""The ground of one path: between two places over any terrain, or from a table that somebody has."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from serantau.base import Problem, suggest
from serantau.spectrum.coordination.mosaic import Clutter, Even
from serantau.spectrum.coordination.sphere import bearing_deg, destination, distance_km
from serantau.spectrum.coordination.terrain import Terrain, coast_distances, zones_of
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.propagation import Profiles, Zone

COLUMNS = ("distance_km", "height_m", "clutter_m", "zone")
ZONES = {
    "sea": Zone.SEA,
    "coastal": Zone.COASTAL_LAND,
    "inland": Zone.INLAND,
    **{str(int(zone)): zone for zone in Zone},
}
MOST_POINTS = 20_000
MOST_BYTES = 4 * 1024 * 1024
MOST_PROBLEMS = 50


@dataclass(frozen=True)
class PathGround:
    """The ground of one path.

    Attributes:
        profiles: A batch of one.
        tx_coast_km: Distance over land from the transmitter to the first sea on the path.
        rx_coast_km: The same for the receiver.
        latitude_deg: Of its middle; None where the table did not say where it lies.
    """

    profiles: Profiles
    tx_coast_km: float
    rx_coast_km: float
    latitude_deg: float | None


def ground_between(
    terrain: Terrain, start: tuple[float, float], end: tuple[float, float], points: int, clutter: Clutter | None = None
) -> PathGround:
    """The ground along the great circle between two places.

    Args:
        terrain: The ground.
        start: Latitude and longitude of the transmitter.
        end: Latitude and longitude of the receiver.
        points: How many points.
        clutter: What stands on the ground between the antennas; nothing if None.

    Raises:
        SpectrumError: if the terrain does not reach so far.
    """
    one, two = np.array([start[0]]), np.array([start[1]])
    length = distance_km(one, two, np.array([end[0]]), np.array([end[1]]))
    bearing = bearing_deg(one, two, np.array([end[0]]), np.array([end[1]]))
    d = length[:, None] * np.linspace(0, 1, points)
    latitude, longitude = destination(one[:, None], two[:, None], bearing[:, None], d)
    height, sea = terrain.heights(latitude, longitude)
    standing = np.where(sea, 0.0, (clutter or Even()).heights(latitude, longitude))
    profiles = Profiles.of(d, height, standing, zones_of(d, height, sea))
    from_tx, from_rx = coast_distances(d, sea)
    return PathGround(profiles, float(from_tx[0]), float(from_rx[0]), float(latitude[0, points // 2]))


def read_profile(content: bytes) -> PathGround:
    r"""Read a table: a header, one point a row; ``clutter_m`` and ``zone`` may be left out.

    A zone is ``sea``, ``coastal`` or ``inland``, or its number in the ITU's files (1, 3, 4); inland where none is given.

    >>> table = b"distance_km,height_m,zone\n" + b"".join(b"%d,10,sea\n" % km for km in range(6))
    >>> read_profile(table).profiles.paths
    1

    Raises:
        SpectrumError: with every wrong line and column.
    """
    if len(content) > MOST_BYTES:
        raise SpectrumError(f"The profile is larger than {MOST_BYTES // 1024**2} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpectrumError(f"The profile is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise SpectrumError(f"The profile, line {reader.line_num}, is no CSV: {error}.") from error
    if not rows:
        raise SpectrumError("The profile is empty. Write a header line and one line for each point.")
    if len(rows) > MOST_POINTS:
        raise SpectrumError(f"The profile has {len(rows) - 1:,} points; {MOST_POINTS:,} are the most.")
    header = rows[0][1]
    _check_header(header)
    problems: list[Problem] = []
    points = [_point(dict(zip(header, cells, strict=False)), line, problems) for line, cells in rows[1:]]
    if problems:
        raise SpectrumError("The profile cannot be used.", problems[:MOST_PROBLEMS])
    d, height, clutter, zone = np.array(points, dtype=np.float64).reshape(-1, 4).T[:, None, :]
    profiles = Profiles.of(d, height, clutter, zone.astype(np.uint8))
    from_tx, from_rx = coast_distances(profiles.distance_km, profiles.zone == Zone.SEA)
    return PathGround(profiles, float(from_tx[0]), float(from_rx[0]), None)


def _check_header(header: list[str]) -> None:
    problems = [
        Problem("header", f"{name!r} is no column of a profile.", suggest(name, COLUMNS))
        for name in header
        if name not in COLUMNS
    ]
    problems += [Problem("header", f"{name!r} stands twice.") for name in sorted(set(header)) if header.count(name) > 1]
    problems += [Problem("header", f"the column {name!r} is missing.") for name in COLUMNS[:2] if name not in header]
    if problems:
        raise SpectrumError("The header of the profile is not right.", problems)


def _point(row: dict[str, str], line: int, problems: list[Problem]) -> tuple[float, float, float, int]:
    values: list[float] = []
    for name in COLUMNS[:3]:
        given = row.get(name, "")
        try:
            values.append(float(given) if given or name != "clutter_m" else 0.0)
        except ValueError:
            problems.append(Problem(f"line {line}, {name}", f"{given[:40]!r} is no number."))
            values.append(0.0)
    word = row.get("zone", "").lower() or "inland"
    if word not in ZONES:
        problems.append(Problem(f"line {line}, zone", f"{word[:40]!r} is no zone.", "Write sea, coastal or inland."))
    return values[0], values[1], values[2], int(ZONES.get(word, Zone.INLAND))
