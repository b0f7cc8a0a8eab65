"""Rule: each page answers its question from the facts, names every source, and refuses in words what it cannot answer.

The expected figures follow from the README of the invented region, by hand.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

PAGES = [
    "/",
    "/members/QAA/",
    "/members/QBB/",
    "/members/QCC/",
    "/outcomes/tl2030-o1/",
    "/outcomes/tl2030-o2/",
    "/outcomes/tl2030-o3/",
    "/outcomes/tl2020-o1/",
    "/indicators/",
    "/indicators/coverage/",
    "/indicators/coverage/?member=QAA",
    "/indicators/fast_share/",
    "/indicators/lines_all/",
    "/indicators/lines_per100/",
    "/indicators/outage_hours/",
    "/indicators/output_pc/",
    "/indicators/trust_survey/",
    "/indicators/user_parity/",
    "/data/",
    "/plans/tl2030/",
    "/plans/tl2020/",
    "/actions/",
    "/meetings/",
    "/method/",
    "/compare/",
    "/compare/?a=QAA&b=QBB",
    "/what-if/",
    "/what-if/?of=tl2030-o2&mean=geometric&scale=minmax&w-coverage=2.5",
]
SHIPPED_PAGES = [
    "/",
    "/members/TLS/",
    "/members/SGP/",
    "/outcomes/adm2025-do1/",
    "/outcomes/adm2025-do2/",
    "/outcomes/adm2025-do3/",
    "/outcomes/adm2030-do1/",
    "/indicators/",
    "/indicators/osi/",
    "/indicators/fixed_broadband_per100/?member=IDN",
    "/data/",
    "/plans/adm2025/",
    "/plans/adm2030/",
    "/what-if/?of=adm2025-do8&w-internet_users=0",
    "/actions/",
    "/meetings/",
    "/method/",
    "/compare/?a=IDN&b=VNM&c=MMR&d=LAO",
]
TIMES = ["", "?as_of=2024-12-31", "?known=2024-12-31", "?known=2020-01-01", "?as_of=2030-01-01", "?plan=tl2020"]


@pytest.fixture
def site(settings, client):
    """The invented region."""
    at(settings, THREELANDS)
    return client


@pytest.fixture
def shipped(settings, client):
    """The region that ships."""
    at(settings, SHIPPED)
    return client


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return Document(response.content.decode())


def text_of(document):
    (main,) = document.all("main")
    return " ".join(main.text.split())


# --- every page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_invented_region_has_no_defect_that_a_parser_finds(site, path):
    assert accessibility_defects(read(site, path)) == []


@pytest.mark.parametrize("path", SHIPPED_PAGES)
def test_a_page_of_the_shipped_region_has_no_defect_that_a_parser_finds(shipped, path):
    document = read(shipped, path)
    assert accessibility_defects(document) == []


@pytest.mark.parametrize("path", [path.partition("?")[0] for path in PAGES])
@pytest.mark.parametrize("times", TIMES)
def test_every_page_answers_for_every_day_and_knowledge(site, path, times):
    response = site.get(path + times)
    assert response.status_code in (200, 404)
    document = Document(response.content.decode())
    assert accessibility_defects(document) == []
    if response.status_code == 404:
        assert path.startswith("/members/"), "only who was no member on that day is not found"


@pytest.mark.django_db
def test_every_page_asks_the_database_for_the_edition_alone(site, django_db_blocker):
    for path in PAGES:
        with CaptureQueriesContext(connection) as queries:
            read(site, path + ("&" if "?" in path else "?") + "known=2026-01-02")
        # What has to be worked out for a reader's own choices is counted, too.
        assert len(queries) == (1 if not path.startswith("/what-if/") else len(queries)), path


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_its_edition_and_carries_the_question(site, path):
    first, _, own = path.partition("?")
    document = read(site, f"{first}?as_of=2025-06-30&known=2025-12-31{'&' + own if own else ''}")
    label = re.search(r"[0-9a-f]{12}\+0", Document(site.get("/").content.decode()).all("footer")[0].text)
    assert label and label[0] in document.all("footer")[0].text
    kept = re.compile(r"as_of=2025-06-30&known=2025-12-31")
    to_pages = [
        link for link in document.links if link.startswith(("/members/", "/outcomes/", "/indicators/", "/data/"))
    ]
    assert to_pages
    # Only what leads into another plan leaves the days behind.
    lost = [link for link in to_pages if not kept.search(link) and not link.startswith("/outcomes/")]
    assert lost == []
    as_of, known = document.by_id("ask-as-of"), document.by_id("ask-known")
    assert (as_of.get("value"), known.get("value")) == ("2025-06-30", "2025-12-31")


# --- member -----------------------------------------------------------------------------------------------------------


def test_a_member_is_found_by_any_of_its_codes_at_one_address(site):
    for code in ("qaa", "XA", "xa", "Qaa"):
        response = site.get(f"/members/{code}/?known=2025-12-31")
        assert (response.status_code, response["Location"]) == (302, "/members/QAA/?known=2025-12-31")


def test_a_member_shows_score_rank_change_and_coverage(site):
    rows = read(site, "/members/QAA/").rows("scores-title")
    (row,) = [row for row in rows if row[0].startswith("O2")]
    # Lines 28 of 40: 70. Coverage 95. Outages (120 - 28) / 120: 76.667, twice as heavy as fast lines, 100 of 190: 52.632.
    # Access (70 + 95) / 2 = 82.5 weighs three times quality (2 x 76.667 + 52.632) / 3 = 68.655: 79.04.
    assert row[1] == "79.0"
    assert row[2].startswith("2 of 3")
    assert row[4] == "4 of 4"


def test_a_member_shows_each_figure_against_the_plan(site):
    rows = read(site, "/members/QAA/").rows("tl2030-o2-title")
    (coverage,) = [row for row in rows if row[0].startswith("Coverage")]
    # 50 + 5 step: 75 in 2020, the last year before the plan; 95 in 2024; 5 short of 100; the score of a share is itself.
    assert coverage[1].startswith("95.0 2024")
    assert coverage[2] == "95.0"
    assert coverage[3].startswith("75.0 2020")
    assert coverage[4].startswith("+20.0")
    assert coverage[5] == "5.0"
    assert "tl-stat" in coverage[-1] and "primary" in coverage[-1]


def test_an_indicator_of_which_less_is_better_says_better_when_it_falls(site):
    rows = read(site, "/members/QAA/").rows("tl2030-o2-title")
    (outages,) = [row for row in rows if row[0].startswith("Outages")]
    assert outages[4] == "−32.0better"  # 100 - 8 step: 60 in 2020, 28 in 2024


def test_what_a_member_lacks_is_named(site):
    # Corvania's only figure is of 2017, more than five years before the question.
    (absent,) = [one for one in read(site, "/members/QCC/").all("p") if one.get("class") == "absent"]
    assert " ".join(absent.text.split()) == "No figure: Parity of users."


def test_who_was_no_member_on_the_day_has_no_page_then_and_a_link_to_now(site):
    document = read(site, "/members/QBB/?as_of=2024-12-31", 404)
    assert "Borealia was not a member on 31 December 2024: its membership runs from 1 March 2025" in text_of(document)
    assert "/members/QBB/" in document.links
    names = [row[0] for row in read(site, "/?as_of=2024-12-31").rows("table-title")]
    assert names == ["Member", "Asterra", "Corvania"]
    heads = read(site, "/outcomes/tl2030-o2/?as_of=2024-12-31").rows("scored-title")[0]
    assert heads == ["Indicator", "QAA", "QCC"]


# --- outcome ----------------------------------------------------------------------------------------------------------


def test_an_outcome_is_found_by_its_code_in_the_plan_asked_about(site):
    assert site.get("/outcomes/o2/")["Location"] == "/outcomes/tl2030-o2/"
    assert site.get("/outcomes/O1/?plan=tl2020")["Location"] == "/outcomes/tl2020-o1/?plan=tl2020"
    assert site.get("/outcomes/TL2030-O2/")["Location"] == "/outcomes/tl2030-o2/"


def test_an_outcome_of_another_plan_keeps_to_that_plan(site):
    document = read(site, "/outcomes/tl2020-o1/")
    assert "Post offices online" in text_of(document)
    assert "Nobody has said yet" in text_of(document)
    assert "/plans/tl2020/?plan=tl2020" in document.links


def test_an_outcome_ranks_the_members_and_says_what_the_score_is_made_of(site):
    document = read(site, "/outcomes/tl2030-o2/")
    ranked = document.rows("ranking-title")[1:]
    assert [row[1] for row in ranked] == ["1", "2", "3"]
    made = {row[0].split(" per ")[0].split(" %")[0]: row for row in document.rows("made-title")[1:]}
    # Groups weigh 3 to 1; access holds two equal ones, quality one of weight 2 beside one of weight 1.
    weights = {name.split(" hours")[0]: row[1] for name, row in made.items()}
    assert sorted(weights.values()) == sorted(["37.5 %", "37.5 %", "16.7 %", "8.3 %"])
    basis = " ".join(cell for row in made.values() for cell in row)
    assert "published target" in basis and "natural bound" in basis


def test_the_probabilities_of_a_pair_complete_each_other(site):
    rows = read(site, "/outcomes/tl2030-o2/").rows("pairs-title")
    names = [row[0] for row in rows[1:]]
    cells = {(a, b): rows[1 + a][1 + b] for a in range(len(names)) for b in range(len(names)) if a != b}
    for (a, b), value in cells.items():
        assert 99 <= int(value) + int(cells[b, a]) <= 101  # no ties; each rounded on its own


def test_recovery_is_the_latest_figure_in_per_cent_of_the_base_year(site):
    rows = read(site, "/outcomes/tl2030-o1/").rows("base-title")
    # Asterra 1100 of 1000, Borealia 490 of 500, Corvania 2420 of 2200.
    assert rows[0] == ["Indicator", "Base", "QAA", "QBB", "QCC"]
    assert rows[1][1:] == ["2019", "110.0", "98.0", "110.0"]


def test_an_outcome_without_a_score_names_why_and_the_official_source(site):
    document = read(site, "/outcomes/tl2030-o3/")
    assert "This outcome has no score: 1 digital indicator with figures; 3 are needed for a score" in text_of(document)
    assert "https://cable.example" in document.links


# --- indicator --------------------------------------------------------------------------------------------------------


def test_a_revision_is_seen_by_who_asks_with_the_later_knowledge(site):
    def figure(known):
        rows = read(site, f"/indicators/coverage/?known={known}").rows("all-title")
        return {(row[0], row[1]): row[2] for row in rows[1:]}

    before, after = figure("2024-12-31"), figure("2025-12-31")
    assert (before["Corvania", "2022"], before["Corvania", "2023"]) == ("87.0", "88.0")
    assert (after["Corvania", "2022"], after["Corvania", "2023"]) == ("85.0", "86.0")
    assert ("Asterra", "2024") not in before
    assert after["Asterra", "2024"] == "95.0"


def test_a_status_stands_against_a_sourced_target_only(site):
    without = read(site, "/indicators/coverage/").rows("path-title")
    assert {row[5] for row in without[1:]} == {"no published target"}
    aimed = read(site, "/indicators/lines_per100/").rows("path-title")
    assert "no published target" not in {row[5] for row in aimed[1:]}


def test_a_relative_rating_is_never_read_as_a_trend(shipped):
    document = read(shipped, "/indicators/osi/")
    assert "never read as a trend" in text_of(document)
    for label in ("years-title", "path-title"):
        assert document.by_id(label) is None
    assert {row[3] for row in document.rows("closing-title")[1:]} == {""}


def test_a_derived_figure_names_what_it_is_derived_from(site):
    document = read(site, "/indicators/fast_share/")
    assert "/indicators/lines_fast/" in document.links
    assert "/indicators/lines_all/" in document.links


def test_every_figure_reaches_its_source_in_two_clicks(site):
    for path in PAGES[1:]:
        document = read(site, path)
        anchors = [link for link in document.links if "#source-" in link]
        for link in anchors:
            name = link.partition("#")[2]
            assert read(site, "/data/").by_id(name) is not None, link
    sources = read(site, "/data/")
    addresses = [link for link in sources.links if link.startswith("https://")]
    assert addresses


def test_what_may_not_be_kept_is_named_with_its_terms(site):
    document = read(site, "/indicators/trust_survey/")
    assert "No rows of this indicator are kept here" in text_of(document)
    assert "all rights reserved" in text_of(document)


def test_an_answer_does_not_depend_on_what_was_asked_before(site):
    def ends(query):
        return {row[3].split()[-1] for row in read(site, f"/indicators/coverage/{query}").rows("path-title")[1:]}

    assert ends("?as_of=2025-06-30") == {"2030"}
    assert ends("?as_of=2026-06-30") == {"2031"}  # five years beyond the day of the question
    assert ends("?as_of=2025-07-01") == {"2030"}


# --- plan -------------------------------------------------------------------------------------------------------------


def test_a_plan_shows_its_actions_with_grade_and_how_many_there_officially_are(shipped):
    document = read(shipped, "/plans/adm2025/")
    counts = {row[0]: row[1:3] for row in document.rows("counts-title")[1:]}
    assert counts["Actions"] == ["36", "37"]
    assert "memory" in text_of(document)
    assert shipped.get("/plans/ADM2025/")["Location"] == "/plans/adm2025/"


# --- what cannot be answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path, suggested",
    [
        ("/members/QAB/", "/members/QAA/"),
        ("/outcomes/tl2030-o4/", "/outcomes/tl2030-o2/"),
        ("/indicators/covrage/", "/indicators/coverage/"),
        ("/plans/tl2031/", "/plans/tl2030/"),
    ],
)
def test_an_unknown_name_is_not_found_and_the_nearest_is_offered(site, path, suggested):
    document = read(site, path, 404)
    assert suggested in document.links
    assert accessibility_defects(document) == []


@pytest.mark.parametrize(
    "page", ["/", "/members/QAA/", "/outcomes/tl2030-o2/", "/indicators/", "/data/", "/plans/tl2030/"]
)
@pytest.mark.parametrize(
    "query",
    ["as_of=tomorrow", "as_of=2025-02-30", "as_of=20225-01-01", "known=2999-01-01", "plan=none", "as_of=1&as_of=2"],
)
def test_an_impossible_question_is_refused_in_words(site, page, query):
    document = read(site, f"{page}?{query}", 400)
    assert len(text_of(document)) > 60
    assert accessibility_defects(document) == []


def test_the_map_shows_another_outcome_where_the_one_asked_for_has_no_score(site):
    for query in ("plan=tl2020&map=tl2030-o2", "map=tl2030-o1", "map=O2"):
        assert site.get(f"/?{query}").status_code == 200
    assert site.get("/?map=nothing").status_code == 400


def test_what_trackers_add_is_ignored(site):
    assert site.get("/members/QAA/?utm_source=x").status_code == 200


PARTS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(
    page=st.sampled_from(["/", "/members/{}/", "/outcomes/{}/", "/indicators/{}/", "/plans/{}/", "/data/"]),
    part=PARTS,
    name=st.sampled_from(["plan", "as_of", "known", "map", "member", "other"]),
    value=PARTS,
)
def test_rubbish_is_never_our_own_mistake(page, part, name, value):

    with override_settings(SERANTAU_REGION=str(THREELANDS)):
        response = Client().get(page.format(quote(part, safe="")), {name: value})
    assert response.status_code in (200, 301, 302, 400, 404)


def test_the_form_offers_the_days_on_which_something_became_known_and_the_ends_of_the_plan_s_years(site):
    document = read(site, "/")
    lists = {one.get("id"): one for one in document.all("datalist")}
    offered = {
        name: [option.get("value") for option in document.all("option") if element in option.ancestors]
        for name, element in lists.items()
    }
    # The README of the invented region: figures became known on two days, plans and members on a third.
    assert {"2025-06-01", "2024-06-01"} <= set(offered["known-days"])
    assert offered["known-days"] == sorted(offered["known-days"], reverse=True)
    assert offered["valid-days"][0] == "2025-12-31"  # the question is asked in November 2026
    assert document.by_id("ask-known").get("list") == "known-days"
