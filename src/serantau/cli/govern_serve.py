"""``serantau govern serve``: the decision point alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import click

from serantau.cli.groups import stop
from serantau.cli.options import region_option
from serantau.cli.serve import announce, listen, refuse_taken


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Server processes.")
@click.option("--edition", help="Serve this edition of the facts only.  [default: the one that the folder holds]")
@click.option(
    "--grade",
    type=click.Choice(["primary", "secondary", "weak", "memory"]),
    default="secondary",
    show_default=True,
    help="The weakest grade on which access is granted.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    default=365,
    show_default=True,
    help="For how long a check of a fact is good.",
)
@region_option
def serve(port: int, host: str, workers: int, edition: str | None, grade: str, days: int, region: Path) -> None:
    """Serve the AuthZEN decision point alone, without site or database, on one edition that does not change."""
    from serantau.bundle import load_bundle

    refuse_taken(host, port)
    bundle = load_bundle(region)
    if bundle.law is None:
        stop(f"The region in {region} has no law.")
    if edition is not None and edition != bundle.edition.label:
        stop(f"The region is of edition {bundle.edition.label}, not {edition}. Check out the facts of that edition.")
    os.environ["SERANTAU_REGION"] = str(region.resolve())
    os.environ["SERANTAU_PDP_EDITION"] = bundle.edition.label
    os.environ["SERANTAU_AUTHZEN_GRADE"] = grade
    os.environ["SERANTAU_AUTHZEN_DAYS"] = str(days)
    what = f"The decision point (edition {bundle.edition.label})"
    threading.Thread(target=announce, args=(host, port, what, "/healthz"), daemon=True).start()
    listen("serantau.web.govern.application:application", host, port, workers)
