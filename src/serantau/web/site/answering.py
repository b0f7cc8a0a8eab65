"""One way from a request to an answer: understand, look in the cache, render, name the edition.

An answer is a function of the edition, the day, the address and the code, so
those make its ETag, and an answer rendered once is kept in a bounded memory.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

import serantau
from serantau.languages import SOURCE
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.addresses import client_address, network
from serantau.web.accounts.services.limits import MINUTE, Limit, insist_below
from serantau.web.config.language import spoken
from serantau.web.help.pages import DOCS
from serantau.web.site.problems import is_api, is_data
from serantau.web.site.question import Question, ask

PASSING = "serantau_passing"
"""Set on an answer that lacks something for the moment, so that it is not kept."""

MENU_BEGINS, MENU_ENDS = b"<!--account-->", b"<!--/account-->"
"""Between these stands the entry of the menu that differs by who is signed in (site/base.html)."""

log = logging.getLogger(__name__)

WORK = Limit("answers worked out for one network", 600, MINUTE)
"""Charts as files, whole tables, a reader's own choices, answers of the API: ten new ones a second are more than a person asks."""

MOST_ENTRIES = 2000
MOST_BYTES = 64_000_000
Render = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Kept:
    """An answer as it was sent."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class AnswerCache:
    """Rendered answers, bounded in number and bytes; the one not asked for longest goes first."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        """Begin empty."""
        self.most_entries, self.most_bytes = most_entries, most_bytes
        self.size = 0
        self._held: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """The answer held, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer, unless it is larger than a tenth of the whole memory."""
        if len(kept.body) > self.most_bytes // 10:
            return
        with self._lock:
            old = self._held.pop(key, None)
            self.size += len(kept.body) - (len(old.body) if old else 0)
            self._held[key] = kept
            while len(self._held) > self.most_entries or self.size > self.most_bytes:
                self.size -= len(self._held.popitem(last=False)[1].body)

    def __len__(self) -> int:
        return len(self._held)


CACHE = AnswerCache()


def answering(
    *more: str, strict: bool = False, named: Callable[[], Iterable[str]] | None = None, costly: bool = False
) -> Callable[[Render], Callable[..., HttpResponse]]:
    """Turn a function of a question into a view.

    Args:
        more: Parameters of the page itself, beside plan, as_of and known.
        strict: Refuse unknown parameters.
        named: Further parameters, where their names depend on the facts.
        costly: Count a new answer towards what one network may have worked out in a minute.
    """

    def decorate(render: Render) -> Callable[..., HttpResponse]:
        @wraps(render)
        def view(request: HttpRequest, **names: str) -> HttpResponse:
            question = ask(request, (*more, *(named() if named else ())), strict=strict)
            return answer(request, question, lambda: render(request, question, **names), costly=costly)

        return require_safe(view) if not strict else view

    return decorate


def answer(
    request: HttpRequest, question: Question, render: Callable[[], HttpResponse], *, costly: bool = False
) -> HttpResponse:
    """The answer from the cache, a new one, or *not modified*.

    Raises:
        TooManyError: if it is costly and new, and this network had too many such answers worked out.
    """

    def worked_out() -> HttpResponse:
        if costly:
            _charge(request)
        return render()

    if is_data(request):
        with override(SOURCE):
            return _answer(request, question, worked_out)
    return _answer(request, question, worked_out)


def _charge(request: HttpRequest) -> None:
    """Count an answer that has to be worked out; one that is held costs nothing and is not counted."""
    try:
        insist_below(WORK, network(client_address(request), v4=32, v6=64), now=timezone.now())
    except DatabaseError:
        log.exception("an answer that had to be worked out could not be counted")


def _answer(request: HttpRequest, question: Question, render: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer from the cache, a new one, or *not modified*; for whoever is signed in with their name in the menu."""
    key = etag(request, question)
    own = own_menu(request)
    tag = key if own is None else hashlib.sha256((key + own).encode()).hexdigest()[:32]
    if f'"{tag}"' in (tags := parse_etags(request.headers.get("If-None-Match", ""))) or f'W/"{tag}"' in tags:
        return _finish(HttpResponseNotModified(), tag, request, private=own is not None)
    kept = CACHE.get(key)
    if kept is None:
        response = render()
        if response.status_code != 200 or response.streaming:
            return response
        if getattr(response, PASSING, False):
            response["Cache-Control"] = "no-store"
            return response
        kept = Kept(response.content, tuple(response.items()))
        CACHE.put(key, kept)
    body = kept.body if own is None else _with_menu(kept.body, own)
    return _finish(HttpResponse(body, headers=dict(kept.headers)), tag, request, private=own is not None)


def own_menu(request: HttpRequest) -> str | None:
    """The entry of the menu of whoever is signed in; None for everybody else, and for what has no menu."""
    if not _has_menu(request):
        return None
    actor = actor_of(request)
    if not actor.signed_in:
        return None
    return render_to_string("site/account.html", {**spoken(request), "actor": actor, "path": request.path})


def _has_menu(request: HttpRequest) -> bool:
    """Whether the answer is a page: those have addresses that end in a slash; the API knows no people."""
    return request.path.endswith("/") and not is_api(request)


def _with_menu(body: bytes, own: str) -> bytes:
    before, begin, rest = body.partition(MENU_BEGINS)
    _public, _end, after = rest.partition(MENU_ENDS)
    return b"".join((before, own.encode(), after)) if begin else body


def etag(request: HttpRequest, question: Question) -> str:
    """Digest of everything that the answer depends on; the host is part of it, as a page says how to embed its charts."""
    words = (
        code_label(),
        question.answers.bundle.edition.key,
        str(question.answers.bundle.root),
        question.today.isoformat(),
        get_language() or "",
        request.scheme or "",
        request.get_host(),
        request.path,
        *(f"{name}={value}" for name, value in sorted({**question.given, **question.more}.items())),
    )
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


@cache
def code_label() -> str:
    """Digest of the program itself: another template is another answer."""
    root = Path(serantau.__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if (
            path.suffix in {".py", ".html", ".css", ".js", ".svg", ".po"}
            and "regions" not in path.relative_to(root).parts
        ):
            total.update(str(path.relative_to(root)).encode() + hashlib.sha256(path.read_bytes()).digest())
    for path in sorted(DOCS.rglob("*.md")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _finish(response: HttpResponse, tag: str, request: HttpRequest, *, private: bool) -> HttpResponse:
    response["ETag"] = f'"{tag}"'
    patch_cache_control(response, **{"private" if private else "public": True}, no_cache=True)
    if _has_menu(request):
        patch_vary_headers(response, ["Cookie"])
    return response
