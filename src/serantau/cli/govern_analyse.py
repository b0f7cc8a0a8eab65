"""``serantau govern matrix``, ``gaps``, ``diff`` and ``what-if``: many flows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import AsOf
from serantau.cli.govern_question import (
    FACT,
    NO_ADVICE,
    Governed,
    days_options,
    evidence_options,
    governed,
    profile_options,
)
from serantau.cli.groups import stop
from serantau.cli.options import Day, format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.govern import Assessment
    from serantau.govern.analyse import Changed
    from serantau.govern.table import DecisionTable, Profile

SHOWN = 40
"""Rows of a long comparison that a table shows; JSON and CSV hold them all."""

MARKS = {
    "permitted": "yes",
    "not-restricted": "free",
    "not-a-transfer": "-",
    "permitted-if": "if",
    "prohibited": "no",
    "unknown": "?",
}

member_option = click.option("--member", help="Only this member (alpha-2 or alpha-3 code).")


@click.command()
@profile_options
@evidence_options
@click.option("--to", "destinations", multiple=True, help="Destinations to show.  [default: the members]")
@click.option("--by-safeguard", is_flag=True, help="Instead: what each safeguard does alone, member by member.")
@days_options
@format_option
def matrix(
    region: Path,
    as_of: date | None,
    known: date | None,
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    destinations: tuple[str, ...],
    by_safeguard: bool,
    format: str,
) -> None:
    """Show who may send what to whom."""
    from serantau.govern.analyse import matrix as matrix_of
    from serantau.govern.asking import check_holds, check_profile
    from serantau.govern.decide import check_assessments

    asked = governed(region, as_of, known)
    flow = asked.flow("", "", data, sector, exporter, recipient, volume, facts, holds)
    check_assessments(assessments, asked.asof)
    evidence = flow.holds.union(*(one.atoms for one in assessments))
    profile = _profile(data, sector, exporter, recipient, volume, flow.facts)
    check_profile(asked.law.vocabulary, profile)
    check_holds(asked.law.vocabulary, evidence)
    table = asked.decider.table(asked.asof)
    if by_safeguard:
        _by_safeguard(asked, table, profile, _columns(asked, table, destinations or ("ZZ",))[0], format)
        return
    columns = _columns(asked, table, destinations) if destinations else None
    answer = matrix_of(table, profile, evidence, columns)
    rows: list[Row] = [
        {
            "from": origin,
            **{column: cell.decision for column, cell in zip(answer.destinations, cells, strict=True)},
            "confidence": _confidence(asked, answer.destinations, origin, cells),
        }
        for origin, cells in zip(answer.origins, answer.cells, strict=True)
    ]
    shown: list[Column] = [("from", "From \\ to")]
    shown += [(column, column, lambda value: MARKS[value.value]) for column in answer.destinations]
    shown.append(("confidence", "Grade"))
    notes = [
        "yes: permitted; free: not restricted; -: no transfer; if: something is missing; no: prohibited; ?: unknown."
    ]
    emit(rows, format, shown, "Who may send what to whom", [*notes, NO_ADVICE], asked.edition)


def _confidence(asked: Governed, columns: Sequence[str], origin: str, cells: Sequence[object]) -> object:
    """The grade of a row: it is the same for every destination but home."""
    home = asked.decider.homes[origin]
    return next(
        (getattr(cell, "confidence", None) for column, cell in zip(columns, cells, strict=True) if column != home), None
    )


def _columns(asked: Governed, table: DecisionTable, wanted: Iterable[str]) -> tuple[str, ...]:
    codes = tuple(asked.code(one) for one in wanted)
    if codes == ("ZZ",):  # any country that is no member
        return (next(one for one in table.destinations if one not in table.homes.values()),)
    for code in codes:
        if code not in table.destinations:
            stop(f"{code[:40]!r} is no country. Write its ISO 3166-1 alpha-2 code, as in JP.")
    return codes


def _profile(
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
) -> Profile:
    from serantau.govern.table import Profile

    return Profile(data, sector, exporter, recipient, volume, facts)


def _by_safeguard(asked: Governed, table: DecisionTable, profile: Profile, destination: str, format: str) -> None:
    from serantau.govern.analyse import by_safeguard

    rows: list[Row] = []
    for row in by_safeguard(table, profile, destination):
        enough = [atom for atom, decision in row.alone.items() if decision.may_go and not row.without.may_go]
        rows.append(
            {
                "from": row.origin,
                "without": row.without,
                "enough_alone": enough,
                "ways": [" + ".join(one) or "nothing" for one in row.ways],
            }
        )
    columns = [
        ("from", "From"),
        ("without", "With nothing in hand"),
        ("enough_alone", "Enough alone"),
        ("ways", "Every smallest set that does"),
    ]
    emit(rows, format, columns, "By which safeguard", [NO_ADVICE], asked.edition)


@click.command()
@member_option
@click.option(
    "--fact", "facts", type=FACT, multiple=True, help="A circumstance taken as given; may be given several times."
)
@days_options
@format_option
def gaps(
    region: Path,
    as_of: date | None,
    known: date | None,
    member: str | None,
    facts: tuple[tuple[str, bool], ...],
    format: str,
) -> None:
    """List the kinds of flow for which no lawful path is known."""
    from serantau.base import suggest
    from serantau.govern.analyse import gaps as gaps_of
    from serantau.govern.model import TermKind

    asked = governed(region, as_of, known)
    for name, _ in facts:
        if not asked.law.vocabulary.has(TermKind.FACT, name):
            hint = suggest(name, asked.law.vocabulary.words(TermKind.FACT))
            stop(f"There is no circumstance {name[:60]!r}. {hint}".strip())
    table = asked.decider.table(asked.asof)
    found = gaps_of(table, dict(facts), _members(asked, member))
    rows: list[Row] = [
        {
            "from": gap.origin,
            "decision": gap.decision,
            "which": _which(gap.values),
            **_listed(gap.values),
            "rules": list(gap.rules),
        }
        for gap in found
    ]
    columns = [("from", "From"), ("decision", "Answer"), ("which", "Which flows"), ("rules", "Rules")]
    more = (
        [f"{len(rows) - SHOWN} more; --format json holds them all."] if format == "table" and len(rows) > SHOWN else []
    )
    emit(
        rows[:SHOWN] if format == "table" else rows,
        format,
        columns,
        "No lawful path is known",
        [*more, NO_ADVICE],
        asked.edition,
    )


@click.command()
@click.argument("before", type=Day())
@click.argument("after", type=Day())
@member_option
@days_options
@format_option
def diff(
    region: Path,
    as_of: date | None,
    known: date | None,
    before: date,
    after: date,
    member: str | None,
    format: str,
) -> None:
    """Compare the law of two days, BEFORE and AFTER: every cell whose answer differs."""
    from serantau.govern.analyse import diff as diff_of

    asked = governed(region, as_of, known)
    tables = [asked.decider.table(AsOf(day, asked.asof.known)) for day in (before, after)]
    found = diff_of(tables[0], tables[1], _members(asked, member))
    _show_changes(asked, found, format, f"What changes from {before} to {after}")


@click.command("what-if")
@click.argument("scratch", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@member_option
@days_options
@format_option
def what_if(
    region: Path, as_of: date | None, known: date | None, scratch: Path, member: str | None, format: str
) -> None:
    """Lay the rules of a SCRATCH file over the law, and show every cell whose answer changes.

    The file holds `provisions:` to add or to replace (by id), and `remove:` with ids. Nothing is kept.
    """
    from serantau.govern.analyse import diff as diff_of
    from serantau.govern.edit import overlay, read_scratch
    from serantau.govern.table import DecisionTable

    asked = governed(region, as_of, known)
    edited = overlay(asked.law, read_scratch(scratch, asked.law))
    before = asked.decider.table(asked.asof)
    after = DecisionTable(edited, asked.decider.homes, asked.asof)
    found = diff_of(before, after, _members(asked, member))
    _show_changes(asked, found, format, f"What {scratch.name} would change")


def _members(asked: Governed, member: str | None) -> tuple[str, ...] | None:
    return None if member is None else (asked.bundle.region.member(member).id,)


def _show_changes(asked: Governed, found: Sequence[Changed], format: str, title: str) -> None:
    if format != "table":
        rows: list[Row] = [
            {
                "from": one.origin,
                **_listed(one.values),
                "before": one.before,
                "after": one.after,
                "ways_before": [list(way) for way in one.ways_before],
                "ways_after": [list(way) for way in one.ways_after],
            }
            for one in found
        ]
        emit(rows, format, notes=[NO_ADVICE], edition=asked.edition)
        return
    grouped: dict[tuple[object, ...], list[Changed]] = {}
    for one in found:
        grouped.setdefault((one.origin, one.before, one.after, one.ways_before, one.ways_after), []).append(one)
    rows = [
        {
            "from": group[0].origin,
            "cells": len(group),
            "before": group[0].before,
            "after": group[0].after,
            "opened": _ways(group[0].ways_after, group[0].ways_before),
            "closed": _ways(group[0].ways_before, group[0].ways_after),
            "example": _which(group[0].values),
        }
        for group in sorted(grouped.values(), key=lambda group: (group[0].origin, -len(group)))
    ]
    columns = [
        ("from", "From"),
        ("cells", "Cells"),
        ("before", "Before"),
        ("after", "After"),
        ("opened", "Ways opened"),
        ("closed", "Ways closed"),
        ("example", "One of them"),
    ]
    notes = [f"{len(found)} cells differ. --format json or csv lists every one."]
    if len(rows) > SHOWN:
        notes.append(f"{len(rows) - SHOWN} more kinds of change are not shown here.")
    emit(rows[:SHOWN], format, columns, title, [*notes, NO_ADVICE], asked.edition)


def _ways(mine: Iterable[tuple[str, ...]], theirs: Iterable[tuple[str, ...]]) -> list[str]:
    known = set(theirs)
    return [" + ".join(way) or "nothing needed" for way in mine if way not in known]


def _which(values: Mapping[str, Sequence[str]]) -> str:
    """The inputs that matter, each by its first values."""
    parts = []
    for name, words in values.items():
        more = f" and {len(words) - 2} more" if len(words) > 2 else ""
        parts.append(f"{name}: {', '.join(words[:2])}{more}")
    return "; ".join(parts) or "every flow"


def _listed(values: Mapping[str, Sequence[str]]) -> dict[str, object]:
    return {name: list(words) for name, words in values.items()}
