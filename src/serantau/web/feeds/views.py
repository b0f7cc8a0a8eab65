"""The pages of a member's CERT people: its feeds, one feed with its state, a new one, and where machines fetch lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.base import Problem, SerantauError
from serantau.defend.errors import DefendError
from serantau.defend.keys import TYPES
from serantau.defend.model import Tlp
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.links import absolute
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room
from serantau.web.config import webhooks
from serantau.web.config.access import access
from serantau.web.defend.models import TaxiiAccount
from serantau.web.feeds import hooks, running
from serantau.web.feeds.models import Feed, Kind
from serantau.web.feeds.services import feeds
from serantau.web.review.views import work
from serantau.web.site.problems import NotHereError

certs = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
LIGHTS = [(str(one.value), one.label) for one in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT)]
MOST_UPLOAD = 5 * 1024**2
FIELDS = ("kind", "title", "address", "account", "alias", "minutes", "light", "secret")
COLUMNS = ("value", "type", "when", "confidence", "separator")
Refusal = tuple[int, str, Sequence[Problem]]


def officer(request: HttpRequest) -> Actor:
    """Who asks, if they are of a member's CERT.

    Raises:
        PermissionDenied: if they are not.
    """
    actor = actor_of(request)
    if not (actor.member and actor.roles & OF_A_MEMBER and Room.DEFEND in actor.rooms and actor.second_factor):
        raise PermissionDenied
    return actor


def find(actor: Actor, number: int) -> Feed:
    """A feed of the actor's member.

    Raises:
        NotHereError: if there is none.
    """
    held = Feed.objects.select_related("progress", "account").filter(pk=number, member=actor.member).first()
    if held is None:
        raise NotHereError(_("There is no such feed."), {reverse("feeds:home"): _("Feeds")})
    return held


def attempt(command: Callable[[], object]) -> Refusal | None:
    """Carry a command out; if it is refused, the status, the words and the problems to show, else None."""
    try:
        command()
    except RefusedError:
        raise
    except (DefendError, SerantauError) as error:
        return getattr(error, "status", 400), error.message, error.problems
    return None


@certs
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The feeds of the own member, and where its machines fetch lists."""
    actor = officer(request)
    held = list(Feed.objects.select_related("progress", "account").filter(member=actor.member, ended_at=None))
    context = {
        "feeds": [(one, state_of(one)) for one in held],
        "accounts": [(one, Tlp(one.clearance).label, _addresses(one)) for one in _accounts(actor)],
        "kinds": [(kind.value, kind.label) for kind in Kind if kind != Kind.HOOK or _is_head(actor)],
    }
    return work.show(request, "feeds/home.html", context)


@certs
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set a feed up."""
    actor = officer(request)
    given = _given(request)
    if request.method != "POST":
        return _form(request, actor, given)
    made: list[Feed] = []
    nonce = webhooks.new_nonce() if given["kind"] == Kind.HOOK else ""
    refusal = attempt(lambda: made.append(feeds.make(actor, _wish(given, nonce), timezone.now())))
    if refusal:
        return _form(request, actor, given, refusal)
    if nonce:
        return _page(request, actor, find(actor, made[0].pk), key=webhooks.key_of(hooks.ROOM, nonce))
    return work.done(request, _("The feed was set up; it is asked within a minute."), _address(made[0]))


@certs
@require_safe
def feed(request: HttpRequest, number: int) -> HttpResponse:
    """One feed with its state."""
    actor = officer(request)
    return _page(request, actor, find(actor, number))


@certs
@require_POST
def act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Pause, go on, ask at once, end."""
    actor, now = officer(request), timezone.now()
    held = find(actor, number)
    commands: dict[str, tuple[Callable[[], None], str]] = {
        "pause": (lambda: feeds.pause(actor, held, now, paused=True), _("The feed rests.")),
        "resume": (lambda: feeds.pause(actor, held, now, paused=False), _("The feed goes on.")),
        "now": (lambda: feeds.ask_now(actor, held, now), _("The feed is asked within a minute.")),
        "end": (lambda: feeds.end(actor, held, now), _("The feed was ended. What it brought stays.")),
    }
    if act not in commands:
        raise NotHereError(_("There is no such act."), {_address(held): held.title})
    command, said = commands[act]
    refusal = attempt(command)
    if refusal:
        return _page(request, actor, held, refusal)
    return work.done(request, said, reverse("feeds:home") if act == "end" else _address(held))


@certs
@require_POST
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Take a list that is uploaded."""
    actor = officer(request)
    held = find(actor, number)
    if held.kind != Kind.CSV or held.ended_at is not None or held.paused:
        raise NotHereError(_("Nothing is uploaded here."), {_address(held): held.title})
    file = request.FILES.get("file")
    if file is None or file.size > MOST_UPLOAD:
        return _page(request, actor, held, (400, _("Choose a file of at most 5 MB."), ()))
    found: list[tuple[int, int]] = []
    refusal = attempt(lambda: found.append(running.take(held, file.read(), timezone.now())))
    if refusal:
        return _page(request, actor, held, refusal)
    new_ones, refused = found[0]
    said = _("The list was taken: %(new)s new or renewed, %(refused)s lines not usable.")
    return work.done(request, said % {"new": new_ones, "refused": refused}, _address(held))


def state_of(feed: Feed) -> str:
    """How a feed is, in a word or two."""
    held = feed.progress
    if feed.ended_at is not None:
        return _("ended")
    if feed.paused:
        return _("paused")
    if held.failures:
        return _("failing")
    if held.done_at is None:
        return _("not asked yet") if feed.address else _("waits for a list")
    return _("in order")


def _page(
    request: HttpRequest, actor: Actor, held: Feed, refusal: Refusal | None = None, key: str = ""
) -> HttpResponse:
    light = None if held.light is None else Tlp(held.light).label
    context = {"feed": held, "state": state_of(held), "light": light, "refusal": refusal, "key": key, "kind": held.kind}
    return work.show(request, "feeds/feed.html", context, refusal[0] if refusal else 200)


def _form(request: HttpRequest, actor: Actor, given: dict[str, str], refusal: Refusal | None = None) -> HttpResponse:
    accounts = _accounts(actor)
    needed = "can_read" if given["kind"] == Kind.HOOK else "can_write"
    context = {
        "given": given,
        "kind_label": Kind(given["kind"]).label,
        "accounts": accounts,
        "aliases": sorted({right.alias for one in accounts for right in one.rights.all() if getattr(right, needed)}),
        "lights": LIGHTS,
        "types": TYPES,
        "refusal": refusal,
    }
    return work.show(request, "feeds/new.html", context, refusal[0] if refusal else 200)


def _given(request: HttpRequest) -> dict[str, str]:
    source = request.POST if request.method == "POST" else request.GET
    given = {name: source.get(name, "")[:1000] for name in (*FIELDS, *COLUMNS, "days", "header")}
    given["kind"] = given["kind"] if given["kind"] in Kind.values else Kind.TAXII.value
    if request.method != "POST":
        given |= {"minutes": "5" if given["kind"] == Kind.HOOK else "60", "value": "1", "separator": ",", "days": "30"}
    return given


def _wish(given: dict[str, str], nonce: str) -> feeds.Wish:
    options: dict[str, Any] = {}
    if given["kind"] == Kind.CSV:
        options = {name: given[name] for name in COLUMNS if given[name]}
        options |= {"header": bool(given["header"]), "days": work.whole_number(given["days"]) or 0}
        options["separator"] = "\t" if given["separator"] == "tab" else given["separator"] or ","
    chosen = dict(LIGHTS)
    return feeds.Wish(
        account=work.whole_number(given["account"]) or 0,
        kind=given["kind"],
        title=given["title"],
        address=given["address"],
        alias=given["alias"],
        minutes=work.whole_number(given["minutes"]) or 0,
        light=Tlp(int(given["light"])) if given["light"] in chosen else None,
        secret=nonce or given["secret"],
        options=options,
    )


def _accounts(actor: Actor) -> list[TaxiiAccount]:
    rows = TaxiiAccount.objects.filter(machine__member=actor.member, machine__ended_at=None)
    return list(rows.select_related("machine").prefetch_related("rights").order_by("login"))


def _addresses(account: TaxiiAccount) -> list[tuple[str, str, str]]:
    return [
        (
            right.alias,
            absolute(reverse("feeds:block-list", args=[right.alias])),
            absolute(reverse("feeds:misp-manifest", args=[right.alias]).removesuffix("manifest.json")),
        )
        for right in account.rights.all()
        if right.can_read and right.alias not in {"alerts", "tombstones"}
    ]


def _is_head(actor: Actor) -> bool:
    return Role.HEAD_OF_DELEGATION in actor.roles


def _address(held: Feed) -> str:
    return reverse("feeds:feed", args=[held.pk])
