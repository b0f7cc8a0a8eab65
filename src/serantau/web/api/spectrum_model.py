"""What the operations on spectrum answer with."""

from __future__ import annotations

import msgspec

from serantau.base import PartialDate
from serantau.facts import Grade
from serantau.spectrum.model import Band, Policy
from serantau.web.api.model import Answer


class BandsAnswer(Answer, frozen=True, kw_only=True):
    """The bands as 3GPP numbers them; ``covers`` of each: the bands in which a radio for it works, too."""

    rows: tuple[Band, ...]
    covers: dict[str, tuple[str, ...]]


class HeldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A range that somebody holds, or an amount whose range is not known.

    Attributes:
        bands: Ids of bands.
        holds: Whether it holds on the day: ``yes`` or ``unknown``.
        total_mhz: Both directions together; null where not known.
    """

    id: str
    member: str
    bands: tuple[str, ...]
    holder: str
    area: str
    holds: str
    duplex: str | None
    uplink_low_mhz: float | None
    uplink_high_mhz: float | None
    downlink_low_mhz: float | None
    downlink_high_mhz: float | None
    total_mhz: float | None
    valid_from: PartialDate
    valid_to: PartialDate
    source: str
    grade: Grade
    note: str


class HoldingsAnswer(Answer, frozen=True, kw_only=True):
    """What is held on the day, or may be."""

    rows: tuple[HeldRow, ...]


class AmountOut(msgspec.Struct, frozen=True, kw_only=True):
    """Megahertz, both directions of a pair together: at least, as last reported, at most."""

    lower: float
    reported: float
    upper: float


class CommonRow(msgspec.Struct, frozen=True, kw_only=True):
    """What all the members have in common in one band.

    Attributes:
        members: What each can use by itself.
        narrowing: How far the upper bound could fall if a member's data were whole.
    """

    band: str
    duplex: str
    common: AmountOut
    members: dict[str, AmountOut]
    narrowing: dict[str, float]


class CommonAnswer(Answer, frozen=True, kw_only=True):
    """Megahertz common to all members, band by band."""

    rows: tuple[CommonRow, ...]


class ConflictRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two holdings whose frequencies meet; ``certain`` is whether both surely hold."""

    kind: str
    ours: str
    theirs: str
    shared: tuple[tuple[float, float], ...]
    certain: bool


class ConflictsAnswer(Answer, frozen=True, kw_only=True):
    """What meets what between two members."""

    member: str
    neighbour: str
    rows: tuple[ConflictRow, ...]


class PolicyAnswer(Answer, frozen=True, kw_only=True):
    """Policy records of the day, dimension by dimension."""

    rows: tuple[Policy, ...]


class RecommendationRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a member might do: the criterion, what is known here, and records of those who meet it."""

    criterion: str
    title: str
    threshold: float | None
    unit: str
    basis: str
    met: str
    record: str | None
    peers: tuple[str, ...]


class RecommendationsAnswer(Answer, frozen=True, kw_only=True):
    """Criteria that a member does not meet, or on which nothing is known. There is no single score."""

    member: str
    rows: tuple[RecommendationRow, ...]


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """One intermediate result of the method."""

    key: str
    equation: str
    unit: str
    meaning: str
    value: float


class FieldAnswer(Answer, frozen=True, kw_only=True):
    """Field strength of one path over flat ground.

    Attributes:
        method: Name and version.
        distance_km: Of the path.
        field_strength_dbuv_m: Exceeded for the share of time at half of the places.
        free_space_dbuv_m: The same in free space.
        loss_db: Basic transmission loss.
        mode: The mechanism that decides, and why.
        rows: Every step.
    """

    method: str
    distance_km: float
    field_strength_dbuv_m: float
    free_space_dbuv_m: float
    loss_db: float
    mode: str
    rows: tuple[StepRow, ...]
