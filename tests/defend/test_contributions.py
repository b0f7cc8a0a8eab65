"""Rule: an object says of things seen what it says, no later than it came, and never more openly than what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.contributions import Envelope, Known, contributions, source_of
from serantau.defend.model import Tlp, Word
from tests.support.stix import an, an_id, an_indicator, an_observable

ADDED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
OLD = datetime(2024, 1, 2, tzinfo=UTC)
STORED = Envelope(7, "a", ADDED, Tlp.GREEN, Tlp.AMBER)
DOMAIN = an_observable("domain-name", value="Evil.Example")
INDICATOR = an_indicator(pattern="[domain-name:value = 'evil.example']")
OBSERVED = an(
    "observed-data",
    object_refs=[DOMAIN["id"], an_id("mutex")],
    number_observed=1,
    first_observed="2026-02-01T00:00:00Z",
    last_observed="2026-02-03T00:00:00Z",
)
STORE = {data["id"]: data for data in (DOMAIN, INDICATOR, OBSERVED)}


def known(tlp=Tlp.CLEAR):
    return lambda name: Known(STORE[name], tlp) if name in STORE else None


def said(data, lookup=None):
    found = list(contributions(data, STORED, lookup or known()))
    return [(one.key.value, one.word, one.first, one.last) for one in found]


A_SIGHTING = {
    "sighting_of_ref": INDICATOR["id"],
    "first_seen": "2026-02-01T00:00:00Z",
    "last_seen": "2026-02-02T00:00:00Z",
}
FIRST, SECOND, THIRD = (datetime(2026, 2, day, tzinfo=UTC) for day in (1, 2, 3))


@pytest.mark.parametrize(
    "data, word, first, last",
    [
        (DOMAIN, Word.SEEN, ADDED, ADDED),
        (INDICATOR, Word.SEEN, OLD, OLD),
        (INDICATOR | {"modified": "2025-01-01T00:00:00Z"}, Word.SEEN, OLD, datetime(2025, 1, 1, tzinfo=UTC)),
        (INDICATOR | {"valid_from": "2099-01-01T00:00:00Z"}, Word.SEEN, ADDED, ADDED),
        (INDICATOR | {"revoked": True}, Word.EXPIRED, OLD, OLD),
        (INDICATOR | {"indicator_types": ["benign"]}, Word.FALSE_POSITIVE, OLD, OLD),
        (an("sighting", **A_SIGHTING), Word.SEEN, FIRST, SECOND),
        (an("sighting", sighting_of_ref=INDICATOR["id"]), Word.SEEN, OLD, OLD),
        (an("sighting", **A_SIGHTING, count=0), Word.FALSE_POSITIVE, FIRST, SECOND),
        (an("sighting", **A_SIGHTING, x_opencti_negative=True), Word.FALSE_POSITIVE, FIRST, SECOND),
        (an("sighting", **A_SIGHTING, x_misp_sighting_type="1"), Word.FALSE_POSITIVE, FIRST, SECOND),
        (an("sighting", **A_SIGHTING, x_misp_sighting_type=2), Word.EXPIRED, FIRST, SECOND),
        (an("sighting", **A_SIGHTING, labels=["False-Positive"]), Word.FALSE_POSITIVE, FIRST, SECOND),
        (an("sighting", **A_SIGHTING, revoked=True), Word.EXPIRED, FIRST, SECOND),
        (an("sighting", **(A_SIGHTING | {"sighting_of_ref": OBSERVED["id"]})), Word.SEEN, FIRST, SECOND),
        (
            an("sighting", sighting_of_ref=an_id("malware"), observed_data_refs=[OBSERVED["id"]]),
            Word.SEEN,
            OLD,
            OLD,
        ),
        (OBSERVED, Word.SEEN, FIRST, THIRD),
        (an("opinion", opinion="strongly-disagree", object_refs=[INDICATOR["id"]]), Word.FALSE_POSITIVE, OLD, OLD),
        (
            an("relationship", relationship_type="based-on", source_ref=an_id("indicator", 2), target_ref=DOMAIN["id"]),
            Word.SEEN,
            OLD,
            OLD,
        ),
        (
            an(
                "observed-data",
                spec_version=None,
                first_observed="2026-02-01T00:00:00Z",
                last_observed="2026-02-03T00:00:00Z",
                objects={"0": {"type": "domain-name", "value": "evil.example"}},
            ),
            Word.SEEN,
            FIRST,
            THIRD,
        ),
    ],
)
def test_what_objects_say(data, word, first, last):
    assert said(data) == [("evil.example", word, first, last)]


@pytest.mark.parametrize(
    "data",
    [
        an("opinion", opinion="agree", object_refs=[INDICATOR["id"]]),
        an("sighting", sighting_of_ref=an_id("indicator", 99)),
        an("sighting", sighting_of_ref=5),
        an("relationship", relationship_type="uses", source_ref=an_id("malware"), target_ref=DOMAIN["id"]),
        an("relationship", relationship_type="based-on", source_ref=DOMAIN["id"], target_ref=INDICATOR["id"]),
        an("report", name="a", object_refs=[DOMAIN["id"]]),
        an("malware", is_family=False),
        an_indicator(pattern="alert tcp", pattern_type="snort"),
    ],
)
def test_what_says_nothing(data):
    assert said(data) == []


def test_all_that_is_known_goes_along():
    [one] = contributions(INDICATOR | {"confidence": 80, "created_by_ref": an_id("identity")}, STORED)
    assert (one.number, one.member, one.tlp, one.attribution) == (7, "a", Tlp.GREEN, Tlp.AMBER)
    assert (one.confidence, one.source) == (80, f"by:{an_id('identity')}")
    for wrong in (True, 101, -1, "high", 5.5):
        [one] = contributions(INDICATOR | {"confidence": wrong}, STORED)
        assert one.confidence is None


@pytest.mark.property
@given(st.sampled_from(list(Tlp)), st.sampled_from(list(Tlp)))
def test_a_word_is_as_strict_as_what_it_is_about(mine, theirs):
    for data in (
        an("sighting", **A_SIGHTING),
        OBSERVED,
        an("opinion", opinion="disagree", object_refs=[INDICATOR["id"]]),
    ):
        stored = Envelope(1, "a", ADDED, mine, None)
        assert {one.tlp for one in contributions(data, stored, known(theirs))} == {max(mine, theirs)}
    assert [one.tlp for one in contributions(INDICATOR, Envelope(1, "a", ADDED, mine, None), known(theirs))] == [mine]


SECONDS = st.integers(946_684_800, 4_102_444_800)
TIMES = SECONDS.map(lambda at: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")) | st.text(max_size=5)
NAMES = ["valid_from", "created", "modified", "first_seen", "last_seen", "first_observed", "last_observed"]


@pytest.mark.property
@given(
    st.sampled_from([INDICATOR, OBSERVED, an("sighting", **A_SIGHTING)]), st.dictionaries(st.sampled_from(NAMES), TIMES)
)
def test_nothing_was_seen_in_the_future_or_backwards(data, times):
    for one in contributions(data | times, STORED, known()):
        assert one.first <= one.last <= ADDED


@pytest.mark.parametrize(
    "references, source",
    [
        ([{"source_name": "V", "url": "HTTPS://V.example:443/r/7#top"}], "ref:https://v.example/r/7"),
        (
            [{"source_name": "cve", "external_id": "CVE-2024-1"}, {"source_name": "V", "external_id": "R-7"}],
            "ref:v|r-7",
        ),
        ([{"source_name": " Vendor "}], "ref:vendor"),
        ([{"source_name": "mitre-attack", "url": "https://a.example"}], "by:identity--1"),
        ([5, {}], "by:identity--1"),
        ("x", "by:identity--1"),
        ([{"source_name": "v", "url": "x" * 100_000}], "ref:" + "x" * 196),
    ],
)
def test_what_an_object_rests_on(references, source):
    assert source_of({"created_by_ref": "identity--1", "external_references": references}) == source


def test_without_a_word_of_it_it_rests_on_nothing_known():
    assert source_of({}) == ""


def test_how_much_is_asked_for_is_bounded():
    asked = []

    def count(name):
        asked.append(name)
        return Known(OBSERVED | {"object_refs": [an_id("url", number) for number in range(500)]}, Tlp.CLEAR)

    names = [an_id("observed-data", number) for number in range(500)]
    assert list(contributions(an("sighting", sighting_of_ref=names[0], observed_data_refs=names), STORED, count)) == []
    assert len(asked) <= 200


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers() | st.none(), max_size=2)


@pytest.mark.property
@given(st.sampled_from([INDICATOR, OBSERVED, DOMAIN, an("sighting", **A_SIGHTING)]), st.data())
def test_any_junk_says_something_or_nothing(data, draw):
    names = [*data, "labels", "count", "confidence", "objects", "object_refs", "external_references", "opinion"]
    for name in draw.draw(st.lists(st.sampled_from(names), max_size=3)):
        data = data | {name: draw.draw(JUNK)}
    for one in contributions(data, STORED, known()):
        assert one.last - one.first >= timedelta(0)
