"""Addresses in letters: always on the site that the settings name, never on what a request calls itself."""

from __future__ import annotations

from urllib.parse import urljoin

from allauth.core import context
from django.conf import settings


def absolute(path: str) -> str:
    """A whole address.

    Without ``SERANTAU_URL`` it is on the host of the request, which Django has compared with the allowed hosts; outside
    a request on this machine.
    """
    if settings.SERANTAU_URL:
        return urljoin(settings.SERANTAU_URL, path)
    request = context.request if hasattr(context, "request") else None
    return request.build_absolute_uri(path) if request is not None else urljoin("http://127.0.0.1:8000/", path)
