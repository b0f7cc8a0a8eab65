"""The same replicates as a careful analyst would compute them with pandas: the index rebuilt from the raw table each time.

No tricks against it and none for it: data frames, vectorised columns, group sums by level.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from serantau.measure.definition import Aggregate, Impute, Normalise, Treat
from serantau.measure.robustness import Draws, Model


def ranks_of(model: Model, table: pd.DataFrame, draws: Draws, column: int) -> pd.Series:
    """Ranks of every unit at the root in one replicate, from the raw table."""
    definition = model.definition
    for step in model.steps:
        if isinstance(step, Impute):
            table = _impute(table, model.options["impute"][draws.choices[1, column]])
        elif isinstance(step, Treat):
            table = _treat(table, model.options["treat"][draws.choices[0, column]])
    option = model.options["normalise"][draws.choices[2, column]]
    aggregate = model.options["aggregate"][draws.choices[3, column]]
    assert isinstance(option, Normalise)
    assert isinstance(aggregate, Aggregate)
    scores = _normalise(table, option)
    factors = pd.Series(draws.factors[:, column], index=list(model.nodes))
    parents = {leaf.id: leaf.group for leaf in definition.indicators}
    parents |= {group.id: group.parent for group in definition.groups}
    for _ in range(definition.heights[definition.root]):
        scores = _level_up(scores, factors, parents, aggregate.default.method)
    final = scores[definition.root]
    return (np.rint(final * 1e9) / 1e9).rank(ascending=False, method="min").astype(int)


def _impute(table: pd.DataFrame, option: Impute) -> pd.DataFrame:
    return table.fillna(table.mean() if option.method == "mean" else table.median())


def _treat(table: pd.DataFrame, option: Treat) -> pd.DataFrame:
    failing = (table.skew().abs() > option.skew_limit) & (table.kurt() > option.kurtosis_limit)
    result = table.copy()
    for name in table.columns[failing]:
        result[name] = _treat_column(table[name], option)
    return result


def _treat_column(column: pd.Series, option: Treat) -> pd.Series:
    ordered = column.sort_values().to_numpy()
    top = bottom = 0
    treated = column
    while top + bottom < min(option.winsorise_max, len(column) - 2):
        if treated.skew() > 0:
            top += 1
        else:
            bottom += 1
        treated = column.clip(ordered[bottom], ordered[-1 - top])
        if not (abs(treated.skew()) > option.skew_limit and treated.kurt() > option.kurtosis_limit):
            return treated
    if option.fallback == "none":
        return treated
    low, high = column.min(), column.max()
    return np.log(column - low + 0.01 * (high - low))


def _normalise(table: pd.DataFrame, option: Normalise) -> pd.DataFrame:
    if option.method == "zscore":
        return option.mean + option.sd * (table - table.mean()) / table.std(ddof=1)
    if option.method == "percentile_rank":
        z = (table.rank(method="average") - 1) / (len(table) - 1)
    else:
        z = (table - table.min()) / (table.max() - table.min())
    return option.low + (option.high - option.low) * z.clip(0, 1)


def _level_up(scores: pd.DataFrame, factors: pd.Series, parents: dict[str, str], method: str) -> pd.DataFrame:
    result = {}
    values = np.log(scores) if method == "geometric" else scores
    by_parent = pd.Series({node: parents[node] for node in scores.columns})
    for parent, nodes in by_parent.groupby(by_parent).groups.items():
        weights = factors[list(nodes)]
        mean = (values[list(nodes)] * weights).sum(axis=1) / weights.sum()
        result[parent] = np.exp(mean) if method == "geometric" else mean
    return pd.DataFrame(result, index=scores.index)
