"""What an index is made of: correlations, internal consistency, principal components, weights, strengths.

Formulas, thresholds and sources: ``docs/method/analyse.md``. Tables have the shape (units, columns), NaN for
missing; a result of several years is analysed in its last year unless another is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from serantau.base import suggest
from serantau.measure.aggregate import base_weights
from serantau.measure.definition import Aggregate, Definition
from serantau.measure.errors import MeasureError
from serantau.measure.index import IndexResult

Floats = NDArray[np.float64]
Kind = Literal["pearson", "spearman", "kendall"]
Flag = Literal["", "negative", "weak", "collinear"]


# --- correlation -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thresholds:
    """Where a correlation is flagged (docs/method/analyse.md says whose thresholds these are).

    Attributes:
        negative: At or below it, the two pull against each other.
        weak: At or below it, they share little.
        collinear: At or above it, one of the two adds nothing.
    """

    negative: float = -0.4
    weak: float = 0.3
    collinear: float = 0.92

    def flag(self, value: float) -> Flag:
        """Flag of a correlation; none where it is missing.

        >>> [Thresholds().flag(r) for r in (-0.5, 0.1, 0.6, 0.95)]
        ['negative', 'weak', '', 'collinear']
        """
        if value <= self.negative:
            return "negative"
        if value <= self.weak:
            return "weak"
        return "collinear" if value >= self.collinear else ""


@dataclass(frozen=True)
class Correlation:
    """How two columns vary together.

    Attributes:
        first: Name of the one.
        second: Name of the other.
        value: The coefficient; NaN with fewer than three units or no spread.
        p_value: Two-sided probability of one at least as strong if they were unrelated.
        units: Units with both.
        flag: See :class:`Thresholds`.
        relation: ``siblings``, ``parent`` (second is the parent of the first) or ``ancestor``; empty for plain columns.
    """

    first: str
    second: str
    value: float
    p_value: float
    units: int
    flag: Flag
    relation: str = ""


DEFAULT_THRESHOLDS = Thresholds()


def correlation(x: Floats, y: Floats, kind: Kind = "pearson") -> tuple[float, float, int]:
    """Coefficient, two-sided p-value and number of units with both; NaN where it is not defined.

    Args:
        x: Shape (units,), NaN missing.
        y: The same units.
        kind: Pearson's r, Spearman's rho, or Kendall's tau-b.
    """
    from scipy import stats

    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < 3 or _flat(x) or _flat(y):
        return float("nan"), float("nan"), len(x)
    if kind == "pearson":
        linear = stats.pearsonr(x, y)
        return float(linear.statistic), float(linear.pvalue), len(x)
    ranked = stats.spearmanr(x, y) if kind == "spearman" else stats.kendalltau(x, y)
    return float(ranked.statistic), float(ranked.pvalue), len(x)


def correlations(
    table: Floats, names: Sequence[str], kind: Kind = "pearson", thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> tuple[Correlation, ...]:
    """Every pair of columns, over the units that have both.

    Args:
        table: Shape (units, columns).
        names: Names of the columns.
        kind: Coefficient.
        thresholds: Where to flag.
    """
    pairs = combinations(range(len(names)), 2)
    return tuple(_correlate(table[:, i], table[:, j], (names[i], names[j], ""), kind, thresholds) for i, j in pairs)


def level_correlations(
    result: IndexResult,
    kind: Kind = "pearson",
    year: int | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> tuple[Correlation, ...]:
    """Correlations of scores within and across levels: siblings, then each node with its parent and its ancestors."""
    table = scores_of(result, year)
    return tuple(
        _correlate(table[:, result.columns[a]], table[:, result.columns[b]], (a, b, relation), kind, thresholds)
        for a, b, relation in _relations(result.definition)
    )


def _relations(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for group in definition.bottom_up():
        for first, second in combinations(definition.children[group], 2):
            yield first, second, "siblings"
    for node in (*(leaf.id for leaf in definition.indicators), *definition.bottom_up()):
        for distance, above in enumerate(ancestors(definition, node)):
            yield node, above, "parent" if distance == 0 else "ancestor"


def _correlate(x: Floats, y: Floats, names: tuple[str, str, str], kind: Kind, thresholds: Thresholds) -> Correlation:
    value, p_value, units = correlation(x, y, kind)
    first, second, relation = names
    return Correlation(first, second, value, p_value, units, thresholds.flag(value), relation)


def ancestors(definition: Definition, node: str) -> tuple[str, ...]:
    """Groups above a node, from its parent to the root."""
    parent = {child: group for group, children in definition.children.items() for child in children}
    found: list[str] = []
    while node in parent:
        node = parent[node]
        found.append(node)
    return tuple(found)


# --- consistency and components --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consistency:
    """Cronbach's alpha of a set of columns.

    Attributes:
        alpha: The coefficient; NaN with fewer than two columns or three complete units.
        without: Alpha after leaving one column out, by column.
        item_total: Correlation of each column with the sum of the others.
        units: Complete units.
    """

    alpha: float
    without: Mapping[str, float]
    item_total: Mapping[str, float]
    units: int


def consistency(table: Floats, names: Sequence[str], *, standardise: bool = True) -> Consistency:
    """Cronbach's alpha over the units with all columns (Cronbach 1951; Handbook, section 4.3).

    Args:
        table: Shape (units, columns).
        names: Names of the columns.
        standardise: Bring each column to standard deviation 1 first, as the Handbook does.
    """
    complete = table[~np.isnan(table).any(axis=1)]
    if standardise and len(complete) > 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            complete = complete / complete.std(axis=0, ddof=1)
    others = {name: np.delete(complete, index, axis=1) for index, name in enumerate(names)}
    item_total = {
        name: correlation(complete[:, index], others[name].sum(axis=1))[0] for index, name in enumerate(names)
    }
    without = {name: cronbach_alpha(rest) for name, rest in others.items()}
    return Consistency(cronbach_alpha(complete), without, item_total, len(complete))


def cronbach_alpha(table: Floats) -> float:
    """Cronbach's alpha of complete columns as they are: k / (k - 1) (1 - sum of variances / variance of the sum).

    >>> round(cronbach_alpha(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0]])), 6)  # 2 (1 - (1 + 3) / 7)
    0.857143
    """
    units, columns = table.shape
    if units < 3 or columns < 2:
        return float("nan")
    whole = float(table.sum(axis=1).var(ddof=1))
    if not whole > 0:
        return float("nan")
    return float(columns / (columns - 1) * (1.0 - table.var(axis=0, ddof=1).sum() / whole))


@dataclass(frozen=True)
class Components:
    """Principal components of the correlation matrix, largest first.

    Attributes:
        names: The columns.
        eigenvalues: Variances of the components; they sum to the number of columns.
        explained: Share of the variance of each component.
        loadings: Correlation of column and component, shape (columns, components). In each
            component the loading of largest size is positive (the first of equal ones).
        units: Complete units.
    """

    names: tuple[str, ...]
    eigenvalues: Floats
    explained: Floats
    loadings: Floats
    units: int


def components(table: Floats, names: Sequence[str]) -> Components:
    """Principal components over the units with all columns (Handbook, section 4.1).

    Raises:
        MeasureError: with fewer than three complete units, or a column without spread.
    """
    complete = table[~np.isnan(table).any(axis=1)]
    if len(complete) < 3:
        raise MeasureError(f"{len(complete)} units have all of {', '.join(names)}; principal components need three.")
    for name, column in zip(names, complete.T, strict=True):
        if _flat(column):
            raise MeasureError(f"{name} has one value for all units; leave it out of the principal components.")
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(complete, rowvar=False)))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    loadings = vectors * np.sqrt(values)
    size = np.abs(loadings)
    leading = np.argmax(size >= size.max(axis=0) - 1e-9, axis=0)
    signs = np.where(loadings[leading, np.arange(len(values))] < 0, -1.0, 1.0)
    return Components(tuple(names), values, values / len(names), loadings * signs, len(complete))


# --- weights and influence -------------------------------------------------------------------------------------------


def effective_weights(definition: Definition, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weight of each node in the whole: the product of its normalised weights up to the root, which has 1.

    Args:
        definition: The tree.
        weights: Weight of each node relative to its siblings; those of the step ``aggregate`` if None. Principal
            components need data: pass ``IndexResult.weights``.
    """
    if weights is None:
        option = definition.step(Aggregate)
        assert isinstance(option, Aggregate)
        weights = base_weights(definition, option)
    result = {definition.root: 1.0}
    for group in reversed(definition.bottom_up()):
        children = definition.children[group]
        total = sum(weights[child] for child in children)
        for child in children:
            result[child] = result[group] * weights[child] / total
    return result


@dataclass(frozen=True)
class Influence:
    """What a node contributes to the root: stated and in fact.

    Attributes:
        node: Its id.
        weight: Effective weight, as stated.
        correlation: Pearson's r between its scores and the root's.
        share: Its squared correlation as a share of those of all nodes compared (Paruolo, Saisana and Saltelli 2013).
    """

    node: str
    weight: float
    correlation: float
    share: float


def influence(
    result: IndexResult, nodes: Sequence[str] | None = None, year: int | None = None
) -> tuple[Influence, ...]:
    """Effective weight beside actual influence, for the indicators unless other nodes are named."""
    definition = result.definition
    chosen = tuple(nodes) if nodes is not None else tuple(leaf.id for leaf in definition.indicators)
    stated = effective_weights(definition, result.weights)
    table = scores_of(result, year)
    root = table[:, column_of(result, definition.root)]
    found = np.array([correlation(table[:, column_of(result, node)], root)[0] for node in chosen])
    total = float(np.nansum(found**2))
    return tuple(
        Influence(node, stated[node], float(r), float(r * r / total) if total > 0 else float("nan"))
        for node, r in zip(chosen, found, strict=True)
    )


# --- units -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitScore:
    """A unit on one node.

    Attributes:
        node: Its id.
        score: None where there is none.
        rank: None where there is none.
        units: Units with a score.
        median: Median score of those units; None where there is none.
        best: Their best score.
        imputed: Whether the value behind it was filled in (indicators only).
    """

    node: str
    score: float | None
    rank: int | None
    units: int
    median: float | None
    best: float | None
    imputed: bool


def unit_profile(result: IndexResult, unit: str, year: int | None = None) -> tuple[UnitScore, ...]:
    """A unit on every node: groups from the root down, then indicators in the order of the definition."""
    row = _row(result, unit)
    at = year_index(result, year)
    order = (*reversed(result.definition.bottom_up()), *(leaf.id for leaf in result.definition.indicators))
    return tuple(_unit_score(result, at, row, node) for node in order)


def _unit_score(result: IndexResult, at: int, row: int, node: str) -> UnitScore:
    column = result.columns[node]
    scores = result.scores[at, :, column]
    present = scores[~np.isnan(scores)]
    score = float(scores[row])
    return UnitScore(
        node=node,
        score=None if np.isnan(score) else score,
        rank=int(result.ranks[at, row, column]) or None,
        units=len(present),
        median=float(np.median(present)) if len(present) else None,
        best=float(present.max()) if len(present) else None,
        imputed=column < result.imputed.shape[-1] and bool(result.imputed[at, row, column]),
    )


def strengths(
    result: IndexResult, unit: str, count: int = 5, year: int | None = None, largest_tie: float = 0.5
) -> tuple[tuple[UnitScore, ...], tuple[UnitScore, ...]]:
    """The indicators on which a unit ranks best, and those on which it ranks worst.

    Args:
        result: The index.
        unit: Its name.
        count: Most indicators in each list; no indicator is in both.
        year: The last one if None.
        largest_tie: An indicator on which a larger share of units than this has the unit's own
            score says nothing about it and is left out; so are imputed values.

    Returns:
        Strengths, best first, and weaknesses, worst first. Ranks are compared as a share of the
        units ranked; equal ones by distance to the median in the scale of scores.
    """
    row, at = _row(result, unit), year_index(result, year)
    found = []
    for leaf in result.definition.indicators:
        scored = _unit_score(result, at, row, leaf.id)
        if scored.score is None or scored.rank is None or scored.imputed:
            continue
        same = int((result.scores[at, :, result.columns[leaf.id]] == scored.score).sum())
        if same <= max(1.0, largest_tie * scored.units):
            found.append((*_place(scored), scored))
    found.sort(key=lambda entry: entry[:2])
    half = min(count, len(found) // 2) if len(found) < 2 * count else count
    best = tuple(scored for *_, scored in found[:half])
    worst = tuple(scored for *_, scored in reversed(found[len(found) - half :])) if half else ()
    return best, worst


def _place(scored: UnitScore) -> tuple[float, float]:
    assert scored.rank is not None
    assert scored.score is not None
    assert scored.median is not None
    return (scored.rank - 1) / max(scored.units - 1, 1), scored.median - scored.score


# --- helpers ---------------------------------------------------------------------------------------------------------


def year_index(result: IndexResult, year: int | None) -> int:
    """Position of a year; the last if None."""
    if year is None:
        return len(result.years) - 1
    if year not in result.years:
        raise MeasureError(f"there is no year {year}; the data has {', '.join(map(str, result.years))}.")
    return result.years.index(year)


def column_of(result: IndexResult, node: str) -> int:
    """Column of a node among the scores."""
    if node not in result.columns:
        raise MeasureError(f"{node!r} is no indicator or group of the index. {suggest(node, result.columns)}".strip())
    return result.columns[node]


def scores_of(result: IndexResult, year: int | None = None) -> Floats:
    """Scores of one year, shape (units, nodes)."""
    return np.asarray(result.scores[year_index(result, year)])


def _row(result: IndexResult, unit: str) -> int:
    if unit not in result.units:
        raise MeasureError(f"there is no unit {unit!r}. {suggest(unit, result.units)}".strip())
    return result.units.index(unit)


def _flat(column: Floats) -> bool:
    """Whether a column has no spread; a spread in the last bits only is rounding."""
    return bool(np.ptp(column) <= 1e-12 * np.abs(column).max())
