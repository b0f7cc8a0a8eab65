"""``serantau report``: the region's or a member's report as a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import stop
from serantau.cli.options import common_options
from serantau.cli.question import Question, ask

if TYPE_CHECKING:
    from serantau.render.report import Material


@click.command()
@click.option("--member", help="A report on one member, by its ISO 3166-1 code.  [default: on the region]")
@click.option("--brief", is_flag=True, help="Two pages for a minister instead of everything.")
@click.option("--language", default="en", show_default=True, help="Language of the report (BCP 47).")
@click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")
@click.option(
    "--meeting",
    type=click.IntRange(min=1),
    help="With --brief and --member: the brief for a meeting on the site, by its number in `serantau forum meetings`.",
)
@click.option(
    "--fonts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="Folder of further fonts, for characters that the fonts of Serantau do not have.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; its name ends with .pdf (tagged PDF/UA-1) or .docx (to edit).",
)
@common_options
def report(
    region: Path,
    as_of: date | None,
    known: date | None,
    member: str | None,
    brief: bool,
    language: str,
    plan: str | None,
    meeting: int | None,
    fonts: tuple[Path, ...],
    output: Path,
) -> None:
    """Write a report on the region or on a member.

    Position, change under the plan, gaps, decisions due, promises and what is known of their state. The same question
    to the same facts writes the same bytes.
    """
    from serantau.render.report import FORMATS, compose, write

    form = output.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        stop(f"{output.name}: the name ends with none of {', '.join('.' + one for one in FORMATS)}. Choose one.")
    if meeting is not None:
        if not (brief and member):
            stop("--meeting goes with --brief and --member: a brief for a meeting is one member's.")
        body = _for_meeting(meeting, member, language, form, fonts)
        _put(output, body)
        click.echo(f"Wrote {output} ({len(body):,} bytes) for a meeting of the site.")
        return
    question = ask(region, as_of, known, plan)
    material = material_of(question, language, member)
    body = write(compose(material, brief=brief), form, fonts=fonts)
    _put(output, body)
    click.echo(f"Wrote {output} ({len(body):,} bytes), edition {question.edition}.")


def _for_meeting(number: int, member: str, language: str, form: str, fonts: tuple[Path, ...]) -> bytes:
    """The brief of a member for a meeting on the site; what members only consider is in no file of the command line."""
    from datetime import UTC, datetime

    from serantau.cli.database import open_database

    open_database()
    from django.utils.translation import override

    from serantau.languages import speak
    from serantau.render.report import write
    from serantau.web.bundles import keeper
    from serantau.web.forum.briefs import brief
    from serantau.web.forum.models import Meeting

    held = Meeting.objects.select_related("body").filter(pk=number).first()
    if held is None:
        stop(f"The site has no meeting with the number {number}. `serantau forum meetings` lists them.")
    facts = keeper().answers().bundle
    bundle = facts.in_language(speak(language, facts.root).tag)
    code = bundle.region.member(member).id
    with override(language):
        return write(brief(bundle, held, code, datetime.now(UTC)), form, fonts=fonts)


def material_of(question: Question, language: str, member: str | None) -> Material:
    """What the report is composed from."""
    from serantau.languages import SOURCE, speak
    from serantau.measure.assessment import assess
    from serantau.measure.findings import findings
    from serantau.render.report import Material

    words = speak(language, question.bundle.root)
    chosen = question.member(member) if member else None
    spoken = question.bundle.in_language(language)
    facts = question.bundle.languages.get(language)
    standing = question.standing(None)
    rows = (
        assess(
            question.bundle.measure.indicators,
            [chosen.id],
            question.figures(),
            question.period,
            question.index.window_years,
        )
        if chosen
        else ()
    )
    members = spoken.region.members_at(question.asof)
    return Material(
        words=words,
        reviewed=language == SOURCE or (facts is not None and facts.reviewed),
        region=spoken.region,
        plans=spoken.plans,
        measure=spoken.measure,
        sources=spoken.sources,
        plan=spoken.plans.plan(question.plan.id),
        period=question.period,
        asof=question.asof,
        edition=question.edition,
        members=members,
        standing=standing,
        member=next(one for one in members if one.id == chosen.id) if chosen else None,
        assessed=rows,
        sure=findings(question.bundle.measure, standing, question.figures()).sure,
    )


def _put(output: Path, body: bytes) -> None:
    """Write the whole file or none of it."""
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        draft.write_bytes(body)
        draft.replace(output)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
