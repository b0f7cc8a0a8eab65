"""Signed notes (C2SP signed-note): text, a blank line, one line for each signature. Ed25519 only.

The format is that of other transparency logs, so that their tools read our
heads, and theirs and ours can sign the same one. A key is written
``name+id+base64``; the id is no safeguard, only a label.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from serantau.ledger.errors import LedgerError

ED25519 = b"\x01"
KEY_BYTES = 32
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 16
MOST_NOTE = 20_000
PRIVATE = "PRIVATE+KEY+"
DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+]{1,200}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(LedgerError):
    """A note or a key that cannot be read, or that no trusted key has signed."""


@dataclass(frozen=True)
class PublicKey:
    """Whose signatures are believed: a name and 32 bytes."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read ``name+id+base64``.

        Raises:
            NoteError: if it is no such key, or its id is not its own.
        """
        name, identifier, key = _parse_key(text.strip(), "public")
        found = cls(name, key)
        if found.id.hex() != identifier:
            raise NoteError("The public key does not fit its own id; a character was lost or changed.")
        return found

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature says which key it is by."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """As it is published."""
        return f"{self.name}+{self.id.hex()}+{encode(ED25519 + self.key)}"

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether this key signed the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """What signs: a name and a seed of 32 bytes. It is never shown."""

    name: str
    seed: bytes

    @classmethod
    def parse(cls, text: str) -> PrivateKey:
        """Read ``PRIVATE+KEY+name+id+base64``.

        Raises:
            NoteError: if it is no such key, or its id is not its own.
        """
        stripped = text.strip()
        if not stripped.startswith(PRIVATE):
            raise NoteError(f"A private key begins with {PRIVATE}.")
        name, identifier, seed = _parse_key(stripped.removeprefix(PRIVATE), "private")
        found = cls(name, seed)
        if found.public.id.hex() != identifier:
            raise NoteError("The private key does not fit its own id; a character was lost or changed.")
        return found

    @property
    def public(self) -> PublicKey:
        """The key that verifies."""
        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def text(self) -> str:
        """As it is kept in a secret place."""
        return f"{PRIVATE}{self.name}+{self.public.id.hex()}+{encode(ED25519 + self.seed)}"

    def sign(self, text: bytes) -> bytes:
        """The signature over a text: the same each time (RFC 8032)."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    def __repr__(self) -> str:
        return f"PrivateKey({self.name!r}, ...)"


def sign_note(text: str, keys: Iterable[PrivateKey]) -> str:
    """The text with the signatures of all keys.

    Raises:
        NoteError: if it cannot be the text of a note.
    """
    _check_text(text)
    lines = [f"{DASH}{key.name} {encode(key.public.id + key.sign(text.encode()))}\n" for key in keys]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, keys: Sequence[PublicKey]) -> tuple[str, tuple[PublicKey, ...]]:
    """The text of a note that a trusted key has signed, and which of the keys have.

    Signatures by other keys are passed over. One that claims a trusted key and is wrong spoils the note.

    Raises:
        NoteError: if it is no note, or no trusted key has signed it.
    """
    text, signatures = _split(note)
    signed: list[PublicKey] = []
    for name, identifier, signature in signatures:
        for key in keys:
            if (key.name, key.id) != (name, identifier) or key in signed:
                continue
            if len(signature) != SIGNATURE_BYTES or not key.verifies(signature, text.encode()):
                raise NoteError(
                    f"The signature by {name}+{identifier.hex()} is wrong: the text is not what was signed."
                )
            signed.append(key)
    if not signed:
        raise NoteError("No key that you trust has signed this.")
    return text, tuple(signed)


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signatures, in the form that the standard demands."""
    if len(note) > MOST_NOTE:
        raise NoteError(f"A note has at most {MOST_NOTE:,} characters.")
    text, separator, tail = note.rpartition("\n\n")
    text += "\n"
    if not separator or not tail.endswith("\n"):
        raise NoteError("This is no signed note: a text, an empty line and lines with signatures are expected.")
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError(f"A note has at most {MOST_SIGNATURES} signatures.")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, gap, encoded = line.removeprefix(DASH).partition(" ")
    blob = decode(encoded)
    if not line.startswith(DASH) or not gap or not _NAME.fullmatch(name) or blob is None or len(blob) < 5:
        raise NoteError(f"This is no line of a signature: {line[:60]!r}.")
    return name, blob[:4], blob[4:]


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteError("A note holds Unicode only.") from None
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("The text of a note ends with a line feed and holds no other control character.")


def _parse_key(text: str, kind: str) -> tuple[str, str, bytes]:
    # The base64 may itself hold a plus.
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    blob = decode(encoded)
    if not _NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{8}", identifier) or blob is None:
        raise NoteError(f"This is no {kind} key: a name, an id and the key are expected, joined by plus signs.")
    if blob[:1] != ED25519 or len(blob) != 1 + KEY_BYTES:
        raise NoteError(f"The {kind} key is none for Ed25519.")
    return name, identifier, blob[1:]


def encode(content: bytes) -> str:
    """Base64 after RFC 4648, section 4."""
    return base64.b64encode(content).decode("ascii")


def decode(text: str) -> bytes | None:
    """Base64 in the one form that encoding gives; None for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if encode(found) == text else None
