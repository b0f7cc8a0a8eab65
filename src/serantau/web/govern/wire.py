"""What the site's decision point and the one that stands alone share."""

from __future__ import annotations

LONGEST_ID = 200


def request_id(text: str) -> str:
    """The request id as it may be sent back; empty if it holds anything that a header must not."""
    return text if 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable() else ""


def length_of(text: str) -> int:
    """The length that a request announces; 0 where it announces none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
