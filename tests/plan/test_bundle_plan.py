"""Rule: the shipped plan says what is known of it, and says how much that is.

Expected values are the published ones: 8 outcomes and 37 actions (the
secretariat's page on priority areas), of which 36 are recalled; 87, 51 and 82
projects under the three plans so far; six meetings.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.facts import FactFolder, Grade
from serantau.facts.files import header_of, render_records
from serantau.plan import Confidence, Kind, PlanError, PlanFacts, Relation, State, load_plans
from serantau.plan.model import RECORD_KINDS

SHIPPED = Path(__file__).parents[2] / "src/serantau/regions/asean"
TODAY = AsOf(date(2026, 11, 21))


@pytest.fixture(scope="module")
def folder() -> FactFolder:
    return FactFolder(SHIPPED)


@pytest.fixture(scope="module")
def facts(folder: FactFolder) -> PlanFacts:
    facts = load_plans(folder)
    assert [problem for problem in folder.problems if problem.where.startswith("plan/")] == []
    assert facts is not None
    return facts


def test_four_plans_follow_each_other(facts: PlanFacts) -> None:
    plans = facts.plans(TODAY)
    assert [plan.id for plan in plans] == ["aim2015", "aim2020", "adm2025", "adm2030"]
    assert [plan.successor for plan in plans] == ["aim2020", "adm2025", "adm2030", None]
    states = [plan.state_on(TODAY.valid) for plan in plans]
    assert states == [State.ENDED, State.ENDED, State.ENDED, State.RUNNING]
    projects = [plan.official(Kind.PROJECTS) for plan in plans]
    assert [None if count is None else count.number for count in projects] == [87, 51, 82, None]


def test_the_plan_ended_with_2025(facts: PlanFacts) -> None:
    plan = facts.plan("adm2025")
    assert plan.state_on(date(2025, 12, 31)) is State.RUNNING
    assert plan.state_on(date(2026, 1, 1)) is State.ENDED
    assert plan.state_on(date(2020, 12, 31)) is State.NOT_BEGUN
    assert (plan.first_year, plan.last_year) == (2021, 2025)


def test_36_of_37_actions_are_held_and_none_as_more_than_recalled(facts: PlanFacts) -> None:
    counts = {count.kind: count for count in facts.counts("adm2025", TODAY)}
    assert (counts[Kind.OUTCOMES].shown, counts[Kind.OUTCOMES].official) == (8, 8)
    assert (counts[Kind.ACTIONS].shown, counts[Kind.ACTIONS].official) == (36, 37)
    actions = facts.actions("adm2025", TODAY)
    assert {(action.source, action.grade) for action in actions} == {("recalled", Grade.MEMORY)}
    per_outcome = [len(facts.actions("adm2025", TODAY, f"DO{number}")) for number in range(1, 9)]
    assert per_outcome == [2, 9, 5, 3, 5, 5, 3, 4]
    doubted = {action.outcome for action in actions if not action.numbering_certain}
    assert doubted == {"adm2025-do2", "adm2025-do5", "adm2025-do8"}
    confidences = [action.confidence for action in actions]
    assert [confidences.count(c) for c in (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)] == [21, 12, 3]


def test_the_one_dependency_names_its_own_source(facts: PlanFacts) -> None:
    links = [(action.code, d) for action in facts.actions("adm2025", TODAY) for d in action.dependencies]
    assert [(code, link.on, link.grade) for code, link in links] == [("EA5.2", "adm2025-ea5-1", Grade.SECONDARY)]
    order = [action.code for action in facts.dependency_order("adm2025", TODAY)]
    assert order.index("EA5.1") < order.index("EA5.2")
    assert [action.code for action in facts.unlocks("adm2025-ea5-1", TODAY)] == ["EA5.2"]


def test_three_of_eight_outcomes_of_the_next_plan_are_known_second_hand(facts: PlanFacts) -> None:
    outcomes = facts.outcomes("adm2030", TODAY)
    assert [outcome.code for outcome in outcomes] == ["DO1", "DO4", "DO7"]
    assert {outcome.grade for outcome in outcomes} == {Grade.WEAK}
    assert facts.counts("adm2030", TODAY)[0].official == 8


@pytest.mark.parametrize("number", [1, 4, 7])
def test_a_number_used_again_is_not_the_same_outcome(facts: PlanFacts, number: int) -> None:
    links = facts.crosswalks(f"adm2025-do{number}", TODAY)
    same_number = [link for link in links if link.later == f"adm2030-do{number}"]
    assert [link.relation for link in same_number] == [Relation.NONE_KNOWN]


def test_every_outcome_of_the_old_plan_has_a_crosswalk_or_says_that_none_is_known(facts: PlanFacts) -> None:
    for outcome in facts.outcomes("adm2025", TODAY):
        assert facts.crosswalks(outcome.id, TODAY), outcome.id


def test_meetings_appear_when_they_have_been_held(facts: PlanFacts) -> None:
    assert [meeting.number for meeting in facts.meetings(TODAY)] == [1, 2, 3, 4, 5, 6]
    assert [meeting.number for meeting in facts.meetings(AsOf(date(2023, 1, 1)))] == [1, 2]
    second = facts.meeting("adgmin2")
    assert str(second.start) == "2022-01"
    assert (second.vice_chair, second.theme, facts.declarations("adgmin2", TODAY)) == (None, None, ())


def test_nothing_was_known_before_the_bundle_knew_it(facts: PlanFacts) -> None:
    before = AsOf(date(2026, 11, 21), known=date(2026, 11, 20))
    assert facts.plans(before) == ()
    assert facts.actions("adm2025", before) == ()


def test_a_wrong_id_is_answered_with_the_nearest(facts: PlanFacts) -> None:
    with pytest.raises(PlanError, match=r"no plan with the id 'adm2026'\. Did you mean adm2025"):
        facts.actions("adm2026", TODAY)
    with pytest.raises(PlanError, match="has no outcome 'DO9'"):
        facts.actions("adm2025", TODAY, "DO9")


@pytest.mark.parametrize("key", RECORD_KINDS)
def test_every_file_has_the_one_written_form(folder: FactFolder, key: str) -> None:
    """So that an import changes the rows it changes, and no others."""
    content = folder.content(f"plan/{key}.yaml")
    if content is None:
        return
    rows = folder.records(f"plan/{key}.yaml", key, RECORD_KINDS[key]).rows
    assert render_records(key, rows, header_of(content)) == content
