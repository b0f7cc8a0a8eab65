"""What can go wrong in the room of spectrum."""

from __future__ import annotations

from serantau.base import SerantauError


class SpectrumError(SerantauError):
    """Frequencies, paths, borders or limits that cannot be worked with."""
