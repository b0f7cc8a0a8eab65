"""Rule: every table of the pages can be had as a file that says where each figure is from and what one may do with it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import AsOf
from serantau.bundle import load_bundle
from serantau.web.api.tables import FORMULA, csv_bytes
from tests.web.api_support import REGIONS, SHIPPED, THREELANDS, TODAY, V1, at, get_json

NUMBERS = {"score", "rank", "value", "year", "change", "percent_of_base_year", "have", "of"}


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request, settings):
    at(settings, request.param)
    return load_bundle(request.param)


@pytest.fixture
def three(settings):
    at(settings, THREELANDS)


def read_csv(response):
    assert response.status_code == 200, response.content[:300]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))


def addresses(bundle):
    """One address, without its ending, for each kind of table."""
    plan = bundle.region.profile.default_plan
    outcome = bundle.plans.outcomes(plan, AsOf(TODAY))[1].id
    stems = [table.file.rpartition("/")[2].removesuffix(".csv") for table in bundle.measure.tables]
    return [
        "/standing",
        f"/outcomes/{outcome}",
        f"/members/{bundle.region.members[0].id}",
        f"/indicators/{bundle.measure.observations[0].indicator}",
        *(f"/data/{stem}" for stem in stems),
    ]


def test_every_table_is_an_attachment_with_a_name_that_is_a_name(client, region):
    for address in addresses(region):
        for form in ("csv", "json"):
            response = client.get(f"{address}.{form}")
            found = response.headers["Content-Disposition"]
            assert re.fullmatch(rf'attachment; filename="[A-Za-z0-9_.-]+-2026-11-21\.{form}"', found)
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_json_twin_has_the_same_rows_and_says_where_they_are_from(client, region):
    for address in addresses(region):
        response = client.get(f"{address}.csv")
        rows = read_csv(response)
        twin = get_json(client, f"{address}.json")
        assert response.headers["Link"] == f'<{address}.json>; rel="describedby"; type="application/json"'
        assert len(rows) == len(twin["rows"]) > 0
        assert list(rows[0]) == twin["columns"]
        for row, other in zip(rows, twin["rows"], strict=True):
            for name in NUMBERS & set(twin["columns"]):
                assert (float(row[name]) if row[name] else None) == other[name]
        assert twin["edition"] == region.edition.label
        assert {one["id"] for one in twin["sources"]} >= {name for row in twin["rows"] for name in row["source"]} - {
            "recalled"
        }
        assert {one["licence"] for one in twin["licences"]} >= {name for row in twin["rows"] for name in row["licence"]}
        assert all(one["attribution"] for one in twin["licences"])


def test_every_row_with_a_figure_names_source_attribution_licence_and_edition(client, region):
    for address in addresses(region):
        for row in read_csv(client.get(f"{address}.csv")):
            if row.get("value") or row.get("score"):
                assert row["source"], address
                assert row["attribution"]
                assert row["licence"]
            assert row["edition"] == region.edition.label
            assert row["as_of"] == "2026-11-21"


def test_the_overview_is_the_standing(client, region):
    rows = read_csv(client.get("/standing.csv"))
    wanted = get_json(client, f"{V1}/standing")["rows"]
    key = lambda row: (row["outcome"], row["member"])  # noqa: E731
    for row, other in zip(sorted(rows, key=key), sorted(wanted, key=key), strict=True):
        assert key(row) == key(other)
        assert (float(row["score"]) if row["score"] else None) == other["score"]
        assert (int(row["rank"]) if row["rank"] else None) == other["rank"]


def test_the_figures_of_an_indicator_are_those_of_the_api(client, region):
    for indicator in [one.id for one in region.measure.indicators][::25]:
        rows = read_csv(client.get(f"/indicators/{indicator}.csv"))
        wanted = get_json(client, f"{V1}/observations", indicator=indicator, limit=1000)["rows"]
        assert [(row["member"], int(row["year"]), float(row["value"])) for row in rows] == [
            (row["member"], row["year"], row["value"]) for row in wanted
        ]
        for row, other in zip(rows, wanted, strict=True):
            assert row["source"].split("; ") == other["sources"]
            assert row["flags"].split("; ") == (other["flags"] or [""])
            assert (row["grade"], row["known"]) == (other["grade"], other["known"])


def test_the_files_together_hold_every_row_once(client, region):
    """The files of the bundle, read here again with the csv module alone, are what the downloads hold."""
    for table in region.measure.tables:
        stem = table.file.rpartition("/")[2].removesuffix(".csv")
        with (region.root / table.file).open(encoding="utf-8", newline="") as file:
            wanted = [
                (r["indicator"], r["member"], r["year"], float(r["value"]), r["known"]) for r in csv.DictReader(file)
            ]
        rows = read_csv(client.get(f"/data/{stem}.csv"))
        assert [(r["indicator"], r["member"], r["year"], float(r["value"]), r["known"]) for r in rows] == wanted
        assert {row["licence"] for row in rows} == {table.licence}


def test_share_alike_rows_stand_in_files_of_their_own(client, settings):
    at(settings, SHIPPED)
    rows = read_csv(client.get("/data/cc-by.csv"))
    assert {row["licence"] for row in rows} == {"CC BY 4.0"}
    assert "Share-alike" in get_json(client, "/data/uis-cc-by-sa.json")["licences"][0]["attribution"]


def test_one_outcome_has_a_row_for_each_indicator_and_member_also_without_a_figure(client, three):
    rows = read_csv(client.get("/outcomes/tl2030-o2.csv"))
    assert {row["outcome"] for row in rows} == {"tl2030-o2"}
    assert {row["member"] for row in rows} == {"QAA", "QBB", "QCC"}
    for row in rows:
        assert (row["missing"] == "no figure") == (row["value"] == "")


def test_one_member_has_rows_of_its_own_only(client, three):
    rows = read_csv(client.get("/members/QBB.csv"))
    assert {row["member"] for row in rows} == {"QBB"}
    assert len({row["outcome"] for row in rows}) > 1


def test_the_question_is_carried_over(client, three):
    old, new = (read_csv(client.get("/standing.csv", {"as_of": day})) for day in ("2022-06-30", "2024-06-30"))
    assert {row["last_year"] for row in old} == {"2022"}
    assert {row["last_year"] for row in new} == {"2024"}
    response = client.get("/standing.csv", {"as_of": "2024-06-30", "known": "2026-01-31"})
    assert 'standing-tl2030-2024-06-30-known-2026-01-31.csv"' in response.headers["Content-Disposition"]
    assert "</standing.json?as_of=2024-06-30&known=2026-01-31>" in response.headers["Link"]


def test_what_a_tracker_adds_goes_nowhere(client, three):
    plain, tracked = client.get("/standing.csv"), client.get("/standing.csv", {"utm_source": "x\r\nSet-Cookie: a=b"})
    assert tracked.content == plain.content
    assert tracked.headers["Link"] == plain.headers["Link"]


def test_an_outcome_of_another_plan_is_of_that_plan(client, settings):
    at(settings, SHIPPED)
    body = get_json(client, "/outcomes/adm2030-do1.json")
    assert (body["plan"], body["rows"]) == ("adm2030", [])


@pytest.mark.parametrize(
    "address, nearest",
    [
        ("/outcomes/tl2030-o9", "tl2030-o"),
        ("/members/QAB", "QAA"),
        ("/indicators/coverag", "coverage"),
        ("/data/maine", "main"),
        ("/data/..", ""),
        ("/data/%2e%2e%2f%2e%2e%2fregion", ""),
        ("/outcomes/%3Cscript%3E", ""),
    ],
)
def test_a_table_that_there_is_not_is_404_and_the_nearest_is_named(client, three, address, nearest):
    for form in ("csv", "json"):
        response = client.get(f"{address}.{form}")
        assert response.status_code == 404
        assert nearest in response.content.decode()
        assert "<script>" not in response.content.decode()


def test_the_bytes_are_the_same_each_time_and_have_a_tag(client, region):
    from serantau.web.site.answering import CACHE

    for address in addresses(region):
        first = client.get(f"{address}.csv")
        tag = first.headers["ETag"]
        assert client.get(f"{address}.csv", headers={"If-None-Match": tag}).status_code == 304
        CACHE.__init__()  # so that it is rendered anew
        again = client.get(f"{address}.csv")
        assert (again.content, again.headers["ETag"]) == (first.content, tag)


def test_downloads_ask_the_database_for_the_edition_and_count_themselves(
    client, region, db, django_assert_max_num_queries
):
    wanted = list(addresses(region))
    client.get("/data/")
    with django_assert_max_num_queries(2 * len(wanted)):
        for address in wanted:
            client.get(f"{address}.json", {"as_of": "2025-01-31"})


# --- what a spreadsheet makes of it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [f"{mark}cmd|' /C calc'!A0" for mark in FORMULA])
def test_no_text_is_run_by_a_spreadsheet(text):
    row = next(csv.DictReader(io.StringIO(csv_bytes(["a"], [{"a": text}]).decode(), newline="")))
    assert row["a"] == f"'{text}"


def test_numbers_stay_numbers_and_the_unknown_is_empty():
    rows = [{"n": -1.5, "m": None, "t": True, "x": float("nan")}]
    assert csv_bytes(["n", "m", "t", "x"], rows) == b"n,m,t,x\r\n-1.5,,true,\r\n"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_comes_back_unless_it_would_be_run(texts):
    names = [f"c{at}" for at in range(len(texts))]
    written = csv_bytes(names, [dict(zip(names, texts, strict=True))])
    (row,) = csv.DictReader(io.StringIO(written.decode(), newline=""))
    for name, text in zip(names, texts, strict=True):
        kept = text.replace("\0", "")
        assert row[name] == (f"'{kept}" if kept.startswith(FORMULA) else kept)
        assert not row[name].startswith(FORMULA)
