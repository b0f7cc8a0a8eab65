"""Rule: what was reported counts when it was accepted, from its day on, and stops when two people say so; all is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from serantau.base import AsOf
from serantau.review import ReviewError, State
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.services import approvals
from serantau.web.bundles import keeper
from serantau.web.ledger.models import Event as Row
from serantau.web.review.kinds import kind_named
from serantau.web.review.models import Item, Submission
from serantau.web.review.register import standing
from serantau.web.review.rules import StateError, find, readable
from serantau.web.review.services import decisions, drafts
from serantau.web.site.problems import NotHereError
from tests.review.scene import FIGURE, NOW, REPORT, TODAY, accepted, draft, fresh, questioned, retracted, submitted


def value(known=date.max):
    figures = keeper().answers().figures(AsOf(TODAY, known))
    return figures.series("coverage", "QAA")[2024].value


def test_the_whole_way_from_a_draft_to_a_fact(people):
    before = keeper().answers().edition
    assert value() == 95
    held = questioned(people, room="measure", raws=[FIGURE])
    assert keeper().answers().edition == before
    drafts.answer(people.actor("focal"), held.pk, "All of them.", held.version, NOW)
    held = fresh(held)
    number = decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    assert (number, fresh(held).at) == (1, State.ACCEPTED)
    assert keeper().answers().edition == before.replace("+0", "+1")
    assert value() == 99
    assert value(TODAY - timedelta(days=1)) == 95
    assert value(TODAY) == 99


def test_what_two_people_took_back_no_longer_counts(people):
    held = accepted(people, room="measure", raws=[FIGURE])
    assert value() == 99
    held = retracted(people, held)
    assert value() == 95
    assert standing().size == 2
    assert fresh(held).at is State.WITHDRAWN


def test_one_person_alone_takes_nothing_back(people):
    held = accepted(people, room="measure", raws=[FIGURE])
    decisions.ask_retract(people.actor("secretary"), held.pk, "Wrong.", NOW)
    assert value() == 99
    with pytest.raises(StateError, match="asked for already"):
        decisions.ask_retract(people.actor("second"), held.pk, "Wrong.", NOW)
    (wish,) = approvals.waiting(now=NOW)
    with pytest.raises(RefusedError):
        approvals.approve(people.actor("secretary"), wish, now=NOW)
    assert fresh(held).at is State.ACCEPTED
    with pytest.raises(ReviewError, match="words"):
        decisions.ask_retract(people.actor("secretary"), accepted(people).pk, " ", NOW)


def test_every_change_is_one_event(people):
    before = Row.objects.count()
    held = questioned(people, room="measure", raws=[FIGURE])
    rows = Row.objects.filter(position__gte=before).order_by("position")
    assert [row.event.rpartition(":")[2] for row in rows] == ["begun", "edited", "submitted", "questioned"]
    assert {row.subject for row in rows} == {f"submission {held.pk}"}
    said = " ".join(str(row.details) for row in rows)
    assert "Which valleys" not in said


def test_a_refused_command_leaves_nothing(people):
    held = draft(people, raws=())
    events = Row.objects.count()
    with pytest.raises(ReviewError, match="holds no record"):
        drafts.submit(people.actor("focal"), held.pk, held.version, NOW)
    with pytest.raises(ReviewError, match="done needs evidence"):
        drafts.add_records(
            people.actor("focal"),
            held.pk,
            kind_named("plan.action_reports"),
            [REPORT, {**REPORT, "status": "done"}],
            NOW,
        )
    assert Row.objects.count() == events
    assert Item.objects.count() == 0
    assert fresh(held).version == held.version


def test_facts_that_contradict_what_is_held_are_not_accepted(people):
    held = submitted(people, raws=[{**REPORT, "action": "tl2030-a9-9"}])
    with pytest.raises(ReviewError) as caught:
        decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    assert "there is no action 'tl2030-a9-9'" in str(caught.value)
    assert fresh(held).at is State.SUBMITTED
    assert standing().size == 0


def test_nobody_writes_over_anybody(people):
    held = submitted(people)
    decisions.comment(people.actor("second"), held.pk, "I look at it.", held.version, NOW)
    with pytest.raises(StateError, match="changed this submission"):
        decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)


def test_nothing_is_done_twice(people):
    held = submitted(people)
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    for act in (
        lambda: decisions.accept(people.actor("second"), held.pk, held.version + 1, NOW),
        lambda: decisions.refuse(people.actor("secretary"), held.pk, "No.", held.version + 1, NOW),
        lambda: drafts.withdraw(people.actor("focal"), held.pk, NOW),
        lambda: drafts.submit(people.actor("focal"), held.pk, held.version + 1, NOW),
    ):
        with pytest.raises(StateError):
            act()
    assert standing().size == 1


@pytest.mark.parametrize("who", ["neighbour", "observer", "secretary", "auditor"])
def test_a_draft_is_there_for_nobody_else(people, who):
    held = draft(people)
    for act in (
        lambda: find(people.actor(who), held.pk),
        lambda: drafts.submit(people.actor(who), held.pk, held.version, NOW),
        lambda: drafts.remove_record(people.actor(who), held.pk, 1, NOW),
        lambda: drafts.withdraw(people.actor(who), held.pk, NOW),
    ):
        with pytest.raises(NotHereError) as caught:
            act()
        with pytest.raises(NotHereError) as nothing:
            find(people.actor(who), 10**6)
        assert caught.value.message == nothing.value.message
    assert not readable(people.actor(who)).exists()


def test_a_draft_that_was_withdrawn_unseen_stays_unseen(people):
    held = draft(people)
    drafts.withdraw(people.actor("focal"), held.pk, NOW)
    with pytest.raises(NotHereError):
        find(people.actor("secretary"), held.pk)
    assert find(people.actor("focal"), held.pk)


def test_without_a_second_factor_nobody_submits_or_decides(people):
    held = draft(people)
    with pytest.raises(PermissionDenied):
        drafts.submit(people.actor("focal", second_factor=False), held.pk, held.version, NOW)
    drafts.submit(people.actor("focal"), held.pk, held.version, NOW)
    with pytest.raises(PermissionDenied):
        decisions.accept(people.actor("secretary", second_factor=False), held.pk, held.version + 1, NOW)
    with pytest.raises(PermissionDenied):
        decisions.ask_retract(people.actor("secretary", fresh=False), accepted(people).pk, "x", NOW)


def test_the_register_orders_decisions_without_a_gap(people):
    numbers = [
        decisions.accept(people.actor("secretary"), one.pk, one.version, NOW)
        for one in (
            submitted(people, raws=[REPORT]),
            submitted(people, raws=[{**REPORT, "action": "tl2030-a2-1"}]),
            submitted(people, room="measure", raws=[FIGURE]),
        )
    ]
    assert numbers == [1, 2, 3]
    assert keeper().answers().bundle.edition.submissions == 3


def test_records_of_another_room_are_refused(people):
    held = draft(people)
    with pytest.raises(ReviewError, match="another room"):
        drafts.add_records(people.actor("focal"), held.pk, kind_named("measure.observations"), [FIGURE], NOW)


def test_a_member_begins_for_itself_only(people):
    drafts.begin(people.actor("neighbour"), drafts.Begun("plan", "Ours", "CC BY 4.0"), NOW)
    assert set(Submission.objects.values_list("member", flat=True)) == {"QBB"}
    for who in ("secretary", "observer", "auditor"):
        with pytest.raises(PermissionDenied):
            drafts.begin(people.actor(who), drafts.Begun("plan", "Theirs", "CC BY 4.0"), NOW)
