"""Rule: what is not known is drawn, counted and said; what is known decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.base import AsOf
from serantau.facts import FactFolder
from serantau.plan import Horizon, PlanError, PlanFacts, load_plans
from serantau.plan.priorities import Inputs, OtherOutcomes, Priorities, Verdict, gather, rank_actions, regional_gaps
from tests.plan.reference_smaa import reference

ROOT = Path(__file__).parents[2]
TODAY = AsOf(date(2026, 11, 21))

ACTIONS = ("a", "b", "c", "d")
MIXED = Inputs(
    actions=ACTIONS,
    outcomes=("o1", "o2"),
    listed_under={"a": "o1", "b": "o1", "c": "o2", "d": "o2"},
    effects={("a", "o1"): 0.9, ("b", "o2"): 0.0},
    gaps={"o1": 0.7, "o2": None},
    recovery={"o2": 0.25},
    depends_on={"b": ("a",), "c": ("b",)},
    urgency={"a": 0.4},
    horizon={"b": Horizon.LONG, "d": Horizon.SHORT},
)


@pytest.fixture(scope="module")
def shipped() -> PlanFacts:
    facts = load_plans(FactFolder(ROOT / "src/serantau/regions/asean"))
    assert facts is not None
    return facts


def by_action(answer: Priorities) -> dict[str, tuple[object, ...]]:
    return {row.action: (row.verdict, row.first_place, row.last_place, row.acceptability) for row in answer.rows}


@pytest.mark.parametrize(
    "inputs",
    [
        MIXED,
        replace(MIXED, dependencies_complete=True),
        replace(MIXED, other_outcomes=OtherOutcomes.NONE),
        replace(MIXED, gaps={"o1": 0.0, "o2": 0.0}),
        replace(MIXED, gaps={"o1": (0.2, 0.5), "o2": 0.3}),
        Inputs(actions=ACTIONS, outcomes=("o",), listed_under=dict.fromkeys(ACTIONS, "o")),
    ],
    ids=[
        "mixed",
        "complete dependencies",
        "own outcome only",
        "no gap left",
        "gap between two numbers",
        "nothing known",
    ],
)
def test_the_engine_agrees_with_the_plain_reference(inputs: Inputs) -> None:
    ours = rank_actions(inputs, seed=5, blocks=2)
    spec = reference(inputs, 5, 2)
    for row in ours.rows:
        assert row.acceptability == pytest.approx(spec.ranks[row.action], abs=1e-12)
        assert row.confidence == pytest.approx(spec.confidence[row.action], abs=1e-12)
        assert row.central_weights == pytest.approx(spec.central[row.action], abs=1e-12)


@pytest.mark.parametrize("other", list(OtherOutcomes))
@pytest.mark.parametrize("gaps_known", [False, True])
def test_todays_facts_do_not_rank_the_actions(shipped: PlanFacts, other: OtherOutcomes, *, gaps_known: bool) -> None:
    """One dependency among 36 actions, nothing else: no order can be given, gaps known or not."""
    gaps = {f"adm2025-do{number}": number / 8 for number in range(1, 9)} if gaps_known else {}
    answer = rank_actions(gather(shipped, "adm2025", TODAY, gaps, other), seed=1, blocks=4)
    assert len(answer.rows) == 36
    assert {row.verdict for row in answer.rows} == {Verdict.NOT_ENOUGH}
    assert answer.share_unknown > 0.9
    # what the one dependency does say is visible: the action that unlocks another leans to the front
    assert min(answer.rows, key=lambda row: row.expected_rank).action == "adm2025-ea5-1"


def test_the_share_of_unknowns_is_counted_by_hand(shipped: PlanFacts) -> None:
    """36 actions x 8 outcomes, 8 gaps (2 known), 8 recovery weights, 36 unlocks, 36 urgencies, 3 criterion weights."""
    gaps = {"adm2025-do2": 0.4, "adm2025-do8": 0.3, "adm2025-do5": None}
    inputs = gather(shipped, "adm2025", TODAY, gaps)
    answer = rank_actions(inputs, seed=1, blocks=1)
    assert [(share.drawn, share.total) for share in answer.shares] == [
        (288, 288), (6, 8), (8, 8), (36, 36), (36, 36), (3, 3),
    ]  # fmt: skip
    assert answer.share_unknown == pytest.approx(377 / 379)


def test_known_inputs_rank_and_dominance_holds() -> None:
    """Here a beats b beats c in every criterion: in every draw, whatever the weights."""
    inputs = Inputs(
        actions=("c", "a", "b"),
        outcomes=("o",),
        listed_under=dict.fromkeys("abc", "o"),
        effects={("a", "o"): 0.9, ("b", "o"): 0.5, ("c", "o"): 0.1},
        gaps={"o": 0.5},
        recovery={"o": 1.0},
        urgency={"a": 0.9, "b": 0.5, "c": 0.1},
        dependencies_complete=True,
    )
    answer = rank_actions(inputs, seed=3, blocks=1)
    assert [(row.action, row.verdict, row.first_place, row.acceptability[row.first_place - 1]) for row in answer.rows] == [
        ("a", Verdict.RANKED, 1, 1.0), ("b", Verdict.RANKED, 2, 1.0), ("c", Verdict.RANKED, 3, 1.0),
    ]  # fmt: skip
    assert answer.share_unknown == pytest.approx(3 / 14)  # the weights of the criteria, of 3 + 1 + 1 + 3 + 3 + 3 inputs


@settings(max_examples=15)
@given(st.permutations(ACTIONS), st.permutations(("o1", "o2")), st.integers(0, 2**63))
def test_the_order_in_which_actions_are_given_changes_nothing(
    actions: list[str], outcomes: list[str], seed: int
) -> None:
    shuffled = replace(MIXED, actions=tuple(actions), outcomes=tuple(outcomes))
    assert rank_actions(shuffled, seed=seed, blocks=1).rows == rank_actions(MIXED, seed=seed, blocks=1).rows


def test_renaming_actions_permutes_the_answer() -> None:
    """Other names, other draws: the same shares within the sampling (four standard errors of 163,840 draws)."""
    names = {"a": "z", "b": "y", "c": "x", "d": "w"}
    renamed = replace(
        MIXED,
        actions=tuple(names[a] for a in ACTIONS),
        listed_under={names[a]: o for a, o in MIXED.listed_under.items()},
        effects={(names[a], o): value for (a, o), value in MIXED.effects.items()},
        depends_on={names[a]: tuple(names[p] for p in parents) for a, parents in MIXED.depends_on.items()},
        urgency={names[a]: value for a, value in MIXED.urgency.items()},
        horizon={names[a]: value for a, value in MIXED.horizon.items()},
    )
    ours, theirs = (
        by_action(rank_actions(MIXED, seed=2, blocks=40)),
        by_action(rank_actions(renamed, seed=2, blocks=40)),
    )
    for old, new in names.items():
        assert ours[old][3] == pytest.approx(theirs[new][3], abs=2 * 4 * 0.5 / 163_840**0.5)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    assert rank_actions(MIXED, seed=8, blocks=2) == rank_actions(MIXED, seed=8, blocks=2)
    assert rank_actions(MIXED, seed=8, blocks=2).rows != rank_actions(MIXED, seed=9, blocks=2).rows


def test_an_action_that_another_waits_for_always_unlocks_more() -> None:
    """Weights aside, a unlocks b, and all that b unlocks: with equal effect and urgency it comes out above in all draws."""
    same = {(action, "o"): 0.5 for action in ("a", "b")}
    inputs = Inputs(
        actions=("a", "b"),
        outcomes=("o",),
        listed_under=dict.fromkeys("ab", "o"),
        effects=same,
        depends_on={"b": ("a",)},
        urgency={"a": 0.5, "b": 0.5},
    )
    assert [row.acceptability for row in rank_actions(inputs, seed=1, blocks=1).rows] == [(1.0, 0.0), (0.0, 1.0)]


def test_a_more_urgent_class_is_never_drawn_below_a_less_urgent_one() -> None:
    inputs = Inputs(
        actions=("long", "medium", "short"),
        outcomes=("o",),
        listed_under=dict.fromkeys(("long", "medium", "short"), "o"),
        effects={(action, "o"): 0.5 for action in ("long", "medium", "short")},
        horizon={"long": Horizon.LONG, "medium": Horizon.MEDIUM, "short": Horizon.SHORT},
        dependencies_complete=True,
    )
    answer = rank_actions(inputs, seed=1, blocks=1)
    assert [row.action for row in answer.rows] == ["short", "medium", "long"]


def test_a_gap_decides_once_effects_are_known() -> None:
    """Equal effects on the own outcome, none elsewhere: the outcome further behind puts its action in front."""
    inputs = Inputs(
        actions=("far", "near"),
        outcomes=("o1", "o2"),
        listed_under={"far": "o1", "near": "o2"},
        effects={("far", "o1"): 0.8, ("near", "o2"): 0.8},
        gaps={"o1": 0.9, "o2": 0.1},
        recovery={"o1": 1.0, "o2": 1.0},
        urgency={"far": 0.5, "near": 0.5},
        dependencies_complete=True,
        other_outcomes=OtherOutcomes.NONE,
    )
    assert [row.action for row in rank_actions(inputs, seed=1, blocks=1).rows] == ["far", "near"]


def test_three_lands_uses_what_its_plan_states() -> None:
    facts = load_plans(FactFolder(ROOT / "tests/regions/threelands"))
    assert facts is not None
    inputs = gather(facts, "tl2030", TODAY, {"tl2030-o1": 0.5})
    assert inputs.effects == {("tl2030-a1-1", "tl2030-o1"): 0.8}
    assert inputs.recovery == {"tl2030-o1": 1.0}
    assert inputs.urgency == {"tl2030-a1-1": 0.9}
    assert inputs.horizon == {"tl2030-a1-1": Horizon.SHORT, "tl2030-a2-1": Horizon.MEDIUM}
    rows = {row.action: row for row in rank_actions(inputs, seed=1, blocks=2).rows}
    assert rows["tl2030-a2-1"].unlocks == 2


def test_a_member_without_a_score_widens_the_gap() -> None:
    """Three members at 40, 70 and unknown: the mean distance is (0.6 + 0.3 + 0..1) / 3."""
    gaps = regional_gaps({"o": [40.0, 70.0, None], "all": [25.0, 75.0], "none": [None, None]})
    assert gaps["o"] == pytest.approx((0.3, 1.9 / 3))
    assert gaps["all"] == pytest.approx((0.5, 0.5))
    assert gaps["none"] is None


@pytest.mark.parametrize(
    "change, words",
    [
        ({"actions": ()}, "no actions to rank"),
        ({"actions": ("a", "a")}, "stands twice"),
        ({"listed_under": {}}, "is not listed under an outcome"),
        ({"gaps": {"o1": 1.5}}, "gap of o1 is 1.5"),
        ({"gaps": {"o1": float("nan")}}, "gap of o1 is nan"),
        ({"gaps": {"o1": (0.5, 0.4)}}, "gap of o1 is"),
        ({"gaps": {"o9": 0.5}}, "'o9', which is no outcome"),
        ({"urgency": {"a": -1}}, "urgency of a is -1"),
        ({"effects": {("a", "o1"): 2}}, "effect of a on o1 is 2"),
        ({"recovery": {"o7": 1}}, "'o7', which is no outcome"),
    ],
)
def test_inputs_out_of_range_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(PlanError, match=words):
        replace(MIXED, **change)


def test_a_plan_without_actions_says_so(shipped: PlanFacts) -> None:
    with pytest.raises(PlanError, match="no actions to rank"):
        gather(shipped, "adm2030", TODAY, {})
