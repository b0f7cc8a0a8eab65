"""The marks beside a figure: a letter in the table, a sentence in the key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from serantau.measure.marks import LETTERS


@dataclass(frozen=True)
class Mark:
    """A mark as shown."""

    letter: str
    name: str
    text: str


MARKS = {
    mark.name: mark
    for mark in (
        Mark(LETTERS["old"], "old", _("older than the index calls recent")),
        Mark(LETTERS["before the plan"], "before the plan", _("from before the plan began")),
        Mark(LETTERS["estimated"], "estimated", _("estimated by the publisher")),
        Mark(LETTERS["break"], "break", _("break in the series")),
        Mark(LETTERS["derived"], "derived", _("computed from two published series")),
        Mark(LETTERS["own"], "own", _("from a file of the user's own, not one of the region's facts")),
        Mark(LETTERS["hand-copied"], "hand-copied", _("copied by hand and not checked a second time")),
        Mark(LETTERS["definition-differs"], "definition-differs", _("another definition than the rest of the series")),
        Mark(LETTERS["part-year"], "part-year", _("covers part of the year")),
        Mark(LETTERS["doubtful"], "doubtful", _("an anomaly that the publisher does not explain")),
    )
}


def marks_of(names: Iterable[str]) -> tuple[Mark, ...]:
    """The marks with these names, in the order of the key; one that the key does not have shows its name."""
    wanted = set(names)
    known = tuple(mark for name, mark in MARKS.items() if name in wanted)
    return known + tuple(Mark(name, name, name) for name in sorted(wanted - set(MARKS)))
