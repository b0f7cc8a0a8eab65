"""What the address asks: which plan, on which day, with whose knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.base import AsOf, suggest
from serantau.bundle import today
from serantau.languages import SOURCE
from serantau.plan import Plan, PlanError
from serantau.web.answers import Answers
from serantau.web.bundles import keeper
from serantau.web.site.problems import QuestionError

FIRST_YEAR, LAST_YEAR = 1950, 2100
LONGEST = 100
COMMON = ("plan", "as_of", "known")
LANGUAGE = "language"
"""Chosen before the question is read; kept here so that the links of a page carry it on."""
HELD = "serantau_answers"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Question:
    """A request, understood.

    Attributes:
        answers: The edition that answers.
        plan: The plan it is about.
        asof: The two times.
        given: What the address said of the parameters that are common to all pages.
        more: The page's own parameters.
        today: The day of the request.
    """

    answers: Answers
    plan: Plan
    asof: AsOf
    given: Mapping[str, str]
    more: Mapping[str, str]
    today: date

    @property
    def query(self) -> str:
        """``?plan=...`` to carry the question over to another page; empty for the plain question."""
        return "?" + urlencode(sorted(self.given.items())) if self.given else ""

    def query_for(self, plan: str) -> str:
        """What carries the question over to a page about another plan; the plain question stays plain."""
        if plan == self.plan.id:
            return self.query
        return "?" + urlencode(sorted({**self.given, "plan": plan}.items()))

    @property
    def known_text(self) -> str:
        """The known-date as text."""
        return self.given.get("known", "newest")


def day_now() -> date:
    """The day of the request."""
    return settings.SERANTAU_TODAY or today()


def ask(request: HttpRequest, more: Iterable[str] = (), *, strict: bool = False) -> Question:
    """Read the address.

    Args:
        request: The request.
        more: The page's own parameters.
        strict: Refuse a parameter that is not known (the API does; a page ignores what trackers add).

    Raises:
        QuestionError: naming the parameter.
    """
    own = tuple(more)
    carried = COMMON if strict else (*COMMON, LANGUAGE)
    given = parameters(request.GET, (*carried, *own), strict=strict)
    # Data for programs keep the names that the facts have.
    answers = answers_of(request).in_language(SOURCE if strict else get_language() or SOURCE)
    now = day_now()
    valid = _day(given, "as_of") or now
    known = _day(given, "known")
    if known and known > now:
        message = _("known=%s is still to come: leave it out for the newest knowledge.")
        raise QuestionError(message % known, "known")
    asof = AsOf(valid, known or date.max)
    common = {name: given[name] for name in carried if name in given}
    return Question(answers, _plan(answers, given), asof, common, {n: given[n] for n in own if n in given}, now)


def answers_of(request: HttpRequest) -> Answers:
    """The edition that answers this request: looked up once, and the same to its end."""
    held = getattr(request, HELD, None)
    if held is None:
        held = keeper().answers()
        setattr(request, HELD, held)
    return held


def parameters(query: QueryDict, names: Iterable[str], *, strict: bool) -> dict[str, str]:
    """The parameters of the address that have a value.

    Raises:
        QuestionError: if one is too long, holds a control character, stands twice or, if ``strict``, is unknown.
    """
    wanted = tuple(names)
    found = {}
    for name in query:
        if name not in wanted:
            if strict:
                hint = suggest(name[:LONGEST], wanted)
                message = _("There is no parameter %s.") % repr(name[:LONGEST])
                raise QuestionError(f"{message} {hint}".strip(), name[:LONGEST])
            continue
        values = [value.strip() for value in query.getlist(name)]
        if len(values) > 1:
            message = _("The parameter %(name)s stands %(count)s times; write it once.")
            raise QuestionError(message % {"name": name, "count": len(values)}, name)
        if len(values[0]) > LONGEST or not values[0].isprintable():
            message = _("The parameter %(name)s is no text of at most %(longest)s characters.")
            raise QuestionError(message % {"name": name, "longest": LONGEST}, name)
        if values[0]:
            found[name] = values[0]
    return found


def whole(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds.

    Raises:
        QuestionError: if it is none, or outside.
    """
    text = given.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
        message = _("%(name)s=%(text)s is no whole number from %(low)s to %(high)s.")
        raise QuestionError(message % {"name": name, "text": text, "low": low, "high": high}, name)
    return int(text)


def _plan(answers: Answers, given: Mapping[str, str]) -> Plan:
    bundle = answers.bundle
    name = given.get("plan", bundle.region.profile.default_plan)
    try:
        return bundle.plans.plan(name)
    except PlanError as error:
        raise QuestionError(error.message, "plan") from error


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name)
    if text is None:
        return None
    if not DAY.fullmatch(text) or not text.isascii():
        message = _("%(name)s=%(text)s is no date. Write year-month-day, as in 2025-12-31.")
        raise QuestionError(message % {"name": name, "text": text}, name)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        message = _("%(name)s=%(text)s is no day of the calendar.")
        raise QuestionError(message % {"name": name, "text": text}, name) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = _("%(name)s=%(text)s: the year lies outside %(first)s to %(last)s.")
        words = {"name": name, "text": text, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise QuestionError(message % words, name)
    return day
