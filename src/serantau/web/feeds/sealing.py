"""Credentials of other servers, sealed with the site's secret, so that a copy of the database alone opens none.

Fernet (AES-128-CBC and HMAC-SHA256 by the library ``cryptography``), with a key by HKDF from the secret; what was sealed
with a secret used before is still opened. A value ``env:NAME`` is looked up in the environment each time and is never
in the database at all. The name holds the code of the member whose feed it is for: else a member could have what another
keeps there sent to a server of its own.
"""

from __future__ import annotations

import base64
import os
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from serantau.web.feeds.errors import FeedError

VARIABLE = re.compile(r"env:(SERANTAU_FEED_([A-Z0-9]{1,20})_[A-Z0-9_]{1,60})")
"""Only variables made for feeds: else a feed could be told to send another secret of the site's to a stranger."""


def seal(text: str, member: str) -> str:
    """Seal credentials, but for those that the environment holds.

    Args:
        text: The credentials, or the name of a variable.
        member: Code of the member whose feed it is.

    Raises:
        FeedError: if a variable is named that is not for feeds of this member.
    """
    if text.startswith("env:"):
        _insist_own(VARIABLE.fullmatch(text), member)
        return text
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str, member: str) -> str:
    """What was sealed.

    Args:
        sealed: What is kept.
        member: Code of the member whose feed it is.

    Raises:
        FeedError: if it cannot be opened, or the environment does not have it, or not for this member.
    """
    if not sealed:
        return ""
    if sealed.startswith("env:"):
        named = _insist_own(VARIABLE.fullmatch(sealed), member)
        found = os.environ.get(named[1], "")
        if not found:
            raise FeedError(_("The variable %(name)s is not set, so there are no credentials.") % {"name": named[1]})
        return found
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise FeedError(_("The credentials were sealed with another secret of the site. Enter them again.")) from error


def _insist_own(named: re.Match[str] | None, member: str) -> re.Match[str]:
    if named is None or named[2] != member.upper():
        name = f"SERANTAU_FEED_{member.upper()}_"
        raise FeedError(
            _("A variable for a feed is called %(name)s and then A-Z, 0-9 and _.") % {"name": name}, "secret"
        )
    return named


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"serantau.feeds.sealing")
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


__all__ = ["seal", "unseal"]
