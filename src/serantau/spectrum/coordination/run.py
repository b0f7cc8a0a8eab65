"""A coordination run: field strength along a border and inside the neighbour, against limits.

Every transmitter is taken by itself, as the agreements do. A question is a distance inside the neighbour with its
share of time and places, its receiving height and its reference bandwidth; a transmitter is asked about each limit
that is for it. One path is analysed once for all shares of time asked at its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.coordination.model import Border, Exceedance, Polarisation, Question, Strengths, Transmitter
from serantau.spectrum.coordination.mosaic import Clutter, Even
from serantau.spectrum.coordination.sphere import bearing_deg, destination, distance_km
from serantau.spectrum.coordination.terrain import Terrain, coast_distances, zones_of
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Limit
from serantau.spectrum.propagation import Links, Method, Profiles

Floats = NDArray[np.float64]

NEAREST_KM = 0.25
"""The shortest path of the method: a point of the border nearer than this is taken at this distance."""

FARTHEST_KM = 3000.0
"""The longest path of the method."""


@dataclass(frozen=True)
class Setting:
    """What a run rests on besides its transmitters.

    Attributes:
        border: The border.
        terrain: The ground.
        delta_n: Median lapse-rate of refractivity, N-units/km.
        n0: Median sea-level refractivity, N-units.
        method: The propagation method.
        profile_points: Points of each profile.
        location_sigma_db: Standard deviation of location variability.
        clutter: What stands on the ground between the antennas.
    """

    border: Border
    terrain: Terrain
    delta_n: float
    n0: float
    method: Method
    profile_points: int = 200
    location_sigma_db: float = 0.0
    clutter: Clutter = field(default_factory=Even)


def questions_for(
    transmitters: Sequence[Transmitter], limits: Sequence[Limit], without: Sequence[Question]
) -> tuple[Question, ...]:
    """One question for each limit that is for any of the transmitters; without any, the ones given.

    Raises:
        SpectrumError: if there is nothing to ask.
    """
    found = tuple(
        Question(
            limit.distance_km,
            limit.time_percent,
            limit.location_percent,
            limit.height_m,
            limit.reference_bandwidth_mhz,
            limit,
        )
        for limit in limits
        if any(one.falls_under(limit) for one in transmitters)
    )
    if not found and not without:
        raise SpectrumError("No limit is for these transmitters. Ask for a distance and a share of time instead.")
    return found or tuple(without)


def strengths_of(setting: Setting, transmitter: Transmitter, questions: Sequence[Question]) -> Floats:
    """Field strength of one transmitter, dB(uV/m), shape (questions, points); NaN where a question is not for it.

    Raises:
        SpectrumError: if a path cannot be computed.
    """
    answers = np.full((len(questions), len(setting.border.latitude)), np.nan)
    for (distance, height, places), numbers in _same_place(transmitter, questions).items():
        times = sorted({questions[number].time_percent for number in numbers}, reverse=True)
        links, bearing = _links(setting, transmitter, distance, height)
        found = setting.method.predict(
            links, times, location_percent=places, location_sigma_db=setting.location_sigma_db, steps=False
        )
        pattern = pattern_db(transmitter, bearing)
        for number in numbers:
            # The prediction is for 1 kW, which is 30 dBW.
            power = transmitter.erp_dbw - 30 + pattern + _bandwidth_db(transmitter, questions[number])
            answers[number] = found.field_strength_dbuv_m[times.index(questions[number].time_percent)] + power
    return answers


def coordinate(
    setting: Setting,
    transmitters: Sequence[Transmitter],
    questions: Sequence[Question],
    strengths: Callable[[int], Floats | None] = lambda _: None,
    keep: Callable[[int, Floats], None] = lambda _place, _found: None,
) -> Iterator[int | tuple[Strengths, ...]]:
    """Run, and yield how many transmitters are done after each; the findings come last.

    Args:
        setting: Border, ground, refractivity, method.
        transmitters: The batch.
        questions: What to ask of each.
        strengths: What an earlier run has kept of a transmitter, by its place; None if nothing.
        keep: Called with the place and the field strengths of each transmitter that was computed.

    Raises:
        SpectrumError: naming the transmitter whose paths cannot be computed.
    """
    points = len(setting.border.latitude)
    best = np.full((len(questions), points), -np.inf)
    who = np.full((len(questions), points), -1, dtype=np.int64)
    over: dict[int, list[Exceedance]] = defaultdict(list)
    asked = np.zeros(len(questions), dtype=np.int64)
    for place, transmitter in enumerate(transmitters):
        found = strengths(place)
        if found is None:
            try:
                found = strengths_of(setting, transmitter, questions)
            except SpectrumError as error:
                raise SpectrumError(f"Transmitter {transmitter.id}: {error.message}", error.problems) from error
            keep(place, found)
        said = ~np.isnan(found).all(axis=1)
        asked += said
        higher = np.where(np.isnan(found), -np.inf, found) > best
        best, who = np.where(higher, found, best), np.where(higher, place, who)
        for number in np.flatnonzero(said).tolist():
            exceeded = _exceedance(transmitter, questions[number].limit, found[number])
            if exceeded is not None:
                over[number].append(exceeded)
        yield place + 1
    yield tuple(
        Strengths(
            question,
            *setting.border.inside(question.distance_km),
            best[number],
            who[number],
            tuple(sorted(over[number], key=lambda one: (one.margin_db, one.transmitter))),
            int(asked[number]),
        )
        for number, question in enumerate(questions)
    )


def pattern_db(transmitter: Transmitter, bearing: Floats) -> Floats:
    """Relative gain of the antenna in a direction, dB, at most 0 (horizontal cut of 3GPP TR 38.901, Table 7.3-1)."""
    if transmitter.azimuth_deg is None:
        return np.zeros_like(bearing)
    off = (bearing - transmitter.azimuth_deg + 180) % 360 - 180
    fall: Floats = -np.minimum(12 * (off / transmitter.beamwidth_deg) ** 2, transmitter.front_to_back_db)
    return fall


def _same_place(transmitter: Transmitter, questions: Sequence[Question]) -> dict[tuple[float, float, float], list[int]]:
    """The questions for this transmitter by distance, height and share of places: one set of paths each."""
    groups: dict[tuple[float, float, float], list[int]] = defaultdict(list)
    for number, question in enumerate(questions):
        if question.limit is None or transmitter.falls_under(question.limit):
            groups[question.distance_km, question.height_m, question.location_percent].append(number)
    return groups


def _links(setting: Setting, transmitter: Transmitter, distance: float, height: float) -> tuple[Links, Floats]:
    lat, lon = setting.border.inside(distance)
    from_lat, from_lon = np.full_like(lat, transmitter.latitude), np.full_like(lon, transmitter.longitude)
    length = np.maximum(distance_km(from_lat, from_lon, lat, lon), NEAREST_KM)
    if length.max() > FARTHEST_KM:
        raise SpectrumError(
            f"The border lies {length.min():,.0f} to {length.max():,.0f} km away; a path is {FARTHEST_KM:,.0f} km long "
            "at most. Check the places of transmitter and border, and whether latitude and longitude are swapped."
        )
    bearing = bearing_deg(from_lat, from_lon, lat, lon)
    d = length[:, None] * np.linspace(0, 1, setting.profile_points)
    way_lat, way_lon = destination(from_lat[:, None], from_lon[:, None], bearing[:, None], d)
    terrain, sea = setting.terrain.heights(way_lat, way_lon)
    clutter = np.where(sea, 0.0, setting.clutter.heights(way_lat, way_lon))
    zone = zones_of(d, terrain, sea)
    tx_coast, rx_coast = coast_distances(d, sea)
    links = Links.of(
        Profiles.of(d, terrain, clutter, zone),
        frequency_ghz=transmitter.frequency_mhz / 1000,
        tx_height_m=transmitter.height_m,
        rx_height_m=height,
        vertical=transmitter.polarisation is Polarisation.VERTICAL,
        latitude_deg=way_lat[:, setting.profile_points // 2],
        delta_n=setting.delta_n,
        n0=setting.n0,
        tx_coast_km=tx_coast,
        rx_coast_km=rx_coast,
    )
    return links, bearing


def _bandwidth_db(transmitter: Transmitter, question: Question) -> float:
    """What of the carrier falls into the reference bandwidth, dB; all of it if the carrier is narrower."""
    reference = question.reference_bandwidth_mhz
    if reference <= 0 or reference >= transmitter.bandwidth_mhz:
        return 0.0
    return float(10 * np.log10(reference / transmitter.bandwidth_mhz))


def _exceedance(transmitter: Transmitter, limit: Limit | None, found: Floats) -> Exceedance | None:
    if limit is None:
        return None
    over = found > limit.value_dbuv_m
    if not over.any():
        return None
    worst = int(np.argmax(found))
    strength = float(found[worst])
    return Exceedance(transmitter.id, limit.id, int(over.sum()), worst, strength, limit.value_dbuv_m - strength)
