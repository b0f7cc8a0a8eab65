"""Webhooks: a notice as JSON, signed (``web.config.webhooks``), sent to an address of the member's own."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from serantau.defend.model import Reader, Tlp, may_read
from serantau.sources import Client, SourceError, StatusError
from serantau.web.accounts.links import absolute
from serantau.web.config import webhooks
from serantau.web.cooperation.models import Hook, Notice
from serantau.web.cooperation.readers import officers
from serantau.web.jobs.registry import Failed

ROOM = "cooperation"

LATER = frozenset({408, 425, 429})
"""Statuses below 500 after which it is worth another try."""


def body_of(notice: Notice, what: str) -> bytes:
    """What is sent of a notice."""
    told = {
        "event": what,
        "notice": notice.ref,
        "alert": notice.alert,
        "revision": notice.revision,
        "tlp": notice.label,
        "kind": notice.kind,
        "value": notice.value,
        "members": notice.members,
        "first_seen": notice.first_at.isoformat(),
        "last_seen": notice.last_at.isoformat(),
        "state": notice.state,
        "address": absolute(reverse("cooperation:notice", args=[notice.ref])),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def reaches(hook: Hook, notice: Notice, today: date) -> bool:
    """Whether a hook may be told of a notice: its member's, and whoever made it is cleared for it today.

    Else somebody who left, or was cleared less far, would go on reading at an address of theirs.
    """
    if hook.ended_at is not None or hook.member != notice.member:
        return False
    people = officers(today, [hook.member]).get(hook.member, [])
    maker = next((one for one in people if f"person {one.person.pk}" == hook.made_by), None)
    if maker is None:
        return False
    return may_read(Reader("", min(Tlp(hook.level), maker.clearance)), notice.release)


def send(hook: Hook, notice: Notice, what: str, now: datetime) -> None:
    """Send it; what may be told is asked again now.

    Raises:
        Failed: if the address refuses for good.
        SourceError: if it is worth another try.
    """
    if not reaches(hook, notice, now.date()):
        return
    body, seconds = body_of(notice, what), int(now.timestamp())
    headers = {webhooks.SIGNATURE: webhooks.signed(ROOM, hook.nonce, seconds, body)}
    allowed = frozenset(settings.SERANTAU_PRIVATE_HOOKS)
    with Client(limits=webhooks.LIMITS, allow_private=allowed) as client:
        try:
            client.post(hook.url, body, content_type="application/json", headers=headers)
        except StatusError as error:
            if error.status < 500 and error.status not in LATER:
                raise Failed(f"Hook {hook.ref} refuses notices ({error.status}).") from None
            raise SourceError(f"Hook {hook.ref} answered {error.status}.") from None
