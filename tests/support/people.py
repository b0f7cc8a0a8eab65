"""People for tests: somebody with a role, and a browser in which they are signed in."""

from __future__ import annotations

import itertools
import time
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from tests.support.writes import unrecorded

if TYPE_CHECKING:
    from serantau.web.accounts.models import Person
    from serantau.web.accounts.roles import Role

LONG_AGO = 12 * 3600
"""Seconds: a second factor proved so long ago serves for no dangerous act."""

_numbers = itertools.count(1)


def make_person(
    role: Role | None = None,
    body: str = "",
    rooms: str = "every",
    *,
    email: str = "",
    name: str = "",
    password: str | None = None,
) -> Person:
    """Somebody with an account and, if a role is given, a membership that runs."""
    from allauth.account.models import EmailAddress

    from serantau.web.accounts.models import Membership, Person

    number = next(_numbers)
    with unrecorded():
        person = Person(email=email or f"person{number}@example.org", name=name or f"Person {number}")
        if password is None:
            person.set_unusable_password()
        else:
            person.set_password(password)
        person.save()
        if role is not None:
            Membership.objects.create(
                person=person, role=role.value, body=body, rooms=rooms, valid_from=date(2020, 1, 1)
            )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


_SITE = Client().handler
"""One chain of middleware, as a running site has one: to build it anew for each visitor costs more than most pages."""


def visitor() -> Client:
    """A browser in which nobody is signed in."""
    client = Client()
    client.handler = _SITE
    return client


def signed_in(
    person: Person, *, second_factor: bool = True, fresh: bool = True, client: Client | None = None
) -> Client:
    """A client in which a person is signed in: with or without a second factor, proved just now or long ago."""
    client = client or visitor()
    with unrecorded():  # Django writes the time of the last sign-in
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    now = time.time()
    records = [{"method": "password", "at": now, "email": person.email}]
    if second_factor:
        records.append({"method": "mfa", "type": "totp", "id": 1, "at": now if fresh else now - LONG_AGO})
    session = client.session
    assert isinstance(session, SessionStore)
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
