"""An index on Polars frames: the data in and the result out, and a second engine to check the first.

:func:`index_frame` normalises, aggregates and ranks with Polars expressions. Steps before normalisation
(``denominate``, ``screen``, ``impute``, ``treat``) come from the NumPy engine. The specification is
``docs/method/index.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import polars as pl

from serantau.base import SCORE_DECIMALS, suggest
from serantau.measure.aggregate import base_weights, level_of
from serantau.measure.data import Data
from serantau.measure.definition import Aggregate, Definition, IndicatorSpec, Level, Normalise
from serantau.measure.errors import MeasureError
from serantau.measure.index import IndexResult, check, run_index
from serantau.measure.indicators import Direction
from serantau.measure.normalise import significant

UNIT, YEAR, GROUP = "unit", "year", "group"


def rank_column(node: str) -> str:
    """Column of a node's ranks; the colon cannot occur in the id of a node."""
    return f"rank:{node}"


def data_of_frame(definition: Definition, frame: pl.DataFrame) -> Data:
    """Data from a wide frame: a row for each unit (and year), a column for each indicator and denominator.

    Args:
        definition: Names the columns that are read; others are left alone.
        frame: With a column ``unit`` and optionally ``year`` and ``group``; null and NaN are missing.

    Raises:
        MeasureError: if a column is missing or has text, or a unit stands twice in a year.
    """
    table = _wide(definition, frame)
    columns = _columns(definition)
    twice = table.filter(pl.struct(YEAR, UNIT).is_duplicated())
    if twice.height:
        raise MeasureError(f"the unit {twice[UNIT][0]!r} stands twice in {twice[YEAR][0]}. Keep one row of it.")
    units = tuple(table[UNIT].unique(maintain_order=True).to_list())
    years = tuple(sorted(table[YEAR].unique().to_list()))
    values = np.full((len(years), len(units), len(columns)), np.nan)
    at_year = [years.index(year) for year in table[YEAR]]
    at_unit = {unit: place for place, unit in enumerate(units)}
    values[at_year, [at_unit[unit] for unit in table[UNIT]]] = table.select(columns).to_numpy()
    return Data(units, columns, years, values, _unit_groups(frame, units))


def _unit_groups(frame: pl.DataFrame, units: Sequence[str]) -> tuple[str, ...]:
    if GROUP not in frame.columns:
        return ()
    found: dict[str, str] = {}
    for unit, group in frame.select(pl.col(UNIT).cast(pl.String), pl.col(GROUP).cast(pl.String).fill_null("")).rows():
        if found.setdefault(unit, group) != group:
            raise MeasureError(
                f"{unit} is in the groups {found[unit]!r} and {group!r}. A unit has one group in all years."
            )
    return tuple(found[unit] for unit in units)


def result_frame(result: IndexResult) -> pl.DataFrame:
    """Scores and ranks, a row for each unit and year: columns ``unit``, ``year``, nodes, and ``rank:`` nodes."""
    years, units = len(result.years), len(result.units)
    frame = {YEAR: np.repeat(result.years, units).tolist(), UNIT: list(result.units) * years}
    scores = {node: result.scores[..., place].ravel() for node, place in result.columns.items()}
    ranks = {rank_column(node): result.ranks[..., place].ravel() for node, place in result.columns.items()}
    return pl.DataFrame({**frame, **scores, **ranks}).with_columns(
        [pl.col(node).fill_nan(None) for node in scores] + [pl.col(rank).replace(0, None) for rank in ranks]
    )


def index_frame(definition: Definition, frame: pl.DataFrame) -> pl.DataFrame:
    """Compute an index with Polars expressions.

    Args:
        definition: Tree and steps. Copeland and weights by principal components are left to the NumPy engine.
        frame: As for :func:`data_of_frame`.

    Returns:
        As :func:`result_frame`, in the order of the rows given.

    Raises:
        MeasureError: as :func:`serantau.measure.index.run_index`, and for what is left to it.
    """
    check(definition)
    option = definition.steps[-1]
    assert isinstance(option, Aggregate)
    _refuse_unsupported(definition, option)
    table, data = _wide(definition, frame), data_of_frame(definition, frame)
    before = definition.steps[-2] if len(definition.steps) > 1 else None
    if isinstance(before, Normalise):
        table = _upstream(definition, table, data, len(definition.steps) - 2)
        table = _normalise(table, definition, before)
    else:
        table = _upstream(definition, table, data, len(definition.steps) - 1)
    return _with_ranks(_aggregate(table, definition, option), definition)


def _columns(definition: Definition) -> tuple[str, ...]:
    denominators = [leaf.denominator for leaf in definition.indicators if leaf.denominator]
    return tuple(dict.fromkeys([*(leaf.id for leaf in definition.indicators), *denominators]))


def _wide(definition: Definition, frame: pl.DataFrame) -> pl.DataFrame:
    for name in (UNIT, *_columns(definition)):
        if name not in frame.columns:
            raise MeasureError(f"the frame has no column {name!r}. {suggest(name, frame.columns)}".strip())
    for name in _columns(definition):
        if not frame.schema[name].is_numeric() and frame.schema[name] != pl.Null:
            raise MeasureError(f"the column {name!r} is {frame.schema[name]}, not numbers. Cast it.")
    year = pl.col(YEAR) if YEAR in frame.columns else pl.lit(0).alias(YEAR)
    values = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in _columns(definition)]
    return frame.select(year, pl.col(UNIT).cast(pl.String), *values)


def _upstream(definition: Definition, table: pl.DataFrame, data: Data, steps: int) -> pl.DataFrame:
    """The table after the first steps, by the NumPy engine."""
    leaves = [leaf.id for leaf in definition.indicators]
    if steps == 0:
        return table.select(YEAR, UNIT, *leaves)
    plain = msgspec.structs.replace(definition, steps=(*definition.steps[:-1], Aggregate()))
    result = run_index(plain, data)
    values = result.stages[steps].values
    rows = {
        YEAR: np.repeat(result.years, len(result.units)).tolist(),
        UNIT: list(result.units) * len(result.years),
    }
    computed = pl.DataFrame({**rows, **{leaf: values[..., place].ravel() for place, leaf in enumerate(leaves)}})
    order = table.select(pl.col(YEAR).cast(pl.Int64), UNIT)
    return order.join(computed, on=[YEAR, UNIT], how="left", maintain_order="left").with_columns(
        pl.col(leaves).fill_nan(None)
    )


# --- normalise -------------------------------------------------------------------------------------------------------


def _normalise(table: pl.DataFrame, definition: Definition, step: Normalise) -> pl.DataFrame:
    scores = []
    for leaf in definition.indicators:
        method = step.by_indicator.get(leaf.id, step.method)
        _refuse_undefined(table, leaf, step, method)
        scores.append(_score(leaf, step, method).fill_nan(None).alias(leaf.id))
    return table.with_columns(scores)


def _refuse_undefined(table: pl.DataFrame, leaf: IndicatorSpec, step: Normalise, method: str) -> None:
    if method == "reference_distance" and step.reference_unit not in table[UNIT]:
        raise MeasureError(f"reference_distance: there is no unit {step.reference_unit!r} in the data.")
    if method == "share_of_best":
        if leaf.direction is Direction.REFERENCE:
            raise MeasureError("share_of_best is not defined for direction `reference`. Use minmax for it.")
        if (table[leaf.id] <= 0).any():
            raise MeasureError(f"share_of_best needs positive values; {leaf.id} has others. Use minmax for it.")
    if method == "target_distance":
        worst = table.select(low=_over(_turned(leaf).min(), step))["low"]
        if (worst >= _turned_number(leaf, float(leaf.target or 0.0))).any():
            raise MeasureError(
                f"the target of {leaf.id} ({leaf.target}) is no better than the worst value. Correct it."
            )


def _score(leaf: IndicatorSpec, step: Normalise, method: str) -> pl.Expr:
    y = _turned(leaf)
    if method in ("rank", "borda", "percentile_rank"):
        return _rank_score(y, step, method)
    low, high = _over(y.min(), step), _over(y.max(), step)
    if method == "zscore":
        mean, sd = _over(y.mean(), step), _over(y.std(ddof=1), step)
        return pl.when(high > low).then(step.mean + step.sd * (y - mean) / sd)
    if method == "goalposts":
        return _on_scale(_goalposts(leaf, step), step)
    if method == "share_of_best":
        x = pl.col(leaf.id)
        lower = leaf.direction is Direction.LOWER
        return _on_scale(_over(x.min(), step) / x if lower else x / _over(x.max(), step), step)
    if method in ("minmax", "best_distance"):
        top = high
    elif method == "target_distance":
        top = pl.lit(_turned_number(leaf, float(leaf.target or 0.0)))
    else:
        top = y.filter(pl.col(UNIT) == step.reference_unit).first().over(YEAR)
    return _on_scale(pl.when(top != low).then((y - low) / (top - low)), step)


def _turned(leaf: IndicatorSpec) -> pl.Expr:
    x = pl.col(leaf.id)
    if leaf.direction is Direction.LOWER:
        return -x
    return -(x - float(leaf.reference_value or 0.0)).abs() if leaf.direction is Direction.REFERENCE else x


def _turned_number(leaf: IndicatorSpec, value: float) -> float:
    if leaf.direction is Direction.LOWER:
        return -value
    return -abs(value - float(leaf.reference_value or 0.0)) if leaf.direction is Direction.REFERENCE else value


def _over(statistic: pl.Expr, step: Normalise) -> pl.Expr:
    return statistic if step.over == "all_years" else statistic.over(YEAR)


def _on_scale(z: pl.Expr, step: Normalise) -> pl.Expr:
    return step.low + (step.high - step.low) * (z.clip(0.0, 1.0) if step.cap else z)


def _goalposts(leaf: IndicatorSpec, step: Normalise) -> pl.Expr:
    posts = leaf.goalposts
    assert posts is not None
    x = pl.col(leaf.id)
    v = (x - float(leaf.reference_value or 0.0)).abs() if leaf.direction is Direction.REFERENCE else x
    if posts.scale == "linear":
        return (v - posts.low) / (posts.high - posts.low)
    low, high = float(np.log(posts.low)), float(np.log(posts.high))
    beyond = float(low > high) if step.cap else None
    return pl.when(v > 0).then((v.log() - low) / (high - low)).when(v <= 0).then(beyond)


def _rank_score(y: pl.Expr, step: Normalise, method: str) -> pl.Expr:
    compared = y.map_batches(lambda column: pl.Series(significant(column.to_numpy())).fill_nan(None), pl.Float64)
    if method == "percentile_rank":
        count = _over(y.count(), step)
        # The average rank from below is one plus the worse and half of the other equal ones.
        place = _over(compared.rank("average"), step) - 1.0
        return _on_scale(pl.when(count > 1).then(place / (count - 1)), step)
    from_below = _over(compared.rank("min"), step).cast(pl.Float64)
    return from_below if method == "rank" else from_below - 1.0


# --- aggregate and rank ----------------------------------------------------------------------------------------------


def _refuse_unsupported(definition: Definition, option: Aggregate) -> None:
    methods = {level_of(definition, option, group).method for group in definition.children}
    if option.weights == "pca" or "copeland" in methods:
        raise MeasureError("the Polars engine has no Copeland rule and no `pca` weights. Use run_index for them.")


def _aggregate(table: pl.DataFrame, definition: Definition, option: Aggregate) -> pl.DataFrame:
    weights = base_weights(definition, option)
    for group in definition.bottom_up():
        children = [child for child in definition.children[group] if weights[child] > 0]
        level = level_of(definition, option, group)
        if _exponent(level) != 1.0 and (table.select(children) <= 0).select(pl.any_horizontal(pl.all().any())).item():
            what = f"{group}: the {level.method} mean needs scores above zero, and a score of zero or less occurs."
            raise MeasureError(f"{what} Normalise to a range that begins above zero (for example low: 1).")
        table = table.with_columns(_mean(children, [weights[child] for child in children], level).alias(group))
    return table


def _exponent(level: Level) -> float:
    return {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}.get(level.method, level.exponent)


def _mean(children: Sequence[str], weights: Sequence[float], level: Level) -> pl.Expr:
    p = _exponent(level)
    linked = [pl.col(child).log() if p == 0.0 else pl.col(child) ** p for child in children]
    summed = pl.sum_horizontal([(s * w).fill_null(0.0) for s, w in zip(linked, weights, strict=True)])
    present = pl.sum_horizontal(
        [pl.col(child).is_not_null().cast(pl.Float64) * w for child, w in zip(children, weights, strict=True)]
    )
    mean = summed / present
    score = mean.exp() if p == 0.0 else mean ** (1.0 / p)
    if level.missing == "refuse":
        return pl.when(pl.all_horizontal(pl.col(children).is_not_null())).then(score)
    enough = level.min_share * sum(weights) * (1.0 - 1e-12)
    return pl.when((present > 0) & (present >= enough)).then(score)


def _with_ranks(table: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    nodes = [leaf.id for leaf in definition.indicators] + list(definition.bottom_up())
    # The same bits as NumPy's: an explicit `/ 1e9` would not be, as Polars multiplies by the reciprocal instead.
    rounded = table.with_columns([pl.col(node).round(SCORE_DECIMALS, mode="half_to_even") for node in nodes])
    ranks = [
        pl.col(node).rank("min", descending=True).over(YEAR).cast(pl.Int64).alias(rank_column(node)) for node in nodes
    ]
    return rounded.select(YEAR, UNIT, *nodes).with_columns(ranks)
