"""The parameters of a request: ``added_after``, ``limit``, ``next`` and ``match[...]`` (TAXII 2.1, 3.4).

A parameter may stand once. Fields of ``match`` are all to be met; of the values of one field, any. Version filters are
applied to what the other filters leave, so that an object whose newest version is of another STIX version is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from serantau.defend.taxii.v21.errors import TaxiiError
from serantau.defend.taxii.v21.times import TimeError, microseconds

DEFAULT_LIMIT = 1000
HIGHEST_LIMIT = 5000
MOST_VALUES = 200
"""Values of one field."""

MOST_PARAMETERS = 50
LONGEST_VALUE = 300
WORDS = frozenset({"first", "last", "all"})
SPECS = {"2.0": 20, "2.1": 21}
PAGING = frozenset({"added_after", "limit", "next"})
FIELDS = frozenset({"match[id]", "match[type]", "match[version]", "match[spec_version]"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a request asks for.

    Attributes:
        added_after: In microseconds since 1970; 0 for everything.
        limit: How many at most.
        cursor: The text of ``next``; empty for the first page.
        ids, types: Only these; None for any.
        specs: 20 and 21, as asked; None for any.
        versions: Of ``first``, ``last``, ``all``, and versions in microseconds.
    """

    added_after: int = 0
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    ids: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    specs: tuple[int, ...] | None = None
    versions: tuple[str | int, ...] = ("last",)

    @property
    def digest(self) -> bytes:
        """Of everything that a cursor is bound to: all but the cursor itself and how many are asked for."""
        bound = (self.added_after, self.ids, self.types, self.specs, self.versions)
        return hashlib.sha256(repr(bound).encode()).digest()


def read(
    pairs: Iterable[tuple[str, str]], *, fields: Iterable[str] = FIELDS, paging: bool = True, versions: str = "last"
) -> Filters:
    """Read the parameters of a request.

    Args:
        pairs: As they stand in the address.
        fields: Which fields of ``match`` are taken here.
        paging: Whether there are pages here.
        versions: The versions meant where none are named.

    >>> read([("match[type]", "indicator,malware"), ("limit", "9")])
    Filters(added_after=0, limit=9, cursor='', ids=None, types=('indicator', 'malware'), specs=None, versions=('last',))

    Raises:
        TaxiiError: naming the parameter that cannot be understood.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise TaxiiError(
                f"{name[:60]} stands twice. Give it once; several values of a match are set off by commas."
            )
        given[name] = value
        if len(given) > MOST_PARAMETERS:
            raise TaxiiError(f"There are more than {MOST_PARAMETERS} parameters.")
    allowed = frozenset(fields)
    for name in given:
        if name.startswith("match[") and name not in allowed:
            raise TaxiiError(f"{name[:60]} cannot be asked here. These can: {', '.join(sorted(allowed))}.")
    specs = _values(given, "match[spec_version]")
    return Filters(
        added_after=_time("added_after", given["added_after"]) if paging and "added_after" in given else 0,
        limit=_limit(given.get("limit")) if paging else DEFAULT_LIMIT,
        cursor=_cursor(given.get("next")) if paging else "",
        ids=_values(given, "match[id]"),
        types=_values(given, "match[type]"),
        specs=None if specs is None else tuple(SPECS[one] for one in specs if one in SPECS),
        versions=tuple(_version(one) for one in _values(given, "match[version]") or (versions,)),
    )


def _values(given: dict[str, str], name: str) -> tuple[str, ...] | None:
    if name not in given:
        return None
    values = given[name].split(",", MOST_VALUES + 1)
    if len(values) > MOST_VALUES:
        raise TaxiiError(f"{name} has more than {MOST_VALUES} values. Ask for them in parts.")
    found = sorted({value.strip() for value in values} - {""})
    if not found or any(len(value) > LONGEST_VALUE for value in found):
        raise TaxiiError(f"{name} has no value, or one of more than {LONGEST_VALUE} characters.")
    if any("\x00" in value for value in found):
        raise TaxiiError(f"{name} holds a character that no value has.")
    return tuple(found)


def _version(text: str) -> str | int:
    return text if text in WORDS else _time("match[version]", text)


def _time(name: str, text: str) -> int:
    try:
        return microseconds(text)
    except TimeError as error:
        raise TaxiiError(f"{name}: {error.message}") from None


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) <= 18) or int(text) < 1:
        raise TaxiiError(f"limit={text[:30]} is no whole number from 1 on. At most {HIGHEST_LIMIT} are given at once.")
    return min(int(text), HIGHEST_LIMIT)


def _cursor(text: str | None) -> str:
    if text is None:
        return ""
    if not 0 < len(text) <= LONGEST_VALUE:
        raise TaxiiError("next is none that was given here. Begin again without it.")
    return text
