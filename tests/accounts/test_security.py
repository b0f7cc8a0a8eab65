"""Rule: the ways in which sites are broken into are closed here; one test each."""

from __future__ import annotations

import logging
import re
import time

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from serantau.web.accounts.models import Invitation, Person
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import people
from tests.accounts.support import PASSWORD, link_in, sign_in
from tests.support.people import make_person, signed_in
from tests.web.html_support import Document, accessibility_defects

pytestmark = pytest.mark.django_db
SESSION, CSRF = "__Host-session", "__Host-csrf"


@pytest.fixture
def nia():
    return make_person(email="nia@example.org", name="Nia", password=PASSWORD)


# --- forged requests ------------------------------------------------------------------------------------------------------

FORMS = [
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_change_password",
    "account_email",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_login_webauthn",
    "account:accept",
    "account:invite",
    "account:machines",
    "account:end-everywhere",
]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_another_site_sends_is_refused(name):
    browser = signed_in(make_person(Role.SECRETARIAT), client=Client(enforce_csrf_checks=True))
    response = browser.post(reverse(name), {"email": "x@example.org"})
    assert response.status_code == 403
    assert "did not come from this site" in response.content.decode()


# --- sessions --------------------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(nia):
    visitor = Client()
    visitor.get(f"/invitations/{invited().secret}/")
    planted = visitor.cookies[SESSION].value
    assert sign_in(visitor, nia.email).status_code == 302
    assert visitor.cookies[SESSION].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_cookies_are_for_this_host_https_and_no_script(nia):
    visitor = Client()
    visitor.get("/accounts/login/")
    sign_in(visitor, nia.email)
    for name in (SESSION, CSRF):
        cookie = visitor.cookies[name]
        assert (bool(cookie["secure"]), bool(cookie["httponly"])) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert visitor.cookies[SESSION]["max-age"] == "", "it ends with the browser"


def test_a_new_password_and_signing_out_everywhere_end_all_other_sessions(nia):
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        sign_in(browser, nia.email)
        assert browser.get("/account/").status_code == 200
    new = PASSWORD + " again"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", data).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    sign_in(elsewhere, nia.email, new)
    assert here.post("/account/devices/end/")["Location"] == "/accounts/login/"
    assert here.get("/account/").status_code == elsewhere.get("/account/").status_code == 302


def test_one_device_is_signed_out_from_another(nia):
    here, elsewhere = Client(headers={"User-Agent": "Here"}), Client(headers={"User-Agent": "Elsewhere"})
    for browser in (here, elsewhere):
        sign_in(browser, nia.email)
    page = here.get("/account/").content.decode()
    assert "Elsewhere" in page
    (address,) = set(re.findall(r'action="(/account/devices/\d+/end/)"', page))
    stranger = signed_in(make_person())
    stranger.post(address)
    assert elsewhere.get("/account/").status_code == 200, "nobody ends a session of somebody else"
    here.post(address)
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


# --- guessing ----------------------------------------------------------------------------------------------------------------


def test_guessing_a_password_ends_after_five_tries_from_one_network_and_locks_nobody_out_elsewhere(nia):
    attacker, owner = Client(REMOTE_ADDR="203.0.113.5"), Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(5):
        assert "not correct" in sign_in(attacker, nia.email, "guess").content.decode()
    refused = sign_in(attacker, nia.email, PASSWORD)
    assert refused.status_code == 200
    assert "tried too often" in refused.content.decode()
    assert sign_in(owner, nia.email)["Location"] == "/account/"
    page = owner.get("/account/").content.decode()
    assert page.count("<strong>refused</strong>") == 5
    assert "203.0.113.0/24" in page, "the owner sees where from, to the network"


def test_guessing_a_code_ends_after_five_tries_however_often_one_begins_anew(nia):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(nia, "JBSWY3DPEHPK3PXP")
    said = []
    for number in range(7):
        visitor = Client(REMOTE_ADDR=f"203.0.113.{number}")
        sign_in(visitor, nia.email)
        said.append(visitor.post("/accounts/second-factor/authenticate/", {"code": "12345"}).content.decode())
    assert all("Incorrect code" in one for one in said[:5])
    assert all("tried too often" in one for one in said[5:])


def test_a_letter_for_a_new_password_is_sent_three_times_an_hour(nia):
    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{n}").post("/accounts/password/reset/", {"email": nia.email}) for n in range(5)
    ]
    assert [one.status_code for one in answers] == [302, 302, 302, 429, 429]
    assert int(answers[-1]["Retry-After"]) <= 3600
    assert "tried too often" in answers[-1].content.decode()
    assert len(mail.outbox) == 3


# --- who has an account ----------------------------------------------------------------------------------------------------


def plain(response):
    """The page without what differs each time."""
    return (
        re.sub(r'value="[A-Za-z0-9]{64}"', "", response.content.decode()).replace("nia@", "X").replace("nobody@", "X")
    )


def test_the_sign_in_tells_nobody_who_has_an_account(nia):
    known = sign_in(Client(REMOTE_ADDR="203.0.113.5"), nia.email, "wrong password")
    unknown = sign_in(Client(REMOTE_ADDR="203.0.113.6"), "nobody@example.org", "wrong password")
    assert known.status_code == unknown.status_code == 200
    assert plain(known) == plain(unknown)


def test_the_sign_in_takes_the_same_time_for_both(nia):
    spent = {}
    for email in (nia.email, "nobody@example.org"):
        rounds = []
        for number in range(3):
            visitor = Client(REMOTE_ADDR=f"203.0.113.{number}")
            start = time.process_time()
            sign_in(visitor, email, "wrong password")
            rounds.append(time.process_time() - start)
        spent[email] = min(rounds)
    # One check of a password costs ten times everything else; it is spent in both cases.
    assert max(spent.values()) < 1.5 * min(spent.values())


def test_a_new_password_is_asked_for_alike_by_everybody(nia):
    visitor = Client()
    known = visitor.post("/accounts/password/reset/", {"email": nia.email})
    unknown = visitor.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert [letter.to for letter in mail.outbox] == [[nia.email], ["nobody@example.org"]]
    assert [letter.subject for letter in mail.outbox] == ["Serantau: A new password was asked for"] * 2


def test_passwords_are_kept_as_a_slow_hash(nia):
    hasher = identify_hasher(nia.password)
    assert hasher.algorithm == "pbkdf2_sha256"
    assert hasher.decode(nia.password)["iterations"] >= 600_000  # OWASP's password storage cheat sheet, 2023
    assert PASSWORD not in nia.password


# --- where one is sent -------------------------------------------------------------------------------------------------------

ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_to_another_site(nia, target):
    visitor = Client()
    assert sign_in(visitor, nia.email, next=target)["Location"] == "/account/"
    for address in ("/account/prove/", "/accounts/reauthenticate/", "/account/again/"):
        response = visitor.get(address, {"next": target})
        assert "evil" not in response.headers.get("Location", "")
        document = Document(response.content.decode()) if response.status_code == 200 else Document("")
        led = [one.get("href") or one.get("action") for one in document.all("a", "link", "form")]
        assert all(re.match(r"[#/](?![/\\])", address) for address in led if address), led
    assert "evil" not in visitor.post("/accounts/logout/", {"next": target})["Location"]


# --- letters -----------------------------------------------------------------------------------------------------------------


def invited(email="new@example.org", name=""):
    return people.invite_from_console(people.Offer(email, Role.AUDITOR, name=name), now=timezone.now())


@pytest.mark.parametrize(
    "email", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y", "a@example.org, b@example.org"]
)
def test_no_letter_gets_another_header_or_reader(email):
    browser = signed_in(make_person(Role.HEAD_OF_DELEGATION, "QAA"))
    assert browser.post("/people/invite/", {"email": email, "role": "focal point"}).status_code == 200
    assert mail.outbox == []
    browser.post("/people/invite/", {"email": "a@example.org", "role": "focal point", "name": "N\nBcc: b@example.org"})
    for letter in mail.outbox:
        assert letter.recipients() == ["a@example.org"]
        assert "\n" not in letter.subject
        assert set(letter.message().keys()) <= {
            *(
                "Content-Type",
                "MIME-Version",
                "Content-Transfer-Encoding",
                "Subject",
                "From",
                "To",
                "Date",
                "Message-ID",
            )
        }


def test_links_in_letters_lead_to_the_site_that_the_settings_name(nia, settings):
    settings.SERANTAU_URL = "https://plan.example.org/"
    visitor = Client()
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    visitor.post("/accounts/password/reset/", {"email": nia.email}, headers=headers)
    assert "https://plan.example.org/accounts/password/reset/key/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


def test_a_host_that_is_not_ours_is_refused_before_anything_is_done(nia):
    assert (
        Client().post("/accounts/password/reset/", {"email": nia.email}, headers={"Host": "evil.example"}).status_code
        == 400
    )
    assert mail.outbox == []


def test_a_link_for_a_new_password_works_once_and_ends_sessions(nia):
    elsewhere = Client()
    sign_in(elsewhere, nia.email)
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": nia.email})
    link = link_in(mail.outbox[-1].body)
    form = visitor.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert link.rsplit("-", 1)[-1].strip("/") not in address, "the secret is out of the address"
    new = PASSWORD + " again"
    assert visitor.post(address, {"password1": new, "password2": new}).status_code == 302
    assert elsewhere.get("/account/").status_code == 302
    assert "does not hold" in Client().get(link, follow=True).content.decode()


# --- logs --------------------------------------------------------------------------------------------------------------------


def test_no_secret_is_logged(nia, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    sent = invited()
    visitor = Client()
    visitor.get(f"/invitations/{sent.secret}/")
    visitor.post("/accounts/password/reset/", {"email": nia.email})
    visitor.get(link_in(mail.outbox[-1].body), follow=True)
    visitor.get("/api/v1/region", headers={"Authorization": "Bearer srt_secret-of-a-machine"})
    sign_in(visitor, nia.email, "a wrong password")
    logged = caplog.text + "".join(capfd.readouterr())
    reset = link_in(mail.outbox[-1].body).rsplit("-", 1)[-1].strip("/")
    for secret in (sent.secret, reset, "srt_secret-of-a-machine", "a wrong password", PASSWORD, nia.email):
        assert secret not in re.sub(r"\(\d\.\d+\) .*?;", "", logged), secret  # SQL is logged by nobody outside a test


def test_only_digests_of_secrets_are_kept():
    sent = invited()
    assert sent.secret not in str(Invitation.objects.values())


# --- headers -------------------------------------------------------------------------------------------------------------------

OWN_PAGES = ["/account/", "/people/", "/machines/", "/approvals/", "/accounts/second-factor/", "/people/invite/"]
EVERYBODYS = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/invitations/none/"]


@pytest.mark.parametrize("path", [*OWN_PAGES, *EVERYBODYS])
def test_pages_of_accounts_are_kept_nowhere_framed_nowhere_and_run_one_script_at_most(path):
    browser = signed_in(make_person(Role.SECRETARIAT)) if path in OWN_PAGES else Client()
    response = browser.get(path)
    assert response.status_code in {200, 404}
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src") == ("'self'" if path == "/accounts/login/" else None)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in response
    document = Document(response.content.decode())
    scripts = [one.get("src") for one in document.all("script")]
    assert all(src.startswith("/static/accounts/passkey.js?v=") for src in scripts)
    assert [one for one in accessibility_defects(document) if not one.startswith("<script>")] == []


def test_a_public_page_sets_no_cookie_and_is_kept_without_anybodys_name(nia):
    visitor, member = Client(), signed_in(nia)
    first = visitor.get("/")
    assert not first.cookies
    assert first["Cache-Control"] == "public, no-cache"
    assert "Cookie" in first["Vary"]
    assert "Sign in" in first.content.decode()

    own = member.get("/")
    assert own["Cache-Control"] == "private, no-cache"
    assert ">Nia<" in own.content.decode()
    assert own["ETag"] != first["ETag"]
    assert member.get("/", headers={"If-None-Match": own["ETag"]}).status_code == 304
    assert member.get("/", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert visitor.get("/", headers={"If-None-Match": own["ETag"]}).status_code == 200

    again = visitor.get("/")
    assert again.content == first.content
    assert "Nia" not in again.content.decode()


def test_a_file_is_the_same_for_everybody(nia):
    assert signed_in(nia).get("/standing.csv")["Cache-Control"] == "public, no-cache"


def test_the_api_knows_no_cookies(nia):
    response = signed_in(nia).get("/api/v1/region", headers={"Origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in response.get("Vary", "")


def test_there_is_no_admin_and_no_sign_up():
    assert Client().get("/admin/").status_code == 404
    page = Client().post("/accounts/signup/", {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert "By invitation only" in page.content.decode()
    assert not Person.objects.exists()
