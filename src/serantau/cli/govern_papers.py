"""``serantau govern document`` and ``export``: a decision as a paper, and for other systems."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.govern_decide import FIRST
from serantau.cli.govern_question import NO_ADVICE, Governed, days_options, flow_options, governed

if TYPE_CHECKING:
    from serantau.govern import Assessment
    from serantau.govern.decide import Decided


@click.command()
@click.argument("kind", type=click.Choice(["agreement", "assessment", "record", "filing"]))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File, .docx or .pdf.")
@click.option("--exporter-name", default="", help="Name of the exporter, as it is to stand in the paper.")
@click.option("--importer-name", default="", help="Name of the importer.")
@click.option("--purpose", default="", help="Purpose of the transfer.")
@flow_options
@FIRST
@days_options
def document(
    kind: str,
    out: Path,
    exporter_name: str,
    importer_name: str,
    purpose: str,
    region: Path,
    as_of: date | None,
    known: date | None,
    origin: str,
    destination: str,
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    first_transfer: date | None,
) -> None:
    """Write a paper on a transfer, KIND agreement, assessment, record or filing, as DOCX or PDF.

    It says only what is held; whatever is missing is marked for counsel.
    """
    from serantau.render.report import FORMATS, write
    from serantau.render.transfer import Parties, compose_transfer

    form = out.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise click.UsageError(f"--out {out.name}: the name must end in .docx or .pdf.")
    asked = governed(region, as_of, known)
    flow = asked.flow(origin, destination, data, sector, exporter, recipient, volume, facts, holds)
    answer = asked.decider.decide(flow, asked.asof, assessments, first_transfer)
    report = compose_transfer(
        kind,
        asked.law,
        answer,
        asked.bundle.sources,
        _names(asked, answer),
        asked.edition,
        Parties(exporter_name, importer_name, purpose),
    )
    out.write_bytes(write(report, form))
    click.echo(f"{report.title} is in {out}. {NO_ADVICE}")


def _names(asked: Governed, answer: Decided) -> tuple[str, str]:
    from babel import Locale

    members = {one.id: one.name for one in asked.bundle.region.members}
    codes = {one.alpha2: one.name for one in asked.bundle.region.members}
    there = answer.flow.destination
    return members[answer.flow.origin], codes.get(there) or Locale("en").territories.get(there, there)


@click.command()
@click.argument("form", type=click.Choice(["odrl", "dpv", "turtle"]))
@flow_options
@FIRST
@days_options
def export(
    form: str,
    region: Path,
    as_of: date | None,
    known: date | None,
    origin: str,
    destination: str,
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    first_transfer: date | None,
) -> None:
    """Print a decision for other systems: an ODRL 2.2 policy, or a DPV record as JSON-LD or Turtle."""
    from serantau.govern.export import export as exported

    asked = governed(region, as_of, known)
    flow = asked.flow(origin, destination, data, sector, exporter, recipient, volume, facts, holds)
    answer = asked.decider.decide(flow, asked.asof, assessments, first_transfer)
    found = exported(form, asked.law, answer, asked.edition)
    click.echo(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=2))
