"""Errors of the room."""

from __future__ import annotations

from serantau.base import SerantauError


class MeasureError(SerantauError):
    """A definition, a data file or a question that cannot be computed; says why and what to do."""
