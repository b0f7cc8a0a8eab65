"""Which numbers of a table with sums may be published so that no small number follows from the others.

A number from 1 to below :data:`SMALL` is withheld, in a cell as in a sum; that nothing was reported may be said. Then
every withheld small number is attacked as a reader would: from all that is published, from sums being sums and from
counts being whole and not negative, what is the least and what is the most that it can be? While that tells more than
"from 1 to below :data:`SMALL`", more numbers are withheld, and a 0 among them is withheld under the same sign.

A table with sums is a circulation: cell (r, c) is a flow from row r to column c, the sum of a row a flow from the
total into that row, the sum of a column a flow out of it. Least and most of one flow are maximum flows in the residual
network of what is withheld (Ford and Fulkerson 1956; tables as networks: Gusfield 1988, recalled, not re-read), so the
answer is exact for whole numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

SMALL = 5
"""The first count above 0 that may be published. Ours; statistical offices use 3 to 10."""

Cell = tuple[str, str]
TOTAL = ""
"""Name of the row and of the column of sums."""

_Node = tuple[str, str]
_ENDLESS = 10**9


@dataclass(frozen=True)
class Table:
    """Counts by row and column with all their sums; None where a number is withheld.

    Attributes:
        rows: Names of the rows, without the sums.
        columns: Names of the columns, without the sums.
        cells: Every number by row and column; ``TOTAL`` names a sum.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]


def full_table(rows: Sequence[str], columns: Sequence[str], counts: Mapping[Cell, int]) -> Table:
    """A table with its sums, nothing withheld."""
    cells: dict[Cell, int | None] = {}
    for row in rows:
        for column in columns:
            cells[row, column] = counts.get((row, column), 0)
        cells[row, TOTAL] = sum(counts.get((row, column), 0) for column in columns)
    for column in columns:
        cells[TOTAL, column] = sum(counts.get((row, column), 0) for row in rows)
    cells[TOTAL, TOTAL] = sum(counts.get((row, column), 0) for row in rows for column in columns)
    return Table(tuple(rows), tuple(columns), cells)


def publishable(table: Table) -> Table:
    """The table with every number withheld that is small, or from which a small one would follow.

    >>> table = full_table(["a", "b"], ["x", "y"], {("a", "x"): 1, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 20})
    >>> sorted(cell for cell, count in publishable(table).cells.items() if count is None)
    [('a', 'x'), ('a', 'y'), ('b', 'x'), ('b', 'y')]
    """
    values = {cell: count for cell, count in table.cells.items() if count is not None}
    small = sorted((cell for cell, count in values.items() if is_small(count)), key=lambda cell: (values[cell], cell))
    hidden = set(small)
    # What is withheld later never narrows the range of a number that was looked at before: less is published.
    for cell in small:
        for forwards in (True, False):
            while not _is_wide(cell, values, hidden, forwards=forwards):
                hidden |= _cheapest(cell, values, hidden, forwards=forwards)
    return Table(table.rows, table.columns, {c: None if c in hidden else n for c, n in values.items()})


def is_small(count: int) -> bool:
    """Whether a count may not be published.

    >>> [count for count in range(8) if is_small(count)]
    [1, 2, 3, 4]
    """
    return 0 < count < SMALL


def bounds(cell: Cell, values: Mapping[Cell, int], hidden: set[Cell]) -> tuple[int, int]:
    """Least and most that a withheld number can be, as far as a reader can tell; the most is capped."""
    tail, head = _arc(cell)
    up = _max_flow(values, hidden - {cell}, head, tail, SMALL)
    down = _max_flow(values, hidden - {cell}, tail, head, values[cell])
    return values[cell] - down, values[cell] + up


def _is_wide(cell: Cell, values: Mapping[Cell, int], hidden: set[Cell], *, forwards: bool) -> bool:
    """Whether a small number may be as great (or as little) as any small number, for all that is published."""
    least, most = bounds(cell, values, hidden)
    return most >= SMALL - 1 if forwards else least <= 1


def _cheapest(cell: Cell, values: Mapping[Cell, int], hidden: set[Cell], *, forwards: bool) -> set[Cell]:
    """What to withhold besides, so that a number can vary: the cycle through it that costs least (Dijkstra 1959).

    A number costs what it counts, and a sum more than all cells. Where no cycle adds anything, the cheapest number.
    """
    whole = values[TOTAL, TOTAL] + len(values)
    cost = {one: values[one] + 1 + whole * ((one[0] == TOTAL) + (one[1] == TOTAL)) for one in values}
    arcs: dict[_Node, list[tuple[_Node, Cell, int]]] = {}
    for one in sorted(values):
        if one == cell:
            continue
        tail, head = _arc(one)
        price = 0 if one in hidden else cost[one]
        arcs.setdefault(tail, []).append((head, one, price))
        if values[one]:
            arcs.setdefault(head, []).append((tail, one, price))
    tail, head = _arc(cell)
    start, goal = (head, tail) if forwards else (tail, head)
    found = _shortest(arcs, start, goal) - hidden
    return found or {min((one for one in values if one not in hidden), key=lambda one: (cost[one], one))}


def _shortest(arcs: Mapping[_Node, Sequence[tuple[_Node, Cell, int]]], start: _Node, goal: _Node) -> set[Cell]:
    """The cells of a cheapest path; none if there is no path."""
    waiting: list[tuple[int, _Node, tuple[Cell, ...]]] = [(0, start, ())]
    done: set[_Node] = set()
    while waiting:
        spent, node, path = heappop(waiting)
        if node == goal:
            return set(path)
        if node in done:
            continue
        done.add(node)
        for after, cell, price in arcs.get(node, ()):
            heappush(waiting, (spent + price, after, (*path, cell)))
    return set()


def _arc(cell: Cell) -> tuple[_Node, _Node]:
    """Tail and head of the flow that a number is: from its row to its column; a sum the other way round.

    What flows into a row is its sum, which leaves the column of sums; so nothing gathers anywhere.
    """
    row, column = ("row", cell[0]), ("column", cell[1])
    return (column, row) if (cell[0] == TOTAL) != (cell[1] == TOTAL) else (row, column)


def _max_flow(values: Mapping[Cell, int], hidden: set[Cell], start: _Node, goal: _Node, most: int) -> int:
    """How much can be sent from one node to another by changing withheld numbers, at most ``most``."""
    room: dict[_Node, dict[_Node, int]] = {}
    for cell in hidden:
        tail, head = _arc(cell)
        room.setdefault(tail, {})[head] = room.get(tail, {}).get(head, 0) + _ENDLESS
        room.setdefault(head, {})[tail] = room.get(head, {}).get(tail, 0) + values[cell]
    sent = 0
    while sent < most:
        path = _path(room, start, goal)
        if path is None:
            break
        step = min(most - sent, *(room[a][b] for a, b in path))
        for a, b in path:
            room[a][b] -= step
            room.setdefault(b, {})[a] = room.get(b, {}).get(a, 0) + step
        sent += step
    return sent


def _path(room: Mapping[_Node, Mapping[_Node, int]], start: _Node, goal: _Node) -> list[tuple[_Node, _Node]] | None:
    """A shortest path with room on every arc; None if there is none."""
    came: dict[_Node, _Node] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for after, left in room.get(node, {}).items():
            if left > 0 and after not in came and after != start:
                came[after] = node
                if after == goal:
                    path = [(node, after)]
                    while path[-1][0] != start:
                        path.append((came[path[-1][0]], path[-1][0]))
                    return path[::-1]
                waiting.append(after)
    return None
