"""The registers, and what meetings promised, as files."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.http import HttpRequest, HttpResponse

from serantau.facts.files import TAIL, to_plain
from serantau.forum.registers import Commitment, Entry, Register
from serantau.forum.registers.model import REGISTERS
from serantau.registers import commitments_of, legislation, register_entries
from serantau.web.api.rows import encode, head
from serantau.web.api.tables import Row, csv_bytes
from serantau.web.config.access import Role, access
from serantau.web.measure.downloads import CSV, KINDS
from serantau.web.registers.views.pages import FILTERS, asked_of, find_register
from serantau.web.site.answering import answering
from serantau.web.site.question import Question

WORKED_OUT = {
    Register.COOPERATION: ("first_due", "late"),
    Register.PROJECTS: ("first_due", "late", "phase"),
    Register.LEGISLATION: ("first_due", "late", "is_known"),
    Register.POLICIES: ("first_due", "late", "adopted_by"),
}
"""Columns beside what the statement itself says."""

_KIND: dict[Register, type[Entry]] = {register: kind for kind, register in REGISTERS.items()}


@access(Role.PUBLIC)
@answering(*FILTERS)
def register_file(request: HttpRequest, question: Question, register: str, form: str) -> HttpResponse:
    """The entries of a register, by what was asked for."""
    found = find_register(register)
    columns = _columns(_KIND[found], "key", *WORKED_OUT[found])
    rows = [
        {
            **_plain(held.entry),
            "key": held.key,
            "first_due": held.first_due,
            "late": held.late,
            "phase": held.phase,
            "is_known": True,
            "adopted_by": tuple(one.member for one in held.adoptions),
            "edition": question.answers.edition,
        }
        for held in register_entries(question.answers.bundle, question.asof, asked_of(question, found))
    ]
    if found is Register.LEGISLATION:
        rows += _not_known(question)
    return _file(question, form, f"register-{found.value}", columns, rows)


def _columns(kind: type[Entry | Commitment], first: str, *worked_out: str) -> list[str]:
    """Headings: what is said first, then what was worked out, then the keys of every fact."""
    names = [one.encode_name for one in msgspec.structs.fields(kind)]
    said = [name for name in names if name not in (*TAIL, first)]
    return [first, *said, *worked_out, *(name for name in TAIL if name in names and name != "withdrawn"), "edition"]


def _plain(record: Entry | Commitment) -> dict[str, object]:
    """What a statement says: numbers stay numbers, evidence and money become mappings."""
    return {one.encode_name: _value(getattr(record, one.name)) for one in msgspec.structs.fields(record)}


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(to_plain(one) if isinstance(one, msgspec.Struct) else one for one in value)
    return value


def _not_known(question: Question) -> list[dict[str, object]]:
    """A row for each member and theme of which nothing is known: a table that leaves them out would say *none*."""
    owner, about = question.more.get("owner", ""), question.more.get("about", "")
    return [
        {
            "key": f"{member.id}.{cell.theme.value}".lower(),
            "member": member.id,
            "theme": cell.theme,
            "is_known": False,
            "edition": question.answers.edition,
        }
        for member, cells in legislation(question.answers.bundle, question.asof)
        for cell in cells
        if cell.law is None
        and owner in ("", member.id)
        and about in ("", cell.theme.value)
        and not question.more.get("action")
    ]


@access(Role.PUBLIC)
@answering("owner", "meeting")
def commitments_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """What meetings promised up to a day, and what became of it."""
    more = question.more
    rows = [
        {**_plain(held.commitment), "state": held.state, "edition": question.answers.edition}
        for held in commitments_of(
            question.answers.bundle, question.asof, more.get("owner", ""), more.get("meeting", "")
        )
    ]
    return _file(question, form, "commitments", _columns(Commitment, "id", "state"), rows)


def _file(question: Question, form: str, name: str, columns: Sequence[str], rows: Sequence[Row]) -> HttpResponse:
    if form == CSV:
        body = csv_bytes(columns, rows)
    else:
        sources = {str(row["source"]) for row in rows if "source" in row}
        kept = [{column: row.get(column) for column in columns} for row in rows]
        body = encode({**head(question, sources=sources), "columns": columns, "rows": kept})
    response = HttpResponse(body, content_type=KINDS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{question.asof.valid}.{form}"'
    return response
