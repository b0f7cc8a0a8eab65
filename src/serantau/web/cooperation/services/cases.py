"""Everything that happens to a shared case: asked of the engine, written, and recorded as one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.base import AsOf
from serantau.defend import incidents
from serantau.defend.errors import DefendError
from serantau.defend.incidents import Act, Command, Standing, cleared
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.services.limits import DAY, Limit, insist_below
from serantau.web.bundles import keeper
from serantau.web.cooperation import letters
from serantau.web.cooperation.models import Case, CaseMember, CasePartner, CaseReader, Entry, Note, Task
from serantau.web.cooperation.readers import insist_officer, officers, reader_of
from serantau.web.cooperation.rules import StateError, find_case, find_notice
from serantau.web.cooperation.services.reaching import to_write
from serantau.web.cooperation.texts import line, words
from serantau.web.ledger.changes import change
from serantau.web.review.clock import day_of

MOST_ENTRIES = 5000
MOST_TASKS = 200
MOST_NOTES = 1000
MOST_READERS = 100
OPENED_BY = Limit("cases that one person opens", 60, DAY)
OFFERS = Limit("invitations and offers of one person", 200, DAY)
"""Each writes to somebody."""

EVENTS: Mapping[Act, Event] = {
    **dict.fromkeys((Act.INVITE, Act.REVOKE, Act.JOIN, Act.DECLINE, Act.LEAVE, Act.NAME), Event.CASE_MEMBERS_CHANGED),
    Act.WRITE: Event.CASE_WRITTEN,
    **dict.fromkeys(
        (Act.ADD_TASK, Act.OFFER_TASK, Act.TAKE_TASK, Act.RETURN_TASK, Act.FINISH_TASK, Act.DROP_TASK),
        Event.CASE_TASK_CHANGED,
    ),
    **dict.fromkeys((Act.OFFER_LEAD, Act.TAKE_LEAD, Act.REFUSE_LEAD), Event.CASE_LEAD_CHANGED),
    **dict.fromkeys((Act.TIGHTEN, Act.PROPOSE, Act.CONSENT, Act.OBJECT), Event.CASE_LABEL_CHANGED),
    **dict.fromkeys((Act.ADMIT, Act.DISMISS, Act.SHARE), Event.CASE_PARTNERS_CHANGED),
    Act.CLOSE: Event.CASE_CLOSED,
    Act.REOPEN: Event.CASE_REOPENED,
}
"""Which event each act is."""

_SILENT = frozenset({Act.SHARE, Act.NAME})
"""Acts that stand in no timeline: the first shows on the entry itself, the second is a member's own affair."""

_TARGETED = frozenset({Act.INVITE, Act.REVOKE, Act.ADD_TASK, Act.OFFER_TASK, Act.OFFER_LEAD, Act.ADMIT, Act.DISMISS})
_OF_TASKS = frozenset({Act.OFFER_TASK, Act.TAKE_TASK, Act.RETURN_TASK, Act.FINISH_TASK, Act.DROP_TASK})
_WRITTEN_TO = frozenset({Act.INVITE, Act.ADD_TASK, Act.OFFER_TASK, Act.OFFER_LEAD})
"""Acts after which the member to which something is offered is written to."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to do to a case, as a form says it.

    Attributes:
        act: What.
        target: The member or partner that it is about.
        label: The label that is wanted.
        task: Number of a task.
        entry: Number of an entry.
        text: Words, or the title of a task.
        due: Until when a task is to be done.
        happened: When what is written about happened.
        person: The colleague to name.
    """

    act: Act
    target: str = ""
    label: Tlp | None = None
    task: int = 0
    entry: int = 0
    text: str = ""
    due: date | None = None
    happened: datetime | None = None
    person: int = 0


def open_case(actor: Actor, title: str, label: Tlp, text: str, notice: str, now: datetime) -> Case:
    """Open a case, perhaps on an alert; the own member leads it.

    Raises:
        NotHereError: if it is opened on a notice that the actor may not read.
        DefendError: if a text is missing, the actor is not cleared for the label, or it is looser than the alert's.
    """
    insist_officer(actor)
    called, said = line(title, _("title")), words(text, _("description"), needed=False)
    alert = find_notice(actor, notice) if notice else None
    _insist_cleared(actor, label)
    if alert is not None and label < alert.level:
        raise DefendError(_("The alert is %(label)s, so the case is at least that.") % {"label": alert.label})
    insist_below(OPENED_BY, actor.reference, now=now)
    with change(Event.CASE_OPENED, actor=actor.reference, now=now) as record:
        case = Case.objects.create(
            title=called,
            lead=actor.member,
            tlp=label,
            alert=alert.alert if alert is not None else "",
            opened_at=now,
            changed_at=now,
        )
        matter = incidents.opened(actor.member, label)
        CaseMember.objects.create(
            case=case,
            member=actor.member,
            standing=Standing.JOINED.value,
            contributed=actor.member in matter.contributors,
        )
        CaseReader.objects.create(case=case, person_id=actor.id, member=actor.member)
        Entry.objects.create(case=case, number=1, act=OPENED, member=actor.member, by_id=actor.id, at=now, text=said)
        record.about(case.reference)
        record.say(label=label.label, words=record.digest(f"{called}\n{said}"))
    return case


OPENED = "opened"
"""What the first entry of a timeline says was done."""


def act(actor: Actor, ref: str, wish: Wish, revision: int, now: datetime) -> incidents.Case:
    """Do one thing to a case; the engine decides whether it may be done.

    Args:
        actor: Who acts. For which member is never asked: everybody acts for their own.
        ref: The case.
        wish: What.
        revision: The revision that was looked at; 0 where it does not matter.
        now: The time.

    Raises:
        NotHereError: if there is no such case that they may know of.
        RuleError: if a rule stands against it.
        StateError: if the case changed meanwhile.
        DefendError: if a field is wrong.
    """
    insist_officer(actor)
    find_case(actor, ref)
    wish = _checked(actor, wish, now)
    if wish.act in _WRITTEN_TO:
        insist_below(OFFERS, actor.reference, now=now)
    with change(EVENTS[wish.act], actor=actor.reference, subject=f"case {ref}", now=now) as record:
        case = Case.objects.select_for_update().get(ref=ref)
        if revision and case.revision != revision:
            raise StateError(_("Somebody changed the case since you looked at it. Look again, then decide."))
        before = case.matter()
        entry = case.entries.filter(number=wish.entry).first() if wish.act is Act.SHARE else None
        author = entry.member if entry is not None else ""
        after = incidents.apply(before, Command(wish.act, actor.member, wish.target, wish.label, wish.task, author))
        _keep(case, before, after, wish, now)
        _name(case, actor, wish, now)
        if entry is not None:
            case.entries.filter(pk=entry.pk).update(shared=True)
        if wish.act not in _SILENT:
            _append(case, actor, wish, len(after.tasks), now)
        record.say(act=wish.act.value, member=actor.member, words=record.digest(wish.text))
        _tell(case, wish, now)
    return after


def note(actor: Actor, ref: str, text: str, now: datetime) -> None:
    """Write down something on a case for the own member alone."""
    insist_officer(actor)
    said = words(text, _("note"))
    case = find_case(actor, ref)
    with change(Event.NOTE_WRITTEN, actor=actor.reference, subject=case.reference, now=now) as record:
        if case.notes.filter(member=actor.member).count() >= MOST_NOTES:
            raise DefendError(_("Your member has %(most)d notes on this case; no more fit.") % {"most": MOST_NOTES})
        Note.objects.create(case=case, member=actor.member, by_id=actor.id, at=now, text=said)
        record.say(member=actor.member, words=record.digest(said))


def _checked(actor: Actor, wish: Wish, now: datetime) -> Wish:
    """The wish with its text cleaned, if its fields name what there is.

    Raises:
        DefendError: if one does not.
    """
    region = keeper().answers().bundle.region
    if wish.act is Act.INVITE and wish.target not in {one.id for one in region.members_at(AsOf(day_of(now)))}:
        raise DefendError(_("Choose one of the members."))
    if wish.act is Act.ADMIT and wish.target not in {one.id for one in region.partners}:
        raise DefendError(_("Choose one of the partners."))
    if wish.act is Act.TIGHTEN and wish.label is not None:
        _insist_cleared(actor, wish.label)
    text = ""
    if wish.act is Act.WRITE:
        text = words(wish.text, _("entry"))
    elif wish.act is Act.ADD_TASK:
        text = line(wish.text, _("task"))
    elif wish.act in {Act.CLOSE, Act.REOPEN, Act.FINISH_TASK, Act.DROP_TASK, Act.OBJECT}:
        text = words(wish.text, _("reason"), needed=False)
    # What an act is not about does not stand in its entry, whatever the form brought.
    return Wish(
        wish.act,
        target=wish.target if wish.act in _TARGETED else "",
        label=wish.label if wish.act in {Act.TIGHTEN, Act.PROPOSE} else None,
        task=wish.task if wish.act in _OF_TASKS else 0,
        entry=wish.entry,
        text=text,
        due=wish.due,
        happened=wish.happened if wish.act is Act.WRITE else None,
        person=wish.person,
    )


def _insist_cleared(actor: Actor, label: Tlp) -> None:
    if not cleared(label, reader_of(actor).clearance, named=True):
        raise DefendError(_("You are not cleared for %(label)s yourself.") % {"label": label.label})


def _keep(case: Case, before: incidents.Case, after: incidents.Case, wish: Wish, now: datetime) -> None:
    case.lead, case.tlp, case.stage = after.lead, after.tlp, after.stage.value
    case.offered_lead, case.proposed = after.offered_lead, -1 if after.proposed is None else after.proposed
    case.changed_at, case.revision = now, case.revision + 1
    case.save()
    held = {one.member: one for one in case.standings.all()}
    for member in {*held, *(one for one, _standing in after.members)}:
        standing = after.standing(member)
        fields = (standing.value if standing else "", member in after.contributors, member in after.consents)
        row = held.get(member) or CaseMember(case=case, member=member)
        if row.pk is None or (row.standing, row.contributed, row.consents) != fields:
            row.standing, row.contributed, row.consents = fields
            row.save()
    _keep_tasks(case, before, after, wish)
    for partner in after.partners - before.partners:
        CasePartner.objects.create(case=case, partner=partner, at=now)
    case.partners.filter(partner__in=before.partners - after.partners).delete()


def _keep_tasks(case: Case, before: incidents.Case, after: incidents.Case, wish: Wish) -> None:
    if len(after.tasks) > MOST_TASKS:
        raise DefendError(_("A case has at most %(most)d tasks.") % {"most": MOST_TASKS})
    for task in after.tasks:
        if before.task(task.number) == task:
            continue
        fields = {"owner": task.owner, "offered": task.offered, "state": task.state.value}
        if before.task(task.number) is None:
            Task.objects.create(case=case, number=task.number, title=wish.text, due=wish.due, **fields)
        else:
            case.tasks.filter(number=task.number).update(**fields)


def _name(case: Case, actor: Actor, wish: Wish, now: datetime) -> None:
    """Write down for whom a TLP:RED case is: whoever joins, whoever makes it one, and whom a colleague names.

    Raises:
        DefendError: if a colleague is named who is not cleared, or whoever names is not named themselves.
    """
    if wish.act in {Act.JOIN, Act.TIGHTEN}:
        CaseReader.objects.get_or_create(case=case, person_id=actor.id, defaults={"member": actor.member})
    if wish.act is not Act.NAME:
        return
    people = officers(now.date(), [actor.member]).get(actor.member, [])
    if wish.person not in {one.person.pk for one in people if one.clearance >= min(Tlp(case.tlp), HIGHEST_CLEARANCE)}:
        raise DefendError(_("Choose a colleague of your own member who is cleared for this case."))
    if case.readers.count() >= MOST_READERS:
        raise DefendError(_("A case names at most %(most)d people.") % {"most": MOST_READERS})
    CaseReader.objects.get_or_create(case=case, person_id=wish.person, defaults={"member": actor.member})


def _append(case: Case, actor: Actor, wish: Wish, tasks: int, now: datetime) -> None:
    last = case.entries.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_ENTRIES:
        raise DefendError(_("The timeline is full. Close this case, and open another one that names it."))
    Entry.objects.create(
        case=case,
        number=last + 1,
        act=wish.act.name.lower(),
        member=actor.member,
        by_id=actor.id,
        at=now,
        target=wish.target,
        label=-1 if wish.label is None else wish.label,
        task=tasks if wish.act is Act.ADD_TASK else wish.task,
        text=wish.text,
        happened_at=wish.happened,
    )


def _tell(case: Case, wish: Wish, now: datetime) -> None:
    """Write to the member to which something was offered."""
    if wish.act in _WRITTEN_TO and wish.target:
        to = to_write(wish.target, Tlp(case.tlp), now)
        letters.something_waits(to, reverse("cooperation:case", args=[case.ref]), now)


__all__ = ["EVENTS", "OPENED", "Wish", "act", "note", "open_case"]
