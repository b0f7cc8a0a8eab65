"""Rule: the frame holds: headers on every answer, colours with enough contrast, texts through one door, warm pages."""

from __future__ import annotations

import contextlib
import re

import pytest
from django.test.signals import template_rendered

from serantau.web.measure.parts import ChartView
from serantau.web.site.answering import CACHE, answer
from serantau.web.site.frame import page
from serantau.web.site.question import ask
from tests.support.tree import ROOT
from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

WEB = ROOT / "src" / "serantau" / "web"
CSS = (WEB / "site" / "static" / "site" / "site.css").read_text(encoding="utf-8")
TEMPLATES = sorted(WEB.glob("**/templates/**/*.html"))
PATHS = ["/", "/members/QAA/", "/outcomes/tl2030-o2/", "/indicators/coverage/", "/plans/tl2030/", "/nowhere/"]


@contextlib.contextmanager
def templates_rendered():
    """The templates that Django renders meanwhile, by name."""
    made = []

    def note(template, **_more):
        made.append(template.name)

    template_rendered.connect(note)
    try:
        yield made
    finally:
        template_rendered.disconnect(note)


@pytest.fixture
def site(settings, client):
    """The invented region."""
    at(settings, THREELANDS)
    return client


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_the_headers_that_keep_it_safe(site, path):
    headers = site.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "data:" not in policy and "script-src" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_nothing_on_a_page_comes_from_elsewhere(site):
    for path in PATHS:
        document = Document(site.get(path).content.decode())
        elements = document.all("img", "link", "script", "iframe")
        loaded = [e.get("src") or e.get("href") for e in elements if e.get("rel") != "alternate"]
        assert all(address.startswith("/static/") for address in loaded)


def test_an_address_without_a_page_is_refused_in_words(site):
    response = site.get("/nowhere/")
    assert response.status_code == 404
    assert accessibility_defects(Document(response.content.decode())) == []


def test_a_page_that_did_not_change_is_not_sent_again(site):
    for path in PATHS[:-1]:
        tag = site.get(path)["ETag"]
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 304
        other = site.get(path, {"known": "2024-12-31"})
        assert other["ETag"] != tag


@pytest.mark.parametrize("path", ["/", "/members/QAA/", "/outcomes/tl2030-o2/", "/indicators/coverage/", "/data/"])
def test_pages_are_for_reading(site, path):
    assert site.post(path).status_code == 405


def test_a_page_asked_for_again_is_not_made_again(settings, client):
    at(settings, SHIPPED)
    for path in ("/", "/members/SGP/", "/outcomes/adm2025-do8/", "/indicators/osi/"):
        first = client.get(path)
        held = len(CACHE)
        with templates_rendered() as made:
            again = client.get(path)
        assert again.content == first.content
        assert made == []
        assert len(CACHE) == held


def test_a_page_without_its_picture_says_so_and_is_not_kept(settings, rf):
    at(settings, THREELANDS)
    request = rf.get("/asked/nowhere/else/")
    question = ask(request)
    context = {"charts": [ChartView(None, "A caption.")], "chart": ChartView(None, "A caption.")}
    before = len(CACHE)
    response = answer(request, question, lambda: page(request, question, "measure/chart.html", context))
    assert response["Cache-Control"] == "no-store"
    assert len(CACHE) == before
    assert "the table holds the same figures" in response.content.decode()


# --- texts ------------------------------------------------------------------------------------------------------------

SAID = re.compile(
    r"{%\s*blocktranslate.*?%}.*?{%\s*endblocktranslate\s*%}|{%.*?%}|{{.*?}}|{#.*?#}|<code>.*?</code>", re.DOTALL
)
MARKUP = re.compile(r"<[^>]*>|&\w+;")
NAMES = {
    "Serantau",
    "CSV",
    "JSON",
    "GET",
    "UTC",
    "SVG",
    "PNG",
    "XLSX",
    "Parquet",
    "PDF",
    "DOCX",
    "ODRL",
    "DPV",
    "Turtle",
    "LD",
    "MHz",
    "dB",
    "km",
    "MB",
    "USD",
    "GeoJSON",
    "MISP",
    "OpenCTI",
    "Microsoft",
    "Sentinel",
    "Python",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_goes_through_gettext(path):
    left = MARKUP.sub(" ", SAID.sub(" ", path.read_text(encoding="utf-8")))
    words = [word for word in re.findall(r"[A-Za-z]{2,}", left) if word not in NAMES]
    assert words == []


# --- contrast ---------------------------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio (WCAG 2.2, definition)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def palettes():
    """The light colours, and the dark ones over them."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)[:2]
    read = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", part)) for part in (light, dark)]
    return {"light": read[0], "dark": {**read[0], **read[1]}}


def test_contrast_is_that_of_the_standard():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # just fails AA, as is well known


TEXT = [
    *[(ink, paper) for ink in ("ink", "soft", "link", "up", "down") for paper in ("paper", "notice")],
    *[(f"s{n}-ink", f"s{n}") for n in range(1, 6)],
    ("paper", "link"),  # the button
]
SIGNS = [("focus", "paper"), ("strong-line", "paper")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_signs_have_enough_contrast(scheme):
    colours = palettes()[scheme]
    for ink, paper in TEXT:
        assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    for sign, paper in SIGNS:
        assert contrast(colours[sign], colours[paper]) >= 3, (sign, paper)


def test_the_colours_of_charts_are_seen_on_both_papers():
    from serantau.render.dots import COLOURS
    from serantau.render.specs import ACCENT, MAIN

    for scheme, colours in palettes().items():
        for colour in (ACCENT, MAIN, *COLOURS):
            assert contrast(colour, colours["paper"]) >= 3, (scheme, colour)
