"""Rule: every page has one address in each language, and says in its headers what the language depended on.

The server is a real one on a copy of the invented region to which one file was added: a catalogue. Every message of
the invented language stands between marks, so what is missing from the catalogues shows on the page.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest

from tests.support.languages import write_pseudo
from tests.support.regions import copy_of_threelands
from tests.support.site import live_site
from tests.web.html_support import Document

PAGES = (
    "/",
    "/members/QAA/",
    "/outcomes/tl2030-o2/",
    "/indicators/",
    "/indicators/coverage/",
    "/data/",
    "/plans/tl2030/",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    region = copy_of_threelands(tmp_path_factory.mktemp("spoken"))
    write_pseudo(region / "languages" / "qaa.po")
    with live_site(region) as running:
        yield running


def get(site, path, **headers):
    request = urllib.request.Request(site.url + path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read().decode()


def lang(body):
    return re.search(r'<html lang="([^"]+)"', body)[1]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_the_language_of_its_address(site, path):
    status, headers, body = get(site, f"{path}?language=qaa", Accept_Language="en")
    assert status == 200
    assert lang(body) == headers["Content-Language"] == "qaa"
    assert "⟦Skip to the content⟧" in body
    assert "¡THE THREE LANDS!" in body
    assert "Accept-Language" not in headers.get("Vary", ""), "the address alone decides"
    assert "no-cache" in headers["Cache-Control"] and "public" in headers["Cache-Control"]
    assert headers.get("Set-Cookie") is None, "a page that anybody may keep carries no cookie"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_site_carries_the_language(site, path):
    _, _, body = get(site, f"{path}?language=qaa")
    links = [one.get("href") for one in Document(body).all("a")]
    within = [link for link in links if link and link.startswith("/") and "language=" not in link]
    assert within == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_that_people_read_stays_in_english(site, path):
    """Of the words of the page's own frame, headings and buttons none is left without the marks of the language."""
    _, _, body = get(site, f"{path}?language=qaa")
    plain = [
        one.text.strip()
        for one in Document(body).all("h2", "h3", "th", "button", "label", "dt", "figcaption")
        if re.search("[A-Za-z]{3}", re.sub("⟦.*⟧|¡[^!]*!", "", one.text, flags=re.DOTALL))
    ]
    known = re.compile(
        r"TL20|TLM \d|^Q[A-C]{2}$|CSV|JSON|Statistical Union|tl-|[a-z]+\.csv|cc-|main|share-alike|Treaty|T-\d|Cable"
    )
    assert [text for text in plain if not known.search(text)] == []


def test_the_plain_address_follows_the_browser_and_says_so(site):
    _, headers, body = get(site, "/", Accept_Language="qaa-QM, en;q=0.5")
    assert lang(body) == "qaa"
    assert "Accept-Language" in headers["Vary"]
    _, headers, body = get(site, "/", Accept_Language="xx, yy")
    assert lang(body) == "en"
    assert "Accept-Language" in headers["Vary"]
    assert lang(get(site, "/")[2]) == "en"


def test_a_language_without_a_catalogue_is_not_offered(site):
    assert lang(get(site, "/", Accept_Language="sw")[2]) == "en"
    status, _, body = get(site, "/?language=sw")
    assert status == 400
    assert "does not speak the language" in body


@pytest.mark.parametrize("wrong", ["xx", "qaa%00", "..%2F..", "qaa&language=en", "a" * 5000])
def test_an_impossible_language_is_a_friendly_refusal(site, wrong):
    status, headers, body = get(site, f"/?language={wrong}")
    assert status == 400
    assert headers["Content-Type"].startswith("text/html")
    assert "Traceback" not in body


def test_an_empty_language_is_no_choice(site):
    assert get(site, "/?language=")[0] == 200


def test_each_language_has_its_own_tag_and_its_own_not_modified(site):
    tags = {}
    for tag in ("en", "qaa"):
        _, headers, _ = get(site, f"/?language={tag}")
        tags[tag] = headers["ETag"]
        assert get(site, f"/?language={tag}", If_None_Match=headers["ETag"])[0] == 304
    assert tags["en"] != tags["qaa"]
    assert get(site, "/", Accept_Language="qaa", If_None_Match=tags["en"])[0] == 200


def test_the_page_names_its_other_languages(site):
    _, _, body = get(site, "/members/QAA/?plan=tl2030&language=qaa")
    found = {one.get("hreflang"): one.get("href") for one in Document(body).all("link") if one.get("hreflang")}
    assert found["en"] == "/members/QAA/?plan=tl2030&language=en"
    assert found["qaa"] == "/members/QAA/?plan=tl2030&language=qaa"
    switch = [one for one in Document(body).all("a") if one.get("hreflang") and one.get("lang")]
    assert "English" in {one.text for one in switch}


def test_an_unreviewed_translation_says_so_on_every_page(site):
    for path in PAGES:
        assert "⟦This translation has not been reviewed yet" in get(site, f"{path}?language=qaa")[2]
        assert "has not been reviewed" not in get(site, f"{path}?language=en")[2]


def test_errors_are_in_the_language_too(site):
    status, _, body = get(site, "/nowhere/?language=qaa")
    assert status == 404
    assert lang(body) == "qaa"
    assert "⟦There is no page at this address.⟧" in body


def test_data_for_programs_stay_in_the_language_of_the_facts(site):
    path = "/api/v1/members/"
    plain = get(site, "/api/v1/")
    spoken = get(site, "/api/v1/", Accept_Language="qaa")
    assert plain[2] == spoken[2]
    assert plain[1]["ETag"] == spoken[1]["ETag"]
    status, headers, body = get(site, f"{path}?nonsense=1", Accept_Language="qaa")
    assert status in {400, 404}
    assert headers["Content-Type"] == "application/problem+json"
    assert '"title":"⟦' in body
