"""JSON of other people's services, taken apart with messages instead of tracebacks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from serantau.sources.errors import SourceError

_START = 60


def parse_json(content: bytes, where: str) -> Any:  # noqa: ANN401  JSON is any of six types until it is looked at
    """Parse JSON; NaN and Infinity, which JSON does not have, are refused.

    Raises:
        SourceError: if it is not JSON in UTF-8.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise SourceError(f"{where} sent text that is not UTF-8 (byte {error.start}). Nothing was taken.") from error
    except json.JSONDecodeError as error:
        near = error.doc[error.pos : error.pos + _START]
        raise SourceError(
            f"{where} sent JSON that is broken at line {error.lineno}, column {error.colno} ({error.msg}), near {near!r}. "
            "Nothing was taken. Try again later."
        ) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where} sent JSON that cannot be read: {error}. Nothing was taken.") from error


def expect(value: object, kind: type | tuple[type, ...], what: str, where: str) -> Any:  # noqa: ANN401  as above
    """The value, if it is of the kind that the format has in this place.

    Raises:
        SourceError: if it is not.
    """
    if isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool):
        return value
    raise SourceError(
        f"{where}: {what} is {type(value).__name__}, not what the format has there. The service may have changed its "
        "format; nothing was taken."
    )


def integer(value: object, what: str, where: str) -> int:
    """A whole number, written as a number or as text.

    Raises:
        SourceError: if it is neither.
    """
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    number: int = expect(value, int, what, where)
    return number


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def read_bytes(path: Path, most: int = 64 * 1024 * 1024) -> bytes:
    """The content of a file that a person downloaded.

    Raises:
        SourceError: if it cannot be read or is too large.
    """
    try:
        if path.stat().st_size > most:
            raise SourceError(f"{path.name} is larger than {most // 1024**2} MB and was not read. Cut it down first.")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}. Check the path.") from error


def refuse_entities(content: bytes, where: str) -> None:
    """Refuse XML that declares a document type: entities are how a small file becomes a large one, or reads others.

    Raises:
        SourceError: if it does, or if it is not UTF-8, in which a declaration could hide.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{where}: the XML is not UTF-8 (byte {error.start}). Nothing was taken.") from error
    head = text[:200].partition("?>")[0].lower()
    declared = re.search(r"encoding\s*=\s*[\"']([^\"']*)", head) if head.startswith("<?xml") else None
    if declared and declared[1] not in {"utf-8", "us-ascii", "ascii"}:
        raise SourceError(f"{where}: the XML is encoded as {declared[1]!r}; only UTF-8 is read. Nothing was taken.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SourceError(
            f"{where}: the XML declares a document type or entities, which is refused. Nothing was taken."
        )
