"""What the API answers with: frozen structures, from which the OpenAPI document takes its schemas."""

from __future__ import annotations

from datetime import date

import msgspec

from serantau.facts import Grade, Source
from serantau.measure.indicators import Basis, Direction, Indicator, TableLicence
from serantau.plan.model import Action, Crosswalk, Declaration, Meeting, Outcome, Output, Plan, Priority, State
from serantau.region.model import Member, Partner, Profile

# --- what every answer carries -----------------------------------------------------------------------------------------


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer carries.

    Attributes:
        edition: Label of the edition of the facts: the same question to the same edition has the same answer.
        as_of: The day that the answer is about.
        known: Only what was known here on that day was used; null for the newest knowledge.
        licence: Terms of the region's own facts; figures carry the licence of their source.
        sources: The documents and tables that the rows name.
        notes: What a reader must know before reading a number.
    """

    edition: str
    as_of: date
    known: date | None
    licence: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


class FigureAnswer(Answer, frozen=True, kw_only=True):
    """An answer that rests on figures: beside their sources, the licence and attribution of the files they stand in."""

    licences: tuple[TableLicence, ...]


class PlanAnswer(FigureAnswer, frozen=True, kw_only=True):
    """An answer about one plan."""

    plan: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document (RFC 9457): what is wrong, why, and what to do."""

    title: str
    status: int
    detail: str
    parameter: str = ""
    perhaps: tuple[str, ...] = ()


# --- facts ---------------------------------------------------------------------------------------------------------------


class RegionAnswer(Answer, frozen=True, kw_only=True):
    """The region, its partners, and the licences of its tables."""

    region: Profile
    partners: tuple[Partner, ...]
    members: int
    tables: tuple[TableLicence, ...]


class MembersAnswer(Answer, frozen=True, kw_only=True):
    """The members on the day, by name; ``uncertain`` are those whose dates do not tell."""

    rows: tuple[Member, ...]
    uncertain: tuple[Member, ...]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a kind are held here, beside how many there officially are (null: no such number is known)."""

    of: str
    held: int
    official: int | None
    source: str | None
    grade: Grade | None


class PlanRow(Plan, frozen=True, kw_only=True):
    """A plan, where it stands on the day, and how much of it is held here."""

    state: State
    held: tuple[Count, ...]
    measured: bool


class PlansAnswer(Answer, frozen=True, kw_only=True):
    """The plans, in the order of their periods."""

    rows: tuple[PlanRow, ...]


class OutcomeRow(Outcome, frozen=True, kw_only=True):
    """An outcome, and how it relates to those of other plans."""

    crosswalks: tuple[Crosswalk, ...]


class OutcomesAnswer(Answer, frozen=True, kw_only=True):
    """The outcomes of a plan, by number."""

    plan: str
    rows: tuple[OutcomeRow, ...]


class ActionRow(Action, frozen=True, kw_only=True):
    """An enabling action, the actions that it unlocks as far as is known, and what a source says on its timing."""

    unlocks: tuple[str, ...]
    timing: Priority | None


class ActionsAnswer(Answer, frozen=True, kw_only=True):
    """The enabling actions of a plan, or of one outcome, by code."""

    plan: str
    rows: tuple[ActionRow, ...]


class MeetingRow(Meeting, frozen=True, kw_only=True):
    """A meeting with its declarations and other outputs."""

    declarations: tuple[Declaration, ...]
    outputs: tuple[Output, ...]


class MeetingsAnswer(Answer, frozen=True, kw_only=True):
    """The meetings that had taken place, the earliest first."""

    rows: tuple[MeetingRow, ...]


class IndicatorsAnswer(Answer, frozen=True, kw_only=True):
    """The indicators: definition, unit, direction, goalposts with their basis, licence."""

    rows: tuple[Indicator, ...]


# --- figures -------------------------------------------------------------------------------------------------------------


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with what it rests on.

    Attributes:
        indicator: Id of the indicator.
        member: Alpha-3 code of the member.
        year: Reference year.
        value: In the indicator's unit.
        unit: That unit.
        flags: Marks of the figure.
        grade: The weakest grade among its sources.
        known: Day on which it was known here, the later where there are two; ``unknown`` is honest.
        sources: Ids of its sources: one, or two for a figure computed from two.
        licences: Licences of the files it stands in.
        derived: Whether it was computed here from two published figures.
        note: What was noted beside it.
    """

    indicator: str
    member: str
    year: int
    value: float
    unit: str
    flags: tuple[str, ...]
    grade: Grade
    known: str
    sources: tuple[str, ...]
    licences: tuple[str, ...]
    derived: bool
    note: str


class ObservationsAnswer(FigureAnswer, frozen=True, kw_only=True):
    """A page of figures, ordered by indicator, member and year; the Link header leads to the others."""

    total: int
    limit: int
    offset: int
    rows: tuple[FigureRow, ...]


# --- standing ------------------------------------------------------------------------------------------------------------


class OutcomeSummaryRow(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an outcome has a score, and if not why; ids of its indicators by what they are for."""

    outcome: str
    code: str
    title: str
    scored: bool
    why: str
    indicators: tuple[str, ...]
    figures: tuple[str, ...]
    slots: tuple[str, ...]


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """One member on one outcome: score, rank with its 90 % interval, change under the plan; null where there is none."""

    member: str
    outcome: str
    state: str
    score: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    have: int
    of: int
    change: float | None
    change_over: int
    change_capped: int
    marks: dict[str, int]


class StandingAnswer(PlanAnswer, frozen=True, kw_only=True):
    """Where the members stand on the outcomes of a plan; ``last_year`` is null where nothing is measured."""

    index: str | None
    index_note: str
    last_year: int | None
    outcomes: tuple[OutcomeSummaryRow, ...]
    rows: tuple[ScoreRow, ...]


class MoveOut(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a score whose direction is sure: its interval holds 90 % of the draws of the choices behind it."""

    member: str
    outcome: str
    change: float
    low: float
    high: float
    share: float
    over: int
    of: int


class GapOut(msgspec.Struct, frozen=True, kw_only=True):
    """The spread of the same members on one indicator in two years; ``p`` is corrected for all indicators compared."""

    indicator: str
    name: str
    first_year: int
    last_year: int
    members: tuple[str, ...]
    logarithm: bool
    sd_first: float
    sd_last: float
    relative: float
    p: float | None
    sure: bool


class MissingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing behind the scores: figures wanted, absent and old, by member and by indicator."""

    unscored: tuple[str, ...]
    wanted: int
    absent: int
    old: int
    by_member: dict[str, int]
    by_indicator: dict[str, int]


class FindingsAnswer(PlanAnswer, frozen=True, kw_only=True):
    """What stands out under a plan; ``missing`` is null where nothing is measured."""

    moves: tuple[MoveOut, ...]
    unsure: int
    unknown: int
    gaps: tuple[GapOut, ...]
    missing: MissingOut | None


class AssessmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of one member: last figure before the plan, latest within it, change, gap, and what is missing."""

    outcome: str
    code: str
    indicator: str
    name: str
    unit: str
    member: str
    before: FigureRow | None
    latest: FigureRow | None
    change: float | None
    better: bool | None
    gap: float | None
    goalpost: float | None
    goalpost_basis: Basis | None
    missing: str


class AssessmentAnswer(PlanAnswer, frozen=True, kw_only=True):
    """The closing assessment of a plan."""

    rows: tuple[AssessmentOut, ...]


# --- paths ---------------------------------------------------------------------------------------------------------------


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """A figure on the path."""

    year: int
    value: float
    flags: tuple[str, ...]


class Projected(msgspec.Struct, frozen=True, kw_only=True):
    """A year of the path ahead, with its 90 % interval where there is one."""

    year: int
    value: float
    low: float | None
    high: float | None


class PathRow(msgspec.Struct, frozen=True, kw_only=True):
    """Change, gap, projection, and status against a target that has a source; null is not known."""

    indicator: str
    member: str
    unit: str
    first_year: int | None
    first: float | None
    last_year: int | None
    last: float | None
    change_a_year: float | None
    gap: float | None
    gap_closed: float | None
    projected_year: int | None
    projected: float | None
    projected_low: float | None
    projected_high: float | None
    status: str
    reason: str
    target: float | None
    target_year: int | None
    target_source: str | None
    arrival: float | None
    probability: float | None
    observed: tuple[Observed, ...]
    path: tuple[Projected, ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...]


class TrajectoryAnswer(PlanAnswer, frozen=True, kw_only=True):
    """The path of one indicator, and where it goes by a model."""

    model: str
    rows: tuple[PathRow, ...]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of dispersion in the first and the last year, and its relative change."""

    first: float
    last: float
    relative: float | None


class LeftOutRow(msgspec.Struct, frozen=True, kw_only=True):
    """A member that is not compared, and why."""

    member: str
    reason: str


class ConvergenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Sigma and beta convergence of one indicator, always over the same members; null is not known."""

    indicator: str
    unit: str
    first_year: int | None
    last_year: int | None
    members: tuple[str, ...]
    compared: int
    cv_first: float | None
    cv_last: float | None
    cv_change: float | None
    dispersion: dict[str, Spread]
    beta: float | None
    beta_stderr: float | None
    beta_p: float | None
    beta_members: int
    half_life: float | None
    left_out: tuple[LeftOutRow, ...]
    note: str | None


class ConvergenceAnswer(PlanAnswer, frozen=True, kw_only=True):
    """Whether the members draw together, by indicator."""

    rows: tuple[ConvergenceRow, ...]


# --- provenance ----------------------------------------------------------------------------------------------------------


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a score, unfolded.

    Attributes:
        node: Id of the outcome, group or indicator.
        name: Its name.
        kind: ``outcome``, ``group`` or ``indicator``.
        score: 0 to 100, or null.
        rank: Among the members, or null.
        weight: Share of the weight of the parent's parts that have a score.
        contribution: Weight times score, where the parent is an arithmetic mean.
        method: How a group is aggregated, how an indicator is normalised.
        values: For an indicator, its value after each step.
        marks: Marks of the figure, and ``imputed``, ``winsorised``.
        missing: Why there is no score; empty if there is one.
        figure: For an indicator, the figure used; null where there is none.
        percent_of_base_year: For a recovery indicator, the figure as % of the base year's.
        goalpost_low: Value that scores 0.
        goalpost_high: Value that scores 100.
        goalpost_basis: What the goalposts rest on.
        goalpost_why: That basis in a sentence.
        direction: Which way is better.
        observations: For an indicator, the published figures behind the one used.
        parts: What a group is made of.
    """

    node: str
    name: str
    kind: str
    score: float | None
    rank: int | None
    weight: float | None
    contribution: float | None
    method: str
    values: dict[str, float | None]
    marks: tuple[str, ...]
    missing: str
    figure: FigureRow | None
    percent_of_base_year: float | None
    goalpost_low: float | None
    goalpost_high: float | None
    goalpost_basis: Basis | None
    goalpost_why: str | None
    direction: Direction | None
    observations: tuple[FigureRow, ...]
    parts: tuple[Node, ...]


class ExplainAnswer(PlanAnswer, frozen=True, kw_only=True):
    """A score unfolded to figures and sources; ``score`` is null where the outcome has none, and ``why`` says why.

    ``shown`` are the indicators of the outcome that are not part of its score.
    """

    member: str
    outcome: str
    why: str
    score: Node | None
    shown: tuple[Node, ...]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of the API."""

    path: str
    summary: str
    parameters: tuple[str, ...]


class IndexAnswer(Answer, frozen=True, kw_only=True):
    """Where everything is."""

    openapi: str
    documentation: str
    operations: tuple[Operation, ...]
