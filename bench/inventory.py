"""What telling columns of personal data costs and how often it is right, beside Presidio on the same cells.

Columns come from independent generators (`peers/people.py`), their headings say nothing. Both are judged on the same
cells: Presidio by what it calls most cells of a column. Confusion tables of both go to the error stream.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from _harness import Figure, cpu_seconds, run
from peers.people import OTHER, Column, columns

from serantau.bundle import default_region, load_bundle
from serantau.govern.scan import Finding
from serantau.govern.scan.recognisers import Recognisers, recognisers_of
from serantau.govern.scan.table import TableScan
from serantau.govern.scan.universal import is_personal

JUDGED = 200
"""Cells of a column on which both are judged."""

ROWS = 100_000
"""Rows of the table on which our speed is taken; the generators' cells are repeated to fill it with new ones."""

THEIRS = {
    "SG_NRIC_FIN": "national-id SGP",
    "TH_TNIN": "national-id THA",
    "PH_UMID": "social-insurance-id PHL",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "bank-account",
    "CREDIT_CARD": "payment-card",
    "IP_ADDRESS": "ip-address",
    "MAC_ADDRESS": "device-address",
}
WITH_MEMBER = {"national-id", "social-insurance-id"}


def recognisers() -> Recognisers:
    """Those of the region that ships."""
    bundle = load_bundle(default_region())
    members = [recogniser.plain() for recogniser in bundle.handling.recognisers]
    return recognisers_of(members, bundle.handling.kinds, {one.id: one.alpha2 for one in bundle.region.members})


def scanned(known: Recognisers, table: Mapping[str, pl.Series]) -> tuple[Finding, ...]:
    """Our answer for each column."""
    scan = TableScan(known, "bench", tuple(table))
    scan.add(tuple(table.values()))
    return scan.findings()


def ours(finding: Finding) -> str:
    """Our answer as a label of the generators."""
    if not is_personal(finding.kind) or finding.verdict not in {"found", "likely"}:
        return OTHER
    member = next((one.member for one in finding.explanations if one.kind == finding.kind), "")
    return f"{finding.kind} {member}" if finding.kind in WITH_MEMBER else finding.kind


def theirs(entities: Sequence[str]) -> str:
    """Presidio's answer for a column: what it calls more than half of the cells."""
    entity, count = Counter(entities).most_common(1)[0]
    return THEIRS.get(entity, OTHER) if count * 2 > len(entities) else OTHER


def scores(truths: Sequence[str], answers: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over columns of personal data (micro: a wrong kind is a miss and a false find)."""
    right = sum(truth == answer != OTHER for truth, answer in zip(truths, answers, strict=True))
    found = sum(answer != OTHER for answer in answers)
    held = sum(truth != OTHER for truth in truths)
    precision, recall = right / max(found, 1), right / max(held, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def confusion(name: str, truths: Sequence[str], answers: Sequence[str]) -> None:
    """Print which kind was called what, in columns."""
    counts = Counter(zip(truths, answers, strict=True))
    print(f"\n{name}: columns by what they hold and what they were called", file=sys.stderr)
    for truth in dict.fromkeys(truths):
        called = ", ".join(f"{answer} {count}" for (held, answer), count in counts.most_common() if held == truth)
        print(f"  {truth:<28}{called}", file=sys.stderr)
    precision, recall, f1 = scores(truths, answers)
    print(f"  precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}", file=sys.stderr)


def presidio(made: Sequence[Column]) -> tuple[list[list[str]], float]:
    """Presidio's entity for every cell, and its CPU seconds."""
    program = Path(__file__).parent / "peers" / "presidio_cells.py"
    text = json.dumps([column.cells for column in made])
    done = subprocess.run([sys.executable, program], input=text, stdout=subprocess.PIPE, text=True, check=True)
    answer = json.loads(done.stdout)
    return answer["entities"], answer["seconds"]


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Accuracy on the same cells, then speed."""
    known = recognisers()
    made = list(columns(JUDGED, 2 if quick else 5, seed=20261121))
    truths = [column.truth for column in made]
    findings = scanned(known, {f"c{number}": pl.Series(column.cells) for number, column in enumerate(made)})
    answers = [ours(finding) for finding in findings]
    entities, seconds = presidio(made)
    others = [theirs(cells) for cells in entities]
    confusion("ours", truths, answers)
    confusion("presidio", truths, others)
    mine, peer = scores(truths, answers)[2], scores(truths, others)[2]
    yield Figure("columns told apart, F1", mine, "F1", "presidio", mine / max(peer, 1e-9))
    per_cell = seconds / (len(made) * JUDGED)
    yield speed(known, per_cell)


def speed(known: Recognisers, per_cell: float) -> Figure:
    """Cells a CPU-second, every cell read, on a table of the same kinds of columns."""
    few = list(columns(ROWS // 20, 1, seed=7))
    table = {f"c{number}": stretched(column) for number, column in enumerate(few)}
    taken = cpu_seconds(lambda: scanned(known, table), 3) / (len(table) * ROWS)
    return Figure("cells told apart", 1 / taken, "cells per CPU-second", "presidio", per_cell / taken)


def stretched(column: Column) -> pl.Series:
    """The cells of a column over and over."""
    return pl.concat([pl.Series(column.cells)] * 20)


if __name__ == "__main__":
    run(figures)
