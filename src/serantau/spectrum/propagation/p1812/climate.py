"""Zones, incidence of ducting, effective Earth radii (P.1812 § 3.3, § 3.6, § 3.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serantau.spectrum.propagation.model import Bools, Floats, Links, Zone

EARTH_RADIUS_KM = 6371.0
K_BETA = 3.0
"""Effective Earth-radius factor exceeded for beta0 % of the time (§ 3.7)."""


@dataclass(frozen=True)
class Climate:
    """What zones and refractivity say of each path; every array has shape (paths,).

    Attributes:
        omega: Fraction of the path over sea (Table 5).
        dtm_km: Longest continuous stretch of land, inland and coastal (§ 3.6).
        dlm_km: Longest continuous inland stretch (§ 3.6).
        beta0_percent: Share of time with a lapse-rate above 100 N-units/km in the lowest 100 m, Eqs (2) to (5).
        ae_km: Median effective Earth radius, Eq (7a).
        ab_km: Effective Earth radius exceeded for beta0 % of the time, Eq (7b).
    """

    omega: Floats
    dtm_km: Floats
    dlm_km: Floats
    beta0_percent: Floats
    ae_km: Floats
    ab_km: float


def climate_of(links: Links) -> Climate:
    """Derive the climate of each path from its zones, latitude and refractivity."""
    d, zone = links.profiles.distance_km, links.profiles.zone
    dtot = links.distance_km
    if np.all(zone == Zone.INLAND):
        omega, dtm, dlm = np.zeros_like(dtot), dtot, dtot
    else:
        widths = _widths(d)
        omega = np.sum(widths, axis=1, where=zone == Zone.SEA) / dtot
        dtm = _longest_run(widths, zone != Zone.SEA)
        dlm = _longest_run(widths, zone == Zone.INLAND)
    ae = EARTH_RADIUS_KM * 157 / (157 - links.delta_n)
    return Climate(omega, dtm, dlm, incidence_of_ducting(links.latitude_deg, dtm, dlm), ae, EARTH_RADIUS_KM * K_BETA)


def incidence_of_ducting(latitude_deg: Floats, dtm_km: Floats, dlm_km: Floats) -> Floats:
    """The percentage of time beta0, Eqs (2) to (5)."""
    tau = inland_decay(dlm_km)
    mu1 = np.minimum((10 ** (-dtm_km / (16 - 6.6 * tau)) + 10 ** (-5 * (0.496 + 0.354 * tau))) ** 0.2, 1.0)
    phi = np.abs(latitude_deg)
    low = phi <= 70
    mu4 = mu1 ** np.where(low, -0.935 + 0.0176 * phi, 0.3)
    beta0: Floats = np.where(low, 10 ** (1.67 - 0.015 * phi), 4.17) * mu1 * mu4
    return beta0


def inland_decay(dlm_km: Floats) -> Floats:
    """The parameter tau, Eq (3)."""
    return 1 - np.exp(-4.12e-4 * dlm_km**2.41)


def _widths(d: Floats) -> Floats:
    """The stretch of path that each point stands for: half way to its neighbours."""
    middles = (d[:, 1:] + d[:, :-1]) / 2
    widths: Floats = np.diff(middles, axis=1, prepend=d[:, :1], append=d[:, -1:])
    return widths


def _longest_run(widths: Floats, inside: Bools) -> Floats:
    """The longest sum of widths of neighbouring points that are all inside."""
    so_far: Floats = np.cumsum(np.where(inside, widths, 0.0), axis=1)
    at_last_break = np.maximum.accumulate(np.where(inside, 0.0, so_far), axis=1)
    longest: Floats = np.max(so_far - at_last_break, axis=1)
    return longest
