"""The invitation that a visitor has opened and not yet accepted: remembered in their session by its digest."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from serantau.web.accounts.models import Invitation
from serantau.web.accounts.services import people

KEY = "serantau_invitation"


def pending_invitation(request: HttpRequest) -> Invitation | None:
    """The invitation, if it still holds."""
    digest = request.session.get(KEY)
    return people.open_invitation(digest, now=timezone.now()) if digest else None


def remember_invitation(request: HttpRequest, digest: str) -> None:
    """Keep it while the visitor makes up their mind."""
    request.session[KEY] = digest


def forget_invitation(request: HttpRequest) -> None:
    """It is done with."""
    request.session.pop(KEY, None)
