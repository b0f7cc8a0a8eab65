"""Headers that every answer carries, and errors in the form that the asker reads."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import SerantauError
from serantau.web.site.problems import error_response, is_api, render_error

PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
)
EMBEDDED = "Cross-Origin-Resource-Policy"
PASSKEYS = PERMISSIONS.replace("publickey-credentials-get=()", "publickey-credentials-get=(self)")
"""On the pages of accounts, which ask for passkeys."""

SAFE = "GET, HEAD, OPTIONS"
MOST_BODY = 16 * 1024**2
"""Bytes of the largest request: an attached file of 10 MB with its form, and some air."""
Handler = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """Permissions-Policy everywhere; on the API anonymous CORS, HEAD and OPTIONS."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer OPTIONS on the API itself, and let its GET routes serve HEAD."""
        api = is_api(request)
        if api and request.method == "OPTIONS":
            response = HttpResponse(status=204)
        else:
            head = api and request.method == "HEAD"
            if head:
                request.method = "GET"
            response = self.get_response(request)
            if head:
                request.method = "HEAD"
                length = response.get("Content-Length") or str(len(response.content))
                response.content = b""
                response["Content-Length"] = length
        response["Permissions-Policy"] = PASSKEYS if request.path.startswith("/accounts/") else PERMISSIONS
        # A page made to be shown in those of others says so itself.
        response[EMBEDDED] = "cross-origin" if api else response.get(EMBEDDED, "same-origin")
        if api:
            # Anonymous only: no credentials are ever allowed, so a browser sends none from another origin.
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Link"
            if request.method == "OPTIONS":
                response["Allow"] = SAFE
                response["Access-Control-Allow-Methods"] = SAFE
                response["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
                response["Access-Control-Max-Age"] = "86400"
        return response


class SizeMiddleware:
    """Refuses a body that is larger than anything taken here before any of it is read: Django would spool it to disk."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what is small enough."""
        stated = request.META.get("CONTENT_LENGTH") or "0"
        if not stated.isdecimal() or int(stated) > MOST_BODY:
            most = MOST_BODY // 1024**2
            return error_response(request, 413, _("More than %(most)d MB are not taken at once.") % {"most": most})
        return self.get_response(request)


class ProblemMiddleware:
    """Turns our own errors into a friendly page, or a problem (RFC 9457) on the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render an error that a person may see; leave any other to Django, which logs it."""
        if not isinstance(error, SerantauError):
            return None
        return render_error(request, error)
