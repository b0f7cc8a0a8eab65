"""The words of the registers in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from serantau.forum.registers import (
    Area,
    Kind,
    Phase,
    Promise,
    Register,
    Stage,
    State,
    Subject,
    Theme,
    Topic,
)

REGISTERS = {
    Register.COOPERATION: _("Cooperation with partners"),
    Register.PROJECTS: _("Joint projects, pledges and calls"),
    Register.LEGISLATION: _("Legislation side by side"),
    Register.POLICIES: _("Exchange of policies"),
}
LEADS = {
    Register.COOPERATION: _(
        "What dialogue partners and organisations do with the region, year by year: the activity, who pays, "
        "how many people it takes in, and what came of it."
    ),
    Register.PROJECTS: _(
        "What public bodies and private companies build together, what was pledged, and calls that anybody named there "
        "may answer."
    ),
    Register.LEGISLATION: _(
        "Where each member stands on each theme: the law in force, what it lacks, the bill that would change it, and the "
        "next step."
    ),
    Register.POLICIES: _(
        "Policies and good practice that members show to each other, what the others asked about them, and who took them "
        "over."
    ),
}
SUBJECTS = {
    Subject.ICT_POLICY: _("ICT policy"),
    Subject.HUMAN_RESOURCES: _("human resources"),
    Subject.NEW_TECHNOLOGIES: _("new technologies"),
    Subject.CYBER_RISK: _("cyber risks"),
}
STATES = {
    State.PLANNED: _("planned"),
    State.RUNNING: _("running"),
    State.DONE: _("done"),
    State.STOPPED: _("stopped"),
    State.UNKNOWN: _("not known"),
}
KINDS = {Kind.PROJECT: _("project"), Kind.PLEDGE: _("pledge"), Kind.CALL: _("call")}
AREAS = {
    Area.INFRASTRUCTURE: _("infrastructure"),
    Area.SERVICES: _("services"),
    Area.BOTH: _("infrastructure and services"),
}
THEMES = {
    Theme.CYBERSECURITY: _("Cyber security"),
    Theme.CYBERCRIME: _("Cybercrime"),
    Theme.DATA_PROTECTION: _("Data protection"),
    Theme.E_COMMERCE: _("E-commerce and consumers"),
    Theme.DIGITAL_IDENTITY: _("Digital identity"),
    Theme.PLATFORMS: _("Platforms"),
}
STAGES = {
    Stage.DRAFTING: _("being drafted"),
    Stage.CONSULTATION: _("under consultation"),
    Stage.PARLIAMENT: _("in parliament"),
    Stage.ENACTED: _("passed, not in force yet"),
    Stage.DROPPED: _("dropped"),
}
TOPICS = {
    Topic.FIVE_G: _("5G"),
    Topic.SPECTRUM: _("spectrum"),
    Topic.PERMITS: _("broadband permits"),
    Topic.CABLE_REPAIR: _("cable repair"),
    Topic.ROAMING: _("roaming"),
    Topic.AI: _("artificial intelligence"),
    Topic.INCLUSION: _("inclusion"),
    Topic.DATA_GOVERNANCE: _("data governance"),
    Topic.CYBERSECURITY: _("cyber security"),
    Topic.CONSUMERS: _("consumer protection"),
    Topic.IDENTITY: _("digital identity"),
    Topic.GOVERNMENT: _("digital government"),
    Topic.SKILLS: _("skills"),
    Topic.OTHER: _("other"),
}
PHASES = {
    Phase.TO_COME: _("not open yet"),
    Phase.OPEN: _("open now"),
    Phase.CLOSED: _("closed"),
    Phase.UNKNOWN: _("not known whether it is open"),
}
PROMISES = {
    Promise.KEPT: _("kept"),
    Promise.LATE: _("kept late"),
    Promise.DUE: _("due"),
    Promise.OVERDUE: _("overdue"),
    Promise.UNKNOWN: _("not known"),
}

ABOUT = {
    Register.COOPERATION: {one.value: text for one, text in SUBJECTS.items()},
    Register.PROJECTS: {one.value: text for one, text in KINDS.items()},
    Register.LEGISLATION: {one.value: text for one, text in THEMES.items()},
    Register.POLICIES: {one.value: text for one, text in TOPICS.items()},
}
"""What the entries of a register are about: the word in the address, and what a person reads."""

ASKED_ABOUT = {
    Register.COOPERATION: _("Subject"),
    Register.PROJECTS: _("Kind"),
    Register.LEGISLATION: _("Theme"),
    Register.POLICIES: _("Topic"),
}
