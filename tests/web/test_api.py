"""Rule: the API says what the engines and the command line say, names the edition and the sources, and asks no database."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from serantau.base import AsOf
from serantau.bundle import load_bundle
from serantau.cli import main
from serantau.measure.standing import standing
from serantau.web.answers import period_of
from serantau.web.bundles import Keeper
from tests.web.api_support import REGIONS, SHIPPED, THREELANDS, TODAY, V1, addresses, at, get_json


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request, settings):
    at(settings, request.param)
    return load_bundle(request.param)


@pytest.fixture
def three(settings):
    at(settings, THREELANDS)


@pytest.fixture
def shipped(settings):
    at(settings, SHIPPED)


def by_command(region, *words):
    result = CliRunner().invoke(main, [*words, "--region", str(region), "--as-of", str(TODAY), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_operation_names_edition_day_and_knowledge(client, region):
    for path, query in addresses(client).items():
        body = get_json(client, path, **query)
        assert (body["edition"], body["as_of"], body["known"]) == (region.edition.label, "2026-11-21", None), path


def test_the_day_and_the_knowledge_asked_for_are_in_the_answer(client, region):
    body = get_json(client, f"{V1}/members", as_of="2024-12-31", known="2026-11-21")
    assert (body["as_of"], body["known"]) == ("2024-12-31", "2026-11-21")


def test_sources_and_licences_are_those_that_the_rows_name(client, region):
    body = get_json(client, f"{V1}/observations", limit=1000)
    assert {one["id"] for one in body["sources"]} == {name for row in body["rows"] for name in row["sources"]}
    assert {one["licence"] for one in body["licences"]} == {name for row in body["rows"] for name in row["licences"]}
    assert all(row["licences"] and row["grade"] and row["known"] for row in body["rows"])


@pytest.mark.parametrize("name", ["standing", "assessment", "explain", "trajectory", "convergence"])
def test_whatever_rests_on_figures_names_sources_and_licences(client, region, name):
    path = f"{V1}/{name}"
    body = get_json(client, path, **addresses(client)[path])
    if name == "convergence" and not any(row["compared"] for row in body["rows"]):
        assert body["sources"] == []  # three members are too few to compare, so no figure was used
        return
    assert body["sources"]
    assert all(one["attribution"] for one in body["licences"])
    assert body["licences"]


def test_every_operation_asks_the_database_for_the_edition_and_counts_itself(
    client, region, db, django_assert_max_num_queries
):
    found = addresses(client)
    with django_assert_max_num_queries(2 * (len(found) + 1)):
        for path, query in found.items():
            get_json(client, path, as_of="2025-06-30", **query)
        assert client.get("/api/").status_code == 200


# --- facts ---------------------------------------------------------------------------------------------------------------


def test_members_are_those_of_the_day(client, shipped):
    """Ten members when the plan was adopted; eleven since 26 October 2025."""
    before, after = (len(get_json(client, f"{V1}/members", as_of=day)["rows"]) for day in ("2025-10-25", "2025-10-26"))
    assert (before, after) == (10, 11)


def test_facts_are_the_region_s(client, region):
    plans = region.plans
    now = AsOf(TODAY)
    ids = {
        "members": [one.id for one in region.region.members_at(now)],
        "plans": [one.id for one in plans.plans(now)],
        "outcomes": [one.id for one in plans.outcomes(region.region.profile.default_plan, now)],
        "actions": [one.id for one in plans.actions(region.region.profile.default_plan, now)],
        "meetings": [one.id for one in plans.meetings(now)],
        "indicators": [one.id for one in region.measure.indicators],
    }
    for name, wanted in ids.items():
        rows = get_json(client, f"{V1}/{name}")["rows"]
        assert [row["id"] for row in rows] == wanted
        assert all({"source", "grade", "known", "valid_from"} <= row.keys() for row in rows)
    assert get_json(client, f"{V1}/region")["region"]["id"] == region.region.profile.id


def test_filters_of_facts(client, three):
    rows = get_json(client, f"{V1}/indicators", outcome="O2", role="score")["rows"]
    assert rows
    assert {(row["outcome"], row["role"]) for row in rows} == {("tl2030-o2", "score")}
    assert [row["id"] for row in get_json(client, f"{V1}/indicators", indicator="coverage")["rows"]] == ["coverage"]
    actions = get_json(client, f"{V1}/actions", outcome="tl2030-o2")["rows"]
    assert {row["outcome"] for row in actions} == {"tl2030-o2"}


# --- measured ------------------------------------------------------------------------------------------------------------


def test_standing_is_the_engine_s(client, region):
    plan = region.plans.plan(region.region.profile.default_plan)
    asof = AsOf(TODAY)
    members = [member.id for member in region.region.members_at(asof)]
    wanted = standing(region.measure, region.measure.index_of(plan.id), period_of(plan), members, asof)
    body = get_json(client, f"{V1}/standing")
    assert len(body["rows"]) == len(wanted.scores)
    for row in body["rows"]:
        score = wanted.scores[row["member"], row["outcome"]]
        assert {name: getattr(score, name) for name in row} == row
    assert [one["outcome"] for one in body["outcomes"]] == list(wanted.index.outcomes)


def test_standing_of_one_member_and_outcome(client, three):
    whole = get_json(client, f"{V1}/standing")["rows"]
    part = get_json(client, f"{V1}/standing", member="qaa", outcome="O2")
    assert part["rows"] == [row for row in whole if (row["member"], row["outcome"]) == ("QAA", "tl2030-o2")]
    assert [one["outcome"] for one in part["outcomes"]] == ["tl2030-o2"]


def test_a_plan_that_nobody_measures_has_no_scores_and_says_so(client, three):
    for name in ("standing", "assessment", "convergence"):
        body = get_json(client, f"{V1}/{name}", plan="tl2020")
        assert body["rows"] == []
        assert any("how the outcomes of this plan are measured" in note for note in body["notes"])


def test_before_the_first_member_nothing_is_measured(client, three):
    body = get_json(client, f"{V1}/standing", as_of="1960-01-01")
    assert body["rows"] == []
    assert any("no member on that day" in note for note in body["notes"])


def test_assessment_is_that_of_the_command_line(client, region):
    rows = get_json(client, f"{V1}/assessment")["rows"]
    wanted = by_command(region.root, "measure", "assess")["rows"]
    assert len(rows) == len(wanted)
    for row, other in zip(rows, wanted, strict=True):
        for name in ("outcome", "indicator", "member", "unit", "change", "better", "gap", "goalpost"):
            assert row[name] == other[name]
        for name in ("before", "latest"):
            assert (row[name] or {"value": None})["value"] == other[name]
        assert (row["missing"] or None) == other["missing"]


@pytest.mark.parametrize(
    "region_path, indicator",
    [(THREELANDS, "coverage"), (THREELANDS, "lines_per100"), (THREELANDS, "user_parity"), (SHIPPED, "internet_users")],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_trajectory_is_that_of_the_command_line(client, settings, region_path, indicator):
    at(settings, region_path)
    body = get_json(client, f"{V1}/trajectory", indicator=indicator)
    assert body["rows"] == by_command(region_path, "measure", "trajectory", indicator)["rows"]


def test_a_given_model_is_followed(client, three):
    """Outages fall by one hour a year from 28, 60 and 11 in 2024: six years on they are 22, 54 and 5."""
    body = get_json(client, f"{V1}/trajectory", indicator="outage_hours", model="linear", slope="-1", until="2030")
    assert {row["member"]: row["projected"] for row in body["rows"]} == {"QAA": 22.0, "QBB": 54.0, "QCC": 5.0}
    assert body["model"] == "linear"


def test_convergence_is_that_of_the_command_line(client, shipped):
    rows = get_json(client, f"{V1}/convergence")["rows"]
    assert rows == by_command(SHIPPED, "measure", "convergence")["rows"]
    years = {"from": "2015", "to": "2020"}
    one = get_json(client, f"{V1}/convergence", indicator="internet_users", **years)["rows"]
    words = ("measure", "convergence", "internet_users", "--from", "2015", "--to", "2020")
    assert one == by_command(SHIPPED, *words)["rows"]


def test_a_score_unfolds_to_its_figures(client, region):
    """Of an arithmetic mean, the contributions of the parts add up to the score; every figure names its sources."""
    for row in get_json(client, f"{V1}/standing")["rows"]:
        body = get_json(client, f"{V1}/explain", member=row["member"], outcome=row["outcome"])
        if row["score"] is None:
            assert body["why"] or body["score"]["missing"]
            continue
        assert body["score"]["score"] == pytest.approx(row["score"])
        known = {one["id"] for one in body["sources"]} | {"recalled"}
        _check_node(body["score"], known)


def _check_node(node, known):
    parts = [part["contribution"] for part in node["parts"] if part["contribution"] is not None]
    if node["method"] == "arithmetic" and node["score"] is not None:
        assert sum(parts) == pytest.approx(node["score"], abs=1e-6)
    if node["figure"]:
        assert set(node["figure"]["sources"]) <= known
        assert {one["member"] for one in node["observations"]} == {node["figure"]["member"]}
    for part in node["parts"]:
        _check_node(part, known)


# --- a user's own rows ---------------------------------------------------------------------------------------------------


def test_rows_of_a_user_s_own_are_never_public(tmp_path):
    from serantau.measure.indicators import Role
    from serantau.measure.load import without_own

    header = "indicator,member,year,value,source,grade,known,flags,note\n"
    (tmp_path / "mine.csv").write_text(header + "trust_survey,QAA,2024,60,tl-closed,primary,2025-06-01,,\n", "utf-8")
    whole, public = load_bundle(THREELANDS, tmp_path), load_bundle(THREELANDS)
    assert [row.flags for row in whole.measure.observations if row.indicator == "trust_survey"] == ["own"]
    assert whole.measure.by_id["trust_survey"].role is not Role.SLOT
    kept = without_own(whole.measure)
    assert kept.observations == public.measure.observations
    assert kept.indicators == public.measure.indicators
    assert kept.files == public.measure.files
    assert without_own(public.measure) is public.measure


def test_the_site_serves_the_facts_without_own_rows():
    answers = Keeper(THREELANDS).answers()
    assert not [row for row in answers.bundle.measure.observations if "own" in row.flags.split()]
    assert answers.figures(AsOf(date(2024, 12, 31))).series("coverage", "QAA")
