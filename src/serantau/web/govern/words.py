"""Countries, decisions, grades and effects in the reader's words."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.bundle import Bundle
from serantau.govern import Decision
from serantau.govern.facts import LawFacts
from serantau.govern.model import Deadline, Effect, Provision


def no_advice() -> str:
    """What stands on every page of the room."""
    return _(
        "This is no legal advice. These are the sources and how well each was checked; ask counsel before relying on it."
    )


@cache
def _territories(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        return dict(Locale("en").territories)


def country_name(bundle: Bundle, code: str) -> str:
    """Name of a country by alpha-2 code: the region's own for its members."""
    for member in bundle.region.members:
        if member.alpha2 == code:
            return member.name
    return _territories(get_language() or "en").get(code, code)


def member_name(bundle: Bundle, member: str) -> str:
    """Name of a member by id."""
    return next((one.name for one in bundle.region.members if one.id == member), member)


def decision_word(decision: Decision) -> str:
    """A decision in one word or two."""
    return {
        Decision.PERMITTED: _("Permitted"),
        Decision.PERMITTED_IF: _("Permitted if"),
        Decision.PROHIBITED: _("Prohibited"),
        Decision.NOT_A_TRANSFER: _("Not a transfer"),
        Decision.NOT_RESTRICTED: _("Not restricted"),
        Decision.UNKNOWN: _("Unknown"),
    }[decision]


def decision_sentence(decision: Decision) -> str:
    """What a decision means, for somebody who is no lawyer."""
    return {
        Decision.PERMITTED: _("The data may go, with what is in hand."),
        Decision.PERMITTED_IF: _("The data may go once something more is in hand."),
        Decision.PROHIBITED: _("No ground that is known lets these data go."),
        Decision.NOT_A_TRANSFER: _("The law on transfers does not speak of this."),
        Decision.NOT_RESTRICTED: _("Rules were looked for, and none was found that restricts this."),
        Decision.UNKNOWN: _("What is held does not settle it. That is not a no, and not a yes."),
    }[decision]


def decision_mark(decision: Decision) -> str:
    """A sign that is read without colour."""
    return {
        Decision.PERMITTED: "✓",
        Decision.PERMITTED_IF: "…",
        Decision.PROHIBITED: "✕",
        Decision.NOT_A_TRANSFER: "–",
        Decision.NOT_RESTRICTED: "○",
        Decision.UNKNOWN: "?",
    }[decision]


def effect_word(effect: Effect) -> str:
    """What a provision does."""
    return {
        Effect.DEFINES: _("defines"),
        Effect.PROHIBITS: _("prohibits, unless"),
        Effect.PERMITS: _("permits, if"),
        Effect.REQUIRES: _("requires"),
        Effect.EXEMPTS: _("exempts"),
        Effect.SANCTIONS: _("sanctions"),
    }[effect]


def cite(law: LawFacts, rule: Provision) -> str:
    """Instrument and article."""
    article = _("article not known") if rule.article == "unknown" else rule.article
    recalled = " " + _("(number recalled)") if rule.article_grade is not None else ""
    return f"{law.instrument_of[rule.instrument].short}, {article}{recalled}"


def deadline_text(deadline: Deadline | None) -> str:
    """A time limit in words; empty where the law held here sets none."""
    if deadline is None:
        return ""
    event = {
        "transfer": _("the transfer"),
        "first-transfer": _("the first transfer"),
        "change": _("a change"),
        "breach": _("a breach"),
        "request": _("a request"),
        "assessment": _("the assessment"),
    }[deadline.event.value]
    if deadline.number is None or deadline.unit is None:
        return _("before %(event)s") % {"event": event}
    unit = {"hours": _("hours"), "days": _("days"), "months": _("months"), "years": _("years")}[deadline.unit.value]
    text = {
        "before": _("%(number)s %(unit)s before %(event)s"),
        "within": _("within %(number)s %(unit)s of %(event)s"),
        "for-at-least": _("for at least %(number)s %(unit)s from %(event)s"),
        "every": _("every %(number)s %(unit)s after %(event)s"),
    }[deadline.when.value]
    return text % {"number": deadline.number, "unit": unit, "event": event}


def paper_title(kind: str) -> str:
    """What a paper is called."""
    return {
        "agreement": _("Schedule to a transfer agreement"),
        "assessment": _("Transfer impact assessment"),
        "record": _("Record of a transfer"),
        "filing": _("Fact sheet for filings"),
    }[kind]
