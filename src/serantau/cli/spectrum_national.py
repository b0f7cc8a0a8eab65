"""``serantau spectrum template|import``: a national table to fill in, and the check of one that was filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from serantau.cli.groups import stop
from serantau.cli.options import asof, common_options, format_option, own_folder
from serantau.cli.output import Column, Row, csv_text, emit

KIND_NAMES = ("holdings", "totals", "complete", "policy", "subscribers")
MOST_BYTES = 2 * 1024 * 1024

kind_option = click.option(
    "--kind", "name", type=click.Choice(KIND_NAMES), default="holdings", show_default=True, help="Of what."
)


@click.command()
@kind_option
@click.option("--explain", is_flag=True, help="What each column means, instead of the empty table.")
@format_option
def template(name: str, explain: bool, format: str) -> None:
    """Print the table that a regulator fills in: its headings as CSV, or with --explain what they mean."""
    from serantau.review.fields import fields_of
    from serantau.review.reading import columns_of
    from serantau.web.spectrum.kinds import kind_of

    kind = kind_of(name)
    assert kind is not None, "Click allows these names"
    if not explain:
        click.echo(csv_text([], [(column, column) for column in columns_of(kind)]), nl=False)
        return
    rows: list[Row] = [
        {
            "column": one.name,
            "must": "yes" if one.required else "no",
            "meaning": one.help,
            "words": list(one.choices),
        }
        for one in fields_of(kind)
    ]
    columns: list[Column] = [
        ("column", "Column"), ("must", "Must be filled in"), ("meaning", "What it is"), ("words", "Words allowed")
    ]  # fmt: skip
    emit(rows, format, columns, kind.title, ["Dates as precise as they are known: 2026, 2026-01 or 2026-01-31."])


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@kind_option
@click.option("--member", "code", required=True, help="Whose table it is.")
@common_options
@format_option
def check_import(
    file: Path, name: str, code: str, region: Path, as_of: date | None, known: date | None, format: str
) -> None:
    """Check a national table: every bad cell, then whether it fits to everything that is held. Nothing is written.

    FILE is CSV or XLSX with the headings of `serantau spectrum template`. A table that fits is sent by the site, where
    the secretariat reviews it.
    """
    from serantau.base import suggest
    from serantau.bundle import load_bundle
    from serantau.review import Context
    from serantau.review.reading import preview
    from serantau.web.spectrum.kinds import kind_of

    if file.stat().st_size > MOST_BYTES:
        stop(f"{file.name} is larger than {MOST_BYTES // 1024**2} MB. Send it in parts.")
    bundle = load_bundle(region, own_folder())
    members = {one.id: one.name for one in bundle.region.members}
    if code not in members:
        stop(f"There is no member {code[:20]!r}. {suggest(code, members)}".strip())
    kind = kind_of(name)
    assert kind is not None, "Click allows these names"
    context = Context(code, 0, asof(as_of, known).valid)
    found = preview(kind, file.name, file.read_bytes(), context)
    if found.bad:
        rows: list[Row] = [
            {"row": one.row, "column": one.column or "the row", "what": one.what, "fix": one.fix} for one in found.bad
        ]
        more = [f"{found.more} more cells are wrong."] if found.more else []
        columns: list[Column] = [
            ("row", "Row"), ("column", "Column"), ("what", "What is wrong"), ("fix", "What to do")
        ]  # fmt: skip
        emit(rows, format, columns, f"{file.name} cannot be taken", more, bundle.edition.label)
        raise SystemExit(1)
    if not found.rows:
        stop(f"{file.name} holds no row below its headings.")
    _fit(region, bundle.edition.submissions, kind.name, [raw for _, raw in found.rows], context, members[code])
    count = f"{len(found.rows)} row{'s' if len(found.rows) > 1 else ''}"
    click.echo(f"{count} can be taken: nothing that is held contradicts. Send the table in on the site.")


def _fit(region: Path, decisions: int, kind: str, raws: list[dict[str, object]], context: object, member: str) -> None:
    """Load the region with the table laid over it; every contradiction is raised."""
    from serantau.base import PartialDate
    from serantau.bundle import load_bundle
    from serantau.facts import Decision, Entry
    from serantau.facts.accepted import entry_files
    from serantau.review import Context
    from serantau.review.acceptance import fact_files
    from serantau.web.spectrum.kinds import KINDS

    assert isinstance(context, Context), "made above"
    files = fact_files({kind: raws}, {one.name: one for one in KINDS}, context, member, "not stated")
    day = PartialDate.parse(context.day.isoformat())
    # The number is one that no submission has: nothing of it is kept.
    entry = Entry(
        number=decisions + 1, decision=Decision.ACCEPTED, submission=999_999_999, member=context.member, day=day
    )
    load_bundle(region, own_folder(), entry_files(entry, files))
