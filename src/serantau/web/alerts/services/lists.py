"""Loading and removing warning lists. None is shipped: their licences are their makers'."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

from serantau.defend.warninglists import WarningListError, read
from serantau.ledger import Event
from serantau.web.alerts.models import WarningList
from serantau.web.ledger.changes import change

MOST = 500


def load(raw: bytes, where: str, now: datetime, actor: str = "system") -> WarningList:
    """Load a file, in place of the list of the same name.

    Raises:
        WarningListError: if it is no warning list, or nothing in it can be looked up, or there are too many.
    """
    one = read(raw, where)
    if not one.entries:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in one.refused.items()) or "it is empty"
        raise WarningListError(f"{where}: no entry of {one.name!r} can be looked up ({reasons}).")
    with change(Event.WARNING_LIST_LOADED, actor=actor, now=now) as record:
        if WarningList.objects.exclude(name=one.name).count() >= MOST:
            raise WarningListError(f"There are {MOST} warning lists already. Remove some.")
        digest = hashlib.sha256(raw).hexdigest()
        row, _ = WarningList.objects.update_or_create(
            name=one.name,
            defaults={
                "version": one.version,
                "kind": one.form.value,
                "description": one.description,
                "entries": len(one.entries),
                "refused": sum(one.refused.values()),
                "notes": [f"{count:,} {reason}" for reason, count in sorted(one.refused.items())],
                "digest": digest,
                "content": zlib.compress(raw, 6),
                "loaded_at": now,
            },
        )
        record.about(f"warning list {row.pk}")
        record.say(name=row.name, entries=row.entries, refused=row.refused, digest=digest)
    return row


def remove(name: str, now: datetime, actor: str = "system") -> None:
    """Remove a list.

    Raises:
        WarningListError: if there is none of that name.
    """
    row = WarningList.objects.filter(name=name).only("pk").first()
    if row is None:
        raise WarningListError(
            f"No warning list is called {name[:80]!r}. Their names: `serantau defend warning-lists`."
        )
    with change(Event.WARNING_LIST_REMOVED, actor=actor, subject=f"warning list {row.pk}", now=now) as record:
        row.delete()
        record.say(name=name)
