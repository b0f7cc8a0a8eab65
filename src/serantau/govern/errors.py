"""What can go wrong in a question about data crossing a border."""

from __future__ import annotations

from serantau.base import SerantauError


class GovernError(SerantauError):
    """A question that cannot be answered, or a file of rules that cannot be taken; says why and what to do."""
