"""Transmitters, borders, limits and what a coordination run finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.limits import Answer, Limit, Megahertz

Floats = NDArray[np.float64]

Latitude = Annotated[float, msgspec.Meta(ge=-80.0, le=80.0)]
Longitude = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]


class Polarisation(Enum):
    """Of the transmitted wave."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Transmitter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record of a batch: a sector of a base station, or a mast.

    Attributes:
        id: The administration's own identifier.
        latitude: Degrees, positive north.
        longitude: Degrees, positive east.
        height_m: Antenna above ground.
        frequency_mhz: Centre of the carrier.
        bandwidth_mhz: Of the carrier.
        erp_dbw: Effective radiated power in the main beam, dBW relative to a half-wave dipole.
        polarisation: Horizontal or vertical.
        azimuth_deg: Main beam, degrees east of north; none for an antenna that radiates all round.
        beamwidth_deg: Between the half-power points; with an azimuth.
        front_to_back_db: How far the pattern falls at most; with an azimuth.
        synchronised: Whether its TDD frame is that of the neighbour: yes, no, or any where that does not matter (FDD).
        preferential: Whether it uses the codes or frequencies that the agreement prefers on its side.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    latitude: Latitude
    longitude: Longitude
    height_m: Annotated[float, msgspec.Meta(ge=1.0, le=3000.0)]
    frequency_mhz: Megahertz
    bandwidth_mhz: Annotated[float, msgspec.Meta(gt=0.0, le=400.0)]
    erp_dbw: Annotated[float, msgspec.Meta(ge=-60.0, le=80.0)]
    polarisation: Polarisation = Polarisation.VERTICAL
    azimuth_deg: Annotated[float, msgspec.Meta(ge=0.0, le=360.0)] | None = None
    beamwidth_deg: Annotated[float, msgspec.Meta(gt=0.0, le=360.0)] = 65.0
    front_to_back_db: Annotated[float, msgspec.Meta(ge=0.0, le=60.0)] = 30.0
    synchronised: Answer = Answer.ANY
    preferential: Answer = Answer.ANY

    def falls_under(self, limit: Limit) -> bool:
        """Whether a limit is for this transmitter."""
        return limit.applies_to(self.frequency_mhz, self.synchronised, self.preferential)


@dataclass(frozen=True)
class Border:
    """Points along a border, and the same points moved into the neighbour.

    Attributes:
        latitude: Degrees, shape (points,).
        longitude: Degrees, shape (points,).
        inward_deg: Direction into the neighbour at each point, degrees east of north.
        along_km: Distance from the beginning of the line; parts of a line follow each other.
    """

    latitude: Floats
    longitude: Floats
    inward_deg: Floats
    along_km: Floats

    def inside(self, distance_km: float) -> tuple[Floats, Floats]:
        """Latitude and longitude of each point moved into the neighbour."""
        from serantau.spectrum.coordination.sphere import destination

        return destination(self.latitude, self.longitude, self.inward_deg, distance_km)


@dataclass(frozen=True)
class Question:
    """What is asked of a run: where, for which share of time and places, against which value.

    Attributes:
        distance_km: How far inside the neighbour.
        time_percent: Share of time.
        location_percent: Share of locations.
        height_m: Receiving height.
        reference_bandwidth_mhz: Bandwidth that field strengths are stated for; 0 for the whole carrier.
        limit: The limit asked about; none where none was agreed.
    """

    distance_km: float
    time_percent: float
    location_percent: float
    height_m: float
    reference_bandwidth_mhz: float
    limit: Limit | None = None


@dataclass(frozen=True)
class Exceedance:
    """One transmitter over one limit.

    Attributes:
        transmitter: Its id.
        limit: Id of the limit.
        points: At how many points of the border.
        worst_point: Number of the point where it is exceeded most.
        worst_dbuv_m: Field strength there.
        margin_db: Limit minus field strength there: negative.
    """

    transmitter: str
    limit: str
    points: int
    worst_point: int
    worst_dbuv_m: float
    margin_db: float


@dataclass(frozen=True)
class Strengths:
    """Field strengths of one question.

    Attributes:
        question: The question.
        latitude: Of the points, degrees.
        longitude: Of the points, degrees.
        strongest_dbuv_m: Of the strongest transmitter at each point; -inf where no transmitter was asked about.
        strongest: Which transmitter that is, its place in the batch; -1 for none.
        exceedances: Transmitters over the limit, the worst first.
        asked: How many transmitters the question was asked about.
    """

    question: Question
    latitude: Floats
    longitude: Floats
    strongest_dbuv_m: Floats
    strongest: NDArray[np.int64]
    exceedances: tuple[Exceedance, ...]
    asked: int
