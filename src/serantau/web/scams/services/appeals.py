"""Appeals: taken for any number in the same words, proposed by one officer and decided by a second."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from serantau.defend.model import ObservableKey
from serantau.defend.scams import APPEAL_DAYS, RULES, Stage, State, Step, Thing, silent_until, standing
from serantau.defend.scams.appeals import DECIDED, ONCE_IN, follow
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.ledger.changes import change
from serantau.web.scams.digests import code_digest, new_code
from serantau.web.scams.models import Answered, Appeal, Key, Report, tip_of
from serantau.web.scams.rules import StateError, find_appeal
from serantau.web.scams.services.reporting import PUBLIC, hold, tell
from serantau.web.scams.wishes import LONGEST_TEXT, GivenError
from serantau.web.site.problems import NotHereError

OLDEST = timedelta(days=APPEAL_DAYS)


def receive(
    thing: ObservableKey, member: str, reason: str, contact: str, now: datetime, *, once: str | None = None
) -> str:
    """Take an appeal, for whatever number it is, and silence the number meanwhile if the rule says so.

    Returns:
        The receipt code.
    """
    code = new_code()
    with change(Event.SCAM_APPEAL_RECEIVED, actor=PUBLIC, now=now, once=once) as record:
        key = Key.objects.select_for_update().get(pk=hold(thing, now).pk)
        appeal = Appeal.objects.create(
            code=code_digest(code),
            key=key,
            member=member,
            value=thing.value,
            reason=reason,
            contact=contact,
            received_at=now,
            delete_at=now + 2 * OLDEST,
        )
        _silence(key, now, appeal)
        record.about(appeal.reference)
        record.say(member=member)
    return code


def find(code: str) -> Appeal:
    """The appeal of a receipt code.

    Raises:
        NotHereError: if there is none.
    """
    held = Appeal.objects.filter(code=code_digest(code)).first()
    if held is None:
        raise NotHereError(_("There is no appeal with this code."))
    return held


def step(actor: Actor, number: int, wish: Step, words: str, revision: int, now: datetime) -> Appeal:
    """Do something with an appeal.

    Raises:
        NotHereError: if it is not theirs.
        AppealError: if it is not in a state for that, or whoever proposed would decide.
        StateError: if it changed meanwhile.
        GivenError: if a proposal has no words.
    """
    find_appeal(actor, number)
    proposes = wish in {Step.PROPOSE_UPHOLDING, Step.PROPOSE_DISMISSING}
    said = words.strip()[:LONGEST_TEXT]
    if proposes and not said:
        raise GivenError({"words": _("Say why: whoever appealed reads it once a second officer has confirmed.")})
    with change(_event(wish), actor=actor.reference, now=now) as record:
        appeal = Appeal.objects.select_for_update().get(pk=number)
        if revision and appeal.revision != revision:
            raise StateError(_("Somebody changed the appeal since you looked at it. Look again, then decide."))
        after = follow(appeal.at, wish, appeal.proposed_by, actor.reference)
        if proposes:
            appeal.proposed_by, appeal.words = actor.reference, said
        if after is Stage.OPEN:
            appeal.proposed_by = appeal.words = ""
        if after in DECIDED:
            _decide(appeal, after, actor.reference, now)
        appeal.stage = after.value
        appeal.revision += 1
        appeal.save()
        record.about(appeal.reference)
        record.say(member=appeal.member, stage=after.value)
    return appeal


def _event(wish: Step) -> Event:
    return {
        Step.CONFIRM: Event.SCAM_APPEAL_DECIDED,
        Step.SEND_BACK: Event.SCAM_APPEAL_RETURNED,
    }.get(wish, Event.SCAM_APPEAL_PROPOSED)


def _decide(appeal: Appeal, after: Stage, by: str, now: datetime) -> None:
    """End an appeal: what was reported before counts no more, or is answered for again."""
    appeal.decided_by, appeal.decided_at, appeal.delete_at = by, now, now + OLDEST
    key = Key.objects.select_for_update().get(pk=appeal.key_id)
    if after is Stage.UPHELD:
        key.cleared_at = now
        Answered.objects.filter(key=key).delete()
    key.silent_until, key.changed_at = None, now
    key.save()
    if after is Stage.UPHELD:
        for report in Report.objects.filter(state=State.ACCEPTED.value, things__key=key):
            tell(report, now)


def _silence(key: Key, now: datetime, appeal: Appeal) -> None:
    """Silence a number while its appeal is looked at, if the rule says so.

    One that waits already, with whichever member, had its two weeks: else appealing again and again would silence for good.
    """
    waiting = Appeal.objects.filter(key=key, decided_at=None, received_at__gt=now - ONCE_IN).exclude(pk=appeal.pk)
    if waiting.exists():
        return
    dismissed = Appeal.objects.filter(key=key, stage=Stage.DISMISSED.value, decided_at__isnull=False)
    reports = Report.objects.filter(state=State.ACCEPTED.value, things__key=key)
    found = standing([tip_of(one) for one in reports], RULES[Thing(key.thing)], now, key.cleared_at)
    until = silent_until(
        now, strong=found is not None and found.strong, dismissed=dismissed.values_list("decided_at", flat=True)
    )
    if until is not None:
        key.silent_until = max(until, key.silent_until or until)
        key.changed_at = now
        key.save()
        Answered.objects.filter(key=key).delete()
