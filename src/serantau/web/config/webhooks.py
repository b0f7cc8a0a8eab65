"""How webhooks are signed, whichever room sends them.

The header ``Serantau-Signature`` is ``t=SECONDS,v1=HEX``: HEX is HMAC-SHA256 (RFC 2104) of ``SECONDS.BODY`` under the key
that was shown when the hook was made. A receiver works it out anew, compares in constant time, and refuses a time that
lies more than a few minutes back, so that nobody can send an old one again. While the site's secret is being changed
there is a ``v1`` for each of its secrets; one that agrees is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

from serantau.sources import Limits

SIGNATURE = "Serantau-Signature"
LIMITS = Limits(max_bytes=65_536, total_seconds=20.0, step_seconds=10.0, attempts=1)
"""One try at a time: whoever sends tries again later."""


def new_nonce() -> str:
    """What a hook's key is worked out from."""
    return secrets.token_hex(16)


def key_of(room: str, nonce: str, secret: str | None = None) -> str:
    """The key of a hook's signatures: another one in each room, even of one nonce."""
    return salted_hmac(f"serantau.{room}.hook", nonce, secret=secret, algorithm="sha256").hexdigest()


def signed(room: str, nonce: str, seconds: int, body: bytes) -> str:
    """The header for a body at a time."""
    keys = [key_of(room, nonce, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return ",".join([f"t={seconds}", *(f"v1={signature(key, seconds, body)}" for key in keys)])


def signature(key: str, seconds: int, body: bytes) -> str:
    """The signature of a body at a time."""
    return hmac.new(key.encode(), b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()
