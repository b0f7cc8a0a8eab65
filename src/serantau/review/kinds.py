"""Kinds of fact that members may submit, as each room registers them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from serantau.base import PartialDate
from serantau.facts import Source, Sourced
from serantau.facts.convert import convert_record
from serantau.facts.sheets import Sheet

Raw = dict[str, Any]
"""One record as text, lists and mappings, the way a fact file has it."""

KNOWN, SOURCE, GRADE, ID, NOTE = "known", "source", "grade", "id", "note"
NEVER_GIVEN = frozenset({KNOWN, "withdrawn"})
"""What a member never states: when the bundle had it, and when it ceased to."""

Problem = tuple[str, str, str]
"""Field (empty for the record as a whole), what is wrong, what to do."""


@dataclass(frozen=True)
class Context:
    """What a submission's records share.

    Attributes:
        member: Code of the member, or id of the partner, that submits.
        submission: Number of the submission.
        day: Day on which the facts are (or would be) known.
    """

    member: str
    submission: int
    day: date

    @property
    def source(self) -> str:
        """Id of the source that the submission itself is."""
        return f"submission-{self.submission}"


@dataclass(frozen=True)
class FactKind:
    """A kind of fact.

    Attributes:
        name: Permanent name, ``room.kind``.
        title: What a person calls it, in the plural.
        struct: The record, as the room's loader reads it.
        file: Path within a region's folder; ``{submission}`` stands for the submission's number.
        key: The one key of a YAML file; empty for a CSV table.
        member_field: The field that names the member, or the partner, that submits; empty where none does.
        id_pattern: How ids are made from the other fields; empty where the member gives them.
        grade: The grade of every such record; empty where the member states it.
        choices: For fields that name something held elsewhere, what: ``{"action": "actions"}``.
        hidden: Fields that no form shows.
        long: Fields of text that are written over several lines.
        problems: What is wrong with one record by itself, beyond its types.
        translate: Turns a sheet with another convention's headings into one with ours; returns others as they are.
        partners: Whether partners submit it, and members do not.
        licensed: Whether its table needs a licence of its own (``indicators/tables.yaml``).
    """

    name: str
    title: str
    struct: type[Sourced]
    file: str
    key: str = ""
    member_field: str = "member"
    id_pattern: str = ""
    grade: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset({"note"})
    problems: Callable[[Any], list[Problem]] | None = None
    translate: Callable[[Sheet], Sheet] | None = None
    partners: bool = False
    licensed: bool = False

    @property
    def room(self) -> str:
        """The room it belongs to."""
        return self.name.partition(".")[0]

    @property
    def supplied(self) -> frozenset[str]:
        """Fields that the review fills in, so that nobody is asked for them."""
        more = {name for name, given in ((ID, self.id_pattern), (GRADE, self.grade)) if given}
        return NEVER_GIVEN | more | ({self.member_field} - {""}) | self.hidden

    def completed(self, raw: Raw, context: Context) -> Raw:
        """A record with everything that the review supplies."""
        whole: Raw = {key: value for key, value in raw.items() if key not in NEVER_GIVEN}
        whole.setdefault(SOURCE, context.source)
        if self.member_field:
            whole[self.member_field] = context.member
        if self.grade:
            whole[GRADE] = self.grade
        if self.id_pattern:
            words = {name: value for name, value in whole.items() if isinstance(value, str)}
            whole[ID] = self.id_pattern.format_map(_Words(words | {"submission": str(context.submission)})).lower()
        whole[KNOWN] = context.day.isoformat()
        return whole

    def read(self, raw: Raw, context: Context) -> tuple[Sourced | None, list[Problem]]:
        """The record, or every problem with it."""
        found: list[Problem] = []
        stated = raw.get(self.member_field) if self.member_field else None
        if stated not in (None, "", context.member):
            what = f"{self.member_field} is {stated!r}, but this is a submission of {context.member}."
            found.append((self.member_field, what, "Leave it out, or correct it."))
        unfit = [name for name, value in raw.items() if _texts(value) != [plain_text(text) for text in _texts(value)]]
        found += [(name, "holds signs that are no letters.", "Type it anew, as plain text.") for name in unfit]
        whole = self.completed(raw, context)
        supplied = self.supplied - {SOURCE}

        def report(path: tuple[str | int, ...], what: str, fix: str) -> None:
            missing = _missing(what)
            name = ".".join(str(part) for part in (*path, missing) if part != "")
            if missing:
                what, fix = "is missing.", "Fill it in."
            if name.partition(".")[0] not in supplied or (self.id_pattern and name == ID and not found):
                found.append((name, what, fix))

        record = convert_record(whole, self.struct, report)
        if record is not None and self.problems is not None:
            found += self.problems(record)
        return (None if found else record), found


def plain_text(text: str) -> str:
    """Text as every database and file can keep it: without control signs, lines ended one way."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"})


def _texts(value: object) -> list[str]:
    """Every text in a value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


class _Words(dict[str, str]):
    """Fields for an id; one that is missing is named by its own problem, not by the id's."""

    def __missing__(self, key: str) -> str:
        return "x"


def _missing(what: str) -> str:
    """The key that a message calls missing; empty if it calls none."""
    return what.split("'")[1] if what.startswith("the key '") else ""


def statement(context: Context, member_name: str, licence: str) -> Source:
    """The source that a submission itself is: the member's own statement."""
    return Source(
        id=context.source,
        title=f"Report of {member_name}, submission {context.submission}",
        organisation=member_name,
        address="none",
        licence=licence,
        redistributable=True,
        published=PartialDate.parse(context.day.isoformat()),
    )


def field_names(kind: FactKind) -> tuple[str, ...]:
    """Fields that a member states, in the order of the record, with what every fact has at the end."""
    names = [f.encode_name for f in msgspec.structs.fields(kind.struct) if f.encode_name not in kind.supplied]
    tail = [name for name in (SOURCE, GRADE, "valid_from", "valid_to", NOTE) if name in names]
    return (*(name for name in names if name not in tail), *tail)
