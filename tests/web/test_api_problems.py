"""Rule: a wrong question gets a problem document (RFC 9457) that says what is wrong, where, and what to do."""

from __future__ import annotations

import shutil

import pytest

from tests.web.api_support import SHIPPED, THREELANDS, V1, addresses, at, problem_of

NAMES = ("plan", "member", "outcome", "indicator")


@pytest.fixture(autouse=True)
def three(settings):
    at(settings, THREELANDS)


@pytest.mark.parametrize(
    "address, parameter, nearest",
    [
        ("/standing?member=QAB", "member", "QAA"),
        ("/standing?outcome=tl2030-o9", "outcome", "tl2030-o"),
        ("/standing?plan=tl2O30", "plan", "tl2030"),
        ("/observations?indicator=coverag", "indicator", "coverage"),
        ("/trajectory?indicator=lines_per10", "indicator", "lines_per100"),
        ("/explain?member=QAA&outcome=O77", "outcome", "tl2030-o1"),
        ("/indicators?indicator=coverag", "indicator", "coverage"),
    ],
)
def test_a_name_that_there_is_not_is_404_and_names_the_nearest(client, address, parameter, nearest):
    response = client.get(V1 + address)
    assert response.status_code == 404
    body = problem_of(response)
    assert body["parameter"] == parameter
    assert nearest in body["detail"]


@pytest.mark.parametrize(
    "address, parameter, says",
    [
        ("/members?day=2024-01-01", "day", "no parameter"),
        ("/members?plan=tl2030", "plan", "no parameter"),
        ("/members?as_of=2024-13-01", "as_of", "calendar"),
        ("/members?as_of=yesterday", "as_of", "year-month-day"),
        ("/members?as_of=1800-01-01", "as_of", "1950 to 2100"),
        ("/members?known=2099-01-01", "known", "to come"),
        ("/members?as_of=2024-01-01&as_of=2024-01-02", "as_of", "2 times"),
        ("/observations?limit=0", "limit", "1 to 1000"),
        ("/observations?limit=1001", "limit", "1 to 1000"),
        ("/observations?limit=ten", "limit", "1 to 1000"),
        ("/observations?offset=-1", "offset", "0 to 10000000"),
        ("/observations?from=2024&to=2020", "from", "Exchange"),
        ("/observations?from=20225", "from", "1950 to 2100"),
        ("/convergence?from=2020&to=2020", "to", "Give two"),
        ("/standing?member=" + "x" * 101, "member", "100 characters"),
        ("/standing?member=%00", "member", "100 characters"),
        ("/trajectory", "indicator", "missing"),
        ("/explain?member=QAA", "outcome", "missing"),
        ("/trajectory?indicator=coverage&model=magic", "model", "linear, trend, logistic, damped"),
        ("/trajectory?indicator=coverage&slope=nan", "slope", "no number"),
        ("/trajectory?indicator=coverage&slope=inf", "slope", "no number"),
        ("/trajectory?indicator=coverage&ceiling=0", "ceiling", "no number"),
        ("/indicators?role=hero", "role", "score, figure"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_400_and_named(client, address, parameter, says):
    response = client.get(V1 + address)
    assert response.status_code == 400
    body = problem_of(response)
    assert body["parameter"] == parameter
    assert says in body["detail"]


@pytest.mark.parametrize(
    "address, says",
    [
        ("/trajectory?indicator=coverage&model=damped&slope=1", "models linear and logistic"),
        ("/trajectory?indicator=coverage&model=linear&ceiling=5", "model logistic"),
        ("/trajectory?indicator=outage_hours&model=logistic", "no ceiling is known"),
    ],
)
def test_parameters_that_do_not_go_together_are_400(client, address, says):
    response = client.get(V1 + address)
    assert response.status_code == 400
    assert says in problem_of(response)["detail"]


def test_a_relative_rating_has_no_path(client, settings):
    at(settings, SHIPPED)
    for name in ("trajectory", "convergence"):
        response = client.get(f"{V1}/{name}", {"indicator": "osi"})
        assert response.status_code == 400
        assert "never read as a trend" in problem_of(response)["detail"]


def test_one_who_is_no_member_on_the_day_is_404(client, settings):
    at(settings, SHIPPED)
    response = client.get(f"{V1}/standing", {"member": "TLS", "as_of": "2021-01-22"})
    assert response.status_code == 404
    assert "was not a member on 2021-01-22" in problem_of(response)["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_only_reading_is_answered(client, method):
    for path in [*addresses(client), "/api/", f"{V1}/", f"{V1}/openapi.json"]:
        response = getattr(client, method)(path)
        assert response.status_code == 405, path
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "GET" in problem_of(response)["detail"]


def test_a_post_without_a_token_is_no_other_error():
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(f"{V1}/members").status_code == 405


@pytest.mark.parametrize("path", [f"{V1}/nothing", "/api/v2/members", f"{V1}/members/", f"{V1}/../secret"])
def test_an_address_without_a_route_is_a_problem_too(client, path):
    response = client.get(path)
    assert response.status_code == 404
    problem_of(response)


def test_a_name_is_no_place_for_markup(client):
    response = client.get(f"{V1}/standing", {"member": "<script>"})
    assert response.status_code == 404
    assert problem_of(response)["parameter"] == "member"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_facts_that_do_not_load_are_503(client, settings, tmp_path):
    broken = shutil.copytree(THREELANDS, tmp_path / "broken")
    (broken / "members.yaml").write_text("members: [", encoding="utf-8")
    at(settings, broken)
    response = client.get(f"{V1}/members")
    assert response.status_code == 503
    assert "serantau check" in problem_of(response)["detail"]
    assert str(tmp_path) not in response.content.decode()
