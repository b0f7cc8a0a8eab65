"""World Bank Indicators API: specimens written by hand after its documentation, with invented figures of invented countries.

Documentation: https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structure .
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from serantau.sources import Client, FetchedRow, Limits, Query, Skipped, SourceError
from serantau.sources.worldbank import fetch_worldbank

FAST = Limits(total_seconds=5, attempts=2, backoff_seconds=0.01)
QUERY = Query(
    "coverage",
    "XX.COV.ZS",
    {"QAA": "QAA", "QBB": "QBB"},
    first=2020,
    last=2022,
    source_id="worldbank_api",
    licence="CC BY 4.0",
)


def row(member, year, value, **more):
    return {
        "indicator": {"id": "XX.COV.ZS", "value": "Invented coverage (%)"},
        "country": {"id": member[:2], "value": "Invented"},
        "countryiso3code": member,
        "date": str(year),
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 1,
        **more,
    }


ROWS = [
    row("QAA", 2022, 71.5),
    row("QAA", 2021, 70),
    row("QAA", 2020, None),
    row("QBB", 2022, 12.25, obs_status="E"),
    row("QBB", 2021, 11.125, obs_status="F"),
]


def serving(rows, **head):
    """The service's paging: as many rows a page as asked, pages counted from 1."""

    def script(handler):
        asked = parse_qs(urlsplit(handler.path).query)
        size, page = int(asked["per_page"][0]), int(asked["page"][0])
        pages = -(-len(rows) // size)
        top = {"page": page, "pages": pages, "per_page": size, "total": len(rows), "sourceid": "2", **head}
        part = rows[(page - 1) * size : page * size]
        handler.reply(body=json.dumps([top, part]).encode(), kind="application/json;charset=utf-8")

    return script


def fetched(server, query=QUERY, **more):
    with Client(allow_private=frozenset({server.origin}), limits=FAST, seed=1) as client:
        return fetch_worldbank(client, query, endpoint=f"{server.base}/v2", **more)


@pytest.mark.parametrize("per_page", [1, 2, 3, 5, 1000])
def test_every_page_is_read_whatever_its_size(server, per_page):
    server.script = serving(ROWS, lastupdated="2026-07-13")
    series = fetched(server, per_page=per_page)
    assert series.rows == (
        FetchedRow("QAA", 2021, 70.0),
        FetchedRow("QAA", 2022, 71.5),
        FetchedRow("QBB", 2022, 12.25, "estimated"),
    )
    # a forecast is no observation
    assert series.skipped == (Skipped("QBB", 2021, "11.125", "a forecast"),)
    assert (series.published, series.licence, series.source_id) == ("2026-07-13", "CC BY 4.0", "worldbank_api")
    assert len(server.asked) == -(-5 // per_page)


def test_the_request_is_as_documented(server):
    server.script = serving(ROWS)
    fetched(server)
    assert server.paths == ["/v2/country/QAA;QBB/indicator/XX.COV.ZS?format=json&per_page=1000&page=1&date=2020:2022"]


def test_no_row_at_all_is_an_empty_series(server):
    server.script = lambda handler: handler.reply(body=b'[{"page":0,"pages":0,"per_page":0,"total":0},null]')
    assert fetched(server).rows == ()


ERROR = b'[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]'


@pytest.mark.parametrize("status", [200, 400, 404])
def test_the_services_own_error_is_passed_on(server, status):
    server.script = lambda handler: handler.reply(status, ERROR)
    with pytest.raises(SourceError, match=r"120 Invalid value: The provided parameter value is not valid\."):
        fetched(server)


@pytest.mark.parametrize(
    "body, says",
    [
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3', "broken at line 1"),
        (b"{}", "not what the format has"),
        (b"[]", "empty list"),
        (b"[1, 2]", "not what the format has"),
        (b'[{"page":1,"pages":1,"total":1},[1]]', "row 1"),
        (b'[{"page":1,"pages":"many","total":1},[]]', "pages"),
        (b'[{"page":1,"pages":1,"total":2},[]]', "0 rows came of 2"),
        (b'[{"page":1,"pages":9999,"total":2},[]]', "9999 pages"),
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3code":"QAA","date":"2020","value":NaN}]]', "NaN"),
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3code":"QAA","date":"2020","value":"12"}]]', "the value"),
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3code":"QAA","date":"2020","value":true}]]', "the value"),
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3code":"QAA","date":"2020Q1","value":1}]]', "2020Q1"),
        (b'[{"page":1,"pages":1,"total":1},[{"countryiso3code":"QZZ","date":"2020","value":1}]]', "QZZ"),
        (b'[{"page":3,"pages":1,"total":1},[{"countryiso3code":"QAA","date":"2020","value":1}]]', "page 3"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_another_shape_is_refused_whole(server, body, says):
    server.script = lambda handler: handler.reply(body=body)
    with pytest.raises(SourceError) as caught:
        fetched(server)
    assert says in str(caught.value)


def test_a_figure_that_comes_twice_is_refused(server):
    server.script = serving([row("QAA", 2020, 1.0), row("QAA", 2020, 2.0)])
    with pytest.raises(SourceError, match="two figures for QAA in 2020"):
        fetched(server)


def test_a_page_that_fails_later_gives_nothing(server):
    play = serving(ROWS)

    def script(handler):
        handler.reply(500) if "page=2" in handler.path else play(handler)

    server.script = script
    with pytest.raises(SourceError, match="500"):
        fetched(server, per_page=2)
