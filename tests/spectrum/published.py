"""Reads the published validation set and the tropical table."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from serantau.spectrum.propagation import Links, Profiles

FOLDER = Path(__file__).parent / "p1812"


@dataclass(frozen=True)
class Case:
    """One link with what others say of it."""

    name: str
    links: Links
    time_percent: float
    losses_db: dict[str, float]
    log: dict[str, list[float]]


def published() -> list[Case]:
    """The 63 cases of the published validation set."""
    return [case for path in sorted((FOLDER / "profiles").glob("*.csv")) for case in _cases(path)]


def tropical() -> list[Case]:
    """The 72 cases of the tropical table."""
    table = json.loads((FOLDER / "tropical.json").read_text(encoding="utf-8"))
    profiles = [
        Profiles.of(path["distance_km"], path["terrain_m"], path["clutter_m"], path["zone"]) for path in table["paths"]
    ]
    link_fields = ("frequency_ghz", "tx_height_m", "rx_height_m", "vertical", "tx_coast_km", "rx_coast_km")
    path_fields = ("latitude_deg", "delta_n", "n0")
    cases = []
    for number, case in enumerate(table["cases"]):
        path = table["paths"][case["path"]]
        given = {name: case[name] for name in link_fields} | {name: path[name] for name in path_fields}
        links = Links.of(profiles[case["path"]], **given)
        cases.append(Case(f"{path['name']}-{number}", links, case["time_percent"], case["loss_db"], {}))
    return cases


def _cases(path: Path) -> list[Case]:
    # Some spreadsheets have left their commas behind.
    lines = [line.rstrip(",") if line.startswith("{") else line for line in path.read_text("utf-8-sig").splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("Number of Points"))
    points = int(lines[at].split(",")[1])
    rows = np.array([[float(cell or 0) for cell in line.split(",")[:5]] for line in lines[at + 1 : at + 1 + points]])
    profiles = Profiles.of(rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 4])
    begin = lines.index("{Begin of Measurements}")
    measured = [line.split(",") for line in lines[begin + 1 : lines.index("{End of Measurements}")]]
    cases = []
    for number, cells in enumerate(measured):
        log = _log(FOLDER / "logs" / f"{path.stem}_{number}_log.csv")
        links = Links.of(
            profiles,
            frequency_ghz=float(cells[0]) / 1000,
            tx_height_m=float(cells[1]),
            rx_height_m=float(cells[3]),
            vertical=cells[4] == "2",
            latitude_deg=log["phi"][0],
            delta_n=log["DN"][0],
            n0=_value(lines, "Average annual sea-level surface refractivity"),
        )
        cases.append(Case(f"{path.stem}-{number}", links, float(cells[14]), {"reference": float(cells[17])}, log))
    return cases


def _value(lines: list[str], start: str) -> float:
    return next(float(line.split(",")[1]) for line in lines if line.startswith(start))


def _log(path: Path) -> dict[str, list[float]]:
    """Name without its unit -> values in their order: some names stand twice."""
    found: dict[str, list[float]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.reader(file):
            if len(row) > 3 and row[3] not in {"", "Value"}:
                found.setdefault(row[0].split(" (")[0].strip(), []).append(float(row[3]))
    return found
