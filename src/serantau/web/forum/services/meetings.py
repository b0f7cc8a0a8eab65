"""Bodies with their rules, meetings with agenda, participants and report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db.models import Max
from django.utils.translation import gettext as _

from serantau.forum import ForumError, Rules
from serantau.ledger import Event
from serantau.review.kinds import plain_text
from serantau.web.accounts.policy import Actor
from serantau.web.bundles import keeper
from serantau.web.forum.models import AgendaItem, Body, Meeting, Paper, Participant
from serantau.web.forum.rules import require_secretariat
from serantau.web.forum.services.papers import line, words
from serantau.web.ledger.changes import change

LONGEST = timedelta(days=31)
LONGEST_REPORT = 100_000


def found_body(actor: Actor, short_name: str, name: str, zone: str, above: Body | None, now: datetime) -> Body:
    """Enter a body.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        ForumError: if a name is missing, or taken.
    """
    require_secretariat(actor)
    short, whole = line(short_name, _("short name"))[:30], line(name, _("name"))
    with change(Event.BODY_FOUNDED, actor=actor.reference, now=now) as record:
        if Body.objects.filter(short_name__iexact=short).exists():
            raise ForumError(_("There is a body of that short name already."))
        body = Body.objects.create(
            short_name=short, name=whole, zone=zone, above=above, made_by=actor.reference, made_at=now
        )
        record.about(f"body {body.pk}")
        record.say(short_name=short)
    return body


def state_rules(actor: Actor, number: int, rules: Rules, now: datetime) -> None:
    """Enter the rules of procedure that a body has given itself.

    Raises:
        ForumError: while a paper is under consultation: rules do not change under a procedure that runs.
    """
    require_secretariat(actor)
    with change(Event.RULES_STATED, actor=actor.reference, subject=f"body {number}", now=now) as record:
        body = Body.objects.select_for_update(of=("self",)).get(pk=number)
        if body.papers.filter(stage="under consultation").exists():
            raise ForumError(
                _("A paper is under consultation in this body, and its rules hold until that ends. Change them after.")
            )
        body.rules, body.rules_at = msgspec.to_builtins(rules), now
        body.save()
        record.say(rules=msgspec.json.encode(rules).decode())


@dataclass(frozen=True)
class Convened:
    """A meeting as a form describes it."""

    body: Body
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    host: str = ""
    chair: str = ""


def convene(actor: Actor, asked: Convened, now: datetime) -> Meeting:
    """Convene a meeting.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        ForumError: if it ends before it begins, lasts longer than a month, or names no member as host or chair.
    """
    require_secretariat(actor)
    if asked.ends_at <= asked.starts_at:
        raise ForumError(_("The meeting would end before it begins. Correct one of the two."))
    if asked.ends_at - asked.starts_at > LONGEST:
        raise ForumError(_("The meeting would last longer than a month. Correct one of the two days."))
    members = {one.id for one in keeper().answers().bundle.region.members} | {""}
    if not {asked.host, asked.chair} <= members:
        raise ForumError(_("Host and chair are members. Choose one, or leave it open."))
    with change(Event.MEETING_CONVENED, actor=actor.reference, now=now) as record:
        Body.objects.select_for_update(of=("self",)).get(pk=asked.body.pk)
        last = asked.body.meetings.aggregate(last=Max("number"))["last"] or 0
        meeting = Meeting.objects.create(
            body=asked.body,
            number=last + 1,
            title=line(asked.title, _("title")),
            starts_at=asked.starts_at,
            ends_at=asked.ends_at,
            place=plain_text(asked.place).strip()[:200],
            host=asked.host,
            chair=asked.chair,
            made_by=actor.reference,
            made_at=now,
        )
        record.about(f"meeting {meeting.pk}")
        record.say(body=asked.body.short_name, starts=asked.starts_at.isoformat())
    return meeting


def add_item(actor: Actor, meeting: Meeting, title: str, paper: Paper | None, now: datetime) -> None:
    """Add an item to the agenda.

    Raises:
        ForumError: if the paper is another body's.
    """
    require_secretariat(actor)
    if paper is not None and paper.body_id != meeting.body_id:
        raise ForumError(_("The paper is before another body."))
    said = line(title or (paper.title if paper else ""), _("title"))
    with change(Event.AGENDA_ADDED, actor=actor.reference, subject=f"meeting {meeting.pk}", now=now) as record:
        Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
        AgendaItem.objects.create(meeting=meeting, position=last + 1, title=said, paper=paper)
        record.say(position=last + 1)


def name_participant(actor: Actor, meeting: Meeting, party: str, name: str, now: datetime) -> None:
    """List somebody who takes part.

    Raises:
        ForumError: if the delegation is neither a member's nor a partner's.
    """
    require_secretariat(actor)
    region = keeper().answers().bundle.region
    if party not in {one.id for one in (*region.members, *region.partners)}:
        raise ForumError(_("Choose the member or partner whose delegation it is."))
    said = line(name, _("name"))
    with change(Event.PARTICIPANT_NAMED, actor=actor.reference, subject=f"meeting {meeting.pk}", now=now) as record:
        Participant.objects.create(meeting=meeting, party=party, name=said)
        record.say(party=party, name=record.digest(said))


def report(actor: Actor, meeting: Meeting, text: str, now: datetime) -> None:
    """Write the report of a meeting."""
    require_secretariat(actor)
    if len(text) > LONGEST_REPORT:
        raise ForumError(_("The report is longer than %(most)d characters.") % {"most": LONGEST_REPORT})
    kept = plain_text(text).strip() or words(text, _("report"))
    with change(Event.MEETING_REPORTED, actor=actor.reference, subject=f"meeting {meeting.pk}", now=now) as record:
        held = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        held.report = kept
        held.save()
        record.say(text=record.digest(kept))
