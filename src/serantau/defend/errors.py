"""What can go wrong in the room that threats are shared in."""

from __future__ import annotations

from serantau.base import SerantauError


class DefendError(SerantauError):
    """Objects, markings, lists or reports that cannot be worked with."""
