"""What somebody sent, read into what can be kept: for the form and for machine accounts alike.

Every problem is named with its field, all at once, and nothing is kept unless all of it can be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from serantau.bundle import Bundle
from serantau.defend.errors import DefendError
from serantau.defend.model import ObservableKey
from serantau.defend.scams import Harm, Thing, ThingError, normal
from serantau.region.model import Member
from serantau.review.kinds import plain_text
from serantau.web.scams.words import NO_SUCH_THING

MOST_THINGS = 10
LONGEST_TEXT = 4000
LONGEST_CONTACT = 254
LONGEST_LINE = 2048
MOST_AMOUNT = Decimal(10) ** 12
EARLIEST = date(2000, 1, 1)
EVERYWHERE = ("EUR", "USD")
"""Currencies that are offered besides the members' own: much fraud asks for these."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WHOLE_AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d{1,2})?")
_PLAIN_SITE = re.compile(r"https?://([^/?#]+)/", re.IGNORECASE)


class GivenError(DefendError):
    """What was sent cannot be taken. ``wrong`` says why, by field."""

    status = 400

    def __init__(self, wrong: Mapping[str, str]) -> None:
        """Say what is wrong with which fields."""
        super().__init__(" ".join(wrong.values()))
        self.wrong = dict(wrong)
        self.field = next(iter(wrong), "")


@dataclass(frozen=True)
class Given:
    """A report that can be kept.

    Attributes:
        harm: The kind of harm.
        member: Where it happened.
        things: Keys of what it names, each once.
        text: The message, in plain text.
        happened: When; None where nothing was said.
        amount: What was lost; None where nothing was said.
        currency: Of the amount; empty without one.
        contact: Where the reporter can be reached; empty if they did not say.
    """

    harm: Harm
    member: Member
    things: tuple[ObservableKey, ...]
    text: str
    happened: date | None
    amount: Decimal | None
    currency: str
    contact: str


FIELDS = {
    "phones": Thing.PHONE,
    "accounts": Thing.ACCOUNT,
    "links": Thing.URL,
    "emails": Thing.EMAIL,
}
"""Fields that hold one thing a line."""


def read_report(given: Mapping[str, str], bundle: Bundle, today: date) -> Given:
    """Read a report.

    Raises:
        GivenError: naming every field that is wrong.
    """
    wrong: dict[str, str] = {}
    harm = next((one for one in Harm if one.value == given.get("harm")), None)
    if harm is None:
        wrong["harm"] = _("Choose what happened.")
    member = member_of(given.get("member", ""), bundle)
    if member is None:
        wrong["member"] = _("Choose where it happened.")
    things = _things(given, member, wrong)
    text = _text(given.get("text", ""), wrong)
    if not things and not text and not wrong:
        wrong["text"] = _("Name at least one number or address, or copy the message.")
    happened = _day(given.get("happened", ""), today, wrong)
    amount, currency = _amount(given, bundle, wrong)
    contact = contact_of(given.get("contact", ""), wrong)
    if wrong:
        raise GivenError(wrong)
    assert harm is not None and member is not None, "without them something is wrong"
    return Given(harm, member, things, text, happened, amount, currency, contact)


def read_thing(kind: str, written: str, member: Member | None) -> tuple[ObservableKey, ...]:
    """The keys under which a thing that is asked about may be held: of a link its domain, too.

    Raises:
        GivenError: if it is none.
    """
    if kind not in FIELDS:
        raise GivenError({"kind": _("Choose what it is.")})
    if FIELDS[kind] is Thing.ACCOUNT and member is None:
        raise GivenError({"member": _("Choose the country of the account.")})
    country = "" if member is None else member.alpha2
    try:
        key = _key(FIELDS[kind], written[:LONGEST_LINE], country)
    except ThingError as error:
        raise GivenError({"value": str(NO_SUCH_THING[error.thing])}) from error
    found = [key]
    if key.type == Thing.URL.value:
        host = re.sub(r":\d+$", "", key.value.split("/")[2].rpartition("@")[2])
        try:
            found.append(normal(Thing.DOMAIN, host, country))
        except ThingError:
            return (key,)  # a numeric address has no domain
    return tuple(found)


def member_of(code: str, bundle: Bundle) -> Member | None:
    """A member by its code."""
    return next((one for one in bundle.region.members if one.id == code), None)


def currencies(bundle: Bundle) -> tuple[str, ...]:
    """Currencies that a loss may be stated in: the members' own, and two that are used everywhere."""
    return tuple(sorted({one.currency for one in bundle.region.members} | set(EVERYWHERE)))


def plain_words(text: str, field: str, wrong: dict[str, str], *, needed: bool = False) -> str:
    """Some text as plain text, within its bounds."""
    kept = plain_text(text[: LONGEST_TEXT * 2]).strip()
    if len(kept) > LONGEST_TEXT:
        wrong[field] = _("At most %(most)d characters, please.") % {"most": LONGEST_TEXT}
    elif needed and not kept:
        wrong[field] = _("Say it in words.")
    return kept


def contact_of(text: str, wrong: dict[str, str]) -> str:
    """An e-mail address; empty if none was given."""
    kept = text.strip()
    if kept and (len(kept) > LONGEST_CONTACT or not kept.isprintable() or not _EMAIL.fullmatch(kept)):
        wrong["contact"] = _("This is no e-mail address. Leave it empty if you do not want to be asked.")
    return kept


def _text(text: str, wrong: dict[str, str]) -> str:
    return plain_words(text, "text", wrong)


def _things(given: Mapping[str, str], member: Member | None, wrong: dict[str, str]) -> tuple[ObservableKey, ...]:
    """Everything that the fields name, one a line, each once."""
    country = "" if member is None else member.alpha2
    found: dict[ObservableKey, None] = {}
    for field, thing in FIELDS.items():
        for line in _lines(given.get(field, "")):
            try:
                found[_key(thing, line, country)] = None
            except ThingError as error:
                wrong[field] = f"{line[:80]}: {NO_SUCH_THING[error.thing]}"
    if len(found) > MOST_THINGS:
        wrong["phones"] = _("At most %(most)d numbers and addresses in one report, please.") % {"most": MOST_THINGS}
    return tuple(found)


def _key(thing: Thing, line: str, country: str) -> ObservableKey:
    """The key of one line; a web address without a page is a domain."""
    key = normal(thing, line, country)
    site = _PLAIN_SITE.fullmatch(key.value) if thing is Thing.URL else None
    if site is None:
        return key
    try:
        return normal(Thing.DOMAIN, site[1], country)
    except ThingError:
        return key


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text[: LONGEST_LINE * MOST_THINGS].splitlines() if line.strip()][: MOST_THINGS + 1]


def _day(text: str, today: date, wrong: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= today:
        wrong["happened"] = _("Write the day as year-month-day, not later than today.")
        return None
    return day


def _amount(given: Mapping[str, str], bundle: Bundle, wrong: dict[str, str]) -> tuple[Decimal | None, str]:
    text = "".join(given.get("amount", "").split())
    if not text:
        return None, ""
    try:
        amount = Decimal(text.replace(",", ".")) if _WHOLE_AMOUNT.fullmatch(text) and text.isascii() else None
    except InvalidOperation:
        amount = None
    if amount is None or amount > MOST_AMOUNT:
        wrong["amount"] = _("Write the amount as a number, like 1500 or 1500.50.")
        return None, ""
    currency = given.get("currency", "")
    if currency not in currencies(bundle):
        wrong["currency"] = _("Choose the currency of the amount.")
    return amount, currency
