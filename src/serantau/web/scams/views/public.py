"""Pages for everybody: report, add and withdraw, check a number, appeal, the privacy notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from serantau.defend.model import ObservableKey
from serantau.defend.scams import APPEAL_DAYS, LIMITS, RULES, Act, Part, Side, acts_for
from serantau.defend.scams.appeals import DECIDED, SILENT
from serantau.defend.scams.checker import BURST
from serantau.defend.scams.suppression import SMALL
from serantau.web.accounts.services.limits import insist_below
from serantau.web.scams import rules, words
from serantau.web.scams.checking import is_reported
from serantau.web.scams.digests import marks_of_request
from serantau.web.scams.forms import TRAP, key_of, new_token
from serantau.web.scams.models import Appeal, Report
from serantau.web.scams.services import appeals, reporting
from serantau.web.scams.views.work import attempt, bundle_of, everybody, network_of, show
from serantau.web.scams.wishes import (
    LONGEST_TEXT,
    MOST_THINGS,
    GivenError,
    contact_of,
    currencies,
    member_of,
    plain_words,
    read_report,
    read_thing,
)
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import day_now

Wrong = tuple[int, dict[str, str]]


@everybody
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here."""
    return show(request, "scams/home.html", {"rules": _rules()})


@everybody
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, who sees it."""
    context = {
        "limits": [(words.PARTS[part], LIMITS[part]) for part in Part],
        "appeal_days": APPEAL_DAYS,
        "small": SMALL,
    }
    return show(request, "scams/privacy.html", context)


@everybody
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form of a report; sent, the page with the receipt code."""
    if request.method != "POST":
        return _report_form(request, {})
    now, given = timezone.now(), request.POST.dict()
    codes: list[str] = []

    def send() -> None:
        key = key_of(given, now)
        wish = read_report(given, bundle_of(request), day_now())
        insist_below(rules.REPORTS, network_of(request), now=now)
        insist_below(rules.REPORTS_DAY, network_of(request), now=now)
        codes.append(reporting.receive(wish, marks_of_request(request), now, once=f"scam report {key}"))

    refusal = attempt(send)
    if refusal:
        return _report_form(request, given, refusal)
    return show(request, "scams/received.html", {"code": codes[0], "appeal": False})


def _report_form(request: HttpRequest, given: dict[str, str], refusal: Wrong | None = None) -> HttpResponse:
    context = {
        "given": given,
        "wrong": refusal[1] if refusal else {},
        "harms": [(one.value, text) for one, text in words.HARMS.items()],
        "currencies": currencies(bundle_of(request)),
        "longest": LONGEST_TEXT,
        "most": MOST_THINGS,
        "token": new_token(timezone.now()),
        "trap": TRAP,
    }
    return show(request, "scams/report.html", context, refusal[0] if refusal else 200)


@everybody
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this reported? The question comes in the body, so that no number stands in an address or a log of them."""
    if request.method != "POST":
        return _check_form(request, {})
    given = request.POST.dict()
    found: list[bool] = []

    def look() -> None:
        insist_below(rules.CHECKS, network_of(request), now=timezone.now())
        insist_below(rules.CHECKS_DAY, network_of(request), now=timezone.now())
        found.append(is_reported(_asked(request, given), timezone.now()))

    refusal = attempt(look)
    return _check_form(request, given, refusal, found=found[0] if found else None)


def _asked(request: HttpRequest, given: dict[str, str]) -> tuple[ObservableKey, ...]:
    member = member_of(given.get("member", ""), bundle_of(request))
    return read_thing(given.get("kind", ""), given.get("value", ""), member)


def _check_form(
    request: HttpRequest, given: dict[str, str], refusal: Wrong | None = None, *, found: bool | None = None
) -> HttpResponse:
    context = {
        "given": given,
        "wrong": refusal[1] if refusal else {},
        "kinds": list(words.KINDS.items()),
        "asked": found is not None,
        "reported": bool(found),
        "rules": _rules(),
        "minutes": BURST // timedelta(minutes=1),
    }
    return show(request, "scams/check.html", context, refusal[0] if refusal else 200)


def _rules() -> list[tuple[Any, int, int, int]]:
    return [(words.THINGS[thing], rule.threshold, rule.full.days, rule.last.days) for thing, rule in RULES.items()]


@everybody
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """With the receipt code: where a report or an appeal stands; add words, withdraw."""
    if request.method != "POST":
        return show(request, "scams/mine.html", {"wrong": {}})
    now, code, wish = timezone.now(), request.POST.get("code", "")[:100], request.POST.get("wish", "")
    insist_below(rules.CODES, network_of(request), now=now)
    try:
        held: Report | Appeal = _held(code)
    except NotHereError as error:
        return show(request, "scams/mine.html", {"wrong": {"code": error.message}, "code": code}, 404)
    refusal, said = None, ""
    if wish == "add" and isinstance(held, Report):
        text = request.POST.get("text", "")
        refusal, said = attempt(lambda: _add(code, text)), _("Added. It is looked at again.")
    elif wish == "withdraw" and isinstance(held, Report):
        refusal = attempt(lambda: reporting.withdraw(code, now))
        said = _("Withdrawn. What it said of you and of others was deleted.")
    return _standing(request, code, refusal, said)


def _held(code: str) -> Report | Appeal:
    try:
        return reporting.find(code)
    except NotHereError:
        pass
    try:
        return appeals.find(code)
    except NotHereError:
        message = _("Nothing has this code. Look whether a letter was mistaken for another.")
        raise NotHereError(message) from None


def _add(code: str, text: str) -> None:
    wrong: dict[str, str] = {}
    kept = plain_words(text, "text", wrong, needed=True)
    if wrong:
        raise GivenError(wrong)
    reporting.add(code, kept, timezone.now())


def _standing(request: HttpRequest, code: str, refusal: Wrong | None, said: str) -> HttpResponse:
    held = _held(code)
    context: dict[str, Any] = {"code": code, "held": held, "wrong": refusal[1] if refusal else {}}
    if not refusal:
        context["said"] = said
    if isinstance(held, Report):
        able = acts_for(held.at, Side.REPORTER)
        things = [(words.THINGS[one], value) for one, value in _things(held)]
        context |= {
            "report": True,
            "state": words.STATES[held.at],
            "harm": words.HARMS[_harm(held)],
            "things": things,
            "may_add": Act.ADD in able and Part.TEXT.value in held.parts,
            "may_withdraw": Act.WITHDRAW in able,
        }
    else:
        context |= {"state": words.STAGES[held.at], "reason": held.words if held.at in DECIDED else ""}
    return show(request, "scams/mine.html", context, refusal[0] if refusal else 200)


def _harm(held: Report) -> Any:  # noqa: ANN401 - a kind of harm
    return next(one for one in words.HARMS if one.value == held.harm)


def _things(held: Report) -> list[tuple[Any, str]]:
    by_value = {one.value: one for one in words.THINGS}
    return [(by_value[row.thing], row.value) for row in held.things.all()]


@everybody
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest) -> HttpResponse:
    """Say that a number is yours and wrongly reported; taken for any number, in the same words."""
    if request.method != "POST":
        return _appeal_form(request, {})
    now, given = timezone.now(), request.POST.dict()
    codes: list[str] = []

    def send() -> None:
        key = key_of(given, now)
        things = _asked(request, given)
        wrong: dict[str, str] = {}
        member = member_of(given.get("member", ""), bundle_of(request))
        if member is None:
            wrong["member"] = _("Choose the country whose officers should look at it.")
        reason = plain_words(given.get("reason", ""), "reason", wrong, needed=True)
        contact = contact_of(given.get("contact", ""), wrong)
        if wrong:
            raise GivenError(wrong)
        assert member is not None, "without it something is wrong"
        insist_below(rules.APPEALS, network_of(request), now=now)
        codes.append(appeals.receive(things[0], member.id, reason, contact, now, once=f"scam appeal {key}"))

    refusal = attempt(send)
    if refusal:
        return _appeal_form(request, given, refusal)
    return show(request, "scams/received.html", {"code": codes[0], "appeal": True})


def _appeal_form(request: HttpRequest, given: dict[str, str], refusal: Wrong | None = None) -> HttpResponse:
    context = {
        "given": given,
        "wrong": refusal[1] if refusal else {},
        "kinds": list(words.KINDS.items()),
        "longest": LONGEST_TEXT,
        "days": SILENT.days,
        "token": new_token(timezone.now()),
        "trap": TRAP,
    }
    return show(request, "scams/appeal.html", context, refusal[0] if refusal else 200)
