"""What an officer does with a report of their own member."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from serantau.defend.scams import Act, Side, follow
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.ledger.changes import change
from serantau.web.scams.models import Report
from serantau.web.scams.rules import StateError, find_report, reports_of
from serantau.web.scams.services.reporting import settle
from serantau.web.scams.wishes import LONGEST_TEXT, GivenError

EVENTS = {
    Act.ACCEPT: Event.SCAM_ACCEPTED,
    Act.ASK: Event.SCAM_QUESTIONED,
    Act.REJECT: Event.SCAM_REJECTED,
    Act.MERGE: Event.SCAM_MERGED,
    Act.REOPEN: Event.SCAM_REOPENED,
}
WORDED = frozenset({Act.ASK, Act.REJECT})
"""Acts that need words: the reporter reads them."""


def act(actor: Actor, number: int, wish: Act, words: str, other: int, revision: int, now: datetime) -> Report:
    """Do something with a report.

    Args:
        actor: Who acts.
        number: The report.
        wish: What to do.
        words: A question, or the reason of a refusal.
        other: The report that it repeats, where it is merged.
        revision: The revision that was looked at; 0 where it does not matter.
        now: The time.

    Raises:
        NotHereError: if it is not theirs.
        TriageError: if the report is not in a state for that.
        StateError: if it changed meanwhile.
        GivenError: if words or the other report are missing.
    """
    find_report(actor, number)
    said = words.strip()[:LONGEST_TEXT]
    if wish in WORDED and not said:
        raise GivenError({"words": _("Say it in words: the reporter reads them.")})
    with change(EVENTS[wish], actor=actor.reference, now=now) as record:
        report = Report.objects.select_for_update().get(pk=number)
        if revision and report.revision != revision:
            raise StateError(_("Somebody changed the report since you looked at it. Look again, then decide."))
        after = follow(report.at, wish, Side.OFFICER)
        report.merged_into = _other(actor, number, other) if wish is Act.MERGE else None
        report.question = said if wish is Act.ASK else ""
        report.reason = said if wish is Act.REJECT else ""
        settle(report, after, now)
        record.about(report.reference)
        record.say(member=report.member)
        if said:
            record.say(words=record.digest(said))
    return report


def uncover(actor: Actor, number: int, now: datetime) -> Report:
    """Show a report with the reporter's contact and everything that is masked: it is noted who did.

    Raises:
        NotHereError: if it is not theirs.
    """
    report = find_report(actor, number)
    with change(Event.SCAM_UNCOVERED, actor=actor.reference, subject=report.reference, now=now) as record:
        record.say(member=report.member)
    return report


def _other(actor: Actor, number: int, other: int) -> Report:
    """The report that one repeats: of the same member, and no repetition itself."""
    held = reports_of(actor).filter(pk=other, merged_into=None).exclude(pk=number).first()
    if held is None:
        raise GivenError({"other": _("Name the number of another report of your member that is no repetition itself.")})
    return held
