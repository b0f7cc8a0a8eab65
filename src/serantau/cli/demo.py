"""``serantau demo``: a site with invented people, to try every role."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from serantau.cli.groups import stop
from serantau.cli.output import Column, Row, emit

MARK = "training"
MARK_TEXT = "Everything in this folder is invented. `serantau demo` made it, and `serantau demo --force` replaces it.\n"
PORT = 8000


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Folder for the training data; a new one, or one that this command made.",
)
@click.option("--force", is_flag=True, help="Begin anew in a folder of training data.")
@click.option("--code", metavar="EMAIL", help="Print what the authenticator app of a training account shows now.")
@click.option("--serve", is_flag=True, help="Serve the training site until Ctrl-C.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port to serve on.")
@click.pass_context
def demo(context: click.Context, data: Path, force: bool, code: str | None, serve: bool, port: int) -> None:
    """Fill a folder with invented people and work, to try every role.

    The region, its members and the people are invented; each page says so. Passwords are printed once. The folder and
    its own SQLite database are all that is touched, whatever DATABASE_URL says.
    """
    made = _is_training(data)
    if data.exists() and not made and (not data.is_dir() or any(data.iterdir())):
        stop(f"{data} holds something that is no training data, so it is left alone. Name a new folder: --data FOLDER.")
    if force and made:
        shutil.rmtree(data)
        made = False
    if code is not None and not made:
        stop(f"{data} holds no training data. Make them first: serantau demo --data {data}.")
    region = _settle(data)
    if code is not None:
        _print_code(code)
        return
    if not made:
        _fill(data)
    elif not serve:
        stop(f"{data} is filled already. Serve it with --serve, or begin anew with --force.")
    if serve:
        from serantau.cli.serve import serve as command

        context.invoke(command, port=port, host="127.0.0.1", workers=1, region=region)
    elif not made:
        click.echo(f"\nNow: serantau demo --data {data} --serve")


def _is_training(data: Path) -> bool:
    return (data / MARK).is_file()


def _settle(data: Path) -> Path:
    """Point everything that follows at the folder: its database, its files, the region for training."""
    from serantau.bundle import SHIPPED

    region = SHIPPED / MARK
    whole = data.resolve()
    os.environ["SERANTAU_DATA"] = str(whole)
    os.environ["DATABASE_URL"] = f"sqlite:///{whole / 'training.sqlite3'}"
    os.environ["SERANTAU_REGION"] = str(region)
    os.environ["SERANTAU_DEBUG"] = "1"
    for name in ("SERANTAU_SMTP", "SERANTAU_MAIL_FROM", "SERANTAU_SECRET_KEY", "SERANTAU_LEDGER_KEY", "SERANTAU_URL"):
        os.environ.pop(name, None)
    return region


def _fill(data: Path) -> None:
    from datetime import UTC, datetime

    os.umask(0o077)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).write_text(MARK_TEXT, encoding="utf-8")
    from serantau.web.config.start import prepare

    try:
        prepare()
        from serantau.web.forum.demo import fill as fill_forum
        from serantau.web.review.demo import fill

        now = datetime.now(UTC)
        accounts = fill(now)
        fill_forum(now)
    except BaseException:
        shutil.rmtree(data)  # half a demonstration helps nobody
        raise
    rows: list[Row] = [{"email": one.email, "password": one.password, "secret": one.secret or None} for one in accounts]
    columns: list[Column] = [
        ("email", "E-mail"),
        ("password", "Password"),
        ("secret", "Secret of the authenticator app"),
    ]
    notes = [
        "The passwords are shown this once.",
        f"Without an app: serantau demo --data {data} --code E-MAIL prints the code that it would show.",
    ]
    emit(rows, "table", columns, f"Accounts for training in {data}", notes, "")


def _print_code(email: str) -> None:
    from datetime import UTC, datetime

    from serantau.web.config.start import prepare

    prepare()
    from serantau.web.review.demo import code

    click.echo(code(email, datetime.now(UTC)))
