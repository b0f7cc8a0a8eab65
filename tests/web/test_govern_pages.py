"""Rule: the pages on data across borders say what the engine says, explain every field, and keep the question in the address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

PAGES = [
    "/govern/",
    "/govern/matrix/",
    "/govern/gaps/",
    "/govern/law/",
    "/govern/law/open/",
    "/govern/changes/",
    "/govern/reforms/",
]
FLOW = "from=XA&to=JP&data=personal&sector=general&exporter=controller/private&recipient=processor"


@pytest.fixture
def site(settings, client, db):
    """The invented region."""
    at(settings, THREELANDS)
    return client


@pytest.fixture
def real(settings, client, db):
    """The region that ships."""
    at(settings, SHIPPED)
    return client


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, response.content.decode()[:2000]
    return Document(response.content.decode())


def text_of(document):
    return " ".join(document.all("main")[0].text.split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_no_legal_advice(site, path):
    assert "no legal advice" in text_of(read(site, path))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_works_on_the_shipped_region(real, path):
    assert "no legal advice" in text_of(read(real, path))


@pytest.mark.parametrize("path", ["/govern/law/ast-4/", "/govern/law/?member=QCC&all=yes", f"/govern/?{FLOW}"])
def test_more_pages_say_so_too(site, path):
    assert "no legal advice" in text_of(read(site, path))


def test_every_field_is_explained(site):
    document = read(site, f"/govern/?{FLOW}")
    fields = [one for one in document.all("select", "input") if one.get("type") != "hidden"]
    labels = {one.get("for") for one in document.all("label")}
    assert len(fields) > 10
    assert [one.get("id") for one in fields if one.get("id") not in labels] == []


@pytest.mark.parametrize("path", [*PAGES, f"/govern/?{FLOW}", "/govern/law/ast-3b/", "/govern/law/bor-5/"])
def test_the_pages_can_be_read_by_everybody(site, path):
    assert accessibility_defects(read(site, path)) == []


@pytest.mark.parametrize("path", [*PAGES, "/govern/law/vn-18/", "/govern/law/?member=VNM"])
def test_the_shipped_pages_can_be_read_by_everybody(real, path):
    assert accessibility_defects(read(real, path)) == []


CASES = [
    ("fact.transit=no", "Permitted if", "A contract"),
    ("fact.transit=no&holds.lands-clauses=yes", "Permitted", "s5"),
    ("fact.transit=yes", "Not a transfer", "s3"),
    ("", "Unknown", "Only passes through"),
    (
        "fact.transit=no&judged.similar-law=yes&judged.similar-law.by=Legal&judged.similar-law.on=2026-01-01",
        "Permitted",
        "s4",
    ),
]


@pytest.mark.parametrize("more, word, within", CASES)
def test_the_checker_answers(site, more, word, within):
    document = read(site, f"/govern/?{FLOW}&{more}&as_of=2026-11-21")
    assert document.by_id("verdict-title").text.split(maxsplit=1)[1].strip() == word
    assert within in text_of(document)


def test_duties_are_shown_with_their_days(site):
    document = read(site, f"/govern/?{FLOW}&fact.transit=no&holds.clauses=yes&as_of=2026-11-21")
    rows = document.rows("duties-title")[1:]
    assert [row[1].split()[0] for row in rows] == ["2026-11-21", "2027-01-20"]


def test_the_matrix_leads_to_its_reasons(site):
    document = read(
        site, "/govern/matrix/?data=personal&exporter=controller/private&recipient=processor&holds.clauses=yes"
    )
    links = [one for one in document.links if one.startswith("/govern/?from=XA")]
    assert links
    asked = parse_qs(urlsplit(links[1]).query)
    assert (asked["from"], asked["holds.clauses"]) == (["XA"], ["yes"])
    assert "What decided" in text_of(read(site, links[1]))


def test_versions_of_a_rule_lead_to_each_other(real):
    document = read(real, "/govern/law/my-3/")
    assert "/govern/law/my-1-list/" in document.links
    assert "Versions of this rule" in text_of(document)


def test_what_changed_is_the_amendment(site):
    text = text_of(read(site, "/govern/changes/?member=QAA&before=2024-12-31&after=2025-01-01"))
    assert "Similar law Assessed: yes." in text
    assert "No answer differs" in text_of(read(site, "/govern/changes/?member=QBB&before=2024-12-31&after=2025-01-01"))


WRONG = [
    "/govern/?from=ZZ&to=JP&data=personal&exporter=controller/private&recipient=processor",
    "/govern/?from=XA&to=ZZ&data=personal&exporter=controller/private&recipient=processor",
    "/govern/?from=XA&to=JP&data=rubbish&exporter=controller/private&recipient=processor",
    f"/govern/?{FLOW}&fact.transit=perhaps",
    f"/govern/?{FLOW}&judged.similar-law=yes",
    f"/govern/?{FLOW}&judged.similar-law=yes&judged.similar-law.by=me&judged.similar-law.on=yesterday",
    f"/govern/?{FLOW}&as_of=1960-01-01",
    f"/govern/?{FLOW}&first=never",
    "/govern/law/?member=QZZ",
    "/govern/changes/?member=QZZ",
    "/govern/changes/?before=x",
    "/govern/reforms/?most=9",
    "/govern/matrix/?data=rubbish",
    "/govern/gaps/?sector=rubbish",
]


@pytest.mark.parametrize("path", WRONG)
def test_rubbish_is_refused_with_words(site, path):
    document = read(site, path, status=400)
    assert "This cannot be answered" in text_of(document)


def test_a_provision_that_is_not_there(site):
    read(site, "/govern/law/nothing/", status=404)


def test_a_region_without_law_has_no_such_pages(settings, client, db, tmp_path):
    from tests.govern.test_load import without_law

    at(settings, without_law(tmp_path))
    for path in PAGES:
        assert client.get(path).status_code == 404
