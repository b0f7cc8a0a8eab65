"""Rule: the pages of spectrum show bounds and never a single guess, and say what is not known."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

pytestmark = pytest.mark.django_db

PAGES = ["/spectrum/", "/spectrum/bands/t1/", "/spectrum/policy/", "/spectrum/members/QBB/"]
DAY = "?as_of=2026-01-01"


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


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole(site, path):
    assert accessibility_defects(read(site, path + DAY)) == []


def test_common_megahertz_are_three_numbers(site):
    """By hand: of three members at least 0, as reported 10, at most 20 MHz (tests/regions/threelands/README.md)."""
    rows = {row[0]: row for row in read(site, "/spectrum/" + DAY).rows("common-title")[1:]}
    assert rows["t1"][2:5] == ["0", "10", "20"]
    assert rows["t1"][5] == "Corvania"


def test_members_and_bands_can_be_chosen_on_the_page_and_in_its_files(site):
    """By hand: two of the three share 20 MHz exactly (tests/regions/threelands/README.md)."""
    chosen = DAY + "&in-QAA=1&in-QBB=1&on-t1=1"
    document = read(site, "/spectrum/" + chosen)
    assert [row[:5] for row in document.rows("common-title")[1:]] == [["t1", "FDD", "20", "20", "20"]]
    assert "Common to those chosen: at least 20 MHz, as last reported 20, at most 20." in text_of(document)
    assert accessibility_defects(document) == []
    assert "Path of" not in text_of(document)
    links = [link.get("href") for link in document.all("a") if "spectrum-common.csv" in (link.get("href") or "")]
    (row,) = csv.DictReader(io.StringIO(site.get(links[0]).content.decode("utf-8-sig")))
    assert (row["band"], row["lower_mhz"], row["upper_mhz"]) == ("t1", "20.0", "20.0")


def test_a_choice_of_what_was_not_there_chooses_nothing(site):
    assert read(site, "/spectrum/" + DAY + "&in-ZZZ=1").rows("common-title") == read(site, "/spectrum/" + DAY).rows(
        "common-title"
    )


def test_a_band_shows_its_ladder_and_what_would_have_to_be_known(site):
    document = read(site, "/spectrum/bands/t1/" + DAY)
    assert len(document.all("svg")) == 1
    shown = text_of(document)
    assert "Islanders: an unknown amount in t1, range not known" in shown
    assert "Corvo, 705-715 MHz: not known when it ends" in shown


def test_a_withdrawn_right_is_not_shown_after_its_end(site):
    assert "Old Radio" in text_of(read(site, "/spectrum/bands/t1/?as_of=2019-06-30"))
    assert "Old Radio" not in text_of(read(site, "/spectrum/bands/t1/?as_of=2019-07-01"))


def test_a_recommendation_names_its_peers(site):
    rows = read(site, "/spectrum/members/QBB/" + DAY).rows("advice-title")[1:]
    assert rows[0][:2] == ["Bring 5G to nine in ten people", "no"]
    assert "Asterra: 95" in rows[0][4]


@pytest.mark.parametrize(
    "path", ["/spectrum/bands/zz/", "/spectrum/members/ZZZ/", "/spectrum/members/QBB/?as_of=2015-01-01"]
)
def test_what_is_not_there_is_told_kindly(site, path):
    assert site.get(path).status_code == 404


def test_a_member_is_found_in_small_letters(site):
    assert text_of(read(site, "/spectrum/members/qbb/" + DAY)) == text_of(read(site, "/spectrum/members/QBB/" + DAY))


def test_files_hold_what_the_pages_show(site):
    rows = list(csv.DictReader(io.StringIO(site.get("/spectrum-common.csv" + DAY).content.decode())))
    assert {row["band"]: row["upper_mhz"] for row in rows}["t1"] in {"20", "20.0"}
    held = json.loads(site.get("/spectrum-holdings.json" + DAY).content)
    assert len(held["rows"]) == 8
    assert site.get("/spectrum-policy.csv").status_code == 200


def test_the_region_that_ships(settings, client):
    at(settings, SHIPPED)
    for path in ("/spectrum/", "/spectrum/bands/n28/", "/spectrum/policy/", "/spectrum/members/MYS/"):
        assert accessibility_defects(read(client, path)) == []
