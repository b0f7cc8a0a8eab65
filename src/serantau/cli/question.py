"""What a command was asked about: the bundle, the plan, the members and the day, found once and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from serantau.base import AsOf, Truth, suggest
from serantau.cli.groups import stop
from serantau.cli.options import asof, own_folder

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.measure.assessment import Period
    from serantau.measure.definition import Definition
    from serantau.measure.figures import Figures
    from serantau.measure.indicators import Indicator
    from serantau.measure.load import PlanIndex
    from serantau.measure.standing import Standing
    from serantau.plan.model import Outcome, Plan
    from serantau.region import Member


@dataclass(frozen=True)
class Question:
    """A question to one plan of a region on one day.

    Attributes:
        bundle: The facts.
        asof: The two times.
        plan: The plan.
        index: How its outcomes are scored.
        period: The plan's first and last day.
        members: The members on the day of the question, by name.
    """

    bundle: Bundle
    asof: AsOf
    plan: Plan
    index: PlanIndex
    period: Period
    members: tuple[Member, ...]

    @property
    def edition(self) -> str:
        """Label of the edition of the facts."""
        return self.bundle.edition.label

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes of the plan that the index names, in its order."""
        return tuple(self.bundle.plans.outcome(name) for name in self.index.outcomes)

    @property
    def codes(self) -> list[str]:
        """Codes of the members."""
        return [member.id for member in self.members]

    @property
    def ended(self) -> bool:
        """Whether the plan's period is over on the day of the question."""
        return self.period.end < self.asof.valid

    @property
    def definition(self) -> Definition:
        """The plan's index as a definition."""
        return self.bundle.measure.definition(self.index)

    def member(self, code: str) -> Member:
        """The member with a code, if it was a member on the day."""
        member = self.bundle.region.member(code)
        if member not in self.members:
            stop(f"{member.name} was not a member on {self.asof.valid}: its membership runs from {member.valid_from}.")
        return member

    def outcome(self, name: str) -> Outcome:
        """The outcome of the plan with an id or a code."""
        return self.bundle.plans.outcome_of(self.plan.id, name)

    def indicator(self, name: str) -> Indicator:
        """The indicator with an id."""
        return indicator_of(self.bundle, name)

    def figures(self) -> Figures:
        """All figures known and valid at the time of the question."""
        from serantau.measure.figures import Figures

        return Figures(self.bundle.measure.indicators, self.bundle.measure.observations, self.asof)

    def standing(self, replicates: int | None) -> Standing:
        """Measure the members against the plan; 0 replicates for no rank intervals."""
        from serantau.measure.standing import standing

        return standing(self.bundle.measure, self.index, self.period, self.codes, self.asof, replicates)

    def notes(self) -> list[str]:
        """What holds for every answer to the question."""
        notes = []
        uncertain = self.bundle.region.uncertain_members_at(self.asof)
        if uncertain:
            names = ", ".join(member.name for member in uncertain)
            notes.append(f"Left out, because their dates do not tell whether they were members: {names}.")
        from serantau.bundle import today

        if self.asof.valid > today():
            notes.append(f"{self.asof.valid} is still to come: what holds today is taken to hold then.")
        return notes


def ask(region: Path, as_of: date | None, known: date | None, plan: str | None = None) -> Question:
    """Load a region and find the plan; the region's own first plan unless one is named."""
    from serantau.bundle import load_bundle, period_of

    bundle = load_bundle(region, own_folder())
    times = asof(as_of, known)
    chosen = bundle.plans.plan(plan or bundle.region.profile.default_plan)
    index = bundle.measure.index_of(chosen.id)
    if index is None:
        have = ", ".join(sorted(one.plan for one in bundle.measure.indexes)) or "none"
        stop(f"The plan {chosen.id} has no index, so nothing is measured against it. Plans with one: {have}.")
    members = bundle.region.members_at(times)
    _refuse_unknown_day(bundle, known)
    if not members:
        known_by = "now" if known is None else str(known)
        stop(f"As far as was known by {known_by}, the region had no member on {times.valid}. Ask about a later day.")
    period = period_of(chosen)
    if period is None:
        stop(f"The period of the plan {chosen.id} is not known ({chosen.start} to {chosen.end}): nothing is measured.")
    return Question(bundle, times, chosen, index, period, members)


def earliest_known(bundle: Bundle) -> date | None:
    """The day on which the first fact about the members was entered."""
    return min((member.known.latest for member in bundle.region.members if member.known.known), default=None)


def _refuse_unknown_day(bundle: Bundle, known: date | None) -> None:
    """Refuse a day of knowledge before the first fact: nothing was known then, which is no answer."""
    first = earliest_known(bundle)
    if known is not None and first is not None and known < first:
        stop(
            f"--known {known}: the earliest fact about the members was entered on {first}, so by {known} nothing was "
            f"known here. Give --known {first} or later, or leave it out."
        )


def indicator_of(bundle: Bundle, name: str) -> Indicator:
    """The indicator with an id, or a message with the nearest."""
    found = bundle.measure.by_id.get(name)
    if found is None:
        stop(f"There is no indicator {name[:80]!r}. {suggest(name, bundle.measure.by_id)}".strip())
    return found


def source_of(bundle: Bundle, source: str) -> dict[str, object]:
    """Title, publisher, address and licence of a source."""
    found = bundle.sources.get(source)
    if found is None:
        return {"id": source, "title": "recalled, no document", "organisation": None, "address": None, "licence": None}
    return {
        "id": found.id,
        "title": found.title,
        "organisation": found.organisation,
        "address": None if found.address == "none" else found.address,
        "licence": found.licence,
    }


def number(decimals: int) -> object:
    """How a table shows a number with fixed decimals."""
    return lambda value: f"{value:,.{decimals}f}"


def truth_word(value: bool | None) -> str:
    """Yes, no, or not known."""
    return Truth.of(value).value


def joined(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
