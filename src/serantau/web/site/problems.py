"""Errors as a person or a program reads them: a page, or a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from serantau.base import SerantauError
from serantau.languages.sentences import said
from serantau.web.site.carrying import carried

API = "/api/"
PROBLEM = "application/problem+json"


class QuestionError(SerantauError):
    """The address asks something that cannot be asked; ``field`` names the parameter."""

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        """Say what is wrong with which parameter."""
        super().__init__(message)
        self.field = field


class NotHereError(SerantauError):
    """The address names something that there is not."""

    status = 404

    def __init__(self, message: str, links: Mapping[str, str] | None = None) -> None:
        """Say what there is not, and link (address to text) to what was perhaps meant."""
        super().__init__(message)
        self.links = dict(links or {})


def is_api(request: HttpRequest) -> bool:
    """Whether the asker is a program."""
    return request.path.startswith(API)


def is_data(request: HttpRequest) -> bool:
    """Whether the answer is data for a program: the same bytes for everybody, in the language of the facts."""
    return request.path.startswith(f"{API}v")


def render_error(request: HttpRequest, error: SerantauError) -> HttpResponse:
    """An error that a person may see."""
    status = getattr(error, "status", 400)
    response = error_response(
        request, status, error.message, links=getattr(error, "links", None), field=getattr(error, "field", "")
    )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(getattr(error, "seconds", 60))
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def error_response(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    links: Mapping[str, str] | None = None,
    field: str = "",
) -> HttpResponse:
    """A page, or a problem document, with a status; what an engine said is said in the language of the answer."""
    detail = said(_, detail)
    if is_api(request):
        response = problem(status, detail, field=field, links=links)
    else:
        context = {"status": status, "title": _title(status), "detail": detail, "links": links or {}}
        html = render_to_string("site/error.html", context, request)
        chosen = getattr(request, "serantau_language", None)
        by_address = chosen is not None and chosen.by == "address"
        response = HttpResponse(carried(html, chosen.tag) if by_address else html, status=status)
    response["Cache-Control"] = "no-store"
    return response


def problem(status: int, detail: str, *, field: str = "", links: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem document after RFC 9457; ``type`` is left out, which the standard reads as ``about:blank``."""
    body: dict[str, object] = {"title": _phrase(status), "status": status, "detail": detail}
    if field:
        body["parameter"] = field
    if links:
        body["perhaps"] = list(links)
    return HttpResponse(msgspec.json.encode(body), status=status, content_type=PROBLEM)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for requests that it refuses."""
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1000
        message = _("What was sent is longer than the %(most)d kB that a form may hold. Shorten it, or send a file.")
        return error_response(request, 413, message % {"most": most})
    return error_response(request, 400, _("The request is not well formed."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for what a visitor may not see."""
    return error_response(request, 403, _("This page is not open to you."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for addresses without a route."""
    return error_response(request, 404, _("There is no page at this address."), links={"/": _("Overview")})


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's handler for a form that did not come from a page of ours, or from one that is too old."""
    return error_response(
        request,
        403,
        _("This form is too old, or did not come from this site. Open the page again and send it from there."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for our own mistakes, which it has logged."""
    return error_response(request, 500, _("Something went wrong on our side. It has been recorded."))


def _phrase(status: int) -> str:
    """The status in words, which is the title of a problem without a type of its own (RFC 9457, 4.2.1)."""
    phrases = {
        400: _("Bad Request"),
        403: _("Forbidden"),
        404: _("Not Found"),
        405: _("Method Not Allowed"),
        429: _("Too Many Requests"),
        500: _("Internal Server Error"),
        503: _("Service Unavailable"),
    }
    return phrases.get(status) or HTTPStatus(status).phrase


def _title(status: int) -> str:
    titles = {
        400: _("This cannot be answered"),
        403: _("Not open to you"),
        401: _("Not signed in"),
        404: _("Not found"),
        409: _("This was done before"),
        413: _("Too long"),
        429: _("Too often"),
        503: _("Not available at the moment"),
    }
    return titles.get(status, _("Something went wrong"))
