"""Rule: lists and feeds hold what their account may read and nothing else, and others read them."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serantau.defend.model import ALERT_LEVELS, Tlp, may_read
from serantau.web.defend.auth import MEMORY
from serantau.web.defend.lanes import collection_of, forget
from serantau.web.defend.models import StoredObject
from serantau.web.defend.services import intake
from tests.defend.asking import Asker
from tests.defend.scene import envelope, indicator, make_account


@pytest.fixture(autouse=True)
def _fresh(region):
    MEMORY.clear()
    forget()


def put(account, objects, alias="region-green", at=None):
    intake.add_envelope(account, collection_of(alias), envelope(objects), at or datetime.now(UTC))


def rows(asker, alias="region-green", query=None):
    answer = asker.get(f"/feeds/{alias}/blocklist.csv", query)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def whole(asker, path):
    answer = asker.get(path)
    assert answer.status_code == 200, answer.content
    return b"".join(answer) if answer.streaming else answer.content


def misp_values(asker, alias="region-green"):
    """Every value of a MISP feed, read as its manifest leads."""
    found = []
    for name in json.loads(whole(asker, f"/feeds/{alias}/misp/manifest.json")):
        event = json.loads(whole(asker, f"/feeds/{alias}/misp/{name}.json"))["Event"]
        found += [one["value"] for one in event["Attribute"]]
    return found


def test_a_list_has_each_value_once_with_its_label():
    account = make_account("QAA")
    put(account, [indicator(1), indicator(2, Tlp.AMBER), indicator(3, pattern=indicator(1)["pattern"])])
    found = rows(Asker(account))
    assert [(one["type"], one["value"], one["tlp"]) for one in found] == [
        ("domain-name", "a1.example", "TLP:GREEN"),
        ("domain-name", "a2.example", "TLP:AMBER"),
    ]
    assert found[0]["id"] == indicator(1)["id"]
    assert [one["value"] for one in rows(Asker(make_account("QBB", Tlp.GREEN)))] == ["a1.example"]


def test_what_is_over_harmless_withdrawn_or_no_indicator_is_not_blocked():
    account = make_account("QAA")
    put(
        account,
        [
            indicator(1, valid_until="2026-01-02T00:00:00Z"),
            indicator(2, indicator_types=["benign"]),
            indicator(3, revoked=True),
            {"type": "domain-name", "id": f"domain-name--{uuid.uuid4()}", "value": "seen.example"},
            indicator(4, pattern="[file:name = 'a']"),
        ],
    )
    assert rows(Asker(account)) == []
    assert misp_values(Asker(account)) == ["seen.example"]


def test_types_days_and_parts(monkeypatch):
    account, now = make_account("QAA"), datetime.now(UTC)
    url = indicator(2, pattern="[url:value = 'http://b.example/']")
    put(account, [indicator(1)], at=now - timedelta(days=20))
    put(account, [url], at=now)
    asker = Asker(account)
    assert [one["type"] for one in rows(asker, query={"type": "url,ipv4-addr"})] == ["url"]
    assert [one["type"] for one in rows(asker, query={"days": 5})] == ["url"]
    monkeypatch.setattr("serantau.web.feeds.giving.MOST_ROWS", 1)
    first = asker.get("/feeds/region-green/blocklist.csv")
    following = first["X-Serantau-Next"]
    assert b"a1.example" in first.content
    assert b"b.example/" not in first.content
    assert [one["type"] for one in rows(asker, query={"after": following})] == ["url"]


@pytest.mark.parametrize(
    "query", [{"days": 0}, {"days": "x"}, {"days": 1000}, {"type": "secret"}, {"after": "-1"}, {"after": "9" * 40}]
)
def test_what_is_asked_wrongly_is_told(query):
    answer = Asker(make_account("QAA")).get("/feeds/region-green/blocklist.csv", query)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")


PATHS = ("blocklist.csv", "misp/manifest.json", "misp/hashes.csv", "misp/5f0c7a52-3f4e-4d8c-9a0e-0d5f6c1b2a34.json")


@pytest.mark.parametrize("path", PATHS)
def test_without_credentials_or_rights_there_is_nothing(client, path):
    answer = client.get(f"/feeds/region-green/{path}")
    assert answer.status_code == 401
    assert "Basic" in answer["WWW-Authenticate"]
    assert client.get(f"/feeds/region-green/{path}", headers={"Authorization": "Bearer srt_wrong"}).status_code == 401
    asker = Asker(make_account("QAA", rights={"qaa-out": "r"}))
    for alias in ("region-green", "nothing"):
        assert asker.get(f"/feeds/{alias}/{path}").status_code == 404
    assert asker.client.post(f"/feeds/qaa-out/{path}", headers=asker.headers).status_code == 405


def test_a_marking_of_ones_own_counts_as_the_store_read_it():
    mark = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "TLP:AMBER"},
    }
    account = make_account("QAA")
    put(account, [mark, indicator(1, None, object_marking_refs=[mark["id"]])])
    assert [one["tlp"] for one in rows(Asker(make_account("QBB", Tlp.AMBER_STRICT)))] == ["TLP:AMBER"]


def test_basic_serves_too():
    assert rows(Asker(make_account("QAA"), "Basic")) == []


def test_a_misp_feed_by_days_that_pymisp_reads():
    from pymisp import MISPEvent

    account, now = make_account("QAA"), datetime.now(UTC)
    put(account, [indicator(1)], at=now - timedelta(days=3))
    put(account, [indicator(2), indicator(3, Tlp.AMBER)], at=now)
    asker = Asker(account)
    manifest = json.loads(whole(asker, "/feeds/region-green/misp/manifest.json"))
    assert len(manifest) == 2
    found, digests = [], []
    for name, entry in manifest.items():
        theirs = MISPEvent()
        theirs.from_json(whole(asker, f"/feeds/region-green/misp/{name}.json").decode())
        assert theirs.uuid == name
        assert str(theirs.date) == entry["date"]
        found += [one.value for one in theirs.attributes]
        digests += [f"{one},{name}" for one in theirs.attributes_hashes("md5")]
    assert found == ["a1.example", "a2.example", "a3.example"]
    assert whole(asker, "/feeds/region-green/misp/hashes.csv").decode().split() == digests
    # What is added later today makes the event of today later, and no other.
    put(account, [indicator(4)], at=now + timedelta(seconds=5))
    again = json.loads(whole(asker, "/feeds/region-green/misp/manifest.json"))
    assert [again[name]["timestamp"] > manifest[name]["timestamp"] for name in manifest] == [False, True]


OBJECTS = st.lists(
    st.tuples(
        st.sampled_from(["QAA", "QBB"]),
        st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED, Tlp.UNKNOWN, None]),
        st.sampled_from([Tlp.CLEAR, Tlp.AMBER, None]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(OBJECTS, st.sampled_from(["QAA", "QCC"]), st.sampled_from(ALERT_LEVELS))
def test_nothing_above_the_readers_clearance_is_ever_given(objects, member, clearance):
    base = uuid.uuid4().int % 10**9
    for number, (producer, light, attribution, again) in enumerate(objects):
        account = make_account(producer, attribution=attribution)
        strange = {"object_marking_refs": [f"marking-definition--{uuid.uuid4()}"]} if light is Tlp.UNKNOWN else {}
        put(account, [indicator(base + number, None if strange else light, **strange)])
        if again:
            put(account, [indicator(base + number, Tlp.RED, "2026-02-01T00:00:00.000Z")])
    account = make_account(member, clearance)
    MEMORY.clear()
    asker = Asker(account)
    allowed = set()
    for row in StoredObject.objects.filter(is_last=True, type="indicator").select_related("lane__release"):
        # Its own TLP:RED is the member's, and yet not for its machines.
        if may_read(account.reader, row.lane.release.release()) and row.tlp <= clearance:
            allowed.add(json.loads(bytes(row.body))["pattern"].split("'")[1])
    mine = {f"a{base + number}.example" for number in range(len(objects))}
    listed = {one["value"] for one in rows(asker)}
    assert listed & mine == allowed & mine
    assert set(misp_values(asker)) & mine == allowed & mine


def test_an_own_object_under_a_red_marking_of_the_members_own_is_left_out():
    account = make_account("QAA")
    own = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid.UUID(int=5, version=4)}",
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "TLP:RED, for the named alone"},
    }
    put(account, [own, indicator(1, None, object_marking_refs=[own["id"]]), indicator(2)])
    unread = {"object_marking_refs": [f"marking-definition--{uuid.UUID(int=6, version=4)}"]}
    put(account, [indicator(3, None, **unread)])
    asker = Asker(account)
    assert [one["value"] for one in rows(asker)] == ["a2.example"]
    assert misp_values(asker) == ["a2.example"]
