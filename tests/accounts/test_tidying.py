"""Rule: what says where somebody was is kept for stated days and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from serantau.web.accounts.jobs import tidy
from serantau.web.accounts.models import Hits, SignIn
from serantau.web.accounts.services import limits, sessions
from serantau.web.jobs.registry import recurring
from tests.support.people import make_person, signed_in

pytestmark = pytest.mark.django_db


def test_sessions_sign_ins_and_counters_are_forgotten_in_their_time():
    person, now = make_person(), timezone.now()
    signed_in(person)
    key = Session.objects.get().session_key
    UserSession.objects.create(user=person, session_key=key, ip="192.0.2.1", user_agent="x")
    sessions.remember(person, succeeded=True, how=["password"], address="192.0.2.77", agent="x", now=now)
    limits.hit(limits.SIGN_IN_HERE, "x", now=now)
    assert SignIn.objects.get().address == "192.0.2.0/24"

    def held():
        return [table.objects.count() for table in (Session, UserSession, SignIn, Hits)]

    tidy({}, now)
    assert held() == [1, 1, 1, 1]
    tidy({}, now + timedelta(days=1))
    assert held() == [0, 0, 1, 0]
    tidy({}, now + timedelta(days=sessions.KEPT_DAYS - 1))
    assert held()[2] == 1
    tidy({}, now + timedelta(days=sessions.KEPT_DAYS + 1))
    assert held() == [0, 0, 0, 0]


def test_it_is_done_every_day():
    assert [one.every for one in recurring() if one.name == "accounts.tidy"] == [86_400]
