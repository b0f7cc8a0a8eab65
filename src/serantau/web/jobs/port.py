"""The port: defer a job, inside the transaction of the data it belongs to."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction

from serantau.web.jobs.models import Job
from serantau.web.jobs.registry import Arguments, kind


def defer(name: str, args: Arguments | None = None, *, run_at: datetime, key: str | None = None) -> bool:
    """Have something done, once, at a time or soon after.

    Inside a transaction the job commits with it, or vanishes with it.

    Args:
        name: The kind of job.
        args: What it is given: text and whole numbers under names.
        run_at: When it is due.
        key: Under one key a job is done once, however often it is deferred.

    Returns:
        Whether it is new; False if there is a job with this key.

    Raises:
        Failed: if there is no such kind.
    """
    kind(name)
    # Asked first, as a write would have to wait for its turn only to be refused.
    if key is not None and Job.objects.filter(key=key).exists():
        return False
    row = Job(name=name, args=dict(args or {}), key=key, run_at=run_at, made_at=run_at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if key is not None and Job.objects.filter(key=key).exists():
            return False
        raise
    hand_over(row)
    return True


def hand_over(row: Job) -> None:
    """Tell whoever runs jobs, once the transaction is through."""
    if settings.SERANTAU_QUEUE == "procrastinate":
        from serantau.web.jobs import postgres

        postgres.hand_over(row)
    else:
        from serantau.web.jobs.runner import wake

        transaction.on_commit(partial(wake, row.run_at))
