"""Random definitions of an index, and random data with missing cells, for Hypothesis.

Values are multiples of 1/4, so that equal values and ties occur often and sums are exact whatever their order.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    Denominate,
    FixedGoalposts,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Normalise,
    Screen,
    Treat,
)
from serantau.measure.indicators import Direction

METHODS = (
    "minmax", "goalposts", "zscore", "target_distance", "reference_distance", "best_distance",
    "share_of_best", "rank", "percentile_rank", "borda",
)  # fmt: skip
WEIGHTS = st.sampled_from([0.0, 0.5, 1.0, 1.0, 2.0, 3.0])


def data_of(definition: Definition, table) -> Data:
    years = tuple(sorted(table))
    units = tuple(table[years[0]])
    columns = tuple(table[years[0]][units[0]])
    values = [[[table[y][u][c] for c in columns] for u in units] for y in years]
    return Data(units, columns, years, np.array(values, dtype=float))


# --- random definitions ----------------------------------------------------------------------------------------------


@st.composite
def trees(draw, indicators: int):
    """Groups and the group of each indicator: one, two or three levels, sometimes uneven."""
    groups = [GroupSpec(id="root")]
    bottoms = ["root"]
    if indicators >= 3 and draw(st.booleans()):
        groups += [GroupSpec(id=name, parent="root", weight=draw(WEIGHTS) or 1.0) for name in ("a", "b")]
        bottoms = ["a", "b"]
        if indicators >= 4 and draw(st.booleans()):
            groups.append(GroupSpec(id="aa", parent="a", weight=draw(WEIGHTS) or 1.0))
            bottoms = draw(st.sampled_from([["aa", "b"], ["aa", "b", "root"], ["aa", "b", "a"]]))
    homes = [bottoms[i % len(bottoms)] for i in range(indicators)]
    return groups, homes


@st.composite
def indicators_of(draw, index: int, home: str):
    direction = draw(st.sampled_from(list(Direction)))
    low, high = (1.0, 30.0) if direction is Direction.HIGHER else (30.0, 1.0)
    return IndicatorSpec(
        id=f"i{index}",
        group=home,
        direction=direction,
        weight=draw(WEIGHTS) if index > 2 else 1.0,
        denominator=draw(st.sampled_from(["", "", "", "people"])),
        factor=draw(st.sampled_from([1.0, 1.0, 4.0])),
        goalposts=FixedGoalposts(low=low, high=high, scale=draw(st.sampled_from(["linear", "log"]))),
        target=draw(st.sampled_from([8.0, 20.0])),
        reference_value=8.0,
    )


@st.composite
def levels(draw):
    return Level(
        method=draw(st.sampled_from(["arithmetic", "arithmetic", "geometric", "harmonic", "power", "copeland"])),
        exponent=draw(st.sampled_from([-2.0, 0.0, 0.5, 1.0, 2.0])),
        missing=draw(st.sampled_from(["skip", "skip", "refuse"])),
        min_share=draw(st.sampled_from([0.0, 0.5, 0.75])),
    )


@st.composite
def step_lists(draw, groups, names, units):
    steps = [Denominate()] if draw(st.booleans()) else []
    if draw(st.booleans()):
        steps.append(
            Screen(
                min_share=draw(st.sampled_from([0.0, 0.5, 0.7])),
                by_group={groups[-1].id: 0.5} if draw(st.booleans()) else {},
                max_zero_share=draw(st.sampled_from([0.5, 1.0])),
                keep=(units[0],) if draw(st.booleans()) else (),
                drop=(units[1],) if draw(st.booleans()) else (),
            )
        )
    methods = ["none", "mean", "median", "group_mean", "group_median", "latest", "linear"]
    if draw(st.booleans()):
        steps.append(Impute(method=draw(st.sampled_from(methods)), max_years=draw(st.sampled_from([1, 2, 100]))))
    if draw(st.booleans()):
        steps.append(
            Treat(
                skew_limit=draw(st.sampled_from([0.5, 1.0, 2.0])),
                kurtosis_limit=draw(st.sampled_from([0.5, 3.5])),
                estimator=draw(st.sampled_from(["sample", "population"])),
                winsorise_max=draw(st.integers(0, 4)),
                fallback=draw(st.sampled_from(["none", "none", "log", "log_shift", "log_range"])),
                skip=(names[0],) if draw(st.booleans()) else (),
            )
        )
    by_indicator = {name: draw(st.sampled_from(METHODS)) for name in names if draw(st.integers(0, 3)) == 0}
    low = draw(st.sampled_from([0.0, 1.0]))
    steps.append(
        Normalise(
            method=draw(st.sampled_from(METHODS)),
            low=low,
            high=low + draw(st.sampled_from([1.0, 100.0])),
            cap=draw(st.booleans()),
            mean=draw(st.sampled_from([0.0, 50.0])),
            sd=draw(st.sampled_from([1.0, 10.0])),
            reference_unit=units[2],
            by_indicator=by_indicator,
            over=draw(st.sampled_from(["year", "all_years"])),
        )
    )
    root_levels = 1 + (len(groups) > 1) + (len(groups) > 3)
    steps.append(
        Aggregate(
            weights=draw(st.sampled_from(["given", "equal", "other"])),
            default=draw(levels()),
            levels=tuple(draw(levels()) for _ in range(draw(st.integers(0, root_levels)))),
            by_group={groups[-1].id: draw(levels())} if draw(st.booleans()) else {},
        )
    )
    return tuple(steps)


@st.composite
def cases(draw):
    count = draw(st.integers(1, 6))
    groups, homes = draw(trees(count))
    leaves = [draw(indicators_of(i, home)) for i, home in enumerate(homes)]
    units = [f"u{i}" for i in range(draw(st.integers(3, 9)))]
    years = [2019, 2020, 2022][: draw(st.integers(1, 3))]
    cell = st.one_of(st.none(), st.integers(0, 24), st.integers(4, 160), st.sampled_from([0, 40, 4000]))
    quarter = cell.map(lambda x: None if x is None else x / 4)
    columns = [leaf.id for leaf in leaves] + ["people"]
    table = {year: {unit: {name: draw(quarter) for name in columns} for unit in units} for year in years}
    definition = Definition(
        id="random",
        title="Random",
        indicators=tuple(leaves),
        groups=tuple(groups),
        steps=draw(step_lists(groups, [leaf.id for leaf in leaves], units)),
        weight_sets={"other": {leaves[0].id: 2.5}},
        unit_groups={unit: "odd" if i % 2 else "even" for i, unit in enumerate(units[:-1])},
    )
    return definition, table
