"""Rule: a recommendation becomes a draft of a paper with everything that it can be traced by; only the secretariat does it."""

from __future__ import annotations

import re

import pytest

from serantau.web.forum.models import Paper
from tests.forum.scene import Cast, a_body
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

ADDRESS = "/spectrum/members/QBB/paper/"


@pytest.fixture
def staff(region):
    return Cast()


def criterion(client):
    return re.findall(r'name="criterion" value="([^"]+)"', client.get(ADDRESS).content.decode())[0]


def test_the_paper_names_threshold_basis_peers_and_edition(staff):
    body = a_body(staff)
    client = signed_in(staff.secretary)
    assert accessibility_defects(Document(client.get(ADDRESS).content.decode())) == []
    answer = client.post(ADDRESS, {"criterion": criterion(client), "body": body.pk})
    assert answer.status_code == 303
    paper = Paper.objects.get()
    assert answer["Location"] == f"/forum/papers/{paper.pk}/"
    assert (paper.body, paper.verb, paper.stage) == (body, "noted", "draft")
    text = paper.current().text
    assert "at least 90 %" in text
    assert "Asterra: 95" in text
    assert "Its basis:" in text
    assert re.search(r"edition [0-9a-f]{12}\+0, as of 2026-11-21", text)
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("data", [{}, {"criterion": "nothing"}, {"body": "999"}])
def test_what_is_missing_is_told_and_nothing_is_begun(staff, data):
    a_body(staff)
    client = signed_in(staff.secretary)
    if "body" in data:
        data = {**data, "criterion": criterion(client)}
    assert client.post(ADDRESS, data).status_code == 400
    assert Paper.objects.count() == 0


def test_without_a_body_the_page_says_so(staff):
    assert "No body is entered" in signed_in(staff.secretary).get(ADDRESS).content.decode()


def test_nobody_else_may(staff, client):
    assert client.get(ADDRESS).status_code == 302
    assert signed_in(staff.head).get(ADDRESS).status_code == 403
