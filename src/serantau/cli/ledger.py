"""``serantau ledger``: sign it, hand it out, and check one that was handed out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT, FAILED, stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.ledger.notes import PrivateKey, PublicKey
    from serantau.ledger.verify import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
MOST_KEY = 2_000
COLUMNS: list[Column] = [("what", "What"), ("found", "Found")]
SHOW = ("public", "all")


@click.group(context_settings=CONTEXT)
def ledger() -> None:
    """Sign the ledger of what happened, hand it out, and check one that was handed out."""


@ledger.command()
@click.argument("file", type=FILE)
@click.option("--key", required=True, help="Public key of the ledger, or a file that holds it. Not from FILE itself!")
@click.option("--since", type=FILE, help="A head that you kept from before: was nothing changed since?")
@format_option
def verify(file: Path, key: str, since: Path | None, format: str) -> None:
    """Check a ledger, or the receipt of one event, with nothing but the public key.

    FILE is what `serantau ledger export` or the site's page of the ledger gave you. Needs no database. The exit code
    is 0 if everything holds, 1 if anything does not, 2 if the question was wrong.
    """
    from serantau.ledger.archive import is_receipt

    known = _public_key(key)
    with file.open("rb") as stream:
        receipt = is_receipt(stream.read(64))
    if receipt and since is not None:
        raise click.UsageError("A receipt is checked against its own head; leave out --since.")
    holds = _verify_receipt(file, known, format) if receipt else _verify_export(file, known, since, format)
    if not holds:
        raise click.exceptions.Exit(FAILED)


def _verify_export(file: Path, key: PublicKey, since: Path | None, format: str) -> bool:
    from serantau.ledger import LedgerError
    from serantau.ledger.archive import MOST_LINE, read
    from serantau.ledger.verify import Report, verify

    kept = _short_text(since, "a head") if since is not None else None
    with file.open("rb") as stream:
        try:
            # A line that never ends is cut, and then refused for its length.
            report = verify(read(iter(lambda: stream.readline(MOST_LINE + 2), b"")), key, kept)
        except LedgerError as error:
            report = Report(failures=[error.message])
    verdict = "The ledger holds." if report.holds else "THE LEDGER DOES NOT HOLD."
    if report.holds and kept is not None:
        verdict = "The ledger holds, and continues the head that you kept."
    emit(_rows(report), format, COLUMNS, title=verdict, notes=[*report.failures, *report.notes])
    return report.holds


def _rows(report: Report) -> list[Row]:
    newest = report.newest
    return [
        {"what": "everything holds", "found": report.holds},
        {"what": "events", "found": report.size},
        {"what": "of these under the newest head", "found": report.signed},
        {"what": "events shown, and as they were recorded", "found": report.shown},
        {"what": "signed heads that hold", "found": report.heads},
        {"what": "newest head signed on", "found": newest.at.isoformat() if newest else None},
        {"what": "ledger and epoch", "found": newest.origin if newest else None},
        {"what": "root", "found": report.root.hex() or None},
        {"what": "keys believed", "found": [str(key) for key in report.keys]},
    ]


def _verify_receipt(file: Path, key: PublicKey, format: str) -> bool:
    from serantau.ledger import LedgerError
    from serantau.ledger.archive import MOST_RECEIPT, read_receipt
    from serantau.ledger.verify import verify_receipt

    with file.open("rb") as stream:
        content = stream.read(MOST_RECEIPT + 1)
    try:
        receipt = read_receipt(content)
        entry, head = verify_receipt(receipt, key)
    except LedgerError as error:
        emit(
            [{"what": "everything holds", "found": False}],
            format,
            COLUMNS,
            title="THE RECEIPT DOES NOT HOLD.",
            notes=[error.message],
        )
        return False
    rows: list[Row] = [
        {"what": "everything holds", "found": True},
        {"what": "event", "found": entry.event.value},
        {"what": "of", "found": entry.subject},
        {"what": "by", "found": entry.actor},
        {"what": "at", "found": entry.at.isoformat()},
        {"what": "details", "found": dict(entry.details)},
        {"what": "place in the ledger", "found": receipt.position},
        {"what": "under the head of", "found": f"{head.size} events, signed on {head.at.isoformat()}"},
    ]
    emit(rows, format, COLUMNS, title="The event is in the ledger.")
    return True


def _public_key(text: str) -> PublicKey:
    from serantau.ledger.notes import PRIVATE, NoteError, PublicKey

    if len(text) < 500 and Path(text).is_file():
        text = _short_text(Path(text), "a public key")
    if text.strip().startswith(PRIVATE):
        raise click.UsageError("--key is a private key. Keep it secret; the ledger is checked with the public one.")
    try:
        return PublicKey.parse(text)
    except NoteError as error:
        raise click.UsageError(f"--key: {error.message}") from None


def _short_text(path: Path, what: str) -> str:
    """A small file of text; anything else is the wrong file."""
    with path.open("rb") as stream:
        content = stream.read(20_001)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise click.UsageError(f"{path} is no text, so it holds not {what}.") from None
    if len(content) > 20_000:
        raise click.UsageError(f"{path} is too large for {what}.")
    return text


@ledger.command()
@click.option("-o", "--output", required=True, type=NEW_FILE, help="The file to write.")
@click.option(
    "--show",
    type=click.Choice(SHOW),
    default="public",
    show_default=True,
    help="Show what the ledger says about itself, or every event that was not erased (for an auditor only).",
)
def export(output: Path, show: str) -> None:
    """Write the ledger to a file that an outsider can check with `serantau ledger verify`."""
    open_database()
    from serantau.web.ledger.handing import every_event, public_events
    from serantau.web.ledger.handing import export as lines

    count = _write_whole(output, lines(every_event if show == "all" else public_events))
    click.echo(
        f"Wrote {count} lines to {output}. Give the public key another way than this file: `serantau ledger key`."
    )


@ledger.command()
@click.option("-o", "--output", type=NEW_FILE, help="A file for the head, to keep where nobody here can reach it.")
def sign(output: Path | None) -> None:
    """Sign the ledger as it is now and print the head; the site does the same every few minutes."""
    open_database()
    from serantau.web.ledger.signing import sign as sign_now

    signed = sign_now(datetime.now(UTC))
    click.echo(signed.note, nl=False)
    if output is not None:
        _write_whole(output, [signed.note.encode()])


@ledger.command()
@click.argument("name", required=False)
@click.option("-o", "--output", type=NEW_FILE, help="A new file for the private key, readable by you alone.")
def key(name: str | None, output: Path | None) -> None:
    """Print the ledger's public key; with NAME and --output, make a new private key.

    NAME is what the ledger is called in its heads, such as digital.example.org/ledger. Whoever is to check the ledger
    needs the public key from a place that they trust.
    """
    if (name is None) != (output is None):
        raise click.UsageError("A new key needs both a NAME and --output.")
    if name is not None and output is not None:
        made = _make_key(name)
        _write_secret(output, made.text() + "\n")
        click.echo(str(made.public))
        return
    open_database()
    from django.conf import settings

    click.echo(str(settings.SERANTAU_LEDGER_KEY.public))


@ledger.command()
def check() -> None:
    """Check the ledger in the database against itself: every event, hash and head. Exit code 1 if anything is wrong."""
    open_database()
    from serantau.web.ledger.checking import check as problems

    found = problems()
    if found:
        stop("The ledger does not hold.\n" + "\n".join(f"  {one}" for one in found))
    click.echo("The ledger holds: every event, hash and head is as it was recorded.")


@ledger.command()
@click.argument("new_key", type=FILE)
def rotate(new_key: Path) -> None:
    """Let the private key in NEW_KEY follow the present one; afterwards set SERANTAU_LEDGER_KEY to it and restart.

    Whoever trusts the old key can follow to the new one. If the old key was stolen, this is not enough: publish the new
    public key the way you published the first.
    """
    from serantau.ledger.notes import PrivateKey

    new = PrivateKey.parse(_short_text(new_key, "a private key"))
    open_database()
    from django.conf import settings

    from serantau.web.ledger.services import rotate_key
    from serantau.web.ledger.signing import sign as sign_now

    now = datetime.now(UTC)
    old = settings.SERANTAU_LEDGER_KEY
    sign_now(now, old)
    rotate_key(old, new, now)
    sign_now(now, new)
    click.echo(f"{new.public} follows {old.public}. Set SERANTAU_LEDGER_KEY to {new_key} and restart the site.")


def _make_key(name: str) -> PrivateKey:
    from serantau.ledger.notes import NoteError
    from serantau.web.config.signing_key import make_key

    made = make_key(name)
    try:
        type(made.public).parse(str(made.public))
    except NoteError:
        raise click.UsageError(
            f"{name[:80]!r} is no name for a ledger: no spaces, no plus, at most 180 characters."
        ) from None
    return made


def _write_whole(path: Path, lines: Iterable[bytes]) -> int:
    """Write a file that appears whole or not at all; the number of lines."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    count = 0
    try:
        with draft.open("wb") as stream:
            for line in lines:
                stream.write(line)
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _write_secret(path: Path, text: str) -> None:
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        stop(f"{path} is there already, and a key is never overwritten. Choose another name.")
    path.write_text(text, encoding="ascii")
