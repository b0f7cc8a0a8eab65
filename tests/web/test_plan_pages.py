"""Rule: the pages of actions and meetings say what is held with its source, and name what is not known."""

from __future__ import annotations

import csv
import io

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document


@pytest.fixture
def site(settings, client):
    """The invented region."""
    at(settings, THREELANDS)
    return client


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return Document(response.content.decode())


def text_of(document):
    return " ".join(document.all("main")[0].text.split())


def test_an_action_shows_what_it_needs_and_unlocks(site):
    document = read(site, "/actions/")
    rows = {row[0]: row for row in document.rows("tl2030-o2")[1:]}
    assert rows["A2.1"][2:4] == ["not known", "A2.2, A2.10"]
    assert rows["A2.2"][2:4] == ["A2.1", "A2.10"]
    links = document.rows("order-title")[1:]
    assert [(row[0].split()[0], row[1].split()[0]) for row in links] == [("A2.2", "A2.1"), ("A2.10", "A2.2")]


def test_only_an_action_with_a_sourced_window_is_in_the_calendar(site):
    (row,) = read(site, "/actions/").rows("when-title")[1:]
    assert row[0].startswith("A1.1")
    assert row[1:4] == ["2021", "2022", "Mast Board"]


def test_what_is_not_known_of_the_actions_is_counted(site):
    text = text_of(read(site, "/actions/"))
    # Five actions; two have a dependency, one a window, one a lead, two a horizon; one is recalled.
    assert "A dependency is held for 2 of 5 actions." in text
    assert "names a start or due date for 4 of 5 actions" in text
    assert "Who leads is not known for 4 of 5 actions" in text
    assert "1 of 5 titles are recalled" in text


def test_where_nothing_is_held_no_picture_pretends(site):
    document = read(site, "/actions/?plan=tl2020")
    assert "it does not mean that there is none" in text_of(document)
    assert "there is no calendar to draw" in text_of(document)
    assert document.all("figure") == []


def test_a_link_that_is_inferred_says_so(settings, client):
    at(settings, SHIPPED)
    (row,) = read(client, "/actions/").rows("order-title")[1:]
    assert row[0].startswith("EA5.2") and row[1].startswith("EA5.1")
    assert "inferred from the sense" in row[2]


def test_a_meeting_shows_its_declarations_and_where_there_is_none(site):
    document = read(site, "/meetings/")
    first, second = (document.by_id(name) for name in ("tlm1", "tlm2"))
    assert "Asterra Declaration" in first.text
    assert "none was found" in second.text
    assert text_of(document).index("TLM 2") < text_of(document).rindex("TLM 1"), "the latest comes first"
    assert document.by_id("tlm1-declaration") is not None


def test_a_meeting_still_to_come_is_not_shown(site):
    assert "TLM 2" not in text_of(read(site, "/meetings/?as_of=2021-12-31"))


@pytest.mark.parametrize("name, count", [("actions", 5), ("meetings", 2)])
def test_the_lists_are_files_with_source_and_grade(site, name, count):
    rows = list(csv.DictReader(io.StringIO(site.get(f"/{name}.csv").content.decode(), newline="")))
    assert len(rows) == count
    assert all(row["source"] and row["grade"] and row["edition"] for row in rows)
    twin = site.get(f"/{name}.json").json()
    assert len(twin["rows"]) == count
    assert twin["columns"] == list(rows[0])
    assert {one["id"] for one in twin["sources"]} <= {row["source"] for row in rows}
