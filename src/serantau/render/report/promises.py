"""What the meetings declared and produced, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator

from serantau.base import AsOf
from serantau.facts import Grade
from serantau.plan import Meeting, Progress
from serantau.plan.facts import listed
from serantau.render.report.material import Material
from serantau.render.report.model import Block, Column, Heading, Paragraph, Table

MEETINGS_IN_BRIEF = 3
MOST_IN_BRIEF = 8


def promises(material: Material, *, brief: bool) -> Iterator[Block]:
    """Declarations and outputs of the meetings, the latest first, with the state that a source gives."""
    _ = material.words.gettext
    yield Heading(_("Promises and their state"))
    held = sorted(material.plans.meetings(material.asof), key=lambda one: one.start.earliest, reverse=True)
    meetings = held[:MEETINGS_IN_BRIEF] if brief else held
    rows = [row for meeting in meetings for row in _rows(material, meeting)]
    if not rows:
        yield Paragraph(_("No declaration and no output of a meeting is held here."))
    else:
        columns = (
            Column(_("Meeting"), share=1.5),
            Column(_("Declaration or output"), share=3.4),
            Column(_("What the meeting did"), share=1.2),
            Column(_("Grade")),
        )
        shown = rows[:MOST_IN_BRIEF] if brief else rows
        yield Table(_("Declarations and outputs, the latest first"), columns, tuple(shown))
        if len(rows) > len(shown) or len(held) > len(meetings):
            yield Paragraph(_("Earlier ones stand in the full report."), "small")
    yield Paragraph(_state(material), "body")


def _rows(material: Material, meeting: Meeting) -> Iterator[tuple[str, str, str, str]]:
    _ = material.words.gettext
    when = material.formats.partial(meeting.start)
    where = f"{meeting.body} {meeting.number}" + (f", {when}" if when else "")
    asof = AsOf(material.asof.valid, material.asof.known)
    for one in material.plans.declarations(meeting.id, asof):
        yield where, one.title, _("declared"), grade_words(material, one.grade)
    for output in material.plans.outputs(meeting.id, asof):
        verb = _verb(material, output.verb) if output.verb else _("not known")
        yield where, output.title, verb, grade_words(material, output.grade)


def _verb(material: Material, verb: str) -> str:
    """What a meeting did with an output; a word that is not among these stays as the source has it."""
    _ = material.words.gettext
    known = {
        "adopted": _("adopted"),
        "approved": _("approved"),
        "welcomed": _("welcomed"),
        "launched": _("launched"),
        "amended": _("amended"),
        "endorsed": _("endorsed"),
        "noted": _("noted"),
    }
    return known.get(verb, verb)


def grade_words(material: Material, grade: Grade) -> str:
    """A grade in words."""
    _ = material.words.gettext
    return {
        Grade.PRIMARY: _("primary"),
        Grade.SECONDARY: _("secondary"),
        Grade.WEAK: _("weak"),
        Grade.MEMORY: _("memory"),
    }[grade]


def _state(material: Material) -> str:
    """What is known of the carrying out."""
    _ = material.words.gettext
    projects = listed((one for one in material.plans.all_projects if one.plan == material.plan.id), material.asof)
    if not projects:
        return _(
            "What became of each promise is not known here: no report on the progress of an action was found. That is "
            "not known, and not undone."
        )
    counted = {state: sum(one.progress is state for one in projects) for state in Progress}
    words = {
        Progress.PLANNED: _("planned"),
        Progress.RUNNING: _("running"),
        Progress.COMPLETED: _("completed"),
        Progress.STOPPED: _("stopped"),
        Progress.UNKNOWN: _("not known"),
    }
    parts = [f"{words[state]} {count}" for state, count in counted.items() if count]
    return _("Projects of the plan, by progress: %s.") % ", ".join(parts)
