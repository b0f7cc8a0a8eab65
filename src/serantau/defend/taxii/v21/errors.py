"""Errors of the protocol, each with its status, and the error resource (TAXII 2.1, 3.6.1) in which all are told."""

from __future__ import annotations

from http import HTTPStatus

from serantau.defend.errors import DefendError


class TaxiiError(DefendError):
    """A request that is not answered as asked.

    Attributes:
        status: Of HTTP.
        headers: What the answer says beside the resource.
    """

    status = 400

    def __init__(self, message: str, **headers: str) -> None:
        """Say why; headers by their names, with underscores for hyphens."""
        super().__init__(message)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class UnknownError(TaxiiError):
    """There is nothing of this name, as far as the asker may know."""

    status = 404


class DeniedError(TaxiiError):
    """The account may see that it is there, and not do this."""

    status = 403


class UnauthorizedError(TaxiiError):
    """No credentials, or none that hold."""

    status = 401


class MethodError(TaxiiError):
    """Nothing of this kind is done here."""

    status = 405


class AcceptError(TaxiiError):
    """The asker takes no answer that we can give."""

    status = 406


class MediaError(TaxiiError):
    """What was sent is no TAXII."""

    status = 415


class LengthError(TaxiiError):
    """More than is taken at once."""

    status = 413


class BusyStoreError(TaxiiError):
    """Too many are sending at the moment; nothing was stored."""

    status = 503


TITLES = {
    400: "The request cannot be understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    413: "Too large",
    415: "Unsupported media type",
    422: "Cannot be processed",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Busy",
}


def resource(status: int, description: str, error_id: str = "") -> dict[str, str]:
    """The error resource.

    >>> resource(404, "There is no such collection.")
    {'title': 'Not found', 'description': 'There is no such collection.', 'http_status': '404'}
    """
    title = TITLES.get(status) or HTTPStatus(status).phrase
    said = {"title": title, "description": description, "http_status": str(status)}
    return said | ({"error_id": error_id} if error_id else {})
