"""Stages, verbs, positions, acts and rules in words that a person reads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from serantau.forum import Act, Mode, Say, Stage, Verb

STAGES = {
    Stage.DRAFT: _("draft"),
    Stage.CIRCULATED: _("circulated"),
    Stage.CONSULTATION: _("under consultation"),
    Stage.NO_CONSENSUS: _("no consensus"),
    Stage.REFERRED: _("referred"),
    Stage.CONSENSUS: _("consensus"),
    Stage.DECIDED: _("decided"),
    Stage.PUBLISHED: _("published"),
    Stage.WITHDRAWN: _("withdrawn"),
}
VERBS = {
    Verb.NOTED: _("noted"),
    Verb.WELCOMED: _("welcomed"),
    Verb.ACKNOWLEDGED: _("acknowledged"),
    Verb.SUPPORTED: _("supported"),
    Verb.ENDORSED: _("endorsed"),
    Verb.APPROVED: _("approved"),
    Verb.ADOPTED: _("adopted"),
}
SAYS = {
    Say.NOTHING: _("no answer"),
    Say.AGREES: _("agrees"),
    Say.RESERVES: _("agrees with a reservation"),
    Say.NO_OBJECTION: _("no objection by the deadline"),
    Say.OBJECTS: _("objects"),
    Say.ASKS_TIME: _("asks for time"),
    Say.ABSENT: _("absent"),
}
SPOKEN = (Say.AGREES, Say.RESERVES, Say.OBJECTS, Say.ASKS_TIME)
"""Positions that a member itself takes."""

MODES = {Mode.AD_REFERENDUM: _("in writing, by a deadline (ad referendum)"), Mode.PLENARY: _("in a meeting (plenary)")}

BUTTONS = {
    Act.CIRCULATE: _("Circulate to the members"),
    Act.EXTEND: _("Extend the deadline"),
    Act.CONCLUDE: _("Conclude the meeting on it"),
    Act.DECIDE: _("Record the decision"),
    Act.REFER: _("Refer to the body above"),
    Act.WITHDRAW: _("Withdraw the paper"),
}
"""Acts that are one button each; the others have forms of their own."""

DONE = {
    Act.CIRCULATE: _("Circulated. The members of this day have a say on it."),
    Act.OPEN: _("The consultation is open."),
    Act.SAY: _("Your member's position was taken."),
    Act.OPT_OUT: _("Your member stays outside."),
    Act.NOTE_ABSENCE: _("The absence was noted."),
    Act.EXTEND: _("The deadline was extended."),
    Act.CONCLUDE: _("Concluded."),
    Act.REVISE: _("The new version was circulated. Nobody has said anything on it yet."),
    Act.DECIDE: _("The decision was recorded."),
    Act.REFER: _("Referred."),
    Act.WITHDRAW: _("Withdrawn."),
}

SWITCHES = {
    "plenary": _("It decides in meetings"),
    "ad_referendum": _("It decides in writing (ad referendum)"),
    "silence_is_assent": _("Silence by the deadline is no objection"),
    "objection_ends_silence": _(
        "An objection ends the procedure at once; otherwise it may be lifted until the deadline"
    ),
    "absence_blocks": _("Absence from a meeting stands in the way of consensus"),
    "refers": _("A paper without consensus may be referred to the body above"),
}
NUMBERS = {
    "silence_days": _("Days from the opening to the deadline"),
    "most_extensions": _("How often the secretariat may extend the deadline of one version"),
    "extension_days": _("Days of an extension"),
    "most_time_requests": _("How often members together may ask for time on one version"),
    "time_request_days": _("Days that each request adds"),
    "most_opted_out": _("How many members at most may stay outside a decision (“minus X”); 0 for none"),
}
