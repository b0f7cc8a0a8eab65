"""Random numbers that are the same in every run."""

from __future__ import annotations

import random


def seeded(seed: object) -> random.Random:
    """A source of its own for one test."""
    return random.Random(str(seed))  # noqa: S311 - no secret is drawn
