"""Everything that happens to a request for coordination: asked of the engine, written, and recorded as one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.review.kinds import plain_text
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import (
    STEPS,
    Act,
    Case,
    Command,
    Party,
    Reply,
    Stage,
    Standing,
    Terms,
    advance,
    answer,
    apply,
)
from serantau.web.accounts.policy import Actor
from serantau.web.jobs.port import defer
from serantau.web.ledger.changes import Record, change
from serantau.web.spectrum import letters
from serantau.web.spectrum.models import Coordination, Station
from serantau.web.spectrum.rules import StateError, find, party_of, require_work

if TYPE_CHECKING:
    from serantau.spectrum.coordination import Finding, Transmitter

MOST_RECORDS = 2_000
MOST_POINTS = 2_000
MOST_PATHS = 2_000_000
"""Paths of one run on the site: about two minutes; the command line has no such bound."""
MOST_BORDER_BYTES = 2 * 1024 * 1024

EVENTS = {
    Act.ACKNOWLEDGE: Event.COORDINATION_ACKNOWLEDGED,
    Act.SUBMIT: Event.COORDINATION_SENT,
    Act.APPROVE: Event.COORDINATION_ANSWERED,
    Act.REJECT: Event.COORDINATION_ANSWERED,
    Act.REGISTER: Event.COORDINATION_REGISTERED,
    Act.WITHDRAW: Event.COORDINATION_WITHDRAWN,
}


@dataclass(frozen=True)
class Wish:
    """A request as a form describes it, all but its records.

    Attributes:
        title: What it is about.
        neighbour: Code of the other member.
        border: The line, GeoJSON.
        side: ``left`` or ``right``.
        spacing_km: Distance of the points along it.
        delta_n: Lapse-rate of refractivity.
        n0: Sea-level refractivity.
        origin: Where these two come from, in words.
        ground: ``land``, ``sea`` or ``tiles``.
        limits: Ids of limits.
        own_limit: A limit stated by the sender.
        terms: When answers are due.
    """

    title: str
    neighbour: str
    border: bytes
    side: str
    spacing_km: float
    delta_n: float
    n0: float
    origin: str
    ground: str
    limits: tuple[str, ...]
    own_limit: dict[str, float] | None
    terms: Terms


def begin(
    actor: Actor, wish: Wish, batch: Sequence[Transmitter], now: datetime, once: str | None = None
) -> Coordination:
    """Begin a request with its records; nobody but the own member sees it.

    Args:
        actor: Who begins it.
        wish: What the form says.
        batch: The records.
        now: The time.
        once: Under one key a request is begun once, however often a button is pressed.

    Raises:
        PermissionDenied: if the actor does not work on coordination for a member.
        SpectrumError: if something of it cannot be used; nothing is kept.
    """
    require_work(actor)
    _check(wish, batch)
    with change(Event.COORDINATION_BEGUN, actor=actor.reference, now=now, once=once) as record:
        held = Coordination(member=actor.member, made_by=actor.reference, made_at=now, changed_at=now)
        _describe(held, wish)
        held.save()
        _put(held, batch)
        record.about(held.reference)
        record.say(member=actor.member, neighbour=wish.neighbour, records=len(batch))
    return held


def replace_batch(actor: Actor, number: int, batch: Sequence[Transmitter], revision: int, now: datetime) -> None:
    """Put other records into a draft; what was computed is void."""
    with change(Event.COORDINATION_EDITED, actor=actor.reference, now=now) as record:
        held = _locked(actor, number, revision)
        _require(actor, held, Act.EDIT)
        apply(held.case(), Command(Act.EDIT, Party.SENDER), held.terms(), now)
        _check_size(batch, held.border.encode(), held.side, held.spacing_km, _places(held.limits, held.own_limit))
        held.stations.all().delete()
        _put(held, batch)
        _forget_run(held)
        _touch(held, now)
        record.about(held.reference)
        record.say(records=len(batch))


def copy(actor: Actor, number: int, wish: Wish, now: datetime, once: str | None = None) -> Coordination:
    """Begin a request to another neighbour with the same records."""
    held = find(actor, number)
    if party_of(actor, held) is not Party.SENDER:
        raise PermissionDenied
    return begin(actor, wish, held.batch(), now, once)


def ask_run(actor: Actor, number: int, revision: int, now: datetime) -> None:
    """Have the field strengths of a draft computed in the background."""
    with change(Event.COORDINATION_RUN_ASKED, actor=actor.reference, now=now) as record:
        held = _locked(actor, number, revision)
        _require(actor, held, Act.EDIT)
        apply(held.case(), Command(Act.EDIT, Party.SENDER), held.terms(), now)
        _forget_run(held)
        held.run, held.asked_at = held.run + 1, now
        _touch(held, now)
        record.about(held.reference)
        record.say(run=held.run)
        args = {"coordination": held.pk, "run": held.run}
        defer("spectrum.compute", args, run_at=now, key=f"{held.reference} run {held.run}")


def finish_run(
    number: int, run: int, findings: Sequence[Finding], said: Sequence[str], edition: str, now: datetime
) -> bool:
    """Keep what a run found; whether it was still wanted."""
    from serantau.spectrum.coordination import worst_margins

    if not Coordination.objects.filter(pk=number, run=run, computed_at=None, stage=Stage.DRAFT.value).exists():
        return False
    with change(Event.COORDINATION_COMPUTED, actor="system", now=now) as record:
        held = Coordination.objects.select_for_update().get(pk=number)
        record.about(held.reference)
        if held.run != run or held.at is not Stage.DRAFT:
            record.say(run=run, taken=False)
            return False
        worst = worst_margins(findings)
        held.stations.update(margin_db=None, limit="")
        over = [one for one in held.stations.all() if one.name in worst]
        for one in over:
            one.margin_db, one.limit = worst[one.name].margin_db, worst[one.name].limit
        Station.objects.bulk_update(over, ["margin_db", "limit"], batch_size=200)
        held.findings, held.said = msgspec.to_builtins(list(findings)), list(said)
        held.computed_at, held.asked_at, held.edition, held.run_error = now, None, edition, ""
        _touch(held, now)
        record.say(run=run, over=len(over), taken=True)
    return True


def fail_run(number: int, run: int, why: str, now: datetime) -> None:
    """Note why a run cannot be done."""
    with change(Event.COORDINATION_RUN_FAILED, actor="system", now=now) as record:
        held = Coordination.objects.select_for_update().get(pk=number)
        record.about(held.reference)
        record.say(run=run)
        if held.run == run:
            held.asked_at, held.run_error = None, why[:2000]
            _touch(held, now)


def act(actor: Actor, number: int, command: Command, revision: int, now: datetime) -> Case:
    """Do one thing with a request; the engine decides whether it may be done.

    Args:
        actor: Who acts.
        number: The request.
        command: What to do; the side is filled in here, it follows from who acts.
        revision: The revision that was looked at.
        now: The time.

    Raises:
        PermissionDenied: if it is for the other side.
        SpectrumError: if a rule of the procedure stands against it.
        StateError: if the request changed meanwhile.
    """
    find(actor, number)
    revision = _settled(number, revision, now)
    with change(EVENTS[command.act], actor=actor.reference, now=now) as record:
        held = _locked(actor, number, revision)
        party = _require(actor, held, command.act)
        if command.act is Act.SUBMIT and held.computed_at is None:
            raise SpectrumError(_("Compute the field strengths first, so that the other side can see them."))
        before = held.case()
        wanted = Command(command.act, party, command.ids, plain_text(command.reason))
        after = apply(before, wanted, held.terms(), now)
        _keep(held, before, after, now)
        record.about(held.reference)
        _tell(record, held, before, after)
        if before.sent or after.sent:
            letters.tell(held, party, command.act, now)
    return after


def answer_many(actor: Actor, number: int, replies: Sequence[Reply], revision: int, now: datetime) -> Case:
    """Answer many records at once, all of them or none."""
    find(actor, number)
    revision = _settled(number, revision, now)
    with change(Event.COORDINATION_ANSWERED, actor=actor.reference, now=now) as record:
        held = _locked(actor, number, revision)
        party = _require(actor, held, Act.APPROVE)
        before = held.case()
        plain = [Reply(one.id, one.approve, plain_text(one.reason)) for one in replies]
        after = answer(before, plain, held.terms(), now)
        _keep(held, before, after, now)
        record.about(held.reference)
        _tell(record, held, before, after)
        letters.tell(held, party, Act.APPROVE, now)
    return after


def close_due(number: int, now: datetime) -> bool:
    """See to a deadline that has passed, as of the deadline; whether it changed anything.

    Called by the job that looks for them, and before every command: neither needs the other to have run.
    """
    due = Coordination.objects.filter(
        pk=number,
        due_at__lt=now,
        silence=Silence.APPROVES.value,
        stage__in=[Stage.SUBMITTED.value, Stage.ACKNOWLEDGED.value],
    )
    if not due.exists():
        return False
    with change(Event.COORDINATION_PASSED, actor="system", now=now) as record:
        held = Coordination.objects.select_for_update().get(pk=number)
        before = held.case()
        after = advance(before, held.terms(), now)
        _keep(held, before, after, now)
        record.about(held.reference)
        _tell(record, held, before, after)
        letters.tell_both(held, now)
    return True


def remind(number: int, name: str, now: datetime) -> None:
    """Remind the neighbour that answers are due."""
    once = f"coordination {number} reminder {name}"
    with change(Event.COORDINATION_REMINDED, actor="system", now=now, once=once) as record:
        held = Coordination.objects.select_for_update().get(pk=number)
        held.reminded = [*held.reminded, name]
        held.save(update_fields=["reminded"])
        record.about(held.reference)
        record.say(reminder=name, letters=letters.remind(held, name, now))


# --- shared ------------------------------------------------------------------------------------------------------------------


def _settled(number: int, revision: int, now: datetime) -> int:
    """See to the deadline; the revision that whoever looked at the request has seen: a page shows it as of then."""
    return revision + 1 if close_due(number, now) and revision else revision


def _locked(actor: Actor, number: int, revision: int) -> Coordination:
    find(actor, number)
    held = Coordination.objects.select_for_update().get(pk=number)
    if revision and held.revision != revision:
        raise StateError(_("Somebody changed the request since you looked at it. Look again, then decide."))
    return held


def _require(actor: Actor, held: Coordination, act: Act) -> Party:
    party = party_of(actor, held)
    if party is None or STEPS[act].by is not party:
        raise PermissionDenied
    return party


def _check(wish: Wish, batch: Sequence[Transmitter]) -> None:
    title = plain_text(wish.title).strip()
    if not title or len(title) > 200:
        raise SpectrumError(_("The title is missing, or longer than 200 characters."))
    if len(wish.border) > MOST_BORDER_BYTES:
        raise SpectrumError(_("The border is larger than %(most)d MB.") % {"most": MOST_BORDER_BYTES // 1024**2})
    _check_size(batch, wish.border, wish.side, wish.spacing_km, _places(wish.limits, wish.own_limit))


def _places(limits: Sequence[str], own: dict[str, Any] | None) -> int:
    """How many sets of paths a record has at most: one for each limit."""
    return max(len(limits) + (own is not None), 1)


def _check_size(batch: Sequence[Transmitter], border: bytes, side: str, spacing: float, places: int) -> None:
    from serantau.spectrum.coordination import read_border

    if len(batch) > MOST_RECORDS:
        words = _("The table has %(count)d records; a request on the site takes %(most)d at most. Split it.")
        raise SpectrumError(words % {"count": len(batch), "most": MOST_RECORDS})
    points = len(read_border(border, spacing, side).latitude)  # type: ignore[arg-type] # checked by the form
    if points > MOST_POINTS:
        words = _("At this spacing the border has %(count)d points; %(most)d are the most here. Use a wider spacing.")
        raise SpectrumError(words % {"count": points, "most": MOST_POINTS})
    if points * len(batch) * places > MOST_PATHS:
        words = _(
            "%(records)d records, %(points)d points and %(places)d limits are more paths than the site computes at once. "
            "Use a wider spacing or fewer limits, or the command line."
        )
        raise SpectrumError(words % {"records": len(batch), "points": points, "places": places})


def _describe(held: Coordination, wish: Wish) -> None:
    held.title, held.neighbour = plain_text(wish.title).strip(), wish.neighbour
    held.border, held.side, held.spacing_km = wish.border.decode(), wish.side, wish.spacing_km
    held.delta_n, held.n0, held.origin, held.ground = wish.delta_n, wish.n0, wish.origin[:200], wish.ground
    held.limits, held.own_limit = list(wish.limits), wish.own_limit
    held.weeks, held.silence = wish.terms.weeks, wish.terms.silence.value
    held.reminders, held.agreement = list(wish.terms.reminders), wish.terms.agreement


def _put(held: Coordination, batch: Sequence[Transmitter]) -> None:
    rows = [
        Station(coordination=held, position=position, name=one.id, raw=msgspec.to_builtins(one))
        for position, one in enumerate(batch, start=1)
    ]
    Station.objects.bulk_create(rows, batch_size=500)


def _forget_run(held: Coordination) -> None:
    held.asked_at = held.computed_at = held.findings = None
    held.run_error, held.said, held.edition = "", [], ""
    held.stations.update(margin_db=None, limit="")


def _keep(held: Coordination, before: Case, after: Case, now: datetime) -> None:
    """Write what differs: one query for each way in which records changed."""
    changed: dict[tuple[Standing, str, bool], list[str]] = {}
    for old, new in zip(before.entries, after.entries, strict=True):
        if old != new:
            changed.setdefault((new.standing, new.reason, new.silent), []).append(new.id)
    for (standing, reason, silent), names in changed.items():
        values: dict[str, Any] = {"standing": standing.value, "reason": reason, "silent": silent}
        if standing in {Standing.APPROVED, Standing.REJECTED}:
            values["answered_at"] = before.due if silent else now
        elif standing is Standing.REGISTERED:
            values["registered_at"] = now
        held.stations.filter(name__in=names).update(**values)
    held.stage, held.sent_at, held.due_at = after.stage.value, after.sent, after.due
    _touch(held, now)


def _touch(held: Coordination, now: datetime) -> None:
    held.changed_at, held.revision = now, held.revision + 1
    held.save()


def _tell(record: Record, held: Coordination, before: Case, after: Case) -> None:
    """What the event holds: numbers, and which stage it led to."""
    moved = {
        one.value: after.count(one) - before.count(one) for one in Standing if after.count(one) > before.count(one)
    }
    record.say(member=held.member, neighbour=held.neighbour, stage=after.stage.value, **moved)


__all__ = [
    "MOST_RECORDS",
    "Wish",
    "act",
    "answer_many",
    "ask_run",
    "begin",
    "close_due",
    "copy",
    "fail_run",
    "finish_run",
    "remind",
    "replace_batch",
]
