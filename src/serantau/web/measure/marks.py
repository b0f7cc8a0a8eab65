"""The marks beside a figure: a letter in the table, a sentence in the key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Mark:
    """A mark as shown."""

    letter: str
    name: str
    text: str


MARKS = {
    mark.name: mark
    for mark in (
        Mark("o", "old", _("older than the index calls recent")),
        Mark("p", "before the plan", _("from before the plan began")),
        Mark("e", "estimated", _("estimated by the publisher")),
        Mark("b", "break", _("break in the series")),
        Mark("d", "derived", _("computed from two published series")),
        Mark("h", "hand-copied", _("copied by hand and not checked a second time")),
        Mark("x", "definition-differs", _("another definition than the rest of the series")),
        Mark("y", "part-year", _("covers part of the year")),
        Mark("?", "doubtful", _("an anomaly that the publisher does not explain")),
    )
}


def marks_of(names: Iterable[str]) -> tuple[Mark, ...]:
    """The marks with these names, in the order of the key; one that the key does not have shows its name."""
    wanted = set(names)
    known = tuple(mark for name, mark in MARKS.items() if name in wanted)
    return known + tuple(Mark(name, name, name) for name in sorted(wanted - set(MARKS)))
