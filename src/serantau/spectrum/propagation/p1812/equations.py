"""Every intermediate result of the method: its equation, its unit, what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Equation:
    """One intermediate result.

    Attributes:
        key: Its key in :attr:`serantau.spectrum.propagation.model.Prediction.steps`.
        number: The equation, section or table, numbered as in the published validation logs.
        unit: Its unit; empty where it has none.
        meaning: What it is.
    """

    key: str
    number: str
    unit: str
    meaning: str


EQUATIONS = (
    Equation("d", "", "km", "great-circle length of the path"),
    Equation("dlt", "Eq (78)", "km", "distance from the transmitter to its horizon"),
    Equation("dlr", "Eq (81a)", "km", "distance from the receiver to its horizon"),
    Equation("th_t", "Eqs (76-78)", "mrad", "horizon elevation angle of the transmitter"),
    Equation("th_r", "Eqs (79-81)", "mrad", "horizon elevation angle of the receiver"),
    Equation("th", "Eq (82)", "mrad", "angular distance of the path"),
    Equation("hts", "", "m", "transmitting antenna above mean sea level"),
    Equation("hrs", "", "m", "receiving antenna above mean sea level"),
    Equation("omega", "Table 5", "", "fraction of the path over sea"),
    Equation("dtm", "Sec 3.6", "km", "longest continuous stretch of land"),
    Equation("dlm", "Sec 3.6", "km", "longest continuous inland stretch"),
    Equation("b0", "Eq (5)", "%", "share of time with a lapse-rate above 100 N-units/km in the lowest 100 m"),
    Equation("ae", "Eq (7a)", "km", "median effective Earth radius"),
    Equation("hst_n", "Eq (85)", "m", "smooth-Earth surface at the transmitter"),
    Equation("hsr_n", "Eq (86)", "m", "smooth-Earth surface at the receiver"),
    Equation("hst", "Eq (90a)", "m", "smooth-Earth surface for ducting at the transmitter"),
    Equation("hsr", "Eq (90b)", "m", "smooth-Earth surface for ducting at the receiver"),
    Equation("hstd", "Eq (89)", "m", "smooth surface for diffraction at the transmitter"),
    Equation("hsrd", "Eq (89)", "m", "smooth surface for diffraction at the receiver"),
    Equation("hte", "Eq (92a)", "m", "effective height of the transmitter for ducting"),
    Equation("hre", "Eq (92b)", "m", "effective height of the receiver for ducting"),
    Equation("hm", "Eq (93)", "m", "terrain roughness"),
    Equation("beyond_horizon", "Att 1 Sec 4", "", "whether the path is transhorizon"),
    Equation("Lbulla", "Eq (21)", "dB", "Bullington loss of the actual path, median Earth radius"),
    Equation("Lbulls", "Eq (21)", "dB", "Bullington loss of the smooth path, median Earth radius"),
    Equation("Ldsph", "Eq (27)", "dB", "spherical-Earth diffraction loss, median Earth radius"),
    Equation(
        "Lbulla_b0", "Eq (21)", "dB", "Bullington loss of the actual path, Earth radius exceeded for beta0 % of time"
    ),
    Equation("Lbulls_b0", "Eq (21)", "dB", "Bullington loss of the smooth path, the same radius"),
    Equation("Ldsph_b0", "Eq (27)", "dB", "spherical-Earth diffraction loss, the same radius"),
    Equation("Fi", "Eq (40)", "", "interpolation between the median and beta0 % of time"),
    Equation("Fj", "Eq (57)", "", "interpolation by the angular distance"),
    Equation("Fk", "Eq (58)", "", "interpolation by the distance"),
    Equation("Lbfs", "Eq (8)", "dB", "free-space loss"),
    Equation("Lb0p", "Eq (10)", "dB", "line-of-sight loss not exceeded for p % of time"),
    Equation("Lb0b", "Eq (11)", "dB", "line-of-sight loss not exceeded for beta0 % of time"),
    Equation("Ld50", "Eq (39)", "dB", "median diffraction loss"),
    Equation("Ldb", "Eq (39)", "dB", "diffraction loss not exceeded for beta0 % of time"),
    Equation("Ldp", "Eq (41)", "dB", "diffraction loss not exceeded for p % of time"),
    Equation("Lbd50", "Eq (42)", "dB", "median basic transmission loss by diffraction"),
    Equation("Lbd", "Eq (43)", "dB", "basic transmission loss by diffraction not exceeded for p % of time"),
    Equation("Lminb0p", "Eq (59)", "dB", "notional least loss by sight and sub-path diffraction over sea"),
    Equation("Lba", "Eq (46)", "dB", "loss by ducting or layer reflection"),
    Equation("Lminbap", "Eq (60)", "dB", "notional least loss by sight and transhorizon enhancement"),
    Equation("Lbda", "Eq (61)", "dB", "notional loss by diffraction and enhancements"),
    Equation("Lbam", "Eq (62)", "dB", "loss by diffraction, sight and enhancements"),
    Equation("Lbs", "Eq (44)", "dB", "loss by tropospheric scatter"),
    Equation("Lbc", "Eq (63)", "dB", "loss not exceeded for p % of time and half of the locations"),
    Equation("Lloc", "Eq (66)", "dB", "location variability"),
    Equation("Lb", "Eq (69)", "dB", "basic transmission loss for p % of time and the locations asked for"),
)
