"""What the pages of the scam reports share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.bundle import Bundle
from serantau.defend.errors import DefendError
from serantau.defend.scams import AppealError, TriageError
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.review.views import work
from serantau.web.scams import words
from serantau.web.scams.rules import is_officer
from serantau.web.scams.wishes import GivenError
from serantau.web.site.carrying import carried
from serantau.web.site.question import LANGUAGE, ask

everybody = access(Role.PUBLIC, private=True)
officers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
"""Rules of the routes. Whose report it is, the room's own rules decide."""

done, whole_number = work.done, work.whole_number


def bundle_of(request: HttpRequest) -> Bundle:
    """The region's facts, in the language of the page."""
    return ask(request).answers.bundle


def network_of(request: HttpRequest) -> str:
    """What tries are counted by."""
    return counted(client_address(request))


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page of the scam reports inside the frame of the site."""
    more = {
        "officer": is_officer(actor_of(request)),
        "members": [(one.id, one.name) for one in bundle_of(request).region.members],
        "words": words,
    }
    response = work.show(request, template, {**more, **context}, status)
    tag = ask(request).given.get(LANGUAGE)
    if tag:
        response.content = carried(response.content.decode(), tag).encode()
    return response


def attempt(command: Callable[[], object]) -> tuple[int, dict[str, str]] | None:
    """Carry a command out; if it is refused, the status and what is wrong by field, else None."""
    try:
        command()
    except GivenError as error:
        return error.status, error.wrong
    except TriageError as error:
        return error.status, {
            "": _("The report has not, or no longer, come to where that is possible. Look at it again.")
        }
    except AppealError as error:
        return error.status, {
            "": _("The appeal is not at a stage for that, or it takes a second officer. Look at it again.")
        }
    except DefendError as error:
        return getattr(error, "status", 400), {"": error.message}
    return None
