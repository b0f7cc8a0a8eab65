"""Consultations: the calls that are open, their answers, and the summaries that were published."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.services.limits import insist_below
from serantau.web.forum import words
from serantau.web.forum.models import KINDS_OF_AUTHOR, Answer, Body, Consultation
from serantau.web.forum.rules import is_inside, readable
from serantau.web.forum.services import consultations as services
from serantau.web.forum.views.desk import find_body
from serantau.web.forum.views.work import (
    Refusal,
    attempt,
    done,
    everybody,
    moment,
    names,
    secretariat,
    show,
    there,
    whole_number,
)
from serantau.web.ledger.errors import DoneError
from serantau.web.review.views.work import new_key
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask

PAGE = 50
ANSWERS = 20
"""Answers on one page; each may be as long as eight thousand characters."""
FIELDS = ("title", "text", "day", "clock", "last_day", "last_clock", "keep_days", "paper", "action", "everybody")


@everybody
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every consultation, the one that closes last first."""
    now = timezone.now()
    held = Paginator(Consultation.objects.select_related("body"), PAGE).get_page(
        whole_number(request.GET.get("page")) or 1
    )
    rows = [(one, words.CALLS[services.phase(one, now)], there(one.body, one.closes_at)) for one in held.object_list]
    return show(request, "forum/consultations.html", {"rows": rows, "listing": held, "state": "", "member": ""})


@everybody
@require_safe
def consultation(request: HttpRequest, number: int) -> HttpResponse:
    """One consultation."""
    return _page(request, _find(number))


def _page(
    request: HttpRequest, held: Consultation, refusal: Refusal | None = None, given: Mapping[str, str] | None = None
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    plans, said, state = ask(request).answers.bundle.plans, names(request), services.phase(held, now)
    sees = is_inside(actor)
    shown = held.answers.all() if sees else held.answers.exclude(consent="no")
    shown = shown if sees or held.published_at else shown.none()
    leaf = Paginator(shown, ANSWERS).get_page(whole_number(request.GET.get("page")) or 1)
    answers = list(leaf.object_list)
    action = next((one for one in plans.all_actions if one.id == held.action), None)
    context: dict[str, Any] = {
        "held": held,
        "state": state,
        "stage": words.CALLS[state],
        "opens": there(held.body, held.opens_at),
        "closes": there(held.body, held.closes_at),
        "paper": readable(actor).filter(pk=held.paper_id).first() if held.paper_id else None,
        "action": action,
        "sees": sees,
        "answers": [(one, words.AUTHORS[one.kind], said.get(one.partner, one.name)) for one in answers] if sees else [],
        "published": [_public(one, said) for one in answers if one.consent != "no"] if held.published_at else [],
        "counts": _counts(held) if held.published_at else [],
        "listing": leaf,
        "member": "",
        "consents": list(words.CONSENTS.items()),
        "kinds": [(one, words.AUTHORS[one]) for one in KINDS_OF_AUTHOR[1:]],
        "given": given or {},
        "once": (given or {}).get("once") or new_key(),
        "refusal": refusal,
        **_asked(actor, held, state),
    }
    return show(request, "forum/consultation.html", context, refusal[0] if refusal else 200)


def _counts(held: Consultation) -> list[tuple[object, int]]:
    """How many answered, by what they are."""
    found = dict(held.answers.order_by().values_list("kind").annotate(many=Count("pk")))
    return [(words.AUTHORS[kind], found[kind]) for kind in KINDS_OF_AUTHOR if kind in found]


def _public(one: Answer, said: Mapping[str, str]) -> tuple[str, str, str]:
    """An answer as far as its author lets it be published: for whom, by what name, and its text."""
    name = said.get(one.partner, one.name) if one.consent == "named" else ""
    return str(words.AUTHORS[one.kind]), name, one.text


def _asked(actor: Actor, held: Consultation, state: str) -> dict[str, object]:
    """Whether whoever looks may answer, and what their partner answered before."""
    try:
        partner = services.answers_as(actor, held)
    except RefusedError:
        return {"may_answer": False, "must_prove": state == "open"}
    except PermissionDenied:
        return {"may_answer": False}
    mine = held.answers.filter(partner=partner).first() if partner else None
    return {"may_answer": state == "open", "as_partner": partner, "mine": mine}


@everybody
@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a consultation."""
    held, actor, now = _find(number), actor_of(request), timezone.now()
    post = request.POST
    said = services.Said(*(post.get(name, "") for name in ("text", "consent", "kind", "name", "email")))
    partner = services.answers_as(actor, held)

    def command() -> None:
        services.checked(actor, held, said, now)
        if not partner:
            insist_below(services.FROM_ONE_NETWORK, counted(client_address(request)), now=now)
        with suppress(DoneError):
            services.answer(actor, number, said, now, post.get("once", ""))

    refusal = attempt(request, command)
    if refusal:
        return _page(request, held, refusal, post)
    return done(request, _("Your answer was taken. Thank you."), address_of(number))


@secretariat
@require_POST
def summarise(request: HttpRequest, number: int) -> HttpResponse:
    """Write the summary."""
    return _changed(
        request,
        number,
        lambda actor, now: services.summarise(actor, number, request.POST.get("summary", ""), now),
        _("The summary was kept. It is public when a second person approves."),
    )


@secretariat
@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that the summary be published."""
    return _changed(
        request,
        number,
        lambda actor, now: services.ask_to_publish(actor, number, now),
        _("Asked. It is published when a second person approves."),
    )


@secretariat
@require_POST
def erase(request: HttpRequest, number: int, answer: int) -> HttpResponse:
    """Erase an answer, as its author asked."""
    if not Answer.objects.filter(pk=answer, consultation=number).exists():
        raise _none()
    return _changed(
        request, number, lambda actor, now: services.erase(actor, number, answer, now), _("The answer was erased.")
    )


def _changed(request: HttpRequest, number: int, command: Any, said: str) -> HttpResponse:  # noqa: ANN401
    held = _find(number)
    refusal = attempt(request, lambda: command(actor_of(request), timezone.now()))
    if refusal:
        return _page(request, held, refusal, request.POST)
    return done(request, said, address_of(number))


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, body: int) -> HttpResponse:
    """Open a consultation of a body."""
    held = find_body(body)
    given = {name: request.POST.get(name, "") for name in FIELDS}
    refusal = None
    if request.method == "POST":
        made: list[Consultation] = []
        refusal = attempt(request, lambda: made.append(_begun(request, held, given)))
        if made:
            return done(request, _("The consultation stands. Everybody may read the call."), address_of(made[0].pk))
    else:
        given |= {"clock": "09:00", "last_clock": "17:00", "keep_days": "180"}
    bundle = ask(request).answers.bundle
    context = {
        "body": held,
        "given": given,
        "refusal": refusal,
        "papers": list(readable(actor_of(request)).filter(body=held)[:200]),
        "actions": [(one.id, f"{one.code} {one.title}") for one in bundle.plans.all_actions],
    }
    return show(request, "forum/consult.html", context, refusal[0] if refusal else 200)


def _begun(request: HttpRequest, body: Body, given: Mapping[str, str]) -> Consultation:
    actor = actor_of(request)
    call = services.Call(
        body=body,
        title=given["title"],
        text=given["text"],
        opens_at=moment(given["day"].strip(), given["clock"].strip(), body.zone, _("first day")),
        closes_at=moment(given["last_day"].strip(), given["last_clock"].strip(), body.zone, _("last day")),
        everybody=given["everybody"] == "yes",
        keep_days=whole_number(given["keep_days"]),
        paper=readable(actor).filter(pk=whole_number(given["paper"])).first(),
        action=given["action"],
    )
    return services.begin(actor, call, timezone.now())


def _find(number: int) -> Consultation:
    held = Consultation.objects.select_related("body").filter(pk=number).first()
    if held is None:
        raise _none()
    return held


def _none() -> NotHereError:
    return NotHereError(_("There is no such consultation."), {reverse("forum:consultations"): _("Consultations")})


def address_of(number: int) -> str:
    """Address of a consultation's page."""
    return reverse("forum:consultation", args=[number])
