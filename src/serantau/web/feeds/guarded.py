"""The one guarded client, as a connection of ``taxii2client``: it asks, and nothing else goes out.

``taxii2client`` knows the protocol: addresses, parameters, what a collection must say of itself. Its own connection
(``requests``) knows no private networks, no limits of size and time, and hides headers and bytes. This one stands in
its place; the bytes of the last answer stay at hand, for objects are stored as they came.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from serantau.defend.reading import LIMITS as READING
from serantau.defend.reading import read_json
from serantau.sources import Client, Limits
from serantau.sources.client import Answer
from serantau.web.feeds.errors import FeedError

LIMITS = Limits(max_bytes=READING.body, total_seconds=90.0, step_seconds=30.0, attempts=3, backoff_cap_seconds=10.0)
TAXII = "application/taxii+json;version=2.1"


def client() -> Client:
    """A client for feeds; servers in private networks only where the site's operator named them."""
    return Client(limits=LIMITS, allow_private=frozenset(settings.SERANTAU_PRIVATE_FEEDS))


def credentials(secret: str) -> dict[str, str]:
    """The header that shows credentials: ``name:password`` is Basic (RFC 7617), anything else Bearer (RFC 6750).

    >>> credentials("a:b")
    {'Authorization': 'Basic YTpi'}
    """
    if not secret:
        return {}
    if any(ord(letter) < 32 for letter in secret):
        raise FeedError("The credentials have a line break or another control character. Enter them again.")
    if ":" in secret:
        return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    return {"Authorization": f"Bearer {secret}"}


class Connection:
    """What ``taxii2client`` asks through."""

    def __init__(self, through: Client, secret: str) -> None:
        """Begin.

        Args:
            through: The guarded client.
            secret: Credentials.
        """
        self._client = through
        self._headers = credentials(secret)
        self.answer: Answer | None = None

    def get(self, url: str, headers: Mapping[str, str] | None = None, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask, and read the answer strictly."""
        accept = (headers or {}).get("Accept", TAXII)
        query = urlencode({name: value for name, value in (params or {}).items() if value is not None}, doseq=True)
        joint = "&" if urlsplit(url).query else "?"
        asked = f"{url}{joint}{query}" if query else url
        self.answer = self._client.get(asked, accept=accept, kinds=("application/taxii+json",), headers=self._headers)
        return read_json(self.answer.content)

    def close(self) -> None:
        """The client is its owner's to close."""


__all__ = ["Connection", "client", "credentials"]
