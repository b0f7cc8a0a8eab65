"""Rule: a token opens what its scopes say until its day, is refused from the moment it is revoked, and is kept by nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import JsonResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import timezone

from serantau.web.accounts.actor import actor_for, actor_of
from serantau.web.accounts.bodies import Bodies
from serantau.web.accounts.errors import AccountError, RefusedError
from serantau.web.accounts.models import Token, TokenUse
from serantau.web.accounts.roles import Role
from serantau.web.accounts.secrets import digest_of
from serantau.web.accounts.services import machines
from serantau.web.config.access import access
from serantau.web.config.urls import handler403, handler404  # noqa: F401 - Django asks this module for them
from tests.support.people import make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
BODIES = Bodies({"QAA": "Asterra", "QBB": "Borealia"}, {})


@access(Role.MACHINE)
def feed(request):
    """A route for machines."""
    actor = actor_of(request)
    return JsonResponse({"member": actor.member, "scopes": sorted(actor.scopes), "by": actor.reference})


urlpatterns = [path("api/feed", feed), path("feed/", feed), path("", include("serantau.web.config.urls"))]


def head(member="QAA"):
    person = make_person(Role.HEAD_OF_DELEGATION, member)
    return actor_for(person, second_factor=True, fresh=True, today=timezone.now().date())


@pytest.fixture
def manager():
    return head()


@pytest.fixture
def account(manager):
    return machines.make_account(manager, "QAA", "statistics feed", BODIES, now=timezone.now())


@pytest.fixture
def made(manager, account):
    return machines.make_token(manager, account, ["plan:submit", "plan:read"], 30, now=timezone.now())


def ask(text, client=None, **more):
    return (client or Client()).get("/api/feed", headers={"Authorization": f"Bearer {text}"}, **more)


def test_a_token_acts_for_its_member_within_its_scopes(made, account):
    answer = ask(made.text)
    assert answer.json() == {"member": "QAA", "scopes": ["plan:read", "plan:submit"], "by": f"machine {account.pk}"}


def test_nothing_but_its_digest_is_kept(made):
    (row,) = Token.objects.values()
    assert row["digest"] == digest_of(made.text)
    assert made.text not in str(row)
    assert made.text.startswith(row["hint"])
    assert len(row["hint"]) == 12


@pytest.mark.parametrize("given", ["", "srt_unknown", "Basic eDp5", "x" * 5000])
def test_what_is_no_token_is_refused_alike(made, given):
    answer = Client().get("/api/feed", headers={"Authorization": given if " " in given else f"Bearer {given}"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_a_token_the_answer_says_how(db):
    answer = Client().get("/api/feed")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_revoked_token_is_refused_at_the_next_request(manager, made):
    assert ask(made.text).status_code == 200
    machines.revoke_token(manager, made.token, now=timezone.now())
    assert ask(made.text).status_code == 401
    with pytest.raises(AccountError, match="already"):
        machines.revoke_token(manager, made.token, now=timezone.now())


def test_ending_the_account_ends_all_its_tokens(manager, account, made):
    other = machines.make_token(manager, account, ["plan:read"], 1, now=timezone.now())
    machines.end_account(manager, account, now=timezone.now())
    assert ask(made.text).status_code == ask(other.text).status_code == 401
    with pytest.raises(AccountError, match="ended"):
        machines.make_token(manager, account, ["plan:read"], 1, now=timezone.now())


def test_a_token_ends_on_its_day(made):
    now = timezone.now()
    assert machines.token_of(made.text, now=now + timedelta(days=29, hours=23)) is not None
    assert machines.token_of(made.text, now=now + timedelta(days=30, minutes=1)) is None


def test_its_last_use_is_shown_to_the_minute_and_costs_one_write_a_minute(made):
    now = timezone.now()
    for seconds in (0, 30, 59, 61, 90):
        machines.note_use(machines.token_of(made.text, now=now), now=now + timedelta(seconds=seconds))
    assert TokenUse.objects.get().at == now + timedelta(seconds=61)


def test_a_request_with_a_token_costs_one_query_to_check(made):
    ask(made.text)
    with CaptureQueriesContext(connection) as queries:
        assert ask(made.text).status_code == 200
    assert len(queries) == 1, [one["sql"] for one in queries]


def test_guessing_tokens_ends(made):
    answers = {ask(f"srt_guess{n}").status_code for n in range(60)}
    assert answers == {401}
    refused = ask("srt_guess61")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 600
    assert ask(made.text).status_code == 200, "whoever has a token is not in the way of a guesser"


def test_a_token_is_of_no_use_on_a_page_and_a_session_none_on_the_api(made):
    page = Client().get("/feed/", headers={"Authorization": f"Bearer {made.text}"})
    assert page["Location"].startswith("/accounts/login/")
    assert signed_in(make_person(Role.SECRETARIAT)).get("/api/feed").status_code == 401


@pytest.mark.parametrize("days", [0, -1, 367, 10**9])
def test_a_token_has_an_end(manager, account, days):
    with pytest.raises(AccountError, match="1 to 366"):
        machines.make_token(manager, account, ["plan:read"], days, now=timezone.now())


@pytest.mark.parametrize("scopes", [[], ["plan:decide"], ["plan:read", "everything"], ["*:read"]])
def test_a_token_may_no_more_than_read_and_submit(manager, account, scopes):
    with pytest.raises(AccountError, match="scopes"):
        machines.make_token(manager, account, scopes, 1, now=timezone.now())


def test_a_member_manages_its_own_machines_only(manager, account, made):
    other = head("QBB")
    now = timezone.now()
    for act in (
        lambda: machines.make_account(other, "QAA", "theirs", BODIES, now=now),
        lambda: machines.make_token(other, account, ["plan:read"], 1, now=now),
        lambda: machines.revoke_token(other, made.token, now=now),
        lambda: machines.end_account(other, account, now=now),
    ):
        with pytest.raises(RefusedError):
            act()


def test_the_page_shows_a_token_once(manager):
    person = make_person(Role.SECRETARIAT)
    browser = signed_in(person)
    response = browser.post("/machines/", {"name": "feed", "member": "QBB"})
    page = browser.post(response["Location"], {"scopes": ["plan:read"], "days": 5}).content.decode()
    (text,) = re.findall(r'<code class="secret">(srt_[\w-]{43})</code>', page)
    assert ask(text).json()["member"] == "QBB"
    later = browser.get(response["Location"]).content.decode()
    assert text not in later
    assert text[:12] in later
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", later), "when it was last used"
