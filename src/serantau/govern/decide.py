"""The whole answer to one question: decision, rules, what is missing, duties, the other side, what comes next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from serantau.base import AsOf, Truth
from serantau.facts import Fact, Grade
from serantau.govern.asking import check_flow
from serantau.govern.countries import ALPHA2
from serantau.govern.duties import Due, duties_of, truth_of
from serantau.govern.errors import GovernError
from serantau.govern.facts import LawFacts, Rules
from serantau.govern.flow import Assessment, Decision, Finding, Flow
from serantau.govern.interpret import Reading, Verdict, interpret
from serantau.govern.model import Coverage, Provision
from serantau.govern.table import DecisionTable, Explained, OriginTable


@dataclass(frozen=True)
class Importing:
    """The side that the data come to.

    Attributes:
        member: Id of the member, None where the country is none.
        rules: What is held of duties there; empty means *unknown*, never *none*.
    """

    member: str | None
    rules: tuple[Provision, ...]


@dataclass(frozen=True)
class NextChange:
    """The next day on which the answer changes, as far as is known.

    Attributes:
        day: The day.
        decision: The decision from then on.
        missing: What is missing from then on.
        new_duties: Duties that begin.
        ended_duties: Duties that end.
    """

    day: date
    decision: Decision
    missing: tuple[tuple[str, ...], ...]
    new_duties: tuple[Provision, ...]
    ended_duties: tuple[Provision, ...]


@dataclass(frozen=True)
class Decided:
    """The whole answer.

    Attributes:
        flow: The flow that was asked about, with the assessments among its evidence.
        asof: The day, and the day by which facts had to be known.
        decision: The decision.
        confidence: The weakest grade among what decided; None for *unknown* and for data that stay at home.
        rules: What decided: provisions, and the coverage fact.
        missing: The smallest sets of evidence that would do, beyond what is held.
        ways: The smallest sets that do, whatever is held.
        turns_on: Circumstances that were not stated and change the decision.
        unresolved: Rules that are in doubt and change the decision.
        not_looked: Whether nobody has looked for other rules on this flow.
        duties: What has to be done, by when.
        importing: The other side.
        assessments: The judgements that count as evidence, by whom and when.
        next_change: The next day on which the answer changes; None if none is known.
        readings: Every reading of the question that was made.
    """

    flow: Flow
    asof: AsOf
    decision: Decision
    confidence: Grade | None
    rules: tuple[Provision | Coverage, ...]
    missing: tuple[tuple[str, ...], ...]
    ways: tuple[tuple[str, ...], ...]
    turns_on: tuple[str, ...]
    unresolved: tuple[Provision, ...]
    not_looked: bool
    duties: tuple[Due, ...]
    importing: Importing
    assessments: tuple[Assessment, ...]
    next_change: NextChange | None
    readings: tuple[Reading, ...]


class Decider:
    """Answers questions about one region's law; keeps the tables that it has compiled.

    A table is compiled for each member and each span of days in which its law does not change. It is a function of
    the facts alone, so that keeping it changes no answer.
    """

    def __init__(self, law: LawFacts, homes: Mapping[str, str]) -> None:
        """Take the law, and for each member its ISO alpha-2 code."""
        self.law = law
        self.homes = dict(homes)
        self.countries = tuple(sorted({*ALPHA2, *self.homes.values()}))
        self._members = {code: member for member, code in homes.items()}
        facts: list[Fact] = [*law.provisions, *law.coverage, *law.classes]
        ended = {fact.withdrawn.latest for fact in facts if fact.withdrawn is not None}
        self._known_days = sorted({fact.known.latest for fact in facts} | ended)
        self._edges = lru_cache(maxsize=256)(law.boundaries)
        self._origin = lru_cache(maxsize=256)(self._compile)

    def table(self, asof: AsOf) -> DecisionTable:
        """The table of all members on a day."""
        return DecisionTable(self.law, self.homes, asof, {one: self.origin(one, asof) for one in self.homes})

    def origin(self, member: str, asof: AsOf) -> OriginTable:
        """The table of one member on a day; days between which its law does not change share one."""
        known = asof.known if asof.known == date.max else _last(self._known_days, asof.known)
        return self._origin(member, AsOf(_last(self._edges(member, known), asof.valid), known))

    def member(self, code: str) -> str:
        """The id of a member, by its id or its alpha-2 code in any case; the text itself if it is none."""
        wanted = code.strip().upper()
        return self._members.get(wanted, wanted)

    def decide(
        self,
        flow: Flow,
        asof: AsOf,
        assessments: tuple[Assessment, ...] = (),
        first_transfer: date | None = None,
    ) -> Decided:
        """Decide a flow.

        Args:
            flow: The flow.
            asof: The day of the transfer, and the day by which facts had to be known.
            assessments: Judgements that the law asks for, each with who made it and when.
            first_transfer: The day of the first transfer of this kind, for deadlines that run from it.

        Raises:
            GovernError: with everything that is wrong with the question.
        """
        atoms = frozenset[str]().union(*(one.atoms for one in assessments))
        check_assessments(assessments, asof)
        whole = replace(flow, holds=flow.holds | atoms)
        table = self._checked(whole, asof)
        found = table.explain(whole)
        verdict = interpret(table.rules, self.law.vocabulary, whole, table.home)
        due = self._duties(table.rules, found, whole, asof.valid, first_transfer, assessments)
        facts = table.rules.by_id
        open_ = _open(verdict, table.rules) if found.decision is Decision.UNKNOWN else ((), (), False)
        return Decided(
            flow=whole,
            asof=asof,
            decision=found.decision,
            confidence=found.confidence,
            rules=tuple(facts[name] for name in found.rules),
            missing=found.missing,
            ways=tuple(table.words(found.answer.named(need)) for need, _ in found.answer.ways),
            turns_on=open_[0],
            unresolved=open_[1],
            not_looked=open_[2],
            duties=due,
            importing=self._importing(whole, asof),
            assessments=assessments,
            next_change=self._next_change(whole, asof, found, due),
            readings=verdict.readings,
        )

    def _compile(self, member: str, asof: AsOf) -> OriginTable:
        return OriginTable(self.law.rules(member, asof), self.law.vocabulary, self.homes[member], self.countries)

    def _checked(self, flow: Flow, asof: AsOf) -> OriginTable:
        check_flow(self.law, flow, self.homes, self.countries, asof.valid)
        return self.origin(flow.origin, asof)

    def _duties(
        self,
        rules: Rules,
        found: Explained,
        flow: Flow,
        day: date,
        first_transfer: date | None,
        assessments: tuple[Assessment, ...],
    ) -> tuple[Due, ...]:
        if found.decision is Decision.PROHIBITED or flow.destination == self.homes[flow.origin]:
            return ()
        return duties_of(rules, self.law.vocabulary, flow, day, first_transfer, assessments)

    def _importing(self, flow: Flow, asof: AsOf) -> Importing:
        member = self._members.get(flow.destination)
        if member is None:
            return Importing(None, ())
        rules = self.law.rules(member, asof)
        speaking = (
            rule for rule in rules.imports if truth_of(rules, self.law.vocabulary, rule.when, flow) is not Truth.NO
        )
        return Importing(member, tuple(speaking))

    def _next_change(self, flow: Flow, asof: AsOf, now: Explained, due: tuple[Due, ...]) -> NextChange | None:
        today = {one.rule.id: one.rule for one in due}
        for day in self.law.boundaries(flow.origin, asof.known):
            if day <= asof.valid:
                continue
            table = self.origin(flow.origin, AsOf(day, asof.known))
            then = table.explain(flow)
            later = {one.rule.id: one.rule for one in self._duties(table.rules, then, flow, day, None, ())}
            if (then.decision, set(then.missing)) != (now.decision, set(now.missing)) or later.keys() != today.keys():
                begun = tuple(rule for name, rule in later.items() if name not in today)
                ended = tuple(rule for name, rule in today.items() if name not in later)
                return NextChange(day, then.decision, then.missing, begun, ended)
        return None


def decide(
    law: LawFacts,
    homes: Mapping[str, str],
    flow: Flow,
    asof: AsOf,
    assessments: tuple[Assessment, ...] = (),
) -> Decided:
    """Decide one flow; :class:`Decider` keeps its tables and is the way for many."""
    return Decider(law, homes).decide(flow, asof, assessments)


def check_assessments(assessments: tuple[Assessment, ...], asof: AsOf) -> None:
    """Refuse a judgement of nobody, of no day, or of a day still to come.

    Raises:
        GovernError: if one is such.
    """
    for one in assessments:
        if one.finding is Finding.NOT_ASSESSED:
            continue
        if not one.by.strip() or one.on is None:
            raise GovernError(
                f"The assessment {one.about!r} does not say by whom and when. Somebody must have made it: name both."
            )
        if one.on > asof.valid:
            raise GovernError(f"The assessment {one.about!r} is of {one.on}, after the day of the question.")


def _last(days: Sequence[date], day: date) -> date:
    """The last of some days, in order, up to a day; the beginning of the calendar if there is none."""
    place = bisect_right(days, day)
    return days[place - 1] if place else date.min


def _open(verdict: Verdict, rules: Rules) -> tuple[tuple[str, ...], tuple[Provision, ...], bool]:
    """What an *unknown* turns on: circumstances, rules in doubt, and whether nobody looked."""
    names = [*rules.facts, "volume"]
    turning = tuple(name for name in names if _matters(verdict.readings, name))
    doubtful = tuple(rule for rule in rules.deciding if rule.id in rules.doubtful and _doubt(verdict.readings, rule.id))
    looked = any(reading.decision is Decision.UNKNOWN for reading in verdict.readings)
    return turning, doubtful, looked


def _matters(readings: tuple[Reading, ...], name: str) -> bool:
    """Whether two readings that differ in one circumstance only come to different decisions."""
    groups: dict[object, set[Decision]] = {}
    for reading in readings:
        others = tuple(pair for pair in reading.flow.facts if pair[0] != name)
        volume = None if name == "volume" else reading.flow.volume
        groups.setdefault((others, volume, reading.without), set()).add(reading.decision)
    return any(len(decisions) > 1 for decisions in groups.values())


def _doubt(readings: tuple[Reading, ...], name: str) -> bool:
    groups: dict[object, set[Decision]] = {}
    for reading in readings:
        key = (reading.flow.facts, reading.flow.volume, reading.without - {name})
        groups.setdefault(key, set()).add(reading.decision)
    return any(len(decisions) > 1 for decisions in groups.values())
