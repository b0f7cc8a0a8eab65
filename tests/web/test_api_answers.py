"""Rule: an answer is named by its ETag, pages lead through every row once, and any origin may read without credentials."""

from __future__ import annotations

import re
import shutil

import pytest

from serantau.base import AsOf
from serantau.bundle import load_bundle
from serantau.measure.figures import Figures
from tests.web.api_support import REGIONS, SHIPPED, THREELANDS, TODAY, V1, addresses, at, get_json

NEXT = re.compile(r'<([^>]*)>; rel="next"')


@pytest.fixture
def three(settings):
    at(settings, THREELANDS)


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request, settings):
    at(settings, request.param)
    return request.param


# --- ETag ----------------------------------------------------------------------------------------------------------------


def test_what_you_have_is_not_sent_again(client, region):
    for path, query in {**addresses(client), f"{V1}/openapi.json": {}, f"{V1}/": {}}.items():
        first = client.get(path, query)
        tag = first.headers["ETag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag), path
        again = client.get(path, query, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), path
        weak = client.get(path, query, headers={"If-None-Match": f'"other", W/{tag}'})
        assert weak.status_code == 304
        assert client.get(path, query, headers={"If-None-Match": '"other"'}).status_code == 200


def test_another_question_has_another_tag(client, three):
    queries = [
        {},
        {"limit": "10"},
        {"limit": "11"},
        {"limit": "10", "offset": "10"},
        {"indicator": "coverage"},
        {"member": "QAA"},
        {"from": "2020"},
        {"to": "2020"},
        {"as_of": "2024-01-01"},
        {"known": "2026-11-20"},
    ]
    tags = [client.get(f"{V1}/observations", query).headers["ETag"] for query in queries]
    assert len(set(tags)) == len(queries)


def test_the_order_of_parameters_does_not_matter(client, three):
    one, other = (client.get(f"{V1}/observations?{q}") for q in ("limit=5&offset=5", "offset=5&limit=5"))
    assert (one.headers["ETag"], one.content) == (other.headers["ETag"], other.content)


def test_another_edition_has_another_tag(client, settings, tmp_path):
    copy = shutil.copytree(THREELANDS, tmp_path / "lands")
    at(settings, copy)
    before = client.get(f"{V1}/members")
    path = copy / "members.yaml"
    path.write_text(path.read_text("utf-8") + "\n# a remark\n", "utf-8")
    after = client.get(f"{V1}/members")
    assert before.headers["ETag"] != after.headers["ETag"]
    assert before.json()["edition"] != after.json()["edition"]


def test_a_tag_never_hides_a_problem(client, three):
    tag = client.get(f"{V1}/members").headers["ETag"]
    assert client.get(f"{V1}/members?day=1", headers={"If-None-Match": tag}).status_code == 400
    assert client.get(f"{V1}/standing?member=XXX", headers={"If-None-Match": "*"}).status_code == 404


def test_the_same_question_has_the_same_bytes(client, region):
    for path, query in addresses(client).items():
        assert client.get(path, query).content == client.get(path, query).content


def test_answers_may_be_kept_and_must_be_asked_about_again(client, three):
    assert client.get(f"{V1}/members").headers["Cache-Control"] == "public, no-cache"


# --- methods and origins -------------------------------------------------------------------------------------------------


def test_head_is_get_without_a_body(client, three):
    for path, query in addresses(client).items():
        got, head = client.get(path, query), client.head(path, query)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(got.content)
        assert head.headers["ETag"] == got.headers["ETag"]


def test_any_origin_may_read_and_none_with_credentials(client, three):
    for response in (
        client.get(f"{V1}/members", headers={"Origin": "https://elsewhere.example"}),
        client.get(f"{V1}/members?day=1", headers={"Origin": "https://elsewhere.example"}),
        client.options(f"{V1}/members", headers={"Origin": "https://elsewhere.example"}),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert not response.cookies
    preflight = client.options(f"{V1}/members")
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


# --- pages ---------------------------------------------------------------------------------------------------------------


def walk(client, address):
    rows, pages = [], 0
    while address:
        response = client.get(address)
        assert response.status_code == 200
        rows += response.json()["rows"]
        pages += 1
        following = NEXT.search(response.headers.get("Link", ""))
        address = following[1] if following else None
    return rows, pages


@pytest.mark.parametrize("limit", [1000, 997, 61])
def test_pages_lead_through_every_row_exactly_once(client, region, limit):
    """What the walk finds is what the figures of the bundle are, selected without the API."""
    rows, pages = walk(client, f"{V1}/observations?limit={limit}")
    facts = load_bundle(region).measure
    figures = Figures(facts.indicators, facts.observations, AsOf(TODAY))
    wanted = {
        (one.id, member, year): figure.value
        for one in facts.indicators
        for member in figures.members(one.id)
        for year, figure in figures.series(one.id, member).items()
    }
    keys = [(row["indicator"], row["member"], row["year"]) for row in rows]
    assert keys == sorted(wanted)
    assert {key: row["value"] for key, row in zip(keys, rows, strict=True)} == wanted
    assert pages == -(-len(wanted) // limit)


def test_a_walk_keeps_its_filters(client, settings):
    at(settings, SHIPPED)
    rows, pages = walk(client, f"{V1}/observations?indicator=internet_users&member=idn&from=2010&to=2020&limit=3")
    assert {(row["indicator"], row["member"]) for row in rows} == {("internet_users", "IDN")}
    assert [row["year"] for row in rows] == list(range(2010, 2021))
    assert pages == 4


def test_links_backwards_and_beyond_the_end(client, three):
    total = get_json(client, f"{V1}/observations")["total"]
    link = client.get(f"{V1}/observations?limit=10&offset=20").headers["Link"]
    for rel, offset in (("first", 0), ("prev", 10), ("next", 30), ("last", (total - 1) // 10 * 10)):
        assert f'<{V1}/observations?limit=10&offset={offset}>; rel="{rel}"' in link
    beyond = client.get(f"{V1}/observations?limit=10&offset=9999999")
    assert beyond.json()["rows"] == []
    assert 'rel="next"' not in beyond.headers["Link"]
    assert f'offset={(total - 1) // 10 * 10}>; rel="prev"' in beyond.headers["Link"]


def test_a_revision_that_was_not_yet_known_is_not_shown(client, three):
    """The invented region learnt of everything on known days; before the first of them it knew no figure."""
    assert get_json(client, f"{V1}/observations", known="2000-01-01")["total"] == 0


def test_no_figure_of_a_later_year_than_the_question(client, three):
    assert max(row["year"] for row in walk(client, f"{V1}/observations?as_of=2019-06-30&limit=1000")[0]) == 2019
