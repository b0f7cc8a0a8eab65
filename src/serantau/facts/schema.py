"""JSON Schema of files of facts, from the types that read them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from serantau.base import PartialDate

_ATTRIBUTE = re.compile(r"(\w+): (.*)")


def components(kinds: Iterable[type]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """JSON Schema (2020-12) of some types: a reference for each, and the definitions.

    Each key carries what the documentation of its class says of it.
    """
    references, parts = msgspec.json.schema_components(kinds, schema_hook=_schema_of, ref_template="#/$defs/{name}")
    for part in parts.values():
        summary, keys = documented(inspect.cleandoc(part.get("description", "")))
        part["description"] = summary
        for name, text in keys.items():
            if name in part.get("properties", {}):
                part["properties"][name] = {**part["properties"][name], "description": text}
    return list(references), dict(parts)


def _schema_of(kind: type) -> dict[str, Any]:
    if kind is PartialDate:
        return {
            "type": "string",
            "pattern": r"^(unknown|open|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)$",
            "description": "A date as precise as the source gave it, unknown, or open.",
        }
    raise TypeError(f"no schema for {kind.__name__}")


def documented(docstring: str) -> tuple[str, dict[str, str]]:
    r"""What a docstring says of the whole, and of each of its ``Attributes``.

    >>> documented("A tree.\n\nAttributes:\n    id: Its name,\n        for ever.\n    low: Least.")
    ('A tree.', {'id': 'Its name, for ever.', 'low': 'Least.'})
    """
    head, _, tail = docstring.partition("Attributes:\n")
    keys: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(tail).splitlines():
        found = None if line.startswith(" ") else _ATTRIBUTE.match(line)
        if found:
            name = found[1]
            keys[name] = found[2]
        elif name and line:
            keys[name] += " " + line.strip()
    return " ".join(head.split()), keys
