"""What the pages of the cooperation share: the frame, who may use a route, what forms bring, how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import Problem
from serantau.defend.errors import DefendError
from serantau.defend.model import Tlp
from serantau.defend.rules import RuleError
from serantau.review import ReviewError
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.errors import TooManyError
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.cooperation import words
from serantau.web.cooperation.readers import is_hub, is_observer, is_officer, reader_of
from serantau.web.review.views import work
from serantau.web.site.question import ask

certs = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
heads = access(Role.HEAD_OF_DELEGATION, fresh=True)
hub = access(Role.SECRETARIAT, fresh=True)
listed = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
onlookers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.OBSERVER)
everybody_here = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.OBSERVER)
"""Rules of the routes. Whose rooms reach here, and what they may read, the room's own rules decide."""

done, whole_number = work.done, work.whole_number
Refusal = tuple[int, str, Sequence[Problem]]


def officer(request: HttpRequest) -> Actor:
    """Who asks, if they are of a member's CERT.

    Raises:
        PermissionDenied: if they are not.
    """
    actor = actor_of(request)
    if not is_officer(actor):
        raise PermissionDenied
    return actor


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page of the cooperation inside the frame of the site."""
    actor = actor_of(request)
    more = {
        "officer": is_officer(actor),
        "observer": is_observer(actor),
        "hub": is_hub(actor),
        "head": is_officer(actor) and Role.HEAD_OF_DELEGATION in actor.roles,
        "clearance": reader_of(actor).clearance.label,
    }
    return work.show(request, template, {**more, **context}, status)


def attempt(request: HttpRequest, command: Callable[[], object]) -> Refusal | None:
    """Carry a command out; if it is refused, the status, the words and the problems to show, else None."""
    try:
        command()
    except RuleError as error:
        return 409, words.refusal(error, names(request)), error.problems
    except (DefendError, ReviewError, TooManyError) as error:
        return getattr(error, "status", 400), error.message, error.problems
    return None


def names(request: HttpRequest) -> dict[str, str]:
    """Names of members and partners by code and id."""
    region = ask(request).answers.bundle.region
    return {one.id: one.name for one in (*region.members, *region.partners)}


def members(request: HttpRequest) -> list[tuple[str, str]]:
    """Codes and names of the members."""
    return [(one.id, one.name) for one in ask(request).answers.bundle.region.members]


def zones(request: HttpRequest, member: str) -> list[str]:
    """Time zones that a member's team may have: the member's own, the secretariat's, UTC."""
    region = ask(request).answers.bundle.region
    own = [zone for one in region.members if one.id == member for zone in one.time_zones]
    return sorted({*own, region.profile.time_zone, "Etc/UTC"})


def label_of(text: str | None) -> Tlp | None:
    """The label that a form chose."""
    number = whole_number(text)
    return next((one for one in words.LABELS if str(one.value) == (text or "") and one.value == number), None)


def needed_label(text: str | None) -> Tlp:
    """The label that a form must choose.

    Raises:
        DefendError: if it chose none.
    """
    found = label_of(text)
    if found is None:
        raise DefendError(_("Choose a label."))
    return found


def day_of_form(text: str) -> date | None:
    """A day that a form names; None for none.

    Raises:
        DefendError: if it is no day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DefendError(_("%(text)s is no day. Write it as 2027-03-31.") % {"text": text[:20]}) from error


def clock_of_form(text: str) -> time:
    """A time of day.

    Raises:
        DefendError: if it is none.
    """
    try:
        return time.fromisoformat(text.strip())
    except ValueError as error:
        raise DefendError(_("%(text)s is no time of day. Write it as 08:30.") % {"text": text[:20]}) from error


def moment_of_form(text: str, zone: str = "Etc/UTC") -> datetime:
    """An instant on the clocks of a zone, as ``datetime-local`` fields write it (HTML, 4.10.5.1.11).

    Raises:
        DefendError: if it is none.
    """
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DefendError(
            _("%(text)s is no date with a time. Write it as 2027-03-31T08:30.") % {"text": text[:20]}
        ) from error


__all__ = ["Actor", "actor_of", "done", "whole_number"]
