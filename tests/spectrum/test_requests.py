"""Rule: a request is seen by its two sides and by nobody else, a draft by one; what is done is taken whole or not at all.

Deadlines and reminders come out the same however long the site was down.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from serantau.ledger import Event
from serantau.spectrum.coordination import read_transmitters
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import Act, Reply, Stage, Terms
from serantau.web.jobs.models import Job, Mail
from serantau.web.ledger.models import Event as Row
from serantau.web.site.problems import NotHereError
from serantau.web.spectrum import jobs, runs
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.rules import StateError, find, readable
from serantau.web.spectrum.services import requests
from tests.spectrum.scene import NOW, answered, computed, do, draft, fresh, registered, sent, table, wish

DAY = timedelta(days=1)
TACIT = Terms(4, Silence.APPROVES, (14, 3), "tl-coordination")


def standings(held):
    return dict(held.stations.values_list("name", "standing"))


def last_event():
    return Row.objects.order_by("-pk").first()


# --- who sees what ----------------------------------------------------------------------------------------------------


def seen_by(people, name):
    return list(readable(people.actor(name)).values_list("pk", flat=True))


def test_a_draft_is_seen_by_its_own_member_alone(people):
    held = draft(people)
    assert seen_by(people, "focal") == seen_by(people, "head") == [held.pk]
    for name in ("neighbour", "third", "secretary", "auditor", "observer", "other_room"):
        assert seen_by(people, name) == []
        with pytest.raises(NotHereError):
            find(people.actor(name), held.pk)


def test_what_was_sent_is_seen_by_the_two_sides_and_by_nobody_else(people):
    held = sent(people)
    assert seen_by(people, "focal") == seen_by(people, "neighbour") == [held.pk]
    for name in ("third", "secretary", "auditor", "observer", "other_room"):
        assert seen_by(people, name) == []


def test_a_draft_that_was_dropped_stays_unseen(people):
    held = do(people, draft(people), "focal", Act.WITHDRAW)
    assert held.at is Stage.WITHDRAWN
    assert seen_by(people, "neighbour") == []


@pytest.mark.parametrize("act", [Act.APPROVE, Act.REJECT, Act.ACKNOWLEDGE])
def test_nobody_answers_their_own_request(people, act):
    held = sent(people)
    with pytest.raises(PermissionDenied):
        do(people, held, "focal", act, reason="because")
    assert set(standings(held).values()) == {"pending"}


def test_the_neighbour_registers_and_sends_nothing(people):
    held = answered(people)
    with pytest.raises(PermissionDenied):
        do(people, held, "neighbour", Act.REGISTER)
    with pytest.raises(PermissionDenied):
        requests.replace_batch(people.actor("neighbour"), held.pk, (), 0, NOW)
    with pytest.raises(PermissionDenied):
        requests.copy(people.actor("neighbour"), held.pk, wish(), NOW)


# --- its way ----------------------------------------------------------------------------------------------------------


def test_a_run_names_who_is_over_the_limit(people):
    held = computed(people)
    margins = dict(held.stations.values_list("name", "margin_db"))
    assert margins["t0"] < 0
    assert margins["t3"] is None
    (finding,) = held.found()
    assert finding.name == "tl-700-0"
    assert {one.transmitter for one in finding.exceedances} == {name for name, margin in margins.items() if margin}
    assert not runs.shelf_of(held).folder.exists()


def test_the_whole_way(people):
    held = registered(people)
    assert standings(held) == {"t0": "rejected", "t1": "registered", "t2": "registered", "t3": "registered"}
    assert held.at is Stage.REGISTERED
    events = [row.event for row in Row.objects.order_by("pk") if row.subject == held.reference]
    assert events == [
        Event.COORDINATION_BEGUN.value,
        Event.COORDINATION_RUN_ASKED.value,
        Event.COORDINATION_COMPUTED.value,
        Event.COORDINATION_SENT.value,
        Event.COORDINATION_ANSWERED.value,
        Event.COORDINATION_ANSWERED.value,
        Event.COORDINATION_REGISTERED.value,
    ]


def test_a_request_without_a_run_is_not_sent(people):
    with pytest.raises(SpectrumError, match="Compute the field strengths first"):
        do(people, draft(people), "focal", Act.SUBMIT)


def test_other_records_make_the_run_void(people):
    held = computed(people)
    requests.replace_batch(people.actor("focal"), held.pk, read_transmitters(table(2)), held.revision, NOW)
    held = fresh(held)
    assert (held.stations.count(), held.computed_at, held.findings) == (2, None, None)


def test_what_somebody_else_changed_meanwhile_is_looked_at_again(people):
    held = draft(people)
    requests.replace_batch(people.actor("focal"), held.pk, read_transmitters(table(2)), held.revision, NOW)
    with pytest.raises(StateError) as error:
        requests.ask_run(people.actor("head"), held.pk, held.revision, NOW)
    assert error.value.status == 409


def test_a_run_that_comes_too_late_is_not_taken(people):
    held = draft(people)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    jobs.compute({"coordination": held.pk, "run": 1}, NOW)
    assert fresh(held).computed_at is None
    jobs.compute({"coordination": held.pk, "run": 2}, NOW)
    assert fresh(held).computed_at is not None


def test_a_run_that_was_cut_off_goes_on_where_it_was(people):
    """What the shelf holds of a record is taken as it is: a mark that no computation gives shows that it was."""
    held = draft(people)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    shelf = runs.shelf_of(fresh(held))
    shelf.folder.mkdir(parents=True)
    shelf.keep(1, np.full((1, 12), 200.0))
    (shelf.folder / "000002.npy").write_bytes(b"cut off in the middle of being writt")
    assert runs.progress(fresh(held)) == 2
    jobs.compute({"coordination": held.pk, "run": 1}, NOW)
    (finding,) = fresh(held).found()
    assert set(finding.strongest) == {"t1"}
    assert set(finding.strongest_dbuv_m) == {200.0}
    assert fresh(held).stations.get(name="t3").margin_db is None


def test_a_run_that_cannot_be_done_says_why(people, settings):
    held = draft(people, ground="tiles")
    folder = runs.terrain_folder()
    folder.mkdir(parents=True)
    (folder / "N09E009.hgt").write_bytes(b"short")
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    jobs.compute({"coordination": held.pk, "run": 1}, NOW)
    held = fresh(held)
    assert held.asked_at is None
    assert "No elevation tile covers" in held.run_error


def test_many_answers_are_taken_together_or_not_at_all(people):
    held = sent(people)
    neighbour = people.actor("neighbour")
    with pytest.raises(SpectrumError):
        requests.answer_many(neighbour, held.pk, [Reply("t0", approve=True), Reply("zz", approve=True)], 0, NOW)
    assert set(standings(held).values()) == {"pending"}
    requests.answer_many(
        neighbour, held.pk, [Reply("t0", approve=False, reason="no"), Reply("t1", approve=True)], 0, NOW
    )
    assert standings(held) == {"t0": "rejected", "t1": "approved", "t2": "pending", "t3": "pending"}


def test_the_same_records_go_to_another_neighbour(people):
    held = sent(people)
    again = requests.copy(people.actor("focal"), held.pk, wish(neighbour="QCC", limits=()), NOW)
    assert (again.neighbour, again.stations.count(), again.at) == ("QCC", 4, Stage.DRAFT)


@pytest.mark.parametrize(
    "more, words",
    [
        ({"title": " "}, "title is missing"),
        ({"border": b"{}"}, "border"),
        ({"spacing_km": 0.01}, None),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_kept(people, more, words):
    if words is None:  # eleven kilometres in steps of ten metres are 1,113 points; with twenty limits too many paths
        more = {**more, "limits": tuple(f"l{n}" for n in range(600))}
        words = "more paths than the site computes"
    with pytest.raises(SpectrumError, match=words):
        draft(people, **more)
    assert Coordination.objects.count() == 0


def test_too_many_records_are_for_the_command_line(people):
    batch = read_transmitters(table(1)) * 2_001
    with pytest.raises(SpectrumError, match="2000 at most"):
        requests.begin(people.actor("focal"), wish(), batch, NOW)


# --- deadlines and letters --------------------------------------------------------------------------------------------


def test_silence_approves_where_that_was_agreed_also_after_the_site_was_down(people):
    held = do(people, sent(people, terms=TACIT), "neighbour", Act.REJECT, "t0", reason="no")
    later = held.due_at + 30 * DAY
    jobs.close({}, later)
    held = fresh(held)
    assert standings(held) == {"t0": "rejected", "t1": "approved", "t2": "approved", "t3": "approved"}
    assert set(held.stations.filter(silent=True).values_list("answered_at", flat=True)) == {held.due_at}
    jobs.close({}, later)
    assert last_event().event == Event.COORDINATION_PASSED.value


def test_a_late_answer_meets_what_silence_has_approved(people):
    held = sent(people, terms=TACIT)
    with pytest.raises(SpectrumError, match="answered"):
        do(people, held, "neighbour", Act.REJECT, "t0", reason="no", now=held.due_at + DAY)
    assert set(standings(held).values()) == {"approved"}


def test_without_an_agreement_silence_changes_nothing(people):
    held = sent(people)
    jobs.close({}, held.due_at + 30 * DAY)
    assert set(standings(held).values()) == {"pending"}
    do(people, held, "neighbour", Act.APPROVE, now=held.due_at + 31 * DAY)
    assert set(standings(held).values()) == {"approved"}


def letters(*words):
    return [mail for mail in Mail.objects.order_by("pk") if all(word in mail.subject for word in words)]


def test_the_neighbour_is_reminded_once_for_each_date(people):
    people.neighbour  # noqa: B018 - somebody has to be there to be written to
    held = sent(people)
    for day in range(40):
        jobs.remind({}, NOW + day * DAY)
        jobs.remind({}, NOW + day * DAY)
    assert fresh(held).reminded == ["14", "3", "overdue"]
    assert [len(letters("is due on")), len(letters("overdue"))] == [2, 1]
    assert all(mail.recipients == [people.neighbour.email] for mail in letters("due"))


def test_letters_go_to_those_who_work_on_spectrum(people):
    assert people.neighbour and people.other_room and people.third
    held = sent(people)
    assert [mail.recipients for mail in letters("was sent to you")] == [[people.neighbour.email]]
    assert "t0" not in letters("was sent to you")[0].text
    do(people, held, "neighbour", Act.APPROVE)
    assert {tuple(mail.recipients) for mail in letters("was answered")} == {(people.focal.email,)}


def test_a_thousand_records_are_answered_and_sent_in_a_bounded_number_of_queries(people, django_assert_max_num_queries):
    held = draft(people, count=1_000, spacing_km=5.0)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    requests.finish_run(held.pk, 1, (), (), "edition", NOW)
    with django_assert_max_num_queries(60):
        held = do(people, held, "focal", Act.SUBMIT)
    replies = [Reply(f"t{n}", approve=n % 2 == 0, reason="" if n % 2 == 0 else "no") for n in range(1_000)]
    with django_assert_max_num_queries(60):
        requests.answer_many(people.actor("neighbour"), held.pk, replies, 0, NOW)
    assert held.stations.filter(standing="approved").count() == 500


def test_a_run_is_deferred_with_the_request(people):
    held = draft(people)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    assert Job.objects.get(name="spectrum.compute").args == {"coordination": held.pk, "run": 1}
