"""The jobs of the ledger: signing it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from serantau.web.jobs import job
from serantau.web.jobs.registry import Arguments
from serantau.web.ledger import signing


@job("ledger.sign", every=settings.SERANTAU_SIGN_SECONDS)
def sign(args: Arguments, now: datetime) -> None:
    """Sign the ledger, if there were events since it was signed last."""
    signing.sign(now)
