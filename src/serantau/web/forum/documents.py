"""The agenda and the report of a meeting as files for an office: what the writers of reports are given."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.forum import Verb
from serantau.languages import SOURCE
from serantau.render.report.model import Block, Bullets, Column, Heading, Paragraph, Report, Table
from serantau.web.forum import words
from serantau.web.forum.models import AgendaItem, Meeting, Paper
from serantau.web.forum.views.work import there

KINDS = ("agenda", "report")


def document(
    kind: str,
    meeting: Meeting,
    agenda: list[tuple[AgendaItem, Paper | None]],
    people: list[tuple[str, str]],
    region: str,
) -> Report:
    """A meeting's agenda, or its report with the decisions that were taken.

    Args:
        kind: One of :data:`KINDS`.
        meeting: The meeting.
        agenda: Its items, each with its paper, as far as the reader may see it.
        people: Delegations and names.
        region: Name of the region.
    """
    body = meeting.body
    facts = [(_("Begins"), there(body, meeting.starts_at)), (_("Ends"), there(body, meeting.ends_at))]
    if meeting.place:
        facts.append((_("Place"), meeting.place))
    blocks = _agenda(agenda) if kind == "agenda" else _report(meeting, agenda, people)
    return Report(
        title=meeting.title,
        subtitle=(_("Agenda") if kind == "agenda" else _("Report")) + f": {body.short_name} {meeting.number}",
        language=get_language() or SOURCE,
        day=meeting.starts_at.date(),
        author=region,
        facts=tuple(facts),
        blocks=tuple(blocks),
        foot=f"{region} · {body.short_name} {meeting.number}",
        page_words=_("Page {page} of {pages}"),
    )


def _agenda(agenda: list[tuple[AgendaItem, Paper | None]]) -> Iterator[Block]:
    yield Heading(_("Agenda"))
    if not agenda:
        yield Paragraph(_("No item is entered."))
        return
    columns = (Column(_("Item"), share=0.5), Column(_("Title"), share=4), Column(_("Stage of its paper"), share=1.5))
    rows = [
        (str(item.position), item.title, str(words.STAGES[paper.at]) if paper else _("no paper"))
        for item, paper in agenda
    ]
    yield Table(_("Items in their order"), columns, tuple(rows))


def _report(
    meeting: Meeting, agenda: list[tuple[AgendaItem, Paper | None]], people: list[tuple[str, str]]
) -> Iterator[Block]:
    yield Heading(_("What was said"))
    if meeting.report:
        yield from (Paragraph(part) for part in meeting.report.split("\n\n"))
    else:
        yield Paragraph(_("The report is not written yet."), "notice")
    yield Heading(_("Decisions"))
    decided = [(item, paper) for item, paper in agenda if paper is not None and paper.decided_at]
    if decided:
        columns = (Column(_("Paper"), share=3), Column(_("What the body did")), Column(_("Date")))
        rows = [
            (item.title, str(words.VERBS[Verb(paper.verb)]), f"{paper.decided_at:%Y-%m-%d}") for item, paper in decided
        ]
        yield Table(_("Papers of the agenda that were decided"), columns, tuple(rows))
    else:
        yield Paragraph(_("No paper of the agenda has been decided."))
    yield from _agenda(agenda)
    yield Heading(_("Participants"))
    yield Bullets(tuple(f"{party}: {name}" for party, name in people)) if people else Paragraph(_("None is listed."))
