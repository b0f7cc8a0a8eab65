"""Rule: the asker sees each answer as far as the answerer allows, and an answer without name cannot be told from silence.

The heart is a test of indistinguishability: whatever is changed about the answers without name, as long as somebody or
nobody has seen it, the asker sees the same, before the end and after.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.model import Tlp
from serantau.defend.questions import MOVES, Answer, Question, Rule, Says, answer, ask, close, seen_by_asker
from serantau.defend.rules import RuleError

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = START + 24 * HOUR
ASKED = ("B", "C", "D")
EACH = [(Says.NOT_YET, False), *itertools.product([Says.SEEN, Says.NOT_SEEN, Says.REFUSES], [True, False])]


def question(*answers):
    """A question of A with answers of B, C and D."""
    return Question("A", Tlp.AMBER, START, DUE, tuple(Answer(*one) for one in answers))


ALL = [
    question(*((member, *given) for member, given in zip(ASKED, chosen, strict=True)))
    for chosen in itertools.product(EACH, repeat=3)
]


@pytest.mark.parametrize("now", [START, DUE, DUE + HOUR])
def test_answers_without_name_cannot_be_told_from_one_another(now):
    """Every question there is with three members: those that agree in named answers, and in the one thing that is told."""
    kinds = {}
    for held in ALL:
        named = tuple(one for one in held.answers if one.named)
        unnamed = [one for one in held.answers if not one.named]
        told = now > DUE and len(unnamed) >= 2
        key = (named, any(one.says is Says.SEEN for one in unnamed) if told else None)
        kinds.setdefault(key, set()).add(seen_by_asker(held, now))
    assert all(len(views) == 1 for views in kinds.values())
    before_the_end = {view for views in kinds.values() for view in views}
    assert now > DUE or all(view.somebody is None for view in before_the_end)


def test_of_a_single_member_nothing_is_told():
    for held in ALL:
        view = seen_by_asker(held, DUE + HOUR)
        assert view.somebody is None or len(view.silent) >= 2
        assert {one.member for one in view.named} | set(view.silent) == set(ASKED)


def test_a_named_answer_is_seen_at_once_with_what_was_said():
    held = answer(ask("A", Tlp.AMBER, ASKED, START, DUE), "C", Says.REFUSES, START, named=True)
    view = seen_by_asker(held, START)
    assert view.named == (Answer("C", Says.REFUSES, named=True),)
    assert view.silent == ("B", "D")


steps = st.lists(
    st.tuples(
        st.sampled_from(("A", *ASKED, "X")), st.sampled_from(Says), st.booleans(), st.integers(0, 30), st.booleans()
    ),
    max_size=25,
)


@given(steps)
def test_histories_move_the_own_answer_alone_and_nothing_after_the_end(history):
    held, clock = ask("A", Tlp.GREEN, ASKED, START, DUE), START
    for member, says, named, hours, closes in history:
        clock = max(clock, START + hours * HOUR)
        before = held
        try:
            held = close(held, member, clock) if closes else answer(held, member, says, clock, named=named)
        except RuleError:
            continue
        assert before.is_open(clock), "nothing changes after the end"
        if closes:
            assert member == "A"
            assert not held.is_open(clock)
            continue
        for one in before.answers:
            if one.member != member:
                assert held.of(one.member) == one
        assert held.of(member).named or not before.of(member).named, "what was read by name stays by name"


@pytest.mark.parametrize("was, will", list(itertools.product(Says, Says)))
def test_every_move_of_an_answer(was, will):
    held = question(("B", was, False), ("C",), ("D",))
    if will in MOVES[was]:
        assert answer(held, "B", will, START, named=False).of("B").says is will
    else:
        assert will is Says.NOT_YET, "nobody takes an answer back to silence; everything else may be said"
        with pytest.raises(RuleError) as refused:
            answer(held, "B", will, START, named=False)
        assert refused.value.rule is Rule.MOVE


def test_the_end_is_the_due_instant_or_when_the_asker_ends_it():
    held = ask("A", Tlp.GREEN, ASKED, START, DUE)
    assert answer(held, "B", Says.SEEN, DUE, named=True).of("B").says is Says.SEEN
    with pytest.raises(RuleError, match="A may ask again") as refused:
        answer(held, "B", Says.SEEN, DUE + timedelta(microseconds=1), named=True)
    assert refused.value.who == ("A",)
    with pytest.raises(RuleError) as refused:
        close(held, "B", START)
    assert refused.value.rule is Rule.ASKER
    with pytest.raises(RuleError):
        close(close(held, "A", START), "A", START)


@pytest.mark.parametrize(
    "asked, label, due, rule",
    [
        ((), Tlp.GREEN, DUE, Rule.SOMEBODY),
        (("A", "B"), Tlp.GREEN, DUE, Rule.NOT_ITSELF),
        (("B",), Tlp.RED, DUE, Rule.LABEL),
        (("B",), Tlp.UNKNOWN, DUE, Rule.LABEL),
        (("B",), Tlp.GREEN, START, Rule.IN_TIME),
    ],
)
def test_what_cannot_be_asked(asked, label, due, rule):
    with pytest.raises(RuleError) as refused:
        ask("A", label, asked, START, due)
    assert refused.value.rule is rule
