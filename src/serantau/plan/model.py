"""What was agreed: plans, their outcomes and actions, the meetings that adopted them.

Ids are permanent. The *codes* of outcomes (``DO1``, ``DO2``, ...) are not:
each plan counts from one again and gives the same number another meaning.
Everything here therefore refers by id, and codes are for reading only.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import PartialDate
from serantau.facts import Fact, Grade, Sourced
from serantau.facts.model import Identifier, Text

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$")]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Finite = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class Kind(Enum):
    """What an official count counts."""

    OUTCOMES = "outcomes"
    ACTIONS = "actions"
    PROJECTS = "projects"


class State(Enum):
    """Where a plan stands on a day."""

    NOT_BEGUN = "not begun"
    RUNNING = "running"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Confidence(Enum):
    """How surely a recalled row is remembered; rows from a document have none."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Relation(Enum):
    """How something in a later plan relates to something in an earlier one.

    ``none-known`` is used for two outcomes that share a number but, as far as
    their titles tell, not a meaning, and where the later plan is not known well
    enough to name a counterpart.
    """

    CONTINUES = "continues"
    PARTLY = "partly"
    RENAMED = "renamed"
    NONE_KNOWN = "none-known"


class PriorityClass(Enum):
    """The plan's own priority class of an action. It is shown, and never enters our ranking."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Horizon(Enum):
    """When an action is to start: the plan's own classes of urgency, the most urgent first."""

    SHORT = "short-term"
    MEDIUM = "medium-term"
    LONG = "long-term"


class Progress(Enum):
    """State of a project as its source gives it."""

    PLANNED = "planned"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text in our own words, with the source it paraphrases."""

    text: Text
    source: Identifier
    grade: Grade
    note: str = ""


class OfficialCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a kind the plan has, by an outside source; what we hold may be fewer."""

    of: Kind
    number: Positive
    source: Identifier
    grade: Grade
    note: str = ""


class Dependency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That one action needs another first, with the source of this link."""

    on: Identifier
    source: Identifier
    grade: Grade
    note: str = ""


class Plan(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A masterplan. Its validity begins with its adoption; its period is stated apart.

    Attributes:
        id: Permanent identifier.
        title: Name of the plan.
        short_name: Name used in tables.
        start: First day of the period; a year means from its first day on.
        end: Last day of the period; a year means up to its last day.
        vision: The vision in our words; None where none is known.
        counts: Official numbers of outcomes, actions, projects.
        predecessors: Ids of earlier plans.
        successor: Id of the plan that followed.
        dependencies_complete: Whether the dependencies held are all that the plan has; false
            while any may be missing, because not known is not none.
        more_sources: Further sources of the row.
    """

    id: Identifier
    title: Text
    short_name: Text
    start: PartialDate
    end: PartialDate
    vision: Statement | None = None
    counts: tuple[OfficialCount, ...] = ()
    predecessors: tuple[Identifier, ...] = ()
    successor: Identifier | None = None
    dependencies_complete: bool = False
    more_sources: tuple[Identifier, ...] = ()

    @property
    def first_year(self) -> int | None:
        """Calendar year in which the period begins, None if unknown."""
        return self.start.earliest.year if self.start.known else None

    @property
    def last_year(self) -> int | None:
        """Calendar year in which the period ends, None if unknown or open."""
        return self.end.latest.year if self.end.known else None

    def state_on(self, day: date) -> State:
        """Where the plan stands on a day, by its period.

        A period given in years covers those years whole: that is what a plan
        for 2021-2025 says. A date that is not known yields ``unknown``.
        """
        if self.end.known and self.end.latest < day:
            return State.ENDED
        if not self.start.known:
            return State.UNKNOWN
        if self.start.earliest > day:
            return State.NOT_BEGUN
        return State.UNKNOWN if self.end.text == "unknown" else State.RUNNING

    def official(self, kind: Kind) -> OfficialCount | None:
        """The official count of a kind, None if we have none."""
        return next((count for count in self.counts if count.of is kind), None)


class Outcome(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A desired outcome of a plan.

    Attributes:
        id: Permanent identifier, for example ``adm2025-do1``.
        plan: Id of its plan.
        code: Code within the plan, for example ``DO1``.
        number: Its number within the plan.
        title: Title in our own words.
        recovery: Whether the outcome is the plan's recovery from a crisis, measured against the level before it.
        consumers: Whether it is about keeping consumers from harm, so that reports of scams belong to it; which
            outcome that is, is our own reading of its title.
        more_sources: Further sources of the row.
    """

    id: Identifier
    plan: Identifier
    code: Code
    number: Positive
    title: Text
    recovery: bool = False
    consumers: bool = False
    more_sources: tuple[Identifier, ...] = ()


class Action(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An enabling action of a plan.

    Attributes:
        id: Permanent identifier, for example ``adm2025-ea2-6``.
        plan: Id of its plan.
        outcome: Id of the outcome under which the plan lists it.
        code: Code within the plan, for example ``EA2.6``.
        title: Title in our own words.
        numbering_certain: Whether the code is known to be this action's; false while it is in doubt.
        dependencies: Actions that must come first, each with its source.
        confidence: How surely it is remembered; required when the row is recalled.
    """

    id: Identifier
    plan: Identifier
    outcome: Identifier
    code: Code
    title: Text
    numbering_certain: bool
    dependencies: tuple[Dependency, ...] = ()
    confidence: Confidence | None = None

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Ids of the actions that must come first."""
        return tuple(dependency.on for dependency in self.dependencies)


class Priority(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source says on the priority, timing and lead of an action; every field may be missing.

    Attributes:
        id: Permanent identifier.
        action: Id of the action.
        priority: The plan's own class.
        horizon: The plan's own class of urgency.
        urgency: Urgency as a number from 0 to 1, where a source gives one.
        window_start: First day on which the action may start.
        window_end: Day by which it is due.
        lead: Body that leads it.
    """

    id: Identifier
    action: Identifier
    priority: PriorityClass | None = None
    horizon: Horizon | None = None
    urgency: Share | None = None
    window_start: PartialDate | None = None
    window_end: PartialDate | None = None
    lead: Text | None = None


class Effect(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source says an action does for an outcome, from 0 (nothing) to 1 (all that can be done)."""

    id: Identifier
    action: Identifier
    outcome: Identifier
    effect: Share


class RecoveryWeight(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source says an outcome weighs in recovery, from 0 to 1."""

    id: Identifier
    outcome: Identifier
    weight: Share


class Project(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project under a plan; ``action`` is None where the source does not say which action it serves."""

    id: Identifier
    plan: Identifier
    title: Text
    progress: Progress
    action: Identifier | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    lead: Text | None = None


class Kpi(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key performance indicator that the plan itself names.

    Attributes:
        indicator: Id of the indicator in the bundle that measures it, None where there is none.
    """

    id: Identifier
    outcome: Identifier
    title: Text
    unit: Text
    indicator: Identifier | None = None


class PlanTarget(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that a KPI is to reach by a date; ``member`` is None for the region as a whole."""

    id: Identifier
    kpi: Identifier
    value: Finite
    due: PartialDate
    member: Identifier | None = None


class Meeting(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A meeting of a body; a field left out is not known.

    Attributes:
        id: Permanent identifier.
        body: The body that met, by its short name.
        number: Which meeting of the body it was.
        start: First day, as precise as the source.
        end: Last day.
        place: Where.
        host: Id of the member that hosted.
        chair: Who took the chair, as the source writes the name.
        vice_chair: Who took the vice-chair.
        theme: Theme, in English.
        more_sources: Further sources of the row.
    """

    id: Identifier
    body: Text
    number: Positive
    start: PartialDate
    end: PartialDate
    place: Text | None = None
    host: Identifier | None = None
    chair: Text | None = None
    vice_chair: Text | None = None
    theme: Text | None = None
    more_sources: tuple[Identifier, ...] = ()


class Declaration(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration that a meeting adopted.

    Attributes:
        signatories: Codes of the members that signed it; left out where no source says who did.
        more_sources: Further sources of the row.
    """

    id: Identifier
    meeting: Identifier
    title: Text
    signatories: tuple[Identifier, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Output(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something else that a meeting produced.

    Attributes:
        verb: What the meeting did with it (noted, welcomed, endorsed, approved, adopted, launched), because the
            verb carries the status; None where the source does not say.
        plan: Id of the plan it concerns, if one.
    """

    id: Identifier
    meeting: Identifier
    title: Text
    verb: Text | None = None
    plan: Identifier | None = None
    more_sources: tuple[Identifier, ...] = ()


class Crosswalk(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How something in a later plan relates to something in an earlier one.

    Attributes:
        earlier: Id of a plan, outcome or action.
        later: Id of a plan, outcome or action of another plan.
        relation: How the two relate.
    """

    id: Identifier
    earlier: Identifier
    later: Identifier
    relation: Relation


Record = (
    Plan
    | Outcome
    | Action
    | Priority
    | Effect
    | RecoveryWeight
    | Project
    | Kpi
    | PlanTarget
    | Meeting
    | Declaration
    | Output
    | Crosswalk
)

RECORD_KINDS: dict[str, type[Record]] = {
    "plans": Plan,
    "outcomes": Outcome,
    "actions": Action,
    "priorities": Priority,
    "effects": Effect,
    "recovery_weights": RecoveryWeight,
    "projects": Project,
    "kpis": Kpi,
    "targets": PlanTarget,
    "meetings": Meeting,
    "declarations": Declaration,
    "outputs": Output,
    "crosswalks": Crosswalk,
}
"""The files of the ``plan`` folder: ``plan/<key>.yaml`` holds one key, ``<key>:``, with a list of this kind."""


FOLDER = "plan"


def file_of(key: str) -> str:
    """Path, within a region's folder, of the file that holds a kind of record."""
    return f"{FOLDER}/{key}.yaml"


def statements_of(record: Sourced) -> tuple[Statement | OfficialCount | Dependency, ...]:
    """Parts of a record that name a source of their own."""
    if isinstance(record, Plan):
        vision = () if record.vision is None else (record.vision,)
        return (*vision, *record.counts)
    return record.dependencies if isinstance(record, Action) else ()
