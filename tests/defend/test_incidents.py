"""Rule: in a shared case nobody acts for another, the label is loosened by all whose words stand in it, and sight follows standing.

Histories are drawn at random over four members and two partners; beside the engine runs a monitor that keeps its own
account in a few lines that share nothing with the engine. The table itself is tried out whole: every act, by every party,
at every stage.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.incidents import (
    TABLE,
    Act,
    Case,
    Command,
    Party,
    Rule,
    Sight,
    Stage,
    Standing,
    Task,
    TaskState,
    acts_for,
    apply,
    cleared,
    opened,
    party_of,
    sight,
)
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.defend.rules import RuleError

MEMBERS = ("A", "B", "C", "D")
PARTNERS = ("p", "q")
commands = st.builds(
    Command,
    act=st.sampled_from(Act),
    member=st.sampled_from(MEMBERS),
    target=st.sampled_from((*MEMBERS, *PARTNERS, "")),
    label=st.sampled_from((None, *Tlp)),
    task=st.integers(0, 3),
    author=st.sampled_from(MEMBERS),
)
WRITING = {Act.WRITE, Act.ADD_TASK}
BY_LEAD = {
    *(Act.INVITE, Act.REVOKE, Act.OFFER_LEAD, Act.PROPOSE, Act.ADMIT, Act.DISMISS, Act.CLOSE, Act.DROP_TASK),
}


def tried(case, command):
    """The case after a command, or None if it was refused."""
    after, refusal = outcome(case, command)
    if refusal is not None:
        assert str(refusal)
        assert refusal.rule in Rule
        assert set(refusal.who) <= {*MEMBERS, *PARTNERS}, "whoever must act is named by code"
    return after


def outcome(case, command):
    """The case after a command and None, or None and the refusal."""
    try:
        return apply(case, command), None
    except RuleError as refusal:
        return None, refusal


class Monitor:
    """Its own account of a history."""

    def __init__(self, lead):
        self.lead, self.inside, self.invited = lead, {lead}, set()
        self.wrote = {lead}
        self.agreed = set()
        self.lead_offered = ""

    def step(self, before, command, after):
        """Every promise, for one step that was let through."""
        act, who, target = command.act, command.member, command.target
        if act in BY_LEAD:
            assert who == self.lead
        if act is Act.INVITE:
            self.invited.add(target)
        elif act is Act.REVOKE:
            assert target in self.invited
            self.invited.discard(target)
        elif act in {Act.JOIN, Act.DECLINE}:
            assert who in self.invited
            self.invited.discard(who)
            self.inside |= {who} if act is Act.JOIN else set()
        elif act is Act.LEAVE:
            assert who != self.lead, "a case is never without lead"
            self.inside.discard(who)
            self.lead_offered = "" if self.lead_offered == who else self.lead_offered
        elif act is Act.OFFER_LEAD:
            self.lead_offered = target
        elif act is Act.TAKE_LEAD:
            assert who == self.lead_offered, "nobody is made to lead"
            self.lead, self.lead_offered = who, ""
        elif act is Act.REFUSE_LEAD:
            assert who == self.lead_offered
            self.lead_offered = ""
        elif act not in {Act.CONSENT, Act.OBJECT}:
            assert who in self.inside
        self._label(before, command, after)
        self._tasks(before, command, after)
        self._who_is_where(after)

    def _label(self, before, command, after):
        act, who = command.act, command.member
        if act in WRITING | {Act.TAKE_LEAD}:
            self.wrote.add(who)
            self.agreed.discard(who)
        if act is Act.PROPOSE:
            self.agreed = {who}
        elif act is Act.CONSENT:
            self.agreed.add(who)
        elif act in {Act.TIGHTEN, Act.OBJECT}:
            self.agreed = set()
        if after.tlp < before.tlp:
            assert act in {Act.PROPOSE, Act.CONSENT}
            assert self.wrote <= self.agreed, "loosened over somebody whose words stand in it"
        if after.tlp > before.tlp:
            assert act is Act.TIGHTEN
            assert who in self.inside
        assert after.tlp <= Tlp.RED

    def _tasks(self, before, command, after):
        held = {one.number: one for one in before.tasks}
        for one in after.tasks:
            was = held.get(one.number, Task(one.number))
            if one.owner not in {was.owner, ""}:
                assert one.owner == command.member, "nobody is made to do a task"
            if was.owner and not one.owner:
                assert command.member == was.owner, "nobody loses a task by another"
            if was.state is not TaskState.OPEN:
                assert one == was, "what ended stays as it was"
            if one.state is TaskState.DONE and was.state is TaskState.OPEN:
                assert command.member == was.owner
            if one.state is TaskState.OPEN:
                assert one.owner in self.inside | {""}
                assert one.offered in self.inside | {""}
        assert [one.number for one in after.tasks] == list(range(1, len(after.tasks) + 1))

    def _who_is_where(self, after):
        assert after.lead == self.lead
        assert set(after.joined) == self.inside
        assert after.contributors == self.wrote
        assert after.offered_lead in self.inside | {""}
        for member in MEMBERS:
            expected = (
                Sight.ALL
                if member in self.inside
                else Sight.INVITATION
                if member in self.invited
                else Sight.OWN
                if member in self.wrote
                else Sight.NOTHING
            )
            assert sight(after, member) is expected


@given(st.sampled_from(Tlp), st.lists(commands, max_size=60))
def test_no_history_breaks_a_promise(label, history):
    case = opened("A", min(label, Tlp.RED))
    monitor = Monitor("A")
    for command in history:
        after = tried(case, command)
        if after is not None:
            monitor.step(case, command, after)
            case = after


PARAMETERS = {
    "target": [{"target": one} for one in (*MEMBERS, *PARTNERS)],
    "label": [{"label": one} for one in Tlp],
    "task": [{"task": number, "target": one} for number in (1, 2, 3) for one in MEMBERS],
    "author": [{"author": one} for one in MEMBERS],
}


def possible(case, act, offset):
    """A command of an act that is let through, by whoever and about whatever; None if there is none."""
    needs = next(step.needs for step in TABLE if step.act is act)
    kind = (
        "label"
        if Rule.LABEL in needs
        else "task"
        if Rule.TASK_THERE in needs
        else "author"
        if Rule.OWN_WORDS in needs
        else "target"
    )
    every = [Command(act, member, **more) for member in MEMBERS for more in PARAMETERS[kind]]
    start = offset % len(every)
    return next((one for one in (*every[start:], *every[:start]) if outcome(case, one)[0] is not None), None)


LIVELY = [one for one in Act if one not in {Act.CLOSE, Act.DECLINE, Act.REVOKE, Act.LEAVE, Act.OBJECT}]
"""Acts that a history is full of; those that end something come more rarely, or little would happen."""


@given(
    st.sampled_from([Tlp.GREEN, Tlp.AMBER_STRICT, Tlp.RED]),
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(LIVELY), st.sampled_from(LIVELY), st.sampled_from(Act)), st.integers(0, 99)
        ),
        min_size=10,
        max_size=60,
    ),
)
def test_no_lively_history_breaks_a_promise(label, history):
    """Every step is one that somebody may do: far more happens than when most commands are refused."""
    case, monitor = opened("A", label), Monitor("A")
    for act, offset in history:
        command = possible(case, act, offset)
        if command is not None:
            after = apply(case, command)
            monitor.step(case, command, after)
            case = after


@given(st.lists(commands, max_size=40))
def test_what_a_member_cannot_do_it_is_not_offered_and_a_refusal_changes_nothing(history):
    case = opened("A", Tlp.AMBER)
    for command in history:
        before = replace(case)
        after = tried(case, command)
        assert case == before, "cases are never changed in place"
        if after is not None:
            assert command.act in acts_for(case, command.member)
            case = after


def with_party(party, stage):
    """A case in which A stands on a side, at a stage."""
    held = {
        Party.LEAD: Case("A", Tlp.AMBER, stage, (("A", Standing.JOINED), ("B", Standing.JOINED))),
        Party.JOINED: Case("B", Tlp.AMBER, stage, (("B", Standing.JOINED), ("A", Standing.JOINED))),
        Party.INVITED: Case("B", Tlp.AMBER, stage, (("B", Standing.JOINED), ("A", Standing.INVITED))),
        Party.FORMER: Case("B", Tlp.AMBER, stage, (("B", Standing.JOINED), ("A", Standing.LEFT))),
        Party.OUTSIDE: Case("B", Tlp.AMBER, stage, (("B", Standing.JOINED),)),
    }[party]
    return replace(held, contributors=frozenset({held.lead}))


MOST_WILLING = {
    Act.INVITE: {"target": "C"},
    Act.TIGHTEN: {"label": Tlp.RED},
    Act.PROPOSE: {"label": Tlp.GREEN},
    Act.ADMIT: {"target": "p"},
    Act.SHARE: {"author": "A"},
    Act.OFFER_LEAD: {"target": "B"},
}


@pytest.mark.parametrize("party, stage, act", list(itertools.product(Party, Stage, Act)))
def test_every_cell_of_the_table(party, stage, act):
    """A party that the table does not name, or a stage that it does not, is refused for that and nothing else."""
    case = with_party(party, stage)
    assert party_of(case, "A") is party
    (step,) = [one for one in TABLE if one.act is act]
    command = Command(act, "A", **MOST_WILLING.get(act, {}))
    after, refusal = outcome(case, command)
    if party not in step.by:
        assert refusal.rule is Rule.PARTY
    elif stage not in step.start:
        assert refusal.rule is Rule.STAGE
    elif refusal is not None:
        assert refusal.rule in step.needs
    else:
        assert after.stage is (step.end or stage)


def test_there_is_one_row_for_each_act_and_an_outsider_stands_in_none():
    assert [step.act for step in TABLE] == list(dict.fromkeys(step.act for step in TABLE))
    assert {step.act for step in TABLE} == set(Act)
    assert all(Party.OUTSIDE not in step.by for step in TABLE)
    assert {rule for step in TABLE for rule in step.needs} | {Rule.PARTY, Rule.STAGE} == set(Rule)


def test_the_monitor_sees_an_engine_that_asks_nobody(monkeypatch):
    monkeypatch.setattr(Case, "lacking", property(lambda _case: ()))
    case, monitor = opened("A", Tlp.AMBER), Monitor("A")
    history = (
        Command(Act.INVITE, "A", "B"),
        Command(Act.JOIN, "B"),
        Command(Act.WRITE, "B"),
        Command(Act.PROPOSE, "A", label=Tlp.GREEN),
    )
    for command in history[:-1]:
        after = apply(case, command)
        monitor.step(case, command, after)
        case = after
    loosened = apply(case, history[-1])
    with pytest.raises(AssertionError, match="loosened over"):
        monitor.step(case, history[-1], loosened)


def case_of(*given):
    """A case of A, B and C after some commands."""
    case = opened("A", Tlp.AMBER)
    for member in ("B", "C"):
        case = apply(apply(case, Command(Act.INVITE, "A", member)), Command(Act.JOIN, member))
    for command in given:
        case = apply(case, command)
    return case


def test_a_member_that_left_is_still_asked_and_an_objection_ends_the_proposal():
    case = case_of(Command(Act.WRITE, "B"), Command(Act.LEAVE, "B"), Command(Act.PROPOSE, "A", label=Tlp.CLEAR))
    assert case.tlp is Tlp.AMBER
    assert case.lacking == ("B",)
    assert apply(case, Command(Act.CONSENT, "B")).tlp is Tlp.CLEAR
    assert apply(case, Command(Act.OBJECT, "B")).proposed is None


def test_who_writes_after_it_consented_is_asked_again():
    case = case_of(
        Command(Act.WRITE, "B"),
        Command(Act.WRITE, "C"),
        Command(Act.PROPOSE, "A", label=Tlp.GREEN),
        Command(Act.CONSENT, "B"),
        Command(Act.WRITE, "B"),
        Command(Act.CONSENT, "C"),
    )
    assert (case.tlp, case.lacking) == (Tlp.AMBER, ("B",))


def test_a_refusal_says_who_must_act():
    case = case_of(Command(Act.ADD_TASK, "B", "B"), Command(Act.ADD_TASK, "B"))
    with pytest.raises(RuleError, match=r"Tasks are open: 1, 2\. B, A must finish them") as refused:
        apply(case, Command(Act.CLOSE, "A"))
    assert refused.value.who == ("B", "A")
    with pytest.raises(RuleError, match="B must offer it first") as refused:
        apply(case, Command(Act.TAKE_TASK, "C", task=1))
    assert refused.value.who == ("B",)
    with pytest.raises(RuleError, match="A leads the case"):
        apply(case, Command(Act.LEAVE, "A"))


def test_who_leaves_holds_nothing():
    case = case_of(
        Command(Act.ADD_TASK, "B", "B"),
        Command(Act.ADD_TASK, "A", "B"),
        Command(Act.ADD_TASK, "B", "B"),
        Command(Act.FINISH_TASK, "B", task=3),
        Command(Act.OFFER_LEAD, "A", "B"),
        Command(Act.LEAVE, "B"),
    )
    assert [(one.owner, one.offered) for one in case.tasks] == [("", ""), ("", ""), ("B", "")]
    assert case.offered_lead == ""


@pytest.mark.parametrize(
    "label, clearance, named",
    list(itertools.product(Tlp, [one for one in Tlp if one <= HIGHEST_CLEARANCE], [True, False])),
)
def test_clearance_reads_up_to_itself_and_red_only_by_name(label, clearance, named):
    expected = {
        Tlp.CLEAR: True,
        Tlp.GREEN: clearance >= Tlp.GREEN,
        Tlp.AMBER: clearance >= Tlp.AMBER,
        Tlp.AMBER_STRICT: clearance == Tlp.AMBER_STRICT,
        Tlp.RED: named and clearance == Tlp.AMBER_STRICT,
        Tlp.UNKNOWN: False,
    }[label]
    assert cleared(label, clearance, named=named) is expected
