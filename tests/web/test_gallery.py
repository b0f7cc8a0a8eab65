"""Rule: every chart can be taken away as SVG, PNG and CSV, and shown on another site in a frame; nothing else can."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import get_resolver

from serantau.web.measure.gallery import CHARTS
from tests.web.api_support import THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

ADDRESSES = {
    "member-wheel": "QAA",
    "member-profile": "QAA",
    "compare": "QAA-QBB",
    "outcome-scores": "tl2030-o2",
    "outcome-ranks": "tl2030-o2",
    "outcome-change": "tl2030-o2",
    "indicator-latest": "coverage",
    "indicator-base": "output_pc",
    "indicator-years": "coverage",
    "plan-dependencies": "tl2030",
    "plan-windows": "tl2030",
    "plan-meetings": "tl2030",
    "band-ladder": "t1",
}
PAGES = [
    "/actions/",
    "/meetings/",
    "/compare/?a=QAA&b=QCC",
    "/members/QAA/",
    "/outcomes/tl2030-o1/",
    "/outcomes/tl2030-o2/",
    "/indicators/coverage/?member=QAA",
    "/spectrum/bands/t1/",
]


@pytest.fixture
def site(settings, client):
    """The invented region."""
    at(settings, THREELANDS)
    return client


def test_every_kind_is_looked_at():
    assert get_resolver().url_patterns, "each room adds its own when its routes are read"
    assert set(ADDRESSES) == set(CHARTS)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_chart_is_a_file(site, kind):
    name = ADDRESSES[kind]
    drawn = site.get(f"/charts/{kind}/{name}.svg")
    assert drawn.status_code == 200
    assert drawn["Content-Type"].startswith("image/svg+xml")
    assert drawn.content.startswith(b"<?xml")
    assert b"edition" in drawn.content
    picture = site.get(f"/charts/{kind}/{name}.png")
    assert picture.content.startswith(b"\x89PNG")
    assert re.fullmatch(rf'attachment; filename="{kind}-[\w-]+-2026-11-21\.png"', picture["Content-Disposition"])


@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_embed_has_its_own_frame_policy_and_leads_back(site, kind):
    response = site.get(f"/embed/{kind}/{ADDRESSES[kind]}/?known=2026-11-21")
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert re.search(r"frame-ancestors \*(;|$)", policy)
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "X-Frame-Options" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    document = Document(response.content.decode())
    # It has no navigation, so no way to skip it.
    assert [one for one in accessibility_defects(document) if "first link" not in one] == []
    back = [link for link in document.links if link.startswith("http://testserver/")]
    assert all("known=2026-11-21" in link for link in back)
    for link in back:
        assert site.get(link.removeprefix("http://testserver")).status_code == 200


def test_no_other_page_may_be_framed(site):
    for path in ("/", "/members/QAA/", "/what-if/", "/embed/nothing/QAA/", "/embed/member-wheel/ZZZ/"):
        response = site.get(path)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"] or response.status_code == 404
        if response.status_code == 200:
            assert response["X-Frame-Options"] == "DENY"
            assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_of_a_page_has_its_downloads_and_an_embed_that_answers(site, page):
    document = Document(site.get(page).content.decode())
    figures = document.all("figure")
    boxes = [one for one in document.all("details") if one.get("class") == "share"]
    assert len(boxes) == len(figures) >= 1
    for box, area in zip(boxes, document.all("textarea"), strict=True):
        inside = [one.get("href") for one in document.all("a") if box in one.ancestors]
        assert [re.search(r"\.(\w+)(?:\?|$)", link)[1] for link in inside[:3]] == ["svg", "png", "csv"]
        for link in inside:
            assert site.get(link).status_code == 200, link
        code = area.text
        address = re.search(r'src="http://testserver([^"]+)"', html.unescape(code))[1]
        assert address == inside[3]


@pytest.mark.parametrize(
    "path, status",
    [
        ("/charts/nothing/QAA.svg", 404),
        ("/charts/member-wheel/QAB.png", 404),
        ("/charts/outcome-scores/tl2030-o1.svg", 404),
        ("/charts/plan-dependencies/tl2020.svg", 404),
        ("/charts/plan-windows/nothing.svg", 404),
        ("/charts/compare/QAA.svg", 404),
        ("/charts/band-ladder/t9.svg", 404),
        ("/charts/compare/QAA-QAA.svg", 404),
        ("/charts/compare/QAA-QBB-QCC-QAA-QBB.svg", 404),
        ("/charts/compare/QAA-QBB.svg?as_of=2024-12-31", 400),
        ("/charts/indicator-years/coverage.svg?member=QZZ", 404),
        ("/charts/outcome-scores/tl2030-o2.svg?as_of=never", 400),
        ("/embed/indicator-latest/trust_survey/", 404),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(site, path, status):
    response = site.get(path)
    assert response.status_code == status
    assert accessibility_defects(Document(response.content.decode())) == []
