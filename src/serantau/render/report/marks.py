"""The marks beside a figure, and their key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from serantau.languages import Words
from serantau.measure.marks import BEFORE_THE_PLAN, LETTERS, OLD
from serantau.render.report.model import Block, Paragraph


def letters(marks: Iterable[str]) -> str:
    """The letters of some marks, in the order of the key."""
    wanted = set(marks)
    return "".join(letter for mark, letter in LETTERS.items() if mark in wanted)


def marked(text: str, marks: Iterable[str]) -> str:
    """A text with the letters of its marks."""
    found = letters(marks)
    return f"{text} {found}" if found else text


def key(words: Words, marks: Iterable[str]) -> Iterator[Block]:
    """What the letters mean; nothing where no mark stands."""
    _ = words.gettext
    said = {
        "break": _("break in the series"),
        "estimated": _("estimated by the publisher"),
        "own": _("from a file of the user's own, not one of the region's facts"),
        "hand-copied": _("copied by hand and not checked a second time"),
        "derived": _("computed from two published series"),
        "doubtful": _("an anomaly that the publisher does not explain"),
        "definition-differs": _("another definition than the rest of the series"),
        "part-year": _("covers part of the year"),
        OLD: _("older than the index calls recent"),
        BEFORE_THE_PLAN: _("from before the plan began"),
    }
    wanted = set(marks)
    found = [f"{letter} {said[mark]}" for mark, letter in LETTERS.items() if mark in wanted]
    if found:
        yield Paragraph(_("Marks of the figures: %s.") % "; ".join(found), "small")
