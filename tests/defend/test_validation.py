"""Rule: the whole standard is checked by OASIS' validator, without a network, within bounds, whatever it is given."""

from __future__ import annotations

import json
import socket
import time

import pytest

from serantau.defend.tlp import MARKINGS, marking_object
from serantau.defend.validation import MOST_FINDINGS, findings
from tests.support.stix import an_id, an_indicator, an_observable


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the validator went out")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def errors(data):
    return [found.text for found in findings(data) if found.error]


def test_what_is_right_has_no_errors():
    for light in MARKINGS:
        assert errors(marking_object(light)) == []
    assert errors(an_indicator()) == []
    assert errors(an_observable("domain-name", value="a.example")) == []


@pytest.mark.parametrize(
    "data, said",
    [
        (an_indicator(pattern="[domain-name:value ="), "Pattern failed"),
        (an_indicator(confidence=500), "500 is greater than the maximum"),
        (an_indicator(valid_until="2020-01-01T00:00:00Z"), "valid_until"),
        (an_indicator(spec_version="../../x"), "is not taken"),
        (an_indicator(extensions={"extension-definition--http://a.example/x.json": {"extension_type": "x"}}), ""),
        (an_observable("ipv4-addr", value=7), "value"),
        (5, "no JSON object"),
    ],
)
def test_what_is_wrong_is_said(data, said):
    assert any(said in text for text in errors(data)), findings(data)


@pytest.mark.parametrize(
    "hostile",
    [
        an_indicator(pattern="[" + "(" * 4000),
        an_indicator(x_list=[{"id": "a", "type": "b"}] * 30_000),
        an_indicator(labels=[[]] * 10_000),
        an_indicator(kill_chain_phases={"a": 1}),
        an_indicator(external_references=[5, None, {"source_name": {}}]),
        an_observable("file", hashes={"MD5": {}}, extensions=[]),
        an_observable("network-traffic", protocols=[None], extensions={"http-request-ext": 5}),
    ],
    ids=range(7),
)
def test_what_is_hostile_ends_soon_with_little_said(hostile):
    errors(an_indicator())  # the validator is loaded
    began = time.process_time()
    found = findings(hostile)
    assert time.process_time() - began < 2
    assert 0 < len(found) <= MOST_FINDINGS
    assert len(json.dumps(found)) < 30_000


def test_an_object_of_2_0_is_checked_as_such():
    old = an_indicator(spec_version=None, pattern_type=None, labels=["malicious-activity"], id=an_id("indicator"))
    assert errors(old) == []
