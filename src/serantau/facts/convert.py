"""From text values to typed records, with every defect of a record named at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from serantau.base import PartialDate, suggest

T = TypeVar("T")

_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")

Path = tuple[str | int, ...]
Report = Callable[[Path, str, str], None]


def decode_hook(kind: type, value: object) -> object:
    """Turn text into the types msgspec does not know."""
    if kind is PartialDate:
        return PartialDate.parse(str(value))
    raise TypeError(f"no way to read a {kind.__name__}")


def convert_record(raw: object, kind: type[T], report: Report) -> T | None:
    """Convert one record; on failure report every wrong field and return None.

    Args:
        raw: Mapping of field names to text, lists and mappings.
        kind: A msgspec struct that forbids unknown fields.
        report: Called with the path inside the record, what is wrong, what to do.
    """
    if not isinstance(raw, dict):
        report((), f"expected a record of {kind.__name__}, found {_describe(raw)}.", "Write `key: value` pairs.")
        return None
    try:
        return msgspec.convert(raw, kind, strict=False, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        _report_each_field(raw, kind, report, error)
        return None


def _report_each_field(raw: dict[str, Any], kind: type, report: Report, error: Exception) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    found = 0
    for name in raw.keys() - fields.keys():
        report((name,), f"{name!r} is not a field of {kind.__name__}.", suggest(name, fields))
        found += 1
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                report((), f"the key {name!r} is missing.", _missing_fix(name))
                found += 1
            continue
        try:
            msgspec.convert(raw[name], field.type, strict=False, dec_hook=decode_hook)
        except msgspec.ValidationError as fault:
            where, what = _split(str(fault))
            report((name, *where), f"{name}: {what} (found {_describe(raw[name])}).", "")
            found += 1
    if not found:
        where, what = _split(str(error))
        report(where, what, "")


def _missing_fix(name: str) -> str:
    honest = {
        "source": "Name the source, or write `recalled` with grade memory.",
        "grade": "Write primary, secondary, weak or memory.",
        "valid_from": "Write the date, or unknown.",
        "valid_to": "Write the date, open or unknown.",
        "known": "Write the day on which the bundle had it.",
    }
    return honest.get(name, "Add it.")


def _split(message: str) -> tuple[Path, str]:
    match = _AT.search(message)
    if match is None:
        return (), message
    steps = tuple(name or int(index) for name, index in _STEP.findall(match[1]))
    return steps, message[: match.start()]


def _describe(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...") if value else "nothing"
    return {"list": "a list", "dict": "a mapping"}.get(type(value).__name__, type(value).__name__)
