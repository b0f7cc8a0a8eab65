"""A kind's fields as a page shows them: with what was filled in, what is wrong, and what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serantau.bundle import Bundle
from serantau.review import FactKind
from serantau.review.fields import MOST_RECORDS, Field, Widget, fields_of
from serantau.web.review.kinds import choices_of

LISTED = 60
"""Choices up to which a field is a list to choose from; above, it is typed with suggestions."""
BLANKS = 2
"""Empty records that a form shows below those filled in."""

FILE = "file"
"""The field of a record that names an attached file by its digest."""

Problem = tuple[str, str, str]


@dataclass(frozen=True)
class Shown:
    """One field of a page.

    Attributes:
        name: Name of the form's field.
        field: What it is.
        value: What stands in it.
        problems: What is wrong with it.
        choices: What may be chosen, each with its words.
        records: For a list of records, the fields of each.
    """

    name: str
    field: Field
    value: str
    problems: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()
    records: tuple[tuple[Shown, ...], ...] = ()

    @property
    def id(self) -> str:
        """Id of its element."""
        return f"field-{self.name}"

    @property
    def label(self) -> str:
        """Its name as a person reads it."""
        return _(self.field.label)

    @property
    def help(self) -> str:
        """What it means."""
        return _(self.field.help) if self.field.help else ""

    @property
    def how(self) -> str:
        """Which element it becomes: choice, list, text, long, records."""
        if self.field.widget is Widget.RECORDS:
            return "records"
        if self.choices and self.field.widget is not Widget.WORDS:
            return "list" if len(self.choices) > LISTED else "choice"
        return "long" if self.field.widget in {Widget.LONG_TEXT, Widget.WORDS} else "text"

    @property
    def mode(self) -> str:
        """Which keys a telephone shows."""
        return {Widget.WHOLE: "numeric", Widget.NUMBER: "decimal"}.get(self.field.widget, "text")

    @property
    def is_date(self) -> bool:
        """Whether a date is wanted, as precise as it is known."""
        return self.field.widget is Widget.DATE


def shown_fields(
    kind: FactKind,
    bundle: Bundle,
    given: Mapping[str, str],
    problems: Sequence[Problem] = (),
    files: Sequence[tuple[str, str]] = (),
) -> tuple[Shown, ...]:
    """The fields of a kind's form.

    Args:
        kind: The kind.
        bundle: The region, for what fields may name.
        given: What was filled in, by the form's names.
        problems: What is wrong, by the record's own paths (``evidence.0.title``).
        files: Digests and names of the files that are attached.
    """
    wrong: dict[str, list[str]] = {}
    for path, what, fix in problems:
        wrong.setdefault(path, []).append(f"{what} {fix}".strip())
    return tuple(_shown(one, one.name, one.name, bundle, given, wrong, files) for one in fields_of(kind))


def _shown(
    one: Field,
    name: str,
    path: str,
    bundle: Bundle,
    given: Mapping[str, str],
    wrong: Mapping[str, Sequence[str]],
    files: Sequence[tuple[str, str]],
) -> Shown:
    problems = tuple(wrong.get(path, ()))
    if one.widget is not Widget.RECORDS:
        return Shown(name, one, given.get(name, ""), problems, _choices(one, bundle, files))
    filled = 0
    for number in range(MOST_RECORDS):
        if any(key.startswith(f"{name}-{number}-") and text.strip() for key, text in given.items()):
            filled = number + 1
    count = 1 if one.single else min(filled + BLANKS, MOST_RECORDS)
    records = []
    for number in range(count):
        before, way = (f"{name}-", f"{path}.") if one.single else (f"{name}-{number}-", f"{path}.{number}.")
        # A file can be named once there is one.
        named = [part for part in one.parts if part.name != FILE or files]
        parts = (_shown(part, before + part.name, way + part.name, bundle, given, wrong, files) for part in named)
        records.append(tuple(parts))
        problems += tuple(wrong.get(f"{path}.{number}", ()))
    return Shown(name, one, "", problems, (), tuple(records))


def _choices(one: Field, bundle: Bundle, files: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    if one.name == FILE:
        return tuple(files)
    if one.choices:
        return tuple((word, _(word)) for word in one.choices)
    return choices_of(one.refers, bundle) if one.refers else ()
