"""Holds the decision table against the interpreter, cell by cell.

For a rule set in which evidence only ever helps, two families of sets settle a cell
for good: with each smallest set that is said to be enough the data may go, and with each
largest set that is said not to be enough they may not (the two families are dual: Berge,
*Hypergraphs*, 1989, chapter 2). To these come the empty set, each smallest set without one
of its parts, and everything there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from serantau.govern.clauses import Answer
from serantau.govern.flow import Flow
from serantau.govern.interpret import interpret
from serantau.govern.table import Cell, OriginTable


@dataclass(frozen=True)
class Difference:
    """A flow on which table and interpreter do not agree."""

    flow: Flow
    table: str
    interpreter: str


@dataclass(frozen=True)
class Proof:
    """What was compared, and what differed.

    Attributes:
        cells: Cells that were looked at.
        calls: Questions put to the interpreter.
        differences: Where it answered otherwise.
    """

    cells: int
    calls: int
    differences: tuple[Difference, ...]


def prove(table: OriginTable, *, every: int = 1, first: int = 0) -> Proof:
    """Compare one origin's table with the interpreter.

    Args:
        table: The table.
        every: Look at every so-manieth cell only.
        first: The first cell to look at.
    """
    cells = calls = 0
    differences: list[Difference] = []
    families: dict[Answer, tuple[frozenset[str], ...]] = {}
    for number, cell in enumerate(table.cells()):
        if number % every != first:
            continue
        cells += 1
        if cell.answer not in families:
            families[cell.answer] = tuple(evidence_sets(table, cell.answer))
        for holds in families[cell.answer]:
            calls += 1
            found = _difference(table, cell, holds)
            if found is not None:
                differences.append(found)
    return Proof(cells, calls, tuple(differences))


def cardinality(table: OriginTable) -> int:
    """How many questions a whole proof puts to the interpreter."""
    sizes = {answer: len(set(evidence_sets(table, answer))) for answer in table.answers}
    return sum(sizes[table.answers[number]] for number in table.grid.ravel().tolist())


def evidence_sets(table: OriginTable, answer: Answer) -> Iterator[frozenset[str]]:
    """The sets of evidence that settle a cell, each once."""
    seen: set[frozenset[str]] = set()
    for holds in _families(table, answer):
        if holds not in seen:
            seen.add(holds)
            yield holds


def _families(table: OriginTable, answer: Answer) -> Iterator[frozenset[str]]:
    everything = frozenset(table.atoms)
    yield frozenset()
    smallest = [frozenset(table.words(answer.named(need))) for need, _ in answer.ways]
    for way in smallest:
        yield way
        for part in way:
            yield way - {part}
    yield frozenset(atom for atom in everything if not atom.endswith("=no"))
    yield frozenset(atom for atom in everything if not atom.endswith("=yes"))
    for hitting in transversals([frozenset(table.words(need)) for need, _ in answer.ways]):
        yield frozenset(atom for atom in everything if not hitting & table.vocabulary.evidence({atom}))


def transversals(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The smallest sets that meet every one of some sets (Berge's method).

    >>> sorted(map(sorted, transversals([frozenset("ab"), frozenset("bc")])))
    [['a', 'c'], ['b']]
    """
    found = [frozenset[str]()]
    for one in sets:
        grown = {hitting if hitting & one else hitting | {part} for hitting in found for part in one}
        found = [hitting for hitting in grown if not any(other < hitting for other in grown)]
    return found


def _difference(table: OriginTable, cell: Cell, holds: frozenset[str]) -> Difference | None:
    flow = replace(cell.flow, holds=holds)
    verdict = interpret(table.rules, table.vocabulary, flow, table.home)
    judged = cell.answer.judge(table.mask(holds))
    ours, theirs = (judged.decision, judged.confidence), (verdict.decision, verdict.confidence)
    return None if ours == theirs else Difference(flow, str(ours), str(theirs))
