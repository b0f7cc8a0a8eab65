"""What a recogniser is, what a kind of data is, and what a scan finds in a column.

A recogniser is data: the shapes that a number is written in, and the rules
that a number of that shape keeps. Nothing here knows a country.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from serantau.base import PartialDate
from serantau.facts import Fact, Sourced
from serantau.facts.model import Identifier, Text
from serantau.region.model import Alpha3

Position = Annotated[int, msgspec.Meta(ge=1, le=64)]
Shape = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Digits = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Chars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="chars"):
    """One position holds one of some characters."""

    at: Position
    allowed: Digits


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="code"):
    """Some digits are a code of a list.

    Attributes:
        at: First position.
        length: Number of digits.
        codes: The list; ranges are written ``001-096``.
        library: Name of a list that python-stdnum keeps (``my/bp``), instead of ``codes``.
        excluded: Whether the list names what may *not* stand there.
    """

    at: Position
    length: Annotated[int, msgspec.Meta(ge=1, le=5)]
    codes: tuple[Digits, ...] = ()
    library: str = ""
    excluded: bool = False


class Birth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="date"):
    """Some digits are a day of the calendar.

    Attributes:
        year: First position of the year.
        year_digits: Two or four.
        month: First position of the month; 0 if the number has a year only.
        day: First position of the day; 0 if the number has none.
        day_offset: Added to the day of some holders (40 for women in one numbering).
        century: Position of the digit that gives the century; 0 if none does.
        centuries: Century by that digit.
    """

    year: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    year_digits: Annotated[int, msgspec.Meta(ge=2, le=4)] = 2
    month: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    day: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    day_offset: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    century: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    centuries: dict[str, int] = {}


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="check"):
    """One position is computed from others: a weighted sum, divided, looked up.

    ``result[(sum of weight x value + start) mod modulus]`` stands at ``at``; a
    ``-`` in the result stands for a remainder that no valid number has.

    Attributes:
        at: Position of the check character.
        first: First position that is summed; the weights follow from there.
        weights: One for each position.
        modulus: Divisor.
        result: One character for each remainder.
        start: Added to the sum.
        values: Characters whose places (from 0) are their values; digits count as themselves if empty.
        by: Position of a letter that changes ``start`` and ``result``; 0 if none does.
        starts: ``start`` by that letter.
        results: ``result`` by that letter.
    """

    at: Position
    first: Position
    weights: tuple[int, ...]
    modulus: Annotated[int, msgspec.Meta(ge=2, le=97)]
    result: str = ""
    start: int = 0
    values: str = ""
    by: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    starts: dict[str, int] = {}
    results: dict[str, str] = {}


class Luhn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="luhn"):
    """The digits from ``first`` to ``last`` pass Luhn's test (ISO/IEC 7812-1 Annex B)."""

    first: Position
    last: Position


class Mod97(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="rule", tag="mod97"):
    """The whole, its first four characters moved to the end, leaves 1 (ISO 13616, ISO/IEC 7064 MOD 97-10)."""


Rule = Chars | Code | Birth | Check | Luhn | Mod97


class Pattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a cell is told that has no fixed shape.

    Attributes:
        regex: Matched against the whole cell, in upper case, digits of every script as 0-9.
        needs: Characters that every match holds; where a table has none of them the pattern is not tried.
        elsewhere: How often a cell of other data matches by chance, as judged by whoever wrote the pattern. Left out,
            it is measured on each column as for numbers with a shape.
        compact: Match the cell without spaces, hyphens, dots, slashes and brackets.
        shape: Regular expression over shapes (``9`` a digit, ``A`` a letter); only cells of such a shape are tried.
    """

    regex: Text
    elsewhere: Annotated[float, msgspec.Meta(gt=0, lt=1)] | None = None
    needs: str = ""
    compact: bool = False
    shape: str = ""


class Recogniser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one sort of number or text is told.

    Attributes:
        id: Permanent identifier.
        kind: Id of the kind of data that it shows.
        title: What the number is called.
        member: Member whose number it is; None if it is nobody's in particular.
        shapes: Ways in which it is written: ``9`` any digit, ``A`` any letter, ``*`` either, anything else itself.
        rules: What a number of such a shape keeps; positions count letters and digits only.
        pattern: Instead of shapes and rules, for what has no fixed shape.
    """

    id: Identifier
    kind: Identifier
    title: Text
    member: Alpha3 | None = None
    shapes: tuple[Shape, ...] = ()
    rules: tuple[Rule, ...] = ()
    pattern: Pattern | None = None


class MemberRecogniser(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recogniser as a fact of a region: who says that the number is made so, and how well that was checked.

    Attributes:
        agrees_with: Module of python-stdnum that must give the same answer for every number; empty if none covers it.
    """

    id: Identifier
    kind: Identifier
    title: Text
    member: Alpha3
    shapes: tuple[Shape, ...] = ()
    rules: tuple[Rule, ...] = ()
    pattern: Pattern | None = None
    agrees_with: str = ""

    def plain(self) -> Recogniser:
        """The recogniser alone."""
        return Recogniser(
            id=self.id,
            kind=self.kind,
            title=self.title,
            member=self.member,
            shapes=self.shapes,
            rules=self.rules,
            pattern=self.pattern,
        )


class Kind(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of data that a column may hold.

    Attributes:
        id: Permanent identifier.
        title: What it is called.
        category: Term of the vocabulary of data categories (``personal.health``).
        words: Names of columns that hold it, each in any language of the region.
        values: Values that a column of it holds (blood groups, religions); empty if they are not a closed list.
        letters: Whether its cells are words rather than numbers, so that a column of digits is not taken for it.
        dates: Whether its cells are dates.
    """

    id: Identifier
    title: Text
    category: Identifier
    words: tuple[Text, ...] = ()
    values: tuple[Text, ...] = ()
    letters: bool = False
    dates: bool = False


class NotCovered(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of a member for which no usable source was found, so that nothing here recognises it."""

    member: Alpha3
    number: Text
    looked: PartialDate


class Tier(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk tier of an inventory; rank 1 is the highest."""

    id: Identifier
    title: Text
    rank: Annotated[int, msgspec.Meta(ge=1, le=20)]


class Stage(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage of the life cycle of data; ``order`` counts from 1."""

    id: Identifier
    title: Text
    order: Annotated[int, msgspec.Meta(ge=1, le=20)]


@dataclass(frozen=True)
class HandlingFacts:
    """What a region knows about telling and handling data.

    Attributes:
        recognisers: Numbers of members that can be told.
        kinds: Kinds of data, with the names of their columns.
        not_covered: Numbers for which no source was found.
        tiers: Risk tiers of an inventory, highest first.
        stages: Stages of the life cycle, in order.
    """

    recognisers: tuple[MemberRecogniser, ...] = ()
    kinds: tuple[Kind, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    tiers: tuple[Tier, ...] = ()
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One thing that a column may hold, and how the evidence stands for it.

    Attributes:
        kind: Id of the kind; ``other`` for anything that no recogniser knows.
        recogniser: Id of the recogniser; empty for kinds told by name alone and for ``other``.
        title: What to call it.
        member: Alpha-3 code; empty if it is nobody's in particular.
        probability: Share of the belief, 0 to 1, over all explanations that were weighed.
        nats: Natural logarithm of the likelihood ratio against other content of the same form.
        valid: Cells that keep its rules.
        shaped: Cells that have its shape.
        chance: Share of cells of this column that would keep the rules if its positions had nothing to do with
            each other.
    """

    kind: str
    recogniser: str
    title: str
    member: str
    probability: float
    nats: float
    valid: int = 0
    shaped: int = 0
    chance: float = 1.0


@dataclass(frozen=True)
class Finding:
    """What a scan says of one column.

    Attributes:
        table: Table, sheet or file.
        column: Its heading.
        cells: Cells read.
        filled: Cells that were not empty.
        distinct: Different values among them (estimated above 2,048).
        verdict: ``found``, ``likely``, ``ambiguous``, ``by name``, ``free text``, ``not recognised`` or ``empty``.
        kind: Id of the kind; empty if none.
        title: Title of the kind.
        category: Term of the vocabulary of data categories; empty if none.
        explanations: What was weighed, likeliest first, with its odds.
        evidence: A few cells, masked.
        inside: For free text, what stands inside: kind and number of cells.
        note: What a person should know.
    """

    table: str
    column: str
    cells: int
    filled: int
    distinct: int
    verdict: str
    kind: str = ""
    title: str = ""
    category: str = ""
    explanations: tuple[Explanation, ...] = ()
    evidence: tuple[str, ...] = ()
    inside: tuple[tuple[str, int], ...] = ()
    note: str = ""
