"""What can go wrong with a submission."""

from __future__ import annotations

from serantau.base import SerantauError


class ReviewError(SerantauError):
    """A submission that cannot do what was asked of it, or a file or form that cannot be taken."""
