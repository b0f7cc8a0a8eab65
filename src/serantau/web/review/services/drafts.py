"""What a member does to its own submission before it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.review import Act, Context, FactKind, Raw, ReviewError
from serantau.review.kinds import plain_text
from serantau.review.reading import Preview
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.ledger.changes import Record, change
from serantau.web.review import attachments, letters
from serantau.web.review.clock import day_of
from serantau.web.review.kinds import kind_named
from serantau.web.review.models import Attachment, Item, Message, Pending, ReportingRound, Submission
from serantau.web.review.rules import StateError, nothing_here, party_of, require, require_new

MOST_ITEMS = 10_000
LONGEST_TITLE = 200
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Begun:
    """A submission that somebody wants to begin.

    Attributes:
        room: The room whose facts it will hold.
        title: What it is called.
        licence: On which terms its figures may be passed on.
        asked: The round that it answers.
        once: Key of the form, so that a button pressed twice begins one.
    """

    room: str
    title: str
    licence: str
    asked: ReportingRound | None = None
    once: str = ""


def begin(actor: Actor, wanted: Begun, now: datetime) -> Submission:
    """Begin a draft for one's own member or partner.

    Raises:
        DoneError: if this very form was sent before.
        PermissionDenied: if the actor may not submit in that room.
        ReviewError: if the title or the licence is missing or too long.
    """
    require_new(actor, wanted.room)
    with change(Event.SUBMISSION_BEGUN, actor=actor.reference, now=now, once=_once(actor, wanted.once)) as record:
        submission = Submission.objects.create(
            member=actor.member,
            partner=actor.partner,
            room=wanted.room,
            round=None if actor.partner else wanted.asked,
            title=line(wanted.title, _("title")),
            licence=line(wanted.licence, _("licence")),
            made_by=actor.reference,
            made_at=now,
            changed_at=now,
        )
        record.about(submission.reference)
        record.say(member=submission.party, room=wanted.room)
    return submission


def add_records(actor: Actor, number: int, kind: FactKind, raws: Sequence[Raw], now: datetime, once: str = "") -> None:
    """Add records to a submission that may still be edited.

    Raises:
        DoneError: if this very form was sent before.
        ReviewError: if a record is wrong, belongs to another room, or there would be too many.
    """
    with change(Event.SUBMISSION_EDITED, actor=actor.reference, now=now, once=_once(actor, once)) as record:
        submission = editable(actor, number, record)
        _check(kind, submission, raws, now)
        _add(submission, kind, raws)
        touch(submission, now)
        record.say(added=len(raws), kind=kind.name)


def replace_record(actor: Actor, number: int, position: int, raw: Raw, version: int, now: datetime) -> None:
    """Write one record anew.

    Raises:
        StateError: if somebody else changed the submission since its form was shown.
        ReviewError: if the record is wrong.
    """
    with change(Event.SUBMISSION_EDITED, actor=actor.reference, now=now) as record:
        submission = editable(actor, number, record, version)
        item = _item(submission, position)
        kind = kind_named(item.kind)
        _check(kind, submission, [raw], now)
        item.raw, item.about, item.year = raw, *_subject(kind, raw)
        item.save()
        touch(submission, now)
        record.say(changed=1, kind=kind.name)


def remove_record(actor: Actor, number: int, position: int, now: datetime) -> None:
    """Take one record out."""
    with change(Event.SUBMISSION_EDITED, actor=actor.reference, now=now) as record:
        submission = editable(actor, number, record)
        item = _item(submission, position)
        record.say(removed=1, kind=item.kind)
        item.delete()
        touch(submission, now)


def hold_file(actor: Actor, number: int, found: Preview, name: str, now: datetime) -> Pending:
    """Keep what a good file holds until somebody takes it in.

    Raises:
        ReviewError: if the file is not good, or of another room.
    """
    if not found.good:
        raise ReviewError(_("The file has cells that cannot be taken, so none of it was taken."))
    with change(Event.UPLOAD_CHECKED, actor=actor.reference, now=now) as record:
        submission = editable(actor, number, record)
        _refuse_other_room(found.kind, submission)
        _refuse_too_many(submission, len(found.rows))
        Pending.objects.filter(submission=submission).delete()
        pending = Pending.objects.create(
            submission=submission,
            kind=found.kind.name,
            name=name[:200],
            rows=[raw for _number, raw in found.rows],
            by=actor.reference,
            at=now,
        )
        record.say(rows=len(found.rows), kind=found.kind.name)
    return pending


def take_file(actor: Actor, number: int, pending: int, now: datetime) -> int:
    """Take a checked file in; return how many records that were.

    Raises:
        StateError: if it was taken already, or another file was checked since.
    """
    with change(Event.SUBMISSION_EDITED, actor=actor.reference, now=now) as record:
        submission = editable(actor, number, record)
        held = Pending.objects.filter(pk=pending, submission=submission).first()
        if held is None:
            raise StateError(_("This file was taken already, or another was checked since. Check it again."))
        kind, rows = kind_named(held.kind), held.rows
        _check(kind, submission, rows, now)
        _add(submission, kind, rows)
        held.delete()
        touch(submission, now)
        record.say(added=len(rows), kind=kind.name)
    return len(rows)


def attach(actor: Actor, number: int, name: str, content: bytes, now: datetime) -> Attachment:
    """Attach a file that shows something.

    Raises:
        ReviewError: if it is of no kind that is taken, too large, attached already, or one too many.
    """
    with (
        attachments.put_away(name, content) as kept,
        change(Event.ATTACHMENT_ADDED, actor=actor.reference, now=now) as record,
    ):
        submission = editable(actor, number, record)
        if submission.attachments.count() >= attachments.MOST_FILES:
            raise ReviewError(_("A submission has at most %(most)d files.") % {"most": attachments.MOST_FILES})
        if submission.attachments.filter(digest=kept.digest).exists():
            raise ReviewError(_("This very file is attached already."))
        held = Attachment.objects.create(
            submission=submission,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            digest=kept.digest,
            place=kept.place,
            by=actor.reference,
            at=now,
        )
        touch(submission, now)
        record.say(size=kept.size, media_type=kept.media_type, content=record.digest(kept.digest))
    return held


def detach(actor: Actor, number: int, attachment: int, now: datetime) -> None:
    """Take a file out again; it is deleted."""
    with change(Event.ATTACHMENT_REMOVED, actor=actor.reference, now=now) as record:
        submission = editable(actor, number, record)
        held = submission.attachments.filter(pk=attachment).first()
        if held is None:
            raise nothing_here()
        place = held.place
        held.delete()
        touch(submission, now)
    attachments.path_of(place).unlink(missing_ok=True)


def submit(actor: Actor, number: int, version: int, now: datetime) -> None:
    """Send a draft in.

    Raises:
        StateError: if it changed since it was shown.
        ReviewError: if it holds nothing, or something wrong.
    """
    _send(actor, number, Act.SUBMIT, Event.SUBMISSION_SUBMITTED, "", version, now)


def answer(actor: Actor, number: int, text: str, version: int, now: datetime) -> None:
    """Answer a question, and send the submission in again."""
    _send(actor, number, Act.ANSWER, Event.SUBMISSION_ANSWERED, text, version, now)


def _send(actor: Actor, number: int, act: Act, event: Event, text: str, version: int, now: datetime) -> None:
    with change(event, actor=actor.reference, now=now) as record:
        submission = locked(number)
        step = require(actor, act, submission)
        refuse_stale(submission, version)
        record.about(submission.reference)
        check_all(submission, now)
        if step.words:
            say(actor, submission, act, text, now)
        submission.state = step.end.value
        submission.submitted_by = actor.reference
        submission.submitted_at = submission.submitted_at or now
        Pending.objects.filter(submission=submission).delete()
        touch(submission, now)
        record.say(member=submission.party, room=submission.room, records=submission.items.count())
        letters.tell_other_side(submission, actor, act.value, now)


def withdraw(actor: Actor, number: int, now: datetime) -> None:
    """Take a submission back before it is decided."""
    with change(Event.SUBMISSION_WITHDRAWN, actor=actor.reference, now=now) as record:
        submission = locked(number)
        step = require(actor, Act.WITHDRAW, submission)
        record.about(submission.reference)
        submission.state = step.end.value
        submission.decided_at, submission.decided_by = now, actor.reference
        touch(submission, now)
        record.say(member=submission.party)


# --- parts that other services take part in ---------------------------------------------------------------------------------


def locked(number: int) -> Submission:
    """A submission, held by this change until it ends.

    Raises:
        NotHereError: if there is none.
    """
    submission = Submission.objects.select_for_update().filter(pk=number).first()
    if submission is None:
        raise nothing_here()
    return submission


def editable(actor: Actor, number: int, record: Record, version: int | None = None) -> Submission:
    """A submission that the actor may edit now."""
    submission = locked(number)
    require(actor, Act.EDIT, submission)
    if version is not None:
        refuse_stale(submission, version)
    record.about(submission.reference)
    return submission


def refuse_stale(submission: Submission, version: int) -> None:
    """Refuse to write over what somebody else changed.

    Raises:
        StateError: if the submission is no longer the one that was shown.
    """
    if submission.version != version:
        raise StateError(_("Somebody changed this submission since you opened it. Look at it again, then decide."))


def touch(submission: Submission, now: datetime) -> None:
    """Save it, changed now."""
    submission.changed_at = now
    submission.version += 1
    submission.save()


def check_all(submission: Submission, now: datetime) -> None:
    """Every record once more.

    Raises:
        ReviewError: if there is none, or one is wrong.
    """
    items = list(submission.items.all())
    if not items:
        raise ReviewError(_("The submission holds no record yet. Add one, or a file."))
    files = set(submission.attachments.values_list("digest", flat=True))
    for item in items:
        _check(kind_named(item.kind), submission, [item.raw], now)
        missing = [one["file"] for one in item.raw.get("evidence", ()) if one.get("file") and one["file"] not in files]
        if missing:
            raise ReviewError(_("Evidence names a file that is not attached: %(file)s.") % {"file": missing[0]})


def say(actor: Actor, submission: Submission, act: Act, text: str, now: datetime) -> None:
    """Add a message.

    Raises:
        ReviewError: if there are no words, or too many.
    """
    if actor.kind is not Kind.PERSON:
        raise PermissionDenied  # a program has nothing to say for itself
    words = spoken(text)
    party = party_of(actor, submission)
    assert party is not None
    Message.objects.create(submission=submission, at=now, by_id=actor.id, party=party.value, act=act.value, text=words)


def spoken(text: str) -> str:
    """What somebody says.

    Raises:
        ReviewError: if there are no words, or too many.
    """
    words = plain_text(text).strip()
    if not words:
        raise ReviewError(_("Say it in words: the other side has to know what to do."))
    if len(words) > LONGEST_TEXT:
        raise ReviewError(_("A message has at most %(most)d characters.") % {"most": LONGEST_TEXT})
    return words


def line(text: str, name: str) -> str:
    """One line of text.

    Raises:
        ReviewError: if it is empty, too long or no line.
    """
    words = " ".join(text.split())
    if not words or not words.isprintable():
        raise ReviewError(_("The %(name)s is missing.") % {"name": name})
    if len(words) > LONGEST_TITLE:
        raise ReviewError(_("The %(name)s is longer than %(most)d characters.") % {"name": name, "most": LONGEST_TITLE})
    return words


def _once(actor: Actor, key: str) -> str | None:
    """The key of a form of somebody's own; None for what has no form."""
    return f"{actor.reference} {key[:60]}" if key else None


def _item(submission: Submission, position: int) -> Item:
    item = submission.items.filter(position=position).first()
    if item is None:
        raise nothing_here()
    return item


def _check(kind: FactKind, submission: Submission, raws: Iterable[Raw], now: datetime) -> None:
    _refuse_other_room(kind, submission)
    context = Context(submission.party, submission.pk, day_of(now))
    for raw in raws:
        record, problems = kind.read(raw, context)
        if record is None:
            field, what, fix = problems[0]
            raise ReviewError(
                f"{kind.title}, {field}: {what} {fix}".strip() if field else f"{kind.title}: {what} {fix}"
            )


def _refuse_other_room(kind: FactKind, submission: Submission) -> None:
    if kind.room != submission.room:
        raise ReviewError(_("This submission takes facts of another room."))
    if kind.partners is not bool(submission.partner):
        raise ReviewError(_("This kind of fact is not yours to submit."))


def _refuse_too_many(submission: Submission, more: int) -> None:
    if submission.items.count() + more > MOST_ITEMS:
        raise ReviewError(_("A submission holds at most %(most)d records. Begin another.") % {"most": MOST_ITEMS})


def _add(submission: Submission, kind: FactKind, raws: Sequence[Raw]) -> None:
    _refuse_too_many(submission, len(raws))
    last = submission.items.aggregate(last=Max("position"))["last"] or 0
    items = []
    for position, raw in enumerate(raws, start=last + 1):
        about, year = _subject(kind, raw)
        items.append(Item(submission=submission, position=position, kind=kind.name, raw=raw, about=about, year=year))
    Item.objects.bulk_create(items, batch_size=500)


def _subject(kind: FactKind, raw: Raw) -> tuple[str, int | None]:
    """What a record is about, and its year, as far as they can be told from its text."""
    named = next((str(raw[name]) for name in ("action", "indicator", *kind.choices) if raw.get(name)), "")
    year = str(raw.get("year", ""))
    return named[:80], int(year) if year.isdecimal() and len(year) <= 4 else None
