"""Rule: those who must act are told, each once, and a letter says nothing of what anybody said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from serantau.forum import Act, Mode, Say
from serantau.web.forum import jobs, letters
from serantau.web.forum.services import papers
from serantau.web.jobs.models import Mail
from serantau.web.ledger.models import Event as Row
from tests.forum.examples import rules
from tests.forum.scene import DAY, NOW, TEXT, a_body, agreed, circulated, do, draft, fresh, opened, say

HEADS = ("head", "borealia", "corvania")


@pytest.fixture
def heads(people):
    """Heads of delegation of all three members, and a secretariat; addresses by name."""
    return {name: getattr(people, name).email for name in (*HEADS, "secretary")}


def posted():
    """Who was written to since the last time, with the first words of the subject; then nothing is left."""
    found = sorted((one.recipients[0], one.subject.partition(":")[0]) for one in Mail.objects.all())
    assert all(len(one.recipients) == 1 for one in Mail.objects.all())
    Mail.objects.all().delete()
    return found


def to(heads, subject, names=HEADS):
    return sorted((heads[name], subject) for name in names)


def test_each_step_tells_those_who_must_act_and_nobody_else(people, heads):
    paper = draft(people)
    assert posted() == []
    do(people, paper, Act.CIRCULATE)
    assert posted() == to(heads, "A paper is circulated to you")
    do(people, paper, Act.OPEN, mode=Mode.AD_REFERENDUM)
    assert posted() == to(heads, "Your member's position is asked for")
    say(people, paper, "borealia", Say.OBJECTS, "Three days are too few.")
    assert posted() == []
    papers.close_due(paper.pk, NOW + 3 * DAY)
    assert posted() == to(heads, "There is no consensus", ["secretary"])
    papers.revise(people.actor("secretary"), paper.pk, TEXT + "\n\nMore.", "More.", [], 0, NOW)
    assert posted() == to(heads, "The text changed, and positions are open again")


def test_a_decision_tells_those_that_have_something_to_do(people, heads):
    paper = agreed(people)
    posted()
    do(people, paper, Act.DECIDE)
    assert posted() == to(heads, "Decided, and your member has something to do", ["head"])


def test_what_all_do_together_is_told_to_all(people, heads):
    paper = agreed(people, commitments=(papers.Commitment("Meet twice a year"),))
    posted()
    do(people, paper, Act.DECIDE)
    assert posted() == to(heads, "Decided, and your member has something to do")


def test_silent_members_are_reminded_once_for_each_date(people, heads):
    paper = opened(people, body=a_body(people, given=rules(silence_days=10)))
    say(people, paper, "head", Say.AGREES)
    say(people, paper, "borealia", Say.ASKS_TIME)
    posted()
    due = fresh(paper).due_at
    for now in (due - 4 * DAY, due - 2 * DAY, due - 2 * DAY + timedelta(hours=1)):
        jobs.remind({}, now)
    assert posted() == to(heads, "Your member has not answered", ["borealia", "corvania"])
    jobs.remind({}, due - timedelta(hours=3))
    jobs.remind({}, due + timedelta(hours=1))
    assert posted() == to(heads, "Your member has not answered", ["borealia", "corvania"])
    assert Row.objects.filter(event="forum:member:reminded").count() == 4


def test_a_site_that_was_down_sends_the_newest_reminder_alone():
    due = NOW + 10 * DAY
    assert letters.reminders_due(due, NOW, due - timedelta(hours=2)) == "1 days before"
    assert letters.reminders_due(due, NOW, due + timedelta(seconds=1)) == ""


def test_a_short_deadline_is_not_reminded_of_in_the_same_breath():
    due = NOW + 2 * DAY
    assert letters.reminders_due(due, NOW, NOW + timedelta(minutes=5)) == ""
    assert letters.reminders_due(due, NOW, NOW + DAY) == "1 days before"


def test_a_letter_says_nothing_of_what_was_said(people, heads):
    paper = circulated(people)
    (one, *_) = Mail.objects.all()
    assert "outages" not in one.text
    assert f"/forum/papers/{paper.pk}/" in one.text


def test_a_refused_act_writes_no_letter(people, heads):
    from serantau.forum import RuleError

    paper = opened(people)
    posted()
    with pytest.raises(RuleError):
        do(people, paper, Act.DECIDE)
    assert posted() == []


def test_letters_are_in_the_regions_language_whoever_pressed_the_button(people, heads):
    from django.utils.translation import override

    with override("id"):
        circulated(people)
    assert {subject for _, subject in posted()} == {"A paper is circulated to you"}
