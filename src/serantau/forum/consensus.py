r"""How a paper comes to consensus: one table says who may do what at which stage, and which rules that must meet.

::

    draft --circulate--> circulated --open--> under consultation --close--> consensus --decide--> decided --publish--> published
                             ^                      |                           |
                             \------ revise --------+---- no consensus <--------/ (objections, silence that is no assent)
                                                             | refer
                                                             v
                                                          referred --return--> circulated

A paper may be withdrawn at any stage before it is decided. Consensus is never a count: it is reached when no eligible
member stands in the way. A changed text is a new version, on which nobody has said anything yet.

Time enters as an argument alone. A deadline that has passed closes the procedure *as of the deadline*, whenever
somebody next looks (:func:`advance`), so that it makes no difference whether the site was running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from serantau.forum.errors import RuleError
from serantau.forum.model import Matter, Mode, Position, Rules, Say, Stage


class Party(Enum):
    """Who acts."""

    MEMBER = "member"
    """A member, for itself: there is no way to name another one."""
    SECRETARIAT = "secretariat"
    CLOCK = "clock"


class Act(Enum):
    """What is done to a paper."""

    EDIT = "edit"
    CIRCULATE = "circulate"
    COMMENT = "comment"
    OPEN = "open"
    SAY = "say"
    OPT_OUT = "opt out"
    NOTE_ABSENCE = "note absence"
    EXTEND = "extend"
    CLOSE = "close"
    CONCLUDE = "conclude"
    REVISE = "revise"
    DECIDE = "decide"
    REFER = "refer"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class Rule(Enum):
    """What a step may have to meet, in the words of its refusal."""

    STAGE = "The paper is {stage}; to {act} is possible when it is {where}."
    PARTY = "To {act} is for the {who}, not for the {by}."
    HAS_MEMBERS = "A paper is circulated to the members of the day; that day has none."
    MODE = "The rules of the body do not let it decide {mode}."
    VERB = "By its rules the body may not have it {verb}."
    ELIGIBLE = (
        "Only those that were members when this version was circulated, and did not stay outside, have a say on it."
    )
    MOVE = "A position cannot change from {was!r} to {will!r}."
    WORDS = "An objection and a reservation are given in words."
    IN_TIME = "The deadline was {due}; a position after it changes nothing. The secretariat may revise the paper."
    TIME_LEFT = "The rules of the body allow no more requests for time on this version. The secretariat may extend it."
    IN_WRITING = "There is a deadline only in a decision in writing."
    PLENARY = "Absence is noted, and consensus concluded, in a meeting only."
    EXTENSION_LEFT = "The rules of the body allow no more extensions of this version."
    ALLOWS_OUT = "The facts of this instrument do not let a member stay outside."
    FORMULA = "Staying outside needs a decision by consensus to allow it first; there is none. The body must decide it."
    ROOM_OUTSIDE = "The rules of the body let no more members stay outside."
    AT_DEADLINE = "The deadline has not passed yet."
    REACHED = "There is no consensus: {blocking}."
    ALL_HEARD = "Not everybody has been heard: {who} must say where they stand, or their absence be noted."
    REFERS = "The rules of the body refer nothing to a body above."
    ENDS_SILENCE = "By the rules of the body an objection does not end the procedure."


@dataclass(frozen=True)
class Step:
    """One row of the table.

    Attributes:
        act: What is done.
        by: Who may do it.
        start: Stages at which it may be done.
        end: The stage after it; None where it stays.
        needs: Rules that it must meet, in the order in which they are asked. Of several rows for one act the first
            whose ``when`` is met is taken.
        when: Rules that choose between rows.
    """

    act: Act
    by: Party
    start: tuple[Stage, ...]
    end: Stage | None = None
    needs: tuple[Rule, ...] = ()
    when: tuple[Rule, ...] = ()


_M, _S, _C = Party.MEMBER, Party.SECRETARIAT, Party.CLOCK
_OPEN = (Stage.CIRCULATED, Stage.CONSULTATION)
_CHANGEABLE = (*_OPEN, Stage.NO_CONSENSUS, Stage.CONSENSUS)
_BY_DEADLINE = frozenset({Act.SAY, Act.OPT_OUT, Act.EXTEND})
_LIVE = (Stage.DRAFT, *_CHANGEABLE, Stage.REFERRED)

TABLE: tuple[Step, ...] = (
    Step(Act.EDIT, _S, (Stage.DRAFT,)),
    Step(Act.CIRCULATE, _S, (Stage.DRAFT,), Stage.CIRCULATED, (Rule.VERB, Rule.HAS_MEMBERS)),
    Step(Act.COMMENT, _M, _OPEN, None, (Rule.ELIGIBLE,)),
    Step(Act.COMMENT, _S, _OPEN),
    Step(Act.OPEN, _S, (Stage.CIRCULATED,), Stage.CONSULTATION, (Rule.MODE,)),
    Step(
        Act.SAY,
        _M,
        (Stage.CONSULTATION,),
        Stage.NO_CONSENSUS,
        (Rule.IN_TIME, Rule.ELIGIBLE, Rule.MOVE, Rule.WORDS),
        when=(Rule.ENDS_SILENCE,),
    ),
    Step(
        Act.SAY, _M, (Stage.CONSULTATION,), None, (Rule.IN_TIME, Rule.ELIGIBLE, Rule.MOVE, Rule.WORDS, Rule.TIME_LEFT)
    ),
    Step(Act.OPT_OUT, _M, _OPEN, None, (Rule.IN_TIME, Rule.ELIGIBLE, Rule.ALLOWS_OUT, Rule.FORMULA, Rule.ROOM_OUTSIDE)),
    Step(Act.NOTE_ABSENCE, _S, (Stage.CONSULTATION,), None, (Rule.PLENARY, Rule.ELIGIBLE, Rule.MOVE)),
    Step(Act.EXTEND, _S, (Stage.CONSULTATION,), None, (Rule.IN_WRITING, Rule.IN_TIME, Rule.EXTENSION_LEFT)),
    Step(
        Act.CLOSE,
        _C,
        (Stage.CONSULTATION,),
        Stage.CONSENSUS,
        (Rule.IN_WRITING, Rule.AT_DEADLINE),
        when=(Rule.REACHED,),
    ),
    Step(Act.CLOSE, _C, (Stage.CONSULTATION,), Stage.NO_CONSENSUS, (Rule.IN_WRITING, Rule.AT_DEADLINE)),
    Step(
        Act.CONCLUDE, _S, (Stage.CONSULTATION,), Stage.CONSENSUS, (Rule.PLENARY, Rule.ALL_HEARD), when=(Rule.REACHED,)
    ),
    Step(Act.CONCLUDE, _S, (Stage.CONSULTATION,), Stage.NO_CONSENSUS, (Rule.PLENARY, Rule.ALL_HEARD)),
    Step(Act.REVISE, _S, _CHANGEABLE, Stage.CIRCULATED, (Rule.HAS_MEMBERS,)),
    Step(Act.DECIDE, _S, (Stage.CONSENSUS,), Stage.DECIDED, (Rule.VERB, Rule.REACHED)),
    Step(Act.REFER, _S, (Stage.NO_CONSENSUS,), Stage.REFERRED, (Rule.REFERS,)),
    Step(Act.RETURN, _S, (Stage.REFERRED,), Stage.CIRCULATED, (Rule.HAS_MEMBERS,)),
    Step(Act.PUBLISH, _S, (Stage.DECIDED,), Stage.PUBLISHED),
    Step(Act.WITHDRAW, _S, _LIVE, Stage.WITHDRAWN),
)
"""Every step there is."""

_SPOKEN = (Say.AGREES, Say.RESERVES, Say.OBJECTS, Say.ASKS_TIME)
MOVES: Mapping[Party, Mapping[Say, tuple[Say, ...]]] = MappingProxyType(
    {
        # A member may change its mind until the deadline, and speak up though its absence was noted.
        Party.MEMBER: {
            Say.NOTHING: _SPOKEN,
            Say.ABSENT: _SPOKEN,
            Say.ASKS_TIME: (Say.AGREES, Say.RESERVES, Say.OBJECTS),
            Say.AGREES: (Say.RESERVES, Say.OBJECTS, Say.ASKS_TIME),
            Say.RESERVES: (Say.AGREES, Say.RESERVES, Say.OBJECTS, Say.ASKS_TIME),
            Say.OBJECTS: (Say.AGREES, Say.RESERVES, Say.OBJECTS),
        },
        # What a member said is never taken from it: absence is noted of those alone that said nothing.
        Party.SECRETARIAT: {Say.NOTHING: (Say.ABSENT,)},
        Party.CLOCK: {Say.NOTHING: (Say.NO_OBJECTION,)},
    }
)
"""How a member's position on one version may change, and by whom. A new version begins with ``nothing``."""


@dataclass(frozen=True)
class Command:
    """Something that somebody wants to do.

    Attributes:
        act: What.
        by: On which side they stand.
        member: Code of the member that acts, or, for an absence, whose absence is noted.
        say: The position taken.
        text: Its words.
        mode: How consensus is to be sought.
        members: Members on the day of circulation.
    """

    act: Act
    by: Party
    member: str = ""
    say: Say = Say.NOTHING
    text: str = ""
    mode: Mode | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether there would be consensus if the procedure ended now.

    Attributes:
        blocking: Members that stand in the way, each with how.
    """

    blocking: tuple[tuple[str, Say], ...]
    nobody: bool = False

    @property
    def reached(self) -> bool:
        """Whether nobody stands in the way, of at least one who could."""
        return not self.blocking and not self.nobody


def verdict(matter: Matter, rules: Rules) -> Verdict:
    """Whether there would be consensus if the procedure ended now.

    An objection and an open request for time always stand in the way; absence and silence as the body's rules have it.
    """
    against = {Say.OBJECTS, Say.ASKS_TIME}
    if rules.absence_blocks:
        against.add(Say.ABSENT)
    if not (matter.mode is Mode.AD_REFERENDUM and rules.silence_is_assent):
        against.add(Say.NOTHING)
    counted = [one for one in matter.positions if one.member not in matter.out]
    return Verdict(tuple((one.member, one.say) for one in counted if one.say in against), nobody=not counted)


def advance(matter: Matter, rules: Rules, now: datetime) -> Matter:
    """The paper as it is at a time: closed as of its deadline, if that has passed."""
    if matter.stage is Stage.CONSULTATION and matter.due is not None and now > matter.due:
        return _take(matter, Command(Act.CLOSE, Party.CLOCK), rules, now)
    return matter


def apply(matter: Matter, command: Command, rules: Rules, now: datetime) -> Matter:
    """Do something to a paper.

    Args:
        matter: The paper; a deadline that has passed meanwhile is seen to first.
        command: What to do.
        rules: Rules of procedure of the body.
        now: The time, with its zone.

    Raises:
        RuleError: if it may not be done, saying which rule stands against it and who must act.
    """
    return _take(advance(matter, rules, now), command, rules, now)


def acts_for(matter: Matter, party: Party) -> tuple[Act, ...]:
    """What a party may try at the stage that a paper is at, in the order of the table."""
    return tuple(dict.fromkeys(step.act for step in TABLE if step.by is party and matter.stage in step.start))


def _take(matter: Matter, command: Command, rules: Rules, now: datetime) -> Matter:
    step = _step(matter, command, rules, now)
    for rule in step.needs:
        refusal = _refusal(rule, matter, command, rules, now)
        if refusal is not None:
            raise refusal
    changed = _EFFECTS[command.act](matter, command, rules, now) if command.act in _EFFECTS else matter
    return changed if step.end is None else replace(changed, stage=step.end)


def _step(matter: Matter, command: Command, rules: Rules, now: datetime) -> Step:
    rows = [step for step in TABLE if step.act is command.act and step.by is command.by and matter.stage in step.start]
    for step in rows:
        if all(_refusal(rule, matter, command, rules, now) is None for rule in step.when):
            return step
    raise _no_step(matter, command, now)


def _no_step(matter: Matter, command: Command, now: datetime) -> RuleError:
    named = [step for step in TABLE if step.act is command.act and matter.stage in step.start]
    if named:
        whose = tuple(dict.fromkeys(step.by for step in named))
        who = " or ".join(one.value for one in whose)
        words = Rule.PARTY.value.format(act=command.act.value, who=who, by=command.by.value)
        return RuleError(words, Rule.PARTY, about={"act": command.act, "parties": whose, "by": command.by})
    if command.act in _BY_DEADLINE and matter.due is not None and now > matter.due:
        return RuleError(Rule.IN_TIME.value.format(due=_instant(matter.due)), Rule.IN_TIME, about={"due": matter.due})
    stages = tuple(dict.fromkeys(stage for step in TABLE if step.act is command.act for stage in step.start))
    where = " or ".join(stage.value for stage in stages)
    words = Rule.STAGE.value.format(stage=matter.stage.value, act=command.act.value, where=where)
    return RuleError(words, Rule.STAGE, about={"act": command.act, "stage": matter.stage, "stages": stages})


def _instant(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC" if due else "not set"


# --- rules ------------------------------------------------------------------------------------------------------------------

Check = Callable[[Matter, Command, Rules, datetime], "bool | tuple[str, ...]"]
"""True where the rule is met; else false, or the members that must act."""


def _in_time(matter: Matter, _command: Command, _rules: Rules, now: datetime) -> bool:
    return matter.due is None or now <= matter.due


def _may_move(matter: Matter, command: Command, _rules: Rules, _now: datetime) -> bool:
    held = matter.of(command.member)
    return held is not None and _will(command) in MOVES[command.by].get(held.say, ())


def _will(command: Command) -> Say:
    """The position that a command leads to."""
    return Say.ABSENT if command.act is Act.NOTE_ABSENCE else command.say


def _blocking(matter: Matter, _command: Command, rules: Rules, _now: datetime) -> bool | tuple[str, ...]:
    found = verdict(matter, rules)
    return found.reached or tuple(member for member, _ in found.blocking)


def _all_heard(matter: Matter, _command: Command, _rules: Rules, _now: datetime) -> bool | tuple[str, ...]:
    silent = tuple(m for m in matter.eligible if (held := matter.of(m)) is not None and held.say is Say.NOTHING)
    return silent or True


def _mode_allowed(_matter: Matter, command: Command, rules: Rules, _now: datetime) -> bool:
    return (command.mode is Mode.PLENARY and rules.plenary) or (
        command.mode is Mode.AD_REFERENDUM and rules.ad_referendum
    )


_CHECKS: Mapping[Rule, Check] = MappingProxyType(
    {
        Rule.HAS_MEMBERS: lambda _m, command, _r, _n: bool(command.members),
        Rule.MODE: _mode_allowed,
        Rule.VERB: lambda matter, _c, rules, _n: matter.verb in rules.verbs,
        Rule.ELIGIBLE: lambda matter, command, _r, _n: command.member in matter.eligible,
        Rule.MOVE: _may_move,
        Rule.WORDS: lambda _m, c, _r, _n: c.say not in {Say.OBJECTS, Say.RESERVES} or bool(c.text.strip()),
        Rule.IN_TIME: _in_time,
        Rule.TIME_LEFT: lambda matter, c, rules, _n: (
            c.say is not Say.ASKS_TIME or matter.due is None or matter.time_requests < rules.most_time_requests
        ),
        Rule.IN_WRITING: lambda matter, _c, _r, _n: matter.mode is Mode.AD_REFERENDUM,
        Rule.PLENARY: lambda matter, _c, _r, _n: matter.mode is Mode.PLENARY,
        Rule.EXTENSION_LEFT: lambda matter, _c, rules, _n: matter.extensions < rules.most_extensions,
        Rule.ALLOWS_OUT: lambda matter, _c, _r, _n: matter.allows_out,
        Rule.FORMULA: lambda matter, _c, _r, _n: matter.formula,
        Rule.ROOM_OUTSIDE: lambda matter, _c, rules, _n: len(matter.out) < rules.most_opted_out,
        Rule.AT_DEADLINE: lambda matter, _c, _r, now: matter.due is not None and now > matter.due,
        Rule.REACHED: _blocking,
        Rule.ALL_HEARD: _all_heard,
        Rule.REFERS: lambda _m, _c, rules, _n: rules.refers,
        Rule.ENDS_SILENCE: lambda matter, c, rules, _n: (
            c.say is Say.OBJECTS and matter.mode is Mode.AD_REFERENDUM and rules.objection_ends_silence
        ),
    }
)


def _refusal(rule: Rule, matter: Matter, command: Command, rules: Rules, now: datetime) -> RuleError | None:
    answer = _CHECKS[rule](matter, command, rules, now)
    if answer is True:
        return None
    who = answer if isinstance(answer, tuple) else ()
    held = matter.of(command.member)
    blocking = verdict(matter, rules).blocking
    about = {
        "mode": command.mode,
        "verb": matter.verb,
        "was": held.say if held else Say.NOTHING,
        "will": _will(command),
        "due": matter.due,
        "blocking": blocking,
    }
    words = rule.value.format(
        mode=command.mode.value if command.mode else "so",
        verb=matter.verb.value,
        was=(held.say if held else Say.NOTHING).value,
        will=_will(command).value,
        due=_instant(matter.due),
        who=", ".join(who),
        blocking=", ".join(f"{member} {say.value}" for member, say in blocking) or "nobody has a say",
    )
    return RuleError(words, rule, who, about)


# --- effects ----------------------------------------------------------------------------------------------------------------


def _anew(matter: Matter, command: Command, version: int) -> Matter:
    """A version that is circulated: the members of the day are eligible, and none has said anything."""
    fresh = tuple(Position(member) for member in sorted(set(command.members)))
    return replace(
        matter,
        version=version,
        mode=None,
        due=None,
        positions=fresh,
        out=frozenset(),
        extensions=0,
        time_requests=0,
    )


def _open(matter: Matter, command: Command, rules: Rules, now: datetime) -> Matter:
    due = now + timedelta(days=rules.silence_days) if command.mode is Mode.AD_REFERENDUM else None
    return replace(matter, mode=command.mode, due=due)


def _moved(matter: Matter, member: str, say: Say, text: str = "") -> Matter:
    said = Position(member, say, text.strip())
    return replace(matter, positions=tuple(said if one.member == member else one for one in matter.positions))


def _say(matter: Matter, command: Command, rules: Rules, _now: datetime) -> Matter:
    changed = _moved(matter, command.member, command.say, command.text)
    if command.say is Say.ASKS_TIME and matter.due is not None:
        due = matter.due + timedelta(days=rules.time_request_days)
        return replace(changed, due=due, time_requests=matter.time_requests + 1)
    return changed


def _extend(matter: Matter, _command: Command, rules: Rules, _now: datetime) -> Matter:
    assert matter.due is not None, "only what has a deadline is extended"
    due = matter.due + timedelta(days=rules.extension_days)
    return replace(matter, due=due, extensions=matter.extensions + 1)


def _close(matter: Matter, _command: Command, rules: Rules, _now: datetime) -> Matter:
    if not rules.silence_is_assent:
        return matter
    silent = Say.NO_OBJECTION
    return replace(
        matter,
        positions=tuple(
            Position(one.member, silent) if one.say is Say.NOTHING and one.member not in matter.out else one
            for one in matter.positions
        ),
    )


Effect = Callable[[Matter, Command, Rules, datetime], Matter]
_EFFECTS: Mapping[Act, Effect] = MappingProxyType(
    {
        Act.CIRCULATE: lambda matter, command, _r, _n: _anew(matter, command, matter.version),
        Act.REVISE: lambda matter, command, _r, _n: _anew(matter, command, matter.version + 1),
        Act.RETURN: lambda matter, command, _r, _n: _anew(matter, command, matter.version + 1),
        Act.OPEN: _open,
        Act.SAY: _say,
        Act.OPT_OUT: lambda matter, command, _r, _n: replace(matter, out=matter.out | {command.member}),
        Act.NOTE_ABSENCE: lambda matter, command, _r, _n: _moved(matter, command.member, Say.ABSENT),
        Act.EXTEND: _extend,
        Act.CLOSE: _close,
    }
)


__all__ = [
    "MOVES",
    "TABLE",
    "Act",
    "Command",
    "Party",
    "Rule",
    "Step",
    "Verdict",
    "acts_for",
    "advance",
    "apply",
    "verdict",
]
