"""Notices of alerts that no longer stand end, so that nobody is woken for them."""

from __future__ import annotations

from datetime import datetime

from serantau.defend.alerts import State
from serantau.defend.escalation import OPEN
from serantau.web.alerts.models import Alert
from serantau.web.cooperation.models import Notice
from serantau.web.cooperation.services import notices
from serantau.web.jobs.registry import Arguments, job

EVERY_SECONDS = 60
MOST = 500
"""Alerts looked at in one go, those longest waiting first."""


@job("workflows.withdrawn", every=EVERY_SECONDS)
def withdrawn(args: Arguments, now: datetime) -> None:
    """End the notices of alerts that were withdrawn, or that a warning list explains since."""
    open_ = Notice.objects.filter(state__in=[one.value for one in OPEN]).order_by("raised_at", "pk")
    waiting = list(open_.values_list("alert", flat=True)[:MOST])
    if waiting:
        gone = Alert.objects.filter(stix_id__in=waiting).exclude(state=State.OPEN.value)
        notices.withdraw(list(gone.values_list("stix_id", flat=True)), now)
