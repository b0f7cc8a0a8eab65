"""``serantau defend accounts``: machine accounts that speak TAXII, on the server's own command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT, stop
from serantau.cli.options import format_option
from serantau.cli.output import Column, emit

if TYPE_CHECKING:
    from serantau.defend.model import Tlp
    from serantau.web.accounts.policy import Actor

LABELS = ("clear", "green", "amber", "amber+strict")
NEVER = "never"
COLUMNS: list[Column] = [
    ("name", "Name"),
    ("member", "Member"),
    ("clearance", "Clearance"),
    ("named_from", "Named from"),
    ("rights", "Rights"),
    ("used", "Key last used"),
    ("state", "State"),
]

by_option = click.option(
    "--by",
    required=True,
    help="E-mail of whoever answers for this: the secretariat, or the member's head of delegation.",
)


@click.group(context_settings=CONTEXT)
def accounts() -> None:
    """List, make and revoke accounts for TAXII.

    The same rules hold as on the site: who answers for an account, and how far its clearance may go.
    """


@accounts.command("list")
@format_option
def list_accounts(format: str) -> None:
    """List all accounts, with what each may read and write."""
    open_database()
    from serantau.defend.model import Tlp
    from serantau.web.defend.models import TaxiiAccount

    found = TaxiiAccount.objects.select_related("machine").prefetch_related("rights", "machine__tokens__use")
    rows = [
        {
            "name": row.login,
            "member": row.machine.member,
            "clearance": Tlp(row.clearance).label,
            "named_from": NEVER if row.attribution is None else Tlp(row.attribution).label,
            "rights": [f"{one.alias}:{'r' * one.can_read}{'w' * one.can_write}" for one in row.rights.all()],
            "used": _last_used(row),
            "state": "ended" if row.machine.ended_at else "runs",
        }
        for row in found.order_by("machine__member", "login")
    ]
    emit(rows, format, COLUMNS, title="Accounts for TAXII")


def _last_used(row: Any) -> str | None:  # noqa: ANN401 - a model, without types
    times = [token.use.at for token in row.machine.tokens.all() if getattr(token, "use", None)]
    return f"{max(times):%Y-%m-%d %H:%M}" if times else None


@accounts.command()
@by_option
@click.option("--name", required=True, help="Its name, as Basic authentication uses it: a-z, 0-9, dot and hyphen.")
@click.option("--member", required=True, help="Code of the member whose it is.")
@click.option(
    "--clearance", type=click.Choice(LABELS), default="green", show_default=True, help="What it reads at most."
)
@click.option(
    "--named-from",
    type=click.Choice([*LABELS, NEVER]),
    default="clear",
    show_default=True,
    help="From which clearance on readers may know who contributed.",
)
@click.option(
    "--right",
    "rights",
    multiple=True,
    metavar="COLLECTION:rw",
    help="What it may do in a collection: r, w or rw. May stand several times; left out: what is usual.",
)
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="Days until its key ends.")
def make(by: str, name: str, member: str, clearance: str, named_from: str, rights: tuple[str, ...], days: int) -> None:
    """Make an account, and print its key, this once."""
    open_database()
    from serantau.web.accounts.bodies import bodies_today
    from serantau.web.accounts.services import machines
    from serantau.web.defend.services import accounts as service

    now = datetime.now(UTC)
    actor = _actor(by, now)
    chosen = {**service.default_rights(member)} if not rights else dict(_right(one) for one in rights)
    terms = service.Terms(_tlp(clearance), None if named_from == NEVER else _tlp(named_from), chosen)
    service.check(actor, member, name, terms)
    machine = machines.make_account(actor, member, name, bodies_today(now.date()), now=now)
    service.make(actor, machine, name, terms, now)
    made = machines.make_token(actor, machine, ["defend:read", "defend:submit"], days, now=now)
    click.echo(f"The account {name} is made. Its key, which is shown this once and holds for {days} days:")
    click.echo(made.text)


@accounts.command()
@by_option
@click.argument("name")
@click.confirmation_option(prompt="Its keys and certificates end, and cannot be had back. Go on?")
def revoke(by: str, name: str) -> None:
    """End an account with all its keys; its next request is refused."""
    open_database()
    from serantau.web.accounts.services import machines
    from serantau.web.defend.models import TaxiiAccount

    now = datetime.now(UTC)
    row = TaxiiAccount.objects.select_related("machine").filter(login=name).first()
    if row is None:
        stop(f"There is no account {name[:60]!r}. `serantau defend accounts list` names all.")
    machines.end_account(_actor(by, now), row.machine, now=now)
    click.echo(f"The account {name} has ended.")


def _actor(email: str, now: datetime) -> Actor:
    """Whoever answers for it. Whoever runs commands on the server is trusted to be who they say."""
    from serantau.web.accounts.actor import actor_for
    from serantau.web.accounts.models import Person, clean_email

    person = Person.objects.filter(email=clean_email(email)).first()
    if person is None:
        stop(f"Nobody has an account with the address {email[:80]}. Check how it is written.")
    return actor_for(person, second_factor=True, fresh=True, today=now.date())


def _tlp(text: str) -> Tlp:
    from serantau.defend.model import Tlp

    return Tlp[text.upper().replace("+", "_")]


def _right(text: str) -> tuple[str, Any]:
    from serantau.web.defend.accounts import Right

    alias, _, may = text.partition(":")
    if may not in {"r", "w", "rw"}:
        stop(f"{text[:60]!r} is no right. Write the collection and r, w or rw: region-green:rw.")
    return alias, Right(read="r" in may, write="w" in may)
