"""From text values to typed records, with every defect of a record named at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from serantau.base import PartialDate, suggest

T = TypeVar("T")

_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "text",
    "array": "a list",
    "object": "a mapping",
}
_COMPARISONS = (
    (" >= ", " of at least "),
    (" <= ", " of at most "),
    (" > ", " above "),
    (" < ", " below "),
    (" of length of ", " of length "),
    (" matching regex ", " that matches "),
)
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| null)?`(.*?)(?:, got .*)?$")
_ENUM = re.compile(r"Invalid enum value (.+)$")
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
    for name in raw.keys() - fields.keys() - {kind.__struct_config__.tag_field}:  # type: ignore[attr-defined]
        report((name,), f"{name!r} is not a field of {kind.__name__}.", suggest(name, fields))
        found += 1
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                report((), f"the key {name!r} is missing.", _missing_fix(name))
                found += 1
            continue
        found += _report_field(name, raw[name], field.type, report)
    if not found:
        where, what = _split(str(error))
        report(where, f"{_human(what)}.", "")


def _report_field(name: str, value: object, kind: object, report: Report) -> bool:
    """Report what is wrong with one field; return whether anything was."""
    try:
        msgspec.convert(value, kind, strict=False, dec_hook=decode_hook)
    except msgspec.ValidationError as fault:
        if _report_inside(name, value, kind, report, fault):
            return True
        where, what = _split(str(fault))
        choices = _choices(kind) if what.startswith("Invalid") else []
        inner = _at(value, where)
        said = _human(what)
        found = "" if said.startswith("'") else f" (found {_describe(inner)})"  # a word not allowed is named already
        report((name, *where), f"{name}: {said}{found}.", _value_fix(what, inner, choices))
        return True
    return False


def _report_inside(name: str, value: object, kind: object, report: Report, fault: Exception) -> bool:
    """Report the fields of a record, or of the records of a list; False if there is none to look into."""
    if isinstance(value, dict):
        nested = _struct_in(kind, value)
        if nested is not None:
            _report_each_field(value, nested, lambda path, what, fix: report((name, *path), what, fix), fault)
        return nested is not None
    item_kind = get_args(kind)[0] if get_origin(kind) in (tuple, list) else None
    if not isinstance(value, list) or not _structs(item_kind):
        return False
    found = False
    for index, item in enumerate(value):

        def inside(path: Path, what: str, fix: str, index: int = index) -> None:
            report((name, index, *path), what, fix)

        found |= _report_item(name, item, item_kind, inside)
    return found


def _report_item(name: str, item: object, kind: object, report: Report) -> bool:
    """Report what is wrong with one record of a list; return whether anything was."""
    try:
        msgspec.convert(item, kind, strict=False, dec_hook=decode_hook)
    except msgspec.ValidationError as fault:
        tags = {str(one.__struct_config__.tag): one.__struct_config__.tag_field for one in _structs(kind)}  # type: ignore[attr-defined]
        field = next(iter(tags.values()))
        struct = _struct_in(kind, item)
        if not isinstance(item, dict):
            report((), f"{name}: expected a mapping (found {_describe(item)}).", "Write `key: value` pairs.")
        elif field is not None and str(item.get(field)) not in tags:
            found = item.get(field)
            what = f"{name}: {_describe(found)} is no {field}." if found else f"{name}: the key {field!r} is missing."
            report((field,), what, suggest(str(found), tags) or f"Write one of: {', '.join(tags)}.")
        elif struct is not None:
            _report_each_field(item, struct, report, fault)
        return True
    return False


def _structs(kind: object) -> list[type]:
    """The record types that a type such as ``Goalposts | None`` allows."""
    if get_origin(kind) in (tuple, list, dict):
        return []
    return [part for part in (kind, *get_args(kind)) if isinstance(part, type) and issubclass(part, msgspec.Struct)]


def _struct_in(kind: object, value: object) -> type | None:
    """The one record type that a value can be meant to be: the only one, or the one of its tag."""
    found = _structs(kind)
    if len(found) > 1 and isinstance(value, dict):
        found = [
            one
            for one in found
            if value.get(one.__struct_config__.tag_field) == one.__struct_config__.tag  # type: ignore[attr-defined]
        ]
    return found[0] if len(found) == 1 else None


def _choices(kind: object) -> list[str]:
    """The words that a type allows, also as an item of a list or a value of a mapping."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    return [word for part in get_args(kind) for word in _choices(part)]


def _at(value: object, path: Path) -> object:
    """The value at a path inside a value, as far as the path leads."""
    for step in path:
        if not isinstance(value, dict | list):
            return value
        value = value[step]  # type: ignore[index]  # the converter walked the same path
    return value


def _human(message: str) -> str:
    """Say a converter's message in the words of a person who keeps tables."""
    match = _EXPECTED.match(message)
    if match is None:
        return _ENUM.sub(lambda found: f"{found[1]} is none of the words allowed here", message)
    text = _KINDS.get(match[1], f"`{match[1]}`") + match[2]
    for symbol, words in _COMPARISONS:
        text = text.replace(symbol, words)
    return f"expected {text}"


def _value_fix(message: str, value: object, choices: list[str]) -> str:
    if choices:
        return suggest(str(value), choices) or f"Write one of: {', '.join(choices)}."
    if message.startswith(("Expected `float`", "Expected `int`")):
        return "Write digits, with a point for decimals and nothing else."
    if message.startswith("Expected `bool`"):
        return "Write true or false."
    if message.startswith("Invalid enum value"):
        return "docs/guide/region.md lists the words."
    return "docs/guide/region.md says what is allowed."


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
