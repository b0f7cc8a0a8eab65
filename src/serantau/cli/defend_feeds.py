"""``serantau defend poll|import|export``: threat objects in and out, each time as an account and with its rights."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import SerantauError
from serantau.cli.database import open_database
from serantau.cli.groups import stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.defend.taxii.collections import Planned
    from serantau.web.defend.accounts import Account
    from serantau.web.feeds.giving import Asked

LABELS = ("clear", "green", "amber", "amber+strict")
COLUMNS: list[Column] = [
    ("feed", "Feed"),
    ("title", "Name"),
    ("new", "New objects"),
    ("failures", "Failures in a row"),
    ("said", "What went wrong"),
]
MOST_FILE = 64 * 1024**2

account_option = click.option("--account", "login", required=True, help="Name of the account as which this is done.")
collection_option = click.option("--collection", "alias", required=True, help="Short name of the collection.")


@click.command()
@click.argument("numbers", nargs=-1, type=int)
@format_option
def poll(numbers: tuple[int, ...], format: str) -> None:
    """Ask feeds now: those of the NUMBERS, or all that are due.

    A feed that failed is written down with the reason and asked again later; the others are asked all the same.
    """
    open_database()
    from serantau.web.feeds import hooks, running
    from serantau.web.feeds.models import Feed, Kind, Progress
    from serantau.web.feeds.services import progress

    now = datetime.now(UTC)
    held = Feed.objects.filter(ended_at=None)
    if numbers:
        found = list(held.filter(pk__in=numbers))
        missing = set(numbers) - {one.pk for one in found}
        if missing:
            stop(f"There is no feed {min(missing)}, or it has ended.")
    else:
        found = list(held.filter(paused=False, progress__next_at__lte=now))
    rows: list[Row] = []
    for one in found:
        if not numbers and not progress.claim(one.pk, now):
            continue
        run = hooks.push if one.kind == Kind.HOOK else running.run
        new = run(one.pk, datetime.now(UTC))
        row = Progress.objects.get(feed=one)
        rows.append({"feed": one.pk, "title": one.title, "new": new, "failures": row.failures, "said": row.said})
    emit(rows, format, COLUMNS)
    if any(row["failures"] for row in rows):
        sys.exit(1)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@account_option
@collection_option
@click.option("--as", "kind", type=click.Choice(["stix", "misp", "csv"]), default="stix", help="What the file is.")
@click.option("--tlp", type=click.Choice(LABELS), help="Label of what bears none; else the collection's own.")
@click.option("--value", default="1", help="CSV: column of the value, by its name or number.")
@click.option("--type", "of", default="", help="CSV: type of every value; else each is looked at.")
@click.option("--separator", default=",", help="CSV: what stands between cells.")
@click.option("--header", is_flag=True, help="CSV: the first line names the columns.")
@click.option("--days", type=click.IntRange(1, 365), default=30, help="CSV: days that a value holds.")
def import_file(
    file: Path,
    login: str,
    alias: str,
    kind: str,
    tlp: str | None,
    value: str,
    of: str,
    separator: str,
    header: bool,
    days: int,
) -> None:
    """Bring a FILE into a collection: a STIX bundle or envelope, an event of MISP, or a list as CSV.

    What is there already stays as it is; what cannot be used is counted, and the rest is taken.
    """
    open_database()
    from serantau.defend import csvlists, misp
    from serantau.defend.model import Tlp
    from serantau.defend.reading import Limits, read_envelope
    from serantau.web.feeds.running import put

    account, plan = _place(login, alias, write=True)
    light = None if tlp is None else Tlp[tlp.upper().replace("+", "_")]
    if file.stat().st_size > MOST_FILE:
        stop(f"{file} has more than {MOST_FILE // 1024**2} MB. Divide it.")
    raw, now, refused = file.read_bytes(), datetime.now(UTC), 0
    try:
        if kind == "stix":
            most = Limits(body=MOST_FILE, objects=200_000, parts=5_000_000)
            bodies = [piece.raw for piece in read_envelope(raw, most)]
        elif kind == "misp":
            bodies = list(misp.read_event(raw, misp.Feed(light), now))
        else:
            columns = csvlists.Columns(value=value, type=of, separator=separator, header=header)
            read = csvlists.read_list(raw, columns)
            source = csvlists.Source(f"{login} {file.name}", file.name, light, days)
            made = (csvlists.write_indicator(source, line, now) for line in read.lines)
            bodies, refused = [body for body in made if body is not None], read.refused
        stored, failed = put(account, plan, bodies, now)
    except SerantauError as error:
        stop(error.message)
    click.echo(f"{stored} of {len(bodies)} objects are new in {alias}; {failed + refused} could not be used.")


@click.command("export")
@account_option
@collection_option
@click.option("--as", "kind", type=click.Choice(["stix", "misp", "csv"]), default="csv", help="What is written.")
@click.option("--days", type=click.IntRange(1, 90), default=30, help="CSV and MISP: how far back.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The file; for MISP the folder, which is made."
)
def export(login: str, alias: str, kind: str, days: int, out: Path) -> None:
    """Write what an account may read of a collection: a STIX bundle, a feed of MISP, or a block list as CSV.

    Files are for this user alone, for they hold what is not for everybody.
    """
    open_database()
    from serantau.web.feeds import giving

    account, plan = _place(login, alias, write=False)
    asked = giving.Asked(plan, account.reader, days, datetime.now(UTC))
    if kind == "misp":
        count = _write_misp(asked, out)
    elif kind == "stix":
        count = _write(out, _bundle(plan, account)) - 2  # the two ends of the bundle
    else:
        count = _write(out, _lines(asked)) - 1  # the header
    click.echo(f"Wrote {count} {'events' if kind == 'misp' else 'objects' if kind == 'stix' else 'values'} to {out}")


def _place(login: str, alias: str, *, write: bool) -> tuple[Account, Planned]:
    """The account and the collection, if the one may do that in the other."""
    from serantau.web.defend.accounts import account_of
    from serantau.web.defend.lanes import collection_of, planned_collections
    from serantau.web.defend.models import TaxiiAccount

    row = TaxiiAccount.objects.select_related("machine").filter(login=login, machine__ended_at=None).first()
    if row is None:
        stop(f"There is no account {login!r}. `serantau defend accounts list` shows them.")
    plan = collection_of(alias)
    if plan is None:
        stop(
            f"The region has no collection {alias!r}. It has: {', '.join(one.alias for one in planned_collections())}."
        )
    account = account_of(row)
    right = account.right(plan.alias)
    if not (right.write if write else right.read):
        stop(f"The account {login} may not {'write to' if write else 'read'} {plan.alias}.")
    return account, plan


def _lines(asked: Asked) -> Iterator[bytes]:
    from serantau.defend import csvlists
    from serantau.web.feeds import giving

    position = giving.Position()
    after, header = 0, True
    while True:
        rows = csvlists.write_rows(giving.listed(asked, frozenset(), after, position))
        for number, row in enumerate(rows):
            if number or header:
                yield row
        if not position.more:
            return
        after, header = position.after, False


def _bundle(plan: Planned, account: Account) -> Iterator[bytes]:
    """The objects as they came, the first with what opens the bundle."""
    import uuid

    from serantau.web.defend import store

    opening = b'{"type":"bundle","id":"bundle--%s","objects":[' % str(uuid.uuid4()).encode()
    yield opening
    after, first = 0, True
    while True:
        page = store.page(plan.alias, account.reader, store.Wanted(after=after))
        for row in page.rows:
            yield row.body if first else b"," + row.body
            first = False
        if not page.more:
            break
        after = page.rows[-1].seq
    yield b"]}\n"


def _write(out: Path, parts: Iterator[bytes]) -> int:
    """Write beside and put in place, so that a file is whole or not there."""
    beside = out.with_name(f".{out.name}.part")
    count = 0
    try:
        beside.touch(mode=0o600)
        with beside.open("wb") as file:
            for part in parts:
                file.write(part)
                count += 1
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        stop(f"{out} cannot be written: {error.strerror}.")
    return count


def _write_misp(asked: Asked, out: Path) -> int:
    from serantau.defend import misp
    from serantau.web.feeds import giving

    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(f"{out} cannot be made: {error.strerror}.")
    issuer, written, pairs = asked.issuer(), {}, []
    for day, entry in giving.days_of(asked).items():
        held = giving.of_day(asked, day)
        if held:
            written[day] = entry
            pairs += [(day, one) for one in held]
            _write(out / f"{misp.event_uuid(issuer, day)}.json", iter([misp.write_event(issuer, day, held)]))
    _write(out / "hashes.csv", misp.write_hashes(issuer, pairs))
    _write(out / "manifest.json", iter([misp.write_manifest(issuer, written)]))
    return len(written)
