"""Rule: no order of acts, by anybody, brings a submission where it must not be (the whole state space is walked)."""

from __future__ import annotations

from itertools import product

import pytest

from serantau.review import Act, Party, ReviewError, State, step_for, steps_from
from serantau.review.lifecycle import DECIDED, TABLE

EVERYBODY = (*Party, None)

# Written from the rules, not from the table: state -> party -> what may follow.
MEMBER = {
    State.DRAFT: {Act.EDIT: State.DRAFT, Act.SUBMIT: State.SUBMITTED, Act.WITHDRAW: State.WITHDRAWN},
    State.SUBMITTED: {Act.COMMENT: State.SUBMITTED, Act.WITHDRAW: State.WITHDRAWN},
    State.QUESTIONED: {Act.EDIT: State.QUESTIONED, Act.ANSWER: State.SUBMITTED, Act.WITHDRAW: State.WITHDRAWN},
}
SECRETARIAT = {
    State.SUBMITTED: {
        Act.QUESTION: State.QUESTIONED,
        Act.COMMENT: State.SUBMITTED,
        Act.ACCEPT: State.ACCEPTED,
        Act.REFUSE: State.REFUSED,
    },
    State.QUESTIONED: {Act.COMMENT: State.QUESTIONED, Act.REFUSE: State.REFUSED},
    State.ACCEPTED: {Act.RETRACT: State.WITHDRAWN},
}


@pytest.mark.parametrize("state, party, act", list(product(State, EVERYBODY, Act)))
def test_every_state_party_and_act(state, party, act):
    rules = {Party.MEMBER: MEMBER, Party.SECRETARIAT: SECRETARIAT, None: {}}[party]
    end = rules.get(state, {}).get(act)
    if end is None:
        with pytest.raises(ReviewError, match=state.value):
            step_for(state, party, act)
    else:
        assert step_for(state, party, act).end is end


def paths(most=7):
    """Every sequence of acts by anybody, from a draft on; acts that change no state are taken once."""
    waiting = [((), State.DRAFT)]
    while waiting:
        past, state = waiting.pop()
        yield past, state
        if len(past) == most:
            continue
        for party in EVERYBODY:
            steps = [step for step in steps_from(state, party) if step.start is not step.end or step not in past]
            waiting += [((*past, step), step.end) for step in steps]


PATHS = list(paths())


def test_the_walk_reaches_every_state_and_every_step():
    assert {state for _, state in PATHS} == set(State)
    assert {step for past, _ in PATHS for step in past} == set(TABLE)


def test_reported_is_not_accepted():
    for past, state in PATHS:
        acts = [step.act for step in past]
        if state is State.ACCEPTED:
            assert acts.count(Act.ACCEPT) == 1
            assert acts.index(Act.ACCEPT) > acts.index(Act.SUBMIT)
        if Act.RETRACT in acts:
            assert Act.ACCEPT in acts
            assert state is State.WITHDRAWN


def test_nobody_decides_for_the_other_side():
    for step in TABLE:
        if step.act in {Act.ACCEPT, Act.REFUSE, Act.QUESTION, Act.RETRACT}:
            assert step.by is Party.SECRETARIAT
        if step.act in {Act.EDIT, Act.SUBMIT, Act.ANSWER, Act.WITHDRAW}:
            assert step.by is Party.MEMBER


def test_what_was_decided_stays_decided():
    for state in DECIDED:
        for party in EVERYBODY:
            assert {step.act for step in steps_from(state, party)} <= {Act.RETRACT}


def test_nobody_else_does_anything():
    assert all(steps_from(state, None) == () for state in State)


def test_what_goes_in_is_whole_and_what_is_refused_says_why():
    for step in TABLE:
        if step.end is State.SUBMITTED and step.start is not State.SUBMITTED:
            assert step.content
        if step.end is State.ACCEPTED:
            assert step.content and step.fits
        if step.end in {State.REFUSED, State.QUESTIONED} and step.start is not step.end:
            assert step.words


def test_only_taking_back_what_was_accepted_needs_two_people():
    assert [step.act for step in TABLE if step.two] == [Act.RETRACT]


def test_a_submission_cannot_be_stuck():
    for _, state in PATHS:
        if state not in DECIDED:
            assert any(step.end in DECIDED for step in reachable(state))


def reachable(state):
    """Every step that can follow, soon or late."""
    seen, waiting = set(), [state]
    while waiting:
        current = waiting.pop()
        for step in (step for party in Party for step in steps_from(current, party)):
            if step not in seen:
                seen.add(step)
                waiting.append(step.end)
    return seen
