"""Tree heads (C2SP tlog-checkpoint), epochs, and the change of keys.

A head is a signed note of four lines::

    serantau/3f0c5a1e9b7d2468/1
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    time 2026-03-01T12:30:00.000000Z

First the origin: the name of the ledger and, after the last slash, its epoch. A
log must never contradict a head it signed; a ledger that was restored from a
backup may have to. So it goes on under the next epoch, which is another origin,
and its first event names the head it could not keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from serantau.ledger.entry import instant
from serantau.ledger.notes import NoteError, PrivateKey, PublicKey, decode, encode, open_note, sign_note
from serantau.ledger.tree import HASH_BYTES, MOST_LEAVES

_ORIGIN = re.compile(r"([^\s+]{1,180})/([1-9][0-9]{0,8})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_TIME = re.compile(r"time ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6})Z")
_NEXT = "next key"


@dataclass(frozen=True)
class Head:
    """How far a ledger had come.

    Attributes:
        name: Of the ledger; its keys have the same.
        epoch: From 1; one more after each restore.
        size: Number of events.
        root: Root of the tree over them.
        at: When it was signed.
    """

    name: str
    epoch: int
    size: int
    root: bytes
    at: datetime

    @property
    def origin(self) -> str:
        """Name and epoch."""
        return f"{self.name}/{self.epoch}"

    def text(self) -> str:
        """The bytes that are signed, as text."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\ntime {instant(self.at)}\n"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read the text of a head.

        Raises:
            NoteError: if it is not exactly what :meth:`text` writes.
        """
        lines = text.split("\n")
        if len(lines) != 5 or lines[4]:
            raise NoteError("This is no head of a ledger: it has four lines.")
        origin, size, root = _ORIGIN.fullmatch(lines[0]), _SIZE.fullmatch(lines[1]), decode(lines[2])
        time = _TIME.fullmatch(lines[3])
        if not (origin and size and time) or root is None or len(root) != HASH_BYTES or int(lines[1]) > MOST_LEAVES:
            raise NoteError("This is no head of a ledger: origin, size, root and time are expected, one a line.")
        try:
            at = datetime.fromisoformat(time[1]).replace(tzinfo=UTC)
        except ValueError:
            raise NoteError(f"The time of the head, {time[1]}, is none of the calendar.") from None
        return cls(origin[1], int(origin[2]), int(size[0]), root, at)


def sign_head(head: Head, key: PrivateKey) -> str:
    """The head as a signed note.

    Raises:
        NoteError: if the key is another ledger's.
    """
    if key.name != head.name:
        raise NoteError(f"The key of {key.name} does not sign heads of {head.name}.")
    return sign_note(head.text(), [key])


def read_head(note: str, keys: Sequence[PublicKey]) -> Head:
    """A head that a trusted key has signed.

    Raises:
        NoteError: if it is none, or the signature is missing or wrong.
    """
    text, signers = open_note(note, keys)
    head = Head.parse(text)
    if all(key.name != head.name for key in signers):
        raise NoteError(f"The head is one of {head.name}, and the signature one of {signers[0].name}.")
    return head


def unverified_head(note: str) -> Head:
    """What a note claims to be the head of; nothing of it is to be believed.

    Raises:
        NoteError: if it is no head.
    """
    return Head.parse(note.rpartition("\n\n")[0] + "\n")


def sign_rotation(old: PrivateKey, new: PrivateKey, at: datetime) -> str:
    """The statement that a new key follows an old one, signed by both.

    Raises:
        NoteError: if the keys are of different ledgers.
    """
    if old.name != new.name:
        raise NoteError(f"The key of {new.name} cannot follow that of {old.name}.")
    text = f"{old.name} {_NEXT}\n{old.public}\n{new.public}\ntime {instant(at)}\n"
    return sign_note(text, [old, new])


def trusted_keys(known: PublicKey, rotations: Iterable[str]) -> tuple[PublicKey, ...]:
    """The keys that can be believed by someone who has one of them.

    A statement counts if both keys it names have signed it and one of them is trusted already, so a chain of changes
    can be followed from any of its keys.

    Raises:
        NoteError: if a statement that concerns a trusted key is not in order.
    """
    trusted = [known]
    left = list(rotations)
    found = True
    while found:
        found = False
        for note in list(left):
            named = _named(note)
            if not any(key in trusted for key in named):
                continue
            left.remove(note)
            found = True
            _, signed = open_note(note, named)
            if set(signed) != set(named) or len({key.name for key in named}) != 1:
                raise NoteError("A change of keys is signed by both keys, and this one is not.")
            trusted += [key for key in named if key not in trusted]
    return tuple(trusted)


def _named(note: str) -> tuple[PublicKey, PublicKey]:
    """The old and the new key that a statement claims."""
    lines = note.rpartition("\n\n")[0].split("\n")
    if len(lines) != 4 or not lines[0].endswith(f" {_NEXT}") or not _TIME.fullmatch(lines[3]):
        raise NoteError("This is no change of keys.")
    old, new = PublicKey.parse(lines[1]), PublicKey.parse(lines[2])
    if lines[0] != f"{old.name} {_NEXT}" or old == new or (str(old), str(new)) != (lines[1], lines[2]):
        raise NoteError("This is no change of keys.")
    return old, new
