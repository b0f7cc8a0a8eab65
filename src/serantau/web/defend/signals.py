"""What happens in the store, for rooms that work on it: heard inside the change that does it."""

from __future__ import annotations

from django.dispatch import Signal

envelope_stored = Signal()
"""An envelope brought something new. Sent with ``now``; a receiver defers work and does nothing else."""
