"""What everybody can see of the ledger: heads, proofs, the file to check; and the receipt of an event for who may know it.

Hashes and sizes say nothing about content. What they could give away is when something happened; so nothing here goes
beyond the newest head, and heads are signed every few minutes, not with every event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import urlencode

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from serantau.ledger import Event as Kind
from serantau.ledger import LedgerError
from serantau.ledger.archive import write_receipt
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.errors import TooManyError
from serantau.web.accounts.policy import Act, Allowed, may
from serantau.web.accounts.services import limits
from serantau.web.config.access import Role, access
from serantau.web.ledger import handing, store
from serantau.web.ledger.models import Event
from serantau.web.site.frame import page
from serantau.web.site.problems import QuestionError, problem
from serantau.web.site.question import ask, parameters, whole

JSON = "application/json"
SHOWN = 20
"""Heads on the page and in the list."""

PAGE = 100
"""Events on one page for auditors."""

MOST_EXPORTED = 200_000
"""Above so many events the file is not made for everyone who asks; the operator hands it out."""

EXPORTS = limits.Limit("files of the ledger for one network", 20, limits.HOUR)
"""Each costs the server some seconds, and hardly anybody needs more than one."""

MOST = 999_999_999
View = Callable[..., HttpResponse]


def for_programs(view: View) -> View:
    """A view for programs: only reading, never from a cache unasked, and errors as problem documents (RFC 9457)."""

    @wraps(view)
    def wrapped(request: HttpRequest, **names: int) -> HttpResponse:
        try:
            response = view(request, **names)
        except QuestionError as error:
            return problem(400, error.message, field=error.field)
        except TooManyError as error:
            response = problem(429, error.message)
            response["Retry-After"] = str(error.seconds)
            return response
        except LedgerError as error:
            return problem(404, error.message)
        patch_cache_control(response, no_cache=True)
        return response

    return require_safe(wrapped)


@access(Role.PUBLIC)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page: the newest heads, the keys, the restores, how to check."""
    question = ask(request)
    heads, keys = store.heads(SHOWN), store.public_keys()
    context = {
        "edition": "",  # the page does not follow from the facts
        "newest": heads[0] if heads else None,
        "heads": heads,
        "keys": [str(key) for key in reversed(keys)],
        "epochs": store.epochs(),
        "command": f"serantau ledger verify ledger-{heads[0].head.size}.jsonl --key KEY --since HEAD" if heads else "",
        "exportable": bool(heads) and heads[0].head.size <= MOST_EXPORTED,
    }
    response = page(request, question, "ledger/index.html", context)
    patch_cache_control(response, no_cache=True)
    return response


@access(Role.PUBLIC)
@for_programs
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest head, as C2SP tlog-checkpoint writes it."""
    return HttpResponse(_newest().note, content_type="text/plain; charset=utf-8")


@access(Role.PUBLIC)
@for_programs
def heads(request: HttpRequest) -> HttpResponse:
    """The newest heads, the keys and how they followed each other, the restores."""
    parameters(request.GET, (), strict=True)
    return _json(
        {
            "heads": [{**_described(signed), "note": signed.note} for signed in store.heads(SHOWN)],
            "keys": [str(key) for key in store.public_keys()],
            "rotations": store.rotations(),
            "restores": [
                {
                    "epoch": row.number,
                    "size": row.size,
                    "at": row.begun_at.isoformat(),
                    "old_head": row.old_head or None,
                }
                for row in store.epochs()
            ],
        }
    )


@access(Role.PUBLIC)
@for_programs
def inclusion(request: HttpRequest) -> HttpResponse:
    """That the event at a place is among the first so many; hashes only."""
    given = parameters(request.GET, ("event", "size"), strict=True)
    newest = _newest().head.size
    size = whole(given, "size", newest, 1, newest)
    event = _required(given, "event", size - 1)
    proof = store.inclusion(event, size)
    (leaf,) = Event.objects.filter(pk=event).values_list("hashes", flat=True)
    return _json(
        {
            "event": event,
            "size": size,
            "leaf": bytes(leaf[:32]).hex(),
            "proof": _hex(proof),
            "root": store.root(size).hex(),
        }
    )


@access(Role.PUBLIC)
@for_programs
def consistency(request: HttpRequest) -> HttpResponse:
    """That the ledger of one size begins with the ledger of a smaller one."""
    given = parameters(request.GET, ("first", "second"), strict=True)
    newest = _newest().head.size
    second = whole(given, "second", newest, 1, max(1, newest))
    first = _required(given, "first", second, low=1)
    proof = store.consistency(first, second)
    roots = {"first_root": store.root(first).hex(), "second_root": store.root(second).hex()}
    return _json({"first": first, "second": second, "proof": _hex(proof), **roots})


@access(Role.PUBLIC)
@for_programs
def export(request: HttpRequest) -> HttpResponse:
    """The file that `serantau ledger verify` checks: all hashes, and what the ledger says about itself."""
    newest = _newest().head.size
    if newest > MOST_EXPORTED:
        raise LedgerError(f"The ledger has {newest:,} events, too many to be made into a file here. Ask for the file.")
    limits.insist_below(EXPORTS, counted(client_address(request)), now=datetime.now(UTC))
    response = StreamingHttpResponse(handing.export(size=newest), content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="ledger-{newest}.jsonl"'
    return response


@access(Role.PUBLIC, private=True)
@for_programs
def receipt(request: HttpRequest, position: int) -> HttpResponse:
    """An event with its proof, for whoever may know it; to everybody else there is nothing here."""
    row = Event.objects.filter(pk=position).first() if position <= MOST else None
    if row is None or not may_know(request, row):
        raise Http404
    response = HttpResponse(write_receipt(handing.receipt(position)), content_type=JSON)
    response["Content-Disposition"] = f'attachment; filename="receipt-{position}.json"'
    return response


@access(Role.SECRETARIAT, Role.AUDITOR)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, for those who may audit."""
    given = parameters(request.GET, ("before", "subject", "actor"), strict=False)
    found = Event.objects.order_by("-position")
    for name in ("subject", "actor"):
        if name in given:
            found = found.filter(**{name: given[name]})
    if "before" in given:
        found = found.filter(position__lt=whole(given, "before", 0, 0, MOST))
    rows = list(found[: PAGE + 1])
    newest = store.newest_head()
    context = {
        "rows": [(row, _in_words(row)) for row in rows[:PAGE]],
        "older": urlencode({**given, "before": rows[PAGE - 1].position}) if len(rows) > PAGE else "",
        "subject": given.get("subject", ""),
        "actor_name": given.get("actor", ""),
        "signed": newest.head.size if newest else 0,
    }
    return render(request, "ledger/events.html", context)


def _in_words(row: Event) -> str:
    """The details in one line."""
    return "; ".join(f"{name}: {value}" for name, value in sorted((row.details or {}).items()))


def may_know(request: HttpRequest, row: Event) -> bool:
    """Whether the visitor may know an event: what the ledger says about itself, what they did; auditors, everything."""
    actor = actor_of(request)
    own = actor.signed_in and row.actor == actor.reference
    return Kind(row.event).is_public or own or isinstance(may(actor, Act.AUDIT), Allowed)


def _newest() -> store.Signed:
    newest = store.newest_head()
    if newest is None:
        raise LedgerError("Nothing was signed yet. The first head comes within minutes of the first event.")
    return newest


def _required(given: Mapping[str, str], name: str, high: int, low: int = 0) -> int:
    if name not in given:
        raise QuestionError(f"Give {name}.", name)
    return whole(given, name, low, low, max(low, high))


def _described(signed: store.Signed) -> dict[str, object]:
    head = signed.head
    return {"epoch": head.epoch, "size": head.size, "root": head.root.hex(), "at": head.at.isoformat()}


def _hex(proof: tuple[bytes, ...]) -> list[str]:
    return [one.hex() for one in proof]


def _json(body: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)
