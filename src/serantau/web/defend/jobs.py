"""What the store does by itself: forgetting old statuses, and checking what was sent against the whole standard."""

from __future__ import annotations

import time
from datetime import datetime

import orjson

from serantau.defend.validation import findings
from serantau.web.defend.models import Status, StoredObject
from serantau.web.defend.services import tidying
from serantau.web.jobs import job
from serantau.web.jobs.registry import Arguments

HOUR = 3600
EVERY_SECONDS = 60
MOST_AT_ONCE = 1500
"""Objects checked in one run: OASIS' validator does some hundred a second."""

MOST_SECONDS = 30.0
"""After which no other envelope is begun. Jobs run one after the other: whoever sends what is slow to check must not keep
alerts waiting."""

MOST_OF_ONE = 60.0
"""Seconds for one envelope; what is not checked by then is said to be so."""

UNCHECKED = "This and what follows was not checked: the envelope takes too long."

MOST_TOLD = 500
"""Findings kept of one envelope."""


@job("defend.forget", every=HOUR)
def forget(args: Arguments, now: datetime) -> None:
    """Delete statuses that are older than seven days."""
    tidying.forget_statuses(now)


@job("defend.validate", every=EVERY_SECONDS)
def validate(args: Arguments, now: datetime) -> None:
    """Check what was stored lately by OASIS' validator, and append what it finds to the statuses."""
    left, begun = MOST_AT_ONCE, time.monotonic()
    for status in Status.objects.filter(findings__isnull=True).order_by("at").select_related("account__machine")[:200]:
        if left <= 0 or time.monotonic() - begun > MOST_SECONDS:
            break
        held = StoredObject.objects.filter(
            seq__gte=status.first_seq, seq__lte=status.last_seq, member=status.account.machine.member
        )
        told: list[dict[str, object]] = []
        since = time.monotonic()
        for name, body in held.values_list("stix_id", "body").order_by("seq"):
            left -= 1
            if time.monotonic() - since > MOST_OF_ONE:
                told = [*told[: MOST_TOLD - 1], {"id": name, "error": False, "text": UNCHECKED}]
                break
            told += [{"id": name, "error": one.error, "text": one.text} for one in findings(orjson.loads(bytes(body)))]
        tidying.note_findings(status, told[:MOST_TOLD], now)
