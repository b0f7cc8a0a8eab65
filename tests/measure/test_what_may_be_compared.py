"""Rule: a change is stated, a path fitted and members compared only where the figures are of one kind.

Figures on two sides of a break in a series are of two kinds, and so are ratings of two editions.
"""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from click.testing import CliRunner

from serantau.base import AsOf
from serantau.cli import main
from serantau.facts import FactFolder, Grade
from serantau.measure.assessment import Period, assess
from serantau.measure.definition import StatusRule
from serantau.measure.figures import Figures
from serantau.measure.indicators import Direction, Target
from serantau.measure.load import load_measure
from serantau.measure.projection import Linear
from serantau.measure.series import Series, after_break
from serantau.measure.standing import standing
from serantau.measure.status import Aim, Status
from serantau.measure.trajectory import trajectory
from tests.support.regions import copy_of_threelands, edit

PLAN = Period(date(2021, 1, 1), date(2030, 12, 31))
END_OF_2024 = AsOf(date(2024, 12, 31))
FIGURES = "indicators/observations/main.csv"


def load(region):
    folder = FactFolder(region)
    facts = load_measure(folder)
    folder.finish()
    return facts


@pytest.fixture
def region(tmp_path):
    """The invented region; the coverage of Asterra breaks in 2022."""
    copy = copy_of_threelands(tmp_path)
    row = "coverage,QAA,2022,85,tl-stat,primary,2024-06-01,"
    edit(copy, FIGURES, f"{row},", f"{row}break,")
    return copy


def answer(region, *words):
    result = CliRunner().invoke(main, [*words, "--region", str(region), "--as-of", "2024-12-31", "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


# --- a break in the series -------------------------------------------------------------------------------------------


def test_the_part_after_a_break_begins_with_the_figure_that_is_marked():
    series = Series((2018, 2019, 2020), (1.0, 2.0, 3.0))
    assert after_break(series, (2019,)).years == (2019, 2020)
    assert after_break(series, (2018,)) == series
    assert after_break(series, ()) == series
    assert after_break(series, (2017,)) == series, "a year without a figure marks nothing"


def test_a_path_is_fitted_to_what_follows_the_break_and_says_so():
    # Ten a year before the break, one a year after it.
    years, values = tuple(range(2014, 2024)), (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 11.0, 12.0, 13.0, 14.0)
    view = trajectory(Series(years, values), Linear(), Aim(goalpost=20.0), 2025, breaks=(2020,))
    assert (view.change.first_year, view.change.annual) == (2020, 1.0)
    assert view.projection.mean == pytest.approx((15.0, 16.0))
    assert view.gap.closed == pytest.approx(3 / 9), "from 9 short in 2020 to 6 short in 2023"
    assert view.series.years == years, "what was observed before the break is still shown"
    assert "the series breaks in 2020" in view.notes[0]


def test_no_change_is_stated_across_a_break(region):
    facts = load(region)
    figures = Figures(facts.indicators, facts.observations, END_OF_2024)
    rows = {(row.indicator, row.member): row for row in assess(facts.indicators, ("QAA", "QCC"), figures, PLAN, 5)}
    broken = rows["coverage", "QAA"]
    assert (broken.before.value, broken.latest.value) == (75, 95)
    assert (broken.change, broken.better) == (None, None)
    assert "breaks in 2022" in broken.missing
    assert rows["coverage", "QCC"].change == 89 - 85


def test_the_change_of_an_outcome_leaves_a_broken_series_out_on_both_sides(region):
    facts = load(region)
    found = standing(facts, facts.index_of("tl2030"), PLAN, ("QAA",), END_OF_2024, 0).scores["QAA", "tl2030-o2"]
    # 2024 without coverage: lines 28 of 40 = 70; quality (2 x 100 x 92 / 120 + 100 x 100 / 190) / 3. 2020: 50, 46.667.
    after = (3 * 70 + (2 * 100 * 92 / 120 + 100 * 100 / 190) / 3) / 4
    before = (3 * 50 + (2 * 50 + 40) / 3) / 4
    assert found.change == pytest.approx(after - before, abs=1e-8)
    assert (found.change_over, found.have) == (3, 4), "the score itself still uses its latest figure"


def test_members_are_not_compared_across_a_break(region):
    row = answer(region, "measure", "convergence", "coverage", "--from", "2020", "--to", "2024")[0]
    assert "QAA" not in row["members"]
    assert {"member": "QAA", "reason": "the series breaks in 2022"} in row["left_out"]


def test_the_command_marks_the_break_and_counts_from_it(region):
    row = next(row for row in answer(region, "measure", "trajectory", "coverage") if row["member"] == "QAA")
    assert (row["first_year"], row["last_year"], row["marks"]) == (2022, 2024, ["break"])
    assert len(row["observed"]) == 10
    assert any("breaks in 2022" in note for note in row["notes"])


# --- editions of a rating --------------------------------------------------------------------------------------------


def test_ratings_are_taken_from_the_edition_that_rates_most_members(region):
    facts = load(region)
    # Only one member is rated in 2024; all three are in 2023.
    rows = tuple(
        row for row in facts.observations if (row.indicator, row.year) != ("coverage", 2024) or row.member == "QBB"
    )
    rated = tuple(
        msgspec.structs.replace(one, relative=True) if one.id == "coverage" else one for one in facts.indicators
    )
    facts = type(facts)(rated, rows, facts.tables, facts.indexes)
    found = standing(facts, facts.index_of("tl2030"), PLAN, ("QAA", "QBB", "QCC"), END_OF_2024, 0)
    assert {found.cells[member, "coverage"].figure.year for member in found.members} == {2023}


# --- what the whole plan has no score for ----------------------------------------------------------------------------


def test_an_outcome_without_a_score_leaves_the_plan_without_one(region):
    facts = load(region)
    found = standing(facts, facts.index_of("tl2030"), PLAN, ("QAA", "QCC"), END_OF_2024, 0)
    silent = [one.outcome for one in found.outcomes if not one.scored]
    assert silent
    for member in found.members:
        assert found.result.score(member, "tl2030") is None
        assert found.result.rank(member, "tl2030") is None
        assert all(found.result.score(member, node) is None for node in silent if node in found.result.columns)
        assert found.result.score(member, "tl2030-o2") is not None


def test_a_change_that_the_scale_cuts_is_counted(region):
    edit(region, FIGURES, "lines_per100,QAA,2024,28,", "lines_per100,QAA,2024,41,")  # the goalpost is 40
    facts = load(region)
    found = standing(facts, facts.index_of("tl2030"), PLAN, ("QAA", "QCC"), END_OF_2024, 0)
    assert found.scores["QAA", "tl2030-o2"].change_capped == 1
    assert found.scores["QCC", "tl2030-o2"].change_capped == 0


def test_recovery_is_not_stated_by_the_base_year_itself(region):
    facts = load(region)
    found = standing(facts, facts.index_of("tl2030"), PLAN, ("QAA",), AsOf(date(2019, 12, 31)), 0)
    assert found.cells["QAA", "output_pc"].figure.year == 2019
    assert found.cells["QAA", "output_pc"].base is None


# --- models and thresholds -------------------------------------------------------------------------------------------


def test_a_logistic_curve_needs_a_natural_bound_or_a_stated_ceiling(region):
    words = ["measure", "trajectory", "lines_per100", "--model", "logistic", "--region", str(region)]
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 2
    assert "no natural upper bound" in refused.output
    assert "--ceiling" in refused.output
    assert CliRunner().invoke(main, [*words, "--ceiling", "60"]).exit_code == 0


def test_a_path_that_leaves_what_can_be_is_said_to():
    words = ["measure", "trajectory", "--as-of", "2026-11-21", "--format", "json"]
    rows = json.loads(CliRunner().invoke(main, [*words, "gdp_pc_const_usd"]).stdout)["rows"]
    low = {row["member"] for row in rows if min(point["low"] for point in row["path"]) < 0}
    assert low, "the shipped region has such a case"
    assert low == {row["member"] for row in rows if any("below zero" in note for note in row["notes"])}
    rows = json.loads(CliRunner().invoke(main, [*words, "cov_2g"]).stdout)["rows"]
    ends = {row["member"]: [x for p in row["path"] for x in (p["low"], p["high"]) if x is not None] for row in rows}
    out = {member for member, values in ends.items() if values and (min(values) < 0 or max(values) > 100)}
    assert out == {row["member"] for row in rows if any("leaves 0 to 100" in note for note in row["notes"])}
    constant = {member for member, values in ends.items() if values and len(set(values)) == 1}
    assert constant <= {row["member"] for row in rows if any("has no width" in note for note in row["notes"])}


def test_a_target_on_the_reference_itself_takes_the_tolerance_of_the_definition():
    parity = Target(value=1.0, year=2030, source="plan", grade=Grade.PRIMARY)
    rule = StatusRule(tolerance=0.02)
    aim = Aim(Direction.REFERENCE, parity, reference=1.0, tolerance=rule.tolerance, rule=rule)
    assert trajectory(Series((2023, 2024), (0.9, 0.985)), Linear(), aim, 2030).outlook.status is Status.REACHED
    assert StatusRule().tolerance == 0


def test_a_day_of_knowledge_before_the_first_fact_is_named(region):
    result = CliRunner().invoke(main, ["status", "--region", str(region), "--known", "2001-01-01"])
    assert result.exit_code == 1
    assert "--known 2001-01-01" in result.output
    assert "nothing was known here" in " ".join(result.output.split())
    words = ["measure", "compare", "--region", str(region), "--as-of", "2024-12-31", "--known-before"]
    assert "Nothing was known here by 2001-01-01" in CliRunner().invoke(main, [*words, "2001-01-01"]).output
    assert "Nothing was known" not in CliRunner().invoke(main, [*words, "2024-12-31"]).output
