"""Recommendation ITU-R P.1812-8: the whole method, from profiles to field strength (§ 4.6 to § 4.10).

Equation numbers are those of the validation logs published with the reference implementation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.propagation.model import Floats, Links, Prediction, Zone, field_strength, raise_unless
from serantau.spectrum.propagation.p1812.climate import Climate, climate_of
from serantau.spectrum.propagation.p1812.diffraction import Diffraction, diffraction
from serantau.spectrum.propagation.p1812.ground import Ground, ground_of
from serantau.spectrum.propagation.p1812.mechanisms import ducting, enhancement, line_of_sight, troposcatter
from serantau.spectrum.propagation.p1812.normal import inverse_normal

Steps = dict[str, NDArray[np.float64] | NDArray[np.bool_]]

MODES = (
    "line of sight: the antennas see each other, and only the enhancements of a clear path change the loss",
    "sub-path diffraction: the antennas see each other, and ground or clutter reaches into the ray",
    "diffraction: the horizon of an antenna stands above the direct ray, and the waves bend over it",
    "ducting or layer reflection: for this share of time a duct carries the signal better than diffraction does",
    "tropospheric scatter: what is scattered above both horizons is stronger than what bends over them",
)
_SIGHT, _SUB_PATH, _TRANSHORIZON, _DUCT, _SCATTER = range(len(MODES))

FAINT_DB = 0.1
"""Diffraction that adds less than this to the loss of a clear path is not what decides."""

PATHS_AT_ONCE = 256
"""Measured best for 200 points: more arrays fall out of the cache, fewer are too short for what a call costs."""


@dataclass(frozen=True)
class P1812:
    """Path-specific prediction for terrestrial services from 30 MHz to 6 GHz, 0.25 to 3,000 km, 1 to 50 % of time."""

    name: str = "ITU-R P.1812-8"

    def predict(
        self,
        links: Links,
        time_percent: Sequence[float],
        *,
        location_percent: float = 50.0,
        location_sigma_db: ArrayLike = 0.0,
        steps: bool = True,
    ) -> Prediction:
        """Predict; see :class:`serantau.spectrum.propagation.model.Method`.

        Raises:
            SpectrumError: naming every path and field outside the range of the method.
        """
        times = np.asarray(time_percent, dtype=np.float64)
        _check(links, times, location_percent)
        sigma = np.broadcast_to(np.asarray(location_sigma_db, dtype=np.float64), links.distance_km.shape)
        if np.any(~(sigma >= 0)):
            raise SpectrumError(
                "The standard deviation of location variability is negative or no number. Give dB >= 0."
            )
        parts = [
            _predict(links.rows(rows), times, location_percent, sigma[rows])
            for start in range(0, links.profiles.paths, PATHS_AT_ONCE)
            for rows in [slice(start, start + PATHS_AT_ONCE)]
        ]
        loss = np.concatenate([part["Lb"] for part, _ in parts], axis=1)
        mode = np.concatenate([mode for _, mode in parts], axis=1)
        kept = _join([part for part, _ in parts]) if steps else {}
        return Prediction(self.name, times, loss, field_strength(links.frequency_ghz, loss), mode, MODES, kept)


def location_sigma(
    frequency_ghz: ArrayLike, rx_height_m: ArrayLike, clutter_m: ArrayLike, resolution_m: ArrayLike
) -> Floats:
    """Standard deviation of location variability outdoors, dB (§ 4.7).

    Args:
        frequency_ghz: Frequency.
        rx_height_m: Receiving antenna above ground.
        clutter_m: Representative clutter height at the receiver.
        resolution_m: Width of the square over which the variability applies.

    >>> round(float(location_sigma(1.0, 1.5, 10.0, 100.0)), 3)
    1.975
    """
    spread = (0.52 + 0.024 * np.asarray(frequency_ghz)) * np.asarray(resolution_m) ** 0.28
    above = np.asarray(rx_height_m) - np.asarray(clutter_m)
    return np.asarray(spread * np.clip(1 - above / 10, 0.0, 1.0), dtype=np.float64)


def _check(links: Links, times: Floats, location_percent: float) -> None:
    if times.ndim != 1 or times.size == 0 or np.any(~((times >= 1) & (times <= 50))):
        raise SpectrumError("P.1812 predicts for 1 to 50 % of time. Give percentages within that.")
    if not 1 <= location_percent <= 99:
        raise SpectrumError(f"P.1812 predicts for 1 to 99 % of locations, not for {location_percent} %.")
    tests = {
        "frequency": ((links.frequency_ghz >= 0.03) & (links.frequency_ghz <= 6), "is outside 0.03 to 6 GHz"),
        "distance": ((links.distance_km >= 0.25) & (links.distance_km <= 3000), "is outside 0.25 to 3,000 km"),
        "transmitting antenna": ((links.tx_height_m >= 1) & (links.tx_height_m <= 3000), "is outside 1 to 3,000 m"),
        "receiving antenna": ((links.rx_height_m >= 1) & (links.rx_height_m <= 3000), "is outside 1 to 3,000 m"),
        "latitude": (np.abs(links.latitude_deg) <= 80, "is outside -80 to 80 degrees"),
    }
    raise_unless(tests, "P.1812 is not made for this link.")


def _predict(links: Links, times: Floats, location_percent: float, sigma: Floats) -> tuple[Steps, NDArray[np.uint8]]:
    climate = climate_of(links)
    ground = ground_of(links, climate)
    median, beta = diffraction(links, ground, climate)
    p, b0 = times[:, None], climate.beta0_percent

    lbfs = line_of_sight(links, ground)
    lb0p, lb0b = lbfs + enhancement(ground, p), lbfs + enhancement(ground, b0)
    fi = np.where(p > b0, inverse_normal(p / 100) / inverse_normal(b0 / 100), 1.0)
    ldp = median.loss + fi * (beta.loss - median.loss)
    lbd50, lbd = lbfs + median.loss, lb0p + ldp
    over_land = (1 - climate.omega) * ldp
    lminb0p = np.where(p >= b0, lbd50 + (lb0b + over_land - lbd50) * fi, lb0p + over_land)

    fj = 0.5 * (1 - np.tanh(2.4 * (ground.theta_mrad - 0.3) / 0.3))
    fk = 0.5 * (1 - np.tanh(1.5 * (links.distance_km - 20) / 20))
    lba = ducting(links, ground, climate, p)
    # 2.5 ln(exp(a/2.5) + exp(b/2.5)), Eq (60): written so, it overflows above 1,770 dB.
    lminbap = 2.5 * np.logaddexp(lba / 2.5, lb0p / 2.5)
    lbda = np.where(lminbap <= lbd, lminbap + (lbd - lminbap) * fk, lbd)
    lbam = lbda + (lminb0p - lbda) * fj
    lbs = troposcatter(links, ground, p)
    lbc = -5 * np.log10(10 ** (-0.2 * lbs) + 10 ** (-0.2 * lbam))
    lloc = np.broadcast_to(_location_loss(links, location_percent, sigma), lbc.shape)
    lb = np.maximum(lb0p, lbc + lloc)

    of_times = {"Fi": fi, "Lb0p": lb0p, "Ldp": ldp, "Lbd": lbd, "Lminb0p": lminb0p, "Lba": lba, "Lminbap": lminbap}
    of_times |= {"Lbda": lbda, "Lbam": lbam, "Lbs": lbs, "Lbc": lbc, "Lloc": lloc, "Lb": lb}
    of_path = {"Fj": fj, "Fk": fk, "Lbfs": lbfs, "Lb0b": lb0b, "Ld50": median.loss, "Ldb": beta.loss, "Lbd50": lbd50}
    steps: Steps = _of_profile(links, ground, climate) | _of_diffraction(median, beta) | of_path | of_times
    return steps, _mode(of_times, ground)


def _location_loss(links: Links, location_percent: float, sigma: Floats) -> Floats:
    """Location variability, dB; none for a receiver at sea (§ 4.7)."""
    at_sea = links.profiles.zone[:, -1] == Zone.SEA
    return np.where(at_sea, 0.0, -inverse_normal(np.asarray(location_percent / 100)) * sigma)


def _of_diffraction(median: Diffraction, beta: Diffraction) -> dict[str, Floats]:
    """The parts of the diffraction loss at both Earth radii."""
    at_median = {"Lbulla": median.actual, "Lbulls": median.smooth, "Ldsph": median.sphere}
    return at_median | {"Lbulla_b0": beta.actual, "Lbulls_b0": beta.smooth, "Ldsph_b0": beta.sphere}


def _of_profile(links: Links, ground: Ground, climate: Climate) -> Steps:
    """The steps before § 4.2."""
    return {
        "d": links.distance_km,
        "dlt": ground.dlt_km,
        "dlr": ground.dlr_km,
        "th_t": ground.theta_t_mrad,
        "th_r": ground.theta_r_mrad,
        "th": ground.theta_mrad,
        "hts": ground.hts_m,
        "hrs": ground.hrs_m,
        "omega": climate.omega,
        "dtm": climate.dtm_km,
        "dlm": climate.dlm_km,
        "b0": climate.beta0_percent,
        "ae": climate.ae_km,
        "hst_n": ground.hst_n_m,
        "hsr_n": ground.hsr_n_m,
        "hst": ground.hst_m,
        "hsr": ground.hsr_m,
        "hstd": ground.hstd_m,
        "hsrd": ground.hsrd_m,
        "hte": ground.hte_m,
        "hre": ground.hre_m,
        "hm": ground.hm_m,
        "beyond_horizon": ground.beyond_horizon,
    }


def _mode(steps: Mapping[str, Floats], ground: Ground) -> NDArray[np.uint8]:
    """Which mechanism the final loss comes from."""
    beyond = ground.beyond_horizon
    # Over sea and for a small share of time Eq (59) leaves diffraction out, however much of it there is (Eq (41)).
    clear = steps["Lbam"] - steps["Lb0p"] < FAINT_DB
    mode = np.where(beyond, _TRANSHORIZON, np.where(clear, _SIGHT, _SUB_PATH))
    # The blend of Eqs (61) and (62) never lets go of diffraction wholly; below 0.05 dB nobody would call it ducting.
    ducted = beyond & (steps["Lminbap"] < steps["Lbd"]) & (np.abs(steps["Lbam"] - steps["Lbd"]) > 0.05)
    mode = np.where(ducted, _DUCT, mode)
    mode = np.where(steps["Lbs"] < steps["Lbam"], _SCATTER, mode)
    return np.where(steps["Lb0p"] >= steps["Lbc"] + steps["Lloc"], _SIGHT, mode).astype(np.uint8)


def _join(parts: Sequence[Steps]) -> Steps:
    return {key: np.concatenate([part[key] for part in parts], axis=-1) for key in parts[0]}
