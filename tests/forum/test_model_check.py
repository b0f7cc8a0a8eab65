"""Rule: whatever happens in whatever order, nothing is adopted over an objection, nothing late counts, nobody acts for another.

Every order of events is tried, up to a depth, for three members (of which one joins on the way) and two versions, under
every combination of the rules that change the outcome. Beside the engine runs a monitor that keeps its own account of
what each member said and by when, in a few lines that share nothing with the engine.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from serantau.forum import Act, Command, Matter, Mode, Party, RuleError, Say, Stage, Verb, advance, apply
from tests.forum.examples import DAY, START, rules

FINAL = {Stage.DECIDED, Stage.PUBLISHED}
ANEW = {Act.CIRCULATE, Act.REVISE, Act.RETURN}
LAST_DAY = 4
JOINS = 1
"""The day from which C is a member."""


@dataclass(frozen=True)
class Seen:
    """The monitor's own account.

    Attributes:
        members: Members when the version was circulated.
        said: What each member itself said last about the version, in time.
        absent: Whose absence was noted.
        due: The deadline, by the monitor's own arithmetic.
        out: Who opted out.
    """

    members: frozenset[str] = frozenset()
    said: tuple[tuple[str, Say], ...] = ()
    absent: frozenset[str] = frozenset()
    due: datetime | None = None
    out: frozenset[str] = frozenset()

    def after(self, command, given, now):
        """The account after a command that the engine let through."""
        if command.act in ANEW:
            return Seen(frozenset(command.members))
        if command.act is Act.OPEN and command.mode is Mode.AD_REFERENDUM:
            return replace(self, due=now + given.silence_days * DAY)
        if command.act is Act.SAY:
            said = dict(self.said) | {command.member: command.say}
            later = command.say is Say.ASKS_TIME and self.due is not None
            due = self.due + given.time_request_days * DAY if later else self.due
            absent = self.absent - {command.member}
            return replace(self, said=tuple(sorted(said.items(), key=str)), due=due, absent=absent)
        if command.act is Act.NOTE_ABSENCE:
            return replace(self, absent=self.absent | {command.member})
        if command.act is Act.EXTEND:
            return replace(self, due=self.due + given.extension_days * DAY)
        return replace(self, out=self.out | {command.member}) if command.act is Act.OPT_OUT else self


def members_on(now):
    return ("A", "B") if now < START + JOINS * DAY else ("A", "B", "C")


def commands(now):
    """Everything that anybody may try, allowed or not."""
    there = members_on(now)
    for act in Act:
        if act is Act.OPEN:
            yield from (Command(act, Party.SECRETARIAT, mode=mode) for mode in Mode)
        elif act is Act.NOTE_ABSENCE:
            yield from (Command(act, Party.SECRETARIAT, member=one) for one in "ABC")
        elif act not in {Act.SAY, Act.OPT_OUT, Act.CLOSE, Act.EDIT, Act.COMMENT}:
            yield Command(act, Party.SECRETARIAT, members=there)
            yield Command(act, Party.MEMBER, member="A", members=there)
    for one in "ABC":
        for say in Say:
            yield Command(Act.SAY, Party.MEMBER, member=one, say=say, text="Because.")
        yield Command(Act.OPT_OUT, Party.MEMBER, member=one)
    yield Command(Act.SAY, Party.SECRETARIAT, member="A", say=Say.AGREES)
    yield Command(Act.CLOSE, Party.CLOCK)
    yield Command(Act.CLOSE, Party.SECRETARIAT)


def held(before, after, command, seen, given, now, start):
    """Every promise, for one step."""
    spoken = dict(seen.said)
    if after.stage in FINAL and before.stage not in FINAL:
        assert command.act is Act.DECIDE
        assert command.by is Party.SECRETARIAT
        counted = seen.members - seen.out
        assert counted
        for member in counted:
            by_itself = spoken.get(member) in {Say.AGREES, Say.RESERVES}
            silent = member not in spoken and given.silence_is_assent and seen.due is not None and now > seen.due
            away = member not in spoken and member in seen.absent and not given.absence_blocks
            assert by_itself or silent or away, f"adopted over {member}: {spoken.get(member)}"
    if before.stage in FINAL:
        assert replace(after, stage=before.stage) == before, "what was decided does not change"
    if command.act in {Act.SAY, Act.OPT_OUT}:
        assert command.by is Party.MEMBER
        assert command.member in seen.members
        assert seen.due is None or now <= seen.due
    touched = {m for m in "ABC" if before.of(m) != after.of(m)}
    if command.act not in ANEW:
        allowed = {command.member} if command.act in {Act.SAY, Act.NOTE_ABSENCE} else set()
        assert touched <= allowed, "nobody's position moves by another's act"
    if command.act is Act.NOTE_ABSENCE:
        assert command.member not in spoken
    assert not after.out or (start.allows_out and start.formula)
    assert {one.member for one in after.positions} <= set(members_on(now))


def at_deadline(before, closed, seen, given, now):
    """What the clock did by itself."""
    assert (closed != before) == (before.stage is Stage.CONSULTATION and seen.due is not None and now > seen.due)
    for one in before.positions:
        after = closed.of(one.member)
        assert after == one or (one.say is Say.NOTHING and after.say is Say.NO_OBJECTION and given.silence_is_assent)


def explored(start, given, depth):
    """Walk through every order of events; return how many states there are, and which stages and acts were met."""
    acts = set()
    frontier = {(start, 0, Seen())}
    known = set(frontier)
    for _ in range(depth):
        found = set()
        for matter, day, seen in frontier:
            now = START + day * DAY
            # The site was down until now: nobody saw to the deadline. It must not matter.
            closed = advance(matter, given, now)
            at_deadline(matter, closed, seen, given, now)
            assert advance(matter, given, now + 30 * DAY) == closed or closed is matter
            if day < LAST_DAY:
                found |= {(matter, day + 1, seen), (closed, day + 1, seen)}
            for command in commands(now):
                if command.act in {Act.REVISE, Act.RETURN} and matter.version == 2:
                    continue
                try:
                    after = apply(matter, command, given, now)
                except RuleError:
                    continue
                if closed is not matter:
                    assert after == apply(closed, command, given, now), "late and in time come to the same"
                acts.add(command.act)
                held(closed, after, command, seen, given, now, start)
                found.add((after, day, seen.after(command, given, now)))
        frontier = found - known
        known |= frontier
    return len(known), {matter.stage for matter, _, _ in known}, acts


VARIANTS = list(itertools.product([True, False], repeat=3))
PAIRS = [(False, False, False), (False, True, True), (True, False, True), (True, True, False)]
"""Every pair of values of two rules stands in one of these (the orthogonal array L4); the soak run takes all eight."""
DEPTH = 6


def variant(silence, ends, blocks):
    return rules(silence_is_assent=silence, objection_ends_silence=ends, absence_blocks=blocks, most_time_requests=1)


@pytest.mark.parametrize("silence, ends, blocks", PAIRS)
def test_no_order_of_events_breaks_a_promise(silence, ends, blocks):
    start = Matter(Verb.ADOPTED, allows_out=True, formula=True)
    count, stages, acts = explored(start, variant(silence, ends, blocks), DEPTH)
    assert count > 1000
    assert {Stage.DRAFT, Stage.CIRCULATED, Stage.CONSULTATION, Stage.CONSENSUS, Stage.NO_CONSENSUS} <= stages
    assert {Act.SAY, Act.OPT_OUT, Act.NOTE_ABSENCE, Act.EXTEND, Act.CONCLUDE, Act.REVISE, Act.REFER} <= acts


@pytest.mark.parametrize("allows_out, formula", [(False, True), (True, False)])
def test_nobody_stays_outside_without_the_instrument_and_the_decision(allows_out, formula):
    start = Matter(Verb.ADOPTED, allows_out=allows_out, formula=formula)
    explored(start, rules(), DEPTH - 1)


def test_the_monitor_sees_an_engine_that_counts_heads(monkeypatch):
    from serantau.forum import consensus

    majority = consensus.Verdict(())
    monkeypatch.setattr(consensus, "verdict", lambda _matter, _rules: majority)
    with pytest.raises(AssertionError, match="adopted over"):
        explored(Matter(Verb.ADOPTED), rules(), DEPTH)


@pytest.mark.soak
@pytest.mark.parametrize("silence, ends, blocks", VARIANTS)
def test_deeper(silence, ends, blocks):
    start = Matter(Verb.ADOPTED, allows_out=True, formula=True)
    _, stages, _ = explored(start, variant(silence, ends, blocks), DEPTH + 2)
    assert set(Stage) <= stages
