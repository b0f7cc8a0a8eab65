"""How records are written: one form for every room, so that a rewrite changes only what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import yaml

from serantau.base import PartialDate
from serantau.facts.model import Source

LINE_WIDTH = 118
TAIL = ("source", "more_sources", "grade", "valid_from", "valid_to", "known", "note", "withdrawn")
"""Keys that every fact has; they stand last, in this order."""


def render_records(key: str, records: Iterable[msgspec.Struct], header: str = "") -> bytes:
    """The content of a fact file: UTF-8, one list under one key, fields that are not known left out.

    Args:
        key: The one key of the file.
        records: Records in the order of the file.
        header: Comment lines that stand above, kept as they are.
    """
    rows = [_dump(_plain(record)) for record in records]
    if not rows:
        return f"{header}{key}: []\n".encode()
    body = "\n".join(rows)
    return f"{header}{key}:\n{body}".encode()


def append_sources(content: bytes, sources: Iterable[Source]) -> bytes:
    """``sources.yaml`` with further sources at its end; what stands there stays as it is."""
    rows = "\n".join(_dump(to_plain(source)) for source in sources)
    return content.rstrip(b"\n") + b"\n\n" + rows.encode()


def header_of(content: bytes) -> str:
    """The comment lines above the first key of a file."""
    lines = content.decode("utf-8", errors="replace").splitlines(keepends=True)
    count = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:count])


def to_plain(record: msgspec.Struct) -> dict[str, Any]:
    """A record as mappings, lists and text, without the fields that hold their default."""
    plain: dict[str, Any] = {}
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if field.required or value != field.default:
            plain[field.encode_name] = _plain_value(value)
    return plain


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as text without quotes that YAML 1.1 would add for dates: our reader reads text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML declares it so

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists below their key."""
        super().increase_indent(flow, indentless=False)


def _dump(row: dict[str, Any]) -> str:
    text = yaml.dump([row], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=LINE_WIDTH)
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    values = to_plain(record)
    body = {key: value for key, value in values.items() if key not in TAIL}
    return body | {key: values[key] for key in TAIL if key in values}


def _plain_value(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return to_plain(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "value", value))
