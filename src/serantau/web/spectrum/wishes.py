"""From a form to a request for coordination: every field is looked at before anything is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from serantau.base import AsOf, Problem
from serantau.bundle import Bundle
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Limit, Silence
from serantau.spectrum.model import agreement_between
from serantau.spectrum.procedure import Terms
from serantau.web.spectrum import runs
from serantau.web.spectrum.services.requests import MOST_BORDER_BYTES, Wish

if TYPE_CHECKING:
    from serantau.spectrum.coordination import Transmitter

WEEKS = (4, 6)
MOST_BYTES = 4 * 1024 * 1024
SIDES = ("left", "right")
OWN_FIELDS: Mapping[str, tuple[float, float, float | None]] = {
    "value_dbuv_m": (-50.0, 150.0, None),
    "distance_km": (0.0, 100.0, 0.0),
    "time_percent": (1.0, 50.0, 10.0),
    "reference_bandwidth_mhz": (0.001, 400.0, 5.0),
    "height_m": (1.0, 100.0, 3.0),
}
"""Fields of a limit that the sender states: lowest, highest, and what stands where none is given."""


@dataclass(frozen=True)
class Offer:
    """What a form offers to a member that wants to coordinate with a neighbour.

    Attributes:
        limits: Limits that are agreed between the two, then examples.
        terms: What is agreed on answers; None where nothing is.
        agreement: Title of that agreement.
        delta_n: Refractivity held of the own member; None where none is.
        n0: The same.
        origin: Where it comes from.
    """

    limits: tuple[Limit, ...]
    terms: Terms | None
    agreement: str
    delta_n: float | None
    n0: float | None
    origin: str


def offer(bundle: Bundle, member: str, neighbour: str, asof: AsOf) -> Offer:
    """What the facts hold for two members."""
    agreed = agreement_between(bundle.spectrum, member, neighbour, asof)
    terms = None
    if agreed is not None:
        terms = Terms(agreed.answer_weeks, agreed.silence, agreed.reminders, agreed.id)
    here = next((one for one in bundle.spectrum.refractivity if one.member == member), None)
    return Offer(
        runs.limits_between(bundle.spectrum, member, neighbour, asof),
        terms,
        agreed.title if agreed else "",
        here.delta_n if here else None,
        here.n0 if here else None,
        f"{here.place} ({here.grade.value})" if here else "",
    )


class Reader:
    """Reads fields one after the other and keeps what is wrong with each."""

    def __init__(self, post: Mapping[str, str]) -> None:
        """Begin with nothing wrong."""
        self.post = post
        self.problems: list[Problem] = []

    def wrong(self, field: str, what: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(field, what))

    def choice(self, name: str, allowed: tuple[str, ...], label: str) -> str:
        """One of some words."""
        given = self.post.get(name, "")
        if given not in allowed:
            self.wrong(label, _("choose one of those that are offered."))
        return given

    def number(self, name: str, low: float, high: float, label: str, missing: float | None = None) -> float:
        """A number between two others; ``missing`` where the field is empty."""
        given = self.post.get(name, "").strip().replace(",", ".")
        if not given and missing is not None:
            return missing
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            words = _("%(given)s is no number from %(low)s to %(high)s.")
            self.wrong(label, words % {"given": repr(given[:20]), "low": f"{low:g}", "high": f"{high:g}"})
        return value

    def finish(self) -> None:
        """Refuse if anything was wrong.

        Raises:
            SpectrumError: naming every field.
        """
        if self.problems:
            raise SpectrumError(_("The form has gaps; nothing was kept."), self.problems)


def wish_of(
    post: MultiValueDict[str, str], files: Mapping[str, UploadedFile], bundle: Bundle, member: str, asof: AsOf
) -> Wish:
    """The request that a form describes.

    Raises:
        SpectrumError: naming every field that is wrong.
    """
    reader = Reader(post)  # type: ignore[arg-type] # asked like a mapping
    others = tuple(one.id for one in bundle.region.members_at(asof) if one.id != member)
    neighbour = reader.choice("neighbour", others, _("Neighbour"))
    held = offer(bundle, member, neighbour, asof)
    side = reader.choice("side", SIDES, _("Side of the neighbour"))
    ground = reader.choice("ground", grounds(), _("Ground"))
    spacing = reader.number("spacing", 0.05, 100.0, _("Distance of the points"), 1.0)
    delta_n = reader.number("delta_n", 1.0, 156.0, "delta-N", held.delta_n)
    n0 = reader.number("n0", 100.0, 600.0, "N0", held.n0)
    known = {one.id for one in held.limits}
    limits = tuple(dict.fromkeys(post.getlist("limit")))
    if not set(limits) <= known:
        reader.wrong(_("Limits"), _("choose those that are offered for this neighbour."))
    own = _own(reader)
    terms = held.terms or Terms(_weeks(reader), Silence.NOTHING)
    border = _file(reader, files, "border", _("Border"), MOST_BORDER_BYTES)
    try:
        border.decode("utf-8")
    except UnicodeDecodeError:
        reader.wrong(_("Border"), _("it is no text. Export it as GeoJSON."))
    reader.finish()
    given = bool(post.get("delta_n", "").strip() or post.get("n0", "").strip())
    origin = _("as stated by the sender") if given else held.origin
    title = str(post.get("title", ""))
    return Wish(title, neighbour, border, side, spacing, delta_n, n0, origin, ground, limits, own, terms)


def batch_of(files: Mapping[str, UploadedFile]) -> tuple[Transmitter, ...]:
    """The records of an uploaded table.

    Raises:
        SpectrumError: naming every bad cell.
    """
    from serantau.spectrum.coordination import read_transmitters

    reader = Reader({})
    content = _file(reader, files, "records", _("Records"), MOST_BYTES)
    reader.finish()
    return read_transmitters(content)


def content_of(files: Mapping[str, UploadedFile], name: str, label: str) -> bytes:
    """An uploaded file.

    Raises:
        SpectrumError: if there is none, or it is too large.
    """
    reader = Reader({})
    content = _file(reader, files, name, label, MOST_BYTES)
    reader.finish()
    return content


def grounds() -> tuple[str, ...]:
    """What the ground may be taken for here."""
    return (runs.LAND, runs.SEA, *((runs.TILES,) if runs.has_tiles() else ()))


def _own(reader: Reader) -> dict[str, float] | None:
    if not reader.post.get("own_value_dbuv_m", "").strip():
        return None
    return {
        name: reader.number(f"own_{name}", low, high, _("Own limit"), missing)
        for name, (low, high, missing) in OWN_FIELDS.items()
    }


def _weeks(reader: Reader) -> int:
    given = reader.choice("weeks", tuple(map(str, WEEKS)), _("Answers are due in"))
    return int(given) if given in map(str, WEEKS) else WEEKS[0]


def _file(reader: Reader, files: Mapping[str, UploadedFile], name: str, label: str, most: int) -> bytes:
    held = files.get(name)
    if held is None:
        reader.wrong(label, _("choose a file."))
        return b""
    if (held.size or 0) > most:
        reader.wrong(label, _("the file is larger than %(most)d MB.") % {"most": most // 1024**2})
        return b""
    return held.read()
