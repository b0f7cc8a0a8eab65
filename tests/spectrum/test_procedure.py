"""Rule: nothing is approved that the other side rejected or, unless they agreed so, left unanswered; deadlines need no clock.

A monitor of a few lines keeps its own account of who said what in time; whatever is done in whatever order, the engine
agrees with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.spectrum.coordination.answers import read_answers
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import (
    STEPS,
    TABLE,
    Act,
    Case,
    Command,
    Entry,
    Party,
    Reply,
    Stage,
    Standing,
    Terms,
    acts_for,
    advance,
    answer,
    apply,
    is_overdue,
    reminder_due,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK, DAY, INSTANT = timedelta(weeks=1), timedelta(days=1), timedelta(microseconds=1)
QUIET = Terms(4)
TACIT = Terms(6, Silence.APPROVES)


def draft(*ids):
    return Case(Stage.DRAFT, tuple(Entry(name) for name in ids))


def sent(*ids, terms=QUIET):
    return apply(draft(*ids), Command(Act.SUBMIT, Party.SENDER), terms, START)


def do(case, act, *ids, reason="", terms=QUIET, at=START):
    wanted = frozenset(ids) if ids else None
    return apply(case, Command(act, STEPS[act].by, wanted, reason), terms, at)


def standings(case):
    return {one.id: one.standing for one in case.entries}


# --- one case after another ------------------------------------------------------------------------------------------


def test_a_request_goes_its_way():
    case = sent("a", "b", "c")
    assert (case.stage, case.due) == (Stage.SUBMITTED, START + 4 * WEEK)
    case = do(case, Act.ACKNOWLEDGE)
    assert case.stage is Stage.ACKNOWLEDGED
    case = do(case, Act.REJECT, "b", reason="too strong at the coast")
    assert case.stage is Stage.ACKNOWLEDGED
    case = do(case, Act.APPROVE)
    assert case.stage is Stage.ANSWERED
    assert standings(case) == {"a": Standing.APPROVED, "b": Standing.REJECTED, "c": Standing.APPROVED}
    case = do(case, Act.REGISTER)
    assert case.stage is Stage.REGISTERED
    case = do(case, Act.APPROVE, "b", reason="after the talks")
    assert case.stage is Stage.ANSWERED
    assert do(case, Act.REGISTER).count(Standing.REGISTERED) == 3


def test_six_weeks_are_six_weeks():
    assert sent("a", terms=TACIT).due == START + 42 * DAY


def test_an_answer_is_an_acknowledgement():
    assert do(sent("a", "b"), Act.APPROVE, "a").stage is Stage.ACKNOWLEDGED


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: apply(draft(), Command(Act.SUBMIT, Party.SENDER), QUIET, START), "holds no record"),
        (lambda: do(sent("a"), Act.SUBMIT), "The request is submitted; to submit is possible when it is draft"),
        (lambda: do(draft("a"), Act.APPROVE), "The request is draft"),
        (lambda: do(sent("a"), Act.REJECT, "a", reason=" "), "needs a reason"),
        (lambda: do(sent("a"), Act.APPROVE, "a", "z"), "nothing was changed"),
        (lambda: do(do(sent("a", "b"), Act.APPROVE, "a"), Act.REJECT, "a", reason="no"), "nothing was changed"),
        (lambda: do(sent("a"), Act.REGISTER), "no record to register"),
        (lambda: do(sent("a"), Act.PASS_IN_SILENCE), "follows from the deadline"),
        (lambda: do(sent("a"), Act.APPROVE, "a", reason="x" * 1001), "longer than 1000"),
        (lambda: apply(sent("a"), Command(Act.APPROVE, Party.SENDER), QUIET, START), "for the receiver"),
    ],
)
def test_what_a_rule_stands_against_says_which(make, words):
    with pytest.raises(SpectrumError, match=words) as error:
        make()
    assert "Traceback" not in str(error.value)


def test_a_refusal_names_the_records():
    with pytest.raises(SpectrumError) as error:
        do(sent("a", "b"), Act.APPROVE, "b", "y", "z")
    assert [one.where for one in error.value.problems] == ["y", "z"]


def test_a_draft_is_withdrawn_as_if_it_had_never_been():
    case = do(draft("a"), Act.WITHDRAW)
    assert (case.stage, case.sent) == (Stage.WITHDRAWN, None)
    assert acts_for(case, Party.SENDER) == ()


# --- silence and reminders -------------------------------------------------------------------------------------------


def test_silence_means_nothing_unless_it_was_agreed():
    late = START + 5 * WEEK
    case = sent("a", "b")
    assert advance(case, QUIET, late) == case
    assert is_overdue(case, late)
    assert do(case, Act.REJECT, "a", reason="late, and still no", at=late).count(Standing.REJECTED) == 1


def test_agreed_silence_approves_what_was_pending_and_nothing_else():
    case = do(sent("a", "b", terms=TACIT), Act.REJECT, "b", reason="no", terms=TACIT)
    after = advance(case, TACIT, START + 6 * WEEK + INSTANT)
    assert standings(after) == {"a": Standing.APPROVED, "b": Standing.REJECTED}
    assert [one.silent for one in after.entries] == [True, False]
    assert after.stage is Stage.ANSWERED


def test_an_answer_in_the_instant_of_the_deadline_is_in_time():
    case = sent("a", terms=TACIT)
    assert do(case, Act.REJECT, "a", reason="no", terms=TACIT, at=case.due).count(Standing.REJECTED) == 1
    with pytest.raises(SpectrumError):
        do(case, Act.REJECT, "a", reason="no", terms=TACIT, at=case.due + INSTANT)


def test_of_reminders_that_were_missed_only_the_last_is_sent():
    case = sent("a")
    due = case.due
    assert reminder_due(case, QUIET, due - 15 * DAY, ()) is None
    assert reminder_due(case, QUIET, due - 14 * DAY, ()) == "14"
    assert reminder_due(case, QUIET, due - 13 * DAY, ("14",)) is None
    assert reminder_due(case, QUIET, due - DAY, ()) == "3"
    assert reminder_due(case, QUIET, due + 9 * DAY, ("14", "3")) == "overdue"
    assert reminder_due(case, QUIET, due + 9 * DAY, ("overdue",)) is None
    assert reminder_due(do(case, Act.APPROVE), QUIET, due, ()) is None


def test_a_reminder_from_before_the_request_is_none():
    short = Terms(1)
    assert reminder_due(sent("a", terms=short), short, START, ()) is None


# --- whatever is done ------------------------------------------------------------------------------------------------

IDS = ("a", "b", "c")
commands = st.tuples(
    st.sampled_from([step.act for step in TABLE]),
    st.sampled_from(Party),
    st.none() | st.frozensets(st.sampled_from((*IDS, "unknown")), min_size=1),
    st.sampled_from(["", "because"]),
    st.integers(0, 20),
)


@given(st.lists(commands, max_size=12), st.sampled_from([QUIET, TACIT]))
def test_nothing_is_approved_against_or_without_the_receiver(steps, terms):
    case, now = draft(*IDS), START
    said: dict[str, set[str]] = {name: set() for name in IDS}
    for act, by, ids, reason, days in steps:
        now += days * DAY
        before = advance(case, terms, now)
        for one in before.entries:
            if one.silent:
                assert terms.silence is Silence.APPROVES
                assert case.due < now
        try:
            after = apply(case, Command(act, by, ids, reason), terms, now)
        except SpectrumError:
            continue
        for old, new in zip(before.entries, after.entries, strict=True):
            if old.standing is not new.standing:
                said[new.id].add(f"{by.value} {act.value}")
                assert not (old.standing is Standing.APPROVED and new.standing is Standing.REJECTED)
                assert old.standing is not Standing.WITHDRAWN
        case = after
    for one in case.entries:
        if one.standing in {Standing.APPROVED, Standing.REGISTERED} and not one.silent:
            assert "receiver approve" in said[one.id]
        if one.standing is Standing.REGISTERED:
            assert "sender register" in said[one.id]


@given(st.lists(commands, max_size=12), st.sampled_from([QUIET, TACIT]))
def test_the_stage_follows_from_the_records(steps, terms):
    case, now = draft(*IDS), START
    for act, by, ids, reason, days in steps:
        now += days * DAY
        try:
            case = apply(case, Command(act, by, ids, reason), terms, now)
        except SpectrumError:
            continue
    held = set(standings(case).values())
    if case.sent is None:
        assert case.stage in {Stage.DRAFT, Stage.WITHDRAWN}
    else:
        assert (Standing.PENDING in held) == (case.stage in {Stage.SUBMITTED, Stage.ACKNOWLEDGED})
        assert (held == {Standing.WITHDRAWN}) == (case.stage is Stage.WITHDRAWN)
        if case.stage is Stage.REGISTERED:
            assert Standing.APPROVED not in held


@given(st.lists(commands, max_size=10), st.lists(st.integers(0, 80), max_size=6))
def test_it_makes_no_difference_whether_the_site_looked_in_between(steps, looks):
    """A site that looks often and one that was down all the time come to the same."""
    often = seldom = draft(*IDS)
    now = START
    for act, by, ids, reason, days in steps:
        command = Command(act, by, ids, reason)
        for look in sorted(looks):
            if look < days:
                often = advance(often, TACIT, now + look * DAY)
        now += days * DAY
        results = []
        for case in (often, seldom):
            try:
                results.append(apply(case, command, TACIT, now))
            except SpectrumError:
                results.append(case)
        often, seldom = results
    end = now + 100 * DAY
    assert advance(often, TACIT, end) == advance(seldom, TACIT, end)


@given(st.lists(commands, max_size=10))
def test_what_is_offered_is_what_can_be_done(steps):
    case, now = draft(*IDS), START
    for act, by, ids, reason, days in steps:
        now += days * DAY
        for party in (Party.SENDER, Party.RECEIVER):
            for offered in acts_for(advance(case, TACIT, now), party):
                if offered is Act.APPROVE and not advance(case, TACIT, now).count(Standing.PENDING):
                    continue  # a rejected record is approved by its name
                apply(case, Command(offered, party, reason="because"), TACIT, now)
        try:
            case = apply(case, Command(act, by, ids, reason), TACIT, now)
        except SpectrumError:
            continue


def test_every_act_stands_in_the_table_once():
    assert sorted(step.act.value for step in TABLE) == sorted(act.value for act in Act)


def test_a_case_is_not_changed_by_what_is_done_with_it():
    case = sent("a")
    copy = replace(case)
    do(case, Act.APPROVE)
    assert case == copy


# --- many answers at once --------------------------------------------------------------------------------------------


def test_many_answers_are_taken_together():
    case = answer(sent("a", "b", "c"), read_answers(b"id,answer,reason\na,approve,\nb,reject,no\n"), QUIET, START)
    assert standings(case) == {"a": Standing.APPROVED, "b": Standing.REJECTED, "c": Standing.PENDING}


@pytest.mark.parametrize(
    "content, where",
    [
        (b"id,answer,reason\na,perhaps,\n", "line 2, answer"),
        (b"id,answer,reason\na,approve,\nb,reject,\n", "line 3, reason"),
        (b"id,answer\n,approve\n", "line 2, id"),
        (b"id,answer\na,approve\na,approve\n", "a"),
    ],
)
def test_a_bad_answer_is_named_and_nothing_is_taken(content, where):
    with pytest.raises(SpectrumError) as error:
        read_answers(content)
    assert [one.where for one in error.value.problems] == [where]


@pytest.mark.parametrize("content", [b"", b"id,reason\na,b\n", b"\xff\xfe", b'id,answer\n"a', b"x" * (4 * 1024**2 + 1)])
def test_what_is_no_table_of_answers_is_refused(content):
    with pytest.raises(SpectrumError, match="table of answers"):
        read_answers(content)


def test_one_answer_that_cannot_be_given_stops_them_all():
    with pytest.raises(SpectrumError, match="nothing was changed"):
        answer(sent("a", "b"), [Reply("a", approve=True), Reply("z", approve=True)], QUIET, START)
