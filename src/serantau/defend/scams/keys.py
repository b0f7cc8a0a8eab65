"""A thing as somebody wrote it, brought to the form in which two people who mean the same write the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from serantau.base.normalise import ascii_digits, compact
from serantau.defend.errors import DefendError
from serantau.defend.model import ObservableKey
from serantau.defend.scams.model import IBAN, Thing

LONGEST = 2048
"""Characters of the longest thing that is read."""

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_ACCOUNT = re.compile(r"[A-Z0-9]{6,34}")
_LEAST_DIGITS = 6
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}")
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PORTS = {"http": 80, "https": 443}


class ThingError(DefendError):
    """What was written is no such thing. ``thing`` says which, ``written`` what."""

    status = 400

    def __init__(self, thing: Thing, written: str, message: str) -> None:
        """Say what cannot be read, and how it is written."""
        super().__init__(message)
        self.thing, self.written = thing, written


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
    if not text or len(text) > LONGEST or not text.isprintable():
        raise ThingError(thing, written[:80], "This is empty, too long, or no line of text.")
    value = _READERS[thing](text, country)
    return ObservableKey(IBAN if thing is Thing.ACCOUNT and ":" not in value else thing.value, value)


def _phone(text: str, country: str) -> str:
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    try:
        number = parse(ascii_digits(text), country.upper() or None)
    except NumberParseException:
        number = None
    if number is None or not is_possible_number(number):
        message = "This is no telephone number. Write it with + and the code of its country."
        raise ThingError(Thing.PHONE, text, message)
    return format_number(number, PhoneNumberFormat.E164)


def _account(text: str, country: str) -> str:
    number = compact(text)
    if _IBAN.fullmatch(number) and _is_iban(number):
        return number
    if not _ACCOUNT.fullmatch(number) or sum(sign.isdigit() for sign in number) < _LEAST_DIGITS:
        message = "This is no account number. Write its digits alone, at least six."
        raise ThingError(Thing.ACCOUNT, text, message)
    return f"{country.upper()}:{number}"


def _is_iban(number: str) -> bool:
    """The check digits of ISO 13616, by ISO 7064 MOD 97-10.

    >>> _is_iban("GB82WEST12345698765432"), _is_iban("GB83WEST12345698765432")
    (True, False)
    """
    turned = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _domain(text: str, _country: str) -> str:
    host = _host(_fanged(text).rstrip("/"))
    if host is None:
        raise ThingError(
            Thing.DOMAIN, text, "This is no domain name. Write it like shop.example, without anything else."
        )
    return host


def _host(text: str) -> str | None:
    """A host name in its ASCII form (IDNA 2008 after the mapping of UTS 46); None if it is none."""
    import idna

    try:
        host = idna.encode(text.rstrip("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return None
    labels = host.split(".")
    return host if len(labels) > 1 and not labels[-1].isdigit() else None


def _address(text: str) -> str | None:
    """A host name or an IPv4 address."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", text):
        parts = [int(part) for part in text.split(".")]
        return ".".join(map(str, parts)) if max(parts) < 256 else None
    return _host(text)


def _url(text: str, _country: str) -> str:
    written = _fanged(text)
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        host, port = _address(parts.hostname or ""), parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    scheme = parts.scheme.lower()
    if host is None or scheme not in _PORTS:
        raise ThingError(Thing.URL, text, "This is no web address. Write it like https://shop.example/page.")
    where = host if port in {None, _PORTS[scheme]} else f"{host}:{port}"
    query = f"?{_escapes(parts.query)}" if parts.query else ""
    return f"{scheme}://{where}{_escapes(parts.path) or '/'}{query}"


def _escapes(text: str) -> str:
    """Percent-encoding in normal form (RFC 3986, 6.2.2): capitals, and none where none is needed."""

    def one(found: re.Match[str]) -> str:
        sign = chr(int(found[1], 16))
        return sign if sign in _UNRESERVED else f"%{found[1].upper()}"

    written = "".join(sign if sign.isascii() else "".join(f"%{b:02X}" for b in sign.encode()) for sign in text)
    return _ESCAPED.sub(one, written)


def _email(text: str, _country: str) -> str:
    local, _at, domain = _fanged(text).removeprefix("mailto:").rpartition("@")
    host = _host(domain)
    if host is None or not _LOCAL.fullmatch(local):
        raise ThingError(Thing.EMAIL, text, "This is no e-mail address. Write it like name@shop.example.")
    return f"{local.lower()}@{host}"


def _fanged(text: str) -> str:
    """An address as it works, where somebody made it harmless: ``hxxps://a[.]b``, ``a(at)b``."""
    found = re.sub(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)", ".", text, flags=re.IGNORECASE)
    found = re.sub(r"\[at\]|\(at\)|\[@\]", "@", found, flags=re.IGNORECASE)
    return re.sub(r"^hxxp", "http", found, flags=re.IGNORECASE)


_READERS = {
    Thing.PHONE: _phone,
    Thing.ACCOUNT: _account,
    Thing.DOMAIN: _domain,
    Thing.URL: _url,
    Thing.EMAIL: _email,
}
