"""The checker, reports of machine accounts and the figures for programs, below ``/api/v1/scams/``.

Unlike the rest of the API these answers do not follow from the edition of the facts, so they are kept by no cache. A
number is asked about in the body of a POST: an address with a number in it would stand in logs and histories.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from serantau.languages import SOURCE
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.errors import insist
from serantau.web.accounts.policy import Act
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services.limits import insist_below
from serantau.web.config.access import RULE, access, rule_of
from serantau.web.scams import rules
from serantau.web.scams.checking import is_reported
from serantau.web.scams.months import as_plain, published
from serantau.web.scams.services import reporting
from serantau.web.scams.wishes import GivenError, member_of, read_report, read_thing
from serantau.web.site.problems import QuestionError, error_response
from serantau.web.site.question import ask, day_now

MOST_BYTES = 64_000
LONGEST_KEY = 100
JSON = "application/json"
KINDS = {"phone": "phones", "account": "accounts", "link": "links", "email": "emails"}
View = Callable[[HttpRequest], HttpResponse]
Body = TypeVar("Body", bound=msgspec.Struct)


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of the checker.

    Attributes:
        kind: ``phone``, ``account``, ``link`` or ``email``.
        value: The number or address, as it is written.
        member: Code of the member that a number without a country code belongs to.
    """

    kind: str
    value: str
    member: str = ""


class Sent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report, as a machine account sends it: the fields of the form."""

    harm: str
    phones: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    text: str = ""
    happened: str = ""
    amount: str = ""
    currency: str = ""
    contact: str = ""


def taking(*methods: str) -> Callable[[View], View]:
    """A view of the API that takes some methods, says so to others, and is kept by no cache."""

    def decorate(view: View) -> View:
        @wraps(view)
        def taken(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                message = f"This operation takes {' and '.join(methods)}, not {request.method}."
                response = error_response(request, 405, message)
                response["Allow"] = ", ".join(methods)
                return response
            with override(SOURCE):
                response = view(request)
            response["Cache-Control"] = "private, no-store"
            return response

        setattr(taken, RULE, rule_of(view))
        return csrf_exempt(taken)

    return decorate


@taking("POST")
@access(Role.PUBLIC, private=True)
def check(request: HttpRequest) -> HttpResponse:
    """Whether a number or address is reported by enough people; the same answer for few reports as for none."""
    asked = _read(request, Question)
    now = timezone.now()
    insist_below(rules.CHECKS, counted(client_address(request)), now=now)
    insist_below(rules.CHECKS_DAY, counted(client_address(request)), now=now)
    if asked.kind not in KINDS:
        raise QuestionError(f"The kind is one of: {', '.join(KINDS)}.", "kind")
    member = member_of(asked.member, ask(request).answers.bundle)
    try:
        keys = read_thing(KINDS[asked.kind], asked.value, member)
    except GivenError as error:
        raise QuestionError(error.message, error.field) from error
    return _answer({"reported": is_reported(keys, now)})


@taking("POST")
@access(Role.MACHINE)
def report(request: HttpRequest) -> HttpResponse:
    """Keep a report of a machine account, for its own member; its token needs the scope ``defend:submit``."""
    actor = actor_of(request)
    insist(actor, Act.SUBMIT, rules.about(actor.member))
    sent = _read(request, Sent)
    now = timezone.now()
    insist_below(rules.MACHINE_REPORTS, actor.reference, now=now)
    fields = {name: getattr(sent, name) for name in sent.__struct_fields__}
    given = {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    try:
        wish = read_report({**given, "member": actor.member}, ask(request).answers.bundle, day_now())
    except GivenError as error:
        raise QuestionError(error.message, error.field) from error
    marks = [("machine", actor.reference)]
    code = reporting.receive(wish, marks, now, actor=actor.reference, once=_once(request, actor.reference))
    return _answer({"code": code}, 201)


@taking("GET")
@access(Role.PUBLIC, private=True)
def months(request: HttpRequest) -> HttpResponse:
    """The figures of the months that are published."""
    return _answer(as_plain(published()))


def _once(request: HttpRequest, who: str) -> str | None:
    """A key under which a report is kept a single time, if the program sends one."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise QuestionError(_("An Idempotency-Key is at most 100 printable ASCII characters."), "Idempotency-Key")
    return f"scam report {who} {key}"


def _read(request: HttpRequest, kind: type[Body]) -> Body:
    """The body of a request.

    Raises:
        QuestionError: if it is too long or is not such an object.
    """
    if request.content_type != JSON:
        raise QuestionError(_("Send JSON, with Content-Type: application/json."))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise QuestionError(_("More than %(most)d bytes are not taken here.") % {"most": MOST_BYTES})
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise QuestionError(f"The body cannot be read: {error}.") from error


def _answer(body: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=status, content_type=JSON)


app_name = "scams-api"
urlpatterns = [
    path("check", check, name="check"),
    path("reports", report, name="report"),
    path("figures", months, name="figures"),
]
