"""Rule: no page has a serious or critical finding of axe-core, wide or narrow, light or dark, in any language that ships.

The pages are found by following links from the overview of the invented region, one of each kind; the same engine of
rules is run on each in Chromium (`axe/README.md`). What axe cannot decide is for people to look at, and is not counted.
"""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from serantau.languages import SOURCE, catalogue_tags
from tests.support.regions import THREELANDS
from tests.support.site import live_site as serve
from tests.web.html_support import Document

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (1280, 390)
WEIGHTY = {"serious", "critical"}
BESIDE = (
    "/", "/accounts/login/", "/nowhere/", "/reports/", "/api/", "/forum/registers/legislation/",
    "/forum/registers/policies/qaa.dig-once/",
)  # fmt: skip
"""Where the search for pages begins: not every kind is linked from another."""

ALONE = ("/scams/report/", "/scams/appeal/", "/scams/privacy/")
"""Forms and texts that are like no other of their kind; in the source language alone."""

LEAST_KINDS = 12
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (options) => {
  const found = await axe.run(document, options);
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + ' // ' + (node.any[0] || node.all[0] || node.none[0] || {}).message),
  }));
}"""


def kind_of(path: str) -> str:
    """The kind of page that an address belongs to: its rooms, without the names of members, outcomes and indicators.

    >>> kind_of("/members/QAA/?plan=tl2030"), kind_of("/members/QBB/")
    ('/members/*/', '/members/*/')
    """
    whole = urllib.parse.urlsplit(path).path
    first, *rest = whole.strip("/").split("/")
    if first == "spectrum" and len(rest) > 1:  # bands, members and requests are pages of different kinds
        first = f"{first}/{rest.pop(0)}"
    return re.sub("/+", "/", "/" + "/".join([first, *("*" for _ in rest)]) + ("/" if whole.endswith("/") else ""))


def fetch(site, path):
    try:
        with urllib.request.urlopen(site.url + path, timeout=60) as answer:
            return answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.headers.get_content_type(), refused.read()


def pages_of(site) -> dict[str, str]:
    """One address of each kind of page."""
    found: dict[str, str] = {}
    waiting = list(BESIDE)
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in found:
            continue
        kind, body = fetch(site, path)
        if kind != "text/html":
            found[kind_of(path)] = ""
            continue
        found[kind_of(path)] = path
        for link in Document(body.decode()).all("a"):
            address = (link.get("href") or "").partition("#")[0]
            if re.match(r"/[^/]|/$", address) and "language=" not in address and kind_of(address) not in found:
                waiting.append(address)
    return {kind: path for kind, path in found.items() if path}


@pytest.fixture(scope="module")
def site():
    with serve(THREELANDS) as running:
        yield running


@pytest.fixture(scope="module")
def pages(site):
    return pages_of(site)


def test_every_kind_of_page_is_found(pages):
    assert len(pages) >= LEAST_KINDS, sorted(pages)
    assert {"/", "/members/*/", "/outcomes/*/", "/indicators/*/", "/data/", "/plans/*/", "/reports/"} <= set(pages)


def each_language():
    """The source each time; the others, whose pages have the same frame, in the soak run."""
    return [pytest.param(tag, marks=[] if tag == SOURCE else pytest.mark.soak) for tag in catalogue_tags()]


@pytest.mark.parametrize("tag", each_language())
def test_no_page_has_a_serious_finding(site, pages, chromium, tag):
    context = chromium.new_context()
    page = context.new_page()
    findings = []
    for path in (*pages.values(), *(ALONE if tag == SOURCE else ())):
        address = f"{path}{'&' if '?' in path else '?'}language={tag}"
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.lang") == tag, address
        # The policy of the site forbids scripts in its pages; the browser's own console may still run one.
        page.evaluate(AXE)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            findings += _found(page, address, f"{width} px", {"runOnly": {"type": "tag", "values": TAGS}})
        if tag != SOURCE:
            continue  # colours are the same in every language
        page.emulate_media(color_scheme="dark")
        findings += _found(page, address, "dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    context.close()
    assert findings == []


def _found(page, address, how, options):
    return [
        f"{address} ({how}): {one['id']} ({one['impact']}), {one['help']}: {one['nodes']}"
        for one in page.evaluate(RUN, {**options, "resultTypes": ["violations"]})
        if one["impact"] in WEIGHTY
    ]
