"""Propagation by diffraction: the delta-Bullington model (P.1812 § 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serantau.spectrum.propagation.model import Bools, Floats, Links
from serantau.spectrum.propagation.p1812.climate import Climate
from serantau.spectrum.propagation.p1812.ground import Ground, Obstacles

LIGHT_M_GHZ = 0.2998
"""Wavelength in metres times frequency in GHz, as the Recommendations round it."""
LAND = (22.0, 0.003)
"""Relative permittivity, and conductivity in S/m (§ 4.3.3)."""
SEA = (80.0, 5.0)


@dataclass(frozen=True)
class Diffraction:
    """Diffraction loss at one effective Earth radius; every array has shape (paths,), in dB.

    Attributes:
        actual: Bullington loss of the actual path, Eq (21).
        smooth: Bullington loss of the smooth path, Eq (21).
        sphere: Spherical-Earth loss, Eq (27).
        loss: Delta-Bullington loss, Eq (39).
        obstructed: Whether the Bullington construction finds the actual path beyond the horizon.
    """

    actual: Floats
    smooth: Floats
    sphere: Floats
    loss: Floats
    obstructed: Bools


def diffraction(links: Links, ground: Ground, climate: Climate) -> tuple[Diffraction, Diffraction]:
    """The loss at the median effective Earth radius, and at the one exceeded for beta0 % of the time."""
    median = _delta_bullington(links, ground.actual[0], ground.smooth[0], climate.ae_km, climate.omega)
    radius = np.full_like(climate.ae_km, climate.ab_km)
    return median, _delta_bullington(links, ground.actual[1], ground.smooth[1], radius, climate.omega)


def knife_edge(nu: Floats) -> Floats:
    """Loss of a single knife edge, dB, Eq (12); none below -0.78.

    >>> np.round(knife_edge(np.array([-1.0, 0.0, 1.0])), 2)
    array([ 0.  ,  6.03, 13.93])
    """
    inside = np.maximum(nu, -0.78)
    edge = 6.9 + 20 * np.log10(np.sqrt((inside - 0.1) ** 2 + 1) + inside - 0.1)
    return np.where(nu > -0.78, edge, 0.0)


def _delta_bullington(links: Links, actual: Obstacles, smooth: Obstacles, radius: Floats, omega: Floats) -> Diffraction:
    wavelength, dtot = LIGHT_M_GHZ / links.frequency_ghz, links.distance_km
    of_actual, obstructed = bullington(actual, dtot, wavelength)
    of_smooth, _ = bullington(smooth, dtot, wavelength)
    sphere = spherical_earth(links, smooth.tx_m, smooth.rx_m, radius, omega)
    return Diffraction(of_actual, of_smooth, sphere, of_actual + np.maximum(sphere - of_smooth, 0.0), obstructed)


def bullington(obstacles: Obstacles, dtot: Floats, wavelength: Floats) -> tuple[Floats, Bools]:
    """Bullington loss in dB, and whether the path is transhorizon (§ 4.3.1)."""
    tx, rx = obstacles.tx_m, obstacles.rx_m
    obstructed = obstacles.tx_slope >= (rx - tx) / dtot
    slopes = np.where(obstructed, obstacles.tx_slope + obstacles.rx_slope, 1.0)
    point = np.where(obstructed, (rx - tx + obstacles.rx_slope * dtot) / slopes, dtot / 2)
    edge = tx + obstacles.tx_slope * point - (tx * (dtot - point) + rx * point) / dtot
    clearance = np.where(obstructed, edge / np.sqrt(point * (dtot - point)), obstacles.clearance)
    loss = knife_edge(clearance * np.sqrt(0.002 * dtot / wavelength))
    return loss + (1 - np.exp(-loss / 6)) * (10 + 0.02 * dtot), obstructed


def spherical_earth(links: Links, tx: Floats, rx: Floats, radius: Floats, omega: Floats) -> Floats:
    """Loss over a smooth spherical Earth, dB (§ 4.3.2).

    Args:
        links: For distance, frequency and polarisation.
        tx: Transmitting antenna above the smooth surface, m.
        rx: Receiving antenna above the smooth surface, m.
        radius: Effective Earth radius, km.
        omega: Fraction of the path over sea.
    """
    d = links.distance_km
    marginal = np.sqrt(2 * radius) * (np.sqrt(0.001 * tx) + np.sqrt(0.001 * rx))
    beyond = d >= marginal
    clear, required = _clearance(d, tx, rx, radius, LIGHT_M_GHZ / links.frequency_ghz)
    grazing = ~beyond & (clear <= required)
    # A path in sight is given the Earth radius that would just end its sight, Eq (26).
    bent = np.where(beyond, radius, 500 * (d / (np.sqrt(tx) + np.sqrt(rx))) ** 2)
    first_term = _first_term(links, tx, rx, bent, omega)
    partly = (1 - clear / required) * np.maximum(first_term, 0.0)
    return np.where(beyond, first_term, np.where(grazing, partly, 0.0))


def _clearance(d: Floats, tx: Floats, rx: Floats, radius: Floats, wavelength: Floats) -> tuple[Floats, Floats]:
    """Smallest clearance of the ray over the curved Earth, and the one required for no loss, m, Eqs (23) to (25)."""
    c = (tx - rx) / (tx + rx)
    m = 250 * d * d / (radius * (tx + rx))
    angle = np.clip(1.5 * c * np.sqrt(3 * m / (m + 1) ** 3), -1.0, 1.0)
    b = 2 * np.sqrt((m + 1) / (3 * m)) * np.cos(np.pi / 3 + np.arccos(angle) / 3)
    d1 = d / 2 * (1 + b)
    d2 = d - d1
    clear = ((tx - 500 * d1 * d1 / radius) * d2 + (rx - 500 * d2 * d2 / radius) * d1) / d
    return clear, 17.456 * np.sqrt(np.maximum(d1 * d2, 1e-12) * wavelength / d)


def _first_term(links: Links, tx: Floats, rx: Floats, radius: Floats, omega: Floats) -> Floats:
    """First term of the residue series, dB, land and sea weighted by their shares, Eq (28)."""
    land = _first_term_over(LAND, links, tx, rx, radius) if np.any(omega < 1) else 0.0
    sea = _first_term_over(SEA, links, tx, rx, radius) if np.any(omega > 0) else 0.0
    return np.asarray(omega * sea + (1 - omega) * land)


def _first_term_over(surface: tuple[float, float], links: Links, tx: Floats, rx: Floats, radius: Floats) -> Floats:
    """First term over one kind of surface, dB, Eqs (29) to (36)."""
    permittivity, conductivity = surface
    f, d = links.frequency_ghz, links.distance_km
    loss_tangent = (18 * conductivity / f) ** 2
    horizontal = 0.036 * (radius * f) ** (-1 / 3) * ((permittivity - 1) ** 2 + loss_tangent) ** (-1 / 4)
    k = np.where(links.vertical, horizontal * np.sqrt(permittivity**2 + loss_tangent), horizontal)
    k2 = k * k
    beta = (1 + 1.6 * k2 + 0.67 * k2 * k2) / (1 + 4.5 * k2 + 1.53 * k2 * k2)
    x = 21.88 * beta * np.cbrt(f / radius**2) * d
    height_unit = 0.9575 * beta * np.cbrt(f * f / radius)
    log_x = np.log10(x)
    distance_term = np.where(x >= 1.6, 11 + 10 * log_x - 17.6 * x, -20 * log_x - 5.6488 * x**1.425)
    least = 2 + 20 * np.log10(k)
    gains = _height_gain(beta * height_unit * tx, least) + _height_gain(beta * height_unit * rx, least)
    loss: Floats = -distance_term - gains
    return loss


def _height_gain(b: Floats, least: Floats) -> Floats:
    """Height gain of one antenna, dB, Eqs (34) and (35)."""
    high = np.maximum(b - 1.1, 0.9)
    gain = np.where(b > 2, 17.6 * np.sqrt(high) - 5 * np.log10(high) - 8, 20 * np.log10(b + 0.1 * b**3))
    return np.maximum(gain, least)
