"""Rule: what needs four eyes is done by two people or not at all, once, and within its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.errors import AccountError, RefusedError
from serantau.web.accounts.models import Approval, Invitation
from serantau.web.accounts.policy import FOUR_EYES, About, Act
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import approvals, people
from serantau.web.ledger.models import Event
from tests.support.people import make_person, signed_in

pytestmark = pytest.mark.django_db
OFFER = people.Offer("new@example.org", Role.HEAD_OF_DELEGATION, "QAA")


def secretary(*, fresh=True):
    return actor_for(make_person(Role.SECRETARIAT), second_factor=True, fresh=fresh, today=timezone.now().date())


@pytest.fixture
def asker():
    return secretary()


@pytest.fixture
def waiting(asker):
    made = people.invite(asker, OFFER, now=timezone.now())
    assert isinstance(made, Approval)
    return made


def test_a_role_with_power_waits_and_invites_nobody(waiting):
    assert not Invitation.objects.exists()
    assert [one.pk for one in approvals.waiting(now=timezone.now())] == [waiting.pk]


def test_a_second_person_approves_and_it_is_done_in_one_event(waiting, asker):
    done = approvals.approve(secretary(), waiting, now=timezone.now())
    assert isinstance(done.result, people.Sent)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.body) == (OFFER.email, OFFER.role.value, OFFER.body)
    assert invitation.made_by_id == asker.id
    assert list(Event.objects.values_list("event", flat=True).order_by("position")) == [
        "accounts:approval:asked",
        "accounts:approval:given",
    ]


def test_the_asker_does_not_approve_whatever_they_prove(waiting, asker):
    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(RefusedError, match="work of their own"):
            decide(asker, waiting, now=timezone.now())
    assert not Invitation.objects.exists()


def test_the_database_itself_refuses_one_pair_of_eyes(waiting, asker):
    from django.db import IntegrityError, transaction

    from tests.support.writes import unrecorded

    with pytest.raises(IntegrityError), unrecorded(), transaction.atomic():
        Approval.objects.filter(pk=waiting.pk).update(outcome="approved", decided_by=asker.id)


def test_it_needs_the_role_and_a_fresh_second_factor(waiting):
    with pytest.raises(RefusedError):
        approvals.approve(secretary(fresh=False), waiting, now=timezone.now())
    auditor = actor_for(make_person(Role.AUDITOR), second_factor=True, fresh=True, today=timezone.now().date())
    with pytest.raises(RefusedError):
        approvals.approve(auditor, waiting, now=timezone.now())


@pytest.mark.parametrize("first", ["approve", "refuse", "withdraw"])
def test_it_is_decided_once(waiting, asker, first):
    second = secretary()
    getattr(approvals, first)(asker if first == "withdraw" else second, waiting, now=timezone.now())
    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(AccountError, match="not wait any more"):
            decide(second, waiting, now=timezone.now())
    assert Invitation.objects.count() == (first == "approve")


def test_it_does_not_wait_for_ever(waiting, asker):
    late = timezone.now() + timedelta(hours=approvals.OPEN_HOURS, minutes=1)
    assert approvals.waiting(now=late) == []
    with pytest.raises(AccountError, match="not wait any more"):
        approvals.approve(secretary(), waiting, now=late)
    again = people.invite(asker, OFFER, now=late)
    assert again.pk != waiting.pk


def test_the_same_is_asked_for_once(waiting):
    with pytest.raises(AccountError, match="already"):
        people.invite(secretary(), OFFER, now=timezone.now())


def test_only_the_asker_takes_it_back(waiting):
    with pytest.raises(RefusedError):
        approvals.withdraw(secretary(), waiting, now=timezone.now())


def test_what_cannot_be_done_any_more_is_not_approved(waiting):
    make_person(Role.HEAD_OF_DELEGATION, "QAA", email=OFFER.email)
    with pytest.raises(AccountError, match="already"):
        approvals.approve(secretary(), waiting, now=timezone.now())
    assert Approval.objects.get().outcome == "", "nothing of a change that failed is left"


def test_on_the_page_the_letter_goes_out_with_the_approval(waiting):
    browser = signed_in(make_person(Role.SECRETARIAT))
    page = browser.get("/approvals/").content.decode()
    assert "new@example.org becomes head of delegation QAA" in page
    page = browser.post(f"/approvals/{waiting.pk}/approve/", follow=True).content.decode()
    assert "Approved, and done." in page
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]


def test_a_room_brings_its_own_deed():
    done = []

    @approvals.carries_out(Act.PUBLISH, "thing")
    def publish(approval, record, now):
        done.append(approval.details["number"])
        return "published"

    wish = approvals.Wish(Act.PUBLISH, "thing 7", "thing 7 is published", About(member="QAA"), {"number": 7})
    approval = approvals.ask(secretary(), wish, now=timezone.now())
    assert done == []
    assert approvals.approve(secretary(), approval, now=timezone.now()).result == "published"
    assert done == [7]


def test_only_what_is_dangerous_can_be_asked_for():
    assert {Act.PUBLISH, Act.RETRACT, Act.GIVE_POWER} == FOUR_EYES
    with pytest.raises(ValueError, match="second person"):
        approvals.ask(secretary(), approvals.Wish(Act.DECIDE, "x 1", "x"), now=timezone.now())
