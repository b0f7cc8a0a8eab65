"""Refuses, on every connection, a write to our own tables that goes round the ledger.

A test reads the source for such writes; this sees those that no reading finds.
It looks at the first words of each statement only, which costs a microsecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from serantau.base import SerantauError

WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+[\"`]?(serantau_\w+)", re.IGNORECASE
)

EXEMPT: dict[str, str] = {
    "serantau_ledger_head": "signed after the events were saved; a head is the record itself and cannot record itself",
    "serantau_jobs_job": "how far deferred work has come; what the work changes it changes by services",
    "serantau_jobs_lease": "which process runs the jobs at the moment",
    "serantau_jobs_mail": "mails on their way; also those that allauth sends on its own",
    "serantau_feeds_progress": "how far a feed has come; what it brings in is stored by services, envelope by envelope",
    "serantau_accounts_hits": "counts tries, most of which change nothing",
    "serantau_accounts_signin": "the person's own list of sign-ins, kept for stated days only",
    "serantau_accounts_tokenuse": "when a token was last used, to the minute",
    "serantau_accounts_person": "allauth and Django write passwords and the time of the last sign-in",
}
"""Our own tables that are written outside a change, each with the reason. Tables of Django and allauth (sessions,
sign-ins, second factors) do not begin with ``serantau_`` and are theirs to write."""

_permitted: ContextVar[int] = ContextVar("serantau_writes_permitted", default=0)


class UnrecordedWriteError(SerantauError):
    """Our own mistake: a write that no event records."""

    status = 500


@contextmanager
def writes_permitted() -> Iterator[None]:
    """Let writes through: inside a change, in migrations, when a backup is restored, and when a test sets its scene."""
    token = _permitted.set(_permitted.get() + 1)
    try:
        yield
    finally:
        _permitted.reset(token)


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001
    """Django's wrapper around every statement."""
    found = WRITE.match(sql) if not _permitted.get() else None
    if found and found[1].lower() not in EXEMPT:
        raise UnrecordedWriteError(
            f"{found[1]} was to be written outside `change(...)`. Write it in a service, inside a change."
        )
    return execute(sql, params, many, context)


def install() -> None:
    """Watch the connections that are open and all that will be opened; migrations are let through."""
    connection_created.connect(_watch, dispatch_uid="serantau ledger guard")
    pre_migrate.connect(_migrating, dispatch_uid="serantau ledger guard")
    post_migrate.connect(_migrated, dispatch_uid="serantau ledger guard")
    for connection in connections.all(initialized_only=True):
        _watch(type(connection), connection)


def _watch(sender: object, connection: Any, **_: object) -> None:  # noqa: ANN401 - Django's, without types
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard)


def _migrating(sender: object, **_: object) -> None:
    # Once for each application, and each time the same: migrations write data of their own.
    _permitted.set(1)


def _migrated(sender: object, **_: object) -> None:
    _permitted.set(0)
