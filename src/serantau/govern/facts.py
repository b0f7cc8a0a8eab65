"""What a region holds of law, and what of it is in force for a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from serantau.base import AsOf, PartialDate, Truth, suggest
from serantau.facts import Fact, Grade, is_known, is_valid
from serantau.govern.errors import GovernError
from serantau.govern.flow import Flow
from serantau.govern.model import (
    Condition,
    Conflict,
    Coverage,
    DataClass,
    Defines,
    Effect,
    Instrument,
    Layer,
    Model,
    Provision,
    Side,
    Standing,
    Term,
    TermKind,
)

F = TypeVar("F", bound=Fact)

DIMENSIONS = (TermKind.DATA, TermKind.SECTOR, TermKind.EXPORTER, TermKind.RECIPIENT, TermKind.VOLUME)
"""What a condition may ask about besides the destination and the circumstances."""

GRADES = (Grade.PRIMARY, Grade.SECONDARY, Grade.WEAK, Grade.MEMORY)
"""From the best to the weakest."""


def weakest(grades: Iterable[Grade]) -> Grade | None:
    """The weakest of some grades; None of none.

    >>> weakest([Grade.PRIMARY, Grade.WEAK])
    <Grade.WEAK: 'weak'>
    """
    return max(grades, key=GRADES.index, default=None)


class Vocabulary:
    """The words of a region, and which are wider than which."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Take the terms, in the order in which lists show them."""
        self.terms = tuple(terms)
        self._by = {(term.kind, term.id): term for term in self.terms}
        self._wider: dict[tuple[TermKind, str], frozenset[str]] = {}

    def has(self, kind: TermKind, word: str) -> bool:
        """Whether there is such a word."""
        return (kind, word) in self._by

    def term(self, kind: TermKind, word: str) -> Term:
        """The term.

        Raises:
            GovernError: if there is none; names the nearest.
        """
        found = self._by.get((kind, word))
        if found is None:
            raise GovernError(f"There is no {kind.value} {word[:80]!r}. {suggest(word, self.words(kind))}".strip())
        return found

    def words(self, kind: TermKind) -> tuple[str, ...]:
        """The words of a kind that a question may use."""
        return tuple(term.id for term in self.terms if term.kind is kind and term.askable)

    def of(self, kind: TermKind) -> tuple[Term, ...]:
        """The terms of a kind that a question may use."""
        return tuple(term for term in self.terms if term.kind is kind and term.askable)

    def wider(self, kind: TermKind, word: str) -> frozenset[str]:
        """The word and every word that is wider, through any number of steps."""
        key = (kind, word)
        if key not in self._wider:
            term = self._by.get(key)
            above = term.broader if term is not None else ()
            self._wider[key] = frozenset({word}).union(*(self.wider(kind, one) for one in above))
        return self._wider[key]

    def evidence(self, holds: Iterable[str]) -> frozenset[str]:
        """What is in hand, with everything that it also is: model clauses are clauses."""
        atoms: set[str] = set()
        for atom in holds:
            atoms |= {atom} if "=" in atom else self.wider(TermKind.SAFEGUARD, atom)
        return frozenset(atoms)


@dataclass(frozen=True)
class Rules:
    """The law of one member that is in force on a day, as far as was known on another.

    Attributes:
        member: Id of the member.
        asof: The two days.
        layers: Ids of its layers, in the order of the file.
        provisions: Rules of the exporting side in force, or perhaps in force, in the order of the files.
        imports: The same of the importing side.
        doubtful: Ids of those that are perhaps not in force, or not as written: they are reckoned with both ways.
        coverage: What was looked for and not found.
        classes: For each class of data that its law names, the categories in it.
    """

    member: str
    asof: AsOf
    layers: tuple[str, ...]
    provisions: tuple[Provision, ...]
    imports: tuple[Provision, ...]
    doubtful: frozenset[str]
    coverage: tuple[Coverage, ...]
    classes: Mapping[str, frozenset[str]]

    @cached_property
    def deciding(self) -> tuple[Provision, ...]:
        """Rules that can change the decision."""
        restricting = {rule.id for rule in self.provisions if rule.effect in {Effect.PROHIBITS, Effect.PERMITS}}
        outside = {rule.id for rule in self.provisions if rule.defines is Defines.NOT_A_TRANSFER}
        # A layer without either can only be silent, so it does not matter whom it binds.
        layers = {rule.layer for rule in self.provisions if rule.id in restricting | outside}
        return tuple(
            rule
            for rule in self.provisions
            if rule.id in restricting | outside
            or (rule.defines is Defines.BINDS and rule.layer in layers)
            or (rule.effect is Effect.EXEMPTS and not restricting.isdisjoint(rule.frees))
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """Bars that some permit in force names: only those that name them lift them."""
        return frozenset(bar for rule in self.deciding for bar in rule.lifts)

    @cached_property
    def by_id(self) -> Mapping[str, Provision | Coverage]:
        """Every rule and coverage fact by its id."""
        facts: list[Provision | Coverage] = [*self.provisions, *self.imports, *self.coverage]
        return {fact.id: fact for fact in facts}

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on which a decision may turn."""
        facts: list[Provision | Coverage] = [*self.deciding, *self.coverage]
        return tuple(one for fact in facts for one in fact.when)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The circumstances on which a decision may turn, in order."""
        return tuple(sorted({name for one in self.conditions for name in one.facts}))

    @cached_property
    def atoms(self) -> tuple[str, ...]:
        """The evidence that its rules ask for, in order."""
        ways = (way for rule in self.deciding for way in rule.ways)
        return tuple(dict.fromkeys(atom for way in ways for atom in (*way.holds, *way.unless)))


@dataclass(frozen=True)
class LawFacts:
    """Everything that a region's folder says of law. ``by_...`` and ``rules`` answer questions about it."""

    vocabulary: Vocabulary
    instruments: tuple[Instrument, ...]
    layers: tuple[Layer, ...]
    classes: tuple[DataClass, ...]
    provisions: tuple[Provision, ...]
    coverage: tuple[Coverage, ...]
    conflicts: tuple[Conflict, ...]
    models: tuple[Model, ...]

    @cached_property
    def instrument_of(self) -> Mapping[str, Instrument]:
        """Instruments by id."""
        return {row.id: row for row in self.instruments}

    @cached_property
    def layer_of(self) -> Mapping[str, Layer]:
        """Layers by id."""
        return {row.id: row for row in self.layers}

    @cached_property
    def by_id(self) -> Mapping[str, Provision]:
        """Provisions by id, of all times."""
        return {row.id: row for row in self.provisions}

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Ids of the members of whose law something is held, in order."""
        return tuple(sorted({row.member for row in self.instruments} | {row.member for row in self.coverage}))

    def member_of(self, rule: Provision) -> str:
        """Whose law a provision is."""
        return self.instrument_of[rule.instrument].member

    def provision(self, wanted: str) -> Provision:
        """The provision with an id.

        Raises:
            GovernError: if there is none; names the nearest.
        """
        if wanted not in self.by_id:
            raise GovernError(f"There is no provision {wanted[:80]!r}. {suggest(wanted, self.by_id)}".strip())
        return self.by_id[wanted]

    def of(self, member: str) -> tuple[Provision, ...]:
        """Every provision of a member, of all times, in the order of the files."""
        return tuple(rule for rule in self.provisions if self.member_of(rule) == member)

    def rules(self, member: str, asof: AsOf) -> Rules:
        """What is in force in a member on a day; what only may be is in it, and marked as doubtful."""
        mine = [rule for rule in self.of(member) if _may_hold(rule, asof)]
        doubtful = (
            rule.id for rule in mine if is_valid(rule, asof) is Truth.UNKNOWN or rule.standing is Standing.UNRESOLVED
        )
        return Rules(
            member=member,
            asof=asof,
            layers=tuple(layer.id for layer in self.layers if layer.member == member),
            provisions=tuple(rule for rule in mine if rule.side is Side.EXPORT),
            imports=tuple(rule for rule in mine if rule.side is Side.IMPORT),
            doubtful=frozenset(doubtful),
            coverage=tuple(row for row in self.coverage if row.member == member and _holds(row, asof)),
            classes={
                row.id: frozenset(row.data) for row in self.classes if row.member == member and _may_hold(row, asof)
            },
        )

    def boundaries(self, member: str, known: date = date.max) -> tuple[date, ...]:
        """Days on which what is in force in a member changes, the earliest first."""
        asof = AsOf(date.min, known)
        rows: list[Fact] = [*self.of(member)]
        rows += [row for row in self.classes if row.member == member]
        rows += [row for row in self.coverage if row.member == member]
        days = {day for row in rows if is_known(row, asof) for day in _edges(row)}
        return tuple(sorted(days))

    def first_day(self, member: str) -> date | None:
        """The day on which the earliest rule that is held begins; None if none has a known day."""
        days = [row.valid_from.earliest for row in self.of(member) if row.valid_from.known]
        days += [row.valid_from.earliest for row in self.coverage if row.member == member and row.valid_from.known]
        return min(days, default=None)


def _holds(fact: Fact, asof: AsOf) -> bool:
    return is_known(fact, asof) and is_valid(fact, asof) is Truth.YES


def _may_hold(fact: Fact, asof: AsOf) -> bool:
    return is_known(fact, asof) and is_valid(fact, asof) is not Truth.NO


def _edges(fact: Fact) -> tuple[date, ...]:
    """Days on which the validity of a fact changes its truth value."""
    days = []
    if fact.valid_from.known:
        days += [fact.valid_from.earliest, fact.valid_from.latest]
    if fact.valid_to.known:
        days += [_day_after(fact.valid_to, "earliest"), _day_after(fact.valid_to, "latest")]
    return tuple(days)


def _day_after(day: PartialDate, end: str) -> date:
    last: date = getattr(day, end)
    return last + timedelta(days=1)


def matches(rules: Rules, vocabulary: Vocabulary, conditions: tuple[Condition, ...], flow: Flow) -> bool:
    """Whether any of the conditions holds of a flow of which every circumstance is known; of none, it does."""
    return not conditions or any(_matches(rules, vocabulary, one, flow) for one in conditions)


def _matches(rules: Rules, vocabulary: Vocabulary, condition: Condition, flow: Flow) -> bool:
    for kind in DIMENSIONS:
        wanted = getattr(condition, kind.value)
        if wanted and not meets(rules, vocabulary, kind, wanted, getattr(flow, kind.value)):
            return False
    if condition.destination and flow.destination not in condition.destination:
        return False
    stated = dict(flow.facts)
    return all(stated[name] is value for name, value in condition.facts.items())


def meets(rules: Rules, vocabulary: Vocabulary, kind: TermKind, wanted: tuple[str, ...], value: str) -> bool:
    """Whether a value of a dimension is one of those wanted, or narrower, or in a class that is wanted."""
    wider = vocabulary.wider(kind, value)
    if not wider.isdisjoint(wanted):
        return True
    classes = (rules.classes.get(name, frozenset()) for name in wanted) if kind is TermKind.DATA else ()
    return any(not wider.isdisjoint(members) for members in classes)
