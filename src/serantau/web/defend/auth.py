"""Who asks over TAXII: Basic, Bearer, Token, or a client certificate that a proxy of ours has checked.

Every secret is one that we made (256 random bits), so a digest finds it, and no slow hash is needed (NIST SP 800-63B,
5.1.1.2, is about secrets that people choose). What a header meant is remembered for a minute under a keyed digest; that
the key behind it still holds, and that the account is as it was, is asked of the database at every request, so a
credential dies in every process in the moment in which it is revoked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import connection
from django.db.models import Q

from serantau.defend.taxii.v21.errors import UnauthorizedError
from serantau.web.accounts.models import Token
from serantau.web.accounts.secrets import digest_of
from serantau.web.accounts.services import machines
from serantau.web.defend.accounts import Account, Right, account_of
from serantau.web.defend.models import Certificate, TaxiiAccount

READ, SUBMIT = "defend:read", "defend:submit"
LONGEST = 1000
"""Characters of an Authorization header."""

LONGEST_CERTIFICATE = 20_000
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 5000
FINGERPRINT = "HTTP_X_CLIENT_CERTIFICATE"
PROXY = "HTTP_X_SERANTAU_PROXY"
_HEX = re.compile(r"[0-9a-f]{64}")

# One statement, by primary keys: it is asked at every request.
HOLDS = {
    "token": (
        "SELECT x.revision FROM serantau_accounts_token t "
        "JOIN serantau_accounts_machineaccount m ON m.id = t.account_id "
        "JOIN serantau_defend_taxiiaccount x ON x.machine_id = m.id "
        "WHERE t.id = %s AND t.revoked_at IS NULL AND t.expires_at > %s AND m.ended_at IS NULL"
    ),
    "certificate": (
        "SELECT x.revision FROM serantau_defend_certificate c "
        "JOIN serantau_defend_taxiiaccount x ON x.id = c.account_id "
        "JOIN serantau_accounts_machineaccount m ON m.id = x.machine_id "
        "WHERE c.id = %s AND c.revoked_at IS NULL AND %s IS NOT NULL AND m.ended_at IS NULL"
    ),
}


@dataclass(frozen=True)
class Known:
    """What a header meant when it was looked up.

    Attributes:
        kind: ``token`` or ``certificate``.
        key: Its number.
        account: The account as it was.
        until: On the monotonic clock: until when this is remembered.
    """

    kind: str
    key: int
    account: Account
    until: float


class Memory:
    """Headers that were looked up, bounded in number and time. Kept by keyed digest, never in the clear."""

    def __init__(self) -> None:
        """Begin empty, with a key that nobody else has."""
        self._key = secrets.token_bytes(32)
        self._held: OrderedDict[bytes, Known] = OrderedDict()
        self._lock = threading.Lock()

    def name(self, *words: str) -> bytes:
        """What a header is remembered by."""
        return hmac.digest(self._key, "\n".join(words).encode(), "sha256")

    def get(self, name: bytes) -> Known | None:
        """What is remembered."""
        known = self._held.get(name)
        return known if known is not None and known.until > time.monotonic() else None

    def put(self, name: bytes, known: Known) -> None:
        """Remember; the oldest go first."""
        with self._lock:
            self._held[name] = known
            while len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)

    def drop(self, name: bytes) -> None:
        """Forget one."""
        with self._lock:
            self._held.pop(name, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()


MEMORY = Memory()


def account_asking(meta: Mapping[str, Any], now: datetime) -> Account | None:
    """The account whose credentials a request carries; None where it carries none that hold.

    Raises:
        UnauthorizedError: if it carries none at all.
    """
    header = meta.get("HTTP_AUTHORIZATION", "")
    if header:
        if len(header) > LONGEST:
            return None
        return _remembered(("header", header), now, lambda: _by_header(header, now))
    fingerprint = fingerprint_of(meta)
    if fingerprint:
        return _remembered(("certificate", fingerprint), now, lambda: _by_certificate(fingerprint))
    raise UnauthorizedError(
        "Say who you are: Authorization with Basic (the account's name and its key), Bearer or Token (the key alone)."
    )


def fingerprint_of(meta: Mapping[str, Any]) -> str:
    """SHA-256 of the client certificate that the proxy in front has checked; empty where there is none.

    The header counts only beside the secret that the proxy shares with us: whoever reaches us past the proxy, or gets a
    header of their own through it, has no such secret.
    """
    secret = settings.SERANTAU_PROXY_SECRET
    given = meta.get(PROXY, "")
    text = meta.get(FINGERPRINT, "")
    if not secret or not text or not hmac.compare_digest(given.encode(), secret.encode()):
        return ""
    if len(text) > LONGEST_CERTIFICATE:
        return ""
    plain = text.replace(":", "").strip().lower()
    if _HEX.fullmatch(plain):
        return plain
    return fingerprint_of_pem(unquote(text))


def fingerprint_of_pem(text: str) -> str:
    """SHA-256 of a certificate in PEM form; empty where it is none."""
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()
    except ValueError:
        return ""


def _remembered(words: tuple[str, str], now: datetime, look: Any) -> Account | None:  # noqa: ANN401 - a function
    name = MEMORY.name(*words)
    known = MEMORY.get(name)
    if known is not None:
        revision = _revision(known, now)
        if revision == known.account.revision:
            return known.account
        MEMORY.drop(name)
    found = look()
    if found is None:
        return None
    MEMORY.put(name, found)
    return found.account


def _revision(known: Known, now: datetime) -> int | None:
    """The revision of the account, if the credential still holds."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDS[known.kind], [known.key, connection.ops.adapt_datetimefield_value(now)])
        row = cursor.fetchone()
    return row and row[0]


def _by_header(header: str, now: datetime) -> Known | None:
    scheme, _, rest = header.partition(" ")
    scheme, rest = scheme.lower(), rest.strip()
    login = None
    if scheme == "basic":
        pair = _basic(rest)
        if pair is None:
            return None
        login, rest = pair
    elif scheme not in {"bearer", "token"}:
        return None
    token = _token(rest, now)
    if token is None:
        return None
    row = TaxiiAccount.objects.select_related("machine").filter(machine_id=token.account_id).first()
    if row is None or (login is not None and row.login != login):
        return None
    machines.note_use(token, now=now)
    return Known("token", token.pk, scoped(account_of(row), token.scopes), time.monotonic() + REMEMBERED_SECONDS)


def _token(text: str, now: datetime) -> Token | None:
    live = Q(revoked_at=None, expires_at__gt=now, account__ended_at=None)
    return Token.objects.select_related("account", "use").filter(live, digest=digest_of(text)).first()


def _by_certificate(fingerprint: str) -> Known | None:
    live = Q(revoked_at=None, account__machine__ended_at=None, fingerprint=fingerprint)
    held = Certificate.objects.select_related("account__machine").filter(live).first()
    if held is None:
        return None
    return Known("certificate", held.pk, account_of(held.account), time.monotonic() + REMEMBERED_SECONDS)


def scoped(account: Account, scopes: str) -> Account:
    """The account as far as the scopes of a token go."""
    held = scopes.split()
    rights = {
        alias: Right(read=right.read and READ in held, write=right.write and SUBMIT in held)
        for alias, right in account.rights.items()
    }
    return replace(account, rights=rights)


def _basic(text: str) -> tuple[str, str] | None:
    """Name and key. A key never has a colon, so a name with one finds nothing (RFC 7617, 2)."""
    try:
        name, colon, key = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, key) if colon else None
