"""Rule: no question, however odd, makes the server fail; what it answers meets its own document."""

from __future__ import annotations

import contextlib
import re

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from serantau.web.api.parameters import PARAMETERS
from tests.web.api_support import REGIONS, THREELANDS, V1, at, document

NAMES = ("region", "members", "plans", "outcomes", "actions", "meetings", "indicators", "observations")
MEASURED = ("standing", "assessment", "trajectory", "convergence", "explain")
SPECTRUM = ("bands", "holdings", "common", "conflicts", "policy", "recommendations", "field")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FIXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

words = st.one_of(
    st.text(max_size=120),
    st.sampled_from(["QAA", "qbb", "O2", "tl2030-o2", "tl2030", "tl2020", "coverage", "lines_per100", "user_parity"]),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(
        [
            "linear",
            "t1",
            "sea",
            "logistic",
            "damped",
            "trend",
            "1e6",
            "-1e6",
            "0.000001",
            "2100",
            "1950",
            "９",
            "٣",
            "1_0",
        ]
    ),
)
queries = st.lists(st.tuples(st.sampled_from([*PARAMETERS, "junk"]) | st.text(max_size=12), words), max_size=6)


@pytest.fixture
def three(settings):
    at(settings, THREELANDS)


@settings(suppress_health_check=FIXED, max_examples=300)
@given(
    name=st.sampled_from([*NAMES, *MEASURED, *(f"spectrum/{name}" for name in SPECTRUM), "openapi.json", ""]),
    query=queries,
)
def test_no_query_makes_the_server_fail(three, client, name, query):
    from django.http import QueryDict

    asked = QueryDict(mutable=True)
    for key, value in query:
        asked.appendlist(key, value)
    response = client.get(f"{V1}/{name}?{asked.urlencode()}")
    assert response.status_code in {200, 400, 404}
    if response.status_code != 200:
        assert response.headers["Content-Type"] == "application/problem+json"


@settings(suppress_health_check=FIXED)
@given(raw=st.binary(max_size=200))
def test_no_bytes_after_the_question_mark_make_the_server_fail(three, client, raw):
    response = client.get(f"{V1}/observations", QUERY_STRING=raw.decode("latin-1"))
    assert response.status_code in {200, 400, 404}


@settings(suppress_health_check=FIXED)
@given(tag=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_no_tag_makes_the_server_fail(three, client, tag):
    assert client.get(f"{V1}/members", headers={"If-None-Match": tag}).status_code in {200, 304}


@settings(suppress_health_check=FIXED, max_examples=200)
@given(
    indicator=st.sampled_from(["coverage", "lines_per100", "user_parity", "outage_hours", "output_pc"]),
    model=st.sampled_from(["linear", "t1", "sea", "logistic", "damped", "trend"]),
    slope=st.none() | st.floats(-1e6, 1e6),
    ceiling=st.none() | st.floats(1e-6, 1e9),
    until=st.none() | st.integers(1950, 2100),
)
def test_no_model_makes_the_engine_fail(three, client, indicator, model, slope, ceiling, until):
    """Whatever is within the bounds of the document: an answer of finite numbers, or a problem."""
    given = {"slope": slope, "ceiling": ceiling, "until": until}
    query = {name: f"{value:.12g}" for name, value in given.items() if value is not None}
    response = client.get(f"{V1}/trajectory", {"indicator": indicator, "model": model, **query})
    assert response.status_code in {200, 400}, response.content[:300]
    for row in response.json().get("rows", []):
        assert all(point["value"] is not None for point in row["path"])


# --- what a contract tester asks --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def as_a_server():
    """Ask the WSGI application as a server does, and leave the connections of other tests alone, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def examples():
    """More of them in the soak run, whose profile has more."""
    return 40 if hypothesis.settings.get_current_profile_name() != "soak" else 300


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
@pytest.mark.parametrize("name", [*NAMES, *MEASURED])
def test_the_api_keeps_to_its_document(client, settings, region, name):
    from serantau.web.config.wsgi import application

    at(settings, region)
    found = document(client)
    schema = schemathesis.openapi.from_dict(found)
    schema.app = application
    operation = schema[f"{V1}/{name}"]["GET"]
    with as_a_server():
        _ask(operation, application)


def _ask(operation, application):
    @settings_of()
    @given(case=operation.as_strategy() | _named(operation))
    def ask(case):
        response = case.call(app=application, headers={"Host": "localhost"})
        assert not re.search(rb"Traceback|<html", response.content)
        case.validate_response(response, checks=CHECKS)

    ask()


def _named(operation):
    """Questions with the names that the document gives as examples, so that answers are looked at too."""
    examples = {one.name: one.definition.get("example") for one in operation.query}
    held = {name: value for name, value in examples.items() if value is not None}
    return st.sets(st.sampled_from(sorted(held) or ["as_of"])).map(
        lambda chosen: operation.Case(query={name: value for name, value in held.items() if name in chosen})
    )


def settings_of():
    return hypothesis.settings(max_examples=examples(), suppress_health_check=list(HealthCheck), deadline=None)
