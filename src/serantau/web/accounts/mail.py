"""Letters of our own: plain text, one line of subject, never more than what the template says."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


def send_letter(template: str, to: str, context: Mapping[str, Any]) -> bool:
    """Send one letter; the first line of the template is its subject.

    Args:
        template: Name of a text template.
        to: One address, checked before.
        context: What the template shows. It is text, so nothing is escaped and nothing is interpreted.

    Returns:
        Whether the mail server took it; the log says why if not.
    """
    subject, _newline, body = render_to_string(template, dict(context)).lstrip().partition("\n")
    try:
        EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to]).send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("a letter (%s) could not be sent: %s", template, type(error).__name__)  # noqa: TRY400
        return False
    return True
