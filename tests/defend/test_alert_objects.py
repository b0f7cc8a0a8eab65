"""Rule: what is issued for an alert is valid STIX 2.1, matches what was seen, and gives nobody away."""

from __future__ import annotations

import json

import pytest
import stix2
from stix2patterns.validator import run_validator
from stix2validator import ValidationOptions, validate_string

from serantau.defend.keys import key_of
from serantau.defend.model import ObservableKey, Reader, Tlp
from serantau.defend.patterns import keys_of_pattern
from serantau.web.alerts.objects import companions, pattern_of
from serantau.web.defend import store
from tests.defend.alerts_scene import Sharing, run
from tests.support.regions import THREELANDS


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)


@pytest.mark.parametrize(
    "key",
    [
        ObservableKey("url", "http://a.example/it's"),
        ObservableKey("domain-name", "a.example"),
        ObservableKey("ipv6-addr", "2001:db8::1"),
        ObservableKey("file-sha256", "a" * 64),
        ObservableKey("file-md5", "b" * 32),
        ObservableKey("phone-number", "+12025550123"),
    ],
)
def test_the_pattern_means_the_key_and_nothing_else(key):
    pattern = pattern_of(key)
    assert run_validator(pattern, stix_version="2.1") == []
    assert keys_of_pattern(pattern) == (key,)


def test_an_autonomous_system_is_a_number():
    key = key_of("autonomous-system", "AS64496")
    assert keys_of_pattern(pattern_of(key)) == (key,)


def test_what_is_issued_is_valid_and_names_whom_it_may(db):
    Sharing(attribution=Tlp.AMBER).all_share()
    run()
    # Attribution from AMBER on, and so the objects themselves are given from AMBER on; at GREEN only the count is.
    for clearance, named in ((Tlp.GREEN, []), (Tlp.AMBER, ["QAA", "QBB", "QCC"])):
        bodies = [bytes(row.body) for row in store.page("alerts", Reader("", clearance), store.Wanted()).rows]
        for body in bodies:
            found = validate_string(body.decode(), ValidationOptions(version="2.1"))
            assert found.is_valid, [str(one) for one in found.errors]
            stix2.parse(json.loads(body), allow_custom=True)
        (indicator,) = [json.loads(body) for body in bodies if b'"type":"indicator"' in body]
        (said,) = indicator["extensions"].values()
        assert said.get("named_members", []) == named
        assert said["members"] == 3
        whole = b"".join(bodies)
        assert (b"QAA" in whole) is bool(named)


def test_what_alerts_refer_to_is_issued_with_them():
    ids = {json.loads(body)["id"] for body in companions()}
    Sharing().all_share()
    run()
    rows = store.page("alerts", Reader("", Tlp.CLEAR), store.Wanted()).rows
    assert {row.stix_id for row in rows} == ids
