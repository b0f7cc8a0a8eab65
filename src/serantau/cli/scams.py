"""``serantau scams``: the public figures of scam reports, as files."""

from __future__ import annotations

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT
from serantau.cli.options import format_option
from serantau.cli.output import Column, emit

COLUMNS: list[Column] = [
    ("month", "Month"),
    ("breakdown", "Breakdown"),
    ("member", "Member"),
    ("name", "Name"),
    ("value", "Value"),
]


@click.group(context_settings=CONTEXT)
def scams() -> None:
    """Reports of scams: the figures that are published."""


@scams.command()
@click.option("--month", metavar="YYYY-MM", help="Only this month; left out, all that are published.")
@format_option
def figures(month: str | None, format: str) -> None:
    """List the figures of the months that are published; an empty value is withheld."""
    open_database()
    from serantau.web.scams.months import published, rows

    emit([*rows([one for one in published() if month in {None, one.month}])], format, COLUMNS)
