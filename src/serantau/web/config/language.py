"""In which language an answer is given.

Every page has one address for each language, `?language=TAG`, which says so alone and may be kept by anybody. A plain
address answers in the language that a signed-in visitor chose before (a cookie, set on pages that are nobody else's to
keep), else in the first that the browser asks for and the region offers, else in the language of the source. Data for
programs are in the language of the facts; only their problems follow Accept-Language.
`docs/decisions/0013-languages-by-address.md` says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from serantau.base import suggest
from serantau.bundle import Bundle
from serantau.languages import SOURCE
from serantau.web.bundles import keeper
from serantau.web.site.problems import QuestionError, is_data, render_error

PARAMETER = "language"
LONGEST = 35
OTHER_YEARS = frozenset({"th", "lo", "km", "my"})
"""Languages whose readers also count years from the Buddhist era."""
Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Offer:
    """A language that the site offers.

    Attributes:
        tag: BCP 47 tag.
        name: Its name in itself.
        reviewed: Whether somebody who speaks it has read the translation; the source's own needs no review.
    """

    tag: str
    name: str
    reviewed: bool


def offered(bundle: Bundle | None) -> dict[str, Offer]:
    """The languages of the region that have a catalogue, by tag, in the region's order."""
    spoken_here = {tag for tag, _name in settings.LANGUAGES}
    named = bundle.region.profile.languages if bundle else ()
    facts = bundle.languages if bundle else {}
    found = {
        one.tag: Offer(one.tag, one.name, one.tag == SOURCE or (one.tag in facts and facts[one.tag].reviewed))
        for one in named
        if one.tag in spoken_here
    }
    return found or {SOURCE: Offer(SOURCE, "English", reviewed=True)}


@dataclass(frozen=True)
class Choice:
    """The language of one request, and how it was come by: ``address``, ``cookie`` or ``browser``."""

    tag: str
    by: str


def choose(request: HttpRequest, offers: dict[str, Offer]) -> Choice:
    """The language in which a request is answered.

    Raises:
        QuestionError: if the address names a language that is not offered, or several.
    """
    if not is_data(request) and PARAMETER in request.GET:
        given = [value.strip() for value in request.GET.getlist(PARAMETER)]
        if len(given) == 1 and given[0] in offers:
            return Choice(given[0], "address")
        if any(given):
            wanted = given[0][:LONGEST]
            message = _("This site does not speak the language %s.") % repr(wanted)
            raise QuestionError(f"{message} {suggest(wanted, offers)}".strip(), PARAMETER)
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if kept in offers and not is_data(request):
        return Choice(kept, "cookie")
    return Choice(_asked(request.headers.get("Accept-Language", "")[:500], tuple(offers)), "browser")


@lru_cache(maxsize=2000)
def _asked(header: str, tags: tuple[str, ...]) -> str:
    """The first language of the header that is offered, else the source's.

    >>> _asked("fr, id-ID;q=0.8, en;q=0.5", ("en", "id")), _asked("", ("en", "id"))
    ('id', 'en')
    """
    folded = {tag.lower(): tag for tag in tags}
    for wanted, _quality in parse_accept_lang_header(header):
        parts = wanted.split("-")
        for length in range(len(parts), 0, -1):
            found = folded.get("-".join(parts[:length]))
            if found:
                return found
    return SOURCE if SOURCE in tags or not tags else tags[0]


class LanguageMiddleware:
    """Answers each request in its language, and says in the headers what the choice depended on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose, answer, say so."""
        offers = offered(keeper().held())
        try:
            chosen = choose(request, offers)
            problem = None
        except QuestionError as error:
            chosen, problem = Choice(SOURCE, "browser"), error
        request.serantau_language = chosen
        request.serantau_offers = offers
        with translation.override(chosen.tag):
            response = render_error(request, problem) if problem else self.get_response(request)
        if response.status_code != 304:
            response["Content-Language"] = chosen.tag
        if chosen.by == "cookie":
            # Only who carries the cookie is answered so; a shared memory must not keep it for others.
            patch_cache_control(response, private=True)
        if chosen.by != "address":
            patch_vary_headers(response, ["Accept-Language"])
        elif _is_private(response) and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen.tag:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen.tag,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
        return response


def _is_private(response: HttpResponse) -> bool:
    """Whether nobody but the visitor may keep the answer, so that it may carry a cookie."""
    said = response.get("Cache-Control", "")
    return response.status_code < 400 and ("private" in said or "no-store" in said)


@dataclass(frozen=True)
class Switch:
    """A language as the switch shows it."""

    offer: Offer
    address: str
    current: bool


def spoken(request: HttpRequest) -> dict[str, object]:
    """What the frame of every page says about languages; also a context processor.

    Returns:
        ``languages`` for the switch, ``language`` the current one, ``language_query`` to carry the choice over, which
        is also the ``query`` of a page that takes no question, and ``source`` with ``source_address``, the same page in the language of the source.
    """
    chosen = getattr(request, "serantau_language", Choice(SOURCE, "browser"))
    offers = getattr(request, "serantau_offers", None) or offered(None)
    rest = [(name, value) for name, values in request.GET.lists() if name != PARAMETER for value in values]
    rest = [(name, value) for name, value in rest if len(name) + len(value) < 2000]

    def address(tag: str) -> str:
        return f"{request.path}?{urlencode([*rest, (PARAMETER, tag)])}"

    query = f"?{PARAMETER}={chosen.tag}" if chosen.by == "address" else ""
    switches = [Switch(offer, address(tag), tag == chosen.tag) for tag, offer in offers.items()]
    return {
        "languages": switches if len(switches) > 1 else [],
        "language": offers.get(chosen.tag),
        "language_query": query,
        "query": query,
        "source": offers.get(SOURCE),
        "source_address": address(SOURCE),
        "calendar_note": _calendar_note(chosen.tag),
    }


def _calendar_note(tag: str) -> str:
    """Which years are meant, where the readers also count otherwise."""
    text = _("Years are those of the common era (Gregorian calendar).")
    return text if tag.partition("-")[0] in OTHER_YEARS else ""
