"""Acts, rules, standings and answers in words that a person reads. Labels of TLP are never translated (first.org/tlp)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serantau.defend import escalation, incidents, questions
from serantau.defend.incidents import Act, Stage, Standing, TaskState
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.defend.questions import Says
from serantau.defend.rules import RuleError

LABELS = [one for one in Tlp if one <= Tlp.RED]
CLEARANCES = [one for one in Tlp if one <= HIGHEST_CLEARANCE]

STATES = {
    escalation.State.WAITING: gettext_lazy("waits for an answer"),
    escalation.State.ACKNOWLEDGED: gettext_lazy("acknowledged"),
    escalation.State.FALSE_POSITIVE: gettext_lazy("called a false positive"),
    escalation.State.UNANSWERED: gettext_lazy("unanswered: everybody was told"),
    escalation.State.WITHDRAWN: gettext_lazy("withdrawn: the alert no longer stands"),
}
STAGES = {Stage.OPEN: gettext_lazy("open"), Stage.CLOSED: gettext_lazy("closed")}
STANDINGS = {
    Standing.INVITED: gettext_lazy("invited"),
    Standing.JOINED: gettext_lazy("in the case"),
    Standing.DECLINED: gettext_lazy("declined"),
    Standing.LEFT: gettext_lazy("left"),
}
TASKS = {
    TaskState.OPEN: gettext_lazy("open"),
    TaskState.DONE: gettext_lazy("done"),
    TaskState.DROPPED: gettext_lazy("dropped"),
}
SAYS = {
    Says.NOT_YET: gettext_lazy("has not answered"),
    Says.SEEN: gettext_lazy("has seen it"),
    Says.NOT_SEEN: gettext_lazy("has not seen it"),
    Says.REFUSES: gettext_lazy("does not answer"),
}
ANSWERS = {
    Says.SEEN: gettext_lazy("We have seen it"),
    Says.NOT_SEEN: gettext_lazy("We have not seen it"),
    Says.REFUSES: gettext_lazy("We do not answer (no reason is needed)"),
}
DAYS = [
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
]

ENTRIES: Mapping[str, str | Promise] = {
    "opened": gettext_lazy("opened the case"),
    "invite": gettext_lazy("invited %(target)s"),
    "revoke": gettext_lazy("took the invitation of %(target)s back"),
    "join": gettext_lazy("joined"),
    "decline": gettext_lazy("declined the invitation"),
    "leave": gettext_lazy("left"),
    "write": gettext_lazy("wrote"),
    "add_task": gettext_lazy("added task %(task)s"),
    "offer_task": gettext_lazy("offered task %(task)s to %(target)s"),
    "take_task": gettext_lazy("took task %(task)s"),
    "return_task": gettext_lazy("gave task %(task)s back"),
    "finish_task": gettext_lazy("finished task %(task)s"),
    "drop_task": gettext_lazy("dropped task %(task)s"),
    "offer_lead": gettext_lazy("offered the lead to %(target)s"),
    "take_lead": gettext_lazy("took the lead"),
    "refuse_lead": gettext_lazy("did not take the lead"),
    "tighten": gettext_lazy("tightened the label to %(label)s"),
    "propose": gettext_lazy("proposed %(label)s"),
    "consent": gettext_lazy("consented to the looser label"),
    "object": gettext_lazy("objected to the looser label"),
    "admit": gettext_lazy("let %(target)s look on"),
    "dismiss": gettext_lazy("ended the looking on of %(target)s"),
    "close": gettext_lazy("closed the case"),
    "reopen": gettext_lazy("opened the case again"),
}
"""What an entry of the timeline says its member did."""

BUTTONS = {
    Act.JOIN: gettext_lazy("Join the case"),
    Act.DECLINE: gettext_lazy("Decline"),
    Act.TAKE_LEAD: gettext_lazy("Take the lead"),
    Act.REFUSE_LEAD: gettext_lazy("Do not take it"),
    Act.CONSENT: gettext_lazy("Consent"),
    Act.OBJECT: gettext_lazy("Object"),
    Act.CLOSE: gettext_lazy("Close the case"),
    Act.REOPEN: gettext_lazy("Open it again"),
    Act.LEAVE: gettext_lazy("Leave the case"),
    Act.TAKE_TASK: gettext_lazy("Take it"),
    Act.RETURN_TASK: gettext_lazy("Give it back"),
    Act.FINISH_TASK: gettext_lazy("It is done"),
    Act.DROP_TASK: gettext_lazy("Drop it"),
    Act.SHARE: gettext_lazy("Show it to partners"),
}
"""Acts that are one button each."""

REFUSALS: Mapping[Enum, str | Promise] = {
    incidents.Rule.STAGE: gettext_lazy("The case is {stage}; to {act} is possible while it is {where}."),
    incidents.Rule.PARTY: gettext_lazy("To {act} is for the {who}, and {member} is the {by}."),
    incidents.Rule.NOT_IN_YET: gettext_lazy("{target} is invited, or in the case already."),
    incidents.Rule.IS_INVITED: gettext_lazy("{target} is not invited, or has answered already."),
    incidents.Rule.LEAD_STAYS: gettext_lazy(
        "{member} leads the case. Offer the lead to another member first; it leaves once that has taken it."
    ),
    incidents.Rule.TARGET_JOINED: gettext_lazy("{target} is not in the case. Invite it, and wait until it has joined."),
    incidents.Rule.NOT_ITSELF: gettext_lazy("{target} has it already. Choose another member."),
    incidents.Rule.LEAD_OFFERED: gettext_lazy("The lead is not offered to {member}. {lead} must offer it first."),
    incidents.Rule.TASK_THERE: gettext_lazy("There is no task of that number in the case."),
    incidents.Rule.TASK_OPEN: gettext_lazy("The task is ended already."),
    incidents.Rule.TASK_GIVABLE: gettext_lazy("The task is {owner}'s, and {owner} alone hands it on."),
    incidents.Rule.TASK_TAKABLE: gettext_lazy("The task is not offered to {member}. {holder} must offer it first."),
    incidents.Rule.TASK_YOURS: gettext_lazy("The task is neither {member}'s nor offered to it."),
    incidents.Rule.TASK_OWNER: gettext_lazy("The task is not {member}'s. Take it first."),
    incidents.Rule.LABEL: gettext_lazy("Choose one of the labels of TLP 2.0."),
    incidents.Rule.STRICTER: gettext_lazy(
        "The case is {label} already. A tighter label is a stricter one; for a looser one the lead makes a proposal."
    ),
    incidents.Rule.LOOSER: gettext_lazy(
        "The case is {label}. A proposal is for a looser label; a stricter one is set at once."
    ),
    incidents.Rule.PROPOSED: gettext_lazy("No looser label is proposed."),
    incidents.Rule.CONTRIBUTED: gettext_lazy(
        "Only members whose words stand in the case are asked, and {member} has written nothing in it."
    ),
    incidents.Rule.NOT_ADMITTED: gettext_lazy("The partner looks on already."),
    incidents.Rule.ADMITTED: gettext_lazy("The partner does not look on."),
    incidents.Rule.NOT_RED: gettext_lazy("A TLP:RED case is for the named people of its members. No partner looks on."),
    incidents.Rule.OWN_WORDS: gettext_lazy("Only {author} may show what {author} wrote."),
    incidents.Rule.TASKS_ENDED: gettext_lazy(
        "Tasks are open: {open}. {holders} must finish them, or the lead drop them."
    ),
    escalation.Rule.ANSWERED: gettext_lazy("It has ended already: {state}."),
    escalation.Rule.WORDS: gettext_lazy("A false positive is given in words: why it is one."),
    questions.Rule.LABEL: gettext_lazy(
        "A question is asked up to TLP:AMBER+STRICT. TLP:RED is for named people: open a case for it."
    ),
    questions.Rule.SOMEBODY: gettext_lazy("Ask at least one other member."),
    questions.Rule.NOT_ITSELF: gettext_lazy("A member does not ask itself."),
    questions.Rule.IN_TIME: gettext_lazy("The question is to end after it was asked."),
    questions.Rule.ASKED: gettext_lazy("{member} was not asked."),
    questions.Rule.OPEN: gettext_lazy(
        "The question ended on {ended} UTC; an answer after it changes nothing. {asker} may ask again."
    ),
    questions.Rule.MOVE: gettext_lazy("An answer cannot change from {was} to {will}."),
    questions.Rule.STAYS_NAMED: gettext_lazy(
        "{asker} has read this answer under your member's name, so it cannot lose the name. It may change otherwise."
    ),
    questions.Rule.ASKER: gettext_lazy("{asker} alone ends the question early."),
}
"""Every refusal of the engine, as it says it, for the catalogues."""

PARTS: Mapping[str, str | Promise] = {
    **{one.value: text for one, text in STAGES.items()},
    **{one.value: text for one, text in STATES.items()},
    "open or closed": gettext_lazy("open or closed"),
    "lead": gettext_lazy("lead"),
    "lead or member of the case": gettext_lazy("lead or a member of the case"),
    "member of the case": gettext_lazy("member of the case"),
    "invited member": gettext_lazy("invited member"),
    "former member of the case": gettext_lazy("former member of the case"),
    "member outside the case": gettext_lazy("member outside the case"),
    "lead or member of the case or invited member or former member of the case": gettext_lazy(
        "lead, a member of the case, an invited member or a former member of the case"
    ),
    "invite": gettext_lazy("invite"),
    "take an invitation back": gettext_lazy("take an invitation back"),
    "join": gettext_lazy("join"),
    "decline": gettext_lazy("decline"),
    "leave": gettext_lazy("leave"),
    "write": gettext_lazy("write"),
    "add a task": gettext_lazy("add a task"),
    "offer a task": gettext_lazy("offer a task"),
    "take a task": gettext_lazy("take a task"),
    "give a task back": gettext_lazy("give a task back"),
    "finish a task": gettext_lazy("finish a task"),
    "drop a task": gettext_lazy("drop a task"),
    "offer the lead": gettext_lazy("offer the lead"),
    "take the lead": gettext_lazy("take the lead"),
    "refuse the lead": gettext_lazy("refuse the lead"),
    "tighten the label": gettext_lazy("tighten the label"),
    "propose a looser label": gettext_lazy("propose a looser label"),
    "consent to the looser label": gettext_lazy("consent to the looser label"),
    "object to the looser label": gettext_lazy("object to the looser label"),
    "let a partner look on": gettext_lazy("let a partner look on"),
    "end a partner's looking on": gettext_lazy("end a partner's looking on"),
    "show an entry to partners": gettext_lazy("show an entry to partners"),
    "name a reader": gettext_lazy("name a reader"),
    "close": gettext_lazy("close"),
    "reopen": gettext_lazy("reopen"),
}
"""What may stand in the fields of a refusal, in words."""


def refusal(error: RuleError, names: Mapping[str, str]) -> str:
    """What the engine refused, in the reader's language, with the names of the members."""
    fields = {name: _part(value, names) for name, value in error.fields.items()}
    return str(REFUSALS[error.rule]).format_map(fields)


def _part(value: str, names: Mapping[str, str]) -> str:
    if value in PARTS:
        return str(PARTS[value])
    return ", ".join(names.get(one, one) for one in value.split(", "))


def entry(act: str, target: str, label: int, task: int) -> str:
    """What an entry says its member did."""
    said = ENTRIES.get(act, _("did something"))
    return str(said) % {"target": target, "label": Tlp(label).label if label >= 0 else "", "task": task}
