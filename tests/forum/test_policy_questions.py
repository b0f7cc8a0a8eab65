"""Rule: members ask about policies and the owner answers; a question stands in public only with its answer."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from serantau.forum import ForumError
from serantau.ledger import Event
from serantau.web.bundles import keeper
from serantau.web.ledger.models import Event as Row
from serantau.web.registers.models import PolicyQuestion
from serantau.web.registers.rules import readable
from serantau.web.registers.services import questions
from serantau.web.site.problems import NotHereError
from tests.forum.scene import NOW
from tests.support.people import signed_in

KEY = "qaa.dig-once"
PAGE = f"/forum/registers/policies/{KEY}/"


def the_policy():
    (found,) = keeper().answers().bundle.registers.policies
    return found


def asked(people, text="Who pays for the second trench?"):
    return questions.ask_owner(people.actor("borealia"), the_policy(), KEY, text, NOW)


def test_a_question_waits_among_members_and_is_public_with_its_answer(people):
    held = asked(people)
    public = Client().get(PAGE).content.decode()
    assert "second trench" not in public
    assert "second trench" in signed_in(people.borealia).get(PAGE).content.decode()
    assert "second trench" not in signed_in(people.observer).get(PAGE).content.decode()
    questions.answer(people.actor("head"), held.pk, "The water works do.", NOW)
    public = Client().get(PAGE).content.decode()
    assert "second trench" in public
    assert "The water works do." in public
    events = [row.event for row in Row.objects.order_by("position")]
    wanted = [Event.POLICY_QUESTION_ASKED.value, Event.POLICY_QUESTION_ANSWERED.value]
    assert [one for one in events if one in wanted] == wanted
    assert "trench" not in " ".join(str(row.details) for row in Row.objects.all())


def test_nobody_asks_themselves_and_only_the_owner_answers(people):
    with pytest.raises(PermissionDenied):
        questions.ask_owner(people.actor("head"), the_policy(), KEY, "Why?", NOW)
    for who in ("observer", "secretary", "auditor"):
        with pytest.raises(PermissionDenied):
            questions.ask_owner(people.actor(who), the_policy(), KEY, "Why?", NOW)
    held = asked(people)
    for who in ("borealia", "secretary", "auditor"):
        with pytest.raises(PermissionDenied):
            questions.answer(people.actor(who), held.pk, "Because.", NOW)
    with pytest.raises(NotHereError):
        questions.answer(people.actor("observer"), held.pk, "Because.", NOW)
    assert not readable(people.actor("observer")).exists()


def test_words_are_needed_and_an_answer_is_given_once(people):
    for text in ("", " \n ", "x" * (questions.LONGEST + 1)):
        with pytest.raises(ForumError):
            asked(people, text)
    held = asked(people)
    questions.answer(people.actor("focal"), held.pk, "Yes.", NOW)
    with pytest.raises(ForumError, match="answered already"):
        questions.answer(people.actor("head"), held.pk, "No.", NOW)
    assert PolicyQuestion.objects.get().answer == "Yes."


def test_a_member_may_have_so_many_questions_waiting(people):
    for number in range(questions.MOST_WAITING):
        asked(people, f"Question {number}")
    with pytest.raises(ForumError, match="waiting"):
        asked(people)


def test_the_page_takes_a_question_and_an_answer(people):
    neighbour, head = signed_in(people.borealia), signed_in(people.head)
    assert "Ask Asterra about it" in neighbour.get(PAGE).content.decode()
    assert "Ask Asterra about it" not in head.get(PAGE).content.decode()
    assert neighbour.post(PAGE + "ask/", {"text": ""}).status_code == 400
    assert neighbour.post(PAGE + "ask/", {"text": "How deep?"}).status_code == 303
    held = PolicyQuestion.objects.get()
    assert "Answer; it is public" in head.get(PAGE).content.decode()
    assert "Answer; it is public" not in neighbour.get(PAGE).content.decode()
    assert head.post(f"/forum/registers/questions/{held.pk}/answer/", {"text": "A metre."}).status_code == 303
    assert "A metre." in Client().get(PAGE).content.decode()


def test_the_forum_tells_the_owner_what_waits(people):
    held = asked(people)
    for who, told in {"head": True, "focal": True, "borealia": False, "secretary": False, "observer": False}.items():
        page = signed_in(getattr(people, who)).get("/forum/").content.decode()
        assert (f"{PAGE}#question-{held.pk}" in page) is told, who
    questions.answer(people.actor("head"), held.pk, "The water works do.", NOW)
    assert "wait for your answer" not in signed_in(people.head).get("/forum/").content.decode()
