"""Readers of outside data, all through one guarded network client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serantau.sources.client import Answer, Client, Limits
    from serantau.sources.errors import SourceError, StatusError
    from serantau.sources.series import Difference, FetchedRow, FetchedSeries, Query, Skipped, difference

_HOMES = {
    "Answer": "client",
    "Client": "client",
    "Limits": "client",
    "SourceError": "errors",
    "StatusError": "errors",
    "Difference": "series",
    "FetchedRow": "series",
    "FetchedSeries": "series",
    "Query": "series",
    "Skipped": "series",
    "difference": "series",
}

__all__ = [
    "Answer",
    "Client",
    "Difference",
    "FetchedRow",
    "FetchedSeries",
    "Limits",
    "Query",
    "Skipped",
    "SourceError",
    "StatusError",
    "difference",
]


def __getattr__(name: str) -> object:
    """Import a name when it is first used, so that importing the room stays light."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"serantau.sources.{_HOMES[name]}"), name)
