"""What a reporter does: sends a report, adds to it, withdraws it. Whoever holds the receipt code is the reporter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from serantau.defend.model import ObservableKey
from serantau.defend.scams import Act, Part, Side, State, Thing, follow
from serantau.ledger import Event
from serantau.web.ledger.changes import change
from serantau.web.scams.digests import code_digest, key_digests, marks_of, new_code
from serantau.web.scams.models import Key, Named, Report
from serantau.web.scams.rules import StateError
from serantau.web.scams.wishes import LONGEST_TEXT, Given, GivenError
from serantau.web.site.problems import NotHereError
from serantau.web.workflows.events import emit

CHANGED = "scam thing changed"
"""The event that tells the other rooms: what a member's reports say of a thing may be something else now."""

PUBLIC = "public"
PAGE = "page"


def receive(
    given: Given, marks: Sequence[tuple[str, str]], now: datetime, *, actor: str = PUBLIC, once: str | None = None
) -> str:
    """Keep a report.

    Args:
        given: The report.
        marks: What it has in common with others of the same sender, in the clear; only digests are kept.
        now: The time.
        actor: Who sends it: the public, or a machine account.
        once: A key under which it is kept a single time.

    Returns:
        The receipt code, which is kept nowhere.

    Raises:
        DoneError: if it was sent before under the same key.
    """
    code = new_code()
    with change(Event.SCAM_RECEIVED, actor=actor, now=now, once=once) as record:
        report = Report(
            code=code_digest(code),
            harm=given.harm.value,
            member=given.member.id,
            happened=given.happened,
            received_at=now,
            text=given.text,
            contact=given.contact,
            amount=given.amount,
            currency=given.currency,
            marks=marks_of([*marks, ("contact", given.contact.lower())]),
            source=PAGE if actor == PUBLIC else actor,
            parts=[part.value for part in Part],
        )
        report.delete_at = report.next_deletion()
        report.save()
        for key in given.things:
            name(report, key, now)
        record.about(report.reference)
        record.say(member=report.member)
    return code


def name(report: Report, thing: ObservableKey, now: datetime) -> None:
    """Note that a report names a thing; part of a change."""
    held = hold(thing, now)
    Named.objects.get_or_create(report=report, key=held, defaults={"thing": held.thing, "value": thing.value})


def hold(thing: ObservableKey, now: datetime) -> Key:
    """The row of a thing, under whichever secret it is held; part of a change."""
    digests = key_digests(thing)
    held = Key.objects.filter(digest__in=digests).first()
    if held is None:
        held, _made = Key.objects.get_or_create(
            digest=digests[0], defaults={"thing": Thing.of(thing).value, "changed_at": now}
        )
    return held


def find(code: str) -> Report:
    """The report of a receipt code.

    Raises:
        NotHereError: if there is none.
    """
    held = Report.objects.filter(code=code_digest(code)).first()
    if held is None:
        raise NotHereError(_("There is no report with this code. Look whether a letter was mistaken for another."))
    return held


def add(code: str, text: str, now: datetime) -> None:
    """Add words to a report, which is then looked at again.

    Raises:
        NotHereError: if there is none of this code.
        TriageError: if nothing can be added any more.
        GivenError: if there are no words, or too many.
    """
    with change(Event.SCAM_ADDED_TO, actor=PUBLIC, now=now) as record:
        report = _locked(code)
        after = follow(report.at, Act.ADD, Side.REPORTER)
        if Part.TEXT.value not in report.parts:
            raise StateError(_("The time for adding to this report is over. Please send a new one."))
        day = date.fromordinal(now.toordinal()).isoformat()
        whole = "\n\n".join(part for part in (report.text, f"[{day}] {text}") if part)
        if not text or len(whole) > 2 * LONGEST_TEXT:
            raise GivenError({"text": _("Write what you add, in fewer words than a report may have.")})
        report.text, report.question = whole, ""
        settle(report, after, now)
        record.about(report.reference)
        record.say(member=report.member)


def withdraw(code: str, now: datetime) -> None:
    """Withdraw a report: everything that it says of anybody is deleted at once.

    Raises:
        NotHereError: if there is none of this code.
        TriageError: if it was withdrawn before.
    """
    with change(Event.SCAM_WITHDRAWN, actor=PUBLIC, now=now) as record:
        report = _locked(code)
        settle(report, follow(report.at, Act.WITHDRAW, Side.REPORTER), now)
        drop(report, report.due(now), now)
        record.about(report.reference)
        record.say(member=report.member)


def settle(report: Report, after: State, now: datetime) -> None:
    """Bring a report into a state, and see that what is answered is looked at anew; part of a change."""
    from serantau.web.scams.models import PublishedMonth

    before = report.at
    counted = report.month and PublishedMonth.objects.filter(month=report.month).exists()
    if after is State.ACCEPTED:
        report.month = report.month or f"{now:%Y-%m}"
    elif not counted:
        report.month = ""
    report.state = after.value
    report.decided_at = now if after in {State.ACCEPTED, State.REJECTED, State.MERGED, State.WITHDRAWN} else None
    report.delete_at = report.next_deletion()
    report.revision += 1
    report.save()
    Key.objects.filter(named__report=report).update(changed_at=now)
    if State.ACCEPTED in {before, after}:
        tell(report, now)


def tell(report: Report, now: datetime) -> None:
    """Tell the other rooms that what a member's reports say of these things may have changed; part of a change."""
    for number in report.things.exclude(key=None).values_list("key_id", flat=True):
        emit(CHANGED, f"scam-key {number} {report.member} {report.pk}.{report.revision}.{now:%Y%m%d%H%M%S}", now)


def drop(report: Report, parts: frozenset[Part], now: datetime) -> None:
    """Delete parts of a report; part of a change."""
    if report.at is State.ACCEPTED and parts & {Part.VALUES, Part.DIGESTS}:
        tell(report, now)
    if Part.TEXT in parts:
        report.text = report.question = report.reason = ""
    if Part.CONTACT in parts:
        report.contact = ""
    if Part.MARKS in parts:
        report.marks = []
    if Part.VALUES in parts:
        report.things.update(value="")
    if Part.DIGESTS in parts:
        report.things.update(key=None)
    report.parts = sorted(set(report.parts) - {part.value for part in parts})
    report.delete_at = report.next_deletion()
    report.save()


def _locked(code: str) -> Report:
    find(code)
    return Report.objects.select_for_update().get(code=code_digest(code))
