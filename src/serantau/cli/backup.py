"""``serantau backup`` and ``serantau restore``: everything people did here, out and in again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from serantau.cli.database import open_database

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The new file.")
def backup(output: Path) -> None:
    """Copy the database and the uploads to one file while the site runs, and check the copy.

    The file holds personal data, and no keys: keep SERANTAU_SECRET_KEY and SERANTAU_LEDGER_KEY elsewhere.
    """
    open_database()
    from serantau.web.backup.making import make_backup

    made = make_backup(output, datetime.now(UTC))
    uploads = sum(part.name.startswith("uploads/") for part in made.parts)
    click.echo(f"Wrote {output}: {made.events} events and {uploads} uploads, read again and checked.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Overwrite what is here; without this nothing is ever overwritten.")
@click.option("--check", is_flag=True, help="Only say whether it could be restored; change nothing.")
@click.option("--old-head", type=FILE, help="A head published after the backup, which outsiders may hold.")
def restore(file: Path, replace: bool, check: bool, old_head: Path | None) -> None:
    """Bring back what the backup FILE holds. Stop the site first.

    The ledger goes on in a new epoch, whose first event names the head that was published last. Everybody must sign in
    again, and mails that were waiting are not sent; `serantau jobs list --state dead` shows them.
    """
    open_database()
    from serantau.web.backup.restoring import examine
    from serantau.web.backup.restoring import restore as bring_back

    if check:
        found = examine(file)
        click.echo(f"A whole backup of {found.events} events, as of {found.made_at}, that can be restored here.")
        return

    note = old_head.read_text(encoding="utf-8") if old_head is not None else ""
    done = bring_back(file, datetime.now(UTC), replace=replace, old_head=note)
    click.echo(
        f"Restored {done.manifest.events} events, as of {done.manifest.made_at}. Epoch {done.epoch} of the ledger began."
    )
    if not done.old_head:
        click.echo("No head is known that was published before; the epoch names none.")
    if not done.signed:
        click.echo(f"It is not signed yet. {done.unsigned_because}", err=True)
