"""What the ledger does to itself: takes its key, changes it, begins an epoch after a restore, erases an event's content."""

from __future__ import annotations

from datetime import datetime

from serantau.ledger import Event, LedgerError
from serantau.ledger.heads import sign_rotation, unverified_head
from serantau.ledger.notes import PrivateKey
from serantau.web.ledger import store
from serantau.web.ledger.changes import change
from serantau.web.ledger.errors import DoneError
from serantau.web.ledger.models import Epoch, Key
from serantau.web.ledger.models import Event as Row


def accept_key(key: PrivateKey, now: datetime) -> None:
    """Take the first key of a ledger that has none; the key's name becomes the ledger's.

    Raises:
        LedgerError: if the ledger has a key, and it is another one.
    """
    held = store.public_keys()
    if held:
        _refuse_another(key, held)
        return
    try:
        _take_first(key, now)
    except DoneError:
        # Another process was first.
        _refuse_another(key, store.public_keys())


def _take_first(key: PrivateKey, now: datetime) -> None:
    with change(
        Event.KEY_ACCEPTED, actor="system", subject=f"key {key.public.id.hex()}", now=now, once="first key"
    ) as record:
        Key.objects.create(text=str(key.public), since=now)
        record.say(key=str(key.public))


def rotate_key(old: PrivateKey, new: PrivateKey, now: datetime) -> str:
    """Let a new key follow the present one. From then on the new one signs.

    Returns:
        The statement, signed by both keys.

    Raises:
        LedgerError: if the old key is not the present one, or the new one was used before.
    """
    held = store.public_keys()
    if not held:
        raise LedgerError("The ledger has no key yet. Sign a head first: `serantau ledger sign`.")
    _refuse_another(old, held)
    if new.public in held:
        raise LedgerError("The new key was used by this ledger before. Make another one.")
    statement = sign_rotation(old, new, now)
    with change(Event.KEY_ROTATED, actor="system", subject=f"key {new.public.id.hex()}", now=now) as record:
        Key.objects.create(text=str(new.public), since=now, rotation=statement)
        record.say(key=str(new.public), before=str(old.public))
    return statement


def begin_epoch(old_head: str, now: datetime) -> int:
    """After a restore, go on in an epoch of its own whose first event names the head that was published last.

    Args:
        old_head: That head as a signed note; empty if nobody has it.
        now: The time.

    Returns:
        The number of the epoch.

    Raises:
        LedgerError: if the head is none, or of another ledger.
    """
    frontier, number = store.frontier(), store.epoch() + 1
    if old_head:
        head, held = unverified_head(old_head), store.public_keys()
        if held and head.name != held[-1].name:
            raise LedgerError(f"The old head is one of {head.name}, and this ledger is {held[-1].name}.")
        number = max(number, head.epoch + 1)
    with change(
        Event.EPOCH_BEGUN, actor="system", subject=f"epoch {number}", now=now, once=f"epoch {number}"
    ) as record:
        Epoch.objects.create(number=number, size=frontier.size, begun_at=now, old_head=old_head)
        record.say(epoch=number, size=frontier.size, root=frontier.root().hex(), old_head=old_head or None)
    return number


def erase_event(position: int, now: datetime, *, actor: str) -> None:
    """Erase who, what and the salt of an event for ever. Its leaf stays, and with it every proof.

    Raises:
        LedgerError: if there is no such event, or it may not be erased.
    """
    row = Row.objects.filter(pk=position).first()
    if row is None:
        raise LedgerError(f"There is no event {position}.")
    if Event(row.event).is_public:
        raise LedgerError(f"Event {position} says something about the ledger itself and holds nothing personal.")
    with change(Event.EVENT_ERASED, actor=actor, subject=f"event {position}", now=now, once=f"erase {position}"):
        Row.objects.filter(pk=position).update(actor="", subject="", details=None, salt=None, once=None, erased_at=now)


def _refuse_another(key: PrivateKey, held: list) -> None:
    if key.public != held[-1]:
        raise LedgerError(
            f"The key that is set, {key.public}, is not the one that this ledger signs with, {held[-1]}. "
            "Set the right one in SERANTAU_LEDGER_KEY; a new one comes in by `serantau ledger rotate`."
        )
