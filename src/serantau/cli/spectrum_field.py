"""``serantau spectrum field``: one path, every step with its equation, and why the result is what it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import stop
from serantau.cli.options import Number, asof, common_options, format_option, own_folder
from serantau.cli.output import Column, Row, emit
from serantau.cli.spectrum_air import Mapped, clutter_of, ground_of, ground_options, maps_option, refractivity

if TYPE_CHECKING:
    from serantau.spectrum.coordination.mosaic import Clutter
    from serantau.spectrum.coordination.path import PathGround
    from serantau.spectrum.coordination.terrain import Terrain
    from serantau.spectrum.propagation import Links, Prediction

MOST_BYTES = 4 * 1024 * 1024
PLACE = (Number(-80, 80), Number(-180, 180))


@click.command()
@click.argument("profile", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", type=PLACE, metavar="LAT LON", help="Transmitter, without a profile.")
@click.option("--to", "end", type=PLACE, metavar="LAT LON", help="Receiver, without a profile.")
@click.option("--latitude", type=Number(-80, 80), help="Of the middle of a profile.")
@click.option("--frequency", required=True, type=Number(30, 6000), help="MHz.")
@click.option("--tx-height", type=Number(1, 3000), default=30, show_default=True, help="Above ground, m.")
@click.option("--rx-height", type=Number(1, 3000), default=3, show_default=True, help="Above ground, m.")
@click.option("--erp", type=Number(-60, 80), default=30, show_default=True, help="dBW; 30 is 1 kW.")
@click.option("--horizontal", is_flag=True, help="Horizontal polarisation instead of vertical.")
@click.option("--time", "times", multiple=True, type=Number(1, 50), help="Per cent of time.  [default: 50 10 1]")
@click.option("--places", type=Number(1, 99), default=50, show_default=True, help="Per cent of locations.")
@click.option("--sigma", type=Number(0, 30), default=0, show_default=True, help="Location variability, dB.")
@click.option("--member", "code", help="Take the refractivity held of this member.")
@click.option("--delta-n", type=Number(0, 157, min_open=True, max_open=True), help="Lapse-rate, N-units/km.")
@click.option("--n0", type=Number(0, 1000, min_open=True), help="Sea-level refractivity, N-units.")
@maps_option
@click.option("--points", type=click.IntRange(5, 5000), default=200, show_default=True, help="Without a profile.")
@ground_options
@common_options
@format_option
def field(
    profile: Path | None,
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    latitude: float | None,
    frequency: float,
    tx_height: float,
    rx_height: float,
    erp: float,
    horizontal: bool,
    times: tuple[float, ...],
    places: float,
    sigma: float,
    code: str | None,
    delta_n: float | None,
    n0: float | None,
    maps: Path | None,
    points: int,
    terrain: Path | None,
    sea: bool,
    clutter: float,
    landcover: Path | None,
    scheme: str,
    region: Path,
    as_of: date | None,
    known: date | None,
    format: str,
) -> None:
    """Compute the field strength of one path, with every step of the method.

    PROFILE is a CSV table with the columns distance_km and height_m, and where they matter clutter_m and zone (sea,
    coastal, inland). Without it the path runs between --from and --to, over flat ground or the tiles of --terrain.
    """
    from serantau.bundle import load_bundle
    from serantau.spectrum.propagation import P1812, FreeSpace, Links

    wanted = sorted(set(times or (50.0, 10.0, 1.0)), reverse=True)
    bundle = load_bundle(region, own_folder())
    place = _place(maps, start, end)
    air_delta, air_n0, origin = refractivity(bundle, asof(as_of, known), code, delta_n, n0, place)
    if profile is None:
        under, under_words = ground_of(terrain, sea)
        standing, standing_words = clutter_of(bundle, asof(as_of, known), clutter, landcover, scheme)
        ground, ground_words = _between(start, end, points, under, standing), f"{under_words}, {standing_words}"
    else:
        ground, ground_words = _from_profile(profile, start, end), f"profile {profile.name}"
    middle = latitude if latitude is not None else ground.latitude_deg
    if middle is None:
        stop("Give --latitude: the profile does not say where it lies, and the method depends on it.")
    links = Links.of(
        ground.profiles,
        frequency_ghz=frequency / 1000,
        tx_height_m=tx_height,
        rx_height_m=rx_height,
        latitude_deg=middle,
        delta_n=air_delta,
        n0=air_n0,
        vertical=not horizontal,
        tx_coast_km=ground.tx_coast_km,
        rx_coast_km=ground.rx_coast_km,
    )
    found = P1812().predict(links, wanted, location_percent=places, location_sigma_db=sigma)
    rows = _rows(found, FreeSpace().predict(links, wanted), erp)
    columns: list[Column] = [("key", "Step"), ("equation", "Equation"), ("meaning", "What it is"), ("unit", "Unit")]
    columns += [(_name(time), f"{time:g} %") for time in wanted]
    notes = [
        f"Method: {found.method}. {origin} Ground: {ground_words}.",
        *(f"{time:g} % of time: {found.reason(number, 0)}." for number, time in enumerate(wanted)),
        f"{places:g} % of locations; e.r.p. {erp:g} dBW. Where a step does not depend on time it stands in each column.",
    ]
    emit(rows, format, columns, _title(links, frequency), notes, bundle.edition.label)


def _place(maps: Path | None, start: tuple[float, float] | None, end: tuple[float, float] | None) -> Mapped | None:
    """Where the maps are read: in the middle of the path."""
    if maps is None:
        return None
    if start is None or end is None:
        stop("Maps are read at a place, so they need --from and --to; with a profile give --delta-n and --n0.")
    return Mapped(maps, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2)


def _from_profile(profile: Path, start: object, end: object) -> PathGround:
    from serantau.spectrum.coordination.path import read_profile

    if start is not None or end is not None:
        stop("Give a PROFILE, or both --from and --to.")
    if profile.stat().st_size > MOST_BYTES:
        stop(f"{profile.name} is larger than {MOST_BYTES // 1024**2} MB.")
    return read_profile(profile.read_bytes())


def _between(
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    points: int,
    terrain: Terrain,
    clutter: Clutter,
) -> PathGround:
    from serantau.spectrum.coordination.path import ground_between

    if start is None or end is None:
        stop("Give a PROFILE, or both --from and --to.")
    if start == end:
        stop("--from and --to are the same place; a path is 0.25 km long at least.")
    return ground_between(terrain, start, end, points, clutter)


def _rows(found: Prediction, free: Prediction, erp: float) -> list[Row]:
    """The answer first, then free space, then every step in the order of the method."""
    from serantau.spectrum.propagation.p1812.equations import EQUATIONS

    power = erp - 30  # the prediction is for 1 kW, which is 30 dBW
    times = [float(time) for time in found.time_percent]
    rows: list[Row] = [
        _row(
            "E",
            "Eq (70)",
            "field strength",
            "dB(uV/m)",
            times,
            [float(v) + power for v in found.field_strength_dbuv_m[:, 0]],
        ),
        _row(
            "E free",
            "Eq (70)",
            "field strength in free space",
            "dB(uV/m)",
            times,
            [float(v) + power for v in free.field_strength_dbuv_m[:, 0]],
        ),
        _row(
            "mode",
            "",
            "mechanism that decides",
            "",
            times,
            [found.reason(n, 0).partition(":")[0] for n in range(len(times))],
        ),
    ]
    for one in EQUATIONS:
        values = found.steps[one.key]
        each = [values[n, 0] if values.ndim == 2 else values[0] for n in range(len(times))]
        rows.append(_row(one.key, one.number, one.meaning, one.unit, times, [value.item() for value in each]))
    return rows


def _row(key: str, equation: str, meaning: str, unit: str, times: list[float], values: list[float | bool | str]) -> Row:
    shown = [round(value, 6) if isinstance(value, float) else value for value in values]
    return {
        "key": key,
        "equation": equation,
        "meaning": meaning,
        "unit": unit,
        **{_name(time): value for time, value in zip(times, shown, strict=True)},
    }


def _name(time: float) -> str:
    return f"p{time:g}"


def _title(links: Links, frequency: float) -> str:
    return f"{float(links.distance_km[0]):.3f} km at {frequency:g} MHz"
