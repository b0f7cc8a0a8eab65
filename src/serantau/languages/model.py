"""What a region's folder says about a language."""

from __future__ import annotations

from typing import Annotated

import msgspec

from serantau.facts import Fact
from serantau.facts.model import Identifier, Text

Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", max_length=35)]
Texts = dict[Identifier, Text]


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language that the region's people read.

    Attributes:
        tag: BCP 47 tag.
        name: Its name in itself.
    """

    tag: Tag
    name: Text


class LanguageFacts(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The region's own names and titles in one language (`languages/TAG.yaml`).

    Source and grade are those of the translation, not of what it translates. What is not here is shown in the
    language of the region's facts.

    Attributes:
        id: BCP 47 tag.
        reviewed: Whether somebody who speaks the language has read this file and the catalogue of the interface.
        region: `name` and `short_name` of the region.
        members: Names by code.
        partners: Names by id.
        plans: Titles by id.
        outcomes: Titles by id.
        groups: Names of the groups of an index, by id.
        indicators: Names by id.
        actions: Titles by id.
        declarations: Titles by id.
        units: Units of indicators, by the unit as the indicators write it.
    """

    id: Tag
    reviewed: bool
    region: Texts = msgspec.field(default_factory=dict)
    members: Texts = msgspec.field(default_factory=dict)
    partners: Texts = msgspec.field(default_factory=dict)
    plans: Texts = msgspec.field(default_factory=dict)
    outcomes: Texts = msgspec.field(default_factory=dict)
    groups: Texts = msgspec.field(default_factory=dict)
    indicators: Texts = msgspec.field(default_factory=dict)
    actions: Texts = msgspec.field(default_factory=dict)
    declarations: Texts = msgspec.field(default_factory=dict)
    units: dict[Text, Text] = msgspec.field(default_factory=dict)
