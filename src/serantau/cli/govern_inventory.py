"""``serantau govern inventory``: whether the data that one has are looked after."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import CONTEXT, FAILED
from serantau.cli.options import Day, format_option, region_option
from serantau.cli.output import Column, Row, ask_with, emit

if TYPE_CHECKING:
    from serantau.govern.inventory import Standing


@click.group(context_settings=CONTEXT)
def inventory() -> None:
    """Look after an inventory of data sets."""


@inventory.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=Day(), help="The day the question is about.  [default: today]")
@region_option
@format_option
@click.pass_context
def check(ctx: click.Context, file: Path, as_of: date | None, region: Path, format: str) -> None:
    """List reviews that are overdue, data kept too long, and what is not known.

    FILE is an inventory, YAML or CSV; `govern scan --draft` writes the first draft of one. Exit code 1 if a review is
    overdue or data are kept too long.
    """
    from serantau.bundle import load_bundle
    from serantau.govern.inventory import MAX_BYTES, State, read_inventory, standing

    day = as_of or date.today()  # noqa: DTZ011 - the day on the person's own calendar
    ask_with("as_of", day)
    bundle = load_bundle(region)
    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    found = standing(read_inventory(file.name, content, bundle.handling), day)
    order = list(State)
    rows = [_row(one) for one in sorted(found, key=lambda one: order.index(one.state))]
    wrong = sum(one.state in {State.OVERDUE, State.EXPIRED} for one in found)
    notes = [f"{len(found)} data sets, {wrong} overdue or kept too long.", _tiers_note(bundle.handling.tiers)]
    emit(rows, format, _COLUMNS, f"{file.name} on {day}", [note for note in notes if note], bundle.edition.label)
    if wrong:
        ctx.exit(FAILED)


_COLUMNS: list[Column] = [
    ("id", "Data set"),
    ("state", "State"),
    ("owner", "Owner"),
    ("tier", "Tier"),
    ("keep_until", "Keep until"),
    ("review", "Review"),
    ("reasons", "Why", " ".join),
]


def _row(one: Standing) -> Row:
    return {
        "id": one.dataset.id,
        "title": one.dataset.title,
        "state": one.state,
        "owner": one.dataset.owner,
        "tier": one.dataset.tier,
        "stage": one.dataset.stage,
        "categories": list(one.dataset.categories),
        "keep_until": one.keep_until,
        "review": one.review,
        "reasons": list(one.reasons),
    }


def _tiers_note(tiers: object) -> str:
    from serantau.facts import Fact, Grade

    graded = tiers if isinstance(tiers, tuple) else ()
    if any(isinstance(tier, Fact) and tier.grade is Grade.MEMORY for tier in graded):
        return "The names of the tiers are recalled, not read; they are configuration (handling/tiers.yaml)."
    return ""
