"""``serantau accounts``: what only the owner of the server may do to accounts."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from serantau.cli.database import open_database
from serantau.cli.groups import CONTEXT

email_option = click.option("--email", required=True, help="The e-mail of the account.")


@click.group(context_settings=CONTEXT)
def accounts() -> None:
    """Make the first account of the secretariat, and help where nobody can on the site.

    Whoever can run these commands is trusted like the secretariat itself. Each writes an event into the ledger.
    """


@accounts.command("create-secretariat")
@email_option
@click.option("--name", default="", help="How the invited is called; they can change it.")
def create_secretariat(email: str, name: str) -> None:
    """Invite somebody to the secretariat, and print the link that makes their account.

    The link works once, for seven days; give it to nobody else. Invite two people: what is hard to take back needs
    the approval of a second one.
    """
    open_database()
    from django.urls import reverse

    from serantau.web.accounts.bodies import Bodies
    from serantau.web.accounts.links import absolute
    from serantau.web.accounts.roles import Role
    from serantau.web.accounts.services import people

    offer = people.checked(email, Role.SECRETARIAT, "", [], name, Bodies({}, {}))
    sent = people.invite_from_console(offer, now=datetime.now(UTC))
    click.echo(f"Open this link within {people.INVITED_DAYS} days to make the account of {offer.email}:")
    click.echo(absolute(reverse("account:invitation", args=[sent.secret])))


@accounts.command("forget-second-factor")
@email_option
@click.confirmation_option(prompt="Have you made sure that it is the owner of the account who asks?")
def forget_second_factor(email: str) -> None:
    """Take away all second factors of somebody who has lost them, so that they can set up new ones."""
    open_database()
    from serantau.web.accounts.services import security

    count = security.forget_factors(email, now=datetime.now(UTC))
    click.echo(f"{count} second factors are gone. At the next sign-in the password is enough, and opens no work.")


@accounts.command()
@email_option
@click.confirmation_option(prompt="Their role ends, and they can sign in no more. Go on?")
def close(email: str) -> None:
    """Close an account: its role ends, its sessions too, and nobody signs in with it any more."""
    open_database()
    from serantau.web.accounts.services import security

    security.close_account(email, now=datetime.now(UTC))
    click.echo("The account is closed.")
