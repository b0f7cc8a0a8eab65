"""Rule: the site gives each report once per edition and question, in the language of the address, to anybody, in turn."""

from __future__ import annotations

import io
import threading
from datetime import date

import pypdf
import pytest

from serantau.web.reports.turns import AT_ONCE, BusyError, turn
from tests.support.regions import THREELANDS
from tests.web.html_support import Document

FILES = [
    f"/reports/{who}/{kind}.{form}"
    for who in ("region", "QAA")
    for kind in ("full", "brief")
    for form in ("pdf", "docx")
]


@pytest.fixture
def site(settings, client, db):
    settings.SERANTAU_REGION = str(THREELANDS)
    settings.SERANTAU_TODAY = date(2026, 6, 1)
    return client


@pytest.mark.parametrize("path", FILES)
def test_a_report_is_a_file_with_a_tag(site, path):
    answer = site.get(path)
    assert answer.status_code == 200
    body = answer.content
    assert body.startswith(b"%PDF-" if path.endswith("pdf") else b"PK")
    assert answer["Content-Type"] == (
        "application/pdf"
        if path.endswith("pdf")
        else "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    assert 'filename="tl2030-' in answer["Content-Disposition"]
    assert site.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert site.get(path).content == body


def test_the_page_links_every_report(site):
    body = site.get("/reports/").content.decode()
    links = {one.get("href") for one in Document(body).all("a")}
    assert set(FILES) <= links
    for path in ("/", "/members/QAA/"):
        links = {one.get("href") for one in Document(site.get(path).content.decode()).all("a")}
        who = "region" if path == "/" else "QAA"
        assert f"/reports/{who}/brief.pdf" in links


def test_the_question_goes_along(site):
    one = site.get("/reports/region/brief.pdf", {"as_of": "2025-01-31"}).content
    assert "31 January 2025" in " ".join(
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(one)).pages
    )


@pytest.mark.parametrize(
    "path,status",
    [
        ("/reports/XXX/full.pdf", 404),
        ("/reports/region/other.pdf", 404),
        ("/reports/region/full.odt", 404),
        ("/reports/region/full.pdf?plan=tl2020", 404),
        ("/reports/region/full.pdf?as_of=1990-01-01", 404),
        ("/reports/region/full.pdf?as_of=nonsense", 400),
        ("/reports/region/full.pdf?plan=nonsense", 400),
        ("/reports/region/full.pdf?language=zz", 400),
        ("/reports/..%2f..%2fetc/full.pdf", 404),
    ],
)
def test_what_there_is_not_is_a_friendly_page(site, path, status):
    answer = site.get(path)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1" in answer.content.decode()


def test_reports_are_for_reading(site):
    assert site.post("/reports/region/full.pdf").status_code == 405


def test_few_reports_are_set_at_once():
    holding, let_go = threading.Barrier(AT_ONCE + 1), threading.Event()

    def hold():
        with turn():
            holding.wait()
            let_go.wait()

    threads = [threading.Thread(target=hold) for _ in range(AT_ONCE)]
    for one in threads:
        one.start()
    holding.wait()
    try:
        with pytest.raises(BusyError), turn(0.05):
            pass
    finally:
        let_go.set()
        for one in threads:
            one.join()
    with turn(0.05):
        pass
