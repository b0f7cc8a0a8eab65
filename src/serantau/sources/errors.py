"""Errors of the room."""

from __future__ import annotations

from serantau.base import SerantauError


class SourceError(SerantauError):
    """Outside data could not be had or cannot be read; says what, why and what to do."""


class StatusError(SourceError):
    """A server answered with an error status.

    Attributes:
        status: HTTP status code.
        body: Start of the answer, for readers whose service explains itself there.
    """

    def __init__(self, message: str, status: int, body: bytes) -> None:
        """Keep what a reader may want to look at."""
        super().__init__(message)
        self.status = status
        self.body = body
