"""What is told the same everywhere: addresses of the net, dates, payment cards, travel documents, account numbers.

Some of these are personal, some are not; those that are not are here because
they compete. Twelve digits may be a point in time, and the answer must be able
to say so. How often a cell of other data matches a pattern (``elsewhere``) is
our judgement, and deliberately not small.
"""

from __future__ import annotations

from serantau.govern.scan.model import Birth, Chars, Check, Code, Luhn, Mod97, Pattern, Recogniser

OTHER = "other"
"""Anything that no recogniser knows."""

SEQUENCE = "sequence"
"""Numbers that were counted up."""

TITLES = {
    OTHER: "something else of the same form",
    SEQUENCE: "numbers counted up",
    "date-time": "dates or times",
    "number": "numbers",
    "web-address": "web addresses",
    "unique-id": "random identifiers (UUID)",
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "ip-address": "addresses of machines on the net (IP)",
    "device-address": "addresses of network cards (MAC)",
    "payment-card": "payment card numbers",
    "bank-account": "bank account numbers",
    "travel-document": "machine-readable zones of travel documents",
}
"""Titles of kinds that a region need not describe."""

NEUTRAL = frozenset({OTHER, SEQUENCE, "date-time", "number", "web-address", "unique-id"})
"""Kinds that by themselves say nothing about a person."""

_ZONE_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _zone(at: int, *parts: tuple[int, int]) -> Check:
    """A check digit of ICAO 9303-3, 4.9: weights 7 3 1 over the characters of some parts, modulo 10."""
    first, last = parts[0][0], parts[-1][1]
    positions = [place for begin, end in parts for place in range(begin, end + 1)]
    cycle = {place: (7, 3, 1)[order % 3] for order, place in enumerate(positions)}
    weights = tuple(cycle.get(place, 0) for place in range(first, last + 1))
    return Check(at=at, first=first, weights=weights, modulus=10, result="0123456789", values=_ZONE_VALUES)


def _passport(offset: int) -> tuple[Check, ...]:
    """The second line of a TD3 document (ICAO 9303-4, 4.2.2); its last digit covers three parts."""
    at = offset
    return (
        _zone(at + 10, (at + 1, at + 9)),
        _zone(at + 20, (at + 14, at + 19)),
        _zone(at + 28, (at + 22, at + 27)),
        _zone(at + 44, (at + 1, at + 10), (at + 14, at + 20), (at + 22, at + 43)),
    )


def _time(name: str, title: str, shapes: tuple[str, ...], *rules: Birth | Code | Chars) -> Recogniser:
    return Recogniser(id=name, kind="date-time", title=title, shapes=shapes, rules=rules)


def _clock(at: int, *, seconds: bool) -> tuple[Code, ...]:
    parts = [Code(at=at, length=2, codes=("00-23",)), Code(at=at + 2, length=2, codes=("00-59",))]
    if seconds:
        parts.append(Code(at=at + 4, length=2, codes=("00-59",)))
    return tuple(parts)


_YMD = Birth(year=1, year_digits=4, month=5, day=7)
_DMY = Birth(day=1, month=3, year=5, year_digits=4)
_MDY = Birth(month=1, day=3, year=5, year_digits=4)
_SHORT = Birth(year=1, month=3, day=5)
_DATED = ("9999-99-99", "9999/99/99", "9999.99.99")
_TURNED = ("99-99-9999", "99/99/9999", "99.99.9999")

_TIMES = (
    _time("date-ymd", "date, year first", (*_DATED, "99999999"), _YMD),
    _time("date-dmy", "date, day first", (*_TURNED, "99999999"), _DMY),
    _time("date-mdy", "date, month first", (*_TURNED, "99999999"), _MDY),
    _time("time-second", "date and time to the second", ("99999999999999",), _YMD, *_clock(9, seconds=True)),
    _time("time-apart", "date and time to the second", tuple(f"{day} 99:99:99" for day in _DATED), _YMD),
    _time("time-iso", "date and time to the second", tuple(f"{day}A99:99:99" for day in _DATED), _YMD),
    _time("time-minute", "date and time to the minute", ("999999999999",), _YMD, *_clock(9, seconds=False)),
    _time("time-short", "date and time, two digits of the year", ("999999999999",), _SHORT, *_clock(7, seconds=True)),
    _time("date-short", "date, two digits of the year", ("999999",), _SHORT),
    _time("epoch-second", "seconds since 1970", ("9999999999",), Code(at=1, length=2, codes=("10-19",))),
    _time("epoch-milli", "milliseconds since 1970", ("9999999999999",), Code(at=1, length=2, codes=("10-19",))),
)


def _pattern(
    name: str, kind: str, title: str, regex: str, needs: str, elsewhere: float, *, shape: str = ""
) -> Recogniser:
    told = Pattern(regex=regex, needs=needs, elsewhere=elsewhere, compact=kind == "phone", shape=shape)
    return Recogniser(id=name, kind=kind, title=title, pattern=told)


_PATTERNS = (
    _pattern("email", "email", "e-mail address", r"[A-Z0-9._%+'-]{1,64}@(?:[A-Z0-9-]{1,63}\.)+[A-Z]{2,24}", "@.", 1e-4),
    _pattern("url", "web-address", "web address", r"(?:HTTPS?|FTP)://[^\s/]+(?:/\S*)?", ":/", 1e-4),
    _pattern("uuid", "unique-id", "UUID", r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}", "-", 1e-6),
    _pattern(
        "ipv4",
        "ip-address",
        "address of a machine (IPv4)",
        r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)",
        ".",
        1e-4,
    ),
    _pattern(
        "ipv6",
        "ip-address",
        "address of a machine (IPv6)",
        r"(?:[0-9A-F]{1,4}:){7}[0-9A-F]{1,4}|(?:[0-9A-F]{1,4}:){1,7}:|(?:[0-9A-F]{1,4}:){1,6}(?::[0-9A-F]{1,4}){1,6}",
        ":",
        1e-4,
    ),
    _pattern(
        "mac",
        "device-address",
        "address of a network card",
        r"(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}",
        "",
        1e-4,
        shape="(?:[9A]{2}[:-]){5}[9A]{2}",
    ),
    _pattern(
        "phone-abroad", "phone", "telephone number of some country", r"\+[1-9]\d{6,14}(?:(?:X|EXT)\d{1,6})?", "+", 1e-3
    ),
    _pattern("decimal", "number", "decimal number", r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+", ".", 1e-2),
)

_CARDS = tuple(
    Recogniser(
        id=f"card-{width}",
        kind="payment-card",
        title=f"payment card number of {width} digits",
        shapes=shapes,
        rules=(Luhn(first=1, last=width), Chars(at=1, allowed="23456")),
    )
    for width, shapes in (
        (13, ("9999999999999",)),
        (14, ("99999999999999", "9999 999999 9999")),
        (15, ("999999999999999", "9999 999999 99999")),
        (16, ("9999999999999999", "9999 9999 9999 9999", "9999-9999-9999-9999")),
        (19, ("9999999999999999999",)),
    )
)

_ACCOUNTS = (
    Recogniser(
        id="iban",
        kind="bank-account",
        title="international bank account number (IBAN)",
        pattern=Pattern(regex=r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", elsewhere=1e-3, compact=True, shape="AA99[9A -]{11,40}"),
        rules=(Mod97(),),
    ),
)

_TRAVEL = (
    Recogniser(
        id="mrz-passport",
        kind="travel-document",
        title="machine-readable zone of a passport, second line",
        pattern=Pattern(
            regex=r"[A-Z0-9<]{10}[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{16}", elsewhere=1e-3, shape="[9A<]{44}"
        ),
        rules=_passport(0),
    ),
    Recogniser(
        id="mrz-passport-whole",
        kind="travel-document",
        title="machine-readable zone of a passport",
        pattern=Pattern(
            regex=r"P[A-Z<][A-Z<]{42}[A-Z0-9<]{10}[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{16}",
            needs="<",
            elsewhere=1e-3,
            compact=True,
        ),
        rules=_passport(44),
    ),
    Recogniser(
        id="mrz-card",
        kind="travel-document",
        title="machine-readable zone of a card, second line",
        pattern=Pattern(regex=r"\d{7}[MFX<]\d{7}[A-Z<]{3}[A-Z0-9<]{11}\d", needs="<", elsewhere=1e-3),
        rules=(_zone(7, (1, 6)), _zone(15, (9, 14))),
    ),
)

UNIVERSAL: tuple[Recogniser, ...] = (*_PATTERNS, *_TIMES, *_CARDS, *_ACCOUNTS, *_TRAVEL)
"""Every recogniser that belongs to no member."""


def is_personal(kind: str) -> bool:
    """Whether a kind, by itself, says something about a person."""
    return bool(kind) and kind not in NEUTRAL
