"""Rule: the page of a plan's progress shows what was accepted, each level apart, as known on the day that was asked."""

from __future__ import annotations

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects


@pytest.fixture
def site(settings, client, db):
    """The invented region."""
    at(settings, THREELANDS)
    return client


def page(site, **query):
    response = site.get("/plans/tl2030/progress/", query)
    assert response.status_code == 200
    document = Document(response.content.decode())
    assert accessibility_defects(document) == []
    return document


def test_answers_are_counted_by_member(site):
    rows = page(site, year=2025).rows("counts-title")
    # not started, in progress, done, not applicable, no answer, asked
    assert rows[1:] == [
        ["Asterra", "1", "0", "1", "1", "2", "5"],
        ["Borealia", "0", "0", "0", "0", "5", "5"],
        ["Corvania", "0", "1", "0", "0", "4", "5"],
        ["All members", "1", "1", "1", "1", "11", "15"],
    ]


def test_an_earlier_day_knew_less(site):
    newest = {row[0]: row[1] for row in page(site, year=2025).rows("table-title")[1:]}
    assert newest["A2.1 Survey the valleys"] == "done"
    assert (
        "No action of this plan is known on that day"
        in site.get("/plans/tl2030/progress/", {"year": 2025, "known": "2026-05-31"}).content.decode()
    )


def test_a_member_with_dates_evidence_projects_and_three_levels(site):
    document = page(site, year=2025, member="QAA")
    rows = {row[0]: row[1:] for row in document.rows("reports-title")[1:]}
    assert rows["A2.1 Survey the valleys"][:3] == ["done", "2025-06-30", "Survey of the valleys"]
    assert (
        "Masts for the valleys: in progress, 2025; Ministry of Valleys; Treasury of Asterra 1,000,000 XTS"
        in (rows["A2.2 Build where the survey shows gaps"][4])
    )
    levels = {row[0]: row[1:] for row in document.rows("levels-title")[1:]}
    assert levels["O2 Networks reach every valley"][0] == "1 not started, 1 done, 1 no answer"
    assert levels["O2 Networks reach every valley"][1][:2].isdigit()
    assert levels["O3 Services that people trust"][1] == "no score: too few figures"
    assert "% of 2019" in levels["O1 Back to the level before the great storm"][2]


def test_a_moved_date_keeps_the_first(site):
    rows = {row[0]: row[1:] for row in page(site, year=2025, member="QCC").rows("reports-title")[1:]}
    assert rows["A2.1 Survey the valleys"][1] == "2025-12 now expected 2027-06 passed, and not done"


@pytest.mark.parametrize("query", [{"year": "soon"}, {"year": "1"}, {"member": "QZZ"}])
def test_a_question_that_cannot_be_asked(site, query):
    assert site.get("/plans/tl2030/progress/", query).status_code == 400


def test_other_plans_and_the_region_that_ships(site, settings):
    assert site.get("/plans/tl2020/progress/").status_code == 200
    assert site.get("/plans/nothing/progress/").status_code == 404
    at(settings, SHIPPED)
    document = Document(site.get("/plans/adm2025/progress/").content.decode())
    assert accessibility_defects(document) == []
    assert document.rows("counts-title")[-1][0] == "All members"
