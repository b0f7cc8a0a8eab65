"""What keeps programs from sending forms without asking a third party: a signed moment, and a field to leave empty."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from serantau.web.scams.wishes import GivenError

SALT = "serantau.scams.form"
QUICKEST = timedelta(seconds=3)
"""Nobody reads and fills a form in less."""
LONGEST = timedelta(hours=24)
TRAP = "website"
"""A field that people do not see and that a reader's software is told to skip; programs that fill everything fill it."""


def new_token(now: datetime) -> str:
    """A token for a form: it says when it was shown, and lets it be sent once."""
    return Signer(salt=SALT).sign(f"{secrets.token_urlsafe(12)}.{int(now.timestamp())}")


def key_of(given: Mapping[str, str], now: datetime) -> str:
    """The key under which a form that was sent is carried out once.

    Raises:
        GivenError: if a program seems to have sent it, or it is too old.
    """
    if given.get(TRAP, "").strip():
        raise GivenError({TRAP: _("A field that has to stay empty was filled. Empty it, and send the form again.")})
    try:
        key, _dot, second = Signer(salt=SALT).unsign(given.get("token", "")[:200]).rpartition(".")
    except BadSignature:
        raise GivenError({"token": _("This form was not shown by this site. Send it once more from here.")}) from None
    age = now - datetime.fromtimestamp(int(second), UTC)
    if not QUICKEST <= age <= LONGEST:
        raise GivenError({"token": _("This form was sent very quickly or very late. Look at it, and send it again.")})
    return key
