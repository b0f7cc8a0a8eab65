"""Rule: an anonymous answer is given again only to the same question, and never after the facts have changed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serantau.web.config.repeat import MOST_ENTRIES, REPEATS, Given, Repeats
from tests.support.regions import copy_of_threelands, edit
from tests.web.api_support import THREELANDS, V1, at


@pytest.fixture
def site(settings, client):
    """The invented region, and nothing remembered."""
    at(settings, THREELANDS)
    REPEATS.clear()
    return client


def held():
    return len(REPEATS._held)


@pytest.mark.parametrize("path", ["/", "/members/QAA/", "/standing.csv", f"{V1}/standing", "/embed/member-wheel/QAA/"])
def test_the_second_answer_is_the_first_with_every_header(site, path):
    first = site.get(path)
    assert held() == 1
    second = site.get(path)
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())
    tag = first["ETag"]
    unchanged = site.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == tag
    assert unchanged["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_an_answer_repeated_asks_the_database_once(site):
    site.get("/")
    with CaptureQueriesContext(connection) as queries:
        site.get("/")
    assert len(queries) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "xx"},
        {"Cookie": "serantau_language=en"},
        {"Authorization": "Bearer x"},
        {"Host": "localhost"},
    ],
)
def test_another_asker_is_not_given_what_the_first_one_got(site, headers):
    site.get("/")
    before = held()
    site.get("/", headers=headers)
    kept = 0 if {"Cookie", "Authorization"} & set(headers) else 1
    assert held() == before + kept


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/members/QZZ/", "/?as_of=never", "/healthz", "/api/", "/accounts/login/"]
)
def test_what_is_no_whole_public_answer_is_not_kept(site, path):
    site.get(path)
    assert held() == 0


def test_another_edition_is_another_answer(settings, client, tmp_path):
    folder = copy_of_threelands(tmp_path)
    at(settings, folder)
    assert b"Asterra" in client.get("/").content
    edit(folder, "members.yaml", "name: Asterra", "name: Australis")
    again = client.get("/").content
    assert b"Australis" in again
    assert b">Asterra<" not in again


def test_the_memory_is_bounded():
    memory = Repeats(most_entries=2, most_bytes=1000)
    for name in "abc":
        memory.put(name, Given(b"x" * 90, (), ""))
    assert (memory.get("a"), len(memory._held), memory.size) == (None, 2, 180)
    memory.put("large", Given(b"x" * 101, (), ""))
    assert memory.get("large") is None
    assert MOST_ENTRIES >= 1000
