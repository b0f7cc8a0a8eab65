"""What an outsider does with a ledger's file, a public key, and perhaps a head kept from before.

The tree is computed again from the leaves. Every signed head must be that of
the tree at its size, every shown event must be the one its leaf commits to, and
the head kept from before must be one of this history. What does not hold is
said in one sentence each; a restore that lost events is named as what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from serantau.ledger.archive import Archive, ArchiveError, Leaf, Receipt, Restore, entry_of, hash_of, unhex
from serantau.ledger.entry import SALT_BYTES, Entry, commitment, instant
from serantau.ledger.errors import LedgerError
from serantau.ledger.events import Event
from serantau.ledger.heads import Head, read_head, trusted_keys
from serantau.ledger.notes import NoteError, PublicKey
from serantau.ledger.proofs import verify_inclusion
from serantau.ledger.tree import HASH_BYTES, Frontier, leaf_hash

MOST_FAILURES = 20


@dataclass
class Report:
    """What was found.

    Attributes:
        size: Leaves in the file.
        root: Root of the tree over them.
        signed: Leaves under the newest head that holds; 0 if none does.
        heads: Heads that hold.
        shown: Events that were shown and are what their leaves commit to.
        keys: Keys that were believed.
        newest: The newest head that holds.
        failures: What does not hold, one sentence each; empty if everything does.
        notes: What else a reader should know.
    """

    size: int = 0
    root: bytes = b""
    signed: int = 0
    heads: int = 0
    shown: int = 0
    keys: tuple[PublicKey, ...] = ()
    newest: Head | None = None
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return not self.failures

    def fail(self, sentence: str) -> None:
        """Add something that does not hold; after so many, only that there are more."""
        if len(self.failures) < MOST_FAILURES:
            self.failures.append(sentence)
        elif len(self.failures) == MOST_FAILURES:
            self.failures.append("There is more that does not hold.")


@dataclass(frozen=True)
class _Wanted:
    """What must be compared while the tree grows: heads by their size, and the head from before."""

    heads: dict[int, list[Head]]
    since: Head | None
    starts: dict[int, Restore]


def verify(archive: Archive, key: PublicKey, since: str | None = None) -> Report:
    """Check a ledger's file.

    Args:
        archive: The file, from :func:`serantau.ledger.archive.read`.
        key: A key of the ledger that did not come with the file.
        since: A head that was kept from before, as a signed note.

    Returns:
        What holds and what does not. Bad files are findings, not errors.
    """
    report = Report()
    try:
        wanted = _prepare(archive, key, since, report)
        _grow(archive.leaves, wanted, report)
        _conclude(archive, wanted, report)
    except LedgerError as error:
        report.fail(error.message)
    return report


def verify_receipt(receipt: Receipt, key: PublicKey) -> tuple[Entry, Head]:
    """Check that the event of a receipt is in the ledger.

    Args:
        receipt: From :func:`serantau.ledger.archive.read_receipt`.
        key: A key of the ledger that did not come with the receipt.

    Returns:
        The event, and the head that covers it.

    Raises:
        LedgerError: if it is not shown to be there.
    """
    head = read_head(receipt.head, trusted_keys(key, receipt.rotations))
    entry = entry_of(receipt.event)
    leaf = leaf_hash(commitment(unhex(receipt.salt, SALT_BYTES), entry.canonical()))
    proof = [unhex(one, HASH_BYTES) for one in receipt.proof]
    verify_inclusion(leaf, receipt.position, head.size, proof, head.root)
    return entry, head


def _prepare(archive: Archive, key: PublicKey, since: str | None, report: Report) -> _Wanted:
    opening = archive.opening
    if opening.first.name != key.name:
        raise ArchiveError(f"The file is of the ledger {opening.first.name}, and the key of {key.name}.")
    report.keys = trusted_keys(key, opening.rotations)
    heads: dict[int, list[Head]] = defaultdict(list)
    for note in opening.heads:
        head = read_head(note, report.keys)
        heads[head.size].append(head)
    epochs = [1, *(restore.epoch for restore in opening.restores)]
    if epochs != sorted(set(epochs)) or opening.first.epoch != epochs[-1]:
        raise ArchiveError("The restores in the file do not lead from epoch 1 to the epoch that it names.")
    sizes = [restore.size for restore in opening.restores]
    if sizes != sorted(set(sizes)):
        raise ArchiveError("The restores in the file are not in the order of the tree.")
    kept = read_head(since, report.keys) if since is not None else None
    return _Wanted(dict(heads), kept, {restore.size: restore for restore in opening.restores})


def _grow(leaves: Iterable[Leaf], wanted: _Wanted, report: Report) -> None:
    frontier = Frontier()
    _compare(frontier, wanted, report)
    for leaf in leaves:
        hash_ = hash_of(leaf)
        event = _open(leaf, hash_, frontier.size, report)
        if frontier.size in wanted.starts:
            _check_restore(wanted.starts[frontier.size], event, leaf, frontier, report)
        frontier, _ = frontier.append(hash_)
        _compare(frontier, wanted, report)
    report.size, report.root = frontier.size, frontier.root()


def _open(leaf: Leaf, hash_: bytes, place: int, report: Report) -> Event | None:
    """Check a shown event against its leaf."""
    if leaf.event is None:
        return None
    try:
        entry = entry_of(leaf.event)
        held = leaf_hash(commitment(unhex(leaf.salt, SALT_BYTES), entry.canonical()))
    except LedgerError as error:
        report.fail(f"Event {place}: {error.message}")
        return None
    if held != hash_:
        report.fail(f"Event {place}: what is shown is not what the ledger holds at this place.")
        return None
    report.shown += 1
    return entry.event


def _compare(frontier: Frontier, wanted: _Wanted, report: Report) -> None:
    """Compare the tree of this size with the heads of this size."""
    heads = wanted.heads.get(frontier.size, [])
    since = wanted.since if wanted.since is not None and wanted.since.size == frontier.size else None
    if not heads and since is None:
        return
    root = frontier.root()
    for head in heads:
        if head.root != root:
            if not _was_overtaken(head, wanted):
                report.fail(f"The head of {_named(head)} was signed for other events than those in the file.")
            continue
        report.heads += 1
        if report.newest is None or (head.epoch, head.size, head.at) > (
            report.newest.epoch,
            report.newest.size,
            report.newest.at,
        ):
            report.newest, report.signed = head, head.size
    if since is not None and since.root != root and not _was_overtaken(since, wanted):
        report.fail(f"The head that you kept, of {_named(since)}, was signed for other events than those in the file.")


def _check_restore(restore: Restore, event: Event | None, leaf: Leaf, frontier: Frontier, report: Report) -> None:
    """The first event of an epoch must be shown, and say what the file says of the restore."""
    if event is not Event.EPOCH_BEGUN or leaf.event is None:
        report.fail(f"Epoch {restore.epoch} begins with an event that does not say so.")
        return
    said = leaf.event.details
    held = {"epoch": restore.epoch, "size": restore.size, "root": frontier.root().hex()}
    if {name: said.get(name) for name in held} != held:
        report.fail(f"The event that begins epoch {restore.epoch} speaks of another restore than the file.")
        return
    old = said.get("old_head")
    sentence = f"On {leaf.event.at[:10]} the ledger was restored from a backup of {restore.size} events: epoch {restore.epoch}."
    if not isinstance(old, str):
        report.notes.append(f"{sentence} It names no later head.")
        return
    try:
        head = read_head(old, report.keys)
    except NoteError as error:
        report.fail(f"The event that begins epoch {restore.epoch} names a head that is none. {error.message}")
        return
    lost = max(0, head.size - restore.size)
    report.notes.append(f"{sentence} {lost} events that had been signed were lost by it." if lost else sentence)


def _was_overtaken(head: Head, wanted: _Wanted) -> bool:
    """Whether a later restore began below the head, or skipped its epoch, so that the file need not continue it."""
    later = [restore for restore in wanted.starts.values() if restore.epoch > head.epoch]
    skipped = head.epoch > 1 and all(restore.epoch != head.epoch for restore in wanted.starts.values())
    return bool(later) and (skipped or any(restore.size < head.size for restore in later))


def _conclude(archive: Archive, wanted: _Wanted, report: Report) -> None:
    first = archive.opening.first
    if report.size != first.size:
        report.fail(f"The file announces {first.size} events and holds {report.size}.")
    for size, heads in wanted.heads.items():
        for head in heads:
            if size > report.size and not _was_overtaken(head, wanted):
                report.fail(f"The head of {_named(head)} is larger than the file, which holds {report.size} events.")
    late = [restore for restore in wanted.starts.values() if restore.size >= report.size]
    for restore in late:
        report.fail(f"Epoch {restore.epoch} begins after the last event of the file.")
    if report.newest is None:
        report.fail("No signed head holds, so nobody vouches for the events in the file.")
    elif report.newest.epoch > first.epoch:
        report.fail(f"A head of epoch {report.newest.epoch} was signed, and the file knows epoch {first.epoch} only.")
    elif report.size > report.signed:
        report.notes.append(f"The last {report.size - report.signed} events are not signed yet.")
    if wanted.since is not None:
        _conclude_since(wanted.since, wanted, report)


def _conclude_since(since: Head, wanted: _Wanted, report: Report) -> None:
    if _was_overtaken(since, wanted):
        report.fail(
            f"The head that you kept, of {_named(since)}, lies beyond a restore: the ledger says itself that it lost the "
            "events after it. What you know of them cannot be found here."
        )
    elif since.size > report.size:
        report.fail(
            f"The head that you kept is of {_named(since)}, and the file holds {report.size}: events are missing, or the "
            "file is older than your head."
        )
    elif report.newest is not None and since.epoch > report.newest.epoch:
        report.fail(f"The head that you kept is of epoch {since.epoch}, later than any head in the file.")


def _named(head: Head) -> str:
    return f"{head.size} events signed on {instant(head.at)[:16].replace('T', ' ')} UTC (epoch {head.epoch})"
