"""What spectrum costs: field strength by the path, a coordination run, what members have in common, the best plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import numpy as np
from _harness import Figure, cpu_seconds, peak_megabytes, run

from serantau.base import AsOf, PartialDate
from serantau.bundle import default_region, load_bundle
from serantau.facts import Grade
from serantau.spectrum.coordination import Flat, Question, Setting, Transmitter, coordinate, read_border
from serantau.spectrum.harmonise import Holdings, radios_of
from serantau.spectrum.model import Band, Complete, Duplex, Holding, SpectrumFacts, State
from serantau.spectrum.optimise import best_plan
from serantau.spectrum.propagation import P1812, Links, Profiles

# Py1812 at commit a5205e6 on 211 points, CPU time on two shared cores in November 2026. It is on no package index, so
# it does not run beside ours: the number is restated, and its ratio is between two machines of about the same speed.
PY1812_PATHS_PER_SECOND = 1171
PEER = "Py1812 (restated)"


def links_of(paths: int, points: int) -> Links:
    """Rough ground, some of it sea and some of it under trees: nothing that a shortcut could use."""
    rng = np.random.default_rng(1)
    zone = np.where(rng.random((paths, points)) < 0.3, 1, 4)
    terrain = np.where(zone == 1, 0.0, np.abs(np.cumsum(rng.normal(0, 8, (paths, points)), axis=1)))
    clutter = np.where((zone == 4) & (rng.random((paths, points)) < 0.5), 10.0, 0.0)
    distance = np.linspace(0, 1, points) * rng.uniform(5, 100, (paths, 1))
    return Links.of(
        Profiles.of(distance, terrain, clutter, zone),
        frequency_ghz=rng.choice([0.7, 0.9, 1.8, 2.6, 3.5], paths),
        tx_height_m=30,
        rx_height_m=3,
        latitude_deg=2,
        delta_n=60,
        n0=380,
    )


DAY = AsOf(date(2026, 1, 1))
SURE = {"source": "recalled", "grade": Grade.MEMORY, "known": PartialDate("2025-01-01")} | {
    "valid_from": PartialDate("2020-01-01"),
    "valid_to": PartialDate("2035-12-31"),
}


def harmonised() -> float:
    """CPU-seconds for every band of the region that ships and all its members of the day, nothing kept from before."""
    bundle = load_bundle(default_region())
    members = [one.id for one in bundle.region.members_at(DAY)]
    radios = radios_of(bundle.spectrum.bands)

    def ask() -> None:
        holdings = Holdings(bundle.spectrum, members, DAY)
        for radio in radios:
            holdings.common(radio)

    return cpu_seconds(ask)


def invented(seed: int, members: int = 11) -> tuple[SpectrumFacts, list[str]]:
    """A band of 400 MHz in which eleven members hold four random blocks each, wholly known: real data are never so whole."""
    rng = np.random.default_rng(seed)
    band = Band(
        id="b", duplex=Duplex.TDD, uplink_low_mhz=3300.0, uplink_high_mhz=3700.0, downlink_low_mhz=3300.0,
        downlink_high_mhz=3700.0, **SURE,
    )  # fmt: skip
    names = [f"M{number:02}" for number in range(members)]
    held = []
    for name in names:
        edges = np.sort(rng.choice(np.arange(3300, 3701, 10), 8, replace=False)).astype(float).tolist()
        held += [
            Holding(
                id=f"{name}-{low:g}", member=name, band="b", state=State.ASSIGNED, holder=f"op{number}", area="national",
                duplex=Duplex.TDD, uplink_low_mhz=low, uplink_high_mhz=high, downlink_low_mhz=low, downlink_high_mhz=high,
                **SURE,
            )
            for number, (low, high) in enumerate(zip(edges[::2], edges[1::2], strict=True))
        ]  # fmt: skip
    whole = tuple(Complete(id=f"{name}-b", member=name, band="b", **SURE) for name in names)
    return SpectrumFacts(bands=(band,), holdings=tuple(held), complete=whole), names


def planned() -> tuple[float, float]:
    """CPU-seconds for the best plan of five such bands, and the worst gap left: 0 where each is proved."""
    gaps = []

    def plan() -> None:
        for seed in range(5):
            facts, names = invented(seed)
            holdings = Holdings(facts, names, DAY)
            gaps.append(best_plan(holdings, radios_of(facts.bands)[0], 600.0).gap_mhz)

    return cpu_seconds(plan, repeat=1), max(gaps)


def coordinated(transmitters: int, points: int) -> tuple[float, float]:
    """CPU-seconds of a run with three shares of time, and the most memory that the process ever took, MB."""
    line = json.dumps({"type": "LineString", "coordinates": [[0, 0], [points * 0.2 / 111.195, 0]]}).encode()
    border = read_border(line, 0.2, "left")
    batch = [
        Transmitter(
            id=f"t{number}", latitude=-0.02 - 0.3 * (number % 97) / 97, longitude=0.9 * (number % 89) / 89,
            height_m=30, frequency_mhz=763, bandwidth_mhz=10, erp_dbw=25,
        )
        for number in range(transmitters)
    ]  # fmt: skip
    setting = Setting(border, Flat(), 60.0, 380.0, P1812())
    questions = [Question(0.0, time, 50.0, 3.0, 0.0) for time in (50.0, 10.0, 1.0)]

    def whole() -> None:
        for _ in coordinate(setting, batch, questions):
            pass

    seconds = cpu_seconds(whole, repeat=1)
    return seconds * 500 / len(border.latitude), peak_megabytes()


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Paths per CPU-second, and how the cost grows with points and percentages."""
    method = P1812()
    many = links_of(4096, 200)
    for times in ([10.0], [50.0, 10.0, 1.0]):
        seconds = cpu_seconds(lambda times=times: method.predict(many, times, steps=False))
        name = f"P.1812, 200 points, {len(times)} percentage{'s' if len(times) > 1 else ''} of time"
        speed = many.profiles.paths / seconds
        yield Figure(name, speed, "paths per CPU-second", PEER, speed / PY1812_PATHS_PER_SECOND)
    one = many.rows(slice(0, 1))
    yield Figure(
        "P.1812, one path of 200 points, every step", cpu_seconds(lambda: method.predict(one, [10])) * 1e3, "ms"
    )
    yield Figure("megahertz in common, 11 members, every band", harmonised() * 1e3, "ms")
    seconds, gap = planned()
    yield Figure("best plan, 5 bands of 400 MHz, 11 members", seconds, "CPU-seconds")
    yield Figure("best plan, 5 bands of 400 MHz, 11 members: gap not closed", gap, "MHz")
    if quick:
        return
    seconds, memory = coordinated(1000, 500)
    yield Figure("coordination, 1,000 transmitters, 500 points, 3 percentages", seconds, "CPU-seconds")
    yield Figure("coordination, 1,000 transmitters, 500 points: most memory of the process", memory, "MB")
    for points in (50, 800):
        links = links_of(2048, points)
        speed = 2048 / cpu_seconds(lambda links=links: method.predict(links, [10.0], steps=False))
        yield Figure(f"P.1812, {points} points, 1 percentage of time", speed, "paths per CPU-second")


if __name__ == "__main__":
    run(figures)
