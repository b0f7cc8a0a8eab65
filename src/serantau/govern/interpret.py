"""What the law means, written as plainly as it can be: the specification of the decision table.

Nothing here is fast or clever. :mod:`serantau.govern.table` answers the same questions
by look-up, and is tested against this module on every cell.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from serantau.facts import Grade
from serantau.govern.facts import GRADES, Rules, Vocabulary, matches, weakest
from serantau.govern.flow import Decision, Flow
from serantau.govern.model import Coverage, Defines, Effect, Provision, TermKind, Way


class Ruling(Enum):
    """What one layer of a member's law says of a flow."""

    NOT_BOUND = "not-bound"
    NOT_A_TRANSFER = "not-a-transfer"
    SILENT = "silent"
    PASSED = "passed"
    BLOCKED = "blocked"
    CLOSED = "closed"


@dataclass(frozen=True)
class Layered:
    """What one layer says, and the rules that made it say so.

    Attributes:
        layer: Id of the layer.
        ruling: What it says.
        path: The rules on which that rests, in the order in which they were met.
        bars: The rules that stand in the way.
        ways: The ways past them, with the rule that opens each.
    """

    layer: str
    ruling: Ruling
    path: tuple[Provision, ...] = ()
    bars: tuple[Provision, ...] = ()
    ways: tuple[tuple[Provision, Way], ...] = ()


@dataclass(frozen=True)
class Reading:
    """One reading of a flow: every circumstance taken one way, every doubtful rule in or out.

    Attributes:
        flow: The flow with nothing left open.
        without: The doubtful rules that this reading leaves out.
        layers: What each layer says.
        decision: What they say together.
        path: The rules and coverage facts that decided.
    """

    flow: Flow
    without: frozenset[str]
    layers: tuple[Layered, ...]
    decision: Decision
    path: tuple[Provision | Coverage, ...]

    @property
    def confidence(self) -> Grade | None:
        """The weakest grade among what decided; None where nothing had to be relied on."""
        return weakest(fact.grade for fact in self.path)


@dataclass(frozen=True)
class Verdict:
    """The answer, and every reading that was made on the way to it."""

    decision: Decision
    readings: tuple[Reading, ...]

    @property
    def confidence(self) -> Grade | None:
        """The weakest grade over the readings; None for *unknown*, and where nothing had to be relied on."""
        if self.decision is Decision.UNKNOWN:
            return None
        return weakest(grade for reading in self.readings if (grade := reading.confidence) is not None)


def interpret(rules: Rules, vocabulary: Vocabulary, flow: Flow, home: str) -> Verdict:
    """Decide a flow.

    Where readings differ, the answer is *unknown*: it turns on something that was not stated, or that
    the sources leave open. Only where the data may go in every reading is it *permitted*.

    Args:
        rules: What is in force in the member that the data leave.
        vocabulary: The words of the region.
        flow: The flow; circumstances that it does not state are not known.
        home: ISO 3166-1 alpha-2 code of the member that the data leave.
    """
    if flow.destination == home:
        reading = Reading(flow, frozenset(), (), Decision.NOT_A_TRANSFER, ())
        return Verdict(Decision.NOT_A_TRANSFER, (reading,))
    readings = tuple(
        read(rules, vocabulary, complete, without)
        for complete in completions(rules, vocabulary, flow)
        for without in doubts(rules, vocabulary, complete)
    )
    return Verdict(agreed(readings), readings)


def agreed(readings: tuple[Reading, ...]) -> Decision:
    """What all readings say. Where the data may go in every one, for whatever reason, they may go."""
    decisions = {reading.decision for reading in readings}
    if len(decisions) == 1:
        return decisions.pop()
    return Decision.PERMITTED if all(decision.may_go for decision in decisions) else Decision.UNKNOWN


def completions(rules: Rules, vocabulary: Vocabulary, flow: Flow) -> Iterator[Flow]:
    """The flow with whatever matters and was not stated, taken every way."""
    stated = dict(flow.facts)
    asked = [name for name in rules.facts if name not in stated]
    volumes = [flow.volume]
    if flow.volume is None and any(one.volume for one in rules.conditions):
        volumes = list(vocabulary.words(TermKind.VOLUME))
    for volume in volumes:
        for values in itertools.product((False, True), repeat=len(asked)):
            facts = stated | dict(zip(asked, values, strict=True))
            yield replace(flow, volume=volume, facts=tuple(sorted(facts.items())))


def doubts(rules: Rules, vocabulary: Vocabulary, flow: Flow) -> Iterator[frozenset[str]]:
    """Every choice of doubtful rules to leave out, of those that speak of the flow."""
    open_ = [
        rule.id for rule in rules.deciding if rule.id in rules.doubtful and matches(rules, vocabulary, rule.when, flow)
    ]
    for number in range(len(open_) + 1):
        yield from map(frozenset, itertools.combinations(open_, number))


def read(rules: Rules, vocabulary: Vocabulary, flow: Flow, without: frozenset[str]) -> Reading:
    """One reading: what each layer says, then what they say together."""
    speaking = [
        rule for rule in rules.deciding if rule.id not in without and matches(rules, vocabulary, rule.when, flow)
    ]
    evidence = vocabulary.evidence(flow.holds)
    layers = tuple(
        judge(rules, layer, [rule for rule in speaking if rule.layer == layer], evidence) for layer in rules.layers
    )
    coverage = [fact for fact in rules.coverage if matches(rules, vocabulary, fact.when, flow)]
    decision, path = together(layers, coverage)
    return Reading(flow, without, layers, decision, path)


def judge(rules: Rules, layer: str, speaking: list[Provision], evidence: frozenset[str]) -> Layered:
    """What one layer says of a flow of which its rules speak."""
    binding = [rule for rule in speaking if rule.defines is Defines.BINDS]
    if not binding:
        return Layered(layer, Ruling.NOT_BOUND)
    path = [best(binding)]
    no_transfer = [rule for rule in speaking if rule.defines is Defines.NOT_A_TRANSFER]
    if no_transfer:
        return Layered(layer, Ruling.NOT_A_TRANSFER, (*path, best(no_transfer)))

    exempting = [rule for rule in speaking if rule.effect is Effect.EXEMPTS]
    freed = {name for rule in exempting for name in rule.frees}
    bars = [rule for rule in speaking if rule.effect is Effect.PROHIBITS]
    permits = [rule for rule in speaking if rule.effect is Effect.PERMITS]
    restricting = [*bars, *permits]
    path += [best([other for other in exempting if rule.id in other.frees]) for rule in restricting if rule.id in freed]
    bars = [rule for rule in bars if rule.id not in freed]
    permits = [rule for rule in permits if rule.id not in freed]
    if not bars and not permits:
        ruling = Ruling.PASSED if restricting else Ruling.SILENT
        return Layered(layer, ruling, unique(path))

    closed: list[Provision] = []
    blocking: list[Provision] = []
    ways: list[tuple[Provision, Way]] = []
    for bar, lifting in obstacles(rules, bars, permits):
        past = [(rule, way) for rule in lifting if rule.available for way in (rule.ways or (AT_ONCE,))]
        taken = [rule for rule, way in past if open_to(way, evidence)]
        if not past:
            closed += lifting if bar is None else [bar]
        elif not taken:
            blocking += lifting if bar is None else [bar]
            ways += past
        else:
            path += [best(taken)] if bar is None else [bar, best(taken)]
    if closed:
        return Layered(layer, Ruling.CLOSED, unique([*path[:1], *closed]), tuple(closed))
    if blocking:
        return Layered(layer, Ruling.BLOCKED, unique([*path, *blocking]), tuple(blocking), tuple(ways))
    return Layered(layer, Ruling.PASSED, unique(path))


def obstacles(
    rules: Rules, bars: list[Provision], permits: list[Provision]
) -> Iterator[tuple[Provision | None, list[Provision]]]:
    """Each bar with the permits that may lift it.

    A permit that names bars lifts those and no other. The rest are general: they lift every bar that
    nobody names, and where there is none they are a bar themselves (None), since a law that permits on
    conditions permits on no other.
    """
    general = [rule for rule in permits if not rule.lifts]
    unnamed = 0
    for bar in bars:
        if bar.id in rules.named:
            yield bar, [rule for rule in permits if bar.id in rule.lifts]
        else:
            unnamed += 1
            yield bar, general
    if general and not unnamed:
        yield None, general


AT_ONCE = Way(holds=())
"""The way through a `permits` that states none: nothing is needed."""


def unique(rules: list[Provision]) -> tuple[Provision, ...]:
    """Each rule once, in the order in which it was met."""
    return tuple({rule.id: rule for rule in rules}.values())


def open_to(way: Way, evidence: frozenset[str]) -> bool:
    """Whether the evidence opens a way."""
    return evidence.issuperset(way.holds) and evidence.isdisjoint(way.unless)


def best(rules: list[Provision]) -> Provision:
    """The best supported of several rules that do the same; the first of equals."""
    return min(rules, key=lambda rule: GRADES.index(rule.grade))


def together(
    layers: tuple[Layered, ...], coverage: list[Coverage]
) -> tuple[Decision, tuple[Provision | Coverage, ...]]:
    """What all layers say together, and what that rests on.

    A prohibition needs nothing more than the rule that makes it. Everything else says that no other rule
    stands in the way, and so needs a coverage fact.
    """
    closed = [one for one in layers if one.ruling is Ruling.CLOSED]
    if closed:
        return Decision.PROHIBITED, _path(closed)
    blocked = [one for one in layers if one.ruling is Ruling.BLOCKED]
    passed = [one for one in layers if one.ruling is Ruling.PASSED]
    outside = [one for one in layers if one.ruling is Ruling.NOT_A_TRANSFER]
    if outside and not blocked and not passed:
        return Decision.NOT_A_TRANSFER, _path(outside)
    if not coverage:
        return Decision.UNKNOWN, ()
    looked = min(coverage, key=lambda fact: GRADES.index(fact.grade))
    if blocked:
        return Decision.PERMITTED_IF, (*_path([*blocked, *passed, *outside]), looked)
    if passed:
        return Decision.PERMITTED, (*_path([*passed, *outside]), looked)
    return Decision.NOT_RESTRICTED, (looked,)


def _path(layers: list[Layered]) -> tuple[Provision, ...]:
    return unique([rule for one in layers for rule in one.path])
