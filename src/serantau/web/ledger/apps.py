"""The ledger as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What happened, provably."""

    name = "serantau.web.ledger"
    label = "serantau_ledger"

    def ready(self) -> None:
        """Watch every connection for writes that go round the ledger."""
        from serantau.web.ledger import guard

        guard.install()
