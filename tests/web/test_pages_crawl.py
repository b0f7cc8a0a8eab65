"""Rule: no link of the site leads nowhere."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from serantau.web.bundles import keeper
from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document

OUTSIDE = re.compile(r"[a-z]+:|//")


ELSEWHERE = re.compile(r"/charts/|/reports/.+/.+\.|/govern/\?|/govern/export/|/govern/document\.|.*[?&]language=")
"""What there are hundreds of, alike but for their question, is opened in tests of its own, one of each kind: charts as
files (test_gallery), reports (tests/reports), answers on one flow and their papers (test_govern_pages), and every page in
another language (tests/languages)."""


def is_page(path):
    """Whether a link is followed here."""
    return not ELSEWHERE.match(path)


class Crawl:
    """Follows every link below an address, once, and remembers where each was found."""

    def __init__(self, client, *, follow=is_page):
        self.client, self.follow = client, follow
        self.found: dict[str, str] = {}
        self.pages: dict[str, Document] = {}
        self.fragments: list[tuple[str, str, str]] = []
        self.broken: list[str] = []

    def run(self, *starts):
        waiting = deque(starts)
        self.found = dict.fromkeys(starts, "the test")
        while waiting:
            waiting.extend(self._visit(waiting.popleft()))
        return self

    def _visit(self, address):
        response = self.client.get(address)
        if response.status_code in (301, 302):
            return self._new([response["Location"]], address)
        if response.status_code != 200:
            self.broken.append(f"{response.status_code} {address}, linked from {self.found[address]}")
            return []
        if not response["Content-Type"].startswith("text/html"):
            return []
        self.pages[address] = Document(response.content.decode())
        return self._new(self.pages[address].links, address)

    def _new(self, links, address):
        fresh = []
        for link in links:
            if OUTSIDE.match(link):
                continue
            whole = urlsplit(urljoin(address, link))
            target = whole.path + (f"?{whole.query}" if whole.query else "")
            if whole.fragment:
                self.fragments.append((address, target, unquote(whole.fragment)))
            if target not in self.found and self.follow(target):
                self.found[target] = address
                fresh.append(target)
        return fresh

    def lost_fragments(self):
        return [
            f"{target}#{name}, linked from {address}"
            for address, target, name in self.fragments
            if target in self.pages and self.pages[target].by_id(name) is None
        ]


@pytest.mark.parametrize(
    "start",
    ["/", pytest.param("/?known=2024-12-31", marks=pytest.mark.soak), "/?as_of=2024-12-31", "/?plan=tl2020"],
)
def test_every_link_of_the_invented_region_leads_somewhere(settings, db, client, start):
    at(settings, THREELANDS)
    crawl = Crawl(client).run(start)
    assert crawl.broken == []
    assert crawl.lost_fragments() == []
    assert len(crawl.pages) > (5 if "plan" in start else 20)


def test_every_link_of_the_shipped_region_leads_somewhere(settings, db, client):
    at(settings, SHIPPED)
    ids = list(keeper().answers().bundle.measure.by_id)
    sample = set(ids[::9]) | {"osi", "fixed_broadband_per100"}
    indicator = re.compile(r"/indicators/([^/?]+?)(?:/|\.csv|\.json)(?:\?.*)?$")
    named = set()

    def follow(path):
        if not is_page(path):
            return False
        found = indicator.match(path)
        if found is None:
            return True
        named.add(found[1])
        # One indicator's page is like another's: those of the sample are opened, the rest must exist.
        return found[1] in sample and "member=" not in path

    crawl = Crawl(client, follow=follow).run("/")
    assert crawl.broken == []
    assert crawl.lost_fragments() == []
    assert named == set(ids), "a link to an indicator that is not held, or an indicator that nothing links to"
    for kind, count in {"/members/": 11, "/outcomes/": 8, "/plans/": 3}.items():
        assert sum(path.startswith(kind) and "?" not in path for path in crawl.pages) >= count
