"""``serantau govern reforms``: which legal changes would open most."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.govern_question import FACT, NO_ADVICE, Governed, days_options, evidence_options, governed
from serantau.cli.groups import stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.govern import Assessment
    from serantau.govern.reform import Change, Scored
    from serantau.govern.table import Profile

SHOWN = 15


@click.command()
@click.option("--data", multiple=True, required=True, help="Category of the data; may be given several times.")
@click.option("--sector", multiple=True, default=("general",), show_default=True, help="Sector; several are allowed.")
@click.option("--exporter", multiple=True, default=("controller/private",), show_default=True, help="Role and kind.")
@click.option("--recipient", multiple=True, default=("processor",), show_default=True, help="What the recipient is.")
@click.option("--volume", help="How many people the data are about.  [default: not stated]")
@click.option("--fact", "facts", type=FACT, multiple=True, help="A circumstance; may be given several times.")
@evidence_options
@click.option("--accept", multiple=True, help="Safeguards a law may be made to accept.  [default: those held]")
@click.option("--most", type=click.IntRange(1, 6), default=2, show_default=True, help="Changes chosen together.")
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with from,to,weight (alpha-2 codes).  [default: every flow counts one]",
)
@days_options
@format_option
def reforms(
    region: Path,
    as_of: date | None,
    known: date | None,
    data: tuple[str, ...],
    sector: tuple[str, ...],
    exporter: tuple[str, ...],
    recipient: tuple[str, ...],
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    accept: tuple[str, ...],
    most: int,
    weights: Path | None,
    format: str,
) -> None:
    """Score every legal change and every pair of changes by the flows they would open.

    The flows are those from every member to every other, of each kind that is described, with what is in hand.
    What a change is worth to anybody else, and whether it is wise, is not asked.
    """
    from serantau.govern.asking import check_holds, check_profile
    from serantau.govern.decide import check_assessments
    from serantau.govern.reform import flows_of
    from serantau.govern.reform import reforms as search

    asked = governed(region, as_of, known)
    words = asked.law.vocabulary
    kept = tuple(dict.fromkeys(facts))
    profiles = [_profile(d, s, e, r, volume, kept) for d in data for s in sector for e in exporter for r in recipient]
    for profile in profiles:
        check_profile(words, profile)
    check_assessments(assessments, asked.asof)
    evidence = frozenset(part for one in holds for part in one.replace(",", " ").split())
    safeguards = tuple(part for one in accept for part in one.replace(",", " ").split()) or tuple(sorted(evidence))
    check_holds(words, {*evidence, *safeguards})
    if any("=" in one for one in safeguards):
        stop("--accept takes safeguards; an assessment is a judgement, and no law can accept one in advance.")
    evidence = evidence.union(*(one.atoms for one in assessments))
    flows = flows_of(asked.decider.homes, profiles, evidence, _weights(weights))
    found = search(asked.law, asked.decider.homes, flows, asked.asof, safeguards, most)
    rows: list[Row] = []
    for kind, scored in (("single", found.singles), ("pair", found.pairs), ("best", found.best)):
        rows += [_row(asked, kind, place, one, found.total) for place, one in enumerate(scored, start=1)]
    if format == "table":
        rows = [row for row in rows if row["kind"] == "best" or (_rank(row) <= SHOWN and row["opened"])]
    columns: list[Column] = [
        ("kind", "What"),
        ("place", "Place"),
        ("changes", "Changes"),
        ("opened", "Opened", lambda value: f"{value:,.6g}"),
        ("share", "Of all", lambda value: f"{100 * value:.1f} %"),
    ]
    notes = [
        f"Of {found.total:,.6g} (the sum of the weights), {found.open_now:,.6g} may go already.",
        f"Changed law was read {found.trials} times; the best choice is exact.",
        NO_ADVICE,
    ]
    emit(rows, format, columns, "Which legal changes would open most", notes, asked.edition)


def _rank(row: Row) -> int:
    place = row["place"]
    assert isinstance(place, int)
    return place


def _row(asked: Governed, kind: str, place: int, scored: Scored, total: float) -> Row:
    return {
        "kind": kind,
        "place": place,
        "changes": [_words(asked, change) for change in scored.changes],
        "opened": scored.opened,
        "share": scored.opened / total if total else 0.0,
    }


def _words(asked: Governed, change: Change) -> str:
    if change.safeguard:
        return f"{change.member}: accept {change.safeguard} under {asked.law.layer_of[change.target].title}"
    rule = asked.law.by_id[change.target]
    verb = {"repeal": "repeal", "settle-out": "settle that it does not hold:", "settle-in": "settle that it holds:"}
    return f"{change.member}: {verb[change.kind.value]} {asked.cite(rule)} ({rule.id})"


def _profile(
    data: str, sector: str, exporter: str, recipient: str, volume: str | None, facts: tuple[tuple[str, bool], ...]
) -> Profile:
    from serantau.govern.table import Profile

    return Profile(data, sector, exporter, recipient, volume, facts)


def _weights(path: Path | None) -> dict[tuple[str, str], float] | None:
    """Weights of pairs of countries from a CSV file."""
    if path is None:
        return None
    weights: dict[tuple[str, str], float] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != ["from", "to", "weight"]:
            stop(f"{path.name}:1: the header must be from,to,weight.")
        for row in reader:
            try:
                weight = float(row["weight"])
            except (TypeError, ValueError):
                stop(f"{path.name}:{reader.line_num}: {str(row['weight'])[:40]!r} is no number.")
            if not (math.isfinite(weight) and weight >= 0):
                stop(f"{path.name}:{reader.line_num}: a weight is a number from 0 up.")
            weights[row["from"].strip().upper(), row["to"].strip().upper()] = weight
    return weights
