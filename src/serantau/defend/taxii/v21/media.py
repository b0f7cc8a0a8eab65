"""What is spoken: media types and codings, read as HTTP defines them (RFC 9110, 8.4, 8.6, 12.5) and not by comparing text.

TAXII 2.1 has one media type, ``application/taxii+json;version=2.1``. Without a version it means the latest (1.6.8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAXII = "application/taxii+json"
TAXII_21 = "application/taxii+json;version=2.1"
STIX_21 = "application/stix+json;version=2.1"
STIX_20 = "application/stix+json;version=2.0"
LONGEST_HEADER = 4000
"""Characters of a header beyond which it is not read; what is longer accepts nothing."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110's word
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*")
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|{_TOKEN})\s*')
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class Range:
    """One media range, or one media type.

    Attributes:
        kind: Type and subtype in small letters; either may be ``*``.
        parameters: Names in small letters, values as they mean.
        quality: From 0 to 1.
    """

    kind: str
    parameters: tuple[tuple[str, str], ...] = ()
    quality: float = 1.0


def ranges(header: str) -> list[Range]:
    """The media ranges of a header; what is not well formed is left out.

    >>> ranges('text/html, application/taxii+json; version="2.1";q=0.9')[1]
    Range(kind='application/taxii+json', parameters=(('version', '2.1'),), quality=0.9)
    """
    if len(header) > LONGEST_HEADER:
        return []
    found = (_range(part) for part in _parts(header, ","))
    return [one for one in found if one is not None]


def accepts(header: str | None) -> bool:
    """Whether an Accept header lets us answer in TAXII 2.1. The most specific range decides (RFC 9110, 12.5.1).

    >>> accepts("application/taxii+json"), accepts("application/taxii+json;version=2.0"), accepts("*/*"), accepts(None)
    (True, False, True, True)
    >>> accepts("application/taxii+json;version=2.1;q=0, */*")
    False
    """
    if header is None or not header.strip():
        return True
    fitting = [(_closeness(one), one.quality) for one in ranges(header) if _closeness(one)]
    closest = max((closeness for closeness, _ in fitting), default=0)
    return any(quality > 0 for closeness, quality in fitting if closeness == closest)


def is_taxii(header: str | None) -> bool:
    """Whether a Content-Type says TAXII 2.1, with or without its version, however it is written.

    >>> is_taxii("application/taxii+json; version=2.1"), is_taxii("Application/TAXII+JSON"), is_taxii("application/json")
    (True, True, False)
    """
    found = ranges(header or "")
    return len(found) == 1 and _closeness(found[0]) > 1


def takes_gzip(header: str | None) -> bool:
    """Whether an Accept-Encoding header lets us compress.

    >>> takes_gzip("gzip, deflate"), takes_gzip("gzip;q=0, *"), takes_gzip("*"), takes_gzip(None)
    (True, False, True, False)
    """
    if not header or len(header) > LONGEST_HEADER:
        return False
    found: dict[str, float] = {}
    for part in _parts(header, ","):
        coding, *parameters = (word.strip() for word in part.split(";"))
        quality = next((word[2:].strip() for word in parameters if word[:2].lower() == "q="), "1")
        found[coding.lower()] = float(quality) if _QUALITY.fullmatch(quality) else 0.0
    return found.get("gzip", found.get("x-gzip", found.get("*", 0.0))) > 0


def _closeness(one: Range) -> int:
    """How specifically a range names TAXII 2.1; 0 where it does not."""
    if one.kind == TAXII:
        version = dict(one.parameters).get("version")
        if version is None:
            return 3
        return 4 if version == "2.1" else 0
    return {"application/*": 2, "*/*": 1}.get(one.kind, 0)


def _range(text: str) -> Range | None:
    head, *rest = _parts(text, ";")
    match = _RANGE.fullmatch(head)
    if match is None:
        return None
    parameters, quality = [], 1.0
    for part in rest:
        found = _PARAMETER.fullmatch(part)
        if found is None:
            if part.strip():
                return None
            continue
        name, value = found[1].lower(), _unquoted(found[2])
        if name != "q":
            parameters.append((name, value))
        elif _QUALITY.fullmatch(value):
            quality = float(value)
        else:
            return None
    return Range(f"{match[1]}/{match[2]}".lower(), tuple(parameters), quality)


def _parts(text: str, separator: str) -> Iterator[str]:
    """Split, but not inside quoted text."""
    start, quoted, escaped = 0, False, False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == separator and not quoted:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
