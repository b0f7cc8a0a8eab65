"""What can go wrong in the room that threats are shared in."""

from __future__ import annotations

from serantau.base import SerantauError


class DefendError(SerantauError):
    """Objects, markings, lists or reports that cannot be worked with."""


class ReadingError(DefendError):
    """Bytes that are no JSON which every reader reads alike."""


class TooBigError(ReadingError):
    """More bytes, objects or parts than are taken at once."""
