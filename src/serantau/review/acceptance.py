"""Writes what was accepted as fact files, the way the region's own are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

import msgspec

from serantau.facts import Sourced
from serantau.facts.files import render_records, to_plain
from serantau.review.kinds import Context, FactKind, Raw, statement
from serantau.review.reading import records_of

SOURCES = "sources.yaml"
TABLES = "indicators/tables.yaml"
_SHARE_ALIKE = re.compile(r"\bSA\b|share.?alike|ODbL", re.IGNORECASE)
"""How licences that bind whoever passes figures on are named."""


def fact_files(
    items: Mapping[str, Sequence[Raw]],
    kinds: Mapping[str, FactKind],
    context: Context,
    member_name: str,
    licence: str,
) -> dict[str, bytes]:
    """The fact files of an accepted submission, by path within a region's folder.

    Args:
        items: The records by kind, in order.
        kinds: The kinds by name.
        context: The submission, with the day on which its facts are known.
        member_name: Name of the member.
        licence: Terms of the figures, as the member stated them.

    Raises:
        ReviewError: if a record is wrong.
    """
    files: dict[str, bytes] = {}
    used: set[str] = set()
    for name, raws in items.items():
        kind = kinds[name]
        records = records_of(kind, raws, context)
        used |= {record.source for record in records}
        path = kind.file.format(submission=context.submission)
        files[path] = render_records(kind.key, records) if kind.key else _csv(kind, records)
        if kind.licensed:
            files[TABLES] = _licence(path, member_name, licence)
    if context.source in used:
        files[SOURCES] = render_records("sources", [statement(context, member_name, licence)])
    return files


def _csv(kind: FactKind, records: Sequence[Sourced]) -> bytes:
    columns = [field.encode_name for field in msgspec.structs.fields(kind.struct) if field.name != "withdrawn"]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    plain = [to_plain(record) for record in records]
    writer.writerows([row.get(column, "") for column in columns] for row in plain)
    return out.getvalue().encode()


class _Licence(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``indicators/tables.yaml``; its reader is the room whose table it is."""

    file: str
    licence: str
    attribution: str
    share_alike: bool


def _licence(path: str, member_name: str, licence: str) -> bytes:
    row = _Licence(file=path, licence=licence, attribution=member_name, share_alike=bool(_SHARE_ALIKE.search(licence)))
    return render_records("tables", [row])
