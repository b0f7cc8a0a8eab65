"""Line of sight, tropospheric scatter, and ducting with layer reflection (P.1812 § 4.2, § 4.4, § 4.5)."""

from __future__ import annotations

import numpy as np

from serantau.spectrum.propagation.model import Floats, Links
from serantau.spectrum.propagation.p1812.climate import Climate, inland_decay
from serantau.spectrum.propagation.p1812.ground import Ground


def line_of_sight(links: Links, ground: Ground) -> Floats:
    """Free-space loss over the slant distance, dB, Eqs (8) and (8a)."""
    slant2 = links.distance_km**2 + ((ground.hts_m - ground.hrs_m) / 1000) ** 2
    loss: Floats = 92.4 + 20 * np.log10(links.frequency_ghz) + 10 * np.log10(slant2)
    return loss


def enhancement(ground: Ground, time_percent: Floats) -> Floats:
    """Correction for multipath and focusing, dB, Eqs (9a) and (9b)."""
    return 2.6 * (1 - np.exp(-0.1 * (ground.dlt_km + ground.dlr_km))) * np.log10(time_percent / 50)


def troposcatter(links: Links, ground: Ground, time_percent: Floats) -> Floats:
    """Loss by tropospheric scatter, dB, Eqs (44) and (45)."""
    f = links.frequency_ghz
    frequency_term = 25 * np.log10(f) - 2.5 * np.log10(f / 2) ** 2
    steady = frequency_term + 20 * np.log10(links.distance_km) + 0.573 * ground.theta_mrad - 0.15 * links.n0
    loss: Floats = 190.1 + steady - 10.125 * np.log10(50 / time_percent) ** 0.7
    return loss


def ducting(links: Links, ground: Ground, climate: Climate, time_percent: Floats) -> Floats:
    """Loss during periods of ducting or layer reflection, dB, Eq (46)."""
    return _coupling(links, ground, climate) + _in_the_duct(links, ground, climate, time_percent)


def _coupling(links: Links, ground: Ground, climate: Climate) -> Floats:
    """Fixed losses between the antennas and the duct, dB, Eqs (47) to (49a)."""
    f = links.frequency_ghz
    low_frequency = np.where(f < 0.5, 45.375 - 137 * f + 92.5 * f * f, 0.0)
    horizons = ground.dlt_km + ground.dlr_km
    sides = (
        (ground.theta_t_mrad, ground.dlt_km, links.tx_coast_km, ground.hts_m),
        (ground.theta_r_mrad, ground.dlr_km, links.rx_coast_km, ground.hrs_m),
    )
    shielding = sum((_site_shielding(f, theta, horizon) for theta, horizon, _, _ in sides), np.zeros_like(f))
    coast = sum((_coast(climate.omega, dc, horizon, height) for _, horizon, dc, height in sides), np.zeros_like(f))
    loss: Floats = 102.45 + 20 * np.log10(f) + 20 * np.log10(horizons) + low_frequency + shielding + coast
    return loss


def _site_shielding(f: Floats, theta: Floats, horizon: Floats) -> Floats:
    above = np.maximum(theta - 0.1 * horizon, 0.0)
    return 20 * np.log10(1 + 0.361 * above * np.sqrt(f * horizon)) + 0.264 * above * np.cbrt(f)


def _coast(omega: Floats, dc: Floats, horizon: Floats, height: Floats) -> Floats:
    """Gain where a duct over the sea begins near the antenna."""
    near = (omega >= 0.75) & (dc <= horizon) & (dc <= 5)
    # Beyond 5 km it is none; the distance is cut so that its square stays small.
    gain = -3 * np.exp(-0.25 * np.minimum(dc, 5.0) ** 2) * (1 + np.tanh(0.07 * (50 - height)))
    return np.where(near, gain, 0.0)


def _in_the_duct(links: Links, ground: Ground, climate: Climate, time_percent: Floats) -> Floats:
    """Losses that vary with time and angle, dB, Eqs (50) to (56a)."""
    d, ae = links.distance_km, climate.ae_km
    per_mrad = 5e-5 * ae * np.cbrt(links.frequency_ghz)
    theta_t = np.minimum(ground.theta_t_mrad, 0.1 * ground.dlt_km)
    theta_r = np.minimum(ground.theta_r_mrad, 0.1 * ground.dlr_km)
    angle = 1000 * d / ae + theta_t + theta_r

    between = np.minimum(d - ground.dlt_km - ground.dlr_km, 40.0)
    mu3 = np.where(ground.hm_m > 10, np.exp(-4.6e-5 * (ground.hm_m - 10) * (43 + 6 * between)), 1.0)
    alpha = np.maximum(-0.6 - 3.5e-9 * d**3.1 * inland_decay(climate.dlm_km), -3.4)
    heights = np.sqrt(ground.hte_m) + np.sqrt(ground.hre_m)
    mu2 = np.minimum((500 / ae * (d / heights) ** 2) ** alpha, 1.0)
    beta = climate.beta0_percent * mu2 * mu3

    log_beta = np.log10(beta)
    decay = np.exp(-(9.51 - 4.8 * log_beta + 0.198 * log_beta**2) * 1e-6 * d**1.13)
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012 * decay
    share = time_percent / beta
    loss: Floats = per_mrad * angle - 12 + (1.2 + 3.7e-3 * d) * np.log10(share) + 12 * share**gamma
    return loss
