"""The same answer to the same question: an anonymous page that was just given is given again, without working it out.

It is the outermost middleware. What a page costs beyond its own making (sessions, languages, policies) is spent once; the edition is
still looked up at every request, so an answer is never older than the facts.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from serantau.web.bundles import NoBundleError, keeper
from serantau.web.site.question import HELD, day_now

MOST_ENTRIES = 2000
MOST_BYTES = 64_000_000
LONGEST = 2000
"""Characters of an address and of a header beyond which nothing is remembered."""


NOT_WITH_304 = {"Content-Type", "Content-Length", "Content-Language", "Content-Disposition"}
Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Given:
    """An answer as it left the server."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    tag: str


class Repeats:
    """Answers given, bounded in number and bytes; the one not asked for longest goes first."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        """Begin empty."""
        self.most_entries, self.most_bytes, self.size = most_entries, most_bytes, 0
        self._held: OrderedDict[Hashable, Given] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Given | None:
        """The answer held, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, given: Given) -> None:
        """Keep an answer, unless it is larger than a tenth of the whole memory."""
        if len(given.body) > self.most_bytes // 10:
            return
        with self._lock:
            old = self._held.pop(key, None)
            self.size += len(given.body) - (len(old.body) if old else 0)
            self._held[key] = given
            while len(self._held) > self.most_entries or self.size > self.most_bytes:
                self.size -= len(self._held.popitem(last=False)[1].body)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self.size = 0


REPEATS = Repeats()


class RepeatMiddleware:
    """Answers from memory whoever carries neither a cookie nor a name, and asks what was asked before."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer held for this question and edition, else a new one, which is kept if everybody may have it."""
        key = _key(request)
        if key is None:
            return self.get_response(request)
        given = REPEATS.get(key)
        if given is not None:
            return _again(request, given)
        response = self.get_response(request)
        if _may_be_kept(response):
            REPEATS.put(key, Given(response.content, tuple(response.items()), response["ETag"]))
        return response


def _key(request: HttpRequest) -> Hashable | None:
    """Everything that an anonymous answer depends on; None for a request that is answered by itself."""
    meta = request.META
    if request.method != "GET" or meta.get("HTTP_COOKIE") or meta.get("HTTP_AUTHORIZATION"):
        return None
    query, language = meta.get("QUERY_STRING", ""), meta.get("HTTP_ACCEPT_LANGUAGE", "")
    if len(query) + len(language) + len(request.path) > LONGEST:
        return None
    try:
        answers, host = keeper().answers(), request.get_host()
    except (NoBundleError, DisallowedHost):
        return None
    # The same look serves the whole request, so that it is asked once and one edition answers.
    setattr(request, HELD, answers)
    edition, root = answers.bundle.edition.key, str(answers.bundle.root)
    return edition, root, day_now(), request.scheme, host, request.path, query, language


def _may_be_kept(response: HttpResponse) -> bool:
    """Whether it is a whole answer that everybody may have, as its own headers say."""
    said = response.get("Cache-Control", "")
    return (
        response.status_code == 200
        and not response.streaming
        and "ETag" in response
        and "public" in said
        and not response.cookies
        and not any(word in said for word in ("private", "no-store"))
    )


def _again(request: HttpRequest, given: Given) -> HttpResponse:
    tags = request.META.get("HTTP_IF_NONE_MATCH")
    if tags and {given.tag, f"W/{given.tag}"} & set(parse_etags(tags)):
        response: HttpResponse = HttpResponseNotModified()
        for name, value in given.headers:
            if name not in NOT_WITH_304:
                response[name] = value
        return response
    return HttpResponse(given.body, headers=dict(given.headers))
