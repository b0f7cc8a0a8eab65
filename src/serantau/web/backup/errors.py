"""What can go wrong with a backup."""

from __future__ import annotations

from serantau.base import SerantauError


class BackupError(SerantauError):
    """A backup that cannot be made, is damaged, or may not be restored here; says why and what to do."""
