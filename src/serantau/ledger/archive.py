"""The file that a ledger is handed over in: JSON Lines, read from top to bottom in little memory.

First one line that names the ledger, then the changes of keys, the restores and
the signed heads, then one line a leaf in the order of the tree. A leaf is its
hash; where the event may be shown, event and salt stand beside it. Nothing in
the file needs to be believed: :mod:`verify` checks it against a key that came
another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import msgspec

from serantau.ledger.entry import Detail, Entry
from serantau.ledger.errors import LedgerError
from serantau.ledger.events import Event
from serantau.ledger.tree import HASH_BYTES

FORMAT = 1
MOST_LINE = 400_000
"""Longer than the longest event in its longest spelling."""


class ArchiveError(LedgerError):
    """The file is no ledger, or not a whole one."""


class ShownEvent(msgspec.Struct, forbid_unknown_fields=True):
    """An event in the words of its canonical form."""

    actor: str
    at: str
    details: dict[str, object]
    event: str
    subject: str


class First(msgspec.Struct, tag_field="line", tag="ledger", forbid_unknown_fields=True):
    """The first line: which ledger, in which form, how many leaves follow."""

    format: int
    name: str
    epoch: int
    size: int


class Rotation(msgspec.Struct, tag_field="line", tag="rotation", forbid_unknown_fields=True):
    """A change of keys, as a signed note."""

    note: str


class Restore(msgspec.Struct, tag_field="line", tag="restore", forbid_unknown_fields=True):
    """A later epoch: how many events there were when it began; the first after them says the same, and more."""

    epoch: int
    size: int


class SignedHead(msgspec.Struct, tag_field="line", tag="head", forbid_unknown_fields=True):
    """A head, as a signed note."""

    note: str


class Leaf(msgspec.Struct, tag_field="line", tag="leaf", forbid_unknown_fields=True, omit_defaults=True):
    """One leaf: its hash in hexadecimal, and what of its event may be shown."""

    hash: str
    event: ShownEvent | None = None
    salt: str = ""


class Receipt(msgspec.Struct, tag_field="line", tag="receipt", forbid_unknown_fields=True):
    """One event for whoever may know it, with the proof that it is in the ledger; a file of one line."""

    position: int
    event: ShownEvent
    salt: str
    proof: list[str]
    head: str
    rotations: list[str] = []


Line = First | Rotation | Restore | SignedHead | Leaf
_DECODER = msgspec.json.Decoder(Line)
_RECEIPT = msgspec.json.Decoder(Receipt)
MOST_RECEIPT = 600_000
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class Opening:
    """Everything in a file before its leaves."""

    first: First
    rotations: tuple[str, ...] = ()
    restores: tuple[Restore, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Archive:
    """A file being read: the opening at once, the leaves one after the other."""

    opening: Opening
    leaves: Iterator[Leaf] = field(repr=False)


def write(opening: Opening, leaves: Iterable[Leaf]) -> Iterator[bytes]:
    """The lines of the file."""
    lines: list[Line] = [
        opening.first,
        *(Rotation(note) for note in opening.rotations),
        *opening.restores,
        *(SignedHead(note) for note in opening.heads),
    ]
    for line in lines:
        yield _ENCODER.encode(line) + b"\n"
    for leaf in leaves:
        yield _ENCODER.encode(leaf) + b"\n"


def read(lines: Iterable[bytes]) -> Archive:
    """Begin to read.

    Args:
        lines: The lines of the file, each with its line feed.

    Raises:
        ArchiveError: if it is no ledger; also, later, when a line that is asked for is none.
    """
    found = _lines(lines)
    first = next(found, None)
    if not isinstance(first, First):
        raise ArchiveError("This file is no export of a ledger: its first line names none.")
    if first.format != FORMAT:
        raise ArchiveError(
            f"This file has the form {first.format}; this program reads the form {FORMAT}. Use a newer one."
        )
    rotations: list[str] = []
    restores: list[Restore] = []
    heads: list[str] = []
    for line in found:
        if isinstance(line, Rotation):
            rotations.append(line.note)
        elif isinstance(line, Restore):
            restores.append(line)
        elif isinstance(line, SignedHead):
            heads.append(line.note)
        else:
            return Archive(Opening(first, tuple(rotations), tuple(restores), tuple(heads)), _leaves(line, found))
    return Archive(Opening(first, tuple(rotations), tuple(restores), tuple(heads)), iter(()))


def _lines(lines: Iterable[bytes]) -> Iterator[Line]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MOST_LINE:
            raise ArchiveError(f"Line {number}: longer than any line of a ledger.")
        try:
            yield _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ArchiveError(f"Line {number}: no line of a ledger ({str(error)[:120]}).") from None


def _leaves(line: Line, rest: Iterator[Line]) -> Iterator[Leaf]:
    while True:
        if not isinstance(line, Leaf):
            raise ArchiveError("After the first leaf only leaves may follow.")
        yield line
        following = next(rest, None)
        if following is None:
            return
        line = following


def is_receipt(beginning: bytes) -> bool:
    """Whether a file that begins so is a receipt and no export."""
    return beginning.startswith(b'{"line":"receipt"')


def write_receipt(receipt: Receipt) -> bytes:
    """The one line of the file."""
    return _ENCODER.encode(receipt) + b"\n"


def read_receipt(content: bytes) -> Receipt:
    """Read a receipt.

    Raises:
        ArchiveError: if it is none.
    """
    if len(content) > MOST_RECEIPT:
        raise ArchiveError("This file is too large for a receipt.")
    try:
        return _RECEIPT.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArchiveError(f"This file is no receipt ({str(error)[:120]}).") from None


def shown(entry: Entry) -> ShownEvent:
    """An event in the words of its canonical form."""
    return msgspec.json.decode(entry.canonical(), type=ShownEvent)


def leaf_of(hash_: bytes, entry: Entry | None = None, salt: bytes | None = None) -> Leaf:
    """The line of a leaf; with entry and salt where the event is shown."""
    if entry is None or salt is None:
        return Leaf(hash_.hex())
    return Leaf(hash_.hex(), shown(entry), salt.hex())


def hash_of(leaf: Leaf) -> bytes:
    """The hash that stands in the tree.

    Raises:
        ArchiveError: if it is none.
    """
    return unhex(leaf.hash, HASH_BYTES)


def unhex(text: str, length: int) -> bytes:
    """Bytes written in small hexadecimal letters.

    Raises:
        ArchiveError: if it is anything else, or of another length.
    """
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != length or found.hex() != text:
        raise ArchiveError(f"{text[:80]!r} is not {length} bytes in hexadecimal.")
    return found


def entry_of(event: ShownEvent) -> Entry:
    """The event behind a shown one.

    Raises:
        LedgerError: if the ledger could not hold such an event.
    """
    kinds: Mapping[str, Event] = {kind.value: kind for kind in Event}
    if event.event not in kinds:
        raise ArchiveError(f"{event.event[:80]!r} is no event that this program knows. Use a newer one.")
    try:
        at = datetime.fromisoformat(event.at)
    except ValueError:
        raise ArchiveError(f"{event.at[:40]!r} is no time.") from None
    if at.tzinfo is None:
        raise ArchiveError(f"{event.at[:40]!r} has no time zone.")
    # Entry looks at every value and refuses what it does not keep.
    details = cast("dict[str, Detail]", event.details)
    return Entry(kinds[event.event], event.actor, event.subject, at, details)
