"""Mail through an outbox: written with the data, sent once by whoever runs jobs.

A mail that the server has taken is marked as sent right after. Should the process die between the two, the mail is
sent again with the same Message-ID, by which programs of recipients know it: a mail twice is better than none.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction

from serantau.web.jobs.models import Mail
from serantau.web.jobs.port import defer
from serantau.web.jobs.registry import Arguments, Failed

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30
PERMANENT = 500
"""SMTP answers from here on (RFC 5321, section 4.2.1) do not change by asking again."""


class Outbox(BaseEmailBackend):
    """Django's way to send, ending in the outbox."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Put messages into the outbox, each with the job that sends it."""
        for message in messages:
            _post(message, datetime.now(UTC))
        return len(messages)


def post(recipients: Sequence[str], subject: str, text: str, *, now: datetime) -> None:
    """Send a mail, in the transaction that is open: it goes out if that is saved, and only then."""
    _post(EmailMessage(subject, text, None, list(recipients)), now)


def _post(message: EmailMessage, now: datetime) -> None:
    html = next((content for content, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
    domain = (message.from_email or settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip(">") or "localhost"
    with transaction.atomic():
        row = Mail.objects.create(
            message_id=make_msgid(domain=domain),
            sender=message.from_email or settings.DEFAULT_FROM_EMAIL,
            recipients=list(message.recipients()),
            # A line break in a header would be another header.
            subject=" ".join(str(message.subject).split())[:400],
            text=str(message.body),
            html=html,
            made_at=now,
        )
        defer("mail.send", {"mail": row.pk}, run_at=now, key=f"mail {row.pk}")


def send(args: Arguments, now: datetime) -> None:
    """Send one mail of the outbox.

    Raises:
        Failed: if the server refuses it for good.
    """
    row = Mail.objects.filter(pk=args["mail"], sent_at=None).first()
    if row is None:
        return
    message = EmailMultiAlternatives(
        row.subject, row.text, row.sender, row.recipients, headers={"Message-ID": row.message_id}
    )
    if row.html:
        message.attach_alternative(row.html, "text/html")
    message.connection = _server()
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        if all(code >= PERMANENT for code in codes):
            raise Failed(f"The mail server refuses every recipient of mail {row.pk} ({sorted(codes)}).") from None
        raise
    except smtplib.SMTPResponseException as error:
        # What it says may name the recipient, so only its number is kept.
        if error.smtp_code >= PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
            raise Failed(f"The mail server refuses mail {row.pk} for good ({error.smtp_code}).") from None
        raise
    # A letter may hold a link that lets somebody in: what is sent is kept by its subject alone.
    Mail.objects.filter(pk=row.pk).update(sent_at=datetime.now(UTC), text="", html="")


def _server() -> Any:  # noqa: ANN401 - Django's, without types
    server = settings.SERANTAU_MAIL
    if not server.host:
        return get_connection("django.core.mail.backends.console.EmailBackend")
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls == "start",
        use_ssl=server.tls == "wrapped",
        timeout=TIMEOUT_SECONDS,
    )
