"""``serantau defend conformance``: a running TAXII server against the list of requirements, beside two peers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from serantau.cli.groups import stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, emit

if TYPE_CHECKING:
    from serantau.defend.taxii.conformance import Result, World

KEY = "SERANTAU_TAXII_KEY"
PATIENCE_SECONDS = 45


@click.command()
@click.argument("address")
@click.option("--name", required=True, help="Name of the account.")
@click.option("--key", envvar=KEY, required=True, help=f"Its key; better given as {KEY} in the environment.")
@click.option("--both", required=True, help="Id or alias of a collection that the account reads and writes.")
@click.option("--read-only", required=True, help="Of one that it only reads.")
@click.option("--write-only", required=True, help="Of one that it only writes.")
@click.option("--patient", is_flag=True, help="Wait 45 seconds where a requirement is about that.")
@format_option
def conformance(
    address: str, name: str, key: str, both: str, read_only: str, write_only: str, patient: bool, format: str
) -> None:
    """Ask the TAXII 2.1 server at ADDRESS (its API root) everything that it is held to.

    It puts objects into the collection named by --both and leaves most of them there: give it an account and
    collections made for this, never ones that people work with. The columns of the two peers are what was recorded
    when they were run on 21 November 2026, and are not measured again.
    """
    from serantau.defend.taxii.conformance import run

    world = world_at(address, name, key, (both, read_only, write_only), patience=PATIENCE_SECONDS if patient else 0)
    results = list(run(world))
    emit([row_of(one) for one in results], format, columns(), title="TAXII 2.1", notes=[summary(results)])
    if any(one.outcome.value == "FAIL" for one in results):
        raise SystemExit(1)


def columns() -> list[Column]:
    """The columns of the table."""
    from serantau.defend.taxii.conformance.requirements import PEERS

    return [
        ("number", "No."),
        ("requirement", "Requirement"),
        ("here", "Here"),
        *((f"peer_{place}", name) for place, name in enumerate(PEERS, 1)),
        ("said", "What was answered instead"),
    ]


def row_of(one: Result) -> dict[str, object]:
    """One row of the table."""
    from serantau.defend.taxii.conformance.requirements import PEERS

    peers = one.requirement.peers or (None,) * len(PEERS)
    told = {f"peer_{place}": None if met is None else ("ok" if met else "FAIL") for place, met in enumerate(peers, 1)}
    return {
        "number": one.requirement.number,
        "reference": one.requirement.reference,
        "requirement": one.requirement.text,
        "here": one.outcome.value,
        **told,
        "said": one.said,
        "peers_said": one.requirement.note,
    }


def summary(results: list[Result]) -> str:
    """How many were met, here and by the peers when they were run."""
    from serantau.defend.taxii.conformance.requirements import PEERS

    counts = {name: sum(one.outcome.value == name for one in results) for name in ("ok", "FAIL", "not tested")}
    told = [one.requirement for one in results if one.requirement.peers]
    peers = ", ".join(
        f"{name} {sum(one.peers[place] for one in told)} of {len(told)}" for place, name in enumerate(PEERS)
    )
    return (
        f"Here: {counts['ok']} met, {counts['FAIL']} failed, {counts['not tested']} not tested. "
        f"Recorded on 21 November 2026: {peers}."
    )


def world_at(address: str, name: str, key: str, collections: tuple[str, str, str], *, patience: float) -> World:
    """The server at an address, with what the checks need of it."""
    from serantau.cli.taxii_wire import Wire, library
    from serantau.defend.taxii.conformance import Collections, World

    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        stop(f"{address[:80]!r} is no address of an API root, such as https://taxii.example.org/taxii2/region/")
    world = World(
        Wire(parts.scheme, parts.netloc),
        root=parts.path.rstrip("/") + "/",
        login=name,
        key=key,
        collections=Collections(*collections),
        secure=parts.scheme == "https",
        sleep=lambda seconds: time.sleep(min(seconds, patience)),
        library=library(f"{parts.scheme}://{parts.netloc}"),
    )
    world.collections = Collections(*(_id_of(world, one) for one in collections))
    return world


def _id_of(world: World, alias: str) -> str:
    """The id of a collection that may have been named by its alias."""
    reply = world.ask("GET", f"{world.root}collections/")
    if reply.status != 200:
        stop(f"The list of collections cannot be had: HTTP {reply.status}. Check the address, the name and the key.")
    found: list[dict[str, Any]] = reply.json().get("collections", [])
    named = next((one for one in found if alias in (one.get("id"), one.get("alias"))), None)
    if named is None:
        names = ", ".join(str(one.get("alias") or one.get("id")) for one in found)
        stop(f"The account sees no collection {alias[:60]!r}. It sees: {names[:400]}.")
    return str(named["id"])
