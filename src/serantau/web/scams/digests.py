"""What is kept in place of a code, a number, an address: digests with the site's own secret.

Numbers come from small sets, so a plain digest of one would be no secret: whoever had a copy of the database could
count through all telephone numbers. With the site's key nobody can who has the copy alone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from serantau.defend.model import ObservableKey
from serantau.web.accounts.addresses import client_address, shown

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I and O, 0 and 1, which are read for each other."""

GROUPS, SIZE = 4, 4
"""16 letters of 32: 80 bits, and tries are counted."""


def new_code() -> str:
    """A new receipt code."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(SIZE)) for _ in range(GROUPS))


def code_digest(code: str) -> str:
    """What is kept of a receipt code; blanks, hyphens and small letters make no difference.

    >>> code_digest("abcd efgh jklm npqr") == code_digest("ABCD-EFGH-JKLM-NPQR")
    True
    """
    kept = "".join(letter for letter in code[:100].upper() if letter in LETTERS)
    return hashlib.sha256(kept.encode()).hexdigest()


def key_digests(key: ObservableKey) -> list[str]:
    """Digests by which a thing may be held: with the secret of now first, then with those used before."""
    words = key.digest.hex()
    held = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("serantau.scams.key", words, secret=one, algorithm="sha256").hexdigest() for one in held]


def marks_of(kinds: Iterable[tuple[str, str]]) -> list[str]:
    """Marks out of what reports of one person have in common; what is empty makes none."""
    return sorted(
        salted_hmac("serantau.scams.mark", f"{kind}\n{text}", algorithm="sha256").hexdigest()[:32]
        for kind, text in kinds
        if text
    )


def marks_of_request(request: HttpRequest) -> list[tuple[str, str]]:
    """What a request shows of its sender: the network, and the browser's own cookie against forged forms."""
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return [("network", shown(client_address(request))), ("browser", cookie[:100])]
