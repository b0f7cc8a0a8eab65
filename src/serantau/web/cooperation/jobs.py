"""Deadlines of notices, seen to when they pass; what a site that was down missed, when it is back; webhooks; and what is long over."""

from __future__ import annotations

from datetime import datetime

from serantau.web.cooperation import hooks
from serantau.web.cooperation.models import Hook, Notice
from serantau.web.cooperation.services import notices, tidying
from serantau.web.jobs.registry import Arguments, job

EVERY_SECONDS = 60


@job("cooperation.settle")
def settle(args: Arguments, now: datetime) -> None:
    """See to the deadline of one notice."""
    notices.settle(int(args["notice"]), now)


@job("cooperation.settle_all", every=EVERY_SECONDS)
def settle_all(args: Arguments, now: datetime) -> None:
    """See to every deadline that has passed, for whatever reason nobody did."""
    notices.settle_all(now)


@job("cooperation.tidy", every=86_400)
def tidy(args: Arguments, now: datetime) -> None:
    """Erase what is long over."""
    tidying.tidy(now)


@job("cooperation.hook", attempts=8)
def hook(args: Arguments, now: datetime) -> None:
    """Tell a hook of a notice."""
    found = Hook.objects.filter(pk=int(args["hook"])).first()
    notice = Notice.objects.filter(pk=int(args["notice"])).first()
    if found is not None and notice is not None:
        hooks.send(found, notice, str(args["what"]), now)
