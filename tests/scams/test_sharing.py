"""Rule: what officers accepted enters the exchange as their member's word on a thing, says nothing of reporters, and goes."""

from __future__ import annotations

import json

import orjson
import pytest

from serantau.defend import validation
from serantau.defend.keys import key_of
from serantau.defend.model import PUBLIC_READER, Reader, Tlp, may_read
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.scams import Act, Harm, Step, Thing, normal
from serantau.web.alerts.models import Alert
from serantau.web.alerts.services import correlating
from serantau.web.defend import store
from serantau.web.defend.models import StoredObject
from serantau.web.jobs.models import Job
from serantau.web.scams import jobs
from serantau.web.scams.services import appeals, reporting, triage
from serantau.web.workflows.jobs import tell
from tests.scams.scene import DAY, HOUR, NOW, PHONE, accepted, appeal, report


def follow(now=NOW):
    """Do what was deferred to other rooms; how much that was."""
    waiting = list(Job.objects.filter(name="workflows.follow").order_by("pk"))
    for one in waiting:
        tell(one.args, now)
    Job.objects.all()._raw_delete(Job.objects.db)
    return len(waiting)


def held():
    """What the exchange holds of scams now, by contributor."""
    return {
        row.member: orjson.loads(bytes(row.body)) for row in StoredObject.objects.filter(type="indicator", is_last=True)
    }


def test_an_accepted_report_becomes_one_indicator_of_its_member_that_has_the_key(people):
    accepted(people, "a", text="Secret words.", contact="reporter@example.org")
    follow()
    found = held()["QAA"]
    assert keys_of_pattern(found["pattern"], "stix") == (key_of("phone-number", PHONE),)
    assert found["labels"] == ["scam", "scam-impersonation"]
    for secret in ("Secret", "reporter", "example.org"):
        assert secret not in json.dumps(found)
    (row,) = store.contributions_after(0, 10)
    assert (row.collection, row.member, row.tlp) == ("scams", "QAA", Tlp.AMBER)
    assert not may_read(PUBLIC_READER, row.release)
    assert not may_read(Reader("QBB", Tlp.GREEN), row.release)
    assert may_read(Reader("QBB", Tlp.AMBER), row.release)


def test_it_is_valid_stix_to_the_validator_of_the_standard(people):
    accepted(people, "a")
    follow()
    found = held()["QAA"]
    assert [one for one in validation.findings(found) if one.error] == []


@pytest.mark.parametrize(
    "thing, written",
    [
        (Thing.PHONE, PHONE),
        (Thing.ACCOUNT, "1234567890"),
        (Thing.ACCOUNT, "GB82 WEST 1234 5698 7654 32"),
        (Thing.DOMAIN, "shop.example"),
        (Thing.URL, "https://shop.example/it's?a=1"),
        (Thing.EMAIL, "win@shop.example"),
    ],
)
def test_every_type_of_thing_is_found_by_the_exchange_under_the_same_key(people, thing, written):
    from serantau.defend.clearance import pattern_of

    key = normal(thing, written, "XA")
    assert keys_of_pattern(pattern_of([key]), "stix") == (key,)


def test_more_reports_of_one_member_make_no_second_object_and_no_version_that_says_the_same(people):
    accepted(people, "a", NOW - HOUR)
    follow()
    accepted(people, "b", NOW)
    assert follow() == 1
    assert StoredObject.objects.filter(type="indicator").count() == 1
    accepted(people, "c", NOW, harm=Harm.LOAN)
    follow()
    assert StoredObject.objects.filter(type="indicator").count() == 2
    assert held()["QAA"]["labels"] == ["scam", "scam-impersonation", "scam-loan"]
    accepted(people, "d", who="borealia", member="QBB")
    follow()
    assert set(held()) == {"QAA", "QBB"}
    assert held()["QAA"]["id"] != held()["QBB"]["id"]


def test_a_handler_that_is_called_again_does_not_mind(people):
    accepted(people, "a")
    (job,) = Job.objects.filter(name="workflows.follow")
    tell(job.args, NOW)
    tell(job.args, NOW + HOUR)
    assert StoredObject.objects.filter(type="indicator").count() == 1


@pytest.mark.parametrize("how", ["rejected", "withdrawn", "upheld", "old"])
def test_what_counts_no_more_is_taken_back_with_a_tombstone_and_may_come_again(people, how):
    made, code = report("a", NOW - HOUR)
    triage.act(people.actor("officer"), made.pk, Act.ACCEPT, "", 0, 0, NOW)
    follow()
    assert held()
    if how == "rejected":
        triage.act(people.actor("officer"), made.pk, Act.REJECT, "Forged.", 0, 0, NOW)
    elif how == "withdrawn":
        reporting.withdraw(code, NOW)
    elif how == "upheld":
        one, _code = appeal()
        appeals.step(people.actor("officer"), one.pk, Step.PROPOSE_UPHOLDING, "Forged.", 0, NOW)
        appeals.step(people.actor("second"), one.pk, Step.CONFIRM, "", 0, NOW)
    else:
        jobs.retention({}, NOW + 551 * DAY)
    follow(NOW + 551 * DAY)
    assert held() == {}
    assert not StoredObject.objects.filter(type="indicator").exists()
    assert StoredObject.objects.filter(type="x-serantau-tombstone").count() == 1
    accepted(people, "b", NOW + 552 * DAY)
    follow(NOW + 552 * DAY)
    assert set(held()) == {"QAA"}


def test_what_waits_or_was_rejected_is_never_shared(people):
    made, _code = report("a")
    triage.act(people.actor("officer"), made.pk, Act.ASK, "When?", 0, 0, NOW)
    triage.act(people.actor("officer"), made.pk, Act.REJECT, "No.", 0, 0, NOW)
    assert follow() == 0
    assert held() == {}


def test_a_number_that_victims_in_three_members_named_becomes_a_regional_alert_for_those_cleared(people):
    for who, member in (("officer", "QAA"), ("borealia", "QBB"), ("corvania", "QCC")):
        accepted(people, member, who=who, member=member)
    follow()
    correlating.run(NOW + HOUR)
    found = {Tlp(one.level) for one in Alert.objects.all()}
    assert found == {Tlp.AMBER, Tlp.AMBER_STRICT}
