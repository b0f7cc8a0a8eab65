"""Answers about many flows at once: the matrix, the gaps, and what differs between two days or two rule sets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from serantau.govern.clauses import Answer
from serantau.govern.facts import DIMENSIONS
from serantau.govern.flow import Decision, Flow
from serantau.govern.model import TermKind
from serantau.govern.table import DecisionTable, Explained, OriginTable, Profile


@dataclass(frozen=True)
class Matrix:
    """Decisions by origin and destination, for one profile and one set of evidence.

    Attributes:
        origins: Ids of the members, in rows.
        destinations: ISO alpha-2 codes, in columns.
        cells: The answer for each row and column.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    cells: tuple[tuple[Explained, ...], ...]


def matrix(
    table: DecisionTable, profile: Profile, holds: frozenset[str], destinations: Sequence[str] | None = None
) -> Matrix:
    """Who may send what to whom.

    Args:
        table: The table of a day.
        profile: What is sent, by whom.
        holds: The evidence in hand.
        destinations: Columns; the members themselves if not given.
    """
    columns = tuple(destinations or table.homes.values())
    rows = tuple(
        tuple(table.explain(Flow(origin, column, *profile, holds=holds)) for column in columns)
        for origin in table.origins
    )
    return Matrix(tuple(table.origins), columns, rows)


@dataclass(frozen=True)
class BySafeguard:
    """What each single safeguard does for one origin.

    Attributes:
        origin: Id of the member.
        without: The decision with nothing in hand.
        alone: For each safeguard and assessment, the decision with it alone.
        ways: The smallest sets that do.
    """

    origin: str
    without: Decision
    alone: Mapping[str, Decision]
    ways: tuple[tuple[str, ...], ...]


def by_safeguard(table: DecisionTable, profile: Profile, destination: str) -> tuple[BySafeguard, ...]:
    """By which safeguard each member lets data go."""
    vocabulary = table.law.vocabulary
    atoms = [*vocabulary.words(TermKind.SAFEGUARD), *(f"{one}=yes" for one in vocabulary.words(TermKind.ASSESSMENT))]
    found = []
    for member, origin in table.origins.items():
        flow = Flow(member, destination, *profile)
        bare = origin.explain(flow)
        alone = {atom: origin.explain(replace(flow, holds=frozenset({atom}))).decision for atom in atoms}
        ways = tuple(origin.words(bare.answer.named(need)) for need, _ in bare.answer.ways)
        found.append(BySafeguard(member, bare.decision, alone, ways))
    return tuple(found)


@dataclass(frozen=True)
class Gap:
    """A kind of flow for which no lawful path is known.

    Attributes:
        origin: Id of the member.
        decision: *prohibited*, or *unknown* without any evidence that would settle it.
        values: For each input that matters to the origin, the values that fall into the cell.
        rules: What decided, or what is open.
    """

    origin: str
    decision: Decision
    values: Mapping[str, tuple[str, ...]]
    rules: tuple[str, ...]


def gaps(table: DecisionTable, facts: Mapping[str, bool], origins: Iterable[str] | None = None) -> tuple[Gap, ...]:
    """The cells of a table in which no set of evidence lets data go.

    Args:
        table: The table of a day.
        facts: Circumstances that are taken as given; of the others every value is looked at, but for *not stated*.
        origins: The members to look at; all if not given.
    """
    found: list[Gap] = []
    for member in origins or table.origins:
        origin = table.origin(member)
        spread = {axis.name: _values_of(axis.place) for axis in origin.axes}
        for cell in origin.cells():
            flow = cell.flow
            stated = dict(flow.facts)
            if any(stated.get(name) is not value for name, value in facts.items() if name in origin.rules.facts):
                continue
            if len(stated) < len(origin.rules.facts) or _volume_open(origin, flow):
                continue
            if cell.answer.ways:
                continue
            judged = cell.answer.judge(0)
            places = {axis.name: axis.place for axis in origin.axes}
            values = {
                kind.value: spread[kind.value][places[kind.value][getattr(flow, kind.value)]]
                for kind in DIMENSIONS
                if len(spread[kind.value]) > 1
            }
            values |= {name: (_word(value),) for name, value in flow.facts}
            found.append(Gap(member, judged.decision, values, judged.rules))
    return tuple(found)


def _values_of(place: Mapping[Any, int]) -> dict[int, tuple[str, ...]]:
    spread: dict[int, list[str]] = {}
    for value, number in place.items():
        if value is not None:
            spread.setdefault(number, []).append(str(value))
    return {number: tuple(values) for number, values in spread.items()}


def _volume_open(origin: OriginTable, flow: Flow) -> bool:
    volume = next(axis for axis in origin.axes if axis.name == TermKind.VOLUME.value)
    return flow.volume is None and len(volume.sample) > 1


# --- what differs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A cell whose answer differs between two tables.

    Attributes:
        origin: Id of the member.
        values: For each input that matters to the origin, the values that fall into the cell.
        before: The decision with nothing in hand, before.
        after: The same, after.
        ways_before: The smallest sets of evidence that do, before.
        ways_after: The same, after.
    """

    origin: str
    values: Mapping[str, tuple[str, ...]]
    before: Decision
    after: Decision
    ways_before: tuple[tuple[str, ...], ...]
    ways_after: tuple[tuple[str, ...], ...]


def diff(before: DecisionTable, after: DecisionTable, origins: Iterable[str] | None = None) -> tuple[Changed, ...]:
    """Every cell of which the decision or a way to it differs; rules that merely changed their name change none."""
    members = tuple(origins or before.origins)
    return tuple(changed for member in members for changed in differences(before.origin(member), after.origin(member)))


def differences(before: OriginTable, after: OriginTable) -> Iterator[Changed]:
    """Compare on the common refinement of the classes of both tables."""
    names = tuple(dict.fromkeys([*(a.name for a in before.axes), *(a.name for a in after.axes)]))
    refined = {name: _refined(before, after, name) for name in names}
    grids = []
    for table in (before, after):
        index = [
            np.array([table_place(table, axis.name, values[0]) for values in refined[axis.name]]) for axis in table.axes
        ]
        cells = table.grid[np.ix_(*index)]
        order = [axis.name for axis in table.axes]
        grids.append(_aligned(cells, order, names, refined))
    said = [[_said(table, answer) for answer in table.answers] for table in (before, after)]
    numbers = [np.array(_numbered(one, said)) for one in said]
    differs = numbers[0][grids[0]] != numbers[1][grids[1]]
    for place in zip(*np.nonzero(differs), strict=True):
        one, other = (said[side][int(grids[side][place])] for side in (0, 1))
        values = {
            name: tuple(map(_word, refined[name][int(number)]))
            for name, number in zip(names, place, strict=True)
            if len(refined[name]) > 1
        }
        yield Changed(before.rules.member, values, one[0], other[0], one[1], other[1])


def table_place(table: OriginTable, name: str, value: object) -> int:
    """The class of a value on an axis of a table."""
    return next(axis for axis in table.axes if axis.name == name).place[value]


def _refined(before: OriginTable, after: OriginTable, name: str) -> list[tuple[Any, ...]]:
    """Groups of values that neither table tells apart; a circumstance that only one asks for has its three there."""
    places = [axis.place for table in (before, after) for axis in table.axes if axis.name == name]
    groups: dict[tuple[int, ...], list[Any]] = {}
    for value in places[0]:
        groups.setdefault(tuple(place[value] for place in places), []).append(value)
    return [tuple(values) for values in groups.values()]


def _aligned(
    cells: np.ndarray[Any, Any], order: list[str], names: tuple[str, ...], refined: Mapping[str, list[tuple[Any, ...]]]
) -> np.ndarray[Any, Any]:
    """Put the axes into one order, and repeat the cells along those that the table does not have."""
    for name in names:
        if name not in order:
            cells = np.repeat(cells[..., None], len(refined[name]), axis=-1)
            order = [*order, name]
    return np.transpose(cells, [order.index(name) for name in names])


Said = tuple[Decision, tuple[tuple[str, ...], ...]]


def _said(table: OriginTable, answer: Answer) -> Said:
    ways = sorted(tuple(sorted(table.words(answer.named(need)))) for need, _ in answer.ways)
    return answer.judge(0).decision, tuple(ways)


def _numbered(mine: list[Said], both: list[list[Said]]) -> list[int]:
    numbers: dict[Said, int] = {}
    for said in itertools.chain.from_iterable(both):
        numbers.setdefault(said, len(numbers))
    return [numbers[said] for said in mine]


def _word(value: object) -> str:
    if value is None:
        return "not stated"
    return str(value).lower() if isinstance(value, bool) else str(value)
