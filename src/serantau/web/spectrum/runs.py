"""The computation of a request: what it rests on, and the engine's run with its parts kept in the data folder."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from serantau.base import PartialDate, Truth
from serantau.facts import Grade
from serantau.facts.model import RECALLED, is_known, is_valid
from serantau.spectrum.limits import Answer, Limit
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.shelf import Shelf

if TYPE_CHECKING:
    from serantau.base import AsOf
    from serantau.spectrum.coordination import Finding, Setting, Terrain
    from serantau.spectrum.model import SpectrumFacts

LAND, SEA, TILES = "land", "sea", "tiles"
OWN = "limit of the sender"
PROFILE_POINTS = 200


def terrain_folder() -> Path:
    """Where whoever runs the site puts elevation tiles."""
    return Path(settings.SERANTAU_DATA) / "terrain"


def has_tiles() -> bool:
    """Whether this site has elevation tiles."""
    from serantau.sources.terrain import tile_paths

    return bool(tile_paths(terrain_folder()))


def limits_between(facts: SpectrumFacts, one: str, two: str, asof: AsOf) -> tuple[Limit, ...]:
    """Limits that two members agreed on, then the examples that bind nobody, as known and valid on the day."""
    held = [row for row in facts.limits if is_known(row, asof) and is_valid(row, asof) is not Truth.NO]
    agreed = [row for row in held if {one, two} <= set(row.parties.split())]
    return (*agreed, *(row for row in held if row.example))


def own_limit(given: dict[str, float], day: date) -> Limit:
    """A limit that the sender states; no document says so, and it does not claim one."""
    return Limit(
        id=OWN,
        title=_("Stated by the sender"),
        parties="stated",
        low_mhz=30.0,
        high_mhz=6000.0,
        synchronised=Answer.ANY,
        preferential=Answer.ANY,
        location_percent=50.0,
        source=RECALLED,
        grade=Grade.MEMORY,
        known=PartialDate(day.isoformat()),
        valid_from=PartialDate("unknown"),
        valid_to=PartialDate("open"),
        **given,
    )


def compute(held: Coordination, facts: SpectrumFacts, day: date) -> tuple[tuple[Finding, ...], list[str]]:
    """Run; what was found, and what it rests on.

    Raises:
        SpectrumError: if it cannot be computed.
    """
    from serantau.spectrum.coordination import Question, coordinate, finding_of, questions_for

    setting, batch = _setting(held), held.batch()
    known = {one.id: one for one in facts.limits}
    limits = [known[name] for name in held.limits if name in known]
    if held.own_limit is not None:
        limits.append(own_limit(held.own_limit, day))
    questions = questions_for(batch, limits, [Question(0.0, 10.0, 50.0, 3.0, 0.0)])
    shelf = shelf_of(held)
    shelf.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    findings: Sequence[Finding] = ()
    for done in coordinate(setting, batch, questions, shelf.find, shelf.keep):
        if isinstance(done, tuple):
            findings = [finding_of(one, batch) for one in done]
    said = [
        f"Method: {setting.method.name}.",
        f"Refractivity: delta-N {held.delta_n:g}, N0 {held.n0:g}; {held.origin}.",
        f"Ground: {_ground_words(held.ground)}. {PROFILE_POINTS} points of each profile.",
        f"Border: {len(setting.border.latitude)} points {held.spacing_km:g} km apart. {len(batch)} transmitters.",
    ]
    return tuple(findings), said


def shelf_of(held: Coordination) -> Shelf:
    """Where the parts of a run are kept while it goes on. Named after what the run is, so that no other takes them up."""
    name = hashlib.sha256(f"{held.pk} {held.run} {held.asked_at}".encode()).hexdigest()[:24]
    return Shelf(Path(settings.SERANTAU_DATA) / "coordination" / name)


def clear(held: Coordination) -> None:
    """Remove the parts of a run that has ended."""
    shutil.rmtree(shelf_of(held).folder, ignore_errors=True)


def progress(held: Coordination) -> int:
    """How many records the run that goes on has done."""
    return shelf_of(held).count()


def _setting(held: Coordination) -> Setting:
    from serantau.spectrum.coordination import Flat, Setting, read_border
    from serantau.spectrum.propagation import P1812

    border = read_border(held.border.encode(), held.spacing_km, held.side)  # type: ignore[arg-type] # checked before
    ground: Terrain = Flat(sea=held.ground == SEA)
    if held.ground == TILES:
        from serantau.sources.terrain import ground_in

        ground = ground_in(terrain_folder())
    return Setting(border, ground, held.delta_n, held.n0, P1812(), PROFILE_POINTS)


def _ground_words(ground: str) -> str:
    return {LAND: "flat land", SEA: "flat sea", TILES: "elevation tiles of this site"}[ground]
