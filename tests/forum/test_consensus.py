"""Rule: each rule of procedure does what it says, each refusal names the rule and who must act, time is an argument."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.forum import (
    Act,
    Command,
    ForumError,
    Matter,
    Mode,
    Party,
    Rule,
    RuleError,
    Say,
    Stage,
    Verb,
    advance,
    apply,
    verdict,
)
from serantau.forum.consensus import MOVES, TABLE
from tests.forum.examples import (
    CIRCULATE,
    DAY,
    IN_PLENARY,
    IN_WRITING,
    REVISE,
    RULES,
    START,
    by_member,
    by_secretariat,
    played,
    rules,
    says,
)

OPENED = ((0, CIRCULATE), (0, IN_WRITING))
DECIDE = by_secretariat(Act.DECIDE)


def refusal(matter, command, days=0, under=RULES):
    with pytest.raises(RuleError) as caught:
        apply(matter, command, under, START + days * DAY)
    return caught.value


def test_silence_by_the_deadline_is_no_objection_and_the_deadlines_own_instant_is_in_time():
    matter = played(*OPENED)
    assert matter.due == START + 2 * DAY
    assert advance(matter, RULES, matter.due) == matter
    assert apply(matter, by_member("A", Say.OBJECTS), RULES, matter.due).of("A").say is Say.OBJECTS
    closed = advance(matter, RULES, matter.due + timedelta(microseconds=1))
    assert closed.stage is Stage.CONSENSUS
    assert set(says(closed).values()) == {Say.NO_OBJECTION}


def test_an_objection_stands_in_the_way_until_it_is_lifted():
    matter = played(*OPENED, (1, by_member("B", Say.OBJECTS, "Article 3 is too wide.")))
    assert advance(matter, RULES, START + 3 * DAY).stage is Stage.NO_CONSENSUS
    lifted = apply(matter, by_member("B", Say.RESERVES, "As we understand Article 3."), RULES, START + 2 * DAY)
    assert advance(lifted, RULES, START + 3 * DAY).stage is Stage.CONSENSUS


def test_where_the_rules_say_so_an_objection_ends_the_procedure():
    under = rules(objection_ends_silence=True)
    assert played(*OPENED, (1, by_member("B", Say.OBJECTS)), under=under).stage is Stage.NO_CONSENSUS


def test_where_silence_is_no_assent_everybody_must_speak():
    under = rules(silence_is_assent=False)
    matter = played(*OPENED, (1, by_member("A", Say.AGREES)), (1, by_member("B", Say.AGREES)), under=under)
    assert advance(matter, under, START + 9 * DAY).stage is Stage.NO_CONSENSUS
    spoken = apply(matter, by_member("C", Say.AGREES), under, START + DAY)
    assert advance(spoken, under, START + 9 * DAY).stage is Stage.CONSENSUS


def test_time_asked_for_moves_the_deadline_as_often_as_the_rules_allow_and_is_itself_no_assent():
    matter = played(*OPENED, (1, by_member("C", Say.ASKS_TIME)))
    assert matter.due == START + 3 * DAY
    assert refusal(matter, by_member("A", Say.ASKS_TIME), 1).rule is Rule.TIME_LEFT
    assert advance(matter, RULES, START + 4 * DAY).stage is Stage.NO_CONSENSUS


def test_the_secretariat_extends_as_often_as_the_rules_allow():
    matter = played(*OPENED, (1, by_secretariat(Act.EXTEND)))
    assert matter.due == START + 3 * DAY
    assert refusal(matter, by_secretariat(Act.EXTEND), 1).rule is Rule.EXTENSION_LEFT


def test_what_comes_late_changes_nothing_and_is_told_the_deadline():
    matter = played(*OPENED)
    error = refusal(matter, by_member("A", Say.OBJECTS), 3)
    assert error.rule is Rule.IN_TIME
    assert "2026-03-04 09:00 UTC" in error.message


def test_a_changed_text_is_a_version_on_which_nobody_has_said_anything():
    matter = played(*OPENED, (1, by_member("A", Say.AGREES)), (1, by_member("B", Say.OBJECTS)), (1, REVISE))
    assert (matter.version, matter.stage, matter.due) == (2, Stage.CIRCULATED, None)
    assert set(says(matter).values()) == {Say.NOTHING}


def test_members_are_those_of_the_day_of_circulation():
    """Ten before 26 October 2025 and eleven after it, in small: C joins between the versions."""
    matter = played((0, by_secretariat(Act.CIRCULATE, members=("A", "B"))), (0, IN_WRITING))
    assert refusal(matter, by_member("C", Say.OBJECTS)).rule is Rule.ELIGIBLE
    assert "C" in says(apply(matter, REVISE, RULES, START))


def test_in_a_meeting_everybody_is_heard_or_absent():
    matter = played((0, CIRCULATE), (0, IN_PLENARY), (0, by_member("A", Say.AGREES)), (0, by_member("B", Say.AGREES)))
    error = refusal(matter, by_secretariat(Act.CONCLUDE))
    assert (error.rule, error.who) == (Rule.ALL_HEARD, ("C",))
    away = apply(matter, by_secretariat(Act.NOTE_ABSENCE, member="C"), RULES, START)
    assert apply(away, by_secretariat(Act.CONCLUDE), RULES, START).stage is Stage.CONSENSUS
    strict = rules(absence_blocks=True)
    assert apply(away, by_secretariat(Act.CONCLUDE), strict, START).stage is Stage.NO_CONSENSUS


def test_absence_is_noted_of_nobody_that_spoke():
    matter = played((0, CIRCULATE), (0, IN_PLENARY), (0, by_member("A", Say.OBJECTS)))
    assert refusal(matter, by_secretariat(Act.NOTE_ABSENCE, member="A")).rule is Rule.MOVE


def test_who_stays_outside_has_no_say_and_counts_no_more():
    start = Matter(Verb.ADOPTED, allows_out=True, formula=True)
    out = Command(Act.OPT_OUT, Party.MEMBER, member="C")
    matter = played(*OPENED, (1, by_member("C", Say.OBJECTS)), (1, out), start=start)
    assert matter.eligible == ("A", "B")
    assert refusal(matter, by_member("C", Say.OBJECTS), 1).rule is Rule.ELIGIBLE
    assert refusal(matter, replace(out, member="B"), 1).rule is Rule.ROOM_OUTSIDE
    assert advance(matter, RULES, START + 9 * DAY).stage is Stage.CONSENSUS


@pytest.mark.parametrize(
    "allows, formula, rule", [(False, True, Rule.ALLOWS_OUT), (True, False, Rule.FORMULA)], ids=["facts", "decision"]
)
def test_staying_outside_needs_the_instrument_and_a_decision(allows, formula, rule):
    matter = played(*OPENED, start=Matter(Verb.ADOPTED, allows_out=allows, formula=formula))
    assert refusal(matter, Command(Act.OPT_OUT, Party.MEMBER, member="C")).rule is rule


def test_where_everybody_stays_outside_there_is_no_decision():
    under = rules(most_opted_out=3)
    start = Matter(Verb.ADOPTED, allows_out=True, formula=True)
    outs = [(0, Command(Act.OPT_OUT, Party.MEMBER, member=one)) for one in "ABC"]
    assert advance(played(*OPENED, *outs, under=under, start=start), under, START + 9 * DAY).stage is Stage.NO_CONSENSUS


def test_without_consensus_a_paper_is_referred_and_comes_back_as_a_new_version():
    matter = played(*OPENED, (1, by_member("B", Say.OBJECTS)), (3, by_secretariat(Act.REFER)))
    assert matter.stage is Stage.REFERRED
    assert refusal(matter, DECIDE).rule is Rule.STAGE
    back = apply(matter, by_secretariat(Act.RETURN, members=("A", "B", "C")), RULES, START)
    assert (back.stage, back.version, set(says(back).values())) == (Stage.CIRCULATED, 2, {Say.NOTHING})
    assert refusal(played(*OPENED, (1, by_member("B", Say.OBJECTS))), by_secretariat(Act.REFER), 3, rules(refers=False))


def test_the_verb_is_one_of_the_bodys():
    error = refusal(Matter(Verb.WELCOMED), CIRCULATE)
    assert (error.rule, "welcomed" in error.message) == (Rule.VERB, True)


def test_a_mode_that_the_body_does_not_know_is_refused():
    assert refusal(played((0, CIRCULATE)), IN_PLENARY, under=rules(plenary=False)).rule is Rule.MODE
    assert refusal(played((0, CIRCULATE)), IN_WRITING, under=rules(ad_referendum=False)).rule is Rule.MODE


def test_an_objection_is_given_in_words():
    assert refusal(played(*OPENED), by_member("A", Say.OBJECTS, "  ")).rule is Rule.WORDS


def test_a_refusal_names_who_stands_in_the_way():
    decided = replace(played(*OPENED, (1, by_member("B", Say.OBJECTS))), stage=Stage.CONSENSUS)
    error = refusal(decided, DECIDE, 1)
    assert (error.rule, error.who) == (Rule.REACHED, ("B",)) or "B objects" in error.message


def test_a_member_that_does_the_secretariats_work_is_told_whose_it_is():
    error = refusal(played(*OPENED), Command(Act.EXTEND, Party.MEMBER, member="A"))
    assert (error.rule, "secretariat" in error.message) == (Rule.PARTY, True)


def test_every_refusal_is_one_error_of_the_room():
    assert issubclass(RuleError, ForumError)


def test_the_table_lets_no_party_but_members_take_positions_and_lets_nothing_follow_a_decision_but_publishing():
    assert {step.by for step in TABLE if step.act in {Act.SAY, Act.OPT_OUT}} == {Party.MEMBER}
    after = {step.act for step in TABLE if {Stage.DECIDED, Stage.PUBLISHED, Stage.WITHDRAWN} & set(step.start)}
    assert after == {Act.PUBLISH}
    for party, moves in MOVES.items():
        assert all(Say.NO_OBJECTION not in ends for ends in moves.values()) or party is Party.CLOCK
        assert all(not set(ends) - {Say.ABSENT} for ends in moves.values()) or party is not Party.SECRETARIAT


# --- random histories -------------------------------------------------------------------------------------------------------

MEMBERS = tuple("ABCDE")
ACTS = st.one_of(
    st.builds(by_member, st.sampled_from(MEMBERS), st.sampled_from(list(Say)), st.sampled_from(["", "Because."])),
    st.builds(
        Command,
        st.sampled_from(list(Act)),
        st.sampled_from(list(Party)),
        member=st.sampled_from(MEMBERS),
        say=st.sampled_from(list(Say)),
        text=st.just("x"),
        mode=st.sampled_from([None, *Mode]),
        members=st.sampled_from([(), MEMBERS, MEMBERS[:3]]),
    ),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 36), ACTS), max_size=30)
OTHER_RULES = st.builds(
    rules,
    silence_is_assent=st.booleans(),
    objection_ends_silence=st.booleans(),
    absence_blocks=st.booleans(),
    most_time_requests=st.integers(0, 2),
    most_opted_out=st.integers(0, 2),
    refers=st.booleans(),
)


@given(HISTORIES, OTHER_RULES)
def test_no_history_ends_decided_while_somebody_stands_in_the_way(history, under):
    matter, now = Matter(Verb.ADOPTED, allows_out=True, formula=True), START
    for step in (CIRCULATE, IN_WRITING):
        matter = apply(matter, replace(step, members=MEMBERS), under, now)
    for hours, command in history:
        now += timedelta(hours=hours)
        before = advance(matter, under, now)
        try:
            matter = apply(matter, command, under, now)
        except RuleError:
            continue
        if before.stage in {Stage.DECIDED, Stage.PUBLISHED}:
            assert replace(matter, stage=before.stage) == before
        if matter.stage is Stage.DECIDED:
            assert not {one.say for one in matter.positions if one.member in matter.eligible} & {
                Say.OBJECTS,
                Say.ASKS_TIME,
            }
            assert verdict(matter, under).reached


@given(HISTORIES, OTHER_RULES, st.integers(0, 40))
def test_when_somebody_looks_makes_no_difference(history, under, every):
    """One site looks at every hour, another only when something is done: both come to the same."""

    def run(*, watched):
        matter, now = Matter(Verb.ADOPTED), START
        for step in (CIRCULATE, IN_WRITING):
            matter = apply(matter, replace(step, members=MEMBERS), under, now)
        for hours, command in history:
            for _ in range(hours if watched else 0):
                now += timedelta(hours=1)
                matter = advance(matter, under, now)
            now += timedelta(hours=0 if watched else hours)
            try:
                matter = apply(matter, command, under, now)
            except RuleError:
                continue
        return advance(matter, under, now + timedelta(days=every))

    assert run(watched=True) == run(watched=False)
