"""The jobs about jobs: sending mail, and forgetting what is long done."""

from __future__ import annotations

from datetime import datetime, timedelta

from serantau.web.jobs import mail
from serantau.web.jobs.models import Job, Mail, State
from serantau.web.jobs.registry import Arguments, job

KEPT = timedelta(days=30)
"""How long a sent mail and a job that was done are kept. Dead letters stay until somebody looks at them."""


@job("mail.send")
def send_mail(args: Arguments, now: datetime) -> None:
    """Send one mail of the outbox."""
    mail.send(args, now)


@job("jobs.forget", every=86_400)
def forget(args: Arguments, now: datetime) -> None:
    """Erase sent mails, and jobs that were done, after some weeks."""
    Mail.objects.filter(sent_at__lt=now - KEPT).delete()
    Job.objects.filter(state=State.DONE, ended_at__lt=now - KEPT).delete()
