"""Open calls: opened by the secretariat, answered by partners and by everybody, summarised, and forgotten in part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from serantau.forum import ForumError
from serantau.ledger import Event
from serantau.review.kinds import plain_text
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import About, Act, Actor, Refused, may
from serantau.web.accounts.roles import Role, Room
from serantau.web.accounts.services import approvals
from serantau.web.accounts.services.limits import HOUR, Limit
from serantau.web.bundles import keeper
from serantau.web.forum.models import CONSENTS, KINDS_OF_AUTHOR, Answer, Body, Consultation, Paper
from serantau.web.forum.rules import about, require_secretariat
from serantau.web.forum.services.papers import line
from serantau.web.ledger.changes import Record, change

LONGEST = 8_000
MOST_ANSWERS = 1_000
"""Answers to one consultation; more than a secretariat reads, and a bound on what a flood can leave."""
LONGEST_KEY = 40
KEEP_DAYS = (30, 730)
LONGEST_DAYS = 366
PARTNER = "partner"
FROM_ONE_NETWORK = Limit("answers to consultations from one network", 10, HOUR)


@dataclass(frozen=True)
class Call:
    """A consultation as a form describes it."""

    body: Body
    title: str
    text: str
    opens_at: datetime
    closes_at: datetime
    everybody: bool
    keep_days: int
    paper: Paper | None = None
    action: str = ""


@dataclass(frozen=True)
class Said:
    """An answer as a form describes it. Who a partner is comes from its account and not from here."""

    text: str
    consent: str
    kind: str = ""
    name: str = ""
    email: str = ""


def begin(actor: Actor, call: Call, now: datetime) -> Consultation:
    """Open a consultation, now or on a day to come.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        ForumError: if it closes before it opens, is about nothing, or keeps addresses for too short or too long.
    """
    require_secretariat(actor)
    title, text = line(call.title, _("title")), _words(call.text, _("question"))
    _check(call, now)
    with change(Event.CONSULTATION_OPENED, actor=actor.reference, now=now) as record:
        held = Consultation.objects.create(
            body=call.body,
            paper=call.paper,
            action=call.action,
            title=title,
            text=text,
            opens_at=call.opens_at,
            closes_at=call.closes_at,
            everybody=call.everybody,
            keep_days=call.keep_days,
            made_by=actor.reference,
            made_at=now,
        )
        record.about(held.reference)
        record.say(body=call.body.short_name, closes=call.closes_at.isoformat(), everybody=call.everybody)
    return held


def _check(call: Call, now: datetime) -> None:
    least, most = KEEP_DAYS
    if not least <= call.keep_days <= most:
        raise ForumError(
            _("Addresses are kept for %(least)d to %(most)d days after the closing.") % {"least": least, "most": most}
        )
    if not now < call.closes_at <= call.opens_at + timedelta(days=LONGEST_DAYS) or call.closes_at <= call.opens_at:
        raise ForumError(_("The consultation would close before it opens, before now, or after more than a year."))
    if (call.paper is None) is not bool(call.action):
        raise ForumError(_("A consultation is about a paper of the body or about an action of the plan: choose one."))
    if call.paper is not None and call.paper.body_id != call.body.pk:
        raise ForumError(_("The paper is before another body."))
    if call.action and call.action not in {one.id for one in keeper().answers().bundle.plans.all_actions}:
        raise ForumError(_("Choose one of the actions."))


def phase(held: Consultation, now: datetime) -> str:
    """Where a consultation stands."""
    if now < held.opens_at:
        return "coming"
    if now <= held.closes_at:
        return "open"
    return "published" if held.published_at else "closed"


def answers_as(actor: Actor, held: Consultation) -> str:
    """As whom somebody may answer: the id of a partner, or empty for the public.

    Raises:
        PermissionDenied: if they may not: members say where they stand elsewhere, the secretariat asks.
        RefusedError: if a partner's observer has to prove a second factor first.
    """
    if Role.OBSERVER in actor.roles and actor.partner and Room.FORUM in actor.rooms:
        own = About(partner=actor.partner, room=Room.FORUM)
        if isinstance(refused := may(actor, Act.SUBMIT, own), Refused):
            raise RefusedError(refused)
        return actor.partner
    if actor.roles != {Role.PUBLIC} or not held.everybody:
        raise PermissionDenied
    return ""


def checked(actor: Actor, held: Consultation, said: Said, now: datetime) -> Said:
    """An answer as it will be kept.

    Raises:
        PermissionDenied: if the actor may not answer.
        ForumError: if the consultation is not open, or a field is wrong.
    """
    partner = answers_as(actor, held)
    if not held.opens_at <= now <= held.closes_at:
        raise ForumError(_("The consultation is not open at this moment."))
    if said.consent not in CONSENTS:
        raise ForumError(_("Choose whether your answer may be published, and how."))
    text = _words(said.text, _("answer"))
    if partner:
        return Said(text, said.consent, PARTNER)
    if said.kind not in KINDS_OF_AUTHOR or said.kind == PARTNER:
        raise ForumError(_("Choose for whom you answer."))
    email = said.email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ForumError(_("Write an e-mail address at which you can be asked back.")) from error
    if len(email) > 254:
        raise ForumError(_("Write an e-mail address at which you can be asked back."))
    return Said(text, said.consent, said.kind, line(said.name, _("name")), email)


def answer(actor: Actor, number: int, said: Said, now: datetime, once: str = "") -> None:
    """Take an answer. A partner has one, and a later one replaces it; everybody else's stand one after the other.

    Args:
        actor: Who answers.
        number: The consultation.
        said: The answer.
        now: The time.
        once: Key of the form, so that a button pressed twice answers once.

    Raises:
        DoneError: if it was taken before under that key.
        PermissionDenied: if the actor may not answer.
        ForumError: if the consultation is not open, has had too many answers, or a field is wrong.
    """
    key = f"answer {number} {plain_text(once)[:LONGEST_KEY]}" if once else None
    with change(Event.CONSULTATION_ANSWERED, actor=actor.reference, now=now, once=key) as record:
        held = Consultation.objects.select_for_update(of=("self",)).get(pk=number)
        kept = checked(actor, held, said, now)
        partner = answers_as(actor, held)
        fields = {
            "kind": kept.kind,
            "name": kept.name,
            "email": kept.email,
            "text": kept.text,
            "consent": kept.consent,
            "by": actor.reference,
            "at": now,
        }
        if partner:
            Answer.objects.update_or_create(consultation=held, partner=partner, defaults=fields)
        elif held.answers.count() >= MOST_ANSWERS:
            raise ForumError(_("This consultation has had as many answers as it can take. Write to the secretariat."))
        else:
            Answer.objects.create(consultation=held, **fields)
        record.about(held.reference)
        record.say(partner=partner, kind=kept.kind, consent=kept.consent, answer=record.digest(kept.text))


def summarise(actor: Actor, number: int, text: str, now: datetime) -> None:
    """Write what was answered; it stays inside until a second person approves.

    Raises:
        ForumError: if it is published already.
    """
    require_secretariat(actor)
    kept = _words(text, _("summary"))
    with change(Event.CONSULTATION_SUMMARISED, actor=actor.reference, now=now) as record:
        held = Consultation.objects.select_for_update(of=("self",)).get(pk=number)
        if held.published_at:
            raise ForumError(_("The summary is published. What was published does not change."))
        held.summary = kept
        held.save()
        record.about(held.reference)
        record.say(summary=record.digest(kept))


def ask_to_publish(actor: Actor, number: int, now: datetime) -> Approval:
    """Ask that a summary be published, and with it the answers whose authors let them be.

    Raises:
        RefusedError: if the actor may not, even with a second person.
        ForumError: if it is not written, or the consultation not over.
    """
    held = Consultation.objects.get(pk=number)
    _insist_publishable(held, now)
    said = _("Publish the summary of the consultation “%(title)s”.") % {"title": held.title[:150]}
    return approvals.ask(actor, approvals.Wish(Act.PUBLISH, held.reference, said, about()), now=now)


def _insist_publishable(held: Consultation, now: datetime) -> None:
    if not held.summary or held.published_at or now <= held.closes_at:
        raise ForumError(_("A summary is published once it is written and the consultation has closed, and once only."))


@approvals.carries_out(Act.PUBLISH, "consultation")
def _publish(approval: Approval, record: Record, now: datetime) -> Consultation:
    number = int(approval.subject.rpartition(" ")[2])
    held = Consultation.objects.select_for_update(of=("self",)).get(pk=number)
    _insist_publishable(held, now)
    held.published_at = now
    held.save()
    record.say(published=held.reference, summary=record.digest(held.summary))
    return held


def erase(actor: Actor, number: int, answer: int, now: datetime) -> None:
    """Erase an answer, as its author asked."""
    require_secretariat(actor)
    with change(Event.ANSWER_ERASED, actor=actor.reference, subject=f"consultation {number}", now=now) as record:
        held = Answer.objects.select_for_update().get(pk=answer, consultation=number)
        held.name = held.email = held.text = ""
        held.consent, held.erased_at = "no", now
        held.save()
        record.say(answer=answer)


def forget(number: int, now: datetime) -> None:
    """Forget, after the days that the call stated, who answered; and what was for the secretariat's eyes alone.

    A name stays where its owner let it be published, a text where its author let it be. Partners are no persons.
    """
    with change(Event.CONTACTS_FORGOTTEN, actor="system", subject=f"consultation {number}", now=now) as record:
        held = Consultation.objects.select_for_update(of=("self",)).get(pk=number)
        people = held.answers.filter(partner="")
        record.say(answers=people.count())
        people.update(email="", erased_at=now)
        people.exclude(consent="named").update(name="")
        people.filter(consent="no").update(text="")
        held.forgotten_at = now
        held.save()


def to_forget(now: datetime) -> list[int]:
    """Consultations whose stated days are over."""
    closed = Consultation.objects.filter(forgotten_at=None, closes_at__lt=now - timedelta(days=KEEP_DAYS[0]))
    return [one.pk for one in closed if one.closes_at + timedelta(days=one.keep_days) < now]


def _words(text: str, name: str) -> str:
    kept = plain_text(text).strip()
    if not kept or len(kept) > LONGEST:
        raise ForumError(
            _("The %(name)s is missing, or longer than %(most)d characters.") % {"name": name, "most": LONGEST}
        )
    return kept


__all__ = [
    "FROM_ONE_NETWORK",
    "Call",
    "Said",
    "answer",
    "answers_as",
    "ask_to_publish",
    "begin",
    "checked",
    "erase",
    "forget",
    "phase",
    "summarise",
    "to_forget",
]
