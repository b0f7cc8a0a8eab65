"""Rule: a feed that others wrote is read, a feed that we write is read by others, and labels survive both ways."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.clearance import pattern_of
from serantau.defend.errors import DefendError
from serantau.defend.keys import key_of, keys_of
from serantau.defend.misp import (
    Feed,
    Given,
    Issuer,
    event_uuid,
    keys_of_attribute,
    read_event,
    read_manifest,
    write_event,
    write_hashes,
    write_manifest,
)
from serantau.defend.model import Tlp
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.stix import Checked, check
from serantau.defend.tlp import light_of

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
EVENT = "6a6a6a6a-0000-4000-8000-000000000001"
ORG = "6a6a6a6a-0000-4000-8000-00000000000f"
SHA = "ab" * 32


def attribute(number, kind, value, **more):
    made = {"uuid": f"7b7b7b7b-0000-4000-8000-{number:012x}", "type": kind, "value": value, "timestamp": "1700000000"}
    return made | {"to_ids": True} | more


def an_event(*attributes, **more):
    event = {
        "uuid": EVENT,
        "info": "Phishing",
        "date": "2023-11-01",
        "timestamp": "1700000000",
        "Orgc": {"uuid": ORG, "name": "A team"},
        "Attribute": list(attributes),
    }
    return json.dumps({"Event": event | more}).encode()


def read(raw, feed=Feed()):  # noqa: B008 - immutable
    return [json.loads(body) for body in read_event(raw, feed, NOW)]


# --- in -----------------------------------------------------------------------------------------------------------------


def test_an_attribute_for_detection_becomes_an_indicator():
    [found] = read(an_event(attribute(1, "ip-dst", "198.51.100.7", first_seen="2023-10-30T12:00:00.5+02:00")))
    assert found == {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--7b7b7b7b-0000-4000-8000-000000000001",
        "created_by_ref": f"identity--{ORG}",
        "created": "2023-11-01T00:00:00.000Z",
        "modified": "2023-11-14T22:13:20.000Z",
        "description": "Phishing",
        "pattern": "[ipv4-addr:value = '198.51.100.7']",
        "pattern_type": "stix",
        "valid_from": "2023-10-30T10:00:00.500Z",
        "external_references": [{"source_name": "MISP", "external_id": EVENT}],
    }


@pytest.mark.parametrize(
    "kind, value, keys",
    [
        ("ip-src", "::ffff:198.51.100.7", ["ipv4-addr 198.51.100.7"]),
        ("ip-dst|port", "198.51.100.7|443", ["ipv4-addr 198.51.100.7"]),
        ("hostname|port", "evil.example|443", ["domain-name evil.example"]),
        ("domain|ip", "Evil.example|198.51.100.7", ["domain-name evil.example", "ipv4-addr 198.51.100.7"]),
        ("url", "HTTP://Evil.example", ["url http://evil.example/"]),
        ("email-src", "A@evil.example", ["email-addr a@evil.example"]),
        ("sha256", SHA.upper(), [f"file-sha256 {SHA}"]),
        ("filename|sha256", f"a.exe|{SHA}", [f"file-sha256 {SHA}"]),
        ("malware-sample", f"a.exe|{SHA[:32]}", [f"file-md5 {SHA[:32]}"]),
        ("x509-fingerprint-sha1", SHA[:40], [f"x509-sha1 {SHA[:40]}"]),
        ("AS", "AS64500", ["autonomous-system 64500"]),
        ("phone-number", "+66 81 234 5678", ["phone-number +66812345678"]),
        ("iban", "GB29NWBK60161331926819", ["iban GB29NWBK60161331926819"]),
        ("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ["wallet btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]),
        ("sha256", "abc", []),
        ("comment", "evil.example", []),
        ("domain|ip", "evil.example", ["domain-name evil.example"][:0]),
        ("url", "x" * 10_000, []),
    ],
)
def test_types_of_attributes(kind, value, keys):
    assert [f"{key.type} {key.value}" for key in keys_of_attribute(kind, value)] == keys


@pytest.mark.parametrize(
    "tags, feed, light",
    [
        (["tlp:amber+strict"], Feed(), Tlp.AMBER_STRICT),
        (["tlp:green", "tlp:red", "botnet"], Feed(Tlp.CLEAR), Tlp.RED),
        ([], Feed(Tlp.GREEN), Tlp.GREEN),
        (["botnet"], Feed(Tlp.GREEN), Tlp.GREEN),
        ([], Feed(), None),
        (["tlp:unclear"], Feed(Tlp.CLEAR), Tlp.UNKNOWN),
        ([*(f"tag {number}" for number in range(150)), "tlp:red"], Feed(Tlp.CLEAR), Tlp.RED),
    ],
)
@pytest.mark.parametrize("to_ids", [True, False])
def test_tags_become_labels_and_what_cannot_be_read_stays_closed(tags, feed, light, to_ids):
    raw = an_event(attribute(1, "domain", "evil.example", to_ids=to_ids), Tag=[{"name": name} for name in tags])
    [found] = read(raw, feed)
    checked = check(found)
    assert isinstance(checked, Checked)
    assert found["type"] == ("indicator" if to_ids else "domain-name")
    assert light_of(found, checked.marks) == light


def test_many_tags_on_many_attributes_are_read_once():
    raw = an_event(
        *[attribute(number, "domain", f"a{number}.example") for number in range(1000)],
        Tag=[{"name": f"tag {number}"} for number in range(20_000)],
    )
    before = time.process_time()
    assert len(read(raw, Feed())) == 1000
    assert time.process_time() - before < 3


def test_objects_of_events_and_what_was_deleted():
    raw = an_event(
        attribute(1, "domain", "evil.example", deleted=True),
        Object=[{"name": "file", "Attribute": [attribute(2, "md5", "0" * 32), attribute(3, "filename", "a.exe")]}],
    )
    first, second = read(raw)
    assert first["revoked"]
    assert keys_of_pattern(second["pattern"])[0].type == "file-md5"


def test_an_observation_becomes_an_observable():
    [found] = read(an_event(attribute(1, "ip-dst", "198.51.100.7", to_ids=False)))
    assert found == {
        "type": "ipv4-addr",
        "spec_version": "2.1",
        "id": "ipv4-addr--7b7b7b7b-0000-4000-8000-000000000001",
        "value": "198.51.100.7",
    }


def test_the_same_event_gives_the_same_bytes():
    raw = an_event(attribute(1, "domain", "evil.example"), attribute(2, "url", "http://evil.example"))
    assert read_event(raw, Feed(), NOW) == read_event(raw, Feed(), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "raw", [b"[]", b'{"Event": 5}', b'{"Event": {"uuid": "x"}}', b'{"Event": {}, "Event": {}}', b"{"]
)
def test_what_is_no_event(raw):
    with pytest.raises(DefendError):
        read_event(raw, Feed(), NOW)


def test_a_manifest_is_followed_from_what_is_longest_unchanged():
    raw = json.dumps(
        {EVENT: {"timestamp": 1700000001}, ORG: {"timestamp": "1700000000"}, EVENT[:-1] + "2": {}}
    ).encode()
    assert [(one.uuid[-1], one.timestamp) for one in read_manifest(raw)] == [
        ("2", 0),
        ("f", 1700000000),
        ("1", 1700000001),
    ]
    for wrong in (b"[]", b'{"x": {}}', b'{"../../etc/passwd": {}}', b'{"%s": 5}' % EVENT.encode()):
        with pytest.raises(DefendError):
            read_manifest(wrong)


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.lists(st.none() | st.text(max_size=2), max_size=2)
)


@pytest.mark.property
@given(st.data())
def test_any_junk_is_read_or_refused(data):
    names = ["uuid", "type", "value", "timestamp", "to_ids", "first_seen", "deleted", "Tag", "object_relation"]
    made = attribute(1, "domain", "evil.example")
    for name in data.draw(st.lists(st.sampled_from(names), max_size=3)):
        made[name] = data.draw(JUNK | st.just([{"name": data.draw(JUNK)}]))
    more = {
        name: data.draw(JUNK)
        for name in data.draw(st.lists(st.sampled_from(["date", "Orgc", "info", "timestamp", "Tag"])))
    }
    for found in read(an_event(made, **more)):
        assert isinstance(check(found), Checked)


def test_an_event_that_pymisp_wrote():
    from pymisp import MISPEvent

    event = MISPEvent()
    event.from_dict(info="Phishing", Orgc={"uuid": ORG, "name": "A team"}, date="2023-11-01", uuid=EVENT)
    event.add_tag("tlp:amber")
    event.add_attribute("domain", "evil.example", to_ids=True, timestamp=1700000000)
    event.add_attribute("filename|sha256", f"a.exe|{SHA}", to_ids=True, timestamp=1700000000)
    written = event.to_feed(with_meta=True)
    manifest = written["Event"].pop("_manifest")
    written["Event"].pop("_hashes")
    assert [one.uuid for one in read_manifest(json.dumps(manifest, default=str).encode())] == [EVENT]
    found = read(json.dumps(written, default=str).encode())
    assert [keys_of_pattern(one["pattern"])[0].value for one in found] == ["evil.example", SHA]
    assert {light_of(one, one["object_marking_refs"]) for one in found} == {Tlp.AMBER}


# --- out ----------------------------------------------------------------------------------------------------------------

ISSUER = Issuer(ORG, "The hub", "region-green|AMBER|qaa")
DAY = date(2026, 3, 4)
KEYS = [
    key_of("domain-name", "evil.example"),
    key_of("ipv6-addr", "2001:db8::1"),
    key_of("autonomous-system", "64500"),
    key_of("file-sha256", SHA),
    key_of("x509-sha1", SHA[:40]),
    key_of("phone-number", "+66812345678"),
    key_of("bank-account", "BANKSGSG:123456"),
    key_of("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    key_of("wallet", "0x" + "a" * 40),
]
GIVEN = [Given(f"indicator--{uuid.UUID(int=n)}", (key,), Tlp(n % 3), NOW) for n, key in enumerate(KEYS)]


def test_a_feed_that_pymisp_reads():
    from pymisp import MISPEvent

    raw = write_event(ISSUER, DAY, GIVEN)
    theirs = MISPEvent()
    theirs.from_json(raw.decode())
    assert (theirs.uuid, theirs.Orgc.uuid, str(theirs.date)) == (event_uuid(ISSUER, DAY), ORG, "2026-03-04")
    assert [tag.name for tag in theirs.tags] == ["tlp:amber"]
    assert len(theirs.attributes) == len(KEYS) - 1  # MISP has no type for what is no bitcoin
    for one, given_one in zip(theirs.attributes, GIVEN, strict=False):
        assert keys_of_attribute(one.type, one.value) == given_one.keys or one.type == "bank-account-nr"
        assert [tag.name for tag in one.tags] == [given_one.light.label.lower()]
    # What MISP itself would write as manifest and hashes of this event.
    manifest = json.loads(write_manifest(ISSUER, {DAY: (int(NOW.timestamp()), Tlp.AMBER)}))
    expected = theirs.manifest[theirs.uuid]
    for name in ("info", "date", "analysis", "threat_level_id", "timestamp"):
        assert str(manifest[theirs.uuid][name]) == str(expected[name])
    lines = b"".join(write_hashes(ISSUER, ((DAY, one) for one in GIVEN))).decode()
    assert list(csv.reader(io.StringIO(lines))) == [[digest, theirs.uuid] for digest in theirs.attributes_hashes("md5")]


def test_a_feed_by_the_words_of_the_format():
    """Without any reader of MISP's: the structure as its format describes it."""
    event = json.loads(write_event(ISSUER, DAY, GIVEN[:2]))["Event"]
    assert {
        "uuid",
        "info",
        "date",
        "timestamp",
        "analysis",
        "threat_level_id",
        "Orgc",
        "Tag",
        "Attribute",
    } <= event.keys()
    for one in event["Attribute"]:
        uuid.UUID(one["uuid"])
        assert one["timestamp"].isdecimal()
        assert one["to_ids"] is True
    digest = hashlib.md5(b"evil.example", usedforsecurity=False).hexdigest()
    assert list(write_hashes(ISSUER, [(DAY, GIVEN[0])])) == [f"{digest},{event['uuid']}\n".encode()]


def test_our_feed_read_by_ourselves():
    found = read(write_event(ISSUER, DAY, GIVEN[:4]))
    assert [keys_of_pattern(one["pattern"]) for one in found] == [one.keys for one in GIVEN[:4]]
    assert [light_of(one, one["object_marking_refs"]) for one in found] == [
        Tlp.AMBER
    ] * 4  # an event's tag is its parts', too


def test_an_observable_stays_one():
    [found] = read(write_event(ISSUER, DAY, [Given("domain-name--1", (KEYS[0],), Tlp.GREEN, NOW, detect=False)]))
    assert keys_of(found) == (KEYS[0],)
    assert pattern_of(keys_of(found)) == "[domain-name:value = 'evil.example']"
