"""Indicators, figures and indexes as a region's folder holds them, by both times."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.facts import FactFolder, Grade
from serantau.measure.figures import Figures
from serantau.measure.indicators import Role
from serantau.measure.load import MeasureFacts, load_measure
from tests.support.regions import THREELANDS, copy_of_threelands, edit

NEWEST = AsOf(date(2026, 11, 21))
FIRST_EDITION = AsOf(date(2026, 11, 21), known=date(2024, 6, 1))


def load(root: Path) -> MeasureFacts:
    folder = FactFolder(root)
    facts = load_measure(folder)
    folder.finish()
    assert facts is not None
    return facts


@pytest.fixture(scope="module")
def facts() -> MeasureFacts:
    return load(THREELANDS)


def figures(facts: MeasureFacts, asof: AsOf) -> Figures:
    return Figures(facts.indicators, facts.observations, asof)


def values(facts: MeasureFacts, asof: AsOf, indicator: str, member: str) -> dict[int, float]:
    return {year: figure.value for year, figure in figures(facts, asof).series(indicator, member).items()}


def test_a_revision_replaces_what_was_known_before(facts: MeasureFacts) -> None:
    # Corvania's coverage was published as 87 and 88, and revised a year later to 85 and 86.
    before, after = (values(facts, asof, "coverage", "QCC") for asof in (FIRST_EDITION, NEWEST))
    assert (before[2022], before[2023]) == (87, 88)
    assert (after[2022], after[2023]) == (85, 86)
    assert {year: before[year] for year in range(2015, 2022)} == {year: after[year] for year in range(2015, 2022)}


def test_a_year_that_was_published_later_is_not_known_earlier(facts: MeasureFacts) -> None:
    assert max(values(facts, FIRST_EDITION, "coverage", "QAA")) == 2023
    assert max(values(facts, NEWEST, "coverage", "QAA")) == 2024


def test_nothing_is_known_the_day_before_it_was_known(facts: MeasureFacts) -> None:
    assert values(facts, AsOf(date(2026, 11, 21), known=date(2024, 5, 31)), "coverage", "QAA") == {}


def test_the_day_of_the_question_bounds_the_years(facts: MeasureFacts) -> None:
    assert max(values(facts, AsOf(date(2020, 6, 30)), "coverage", "QAA")) == 2020


def test_a_missing_cell_is_missing(facts: MeasureFacts) -> None:
    held = values(facts, NEWEST, "coverage", "QBB")
    assert sorted(held) == [2015, 2016, 2017, 2019, 2020, 2021, 2022, 2023, 2024]
    assert figures(facts, NEWEST).latest("coverage", "QBB", 2018, 2018) is None


def test_a_ratio_is_derived_and_names_both_figures(facts: MeasureFacts) -> None:
    # Asterra has 10, 20, 30, ... thousand fast lines among 100, 110, 120, ... thousand.
    series = figures(facts, NEWEST).series("fast_share", "QAA")
    for step, year in enumerate(range(2015, 2025)):
        assert series[year].value == pytest.approx(100 * (10 + 10 * step) / (100 + 10 * step), rel=1e-12)
    figure = series[2020]
    assert [row.indicator for row in figure.observations] == ["lines_fast", "lines_all"]
    assert "derived" in figure.flags
    assert figure.grade is Grade.PRIMARY


def test_a_ratio_is_as_weak_as_its_weakest_part_and_keeps_its_flags(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    edit(
        root,
        "indicators/observations/main.csv",
        "lines_all,QAA,2020,150,tl-stat,primary,2024-06-01,,",
        "lines_all,QAA,2020,150,tl-stat,weak,2024-06-01,break,",
    )
    figure = figures(load(root), NEWEST).series("fast_share", "QAA")[2020]
    assert figure.grade is Grade.WEAK
    assert set(figure.flags) == {"break", "derived"}


def test_no_ratio_over_nothing(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    edit(root, "indicators/observations/main.csv", "lines_all,QAA,2020,150", "lines_all,QAA,2020,0")
    assert 2020 not in values(load(root), NEWEST, "fast_share", "QAA")


def test_flags_go_with_the_figure(facts: MeasureFacts) -> None:
    at = figures(facts, NEWEST)
    assert at.series("lines_per100", "QBB")[2020].flags == ("break",)
    assert at.series("outage_hours", "QBB")[2016].flags == ("estimated",)
    assert at.series("user_parity", "QCC")[2017].flags == ("doubtful",)


def test_the_definition_holds_the_scored_indicators_and_the_groups_that_have_any(facts: MeasureFacts) -> None:
    index = facts.index_of("tl2030")
    assert index is not None
    definition = facts.definition(index)
    assert {leaf.id for leaf in definition.indicators} == {i.id for i in facts.indicators if i.role is Role.SCORE}
    assert "tl2030-o1" not in {group.id for group in definition.groups}
    assert definition.children["tl2030"] == ("tl2030-o2", "tl2030-o3")
    assert facts.index_of("tl2020") is None


def test_an_index_is_checked_as_a_whole_where_it_stands(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    edit(root, "indicators/index.yaml", "parent: tl2030-o2, weight: 3", "parent: tl2030-o2-access, weight: 3")
    folder = FactFolder(root)
    load_measure(folder)
    assert any("is its own ancestor" in problem.what for problem in folder.problems)
    assert {problem.where for problem in folder.problems} == {"indicators/index.yaml:3"}


def test_a_plan_has_one_index(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    text = (root / "indicators/index.yaml").read_text()
    record = text[text.index("  - id: tl2030-index") :]
    (root / "indicators/index.yaml").write_text(text + record.replace("tl2030-index", "tl2030-second"))
    folder = FactFolder(root)
    load_measure(folder)
    [problem] = folder.problems
    assert problem.what == "the plan 'tl2030' has a second index (first at indicators/index.yaml:3)."


def test_an_outcome_of_an_index_is_a_group(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    edit(root, "indicators/index.yaml", "outcomes: [tl2030-o1,", "outcomes: [tl2030-o5,")
    folder = FactFolder(root)
    load_measure(folder)
    [problem] = folder.problems
    assert "the outcome 'tl2030-o5' is no group" in problem.what
    assert problem.fix
