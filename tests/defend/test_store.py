"""Rule: what is taken is kept as it came, once; the newest version decides who reads the older; every stamp is later."""

from __future__ import annotations

import json
import time

import pytest

from serantau.defend.model import Reader, Release, Tlp
from serantau.defend.taxii.v21.taking import EnvelopeError
from serantau.ledger import Event
from serantau.web.defend import store
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.services import add_envelope, issue
from serantau.web.ledger.models import Event as Leaf
from tests.defend.scene import NOW, envelope, identifier, indicator, make_account
from tests.support.regions import THREELANDS

AMBER, GREEN, CLEAR = (Reader("QBB", one) for one in (Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR))
ALL = store.Wanted(versions=(store.ALL,))


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)


@pytest.fixture
def account():
    return make_account()


def add(account, objects, alias="region-green", now=NOW, **more):
    return add_envelope(account, collection_of(alias), envelope(objects, **more), now)


def read(reader, wanted=store.Wanted(), alias="region-green"):  # noqa: B008 - frozen
    return [json.loads(row.body)["modified"] for row in store.page(alias, reader, wanted).rows]


def test_bytes_come_back_as_they_came(account):
    raw = b'{ "objects" :[ ' + json.dumps(indicator()).replace(": ", " :  ").encode() + b" ] }"
    add_envelope(account, collection_of("region-green"), raw, NOW)
    (row,) = store.page("region-green", GREEN, store.Wanted()).rows
    assert bytes(row.body) in raw
    assert b" :  " in row.body


def test_an_envelope_is_one_leaf(account):
    add(account, [indicator(1), indicator(2)])
    (leaf,) = Leaf.objects.filter(event=Event.ENVELOPE_ADDED.value)
    assert leaf.details["stored"] == 2
    assert leaf.actor == account.reference


def test_good_objects_are_kept_and_bad_ones_named(account):
    status = add(account, [indicator(1), {"type": "indicator", "id": "indicator--bad"}, 7, indicator(2)])
    assert [name for name, _ in status.successes] == [identifier("indicator", 1), identifier("indicator", 2)]
    assert [one.id for one in status.failures] == ["indicator--bad", ""]
    assert all(one.message for one in status.failures)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"objects": 1}', b'{"objects": [{"a": 1, "a": 2}]}', b"\xff"])
def test_what_is_no_envelope_is_refused_whole(account, body):
    with pytest.raises(EnvelopeError):
        add_envelope(account, collection_of("region-green"), body, NOW)
    assert not Leaf.objects.exists()


def test_the_same_again_is_a_success_and_stored_once(account):
    assert add(account, [indicator()]).stored == 1
    again = add(account, [dict(reversed(indicator().items())), indicator()])
    assert (len(again.successes), len(again.failures), again.stored) == (2, 0, 0)
    assert len(read(GREEN, ALL)) == 1


def test_other_content_under_one_version_is_refused(account):
    add(account, [indicator()])
    status = add(account, [indicator(name="other")])
    assert [one.id for one in status.failures] == [identifier("indicator", 1)]


def test_observables_without_a_version_are_kept_once_too(account):
    one = {"type": "domain-name", "id": identifier("domain-name", 1), "value": "a.example"}
    assert add(account, [one, one]).stored == 1
    assert add(account, [one]).stored == 0
    assert add(account, [{**one, "x_seen": 2}]).stored == 1


def test_every_stamp_is_later_than_all_before_also_when_the_clock_goes_back(account):
    add(account, [indicator(1), indicator(2)])
    add(account, [indicator(3)], now=NOW.replace(year=2025))
    seqs = [row.seq for row in store.page("region-green", GREEN, store.Wanted()).rows]
    assert len(seqs) == 3
    assert seqs == sorted(set(seqs))


def test_the_newest_version_decides_about_the_older(account):
    add(account, [indicator(1), indicator(1, modified="2026-01-02T00:00:00.000Z")])
    assert len(read(GREEN, ALL)) == 2
    add(account, [indicator(1, Tlp.AMBER, "2026-01-03T00:00:00.000Z")])
    assert read(GREEN, ALL) == []
    assert len(read(AMBER, ALL)) == 3


def test_what_was_given_under_a_stricter_label_stays_so(account):
    add(account, [indicator(1, Tlp.AMBER), indicator(1, Tlp.GREEN, "2026-01-02T00:00:00.000Z")])
    assert read(GREEN, ALL) == ["2026-01-02T00:00:00.000Z"]


def test_tightening_in_one_collection_tightens_in_all(account):
    add(account, [indicator(1)])
    add(account, [indicator(1, Tlp.RED, "2026-01-02T00:00:00.000Z")], "qaa-out")
    assert read(GREEN, ALL) == []
    assert len(read(Reader("QAA", Tlp.CLEAR), ALL)) == 1


def test_an_older_version_that_comes_late_is_no_wider_than_the_newer(account):
    add(account, [indicator(1, Tlp.AMBER, "2026-01-02T00:00:00.000Z")])
    add(account, [indicator(1, Tlp.CLEAR)])
    assert read(GREEN, ALL) == []


def test_no_marking_is_the_floor_of_the_collection_and_never_clear(account):
    add(account, [indicator(1, None)], "region-clear")
    assert read(CLEAR, alias="region-clear") == []
    assert len(read(GREEN, alias="region-clear")) == 1


def test_an_unknown_marking_fails_closed_until_its_contributor_defined_it(account):
    name = identifier("marking-definition", 9)
    definition = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": name,
        "created": "2026-01-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "TLP:GREEN"},
    }
    add(account, [indicator(1, None, object_marking_refs=[name])])
    add(make_account("QCC"), [definition])
    add(account, [indicator(2, None, object_marking_refs=[name])])
    assert len(store.page("region-green", AMBER, store.Wanted(types=("indicator",))).rows) == 0
    add(account, [definition])
    add(account, [indicator(3, None, object_marking_refs=[name])])
    assert len(store.page("region-green", GREEN, store.Wanted(types=("indicator",))).rows) == 1


def test_two_contributors_of_one_identifier_do_not_touch_each_other(account):
    """Neither learns of what the other gave under a label that it cannot read."""
    add(account, [indicator(1, Tlp.RED, name="secret")])
    status = add(make_account("QBB"), [indicator(1, Tlp.GREEN)])
    assert status.stored == 1
    assert len(read(GREEN, ALL)) == 1


def test_whoever_may_not_be_named_is_not_read_below(account):
    add(make_account(attribution=Tlp.AMBER), [indicator(1)])
    add(make_account(attribution=None), [indicator(2)])
    originals = {identifier("indicator", number) for number in (1, 2)}
    seen = {one: {row.stix_id for row in store.page("region-green", one, ALL).rows} for one in (GREEN, AMBER)}
    assert not originals & seen[GREEN]
    assert originals & seen[AMBER] == {identifier("indicator", 1)}


def test_the_hub_issues_what_a_level_may_read():
    body = json.dumps(indicator()).encode()
    assert issue("alerts", [body], Release(Tlp.GREEN, upto=Tlp.AMBER), NOW) == 1
    assert [len(read(reader, alias="alerts")) for reader in (CLEAR, GREEN, AMBER)] == [0, 1, 0]


def test_jobs_get_everything_in_order(account):
    add(account, [indicator(1), indicator(2, Tlp.RED)])
    first, second = store.contributions_after(0, 10)
    assert (first.collection, first.member, first.tlp, first.is_last) == ("region-green", "QAA", Tlp.GREEN, True)
    assert [one.seq for one in store.contributions_after(first.seq, 10)] == [second.seq]


@pytest.mark.parametrize(
    "versions, expected",
    [
        ((store.LAST,), [3]),
        ((store.FIRST,), [1]),
        ((store.FIRST, store.LAST), [1, 3]),
        ((store.ALL,), [1, 2, 3]),
        ((1767312000000000,), [2]),
        ((1767312000000000, store.LAST), [2, 3]),
    ],
)
@pytest.mark.parametrize("more", [{}, {"types": ("indicator", "malware")}, {"ids": (identifier("indicator", 1),)}])
def test_versions_are_chosen(account, versions, expected, more):
    add(account, [indicator(1, modified=f"2026-01-0{day}T00:00:00.000Z") for day in (1, 2, 3)])
    found = read(GREEN, store.Wanted(versions=versions, **more))
    assert found == [f"2026-01-0{day}T00:00:00.000Z" for day in expected]


def test_versions_are_chosen_among_what_the_other_filters_leave(account):
    """Filter, then last (see docs/decisions): the newest of the version of STIX that was asked for."""
    old = {key: value for key, value in indicator(1).items() if key not in {"spec_version", "pattern_type"}}
    add(account, [{**old, "labels": ["x"]}, indicator(1, modified="2026-01-02T00:00:00.000Z")])
    assert read(GREEN, store.Wanted(specs=(20,))) == ["2026-01-01T00:00:00.000Z"]
    assert read(GREEN, store.Wanted(specs=(21,), versions=(store.FIRST,))) == ["2026-01-02T00:00:00.000Z"]
    assert read(GREEN) == ["2026-01-02T00:00:00.000Z"]
    assert read(GREEN, store.Wanted(versions=(store.FIRST,))) == ["2026-01-01T00:00:00.000Z"]


# --- the hub's own objects in place of those whose contributor may not be named ------------------------------------------


def served(reader, alias="region-green"):
    return [json.loads(row.body) for row in store.page(alias, reader, store.Wanted(types=("indicator",))).rows]


@pytest.fixture
def shy():
    return make_account(attribution=Tlp.AMBER)


def test_whoever_may_know_the_thing_and_not_its_contributor_gets_the_hubs_own(shy):
    add(shy, [indicator(1, name="what the team wrote", created_by_ref=identifier("identity", 7), labels=["ours"])])
    (one,) = served(GREEN)
    assert one["pattern"] == indicator(1)["pattern"]
    assert one["id"] != indicator(1)["id"]
    assert "what the team wrote" not in str(one)
    assert identifier("identity", 7) not in str(one)
    assert [held["id"] for held in served(AMBER)] == [indicator(1)["id"]]
    assert served(CLEAR) == []


def test_the_hubs_object_is_tightened_with_the_original(shy):
    add(shy, [indicator(1)])
    add(shy, [indicator(1, Tlp.RED, "2026-01-02T00:00:00.000Z")])
    assert served(GREEN) == served(AMBER) == []


def test_also_when_the_contributor_may_be_named_by_then(shy):
    from dataclasses import replace

    add(shy, [indicator(1)])
    add(replace(shy, attribution=Tlp.CLEAR), [indicator(1, Tlp.AMBER, "2026-01-02T00:00:00.000Z")], "qaa-out")
    assert served(GREEN) == []


def test_the_hubs_object_is_issued_anew_only_if_it_says_something_new(shy):
    add(shy, [indicator(1)])
    add(shy, [indicator(1, modified="2026-01-02T00:00:00.000Z", name="more words")])
    assert len(read(GREEN, store.Wanted(types=("indicator",), versions=(store.ALL,)))) == 1
    add(shy, [indicator(1, modified="2026-01-03T00:00:00.000Z", pattern="[domain-name:value = 'b.example']")])
    assert len(read(GREEN, store.Wanted(types=("indicator",), versions=(store.ALL,)))) == 2
    assert [one["pattern"] for one in served(GREEN)] == ["[domain-name:value = 'b.example']"]


def test_two_contributors_of_one_identifier_have_objects_of_their_own(shy):
    add(shy, [indicator(1)])
    add(make_account("QCC", attribution=Tlp.AMBER), [indicator(1)])
    assert len({one["id"] for one in served(GREEN)}) == 2


def test_the_hubs_object_is_deleted_with_the_original(shy):
    from serantau.web.defend.services import removing

    add(shy, [indicator(1)])
    (twin,) = served(GREEN)
    removing.remove(shy, collection_of("region-green"), indicator(1)["id"], ("all",), None, NOW)
    assert served(GREEN) == served(AMBER) == []
    graves = [json.loads(row.body) for row in store.page("tombstones", GREEN, store.Wanted()).rows]
    assert [one["deleted_ref"] for one in graves] == [twin["id"]]


def test_observables_have_twins_too(shy):
    from serantau.defend.tlp import MARKINGS

    marks = [MARKINGS[Tlp.GREEN]]
    add(
        shy,
        [
            {
                "type": "domain-name",
                "id": identifier("domain-name", 1),
                "value": "a.example",
                "object_marking_refs": marks,
            }
        ],
    )
    found = store.page("region-green", GREEN, store.Wanted(types=("domain-name",))).rows
    assert [json.loads(row.body)["value"] for row in found] == ["a.example"]
    assert found[0].stix_id != identifier("domain-name", 1)


def test_where_one_member_alone_gives_the_hub_puts_nothing_in_its_place(shy):
    """The name of the collection would say who it is that may not be named."""
    add(shy, [indicator(1)], "qaa-out")
    assert served(GREEN, "qaa-out") == []
    assert [held["id"] for held in served(AMBER, "qaa-out")] == [indicator(1)["id"]]


def test_patterns_that_take_long_to_parse_do_not_hold_everybodys_lock(shy):
    slow = "[domain-name:value IN (" + ",".join(["'a'"] * 2300) + ")]"
    before = time.process_time()
    add(shy, [indicator(number, pattern=slow) for number in range(1, 31)] + [indicator(99)])
    assert time.process_time() - before < 3
    assert indicator(99)["pattern"] in [one["pattern"] for one in served(GREEN)]
