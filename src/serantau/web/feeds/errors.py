"""What can go wrong with a feed."""

from __future__ import annotations

from serantau.defend.errors import DefendError


class FeedError(DefendError):
    """A feed cannot be set up, or cannot go on; ``field`` names what of a form is wrong."""

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        """Say what is wrong with which field."""
        super().__init__(message)
        self.field = field
