"""Rule: the server's owner makes the first account and helps in need, on the command line, and each act is an event."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from serantau.cli.accounts import accounts
from serantau.web.accounts.models import Invitation, Membership, Person
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import security
from serantau.web.ledger.models import Event
from tests.support.people import make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(monkeypatch):
    """The database of the tests is open already, and inside a transaction."""
    monkeypatch.setattr("serantau.cli.accounts.open_database", lambda: None)


def run(*words, answer=""):
    return CliRunner().invoke(accounts, words, input=answer)


def test_the_first_account_is_made_by_a_link():
    done = run("create-secretariat", "--email", "Sri@Example.org", "--name", "Sri")
    assert done.exit_code == 0, done.output
    link = re.search(r"http://\S+?(/invitations/\S+)", done.output)[1]
    assert Client().get(link)["Location"] == "/invitations/accept/"
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.made_by) == ("sri@example.org", "secretariat", None)
    assert Event.objects.get().actor == "system"


def test_the_link_is_on_the_public_address(settings):
    settings.SERANTAU_URL = "https://plan.example.org/"
    assert "https://plan.example.org/invitations/" in run("create-secretariat", "--email", "sri@example.org").output


@pytest.mark.parametrize("email", ["", "sri", "sri@", "a@example.org\nb@example.org", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(email):
    done = run("create-secretariat", "--email", email)
    assert done.exit_code != 0
    assert "no e-mail address" in str(done.exception)
    assert not Invitation.objects.exists()


def test_lost_second_factors_are_forgotten_after_a_question():
    person = make_person(Role.FOCAL_POINT, "QAA")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert run("forget-second-factor", "--email", person.email, answer="n\n").exit_code != 0
    assert Authenticator.objects.count() == 1
    done = run("forget-second-factor", "--email", person.email, answer="y\n")
    assert "1 second factors are gone" in done.output
    assert not Authenticator.objects.exists()
    assert Event.objects.get().event == "accounts:second_factor:removed"


def test_a_closed_account_opens_nothing_any_more():
    person = make_person(Role.SECRETARIAT)
    browser = signed_in(person)
    assert browser.get("/people/").status_code == 200
    assert "closed" in run("close", "--email", person.email, "--yes").output
    assert browser.get("/people/").status_code == 302
    assert not Person.objects.get().is_active
    assert Membership.objects.get().ended_at is not None


def test_an_unknown_address_is_named():
    done = run("close", "--email", "nobody@example.org", "--yes")
    assert "Nobody has an account" in str(done.exception)


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(settings):
    person = make_person()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.values())
    held = Authenticator.objects.get().wrap()
    from tests.accounts.support import code_of

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of the site, as long as it has to be"
    assert held.validate_code(code_of("JBSWY3DPEHPK3PXP")), "an old secret still opens what it closed"
    settings.SECRET_KEY_FALLBACKS = []
    assert not held.validate_code(code_of("JBSWY3DPEHPK3PXP", timezone.now().timestamp() + 30))


def test_what_allauth_changes_becomes_events():
    person = make_person()
    now = timezone.now()
    security.email_changed(person, now=now)
    security.password_changed(person, now=now)
    security.provider_connected(person, "asterra", connected=True, now=now)
    assert [row.event for row in Event.objects.order_by("position")] == [
        "accounts:email:changed",
        "accounts:password:changed",
        "accounts:provider:connected",
    ]
    assert person.email not in str(Event.objects.values())
