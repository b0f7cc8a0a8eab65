"""The air and the ground that paths run through: as given on the command line, or as held of a member."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import AsOf, Truth, suggest
from serantau.cli.groups import stop
from serantau.cli.options import Command, Number
from serantau.facts.model import is_known, is_valid

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.spectrum.coordination.mosaic import Clutter
    from serantau.spectrum.coordination.terrain import Terrain


@dataclass(frozen=True)
class Mapped:
    """A place whose refractivity is read from maps.

    Attributes:
        folder: Where the two maps are.
        latitude: Degrees.
        longitude: Degrees.
    """

    folder: Path
    latitude: float
    longitude: float

    def read(self) -> tuple[float, float, str]:
        """Lapse-rate, sea-level refractivity, and where they come from; stops if a map is not there."""
        from serantau.spectrum.propagation.maps import MOST_BYTES, NAMES, read_maps

        files = {name: self.folder / file for name, file in NAMES.items()}
        for path in files.values():
            if not path.is_file():
                stop(
                    f"{self.folder.name} holds no {path.name}. Put both maps of the ITU there: {', '.join(NAMES.values())}."
                )
            if path.stat().st_size > MOST_BYTES:
                stop(f"{path.name} is larger than {MOST_BYTES // 1024**2} MB; the map has some 300 kB.")
        maps = read_maps(files["delta_n"].read_bytes(), files["n0"].read_bytes())
        delta_n, n0 = maps.at(self.latitude, self.longitude)
        where = f"latitude {self.latitude:.3f}, longitude {self.longitude:.3f}"
        return delta_n, n0, f"Refractivity: delta-N {delta_n:.2f}, N0 {n0:.2f}, from maps at {where}."


maps_option = click.option(
    "--maps",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the ITU's maps DN50.TXT and N050.TXT, which you have.",
)


def refractivity(
    bundle: Bundle, day: AsOf, code: str | None, delta_n: float | None, n0: float | None, maps: Mapped | None = None
) -> tuple[float, float, str]:
    """Lapse-rate, sea-level refractivity, and where they come from; stops if neither was given nor is held."""
    if maps is not None:
        if code is not None or delta_n is not None or n0 is not None:
            stop("Give --maps, or --delta-n and --n0, or a --member: one of the three.")
        return maps.read()
    if delta_n is not None and n0 is not None:
        return delta_n, n0, f"Refractivity: delta-N {delta_n:g}, N0 {n0:g}, as given."
    if (delta_n is None) != (n0 is None):
        stop("Give both --delta-n and --n0, or neither.")
    held = {
        one.member: one
        for one in bundle.spectrum.refractivity
        if is_known(one, day) and is_valid(one, day) is not Truth.NO
    }
    if code is None:
        stop("Give --delta-n and --n0, or a --member whose refractivity is held: in the tropics it decides the result.")
    if code not in held:
        stop(f"No refractivity is held of {code[:20]!r}. {suggest(code, held)} Or give --delta-n and --n0.")
    one = held[code]
    words = f"Refractivity: delta-N {one.delta_n:g}, N0 {one.n0:g}, at {one.place} ({one.grade.value})."
    return one.delta_n, one.n0, words


def ground_options(command: Command) -> Command:
    """Add what paths run over; the command gets ``terrain``, ``sea``, ``clutter``, ``landcover`` and ``scheme``."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    for option in (
        click.option(
            "--scheme", default="worldcover", show_default=True, help="How the land cover numbers its classes."
        ),
        click.option("--landcover", type=folder, help="Folder of land cover (GeoTIFF), instead of --clutter."),
        click.option("--clutter", type=Number(0, 100), default=0, show_default=True, help="Clutter over land, m."),
        click.option("--sea", is_flag=True, help="Without tiles: flat sea instead of flat land."),
        click.option(
            "--terrain", type=folder, help="Folder of elevation tiles (HGT or GeoTIFF).  [default: flat land]"
        ),
    ):
        command = option(command)
    return command


def ground_of(terrain: Path | None, sea: bool) -> tuple[Terrain, str]:
    """The ground, and what it is called in a report."""
    from serantau.spectrum.coordination import Flat

    if terrain is None:
        return Flat(sea=sea), "flat sea" if sea else "flat land"
    from serantau.sources.terrain import ground_in

    return ground_in(terrain), f"tiles of {terrain.name}"


def clutter_of(bundle: Bundle, day: AsOf, clutter: float, landcover: Path | None, scheme: str) -> tuple[Clutter, str]:
    """What stands on the ground, and what it is called in a report; stops if no height is held of the classes."""
    from serantau.spectrum.coordination.mosaic import Even

    if landcover is None:
        return Even(clutter), f"clutter {clutter:g} m"
    if clutter:
        stop("Give --clutter or --landcover, not both.")
    held = [one for one in bundle.spectrum.clutter if is_known(one, day) and is_valid(one, day) is not Truth.NO]
    classes = [one for one in held if one.scheme == scheme]
    if not classes:
        stop(f"No heights are held of the classes of {scheme[:40]!r}. {suggest(scheme, {one.scheme for one in held})}")
    from serantau.sources.terrain import clutter_in

    grades = ", ".join(sorted({one.grade.value for one in classes}))
    return clutter_in(landcover, classes), f"clutter by land cover of {landcover.name} ({scheme}, heights: {grades})"
