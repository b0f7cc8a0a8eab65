"""Rule: what the database adds up in steps is what the engine finds at once; nothing is lost, doubled or told too early."""

from __future__ import annotations

import json
import random
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serantau.defend.alerts import DEFAULT, State, correlate
from serantau.defend.model import ALERT_LEVELS, PUBLIC_READER, Reader, Tlp
from serantau.defend.tlp import MARKINGS
from serantau.web.alerts import reading, seam
from serantau.web.alerts import store as reads
from serantau.web.alerts.models import Alert, Bucket, Evidence, Key, Progress
from serantau.web.alerts.services import correlating, lists
from serantau.web.defend import store
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.services.removing import remove
from serantau.web.jobs.models import Job
from tests.defend.alerts_scene import MEMBERS, NOW, Sharing, levels, run, stamp
from tests.support.regions import THREELANDS
from tests.support.writes import unrecorded

SHOWN = ("members", "independent", "sightings", "doubts", "first", "last", "reached", "clock")


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)


@pytest.fixture
def sharing():
    return Sharing()


def issued(reader):
    return [json.loads(row.body) for row in store.page("alerts", reader, store.Wanted()).rows]


def test_three_members_make_one_alert_a_level(sharing):
    sharing.all_share()
    done = run()
    assert levels() == [(name, "open", 3) for name in ("GREEN", "AMBER", "AMBER_STRICT")]
    assert (done.read, done.raised, done.issued) == (3, 3, 3)
    assert Job.objects.filter(name="workflows.follow").count() == 1


def test_each_reader_gets_the_objects_of_its_own_level_alone(sharing):
    sharing.all_share()
    run()
    ids = {}
    for clearance in ALERT_LEVELS:
        objects = issued(Reader("", clearance))
        kinds = sorted(one["type"] for one in objects if one["type"] in {"indicator", "sighting"})
        ids[clearance] = {one["id"] for one in objects if one["type"] in {"indicator", "sighting"}}
        assert kinds == ([] if clearance is Tlp.CLEAR else ["indicator", "sighting"])
    assert not ids[Tlp.GREEN] & ids[Tlp.AMBER]
    assert [row.level for row in reads.alerts_for(Reader("QAA", Tlp.AMBER))] == [Tlp.AMBER]
    assert not reads.alerts_for(PUBLIC_READER).exists()


def test_new_evidence_is_a_new_version_and_not_a_new_object(sharing):
    sharing.all_share()
    run()
    before = {one["id"]: one["modified"] for one in issued(Reader("", Tlp.GREEN)) if "modified" in one}
    sharing.share("QAA", when=NOW + timedelta(hours=3))
    run(NOW + timedelta(hours=4))
    after = {one["id"]: one["modified"] for one in issued(Reader("", Tlp.GREEN)) if "modified" in one}
    assert before.keys() == after.keys()
    assert sum(before[name] < after[name] for name in before) == 2
    assert {row.revision for row in Alert.objects.all()} == {2}


def test_nothing_new_writes_nothing(sharing):
    sharing.all_share()
    run()
    before = list(Alert.objects.values_list("pk", "revision"))
    with CaptureQueriesContext(connection) as queries:
        assert run(NOW + timedelta(hours=2)).read == 12  # what the hub issued itself, which says nothing
        assert run(NOW + timedelta(hours=2)).read == 0
    assert list(Alert.objects.values_list("pk", "revision")) == before
    assert len(queries) < 40


def test_the_same_object_in_two_collections_or_versions_is_one_sighting(sharing):
    one = sharing.share("QAA")
    sharing.send("QAA", [one], "qaa-out", NOW + timedelta(minutes=2))
    sharing.send(
        "QAA",
        [{**one, "modified": stamp(NOW + timedelta(hours=1)), "name": "other words"}],
        now=NOW + timedelta(hours=2),
    )
    run(NOW + timedelta(hours=3))
    assert [(row.n, row.member) for row in Bucket.objects.all()] == [(1, "QAA")]


def test_a_version_that_is_tightened_takes_the_count_along(sharing):
    *_, last = sharing.all_share()
    run()
    later = NOW + timedelta(hours=2)
    sharing.send("QCC", [{**last, "modified": stamp(later), "object_marking_refs": [MARKINGS[Tlp.AMBER]]}], now=later)
    run(later + timedelta(hours=1))
    assert levels() == [("GREEN", "withdrawn", 3), ("AMBER", "open", 3), ("AMBER_STRICT", "open", 3)]
    assert [one.get("revoked") for one in issued(Reader("", Tlp.GREEN)) if one["type"] == "indicator"] == [True]


def test_a_revoked_indicator_counts_no_more(sharing):
    *_, last = sharing.all_share()
    later = NOW + timedelta(hours=2)
    sharing.send("QCC", [{**last, "modified": stamp(later), "revoked": True}], now=later)
    run(later + timedelta(hours=1))
    assert not Alert.objects.exists()
    assert Evidence.objects.count() == 2


def test_a_sighting_counts_under_the_stricter_of_its_own_label_and_of_what_it_refers_to(sharing):
    one = sharing.share("QAA", tlp=Tlp.AMBER)
    sighting = {
        "type": "sighting",
        "spec_version": "2.1",
        "id": "sighting--8f7f1f2e-3a57-4d2a-9e52-5ac3f9ac1d01",
        "created": stamp(NOW),
        "modified": stamp(NOW),
        "sighting_of_ref": one["id"],
        "object_marking_refs": [MARKINGS[Tlp.GREEN]],
    }
    sharing.send("QBB", [sighting], "sightings", NOW + timedelta(minutes=5))
    run()
    assert {(row.member, row.tlp) for row in Bucket.objects.all()} == {("QAA", Tlp.AMBER), ("QBB", Tlp.AMBER)}


def test_who_may_not_be_named_is_counted_without_a_name():
    sharing = Sharing(attribution=None)
    sharing.all_share()
    run()
    said = [one["extensions"] for one in issued(Reader("QAA", Tlp.AMBER)) if one["type"] == "indicator"]
    assert ["named_members" in next(iter(one.values())) for one in said] == [False]
    assert [next(iter(one.values()))["members"] for one in said] == [3]


def test_what_stands_above_a_level_leaves_no_trace_at_it():
    """The rows and objects of TLP:GREEN are the same, letter for letter, whether or not there is anything stricter."""
    rng = random.Random(7)  # noqa: S311
    plan = [
        (
            rng.choice(MEMBERS),
            f"v{rng.randrange(3)}.example",
            NOW + timedelta(hours=rng.randrange(24 * 9)),
            rng.choice([*Tlp][1:4]),
        )
        for _ in range(40)
    ]
    traces = []
    for strict in (True, False):
        for model in (Alert, Bucket, Evidence, Key, Progress):
            with unrecorded():
                model.objects.all().delete()
        begun = store.moment().high
        again = Sharing()
        for number, (member, value, when, tlp) in enumerate(plan):
            again.count = number
            if strict or tlp is Tlp.GREEN:
                again.share(
                    member, value, when, tlp, alias="region-amber", now=NOW + timedelta(days=10, minutes=number)
                )
            with unrecorded():
                Progress.objects.get_or_create(name="store", defaults={"number": begun, "at": NOW})
            run(NOW + timedelta(days=10, minutes=number, seconds=30))
        columns = ("stix_id", "state", "why", "named", "revision", "changed_at", "made_at", *SHOWN)
        traces.append(sorted(Alert.objects.filter(level=Tlp.GREEN).values_list(*columns), key=str))
        with connection.cursor() as cursor, unrecorded():
            cursor.execute("DELETE FROM serantau_defend_storedobject")
    assert traces[0]
    assert traces[0] == traces[1]


def test_steps_over_the_database_agree_with_the_engine_at_once(sharing):
    rng = random.Random(3)  # noqa: S311
    for _ in range(60):
        when = NOW + timedelta(hours=rng.randrange(24 * 16), seconds=rng.choice([0, 0, 7]))
        sharing.share(
            rng.choice(MEMBERS),
            f"v{rng.randrange(4)}.example",
            when,
            rng.choice([*Tlp][1:4]),
            alias="region-amber",
            now=NOW + timedelta(days=17, minutes=sharing.count),
            **({"external_references": [{"source_name": "feed"}]} if rng.random() < 0.3 else {}),
        )
        if rng.random() < 0.2:
            run(NOW + timedelta(days=17, minutes=sharing.count, seconds=30))
    run(NOW + timedelta(days=18))
    words = [word for one in reading.said_after(0, 10_000).said for word in one.words]
    found = {(place.key, place.cell, place.level): one for place, one in correlate(words, DEFAULT)}
    rows = {
        (row.key.observable, row.cell, Tlp(row.level)): row
        for row in Alert.objects.select_related("key").filter(state=State.OPEN.value)
    }
    assert found
    assert rows.keys() == found.keys()
    for place, one in found.items():
        assert {name: getattr(rows[place], name) for name in SHOWN} == {name: getattr(one, name) for name in SHOWN}
        assert tuple(rows[place].named) == one.named


def test_a_new_sighting_costs_the_same_at_any_history(sharing):
    def cost(hours):
        sharing.share("QAA", when=NOW + timedelta(hours=hours))
        with CaptureQueriesContext(connection) as queries:
            run(NOW + timedelta(hours=hours, minutes=5))
        read = sum(query["sql"].startswith("SELECT") for query in queries)
        return read, len(queries)

    sharing.all_share()
    run()
    early = cost(1)
    for week in range(1, 12):
        for _ in range(3):
            sharing.all_share(when=NOW - timedelta(days=7 * week))
    run(NOW + timedelta(hours=1, minutes=30))
    run(NOW + timedelta(hours=1, minutes=40))
    assert Bucket.objects.count() > 30
    # The first time the hub's identity and the markings are stored along.
    assert cost(2) <= early


def test_a_step_that_breaks_off_leaves_nothing_and_is_made_again(sharing, monkeypatch):
    sharing.all_share()

    def broken(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(seam, "put", broken)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert not Alert.objects.exists()
    assert not Evidence.objects.exists()
    assert correlating.reached("store") == 0
    run()
    assert len(levels()) == 3


def test_a_rebuild_changes_nothing_and_keeps_what_contacts_said(sharing):
    sharing.all_share()
    sharing.all_share("other.example")
    run()
    assert correlating.doubt(
        Alert.objects.filter(key__value="bad.example").earliest("pk").stix_id, "QBB", NOW + timedelta(hours=2)
    )
    before = list(Alert.objects.order_by("pk").values_list("pk", "stix_id", "state", "revision", "doubts"))
    assert {state for _, _, state, _, _ in before} == {"open", "withdrawn"}
    correlating.rebuild(NOW + timedelta(hours=3))
    assert list(Alert.objects.order_by("pk").values_list("pk", "stix_id", "state", "revision", "doubts")) == before
    assert correlating.reached("rebuild") == 0


def test_a_rebuild_that_breaks_off_goes_on_with_the_next_run(sharing, monkeypatch):
    sharing.all_share()
    run()
    before = list(Alert.objects.values_list("pk", "state", "revision"))
    with monkeypatch.context() as patch:
        patch.setattr(correlating, "run", lambda *_, **__: correlating.Run())
        correlating.rebuild(NOW + timedelta(hours=3))
    assert not Bucket.objects.exists()
    run(NOW + timedelta(hours=4))
    assert list(Alert.objects.values_list("pk", "state", "revision")) == before
    assert Bucket.objects.count() == 3


def test_a_false_positive_is_heard_once_and_at_its_own_level(sharing):
    sharing.all_share()
    run()
    amber = Alert.objects.get(level=Tlp.AMBER)
    assert correlating.doubt(amber.stix_id, "QCC", NOW + timedelta(hours=2))
    assert not correlating.doubt(amber.stix_id, "QCC", NOW + timedelta(hours=3))
    assert levels() == [("GREEN", "open", 3), ("AMBER", "withdrawn", 3), ("AMBER_STRICT", "withdrawn", 3)]


def test_a_key_on_a_warning_list_is_excluded_and_said_and_a_new_list_is_heeded(sharing):
    made = {"name": "Known sites", "type": "hostname", "list": ["bad.example"], "matching_attributes": ["domain"]}
    lists.load(json.dumps(made).encode(), "known.json", NOW)
    sharing.all_share("www.bad.example")
    run()
    assert {(row.state, row.why, tuple(row.lists)) for row in Alert.objects.all()} == {
        ("excluded", "listed", ("Known sites",))
    }
    assert not [one for one in issued(Reader("", Tlp.AMBER)) if one["type"] == "indicator"]
    lists.remove("Known sites", NOW + timedelta(hours=2))
    run(NOW + timedelta(hours=3))
    assert {state for _, state, _ in levels()} == {"open"}
    lists.load(json.dumps(made).encode(), "known.json", NOW + timedelta(hours=4))
    run(NOW + timedelta(hours=5))
    assert {row.state for row in Alert.objects.all()} == {"withdrawn"}
    assert [one["revoked"] for one in issued(Reader("", Tlp.AMBER)) if one["type"] == "indicator"] == [True]


def test_old_history_raises_alerts_that_wake_nobody(sharing):
    sharing.all_share(when=NOW - timedelta(days=300), now=NOW)
    run()
    assert {state for _, state, _ in levels()} == {"open"}
    assert not Job.objects.filter(name="workflows.follow").exists()


def test_an_envelope_nudges_once_in_a_few_seconds(sharing):
    """Many envelopes at once are one job; what the hub issues itself nudges nothing."""
    sharing.all_share()
    run()
    nudges = Job.objects.filter(name="alerts.correlate")
    assert nudges.count() == 1
    assert nudges.get().run_at > NOW + timedelta(minutes=1)


def test_what_is_deleted_counts_no_more_and_an_older_version_speaks_again(sharing):
    first, *_ = sharing.all_share()
    later = NOW + timedelta(hours=1)
    sharing.send(
        "QAA", [{**first, "modified": stamp(later), "pattern": "[url:value = 'http://x.example/']"}], now=later
    )
    run(later + timedelta(minutes=1))
    assert not Alert.objects.exists()
    green = collection_of("region-green")
    remove(sharing.accounts["QAA"], green, first["id"], ["last"], None, later + timedelta(minutes=2))
    run(later + timedelta(minutes=3))
    assert {state for _, state, _ in levels()} == {"open"}
    remove(sharing.accounts["QAA"], green, first["id"], ["all"], None, later + timedelta(minutes=4))
    run(later + timedelta(minutes=5))
    assert {state for _, state, _ in levels()} == {"withdrawn"}
    assert Evidence.objects.count() == 2


def test_identifiers_stay_when_the_secret_of_the_installation_changes(sharing, settings):
    sharing.all_share()
    run()
    before = {one["id"] for one in issued(Reader("", Tlp.GREEN))}
    settings.SECRET_KEY = "another " * 8
    sharing.share("QAA", when=NOW + timedelta(hours=3))
    run(NOW + timedelta(hours=4))
    assert {one["id"] for one in issued(Reader("", Tlp.GREEN))} == before


def sighting_of(one, number, tlp=Tlp.GREEN):
    return {
        "type": "sighting",
        "spec_version": "2.1",
        "id": f"sighting--{uuid.UUID(int=number, version=4)}",
        "created": stamp(NOW),
        "modified": stamp(NOW),
        "sighting_of_ref": one["id"],
        "object_marking_refs": [MARKINGS[tlp]],
    }


def test_nobody_gives_anothers_sighting_a_new_meaning(sharing):
    """Not by an object of the same identifier, however loose its label and however late its version."""
    one = sharing.share("QAA", tlp=Tlp.GREEN)
    other = sharing.made("QCC", "innocent.example", tlp=Tlp.CLEAR) | {"id": one["id"]}
    sharing.send("QCC", [other], "region-clear", NOW + timedelta(minutes=2))
    sharing.send("QBB", [sighting_of(one, 1)], "sightings", NOW + timedelta(minutes=5))
    run()
    held = {(row.member, row.key.value) for row in Bucket.objects.select_related("key")}
    assert held == {("QAA", "bad.example"), ("QBB", "bad.example"), ("QCC", "innocent.example")}


def test_the_same_object_given_under_a_looser_label_by_another_counts_under_that(sharing):
    one = sharing.share("QAA", tlp=Tlp.AMBER)
    same = one | {"object_marking_refs": [MARKINGS[Tlp.GREEN]], "modified": stamp(NOW + timedelta(minutes=1))}
    sharing.send("QCC", [same], now=NOW + timedelta(minutes=2))
    sharing.send("QBB", [sighting_of(one, 1)], "sightings", NOW + timedelta(minutes=5))
    run()
    assert ("QBB", Tlp.GREEN) in {(row.member, row.tlp) for row in Bucket.objects.all()}


def test_what_was_tightened_in_another_collection_is_pointed_at_under_its_new_label(sharing):
    one = sharing.share("QAA", tlp=Tlp.GREEN)
    tight = one | {"object_marking_refs": [MARKINGS[Tlp.RED]], "modified": stamp(NOW + timedelta(minutes=1))}
    sharing.send("QAA", [tight], "qaa-out", NOW + timedelta(minutes=2))
    sharing.send("QBB", [sighting_of(one, 1)], "sightings", NOW + timedelta(minutes=5))
    run()
    assert not Bucket.objects.filter(member="QBB").exists()


@pytest.mark.parametrize("year", ["0001", "1600"])
def test_dates_before_all_networks_stop_nothing(sharing, year):
    early = {"valid_from": f"{year}-01-01T00:00:00Z", "created": f"{year}-01-01T00:00:00Z"}
    for member in MEMBERS:
        sharing.share(member, **early)
        sharing.share(member, "other.example", **early | {"modified": f"{year}-01-01T00:00:00Z"})
    sharing.all_share("third.example")
    run()
    assert set(Alert.objects.values_list("key__value", flat=True)) >= {"third.example"}


def test_a_run_that_takes_long_gives_others_their_turn(sharing, monkeypatch):
    monkeypatch.setattr(correlating, "BATCH", 1)
    monkeypatch.setattr(correlating.step, "__defaults__", (1,))
    sharing.all_share()
    assert correlating.run(NOW + timedelta(hours=1), seconds=-1).read == 1
    assert correlating.run(NOW + timedelta(hours=1)).raised == 3
