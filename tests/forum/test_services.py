"""Rule: a paper goes the engine's way in the database, each act is one event, and nobody speaks for another member."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from serantau.forum import Act, Command, ForumError, Mode, Party, Rule, RuleError, Say, Stage
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.models import Approval
from serantau.web.accounts.services import approvals
from serantau.web.forum import jobs
from serantau.web.forum.models import MemberPosition, PositionDraft
from serantau.web.forum.rules import StateError, find, readable
from serantau.web.forum.services import meetings, papers, publishing
from serantau.web.ledger.models import Event as Row
from serantau.web.plan import services as milestones
from serantau.web.plan.models import Milestone
from serantau.web.site.problems import NotHereError
from tests.forum.examples import RULES, rules
from tests.forum.scene import (
    COMMITMENT,
    DAY,
    NOW,
    ROLES,
    a_body,
    a_meeting,
    agreed,
    circulated,
    decided,
    do,
    draft,
    follow_up,
    fresh,
    opened,
    published,
    say,
)


def test_the_whole_way_from_a_draft_to_a_milestone(people):
    paper = opened(people)
    paper = say(people, paper, "borealia", Say.OBJECTS, "Three days are too few.")
    papers.close_due(paper.pk, NOW + 3 * DAY)
    assert fresh(paper).at is Stage.NO_CONSENSUS
    later = NOW + 3 * DAY
    secretary = people.actor("secretary")
    papers.revise(secretary, paper.pk, "They share reports.\n\nWithin ten days.", "Ten days.", [COMMITMENT], 0, later)
    assert (fresh(paper).version, fresh(paper).at) == (2, Stage.CIRCULATED)
    do(people, paper, Act.OPEN, later, mode=Mode.AD_REFERENDUM)
    do(people, paper, Act.DECIDE, later + 3 * DAY)
    assert fresh(paper).at is Stage.DECIDED
    assert {row.say for row in MemberPosition.objects.filter(version=2)} == {Say.NO_OBJECTION.value}
    publishing.ask_to_publish(secretary, paper.pk, NOW)
    approvals.approve(people.actor("second"), Approval.objects.get(), now=NOW)
    assert fresh(paper).at is Stage.PUBLISHED
    follow_up()
    (milestone,) = Milestone.objects.all()
    assert (milestone.title, milestone.owner, milestone.due) == (COMMITMENT.text, "QAA", COMMITMENT.due)
    assert milestone.basis.startswith("adopted by MIN on ")


def test_every_act_is_one_event_and_says_no_position_in_the_clear(people):
    before = Row.objects.count()
    paper = say(people, opened(people), "head", Say.OBJECTS, "Three days are too few.")
    assert fresh(paper).matter().of("QAA").say is Say.OBJECTS
    rows = Row.objects.filter(position__gte=before).order_by("position")
    assert [row.event for row in rows] == [
        "forum:body:founded",
        "forum:rules:stated",
        "forum:paper:begun",
        "forum:paper:circulated",
        "forum:paper:opened",
        "forum:position:taken",
    ]
    said = " ".join(str(row.details) for row in rows)
    assert "objects" not in said.replace("objection_ends_silence", "")
    assert "Three days" not in said


def test_a_body_without_rules_decides_nothing(people):
    with pytest.raises(ForumError, match="stated no rules"):
        circulated(people, body=a_body(people, given=None))


def test_a_member_acts_for_itself_whatever_the_command_says(people):
    paper = opened(people)
    command = Command(Act.SAY, Party.SECRETARIAT, member="QBB", say=Say.AGREES)
    papers.act(people.actor("head"), paper.pk, command, 0, NOW)
    assert [(row.member, row.say) for row in MemberPosition.objects.all()] == [("QAA", Say.AGREES.value)]


@pytest.mark.parametrize("who", ["focal", "secretary", "auditor", "observer"])
def test_only_a_head_of_delegation_takes_a_position(people, who):
    paper = opened(people)
    with pytest.raises((PermissionDenied, RuleError)):
        papers.act(people.actor(who), paper.pk, Command(Act.SAY, Party.MEMBER, say=Say.AGREES), 0, NOW)
    assert not MemberPosition.objects.exists()


@pytest.mark.parametrize("act", [Act.CIRCULATE, Act.EXTEND, Act.DECIDE, Act.WITHDRAW, Act.NOTE_ABSENCE])
def test_what_the_secretariat_does_no_member_can_do(people, act):
    paper = opened(people)
    with pytest.raises(RuleError) as caught:
        papers.act(people.actor("head"), paper.pk, Command(act, Party.SECRETARIAT, member="QBB"), 0, NOW)
    assert caught.value.rule in {Rule.PARTY, Rule.STAGE}


def test_without_a_second_factor_nobody_does_anything(people):
    paper = opened(people)
    with pytest.raises(PermissionDenied):
        papers.act(people.actor("head", second_factor=False), paper.pk, Command(Act.SAY, Party.MEMBER), 0, NOW)


def test_a_deadline_passes_right_while_the_site_is_down(people):
    """Nobody looks for ten days. What comes then comes late, and the paper is closed as of its deadline."""
    paper = opened(people)
    with pytest.raises(RuleError) as caught:
        say(people, paper, "head", Say.OBJECTS, now=NOW + 10 * DAY)
    assert caught.value.rule is Rule.IN_TIME
    assert fresh(paper).at is Stage.CONSENSUS
    assert set(MemberPosition.objects.values_list("at", flat=True)) == {paper.due_at}
    closed = Row.objects.get(event="forum:paper:closed")
    assert closed.actor == "system"


def test_whoever_saw_the_deadline_pass_is_not_held_up_by_its_closing(people):
    """The page showed consensus although nobody had closed the procedure; its revision is that from before."""
    paper = opened(people, NOW - 3 * DAY)
    command = Command(Act.DECIDE, Party.SECRETARIAT)
    papers.act(people.actor("secretary"), paper.pk, command, paper.revision, NOW)
    assert fresh(paper).at is Stage.DECIDED
    late = opened(people, NOW - 3 * DAY, body=paper.body)
    with pytest.raises(StateError):
        papers.act(people.actor("secretary"), late.pk, command, late.revision - 1, NOW)


def test_the_job_closes_what_is_due_and_nothing_else(people):
    body = a_body(people)
    late, early = opened(people, NOW - 3 * DAY, body=body), opened(people, NOW, body=body)
    jobs.close({}, NOW)
    assert (fresh(late).at, fresh(early).at) == (Stage.CONSENSUS, Stage.CONSULTATION)
    jobs.close({}, NOW)
    assert Row.objects.filter(event="forum:paper:closed").count() == 1


def test_two_people_do_not_write_over_each_other(people):
    paper = circulated(people)
    command = Command(Act.OPEN, Party.SECRETARIAT, mode=Mode.PLENARY)
    papers.act(people.actor("secretary"), paper.pk, command, paper.revision, NOW)
    with pytest.raises(StateError):
        papers.act(people.actor("second"), paper.pk, Command(Act.WITHDRAW, Party.SECRETARIAT), paper.revision, NOW)


def test_rules_do_not_change_under_a_procedure_that_runs(people):
    paper = opened(people)
    with pytest.raises(ForumError, match="under consultation"):
        meetings.state_rules(people.actor("secretary"), paper.body.pk, RULES, NOW)


def test_one_person_publishes_nothing(people):
    paper = decided(people)
    publishing.ask_to_publish(people.actor("secretary"), paper.pk, NOW)
    with pytest.raises(RefusedError):
        approvals.approve(people.actor("secretary"), Approval.objects.get(), now=NOW)
    assert fresh(paper).at is Stage.DECIDED


def test_what_is_not_decided_is_not_published(people):
    with pytest.raises(ForumError):
        publishing.ask_to_publish(people.actor("secretary"), agreed(people).pk, NOW)


READS = {
    "draft": {"secretary", "second"},
    "circulated": {"secretary", "second", "head", "focal", "borealia", "corvania", "auditor"},
    "published": {"secretary", "second", "head", "focal", "borealia", "corvania", "auditor", "observer"},
}


@pytest.mark.parametrize("state, make", [("draft", draft), ("circulated", circulated), ("published", published)])
def test_who_reads_a_paper(people, state, make):
    paper = make(people)
    assert {who for who in ROLES if readable(people.actor(who)).filter(pk=paper.pk).exists()} == READS[state]


def test_a_draft_that_was_withdrawn_unseen_stays_unseen(people):
    paper = do(people, draft(people), Act.WITHDRAW)
    with pytest.raises(NotHereError):
        find(people.actor("head"), paper.pk)


def test_an_observer_sees_what_was_shown_to_its_partner_alone(people):
    body = a_body(people)
    shown, other = circulated(people, body=body), circulated(people, body=body)
    papers.share(people.actor("secretary"), shown.pk, "farland", NOW)
    assert list(readable(people.actor("observer"))) == [shown]
    assert other not in readable(people.actor("observer"))


def test_a_draft_position_is_gone_when_the_position_is_taken(people):
    paper = opened(people)
    papers.draft_position(people.actor("focal"), paper.pk, Say.OBJECTS, "Perhaps.", NOW)
    assert PositionDraft.objects.get().member == "QAA"
    say(people, paper, "head", Say.AGREES)
    assert not PositionDraft.objects.exists()


def test_the_date_first_promised_is_kept(people):
    published(people)
    follow_up()
    held = Milestone.objects.get()
    milestones.move_milestone(people.actor("head"), held.pk, date(2027, 9, 30), "The law is late.", NOW)
    held.refresh_from_db()
    assert (held.due, held.first_due, held.moved) == (date(2027, 9, 30), COMMITMENT.due, True)
    with pytest.raises(PermissionDenied):
        milestones.end_milestone(people.actor("borealia"), held.pk, "done", "Not ours.", NOW)
    milestones.end_milestone(people.actor("secretary"), held.pk, "done", "Named.", NOW)
    held.refresh_from_db()
    assert (held.state, held.first_due) == ("done", COMMITMENT.due)


def test_following_twice_adds_one_milestone(people):
    from serantau.web.workflows.events import follow

    paper = published(people)
    for _ in range(3):
        follow("paper published", paper.reference, NOW)
    assert Milestone.objects.count() == 1


def test_a_meeting_ends_after_it_begins(people):
    body = a_body(people)
    with pytest.raises(ForumError):
        meetings.convene(people.actor("secretary"), meetings.Convened(body, "x", NOW, NOW), NOW)
    assert a_meeting(people, body).number == 1
    assert a_meeting(people, body).number == 2


@pytest.mark.parametrize("rule", ["most_extensions", "most_time_requests"])
def test_rules_of_the_body_hold_in_the_database(people, rule):
    paper = opened(people, body=a_body(people, given=rules(**{rule: 0})))
    act = {"act": Act.EXTEND} if rule == "most_extensions" else {"act": Act.SAY, "who": "head", "say": Say.ASKS_TIME}
    with pytest.raises(RuleError):
        do(people, paper, act.pop("act"), **act)
