"""What is kept no longer than it is needed: sessions, sign-ins, counters."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from serantau.web.accounts.models import Hits, SignIn
from serantau.web.accounts.services.sessions import KEPT_DAYS


def tidy(now: datetime) -> None:
    """Forget sessions that have ended, what was noted about them, old sign-ins, and counters of windows long past."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    SignIn.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    Hits.objects.filter(until__lt=now).delete()
