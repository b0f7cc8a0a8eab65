"""Block lists and MISP feeds over HTTP, for machines that do not speak TAXII, with the rights of their account.

They show who they are as over TAXII: Basic with the account's name and key, Bearer, or a client certificate. What they
may not read is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from serantau.base import SerantauError
from serantau.defend import csvlists, misp
from serantau.defend.keys import TYPES
from serantau.defend.taxii.v21.errors import UnauthorizedError, UnknownError
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.services import limits
from serantau.web.config.access import Role, access
from serantau.web.defend.auth import account_asking
from serantau.web.defend.lanes import collection_of
from serantau.web.feeds import giving
from serantau.web.feeds.errors import FeedError

GIVEN = limits.Limit("lists and feeds given to one account", 120, 60)
JSON, CSV = "application/json", "text/csv; charset=utf-8"
View = Callable[..., HttpResponseBase]


def given_to_machines(view: View) -> View:
    """Answer whoever shows credentials that hold; tell every error in a line of plain text."""

    @wraps(view)
    def answer(request: HttpRequest, alias: str, **parts: str) -> HttpResponseBase:
        try:
            return view(request, _asked(request, alias), **parts)
        except SerantauError as error:
            status = getattr(error, "status", 400)
            response = HttpResponse(error.message + "\n", status=status, content_type="text/plain; charset=utf-8")
            if status == 401:
                response["WWW-Authenticate"] = 'Basic realm="Feeds", charset="UTF-8", Bearer realm="Feeds"'
            if status == 429:
                response["Retry-After"] = str(getattr(error, "seconds", 60))
            return response

    return access(Role.PUBLIC, private=True)(require_safe(answer))


def _asked(request: HttpRequest, alias: str) -> giving.Asked:
    now = datetime.now(UTC)
    account = account_asking(request.META, now)
    if account is None:
        limits.insist_below(limits.TOKEN_MISS, counted(client_address(request)), now=now)
        raise UnauthorizedError("These credentials do not hold: they are unknown, revoked or over their time.")
    plan = collection_of(alias)
    if plan is None or not account.right(plan.alias).read:
        raise UnknownError("There is no such collection, or the account may not read it.")
    limits.insist_below(GIVEN, account.id, now=now)
    return giving.Asked(plan, account.reader, _days(request), now)


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", str(giving.DAYS))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= giving.MOST_DAYS):
        raise FeedError(f"days is a whole number from 1 to {giving.MOST_DAYS}.")
    return int(text)


@given_to_machines
def block_list(request: HttpRequest, asked: giving.Asked) -> HttpResponse:
    """Values of indicators as CSV; ``type`` names some types, ``after`` goes on where the last part ended."""
    kinds = frozenset(word for word in request.GET.get("type", "").split(",") if word)
    if kinds - set(TYPES):
        raise FeedError(f"type names some of: {', '.join(TYPES)}.")
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise FeedError("after is what the header X-Serantau-Next of the last part said.")
    position = giving.Position()
    body = b"".join(csvlists.write_rows(giving.listed(asked, kinds, int(after), position)))
    response = HttpResponse(body, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{asked.plan.alias}.csv"'
    if position.more:
        response["X-Serantau-Next"] = str(position.after)
    return response


@given_to_machines
def manifest(request: HttpRequest, asked: giving.Asked) -> HttpResponse:
    """``manifest.json``."""
    return HttpResponse(misp.write_manifest(asked.issuer(), giving.days_of(asked)), content_type=JSON)


@given_to_machines
def event(request: HttpRequest, asked: giving.Asked, name: UUID) -> HttpResponse:
    """The event of a day."""
    day = giving.day_of_event(asked, str(name))
    if day is None:
        raise UnknownError("There is no such event in this feed.")
    return HttpResponse(misp.write_event(asked.issuer(), day, giving.of_day(asked, day)), content_type=JSON)


@given_to_machines
def hashes(request: HttpRequest, asked: giving.Asked) -> StreamingHttpResponse:
    """``hashes.csv``."""
    return StreamingHttpResponse(_hashes(asked), content_type=CSV)


def _hashes(asked: giving.Asked) -> Iterator[bytes]:
    start = giving.start_of(asked.first_day()) - 1
    pairs = ((one.at.date(), one) for _, one in giving.given(asked, start))
    yield from misp.write_hashes(asked.issuer(), pairs)


__all__ = ["block_list", "event", "hashes", "manifest"]
