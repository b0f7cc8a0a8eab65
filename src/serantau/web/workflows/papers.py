"""Another room hands something to the forum: a draft of a paper, begun by the secretariat, with where it comes from."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.forum import ForumError, Verb
from serantau.web.accounts.policy import Actor
from serantau.web.forum.models import Body
from serantau.web.forum.services import papers

__all__ = ["ForumError", "begin_paper", "bodies"]


def bodies() -> list[tuple[int, str]]:
    """Number and name of each body."""
    return [(one.pk, f"{one.short_name}: {one.name}") for one in Body.objects.all()]


def begin_paper(actor: Actor, body: int, title: str, text: str, now: datetime) -> str:
    """Begin a paper that a body is asked to note; return the address of its page.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        ForumError: if there is no such body, or the paper lacks a title or a text.
    """
    held = Body.objects.filter(pk=body).first()
    if held is None:
        raise ForumError(_("Choose one of the bodies."))
    made = papers.begin(actor, held, papers.Draft(title, Verb.NOTED, text), now)
    return reverse("forum:paper", args=[made.pk])
