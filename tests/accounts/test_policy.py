"""Rule: who may do what follows the table of the design, and a refusal tells nobody what they may not know.

The expected answers are written here a second time, in another form: for every act the roles that may, and on what terms.
"""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.web.accounts.policy import (
    FOUR_EYES,
    PUBLIC,
    TABLE,
    About,
    Act,
    Actor,
    Allowed,
    Kind,
    Reason,
    Refused,
    Stage,
    may,
)
from serantau.web.accounts.roles import EVERY_ROOM, STRONG, Role, Room

MINE, THEIRS = "QAA", "QBB"


def somebody(role, member=MINE, rooms=EVERY_ROOM, *, strong=True, fresh=True, partner=""):
    return Actor(Kind.PERSON, 1, "x", member, frozenset({Role.PUBLIC, role}), rooms, strong, fresh, partner)


def machine(*scopes, member=MINE):
    rooms = frozenset(Room(scope.partition(":")[0]) for scope in scopes)
    roles = frozenset({Role.PUBLIC, Role.MACHINE})
    return Actor(Kind.MACHINE, 1, "x", member, roles, rooms, scopes=frozenset(scopes))


MEMBER_ROLES = {Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION}
WORK = {
    Act.SUBMIT: MEMBER_ROLES,
    Act.WITHDRAW: MEMBER_ROLES,
    Act.DECIDE: {Role.SECRETARIAT},
    Act.PUBLISH: {Role.SECRETARIAT},
    Act.RETRACT: {Role.SECRETARIAT},
    Act.MANAGE_MACHINES: {Role.HEAD_OF_DELEGATION, Role.SECRETARIAT},
    Act.AUDIT: {Role.SECRETARIAT, Role.AUDITOR},
}
PEOPLE = [Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.OBSERVER, Role.AUDITOR]


@pytest.mark.parametrize("act, role", list(itertools.product(WORK, PEOPLE)))
def test_only_the_named_roles_do_an_act(act, role):
    member = MINE if role in MEMBER_ROLES else ""
    answer = may(somebody(role, member), act, About(member=MINE, room=Room.PLAN, stage=Stage.SUBMITTED))
    assert bool(answer) is (role in WORK[act])


PARTNERS = {Act.READ, Act.SUBMIT, Act.WITHDRAW}
"""What an observer does to the work of its own partner."""


@pytest.mark.parametrize("act", sorted(TABLE, key=str))
def test_an_observer_works_for_its_own_partner_and_no_other(act):
    observer = somebody(Role.OBSERVER, "", partner="farland")
    for stage in (Stage.DRAFT, Stage.SUBMITTED):
        own = About(room=Room.FORUM, stage=stage, partner="farland")
        assert bool(may(observer, act, own)) is (act in PARTNERS)
        weak = may(somebody(Role.OBSERVER, "", partner="farland", strong=False, fresh=False), act, own)
        assert not weak
        if act in PARTNERS:
            assert weak.reason is Reason.SECOND_FACTOR
        for other in (About(room=Room.FORUM, stage=stage, partner="nearland"), About("farland", Room.FORUM, stage)):
            answer = may(observer, act, other)
            assert not answer
            assert answer.hidden


def test_a_partners_work_is_no_members():
    for role in sorted(MEMBER_ROLES, key=str):
        for act in (Act.READ, Act.SUBMIT, Act.WITHDRAW):
            answer = may(somebody(role), act, About(room=Room.FORUM, stage=Stage.SUBMITTED, partner=MINE))
            assert not answer
            assert answer.hidden


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.READ])
def test_the_public_does_nothing(act):
    assert may(PUBLIC, act, About(member=MINE)) == Refused(Reason.NOT_SIGNED_IN)


@pytest.mark.parametrize(
    "stage, readers",
    [
        (Stage.DRAFT, {Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION}),
        (Stage.SUBMITTED, {Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR}),
        (Stage.PUBLISHED, set(PEOPLE)),
    ],
)
def test_who_reads_what(stage, readers):
    for role in PEOPLE:
        answer = may(somebody(role, MINE if role in MEMBER_ROLES else ""), Act.READ, About(MINE, Room.PLAN, stage))
        assert bool(answer) is (role in readers), role


@pytest.mark.parametrize("role", sorted(MEMBER_ROLES, key=str))
@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMITTED])
def test_another_members_unpublished_work_is_not_there(role, stage):
    for act in (Act.READ, Act.SUBMIT, Act.WITHDRAW, Act.DECIDE):
        answer = may(somebody(role), act, About(THEIRS, Room.PLAN, stage))
        assert isinstance(answer, Refused)
        assert answer.hidden


def test_a_draft_is_hidden_from_everybody_but_its_member():
    for role in (Role.SECRETARIAT, Role.OBSERVER, Role.AUDITOR):
        assert may(somebody(role, ""), Act.READ, About(MINE, Room.PLAN, Stage.DRAFT)).hidden
    assert may(PUBLIC, Act.READ, About(MINE, Room.PLAN, Stage.DRAFT)).hidden
    assert may(machine("plan:read", member=THEIRS), Act.READ, About(MINE, Room.PLAN, Stage.DRAFT)).hidden


def test_a_role_ends_at_its_rooms():
    planner = somebody(Role.FOCAL_POINT, rooms=frozenset({Room.PLAN}))
    assert may(planner, Act.SUBMIT, About(MINE, Room.PLAN, Stage.DRAFT))
    other = may(planner, Act.SUBMIT, About(MINE, Room.GOVERN, Stage.DRAFT))
    assert other == Refused(Reason.OTHER_ROOM, hidden=True)


@pytest.mark.parametrize("role", sorted(STRONG, key=str))
def test_whoever_submits_or_decides_needs_a_second_factor(role):
    weak = somebody(role, MINE if role in MEMBER_ROLES else "", strong=False, fresh=False)
    for act in TABLE:
        answer = may(weak, act, About(member=MINE, room=Room.PLAN, stage=Stage.SUBMITTED))
        assert not answer, act
    act = Act.DECIDE if role is Role.SECRETARIAT else Act.SUBMIT
    assert may(weak, act, About(MINE, Room.PLAN, Stage.SUBMITTED)).reason is Reason.SECOND_FACTOR


@pytest.mark.parametrize("act", sorted(FOUR_EYES, key=str))
def test_what_needs_four_eyes_needs_a_fresh_second_factor(act):
    stale = somebody(Role.SECRETARIAT, "", fresh=False)
    assert may(stale, act, About(member=MINE)).reason is Reason.NOT_FRESH
    assert may(somebody(Role.SECRETARIAT, ""), act, About(member=MINE))


def test_nobody_decides_on_work_of_their_own():
    secretary = somebody(Role.SECRETARIAT, "")
    own = About(MINE, Room.PLAN, Stage.SUBMITTED, made_by=secretary.reference)
    assert may(secretary, Act.DECIDE, own).reason is Reason.OWN_WORK


GIVING = {
    (Role.HEAD_OF_DELEGATION, Act.INVITE): {Role.FOCAL_POINT},
    (Role.SECRETARIAT, Act.INVITE): {Role.FOCAL_POINT, Role.OBSERVER},
    (Role.SECRETARIAT, Act.GIVE_POWER): {Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR},
    (Role.HEAD_OF_DELEGATION, Act.END_MEMBERSHIP): {Role.FOCAL_POINT},
    (Role.SECRETARIAT, Act.END_MEMBERSHIP): set(PEOPLE),
}


@pytest.mark.parametrize(
    "giver, act", list(itertools.product(PEOPLE, [Act.INVITE, Act.GIVE_POWER, Act.END_MEMBERSHIP]))
)
def test_who_gives_and_ends_which_role(giver, act):
    actor = somebody(giver, MINE if giver in MEMBER_ROLES else "")
    given_roles = {role for role in PEOPLE if may(actor, act, About(member=MINE, role=role))}
    assert given_roles == GIVING.get((giver, act), set())
    if actor.member:
        assert not any(may(actor, act, About(member=THEIRS, role=role)) for role in PEOPLE)


def test_a_machine_does_what_its_scopes_say_and_never_decides():
    feed = machine("plan:submit", "govern:read")
    assert may(feed, Act.SUBMIT, About(MINE, Room.PLAN, Stage.DRAFT))
    assert may(feed, Act.READ, About(MINE, Room.GOVERN, Stage.DRAFT))
    assert may(feed, Act.READ, About(MINE, Room.PLAN, Stage.DRAFT)).reason is Reason.SCOPE
    assert not may(feed, Act.SUBMIT, About(THEIRS, Room.PLAN, Stage.DRAFT))
    everything = machine(*(f"{room}:{act.value}" for room in Room for act in Act))
    for act in Act:
        if act not in {Act.READ, Act.SUBMIT}:
            assert not may(everything, act, About(MINE, Room.PLAN, Stage.SUBMITTED)), act


roles = st.sampled_from(PEOPLE)
abouts = st.builds(
    About,
    member=st.sampled_from(["", MINE, THEIRS]),
    room=st.none() | st.sampled_from(list(Room)),
    stage=st.sampled_from(list(Stage)),
    made_by=st.sampled_from(["", "person 1", "person 2"]),
    role=st.none() | st.sampled_from(PEOPLE),
)
actors = st.builds(
    lambda role, member, rooms, strong, fresh: somebody(
        role, member if role in MEMBER_ROLES else "", frozenset(rooms), strong=strong, fresh=strong and fresh
    ),
    roles,
    st.sampled_from([MINE, THEIRS]),
    st.sets(st.sampled_from(list(Room))),
    st.booleans(),
    st.booleans(),
)


@given(actors, st.sampled_from(list(Act)), abouts)
def test_proving_more_never_takes_anything_away(actor, act, about):
    proved = dataclasses.replace(actor, second_factor=True, fresh=True)
    if may(actor, act, about):
        assert may(proved, act, about) == Allowed()


@given(actors, st.sampled_from(list(Act)), abouts)
def test_a_member_never_acts_on_or_learns_of_anothers_unpublished_work(actor, act, about):
    if actor.member and about.member not in {"", actor.member} and about.stage is not Stage.PUBLISHED:
        answer = may(actor, act, about)
        assert not answer
        assert answer.hidden
