"""Rule: a pasted inventory is decided as the engine decides it, is bounded, and is kept nowhere."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.api_support import THREELANDS, at
from tests.web.html_support import Document, accessibility_defects

ADDRESS = "/govern/inventory/"
FIXED = {"sector": "general", "exporter": "controller/private", "recipient": "processor"}
GOOD = (
    "id,origin,destination,data,holds\nfirst,XA,JP,personal,\nsecond,QBB,JP,personal,clauses\nthird,XA,XA,personal,\n"
)


@pytest.fixture
def site(settings, client, db):
    at(settings, THREELANDS)
    return client


def post(site, text="", status=200, **more):
    response = site.post(ADDRESS, {**FIXED, "table": text, **more})
    assert response.status_code == status, response.content.decode()[:3000]
    return Document(response.content.decode())


def text_of(document):
    return " ".join(document.all("main")[0].text.split())


def test_each_row_is_decided_as_the_engine_decides_it(site):
    from serantau.bundle import load_bundle, today
    from serantau.govern.flow import Flow
    from serantau.govern.table import compile_rules
    from serantau.web.govern.words import decision_word

    bundle = load_bundle(THREELANDS)
    table = compile_rules(bundle.law, bundle.homes, today())
    page = post(site, GOOD)
    text = text_of(page)
    for name, origin, destination, holds in (
        ("first", "QAA", "JP", frozenset()),
        ("second", "QBB", "JP", frozenset({"clauses"})),
        ("third", "QAA", "XA", frozenset()),
    ):
        flow = Flow(origin, destination, "personal", *FIXED.values(), holds=holds)
        assert name in text
        assert str(decision_word(table.explain(flow).decision)) in text
    assert accessibility_defects(page) == []


def test_a_chosen_file_says_the_same(site):
    upload = SimpleUploadedFile("transfers.csv", b"\xef\xbb\xbf" + GOOD.replace(",", ";").encode(), "text/csv")
    assert "second" in text_of(post(site, file=upload))


def test_the_form_explains_itself(site):
    response = site.get(ADDRESS)
    page = Document(response.content.decode())
    assert "kept nowhere" in text_of(page)
    assert "no legal advice" in text_of(page)
    assert accessibility_defects(page) == []
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "is empty"),
        ("colour\nred\n", "'colour' is no column"),
        ("origin,origin\nXA,XA\n", "stands twice"),
        ("origin,destination,data\n", "no row"),
        ("origin,destination,data\nXA,JP\n", "Line 2 has 2 cells"),
        ("origin,destination,data\nZZ,JP,personal\nXA,JP,nonsense\n", "2 cells hold what nobody knows"),
        ("origin,destination\nXA,JP\n", "no column 'data'"),
        ('origin,destination,data\n"XA,JP,personal\n', "no CSV"),
        ("origin,destination,data\n" + "XA,JP,personal\n" * 1001, "more than 1,000 rows"),
        ("origin,destination,data\nXA,JP," + "x" * 201, "more than 200 letters"),
        ("origin,destination,data\nXA,JP,a\x00b", "no text"),
        ("origin,destination,data\n" + " " * 300_001, "larger than 300 kB"),
        ("<script>alert(1)</script>\n1\n", "is no column"),
    ],
)
def test_rubbish_gets_a_sentence(site, text, says):
    page = post(site, text, 400)
    assert says in text_of(page)
    assert page.all("script") == []


def test_a_body_that_is_too_large_is_not_read(site):
    response = site.post(ADDRESS, {"table": "x" * 2_000_000})
    assert response.status_code == 413
    assert "larger than 300 kB" in response.content.decode()


def test_a_file_that_is_no_text(site):
    post(site, status=400, file=SimpleUploadedFile("a.csv", b"\xff\xfe\x00junk"))


def test_a_form_without_its_token_is_refused(settings, db):
    at(settings, THREELANDS)
    assert Client(enforce_csrf_checks=True).post(ADDRESS, {**FIXED, "table": GOOD}).status_code == 403


def test_nothing_is_kept(site, settings, tmp_path, caplog, monkeypatch):
    secret = "kestrel-4711"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    before = set(_files(Path(settings.SERANTAU_DATA)))
    upload = SimpleUploadedFile("transfers.csv", GOOD.replace("first", secret).encode(), "text/csv")
    with CaptureQueriesContext(connection) as asked:
        response = site.post(ADDRESS, {**FIXED, "table": "", "file": upload})
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert not any(secret in query["sql"] for query in asked)
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert set(_files(Path(settings.SERANTAU_DATA))) == before
    assert list(tmp_path.iterdir()) == []
    assert secret not in caplog.text
    assert secret not in site.get(ADDRESS).content.decode()


def _files(folder: Path) -> list[str]:
    return [str(Path(place, name)) for place, _, names in os.walk(folder) for name in names]
