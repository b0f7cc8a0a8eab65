"""Errors of the room."""

from __future__ import annotations

from serantau.base import SerantauError


class LedgerError(SerantauError):
    """An event that cannot be recorded, or a file of the ledger that cannot be read; says why and what to do."""
