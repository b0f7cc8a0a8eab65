r"""How a request for coordination goes between two administrations: one table says who may do what to which records.

::

    draft --submit--> submitted --acknowledge--> acknowledged --(no record is pending)--> answered --register--> registered

    record:  pending --approve--> approved --register--> registered
                \----reject----> rejected --approve--> approved

The stage of a request that was sent follows from its records, so the two can never disagree: while one is pending it
waits, then it is answered, and when every approved record is registered it is registered. A record that was approved is
never rejected afterwards; one that was rejected may be approved after talks. The sender may withdraw records, or all.

When answers are due, and what silence means, is data of the agreement between the two. Time enters as an argument
alone: a deadline that has passed takes effect *as of the deadline* whenever somebody next looks (:func:`advance`), so
that it makes no difference whether the site was running.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from serantau.base import Problem
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence

MOST_NAMED = 20
"""Records that a refusal names one by one."""
LONGEST_REASON = 1000
OVERDUE = "overdue"
OVERDUE_DAYS = 1
"""The last reminder goes out so many days after the deadline."""


class Party(Enum):
    """Who acts."""

    SENDER = "sender"
    RECEIVER = "receiver"
    CLOCK = "clock"


class Stage(Enum):
    """How far a request has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class Standing(Enum):
    """Where a record stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class Act(Enum):
    """What is done."""

    EDIT = "edit"
    SUBMIT = "submit"
    ACKNOWLEDGE = "acknowledge"
    APPROVE = "approve"
    REJECT = "reject"
    PASS_IN_SILENCE = "pass in silence"  # noqa: S105 - what the clock does
    REGISTER = "register"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Step:
    """One row of the table.

    Attributes:
        act: What is done.
        by: Who may do it.
        stages: Stages at which it may be done.
        before: Where a record has to stand; empty for what is done to the request as a whole.
        after: Where it stands then.
    """

    act: Act
    by: Party
    stages: frozenset[Stage]
    before: frozenset[Standing] = frozenset()
    after: Standing | None = None


_WAITING = frozenset({Stage.SUBMITTED, Stage.ACKNOWLEDGED})
_SENT = _WAITING | {Stage.ANSWERED, Stage.REGISTERED}
_LIVE = frozenset(Standing) - {Standing.WITHDRAWN}

TABLE: tuple[Step, ...] = (
    Step(Act.EDIT, Party.SENDER, frozenset({Stage.DRAFT})),
    Step(Act.SUBMIT, Party.SENDER, frozenset({Stage.DRAFT})),
    Step(Act.ACKNOWLEDGE, Party.RECEIVER, frozenset({Stage.SUBMITTED})),
    Step(Act.APPROVE, Party.RECEIVER, _SENT, frozenset({Standing.PENDING, Standing.REJECTED}), Standing.APPROVED),
    Step(Act.REJECT, Party.RECEIVER, _WAITING, frozenset({Standing.PENDING}), Standing.REJECTED),
    Step(Act.PASS_IN_SILENCE, Party.CLOCK, _WAITING, frozenset({Standing.PENDING}), Standing.APPROVED),
    Step(Act.REGISTER, Party.SENDER, _SENT, frozenset({Standing.APPROVED}), Standing.REGISTERED),
    Step(Act.WITHDRAW, Party.SENDER, _SENT | {Stage.DRAFT}, _LIVE, Standing.WITHDRAWN),
)
"""Everything that can happen."""

STEPS: Mapping[Act, Step] = MappingProxyType({step.act: step for step in TABLE})


@dataclass(frozen=True)
class Terms:
    """What the two agreed on answers, or what the sender asks for where they agreed nothing.

    Attributes:
        weeks: Answers are due so many weeks after the request was sent.
        silence: What it means when no answer came by then.
        reminders: Days before the deadline on which the receiver is reminded.
        agreement: Id of the agreement; empty where there is none.
    """

    weeks: int
    silence: Silence = Silence.NOTHING
    reminders: tuple[int, ...] = (14, 3)
    agreement: str = ""


@dataclass(frozen=True)
class Entry:
    """One record of a request.

    Attributes:
        id: The sender's own identifier.
        standing: Where it stands.
        reason: Why it was rejected, or on what condition approved.
        silent: Whether it was approved by silence.
    """

    id: str
    standing: Standing = Standing.PENDING
    reason: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Case:
    """A request as the procedure sees it.

    Attributes:
        stage: How far it has come.
        entries: Its records.
        due: When answers are due; None before it is sent.
        sent: When it was sent.
    """

    stage: Stage
    entries: tuple[Entry, ...]
    due: datetime | None = None
    sent: datetime | None = None

    def count(self, standing: Standing) -> int:
        """How many records stand there."""
        return sum(one.standing is standing for one in self.entries)


@dataclass(frozen=True)
class Command:
    """What somebody wants to do.

    Attributes:
        act: What.
        by: Who.
        ids: Which records; None for all that it can be done to.
        reason: In words; a rejection needs it.
    """

    act: Act
    by: Party
    ids: frozenset[str] | None = None
    reason: str = ""


def acts_for(case: Case, party: Party) -> tuple[Act, ...]:
    """What a party may do to a request now.

    >>> [act.value for act in acts_for(Case(Stage.SUBMITTED, (Entry("a"),)), Party.RECEIVER)]
    ['acknowledge', 'approve', 'reject']
    """
    return tuple(
        step.act
        for step in TABLE
        if step.by is party
        and case.stage in step.stages
        and (not step.before or case.stage is Stage.DRAFT or any(one.standing in step.before for one in case.entries))
    )


def apply(case: Case, command: Command, terms: Terms, now: datetime) -> Case:
    """The request after a command.

    Args:
        case: The request; a deadline that has passed is seen to first.
        command: What is to be done.
        terms: What was agreed on answers.
        now: The time.

    Raises:
        SpectrumError: naming the rule, and the records, that stand against it; nothing is changed.
    """
    case = advance(case, terms, now)
    step = STEPS[command.act]
    if command.by is not step.by:
        raise SpectrumError(f"To {command.act.value} is for the {step.by.value}, not for the {command.by.value}.")
    if case.stage not in step.stages:
        where = " or ".join(one.value for one in Stage if one in step.stages)
        raise SpectrumError(
            f"The request is {case.stage.value}; to {command.act.value} is possible when it is {where}."
        )
    if command.act is Act.PASS_IN_SILENCE:
        raise SpectrumError("What silence means follows from the deadline alone.")
    if command.act is Act.SUBMIT:
        return _submitted(case, terms, now)
    if command.act is Act.WITHDRAW and case.stage is Stage.DRAFT:
        return replace(case, stage=Stage.WITHDRAWN)
    if not step.before:
        return replace(case, stage=Stage.ACKNOWLEDGED) if command.act is Act.ACKNOWLEDGE else case
    return _moved(case, step, command)


@dataclass(frozen=True)
class Reply:
    """What the receiver says of one record.

    Attributes:
        id: The record.
        approve: Whether it is approved; rejected otherwise.
        reason: In words.
    """

    id: str
    approve: bool
    reason: str = ""


def answer(case: Case, replies: Sequence[Reply], terms: Terms, now: datetime) -> Case:
    """The request after many records were answered at once: all of them, or none.

    Raises:
        SpectrumError: naming the records that cannot be answered so.
    """
    groups: dict[tuple[bool, str], set[str]] = {}
    for reply in replies:
        groups.setdefault((reply.approve, reply.reason.strip()), set()).add(reply.id)
    if not groups:
        raise SpectrumError("There is no answer in it. Write `approve` or `reject` for some record.")
    for (approve, reason), ids in groups.items():
        act = Act.APPROVE if approve else Act.REJECT
        case = apply(case, Command(act, Party.RECEIVER, frozenset(ids), reason), terms, now)
    return case


def advance(case: Case, terms: Terms, now: datetime) -> Case:
    """The request as it is at a time: after the deadline, what silence means has happened.

    An answer that arrives in the very instant of the deadline is in time.
    """
    if case.due is None or now <= case.due or terms.silence is not Silence.APPROVES:
        return case
    step = STEPS[Act.PASS_IN_SILENCE]
    if case.stage not in step.stages:
        return case
    entries = tuple(
        replace(one, standing=Standing.APPROVED, silent=True) if one.standing in step.before else one
        for one in case.entries
    )
    return _settled(replace(case, entries=entries))


def is_overdue(case: Case, now: datetime) -> bool:
    """Whether records still wait for an answer after the deadline."""
    return case.stage in _WAITING and case.due is not None and now > case.due


def reminder_due(case: Case, terms: Terms, now: datetime, sent: Sequence[str]) -> str | None:
    """The name of the reminder that is to be sent now; None if there is none.

    Of several that were missed only the last is sent, so that a site that was down does not send three letters.
    """
    if case.due is None or case.sent is None or case.stage not in _WAITING:
        return None
    moments = [(case.due - timedelta(days=days), str(days)) for days in terms.reminders]
    moments = [(at, name) for at, name in moments if at > case.sent]
    moments.append((case.due + timedelta(days=OVERDUE_DAYS), OVERDUE))
    passed = [name for at, name in sorted(moments) if at <= now]
    return passed[-1] if passed and passed[-1] not in sent else None


def _submitted(case: Case, terms: Terms, now: datetime) -> Case:
    if not case.entries:
        raise SpectrumError("The request holds no record. Read in a table of transmitters first.")
    return replace(case, stage=Stage.SUBMITTED, sent=now, due=now + timedelta(weeks=terms.weeks))


def _moved(case: Case, step: Step, command: Command) -> Case:
    reason = command.reason.strip()
    if command.act is Act.REJECT and not reason:
        raise SpectrumError("A rejection needs a reason, so that the other side knows what to change.")
    if len(reason) > LONGEST_REASON:
        raise SpectrumError(f"The reason is longer than {LONGEST_REASON} characters.")
    if command.ids is not None:
        _check_ids(case, step, command.ids)
    chosen = {
        one.id for one in case.entries if one.standing in step.before and (command.ids is None or one.id in command.ids)
    }
    if command.ids is None and command.act is Act.APPROVE:
        # "All" means all that wait: what was rejected is approved by its name only.
        chosen = {one.id for one in case.entries if one.standing is Standing.PENDING and one.id in chosen}
    if not chosen:
        raise SpectrumError(f"There is no record to {command.act.value}. Choose some that it can be done to.")
    assert step.after is not None, "a step on records says where they stand then"
    keeps = command.act in {Act.REGISTER, Act.WITHDRAW}
    entries = tuple(
        replace(one, standing=step.after, reason=one.reason if keeps else reason, silent=one.silent and keeps)
        if one.id in chosen
        else one
        for one in case.entries
    )
    return _settled(replace(case, entries=entries), answered=command.by is Party.RECEIVER)


def _check_ids(case: Case, step: Step, ids: frozenset[str]) -> None:
    held = {one.id: one for one in case.entries}
    problems = [
        Problem(
            name[:80],
            f"it is {held[name].standing.value}." if name in held else "there is no such record in this request.",
        )
        for name in sorted(ids)
        if name not in held or held[name].standing not in step.before
    ]
    if problems:
        more = f" The first {MOST_NAMED} are named." if len(problems) > MOST_NAMED else ""
        raise SpectrumError(
            f"{len(problems)} of the records cannot be taken for `{step.act.value}`; nothing was changed.{more}",
            problems[:MOST_NAMED],
        )


def _settled(case: Case, *, answered: bool = False) -> Case:
    """The stage that follows from the records."""
    standings = {one.standing for one in case.entries}
    if standings <= {Standing.WITHDRAWN}:
        stage = Stage.WITHDRAWN
    elif Standing.PENDING in standings:
        stage = Stage.ACKNOWLEDGED if answered or case.stage is Stage.ACKNOWLEDGED else Stage.SUBMITTED
    elif Standing.APPROVED in standings or Standing.REGISTERED not in standings:
        stage = Stage.ANSWERED
    else:
        stage = Stage.REGISTERED
    return replace(case, stage=stage)
