"""Rule: members stand side by side with the figures of their own pages, and their order is called sure only where it is."""

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


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return Document(response.content.decode())


def test_scores_are_those_of_the_members_pages(site):
    (row,) = [row for row in read(site, "/compare/?a=QAA&b=QCC").rows("scores-title") if row[0].startswith("O2")]
    for cell, code in zip(row[1:], ("QAA", "QCC"), strict=True):
        (own,) = [one for one in read(site, f"/members/{code}/").rows("scores-title") if one[0].startswith("O2")]
        assert cell.split()[0] == own[1]
        assert cell.split()[2] == own[2].split()[0]


def test_the_order_of_a_pair_is_that_of_the_outcome_page(site):
    pairs = read(site, "/compare/?a=QAA&b=QBB&c=QCC").rows("pairs-title")
    assert pairs[0] == ["Outcome", "Asterra above Borealia", "Asterra above Corvania", "Borealia above Corvania"]
    (row,) = [row for row in pairs if row[0].startswith("O2")]
    table = read(site, "/outcomes/tl2030-o2/").rows("pairs-title")
    head = table[0]
    above = {(line[0], head[at]): line[at] for line in table[1:] for at in range(1, len(head))}
    codes = {"Asterra": "QAA", "Borealia": "QBB", "Corvania": "QCC"}
    for cell, title in zip(row[1:], pairs[0][1:], strict=True):
        one, _, other = title.partition(" above ")
        assert cell.rstrip(" %\xa0") == above[one, codes[other]]


def test_the_sentences_put_every_outcome_where_it_belongs(settings, client):
    at(settings, SHIPPED)
    document = read(client, "/compare/?a=IDN&b=THA")
    said = " ".join(one.text for one in document.all("li") if one.get("class") and "finding" in one.get("class"))
    for row in document.rows("pairs-title")[1:]:
        if row[1] == "not known":
            assert row[0] not in said
            continue
        share = int(row[1].rstrip(" %\xa0"))
        (sentence,) = [one.text for one in document.all("p") if row[0] in one.text and "ahead" in one.text]
        wanted = "Indonesia is surely" if share >= 95 else "Thailand is surely" if share <= 5 else "depends"
        assert wanted in sentence


def test_a_member_is_compared_once_however_it_is_written(site):
    document = read(site, "/compare/?a=qaa&b=XA&c=QBB")
    assert document.rows("scores-title")[0] == ["Outcome", "Asterra", "Borealia"]
    assert "Choose two members or more" in read(site, "/compare/?a=qaa&b=XA").all("main")[0].text


def test_the_file_has_the_members_compared(site):
    (link,) = [one for one in read(site, "/compare/?a=QAA&b=QCC").links if one.startswith("/compare.csv")][:1]
    rows = list(csv.DictReader(io.StringIO(site.get(link).content.decode(), newline="")))
    assert {row["member"] for row in rows} == {"QAA", "QCC"}


@pytest.mark.parametrize(
    "query, status", [("a=QZZ&b=QAA", 404), ("a=QBB&b=QAA&as_of=2024-12-31", 400), ("a=QAA&a=QBB", 400)]
)
def test_who_cannot_be_compared_is_refused_in_words(site, query, status):
    assert len(read(site, f"/compare/?{query}", status).all("main")[0].text.split()) > 8
