"""TAXII 2.1 on the site: every endpoint, every error in the form of the protocol.

It answers before sessions, languages and policies are looked up, for a client of the protocol has none of these. Its
routes stand in the table of routes with their access rule all the same.
"""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from serantau.base import SerantauError
from serantau.defend.taxii.v21 import cursor, filters, media
from serantau.defend.taxii.v21.errors import (
    AcceptError,
    MethodError,
    TaxiiError,
    UnauthorizedError,
    UnknownError,
    resource,
)
from serantau.defend.taxii.v21.media import TAXII_21
from serantau.defend.taxii.v21.paths import Endpoint, Place, cleaned, place_of
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.services import limits
from serantau.web.config.access import Role, access
from serantau.web.defend.accounts import Account
from serantau.web.defend.auth import account_asking
from serantau.web.defend.bodies import packed

log = logging.getLogger(__name__)

PREFIX = "/taxii2"
LONGEST_QUERY = 16_000
SMALLEST_PACKED = 1000
"""Bytes below which packing is not worth it."""

BASIC = 'Basic realm="TAXII", charset="UTF-8", Bearer realm="TAXII"'


@dataclass(frozen=True)
class Asked:
    """A request, as far as it is understood.

    Attributes:
        method: In capitals; HEAD is answered as GET.
        place: What its path names.
        account: Who asks.
        meta: Its headers and body.
        now: The time.
    """

    method: str
    place: Place
    account: Account
    meta: Mapping[str, Any]
    now: datetime

    def filters(self, *fields: str, paging: bool = True, versions: str = "last") -> filters.Filters:
        """The parameters, as far as they are taken here.

        Raises:
            TaxiiError: if one cannot be understood.
        """
        query = self.meta.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY:
            raise TaxiiError(f"The query has more than {LONGEST_QUERY} characters. Ask in parts.")
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=filters.MOST_PARAMETERS)
        except ValueError:
            raise TaxiiError("The query cannot be understood.") from None
        return filters.read(pairs, fields=[f"match[{one}]" for one in fields], paging=paging, versions=versions)


@dataclass(frozen=True)
class Answer:
    """What is answered.

    Attributes:
        body: As JSON.
        status: Of HTTP.
        headers: Beside the usual ones.
    """

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def answer(request: HttpRequest) -> HttpResponse:
    """One request, whatever it is."""
    meta, method = request.META, request.method or ""
    try:
        given = _answer(request, method)
    except SerantauError as error:
        status = getattr(error, "status", None)
        given = _told(error, status) if status else _failed(request.path_info)
    except Exception:  # noqa: BLE001 - recorded, and told in the form of the protocol
        given = _failed(request.path_info)
    return _response(given, meta, head=method == "HEAD")


def _failed(path: str) -> Answer:
    """Our own fault: recorded, and told without a word of where."""
    number = uuid.uuid4().hex
    log.error("TAXII error %s at %s", number, path[:200], exc_info=sys.exc_info())
    return _resource(500, f"This is our fault, and was recorded as {number}.", number)


def _answer(request: HttpRequest, method: str) -> Answer:
    meta, now = request.META, datetime.now(UTC)
    path = cleaned(request.path_info)
    account = account_asking(meta, now)
    if account is None:
        limits.insist_below(limits.TOKEN_MISS, counted(client_address(request)), now=now)
        raise UnauthorizedError("These credentials do not hold: they are unknown, revoked or over their time.")
    if not path.endswith("/") and method in {"GET", "HEAD"} and place_of(path + "/"):
        query = f"?{meta['QUERY_STRING']}" if meta.get("QUERY_STRING") else ""
        return _resource(308, f"The address ends with a slash: {path}/", Location=f"{path}/{query}")
    place = place_of(path)
    if place is None:
        raise UnknownError("There is nothing at this address.")
    if method not in place.endpoint.methods:
        allowed = ", ".join(place.endpoint.methods)
        raise MethodError(f"{method[:20]} is not done here. These are: {allowed}.", Allow=allowed)
    if not media.accepts(meta.get("HTTP_ACCEPT")):
        raise AcceptError(f"Answers are {TAXII_21}. Name it in Accept, or leave the header out.")
    asked = Asked("GET" if method == "HEAD" else method, place, account, meta, now)
    return _handlers()[place.endpoint](asked)


@cache
def _handlers() -> Mapping[Endpoint, Callable[[Asked], Answer]]:
    from serantau.web.defend import endpoints

    return endpoints.HANDLERS


def _told(error: SerantauError, status: int) -> Answer:
    """An error as the protocol tells it."""
    headers = dict(getattr(error, "headers", {}))
    if status == 401:
        headers["WWW-Authenticate"] = BASIC
    if status in {429, 503}:
        headers.setdefault("Retry-After", str(getattr(error, "seconds", 2)))
    return _resource(status, error.message, **headers)


def _resource(status: int, description: str, error_id: str = "", **headers: str) -> Answer:
    body = orjson.dumps(resource(status, description, error_id))
    return Answer(body, status, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def _response(given: Answer, meta: Mapping[str, Any], *, head: bool) -> HttpResponse:
    body, headers = given.body, dict(given.headers)
    headers["Cache-Control"] = "private, no-store"
    headers["Vary"] = "Accept, Accept-Encoding, Authorization"
    if len(body) >= SMALLEST_PACKED and media.takes_gzip(meta.get("HTTP_ACCEPT_ENCODING")):
        body = packed(body)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return HttpResponse(b"" if head else body, status=given.status, content_type=TAXII_21, headers=headers)


def cursor_keys() -> list[bytes]:
    """The key of cursors, and those made from secrets used before."""
    return [cursor.key_of(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@access(Role.MACHINE, private=True)
@csrf_exempt
def taxii(request: HttpRequest, **_: str) -> HttpResponse:
    """Any endpoint of TAXII: for machine accounts alone, each as far as its rights and its clearance go."""
    return answer(request)


class TaxiiMiddleware:
    """Answers the addresses of TAXII, known or not, with resources of the protocol."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        path = cleaned(request.path_info)
        if path == PREFIX or path.startswith(PREFIX + "/"):
            return taxii(request)
        return self.get_response(request)


__all__ = ["Answer", "Asked", "TaxiiMiddleware", "answer", "cursor_keys", "taxii"]
