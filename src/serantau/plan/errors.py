"""What can go wrong in a question about a plan."""

from __future__ import annotations

from serantau.base import SerantauError


class PlanError(SerantauError):
    """A question about a plan, outcome, action or meeting that cannot be answered, or a file that cannot be taken."""
