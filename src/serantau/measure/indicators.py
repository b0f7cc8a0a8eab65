"""Indicators and observations as facts of a region."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.facts import Fact, Grade, Sourced
from serantau.facts.model import Identifier, Text

FIRST_YEAR, LAST_YEAR = 1950, 2100
Year = Annotated[int, msgspec.Meta(ge=FIRST_YEAR, le=LAST_YEAR)]


class Direction(Enum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    REFERENCE = "reference"


class Role(Enum):
    """What an indicator is for.

    ``score``: part of an outcome's score. ``figure``: shown, never scored.
    ``input``: a series from which others are derived. ``slot``: wanted, but no
    rows may or can be kept here; its official address says where to find them. A slot that a
    user fills with rows of their own is read as ``score`` if it has a group and goalposts, else as ``figure``.
    """

    SCORE = "score"
    FIGURE = "figure"
    INPUT = "input"
    SLOT = "slot"


class Scale(Enum):
    """Scale on which a goalpost distance is measured."""

    LINEAR = "linear"
    LOG = "log"


class Basis(Enum):
    """What a goalpost rests on.

    ``natural``: a bound that the definition implies. ``published``: a target
    that an office published. ``frontier``: the best member's value at the
    start of the plan.
    """

    NATURAL = "natural"
    PUBLISHED = "published"
    FRONTIER = "frontier"


class Goalposts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fixed ends of the 0 to 100 scale, stated with their basis.

    Attributes:
        low: Value that scores 0.
        high: Value that scores 100; for direction ``lower`` it is the smaller number.
        scale: ``log`` where equal ratios count as equal steps.
        basis: What the ends rest on.
        why: The basis in one sentence.
        source: Id of a source of the bundle, or ``recalled``.
        grade: How well the source supports it.
    """

    low: float
    high: float
    basis: Basis
    why: Text
    source: Identifier
    grade: Grade
    scale: Scale = Scale.LINEAR


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A target that an office published, with the year by which it is due."""

    value: float
    year: Year
    source: Identifier
    grade: Grade


class Ratio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A derived series: numerator / denominator x factor, for the same member and year."""

    numerator: Identifier
    denominator: Identifier
    factor: float = 1.0


class Official(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the official figures stand."""

    title: Text
    address: Text


class Indicator(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One indicator: what it is and how it is read.

    Attributes:
        id: Permanent identifier.
        name: Short name.
        definition: What is counted, over what, in our own words.
        unit: Unit of the values.
        direction: Which way is better.
        outcome: Id of the outcome of a plan that it speaks to, or ``context``.
        role: What it is for.
        digital: Whether it measures something digital; others never enter a score.
        licence: Terms of its rows.
        group: Group of the index tree (role ``score`` only).
        weight: Weight within its group.
        goalposts: Fixed ends of the scale (mandatory for role ``score``).
        reference: The best value, for direction ``reference`` (for example parity, 1).
        relative: Rated against the other countries of one edition; never read as a trend.
        ratio: How it is derived, where it is.
        base_year: Year of comparison for recovery (value as % of that year's).
        target: Published target, where one exists.
        decimals: Decimals shown.
        official: Where the official figures stand.
    """

    id: Identifier
    name: Text
    definition: Text
    unit: Text
    direction: Direction
    outcome: Identifier
    role: Role
    digital: bool
    licence: Text
    group: str = ""
    weight: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    goalposts: Goalposts | None = None
    reference: float | None = None
    relative: bool = False
    ratio: Ratio | None = None
    base_year: Year | None = None
    target: Target | None = None
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] = 1
    official: tuple[Official, ...] = ()


FLAGS = {
    "break": "break in the series",
    "estimated": "estimated by the publisher",
    "hand-copied": "copied by hand and not checked a second time",
    "derived": "computed from two published series",
    "doubtful": "an anomaly that the publisher does not explain",
    "definition-differs": "another definition than the rest of the series",
    "part-year": "covers part of the year",
    "own": "from a file of your own, not one of the region's facts",
}

FLAG_OF_STATUS = {
    "B": "break",
    "D": "definition-differs",
    "E": "estimated",
    "I": "estimated",
}
"""Our flag for a code of the SDMX list CL_OBS_STATUS (https://sdmx.org, cross-domain code lists; codes recalled)."""
STATUS_NOT_OBSERVED = {"F": "a forecast", "M": "marked as missing", "O": "marked as missing", "L": "marked as missing"}
"""Statuses with which a value is no observation, with the reason that is shown."""


class Observation(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure: its year is its validity.

    Attributes:
        indicator: Id of the indicator.
        member: Alpha-3 code of the member.
        year: Reference year.
        value: The value as published, not rounded.
        flags: Words of :data:`FLAGS`, separated by spaces.
    """

    indicator: Identifier
    member: Identifier
    year: Year
    value: float
    flags: str = ""


class TableLicence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Licence and attribution of one file of observations."""

    file: Text
    licence: Text
    attribution: Text
    share_alike: bool
