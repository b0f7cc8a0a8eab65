"""The fields of a form, worked out from the record that it is to become.

Types, limits and allowed words are the record's own (msgspec), the help is its docstring: a form can neither ask for
less than the loader demands nor promise more than it takes.
"""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from msgspec import inspect as types

from serantau.base import PartialDate
from serantau.review.kinds import SOURCE, FactKind, Raw, field_names, plain_text

MOST_RECORDS = 20
"""Records of a list that one form shows; more come by file."""
_ATTRIBUTE = re.compile(r"^ {4}(?: {4})?(\w+): (.+?)(?=\n {4}(?: {4})?\w+: |\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)


class Widget(Enum):
    """How a field is filled in."""

    TEXT = "text"
    LONG_TEXT = "long text"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes or no"
    WORDS = "words"
    RECORDS = "records"


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: Key of the record.
        widget: How it is filled in.
        required: Whether it may not stay empty.
        help: What it means.
        choices: Words allowed; empty where they are free.
        low: Smallest number.
        high: Largest number.
        longest: Most characters.
        pattern: Regular expression of the text.
        parts: Fields of each record of a list.
        single: Whether :attr:`parts` describe one record, not a list.
        refers: What it names that is held elsewhere: ``actions``.
    """

    name: str
    widget: Widget
    required: bool
    help: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    pattern: str = ""
    parts: tuple[Field, ...] = ()
    single: bool = False
    refers: str = ""

    @property
    def label(self) -> str:
        """The name as a person reads it."""
        return self.name.replace("_", " ").capitalize()


def fields_of(kind: FactKind) -> tuple[Field, ...]:
    """The fields of a kind's form, in order."""
    by_name = {one.name: one for one in _fields(kind.struct)}
    chosen = []
    for name in field_names(kind):
        one = by_name[name]
        if name == SOURCE:  # left empty, it is the submission itself
            one = replace(one, required=False, refers="sources")
        if name in kind.long:
            one = replace(one, widget=Widget.LONG_TEXT)
        chosen.append(replace(one, refers=kind.choices.get(name, one.refers)))
    return tuple(chosen)


def _fields(struct: type) -> Iterator[Field]:
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    helps = _help_of(struct)
    for one in info.fields:
        yield _field(one.encode_name, one.type, helps.get(one.name, ""), required=one.required)


def _field(name: str, kind: types.Type, help_: str, *, required: bool) -> Field:
    if isinstance(kind, types.Metadata):
        kind = kind.type
    if isinstance(kind, types.UnionType):
        kind = next(one for one in kind.types if not isinstance(one, types.NoneType))
    plain = Field(name, Widget.TEXT, required, help_)
    if isinstance(kind, types.StrType):
        return replace(plain, longest=kind.max_length, pattern=kind.pattern or "")
    if isinstance(kind, types.IntType | types.FloatType):
        widget = Widget.WHOLE if isinstance(kind, types.IntType) else Widget.NUMBER
        return replace(plain, widget=widget, low=_bound(kind.ge, kind.gt), high=_bound(kind.le, kind.lt))
    if isinstance(kind, types.BoolType):
        return replace(plain, widget=Widget.YES_NO, choices=("true", "false"))
    if isinstance(kind, types.EnumType):
        return replace(plain, widget=Widget.CHOICE, choices=tuple(str(one.value) for one in kind.cls))
    if isinstance(kind, types.CustomType) and kind.cls is PartialDate:
        return replace(plain, widget=Widget.DATE)
    if isinstance(kind, types.LiteralType):
        return replace(plain, widget=Widget.CHOICE, choices=tuple(str(one) for one in kind.values))
    if isinstance(kind, types.StructType):
        return replace(plain, widget=Widget.RECORDS, parts=tuple(_fields(kind.cls)), single=True)
    return _list_field(plain, kind)


def _list_field(plain: Field, kind: types.Type) -> Field:
    item = kind.item_type if isinstance(kind, types.VarTupleType | types.ListType) else None
    if isinstance(item, types.StructType):
        return replace(plain, widget=Widget.RECORDS, parts=tuple(_fields(item.cls)))
    if isinstance(item, types.Metadata):
        item = item.type
    if isinstance(item, types.StrType | types.EnumType):
        return replace(plain, widget=Widget.WORDS)
    raise TypeError(f"{plain.name}: no form field for {type(kind).__name__}")


def _bound(closed: float | None, open_: float | None) -> float | None:
    return closed if closed is not None else open_


def _help_of(struct: type) -> dict[str, str]:
    """The explanations of a record's attributes, from the docstrings of its class and of those it builds on."""
    found: dict[str, str] = {}
    for one in reversed(struct.__mro__):
        text = one.__doc__ or ""
        if "Attributes:" in text and not issubclass(one, enum.Enum):
            body = inspect.cleandoc(text).partition("Attributes:\n")[2]
            found |= {name: " ".join(said.split()) for name, said in _ATTRIBUTE.findall(body)}
    return {name: text.replace("``", "") for name, text in found.items()}


# --- from a filled-in form to a record, and back ------------------------------------------------------------------------------


def raw_of(fields: tuple[Field, ...], given: Mapping[str, str], prefix: str = "") -> Raw:
    """The record that somebody filled in, as text; fields left empty are left out.

    Args:
        fields: Fields of the form.
        given: What was sent, by name; parts of records are named ``evidence-0-title``.
        prefix: Before every name.
    """
    raw: Raw = {}
    for one in fields:
        name = prefix + one.name
        if one.widget is Widget.RECORDS and not one.single:
            records = [raw_of(one.parts, given, f"{name}-{number}-") for number in range(MOST_RECORDS)]
            filled = [record for record in records if record]
            if filled:
                raw[one.name] = filled
        elif one.widget is Widget.RECORDS:
            record = raw_of(one.parts, given, f"{name}-")
            if record:
                raw[one.name] = record
        elif text := plain_text(given.get(name, "")).strip():
            raw[one.name] = [word.strip() for word in text.split("\n") if word.strip()] if _is_list(one) else text
    return raw


def given_of(fields: tuple[Field, ...], raw: Raw, prefix: str = "") -> dict[str, str]:
    """What a form shows of a record: the inverse of :func:`raw_of`."""
    given: dict[str, str] = {}
    for one in fields:
        name, value = prefix + one.name, raw.get(one.name)
        if value is None:
            continue
        if one.widget is Widget.RECORDS and isinstance(value, list):
            for number, record in enumerate(value):
                given |= given_of(one.parts, record, f"{name}-{number}-")
        elif one.widget is Widget.RECORDS:
            given |= given_of(one.parts, value, f"{name}-")
        else:
            given[name] = "\n".join(value) if isinstance(value, list) else str(value)
    return given


def _is_list(one: Field) -> bool:
    return one.widget is Widget.WORDS
