"""Rule: the page of the method says what the engine does, with the numbers of the outcome pages."""

from __future__ import annotations

import re

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document


@pytest.fixture
def shipped(settings, client):
    """The region that ships."""
    at(settings, SHIPPED)
    return client


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return Document(response.content.decode())


def test_the_formulas_are_those_of_the_index(shipped):
    rows = read(shipped, "/method/").rows("steps-title")[1:]
    assert [row[2] for row in rows] == [
        "s = 100 · (x − a) / (b − a)",
        "s = 100 · (ln x − ln a) / (ln b − ln a)",
        "x → |x − r|",
        "S = Σ w s / Σ w",
    ]
    assert "below 60 % of the weight there is no score" in rows[-1][1]


@pytest.mark.parametrize("outcome", ["adm2025-do2", "adm2025-do8"])
def test_the_numbers_are_those_of_the_outcome_page(shipped, outcome):
    method, page = read(shipped, "/method/"), read(shipped, f"/outcomes/{outcome}/")
    said = " ".join(page.all("main")[0].text.split())
    sure, pairs = re.search(r"The order of (\d+) of the (\d+) pairs", said).groups()
    code = outcome.rpartition("-")[2].upper()
    (row,) = [row for row in method.rows("drawn-title") if row[0].startswith(code)]
    assert row[1] == f"{sure} of {pairs}"
    assert method.rows(f"{outcome}-choices")[1:] == page.rows("choices-title")[1:]
    weights = {row[0]: row[1] for row in page.rows("made-title")[1:]}
    assert {row[0]: row[1] for row in method.rows(f"{outcome}-title")[1:]} == weights


def test_the_mean_width_of_the_intervals_follows_from_the_ranking(shipped):
    ranking = read(shipped, "/outcomes/adm2025-do2/").rows("ranking-title")[1:]
    widths = []
    for row in ranking:
        low, _, high = row[2].partition("–")
        widths.append(int(high or low) - int(low) + 1)
    (row,) = [row for row in read(shipped, "/method/").rows("drawn-title") if row[0].startswith("DO2")]
    assert row[2] == f"{sum(widths) / len(widths):.1f}"


def test_a_plan_that_nobody_measures_has_no_method(settings, client):
    at(settings, THREELANDS)
    assert "Nobody has said yet" in read(client, "/method/?plan=tl2020").all("main")[0].text
