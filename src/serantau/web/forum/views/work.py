"""What the pages of the forum share: the frame, who may use a route, and how a refused command is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import Problem
from serantau.forum import ForumError, Matter, Party, RuleError, advance
from serantau.languages.sentences import said
from serantau.review import ReviewError
from serantau.review.rounds import instant
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.forum import words
from serantau.web.forum.models import Body, Paper
from serantau.web.forum.rules import is_inside, party_of
from serantau.web.review.views import work
from serantau.web.review.views.rounds import clock_of, day_in
from serantau.web.site.question import ask

everybody = access(Role.PUBLIC, private=True)
delegations = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
inside = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
secretariat = access(Role.SECRETARIAT)
"""Rules of the routes. Which paper it is, the forum's own rules decide."""

done, whole_number = work.done, work.whole_number
Refusal = tuple[int, str, Sequence[Problem]]


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page of the forum inside the frame of the site."""
    actor = actor_of(request)
    more = {"inside": is_inside(actor), "convenes": party_of(actor) is Party.SECRETARIAT, "words": words}
    return work.show(request, template, {**more, **context}, status)


def attempt(request: HttpRequest, command: Callable[[], object]) -> Refusal | None:
    """Carry a command out; if it is refused, the status, the words and the problems to show, else None."""
    try:
        command()
    except RuleError as error:
        return 409, words.refusal(error, names(request)), error.problems
    except (ForumError, ReviewError, AccountError) as error:
        return getattr(error, "status", 400), said(_, error.message), error.problems
    return None


def names(request: HttpRequest) -> dict[str, str]:
    """Names of members and partners by code and id."""
    region = ask(request).answers.bundle.region
    return {one.id: one.name for one in (*region.members, *region.partners)}


def zones(request: HttpRequest) -> list[str]:
    """Time zones that a body may have: the secretariat's, the members', UTC."""
    region = ask(request).answers.bundle.region
    own = {zone for member in region.members for zone in member.time_zones}
    return sorted({region.profile.time_zone, "Etc/UTC", *own})


def moment(day: str, clock: str, zone: str, name: str) -> datetime:
    """The instant that two fields of a form name, on the clocks of a zone.

    Raises:
        ReviewError: if they name none.
    """
    return instant(day_in(day, name), clock_of(clock), zone)


def now_of(paper: Paper, now: datetime, matter: Matter | None = None) -> Matter:
    """The paper as it is at this moment, also where nobody has seen to its deadline yet.

    Args:
        paper: The paper.
        now: The moment.
        matter: What the database holds of it, where that was read already.
    """
    rules = paper.body.procedure()
    matter = matter if matter is not None else paper.matter()
    return matter if rules is None else advance(matter, rules, now)


def there(body: Body, at: datetime | None) -> str:
    """An instant on the clocks of a body, and in UTC."""
    if at is None:
        return ""
    if body.zone == "Etc/UTC":
        return f"{at:%Y-%m-%d %H:%M} UTC"
    local = at.astimezone(ZoneInfo(body.zone))
    return _("%(there)s %(zone)s (%(utc)s UTC)") % {
        "there": f"{local:%Y-%m-%d %H:%M}",
        "zone": body.zone,
        "utc": f"{at:%Y-%m-%d %H:%M}",
    }
