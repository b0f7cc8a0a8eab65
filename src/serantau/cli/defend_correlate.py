"""``serantau defend correlate`` and ``warning-lists``: what several members saw, and what of it is no threat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT, FAILED
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.web.alerts.services.correlating import Run

STANDING: list[Column] = [("what", "What"), ("value", "Value")]
LISTS: list[Column] = [
    ("name", "List"),
    ("kind", "Form"),
    ("version", "Version"),
    ("entries", "Entries"),
    ("refused", "Not taken"),
    ("notes", "Why not"),
    ("loaded_at", "Loaded"),
]
MOST_FILES = 1_000
EXISTING = click.Path(exists=True, path_type=Path)


@click.group(context_settings=CONTEXT)
def correlate() -> None:
    """Find what several members saw: work in what was shared, see how far that has come, begin anew."""


@correlate.command()
def run() -> None:
    """Work in everything that was shared since the last time; the site does the same every minute."""
    open_database()
    from serantau.web.alerts.services import correlating, figures

    now = datetime.now(UTC)
    done = correlating.run(now, most=1_000_000)
    figures.refresh(now)
    click.echo(_told(done))


@correlate.command()
@click.confirmation_option(prompt="Add up everything that was ever shared anew?", help="Do not ask.")
def rebuild() -> None:
    """Forget what was added up and read the store from its beginning.

    Alerts keep their identifiers. If it is broken off, the next run goes on with it.
    """
    open_database()
    from serantau.web.alerts.services import correlating, figures

    now = datetime.now(UTC)
    done = correlating.rebuild(now)
    figures.refresh(now)
    click.echo(_told(done))


@correlate.command()
@format_option
def status(format: str) -> None:
    """Say how far the work has come, and how much there is."""
    open_database()
    from serantau.web.alerts.standing import standing

    rows: list[Row] = [{"what": what, "value": value} for what, value in standing()]
    emit(rows, format, STANDING)


@click.group("warning-lists", context_settings=CONTEXT)
def warning_lists() -> None:
    """Load lists of what is no threat (the format of MISP's warning lists), from files of your own."""


@warning_lists.command("list")
@format_option
def list_lists(format: str) -> None:
    """List what is loaded."""
    open_database()
    from serantau.web.alerts.models import WarningList

    rows: list[Row] = [
        {
            "name": one.name,
            "kind": one.kind,
            "version": one.version,
            "entries": one.entries,
            "refused": one.refused,
            "notes": "; ".join(one.notes) or None,
            "loaded_at": one.loaded_at.isoformat(timespec="seconds"),
        }
        for one in WarningList.objects.defer("content")
    ]
    emit(rows, format, LISTS)


@warning_lists.command()
@click.argument("paths", nargs=-1, required=True, type=EXISTING)
def load(paths: tuple[Path, ...]) -> None:
    """Load files, or every `list.json` below folders; each takes the place of the list of its name.

    None is shipped: clone github.com/MISP/misp-warninglists or write your own. A file that is no list is named and
    left out, and the exit code is then 1.
    """
    open_database()
    from serantau.base import SerantauError
    from serantau.web.alerts.services import lists

    failed = False
    for path in _files(paths):
        try:
            row = lists.load(
                path.read_bytes(), path.name if path.name != "list.json" else path.parent.name, datetime.now(UTC)
            )
        except SerantauError as error:
            click.echo(error.message, err=True)
            failed = True
        else:
            more = f", {row.refused:,} not taken ({'; '.join(row.notes)})" if row.refused else ""
            click.echo(f"{row.name}: {row.entries:,} entries{more}.")
    if failed:
        raise click.exceptions.Exit(FAILED)


@warning_lists.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the list of this NAME."""
    open_database()
    from serantau.web.alerts.services import lists

    lists.remove(name, datetime.now(UTC))
    click.echo(f"{name} was removed.")


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("list.json"))[:MOST_FILES]
        else:
            yield path


def _told(done: Run) -> str:
    return (
        f"Read {done.read:,} stored objects in {done.steps:,} steps; "
        f"{done.raised:,} alerts are new, {done.changed:,} changed, {done.issued:,} were issued."
    )
