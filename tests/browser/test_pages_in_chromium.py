"""Rule: in a real browser each page fits its window, complains of nothing, and works without scripts and without a mouse."""

from __future__ import annotations

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.support.ports import free_port

PAGES = {
    "overview": "/",
    "member": "/members/IDN/",
    "outcome": "/outcomes/adm2025-do2/",
    "recovery": "/outcomes/adm2025-do1/",
    "indicator": "/indicators/fixed_broadband_per100/?member=IDN",
    "rating": "/indicators/osi/",
    "indicators": "/indicators/",
    "data": "/data/",
    "plan": "/plans/adm2025/",
    "what-if": "/what-if/?of=adm2025-do8&mean=geometric",
    "compare": "/compare/?a=IDN&b=VNM&c=MMR&d=LAO",
    "actions": "/actions/",
    "meetings": "/meetings/",
    "method": "/method/",
    "spectrum": "/spectrum/",
    "registers": "/forum/registers/",
    "legislation": "/forum/registers/legislation/",
    "policy": "/forum/registers/policies/region.model-clauses/",
    "band": "/spectrum/bands/n41/",
    "spectrum policy": "/spectrum/policy/",
    "spectrum member": "/spectrum/members/THA/",
    "search": "/search/?q=spectum",
    "glossary": "/glossary/",
    "help": "/help/method/index/",
    "embed": "/embed/member-wheel/IDN/",
}
WIDTHS = {"wide": 1280, "narrow": 390}
SMALLEST = 24
"""Least size of a target of its own (WCAG 2.2, 2.5.8)."""


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "light"), (390, "dark")])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_fits_its_window_and_complains_of_nothing(live_site, page, path, width, scheme, tmp_path):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    response = page.goto(live_site.url + path)
    assert response.status == 200
    assert failed == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 10_000
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (paper == "rgb(253, 253, 251)") is (scheme == "light")


@pytest.mark.parametrize("path", ["/members/IDN/", "/outcomes/adm2025-do2/", "/indicators/fixed_broadband_per100/"])
def test_charts_are_drawn_in_the_page_and_scale_with_it(live_site, page, path):
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(live_site.url + path)
        charts = page.locator("figure.chart svg")
        assert charts.count() >= 1
        for at in range(charts.count()):
            box = charts.nth(at).bounding_box()
            assert box["width"] > 250
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert len(charts.nth(at).get_attribute("aria-label")) > 20
            assert page.locator("figure.chart figcaption").nth(at).inner_text().strip()


def test_everything_works_without_scripts(live_site, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(live_site.url + "/")
        page.get_by_label("As of", exact=True).fill("2023-12-31")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("as_of=2023-12-31"))
        page.get_by_role("link", name="Indonesia", exact=True).first.click()
        expect(page, "the question goes along").to_have_url(re.compile("/members/IDN/.*as_of=2023-12-31"))
        page.locator("h2 a", has_text="Broadband").click()
        page.get_by_role("link", name="Fixed-broadband subscriptions").first.click()
        page.get_by_label("Path of").select_option("IDN")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("member=IDN"))
        page.locator("#all-title").wait_for()
        page.locator("td.origin a").first.click()
        expect(page).to_have_url(re.compile("/data/.*#source-"))
    finally:
        context.close()


def test_the_ranks_follow_the_sliders_at_once_and_the_address_with_them(live_site, page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_site.url + "/what-if/?of=adm2025-do6")
    assert page.locator("#what-if-ranks .status").inner_text() == "These are the usual choices."
    slider = page.locator("#what-if-form input[type=range]").first
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")  # from 1 to 0 in steps of a quarter
    expect(page.locator("#what-if-ranks .status")).to_contain_text("another rank")
    page.wait_for_url("**=0")
    assert page.locator("#what-if-form output").first.inner_text() == "×0"
    ranks = page.locator("#what-if-ranks tbody").inner_text()
    page.reload()
    assert page.locator("#what-if-ranks tbody").inner_text() == ranks, "the address holds the whole state"


def test_what_if_works_without_scripts(live_site, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(live_site.url + "/what-if/?of=adm2025-do6")
        page.locator("#what-if-form input[type=range]").first.focus()
        page.keyboard.press("Home")
        page.get_by_label("Mean").select_option("geometric")
        page.locator("#what-if-form").get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("mean=geometric"))
        assert page.url.count("w-") == 1, "what is as usual is not in the address"
        assert "another rank" in page.locator("#what-if-ranks .status").inner_text()
    finally:
        context.close()


def test_the_keyboard_reaches_the_content_the_form_and_every_table(live_site, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_site.url + "/outcomes/adm2025-do2/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    expect(skip, "it shows itself when it has the focus").to_be_in_viewport(ratio=1)  # once it has slid in
    page.keyboard.press("Enter")
    expect(page.locator("main:focus")).to_have_count(1)
    reached = set()
    for _ in range(260):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.getAttribute('aria-labelledby') || document.activeElement.id"
            " || document.activeElement.tagName"
        )
        reached.add(name)
        if name == "BODY":
            break
    regions = page.eval_on_selector_all(
        "[role=region][tabindex='0']", "found => found.map(one => one.getAttribute('aria-labelledby'))"
    )
    assert len(regions) >= 5
    assert set(regions) <= reached
    assert {"ask-as-of", "ask-known"} <= reached


def test_a_table_that_is_wider_than_the_window_scrolls_by_keyboard_in_its_region(live_site, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_site.url + "/outcomes/adm2025-do2/")
    region = page.locator("[role=region][aria-labelledby=pairs-title]")
    region.focus()
    page.keyboard.press("End")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 20")
    # The name of the row stays in sight.
    first = region.locator("tbody th").first.bounding_box()
    assert first["x"] >= 0
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("path", ["/", "/members/IDN/"])
def test_buttons_and_links_of_the_navigation_are_large_enough(live_site, page, path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_site.url + path)
    for target in [*page.locator("nav a").all(), *page.locator("form.question :is(button, select, input)").all()]:
        box = target.bounding_box()
        assert box["height"] >= SMALLEST, target.inner_text()


@contextlib.contextmanager
def somebody_elses_page(body):
    """The address of a page of another origin on this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f'<!doctype html><link rel="icon" href="data:,"><title>elsewhere</title>{body}'.encode())

        def log_message(self, *words):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def test_a_chart_is_shown_in_a_frame_of_another_origin_and_no_other_page_is(live_site, chromium):
    context = chromium.new_context(viewport={"width": 700, "height": 900})
    try:
        page = context.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        with somebody_elses_page(
            f'<iframe id="chart" src="{live_site.url}/embed/outcome-scores/adm2025-do2/" width="600" height="640"></iframe>'
            f'<iframe id="page" src="{live_site.url}/compare/" width="600" height="200"></iframe>'
        ) as address:
            page.goto(address)
            chart = page.frame_locator("#chart")
            chart.locator("figure.chart svg").wait_for()
            assert chart.locator("a").first.get_attribute("target") == "_top"
            page.wait_for_timeout(500)
            assert page.frame_locator("#page").locator(".masthead").count() == 0
        assert any("frame" in text for text in refused)
    finally:
        context.close()


def test_the_box_below_a_chart_opens_by_keyboard_and_holds_what_to_copy(live_site, page):
    page.goto(live_site.url + "/members/IDN/")
    box = page.locator("details.share").first
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    code = box.locator("textarea").input_value()
    assert code.startswith(f'<iframe src="{live_site.url}/embed/member-wheel/IDN/')
    assert box.locator("a").all_inner_texts() == ["SVG", "PNG", "CSV", "alone"]


def test_search_from_any_page_finds_and_leads_there(live_site, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(live_site.url + "/data/")
        page.get_by_role("search").get_by_label("Search").fill("putrajaya")
        page.keyboard.press("Enter")
        page.locator("ol.found a").first.click()
        assert page.url.endswith("/meetings/#adgmin1-declaration")
    finally:
        context.close()


def test_an_error_page_fits_and_offers_the_nearest(live_site, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        assert page.goto(live_site.url + "/indicators/fixed_brodband/").status == 404
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("main li a").first.click()
        expect(page.locator("h1")).to_contain_text(re.compile("broadband", re.IGNORECASE))
    finally:
        context.close()


def test_print_leaves_out_what_paper_cannot_use(live_site, page):
    page.goto(live_site.url + "/outcomes/adm2025-do2/")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    assert not page.locator("form.question").is_visible()
    assert page.locator("#ranking-title").is_visible()


def test_letters_can_be_twice_as_large(live_site, page):
    page.set_viewport_size({"width": 640, "height": 844})  # 1280 at 200 % (WCAG 2.2, 1.4.10)
    for path in PAGES.values():
        page.goto(live_site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
