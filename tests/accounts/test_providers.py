"""Rule: a ministry's provider opens the account that it was connected with, and nothing that it says wrongly opens any."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from serantau.web.accounts.models import Membership, Person
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import people
from serantau.web.config.providers import providers_from
from tests.support.oidc import DEFECTS, oidc_provider
from tests.support.people import make_person, signed_in

pytestmark = pytest.mark.django_db
NIA = {"sub": "nia-1", "email": "nia@example.org", "email_verified": True, "name": "Nia of Asterra"}


@pytest.fixture
def provider(settings):
    with oidc_provider() as running:
        running.claims = dict(NIA)
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [running.configuration()]}}
        yield running


def at_provider(address):
    """What a browser does at the provider: follow to the address that it is sent back to."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"


def through(visitor, process="login"):
    """Press the button, be signed in there, and come back."""
    begun = visitor.post(f"/accounts/provider/asterra/login/?process={process}")
    assert begun.status_code == 302, begun.content.decode()
    return visitor.get(at_provider(begun["Location"]))


def connected(provider):
    """Somebody who has connected the provider."""
    person = make_person(Role.AUDITOR, email=NIA["email"])
    response = through(signed_in(person), "connect")
    assert response["Location"] == "/accounts/provider/", response.content.decode()
    assert SocialAccount.objects.get().user == person
    return person


def is_signed_in(visitor):
    return visitor.get("/account/").status_code == 200


def test_a_connected_provider_opens_the_account(provider):
    person = connected(provider)
    visitor = Client()
    assert through(visitor)["Location"] == "/account/"
    page = visitor.get("/account/").content.decode()
    assert person.name in page
    assert "identity provider" in page, "the list of sign-ins says how"


def test_the_button_stands_on_the_page_of_the_sign_in(provider):
    page = Client().get("/accounts/login/").content.decode()
    assert "Government of Asterra" in page
    assert "/accounts/provider/asterra/login/" in page


def test_a_link_alone_sends_nobody_to_a_provider(provider):
    page = Client().get("/accounts/provider/asterra/login/")
    assert page.status_code == 200
    assert "Sign in through Government of Asterra" in page.content.decode()


def test_the_second_factor_is_asked_for_here_in_any_case(provider):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(connected(provider), "JBSWY3DPEHPK3PXP")
    visitor = Client()
    assert through(visitor)["Location"] == "/accounts/second-factor/authenticate/"
    assert not is_signed_in(visitor)


def test_nobody_gets_an_account_by_coming(provider):
    visitor = Client()
    page = through(visitor).content.decode()
    assert "By invitation only" in page
    assert not Person.objects.exists()


def test_the_same_address_at_the_provider_opens_no_account(provider):
    make_person(Role.SECRETARIAT, email=NIA["email"])
    visitor = Client()
    through(visitor)
    assert not is_signed_in(visitor)
    assert not SocialAccount.objects.exists()


def invited(email=NIA["email"]):
    sent = people.invite_from_console(people.Offer(email, Role.FOCAL_POINT, "QAA"), now=timezone.now())
    visitor = Client()
    visitor.get(f"/invitations/{sent.secret}/")
    assert "Government of Asterra" in visitor.get("/invitations/accept/").content.decode()
    return visitor


def test_an_invitation_is_accepted_through_a_provider(provider):
    visitor = invited()
    through(visitor)
    person = Person.objects.get()
    assert (person.email, person.name, person.has_usable_password()) == (NIA["email"], NIA["name"], False)
    assert Membership.objects.get().person == person
    assert is_signed_in(visitor)
    assert visitor.get("/people/")["Location"].startswith("/account/prove/"), "the second factor comes first"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email": "other@example.org"},
        {"email": None},
        {"email": 7},
    ],
)
def test_a_provider_must_vouch_for_the_address_that_was_invited(provider, claims):
    visitor = invited()
    provider.claims |= claims
    through(visitor)
    assert not Person.objects.exists()
    assert not is_signed_in(visitor)


def test_a_provider_keeps_to_the_people_of_its_member(provider, settings):
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    person = connected(provider)
    app["settings"]["member"] = "QBB"
    visitor = Client()
    page = visitor.get(through(visitor)["Location"]).content.decode()
    assert "another member" in page
    assert not is_signed_in(visitor)
    assert person.name not in page


@pytest.mark.parametrize("defect", DEFECTS)
def test_what_a_provider_says_wrongly_opens_nothing(provider, defect):
    connected(provider)
    provider.defect = defect
    visitor = Client()
    response = through(visitor)
    assert response.status_code == 401
    assert "could not sign you in" in response.content.decode()
    assert not is_signed_in(visitor)
    assert "169.254" not in str(provider.asked)


def test_an_answer_that_was_not_asked_for_opens_nothing(provider):
    connected(provider)
    begun = Client().post("/accounts/provider/asterra/login/")
    stolen = at_provider(begun["Location"])
    victim = Client()
    for address in (stolen, stolen.partition("&state")[0], "/accounts/provider/asterra/callback/"):
        assert victim.get(address).status_code == 401
        assert not is_signed_in(victim)


def test_a_provider_that_is_not_named_is_not_asked(provider, settings):
    (app,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    app["settings"]["private"] = False
    response = Client().post("/accounts/provider/asterra/login/")
    assert response.status_code == 401
    assert provider.asked == [], "an address inside the own network is asked only if the file allows it"
    assert Client().post("/accounts/provider/other/login/").status_code == 404


# --- the file -----------------------------------------------------------------------------------------------------------------

GOOD = '[[provider]]\nid = "a"\nname = "A"\nissuer = "https://a.example/"\nclient_id = "c"\nsecret = "env:A_SECRET"\n'


def test_the_file_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("A_SECRET", "s")
    file = tmp_path / "providers.toml"
    file.write_text(GOOD + GOOD.replace('id = "a"', 'id = "b"', 1) + 'member = "QAA"\n')
    first, second = providers_from(str(file))
    assert (first["provider_id"], first["secret"], first["settings"]["server_url"]) == ("a", "s", "https://a.example")
    assert (first["settings"]["member"], second["settings"]["member"]) == ("", "QAA")
    assert providers_from("") == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("not toml [", "cannot be read as TOML"),
        ("x = 1", "more than a list"),
        (GOOD + GOOD, "twice"),
        (GOOD.replace('name = "A"\n', ""), "lacks name"),
        (GOOD.replace("https:", "http:"), "must begin with https"),
        (GOOD.replace('id = "a"', 'id = "a/b"'), "letters, digits"),
        (GOOD + "colour = 1\n", "unknown key 'colour'"),
        (GOOD.replace("A_SECRET", "NO_SUCH"), "no NO_SUCH"),
        ("#" * 100_001, "larger than"),
    ],
)
def test_a_defect_of_the_file_stops_the_start_and_is_named(tmp_path, monkeypatch, text, said):
    monkeypatch.setenv("A_SECRET", "s")
    file = tmp_path / "providers.toml"
    file.write_text(text)
    with pytest.raises(ImproperlyConfigured, match=said) as caught:
        providers_from(str(file))
    assert "SERANTAU_OIDC_FILE" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        providers_from(str(tmp_path / "none.toml"))
