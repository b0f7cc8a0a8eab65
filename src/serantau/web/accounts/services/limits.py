"""How often something may be tried: one counter in the database, shared by all server processes.

Each try is one statement that counts and says how many there are now, so two tries at once are never counted as one,
on either database. Windows are fixed: a limit of 5 in 5 minutes lets at most 10 through around the edge of two windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from serantau.web.accounts.errors import TooManyError
from serantau.web.accounts.models import Hits

COUNT = """
INSERT INTO serantau_accounts_hits (key, slot, hits, until) VALUES (%s, %s, 1, %s)
ON CONFLICT (key, slot) DO UPDATE SET hits = serantau_accounts_hits.hits + 1 RETURNING hits
"""


@dataclass(frozen=True)
class Limit:
    """A limit.

    Attributes:
        name: What is counted.
        most: Tries that are let through in one window.
        seconds: Length of the window.
    """

    name: str
    most: int
    seconds: int


MINUTE, HOUR, DAY = 60, 3600, 86_400

# Whoever fails from one network is stopped there; the owner of the account, elsewhere, is not. The limit for the account
# as a whole stops a search that comes from everywhere (NIST SP 800-63B, 5.2.2, allows 100 in a row at most).
SIGN_IN_HERE = Limit("sign-in of one account from one network", 5, 5 * MINUTE)
SIGN_IN_ANYWHERE = Limit("sign-in of one account", 50, HOUR)
SIGN_IN_NETWORK = Limit("sign-ins from one network", 30, 5 * MINUTE)
SECOND_FACTOR = Limit("codes of one account", 5, 5 * MINUTE)
SECOND_FACTOR_DAY = Limit("codes of one account a day", 30, DAY)
# Whoever reads a code over a shoulder does not get in with it (RFC 6238, 5.2). A code holds for one step of 30 seconds,
# and so does this window. allauth remembers used codes too, but each process for itself.
CODE_USED = Limit("one code of an app", 1, 30)
PASSWORD_CHANGE = Limit("changes of password", 10, 10 * MINUTE)
RESET_ACCOUNT = Limit("letters to set a new password, to one address", 3, HOUR)
RESET_NETWORK = Limit("letters to set a new password, from one network", 20, HOUR)
INVITATION_TRY = Limit("invitation links from one network", 20, 10 * MINUTE)
INVITATION_SENT = Limit("invitations of one person", 50, DAY)
PASSKEY = Limit("sign-ins with a passkey from one network", 30, 5 * MINUTE)
PROVIDER = Limit("sign-ins through a provider from one network", 30, 5 * MINUTE)
MAIL = Limit("letters that one person has sent", 20, HOUR)
TOKEN_MISS = Limit("wrong tokens from one network", 60, 10 * MINUTE)
TOKEN_MADE = Limit("tokens made by one person", 50, DAY)


def hit(limit: Limit, *who: object, now: datetime) -> int:
    """Count one try.

    Args:
        limit: What is counted.
        who: By what: an address, an account. It is kept as a digest only.
        now: The time of the try.

    Returns:
        0 if it may go on, else the seconds until it may be tried again.
    """
    second = int(now.timestamp())
    slot = second // limit.seconds
    ends = (slot + 1) * limit.seconds
    until = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(ends, UTC))
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_key(limit, who), slot, until])
        (hits,) = cursor.fetchone()
    if hits == 1:
        Hits.objects.filter(until__lt=now).delete()
    return 0 if hits <= limit.most else ends - second


def insist_below(limit: Limit, *who: object, now: datetime) -> None:
    """Count one try, and go on only if it is within the limit.

    Raises:
        TooManyError: if it is not.
    """
    if seconds := hit(limit, *who, now=now):
        raise TooManyError(seconds)


def take_back(limit: Limit, *who: object, now: datetime) -> None:
    """A try that succeeded was none that counts."""
    slot = int(now.timestamp()) // limit.seconds
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE serantau_accounts_hits SET hits = hits - 1 WHERE key = %s AND slot = %s AND hits > 0",
            [_key(limit, who), slot],
        )


@contextmanager
def failures(*counted: tuple[Limit, object], now: datetime) -> Iterator[None]:
    """Count a try beforehand, so that many at once cannot slip through, and take it back if the block succeeds.

    Raises:
        TooManyError: if one of the limits is reached; the block is not entered.
    """
    waits = [hit(limit, who, now=now) for limit, who in counted]
    if any(waits):
        raise TooManyError(max(waits))
    yield
    for limit, who in counted:
        take_back(limit, who, now=now)


def _key(limit: Limit, who: tuple[object, ...]) -> str:
    words = "\n".join([limit.name, *map(str, who)])
    return salted_hmac("serantau.accounts.limits", words, algorithm="sha256").hexdigest()
