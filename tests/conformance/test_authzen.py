"""Rule: the wire of the decision point is the AuthZEN Authorization API 1.0, by the certification scenario's own cases.

The cases are transcribed from the scenario (`c-...` are its section numbers), and put to the program that stands
alone, over the real WSGI interface, with the scenario's fixture in the place of the law.
"""

from __future__ import annotations

import io
import json
from datetime import date

import jsonschema
import pytest

from serantau.govern.authzen import MOST_BYTES, MOST_EVALUATIONS, respond
from serantau.govern.decide import Decider
from serantau.govern.decision_point import LawPolicy
from serantau.web.govern.standalone import Application
from tests.conformance.authzen_fixture import Fixture

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"
SUBJECT, RESOURCE, ACTION = (f"/access/v1/search/{name}" for name in ("subject", "resource", "action"))
ALICE, BOB = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
READ, WRITE = {"name": "read"}, {"name": "write"}
RECORD = {"type": "record", "id": "record-1"}
SECOND = {"type": "record", "id": "record-2"}
ACTIVE = {**RECORD, "properties": {"status": "active"}}
ARCHIVED = {**SECOND, "properties": {"status": "archived"}}
CONTEXT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}


class OnFixture(Application):
    """The program with the fixture in the place of the law."""

    def policy(self):
        return Fixture()


@pytest.fixture(scope="module")
def program(three_decider):
    return OnFixture(LawPolicy(three_decider, "edition", date(2026, 11, 21)))


@pytest.fixture(scope="module")
def three_decider():
    from serantau.bundle import load_bundle
    from tests.support.regions import THREELANDS

    bundle = load_bundle(THREELANDS)
    return Decider(bundle.law, bundle.homes)


def ask(program, path, body=None, *, method="POST", kind="application/json", raw=None, request_id=None):
    """Put a request to a WSGI program; gives status, body, headers."""
    content = raw if raw is not None else json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "pdp.example",
    }
    if request_id is not None:
        environ["HTTP_X_REQUEST_ID"] = request_id
    seen = {}

    def start(status, headers):
        seen["status"], seen["headers"] = int(status.split()[0]), dict(headers)

    answer = b"".join(program(environ, start))
    assert seen["headers"]["Content-Type"] == "application/json"
    return seen["status"], json.loads(answer), seen["headers"]


def question(subject=ALICE, action=READ, resource=RECORD, **more):
    return {"subject": subject, "action": action, "resource": resource, **more}


BASIC = [
    ("c-2-2-1", question(), True),
    ("rule 2", question(action=WRITE), True),
    ("rule 3", question(BOB), True),
    ("c-2-2-2", question(BOB, WRITE), False),
    ("c-2-2-3", question(context=CONTEXT), True),
    ("c-2-2-4", question(ALICE, WRITE, ARCHIVED), False),
    ("c-2-2-5", question(ADMIN, WRITE, ARCHIVED), True),
    ("c-2-2-6", question(action={"name": "delete", "properties": {"soft": True}}), True),
    ("c-2-2-7", question(action={"name": "delete", "properties": {"soft": False}}), False),
    (
        "c-2-2-8",
        question(
            {**ALICE, "properties": {"department": "Sales", "role": "manager"}},
            {"name": "read", "properties": {"method": "GET"}},
            {**RECORD, "properties": {"status": "active", "owner": "bob"}},
        ),
        True,
    ),
    ("c-2-2-9", question(foo="bar", futureField={"nested": True}), True),
]


@pytest.mark.parametrize("body, decision", [row[1:] for row in BASIC], ids=[row[0] for row in BASIC])
def test_basic(program, body, decision):
    status, answer, _ = ask(program, ONE, body)
    assert (status, answer["decision"]) == (200, decision)
    assert isinstance(answer.get("context", {}), dict)


@pytest.mark.parametrize("body", [row[1] for row in BASIC], ids=[row[0] for row in BASIC])
def test_answers_fit_the_working_groups_response_schema(program, body):
    """`api/schemas/evaluation-response.schema.json`: a boolean decision, an optional object of context."""
    schema = {
        "type": "object",
        "required": ["decision"],
        "properties": {"decision": {"type": "boolean"}, "context": {"type": "object"}},
    }
    jsonschema.validate(ask(program, ONE, body)[1], schema)


def without(key, inner=None):
    body = question()
    if inner is None:
        del body[key]
    else:
        body[key] = {name: value for name, value in body[key].items() if name != inner}
    return body


REFUSED = [
    ("c-2-4-1 subject", without("subject")),
    ("c-2-4-1 action", without("action")),
    ("c-2-4-1 resource", without("resource")),
    ("c-2-4-2 subject type", without("subject", "type")),
    ("c-2-4-2 subject id", without("subject", "id")),
    ("c-2-4-2 action name", without("action", "name")),
    ("c-2-4-2 resource type", without("resource", "type")),
    ("c-2-4-2 resource id", without("resource", "id")),
    ("c-2-4-6 subject a string", question("alice")),
    ("c-2-4-6 name a number", question(action={"name": 123})),
]


@pytest.mark.parametrize("body", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_not_well_formed_is_refused(program, body):
    assert ask(program, ONE, body)[0] == 400


RAW = [
    ("c-2-4-3 content type", b"{}", "text/plain", 400),
    ("c-2-4-4 no JSON", b"{not json", "application/json", 400),
    ("c-2-4-5 empty", b"", "application/json", 400),
    ("no UTF-8", b'{"subject": "\xff"}', "application/json", 400),
    ("deep", b"[" * 100_000, "application/json", 400),
    (
        "deep in properties",
        b'{"subject":{"type":"user","id":"a","properties":{"a":' + b'{"a":' * 50_000,
        "application/json",
        400,
    ),
    ("too long", b" " * (MOST_BYTES + 1), "application/json", 413),
]


@pytest.mark.parametrize("raw, kind, status", [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_what_is_no_json_is_refused(program, raw, kind, status):
    assert ask(program, ONE, raw=raw, kind=kind)[0] == status


def test_a_body_of_50_mb_is_refused_before_it_is_read(program):
    def never():
        raise AssertionError("it was read")

    answer = respond(Fixture(), "POST", ONE, "application/json", never, length=50_000_000, base="https://pdp.example")
    assert answer.status == 413


def test_the_request_id_comes_back(program):
    assert ask(program, ONE, question(), request_id="abc-123")[2]["X-Request-ID"] == "abc-123"
    assert "X-Request-ID" not in ask(program, ONE, question())[2]
    assert "X-Request-ID" not in ask(program, ONE, question(), request_id="a\r\nSet-Cookie: x=1")[2]


def test_the_same_question_gets_the_same_answer(program):
    assert len({json.dumps(ask(program, ONE, question())[1]) for _ in range(5)}) == 1


BATCHES = [
    (
        "c-3-2-1",
        {"subject": ALICE, "action": READ, "evaluations": [{"resource": RECORD}, {"resource": SECOND}]},
        [True, None],
    ),
    (
        "c-3-2-2",
        {"subject": BOB, "resource": RECORD, "evaluations": [{"action": READ}, {"action": WRITE}]},
        [True, False],
    ),
    (
        "c-3-2-3",
        {"subject": ALICE, "action": WRITE, "evaluations": [{"resource": ACTIVE}, {"resource": ARCHIVED}]},
        [True, False],
    ),
    (
        "c-3-2-4",
        {"action": WRITE, "resource": ARCHIVED, "evaluations": [{"subject": ALICE}, {"subject": ADMIN}]},
        [False, True],
    ),
    ("c-3-2-5", {"evaluations": [question(), question(BOB, WRITE)]}, [True, False]),
    (
        "c-3-2-6",
        {
            "subject": ALICE,
            "action": READ,
            "context": CONTEXT,
            "evaluations": [{"resource": RECORD}, {"resource": SECOND, "context": {"source": "batch-override"}}],
        },
        [None, None],
    ),
    (
        "c-3-2-7",
        {"subject": ALICE, "action": WRITE, "resource": ACTIVE, "evaluations": [{}, {"resource": ARCHIVED}]},
        [True, False],
    ),
    (
        "c-3-4-1",
        {
            "subject": ALICE,
            "action": READ,
            "options": {"evaluations_semantic": "execute_all"},
            "evaluations": [{"resource": RECORD}, {}],
        },
        [True, False],
    ),
]


@pytest.mark.parametrize("body, decisions", [row[1:] for row in BATCHES], ids=[row[0] for row in BATCHES])
def test_batch(program, body, decisions):
    status, answer, _ = ask(program, MANY, body)
    assert status == 200
    found = [one["decision"] for one in answer["evaluations"]]
    assert len(found) == len(decisions)
    assert all(isinstance(one, bool) and want in (None, one) for one, want in zip(found, decisions, strict=True))


@pytest.mark.parametrize("more", [{}, {"evaluations": []}], ids=["c-3-4-2", "c-3-4-3"])
def test_a_batch_of_none_is_one_question(program, more):
    assert ask(program, MANY, question(**more))[1]["decision"] is True


@pytest.mark.parametrize(
    "semantic, answered", [("deny_on_first_deny", 2), ("permit_on_first_permit", 1), ("execute_all", 3)]
)
def test_a_batch_ends_as_it_was_told(program, semantic, answered):
    body = {
        "subject": BOB,
        "resource": RECORD,
        "options": {"evaluations_semantic": semantic},
        "evaluations": [{"action": READ}, {"action": WRITE}, {"action": READ}],
    }
    assert len(ask(program, MANY, body)[1]["evaluations"]) == answered


def test_a_batch_is_bounded(program):
    body = {**question(), "evaluations": [{}] * (MOST_EVALUATIONS + 1)}
    assert ask(program, MANY, body)[0] == 400


SEARCHES = [
    ("c-4-2-1", SUBJECT, {"subject": {"type": "user"}, "action": READ, "resource": RECORD}, {"alice", "bob"}),
    (
        "c-4-2-2",
        SUBJECT,
        {"subject": {"type": "user"}, "action": READ, "resource": RECORD, "context": CONTEXT},
        {"alice", "bob"},
    ),
    ("c-4-2-3", SUBJECT, {"subject": ALICE, "action": READ, "resource": RECORD}, {"alice", "bob"}),
    ("c-4-2-4", SUBJECT, {"subject": {"type": "user"}, "action": WRITE, "resource": ARCHIVED}, {"bob"}),
    ("c-4-3-1", RESOURCE, {"subject": ALICE, "action": READ, "resource": {"type": "record"}}, {"record-1"}),
    (
        "c-4-3-2",
        RESOURCE,
        {"subject": ALICE, "action": READ, "resource": {"type": "record"}, "context": CONTEXT},
        {"record-1"},
    ),
    ("c-4-3-3", RESOURCE, question(), {"record-1"}),
    ("c-4-3-4", RESOURCE, {"subject": ADMIN, "action": WRITE, "resource": {"type": "record"}}, {"record-2"}),
    ("c-4-4-1", ACTION, {"subject": ALICE, "resource": RECORD}, {"read", "write"}),
    ("c-4-4-2", ACTION, {"subject": ALICE, "resource": RECORD, "context": CONTEXT}, {"read", "write"}),
    ("c-4-4-3", ACTION, {"subject": ADMIN, "resource": ARCHIVED}, {"write"}),
    (
        "c-4-5-1",
        SUBJECT,
        {"subject": {"type": "user"}, "action": READ, "resource": RECORD, "page": {"limit": 1}},
        set(),
    ),
    (
        "c-4-5-2",
        SUBJECT,
        {"subject": {"type": "user"}, "action": READ, "resource": RECORD, "page": {"token": "x"}},
        set(),
    ),
]


@pytest.mark.parametrize("path, body, wanted", [row[1:] for row in SEARCHES], ids=[row[0] for row in SEARCHES])
def test_search(program, path, body, wanted):
    status, answer, _ = ask(program, path, body)
    assert status == 200
    assert wanted <= {one.get("id", one.get("name")) for one in answer["results"]}
    if path != ACTION:
        kind = body[path.rpartition("/")[2]]["type"]
        assert all(one["type"] == kind for one in answer["results"])


def test_an_id_in_a_search_changes_nothing(program):
    plain = {"subject": {"type": "user"}, "action": READ, "resource": RECORD}
    assert ask(program, SUBJECT, plain)[1] == ask(program, SUBJECT, {**plain, "subject": ALICE})[1]


EMPTY = [
    ("c-4-6-1", ACTION, {"subject": {"type": "user", "id": "nonexistent-user"}, "resource": RECORD}),
    ("c-4-6-2", SUBJECT, {"subject": {"type": "spaceship"}, "action": READ, "resource": RECORD}),
    ("c-4-6-2 resource", RESOURCE, {"subject": ALICE, "action": READ, "resource": {"type": "spaceship"}}),
]


@pytest.mark.parametrize("path, body", [row[1:] for row in EMPTY], ids=[row[0] for row in EMPTY])
def test_what_is_not_there_is_not_found(program, path, body):
    assert ask(program, path, body)[:2] == (200, {"results": []})


WRONG_SEARCHES = [
    ("c-4-7-1 action", SUBJECT, {"subject": {"type": "user"}, "resource": RECORD}),
    ("c-4-7-1 subject", RESOURCE, {"action": READ, "resource": {"type": "record"}}),
    ("c-4-7-1 resource", ACTION, {"subject": ALICE}),
    ("c-4-7-2 subject search", SUBJECT, {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}}),
    (
        "c-4-7-2 resource search",
        RESOURCE,
        {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}},
    ),
    ("c-4-7-2 action search", ACTION, {"subject": {"type": "user"}, "resource": RECORD}),
]


@pytest.mark.parametrize("path, body", [row[1:] for row in WRONG_SEARCHES], ids=[row[0] for row in WRONG_SEARCHES])
def test_a_search_that_is_not_well_formed_is_refused(program, path, body):
    assert ask(program, path, body)[0] == 400


def test_discovery(program):
    status, answer, _ = ask(program, "/.well-known/authzen-configuration", method="GET", raw=b"")
    assert (status, answer["policy_decision_point"]) == (200, "https://pdp.example")
    endpoints = {name: value for name, value in answer.items() if name.endswith("_endpoint")}
    assert len(endpoints) == 5
    assert all(value.startswith("https://pdp.example/access/v1/") for value in endpoints.values())
    for address in endpoints.values():
        assert ask(program, address.removeprefix("https://pdp.example"), {})[0] == 400


@pytest.mark.parametrize(
    "path, method, status",
    [(ONE, "GET", 405), ("/.well-known/authzen-configuration", "POST", 405), ("/nowhere", "POST", 404)],
)
def test_other_methods_and_addresses(program, path, method, status):
    assert ask(program, path, question(), method=method)[0] == status
