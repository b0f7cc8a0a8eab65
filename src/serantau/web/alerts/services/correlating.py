"""Correlation: from the store, in steps, each of which is saved whole or not at all.

How far it came is saved with what came of it, so a step that is killed was never made, and the next one makes it.
"""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from serantau.defend.alerts import DEFAULT, Rule
from serantau.defend.errors import DefendError
from serantau.defend.model import Contribution, Tlp, Word
from serantau.ledger import Event
from serantau.web.alerts import lists, seam
from serantau.web.alerts.models import Alert, Bucket, Evidence, Key, Progress
from serantau.web.alerts.services.working import REACH, Done, Terms, added_again, judged, work
from serantau.web.ledger.changes import change
from serantau.web.workflows.events import emit

STORE = "store"
LISTS = "lists"
REBUILD = "rebuild"
JUDGED = "judged"
READING, JUDGING = 1, 2
"""Stages of a rebuild; 0 is none."""

KEYS = 1_000
"""Keys judged in one step of a rebuild."""

BATCH = 500
"""Stored objects a step. A step holds the database's write lock for some tenths of a second, and posting waits for it."""

CHANGED = "alerts changed"
"""The event that tells other rooms; whoever is told reads :func:`serantau.web.alerts.store.to_tell`."""


class _Overtaken(Exception):  # noqa: N818 - no error: another process made this step
    """Another process made this step meanwhile."""


@dataclass(frozen=True)
class Run:
    """What a run did."""

    read: int = 0
    steps: int = 0
    raised: int = 0
    changed: int = 0
    issued: int = 0

    def plus(self, read: int, done: Done) -> Run:
        """With one step more."""
        return Run(
            self.read + read,
            self.steps + (read > 0),
            self.raised + done.raised,
            self.changed + done.changed,
            self.issued + done.issued,
        )


def rule() -> Rule:
    """The rule that holds here."""
    return DEFAULT


def terms(now: datetime) -> Terms:
    """What a step is made with."""
    secret = salted_hmac("serantau.alerts.identifier", "", algorithm="sha256").digest()
    return Terms(rule(), lists.compiled(), secret, now)


def run(now: datetime, most: int = 100, seconds: float = math.inf) -> Run:
    """Work in whatever is new, in steps.

    Args:
        now: The time.
        most: Steps at most; what is left is for the next run.
        seconds: No further step is begun after so long.
    """
    total, begun = Run(), time.monotonic()
    if not reached(REBUILD):
        recheck(now)
    for _ in range(most):
        stage = reached(REBUILD)
        if stage == JUDGING:
            count, done, over = *_judge_some(now), False
        else:
            count, done = step(now, judging=not stage)
            over = count < BATCH
            if over and stage == READING:
                _turn(JUDGING, now)
                over = False
        total = total.plus(count, done)
        if over or time.monotonic() - begun > seconds:
            break
        if stage == JUDGING and not count:
            _turn(0, now)
    return total


def step(now: datetime, limit: int = BATCH, *, judging: bool = True) -> tuple[int, Done]:
    """One step.

    Args:
        now: The time.
        limit: Stored objects at most.
        judging: Whether to see at once what follows; not while half of the store is added up.

    Returns:
        How many stored objects were read, and what came of them.
    """
    begun = reached(STORE)
    batch = seam.said_after(begun, limit)
    if not batch.read:
        return 0, Done()
    with_ = terms(now)
    try:
        with change(Event.ALERTS_CORRELATED, actor="system", subject=f"store {batch.last}", now=now) as record:
            _go_on(STORE, begun, batch.last, now)
            done = work(batch.said, with_, judging=judging)
            _tell(done, now, f"store {batch.last}")
            record.say(
                read=batch.read, evidence=done.evidence, raised=done.raised, changed=done.changed, issued=done.issued
            )
    except _Overtaken:
        return batch.read, Done()
    return batch.read, done


def recheck(now: datetime) -> int:
    """Look at the alerts of the last windows again, if the warning lists are others than last time.

    Returns:
        How many changed.
    """
    number = int.from_bytes(_digest_of(lists.standing()), "big")
    begun = reached(LISTS)
    if number == begun:
        return 0
    with_ = terms(now)
    try:
        with change(Event.ALERTS_CORRELATED, actor="system", subject="warning lists", now=now) as record:
            _go_on(LISTS, begun, number, now)
            since = now - (REACH + 1) * with_.rule.window
            spots = set(Alert.objects.filter(starts__gte=since).values_list("key_id", "cell"))
            done = Done()
            judged(spots, with_, done)
            _tell(done, now, f"lists {number} {now.isoformat()}")
            record.say(looked_at=len(spots), changed=done.changed, issued=done.issued)
    except _Overtaken:
        return 0
    return done.changed


def rebuild(now: datetime) -> Run:
    """Forget what was added up and read the store from its beginning. Alerts keep their identifiers and what was told.

    It goes on where it was, if it is killed: the next run does the rest, and until then no alert changes.

    Returns:
        What the run after it did.
    """
    with change(Event.ALERTS_REBUILT, actor="system", subject="store", now=now) as record:
        for name, number in ((STORE, 0), (REBUILD, READING), (JUDGED, 0)):
            Progress.objects.update_or_create(name=name, defaults={"number": number, "at": now})
        Bucket.objects.all().delete()
        # What duty contacts said of alerts is in no store.
        kept = set(Evidence.objects.filter(number=0).values_list("key_id", "member"))
        Evidence.objects.exclude(number=0).delete()
        added_again(kept, rule(), Done())
        record.say(kept=len(kept))
    return run(now, most=1_000_000)


def _turn(stage: int, now: datetime) -> None:
    with change(Event.ALERTS_REBUILT, actor="system", subject=f"stage {stage}", now=now):
        Progress.objects.filter(name=REBUILD).update(number=stage, at=now)


def _judge_some(now: datetime) -> tuple[int, Done]:
    """See what follows for some keys, in the order of their numbers."""
    begun = reached(JUDGED)
    keys = list(Key.objects.filter(pk__gt=begun).order_by("pk").values_list("pk", flat=True)[:KEYS])
    if not keys:
        return 0, Done()
    with_ = terms(now)
    done = Done()
    with change(Event.ALERTS_CORRELATED, actor="system", subject=f"keys {keys[-1]}", now=now) as record:
        _go_on(JUDGED, begun, keys[-1], now)
        spots = set(Bucket.objects.filter(key__gte=keys[0], key__lte=keys[-1]).values_list("key_id", "cell"))
        spots |= set(Alert.objects.filter(key__gte=keys[0], key__lte=keys[-1]).values_list("key_id", "cell"))
        judged(spots, with_, done)
        _tell(done, now, f"keys {keys[-1]} {now.isoformat()}")
        record.say(keys=len(keys), raised=done.raised, changed=done.changed, issued=done.issued)
    return len(keys), done


def doubt(stix_id: str, member: str, now: datetime) -> bool:
    """A member's duty contact calls an alert a false positive.

    It counts like a word under the alert's own label: whoever reads the alert may learn how many said so.

    Args:
        stix_id: The alert.
        member: Code of the member.
        now: The time.

    Returns:
        Whether it changed anything.

    Raises:
        DefendError: if there is no such alert.
    """
    row = Alert.objects.select_related("key").filter(stix_id=stix_id).first()
    if row is None or not member:
        raise DefendError("There is no such alert, or nobody who says it.")
    window = rule().window
    # Said of the window that the alert belongs to, also where it is answered later.
    when = min(now, row.starts + 2 * window - window / 1000)
    word = Contribution(0, row.key.observable, member, Word.FALSE_POSITIVE, when, when, None, Tlp(row.level), None)
    name = f"false-positive--{row.stix_id}"
    if Evidence.objects.filter(object=name, member=member).exists():
        return False
    with_ = terms(now)
    with change(Event.ALERT_DOUBTED, actor="system", subject=row.reference, now=now) as record:
        done = work([seam.Said(0, name, member, (word,))], with_)
        _tell(done, now, f"{row.reference} doubted by {member}")
        record.say(member=member)
    return True


def told(alerts: dict[int, int], now: datetime) -> None:
    """Note which revisions of alerts were told to duty contacts."""
    if not alerts:
        return
    with change(Event.ALERTS_TOLD, actor="system", subject="alerts", now=now) as record:
        for number, revision in alerts.items():
            Alert.objects.filter(pk=number, told__lt=revision).update(told=revision)
        record.say(alerts=len(alerts))


def reached(name: str) -> int:
    """How far the work has come."""
    return Progress.objects.filter(name=name).values_list("number", flat=True).first() or 0


def _go_on(name: str, before: int, after: int, now: datetime) -> None:
    """Take the step, unless somebody else did."""
    row = Progress.objects.select_for_update().filter(name=name).first()
    if (row.number if row else 0) != before:
        raise _Overtaken
    if row is None:
        Progress.objects.create(name=name, number=after, at=now)
    else:
        row.number, row.at = after, now
        row.save()


def _tell(done: Done, now: datetime, subject: str) -> None:
    if done.fresh:
        emit(CHANGED, subject, now)


def _digest_of(standing: lists.Standing) -> bytes:
    # Sixty bits, so that it fits where numbers of the store stand; nothing loaded is 0, as nothing was at the beginning.
    return bytes(1) + hashlib.sha256(repr(standing).encode()).digest()[:7] if standing else bytes(1)
