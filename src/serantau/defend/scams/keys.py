"""A thing as somebody who was harmed wrote it, brought to the key in which all who mean the same meet.

The normal forms are those of the house (:mod:`serantau.base.observables`); what is added here is how people write.
"""

from __future__ import annotations

import re

from serantau.base import observables
from serantau.base.normalise import ascii_digits
from serantau.defend.errors import DefendError
from serantau.defend.model import ObservableKey
from serantau.defend.scams.model import IBAN, Thing

LONGEST = 2048
"""Characters of the longest thing that is read."""

_WEB = re.compile(r"https?://.*", re.DOTALL)
_NUMERIC = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_LEAST_DIGITS = 6
"""Of an account: fewer are a code or a mistake."""


class ThingError(DefendError):
    """What was written is no such thing. ``thing`` says which, ``written`` what."""

    status = 400

    def __init__(self, thing: Thing, written: str, message: str) -> None:
        """Say what cannot be read, and how it is written."""
        super().__init__(message)
        self.thing, self.written = thing, written


_HOW = {
    Thing.PHONE: "This is no telephone number. Write it with + and the code of its country.",
    Thing.ACCOUNT: "This is no account number. Write its digits alone, at least six.",
    Thing.DOMAIN: "This is no domain name. Write it like shop.example, without anything else.",
    Thing.URL: "This is no web address. Write it like https://shop.example/page.",
    Thing.EMAIL: "This is no e-mail address. Write it like name@shop.example.",
}


def normal(thing: Thing, written: str, country: str) -> ObservableKey:
    """The key of a thing.

    Args:
        thing: Its type.
        written: As somebody wrote it; addresses made harmless (``hxxp``, ``[.]``) are read, too.
        country: ISO alpha-2 code of where it was reported, which a number without a country code belongs to.

    Raises:
        ThingError: if it cannot be read.

    >>> normal(Thing.PHONE, "012-345 6789", "MY").value, normal(Thing.DOMAIN, "Shop[.]EXAMPLE.", "MY").value
    ('+60123456789', 'shop.example')
    """
    text = written.strip()
    value = None
    if 0 < len(text) <= LONGEST and text.isprintable():
        value = _READERS[thing](text, country.upper())
    if value is None:
        raise ThingError(thing, written[:80], _HOW[thing])
    return ObservableKey(IBAN if thing is Thing.ACCOUNT and ":" not in value else thing.value, value)


def _phone(text: str, country: str) -> str | None:
    return observables.phone(ascii_digits(text), country or None)


def _account(text: str, country: str) -> str | None:
    """An IBAN as it is, any other number after its country: reporters name banks too differently to compare them."""
    if sum(sign.isdigit() for sign in text) < _LEAST_DIGITS:
        return None
    place, _colon, number = text.rpartition(":")
    return observables.bank_account(number if place == country else text, country)


def _domain(text: str, _country: str) -> str | None:
    return observables.domain(observables.refanged(text).rstrip("/"))


def _url(text: str, _country: str) -> str | None:
    plain = observables.refanged(text)
    found = observables.url(plain if "://" in plain else f"http://{plain}")
    if found is None or not _WEB.fullmatch(found):
        return None
    host = found.split("/")[2].rpartition("@")[2].partition(":")[0]
    return found if _NUMERIC.fullmatch(host) or observables.domain(host) is not None else None


def _email(text: str, _country: str) -> str | None:
    return observables.email(observables.refanged(text))


_READERS = {
    Thing.PHONE: _phone,
    Thing.ACCOUNT: _account,
    Thing.DOMAIN: _domain,
    Thing.URL: _url,
    Thing.EMAIL: _email,
}
