"""Rule: what is counted is counted by all server processes together, and two at once are never counted as one."""

from __future__ import annotations

import http.client
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from serantau.web.accounts.errors import TooManyError
from serantau.web.accounts.models import Hits
from serantau.web.accounts.services import limits
from serantau.web.accounts.services.limits import Limit
from tests.support.regions import THREELANDS

NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
THREE = Limit("a test", 3, 60)


@pytest.mark.django_db
def test_so_many_tries_are_let_through_in_each_window():
    assert [limits.hit(THREE, "a", now=NOW) for _ in range(5)] == [0, 0, 0, 50, 50]
    assert limits.hit(THREE, "b", now=NOW) == 0
    assert limits.hit(Limit("another", 3, 60), "a", now=NOW) == 0
    assert limits.hit(THREE, "a", now=NOW + timedelta(seconds=50)) == 0


@pytest.mark.django_db
def test_what_has_passed_is_forgotten_and_whom_it_was_about_is_never_kept():
    limits.hit(THREE, "nia@example.org", now=NOW)
    limits.hit(THREE, "other@example.org", now=NOW + timedelta(minutes=2))
    assert Hits.objects.count() == 1
    assert "example" not in str(Hits.objects.values())


@pytest.mark.django_db
def test_a_try_that_succeeds_does_not_count():
    for _ in range(10):
        with limits.failures((THREE, "a"), now=NOW):
            pass
    for _ in range(3):
        with pytest.raises(LookupError), limits.failures((THREE, "a"), now=NOW):
            raise LookupError
    with pytest.raises(TooManyError) as refused, limits.failures((THREE, "a"), now=NOW):
        pass
    assert refused.value.seconds == 50


@pytest.mark.django_db
def test_one_try_is_one_statement():
    with connection.execute_wrapper(lambda execute, *words: seen.append(words[0]) or execute(*words)):
        seen = []
        limits.hit(THREE, "a", now=NOW)
        limits.hit(THREE, "a", now=NOW)
    assert [sql.split()[0] for sql in seen] == ["INSERT", "DELETE", "INSERT"]  # the first of a window also tidies up


# --- the real server, with two processes -------------------------------------------------------------------------------------

TRIES = 12
LET_THROUGH = limits.SIGN_IN_HERE.most


def guess(site, number):
    """One visitor who does not know the password, from the first page on."""
    parts = urlsplit(site.url)
    link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    link.request("GET", "/accounts/login/")
    page = link.getresponse()
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
    form = {"csrfmiddlewaretoken": token, "login": "nia@example.org", "password": f"guess {number}"}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    link.request("POST", "/accounts/login/", urlencode(form), headers)
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    if "tried too often" in text:
        return "too often"
    return "wrong" if "not correct" in text else f"{answer.status}: {text[:300]}"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_processes_let_no_more_guesses_through_than_one(start_site, request, database):
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with (
        start_site(region=THREELANDS, database_url=url, arguments=("--workers", "2")) as site,
        ThreadPoolExecutor(12) as pool,
    ):
        answers = Counter(pool.map(lambda number: guess(site, number), range(TRIES)))
    # All of them within one window, or around the edge of two.
    assert set(answers) == {"wrong", "too often"}
    assert LET_THROUGH <= answers["wrong"] <= 2 * LET_THROUGH
    assert answers.total() == TRIES
