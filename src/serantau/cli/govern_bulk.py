"""``serantau govern bulk``: a decision and its reason for every row of an inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.options import Day, asof, format_option, region_option
from serantau.cli.output import Column, Row, ask_with, emit
from serantau.cli.progress import progress

if TYPE_CHECKING:
    from serantau.govern.bulk import Plan
    from serantau.govern.table import DecisionTable

GIVEN = ("origin", "destination", "data", "sector", "exporter", "recipient", "volume", "facts", "holds")


@click.command()
@click.argument("inventory", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Parquet file for the answers; made new.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option(
    "--engine",
    type=click.Choice(["polars", "duckdb", "spark"]),
    default="polars",
    show_default=True,
    help="What does the work; all give the same answers.",
)
@click.option("--id", "key", default="row", show_default=True, help="Column that names a row; it is in the answers.")
@click.option("--origin", help="Where all data leave, if there is no such column.")
@click.option("--destination", help="Where all data go, if there is no such column.")
@click.option("--data", help="Category of all data, if there is no such column.")
@click.option("--sector", help="Sector of all exporters, if there is no such column.")
@click.option("--exporter", help="Role and kind of all exporters, as in controller/private.")
@click.option("--recipient", help="Role of all recipients: controller or processor.")
@click.option("--volume", help="How many people all rows are about, as a band of the vocabulary.")
@click.option("--facts", help="Circumstances of all rows: name=yes; other=no.")
@click.option("--holds", help="What is in hand for all rows: safeguards and grounds, with ; between them.")
@click.option(
    "--compression",
    type=click.Choice(["none", "snappy", "zstd"]),
    default="none",
    show_default=True,
    help="Of the answers: smaller files take more time.",
)
@click.option("--as-of", type=Day(), help="The day whose law decides.  [default: today]")
@region_option
@format_option
def bulk(
    inventory: Path,
    out: Path,
    force: bool,
    engine: str,
    key: str,
    compression: str,
    as_of: date | None,
    region: Path,
    format: str,
    **given: str | None,
) -> None:
    """Decide every row of an inventory of transfers.

    INVENTORY is a Parquet file with a row id and text columns origin, destination, data, sector, exporter, recipient,
    volume, facts and holds; what is the same for all rows may be an option instead. The answers have the row id, and
    the codes of decision and reason (16 bits) with their dictionaries in the file's metadata. The order of rows is
    free. The file appears whole or not at all.
    """
    from serantau.bundle import load_bundle
    from serantau.cli.bulk_runs import ENGINES, look
    from serantau.cli.files import refuse_existing, whole_file
    from serantau.govern.bulk import plan_bulk

    refuse_existing(out, force=force)
    bundle = load_bundle(region)
    asked = asof(as_of, None)
    ask_with("as_of", asked.valid)
    table = compiled(bundle, asked.valid)
    _, rows = look(inventory, key)
    fixed = {name: value for name, value in given.items() if value is not None}

    def planner(values: Mapping[str, Iterable[str | None]]) -> Plan:
        return plan_bulk(table, values, fixed)

    with whole_file(out) as draft, progress(rows, engine) as done:
        ENGINES[engine](inventory, draft, key, planner, done, compression)
    counts = _counts(out)
    notes = [
        f"{rows:,} rows decided by {engine}; the law of {asked.valid}.",
        "The meaning of the codes stands in the file's metadata under serantau.dictionaries.",
        "This is no legal advice: each reason names the rules that decided and how well they were checked.",
    ]
    emit(counts, format, _COLUMNS, f"Written to {out}", notes, bundle.edition.label)


_COLUMNS: list[Column] = [
    ("decision", "Decision"),
    ("rows", "Rows", lambda count: f"{count:,}"),
    ("reasons", "Different reasons"),
]


def compiled(bundle: object, day: date) -> DecisionTable:
    """The law of all members on a day, compiled.

    Raises:
        BulkError: if the region holds no law.
    """
    from serantau.bundle import Bundle
    from serantau.govern.bulk import BulkError
    from serantau.govern.table import compile_rules

    assert isinstance(bundle, Bundle)
    if bundle.law is None:
        raise BulkError(f"{bundle.region.profile.short_name} holds no law, so nothing can be decided.")
    return compile_rules(bundle.law, bundle.homes, day)


def _counts(out: Path) -> list[Row]:
    """How many rows got each decision, and for how many different reasons."""
    import polars as pl

    from serantau.govern.flow import DECISIONS

    found = (
        pl.scan_parquet(out)
        .group_by("decision")
        .agg(pl.len().alias("rows"), pl.col("reason").n_unique().alias("reasons"))
    )
    names = [decision.value for decision in DECISIONS]
    rows = found.collect(engine="streaming").sort("decision").iter_rows(named=True)
    return [{"decision": names[row["decision"]], "rows": row["rows"], "reasons": row["reasons"]} for row in rows]
