"""Two pages for one member before a meeting: what is to be decided, who has not answered, what was promised.

A brief says what the member's own people may read. Of other members it holds the positions that they took, and never one
that they only consider; a draft is in it for its own member's people alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.base import AsOf, PartialDate
from serantau.bundle import Bundle
from serantau.forum import Matter, Say, Stage
from serantau.forum.registers import Promise
from serantau.languages import SOURCE
from serantau.registers import HeldCommitment, commitments_of
from serantau.render.report.model import Block, Bullets, Column, Heading, Paragraph, Report, Table
from serantau.web.accounts.policy import Actor
from serantau.web.forum import words
from serantau.web.forum.models import Consultation, Meeting, Paper, PositionDraft, matters
from serantau.web.forum.views.work import now_of, there
from serantau.web.plan.models import Milestone
from serantau.web.review.clock import day_of

MOST_PAPERS = 10
MOST_PROMISES = 10
MOST_CALLS = 3
LONGEST_TITLE = 90
OPEN = (Stage.CIRCULATED, Stage.CONSULTATION, Stage.NO_CONSENSUS, Stage.REFERRED, Stage.CONSENSUS)
"""Stages at which something is still to be done."""


@dataclass(frozen=True)
class Row:
    """A paper as a brief shows it."""

    paper: Paper
    matter: Matter
    on_agenda: bool


def brief(bundle: Bundle, meeting: Meeting, member: str, now: datetime, reader: Actor | None = None) -> Report:
    """The brief of a member for a meeting.

    Args:
        bundle: The region, in the language of the brief.
        meeting: The meeting.
        member: Code of the member.
        now: The time.
        reader: Who reads it; only the member's own people see what the member considers. None for nobody in particular.
    """
    region, body = bundle.region, meeting.body
    names = {one.id: one.name for one in (*region.members, *region.partners)}
    rows = _papers(meeting, now)
    mine = reader is not None and reader.member == member
    blocks = [
        *_due(rows, member),
        *_silent(rows, names),
        *(_drafts(rows, member) if mine else ()),
        *_promises(bundle, member, now),
        *_calls(body.pk, now),
    ]
    return Report(
        title=_("Brief: %(member)s, %(meeting)s")
        % {"member": names.get(member, member), "meeting": f"{body.short_name} {meeting.number}"},
        subtitle=meeting.title,
        language=get_language() or SOURCE,
        day=now.date(),
        author=region.profile.name,
        facts=tuple(_facts(meeting, now)),
        blocks=tuple(blocks),
        foot=f"{region.profile.name} · {body.short_name} {meeting.number} · {names.get(member, member)}",
        page_words=_("Page {page} of {pages}"),
        brief=True,
    )


def _facts(meeting: Meeting, now: datetime) -> Iterator[tuple[str, str]]:
    yield _("Begins"), there(meeting.body, meeting.starts_at)
    if meeting.place:
        yield _("Place"), meeting.place
    yield _("As of"), f"{now:%Y-%m-%d %H:%M} UTC"


def _papers(meeting: Meeting, now: datetime) -> list[Row]:
    """Circulated papers: those of the agenda in its order, then what else the body has to decide, the most urgent first."""
    places = {number: at for at, number in meeting.agenda.exclude(paper=None).values_list("position", "paper")}
    held = (
        Paper.objects.exclude(circulated_at=None)
        .filter(Q(pk__in=list(places)) | Q(body=meeting.body_id, stage__in=[one.value for one in OPEN]))
        .select_related("body", "formula")
        .order_by("due_at", "pk")
    )
    papers = list(held[: 4 * MOST_PAPERS])
    known = matters(papers)
    rows = [Row(one, now_of(one, now, known[one.pk]), one.pk in places) for one in papers]
    return sorted(rows, key=lambda row: (not row.on_agenda, places.get(row.paper.pk, 0)))


def _due(rows: Sequence[Row], member: str) -> Iterator[Block]:
    yield Heading(_("Decisions due"))
    awaited = [row for row in rows if row.matter.stage in OPEN]
    if not awaited:
        yield Paragraph(_("Nothing that is circulated waits for a decision."))
        return
    columns = (
        Column(_("Paper"), share=3),
        Column(_("Asked"), share=1),
        Column(_("Stage"), share=1.3),
        Column(_("Deadline"), share=2),
        Column(_("Your position"), share=1.5),
    )
    cells = [
        (
            _short(row.paper.title) + ("" if row.on_agenda else f" ({_('not on the agenda')})"),
            str(words.VERBS[row.matter.verb]),
            str(words.STAGES[row.matter.stage]),
            there(row.paper.body, row.matter.due) or _("none"),
            _own(row.matter, member),
        )
        for row in awaited[:MOST_PAPERS]
    ]
    yield Table(_("Papers to be decided, those of the agenda first"), columns, tuple(cells))
    yield from _more(len(awaited) - MOST_PAPERS)


def _own(matter: Matter, member: str) -> str:
    held = matter.of(member)
    if held is None:
        return _("no say on this version")
    return _("stays outside") if member in matter.out else str(words.SAYS[held.say])


def _silent(rows: Sequence[Row], names: dict[str, str]) -> Iterator[Block]:
    """Who has not answered, asks for time, or objects: what each took, never what it considers."""
    yield Heading(_("Who has not answered"))
    cells = []
    for row in rows:
        if row.matter.stage is not Stage.CONSULTATION:
            continue
        said = {say: [names.get(m, m) for m in row.matter.eligible if _say(row.matter, m) is say] for say in Say}
        cells.append(
            (
                _short(row.paper.title),
                ", ".join(said[Say.NOTHING]) or _("everybody has"),
                ", ".join(said[Say.ASKS_TIME]) or _("nobody"),
                ", ".join(said[Say.OBJECTS]) or _("nobody"),
            )
        )
    if not cells:
        yield Paragraph(_("No paper is under consultation."))
        return
    columns = (
        Column(_("Paper"), share=2.4),
        Column(_("Has not answered"), share=2),
        Column(_("Asks for time")),
        Column(_("Objects")),
    )
    yield Table(_("Papers under consultation"), columns, tuple(cells[:MOST_PAPERS]))
    yield from _more(len(cells) - MOST_PAPERS)


def _say(matter: Matter, member: str) -> Say | None:
    held = matter.of(member)
    return None if held is None else held.say


def _drafts(rows: Sequence[Row], member: str) -> Iterator[Block]:
    held = PositionDraft.objects.filter(member=member, paper__in=[row.paper.pk for row in rows]).select_related("paper")
    items = [
        f"{_short(one.paper.title)}: {words.SAYS[Say(one.say)]}. {_short(one.text, 300)}" for one in held[:MOST_PAPERS]
    ]
    if items:
        yield Heading(_("Considered, and not said yet (for your own delegation alone)"))
        yield Bullets(tuple(items))


# --- what was promised ----------------------------------------------------------------------------------------------------------


def _promises(bundle: Bundle, member: str, now: datetime) -> Iterator[Block]:
    yield Heading(_("Promises and their state"))
    today = day_of(now)
    milestones = list(Milestone.objects.filter(Q(owner=member) | Q(owner="")).order_by("state", "due", "pk"))
    milestones.sort(key=lambda one: one.state != "open")
    held = commitments_of(bundle, AsOf(today), member)
    rows = [*(_of_milestone(one, now) for one in milestones), *(_of_commitment(one) for one in held)]
    if not rows:
        yield Paragraph(
            _("No promise of this member, or of all together, is held here. That is not known, and not none.")
        )
        return
    columns = (
        Column(_("Promise"), share=3),
        Column(_("By whom"), share=1.1),
        Column(_("First promised for"), share=1.1),
        Column(_("Due now"), share=1.1),
        Column(_("State"), share=1),
    )
    yield Table(_("What was promised, by decisions here and at earlier meetings"), columns, tuple(rows[:MOST_PROMISES]))
    yield from _more(len(rows) - MOST_PROMISES)


def _of_milestone(one: Milestone, now: datetime) -> tuple[str, ...]:
    late = one.state == "open" and one.due is not None and one.due < day_of(now)
    state = {"open": _("late") if late else _("open"), "done": _("done"), "dropped": _("dropped")}[one.state]
    return (
        _short(one.title),
        one.owner or _("all together"),
        f"{one.first_due:%Y-%m-%d}" if one.first_due else _("no date"),
        f"{one.due:%Y-%m-%d}" if one.due else _("no date"),
        state,
    )


def _of_commitment(one: HeldCommitment) -> tuple[str, ...]:
    states = {
        Promise.KEPT: _("kept"),
        Promise.LATE: _("kept late"),
        Promise.DUE: _("open"),
        Promise.OVERDUE: _("late"),
        Promise.UNKNOWN: _("not known"),
    }
    said = one.commitment
    return (
        _short(f"{said.title} ({one.meeting.body} {one.meeting.number})"),
        said.owner or _("all together"),
        _date(said.first_due),
        _date(said.due or said.first_due),
        states[one.state],
    )


def _date(held: PartialDate | None) -> str:
    return _("no date") if held is None or not held.known else held.text


def _calls(body: int, now: datetime) -> Iterator[Block]:
    held = Consultation.objects.filter(body=body, closes_at__gte=now).select_related("body").order_by("closes_at")
    items = [
        _("%(title)s: answers until %(day)s.") % {"title": _short(one.title), "day": there(one.body, one.closes_at)}
        for one in held[:MOST_CALLS]
    ]
    if items:
        yield Heading(_("Consultations that are open"))
        yield Bullets(tuple(items))


def _more(count: int) -> Iterator[Block]:
    if count > 0:
        yield Paragraph(_("And %(count)s more, on the site.") % {"count": count}, "small")


def _short(text: str, most: int = LONGEST_TITLE) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
