"""Sets the scene of a test: rows written without an event, which the site itself never does."""

from __future__ import annotations

from serantau.web.ledger.guard import writes_permitted

unrecorded = writes_permitted
"""``with unrecorded(): Model.objects.create(...)`` in a test or fixture."""

__all__ = ["unrecorded"]
