"""Stages, verbs, positions, acts, rules and refusals in words that a person reads.

The engine refuses with a rule and values; the sentence is said here, in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from serantau.forum import Act, Mode, Party, Rule, RuleError, Say, Stage, Verb

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

PARTIES = {Party.MEMBER: _("member"), Party.SECRETARIAT: _("secretariat"), Party.CLOCK: _("deadline")}

ACTS = {
    Act.EDIT: _("edit it"),
    Act.CIRCULATE: _("circulate it"),
    Act.COMMENT: _("comment on it"),
    Act.OPEN: _("open the consultation"),
    Act.SAY: _("take a position"),
    Act.OPT_OUT: _("stay outside"),
    Act.NOTE_ABSENCE: _("note an absence"),
    Act.EXTEND: _("extend the deadline"),
    Act.CLOSE: _("close it at its deadline"),
    Act.CONCLUDE: _("conclude the meeting on it"),
    Act.REVISE: _("circulate a changed text"),
    Act.DECIDE: _("record the decision"),
    Act.REFER: _("refer it to the body above"),
    Act.RETURN: _("take it back from the body above"),
    Act.PUBLISH: _("publish it"),
    Act.WITHDRAW: _("withdraw it"),
}

REFUSALS = {
    Rule.STAGE: _("It is not possible now to %(act)s: the paper is “%(stage)s”, and it would have to be: %(stages)s."),
    Rule.PARTY: _("To %(act)s is for the %(parties)s, and not for the %(by)s."),
    Rule.HAS_MEMBERS: _("A paper is circulated to the members of the day, and that day has none."),
    Rule.MODE: _("The rules of the body do not let it decide so: %(mode)s."),
    Rule.VERB: _("By its rules the body may not have the paper %(verb)s."),
    Rule.ELIGIBLE: _(
        "Only those that were members when this version was circulated, and did not stay outside, have a say on it."
    ),
    Rule.MOVE: _("A position cannot change from “%(was)s” to “%(will)s”."),
    Rule.WORDS: _("An objection and a reservation are given in words."),
    Rule.IN_TIME: _(
        "The deadline was %(due)s; a position after it changes nothing. The secretariat may circulate a changed text."
    ),
    Rule.TIME_LEFT: _(
        "The rules of the body allow no more requests for time on this version. The secretariat may extend it."
    ),
    Rule.IN_WRITING: _("There is a deadline only in a decision in writing."),
    Rule.PLENARY: _("Absence is noted, and consensus concluded, in a meeting only."),
    Rule.EXTENSION_LEFT: _("The rules of the body allow no more extensions of this version."),
    Rule.ALLOWS_OUT: _("No text that somebody has read lets a member stay outside what this paper carries out."),
    Rule.FORMULA: _(
        "Staying outside needs a decision by consensus to allow it first, and there is none. The body must decide it."
    ),
    Rule.ROOM_OUTSIDE: _("The rules of the body let no more members stay outside."),
    Rule.AT_DEADLINE: _("The deadline has not passed yet."),
    Rule.REACHED: _("There is no consensus. In the way: %(blocking)s."),
    Rule.ALL_HEARD: _("Not everybody has been heard: %(who)s must say where they stand, or their absence be noted."),
    Rule.REFERS: _("The rules of the body refer nothing to a body above."),
    Rule.ENDS_SILENCE: _("By the rules of the body an objection does not end the procedure."),
}
"""One sentence a rule; a test holds that none is left out."""


def refusal(error: RuleError, names: Mapping[str, str]) -> str:
    """A refusal of the engine in the reader's language.

    Args:
        error: The refusal.
        names: Names of the members by code.
    """
    about = error.about
    said: dict[str, str] = {"who": ", ".join(names.get(one, one) for one in error.who), "mode": "–"}
    for key, value in about.items():
        if isinstance(value, tuple):
            said[key] = ", ".join(_member_says(one, names) for one in value)
        else:
            said[key] = _word(value)
    if error.rule is Rule.REACHED and not about.get("blocking"):
        said["blocking"] = str(_("nobody has a say"))
    return str(REFUSALS[error.rule]) % said


def _member_says(one: object, names: Mapping[str, str]) -> str:
    if isinstance(one, tuple):
        member, say = one
        return f"{names.get(member, member)} ({SAYS[say]})"
    return _word(one)


_WORDS: tuple[Mapping[object, object], ...] = (STAGES, VERBS, SAYS, MODES, PARTIES, ACTS)  # type: ignore[assignment]


def _word(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return next((str(words[value]) for words in _WORDS if value in words), "–")


CALLS = {
    "coming": _("not open yet"),
    "open": _("open"),
    "closed": _("closed"),
    "published": _("closed, with its summary"),
}
"""Where a consultation stands."""

AUTHORS = {
    "partner": _("dialogue partner or organisation"),
    "company": _("company"),
    "organisation": _("association or other organisation"),
    "person": _("person"),
}
CONSENTS = {
    "named": _("may be published with the name"),
    "unnamed": _("may be published without the name"),
    "no": _("is for the members and the secretariat alone"),
}
