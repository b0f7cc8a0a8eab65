"""What the pages of the review share: the frame, the form token, messages, and how a refused command is shown."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone

from serantau.base import Problem, SerantauError
from serantau.review import ReviewError
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER, Role
from serantau.web.config.access import access
from serantau.web.site.frame import frame
from serantau.web.site.question import ask

KEY_BYTES = 12
PAGE = 100
"""Rows of one page of a long list."""

workers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR)
members = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
submitters = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.OBSERVER)
readers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.OBSERVER, Role.SECRETARIAT, Role.AUDITOR)
parties = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.OBSERVER, Role.SECRETARIAT)
deciders = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
secretariat = access(Role.SECRETARIAT)
"""Rules of the routes. Which submission it is, the review's own rules decide."""


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page of the review inside the frame of the site."""
    question = ask(request)
    actor = actor_of(request)
    whole = {
        **frame(request, question),
        "query": "",
        "edition": "",  # what stands here does not follow from the edition alone
        "actor": actor,
        "is_member": bool(actor.roles & OF_A_MEMBER),
        "submits": bool(actor.roles & (OF_A_MEMBER | OF_A_PARTNER)),
        "is_secretariat": Role.SECRETARIAT in actor.roles,
        "messages": messages.get_messages(request),
        "now": timezone.now(),
        **context,
    }
    return HttpResponse(render_to_string(template, whole, request=request), status=status)


def done(request: HttpRequest, words: str, address: str) -> HttpResponse:
    """After a command: say what was done, on the page that comes next."""
    messages.success(request, words)
    return HttpResponseRedirect(address, status=303)


def attempt(command: Callable[[], object]) -> tuple[int, str, Sequence[Problem]] | None:
    """Carry a command out; if it is refused, the status, the words and the problems to show, else None."""
    try:
        command()
    except ReviewError as error:
        return getattr(error, "status", 400), error.message, error.problems
    return None


def refused(error: SerantauError) -> tuple[int, str, Sequence[Problem]]:
    """How a refusal is shown."""
    return getattr(error, "status", 400), error.message, error.problems


def member_names(request: HttpRequest) -> dict[str, str]:
    """Names of the region's members by code."""
    return {one.id: one.name for one in ask(request).answers.bundle.region.members}


def party_names(request: HttpRequest) -> dict[str, str]:
    """Names of the region's members by code, and of its partners by id."""
    region = ask(request).answers.bundle.region
    return {one.id: one.name for one in (*region.members, *region.partners)}


def new_key() -> str:
    """A key for a form, so that it is carried out once however often its button is pressed."""
    return secrets.token_urlsafe(KEY_BYTES)


def whole_number(text: str | None) -> int:
    """A number that a form carries; 0 for anything else, which no row and no version is."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else 0


__all__ = [
    "Actor",
    "attempt",
    "deciders",
    "done",
    "members",
    "parties",
    "readers",
    "secretariat",
    "show",
    "submitters",
    "whole_number",
    "workers",
]
