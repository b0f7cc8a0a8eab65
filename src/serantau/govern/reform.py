"""Which legal changes would open most: every single change and every pair, and the best choice of any few.

A change is one edit of one member's law: a bar is repealed, a safeguard is accepted in a
layer, a rule in doubt is settled one way. Each set of changes of one member is tried by
reading the changed law anew and counting the flows that may go after it and might not
before. A change touches flows of its own member only, so the best choice over all members
is a knapsack over the best of each: exact, not searched for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import msgspec

from serantau.base import OPEN, AsOf, PartialDate
from serantau.facts import Grade
from serantau.govern.edit import changed
from serantau.govern.errors import GovernError
from serantau.govern.facts import LawFacts, Rules
from serantau.govern.flow import Flow
from serantau.govern.interpret import interpret
from serantau.govern.model import Effect, Provision, Standing, Way
from serantau.govern.table import Profile

MOST_CHANGES = 6
MOST_TRIALS = 20_000


class ChangeKind(Enum):
    """What is done to the law."""

    REPEAL = "repeal"
    ACCEPT = "accept"
    SETTLE_OUT = "settle-out"
    SETTLE_IN = "settle-in"


@dataclass(frozen=True)
class Change:
    """One edit of one member's law.

    Attributes:
        kind: What is done.
        member: Whose law.
        target: Id of the provision that is repealed or settled, or of the layer that accepts.
        safeguard: What is accepted; empty for the others.
    """

    kind: ChangeKind
    member: str
    target: str
    safeguard: str = ""


@dataclass(frozen=True)
class Weighted:
    """A flow and what it counts."""

    flow: Flow
    weight: float


@dataclass(frozen=True)
class Scored:
    """A set of changes and the weight of the flows that it opens."""

    changes: tuple[Change, ...]
    opened: float


@dataclass(frozen=True)
class Reforms:
    """What was tried.

    Attributes:
        total: Weight of all flows.
        open_now: Weight of those that may go already.
        singles: Every single change, the best first.
        pairs: Every pair of changes, the best first.
        best: The best choice of up to ``k`` changes, for each ``k`` from one on.
        trials: How often changed law was read.
    """

    total: float
    open_now: float
    singles: tuple[Scored, ...]
    pairs: tuple[Scored, ...]
    best: tuple[Scored, ...]
    trials: int


def flows_of(
    homes: Mapping[str, str],
    profiles: Sequence[Profile],
    holds: frozenset[str],
    weights: Mapping[tuple[str, str], float] | None = None,
    destinations: Sequence[str] | None = None,
) -> tuple[Weighted, ...]:
    """Every profile from every member to every other, or to the destinations given.

    Args:
        homes: For each member, its ISO alpha-2 code.
        profiles: What is sent, by whom.
        holds: The evidence in hand.
        weights: Weight of a pair of countries (both as alpha-2 codes); 1 where none is given.
        destinations: Where to; the members themselves if not given.
    """
    given = weights or {}
    return tuple(
        Weighted(Flow(member, there, *profile, holds=holds), given.get((home, there), 1.0))
        for member, home in homes.items()
        for there in destinations or homes.values()
        if there != home
        for profile in profiles
    )


def candidates(rules: Rules, safeguards: Sequence[str]) -> tuple[Change, ...]:
    """The changes of one member's law that are tried.

    Args:
        rules: What is in force.
        safeguards: What a layer may be made to accept.
    """
    member = rules.member
    found: list[Change] = []
    for rule in rules.deciding:
        if rule.effect is Effect.PROHIBITS:
            found.append(Change(ChangeKind.REPEAL, member, rule.id))
        if rule.id in rules.doubtful:
            found.append(Change(ChangeKind.SETTLE_OUT, member, rule.id))
            found.append(Change(ChangeKind.SETTLE_IN, member, rule.id))
    restricting = {Effect.PROHIBITS, Effect.PERMITS}
    for layer in dict.fromkeys(rule.layer for rule in rules.deciding if rule.effect in restricting):
        found += [Change(ChangeKind.ACCEPT, member, layer, one) for one in safeguards]
    return tuple(found)


def apply(law: LawFacts, rules: Rules, changes: Sequence[Change]) -> LawFacts:
    """The law after some changes of one member's."""
    add: list[Provision] = []
    remove: list[str] = []
    for change in changes:
        if change.kind in {ChangeKind.REPEAL, ChangeKind.SETTLE_OUT}:
            remove.append(change.target)
        elif change.kind is ChangeKind.SETTLE_IN:
            rule = law.by_id[change.target]
            add.append(
                msgspec.structs.replace(rule, standing=Standing.SETTLED, valid_from=_today(rules), valid_to=OPEN)
            )
        else:
            add += _accepting(rules, change)
    gone = set(remove)
    return changed(law, [rule for rule in add if rule.id not in gone], remove)


def _accepting(rules: Rules, change: Change) -> Iterator[Provision]:
    """A permit for the bars of a layer that nobody names, and one for each of those that somebody does."""
    mine = [rule for rule in rules.deciding if rule.layer == change.target]
    pattern = next(rule for rule in mine if rule.effect in {Effect.PROHIBITS, Effect.PERMITS})
    named = tuple(rule.id for rule in mine if rule.effect is Effect.PROHIBITS and rule.id in rules.named)
    general = any(rule.effect is Effect.PERMITS and not rule.lifts for rule in mine) or any(
        rule.effect is Effect.PROHIBITS and rule.id not in rules.named for rule in mine
    )
    for place, lifts in enumerate([*([()] if general else []), *([named] if named else [])]):
        yield Provision(
            id=f"reform-{change.target}-{change.safeguard}-{place}",
            instrument=pattern.instrument,
            article="unknown",
            layer=change.target,
            effect=Effect.PERMITS,
            text=f"On trial: {change.safeguard} is accepted.",
            ways=(Way(holds=(change.safeguard,)),),
            lifts=lifts,
            source="recalled",
            grade=Grade.MEMORY,
            known=_today(rules),
            valid_from=_today(rules),
            valid_to=OPEN,
        )


def _today(rules: Rules) -> PartialDate:
    return PartialDate(rules.asof.valid.isoformat())


def reforms(
    law: LawFacts,
    homes: Mapping[str, str],
    flows: Sequence[Weighted],
    asof: AsOf,
    safeguards: Sequence[str],
    most: int = 2,
) -> Reforms:
    """Score every single change and every pair, and find the best choice of up to ``most``.

    Args:
        law: The law as it is.
        homes: For each member, its ISO alpha-2 code.
        flows: The flows that count, each with its weight.
        asof: The day.
        safeguards: What a layer may be made to accept.
        most: How many changes may be chosen together.

    Raises:
        GovernError: if that would take too many trials.
    """
    if not 1 <= most <= MOST_CHANGES:
        raise GovernError(f"At most {MOST_CHANGES} changes can be chosen together, and at least one: not {most}.")
    trials = _Trials(law, homes, flows, asof, safeguards)
    trials.check(max(2, most))
    scored = {member: trials.of(member, max(2, most)) for member in homes}
    everything = [one for sets in scored.values() for one in sets]
    singles = [one for one in everything if len(one.changes) == 1]
    pairs = [one for one in everything if len(one.changes) == 2]
    # Two members' laws do not touch each other's flows, so what the two changes open adds up.
    pairs += [
        Scored(one.changes + other.changes, one.opened + other.opened)
        for one, other in itertools.combinations(singles, 2)
        if one.changes[0].member != other.changes[0].member
    ]
    best = [_best(scored, number) for number in range(1, most + 1)]
    return Reforms(
        total=sum(one.weight for one in flows),
        open_now=trials.open_now,
        singles=tuple(sorted(singles, key=_order)),
        pairs=tuple(sorted(pairs, key=_order)),
        best=tuple(best),
        trials=trials.count,
    )


def _order(scored: Scored) -> tuple[float, int, str]:
    return (-scored.opened, len(scored.changes), repr(scored.changes))


def _best(scored: Mapping[str, Sequence[Scored]], most: int) -> Scored:
    """A knapsack over the members: the best choice of at most so many changes; fewer where more add nothing."""
    chosen: dict[int, Scored] = {0: Scored((), 0.0)}
    for sets in scored.values():
        grown = dict(chosen)
        for used, so_far in chosen.items():
            for one in sets:
                size = used + len(one.changes)
                if size <= most:
                    both = Scored(so_far.changes + one.changes, so_far.opened + one.opened)
                    grown[size] = min(grown.get(size, both), both, key=_order)
        chosen = grown
    return min(chosen.values(), key=_order)


class _Trials:
    """Reads changed laws and counts."""

    def __init__(
        self,
        law: LawFacts,
        homes: Mapping[str, str],
        flows: Sequence[Weighted],
        asof: AsOf,
        safeguards: Sequence[str],
    ) -> None:
        self.law, self.homes, self.asof = law, homes, asof
        self.count = 0
        self.open_now = 0.0
        self.shut: dict[str, list[Weighted]] = {member: [] for member in homes}
        self.rules = {member: law.rules(member, asof) for member in homes}
        for member in homes:
            mine = [one for one in flows if one.flow.origin == member]
            may_go = self._deciding(law, member)
            self.shut[member] = [one for one in mine if not may_go(one.flow)]
            self.open_now += sum(one.weight for one in mine) - sum(one.weight for one in self.shut[member])
        self.changes = {
            member: candidates(self.rules[member], safeguards) if self.shut[member] else () for member in homes
        }

    def check(self, most: int) -> None:
        """Refuse what would take too long."""
        needed = sum(len(_choose(changes, most)) for changes in self.changes.values())
        if needed > MOST_TRIALS:
            raise GovernError(
                f"That takes {needed} trials, more than {MOST_TRIALS}. Ask for fewer changes together, or safeguards."
            )

    def of(self, member: str, most: int) -> tuple[Scored, ...]:
        """Every choice of changes of one member, up to so many together."""
        return tuple(Scored(choice, self._opened(member, choice)) for choice in _choose(self.changes[member], most))

    def _opened(self, member: str, choice: tuple[Change, ...]) -> float:
        may_go = self._deciding(apply(self.law, self.rules[member], choice), member)
        return sum(one.weight for one in self.shut[member] if may_go(one.flow))

    def _deciding(self, law: LawFacts, member: str) -> Callable[[Flow], bool]:
        """Whether a flow may go under a law. A few flows are asked about, so nothing is compiled for the others."""
        self.count += 1
        rules = law.rules(member, self.asof)
        everywhere = not any(one.destination for one in rules.conditions)
        held: dict[Flow, bool] = {}

        def may_go(flow: Flow) -> bool:
            # Where no rule names a country, one destination stands for all.
            key = replace(flow, destination="") if everywhere else flow
            if key not in held:
                held[key] = interpret(rules, law.vocabulary, flow, self.homes[member]).decision.may_go
            return held[key]

        return may_go


def _choose(changes: Sequence[Change], most: int) -> list[tuple[Change, ...]]:
    """Every choice of up to so many changes, of which no two do something to one provision."""
    found: list[tuple[Change, ...]] = []
    for size in range(1, min(most, len(changes)) + 1):
        for choice in itertools.combinations(changes, size):
            targets = [one.target for one in choice if one.kind is not ChangeKind.ACCEPT]
            if len(set(targets)) == len(targets):
                found.append(choice)
    return found
