"""Rules of procedure and papers of no body in particular."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from serantau.forum import Act, Command, Matter, Mode, Party, Rules, Say, Verb, apply

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = ("A", "B", "C")
RULES = Rules(
    verbs=(Verb.NOTED, Verb.ENDORSED, Verb.ADOPTED),
    plenary=True,
    ad_referendum=True,
    silence_is_assent=True,
    silence_days=2,
    objection_ends_silence=False,
    most_extensions=1,
    extension_days=1,
    most_time_requests=1,
    time_request_days=1,
    absence_blocks=False,
    most_opted_out=1,
    refers=True,
)


def rules(**changed):
    """The rules above, some of them otherwise."""
    return msgspec.structs.replace(RULES, **changed)


def by_secretariat(act, **words):
    return Command(act, Party.SECRETARIAT, **words)


def by_member(member, say, text="Because."):
    return Command(Act.SAY, Party.MEMBER, member=member, say=say, text=text)


CIRCULATE = by_secretariat(Act.CIRCULATE, members=MEMBERS)
REVISE = by_secretariat(Act.REVISE, members=MEMBERS)
IN_WRITING = by_secretariat(Act.OPEN, mode=Mode.AD_REFERENDUM)
IN_PLENARY = by_secretariat(Act.OPEN, mode=Mode.PLENARY)


def played(*steps, under=RULES, start=None):
    """A paper after commands, each with the day (after the start) on which it is given: ``(0, CIRCULATE)``."""
    matter = start or Matter(Verb.ADOPTED)
    for days, command in steps:
        matter = apply(matter, command, under, START + days * DAY)
    return matter


def says(matter):
    """Where each member stands."""
    return {one.member: one.say for one in matter.positions}


__all__ = ["Say"]
