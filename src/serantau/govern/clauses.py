"""What a cell of the decision table knows: the bars that stand, and the sets of evidence that lift each.

This is written apart from :mod:`serantau.govern.interpret`, on bit masks instead of
words, so that the two can be held against each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from serantau.facts import Grade
from serantau.govern.facts import GRADES, Rules
from serantau.govern.flow import Decision
from serantau.govern.model import Coverage, Defines, Effect, Provision

Needs = tuple[int, int]
"""Evidence that must be there, and evidence that must not, as bits."""


@dataclass(frozen=True)
class Alternative:
    """One way past a bar: the rule that opens it, how well that is supported, and what it takes."""

    need: int
    unless: int
    rule: str
    rank: int

    def open_to(self, mask: int) -> bool:
        """Whether the evidence opens it."""
        return not (self.need & ~mask or self.unless & mask)


@dataclass(frozen=True)
class Clause:
    """A bar and the ways past it.

    Attributes:
        bars: Id of the prohibition; without one, the ids of the permits that stand for it.
        rank: The weakest grade among the bars.
        implied: Whether it stands for permits only, which is no rule of its own.
        ways: The ways, in the order of the files.
    """

    bars: tuple[str, ...]
    rank: int
    implied: bool
    ways: tuple[Alternative, ...]

    def taken(self, mask: int) -> Alternative | None:
        """The best supported way that the evidence opens, the first of equals; None if it opens none."""
        opened = [way for way in self.ways if way.open_to(mask)]
        return min(opened, key=lambda way: way.rank) if opened else None


@dataclass(frozen=True)
class Tested:
    """A layer that restricts: what it rests on whatever the evidence, and its clauses, all of which must be passed."""

    path: tuple[str, ...]
    rank: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Judged:
    """A decision, what made it, and the weakest grade among that."""

    decision: Decision
    rules: tuple[str, ...]
    confidence: Grade | None


@dataclass(frozen=True)
class Gated:
    """A reading that turns on the evidence: permitted when every clause of every layer is passed.

    Attributes:
        layers: The layers that restrict.
        after: What the answer rests on besides, whatever the evidence.
        rank: The weakest grade among ``after``.
    """

    layers: tuple[Tested, ...]
    after: tuple[str, ...]
    rank: int

    def judge(self, mask: int) -> Judged:
        """Decide on the evidence."""
        passed: list[str] = []
        blocked: list[str] = []
        rank = self.rank
        for layer in self.layers:
            path, worst, free = _through(layer, mask)
            rank = max(rank, worst)
            (passed if free else blocked).extend(path)
        decision = Decision.PERMITTED_IF if blocked else Decision.PERMITTED
        return Judged(decision, tuple(dict.fromkeys([*blocked, *passed, *self.after])), GRADES[rank])

    @property
    def clauses(self) -> Iterator[Clause]:
        """The clauses of all layers."""
        return itertools.chain.from_iterable(layer.clauses for layer in self.layers)


def _through(layer: Tested, mask: int) -> tuple[list[str], int, bool]:
    """The path through a layer, its weakest grade, and whether it leads to the other side."""
    path, rank = list(layer.path), layer.rank
    standing: list[str] = []
    for clause in layer.clauses:
        way = clause.taken(mask)
        if way is None:
            standing.extend(clause.bars)
            rank = max(rank, clause.rank)
            continue
        if not clause.implied:
            path.extend(clause.bars)
            rank = max(rank, clause.rank)
        path.append(way.rule)
        rank = max(rank, way.rank)
    return [*path, *standing], rank, not standing


@dataclass(frozen=True)
class Answer:
    """Everything that one cell knows: its readings, one unless something is open.

    Attributes:
        readings: What the cell may mean.
        implied: For each bit of evidence, the bits that come with it.
        opposed: Pairs of bits that cannot both be had.
        explained: Decisions already made, by evidence.
    """

    readings: tuple[Judged | Gated, ...]
    implied: tuple[int, ...] = ()
    opposed: tuple[int, ...] = ()
    explained: dict[int, object] = field(default_factory=dict, compare=False, repr=False)

    def judge(self, mask: int) -> Judged:
        """Decide on the evidence."""
        found = [one.judge(mask) if isinstance(one, Gated) else one for one in self.readings]
        if len(found) == 1:
            return found[0]
        decision = agreed(one.decision for one in found)
        rules = tuple(dict.fromkeys(rule for one in found for rule in one.rules))
        ranks = [GRADES.index(one.confidence) for one in found if one.confidence is not None]
        known = decision is not Decision.UNKNOWN and ranks
        return Judged(decision, rules, GRADES[max(ranks)] if known else None)

    @cached_property
    def ways(self) -> tuple[Needs, ...]:
        """The smallest sets of evidence with which the data may go in every reading; none if there is no such set."""
        found: list[Needs] = [(0, 0)]
        for reading in self.readings:
            if isinstance(reading, Judged):
                if not reading.decision.may_go:
                    return ()
                continue
            for clause in reading.clauses:
                found = self._smallest(
                    (need | way.need, unless | way.unless) for need, unless in found for way in clause.ways
                )
        return tuple(found)

    def merged(self, other: Answer) -> Answer:
        """What holds where it is open which of two cells is meant."""
        if other is self:
            return self
        readings = dict.fromkeys([*self.readings, *other.readings])
        return Answer(tuple(sorted(readings, key=repr)), self.implied, self.opposed)

    def missing(self, mask: int, decision: Decision) -> tuple[int, ...]:
        """What is missing beyond the evidence in hand, as sets of bits that contain what comes with them."""
        if decision not in {Decision.PERMITTED_IF, Decision.UNKNOWN}:
            return ()
        rest = self._smallest((need & ~mask, unless) for need, unless in self.ways if not unless & mask)
        return tuple(need for need, _ in rest if need)

    def named(self, need: int) -> int:
        """The bits of a set that have to be named; the others come with them."""
        kept = need
        for place, with_it in enumerate(self.implied):
            if need >> place & 1:
                kept &= ~with_it
        return kept

    def _smallest(self, ways: Iterable[Needs]) -> list[Needs]:
        """Ways that contain no other, and do not contradict themselves."""
        kept: list[Needs] = []
        for need, unless in sorted(set(ways), key=lambda way: (way[0].bit_count(), way)):
            if need & unless or any(need & pair == pair for pair in self.opposed):
                continue
            if not any(small & ~need == 0 and not closes & ~unless for small, closes in kept):
                kept.append((need, unless))
        return kept


def agreed(decisions: Iterable[Decision]) -> Decision:
    """One decision out of several readings: what they agree on, else that it is not known.

    Where the data may go in every reading, for whatever reason, they may go.

    >>> agreed([Decision.NOT_A_TRANSFER, Decision.PERMITTED])
    <Decision.PERMITTED: 'permitted'>
    >>> agreed([Decision.NOT_A_TRANSFER, Decision.PROHIBITED])
    <Decision.UNKNOWN: 'unknown'>
    """
    found = set(decisions)
    if len(found) == 1:
        return found.pop()
    return Decision.PERMITTED if all(decision.may_go for decision in found) else Decision.UNKNOWN


def settler(
    rules: Rules, number: Mapping[int, int], bits: Mapping[str, int], opposed: tuple[int, ...]
) -> Callable[[int], Answer]:
    """A function from the conditions that a cell meets to its answer.

    Args:
        rules: What is in force.
        number: For each condition, by ``id``, its bit.
        bits: For each piece of evidence, its bit and those that come with it.
        opposed: Pairs of bits that cannot both be had.
    """
    facts: list[Provision | Coverage] = [*rules.deciding, *rules.coverage]
    masks = {fact.id: sum(1 << number[id(one)] for one in fact.when) for fact in facts}
    implied = tuple(mask & ~(1 << place) for place, mask in enumerate(bits.values()))

    def speaks(fact: Provision | Coverage, met: int) -> bool:
        return not fact.when or bool(masks[fact.id] & met)

    seen: dict[frozenset[str], Judged | Gated] = {}

    def settle(met: int) -> Answer:
        speaking = [fact for fact in facts if speaks(fact, met)]
        doubtful = [fact.id for fact in speaking if fact.id in rules.doubtful]
        readings: dict[Judged | Gated, None] = {}
        for kept in itertools.product((True, False), repeat=len(doubtful)):
            without = {name for name, keep in zip(doubtful, kept, strict=True) if not keep}
            left = [fact for fact in speaking if fact.id not in without]
            key = frozenset(fact.id for fact in left)
            if key not in seen:
                mine = [fact for fact in left if isinstance(fact, Provision)]
                seen[key] = _reading(rules, mine, [fact for fact in left if isinstance(fact, Coverage)], bits)
            readings[seen[key]] = None
        return Answer(tuple(sorted(readings, key=repr)), implied, opposed)

    return settle


def _reading(
    rules: Rules, speaking: list[Provision], coverage: list[Coverage], bits: Mapping[str, int]
) -> Judged | Gated:
    tested: list[Tested] = []
    passed: list[Tested] = []
    closed: list[tuple[str, ...]] = []
    closed_rank = 0
    outside: list[str] = []
    outside_rank = 0
    for layer in rules.layers:
        mine = [rule for rule in speaking if rule.layer == layer]
        binding = [rule for rule in mine if rule.defines is Defines.BINDS]
        if not binding:
            continue
        bound = min(binding, key=_rank)
        no_transfer = [rule for rule in mine if rule.defines is Defines.NOT_A_TRANSFER]
        if no_transfer:
            definition = min(no_transfer, key=_rank)
            outside += [bound.id, definition.id]
            outside_rank = max(outside_rank, _rank(bound), _rank(definition))
            continue
        exempting, restricting = _exempted(mine)
        path = tuple(dict.fromkeys([bound.id, *(rule.id for rule in exempting)]))
        rank = max(_rank(bound), *(_rank(rule) for rule in exempting), 0)
        clauses = tuple(_clauses(restricting, rules.named, bits))
        if not clauses and exempting:
            passed.append(Tested(path, rank, ()))
        elif any(not clause.ways for clause in clauses):
            shut = [clause for clause in clauses if not clause.ways]
            closed.append((bound.id, *(bar for clause in shut for bar in clause.bars)))
            closed_rank = max(closed_rank, _rank(bound), *(clause.rank for clause in shut))
        elif clauses:
            tested.append(Tested(path, rank, clauses))
    if closed:
        ids = tuple(dict.fromkeys(itertools.chain.from_iterable(closed)))
        return Judged(Decision.PROHIBITED, ids, GRADES[closed_rank])
    layers = (*tested, *passed)
    if outside and not layers:
        return Judged(Decision.NOT_A_TRANSFER, tuple(dict.fromkeys(outside)), GRADES[outside_rank])
    if not coverage:
        return Judged(Decision.UNKNOWN, (), None)
    looked = min(coverage, key=_rank)
    if not layers:
        return Judged(Decision.NOT_RESTRICTED, (looked.id,), looked.grade)
    return Gated(layers, (*outside, looked.id), max(outside_rank, _rank(looked)))


def _rank(fact: Provision | Coverage) -> int:
    return GRADES.index(fact.grade)


def _exempted(mine: list[Provision]) -> tuple[list[Provision], list[Provision]]:
    """The exemptions that free something, and the restricting rules that are left."""
    exempting = [rule for rule in mine if rule.effect is Effect.EXEMPTS]
    used: dict[str, Provision] = {}
    left: list[Provision] = []
    for rule in mine:
        if rule.effect not in {Effect.PROHIBITS, Effect.PERMITS}:
            continue
        freeing = [other for other in exempting if rule.id in other.frees]
        if freeing:
            chosen = min(freeing, key=_rank)
            used[chosen.id] = chosen
        else:
            left.append(rule)
    return list(used.values()), left


def _clauses(restricting: list[Provision], named: frozenset[str], bits: Mapping[str, int]) -> Iterator[Clause]:
    """A clause for each bar, and one for the general permits where no bar is left to them."""
    bars = [rule for rule in restricting if rule.effect is Effect.PROHIBITS]
    permits = [rule for rule in restricting if rule.effect is Effect.PERMITS]
    general = [rule for rule in permits if not rule.lifts]
    for bar in bars:
        lifting = [rule for rule in permits if bar.id in rule.lifts] if bar.id in named else general
        yield Clause((bar.id,), _rank(bar), implied=False, ways=tuple(_alternatives(lifting, bits)))
    if general and named.issuperset(bar.id for bar in bars):
        ids = tuple(rule.id for rule in general)
        rank = max(_rank(rule) for rule in general)
        yield Clause(ids, rank, implied=True, ways=tuple(_alternatives(general, bits)))


def _alternatives(permits: list[Provision], bits: Mapping[str, int]) -> Iterator[Alternative]:
    for rule in (one for one in permits if one.available):
        if not rule.ways:
            yield Alternative(0, 0, rule.id, _rank(rule))
        for way in rule.ways:
            need = unless = 0
            for atom in way.holds:
                need |= bits[atom]
            for atom in way.unless:
                unless |= _own(atom, bits)
            yield Alternative(need, unless, rule.id, _rank(rule))


def _own(atom: str, bits: Mapping[str, int]) -> int:
    """The one bit of a piece of evidence, without those that come with it."""
    return 1 << list(bits).index(atom)
