"""Rule: the decision point grants access only on law that is well enough supported and was checked lately enough."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.facts import Grade
from serantau.govern.authzen import PATHS, respond
from serantau.govern.decide import Decider
from serantau.govern.decision_point import Demands, LawPolicy

TODAY = date(2024, 11, 21)
SUBJECT = {
    "type": "dataset",
    "id": "customers",
    "properties": {"country": "XA", "data": "personal", "exporter": "controller/private", "facts": {"transit": False}},
}
PLACE = {"type": "jurisdiction", "id": "JP", "properties": {"recipient": "processor"}}
SEND = {"name": "transfer"}


@pytest.fixture(scope="module")
def decider(threelands):
    return Decider(threelands.law, threelands.homes)


def policy(decider, grade="secondary", days=365, today=TODAY):
    return LawPolicy(decider, "abc+0", today, Demands(Grade(grade), days))


def ask(policy, path, body, status=200):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = respond(policy, "POST", path, "application/json", lambda: raw, length=len(raw), base="https://x.example")
    assert answer.status == status, answer.body
    return json.loads(answer.body)


def evaluate(policy, status=200, *, subject=SUBJECT, action=SEND, resource=PLACE, **context):
    body = {"subject": subject, "action": action, "resource": resource, "context": context}
    return ask(policy, "/access/v1/evaluation", body, status)


def with_properties(**more):
    return {**SUBJECT, "properties": SUBJECT["properties"] | more}


def test_granted_on_primary_law(decider):
    answer = evaluate(policy(decider, "primary"), holds=["lands-clauses"])
    assert answer["decision"] is True
    assert answer["context"]["answer"] == "permitted"
    assert [rule["id"] for rule in answer["context"]["rules"]] == ["ast-1", "ast-4", "cov-ast"]


def test_denied_says_what_is_missing(decider):
    answer = evaluate(policy(decider))
    assert (answer["decision"], answer["context"]["answer"]) == (False, "permitted-if")
    assert ["clauses"] in answer["context"]["missing"]


def test_weak_law_grants_nothing_unless_configured(decider):
    """Corvania is free on a weak coverage fact."""
    subject = with_properties(country="XC", facts={})
    answer = evaluate(policy(decider), subject=subject)
    assert (answer["decision"], answer["context"]["answer"], answer["context"]["law"]) == (
        False,
        "unknown",
        "not-restricted",
    )
    assert [one["id"] for one in answer["context"]["unknown"]["read_again"]] == ["cov-cor-private"]
    assert evaluate(policy(decider, "weak"), subject=subject)["decision"] is True


def test_a_check_grows_old(decider):
    """The facts were checked on 2024-06-01."""
    assert evaluate(policy(decider, days=173), holds=["clauses"])["decision"] is True
    late = evaluate(policy(decider, days=172), holds=["clauses"])
    assert (late["decision"], late["context"]["answer"]) == (False, "unknown")
    assert {one["checked"] for one in late["context"]["unknown"]["read_again"]} == {"2024-06-01"}


def test_mechanism_as_action_and_dataset_as_id(decider):
    subject = {
        "type": "dataset",
        "id": "XA:personal",
        "properties": {"exporter": "controller/private", "facts": {"transit": False}},
    }
    assert evaluate(policy(decider), subject=subject, action={"name": "transfer.clauses"})["decision"] is True
    assert evaluate(policy(decider), subject=subject)["decision"] is False


def test_judgements_need_author_and_day(decider):
    judged = {"about": "similar-law", "finding": "assessed-yes", "by": "Legal", "on": "2024-10-01"}
    at = {"date": "2025-02-01"}
    today = date(2025, 2, 1)
    assert evaluate(policy(decider, today=today), assessed=[judged | {"on": "2025-01-01"}], **at)["decision"] is True
    evaluate(policy(decider), 400, assessed=[{"about": "similar-law", "finding": "assessed-yes"}])
    assert (
        evaluate(policy(decider), assessed=[{"about": "similar-law", "finding": "not-assessed"}])["decision"] is False
    )


def test_searches(decider):
    asked = {"subject": SUBJECT, "resource": PLACE, "context": {}}
    names = {one["name"] for one in ask(policy(decider), "/access/v1/search/action", asked)["results"]}
    assert names == {"transfer.clauses", "transfer.lands-clauses"}
    where = ask(
        policy(decider),
        "/access/v1/search/resource",
        {
            "subject": SUBJECT,
            "action": {"name": "transfer.clauses"},
            "resource": {"type": "jurisdiction", "properties": {"recipient": "processor"}},
        },
    )["results"]
    # Every country of ISO 3166-1 and the three members themselves; at home nothing is transferred.
    assert len(where) == 249 + 3
    what = ask(
        policy(decider, "weak"),
        "/access/v1/search/subject",
        {
            "subject": {
                "type": "dataset",
                "properties": {"exporter": "controller/private", "facts": {"transit": False}},
            },
            "action": {"name": "transfer.clauses"},
            "resource": PLACE,
        },
    )["results"]
    assert {"XA:personal", "XC:personal.health"} <= {one["id"] for one in what}
    assert "XA:personal.health" not in {one["id"] for one in what}


WRONG = [
    {"subject": with_properties(country="ZZ")},
    {"subject": with_properties(data="personal.helth")},
    {"subject": with_properties(facts={"transit": "no"})},
    {"subject": with_properties(facts={"raining": True})},
    {"subject": with_properties(volume=12)},
    {"subject": with_properties(exporter=None)},
    {"resource": PLACE | {"id": "ATLANTIS"}},
    {"resource": PLACE | {"properties": {}}},
    {"action": {"name": "transfer.prayer"}},
    {"holds": ["prayer"]},
    {"holds": "clauses"},
    {"date": "yesterday"},
    {"date": "1900-01-01"},
    {"assessed": [{"about": "similar-law", "finding": "maybe"}]},
    {"assessed": "yes"},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_rubbish_is_refused_with_words(decider, given):
    answer = evaluate(policy(decider), 400, **given)
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    "given",
    [{"subject": SUBJECT | {"type": "user"}}, {"resource": PLACE | {"type": "record"}}, {"action": {"name": "read"}}],
)
def test_what_is_no_transfer_of_data_is_denied(decider, given):
    assert evaluate(policy(decider), **given)["decision"] is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "subject",
                    "action",
                    "resource",
                    "context",
                    "type",
                    "id",
                    "name",
                    "properties",
                    "country",
                    "data",
                    "exporter",
                    "recipient",
                    "facts",
                    "holds",
                    "assessed",
                    "date",
                    "evaluations",
                    "options",
                    "page",
                    "about",
                    "finding",
                    "by",
                    "on",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@pytest.mark.property
@given(body=JSON, path=st.sampled_from(PATHS))
def test_no_body_breaks_it(decider, body, path):
    raw = json.dumps(body).encode()
    answer = respond(
        policy(decider), "POST", path, "application/json", lambda: raw, length=len(raw), base="https://x.example"
    )
    assert answer.status in {200, 400, 405}
    json.loads(answer.body)
