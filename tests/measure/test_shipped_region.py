"""Rule: what the shipped region is said to be follows from its files, recomputed here with pandas and plain Python.

The expected side reads the CSV and YAML files itself and shares no line with ``serantau.measure``. No number is written
here: every expected value is computed from the files, so that a corrected figure needs no change of this test.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from serantau.base import AsOf
from serantau.bundle import default_region, load_bundle
from serantau.cli import main
from serantau.measure.assessment import Period
from serantau.measure.standing import standing

DAY = date(2026, 11, 21)
ROOT = default_region()


def read(name: str) -> dict:
    """A YAML file with every scalar as text, so that nothing is converted behind our back."""
    return yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only


@dataclass
class Expected:
    """The files, and what follows from them on one day."""

    index: dict
    indicators: dict[str, dict]
    members: list[str]
    first_year: int
    last_year: int
    rows: pd.DataFrame

    @property
    def window(self) -> int:
        return int(self.index["window_years"])

    @cached_property
    def by_pair(self) -> dict[tuple[str, str], pd.DataFrame]:
        groups = self.rows.groupby(["indicator", "member"])
        return {pair: table.set_index("year").sort_index() for pair, table in groups}

    def series(self, indicator: str, member: str) -> pd.DataFrame:
        """Figures by year."""
        return self.by_pair.get((indicator, member), self.rows[:0].set_index("year"))

    def latest(self, indicator: str, member: str, first: int, last: int) -> pd.Series | None:
        inside = self.series(indicator, member).loc[first:last]
        return None if inside.empty else inside.iloc[-1]

    def used(self, indicator: str, member: str) -> pd.Series | None:
        """The figure that the standing uses."""
        return self.latest(indicator, member, self.last_year - self.window + 1, self.last_year)

    def broken(self, indicator: str, member: str, after: int, until: int) -> bool:
        found = self.series(indicator, member)
        between = found[(found.index > after) & (found.index <= until)]
        return any("break" in flags for flags in between["flags"])

    def of(self, outcome: str, role: str) -> list[str]:
        return [name for name, one in self.indicators.items() if (one["outcome"], one["role"]) == (outcome, role)]


def load_expected() -> Expected:
    profile = read("region.yaml")["region"]
    profile = profile[0] if isinstance(profile, list) else profile
    plan = next(one for one in read("plan/plans.yaml")["plans"] if one["id"] == profile["default_plan"])
    index = next(one for one in read("indicators/index.yaml")["indexes"] if one["plan"] == plan["id"])
    indicators = {one["id"]: one for one in read("indicators/indicators.yaml")["indicators"]}
    members = [one["id"] for one in read("members.yaml")["members"] if one["valid_from"][:10] <= DAY.isoformat()]
    tables = [
        pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((ROOT / "indicators" / "observations").glob("*.csv"))
    ]
    rows = pd.concat(tables)
    rows["year"] = rows.year.astype(int)
    rows["value"] = [float(text) for text in rows.value]
    rows["flags"] = [text.split() for text in rows["flags"]]
    rows = rows.sort_values("known", kind="stable").drop_duplicates(["indicator", "member", "year"], keep="last")
    rows = rows[rows.year <= DAY.year]
    derived = [ratio_rows(rows, name, one["ratio"]) for name, one in indicators.items() if "ratio" in one]
    rows = pd.concat([rows, *derived])[["indicator", "member", "year", "value", "flags"]]
    return Expected(index, indicators, members, int(plan["start"][:4]), min(DAY.year, int(plan["end"][:4])), rows)


def ratio_rows(rows: pd.DataFrame, name: str, ratio: dict) -> pd.DataFrame:
    """A ratio of two series: member by member, year by year, where both have a figure."""
    both = rows[rows.indicator == ratio["numerator"]].merge(
        rows[rows.indicator == ratio["denominator"]], on=["member", "year"], suffixes=("", "_below")
    )
    both = both[both.value_below != 0].copy()
    both["value"] = both.value / both.value_below * float(ratio.get("factor", 1.0))
    both["flags"] = [
        list(dict.fromkeys([*one, *two, "derived"])) for one, two in zip(both["flags"], both.flags_below, strict=True)
    ]
    both["indicator"] = name
    return both[["indicator", "member", "year", "value", "flags"]]


def goalpost_score(one: dict, value: float) -> float:
    """0 to 100 between the two goalposts, cut at both."""
    low, high = float(one["goalposts"]["low"]), float(one["goalposts"]["high"])
    if one["direction"] == "reference":
        value = abs(value - float(one["reference"]))
    if one["goalposts"].get("scale") == "log":
        if value <= 0:  # below every positive number
            return 100.0 if low > high else 0.0
        value, low, high = math.log(value), math.log(low), math.log(high)
    return 100.0 * min(1.0, max(0.0, (value - low) / (high - low)))


def tree_score(expected: Expected, group: str, leaves: dict[str, float]) -> float | None:
    """Weighted mean over the parts that have a score, if they carry enough of the group's weight."""
    children: list[tuple[float, float | None]] = [
        (float(one.get("weight", 1)), leaves.get(name))
        for name, one in expected.indicators.items()
        if one["role"] == "score" and one.get("group") == group
    ]
    children += [
        (float(one.get("weight", 1)), tree_score(expected, one["id"], leaves))
        for one in expected.index["groups"]
        if one.get("parent") == group and leaf_below(expected, one["id"])
    ]
    step = next(one for one in expected.index["steps"] if one["step"] == "aggregate")
    rule = step.get("by_group", {}).get(group, step["default"])
    assert rule["method"] == "arithmetic"
    present = [(weight, score) for weight, score in children if score is not None]
    whole, held = sum(weight for weight, _ in children), sum(weight for weight, _ in present)
    if not present or held < float(rule["min_share"]) * whole * (1 - 1e-12):
        return None
    return sum(weight * score for weight, score in present) / held


def leaf_below(expected: Expected, group: str) -> bool:
    here = any(one.get("group") == group and one["role"] == "score" for one in expected.indicators.values())
    return here or any(
        leaf_below(expected, one["id"]) for one in expected.index["groups"] if one.get("parent") == group
    )


@pytest.fixture(scope="module")
def expected():
    return load_expected()


@pytest.fixture(scope="module")
def found():
    bundle = load_bundle(ROOT)
    plan = bundle.plans.plan(bundle.region.profile.default_plan)
    asof = AsOf(DAY)
    members = [member.id for member in bundle.region.members_at(asof)]
    period = Period(plan.start.earliest, plan.end.latest)
    return standing(bundle.measure, bundle.measure.index_of(plan.id), period, members, asof, replicates=0)


def command(*words: str) -> list[dict]:
    result = CliRunner().invoke(main, [*words, "--as-of", DAY.isoformat(), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


def test_members_outcomes_and_indicators_are_those_of_the_files(expected, found):
    assert sorted(found.members) == sorted(expected.members)
    assert [one.outcome for one in found.outcomes] == expected.index["outcomes"]
    for one in found.outcomes:
        assert list(one.indicators) == expected.of(one.outcome, "score")
        assert list(one.figures) == expected.of(one.outcome, "figure")
        assert list(one.slots) == expected.of(one.outcome, "slot")


def test_every_figure_is_the_latest_within_the_window(expected, found):
    assert {key[1] for key in found.cells} == set(expected.indicators)
    used = 0
    for (member, indicator), cell in found.cells.items():
        wanted = expected.used(indicator, member)
        if wanted is None:
            assert cell.figure is None
            assert cell.marks == ()
            continue
        used += 1
        assert cell.figure.year == wanted.name
        assert cell.figure.value == wanted.value, (member, indicator)
        marks = list(wanted["flags"])
        if wanted.name <= expected.last_year - int(expected.index["old_after_years"]):
            marks.append("old")
        if wanted.name < expected.first_year:
            marks.append("before the plan")
        assert list(cell.marks) == marks, (member, indicator)
    assert used > 500, "the shipped region has figures"


def test_every_indicator_score_is_its_place_between_the_goalposts(expected, found):
    scored = 0
    for (member, indicator), cell in found.cells.items():
        one, wanted = expected.indicators[indicator], expected.used(indicator, member)
        if one["role"] != "score" or wanted is None:
            assert cell.score is None
            continue
        scored += 1
        assert cell.score == pytest.approx(goalpost_score(one, wanted.value), abs=1e-8), (member, indicator)
    assert scored > 100


def test_every_outcome_score_rank_and_count(expected, found):
    for summary in found.outcomes:
        names = expected.of(summary.outcome, "score")
        figures = {(m, n): expected.used(n, m) for m in expected.members for n in names}
        with_data = {name for (_, name), figure in figures.items() if figure is not None}
        enough = len(with_data) >= int(expected.index["min_digital"])
        assert summary.scored is enough
        scores = {}
        for member in expected.members:
            leaves = {
                n: goalpost_score(expected.indicators[n], figures[member, n].value)
                for n in names
                if figures[member, n] is not None
            }
            score = tree_score(expected, summary.outcome, leaves) if enough else None
            scores[member] = None if score is None else round(score, 9)
            answer = found.scores[member, summary.outcome]
            assert (answer.have, answer.of) == (len(leaves), len(names))
            if score is None:
                assert answer.score is None
                assert answer.rank is None
                assert answer.state == ("too little data" if enough else "no score")
            else:
                assert answer.score == pytest.approx(score, abs=1e-8)
                assert answer.state == "scored"
            wanted_marks: dict[str, int] = {}
            for name in leaves:
                for mark in found.cells[member, name].marks:  # held to the files above
                    wanted_marks[mark] = wanted_marks.get(mark, 0) + 1
            assert dict(answer.marks) == wanted_marks
        for member, score in scores.items():
            ranked = sum(other is not None for other in scores.values())
            assert found.scores[member, summary.outcome].ranked == ranked
            if score is not None:
                above = sum(other is not None and other > score + 5e-10 for other in scores.values())
                assert found.scores[member, summary.outcome].rank == above + 1


def test_no_overall_score_while_an_outcome_has_none(expected, found):
    root = next(one["id"] for one in expected.index["groups"] if "parent" not in one)
    complete = all(one.scored for one in found.outcomes)
    assert complete or all(found.result.score(member, root) is None for member in found.members)


def comparable(expected: Expected, indicator: str, member: str) -> tuple[float, float] | None:
    """The figures before and within the plan, where a change between them means anything."""
    old = expected.latest(indicator, member, expected.first_year - expected.window, expected.first_year - 1)
    new = expected.latest(indicator, member, expected.first_year, expected.last_year)
    if old is None or new is None or expected.indicators[indicator].get("relative") == "true":
        return None
    if expected.broken(indicator, member, old.name, new.name):
        return None
    return float(old.value), float(new.value)


def test_change_is_over_the_same_indicators_before_and_after(expected, found):
    changed = 0
    for (member, outcome), answer in found.scores.items():
        pairs = {n: p for n in expected.of(outcome, "score") if (p := comparable(expected, n, member))}
        before, after = (
            tree_score(
                expected, outcome, {n: goalpost_score(expected.indicators[n], pair[at]) for n, pair in pairs.items()}
            )
            for at in (0, 1)
        )
        if before is None or after is None or answer.score is None:
            assert (answer.change, answer.change_over) == (None, 0)
            continue
        changed += 1
        assert answer.change == pytest.approx(after - before, abs=1e-7)
        assert answer.change_over == len(pairs)
        assert answer.change_capped == sum(
            any(beyond(expected.indicators[n], value) for value in pair) for n, pair in pairs.items()
        )
    assert changed > 20


def beyond(one: dict, value: float) -> bool:
    ends = sorted(float(one["goalposts"][end]) for end in ("low", "high"))
    value = abs(value - float(one["reference"])) if one["direction"] == "reference" else value
    return value < ends[0] or value > ends[1]


def test_recovery_is_the_figure_in_percent_of_the_base_year(expected, found):
    stated = 0
    for (member, indicator), cell in found.cells.items():
        base_year = expected.indicators[indicator].get("base_year")
        wanted = expected.used(indicator, member)
        base = None
        if base_year and wanted is not None and int(base_year) in (series := expected.series(indicator, member)).index:
            base = series.loc[int(base_year)].value
        if base is None or base <= 0 or wanted.name <= int(base_year):
            assert cell.base is None
        else:
            stated += 1
            assert cell.base == pytest.approx(100 * wanted.value / base)
    assert stated > 10


def test_relative_ratings_are_compared_within_one_edition(expected, found):
    for name, one in expected.indicators.items():
        if one.get("relative") == "true":
            years = {found.cells[m, name].figure.year for m in found.members if found.cells[m, name].figure}
            assert len(years) <= 1, f"{name}: editions {sorted(years)} stand side by side"


# --- closing assessment ----------------------------------------------------------------------------------------------


def test_the_closing_assessment_of_every_indicator_and_member(expected):
    rows = command("measure", "assess")
    assert len(rows) > 500
    for row in rows:
        name, member = row["indicator"], row["member"]
        one = expected.indicators[name]
        old = expected.latest(name, member, expected.first_year - expected.window, expected.first_year - 1)
        new = expected.latest(name, member, expected.first_year, expected.last_year)
        assert (row["before"], row["before_year"]) == ((None, None) if old is None else (old.value, old.name))
        assert (row["latest"], row["latest_year"]) == ((None, None) if new is None else (new.value, new.name))
        pair = comparable(expected, name, member)
        assert row["change"] == (None if pair is None else pytest.approx(pair[1] - pair[0]))
        assert bool(row["missing"]) is (pair is None)
        if pair is not None:
            assert row["better"] is better(one, *pair)
        if new is not None and "goalposts" in one:
            assert row["gap"] == pytest.approx(gap(one, new.value))


def better(one: dict, old: float, new: float) -> bool | None:
    if one["direction"] == "reference":
        old, new = (-abs(value - float(one["reference"])) for value in (old, new))
    elif one["direction"] == "lower":
        old, new = -old, -new
    return None if new == old else new > old


def gap(one: dict, value: float) -> float:
    high = float(one["goalposts"]["high"])
    if one["direction"] == "reference":
        return max(0.0, abs(value - float(one["reference"])) - high)
    return max(0.0, value - high if one["direction"] == "lower" else high - value)


# --- convergence -----------------------------------------------------------------------------------------------------


def test_convergence_is_over_members_with_a_figure_in_both_years_and_no_break_between(expected):
    rows = command("measure", "convergence")
    compared = 0
    for row in rows:
        if row["first_year"] is None or not row["compared"]:
            continue
        first, last = row["first_year"], row["last_year"]
        assert first < expected.first_year <= last
        pairs = pairs_of(expected, row["indicator"], first, last)
        assert sorted(row["members"]) == sorted(pairs)
        if len(pairs) < 4:
            assert row["cv_first"] is None
            continue
        compared += 1
        table = pd.DataFrame(pairs, index=["first", "last"]).T
        cv = table.std(ddof=1) / table.mean()
        assert (row["cv_first"], row["cv_last"]) == (pytest.approx(cv["first"]), pytest.approx(cv["last"]))
        positive = table[(table > 0).all(axis=1)]
        assert row["beta_members"] == len(positive)
        if len(positive) >= 4:
            slope, _ = np.polyfit(
                np.log(positive["first"]), np.log(positive["last"] / positive["first"]) / (last - first), 1
            )
            assert row["beta"] == pytest.approx(slope, abs=1e-9)
    assert compared >= 5


def test_convergence_compares_as_many_members_as_any_two_years_allow(expected):
    for row in command("measure", "convergence"):
        name = row["indicator"]
        years = sorted(set(expected.rows[expected.rows.indicator == name].year))
        starts = [y for y in years if expected.first_year - expected.window <= y < expected.first_year]
        ends = [y for y in years if y >= expected.first_year]
        most = max((len(pairs_of(expected, name, a, b)) for a in starts for b in ends), default=0)
        assert row["compared"] == (most if most >= 4 else 0), name


def pairs_of(expected: Expected, name: str, first: int, last: int) -> dict[str, list[float]]:
    found = {}
    for member in expected.members:
        series = expected.series(name, member)
        if {first, last} <= set(series.index) and not expected.broken(name, member, first, last):
            found[member] = [float(series.loc[first].value), float(series.loc[last].value)]
    return found
