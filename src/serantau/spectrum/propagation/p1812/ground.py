"""The path profile analysis (P.1812 Attachment 1) and the profile's part of the Bullington construction (§ 4.3.1).

Here stands everything that looks at each point of a profile. None of it depends on the frequency or on the
percentage of time, so it is done once a path, whatever is asked afterwards. All of it is maxima and sums along the
second axis, over arrays small enough to stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serantau.spectrum.propagation.model import Bools, Floats, Links
from serantau.spectrum.propagation.p1812.climate import Climate

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Obstacles:
    """What the Bullington construction needs of a profile at one effective Earth radius; shape (paths,).

    Attributes:
        tx_m: Antenna height above the reference of the profile, transmitter.
        rx_m: The same, receiver.
        tx_slope: Highest slope from the transmitter to a point, m/km, Eq (13).
        rx_slope: Highest slope from the receiver to a point, m/km, Eq (17).
        clearance: Highest excess over the direct ray divided by the root of d1 d2, m/km: Eq (15) without wavelength.
    """

    tx_m: Floats
    rx_m: Floats
    tx_slope: Floats
    rx_slope: Floats
    clearance: Floats


@dataclass(frozen=True)
class Ground:
    """What the profile says of each path; every array has shape (paths,).

    Attributes:
        hts_m: Transmitting antenna above sea level.
        hrs_m: Receiving antenna above sea level.
        hst_n_m: Smooth-Earth surface at the transmitter, Eq (85).
        hsr_n_m: Smooth-Earth surface at the receiver, Eq (86).
        hstd_m: Smooth surface for diffraction at the transmitter, Eq (89).
        hsrd_m: Smooth surface for diffraction at the receiver, Eq (89).
        hst_m: Smooth-Earth surface for ducting at the transmitter, Eq (90a).
        hsr_m: Smooth-Earth surface for ducting at the receiver, Eq (90b).
        hte_m: Effective height for ducting, transmitter, Eq (92a).
        hre_m: Effective height for ducting, receiver, Eq (92b).
        hm_m: Terrain roughness, Eq (93).
        dlt_km: Distance from the transmitter to its horizon, Eq (78).
        dlr_km: Distance from the receiver to its horizon, Eq (81a).
        theta_t_mrad: Horizon elevation angle of the transmitter, Eqs (76) to (78).
        theta_r_mrad: Horizon elevation angle of the receiver, Eqs (79) to (81).
        theta_mrad: Angular distance of the path, Eq (82).
        beyond_horizon: Whether the path is transhorizon at the median effective Earth radius.
        actual: Obstacles of the profile with its clutter: median, and exceeded for beta0 % of the time.
        smooth: The same of the smooth surface.
    """

    hts_m: Floats
    hrs_m: Floats
    hst_n_m: Floats
    hsr_n_m: Floats
    hstd_m: Floats
    hsrd_m: Floats
    hst_m: Floats
    hsr_m: Floats
    hte_m: Floats
    hre_m: Floats
    hm_m: Floats
    dlt_km: Floats
    dlr_km: Floats
    theta_t_mrad: Floats
    theta_r_mrad: Floats
    theta_mrad: Floats
    beyond_horizon: Bools
    actual: tuple[Obstacles, Obstacles]
    smooth: tuple[Obstacles, Obstacles]


@dataclass(frozen=True)
class _Inner:
    """The points between the antennas, shape (paths, points - 2), and what several steps read of them.

    Attributes:
        d: Distance from the transmitter, km.
        r: Distance from the receiver, km.
        root: Root of d times r, km.
        h: Terrain above sea level, m.
        above_tx: Slope from the transmitting antenna to the bare ground, m/km.
        above_rx: Slope from the receiving antenna to the bare ground, m/km.
        excess: Bare ground above the straight line between the antennas, m.
    """

    d: Floats
    r: Floats
    root: Floats
    h: Floats
    above_tx: Floats
    above_rx: Floats
    excess: Floats


def ground_of(links: Links, climate: Climate) -> Ground:
    """Analyse the profile of each path."""
    d, h = links.profiles.distance_km, links.profiles.terrain_m
    first, last, dtot = h[:, 0], h[:, -1], d[:, -1]
    hts, hrs = first + links.tx_height_m, last + links.rx_height_m
    inner = _inner(d, h, hts, hrs)

    hst_n, hsr_n = _smooth_earth(d, h)
    hstd, hsrd = _diffraction_surface(inner, hst_n, hsr_n, first, last)
    beyond, theta_t, theta_r, at_tx, at_rx = _horizons(inner, hts, hrs, dtot, climate.ae_km)
    dlt, dlr = _pick(d, at_tx), dtot - _pick(d, at_rx)

    # Attachment 1, § 5.6.3: the surface for ducting may not stand above the ground.
    hst, hsr = np.minimum(hst_n, first), np.minimum(hsr_n, last)
    slope = (hsr - hst) / dtot
    points = np.arange(d.shape[1])
    between = (points >= at_tx[:, None]) & (points <= at_rx[:, None])
    rough = h - (hst[:, None] + slope[:, None] * d)
    hm = np.max(rough, axis=1, where=between, initial=-np.inf)

    clutter = links.profiles.clutter_m[:, 1:-1]
    radii = (climate.ae_km, np.full_like(dtot, climate.ab_km))
    return Ground(
        hts,
        hrs,
        hst_n,
        hsr_n,
        hstd,
        hsrd,
        hst,
        hsr,
        links.tx_height_m + first - hst,
        links.rx_height_m + last - hsr,
        hm,
        dlt,
        dlr,
        theta_t,
        theta_r,
        1000 * dtot / climate.ae_km + theta_t + theta_r,
        beyond,
        _actual_obstacles(inner, clutter, hts, hrs, radii),
        _smooth_obstacles(inner, hts - hstd, hrs - hsrd, dtot, radii),
    )


def _inner(d: Floats, h: Floats, hts: Floats, hrs: Floats) -> _Inner:
    dtot = d[:, -1:]
    di, hi = d[:, 1:-1], h[:, 1:-1]
    ri = dtot - di
    tx, rx = hts[:, None], hrs[:, None]
    return _Inner(di, ri, np.sqrt(di * ri), hi, (hi - tx) / di, (hi - rx) / ri, hi - tx - ((rx - tx) / dtot) * di)


def _smooth_earth(d: Floats, h: Floats) -> tuple[Floats, Floats]:
    """Straight-line fit to the terrain, its heights at both ends (Attachment 1, § 5.6.1)."""
    dtot = d[:, -1]
    step = np.diff(d, axis=1)
    left, right = h[:, :-1], h[:, 1:]
    v1 = np.sum(step * (right + left), axis=1)
    v2 = np.sum(step * (right * (2 * d[:, 1:] + d[:, :-1]) + left * (d[:, 1:] + 2 * d[:, :-1])), axis=1)
    return (2 * v1 * dtot - v2) / dtot**2, (v2 - v1 * dtot) / dtot**2


def _diffraction_surface(inner: _Inner, hst: Floats, hsr: Floats, first: Floats, last: Floats) -> tuple[Floats, Floats]:
    """Heights of the smooth surface for the diffraction model (Attachment 1, § 5.6.2)."""
    highest = inner.excess.max(axis=1)
    obstructed = highest > 0
    from_tx = np.where(obstructed, (inner.excess / inner.d).max(axis=1), 1.0)
    from_rx = np.where(obstructed, (inner.excess / inner.r).max(axis=1), 1.0)
    lower = np.where(obstructed, highest / (from_tx + from_rx), 0.0)
    return np.minimum(hst - lower * from_tx, first), np.minimum(hsr - lower * from_rx, last)


def _horizons(
    inner: _Inner, hts: Floats, hrs: Floats, dtot: Floats, ae: Floats
) -> tuple[Bools, Floats, Floats, Indices, Indices]:
    """Horizon angles in mrad and the points of the horizons (Attachment 1, § 5.1 to § 5.5).

    On a line-of-sight path both horizons are the point with the highest diffraction parameter.
    """
    # Angles are compared by their tangents: the arc tangent keeps their order and is taken of the winners alone.
    bulge = (0.5 / ae)[:, None]
    seen_from_tx = inner.above_tx / 1000 - inner.d * bulge
    seen_from_rx = inner.above_rx / 1000 - inner.r * bulge
    at_tx = seen_from_tx.argmax(axis=1)
    at_rx = _last_argmax(seen_from_rx)
    rise = (hrs - hts) / (1000 * dtot)
    direct_tx, direct_rx = rise - dtot / (2 * ae), -rise - dtot / (2 * ae)
    highest_tx = _pick(seen_from_tx, at_tx)
    beyond = np.asarray(highest_tx > direct_tx)
    # Eq (15) at the median radius; 500 d r / ae is the bulge of the Earth in metres.
    grazing = (inner.excess + inner.d * inner.r * (500 / ae)[:, None]) / inner.root
    at_los = _last_argmax(grazing)
    theta_t = 1000 * np.arctan(np.where(beyond, highest_tx, direct_tx))
    theta_r = 1000 * np.arctan(np.where(beyond, _pick(seen_from_rx, at_rx), direct_rx))
    # Inner points start with the second of the profile.
    return beyond, theta_t, theta_r, np.where(beyond, at_tx, at_los) + 1, np.where(beyond, at_rx, at_los) + 1


def _actual_obstacles(
    inner: _Inner, clutter: Floats, hts: Floats, hrs: Floats, radii: tuple[Floats, Floats]
) -> tuple[Obstacles, Obstacles]:
    from_tx, from_rx, excess = inner.above_tx, inner.above_rx, inner.excess / inner.root
    if np.any(clutter):
        from_tx, from_rx = from_tx + clutter / inner.d, from_rx + clutter / inner.r
        excess = excess + clutter / inner.root
    return _obstacles(inner, (from_tx, from_rx, excess), (hts, hrs), radii)


def _smooth_obstacles(
    inner: _Inner, tx: Floats, rx: Floats, dtot: Floats, radii: tuple[Floats, Floats]
) -> tuple[Obstacles, Obstacles]:
    """A profile of zero heights under antennas of the heights ``tx`` and ``rx`` (§ 4.3.4, Eqs (37a) and (37b))."""
    ray = -(inner.r * (tx / dtot)[:, None] + inner.d * (rx / dtot)[:, None]) / inner.root
    return _obstacles(inner, (-tx[:, None] / inner.d, -rx[:, None] / inner.r, ray), (tx, rx), radii)


def _obstacles(
    inner: _Inner,
    flat: tuple[Floats, Floats, Floats],
    heights: tuple[Floats, Floats],
    radii: tuple[Floats, Floats],
) -> tuple[Obstacles, Obstacles]:
    """Slopes and clearance over a flat Earth, bent by each radius."""
    from_tx, from_rx, excess = flat
    made = []
    for radius in radii:
        bulge = (500 / radius)[:, None]
        made.append(
            Obstacles(
                *heights,
                (from_tx + bulge * inner.r).max(axis=1),
                (from_rx + bulge * inner.d).max(axis=1),
                (excess + bulge * inner.root).max(axis=1),
            )
        )
    return made[0], made[1]


def _last_argmax(values: Floats) -> Indices:
    last: Indices = values.shape[1] - 1 - values[:, ::-1].argmax(axis=1)
    return last


def _pick(values: Floats, at: Indices) -> Floats:
    picked: Floats = values[np.arange(len(at)), at]
    return picked
