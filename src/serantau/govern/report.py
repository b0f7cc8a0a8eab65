"""What the compiler notices about the law of a member on a day: rules without effect, contradictions, holes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from serantau.govern.analyse import differences
from serantau.govern.clauses import Answer, Gated
from serantau.govern.edit import changed
from serantau.govern.flow import Decision
from serantau.govern.model import Effect
from serantau.govern.table import DecisionTable, OriginTable


class Finding(Enum):
    """What was noticed.

    ``never-decides``: without the rule, every cell would have the same answer and the same ways.
    ``contradiction``: a bar that nothing lifts, beside a rule of the same layer that permits the same flow.
    ``hole``: cells in which nobody has looked for rules, so that the answer is *unknown* whatever is in hand.
    ``not-monotone``: cells in which more evidence makes a lawful transfer unlawful.
    """

    NEVER_DECIDES = "never-decides"
    CONTRADICTION = "contradiction"
    HOLE = "hole"
    NOT_MONOTONE = "not-monotone"


@dataclass(frozen=True)
class Noticed:
    """One thing noticed.

    Attributes:
        member: Whose law.
        finding: What.
        rules: The rules concerned.
        cells: In how many cells.
        declared: Whether the facts declare it as meant.
    """

    member: str
    finding: Finding
    rules: tuple[str, ...]
    cells: int
    declared: bool = False


def report(table: DecisionTable, member: str) -> tuple[Noticed, ...]:
    """Everything noticed about one member's law.

    A hole is counted in cells of which every circumstance is stated.
    """
    origin = table.origin(member)
    answers = _counted(origin)
    return (*_idle(table, member), *_contradictions(origin, answers), *_holes(origin), *_not_monotone(origin, answers))


def _counted(origin: OriginTable) -> dict[Answer, int]:
    counted: dict[Answer, int] = {}
    for number in origin.grid.ravel().tolist():
        answer = origin.answers[number]
        counted[answer] = counted.get(answer, 0) + 1
    return counted


def _idle(table: DecisionTable, member: str) -> list[Noticed]:
    """Rules whose removal changes no cell."""
    origin = table.origin(member)
    found: list[Noticed] = []
    for rule in origin.rules.deciding:
        without = changed(table.law, remove=[rule.id])
        rules = without.rules(member, table.asof)
        smaller = OriginTable(rules, without.vocabulary, origin.home, table.destinations)
        if not any(differences(origin, smaller)):
            found.append(Noticed(member, Finding.NEVER_DECIDES, (rule.id,), origin.grid.size))
    return found


def _contradictions(origin: OriginTable, answers: dict[Answer, int]) -> list[Noticed]:
    """Closed cells, by the bars that close them, whose layer also permits."""
    permitting = {rule.layer for rule in origin.rules.deciding if rule.effect is Effect.PERMITS and rule.available}
    by_id = {rule.id: rule for rule in origin.rules.deciding}
    counted: dict[tuple[str, ...], int] = {}
    for answer, cells in answers.items():
        for reading in answer.readings:
            if isinstance(reading, Gated) or reading.decision is not Decision.PROHIBITED:
                continue
            bars = tuple(
                name
                for name in reading.rules
                if by_id[name].effect is Effect.PROHIBITS and by_id[name].layer in permitting
            )
            if bars:
                counted[bars] = counted.get(bars, 0) + cells
    # A way that was never open says that the bar is meant to stand.
    meant = {bar for rule in origin.rules.deciding if not rule.available for bar in rule.lifts}
    return [
        Noticed(origin.rules.member, Finding.CONTRADICTION, bars, cells, meant.issuperset(bars))
        for bars, cells in counted.items()
    ]


def _holes(origin: OriginTable) -> list[Noticed]:
    cells = sum(
        1
        for cell in origin.cells()
        if len(cell.flow.facts) == len(origin.rules.facts)
        and any(not isinstance(one, Gated) and one.decision is Decision.UNKNOWN for one in cell.answer.readings)
    )
    return [Noticed(origin.rules.member, Finding.HOLE, (), cells)] if cells else []


def _not_monotone(origin: OriginTable, answers: dict[Answer, int]) -> list[Noticed]:
    """Cells in which one more piece of evidence shuts what a smallest set opens."""
    counted: dict[tuple[str, ...], int] = {}
    everything = (1 << len(origin.atoms)) - 1
    for answer, cells in answers.items():
        shut: set[str] = set()
        for need, _ in answer.ways:
            for place in range(len(origin.atoms)):
                more = need | 1 << place
                if more & everything == more and not answer.judge(more).decision.may_go:
                    shut.update(answer.judge(need).rules)
        rules = tuple(sorted(name for name in shut if _closes(origin, name)))
        if rules:
            counted[rules] = counted.get(rules, 0) + cells
    return [
        Noticed(origin.rules.member, Finding.NOT_MONOTONE, rules, cells, _declared(origin, rules))
        for rules, cells in counted.items()
    ]


def _closes(origin: OriginTable, name: str) -> bool:
    return any(rule.id == name and any(way.unless for way in rule.ways) for rule in origin.rules.deciding)


def _declared(origin: OriginTable, rules: tuple[str, ...]) -> bool:
    return all(rule.non_monotone for rule in origin.rules.deciding if rule.id in rules)


def cardinalities(table: DecisionTable) -> dict[str, int]:
    """How many cells each member's table has."""
    return {member: int(origin.grid.size) for member, origin in table.origins.items()}
