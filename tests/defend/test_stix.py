"""Rule: what cannot be used is refused with its reason, what can be is taken as it is, and versions compare as moments."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import Problem
from serantau.defend.stix import Checked, check, instant, microseconds

TWO = "2024-01-02T00:00:00.000Z"
IDENTITY = "identity--1c1c1c1c-0000-4000-8000-00000000000a"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"


def an_id(kind):
    return f"{kind}--3c10e93f-798e-5a26-a0c1-08156efab7f5"


def an(kind, **more):
    """A plain object of the kind, with what is given instead; None takes a property away."""
    data = {"type": kind, "spec_version": "2.1", "id": an_id(kind), "created": TWO, "modified": TWO} | more
    return {name: value for name, value in data.items() if value is not None}


def an_indicator(**more):
    words = {"pattern": "[ipv4-addr:value = '198.51.100.1']", "pattern_type": "stix", "valid_from": TWO}
    return an("indicator", **(words | more))


def an_address(**more):
    return {"type": "ipv4-addr", "id": an_id("ipv4-addr"), "value": "198.51.100.1"} | more


@pytest.mark.parametrize(
    "data, expected",
    [
        (an_indicator(), {"version": TWO, "version_us": 1_704_153_600_000_000, "spec_version": "2.1"}),
        (an_indicator(modified="2024-01-02T00:00:00.0000001Z"), {"version": "2024-01-02T00:00:00.0000001Z"}),
        (an_indicator(modified="2025-01-01T00:00:00Z"), {"version_us": 1_735_689_600_000_000}),
        (an_indicator(revoked=True), {"revoked": True}),
        (an_address(), {"version": "", "version_us": None, "spec_version": "2.1"}),
        (an_address(spec_version="2.1"), {"spec_version": "2.1"}),
        (an("identity", name="A team", spec_version=None), {"spec_version": "2.0"}),
        (an("x-scam-report"), {"type": "x-scam-report", "version": TWO}),
        ({"type": "phone-number", "id": an_id("phone-number"), "value": "1"}, {"version": "", "spec_version": "2.1"}),
        (an_indicator(created_by_ref=IDENTITY), {"created_by": IDENTITY, "refs": (IDENTITY,)}),
        (
            an("sighting", sighting_of_ref=an_id("indicator"), where_sighted_refs=[IDENTITY]),
            {"refs": (an_id("indicator"), IDENTITY)},
        ),
        (an_indicator(object_marking_refs=[AMBER]), {"marks": (AMBER,)}),
        (
            an_indicator(granular_markings=[{"marking_ref": AMBER, "selectors": ["name"]}, {"lang": "ms"}]),
            {"marks": (AMBER,)},
        ),
        (an_indicator(x_vendor_ref="anything"), {"refs": ()}),
        (
            an("marking-definition", modified=None, definition_type="statement", definition={"statement": "a"}),
            {"version": TWO},
        ),
        # STIX 2.0: what ATT&CK's own files are written in.
        (an("malware", spec_version=None, name="A", labels=["trojan"]), {"spec_version": "2.0"}),
        (an_indicator(spec_version=None, pattern_type=None, labels=["a"]), {"spec_version": "2.0"}),
    ],
)
def test_what_is_taken(data, expected):
    checked = check(data)
    assert isinstance(checked, Checked), checked
    assert {name: getattr(checked, name) for name in expected} == expected


@pytest.mark.parametrize(
    "data, where, what",
    [
        (None, "object", "no JSON object"),
        ([], "object", "no JSON object"),
        ({}, "type", "missing"),
        (an_indicator(type=5), "type", "no type's name"),
        (an_indicator(type="Indicator"), "type", "no type's name"),
        (an_indicator(type="x" * 300), "type", "no type's name"),
        (an_indicator(id=None), "id", "None is no identifier"),
        (an_indicator(id="indicator--bad"), "id", "'indicator--bad' is no identifier"),
        (an_indicator(id={}), "id", "dict is no identifier"),
        (an_indicator(id=an_id("indicator").upper()), "id", "no identifier"),
        (an_indicator(id=an_id("indicator") + "\n"), "id", "no identifier"),
        (an_indicator(id="indicator--" + "9" * 1_000_000), "id", "is no identifier"),
        (an_indicator(id=an_id("malware")), "id", "one of malware, the type is indicator"),
        (an_indicator(spec_version="3.0"), "spec_version", "'3.0' is not taken"),
        (an_indicator(spec_version=[]), "spec_version", "list is not taken"),
        (an_indicator(created=None, modified=None), "created", "says when it was created"),
        (an_indicator(created=None), "created", "None is no moment"),
        (an_indicator(modified=None), "modified", "says when it was last modified"),
        (an_indicator(modified="2024-01-02"), "modified", "no moment in UTC"),
        (an_indicator(modified="2024-01-02T00:00:00+07:00"), "modified", "no moment in UTC"),
        (an_indicator(modified="2024-13-02T00:00:00Z"), "modified", "no moment in UTC"),
        (an_indicator(modified="２024-01-02T00:00:00Z"), "modified", "no moment in UTC"),
        (an_indicator(modified=1704153600), "modified", "no moment in UTC"),
        (an_indicator(modified="2023-01-01T00:00:00Z"), "modified", "before it was created"),
        (an_indicator(pattern=None), "pattern", "must have this property"),
        (an_indicator(pattern=7), "pattern", "7 is no text"),
        (an_indicator(valid_from="today"), "valid_from", "'today' is no moment"),
        (an_indicator(revoked="yes"), "revoked", "'yes' is neither"),
        (an_indicator(created_by_ref="a team"), "created_by_ref", "no identifier"),
        (an_indicator(created_by_ref=an_id("malware")), "created_by_ref", "made by an identity"),
        (an_indicator(created_by_ref=5), "created_by_ref", "5 is no identifier"),
        (an_indicator(object_marking_refs=AMBER), "object_marking_refs", "no list"),
        (an_indicator(object_marking_refs=[IDENTITY]), "object_marking_refs", "is no marking"),
        (an_indicator(object_marking_refs=[[]]), "object_marking_refs", "is no marking"),
        (an_indicator(granular_markings=[5]), "granular_markings", "no list of markings"),
        (an_indicator(granular_markings=[{"selectors": ["name"]}]), "granular_markings", "marked by nothing"),
        (an("report", name="a", published=TWO, object_refs=[]), "object_refs", "must have"),
        (an("report", name="a", published=TWO, object_refs=an_id("malware")), "object_refs", "no list"),
        (an("report", name="a", published=TWO, object_refs=[an_id("malware")] * 10_001), "object_refs", "names 10001"),
        (an("marking-definition", modified=None), "definition", "says nothing"),
        (an("marking-definition", modified=None, definition="red"), "definition", "is an object"),
        (an_address(value=""), "value", "must have"),
        ({"type": "file", "id": an_id("file")}, "hashes", "hashes or a name"),
    ],
)
def test_what_is_refused_says_why(data, where, what):
    problem = check(data)
    assert isinstance(problem, Problem), problem
    assert problem.where == where
    assert what in problem.what
    assert len(str(problem)) < 400


MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
DIGITS = st.text("0123456789", max_size=12)


@pytest.mark.property
@given(MOMENTS, DIGITS)
def test_a_moment_in_microseconds(at, digits):
    text = at.isoformat() + (f".{digits}" if digits else "") + "Z"
    seconds = (at - datetime(1970, 1, 1)) // timedelta(seconds=1)  # noqa: DTZ001
    exact = (Fraction(seconds) + Fraction(int(digits or 0), 10 ** len(digits))) * 1_000_000
    assert microseconds(text) == exact // 1
    assert instant(text) == at.replace(tzinfo=UTC) + timedelta(microseconds=int(exact // 1) - seconds * 1_000_000)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([TWO, IDENTITY]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.property
@given(st.sampled_from([an_indicator(), an_address(), an("report", name="a"), an("marking-definition")]), st.data())
def test_any_junk_is_refused_or_taken(data, draw):
    names = [
        *data,
        "revoked",
        "created_by_ref",
        "object_refs",
        "object_marking_refs",
        "granular_markings",
        "definition",
    ]
    for name in draw.draw(st.lists(st.sampled_from(names), max_size=3)):
        data = data | {name: draw.draw(JUNK)}
    assert isinstance(check(data), Checked | Problem)


def test_the_peer_takes_what_is_taken():
    """The plain forms above are valid for the library that OASIS publishes."""
    from stix2 import parse

    random.seed(1)
    for data in (an_indicator(), an_address(), an("identity", name="A team")):
        assert parse(data, allow_custom=True)["id"] == data["id"]
