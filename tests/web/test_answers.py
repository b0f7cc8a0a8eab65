"""Questions that differ in nothing that matters share one answer, so that a stranger's dates cannot fill the memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.bundle import load_bundle
from serantau.web.answers import MOST_ANSWERS, Answers, Memo

THREELANDS = Path(__file__).parents[1] / "regions" / "threelands"


@pytest.fixture
def answers():
    return Answers(load_bundle(THREELANDS))


def test_days_after_the_last_figure_are_one_question(answers):
    first, far = AsOf(date(2024, 12, 31)), AsOf(date(2150, 1, 1))
    assert answers.figures(first).series("coverage", "QAA") == answers.figures(far).series("coverage", "QAA")
    assert len(answers.memo) == 1
    # What is shared is the figures, not the day: projections begin at the day that was asked about.
    assert answers.figures(far).asof == far
    answers.figures(AsOf(date(2020, 12, 31)))
    assert len(answers.memo) == 2


def test_days_after_the_end_of_a_plan_are_one_question(answers):
    plan = answers.bundle.plans.plan("tl2030")
    first, far = AsOf(date(2030, 12, 31)), AsOf(date(2099, 6, 1))
    assert answers.standing(plan, first).scores == answers.standing(plan, far).scores
    assert len(answers.memo) == 1
    assert answers.standing(plan, far).asof == far


def test_known_days_between_two_editions_are_one_question(answers):
    for known in (date(2024, 6, 1), date(2025, 5, 31)):
        answers.figures(AsOf(date(2024, 12, 31), known))
    assert len(answers.memo) == 1
    answers.figures(AsOf(date(2024, 12, 31), date(2025, 6, 1)))
    assert len(answers.memo) == 2


def test_the_memory_is_bounded_and_forgets_what_was_asked_longest_ago():
    memo = Memo(MOST_ANSWERS)
    for number in range(MOST_ANSWERS + 10):
        memo.get(number, lambda number=number: number)
        memo.get(0, lambda: 0)
    assert len(memo) == MOST_ANSWERS
    assert memo.get(0, lambda: "forgotten") == 0
    assert memo.get(1, lambda: "forgotten") == "forgotten"


def test_a_failure_is_not_remembered():
    memo = Memo(2)
    with pytest.raises(ZeroDivisionError):
        memo.get("question", lambda: 1 / 0)
    assert memo.get("question", lambda: "answer") == "answer"
