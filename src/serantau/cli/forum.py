"""``serantau forum``: what bodies have before them on the site. Reading alone: on a command line nobody speaks for a member."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import CONTEXT, LazyGroup, stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from datetime import datetime

    from serantau.bundle import Bundle
    from serantau.forum import Matter
    from serantau.web.forum.models import Paper

MOST = 10_000
"""Rows of a list; more than a body has in decades."""


@click.group(
    cls=LazyGroup,
    context_settings=CONTEXT,
    commands_at={
        name: f"serantau.cli.forum:{name}"
        for name in (
            "bodies",
            "meetings",
            "papers",
            "positions",
            "consultations",
            "document",
        )  # in the order of the help
    },
)
def forum() -> None:
    """See bodies, meetings, papers and the positions that are due.

    Every command reads the site's database as DATABASE_URL and SERANTAU_DATA name it, and changes nothing. Positions are
    taken, and decisions recorded, on the site by people who have signed in.
    """


def _site() -> tuple[Bundle, datetime]:
    from datetime import UTC, datetime

    from serantau.cli.database import open_database

    open_database()
    from serantau.web.bundles import keeper

    return keeper().answers().bundle, datetime.now(UTC)


@click.command()
@format_option
def bodies(format: str) -> None:
    """List the bodies, and whether each has stated rules."""
    bundle, _now = _site()
    from serantau.web.forum.models import Body

    rows: list[Row] = []
    for one in Body.objects.select_related("above"):
        rules = one.procedure()
        rows.append(
            {
                "body": one.short_name,
                "name": one.name,
                "zone": one.zone,
                "rules": rules is not None,
                "silence_days": rules.silence_days if rules else None,
                "above": one.above.short_name if one.above else None,
            }
        )
    columns: list[Column] = [
        ("body", "Body"),
        ("name", "Name"),
        ("zone", "Clocks"),
        ("rules", "Has rules"),
        ("silence_days", "Days of silence"),
        ("above", "Above it"),
    ]
    emit(rows, format, columns, "Bodies", _none(rows), bundle.edition.label)


@click.command()
@format_option
def meetings(format: str) -> None:
    """List the meetings, the latest first."""
    bundle, _now = _site()
    from serantau.web.forum.models import Meeting

    rows: list[Row] = [
        {
            "number": one.pk,
            "meeting": f"{one.body.short_name} {one.number}",
            "title": one.title,
            "begins": one.starts_at.isoformat(timespec="minutes"),
            "ends": one.ends_at.isoformat(timespec="minutes"),
            "host": one.host or None,
        }
        for one in Meeting.objects.select_related("body")[:MOST]
    ]
    columns: list[Column] = [
        ("number", "Number"),
        ("meeting", "Meeting"),
        ("title", "Title"),
        ("begins", "Begins"),
        ("ends", "Ends"),
        ("host", "Host"),
    ]
    emit(rows, format, columns, "Meetings", _none(rows), bundle.edition.label)


@click.command()
@click.option("--body", help="Short name of a body.  [default: all]")
@format_option
def papers(body: str | None, format: str) -> None:
    """List the papers with the stage at which each is now."""
    bundle, now = _site()
    rows: list[Row] = [
        {
            "number": one.pk,
            "title": one.title,
            "body": one.body.short_name,
            "verb": matter.verb.value,
            "stage": matter.stage.value,
            "version": matter.version,
            "due": matter.due.isoformat(timespec="minutes") if matter.due else None,
            "decided": f"{one.decided_at:%Y-%m-%d}" if one.decided_at else None,
        }
        for one, matter in _papers(body, now)
    ]
    columns: list[Column] = [
        ("number", "Number"),
        ("title", "Title"),
        ("body", "Body"),
        ("verb", "Asked, or done"),
        ("stage", "Stage"),
        ("version", "Version"),
        ("due", "Deadline"),
        ("decided", "Decided"),
    ]
    emit(rows, format, columns, "Papers", _none(rows), bundle.edition.label)


@click.command()
@click.option("--member", help="Code of a member.  [default: every member]")
@click.option("--body", help="Short name of a body.  [default: all]")
@format_option
def positions(member: str | None, body: str | None, format: str) -> None:
    """List the members whose answer is awaited, the earliest deadline first.

    What a member only considers is not shown: nobody but its own people sees that.
    """
    bundle, now = _site()
    from serantau.forum import Stage
    from serantau.web.forum.letters import silent

    code = bundle.region.member(member).id if member else ""
    awaited = [(one, matter) for one, matter in _papers(body, now) if matter.stage is Stage.CONSULTATION]
    awaited.sort(key=lambda pair: (pair[1].due is None, pair[1].due or now))
    rows: list[Row] = [
        {
            "member": who,
            "paper": one.pk,
            "title": one.title,
            "body": one.body.short_name,
            "due": matter.due.isoformat(timespec="minutes") if matter.due else None,
        }
        for one, matter in awaited
        for who in silent(matter)
        if code in ("", who)
    ]
    columns: list[Column] = [
        ("member", "Member"),
        ("paper", "Number"),
        ("title", "Paper"),
        ("body", "Body"),
        ("due", "Deadline"),
    ]
    notes = [] if rows else ["No answer is awaited."]
    emit(rows, format, columns, "Positions that are due", notes, bundle.edition.label)


@click.command()
@format_option
def consultations(format: str) -> None:
    """List the consultations and how many have answered each."""
    bundle, now = _site()
    from django.db.models import Count

    from serantau.web.forum.models import Consultation
    from serantau.web.forum.services.consultations import phase

    held = Consultation.objects.select_related("body").annotate(many=Count("answers"))
    rows: list[Row] = [
        {
            "number": one.pk,
            "title": one.title,
            "body": one.body.short_name,
            "state": phase(one, now),
            "everybody": one.everybody,
            "closes": one.closes_at.isoformat(timespec="minutes"),
            "answers": one.many,
        }
        for one in held[:MOST]
    ]
    columns: list[Column] = [
        ("number", "Number"),
        ("title", "Consultation"),
        ("body", "Body"),
        ("state", "State"),
        ("everybody", "For everybody"),
        ("closes", "Closes"),
        ("answers", "Answers"),
    ]
    emit(rows, format, columns, "Consultations", _none(rows), bundle.edition.label)


@click.command()
@click.argument("meeting", type=click.IntRange(min=1))
@click.option("--agenda", is_flag=True, help="The agenda instead of the report.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; its name ends with .pdf or .docx.",
)
def document(meeting: int, agenda: bool, output: Path) -> None:
    """Write the report of a meeting, or its agenda, as a file for an office.

    MEETING is its number in `serantau forum meetings`. The report holds what those inside may read.
    """
    from serantau.render.report import FORMATS, write

    form = output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        stop(f"{output.name}: the name ends with none of {', '.join('.' + one for one in FORMATS)}. Choose one.")
    bundle, _now = _site()
    from serantau.web.forum import documents
    from serantau.web.forum.models import Meeting

    held = Meeting.objects.select_related("body").filter(pk=meeting).first()
    if held is None:
        stop(f"The site has no meeting with the number {meeting}. `serantau forum meetings` lists them.")
    items = [(one, one.paper) for one in held.agenda.select_related("paper__formula")]
    said = {one.id: one.name for one in bundle.region.members} | {one.id: one.name for one in bundle.region.partners}
    people = [(said.get(one.party, one.party), one.name) for one in held.participants.all()]
    kind = "agenda" if agenda else "report"
    body = write(documents.document(kind, held, items, people, bundle.region.profile.name), form)
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        draft.write_bytes(body)
        draft.replace(output)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    click.echo(f"Wrote {output} ({len(body):,} bytes).")


def _papers(body: str | None, now: datetime) -> list[tuple[Paper, Matter]]:
    """Papers as they are at this moment, also where nobody has seen to a deadline yet."""
    from serantau.web.forum.models import Body, Paper, matters
    from serantau.web.forum.views.work import now_of

    held = Paper.objects.select_related("body", "formula")
    if body is not None:
        if not Body.objects.filter(short_name__iexact=body).exists():
            stop(f"The site has no body {body[:40]!r}. `serantau forum bodies` lists them.")
        held = held.filter(body__short_name__iexact=body)
    found = list(held[:MOST])
    known = matters(found)
    return [(one, now_of(one, now, known[one.pk])) for one in found]


def _none(rows: list[Row]) -> list[str]:
    return [] if rows else ["The site holds none."]
