"""Published worked tables, computed again.

"Handbook" is OECD/JRC, *Handbook on Constructing Composite Indicators: Methodology and User Guide* (OECD 2008, ISBN
978-92-64-04345-9); its figures are those of the Technology Achievement Index (TAI) of the United Nations Development
Programme, *Human Development Report 2001*. A published figure is rounded, so a test allows half a unit of its last
digit, plus what the rounding of its published inputs can do where that is more.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    FixedGoalposts,
    GroupSpec,
    IndicatorSpec,
    Level,
    Normalise,
    Treat,
)
from serantau.measure.index import run_index
from serantau.measure.indicators import Direction
from serantau.measure.treat import skewness_kurtosis, treat_columns
from tests.measure.tai import TAI, TAI_GOALPOSTS, TAI_INDICATORS


def flat(names, steps, weights=None, goalposts=None) -> Definition:
    weights = weights or [1.0] * len(names)
    posts = [FixedGoalposts(low=low, high=high) for low, high in goalposts] if goalposts else [None] * len(names)
    leaves = [
        IndicatorSpec(id=name, group="index", weight=weight, goalposts=post)
        for name, weight, post in zip(names, weights, posts, strict=True)
    ]
    return Definition(
        id="worked", title="Worked", indicators=tuple(leaves), groups=(GroupSpec(id="index"),), steps=tuple(steps)
    )


def run(rows, names, steps, weights=None, goalposts=None):
    """(scores, ranks) of the index by unit."""
    data = Data.of_matrix(tuple(rows), names, np.array(list(rows.values()), dtype=float))
    result = run_index(flat(names, steps, weights, goalposts), data)
    return (
        {unit: result.score(unit, "index") for unit in rows},
        {unit: result.rank(unit, "index") for unit in rows},
    )


def schooling(**options):
    """Schooling alone, normalised: the example of Handbook, Table 15."""
    rows = {country: (values[6],) for country, values in TAI.items()}
    scores, _ = run(rows, ["schooling"], [Normalise(low=0, high=1, **options), Aggregate()])
    return list(scores.values())


# --- normalisation: Handbook, Table 15, page 87 (mean years of school) -----------------------------------------------
# In the order of TAI. "Rank": high value = top in the list.

TABLE_15 = """
    Finland        15  0.26 0.59 0.83
    United States  23  1.52 1.00 1.00
    Sweden         19  1.14 0.88 0.95
    Japan          12 -0.06 0.49 0.79
    Korea          17  0.76 0.76 0.90
    Netherlands     9 -0.12 0.47 0.78
    United Kingdom  9 -0.12 0.47 0.78
    Canada         20  1.27 0.92 0.97
    Australia      18  0.83 0.78 0.91
    Singapore       1 -1.58 0.00 0.59
    Germany        16  0.38 0.63 0.85
    Norway         22  1.46 0.98 0.99
    Ireland         9 -0.12 0.47 0.78
    Belgium         8 -0.19 0.45 0.78
    New Zealand    21  1.33 0.94 0.98
    Austria         6 -0.76 0.27 0.70
    France          5 -1.08 0.16 0.66
    Israel         14  0.00 0.51 0.80
    Spain           4 -1.46 0.04 0.61
    Italy           3 -1.52 0.02 0.60
    Czech Republic 12 -0.06 0.49 0.79
    Hungary         7 -0.31 0.41 0.76
    Slovenia        1 -1.58 0.00 0.59
"""
PUBLISHED = [tuple(map(float, line.split()[-4:])) for line in TABLE_15.strip().splitlines()]


@pytest.mark.parametrize("column, method", [(0, "rank"), (1, "zscore"), (2, "minmax"), (3, "share_of_best")])
def test_normalisation_of_schooling_is_table_15(column, method):
    expected = [row[column] for row in PUBLISHED]
    assert schooling(method=method) == pytest.approx(expected, abs=0.0051)


def test_share_of_the_leader_is_table_14_on_an_interval_scale():
    """Handbook, Table 14, page 83: temperature and humidity of two countries, each divided by the leader's."""
    steps = [Normalise(method="share_of_best", low=0, high=1), Aggregate()]
    names = ["temperature", "humidity"]
    celsius_2003, _ = run({"A": (35, 75), "B": (39, 50)}, names, steps)
    celsius_2004, _ = run({"A": (35.9, 70), "B": (40, 45)}, names, steps)
    fahrenheit_2003, _ = run({"A": (95, 75), "B": (102.2, 50)}, names, steps)
    assert [*celsius_2003.values()] == pytest.approx([0.949, 0.833], abs=0.0006)
    assert [*celsius_2004.values()] == pytest.approx([0.949, 0.821], abs=0.0006)
    assert [*fahrenheit_2003.values()] == pytest.approx([0.965, 0.833], abs=0.0006)


# --- rankings of 23 countries: Handbook, Table 23 (page 100) and Table 38 (page 116) ---------------------------------

LINEAR = dict(zip(
    TAI, [1, 2, 3, 4, 5, 6, 7, 9, 10, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23], strict=True
))  # fmt: skip
BUDGET_ALLOCATION = dict(zip(
    TAI, [1, 2, 3, 5, 4, 8, 7, 10, 11, 6, 9, 13, 12, 14, 17, 15, 16, 18, 19, 21, 22, 20, 23], strict=True
))  # fmt: skip
GEOMETRIC = dict(zip(
    TAI, [2, 1, 3, 4, 16, 5, 6, 13, 14, 18, 8, 11, 7, 9, 17, 12, 10, 15, 19, 21, 23, 22, 20], strict=True
))  # fmt: skip
BAP_WEIGHTS = (0.11, 0.11, 0.11, 0.18, 0.10, 0.06, 0.15, 0.18)  # Table 22, page 100


def test_equal_weights_and_a_linear_mean_rank_the_countries_as_tables_23_and_38():
    steps = [Normalise(method="goalposts", low=0, high=1), Aggregate()]
    scores, ranks = run(TAI, TAI_INDICATORS, steps, goalposts=TAI_GOALPOSTS)
    assert ranks == LINEAR
    # Human Development Report 2001 gives Finland 0.744, from values that had not been rounded.
    assert scores["Finland"] == pytest.approx(0.744, abs=0.006)


def test_budget_allocation_weights_rank_the_countries_as_table_23():
    steps = [Normalise(method="goalposts", low=0, high=1), Aggregate()]
    _, ranks = run(TAI, TAI_INDICATORS, steps, weights=BAP_WEIGHTS, goalposts=TAI_GOALPOSTS)
    assert ranks == BUDGET_ALLOCATION


def test_the_geometric_mean_ranks_the_countries_as_table_38():
    """A geometric mean needs no normalisation on ratio scales: it was taken of the values themselves (equation 40)."""
    _, ranks = run(TAI, TAI_INDICATORS, [Aggregate(default=Level(method="geometric"))])
    assert ranks == GEOMETRIC


# --- aggregation: Handbook, section 6 --------------------------------------------------------------------------------


def test_geometric_mean_of_the_two_countries_on_page_104():
    names = ["a", "b", "c", "d"]
    rows = {"one": (21, 1, 1, 1), "two": (6, 6, 6, 6), "one improved": (21, 2, 1, 1), "two improved": (6, 7, 6, 6)}
    scores, _ = run(rows, names, [Aggregate(default=Level(method="geometric"))])
    # The page cuts digits: the fourth root of 42 is 2.5457, printed 2.54.
    assert [math.floor(score * 100) / 100 for score in scores.values()] == [2.14, 6, 2.54, 6.23]
    equal, _ = run({"one": (21, 1, 1, 1), "two": (6, 6, 6, 6)}, names, [Aggregate()])
    assert equal == {"one": 6, "two": 6}


def order(*best_first):
    """One indicator's values that put units in this order."""
    return {unit: float(len(best_first) - place) for place, unit in enumerate(best_first)}


TABLE_25 = [(3, order(*"abcd")), (5, order(*"acbd")), (7, order(*"bdca")), (6, order(*"cbda"))]  # page 106
TABLE_28 = [  # page 108, Condorcet's own example
    (23, order(*"abc")), (17, order(*"bca")), (2, order(*"bac")), (10, order(*"cab")), (8, order(*"cba")),
]  # fmt: skip
TABLE_31 = [(3, order(*"cbad")), (2, order(*"badc")), (2, order(*"adcb"))]  # page 109, Fishburn's


def vote(profile, steps):
    names = [f"i{index}" for index in range(len(profile))]
    rows = {unit: tuple(votes[unit] for _, votes in profile) for unit in sorted(profile[0][1])}
    scores, ranks = run(rows, names, steps, weights=[float(count) for count, _ in profile])
    return scores, ranks, sum(count for count, _ in profile)


@pytest.mark.parametrize(
    "profile, points",
    [
        (TABLE_25, {"a": 24, "b": 44, "c": 38, "d": 20}),  # page 107
        (TABLE_28, {"a": 58, "b": 69, "c": 53}),  # page 108
        (TABLE_31, {"a": 13, "b": 12, "c": 11, "d": 6}),  # page 109
    ],
    ids=["table 26", "table 29", "table 32"],
)
def test_borda_points(profile, points):
    scores, _, indicators = vote(profile, [Normalise(method="borda"), Aggregate()])
    assert {unit: score * indicators for unit, score in scores.items()} == pytest.approx(points)


def test_borda_reverses_the_order_without_the_last_country_as_in_table_33():
    without_d = [(count, {unit: v for unit, v in votes.items() if unit != "d"}) for count, votes in TABLE_31]
    scores, _, indicators = vote(without_d, [Normalise(method="borda"), Aggregate()])
    assert {unit: score * indicators for unit, score in scores.items()} == pytest.approx({"a": 6, "b": 7, "c": 8})


COPELAND = [Aggregate(default=Level(method="copeland"))]


def test_copeland_gives_the_condorcet_ranking_of_page_107():
    """Country c beats everybody, b beats a and d, d beats a (Table 27): wins minus losses 3, 1, -1, -3."""
    scores, ranks, _ = vote(TABLE_25, COPELAND)
    assert scores == {"a": -3, "b": 1, "c": 3, "d": -1}
    assert ranks == {"c": 1, "b": 2, "d": 3, "a": 4}


def test_copeland_tells_nobody_apart_in_the_cycle_of_page_109():
    """Table 30: a beats b, b beats c, c beats a."""
    scores, _, _ = vote(TABLE_28, COPELAND)
    assert scores == {"a": 0, "b": 0, "c": 0}


def test_copeland_of_five_countries_from_the_outranking_matrix_of_table_36():
    """Table 35, page 113 (three decimals for the logarithms) and Table 36, page 114.

    Above one half: Finland over Japan, Korea; USA over Japan, Korea; Sweden over Finland, Japan, Korea; Japan over
    Korea. Finland-USA and USA-Sweden are one half each: neither wins.
    """
    rows = {
        "Finland": (187, 125.6, 200.2, 50.7, 3.080, 4.150, 10, 27.4),
        "USA": (289, 130, 179.1, 66.2, 2.997, 4.073, 12, 13.9),
        "Sweden": (271, 156.6, 125.8, 59.7, 3.096, 4.145, 11.4, 15.3),
        "Japan": (994, 64.6, 49, 80.8, 3.003, 3.865, 9.5, 10),
        "Korea": (779, 9.8, 4.8, 66.7, 2.972, 3.653, 10.8, 23.2),
    }
    scores, _ = run(rows, TAI_INDICATORS, COPELAND)
    assert scores == {"Finland": 2 - 1, "USA": 2, "Sweden": 3, "Japan": 1 - 3, "Korea": -4}


# --- Human Development Index -----------------------------------------------------------------------------------------
# United Nations Development Programme, Human Development Report 2015, statistical annex, Table 1 (values of 2014):
# HDI; life expectancy, expected and mean years of schooling, GNI per capita (2011 PPP $). Goalposts: its technical
# note 1: 20 to 85, 0 to 18, 0 to 15, 100 to 75,000 (logarithm); each index at most 1.

HDI_2014 = {
    "Norway": (0.944, 81.6, 17.5, 12.6, 64992),
    "Australia": (0.935, 82.4, 20.2, 13.0, 42261),
    "Switzerland": (0.930, 83.0, 15.8, 12.8, 56431),
    "Denmark": (0.923, 80.2, 18.7, 12.7, 44025),
    "Netherlands": (0.922, 81.6, 17.9, 11.9, 45435),
    "Germany": (0.916, 80.9, 16.5, 13.1, 43919),
    "United States": (0.915, 79.1, 16.5, 12.9, 52947),
    "New Zealand": (0.913, 81.8, 19.2, 12.5, 32689),
    "Singapore": (0.912, 83.0, 15.4, 10.6, 76628),
    "Liechtenstein": (0.908, 80.0, 15.0, 11.8, 79851),
    "Sweden": (0.907, 82.2, 15.8, 12.1, 45636),
    "Luxembourg": (0.892, 81.7, 13.9, 11.7, 58711),
    "Japan": (0.891, 83.5, 15.3, 11.5, 36927),
    "Finland": (0.883, 80.8, 17.1, 10.3, 38695),
}


def human_development_index() -> Definition:
    """Goalposts on a linear and a logarithmic scale, an arithmetic mean within education, a geometric mean above."""

    def leaf(name, group, low, high, scale="linear"):
        return IndicatorSpec(id=name, group=group, goalposts=FixedGoalposts(low=low, high=high, scale=scale))

    return Definition(
        id="hdi",
        title="Human Development Index",
        indicators=(
            leaf("life", "hdi", 20, 85),
            leaf("expected", "education", 0, 18),
            leaf("mean", "education", 0, 15),
            leaf("income", "hdi", 100, 75_000, "log"),
        ),
        groups=(GroupSpec(id="hdi"), GroupSpec(id="education", parent="hdi")),
        steps=(
            Normalise(method="goalposts", low=0, high=1),
            Aggregate(levels=(Level(method="arithmetic"), Level(method="geometric"))),
        ),
    )


def test_the_human_development_index_of_2014():
    rows = [values[1:] for values in HDI_2014.values()]
    data = Data.of_matrix(tuple(HDI_2014), ("life", "expected", "mean", "income"), np.array(rows))
    result = run_index(human_development_index(), data)
    found = [result.score(country, "hdi") for country in HDI_2014]
    assert found == pytest.approx([values[0] for values in HDI_2014.values()], abs=0.001)


def test_the_income_index_of_the_technical_note():
    """UNDP, Human Development Report 2020, technical note 1: GNI per capita of 3,829 gives 0.5506."""
    data = Data.of_matrix(("one",), ("life", "expected", "mean", "income"), np.array([[65.3, 7.9, 3.8, 3829]]))
    assert run_index(human_development_index(), data).score("one", "income") == pytest.approx(0.5506, abs=0.00005)


# --- other published examples ----------------------------------------------------------------------------------------


def test_winsorisation_and_logarithm_as_in_coinr():
    """Becker et al., R package COINr 1.1.14, tests/testthat/test-treat.R: one and two outliers (sample estimator)."""
    one = np.array([[*range(1, 11), 100.0]])
    treated = treat_columns(one, Treat(winsorise_max=5))
    assert treated.points.tolist() == [1]
    assert treated.values.tolist() == [[*range(1, 11), 10.0]]
    two = np.array([[*range(1, 21), 100.0, 200.0]])
    once = treat_columns(two, Treat(winsorise_max=1, fallback="none"))
    assert not once.passes[0]
    logged = treat_columns(two, Treat(winsorise_max=1, fallback="log"))
    assert logged.values == pytest.approx(np.log(two))


@pytest.mark.parametrize(
    "values, target, direction, cap, expected",
    [
        ((0, 5, 11), 10, "higher", False, (0, 0.5, 1.1)),
        ((0, 5, 11), 10, "higher", True, (0, 0.5, 1)),
        ((-1, 1, 10), 0, "lower", False, (1.1, 0.9, 0)),
        ((-1, 1, 10), 0, "lower", True, (1, 0.9, 0)),
    ],
)
def test_distance_to_target_as_in_coinr(values, target, direction, cap, expected):
    """R package COINr 1.1.14, tests/testthat/test-normalise.R, "dist2targ"."""
    leaf = IndicatorSpec(id="x", group="index", target=target, direction=Direction(direction))
    definition = Definition(
        id="coinr", title="COINr", indicators=(leaf,), groups=(GroupSpec(id="index"),),
        steps=(Normalise(method="target_distance", low=0, high=1, cap=cap), Aggregate()),
    )  # fmt: skip
    data = Data.of_matrix(("a", "b", "c"), ("x",), np.array(values, dtype=float)[:, None])
    assert [run_index(definition, data).score(unit, "x") for unit in "abc"] == pytest.approx(list(expected))


def test_skewness_and_kurtosis_by_hand():
    """Joanes and Gill, The Statistician 47 (1998): G1 = g1 sqrt(n (n-1)) / (n-2), on 1, 2, 3, 4, 10 by hand.

    Mean 4, deviations -3 -2 -1 0 6: m2 = 50/5 = 10, m3 = 180/5 = 36, m4 = 1394/5 = 278.8;
    g1 = 36 / 10^1.5, g2 = 2.788 - 3; G1 = g1 sqrt(20) / 3, G2 = 4 / (3 x 2) (6 g2 + 6).
    """
    g1, g2 = 36 / 10**1.5, 278.8 / 100 - 3
    values = np.array([[1.0, 2, 3, 4, 10]])
    assert [float(x[0]) for x in skewness_kurtosis(values, "population")] == pytest.approx([g1, g2])
    expected = [g1 * math.sqrt(20) / 3, 4 / 6 * (6 * g2 + 6)]
    assert [float(x[0]) for x in skewness_kurtosis(values, "sample")] == pytest.approx(expected)
