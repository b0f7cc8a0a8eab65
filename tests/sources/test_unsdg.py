"""UN SDG database: specimens written by hand after https://unstats.un.org/SDGAPI/swagger/ , with invented figures."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from serantau.sources import Client, FetchedRow, Limits, Query, Skipped, SourceError
from serantau.sources.unsdg import fetch_unsdg

FAST = Limits(total_seconds=5, attempts=2, backoff_seconds=0.01)
# M49 is a three-digit code; 991 and 992 are given to nobody, 004 stands for a code with leading zeros.
QUERY = Query("coverage", "XX_COV", {"QAA": "991", "QBB": "992", "QCC": "004"})


def row(area, year, value, *, nature="C", **dimensions):
    return {
        "goal": ["9"],
        "target": ["9.c"],
        "indicator": ["9.c.1"],
        "series": "XX_COV",
        "seriesDescription": "Invented coverage",
        "seriesCount": "3",
        "geoAreaCode": area,
        "geoAreaName": "Invented",
        "timePeriodStart": float(year),
        "value": value,
        "valueType": "Float",
        "upperBound": None,
        "lowerBound": None,
        "source": "invented",
        "footnotes": [""],
        "attributes": {"Nature": nature, "Units": "PERCENT"},
        "dimensions": {"Reporting Type": "G", **dimensions},
    }


ROWS = [
    row("991", 2020, "50.5"),
    row("991", 2021, "NaN"),
    row("992", 2020, "<0.1"),
    row("992", 2021, "3.25", nature="E"),
    row("4", 2020, "7"),
    row("4", 2019, "6", nature="NA"),
]


def serving(rows):
    def script(handler):
        asked = parse_qs(urlsplit(handler.path).query)
        size, page = int(asked["pageSize"][0]), int(asked["page"][0])
        document = {
            "size": size,
            "totalElements": len(rows),
            "totalPages": -(-len(rows) // size),
            "pageNumber": page,
            "attributes": [{"id": "Nature", "codes": [{"code": "C", "description": "Country data", "sdmx": "C"}]}],
            "dimensions": [{"id": "Reporting Type", "codes": [{"code": "G", "description": "Global", "sdmx": "G"}]}],
            "data": rows[(page - 1) * size : page * size],
        }
        handler.reply(body=json.dumps(document).encode())

    return script


def fetched(server, query=QUERY, **more):
    with Client(allow_private=frozenset({server.origin}), limits=FAST, seed=1) as client:
        return fetch_unsdg(client, query, endpoint=f"{server.base}/v1/sdg", **more)


@pytest.mark.parametrize("page_size", [1, 2, 4, 1000])
def test_figures_bounds_and_blanks_are_told_apart(server, page_size):
    server.script = serving(ROWS)
    series = fetched(server, page_size=page_size)
    assert series.rows == (
        FetchedRow("QAA", 2020, 50.5),
        FetchedRow("QBB", 2021, 3.25, "estimated"),
        FetchedRow("QCC", 2020, 7.0),
    )
    assert series.skipped == (
        Skipped("QBB", 2020, "<0.1", "a bound, not a figure"),
        Skipped("QCC", 2019, "6", "marked as not relevant or not available"),
    )
    assert len(server.asked) == -(-6 // page_size)


def test_areas_are_asked_by_m49_and_years_as_a_list(server):
    server.script = serving([])
    assert fetched(server, Query("coverage", "XX_COV", {"QAA": "991", "QCC": "004"}, first=2020, last=2021)).rows == ()
    asked = parse_qs(urlsplit(server.paths[0]).query)
    assert asked["areaCode"] == ["991", "4"]
    assert asked["timePeriod"] == ["2020", "2021"]
    assert asked["seriesCode"] == ["XX_COV"]


def test_half_a_range_of_years_is_cut_on_arrival(server):
    server.script = serving(ROWS)
    series = fetched(server, Query("coverage", "XX_COV", QUERY.areas, first=2021))
    assert series.rows == (FetchedRow("QBB", 2021, 3.25, "estimated"),)


SPLIT = [
    row("991", 2020, "40", Sex="FEMALE"),
    row("991", 2020, "60", Sex="MALE"),
    row("991", 2020, "50", Sex="BOTHSEX"),
]


def test_a_breakdown_must_be_chosen(server):
    server.script = serving(SPLIT)
    with pytest.raises(SourceError, match=r"Sex \(BOTHSEX, FEMALE, MALE\).*--where"):
        fetched(server)
    series = fetched(server, Query("coverage", "XX_COV", QUERY.areas, where={"Sex": "BOTHSEX"}))
    assert series.rows == (FetchedRow("QAA", 2020, 50.0),)


@pytest.mark.parametrize("where, says", [({"Age": "15+"}, "no dimension 'Age'"), ({"Sex": "X"}, "BOTHSEX")])
def test_a_choice_that_does_not_exist_is_a_message(server, where, says):
    server.script = serving(SPLIT)
    with pytest.raises(SourceError) as caught:
        fetched(server, Query("coverage", "XX_COV", QUERY.areas, where=where))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        row("991", 2020, "12 %"),
        row("991", 2020, "1,234"),
        row("123", 2020, "1"),
        row("Qland", 2020, "1"),
        row("991", 20225, "1"),
        {**row("991", 2020, "1"), "series": "YY"},
        {**row("991", 2020, "1"), "dimensions": "none"},
        {**row("991", 2020, "1"), "timePeriodStart": 2020.5},
        "row",
    ],
)
def test_a_bad_row_refuses_the_whole_series(server, bad):
    server.script = serving([row("992", 2020, "1"), bad])
    with pytest.raises(SourceError):
        fetched(server)


@pytest.mark.parametrize("body", [b"[]", b'{"data": []}', b'{"totalPages": 1, "totalElements": 5, "data": []}', b"{"])
def test_another_document_is_refused(server, body):
    server.script = lambda handler: handler.reply(body=body)
    with pytest.raises(SourceError):
        fetched(server)


def test_an_area_that_is_no_m49_code_is_refused_before_anything_is_asked(server):
    with pytest.raises(SourceError, match="no M49 code"):
        fetched(server, Query("coverage", "XX_COV", {"QAA": "QAA"}))
    assert server.asked == []
