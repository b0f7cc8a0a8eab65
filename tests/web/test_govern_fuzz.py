"""Rule: no question about data across borders, however odd, makes the server fail."""

from __future__ import annotations

import json

import schemathesis
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.api_support import THREELANDS, at

FIXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PAGES = (
    "/govern/",
    "/govern/matrix/",
    "/govern/gaps/",
    "/govern/law/",
    "/govern/changes/",
    "/govern/reforms/",
    "/govern/export/odrl.jsonld",
    "/govern/export/dpv.ttl",
    "/govern/law/ast-1/",
    "/govern/law/../../etc/",
)
NAMES = (
    *("from", "to", "data", "sector", "exporter", "recipient", "volume", "first", "member", "all", "before", "after"),
    *("most", "as_of", "known", "fact.transit", "fact.related", "holds.consent", "judged.similar-law"),
    *("judged.similar-law.by", "judged.similar-law.on", "kind", "plan", "fact.", "holds.nothing"),
)
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "XA",
            "QBB",
            "JP",
            "personal",
            "personal.health",
            "general",
            "controller/private",
            "processor",
            "few",
            "yes",
            "no",
            "2026-11-21",
            "0001-01-01",
            "9999-12-31",
            "2",
            "-1",
            "1e9",
            "QAA",
            "tl2030",
        ]
    ),
    st.dates().map(str),
)
PLAIN = [
    ("from", "XA"),
    ("to", "JP"),
    ("data", "personal"),
    ("exporter", "controller/private"),
    ("recipient", "processor"),
]
ENTITY = {
    "type": "object",
    "required": ["type", "id"],
    "properties": {
        "type": {"type": "string"},
        "id": {"type": "string"},
        "properties": {
            "type": "object",
            "properties": {
                "country": {"enum": ["XA", "XB", "ZZ", 3]},
                "data": {"enum": ["personal", "personal.health", "rubbish"]},
                "exporter": {"enum": ["controller/private", ""]},
                "recipient": {"enum": ["processor", None]},
                "facts": {"type": "object", "additionalProperties": {"type": ["boolean", "string"]}},
            },
        },
    },
}
EVALUATION = {
    "type": "object",
    "required": ["subject", "action", "resource"],
    "properties": {
        "subject": ENTITY,
        "resource": ENTITY,
        "action": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "context": {"type": "object"},
    },
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "AuthZEN Authorization API", "version": "1.0"},
    "paths": {
        f"/access/v1/{name}": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": EVALUATION}}},
                "responses": {"200": {"description": "answered"}, "400": {"description": "refused"}},
            }
        }
        for name in ("evaluation", "evaluations", "search/subject", "search/resource", "search/action")
    },
}
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@settings(suppress_health_check=FIXED, max_examples=60, deadline=None)
@given(
    path=st.sampled_from(PAGES),
    query=st.lists(st.tuples(st.sampled_from(NAMES), WORDS), max_size=6),
    whole=st.booleans(),
)
def test_no_query_makes_a_page_fail(settings, client, db, path, query, whole):
    at(settings, THREELANDS)
    asked = QueryDict(mutable=True)
    for name, value in [*(PLAIN if whole else []), *query]:
        asked.appendlist(name, value)
    assert client.get(f"{path}?{asked.urlencode()}").status_code in {200, 301, 302, 400, 404}


@SCHEMA.parametrize()
@settings(suppress_health_check=FIXED, max_examples=60, deadline=None)
def test_no_body_makes_the_decision_point_fail(case, settings, client, db):
    at(settings, THREELANDS)
    body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
    response = client.generic(case.method, case.path, body, content_type="application/json")
    assert response.status_code in {200, 400, 401, 404, 405, 413}
    assert response.status_code < 500


def test_a_body_of_50_mb_is_refused_early(settings, client, db):
    at(settings, THREELANDS)
    response = client.post(
        "/access/v1/evaluation", b"{}", content_type="application/json", headers={"content-length": "50000000"}
    )
    assert response.status_code == 413
