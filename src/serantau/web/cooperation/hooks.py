"""Webhooks: a notice as JSON, signed, sent to an address of the member's own.

The header ``Serantau-Signature`` is ``t=SECONDS,v1=HEX``: HEX is HMAC-SHA256 (RFC 2104) of ``SECONDS.BODY`` under the key
that was shown when the hook was made. A receiver works it out anew, compares in constant time, and refuses a time that
lies more than a few minutes back, so that nobody can send an old one again. While the site's secret is being changed
there is a ``v1`` for each of its secrets; one that agrees is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from serantau.defend.model import Reader, Tlp, may_read
from serantau.sources import Client, Limits, SourceError, StatusError
from serantau.web.accounts.links import absolute
from serantau.web.cooperation.models import Hook, Notice
from serantau.web.cooperation.readers import officers
from serantau.web.jobs.registry import Failed

SIGNATURE = "Serantau-Signature"
LIMITS = Limits(max_bytes=65_536, total_seconds=20.0, step_seconds=10.0, attempts=1)
"""One try at a time: the queue of jobs tries again, for some hours."""

LATER = frozenset({408, 425, 429})
"""Statuses below 500 after which it is worth another try."""


def new_nonce() -> str:
    """What a hook's key is worked out from."""
    return secrets.token_hex(16)


def key_of(nonce: str, secret: str | None = None) -> str:
    """The key of a hook's signatures."""
    return salted_hmac("serantau.cooperation.hook", nonce, secret=secret, algorithm="sha256").hexdigest()


def signature(key: str, seconds: int, body: bytes) -> str:
    """The signature of a body at a time.

    >>> signature("key", 0, b"{}")[:8]
    'c4a0ce75'
    """
    return hmac.new(key.encode(), b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()


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
    keys = [key_of(hook.nonce, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    signed = ",".join([f"t={seconds}", *(f"v1={signature(key, seconds, body)}" for key in keys)])
    allowed = frozenset(settings.SERANTAU_PRIVATE_HOOKS)
    with Client(limits=LIMITS, allow_private=allowed) as client:
        try:
            client.post(hook.url, body, content_type="application/json", headers={SIGNATURE: signed})
        except StatusError as error:
            if error.status < 500 and error.status not in LATER:
                raise Failed(f"Hook {hook.ref} refuses notices ({error.status}).") from None
            raise SourceError(f"Hook {hook.ref} answered {error.status}.") from None
