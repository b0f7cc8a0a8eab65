"""The one way to change state: writes and one event in one transaction, or nothing at all.

    with change(Event.SUBMISSION_SUBMITTED, actor="person 17", subject="submission 42", now=now) as record:
        ...  # writes
        record.say(title_digest=record.digest(title))

Only ``services`` modules call it. The leaf is appended last, under a lock that
is always taken last, so two changes never wait for each other in a circle
because of the ledger, and the lock is held no longer than a commit takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from serantau.ledger import Entry, Event, LedgerError, digest, new_salt
from serantau.ledger.entry import Detail
from serantau.web.ledger.append import Recorded, append
from serantau.web.ledger.errors import BusyError, DoneError, UnsureError, is_passing
from serantau.web.ledger.guard import writes_permitted
from serantau.web.ledger.models import Event as Row

WAIT_SECONDS = 10
"""How long a change on PostgreSQL waits for any lock. On SQLite it waits at its beginning, as the settings say."""

_open: ContextVar[Event | None] = ContextVar("serantau_open_change", default=None)


class Record:
    """The event of a change that is under way.

    Attributes:
        position: Its place in the ledger; None until the change is about to be saved.
    """

    def __init__(self, event: Event, actor: str, subject: str, now: datetime) -> None:
        """Begin with a salt of its own."""
        self.event, self.actor, self.subject, self.now = event, actor, subject, now
        self.position: int | None = None
        self._salt = new_salt()
        self._details: dict[str, Detail] = {}

    def about(self, subject: str) -> None:
        """Say what the event is about, where its key is known only after it was saved."""
        self.subject = subject

    def say(self, **details: Detail) -> None:
        """Add details: text, whole numbers, yes and no, lists and mappings of these; no personal data in the clear."""
        self._details |= details

    def digest(self, content: str | bytes) -> str:
        """A digest of something that is kept elsewhere, salted with the event's own salt."""
        return digest(self._salt, content.encode() if isinstance(content, str) else content)

    def recorded(self, once: str | None) -> Recorded:
        """What will be appended.

        Raises:
            LedgerError: if the event cannot be recorded as it is.
        """
        return Recorded(Entry(self.event, self.actor, self.subject, self.now, self._details), self._salt, once)


@contextmanager
def change(event: Event, *, actor: str, now: datetime, subject: str = "", once: str | None = None) -> Iterator[Record]:
    """Change state: everything in the block and its event are saved together, or nothing is.

    Args:
        event: The kind of event.
        actor: Who acts, as an opaque name: ``person 17``, ``machine 3``, ``system``.
        now: The time, with its zone.
        subject: What is changed, ``submission 42``; :meth:`Record.about` says it later.
        once: A key under which this may be done a single time (a form's token, a job's key).

    Raises:
        LedgerError: if a change is open already, or the event cannot be recorded.
        BusyError: if others were writing for too long; nothing was changed.
        DoneError: if ``once`` was used before; nothing was changed.
        UnsureError: if the database went away in the moment of saving.
    """
    outer = _open.get()
    if outer is not None:
        raise LedgerError(
            f"A change ({event.value}) was begun inside another ({outer.value}). One command is one change and one "
            "event: let the inner service take part in the outer change, or call it after."
        )
    record = Record(event, actor, subject, now)
    _connect()
    token = _open.set(event)
    try:
        with writes_permitted(), transaction.atomic(durable=True):
            _bound_waits()
            if _was_done(once):
                raise DoneError
            yield record
            record.position = append([record.recorded(once)])
    except IntegrityError as error:
        # Two at once under one key: the second waited for the first, wherever their writes met, and lost.
        if _was_done(once):
            raise DoneError from error
        raise
    except (OperationalError, InterfaceError) as error:
        if is_passing(error):
            raise BusyError from error
        if record.position is not None:
            raise UnsureError from error
        raise
    finally:
        _open.reset(token)


def _connect() -> None:
    """Before anything was done, whatever keeps us from the database is a reason to try again."""
    try:
        connection.ensure_connection()
    except (OperationalError, InterfaceError) as error:
        raise BusyError from error


def _bound_waits() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")


def _was_done(once: str | None) -> bool:
    return once is not None and Row.objects.filter(once=once).exists()


__all__ = ["Record", "change"]
