"""The air that a path runs through: as given on the command line, or as held of a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serantau.base import AsOf, Truth, suggest
from serantau.cli.groups import stop
from serantau.facts.model import is_known, is_valid

if TYPE_CHECKING:
    from serantau.bundle import Bundle


def refractivity(
    bundle: Bundle, day: AsOf, code: str | None, delta_n: float | None, n0: float | None
) -> tuple[float, float, str]:
    """Lapse-rate, sea-level refractivity, and where they come from; stops if neither was given nor is held."""
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
