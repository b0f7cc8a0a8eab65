"""Great circles on a sphere of 6,371 km, as the propagation method uses them. Degrees in, degrees out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from serantau.spectrum.propagation.p1812.climate import EARTH_RADIUS_KM

Floats = NDArray[np.float64]


def distance_km(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Length of the great circle (haversine form, exact at short distances).

    >>> round(float(distance_km(0, 0, 0, 1)), 3)
    111.195
    """
    a1, a2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((a2 - a1) / 2) ** 2 + np.cos(a1) * np.cos(a2) * np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    found: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def bearing_deg(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Direction at the first point towards the second, degrees east of north, 0 to 360.

    >>> float(bearing_deg(0, 0, 0, 1)), float(bearing_deg(0, 0, 1, 0))
    (90.0, 0.0)
    """
    a1, a2, turn = np.radians(lat1), np.radians(lat2), np.radians(np.subtract(lon2, lon1))
    east = np.sin(turn) * np.cos(a2)
    north = np.cos(a1) * np.sin(a2) - np.sin(a1) * np.cos(a2) * np.cos(turn)
    found: Floats = np.degrees(np.arctan2(east, north)) % 360
    return found


def destination(lat: ArrayLike, lon: ArrayLike, bearing: ArrayLike, distance: ArrayLike) -> tuple[Floats, Floats]:
    """Where one arrives from a point along a direction.

    >>> [round(float(x), 6) for x in destination(0, 0, 90, 111.19492664)]
    [0.0, 1.0]
    """
    a, b = np.radians(lat), np.radians(bearing)
    d = np.divide(distance, EARTH_RADIUS_KM)
    there = np.arcsin(np.clip(np.sin(a) * np.cos(d) + np.cos(a) * np.sin(d) * np.cos(b), -1, 1))
    turn = np.arctan2(np.sin(b) * np.sin(d) * np.cos(a), np.cos(d) - np.sin(a) * np.sin(there))
    lon2: Floats = (np.degrees(turn) + lon + 540) % 360 - 180
    return np.degrees(there), lon2
