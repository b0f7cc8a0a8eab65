"""Signs heads: after the events, outside their transactions, by whoever comes first."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from serantau.ledger.heads import Head as TreeHead
from serantau.ledger.heads import sign_head
from serantau.ledger.notes import PrivateKey
from serantau.web.ledger import store
from serantau.web.ledger.models import Head
from serantau.web.ledger.services import accept_key

COPY = "ledger-head.txt"
"""The newest head, beside the database: after a crash it tells a restore what was published."""


def sign(now: datetime, key: PrivateKey | None = None) -> store.Signed:
    """Sign the ledger as it is, unless it was signed so already.

    Args:
        now: The time.
        key: The key; None for the one in the settings.

    Returns:
        The newest head.

    Raises:
        LedgerError: if the key is not this ledger's.
    """
    key = key or settings.SERANTAU_LEDGER_KEY
    accept_key(key, now)
    frontier, epoch = store.frontier(), store.epoch()
    newest = store.newest_head()
    if newest is not None and (newest.head.epoch, newest.head.size) == (epoch, frontier.size):
        return newest
    note = sign_head(TreeHead(key.name, epoch, frontier.size, frontier.root(), now), key)
    row = Head(epoch=epoch, size=frontier.size, at=now, note=note)
    # Two processes may sign the same tree at the same moment; one head is kept.
    Head.objects.bulk_create([row], ignore_conflicts=True)
    _keep_copy(note)
    return store.newest_head()


def copy_of_head(data: Path) -> str:
    """The newest head as the data folder knows it; empty if it knows none."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (data / COPY).read_text(encoding="utf-8")
    return ""


def _keep_copy(note: str) -> None:
    path = settings.SERANTAU_DATA / COPY
    beside = path.with_name(f".{COPY}.{os.getpid()}")
    with contextlib.suppress(OSError):
        beside.write_text(note, encoding="utf-8")
        beside.replace(path)
