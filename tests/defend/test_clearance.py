"""Rule: who may know a thing but not who saw it gets the hub's own object, and nothing of the member's is in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.clearance import Hub, anonymised, hub_id, label_of, pattern_of, releases
from serantau.defend.keys import key_of, keys_of
from serantau.defend.model import ALERT_LEVELS, ObservableKey, Reader, Tlp, may_read
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.stix import Checked, check
from serantau.defend.tlp import MARKINGS, light_of
from serantau.defend.validation import findings

HUB = Hub("identity--0d0d0d0d-0000-4000-8000-00000000000d", b"a secret of thirty-two bytes....")
NOW = datetime(2026, 3, 4, 5, 46, 47, 123456, tzinfo=UTC)
LABELS = st.sampled_from(list(Tlp))
KEYS = st.sampled_from(
    [
        key_of("domain-name", "evil.example"),
        key_of("ipv4-addr", "198.51.100.7"),
        key_of("ipv6-addr", "2001:db8::/32"),
        key_of("url", "http://evil.example/it's?a=b\\c"),
        key_of("email-addr", "a@evil.example"),
        key_of("mac-addr", "00:1b:63:84:45:e6"),
        key_of("autonomous-system", "AS64500"),
        key_of("file-md5", "0" * 32),
        key_of("file-sha256", "a" * 64),
        key_of("x509-sha1", "b" * 40),
        key_of("phone-number", "+66812345678"),
        key_of("iban", "GB29NWBK60161331926819"),
        key_of("bank-account", "BANKSGSG:123456"),
        key_of("wallet", "0x" + "c" * 40),
    ]
)


def test_silence_is_the_floor_of_the_collection_and_never_clear():
    for floor in ALERT_LEVELS:
        assert label_of(light_of({}), floor) == floor
    assert label_of(Tlp.UNKNOWN, Tlp.CLEAR) == Tlp.UNKNOWN


@pytest.mark.property
@given(LABELS, st.none() | LABELS, st.sampled_from(ALERT_LEVELS), st.sampled_from(["a", "b", "c", ""]))
def test_each_reader_gets_what_the_two_terms_allow(tlp, attribution, clearance, member):
    """Stated anew, from the terms alone: the thing from its label on, the bytes from the stricter of the two on."""
    both = releases(tlp, attribution, "a", frozenset({"b"}))
    reader = Reader(member, clearance)
    own = member in {"a", "b"}
    may_know = tlp <= clearance
    may_name = attribution is not None and attribution <= clearance
    assert may_read(reader, both.original) == (own or (may_know and may_name))
    gets_ours = both.anonymised is not None and may_read(reader, both.anonymised)
    if not own:
        assert gets_ours == (may_know and not may_name)


@pytest.mark.property
@given(st.lists(KEYS, min_size=1, max_size=5, unique=True))
def test_a_pattern_of_keys_has_these_keys(keys):
    assert list(keys_of_pattern(pattern_of(keys))) == keys


TOKENS = st.uuids().map(lambda made: f"zz{made.hex[:12]}")


@st.composite
def objects(draw):
    """An indicator or an observable with a telling word in every place that takes one."""
    telling = []

    def word():
        telling.append(draw(TOKENS))
        return telling[-1]

    def an_id(kind):
        made = str(draw(st.uuids()))
        telling.append(made)
        return f"{kind}--{made}"

    common = {
        "object_marking_refs": [an_id("marking-definition")],
        "granular_markings": [{"marking_ref": an_id("marking-definition"), "selectors": [word()]}],
        "extensions": {an_id("extension-definition"): {"extension_type": "property-extension", "x": word()}},
        f"x_{word()}": word(),
    }
    key = draw(KEYS)
    if draw(st.booleans()):
        minute = draw(st.integers(0, 59))
        telling.append(f":{minute:02}:13.7")
        times = dict.fromkeys(("created", "modified", "valid_from", "valid_until"), f"2026-01-02T03:{minute:02}:13.7Z")
        return telling, {
            "type": "indicator",
            "spec_version": "2.1",
            "id": an_id("indicator"),
            "created_by_ref": an_id("identity"),
            "name": word(),
            "description": word(),
            "lang": word(),
            "indicator_types": ["malicious-activity", word()],
            "pattern": pattern_of([key]).replace("[", f"[x-{word()}:{word()} = '{word()}' OR ", 1),
            "pattern_type": "stix",
            "pattern_version": word(),
            "labels": [word()],
            "kill_chain_phases": [{"kill_chain_name": word(), "phase_name": word()}],
            "external_references": [{"source_name": word(), "url": f"https://a.example/{word()}"}],
            **times,
            **common,
        }
    return telling, {"type": "domain-name", "id": an_id("domain-name"), "value": "EVIL.example", **common}


@pytest.mark.property
@given(objects(), st.sampled_from(ALERT_LEVELS))
def test_nothing_of_the_member_is_in_the_hubs_object(made, tlp):
    telling, data = made
    ours = anonymised(data, tlp, HUB, NOW)
    text = ours.decode().lower()
    assert not [word for word in telling if word.lower() in text]
    read = json.loads(ours)
    assert isinstance(check(read), Checked)
    assert light_of(read, check(read).marks) == tlp
    theirs = keys_of_pattern(data["pattern"]) if "pattern" in data else keys_of(data)
    assert (keys_of_pattern(read["pattern"]) if "pattern" in read else keys_of(read)) == theirs


@pytest.mark.parametrize("withheld", ["Team-A", "team-a.example", "bücher"])
def test_what_would_tell_who_it_was_is_not_given(withheld):
    telling = [
        "[url:value = 'http://evil.example/?from=team-a.example']",
        "[url:value = 'http://evil.example/?from=%54eam%2Da.example']",
        "[domain-name:value = 'bücher.team-a.example']",
        "[domain-name:value = 'a.example' OR email-addr:value = 'x@bücher']",
    ]
    given_out = 0
    for pattern in telling:
        ours = anonymised(
            {"type": "indicator", "id": "indicator--1", "pattern": pattern},
            Tlp.GREEN,
            HUB,
            NOW,
            withheld=[withheld, ""],
        )
        if ours is not None:
            given_out += 1
            assert withheld.lower() not in ours.decode().lower()
    assert given_out < len(telling)


@pytest.mark.parametrize(
    "data",
    [
        {"type": "sighting", "sighting_of_ref": "indicator--1"},
        {"type": "report", "name": "a"},
        {"type": "indicator", "pattern": "[file:name = 'a']"},
        {"type": "indicator", "pattern": "alert tcp any", "pattern_type": "snort"},
        {"type": "indicator", "pattern": 5},
        {"type": "x-team-a-thing", "value": "evil.example"},
    ],
)
def test_what_has_no_key_has_no_stand_in(data):
    assert anonymised({"id": "a--1"} | data, Tlp.GREEN, HUB, NOW) is None


def test_what_nobody_may_read_has_no_stand_in():
    data = {"type": "domain-name", "id": "domain-name--1", "value": "a.example"}
    assert anonymised(data, Tlp.UNKNOWN, HUB, NOW) is None


def test_identifiers_are_the_hubs_secret():
    mine = hub_id(HUB, "indicator--1", "indicator")
    assert mine == hub_id(HUB, "indicator--1", "indicator")
    assert mine != hub_id(HUB, "indicator--2", "indicator")
    assert mine != hub_id(Hub(HUB.identity, b"another"), "indicator--1", "indicator")


def test_times_are_the_hours_of_release_and_versions_follow_each_other():
    data = {"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value = 'a.example']", "revoked": True}
    first = json.loads(anonymised(data, Tlp.GREEN, HUB, NOW))
    assert {first[name] for name in ("created", "modified", "valid_from")} == {"2026-03-04T05:00:00.000Z"}
    assert first["revoked"]
    issued = datetime(2026, 3, 4, 5, tzinfo=UTC)
    again = json.loads(anonymised(data, Tlp.GREEN, HUB, NOW, created=issued, after=issued))
    assert (again["created"], again["modified"]) == ("2026-03-04T05:00:00.000Z", "2026-03-04T05:00:00.001Z")
    later = json.loads(anonymised(data, Tlp.GREEN, HUB, NOW + timedelta(days=1), created=issued, after=issued))
    assert (later["id"], later["modified"]) == (first["id"], "2026-03-05T05:00:00.000Z")


@pytest.mark.parametrize("key", [key_of("domain-name", "a.example"), key_of("ipv6-addr", "2001:db8::/32")])
def test_the_standards_validator_takes_the_hubs_objects(key):
    for light in MARKINGS:
        data = {"type": "indicator", "id": "indicator--1", "pattern": pattern_of([key]), "indicator_types": ["benign"]}
        assert [found for found in findings(json.loads(anonymised(data, light, HUB, NOW))) if found.error] == []
    value = {"type": key.type, "id": f"{key.type}--1", "value": key.value}
    assert [found for found in findings(json.loads(anonymised(value, Tlp.GREEN, HUB, NOW))) if found.error] == []


def test_every_type_of_key_can_be_issued():
    made = {ObservableKey("file-md5", "0" * 32): {"type": "file", "hashes": {"MD5": "0" * 32}}}
    for key, data in made.items():
        ours = json.loads(anonymised({"id": "file--1", **data, "name": "tells"}, Tlp.GREEN, HUB, NOW))
        assert (keys_of(ours), "name" in ours) == ((key,), False)
