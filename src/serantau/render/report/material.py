"""What a report is composed from: the question, the facts, and the engines' answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from serantau.base import AsOf
from serantau.facts import Source
from serantau.facts.model import RECALLED
from serantau.languages import Formats, Words
from serantau.measure.assessment import AssessmentRow, Period
from serantau.measure.indicators import Indicator
from serantau.measure.load import MeasureFacts
from serantau.measure.standing import Standing
from serantau.plan import Outcome, Plan, PlanFacts
from serantau.region import Member, Region


@dataclass(frozen=True)
class Material:
    """The material of one report. The facts are in its language already; the words say the rest.

    Attributes:
        words: The language.
        reviewed: Whether somebody who speaks it has read the translation.
        region: Who.
        plans: What was agreed.
        measure: Indicators and figures.
        sources: Documents by id.
        plan: The plan that the report is about.
        period: Its first and last day.
        asof: The two times of the question.
        edition: Label of the edition of the facts.
        members: The members on the day of the question.
        standing: Where they stand.
        member: The member that the report is about; None for the region.
        assessed: For a report on a member, each indicator before and within the plan.
        sure: Member and outcome of every change of a score whose direction may be stated.
    """

    words: Words
    reviewed: bool
    region: Region
    plans: PlanFacts
    measure: MeasureFacts
    sources: Mapping[str, Source]
    plan: Plan
    period: Period
    asof: AsOf
    edition: str
    members: tuple[Member, ...]
    standing: Standing
    member: Member | None = None
    assessed: tuple[AssessmentRow, ...] = ()
    sure: frozenset[tuple[str, str]] = frozenset()

    @property
    def formats(self) -> Formats:
        """How the language writes numbers and days."""
        return self.words.formats

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that the index speaks of, in the plan's order."""
        held = {one.id: one for one in self.plans.all_outcomes}
        return tuple(held[one.outcome] for one in self.standing.outcomes)

    @property
    def scored(self) -> tuple[Outcome, ...]:
        """The outcomes that have a score."""
        return tuple(one for one in self.outcomes if self.standing.outcome(one.id).scored)

    def label(self, outcome: Outcome) -> str:
        """Code and short name of an outcome."""
        index = self.measure.index_of(self.plan.id)
        names = {group.id: group.name for group in index.groups} if index else {}
        return f"{outcome.code} {names.get(outcome.id, '')}".strip()

    def name(self, member: str) -> str:
        """Name of a member."""
        return next(one.name for one in self.members if one.id == member)

    def indicator(self, name: str) -> Indicator:
        """An indicator, named in the language."""
        return self.measure.by_id[name]

    @property
    def ended(self) -> bool:
        """Whether the plan's period is over on the day of the question."""
        return self.period.end < self.asof.valid

    def source_title(self, name: str) -> str:
        """Title and publisher of a source; empty for what is recalled."""
        found = self.sources.get(name)
        if name == RECALLED or found is None:
            return ""
        return f"{found.title}, {found.organisation}" if found.organisation != "unknown" else found.title

    def day(self, day: date) -> str:
        """A day in the language."""
        return self.formats.day(day)
