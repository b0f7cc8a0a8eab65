"""What recurs: answers every ten minutes, deletion and figures every day. The clock is an argument."""

from __future__ import annotations

from datetime import datetime

from serantau.web.bundles import keeper
from serantau.web.jobs.registry import Arguments, job
from serantau.web.scams.services import upkeep

TEN_MINUTES, DAY = 600, 86_400
MOST_ROUNDS = 50


@job("scams.answers", every=TEN_MINUTES)
def answers(args: Arguments, now: datetime) -> None:
    """Revise what is answered."""
    for _ in range(MOST_ROUNDS):
        if not upkeep.revise_answers(now):
            return


@job("scams.retention", every=DAY)
def retention(args: Arguments, now: datetime) -> None:
    """Delete what is kept no longer."""
    for _ in range(MOST_ROUNDS):
        if not upkeep.delete_due(now):
            return


@job("scams.figures", every=DAY)
def monthly(args: Arguments, now: datetime) -> None:
    """Publish the months that are over."""
    upkeep.publish_months(now, [one.id for one in keeper().answers().bundle.region.members])
