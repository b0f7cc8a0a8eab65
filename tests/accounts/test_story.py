"""Rule: from an invitation to a decision each step works, and none can be left out."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone

from serantau.web.accounts.models import Invitation, Membership, Person, SignIn
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import people
from serantau.web.ledger.models import Event
from tests.accounts.support import PASSWORD, code_of, link_in, set_up_app, sign_in
from tests.support.people import make_person, signed_in
from tests.support.writes import unrecorded

pytestmark = pytest.mark.django_db
committing = pytest.mark.django_db(transaction=True)
"""allauth does some of its work once a transaction is saved, so these tests save theirs."""

NEW = "new@example.org"


def invited(letters, role="focal point", email=NEW):
    """A head of delegation invites; returns the link of the letter."""
    head = make_person(Role.HEAD_OF_DELEGATION, "QAA")
    response = signed_in(head).post("/people/invite/", {"email": email, "role": role, "name": "Nia"})
    assert response.status_code == 302, response.content.decode()
    assert letters[-1].to == [email]
    return link_in(letters[-1].body)


def accepted(client, link, password=PASSWORD):
    """Open the link and make the account."""
    assert client.get(link)["Location"] == "/invitations/accept/"
    return client.post("/invitations/accept/", {"name": "Nia", "password1": password, "password2": password})


@committing
def test_from_the_letter_to_the_work(letters):
    visitor = Client()
    link = invited(letters)
    response = accepted(visitor, link)
    assert response["Location"] == "/account/prove/", "a focal point sets up a second factor first"
    person = Person.objects.get(email=NEW)
    membership = Membership.objects.get(person=person)
    assert (membership.role, membership.body, membership.ended_at) == ("focal point", "QAA", None)

    # Without the second factor the work is closed, and the page says where to go.
    assert visitor.get("/people/")["Location"] == "/account/prove/?next=%2Fpeople%2F"
    assert visitor.get("/account/prove/?next=/people/")["Location"] == "/accounts/second-factor/"
    set_up_app(visitor)
    codes = visitor.get("/accounts/second-factor/codes/").content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    assert 'href="/people/"' in codes, "from the recovery codes on to what was wanted"
    assert visitor.get("/people/").status_code == 200
    assert not re.findall(
        r"<li><code>\d{8}</code></li>", visitor.get("/accounts/second-factor/codes/").content.decode()
    )

    events = list(Event.objects.order_by("position").values_list("event", flat=True))
    assert events[:2] == ["accounts:invitation:sent", "accounts:invitation:accepted"]
    assert events.count("accounts:second_factor:added") == 2  # the app, and the recovery codes


@committing
def test_signing_in_asks_for_both_factors(letters, monkeypatch):
    visitor = Client()
    accepted(visitor, invited(letters))
    secret = set_up_app(visitor)
    other = Client()
    assert sign_in(other, NEW)["Location"] == "/accounts/second-factor/authenticate/"
    assert other.get("/people/")["Location"].startswith("/accounts/login/"), "the password alone opens nothing"
    wrong = "000000" if code_of(secret) != "000000" else "111111"
    assert other.post("/accounts/second-factor/authenticate/", {"code": wrong}).status_code == 200
    assert other.get("/people/")["Location"].startswith("/accounts/login/")
    # The code of this half minute was used to set the app up, so the next one is taken.
    later = time.time() + 30
    monkeypatch.setattr(totp.time, "time", lambda: later)
    done = other.post("/accounts/second-factor/authenticate/", {"code": code_of(secret, later)})
    assert done["Location"] == "/account/"
    assert other.get("/people/").status_code == 200
    assert SignIn.objects.filter(person__email=NEW, succeeded=True, how="password mfa").count() == 1


@committing
def test_a_recovery_code_opens_once(letters):
    visitor = Client()
    accepted(visitor, invited(letters))
    set_up_app(visitor)
    page = visitor.get("/accounts/second-factor/codes/").content.decode()
    code = re.search(r"<li><code>(\d{8})</code></li>", page)[1]
    for expected in (302, 200):
        other = Client()
        sign_in(other, NEW)
        assert other.post("/accounts/second-factor/authenticate/", {"code": code}).status_code == expected


def test_an_invitation_works_once_for_its_address_and_until_its_day(letters):
    link = invited(letters)
    accepted(Client(), link)
    assert Client().get(link).status_code == 404
    assert Invitation.objects.get().used_by.email == NEW
    late = invited_by_hand(days=-1)
    assert Client().get(late).status_code == 404
    assert Person.objects.filter(email=NEW).count() == 1


def invited_by_hand(days=7, email="late@example.org"):
    offer = people.Offer(email, Role.AUDITOR)
    sent = people.invite_from_console(offer, now=timezone.now() + timedelta(days=days - people.INVITED_DAYS))
    return f"/invitations/{sent.secret}/"


def test_a_newer_invitation_replaces_the_older(letters):
    first = invited_by_hand()
    second = invited_by_hand()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 302


def test_a_weak_or_mistyped_password_makes_no_account(letters):
    link = invited(letters)
    for first, second in (
        ("short", "short"),
        (PASSWORD, PASSWORD + "!"),
        ("password12345", "password12345"),
        (NEW, NEW),
    ):
        visitor = Client()
        visitor.get(link)
        page = visitor.post("/invitations/accept/", {"name": "Nia", "password1": first, "password2": second})
        assert page.status_code == 200
        assert "errorlist" in page.content.decode()
    assert not Person.objects.filter(email=NEW).exists()


def test_somebody_with_an_account_takes_a_new_role_with_it(letters):
    focal = make_person(Role.FOCAL_POINT, "QAA")
    head = make_person(Role.HEAD_OF_DELEGATION, "QAA")
    offer = people.Offer(focal.email, Role.HEAD_OF_DELEGATION, "QAA")
    sent = people.invite_from_console(offer, now=timezone.now())
    visitor = signed_in(focal)
    visitor.get(f"/invitations/{sent.secret}/")
    assert "replaces" in visitor.get("/invitations/accept/").content.decode()
    assert visitor.post("/invitations/accept/")["Location"] == "/account/"
    roles = {m.person_id: m.role for m in Membership.objects.filter(ended_at=None)}
    assert roles == {focal.pk: "head of delegation"}, "the head before has left, and the old role too"
    assert Membership.objects.get(person=head).ended_at is not None


def test_an_invitation_is_for_nobody_else(letters):
    link = invited(letters)
    other = signed_in(make_person(Role.FOCAL_POINT, "QBB"))
    other.get(link)
    other.post("/invitations/accept/")
    assert Membership.objects.filter(person__email=NEW).count() == 0
    assert Invitation.objects.get().used_at is None


def test_a_role_that_ended_ends_at_once(letters):
    head = make_person(Role.HEAD_OF_DELEGATION, "QAA")
    focal = make_person(Role.FOCAL_POINT, "QAA")
    theirs = signed_in(focal)
    assert theirs.get("/people/").status_code == 200
    membership = Membership.objects.get(person=focal)
    assert signed_in(head).post(f"/people/{membership.pk}/end/")["Location"] == "/people/"
    assert theirs.get("/people/").status_code == 403
    assert theirs.get("/account/").status_code == 200


def test_a_role_holds_on_its_days_only():
    focal = make_person(Role.FOCAL_POINT, "QAA")
    theirs = signed_in(focal)
    today = timezone.now().date()
    for first, last, status in (
        (today, today, 200),
        (today + timedelta(days=1), None, 403),
        (today - timedelta(days=9), today - timedelta(days=1), 403),
    ):
        with unrecorded():
            Membership.objects.filter(person=focal).update(valid_from=first, valid_to=last)
        assert theirs.get("/people/").status_code == status


def test_the_last_of_the_secretariat_cannot_be_ended():
    only = make_person(Role.SECRETARIAT)
    browser = signed_in(only)
    own = Membership.objects.get(person=only)
    page = browser.post(f"/people/{own.pk}/end/", follow=True).content.decode()
    assert "last role of the secretariat" in page
    make_person(Role.SECRETARIAT)
    browser.post(f"/people/{own.pk}/end/")
    assert Membership.objects.get(pk=own.pk).ended_at is not None
