"""Rule: everything public can be found by words, every term of art is explained, and the guides stand on the site as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.web.help.finding import documents, kinds
from serantau.web.help.pages import DOCS, glossary, help_pages
from tests.support.tree import ROOT
from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects


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


def read(client, path, status=200, **query):
    response = client.get(path, query)
    assert response.status_code == status, path
    return Document(response.content.decode())


def found(client, text, **query):
    document = read(client, "/search/", q=text, **query)
    (region,) = [one for one in document.all("ol") if one.get("class") == "found"] or [None]
    return [] if region is None else [a.get("href") for a in document.all("a") if region in a.ancestors]


@pytest.mark.parametrize(
    "text, address",
    [
        ("Asterra", "/members/QAA/"),
        ("QBB", "/members/QBB/"),
        ("valey", "/outcomes/tl2030-o2/"),
        ("survey the valleys", "/actions/#tl2030-a2-1"),
        ("A2.10", "/actions/#tl2030-a2-10"),
        ("outages", "/indicators/outage_hours/"),
        ("after the storm", "/meetings/#tlm1"),
        ("Asterra Declaration", "/meetings/#tlm1-declaration"),
        ("three lands digital plan", "/plans/tl2030/"),
        ("goalposts", "/glossary/#goalposts"),
        ("monte carlo", "/glossary/#monte-carlo"),
        ("sigma convergence", "/glossary/#sigma-convergence"),
    ],
)
def test_each_kind_of_thing_is_found_by_its_words(site, text, address):
    assert address in found(site, text)[:3]


def test_what_is_found_leads_somewhere(site):
    pages = {}
    for text in ("asterra", "index", "plan", "coverage", "declaration"):
        for link in found(site, text):
            path, _, name = link.partition("#")
            if path not in pages:
                pages[path] = read(site, path)
            assert not name or pages[path].by_id(name) is not None, link


def test_every_kind_can_be_filtered(shipped):
    from serantau.web.bundles import keeper

    held = {document.kind for document in documents(keeper().answers())}
    assert held == set(kinds())
    assert all(link.startswith("/glossary/") for link in found(shipped, "rank", kind="glossary"))


def test_a_filter_that_is_none_is_refused(site):
    assert accessibility_defects(read(site, "/search/", 400, q="x", kind="nothing")) == []


def test_the_words_of_a_question_are_text_and_no_markup(site):
    document = read(site, "/search/", q="<script>alert(1)</script>")
    assert document.all("script") == []
    assert accessibility_defects(document) == []


@given(st.text(st.characters(codec="utf-8"), max_size=120))
def test_any_question_is_answered(text):
    from django.test import Client, override_settings

    with override_settings(SERANTAU_REGION=str(THREELANDS)):
        assert Client().get("/search/", {"q": text}).status_code in (200, 400)


# --- glossary and help ------------------------------------------------------------------------------------------------


def test_the_pages_are_the_project_s_own():
    assert DOCS.resolve() == ROOT / "docs"
    assert set(help_pages()) == {
        (p.parent.name, p.stem) for f in ("guide", "method") for p in (ROOT / "docs" / f).glob("*.md")
    }


def test_every_entry_of_the_glossary_has_a_place_of_its_own(site):
    document = read(site, "/glossary/")
    assert accessibility_defects(document) == []
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = [entry for part in glossary() for entry in part.entries]
    assert len(entries) == sum(line.startswith("- **") for line in text.splitlines())
    assert all(document.by_id(entry.id) is not None for entry in entries)


@pytest.mark.parametrize("page", help_pages().values(), ids=[f"{a}-{b}" for a, b in help_pages()])
def test_a_help_page_reads_well_and_its_links_lead_somewhere(site, page):
    document = read(site, page.address)
    assert accessibility_defects(document) == []
    for link in document.links:
        if link.startswith(("/help/", "/glossary/")):
            path, _, name = link.partition("#")
            target = read(site, path)
            assert not name or target.by_id(name) is not None, link


def test_there_is_no_other_help_page(site):
    for path in ("/help/guide/nothing/", "/help/decisions/0001-facts-are-files/", "/help/guide/..%2F..%2FREADME/"):
        assert site.get(path).status_code == 404


def test_terms_of_art_lead_to_the_glossary(site):
    for path in ("/", "/members/QAA/", "/outcomes/tl2030-o2/", "/indicators/coverage/", "/what-if/", "/data/"):
        document = read(site, path)
        links = [link for link in document.links if link.startswith("/glossary/#")]
        assert links, path
        words = read(site, "/glossary/")
        assert all(words.by_id(link.partition("#")[2]) is not None for link in links)
