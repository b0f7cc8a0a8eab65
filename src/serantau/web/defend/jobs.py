"""What the store does by itself: forgetting old statuses, and checking what was sent against the whole standard."""

from __future__ import annotations

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

MOST_TOLD = 500
"""Findings kept of one envelope."""


@job("defend.forget", every=HOUR)
def forget(args: Arguments, now: datetime) -> None:
    """Delete statuses that are older than seven days."""
    tidying.forget_statuses(now)


@job("defend.validate", every=EVERY_SECONDS)
def validate(args: Arguments, now: datetime) -> None:
    """Check what was stored lately by OASIS' validator, and append what it finds to the statuses."""
    left = MOST_AT_ONCE
    for status in Status.objects.filter(findings__isnull=True).order_by("at").select_related("account__machine")[:200]:
        if left <= 0:
            break
        held = StoredObject.objects.filter(
            seq__gte=status.first_seq, seq__lte=status.last_seq, member=status.account.machine.member
        )
        told = []
        for name, body in held.values_list("stix_id", "body").order_by("seq"):
            left -= 1
            told += [{"id": name, "error": one.error, "text": one.text} for one in findings(orjson.loads(bytes(body)))]
        tidying.note_findings(status, told[:MOST_TOLD], now)
