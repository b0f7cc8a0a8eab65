"""Everything that happens to a paper: asked of the engine, written, and recorded as one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.base import AsOf
from serantau.forum import Act, Command, ForumError, Matter, Party, Say, Stage, Verb, advance, apply, clean, paragraphs
from serantau.ledger import Event
from serantau.review.kinds import plain_text
from serantau.web.accounts.policy import Actor
from serantau.web.bundles import keeper
from serantau.web.forum import agreements, letters
from serantau.web.forum.models import (
    Body,
    Comment,
    Meeting,
    MemberPosition,
    Paper,
    PositionDraft,
    Share,
    Version,
    allows,
)
from serantau.web.forum.rules import StateError, find, procedure_of, require, require_secretariat
from serantau.web.ledger.changes import Record, change
from serantau.web.review.clock import day_of

LONGEST_WORDS = 4000
MOST_COMMITMENTS = 12

EVENTS: Mapping[Act, Event] = {
    Act.CIRCULATE: Event.PAPER_CIRCULATED,
    Act.OPEN: Event.PAPER_OPENED,
    Act.SAY: Event.POSITION_TAKEN,
    Act.OPT_OUT: Event.MEMBER_STAYED_OUTSIDE,
    Act.NOTE_ABSENCE: Event.ABSENCE_NOTED,
    Act.EXTEND: Event.PAPER_EXTENDED,
    Act.CONCLUDE: Event.PAPER_CONCLUDED,
    Act.REVISE: Event.PAPER_REVISED,
    Act.DECIDE: Event.PAPER_DECIDED,
    Act.REFER: Event.PAPER_REFERRED,
    Act.RETURN: Event.PAPER_RETURNED,
    Act.WITHDRAW: Event.PAPER_WITHDRAWN,
}
"""Acts that are one command of the engine each, with their events."""


@dataclass(frozen=True)
class Commitment:
    """What a paper would have somebody do.

    Attributes:
        text: What.
        owner: Code of the member that does it; empty for all together.
        action: Id of the action of the plan that it serves; empty for none.
        due: By when.
        outcome: Id of the outcome of the plan under which it is a new action; empty where it is a milestone.
    """

    text: str
    owner: str = ""
    action: str = ""
    due: date | None = None
    outcome: str = ""

    def plain(self) -> dict[str, str]:
        """As it is kept."""
        return {
            "text": self.text,
            "owner": self.owner,
            "action": self.action,
            "due": self.due.isoformat() if self.due else "",
            "outcome": self.outcome,
        }


@dataclass(frozen=True)
class Draft:
    """A paper as a form describes it."""

    title: str
    verb: Verb
    text: str
    meeting: Meeting | None = None
    instrument: str = ""
    formula: Paper | None = None
    lets_outside: str = ""
    commitments: Sequence[Commitment] = ()


def begin(actor: Actor, body: Body, draft: Draft, now: datetime) -> Paper:
    """Begin a paper.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        ForumError: if it lacks a title or a text.
    """
    require_secretariat(actor)
    title, text = line(draft.title, _("title")), clean(plain_text(draft.text))
    _check_commitments(draft.commitments)
    with change(Event.PAPER_BEGUN, actor=actor.reference, now=now) as record:
        paper = Paper(body=body, made_by=actor.reference, made_at=now, changed_at=now)
        _describe(paper, draft, title)
        paper.save()
        Version.objects.create(
            paper=paper,
            number=1,
            text=text,
            commitments=[one.plain() for one in draft.commitments],
            made_by=actor.reference,
            made_at=now,
        )
        record.about(paper.reference)
        record.say(body=body.short_name, text=record.digest(text))
    return paper


def edit(actor: Actor, number: int, draft: Draft, revision: int, now: datetime) -> None:
    """Write a draft anew."""
    require_secretariat(actor)
    title, text = line(draft.title, _("title")), clean(plain_text(draft.text))
    _check_commitments(draft.commitments)
    with change(Event.PAPER_EDITED, actor=actor.reference, now=now) as record:
        paper = _locked(number, revision)
        apply(paper.matter(), Command(Act.EDIT, Party.SECRETARIAT), procedure_of(paper.body), now)
        _describe(paper, draft, title)
        version = paper.current()
        assert version is not None, "a paper has a text from its beginning"
        version.text, version.commitments = text, [one.plain() for one in draft.commitments]
        version.save()
        _touch(paper, now)
        record.about(paper.reference)
        record.say(text=record.digest(text))


def act(actor: Actor, number: int, command: Command, revision: int, now: datetime) -> Matter:
    """Do one thing with a paper; the engine decides whether it may be done.

    Args:
        actor: Who acts. On whose behalf is never asked: a member's people act for their own member.
        number: The paper.
        command: What to do; side, member and members of the day are filled in here.
        revision: The revision that was looked at; 0 where it does not matter.
        now: The time.

    Raises:
        PermissionDenied: if the actor's role does not reach so far.
        RuleError: if a rule of procedure stands against it.
        StateError: if the paper changed meanwhile.
    """
    party = require(actor, command.act)
    _refuse_nowhere(find(actor, number), command)
    revision = _settled(number, revision, now)
    with change(EVENTS[command.act], actor=actor.reference, now=now) as record:
        paper = _locked(number, revision)
        after = _done(paper, completed(command, party, actor, now), actor.reference, now)
        record.about(paper.reference)
        _tell(record, paper, command, actor)
        record.say(letters=letters.after(paper, after, command.act, now))
    return after


def _refuse_nowhere(paper: Paper, command: Command) -> None:
    """What is referred is referred to somebody."""
    if command.act is Act.REFER and paper.body.above_id is None:
        raise ForumError(
            _("No body above %(body)s is entered, so there is none to refer the paper to.")
            % {"body": paper.body.short_name}
        )


def revise(
    actor: Actor, number: int, text: str, why: str, commitments: Sequence[Commitment], revision: int, now: datetime
) -> None:
    """Circulate a changed text: a new version, on which nobody has said anything yet. From a body above, too."""
    party = require(actor, Act.REVISE)
    text, why = clean(plain_text(text)), words(why, _("reason for the change"))
    _check_commitments(commitments)
    find(actor, number)
    revision = _settled(number, revision, now)
    kind = Act.RETURN if Paper.objects.filter(pk=number, stage=Stage.REFERRED.value).exists() else Act.REVISE
    with change(EVENTS[kind], actor=actor.reference, now=now) as record:
        paper = _locked(number, revision)
        command = completed(Command(kind, party), party, actor, now)
        before = paper.matter()
        after = apply(before, command, procedure_of(paper.body), now)
        Version.objects.create(
            paper=paper,
            number=after.version,
            text=text,
            why=why,
            commitments=[one.plain() for one in commitments],
            eligible=[one.member for one in after.positions],
            made_by=actor.reference,
            made_at=now,
            circulated_at=now,
        )
        _keep(paper, after, now)
        record.about(paper.reference)
        record.say(version=after.version, text=record.digest(text), members=len(after.positions))
        record.say(letters=letters.after(paper, after, kind, now))


def close_due(number: int, now: datetime) -> bool:
    """See to a deadline that has passed, as of the deadline; whether there was one.

    Called by the job that looks for them, and before every command: neither needs the other to have run.
    """
    due = Paper.objects.filter(pk=number, stage=Stage.CONSULTATION.value, due_at__lt=now)
    if not due.exists():
        return False
    with change(Event.PAPER_CLOSED, actor="system", now=now) as record:
        paper = Paper.objects.select_for_update(of=("self",)).select_related("body", "formula").get(pk=number)
        before = paper.matter()
        after = advance(before, procedure_of(paper.body), now)
        _append_positions(paper, before, after, "system", before.due or now)
        _keep(paper, after, now)
        record.about(paper.reference)
        record.say(stage=after.stage.value, version=after.version, due=before.due.isoformat() if before.due else "")
        record.say(letters=letters.after(paper, after, Act.CLOSE, now))
    return True


def _settled(number: int, revision: int, now: datetime) -> int:
    """See to the deadline; the revision that whoever looked at the paper has seen.

    A page shows a paper as its deadline left it, also where nobody had seen to that yet, so the closing is no surprise.
    """
    return revision + 1 if close_due(number, now) and revision else revision


def comment(actor: Actor, number: int, paragraph: int, text: str, now: datetime) -> None:
    """Say something about a paragraph of the version that is dealt with."""
    party = require(actor, Act.COMMENT)
    said = words(text, _("comment"))
    find(actor, number)
    close_due(number, now)
    with change(Event.PAPER_COMMENTED, actor=actor.reference, now=now) as record:
        paper = _locked(number, 0)
        command = completed(Command(Act.COMMENT, party), party, actor, now)
        apply(paper.matter(), command, procedure_of(paper.body), now)
        _refuse_no_paragraph(paper, paragraph)
        Comment.objects.create(
            paper=paper,
            version=paper.version,
            paragraph=paragraph,
            member=actor.member,
            by_id=actor.id,
            at=now,
            text=said,
        )
        record.about(paper.reference)
        record.say(member=actor.member, paragraph=paragraph, words=record.digest(said))


def _refuse_no_paragraph(paper: Paper, paragraph: int) -> None:
    version = paper.current()
    most = len(paragraphs(version.text)) if version is not None else 0
    if paragraph > most:
        raise ForumError(
            _("This version has paragraphs 1 to %(most)d; write 0 to comment on the whole.") % {"most": most}
        )


def remind(number: int, member: str, name: str, now: datetime) -> None:
    """Remind the people of a member that it has not answered; the letters are saved with the fact that they are.

    Raises:
        DoneError: if it was done before for this version and deadline.
    """
    paper = Paper.objects.select_related("body", "formula").get(pk=number)
    due = paper.due_at.isoformat() if paper.due_at else ""
    once = f"paper {number} version {paper.version} due {due} {member} {name}"
    with change(Event.MEMBER_REMINDED, actor="system", subject=paper.reference, now=now, once=once) as record:
        record.say(member=member, reminder=name, version=paper.version, letters=letters.remind(paper, member, now))


def draft_position(actor: Actor, number: int, say: Say, text: str, now: datetime) -> None:
    """Keep a position that a member considers, for its own people alone."""
    if require(actor, Act.COMMENT) is not Party.MEMBER:
        raise PermissionDenied
    paper = find(actor, number)
    kept = plain_text(text).strip()[:LONGEST_WORDS]
    with change(Event.POSITION_DRAFTED, actor=actor.reference, subject=paper.reference, now=now) as record:
        PositionDraft.objects.update_or_create(
            paper=paper,
            member=actor.member,
            defaults={"say": say.value, "text": kept, "by_id": actor.id, "at": now},
        )
        record.say(member=actor.member)


def share(actor: Actor, number: int, partner: str, now: datetime) -> None:
    """Show a circulated paper's text to a partner."""
    require_secretariat(actor)
    paper = find(actor, number)
    if paper.circulated_at is None:
        raise ForumError(_("A draft is shown to nobody. Circulate it first."))
    if partner not in {one.id for one in keeper().answers().bundle.region.partners}:
        raise ForumError(_("Choose one of the partners."))
    with change(Event.PAPER_SHARED, actor=actor.reference, subject=paper.reference, now=now) as record:
        Share.objects.get_or_create(paper=paper, partner=partner, defaults={"by": actor.reference, "at": now})
        record.say(partner=partner)


# --- shared by the services ---------------------------------------------------------------------------------------------------


def completed(command: Command, party: Party, actor: Actor, now: datetime) -> Command:
    """A command with what nobody is asked for: the side, the own member, the members of the day."""
    region = keeper().answers().bundle.region
    there = tuple(sorted(one.id for one in region.members_at(AsOf(day_of(now)))))
    member = actor.member if party is Party.MEMBER else command.member
    text = plain_text(command.text).strip()
    if len(text) > LONGEST_WORDS:
        raise ForumError(_("At most %(most)d characters, please.") % {"most": LONGEST_WORDS})
    return Command(command.act, party, member, command.say, text, command.mode, there)


def publish(paper: Paper, reference: str, now: datetime) -> Matter:
    """Publish a decided paper; part of the change of whoever approves."""
    return _done(paper, Command(Act.PUBLISH, Party.SECRETARIAT), reference, now)


def _done(paper: Paper, command: Command, reference: str, now: datetime) -> Matter:
    before, rules = paper.matter(), procedure_of(paper.body)
    if advance(before, rules, now) != before:
        raise StateError(_("The deadline has passed in this moment. Look at the paper again."))
    after = apply(before, command, rules, now)
    if command.act is Act.CIRCULATE:
        version = paper.current()
        assert version is not None, "a paper has a text from its beginning"
        version.eligible, version.circulated_at = [one.member for one in after.positions], now
        version.save()
        paper.circulated_at = now
    _append_positions(paper, before, after, reference, now)
    if command.act is Act.SAY:
        PositionDraft.objects.filter(paper=paper, member=command.member).delete()
    if command.act is Act.OPEN:
        paper.opened_at = now
    if command.act is Act.DECIDE:
        paper.decided_at = now
    if command.act is Act.PUBLISH:
        paper.published_at = now
    _keep(paper, after, now)
    return after


def _append_positions(paper: Paper, before: Matter, after: Matter, reference: str, at: datetime) -> None:
    if after.version != before.version:
        return
    MemberPosition.objects.bulk_create(
        MemberPosition(
            paper=paper, version=after.version, member=one.member, say=one.say.value, text=one.text, by=reference, at=at
        )
        for one in after.positions
        if before.of(one.member) not in (None, one)
    )


def _keep(paper: Paper, after: Matter, now: datetime) -> None:
    paper.stage, paper.version = after.stage.value, after.version
    paper.mode, paper.due_at = after.mode.value if after.mode else "", after.due
    paper.out, paper.extensions, paper.time_requests = sorted(after.out), after.extensions, after.time_requests
    _touch(paper, now)


def _touch(paper: Paper, now: datetime) -> None:
    paper.changed_at, paper.revision = now, paper.revision + 1
    paper.save()


def _locked(number: int, revision: int) -> Paper:
    paper = Paper.objects.select_for_update(of=("self",)).select_related("body", "formula").get(pk=number)
    if revision and paper.revision != revision:
        raise StateError(_("Somebody changed the paper since you looked at it. Look again, then decide."))
    return paper


def _describe(paper: Paper, draft: Draft, title: str) -> None:
    paper.title, paper.verb, paper.meeting = title, draft.verb.value, draft.meeting
    if {draft.instrument, draft.lets_outside} - {"", *(one.id for one in agreements.held())}:
        raise ForumError(_("Choose one of the region's agreements."))
    paper.instrument, paper.lets_outside, paper.formula = draft.instrument, draft.lets_outside, draft.formula
    if draft.lets_outside and not agreements.lets_outside(draft.lets_outside):
        raise ForumError(
            _("Nobody has read in %(agreement)s that members may stay outside.") % _named(draft.lets_outside)
        )
    if draft.lets_outside and draft.instrument:
        raise ForumError(_("That members may stay outside is decided first, by a paper of its own and by everybody."))
    if draft.formula is not None and not allows(draft.formula, paper.body_id, draft.instrument):
        raise ForumError(
            _("“%(title)s” is no decision of this body, by everybody, that members may stay outside that agreement.")
            % {"title": draft.formula.title}
        )


def _named(agreement: str) -> dict[str, str]:
    return {"agreement": agreements.title_of(agreement)}


def _check_commitments(held: Sequence[Commitment]) -> None:
    bundle = keeper().answers().bundle
    members = {one.id for one in bundle.region.members}
    actions = {one.id for one in bundle.plans.all_actions}
    outcomes = {one.id for one in bundle.plans.all_outcomes}
    if len(held) > MOST_COMMITMENTS:
        raise ForumError(_("A paper holds at most %(most)d commitments.") % {"most": MOST_COMMITMENTS})
    for number, one in enumerate(held, start=1):
        line(one.text, _("commitment %(number)d") % {"number": number})
        if one.owner and one.owner not in members:
            raise ForumError(_("Commitment %(number)d: choose one of the members.") % {"number": number})
        if one.action and one.action not in actions:
            raise ForumError(_("Commitment %(number)d: choose one of the actions.") % {"number": number})
        if one.outcome and (one.action or one.outcome not in outcomes):
            raise ForumError(
                _(
                    "Commitment %(number)d: choose the action that it serves, or the outcome under which it is a new one."
                )
                % {"number": number}
            )


def _tell(record: Record, paper: Paper, command: Command, actor: Actor) -> None:
    """What the event holds: never where a member stands in the clear."""
    record.say(body=paper.body.short_name, version=paper.version)
    if command.act in {Act.SAY, Act.OPT_OUT}:
        record.say(member=actor.member, position=record.digest(f"{command.say.value}\n{command.text.strip()}"))
        if command.act is Act.OPT_OUT and paper.formula is not None:
            record.say(agreement=paper.instrument, by_decision=paper.formula.reference)
    elif command.act is Act.NOTE_ABSENCE:
        record.say(member=command.member)
    elif command.act is Act.DECIDE:
        record.say(verb=paper.verb)


def line(text: str, name: str) -> str:
    """One line of text that a form must have.

    Raises:
        ForumError: if it is missing or too long.
    """
    kept = " ".join(plain_text(text).split())
    if not kept or len(kept) > 200:
        raise ForumError(_("The %(name)s is missing, or longer than 200 characters.") % {"name": name})
    return kept


def words(text: str, name: str) -> str:
    """Some text that a form must have.

    Raises:
        ForumError: if it is missing or too long.
    """
    kept = plain_text(text).strip()
    if not kept or len(kept) > LONGEST_WORDS:
        raise ForumError(
            _("The %(name)s is missing, or longer than %(most)d characters.") % {"name": name, "most": LONGEST_WORDS}
        )
    return kept
