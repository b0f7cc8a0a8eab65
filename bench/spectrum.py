"""What predicting field strength costs: paths a CPU-second, one at a time and in batches, and with three percentages."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from _harness import Figure, cpu_seconds, run

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
    if quick:
        return
    for points in (50, 800):
        links = links_of(2048, points)
        speed = 2048 / cpu_seconds(lambda links=links: method.predict(links, [10.0], steps=False))
        yield Figure(f"P.1812, {points} points, 1 percentage of time", speed, "paths per CPU-second")


if __name__ == "__main__":
    run(figures)
