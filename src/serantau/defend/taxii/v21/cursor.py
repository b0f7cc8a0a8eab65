"""Where a page ended, as a text that only we can have made: nothing is kept on the server.

A cursor is bound to who asked, to what, and to the filters, and not to how many were asked for: clients change that
between pages. The same cursor may be sent again after a lost answer, days later, to another process, after a restart.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

from serantau.defend.taxii.v21.errors import TaxiiError

PLACE = 8
MAC = 16
_PURPOSE = b"serantau taxii cursor 1"


def key_of(secret: str) -> bytes:
    """The key that cursors are made with, from the site's secret."""
    return hmac.digest(secret.encode(), _PURPOSE, "sha256")


def make(key: bytes, place: int, bound: Sequence[bytes]) -> str:
    """The cursor of a place.

    Args:
        key: Our key.
        place: The last place given.
        bound: What it is bound to.

    >>> cursor = make(b"k" * 32, 7, [b"account 1"])
    >>> read([b"k" * 32], cursor, [b"account 1"]), len(cursor)
    (7, 32)
    """
    packed = place.to_bytes(PLACE, "big")
    return base64.urlsafe_b64encode(packed + _mac(key, packed, bound)).decode()


def read(keys: Sequence[bytes], text: str, bound: Sequence[bytes]) -> int:
    """The place that a cursor names.

    Args:
        keys: Ours, and those of before.
        text: The cursor.
        bound: What it must be bound to.

    Raises:
        TaxiiError: if it was not made by us, or for another question.
    """
    try:
        packed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise _none() from None
    place, mac = packed[:PLACE], packed[PLACE:]
    if len(mac) != MAC or not any(hmac.compare_digest(mac, _mac(key, place, bound)) for key in keys):
        raise _none()
    return int.from_bytes(place, "big")


def _mac(key: bytes, place: bytes, bound: Sequence[bytes]) -> bytes:
    # Each part with its length, so that no two lists of parts read alike.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in (place, *bound))
    return hmac.digest(key, message, "sha256")[:MAC]


def _none() -> TaxiiError:
    return TaxiiError(
        "next was not given for this question. Send it with the same filters as before, or begin again without it."
    )
