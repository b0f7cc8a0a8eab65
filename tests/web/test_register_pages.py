"""Rule: the pages of the registers say what is held, whose it is and what is not known; questions wait among members."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from tests.web.api_support import THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

HOME = "/forum/registers/"
LISTS = ["cooperation", "projects", "legislation", "policies"]
ENTRIES = [
    "cooperation/farland.cables",
    "projects/qaa.masts",
    "legislation/qaa.data-protection",
    "policies/qaa.dig-once",
]
DAY = "?as_of=2026-11-21"


@pytest.fixture
def site(settings, db):
    at(settings, THREELANDS)
    return Client()


def read(site, path, status=200):
    response = site.get(path)
    assert response.status_code == status, path
    return Document(response.content.decode())


def text_of(document):
    """All text of the page's main part, with single spaces."""
    (main,) = document.all("main")
    return " ".join(main.text.split())


def rows(site, path):
    return list(csv.DictReader(io.StringIO(site.get(path).content.decode())))


@pytest.mark.parametrize("path", ["", *(f"{one}/" for one in (*LISTS, *ENTRIES))])
def test_every_page_answers_and_is_reached_from_the_first(site, path, django_assert_max_num_queries):
    site.get(HOME + path)
    with django_assert_max_num_queries(6):
        document = read(site, HOME + path)
    assert accessibility_defects(document) == []
    first = read(site, HOME)
    assert all(f"{HOME}{one}/" in " ".join(first.links) for one in LISTS)


def test_the_first_page_names_open_calls(site):
    text = text_of(read(site, HOME))
    assert "Masts for the mountain" in text
    assert "open now" in text
    assert "Masts for the mountain" not in text_of(read(site, HOME + "?as_of=2027-03-01"))


def test_cooperation_shows_money_seats_and_the_date_first_stated(site):
    (row, other) = read(site, HOME + "cooperation/" + DAY).rows("entries-title")[1:]
    assert row[:6] == ["Course on cable repair", "Farland", "human resources", "2025", "running", "15"]
    assert row[6] == "Farland 60,000 XTS"
    assert "2026-03-31" in row[7]
    assert "first stated as 2025-06-30" in row[7]
    assert "late" in row[7]
    assert other[2:7] == ["not known", "not known", "not known", "not known", "not known"]


def test_filters_choose_and_what_cannot_be_is_refused(site):
    assert len(read(site, HOME + "cooperation/?year=2025").rows("entries-title")) == 2
    assert "No entry is held for this question" in text_of(read(site, HOME + "cooperation/?year=2019"))
    assert len(read(site, HOME + "projects/?phase=open").rows("entries-title")) == 2
    assert site.get(HOME + "projects/?phase=ajar").status_code == 400
    for wrong in ("owner=QZZ", "action=none", "about=nothing"):
        assert "names nothing that is held" in site.get(f"{HOME}projects/?{wrong}").content.decode()
        assert site.get(f"{HOME}projects.csv?{wrong}").status_code == 400
    assert site.get(HOME + "cooperation/?year=soon").status_code == 400
    for path in ("nothing/", "policies/qaa.nothing/", "cooperation/nobody.x/"):
        read(site, HOME + path, 404)


def test_the_table_of_laws_has_a_cell_for_every_member_and_theme(site):
    document = read(site, HOME + "legislation/" + DAY)
    head, *members = document.rows("table-title")
    assert head[1:] == [
        "Cyber security", "Cybercrime", "Data protection", "E-commerce and consumers", "Digital identity", "Platforms",
    ]  # fmt: skip
    assert [row[0] for row in members] == ["Asterra", "Borealia", "Corvania"]
    assert all(len(row) == 7 for row in members)
    assert {cell for row in members for cell in row[1:3]} == {"not known"}
    asterra = members[0][3]
    for words in ("Privacy Act", "Says nothing about machines", "under consultation", "2027-02"):
        assert words in asterra
    assert members[2][3] == "not known"
    assert "2 of 18 cells" in text_of(document)
    (only,) = read(site, HOME + "legislation/?owner=QAA&about=data-protection").rows("table-title")[1:]
    assert len(only) == 2


def test_an_entry_shows_every_statement_and_links_to_its_actions(site):
    document = read(site, HOME + "cooperation/farland.cables/" + DAY)
    assert [row[0] for row in document.rows("history-title")[1:]] == ["2025-09-10 shown here", "2025-01-10"]
    assert any("#tl2030-a2-1" in link for link in document.links)
    before = text_of(read(site, HOME + "cooperation/farland.cables/?as_of=2025-07-01&known=2025-08-01"))
    assert "50,000" in before
    assert "60,000" not in before


def test_actions_and_members_lead_to_their_entries(site):
    assert f"{HOME}?action=tl2030-a2-1" in read(site, "/actions/").links
    found = read(site, HOME + "?action=tl2030-a1-1")
    assert [row[0] for row in found.rows("entries-title")[1:]] == ["Masts for the mountain"]
    assert "Rebuild the masts" in text_of(found), "what a meeting promised for the action"
    assert f"{HOME}policies/qaa.dig-once/" in read(site, "/members/QCC/").links


def test_files_hold_what_the_pages_hold(site):
    assert [row["key"] for row in rows(site, HOME + "projects.csv")] == ["qaa.masts", "region.ring"]
    laws = rows(site, HOME + "legislation.csv")
    assert len(laws) == 18
    assert sum(row["is_known"] == "true" for row in laws) == 2
    held = json.loads(site.get(HOME + "cooperation.json").content)
    assert held["rows"][0]["seats"] == 15
    assert held["rows"][0]["funding"][0]["funder"] == "Farland"
    promised = rows(site, HOME + "commitments.csv" + DAY)
    assert [(row["number"], row["first_due"], row["state"]) for row in promised] == [
        ("1", "2021", "late"), ("2", "2024-06-30", "overdue"), ("3", "", "not known"),
    ]  # fmt: skip


def test_meetings_show_signatories_and_promises_one_by_one(site):
    document = read(site, "/meetings/" + DAY)
    first, second, third = document.rows("tlm1-promises")[1:]
    assert first[2:5] == ["2021", "May 2022", "kept late"]
    assert second[1] == "Asterra"
    assert "moved to 2025-06-30" in second[2]
    assert second[3:5] == ["not met", "overdue"]
    assert third[2:5] == ["no date", "not known", "not known"]
    assert "whether its declaration says it is not known" in third[0]
    assert "Asterra, Corvania" in text_of(document)
    earlier = read(site, "/meetings/?as_of=2021-06-01").rows("tlm1-promises")[1:]
    assert [row[4] for row in earlier] == ["due", "due", "not known"]


def test_the_search_finds_an_entry(site):
    assert f"{HOME}cooperation/farland.cables/" in " ".join(read(site, "/search/?q=cable+repair").links)


def test_the_shipped_region_says_what_it_holds(settings, db):
    from serantau.bundle import default_region

    at(settings, default_region())
    site = Client()
    document = read(site, "/meetings/?as_of=2026-11-28")
    second_meeting = document.rows("adgmin1-promises")[1]
    assert second_meeting[2:5] == ["2021", "January 2022", "kept late"]
    assert "Who signed is not stated" in text_of(document)
    assert "Nothing is held of:" in text_of(read(site, HOME + "cooperation/"))
