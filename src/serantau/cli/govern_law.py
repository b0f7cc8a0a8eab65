"""``serantau govern law``, ``words`` and ``report``: what is held, in which words, and what the compiler notices."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from serantau.cli.govern_decide import rule_row
from serantau.cli.govern_question import NO_ADVICE, days_options, governed
from serantau.cli.groups import stop
from serantau.cli.options import format_option
from serantau.cli.output import emit


@click.command()
@click.option("--member", help="Only the law of this member (alpha-2 or alpha-3 code).")
@click.option("--all-times", is_flag=True, help="Every version, also those that are not in force on the day.")
@click.option(
    "--conflicts", is_flag=True, help="Instead: sources that contradict each other, and texts nobody has read."
)
@click.option("--schema", is_flag=True, help="Instead: the JSON Schema of the files of law.")
@days_options
@format_option
def law(
    region: Path,
    as_of: date | None,
    known: date | None,
    member: str | None,
    all_times: bool,
    conflicts: bool,
    schema: bool,
    format: str,
) -> None:
    """List the provisions that are held: version, source, grade."""
    if schema:
        from serantau.govern.schema import law_schema

        click.echo(json.dumps(law_schema(), ensure_ascii=False, indent=2))
        return
    asked = governed(region, as_of, known)
    wanted = None if member is None else asked.bundle.region.member(member).id
    if conflicts:
        open_rows = [
            {
                "id": row.id,
                "member": row.member,
                "kind": row.kind,
                "text": row.text,
                "handling": row.handling,
                "provisions": list(row.provisions),
                "grade": row.grade,
                "source": asked.source(row.source),
            }
            for row in asked.law.conflicts
            if wanted in {None, row.member}
        ]
        columns = [
            ("member", "Member"),
            ("kind", "Kind"),
            ("text", "What is open"),
            ("handling", "What is done meanwhile"),
        ]
        emit(open_rows, format, columns, "What is open", [NO_ADVICE], asked.edition)
        return
    members = asked.law.members if wanted is None else (wanted,)
    rows: list[dict[str, object]] = []
    for one in members:
        held = asked.law.of(one)
        rules = asked.law.rules(one, asked.asof)
        for rule in held if all_times else (*rules.provisions, *rules.imports):
            row: dict[str, object] = {"member": one, "layer": rule.layer, **rule_row(asked, rule)}
            row |= {"standing": rule.standing, "side": rule.side, "in_force": rule.id in rules.by_id}
            rows.append(row)
    columns = [
        ("member", "Member"),
        ("cited", "Where"),
        ("effect", "Effect"),
        ("text", "What it says (our paraphrase)"),
        ("valid_from", "From"),
        ("valid_to", "To"),
        ("grade", "Grade"),
    ]
    emit(rows, format, columns, "Provisions held", [NO_ADVICE], asked.edition)


@click.command()
@click.argument("kind", required=False)
@days_options
@format_option
def words(region: Path, as_of: date | None, known: date | None, kind: str | None, format: str) -> None:
    """List the words in which questions are asked; KIND is data, sector, exporter, recipient, volume, fact and so on."""
    from serantau.base import suggest
    from serantau.govern.model import TermKind

    asked = governed(region, as_of, known)
    kinds = [one.value for one in TermKind]
    if kind is not None and kind not in kinds:
        stop(f"There is no kind of word {kind[:40]!r}. {suggest(kind, kinds)}".strip())
    rows = [
        {
            "kind": term.kind,
            "id": term.id,
            "label": term.label,
            "text": term.text,
            "broader": list(term.broader),
            "dpv": term.dpv and term.dpv.iri,
        }
        for term in asked.law.vocabulary.terms
        if term.askable and kind in {None, term.kind.value}
    ]
    columns = [("kind", "Kind"), ("id", "Word"), ("label", "Meaning"), ("text", "In full")]
    emit(rows, format, columns, "Words", edition=asked.edition)


@click.command()
@click.option("--member", help="Only the law of this member (alpha-2 or alpha-3 code).")
@days_options
@format_option
def report(region: Path, as_of: date | None, known: date | None, member: str | None, format: str) -> None:
    """Say what the compiler notices: rules that never decide, contradictions, holes, and how large the tables are."""
    from serantau.govern.proof import cardinality
    from serantau.govern.report import report as noticed

    asked = governed(region, as_of, known)
    table = asked.decider.table(asked.asof)
    members = list(table.origins) if member is None else [asked.bundle.region.member(member).id]
    rows: list[dict[str, object]] = []
    for one in members:
        origin = table.origin(one)
        rows.append(
            {
                "member": one,
                "finding": "table",
                "rules": [],
                "cells": origin.grid.size,
                "questions": cardinality(origin),
            }
        )
        rows += [
            {
                "member": one,
                "finding": row.finding,
                "rules": list(row.rules),
                "cells": row.cells,
                "declared": row.declared,
            }
            for row in noticed(table, one)
        ]
    columns = [
        ("member", "Member"),
        ("finding", "Finding"),
        ("rules", "Rules"),
        ("cells", "Cells"),
        ("questions", "Questions of a proof"),
        ("declared", "Declared"),
    ]
    notes = ["A proof puts to the interpreter, for each cell, every set of evidence that settles it."]
    emit(rows, format, columns, "What the compiler notices", notes, asked.edition)
