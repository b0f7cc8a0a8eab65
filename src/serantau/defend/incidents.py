r"""The life of a case that members share: one table says who may do what, and which rules that must meet.

::

    outside --invited--> invited --joins--> joined --leaves--> former
                            | declines                (the lead hands over before it leaves)
                            v
                         former

    open <--reopened / closed--> closed        a task: free -> taken -> done, or dropped; offered on the way

Three things hold throughout. Nobody acts for another member: an invitation, a task and the lead are *offered*, and
taken by whoever they were offered to. The label is tightened by any member of the case at once, and loosened only
when every member whose words stand in it consents, also one that has left (TLP 2.0, FIRST 2022: the source of
information decides how far it goes). And what a member sees of a case follows from its standing alone (:func:`sight`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.defend.rules import RuleError


class Stage(Enum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


class Standing(Enum):
    """Where a member stands in a case."""

    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


class Party(Enum):
    """On which side a member acts."""

    LEAD = "lead"
    JOINED = "member of the case"
    INVITED = "invited member"
    FORMER = "former member of the case"
    OUTSIDE = "member outside the case"


class Sight(Enum):
    """How much of a case a member sees."""

    NOTHING = "nothing"
    INVITATION = "the invitation"
    """That it is invited, by whom, and the label; the title, too, unless the label is TLP:RED."""
    OWN = "its own words"
    ALL = "all that is shared"


class TaskState(Enum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do.

    Attributes:
        number: Its number in the case, from 1.
        owner: The member that does it; empty while nobody has taken it.
        offered: The member that it is offered to; it becomes the owner by taking it, and not before.
        state: Where it stands.
    """

    number: int
    owner: str = ""
    offered: str = ""
    state: TaskState = TaskState.OPEN


@dataclass(frozen=True, slots=True)
class Case:
    """A case as far as its rules are concerned.

    Attributes:
        lead: The member that leads it, and answers for its title.
        tlp: Its label.
        stage: Where it stands.
        members: Every member that was invited, with its standing, in the order of invitation; the lead has joined.
        contributors: Members whose words stand in it, also those that left: to loosen the label needs each of them.
        offered_lead: The member that the lead is offered to.
        proposed: The looser label that the lead proposes.
        consents: Contributors that consent to it.
        tasks: Its tasks, in the order of their numbers.
        partners: Partners that see what is shared with them.
    """

    lead: str
    tlp: Tlp
    stage: Stage = Stage.OPEN
    members: tuple[tuple[str, Standing], ...] = ()
    contributors: frozenset[str] = frozenset()
    offered_lead: str = ""
    proposed: Tlp | None = None
    consents: frozenset[str] = frozenset()
    tasks: tuple[Task, ...] = ()
    partners: frozenset[str] = frozenset()

    def standing(self, member: str) -> Standing | None:
        """Where a member stands; None if it was never invited, or its invitation was taken back."""
        return next((standing for one, standing in self.members if one == member), None)

    def task(self, number: int) -> Task | None:
        """A task; None if there is none of the number."""
        return next((one for one in self.tasks if one.number == number), None)

    @property
    def joined(self) -> tuple[str, ...]:
        """Members that are in it."""
        return tuple(one for one, standing in self.members if standing is Standing.JOINED)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Contributors that have not consented to the proposed label."""
        return tuple(sorted(self.contributors - self.consents)) if self.proposed is not None else ()


def opened(member: str, tlp: Tlp) -> Case:
    """A case that a member opens: it leads it, and its words are the first.

    >>> opened("A", Tlp.AMBER).joined
    ('A',)
    """
    return Case(member, tlp, members=((member, Standing.JOINED),), contributors=frozenset({member}))


def party_of(case: Case, member: str) -> Party:
    """On which side a member acts."""
    if member == case.lead:
        return Party.LEAD
    standing = case.standing(member)
    if standing is Standing.JOINED:
        return Party.JOINED
    if standing is Standing.INVITED:
        return Party.INVITED
    return Party.FORMER if standing is not None or member in case.contributors else Party.OUTSIDE


def sight(case: Case, member: str) -> Sight:
    """How much a member sees: all while it is in the case, and afterwards what it wrote itself.

    >>> sight(opened("A", Tlp.GREEN), "B")
    <Sight.NOTHING: 'nothing'>
    """
    standing = case.standing(member)
    if standing is Standing.JOINED:
        return Sight.ALL
    if standing is Standing.INVITED:
        return Sight.INVITATION
    return Sight.OWN if member in case.contributors else Sight.NOTHING


def cleared(label: Tlp, clearance: Tlp, *, named: bool) -> bool:
    """Whether somebody of a member that is in a case may read it: by clearance, and for TLP:RED only if named.

    TLP:RED is "for the eyes and ears of individual recipients only", so being of the right member is not enough.

    >>> cleared(Tlp.RED, Tlp.AMBER_STRICT, named=False), cleared(Tlp.AMBER, Tlp.AMBER, named=False)
    (False, True)
    """
    if label > Tlp.RED:
        return False
    return min(label, HIGHEST_CLEARANCE) <= clearance and (named or label is not Tlp.RED)


class Act(Enum):
    """What is done to a case."""

    INVITE = "invite"
    REVOKE = "take an invitation back"
    JOIN = "join"
    DECLINE = "decline"
    LEAVE = "leave"
    WRITE = "write"
    ADD_TASK = "add a task"
    OFFER_TASK = "offer a task"
    TAKE_TASK = "take a task"
    RETURN_TASK = "give a task back"
    FINISH_TASK = "finish a task"
    DROP_TASK = "drop a task"
    OFFER_LEAD = "offer the lead"
    TAKE_LEAD = "take the lead"
    REFUSE_LEAD = "refuse the lead"
    TIGHTEN = "tighten the label"
    PROPOSE = "propose a looser label"
    CONSENT = "consent to the looser label"
    OBJECT = "object to the looser label"
    ADMIT = "let a partner look on"
    DISMISS = "end a partner's looking on"
    SHARE = "show an entry to partners"
    NAME = "name a reader"
    CLOSE = "close"
    REOPEN = "reopen"


class Rule(Enum):
    """What a step may have to meet, in the words of its refusal."""

    STAGE = "The case is {stage}; to {act} is possible while it is {where}."
    PARTY = "To {act} is for the {who}, and {member} is the {by}."
    NOT_IN_YET = "{target} is invited, or in the case already."
    IS_INVITED = "{target} is not invited, or has answered already."
    LEAD_STAYS = "{member} leads the case. Offer the lead to another member first; it leaves once that has taken it."
    TARGET_JOINED = "{target} is not in the case. Invite it, and wait until it has joined."
    NOT_ITSELF = "{target} has it already. Choose another member."
    LEAD_OFFERED = "The lead is not offered to {member}. {lead} must offer it first."
    TASK_THERE = "There is no task of that number in the case."
    TASK_OPEN = "The task is ended already."
    TASK_GIVABLE = "The task is {owner}'s, and {owner} alone hands it on."
    TASK_TAKABLE = "The task is not offered to {member}. {holder} must offer it first."
    TASK_YOURS = "The task is neither {member}'s nor offered to it."
    TASK_OWNER = "The task is not {member}'s. Take it first."
    LABEL = "Choose one of the labels of TLP 2.0."
    STRICTER = (
        "The case is {label} already. A tighter label is a stricter one; for a looser one the lead makes a proposal."
    )
    LOOSER = "The case is {label}. A proposal is for a looser label; a stricter one is set at once."
    PROPOSED = "No looser label is proposed."
    CONTRIBUTED = "Only members whose words stand in the case are asked, and {member} has written nothing in it."
    NOT_ADMITTED = "The partner looks on already."
    ADMITTED = "The partner does not look on."
    NOT_RED = "A TLP:RED case is for the named people of its members. No partner looks on."
    OWN_WORDS = "Only {author} may show what {author} wrote."
    TASKS_ENDED = "Tasks are open: {open}. {holders} must finish them, or the lead drop them."


@dataclass(frozen=True)
class Step:
    """One row of the table.

    Attributes:
        act: What is done.
        by: Who may do it.
        start: Stages at which it may be done.
        needs: Rules that it must meet, in the order in which they are asked.
        end: The stage after it; None where it stays.
    """

    act: Act
    by: tuple[Party, ...]
    start: tuple[Stage, ...]
    needs: tuple[Rule, ...] = ()
    end: Stage | None = None


_LEAD, _ALL = (Party.LEAD,), (Party.LEAD, Party.JOINED)
_HEARD = (Party.LEAD, Party.JOINED, Party.INVITED, Party.FORMER)
_OPEN, _ANY, _CLOSED = (Stage.OPEN,), (Stage.OPEN, Stage.CLOSED), (Stage.CLOSED,)
_TASK = (Rule.TASK_THERE, Rule.TASK_OPEN)

TABLE: tuple[Step, ...] = (
    Step(Act.INVITE, _LEAD, _OPEN, (Rule.NOT_IN_YET,)),
    Step(Act.REVOKE, _LEAD, _ANY, (Rule.IS_INVITED,)),
    Step(Act.JOIN, (Party.INVITED,), _OPEN),
    Step(Act.DECLINE, (Party.INVITED,), _ANY),
    # Leaving is always free, so open tasks fall back; the lead alone must find a successor.
    Step(Act.LEAVE, _ALL, _ANY, (Rule.LEAD_STAYS,)),
    Step(Act.WRITE, _ALL, _OPEN),
    Step(Act.ADD_TASK, _ALL, _OPEN, (Rule.TARGET_JOINED,)),
    Step(Act.OFFER_TASK, _ALL, _OPEN, (*_TASK, Rule.TASK_GIVABLE, Rule.TARGET_JOINED, Rule.NOT_ITSELF)),
    Step(Act.TAKE_TASK, _ALL, _OPEN, (*_TASK, Rule.TASK_TAKABLE)),
    Step(Act.RETURN_TASK, _ALL, _OPEN, (*_TASK, Rule.TASK_YOURS)),
    Step(Act.FINISH_TASK, _ALL, _OPEN, (*_TASK, Rule.TASK_OWNER)),
    Step(Act.DROP_TASK, _LEAD, _OPEN, _TASK),
    Step(Act.OFFER_LEAD, _LEAD, _OPEN, (Rule.TARGET_JOINED, Rule.NOT_ITSELF)),
    Step(Act.TAKE_LEAD, (Party.JOINED,), _OPEN, (Rule.LEAD_OFFERED,)),
    Step(Act.REFUSE_LEAD, (Party.JOINED,), _OPEN, (Rule.LEAD_OFFERED,)),
    Step(Act.TIGHTEN, _ALL, _ANY, (Rule.LABEL, Rule.STRICTER)),
    Step(Act.PROPOSE, _LEAD, _ANY, (Rule.LABEL, Rule.LOOSER)),
    Step(Act.CONSENT, _HEARD, _ANY, (Rule.PROPOSED, Rule.CONTRIBUTED)),
    Step(Act.OBJECT, _HEARD, _ANY, (Rule.PROPOSED, Rule.CONTRIBUTED)),
    Step(Act.ADMIT, _LEAD, _OPEN, (Rule.NOT_ADMITTED, Rule.NOT_RED)),
    Step(Act.DISMISS, _LEAD, _ANY, (Rule.ADMITTED,)),
    Step(Act.SHARE, _ALL, _ANY, (Rule.OWN_WORDS, Rule.NOT_RED)),
    Step(Act.NAME, _ALL, _ANY),
    Step(Act.CLOSE, _LEAD, _OPEN, (Rule.TASKS_ENDED,), Stage.CLOSED),
    Step(Act.REOPEN, _ALL, _CLOSED, (), Stage.OPEN),
)
"""Every step there is; one for each act."""

_STEPS: Mapping[Act, Step] = MappingProxyType({step.act: step for step in TABLE})


@dataclass(frozen=True)
class Command:
    """Something that a member wants to do.

    Attributes:
        act: What.
        member: Code of the member that acts: always the own one.
        target: The member, or partner, that it is about.
        label: The label that is wanted.
        task: Number of the task.
        author: The member that wrote the entry.
    """

    act: Act
    member: str
    target: str = ""
    label: Tlp | None = None
    task: int = 0
    author: str = ""


def apply(case: Case, command: Command) -> Case:
    """Do something to a case.

    >>> case = apply(opened("A", Tlp.AMBER), Command(Act.INVITE, "A", target="B"))
    >>> apply(case, Command(Act.JOIN, "B")).joined
    ('A', 'B')

    Raises:
        RuleError: if it may not be done, saying which rule stands against it and who must act.
    """
    step = _STEPS[command.act]
    party = party_of(case, command.member)
    if party not in step.by:
        raise _refused(Rule.PARTY, case, command)
    if case.stage not in step.start:
        raise _refused(Rule.STAGE, case, command)
    for rule in step.needs:
        if not _CHECKS[rule](case, command):
            raise _refused(rule, case, command)
    effect = _EFFECTS.get(command.act)
    after = effect(case, command) if effect is not None else case
    return after if step.end is None else replace(after, stage=step.end)


def acts_for(case: Case, member: str) -> tuple[Act, ...]:
    """What a member may try at the stage that a case is at, in the order of the table."""
    party = party_of(case, member)
    return tuple(step.act for step in TABLE if party in step.by and case.stage in step.start)


# --- rules ------------------------------------------------------------------------------------------------------------------

_LABELS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)
Check = Callable[[Case, Command], bool]


def _joined(case: Case, member: str) -> bool:
    return case.standing(member) is Standing.JOINED


def _of(case: Case, command: Command) -> Task:
    """The task that a command is about; one that is nobody's where there is none."""
    return case.task(command.task) or Task(0)


def _givable(case: Case, command: Command) -> bool:
    owner = _of(case, command).owner
    return owner == command.member or (not owner and command.member == case.lead)


def _takable(case: Case, command: Command) -> bool:
    task = _of(case, command)
    return task.offered == command.member or (not task.owner and not task.offered)


def _not_itself(case: Case, command: Command) -> bool:
    if command.act is Act.OFFER_LEAD:
        return command.target != case.lead
    return command.target != _of(case, command).owner


_CHECKS: Mapping[Rule, Check] = MappingProxyType(
    {
        Rule.NOT_IN_YET: lambda case, c: case.standing(c.target) not in {Standing.INVITED, Standing.JOINED},
        Rule.IS_INVITED: lambda case, c: case.standing(c.target) is Standing.INVITED,
        Rule.LEAD_STAYS: lambda case, c: c.member != case.lead,
        # A task may be offered to nobody in particular when it is added.
        Rule.TARGET_JOINED: lambda case, c: _joined(case, c.target) or (c.act is Act.ADD_TASK and not c.target),
        Rule.NOT_ITSELF: _not_itself,
        Rule.LEAD_OFFERED: lambda case, c: case.offered_lead == c.member,
        Rule.TASK_THERE: lambda case, c: case.task(c.task) is not None,
        Rule.TASK_OPEN: lambda case, c: _of(case, c).state is TaskState.OPEN,
        Rule.TASK_GIVABLE: _givable,
        Rule.TASK_TAKABLE: _takable,
        Rule.TASK_YOURS: lambda case, c: c.member in {_of(case, c).owner, _of(case, c).offered},
        Rule.TASK_OWNER: lambda case, c: _of(case, c).owner == c.member,
        Rule.LABEL: lambda _case, c: c.label in _LABELS,
        Rule.STRICTER: lambda case, c: c.label is not None and c.label > case.tlp,
        Rule.LOOSER: lambda case, c: c.label is not None and c.label < case.tlp,
        Rule.PROPOSED: lambda case, _c: case.proposed is not None,
        Rule.CONTRIBUTED: lambda case, c: c.member in case.contributors,
        Rule.NOT_ADMITTED: lambda case, c: c.target not in case.partners,
        Rule.ADMITTED: lambda case, c: c.target in case.partners,
        Rule.NOT_RED: lambda case, _c: case.tlp < Tlp.RED,
        Rule.OWN_WORDS: lambda _case, c: c.author == c.member,
        Rule.TASKS_ENDED: lambda case, _c: all(one.state is not TaskState.OPEN for one in case.tasks),
    }
)


def _refused(rule: Rule, case: Case, command: Command) -> RuleError:
    step, task = _STEPS[command.act], _of(case, command)
    open_ = [one for one in case.tasks if one.state is TaskState.OPEN]
    holders = tuple(dict.fromkeys(one.owner or case.lead for one in open_))
    fields = {
        "stage": case.stage.value,
        "act": command.act.value,
        "where": " or ".join(one.value for one in step.start),
        "who": " or ".join(one.value for one in step.by),
        "by": party_of(case, command.member).value,
        "member": command.member,
        "target": command.target or "nobody",
        "lead": case.lead,
        "owner": task.owner or case.lead,
        "holder": task.owner or case.lead,
        "label": case.tlp.label,
        "author": command.author,
        "open": ", ".join(str(one.number) for one in open_),
        "holders": ", ".join(holders),
    }
    who = {
        Rule.PARTY: (case.lead,) if step.by == _LEAD else (),
        Rule.TARGET_JOINED: (command.target,) if case.standing(command.target) is Standing.INVITED else (case.lead,),
        Rule.LEAD_STAYS: (case.lead,),
        Rule.LEAD_OFFERED: (case.lead,),
        Rule.TASK_GIVABLE: (task.owner or case.lead,),
        Rule.TASK_TAKABLE: (task.owner or case.lead,),
        Rule.OWN_WORDS: (command.author,) if command.author else (),
        Rule.TASKS_ENDED: (*holders, *((case.lead,) if case.lead not in holders else ())),
    }.get(rule, ())
    return RuleError(rule, fields, who)


# --- effects ----------------------------------------------------------------------------------------------------------------


def _stands(case: Case, member: str, standing: Standing) -> Case:
    held = tuple((one, standing if one == member else was) for one, was in case.members)
    return replace(case, members=held if case.standing(member) is not None else (*held, (member, standing)))


def _contributed(case: Case, member: str) -> Case:
    """New words were not known when their author consented to a looser label: it is asked again."""
    return replace(case, contributors=case.contributors | {member}, consents=case.consents - {member})


def _left(case: Case, command: Command) -> Case:
    """Whoever leaves holds nothing any more: its tasks are free again, what was offered to it is offered to nobody."""
    gone = command.member
    tasks = tuple(
        replace(
            one,
            owner="" if one.owner == gone else one.owner,
            offered="" if gone in {one.owner, one.offered} else one.offered,
        )
        if one.state is TaskState.OPEN
        else one
        for one in case.tasks
    )
    offered = "" if case.offered_lead == gone else case.offered_lead
    return replace(_stands(case, gone, Standing.LEFT), tasks=tasks, offered_lead=offered)


def _with_task(case: Case, command: Command, **changed: object) -> Case:
    held = tuple(replace(one, **changed) if one.number == command.task else one for one in case.tasks)  # type: ignore[arg-type]
    return replace(case, tasks=held)


def _add_task(case: Case, command: Command) -> Case:
    number = max((one.number for one in case.tasks), default=0) + 1
    own = command.target == command.member
    task = Task(number, owner=command.member if own else "", offered="" if own else command.target)
    return replace(_contributed(case, command.member), tasks=(*case.tasks, task))


def _returned(case: Case, command: Command) -> Case:
    task = _of(case, command)
    if task.offered == command.member:
        return _with_task(case, command, offered="")
    return _with_task(case, command, owner="", offered="")


def _revoked(case: Case, command: Command) -> Case:
    return replace(case, members=tuple(one for one in case.members if one[0] != command.target))


def _propose(case: Case, command: Command) -> Case:
    return _settled(replace(case, proposed=command.label, consents=frozenset({command.member})))


def _settled(case: Case) -> Case:
    """The case with the proposed label, once everybody whose words stand in it has consented."""
    if case.proposed is None or case.lacking:
        return case
    return replace(case, tlp=case.proposed, proposed=None, consents=frozenset())


def _unproposed(case: Case, **changed: object) -> Case:
    return replace(case, proposed=None, consents=frozenset(), **changed)  # type: ignore[arg-type]


Effect = Callable[[Case, Command], Case]
_EFFECTS: Mapping[Act, Effect] = MappingProxyType(
    {
        Act.INVITE: lambda case, c: _stands(case, c.target, Standing.INVITED),
        Act.REVOKE: _revoked,
        Act.JOIN: lambda case, c: _stands(case, c.member, Standing.JOINED),
        Act.DECLINE: lambda case, c: _stands(case, c.member, Standing.DECLINED),
        Act.LEAVE: _left,
        Act.WRITE: lambda case, c: _contributed(case, c.member),
        Act.ADD_TASK: _add_task,
        Act.OFFER_TASK: lambda case, c: _with_task(case, c, offered=c.target),
        Act.TAKE_TASK: lambda case, c: _with_task(case, c, owner=c.member, offered=""),
        Act.RETURN_TASK: _returned,
        Act.FINISH_TASK: lambda case, c: _with_task(case, c, state=TaskState.DONE, offered=""),
        Act.DROP_TASK: lambda case, c: _with_task(case, c, state=TaskState.DROPPED, offered=""),
        Act.OFFER_LEAD: lambda case, c: replace(case, offered_lead=c.target),
        Act.TAKE_LEAD: lambda case, c: replace(_contributed(case, c.member), lead=c.member, offered_lead=""),
        Act.REFUSE_LEAD: lambda case, _c: replace(case, offered_lead=""),
        Act.TIGHTEN: lambda case, c: _unproposed(case, tlp=c.label),
        Act.PROPOSE: _propose,
        Act.CONSENT: lambda case, c: _settled(replace(case, consents=case.consents | {c.member})),
        Act.OBJECT: lambda case, _c: _unproposed(case),
        Act.ADMIT: lambda case, c: replace(case, partners=case.partners | {c.target}),
        Act.DISMISS: lambda case, c: replace(case, partners=case.partners - {c.target}),
    }
)


__all__ = [
    "TABLE",
    "Act",
    "Case",
    "Command",
    "Party",
    "Rule",
    "Sight",
    "Stage",
    "Standing",
    "Step",
    "Task",
    "TaskState",
    "acts_for",
    "apply",
    "cleared",
    "opened",
    "party_of",
    "sight",
]
