"""``serantau govern scan``: which columns of a file, folder or database hold data about people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import FAILED
from serantau.cli.options import Day, Number, asof, format_option, region_option
from serantau.cli.output import Column, Row, emit
from serantau.cli.progress import progress

if TYPE_CHECKING:
    from serantau.base import AsOf
    from serantau.bundle import Bundle
    from serantau.govern.scan import Finding
    from serantau.govern.scan.recognisers import Recognisers
    from serantau.sources.datasets import Dataset

STEPS = 1000
HONEST = (
    "A column that is not recognised may still hold personal data.",
    "A check digit that fits is no proof that a number was ever issued.",
)


@dataclass
class _Result:
    """What a scan found, and what it could not read."""

    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    rows: int = 0


@click.command()
@click.argument("target")
@click.option("--sample", type=Number(0, 1, min_open=True), help="Look at this share of the rows only.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of --sample.")
@click.option("--all", "everything", is_flag=True, help="List the columns in which nothing was recognised too.")
@click.option("--draft", type=click.Path(path_type=Path), help="Write the first draft of an inventory to this file.")
@click.option("--as-of", type=Day(), help="The day whose law says what is sensitive.  [default: today]")
@region_option
@format_option
@click.pass_context
def scan(
    ctx: click.Context,
    target: str,
    sample: float | None,
    seed: int,
    everything: bool,
    draft: Path | None,
    as_of: date | None,
    region: Path,
    format: str,
) -> None:
    """Say which columns hold data about people.

    TARGET is a file (CSV, Parquet, XLSX, SQLite), a folder of such files, or a database (postgresql://..., sqlite:///...).
    Every cell is read, nothing is written or sent, and cells are shown masked. A column is judged by all of its
    cells together: the answer names the competing explanations with their odds.
    """
    from serantau.bundle import load_bundle
    from serantau.govern.scan.universal import is_personal

    bundle = load_bundle(region)
    if draft is not None:
        from serantau.cli.files import refuse_existing

        refuse_existing(draft)
    result = _scan(target, recognisers_for(bundle), sample, seed)
    asked = asof(as_of, None)
    rows = [_row(finding, _sensitive(bundle, finding.category, asked)) for finding in result.findings]
    tells = [is_personal(finding.kind) or finding.verdict == "free text" for finding in result.findings]
    shown = rows if everything or format != "table" else [row for row, told in zip(rows, tells, strict=True) if told]
    notes = [*_notes(bundle, result, len(rows) - len(shown), sample, seed), *HONEST]
    if draft is not None:
        notes.append(_write_draft(draft, result.findings))
    emit(
        shown,
        format,
        _COLUMNS,
        f"{_label(target)}: {len(rows)} columns, {result.rows:,} rows read",
        notes,
        bundle.edition.label,
    )
    if result.unread:
        ctx.exit(FAILED)


_COLUMNS: list[Column] = [
    ("table", "Table"),
    ("column", "Column"),
    ("verdict", "Verdict"),
    ("holds", "Holds"),
    ("explanations", "Explanations, with odds", lambda said: "; ".join(said[:3])),
    ("sensitive_under", "Sensitive in", lambda under: ", ".join(one.partition(" ")[0] for one in under)),
    ("evidence", "For example", lambda cells: cells[0] if cells else ""),
]


def recognisers_for(bundle: Bundle) -> Recognisers:
    """What a scan of the region looks for."""
    from serantau.govern.scan.recognisers import recognisers_of

    members = [recogniser.plain() for recogniser in bundle.handling.recognisers]
    regions = {member.id: member.alpha2 for member in bundle.region.members}
    return recognisers_of(members, bundle.handling.kinds, regions)


def _scan(target: str, recognisers: Recognisers, sample: float | None, seed: int) -> _Result:
    from serantau.sources.datasets import DatasetError, datasets_of

    result = _Result()
    for found in datasets_of(target):
        if isinstance(found, DatasetError):
            result.unread.append(found.message)
            continue
        try:
            findings, rows = _scan_one(found, recognisers, sample, seed)
        except DatasetError as error:
            if not Path(target).is_dir():
                raise
            result.unread.append(error.message)
            continue
        result.findings += findings
        result.rows += rows
    if not result.findings and result.unread:
        raise DatasetError(result.unread[0])
    return result


def _scan_one(
    dataset: Dataset, recognisers: Recognisers, sample: float | None, seed: int
) -> tuple[Sequence[Finding], int]:
    from serantau.govern.scan.table import Sampler, TableScan

    sampler = None if sample is None else Sampler(sample, seed)
    table = TableScan(recognisers, dataset.name, dataset.columns, sampler)
    shown = 0
    with progress(STEPS, dataset.name[-30:]) as done:
        for batch in dataset.batches():
            table.add(batch.columns)
            reached = min(STEPS, batch.done * STEPS // max(dataset.size, batch.done, 1))
            done(reached - shown)
            shown = reached
    return table.findings(), table.rows


# --- what is shown -------------------------------------------------------------------------------------------------------


def _sensitive(bundle: Bundle, category: str, asked: AsOf) -> list[str]:
    """Members whose law counts a category as sensitive, with where it says so and how well that is known."""
    from serantau.govern.sensitive import sensitive_under

    if bundle.law is None or not category:
        return []
    found = sensitive_under(bundle.law, category, asked)
    return [f"{one.member} ({one.title}, {one.article}; {one.grade.value})" for one in found]


def _row(finding: Finding, sensitive: list[str]) -> Row:
    return {
        "table": finding.table,
        "column": finding.column,
        "cells": finding.cells,
        "filled": finding.filled,
        "distinct": finding.distinct,
        "verdict": finding.verdict,
        "holds": finding.title or None,
        "kind": finding.kind or None,
        "category": finding.category or None,
        "explanations": list(_explained(finding)),
        "sensitive_under": sensitive,
        "evidence": list(finding.evidence),
        "inside": [f"{count} cells with {_INSIDE[kind]}" for kind, count in finding.inside],
        "note": finding.note or None,
    }


_INSIDE = {"email": "an e-mail address", "phone": "a telephone number"}


def _explained(finding: Finding) -> Iterator[str]:
    """The explanations that matter, each with its share of the belief and what it rests on."""
    from serantau.govern.scan.universal import OTHER

    for one in finding.explanations[:4]:
        if one.probability < 0.001 and one is not finding.explanations[0]:
            return
        who = f"{one.title}{f' ({one.member})' if one.member else ''}"
        rests = f": {one.valid:,} of {finding.filled:,} cells fit, by chance {one.chance:.1%}" if one.recogniser else ""
        if one.kind != OTHER or one.probability >= 0.01:
            yield f"{who} {_belief(one.probability)}{rests}"


def _belief(probability: float) -> str:
    """Odds as people say them."""
    if probability > 0.999999:
        return "over 1,000,000:1"
    against = probability / (1 - probability)
    return f"{against:,.0f}:1" if against >= 1 else f"1:{1 / against:,.0f}"


def _notes(bundle: Bundle, result: _Result, hidden: int, sample: float | None, seed: int) -> Iterator[str]:
    if sample is not None:
        yield f"A sample: {sample:.2%} of the rows, seed {seed}."
    if hidden:
        yield f"{hidden} columns hold nothing that was recognised; --all lists them."
    texts = [finding for finding in result.findings if finding.inside]
    for finding in texts[:5]:
        inside = ", ".join(f"{count:,} cells with {_INSIDE[kind]}" for kind, count in finding.inside)
        yield f"{finding.table}, {finding.column}: free text; {inside}."
    for message in result.unread:
        yield f"Not read: {message}"
    numbers = sorted({row.member for row in bundle.handling.not_covered if "passport" not in row.number})
    if numbers:
        yield f"No recogniser exists for identity numbers of {', '.join(numbers)}: no source for their form was found."


def _label(target: str) -> str:
    """The target without what must not be shown."""
    scheme, found, rest = target.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if found else target


def _write_draft(draft: Path, findings: Sequence[Finding]) -> str:
    from serantau.cli.files import whole_file
    from serantau.govern.inventory import draft_of

    content = draft_of(findings, date.today())  # noqa: DTZ011 - the day on the person's own calendar
    with whole_file(draft) as file:
        file.write_bytes(content)
    return f"Wrote {draft}: fill in what says `unknown`."
