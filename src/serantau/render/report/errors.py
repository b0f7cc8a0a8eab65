"""What can go wrong with a report."""

from __future__ import annotations

from serantau.base import SerantauError


class ReportError(SerantauError):
    """A report cannot be composed or written."""

    status = 503
