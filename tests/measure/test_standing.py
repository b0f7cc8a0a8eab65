"""The standing of the invented region, computed by hand here from its figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.facts import FactFolder
from serantau.measure.assessment import Period, assess, gap_to_goalpost
from serantau.measure.figures import Figures
from serantau.measure.load import load_measure
from serantau.measure.provenance import explain_outcome
from serantau.measure.standing import NO_SCORE, SCORED, TOO_LITTLE, standing

THREELANDS = Path(__file__).parents[1] / "regions" / "threelands"
PLAN = Period(date(2021, 1, 1), date(2030, 12, 31))
END_OF_2024 = AsOf(date(2024, 12, 31))


@pytest.fixture(scope="module")
def facts():
    folder = FactFolder(THREELANDS)
    loaded = load_measure(folder)
    folder.finish()
    return loaded


def ask(facts, members=("QAA", "QCC"), asof=END_OF_2024, period=PLAN, replicates=200):
    return standing(facts, facts.index_of("tl2030"), period, members, asof, replicates)


def test_a_score_is_the_weighted_mean_of_goalpost_distances(facts):
    found = ask(facts).scores["QAA", "tl2030-o2"]
    # 2024: 28 lines of 40, 95 % covered, 28 hours of 120, 100 of 190 lines fast; weights 1, 1 | 2, 1 and 3 : 1.
    access = (28 / 40 * 100 + 95) / 2
    quality = (2 * (120 - 28) / 120 * 100 + 100 / 190 * 100) / 3
    assert found.score == pytest.approx((3 * access + quality) / 4, abs=1e-8)
    assert (found.state, found.have, found.of) == (SCORED, 4, 4)


def test_change_is_over_the_indicators_with_a_figure_before_and_within_the_plan(facts):
    found = ask(facts).scores["QAA", "tl2030-o2"]
    # 2020: 20 lines, 75 % covered, 60 hours, 60 of 150 lines fast.
    before = (3 * (20 / 40 * 100 + 75) / 2 + (2 * 50 + 40) / 3) / 4
    assert found.change == pytest.approx(found.score - before, abs=1e-8)
    assert found.change_over == 4


def test_an_outcome_with_too_few_digital_indicators_has_figures_and_no_score(facts):
    answer = ask(facts)
    summary = answer.outcome("tl2030-o3")
    assert not summary.scored
    assert "1 digital indicator" in summary.why
    assert answer.scores["QAA", "tl2030-o3"].state == NO_SCORE
    assert answer.scores["QAA", "tl2030-o3"].score is None
    # The figure is there all the same, and so is its own distance: 0.03 from parity.
    cell = answer.cells["QAA", "user_parity"]
    assert cell.figure.value == 0.97
    assert cell.score == pytest.approx(97.0)
    assert summary.slots == ("trust_survey",)


def test_recovery_is_measured_against_its_base_year(facts):
    cell = ask(facts).cells["QAA", "output_pc"]
    series = {row.year: row.value for row in facts.observations if (row.indicator, row.member) == ("output_pc", "QAA")}
    assert cell.base == pytest.approx(series[cell.figure.year] / series[2019] * 100)


def test_a_revision_changes_the_answer_only_for_those_who_know_it(facts):
    first = ask(facts, asof=AsOf(date(2023, 12, 31), date(2024, 12, 31)))
    later = ask(facts, asof=AsOf(date(2023, 12, 31)))
    assert first.cells["QCC", "coverage"].figure.value == 88
    assert later.cells["QCC", "coverage"].figure.value == 86


def test_nothing_is_known_before_it_was_known(facts):
    answer = ask(facts, asof=AsOf(date(2024, 12, 31), date(2024, 5, 31)))
    assert all(cell.figure is None for cell in answer.cells.values())
    assert all(score.score is None for score in answer.scores.values())


def test_figures_after_the_day_asked_about_or_the_end_of_the_plan_are_not_used(facts):
    assert ask(facts, asof=AsOf(date(2022, 6, 30))).cells["QAA", "coverage"].figure.year == 2022
    ended = Period(date(2016, 1, 1), date(2020, 12, 31))
    assert ask(facts, period=ended).cells["QAA", "coverage"].figure.year == 2020


def test_old_figures_and_figures_from_before_the_plan_are_marked(facts):
    marks = ask(facts, asof=AsOf(date(2021, 12, 31))).cells["QCC", "user_parity"].marks
    # Its one figure is of 2017; the index marks as old what is more than two years back.
    assert set(marks) == {"doubtful", "old", "before the plan"}


def test_a_member_with_too_little_data_has_no_score_and_no_rank(facts):
    thin = Period(date(2021, 1, 1), date(2030, 12, 31))
    answer = ask(facts, members=("QAA", "QBB", "QCC"), asof=AsOf(date(2032, 1, 1)), period=thin)
    states = {answer.scores[member, "tl2030-o2"].state for member in answer.members}
    # A window of five years from 2030 reaches back to 2026; there is nothing.
    assert states == {NO_SCORE}
    assert TOO_LITTLE not in states


def test_no_members_no_answer_and_no_failure(facts):
    answer = ask(facts, members=())
    assert answer.scores == {}
    assert answer.cells == {}


def test_rank_intervals_hold_the_rank_where_weights_only_vary(facts):
    answer = ask(facts, members=("QAA", "QBB", "QCC"))
    for member in answer.members:
        score = answer.scores[member, "tl2030-o2"]
        assert score.rank_low <= score.rank <= score.rank_high


def test_the_shares_of_a_score_sum_to_it_down_to_the_figures(facts):
    explanation = explain_outcome(ask(facts), "QCC", "tl2030-o2")

    def walk(node):
        if node.children:
            parts = [child.contribution for child in node.children if child.contribution is not None]
            assert sum(parts) == pytest.approx(node.score, abs=1e-8)
            assert sum(child.weight for child in node.children if child.weight) == pytest.approx(1.0)
            for child in node.children:
                walk(child)
        else:
            assert node.figure.observations[0].source == "tl-stat"
            assert node.values["data"] == node.figure.value

    walk(explanation)
    fast = next(child for child in explanation.children[1].children if child.node == "fast_share")
    assert {row.indicator for row in fast.figure.observations} == {"lines_fast", "lines_all"}
    assert "derived" in fast.marks


def test_the_closing_assessment_names_before_latest_change_gap_and_what_is_missing(facts):
    figures = Figures(facts.indicators, facts.observations, END_OF_2024)
    rows = {(row.indicator, row.member): row for row in assess(facts.indicators, ("QAA", "QCC"), figures, PLAN, 5)}
    lines = rows["lines_per100", "QAA"]
    assert (lines.before.year, lines.before.value, lines.latest.year, lines.latest.value) == (2020, 20, 2024, 28)
    assert (lines.change, lines.better, lines.gap, lines.missing) == (8, True, 12, "")
    outages = rows["outage_hours", "QAA"]
    assert (outages.change, outages.better, outages.gap) == (28 - 60, True, 28)
    parity = rows["user_parity", "QAA"]
    assert parity.change == pytest.approx(0.12)
    assert (parity.better, parity.gap) == (True, pytest.approx(0.03))
    assert rows["user_parity", "QCC"].missing == "no figure since 2021"
    assert rows["trust_survey", "QAA"].missing == "no figure"


def test_a_value_beyond_its_goalpost_leaves_no_gap(facts):
    lines = facts.by_id["lines_per100"]
    assert gap_to_goalpost(lines, 41.0) == 0.0
    assert gap_to_goalpost(facts.by_id["outage_hours"], -1.0) == 0.0
