"""The jobs of accounts: forgetting what is kept no longer than it is needed."""

from __future__ import annotations

from datetime import datetime

from serantau.web.accounts.services import tidying
from serantau.web.jobs import job
from serantau.web.jobs.registry import Arguments

DAY_SECONDS = 86_400


@job("accounts.tidy", every=DAY_SECONDS)
def tidy(args: Arguments, now: datetime) -> None:
    """Once a day; doing it twice changes nothing."""
    tidying.tidy(now)
