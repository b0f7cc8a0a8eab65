"""Paths, links and predictions: what every propagation method takes and gives.

Everything comes in batches: the first axis counts paths, the second counts
the points of a profile. A single path is a batch of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from serantau.base import Problem
from serantau.spectrum.errors import SpectrumError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_POINTS = 5
"""Below this the smooth-Earth fit and the horizons have nothing to rest on."""
MOST_PROBLEMS = 20


class Zone(IntEnum):
    """Radio-climatic zones (P.1812 § 3.3), numbered as in the ITU's profile files."""

    SEA = 1
    COASTAL_LAND = 3
    INLAND = 4


@dataclass(frozen=True)
class Profiles:
    """The ground between transmitter and receiver, for a batch of paths of equally many points.

    Attributes:
        distance_km: Distance from the transmitter, rising from 0, shape (paths, points).
        terrain_m: Ground above mean sea level.
        clutter_m: Representative clutter height above ground; taken as zero under both antennas.
        zone: Radio-climatic zone of each point, a :class:`Zone` number.
    """

    distance_km: Floats
    terrain_m: Floats
    clutter_m: Floats
    zone: NDArray[np.uint8]

    @classmethod
    def of(
        cls,
        distance_km: ArrayLike,
        terrain_m: ArrayLike,
        clutter_m: ArrayLike = 0.0,
        zone: ArrayLike = int(Zone.INLAND),
    ) -> Profiles:
        """Build from anything that broadcasts to (paths, points); one path may be given without its first axis.

        Raises:
            SpectrumError: naming path and point of everything that is wrong.
        """
        d = np.atleast_2d(np.asarray(distance_km, dtype=np.float64))
        try:
            parts = [np.broadcast_to(np.asarray(part), d.shape) for part in (terrain_m, clutter_m, zone)]
        except ValueError as error:
            raise SpectrumError(
                f"The profile has {d.shape[1]} distances, and heights, clutter or zones of another number. "
                "Give one value a point."
            ) from error
        made = cls(d, parts[0].astype(np.float64), parts[1].astype(np.float64), parts[2].astype(np.uint8))
        made._check()
        return made

    @property
    def paths(self) -> int:
        """How many paths."""
        return int(self.distance_km.shape[0])

    def rows(self, which: slice) -> Profiles:
        """Some of the paths."""
        return Profiles(self.distance_km[which], self.terrain_m[which], self.clutter_m[which], self.zone[which])

    def _check(self) -> None:
        points = self.distance_km.shape[1]
        if points < FEWEST_POINTS:
            raise SpectrumError(
                f"A profile of {points} point{'s' if points != 1 else ''} is too short: {FEWEST_POINTS} are the fewest. "
                "Sample the ground between the antennas more densely."
            )
        d = self.distance_km
        tests = {
            "the distance is no finite number": ~np.isfinite(d),
            "the height of the terrain is no finite number": ~np.isfinite(self.terrain_m),
            "the clutter height is negative or no finite number": ~(
                np.isfinite(self.clutter_m) & (self.clutter_m >= 0)
            ),
            "the zone is none of 1 (sea), 3 (coastal land) and 4 (inland)": ~np.isin(self.zone, [int(z) for z in Zone]),
            "the distance does not rise": np.diff(d, axis=1, prepend=d[:, :1] - 1) <= 0,
            "the first distance is not zero": (np.arange(points) == 0) & (d != 0),
        }
        problems = [
            Problem(f"path {path + 1}, point {point + 1}", f"{what}.")
            for what, wrong in tests.items()
            if wrong.any()
            for path, point in np.argwhere(wrong)[:MOST_PROBLEMS].tolist()
        ]
        if problems:
            raise SpectrumError("The profile cannot be used.", problems[:MOST_PROBLEMS])


@dataclass(frozen=True)
class Links:
    """A radio link over each profile. Every array has shape (paths,).

    Attributes:
        profiles: The ground.
        frequency_ghz: Frequency.
        tx_height_m: Transmitting antenna above ground.
        rx_height_m: Receiving antenna above ground.
        vertical: Whether the polarisation is vertical; horizontal otherwise.
        latitude_deg: Latitude of the middle of the path, positive north.
        delta_n: Median lapse-rate of radio refractivity in the lowest kilometre, N-units/km, positive.
        n0: Median sea-level surface refractivity, N-units.
        tx_coast_km: Distance over land from the transmitter to the coast along the path; 0 at sea.
        rx_coast_km: The same for the receiver.
    """

    profiles: Profiles
    frequency_ghz: Floats
    tx_height_m: Floats
    rx_height_m: Floats
    vertical: Bools
    latitude_deg: Floats
    delta_n: Floats
    n0: Floats
    tx_coast_km: Floats
    rx_coast_km: Floats

    @classmethod
    def of(  # noqa: PLR0913 - a link has ten quantities, each named where it is given
        cls,
        profiles: Profiles,
        *,
        frequency_ghz: ArrayLike,
        tx_height_m: ArrayLike,
        rx_height_m: ArrayLike,
        latitude_deg: ArrayLike,
        delta_n: ArrayLike,
        n0: ArrayLike,
        vertical: ArrayLike = False,
        tx_coast_km: ArrayLike = 500.0,
        rx_coast_km: ArrayLike = 500.0,
    ) -> Links:
        """Build from single values or one value a path.

        Refractivity has no default on purpose: it decides the result in the tropics, so whoever asks must say it.

        Raises:
            SpectrumError: naming the path and the field of everything that is wrong.
        """
        shape = (profiles.paths,)
        # A terminal at sea is at the coast (§ 3.4).
        sea_tx, sea_rx = profiles.zone[:, 0] == Zone.SEA, profiles.zone[:, -1] == Zone.SEA
        made = cls(
            profiles,
            _floats(frequency_ghz, shape),
            _floats(tx_height_m, shape),
            _floats(rx_height_m, shape),
            np.broadcast_to(np.asarray(vertical, dtype=np.bool_), shape),
            _floats(latitude_deg, shape),
            _floats(delta_n, shape),
            _floats(n0, shape),
            np.where(sea_tx, 0.0, _floats(tx_coast_km, shape)),
            np.where(sea_rx, 0.0, _floats(rx_coast_km, shape)),
        )
        made._check()
        return made

    @property
    def distance_km(self) -> Floats:
        """Great-circle length of each path."""
        return self.profiles.distance_km[:, -1]

    def rows(self, which: slice) -> Links:
        """Some of the links."""
        fields = [getattr(self, name)[which] for name in self.__dataclass_fields__ if name != "profiles"]
        return Links(self.profiles.rows(which), *fields)

    def _check(self) -> None:
        tests = {
            "frequency": (self.frequency_ghz > 0, "is not above 0 GHz"),
            "transmitting antenna": (self.tx_height_m > 0, "is at or below the ground"),
            "receiving antenna": (self.rx_height_m > 0, "is at or below the ground"),
            "latitude": (np.abs(self.latitude_deg) <= 90, "is outside -90 to 90 degrees"),
            "delta-N": ((self.delta_n > 0) & (self.delta_n < 157), "is outside 0 to 157 N-units/km"),
            "N0": ((self.n0 > 0) & (self.n0 < 1000), "is outside 0 to 1000 N-units"),
            "distance to the coast": ((self.tx_coast_km >= 0) & (self.rx_coast_km >= 0), "is negative"),
        }
        raise_unless(tests, "The link cannot be computed.")


@dataclass(frozen=True)
class Prediction:
    """What a method says of a batch of links.

    Attributes:
        method: Name and version of the method.
        time_percent: The percentages of time asked for, shape (times,).
        loss_db: Basic transmission loss not exceeded for that time and those locations, shape (times, paths).
        field_strength_dbuv_m: Field strength exceeded for that time, for 1 kW e.r.p., dB(uV/m), same shape.
        mode: Which mechanism decides, a number into ``modes``, same shape.
        modes: What the numbers mean, in words.
        steps: Every intermediate result by its key in the method's list of equations.
    """

    method: str
    time_percent: Floats
    loss_db: Floats
    field_strength_dbuv_m: Floats
    mode: NDArray[np.uint8]
    modes: tuple[str, ...]
    steps: Mapping[str, NDArray[np.float64] | NDArray[np.bool_]]

    def reason(self, time: int, path: int) -> str:
        """Why the result is what it is, in one sentence."""
        return self.modes[int(self.mode[time, path])]


class Method(Protocol):
    """A propagation method."""

    @property
    def name(self) -> str:
        """Name and version, as a report states it."""
        ...

    def predict(
        self,
        links: Links,
        time_percent: Sequence[float],
        *,
        location_percent: float = 50.0,
        location_sigma_db: ArrayLike = 0.0,
        steps: bool = True,
    ) -> Prediction:
        """Predict for every link and every percentage of time.

        Args:
            links: The links.
            time_percent: Percentages of an average year.
            location_percent: Percentage of locations.
            location_sigma_db: Standard deviation of location variability in dB; 0 leaves it out.
            steps: Whether to keep every intermediate result.

        Raises:
            SpectrumError: if the method is not made for these links or percentages.
        """
        ...


def field_strength(frequency_ghz: Floats, loss_db: Floats) -> Floats:
    """Field strength for 1 kW e.r.p., dB(uV/m) (P.1812 Eq (70))."""
    return 199.36 + 20 * np.log10(frequency_ghz) - loss_db


def raise_unless(tests: Mapping[str, tuple[NDArray[np.bool_], str]], message: str) -> None:
    """Raise with path and field of all that do not pass; a number that is none never passes.

    Raises:
        SpectrumError: if any test fails anywhere.
    """
    problems = [
        Problem(f"path {path + 1}, {field}", f"the value {what}.")
        for field, (right, what) in tests.items()
        for path in np.flatnonzero(~right)[:MOST_PROBLEMS].tolist()
    ]
    if problems:
        raise SpectrumError(message, problems[:MOST_PROBLEMS])


def _floats(value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    try:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
    except ValueError as error:
        raise SpectrumError(f"Give one value, or one value for each of the {shape[0]} paths.") from error
