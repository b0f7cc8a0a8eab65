"""What allauth has changed about how somebody proves who they are, as events."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator

from serantau.ledger import Event
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.models import Membership, Person
from serantau.web.accounts.services.people import SYSTEM
from serantau.web.ledger.changes import change


def password_changed(person: Person, *, now: datetime) -> None:
    """The password was changed or set."""
    with change(Event.PASSWORD_CHANGED, actor=person.reference, subject=person.reference, now=now):
        pass


def email_changed(person: Person, *, now: datetime) -> None:
    """The e-mail was changed, and the new one confirmed."""
    with change(Event.EMAIL_CHANGED, actor=person.reference, subject=person.reference, now=now) as record:
        record.say(email_digest=record.digest(person.email))


def factor_added(person: Person, kind: str, *, now: datetime) -> None:
    """A second factor was set up."""
    with change(Event.SECOND_FACTOR_ADDED, actor=person.reference, subject=person.reference, now=now) as record:
        record.say(kind=kind)


def factor_removed(person: Person, kind: str, *, now: datetime) -> None:
    """A second factor was taken away by its owner."""
    with change(Event.SECOND_FACTOR_REMOVED, actor=person.reference, subject=person.reference, now=now) as record:
        record.say(kind=kind)


def provider_connected(person: Person, provider: str, *, connected: bool, now: datetime) -> None:
    """An identity provider was connected with an account, or is so no more."""
    with change(Event.PROVIDER_CONNECTED, actor=person.reference, subject=person.reference, now=now) as record:
        record.say(provider=provider, connected=connected)


def forget_factors(email: str, *, now: datetime) -> int:
    """On the server's own command line: take away all second factors of somebody who lost them.

    Returns:
        How many there were.

    Raises:
        AccountError: if nobody has the address.
    """
    person = _known(email)
    with change(Event.SECOND_FACTOR_REMOVED, actor=SYSTEM, subject=person.reference, now=now) as record:
        count, _rows = Authenticator.objects.filter(user=person).delete()
        record.say(kind="all", count=count)
    return count


def close_account(email: str, *, now: datetime) -> None:
    """On the server's own command line: end somebody's role and let them sign in no more.

    Raises:
        AccountError: if nobody has the address.
    """
    person = _known(email)
    with change(Event.ACCOUNT_CLOSED, actor=SYSTEM, subject=person.reference, now=now) as record:
        ended = Membership.objects.filter(person=person, ended_at=None).update(ended_at=now)
        Person.objects.filter(pk=person.pk).update(is_active=False)
        record.say(memberships_ended=ended)


def _known(email: str) -> Person:
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        raise AccountError(f"Nobody has an account with the address {email[:80]}. Check how it is written.")
    return person
