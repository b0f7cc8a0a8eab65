"""An event as the ledger holds it, its canonical bytes, and the salted commitment that stands in the tree.

The tree holds no event, only ``SHA-256(label, salt, canonical bytes)``. Who is
shown the event with its salt can check it; once salt and content are erased,
nobody can guess the content from the hash, and every proof still stands.

The canonical bytes are JSON after RFC 8785 (JCS). Details may hold text, whole
numbers below 2^53, truth values, null, lists and mappings with plain names, and
no fractions: for these JCS and any JSON encoder with sorted keys agree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias

import msgspec

from serantau.ledger.errors import LedgerError
from serantau.ledger.events import Event

Detail: TypeAlias = "str | int | bool | list[Detail] | dict[str, Detail] | None"

SALT_BYTES = 32
MOST_BYTES = 64_000
MOST_DEPTH = 8
_EVENT_LABEL = b"serantau ledger event 1\n"
_DIGEST_LABEL = b"serantau ledger digest 1\n"
_ENCODER = msgspec.json.Encoder(order="deterministic")

ACTOR = re.compile(r"[a-z][a-z-]{0,30}(?: [A-Za-z0-9][A-Za-z0-9_.:-]{0,60})?")
SUBJECT = re.compile(r"[a-z][a-z -]{0,40}(?: [A-Za-z0-9][A-Za-z0-9_.:/-]{0,150})?")
NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_SAFE_INTEGER = 2**53


@dataclass(frozen=True)
class Entry:
    """What happened, to what, by whom, when.

    Attributes:
        event: The kind.
        actor: Who did it, as an opaque name: ``person 17``, ``machine 3``, ``system``. Never a name or an address.
        subject: What it happened to, as kind and key: ``submission 42``.
        at: The instant, in UTC.
        details: What else belongs to it; no personal data in the clear.
    """

    event: Event
    actor: str
    subject: str
    at: datetime
    details: Mapping[str, Detail] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be recorded.

        Raises:
            LedgerError: if a name, the time or a detail is not of the shape that the ledger keeps.
        """
        if not ACTOR.fullmatch(self.actor):
            raise LedgerError(f"The actor of an event is an opaque name like 'person 17', not {self.actor[:80]!r}.")
        if not SUBJECT.fullmatch(self.subject):
            raise LedgerError(
                f"The subject of an event is a kind and a key, 'submission 42', not {self.subject[:80]!r}."
            )
        if self.at.tzinfo is None:
            raise LedgerError("The time of an event needs its time zone.")
        _check_names(self.details, "details", MOST_DEPTH)

    def canonical(self) -> bytes:
        """The bytes that are hashed.

        Raises:
            LedgerError: if they would be too many, or a text is no Unicode.
        """
        try:
            encoded = _ENCODER.encode(
                {
                    "actor": self.actor,
                    "at": instant(self.at),
                    "details": self.details,
                    "event": self.event.value,
                    "subject": self.subject,
                }
            )
        except UnicodeEncodeError:
            raise LedgerError("The details of an event hold text that is no Unicode.") from None
        if len(encoded) > MOST_BYTES:
            raise LedgerError(
                f"An event has at most {MOST_BYTES:,} bytes, this one {len(encoded):,}. Record a digest instead."
            )
        return encoded

    def details_text(self) -> str:
        """The details as JSON, for a table."""
        return _ENCODER.encode(self.details).decode()


def instant(at: datetime) -> str:
    """A time as the ledger writes it: UTC, to the microsecond.

    >>> instant(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def new_salt() -> bytes:
    """A salt from the operating system; the one thing here that differs from call to call."""
    return os.urandom(SALT_BYTES)


def commitment(salt: bytes, canonical: bytes) -> bytes:
    """What the tree holds of an event.

    Args:
        salt: 32 random bytes of this event alone. The length is fixed, so that no byte can pass from salt to content.
        canonical: :meth:`Entry.canonical`.

    Raises:
        LedgerError: if the salt has another length.
    """
    _check_salt(salt)
    return sha256(_EVENT_LABEL + salt + canonical).digest()


def digest(salt: bytes, content: bytes) -> str:
    """A digest of something kept elsewhere, for an event's details: useless to a guesser once the salt is erased."""
    _check_salt(salt)
    return sha256(_DIGEST_LABEL + salt + content).hexdigest()


def _check_salt(salt: bytes) -> None:
    if len(salt) != SALT_BYTES:
        raise LedgerError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")


def _check_names(held: Mapping[str, Detail], where: str, depth: int) -> None:
    for name, value in held.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise LedgerError(f"{where}: a name is in small letters, digits and _, not {str(name)[:80]!r}.")
        _check(value, f"{where}.{name}", depth)


def _check(value: Detail, where: str, depth: int) -> None:
    if depth == 0:
        raise LedgerError(f"{where}: nested more than {MOST_DEPTH} deep.")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if "\x00" in value:
            raise LedgerError(f"{where}: a text must not hold the character U+0000.")
    elif isinstance(value, int):
        if abs(value) >= _SAFE_INTEGER:
            raise LedgerError(f"{where}: a number of 2^53 or more is not read the same everywhere. Write it as text.")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _check(item, f"{where}[{place}]", depth - 1)
    elif isinstance(value, dict):
        _check_names(value, where, depth - 1)
    else:
        raise LedgerError(
            f"{where}: an event keeps text, whole numbers, yes and no, lists and mappings, "
            f"not {type(value).__name__}. Write fractions and dates as text."
        )
